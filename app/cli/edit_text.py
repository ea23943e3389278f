"""`stet edit-text`"""

from pathlib import Path

import click

from app.cli.arguments import as_option, json_option, opened, project_argument
from app.cli.console import ProgressLine, say, show, show_json
from app.core.wording import counted
from app.jobs.tasks.import_files import find_document
from app.jobs.tasks.text_edit import (
    KEEP,
    LOST_CHOICES,
    TextEditReport,
    choices_for,
    from_file,
    lost_dict,
    lost_line,
    replaced,
)
from app.services.texts.text_edit import decide, edit_text, plan
from app.services.texts.text_survey import undecided
from app.session.session import Session


@click.command()
@project_argument
@click.argument("document")
@click.option(
    "--replace", "pairs", nargs=2, multiple=True, metavar="OLD NEW", help="Replace OLD, which occurs once, by NEW."
)
@click.option("--every", is_flag=True, help="With --replace: wherever OLD occurs.")
@click.option(
    "--file", "file", type=click.Path(path_type=Path), metavar="NEWTEXT", help="Take the whole new text from a file."
)
@click.option("--encoding", metavar="NAME", help="With --file: its encoding, if it isn't UTF-8.")
@click.option("--reason", default="", metavar="TEXT", help="Why, kept with the earlier text.")
@click.option(
    "--lost",
    type=click.Choice(LOST_CHOICES),
    help="What to do with marks whose words are gone: keep them to be decided about (the default), move them to the "
    "text in their place, make them anchors, or delete them. Alone: with those that were kept.",
)
@as_option("Who edits, and can undo it in the window.")
@click.option("--dry-run", is_flag=True, help="Show what would become of the marks, but change nothing.")
@json_option("the report")
def command(
    project: Path,
    document: str,
    pairs: tuple[tuple[str, str], ...],
    every: bool,
    file: Path | None,
    encoding: str | None,
    reason: str,
    lost: str | None,
    annotator: str | None,
    dry_run: bool,
    as_json: bool,
) -> None:
    """Edit the text of DOCUMENT, a name or id, with everyone's marks.

    Marks, evidence and suggestions move with their words. The earlier text is kept, and bundles made with it can still
    be merged. One undoable step; the project is backed up first.

    \b
    Example:
      stet edit-text news.stet spun --replace Puttin Putin --reason "a typo of the site" --dry-run
      stet edit-text news.stet spun --file spun-corrected.txt --as lead
    """
    is_edited = bool(pairs) or file is not None
    if (pairs and file is not None) or not (is_edited or lost):
        raise click.UsageError("give either --replace OLD NEW or --file NEWTEXT")
    if (every and not pairs) or (encoding is not None and file is None):
        raise click.UsageError("--every belongs to --replace, --encoding to --file")
    with opened(project, write=not dry_run, annotator=annotator) as session:
        uid = find_document(session, document)
        if not is_edited:
            _decide(session, uid, lost or KEEP, dry_run=dry_run, as_json=as_json)
            return
        text = session.reader.document(uid).text
        change = replaced(text, pairs, every=every) if file is None else from_file(text, file, encoding=encoding)
        edit = plan(session, uid, change)
        choices = choices_for(edit.lost, lost or KEEP)
        if not dry_run:
            with ProgressLine("editing") as progress:
                edit = edit_text(
                    session,
                    uid,
                    change,
                    reason=reason,
                    choices=choices,
                    progress=lambda done, total: progress(done, total, "documents"),
                )
    report = TextEditReport(edit, len(choices), dry_run)
    if as_json:
        show_json([report.as_dict()])
        return
    for line in report.lines():
        show(line)
    if dry_run:
        say("stet: dry run; nothing was changed")


def _decide(session: Session, document: str, lost: str, *, dry_run: bool, as_json: bool) -> None:
    """Decide about what earlier edits left undecided."""
    found = undecided(session, document)
    choices = choices_for(found, lost)
    if choices and not dry_run:
        decide(session, document, choices)
    if as_json:
        rows = [lost_dict(item) for item in found]
        show_json([{"dry_run": dry_run, "lost": rows, "undecided": len(found) - len(choices)}])
        return
    for item in found:
        show(f"{lost_line(item)}{'' if item.key in choices else ': still to decide'}")
    done = "would be decided" if dry_run else "decided"
    show(f"{counted(len(choices), 'mark')} {done}, {len(found) - len(choices):,} still to decide")
    if dry_run:
        say("stet: dry run; nothing was changed")

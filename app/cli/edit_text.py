"""`stet edit-text`"""

from pathlib import Path

import click

from app.cli.arguments import as_option, json_option, opened, project_argument
from app.cli.console import ProgressLine, say, show, show_json
from app.jobs.tasks.import_files import find_document
from app.jobs.tasks.text_edit import KEEP, LOST_CHOICES, TextEditReport, choices_for, from_file, replaced
from app.services.texts.text_edit import edit_text, plan


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
    default=KEEP,
    show_default=True,
    help="What to do with marks whose words are gone: keep them to be decided about, move them to the text in their "
    "place, make them anchors, or delete them.",
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
    lost: str,
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
    if bool(pairs) == (file is not None):
        raise click.UsageError("give either --replace OLD NEW or --file NEWTEXT")
    if (every and not pairs) or (encoding is not None and file is None):
        raise click.UsageError("--every belongs to --replace, --encoding to --file")
    with opened(project, write=not dry_run, annotator=annotator) as session:
        uid = find_document(session, document)
        text = session.reader.document(uid).text
        change = replaced(text, pairs, every=every) if file is None else from_file(text, file, encoding=encoding)
        edit = plan(session, uid, change)
        choices = choices_for(edit.lost, lost)
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

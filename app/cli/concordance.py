"""`stet concordance`"""

from pathlib import Path

import click

from app.cli.arguments import as_option, json_option, opened, project_argument
from app.cli.console import ProgressLine, say, show, show_json
from app.core.text_search import Wanted
from app.jobs.tasks.concordance import ConcordanceResult, model_of
from app.services.search.bulk_annotation import Done, Model
from app.services.search.concordance import Hit
from app.session.session import Session


@click.command()
@project_argument
@click.argument("term")
@click.option("--whole-words", is_flag=True, help="TERM must not be a part of a longer word.")
@click.option("--case", is_flag=True, help="Upper and lower case differ.")
@click.option("--regex", is_flag=True, help="TERM is a regular expression.")
@click.option(
    "--exact-spelling", is_flag=True, help="Only TERM's own code points: é in one piece or two, ’ and ' differ."
)
@click.option("--mark", "mark", metavar="LAYER/LABEL", help="Mark every place with this label, as one step.")
@click.option("--severity", metavar="ID", help="With --mark: how severe.")
@click.option("--correction", metavar="TEXT", help="With --mark: what should stand there; “” means nothing should.")
@click.option("--comment", metavar="TEXT", default="", help="With --mark: a comment.")
@as_option("Whose marks are shown, and with --mark, who marks: undo in the window is theirs.")
@click.option("--dry-run", is_flag=True, help="With --mark: say what would be marked and change nothing.")
@json_option("each place, or what was marked,")
def command(
    project: Path,
    term: str,
    whole_words: bool,
    case: bool,
    regex: bool,
    exact_spelling: bool,
    mark: str | None,
    severity: str | None,
    correction: str | None,
    comment: str,
    annotator: str | None,
    dry_run: bool,
    as_json: bool,
) -> None:
    """Show every place of TERM in the documents of PROJECT with what stands around it, by form; or mark all of them.

    Offsets are code points of the document's text.

    \b
    Example:
      stet concordance news.stet "slave trade" --whole-words
      stet concordance news.stet Puttin --whole-words --mark error/NAME_FORM --correction Putin --as ana --dry-run
    """
    wanted = Wanted(term, case=case, whole_words=whole_words, regex=regex, alike=not exact_spelling)
    if wanted.is_empty:
        raise click.UsageError("there is nothing to look for; write a word")
    if mark is None and (severity is not None or correction is not None or comment or dry_run):
        raise click.UsageError("--severity, --correction, --comment and --dry-run are for --mark")
    if mark is not None and not annotator:
        raise click.UsageError("say whose marks these are: --as NAME")
    with opened(project, write=mark is not None and not dry_run, annotator=annotator) as session:
        model = None
        if mark is not None:
            model = model_of(session, mark, severity=severity, correction=correction, comment=comment)
        with ProgressLine("Searching") as progress:
            found = ConcordanceResult(session, wanted, progress=progress)
        for name in found.given_up:
            say(f"stet: {name}: the expression takes too long here; there may be more places")
        if found.stopped:
            say("stet: the expression takes too long; not all documents were searched")
        if model is not None:
            _mark(session, found, model, dry_run=dry_run, as_json=as_json)
        elif as_json:
            show_json(found.rows())
        else:
            _show(found)


def _show(found: ConcordanceResult) -> None:
    for group, hits in found.forms():
        show(f"{group.name}  ({len(group.hits):,})")
        for hit in hits:
            show(f"  {place_line(hit)}")
    if not found.pile.count:
        say("stet: that stands nowhere")


def _mark(session: Session, found: ConcordanceResult, model: Model, *, dry_run: bool, as_json: bool) -> None:
    if dry_run:
        already = found.already(model)
        done = Done(found.pile.count - already, already)
    else:
        with ProgressLine("Marking") as progress:
            done = found.mark(session, model, progress=progress)
    if as_json:
        show_json([{"places": found.pile.count, "marked": done.changed, "already": done.passed, "dry_run": dry_run}])
        return
    show(f"{done.changed:,} marked, {done.passed:,} had that label already")
    if dry_run:
        say("stet: that is what would be marked; nothing was changed")


def place_line(hit: Hit) -> str:
    """Return a place with what stands around it, on one line."""
    words = " ".join(f"{hit.before}[{hit.match}]{hit.after}".split())
    return f"{hit.name}:{hit.start}-{hit.end}: {words}"

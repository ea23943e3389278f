"""`stet concordance`"""

from pathlib import Path

import click

from app.cli.arguments import as_option, json_option, opened, project_argument
from app.cli.console import ProgressLine, say, show, show_json
from app.core.text_search import Wanted
from app.core.wording import counted
from app.jobs.tasks.concordance import ConcordanceResult, model_of
from app.services.search.bulk_annotation import Model
from app.services.search.concordance import Hit
from app.services.search.hit_pile import left_out
from app.session.session import Session


@click.command()
@project_argument
@click.argument("term")
@click.option("--whole-words", is_flag=True, help="Match TERM only as a whole word.")
@click.option("--case", is_flag=True, help="Match case.")
@click.option("--regex", is_flag=True, help="TERM is a regular expression.")
@click.option(
    "--exact-spelling", is_flag=True, help="Match TERM's exact code points: composed and decomposed é differ."
)
@click.option(
    "--mark",
    "annotation",
    metavar="LAYER/LABEL",
    help="Mark every occurrence with this label, in one step; not in references, nor on NAME's marks of the layer.",
)
@click.option("--everywhere", is_flag=True, help="With --mark: in references too, and on marks of the layer.")
@click.option("--severity", metavar="ID", help="With --mark: the severity.")
@click.option("--correction", metavar="TEXT", help="With --mark: the correction; “” means delete the text.")
@click.option("--comment", metavar="TEXT", default="", help="With --mark: a comment.")
@as_option("Whose marks are shown; with --mark, who marks, and can undo it in the window.")
@click.option("--dry-run", is_flag=True, help="With --mark: show what would be marked, but change nothing.")
@json_option("each place, or what was marked,")
def command(
    project: Path,
    term: str,
    whole_words: bool,
    case: bool,
    regex: bool,
    exact_spelling: bool,
    annotation: str | None,
    everywhere: bool,
    severity: str | None,
    correction: str | None,
    comment: str,
    annotator: str | None,
    dry_run: bool,
    as_json: bool,
) -> None:
    """Show every occurrence of TERM in the documents of PROJECT, with context, by form; or mark all of them.

    Offsets are code points of the document's text.

    \b
    Example:
      stet concordance news.stet "slave trade" --whole-words
      stet concordance news.stet Puttin --whole-words --mark error/NAME_FORM --correction Putin --as ana --dry-run
    """
    wanted = Wanted(term, case=case, whole_words=whole_words, regex=regex, alike=not exact_spelling)
    if wanted.is_empty:
        raise click.UsageError("TERM is empty; give a word to search for")
    if annotation is None and (severity is not None or correction is not None or comment or everywhere or dry_run):
        raise click.UsageError("--severity, --correction, --comment, --everywhere and --dry-run need --mark")
    if annotation is not None and not annotator:
        raise click.UsageError("specify the annotator: --as NAME")
    with opened(project, write=annotation is not None and not dry_run, annotator=annotator) as session:
        model = None
        if annotation is not None:
            model = model_of(session, annotation, severity=severity, correction=correction, comment=comment)
        with ProgressLine("Searching") as progress:
            found = ConcordanceResult(session, wanted, progress=progress)
        for name in found.given_up:
            say(f"stet: {name}: the expression is too slow here; there may be more hits")
        if found.stopped:
            say("stet: the expression is too slow; not all documents were searched")
        if model is not None:
            _annotation(session, found, model, everywhere=everywhere, dry_run=dry_run, as_json=as_json)
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
        say("stet: no occurrences found")


def _annotation(
    session: Session, found: ConcordanceResult, model: Model, *, everywhere: bool, dry_run: bool, as_json: bool
) -> None:
    plan = found.plan(model, everywhere=everywhere)
    if not dry_run:
        with ProgressLine("Marking") as progress:
            done = found.annotate(session, model, everywhere=everywhere, progress=progress)
        plan = plan._replace(marks=done.changed, documents=done.documents)
    if as_json:
        counts = {"places": found.pile.count, "marked": plan.marks, **plan._asdict(), "dry_run": dry_run}
        del counts["marks"]
        show_json([counts])
        return
    label = session.scheme.label(model.layer, model.label)
    title = label.title if label is not None else model.label
    will = "would be made" if dry_run else "made"
    show(f"{counted(plan.marks, 'mark')} “{title}” {will} in {counted(plan.documents, 'document')}")
    left = ", ".join(left_out(plan))
    if left:
        show(f"left out: {left}")
    if dry_run:
        say("stet: dry run; nothing was changed")


def place_line(hit: Hit) -> str:
    """Return a hit in its context, on one line."""
    words = " ".join(f"{hit.before}[{hit.match}]{hit.after}".split())
    return f"{hit.name}:{hit.start}-{hit.end}: {words}"

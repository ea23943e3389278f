"""`stet feedback`"""

from collections.abc import Iterator, Sequence
from pathlib import Path

import click

from app.cli.arguments import json_option, opened, project_argument
from app.cli.console import ProgressLine, show, show_json, show_table
from app.core.wording import counted
from app.jobs.tasks.feedback import Feedback, as_row, feedback_of
from app.review.feedback import LabelTally, Verdict, total

_VERDICTS = ("DOCUMENT", "VERDICT", "LAYER", "MARK", "GOLD", "QUOTE", "CHANGED", "REASON", "NOTE")
_LABELS = ("LAYER", "LABEL", "DECIDED", "KEPT", "CHANGED", "REJECTED", "MISSED", "UNDECIDED", "OVERTURNED")


@click.command()
@project_argument
@click.option("--as", "annotator", required=True, metavar="NAME", help="Whose marks.")
@click.option("--all", "kept_too", is_flag=True, help="Also show marks that were kept unchanged or aren't decided.")
@json_option("the result")
def command(project: Path, annotator: str, kept_too: bool, as_json: bool) -> None:
    """Show how an annotator's marks were reviewed in the released documents of PROJECT: what gold keeps, changes,
    rejects or adds, why, and how often by label.

    \b
    Example:
      stet feedback news.stet --as ana
      stet feedback news.stet --as ana --json
    """
    with opened(project) as session:
        name = session.reader.known_annotator(annotator)
        with ProgressLine("comparing") as progress:
            found = feedback_of(session, name, progress=progress)
    if as_json:
        show_json([as_row(found)])
        return
    if not found.documents:
        show(_nothing(found))
        return
    show_table(_VERDICTS, _verdicts(found, kept_too=kept_too))
    show("")
    labels = found.labels()
    rows = [_label(row) for row in labels]
    show_table(_LABELS, [*rows, _label(total(labels)._replace(label="all"))])


def _nothing(found: Feedback) -> str:
    if not found.released:
        return "no documents are released"
    released = counted(found.released, "document is", "documents are")
    return f"{released} released, but none that {found.annotator} had finished"


def _verdicts(found: Feedback, *, kept_too: bool) -> Iterator[Sequence[object]]:
    for document in found.documents:
        for verdict in document.verdicts:
            if kept_too or verdict.fate.is_difference:
                yield (document.name, *_cells(verdict))


def _cells(verdict: Verdict) -> Sequence[object]:
    ruling = verdict.ruling
    reason = ruling.reason.value if ruling is not None and ruling.reason is not None else ""
    return (
        verdict.fate.value,
        verdict.layer,
        verdict.annotation.label if verdict.annotation is not None else "",
        verdict.gold.label if verdict.gold is not None else "",
        verdict.shown.quote,
        ", ".join(field.id for field in verdict.changes if field.counts),
        reason,
        ruling.note if ruling is not None else "",
    )


def _label(row: LabelTally) -> Sequence[object]:
    rate = row.rate
    shown = f"n/a ({row.why_no_rate})" if rate is None else f"{rate * 100:.0f} %"
    return (row.layer, row.label, row.decided, row.kept, row.changed, row.rejected, row.missed, row.undecided, shown)

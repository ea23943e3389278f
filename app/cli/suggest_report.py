"""`stet suggest --report`, `--again` and `--control`: what became of suggestions, and what follows from it."""

import functools
from collections.abc import Callable
from typing import NamedTuple

import click

from app.cli.console import ProgressLine, show, show_json, show_table
from app.core.errors import WrongUse
from app.core.project_option import CONTROL_SHARE, MOST_CONTROLLED
from app.jobs.tasks.suggestion_report import report_rows, report_suggestions
from app.services.suggestions.label_reliability import COLUMNS, label_reliability
from app.services.suggestions.track_record import retired_suggesters, retirement_words, use_again
from app.session.actions import ChangeOption
from app.session.session import Session
from app.suggesters.maker_titles import title_of

_COLUMNS = ("suggester", "version", "label", "suggested", "shown", "accepted", "edited", "rejected", "open")
_CONTROL = "Share of documents without suggestions"
_OPTIONS = (
    click.option("--report", is_flag=True, help="Suggest nothing: show what became of all suggestions so far."),
    click.option(
        "--labels", is_flag=True, help="Suggest nothing: show what spaCy's labels become, and how reliable they are."
    ),
    click.option(
        "--again", metavar="NAME", help="Suggest nothing: use a suggester again from now on that has retired itself."
    ),
    click.option(
        "--control",
        type=click.IntRange(0, MOST_CONTROLLED),
        metavar="PERCENT",
        help="Suggest nothing: from now on, annotators see no suggestions in this share of documents, to compare.",
    ),
)


class ReportOptions(NamedTuple):
    """What is asked for in place of suggestions."""

    report: bool
    labels: bool
    again: str | None
    control: int | None

    @property
    def is_only_read(self) -> bool:
        """Whether nothing is to be written."""
        return (self.report or self.labels) and self.again is None and self.control is None


def report_options(command: Callable[..., None]) -> Callable[..., None]:
    """Add the options to a command, which gets them as one argument, `report`."""

    @functools.wraps(command)
    def wrapped(*, report: bool, labels: bool, again: str | None, control: int | None, **rest: object) -> None:
        command(report=ReportOptions(report, labels, again, control), **rest)

    for option in reversed(_OPTIONS):
        wrapped = option(wrapped)
    return wrapped


def reported(session: Session, options: ReportOptions, *, as_json: bool) -> bool:
    """Do what is asked for in place of suggestions; return whether anything was.

    Raises WrongUse for a suggester that hasn't retired itself, EditRejected and ProjectError.
    """
    if options.control is not None:
        value = str(options.control) if options.control else None
        session.perform(ChangeOption(CONTROL_SHARE, value), title=_CONTROL)
        show(f"each annotator sees no suggestions in {options.control} % of the documents")
    if options.again is not None:
        found = [maker for maker in retired_suggesters(session) if maker.maker == options.again]
        if not found:
            what = f"the suggester “{options.again}” hasn't retired itself"
            raise WrongUse(what, hint="see: stet suggest PROJECT --report")
        use_again(session, found)
        show(f"“{title_of(options.again)}” is used again")
    if options.labels:
        rows = [row.cells for row in label_reliability(session)]
        if as_json:
            keys = ("name", "label", "precision", "recall", "accepted")
            show_json(dict(zip(keys, row, strict=True)) for row in rows)
        else:
            show_table([column.upper() for column in COLUMNS], rows)
    if options.report:
        _show_report(session, as_json=as_json)
    return options.report or options.labels or options.again is not None or options.control is not None


def _show_report(session: Session, *, as_json: bool) -> None:
    with ProgressLine("counting") as progress:
        tally = report_suggestions(session, progress=progress)
    rows = list(report_rows(tally))
    if as_json:
        show_json(rows)
        return
    makers = [row for row in rows if row["kind"] == "suggester"]
    groups = [row for row in rows if row["kind"] == "group"]
    if not makers:
        show("Nothing was suggested yet.")
        return
    titles = (*(column.upper() for column in _COLUMNS), "PRECISION", "RECALL")
    show_table(titles, [_line(row) for row in makers])
    show("Precision: accepted or edited, of those answered. Recall: overlapped, of the gold marks with that label.")
    for maker, _, answers in tally.retired():
        show(retirement_words(title_of(maker), answers))
    if groups:
        show("")
        titles = ("SUGGESTIONS", "SETS", "MARKS", "PER 1,000 WORDS", "SECONDS PER 1,000 WORDS", "F1 AGAINST GOLD")
        show_table(titles, [_compared(row) for row in groups])
        show("The control share saw no suggestions: what differs, suggestions may have changed.")


def _line(row: dict[str, object]) -> list[object]:
    places = {"label": f"{row['layer']}.{row['label']}"}
    precision = _share(row["precision"], f"of {row['answered']}")
    recall = _share(row["recall"], f"of {row['gold']}")
    return [*(places.get(column, row[column]) for column in _COLUMNS), precision, recall]


def _share(value: object, of: str) -> str:
    return f"{value:.2f} {of}" if isinstance(value, float | int) else "-"


def _compared(row: dict[str, object]) -> list[object]:
    group = "shown" if row["group"] == "shown" else "not shown (control)"
    measures = (row["marks_per_1000_words"], row["seconds_per_1000_words"], row["gold_f1"])
    values = [f"{value:,.2f}" if isinstance(value, float | int) else "-" for value in measures]
    return [group, row["sets"], row["marks"], *values]

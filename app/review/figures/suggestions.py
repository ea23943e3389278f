"""What became of suggestions, and what seeing them changed."""

from collections.abc import Callable

from app.core.record import DocumentRecord
from app.core.scheme import Scheme, short_title
from app.core.wording import counted
from app.review.figures.figure import Axes, Column, Figure, FigureKind, FigureRow, Place, Shape
from app.review.suggestion_report import GroupCounts, SuggestionCounts, SuggestionKey, SuggestionTally

ACCEPTED, EDITED, REJECTED, OPEN = "accepted", "edited", "rejected", "open"
BECAME = (
    (ACCEPTED, "accepted"),
    (EDITED, "accepted and edited"),
    (REJECTED, "rejected"),
    (OPEN, "still open"),
)
_NOTHING = (
    "Nothing was suggested yet. “Suggest marks…” (Ctrl+Alt+G) in Annotate lets programs propose marks; this then shows "
    "how many of them people took."
)
_NO_CONTROL = (
    "There is nothing to compare: no finished document is of the control share. It is set in “Suggest marks…”: each "
    "annotator then sees no suggestions in a part of the documents."
)
SHOWN, CONTROL = "shown", "control"
_MEASURES = (
    ("marks", "Marks per 1,000 words"),
    ("seconds", "Seconds per 1,000 words"),
    ("gold", "F1 against gold, in percent"),
)


class SuggestionCount:
    """The figures of a tally; `title_of` returns what people call a suggester, by its name with a variant."""

    def __init__(self, tally: SuggestionTally, title_of: Callable[[str], str] = str) -> None:
        self.tally = tally
        self._title_of = title_of

    def add(self, record: DocumentRecord) -> None:
        """Count a document."""
        self.tally.add(record)

    def figure(self, scheme: Scheme | None = None) -> Figure:
        """Return what became of suggestions, by suggester, version and label; labels have their titles in a scheme."""
        rows: list[FigureRow] = []
        counts = self.tally.counts()
        for key, found in counts.items():
            for became, _ in BECAME:
                number = _number(found, became)
                if number:
                    rows.append(self._row(key, found, became, number, scheme))
        answered = sum(each.answers.of for each in counts.values())
        taken = sum(each.answers.right for each in counts.values())
        lead = "What annotators made of suggestions. " + (
            f"{taken:,.0f} of {answered:,.0f} answers accepted one; "
            f"n = {counted(sum(each.suggested for each in counts.values()), 'suggestion')}, "
            f"{sum(each.shown for each in counts.values()):,} times shown."
            if counts
            else ""
        )
        notes = ["A suggestion counts once for each annotator. Recall: gold marks of the label that it overlaps."]
        for maker, version, each in self.tally.retired():
            who = f"{self._title_of(maker)} {version}".strip()
            notes.append(f"{who} has retired itself: {each.right:,.0f} of {each.of:,.0f} answered were accepted.")
        missing = "" if rows else (_NOTHING if not counts else "No suggestion was shown or answered yet.")
        return Figure(
            "suggestions",
            "Suggestions",
            lead,
            Shape.STACKED,
            Axes("suggester", "became", "count"),
            (
                *(Column("suggester", "Label and suggester"), Column("version", "Version")),
                *(Column("label", "Label", shown=False), Column("became", "Became")),
                *(Column("count", "Count", FigureKind.COUNT), Column("shown", "Shown", FigureKind.COUNT)),
                *(Column("precision", "Accepted", FigureKind.PERCENT), Column("answered", "Of", FigureKind.COUNT)),
                *(Column("recall", "Recall", FigureKind.PERCENT), Column("gold", "Of gold", FigureKind.COUNT)),
            ),
            tuple(rows),
            dict(BECAME),
            tuple(notes),
            missing=missing,
        )

    def _row(
        self, key: SuggestionKey, found: SuggestionCounts, became: str, number: int, scheme: Scheme | None
    ) -> FigureRow:
        answers = found.answers
        known = scheme.label(key.layer, key.label) if scheme is not None else None
        label = short_title(known.title) if known is not None else key.label
        cells = (
            *(f"{label} · {self._title_of(key.maker)}", key.version, f"{key.layer}.{key.label}"),
            *(became, number, found.shown, answers.share, round(answers.of), found.recall, found.gold),
        )
        places = tuple(
            Place(document, words=counted(count, "suggestion")) for document, count in self.tally.documents[key].items()
        )
        return FigureRow(cells, places[:100], max(0, len(places) - 100))

    def influence(self) -> Figure:
        """Return how finished documents with suggestions compare with those of the control share."""
        groups = ((SHOWN, self.tally.shown_to), (CONTROL, self.tally.control))
        rows = [
            FigureRow((group, measure, value, counts.sets))
            for group, counts in groups
            for measure, value in _measured(counts)
            if value is not None
        ]
        has_both = bool(self.tally.control.sets and self.tally.shown_to.sets)
        return Figure(
            "influence",
            "Influence of suggestions",
            "Finished documents in which suggestions were shown, and those of the control share, in which none were. "
            f"n = {self.tally.shown_to.sets:,} and {self.tally.control.sets:,}.",
            Shape.BARS,
            Axes("group", "measure", "value"),
            (
                *(Column("group", "Suggestions"), Column("measure", "Measure")),
                *(Column("value", "Value", FigureKind.NUMBER), Column("sets", "Finished sets", FigureKind.COUNT)),
            ),
            tuple(rows) if has_both else (),
            {SHOWN: "shown", CONTROL: "not shown", **dict(_MEASURES)},
            ("Only layers with suggestions count. A difference isn’t proof: look at n.",),
            missing="" if has_both else _NO_CONTROL,
        )


def _number(counts: SuggestionCounts, became: str) -> int:
    return {ACCEPTED: counts.accepted, EDITED: counts.edited, REJECTED: counts.rejected, OPEN: counts.open}[became]


def _measured(counts: GroupCounts) -> list[tuple[str, float | None]]:
    gold = counts.gold_f1
    percent = None if gold is None else 100 * gold
    return [("marks", counts.marks_per_1000), ("seconds", counts.seconds_per_1000), ("gold", percent)]

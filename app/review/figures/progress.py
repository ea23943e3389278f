"""Annotators' progress, the days on which documents were finished, and the time they took."""

from collections.abc import Mapping, Sequence

from app.core.annotation import Status
from app.core.decision import GOLD
from app.core.record import DocumentRecord
from app.core.word_count import count_words
from app.core.wording import STATUS_WORDS, counted
from app.review.figures.figure import (
    Axes,
    Column,
    Figure,
    FigureKind,
    FigureRow,
    Gathered,
    Names,
    Place,
    Shape,
    median,
    span_of_time,
)

UNTOUCHED = "untouched"
UNKNOWN_DAY = ""
STATUSES = (
    *((status.value, STATUS_WORDS[status]) for status in (Status.DONE, Status.DONE_EMPTY, Status.SKIPPED, Status.OPEN)),
    (UNTOUCHED, "not started"),
)
_WHO = Column("annotator", "Annotator")
_NOT_STARTED = (
    "No document has been started yet. Open one in Annotate (Ctrl+1), mark it, and set it to done (Ctrl+Enter)."
)
_NOT_DONE = "No document is finished yet. A document counts once its annotator has set it to done (Ctrl+Enter)."


class ProgressCount:
    """Progress by annotator, and of gold. `assigned` are documents (uids) by annotator's name; those not in it may
    annotate all. Gold is to be made of the documents that anyone finished.
    """

    def __init__(self, assigned: Mapping[str, Sequence[str]]) -> None:
        self._assigned = assigned
        self._sets: dict[str, dict[str, str]] = {}  # status by document, by person
        self._programs: set[str] = set()
        self._all: list[str] = []
        self._pointed: set[str] = set()
        self._pointing: set[str] = set()
        self._gold: dict[str, str] = {}
        self._to_review: list[str] = []

    def add(self, record: DocumentRecord) -> None:
        """Count a document. Only viewing it doesn't count as started."""
        uid = record.document.uid
        self._all.append(uid)
        self._pointed.update(record.references)
        if record.references:
            self._pointing.add(uid)
        for item in record.sets:
            if item.kind != GOLD and (item.status is not Status.OPEN or item.annotations):
                self._sets.setdefault(item.annotator, {})[uid] = item.status.value
                if item.kind != "person":
                    self._programs.add(item.annotator)
        if record.gold is not None and (record.gold.status is not Status.OPEN or record.gold.annotations):
            self._gold[uid] = record.gold.status.value
        if any(item.kind != GOLD and item.status.is_finished for item in record.sets):
            self._to_review.append(uid)

    def figure(self, names: Names) -> Figure:
        """Return the figure."""
        work = [uid for uid in self._all if uid not in self._pointed or uid in self._pointing]
        who = names.ordered({*self._sets, *self._assigned})
        rows = [row for name in who for row in self._rows(name, work, names)]
        rows += self._gold_rows(names) if self._gold else []
        finished = sum(
            status in (Status.DONE, Status.DONE_EMPTY) for by in self._sets.values() for status in by.values()
        )
        lead = (
            f"How far each annotator is with their assigned documents, or with all documents if none are assigned. "
            f"n = {counted(len(work), 'document')} to annotate, finished {counted(finished, 'time')} "
            f"by {counted(len(who), 'annotator')}."
        )
        return Figure(
            "progress",
            "Progress by annotator",
            lead,
            Shape.STACKED,
            Axes("annotator", "status", "documents"),
            (_WHO, Column("status", "Status"), Column("documents", "Documents", FigureKind.COUNT)),
            tuple(rows),
            dict(STATUSES),
            missing="" if rows else _NOT_STARTED,
        )

    def _rows(self, name: str, work: Sequence[str], names: Names) -> list[FigureRow]:
        mine = self._sets.get(name, {})
        found = {status: Gathered() for status, _ in STATUSES}
        for uid, status in mine.items():
            found[status].add(Place(uid, name))
        if name not in self._programs:
            for uid in self._assigned.get(name, work):
                if uid not in mine:
                    found[UNTOUCHED].add(Place(uid, name))
        return self._shown(name, found, names)

    def _gold_rows(self, names: Names) -> list[FigureRow]:
        found = {status: Gathered() for status, _ in STATUSES}
        for uid in dict.fromkeys((*self._gold, *self._to_review)):
            found[self._gold.get(uid, UNTOUCHED)].add(Place(uid, GOLD))
        return self._shown(GOLD, found, names)

    def _shown(self, name: str, found: Mapping[str, Gathered], names: Names) -> list[FigureRow]:
        shown = [(status, each) for status, each in found.items() if each.count]
        return [names.places(each.row(names.of(name), status, each.count)) for status, each in shown]


class DayCount:
    """When documents were finished: `days` (ISO dates) by annotator's name and document, as far as known."""

    def __init__(self, days: Mapping[tuple[str, str], str]) -> None:
        self._days = days
        self._found: dict[tuple[str, str], Gathered] = {}
        self._documents: set[str] = set()

    def add(self, record: DocumentRecord) -> None:
        """Count a document."""
        uid = record.document.uid
        for item in record.sets:
            if item.kind == "person" and item.status.is_finished:
                day = self._days.get((item.annotator, uid), UNKNOWN_DAY)
                self._found.setdefault((day, item.annotator), Gathered()).add(Place(uid, item.annotator))
                self._documents.add(uid)

    def figure(self, names: Names) -> Figure:
        """Return the figure; documents without a known day come last."""
        place = {name: number for number, name in enumerate(names.ordered({who for _, who in self._found}))}
        ordered = sorted(self._found, key=lambda key: (key[0] == UNKNOWN_DAY, key[0], place[key[1]]))
        rows = [names.places(self._found[key].row(key[0], names.of(key[1]), self._found[key].count)) for key in ordered]
        total = sum(each.count for each in self._found.values())
        documents = len(self._documents)
        unknown = sum(each.count for (day, _), each in self._found.items() if day == UNKNOWN_DAY)
        days = {day for day, _ in self._found if day != UNKNOWN_DAY}
        lead = (
            f"Finished documents, by the day (UTC) on which each annotator last set them to done. "
            f"n = {finished_times(documents, total)} on {counted(len(days), 'day')}."
        )
        why = "the work came from a file without a log"
        notes = (f"No day is known for {unknown:,} of these {total:,}: {why}.",) if unknown else ()
        return Figure(
            "days",
            "Progress by day",
            lead,
            Shape.DAYS,
            Axes("day", "annotator", "documents"),
            (Column("day", "Day (UTC)"), _WHO, Column("documents", "Documents", FigureKind.COUNT)),
            tuple(rows),
            {UNKNOWN_DAY: "unknown"},
            notes,
            missing="" if days else _no_days(documents),
        )


def _no_days(finished: int) -> str:
    if not finished:
        return _NOT_DONE
    which = "the finished document" if finished == 1 else f"any of the {finished:,} finished documents"
    return (
        f"The day isn’t known for {which}: the work came from a file without a log. Documents set to done in this "
        "project, or in a bundle that came back, have a day."
    )


def finished_times(documents: int, times: int) -> str:
    """Return in words how many documents are finished, and how often if several annotators finished the same."""
    words = counted(documents, "finished document")
    return words if times == documents else f"{words} (finished {counted(times, 'time')})"


class TimeCount:
    """The time that annotators spent on finished documents."""

    def __init__(self) -> None:
        self._found: dict[str, list[tuple[float, str, str, int]]] = {}
        self._untimed = 0

    def add(self, record: DocumentRecord) -> None:
        """Count a document."""
        timed = [item for item in record.sets if item.kind == "person" and item.status.is_finished]
        self._untimed += sum(not item.seconds for item in timed)
        timed = [item for item in timed if item.seconds]
        words = count_words(record.document.text) if timed else 0
        for item in timed:
            row = (item.seconds, record.document.uid, record.document.title, words)
            self._found.setdefault(item.annotator, []).append(row)

    def figure(self, names: Names) -> Figure:
        """Return the figure, the longest times first for each annotator."""
        rows: list[FigureRow] = []
        titles: dict[str, str] = {}
        for name in names.ordered(self._found):
            for seconds, uid, title, words in sorted(self._found[name], reverse=True):
                titles[uid] = title
                cells = (names.of(name), title, uid, seconds, words)
                rows.append(FigureRow(cells, (Place(uid, names.of(name)),)))
        every = [row[0] for found in self._found.values() for row in found]
        documents = len({row[1] for found in self._found.values() for row in found})
        lead = "Time annotators spent on each finished document. " + (
            f"Median {span_of_time(median(every))}; n = {finished_times(documents, len(every))}." if every else ""
        )
        notes = ["Pauses of more than two minutes count as two minutes."]
        if self._untimed:
            of = "Of" if every else "For"
            notes.append(f"{of} {counted(self._untimed, 'more finished document')} no time was measured.")
        return Figure(
            "time",
            "Time per document",
            lead,
            Shape.STRIP,
            Axes("annotator", "document_id", "seconds"),
            (
                *(_WHO, Column("document", "Document"), Column("document_id", "Id", shown=False)),
                *(Column("seconds", "Time", FigureKind.SECONDS), Column("words", "Words", FigureKind.COUNT)),
            ),
            tuple(rows),
            titles,
            tuple(notes),
            missing="" if rows else self._why_nothing(),
            middles={names.of(name): median([row[0] for row in found]) for name, found in self._found.items()},
        )

    def _why_nothing(self) -> str:
        if not self._untimed:
            return _NOT_DONE
        return (
            f"No time was measured for {counted(self._untimed, 'finished document')}. Stet measures it while someone "
            "works on a document in Annotate; work imported from files and scripts has none."
        )

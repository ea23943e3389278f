"""What became of suggestions, by suggester, version and label; and what seeing suggestions changed."""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from app.core.annotation import Annotation
from app.core.decision import GOLD
from app.core.record import DocumentRecord, SetRecord
from app.core.suggestion import Judgement, Suggested, Suggestion, SuggestionAnswer, answer_of, places_of
from app.core.suggestion_calibration import AnswerTally, is_retired
from app.core.word_count import count_words


class SuggestionKey(NamedTuple):
    """What suggestions are counted by."""

    maker: str
    version: str
    layer: str
    label: str


class SuggestionCounts(NamedTuple):
    """What became of the suggestions of a maker, version and label.

    `suggested` are suggestions. All others count a suggestion once for each annotator: to whom it was `shown`; who
    `accepted` it (unchanged), accepted and `edited` it, or `rejected` it, be it unseen in one go with others; and for
    whom it is `open`: shown, not answered, and its place not marked otherwise. `gold` annotations have the label, of
    which `proposed` overlap a suggestion with it.
    """

    suggested: int = 0
    shown: int = 0
    accepted: int = 0
    edited: int = 0
    rejected: int = 0
    open: int = 0
    gold: int = 0
    proposed: int = 0

    @property
    def answers(self) -> AnswerTally:
        """How many answers there are, and how many of them accepted it, edited or not."""
        taken = self.accepted + self.edited
        return AnswerTally(taken, taken + self.rejected)

    @property
    def recall(self) -> float | None:
        """The share of the gold annotations that it had proposed; None without any."""
        return self.proposed / self.gold if self.gold else None


class GroupCounts(NamedTuple):
    """Finished sets in documents that have suggestions, of annotators who saw some there or of the control share.

    Only layers with suggestions count. `matched` annotations equal one of gold in layer, label and range, in sets
    whose document has finished gold: `marks_there` and `gold` are the annotations of both there.
    """

    sets: int = 0
    words: int = 0
    marks: int = 0
    seconds: float = 0.0
    timed_words: int = 0
    matched: int = 0
    marks_there: int = 0
    gold: int = 0

    @property
    def marks_per_1000(self) -> float | None:
        """Annotations per 1,000 words; None without words."""
        return self.marks / self.words * 1000 if self.words else None

    @property
    def seconds_per_1000(self) -> float | None:
        """Seconds per 1,000 words, where time was measured."""
        return self.seconds / self.timed_words * 1000 if self.timed_words else None

    @property
    def gold_f1(self) -> float | None:
        """F1 of the annotations against gold; None without gold."""
        both = self.marks_there + self.gold
        return 2 * self.matched / both if both else None


class SuggestionTally:
    """Counts documents one after another. `is_control` says whether an annotator (name) is to see no suggestions in a
    document (uid).
    """

    def __init__(self, is_control: Callable[[str, str], bool]) -> None:
        self._is_control = is_control
        self._counts: dict[SuggestionKey, SuggestionCounts] = {}
        self._gold: dict[tuple[str, str], int] = {}
        self._proposed: dict[SuggestionKey, int] = {}
        self.documents: dict[SuggestionKey, dict[str, int]] = {}
        self.shown_to = GroupCounts()
        self.control = GroupCounts()

    def add(self, record: DocumentRecord) -> None:
        """Count a document."""
        gold = record.gold.annotations if record.gold is not None else ()
        for annotation in gold:
            label = (annotation.layer, annotation.label)
            self._gold[label] = self._gold.get(label, 0) + 1
        if not record.suggestions:
            return
        sets = {item.annotator: _Answerer(item) for item in record.sets if item.kind != GOLD}
        for item in record.suggestions:
            key = _key(item.suggestion)
            self._counts[key] = self._counted(self._counts.get(key, SuggestionCounts()), item, sets)
            here = self.documents.setdefault(key, {})
            here[record.document.uid] = here.get(record.document.uid, 0) + 1
        self._count_proposed(record, gold)
        self._count_groups(record)

    def _counted(self, counts: SuggestionCounts, item: Suggested, sets: dict[str, "_Answerer"]) -> SuggestionCounts:
        judgements = {judgement.annotator: judgement for judgement in item.judgements}
        seen = {shown.annotator for shown in item.shown}
        answers: list[SuggestionAnswer] = []
        for who in seen | judgements.keys():
            answerer = sets.get(who)
            answers.append(answerer.answer(item.suggestion, judgements.get(who)) if answerer else SuggestionAnswer.OPEN)
        unanswered = [sets.get(who) for who in seen if who not in judgements]
        is_open = sum(answerer is None or not answerer.has_marked(item.suggestion) for answerer in unanswered)
        return counts._replace(
            suggested=counts.suggested + 1,
            shown=counts.shown + len(seen),
            accepted=counts.accepted + answers.count(SuggestionAnswer.ACCEPTED),
            edited=counts.edited + answers.count(SuggestionAnswer.EDITED),
            rejected=counts.rejected + answers.count(SuggestionAnswer.REJECTED),
            open=counts.open + is_open,
        )

    def _count_proposed(self, record: DocumentRecord, gold: Sequence[Annotation]) -> None:
        by_label: dict[tuple[str, str], list[Annotation]] = {}
        for annotation in gold:
            by_label.setdefault((annotation.layer, annotation.label), []).append(annotation)
        ranges: dict[SuggestionKey, list[tuple[int, int]]] = {}
        for item in record.suggestions:
            key = _key(item.suggestion)
            if (key.layer, key.label) in by_label:
                ranges.setdefault(key, []).append((item.suggestion.start, item.suggestion.end))
        for key, found in ranges.items():
            proposed = _overlapping(by_label[key.layer, key.label], found)
            self._proposed[key] = self._proposed.get(key, 0) + proposed

    def _count_groups(self, record: DocumentRecord) -> None:
        saw = {shown.annotator for item in record.suggestions for shown in item.shown}
        saw |= {judgement.annotator for item in record.suggestions for judgement in item.judgements}
        layers = {item.suggestion.layer for item in record.suggestions}
        words = 0
        for item in record.sets:
            if item.kind != "person" or not item.status.is_finished:
                continue
            words = words or count_words(record.document.text)
            if item.annotator in saw:
                self.shown_to = _with(self.shown_to, item, record, layers, words)
            elif self._is_control(record.document.uid, item.annotator):
                self.control = _with(self.control, item, record, layers, words)

    def counts(self) -> dict[SuggestionKey, SuggestionCounts]:
        """Return what was counted, in the order of maker, version, layer and label."""
        return {
            key: counts._replace(gold=self._gold.get((key.layer, key.label), 0), proposed=self._proposed.get(key, 0))
            for key, counts in sorted(self._counts.items())
        }

    def retired(self) -> list[tuple[str, str, AnswerTally]]:
        """Return the makers and versions that retire themselves, with all answers to them."""
        found: dict[tuple[str, str], AnswerTally] = {}
        for key, counts in self._counts.items():
            maker = (key.maker, key.version)
            found[maker] = found.get(maker, AnswerTally()).plus(counts.answers)
        return [(*maker, tally) for maker, tally in sorted(found.items()) if is_retired(tally)]


class _Answerer:
    """An annotator's set, to find their answers in."""

    def __init__(self, item: SetRecord) -> None:
        self._annotations = {annotation.uid: annotation for annotation in item.annotations}
        self._places = places_of(item.annotations)

    def answer(self, suggestion: Suggestion, judgement: Judgement | None) -> SuggestionAnswer:
        return answer_of(suggestion, judgement, self._annotations)

    def has_marked(self, suggestion: Suggestion) -> bool:
        return suggestion.place in self._places


def _key(suggestion: Suggestion) -> SuggestionKey:
    return SuggestionKey(suggestion.maker, suggestion.version, suggestion.layer, suggestion.label)


def _overlapping(annotations: Iterable[Annotation], ranges: list[tuple[int, int]]) -> int:
    """Return how many annotations share a character, or their whole range, with one of the ranges."""
    ranges.sort()
    starts = [start for start, _ in ranges]
    exact = set(ranges)
    furthest: list[int] = []
    for _, end in ranges:
        furthest.append(max(end, furthest[-1]) if furthest else end)
    found = 0
    for annotation in annotations:
        start, end = annotation.start, annotation.end
        before = bisect_left(starts, end) if end > start else bisect_right(starts, start)
        found += (before > 0 and furthest[before - 1] > start) or (start, end) in exact
    return found


def _with(group: GroupCounts, item: SetRecord, record: DocumentRecord, layers: set[str], words: int) -> GroupCounts:
    marks = {(a.layer, a.label, a.fragments) for a in item.annotations if a.layer in layers}
    gold = None
    if record.gold is not None and record.gold.status.is_finished:
        gold = {(a.layer, a.label, a.fragments) for a in record.gold.annotations if a.layer in layers}
    return GroupCounts(
        sets=group.sets + 1,
        words=group.words + words,
        marks=group.marks + len(marks),
        seconds=group.seconds + item.seconds,
        timed_words=group.timed_words + (words if item.seconds else 0),
        matched=group.matched + (len(marks & gold) if gold is not None else 0),
        marks_there=group.marks_there + (len(marks) if gold is not None else 0),
        gold=group.gold + (len(gold) if gold is not None else 0),
    )

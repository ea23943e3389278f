"""What became of suggestions so far: what scores mean, and which suggesters have retired themselves."""

from collections.abc import Iterable, Mapping
from functools import cache
from typing import Annotated

import msgspec

from app import paths
from app.core.project_option import USE_AGAIN
from app.core.suggestion import Suggestion
from app.core.suggestion_calibration import (
    AnswerTally,
    Bins,
    Calibration,
    MakerVersion,
    base_of,
    bin_of,
    is_retired,
    total,
)
from app.session.actions import ChangeOption, Compound
from app.session.events import Event, Topic
from app.session.session import Session

_FRESH = 50  # counted anew when one answer in this many is new


class _ShippedSuggester(msgspec.Struct):
    maker: str
    version: str
    scores: list[tuple[float | None, Annotated[float, msgspec.Meta(ge=0)], Annotated[float, msgspec.Meta(ge=0)]]]


class _ShippedTable(msgspec.Struct):
    suggesters: list[_ShippedSuggester]


@cache
def shipped_table() -> Mapping[MakerVersion, Bins]:
    """Return what each suggester's version got right in the pairs that it was developed with, by bin of the score."""
    raw = (paths.resources() / "suggesters" / "calibration.json").read_bytes()
    table = msgspec.json.decode(raw, type=_ShippedTable)
    found: dict[MakerVersion, dict[int, AnswerTally]] = {}
    for entry in table.suggesters:
        bins = found.setdefault(MakerVersion(entry.maker, entry.version), {})
        for score, right, of in entry.scores:
            bins[bin_of(score)] = bins.get(bin_of(score), AnswerTally()).plus(AnswerTally(right, of))
    return found


def maker_version(suggestion: Suggestion) -> MakerVersion:
    """Return who made a suggestion."""
    return MakerVersion(suggestion.maker, suggestion.version)


class TrackRecord:
    """The answers of a project, counted when they are asked for and again when enough of them are new.

    What an annotator sees comes from their own answers: others' would tell them what others think. Only whether a
    suggester has retired itself goes by everyone's.
    """

    def __init__(self, session: Session) -> None:
        self._session = session
        self._is_due = True
        self._new = 0
        self._of_all: dict[MakerVersion, AnswerTally] = {}
        self._calibration = Calibration({}, ())
        self._retired: dict[MakerVersion, AnswerTally] = {}

    def follow(self, event: Event) -> None:
        """Note that answers were given or taken back."""
        if event.topic is Topic.SUGGESTIONS and event.suggestion:
            self._new += 1
        elif event.topic in (Topic.SUGGESTIONS, Topic.ANNOTATOR, Topic.DOCUMENTS, Topic.SCHEME):
            self._is_due = True

    def refresh(self) -> bool:
        """Count again if it is due; return whether other suggesters than before have retired themselves."""
        answers = sum(tally.of for tally in self._of_all.values())
        if not self._is_due and (not self._new or self._new * _FRESH < answers):
            return False
        before = set(self._retired)
        self._is_due, self._new = False, 0
        table, person = self._session.executor.suggesting.suggestions, self._session.annotator_key()
        rows = table.answer_counts() if table.answered() else []
        self._of_all = {}
        for row in rows:
            maker = MakerVersion(row.maker, row.version)
            self._of_all[maker] = self._of_all.get(maker, AnswerTally()).plus(AnswerTally(row.accepted, row.answered))
        own = (
            (MakerVersion(row.maker, row.version), (row.layer, row.label), bin_of(row.score), counted)
            for row in rows
            if row.annotator == person
            for counted in (AnswerTally(row.accepted, row.answered),)
        )
        self._calibration = Calibration(shipped_table(), own)
        again = self._session.executor.suggesting.options.all()
        self._retired = {
            maker: tally
            for maker, tally in self._of_all.items()
            if is_retired(tally) and again.get(again_key(maker)) is None
        }
        return set(self._retired) != before

    @property
    def calibration(self) -> Calibration:
        """What scores mean, by the annotator's own answers as of the last `refresh`."""
        return self._calibration

    @property
    def retired(self) -> Mapping[MakerVersion, AnswerTally]:
        """The suggesters' versions that have retired themselves, each with everyone's answers."""
        return self._retired

    def chance(self, suggestion: Suggestion) -> float:
        """Return the probability, 0 to 1, that the annotator accepts a suggestion."""
        label = (suggestion.layer, suggestion.label)
        return self._calibration.chance(maker_version(suggestion), label, suggestion.score)

    def answers(self, suggestion: Suggestion) -> AnswerTally:
        """Return the annotator's answers to suggestions of the same maker, version and label."""
        return self._calibration.answers(maker_version(suggestion), (suggestion.layer, suggestion.label))

    def shipped(self, suggestion: Suggestion) -> AnswerTally:
        """Return what a suggestion's maker and version got right in the pairs that it was developed with."""
        maker, version = maker_version(suggestion)
        return total(shipped_table().get(MakerVersion(base_of(maker), version), {}))


def retired_suggesters(session: Session) -> dict[MakerVersion, AnswerTally]:
    """Return the suggesters' versions that have retired themselves in a project, each with everyone's answers."""
    record = TrackRecord(session)
    record.refresh()
    return dict(record.retired)


def use_again(session: Session, makers: Iterable[MakerVersion]) -> None:
    """Use suggesters' versions although they have retired themselves, as one step for everyone in the project.

    Raises EditRejected and ProjectError.
    """
    changes = tuple(ChangeOption(again_key(maker), "yes") for maker in makers)
    if changes:
        session.perform(Compound(changes), title="Use suggesters again")


def again_key(maker: MakerVersion) -> str:
    """Return the key of the option that uses a suggester's version although it has retired itself."""
    return f"{USE_AGAIN}{maker.maker}@{maker.version}"


def retirement_words(title: str, tally: AnswerTally) -> str:
    """Return the sentence that says that a suggester has retired itself."""
    return f"“{title}” has retired itself: {tally.right:,.0f} of {tally.of:,.0f} answered suggestions were accepted."

"""What a claim of SciFact points at: for each abstract, by number, its rationales.

A rationale is a list of sentence numbers that prove or disprove the claim together; several are alternatives. Their
label is SUPPORT or CONTRADICT; some later data have REFUTE, or one rationale where a list is expected.
"""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple, cast

from app.core.annotation import Stance
from app.core.errors import FormatError
from app.exchange.claim_marks import ClaimVerdict, verdict_of

Same = tuple[str, frozenset[int], Stance]
"""What is equal for rationales that say the same: abstract, sentences and stance."""


class Rationale(NamedTuple):
    """Sentences of an abstract, by numbers from 0, and what they do to the claim. `at` is its place in the list."""

    abstract: str
    sentences: tuple[int, ...]
    stance: Stance
    at: int

    @property
    def same(self) -> Same:
        """What is equal for rationales that say the same."""
        return (self.abstract, frozenset(self.sentences), self.stance)


def rationales_of(evidence: object) -> list[Rationale]:
    """Return the rationales of a record's `evidence`, in order. Raises FormatError for what isn't evidence."""
    if not isinstance(evidence, dict):
        raise _wrong("it must be an object with a list for each abstract")
    return list(_rationales(cast("Mapping[str, object]", evidence)))


def _rationales(evidence: Mapping[str, object]) -> Iterator[Rationale]:
    for abstract, given in evidence.items():
        for at, item in enumerate(items_of(given)):
            if not isinstance(item, dict):
                raise _wrong(f"a rationale in {abstract[:40]} isn't an object")
            value = cast("Mapping[str, Any]", item)
            sentences = value.get("sentences")
            items = cast("list[object]", sentences) if isinstance(sentences, list) else [None]
            numbers = {number for number in items if isinstance(number, int) and not isinstance(number, bool)}
            if not all(type(number) is int for number in items) or min(numbers, default=0) < 0:
                raise _wrong(f"the sentences of a rationale in {abstract[:40]} must be whole numbers from 0")
            verdict = verdict_of(value.get("label"))
            yield Rationale(abstract, tuple(sorted(set(numbers))), verdict.stance if verdict else Stance.CONTEXT, at)


def items_of(given: object) -> list[object]:
    """Return the rationales of an abstract as a list."""
    return cast("list[object]", given) if isinstance(given, list) else [given]


def verdict_from(stances: set[Stance]) -> ClaimVerdict:
    """Return what rationales with these stances say together."""
    if {Stance.SUPPORTS, Stance.REFUTES} <= stances:
        return ClaimVerdict.CONFLICTING
    if Stance.SUPPORTS in stances:
        return ClaimVerdict.SUPPORTED
    return ClaimVerdict.REFUTED if Stance.REFUTES in stances else ClaimVerdict.NOT_ENOUGH_INFO


def _wrong(why: str) -> FormatError:
    return FormatError(f"“evidence” isn't as in SciFact: {why}", hint="fix the record")

"""What of a model's answer holds: known labels, quotes in the text, evidence in the reference."""

import re
from collections import Counter
from collections.abc import Sequence
from enum import StrEnum
from typing import NamedTuple

import msgspec

from app.core.document import Document
from app.suggesters.language_model.question import MOST_ERRORS, ModelQuestion, Passage

_MOST_QUOTE = 300
_MOST_WORDS = 400


class Unfounded(StrEnum):
    """Why something that a model said isn't suggested."""

    NO_JSON = "answers that aren't JSON"
    CUT_OFF = "answers cut off"
    NO_QUOTE = "quotes that the text doesn't have"
    MANY_QUOTES = "quotes that the text has several times"
    NO_EVIDENCE = "evidence that the reference doesn't have"
    UNKNOWN_LABEL = "labels that the scheme doesn't have"
    NO_CHANGE = "corrections that change nothing"
    TOO_MANY = "more errors than were asked for"


class Said(NamedTuple):
    """An error that a model named and that holds: ranges in code points of the text and of a reference."""

    start: int
    end: int
    label: str
    correction: str | None
    evidence: tuple[Passage, ...]
    reason: str


class _Error(msgspec.Struct):
    quote: str
    label: str
    correction: str = ""
    evidence: str = ""
    reason: str = ""


class _Errors(msgspec.Struct):
    errors: list[_Error]


_decoder = msgspec.json.Decoder(_Errors)
_FENCE = re.compile(r"\A\s*```(?:json)?\s*(.*?)\s*```\s*\Z", re.DOTALL)


def checked(
    answer: str,
    question: ModelQuestion,
    document: Document,
    references: Sequence[Document],
    labels: frozenset[str],
    *,
    is_cut_off: bool = False,
) -> tuple[list[Said], Counter[Unfounded]]:
    """Return what holds of an answer, and how often something was dropped for which reason."""
    dropped: Counter[Unfounded] = Counter()
    fenced = _FENCE.match(answer)
    try:
        found = _decoder.decode((fenced.group(1) if fenced else answer.strip()).encode("utf-8", "replace"))
    except (msgspec.DecodeError, RecursionError):
        dropped[Unfounded.CUT_OFF if is_cut_off else Unfounded.NO_JSON] += 1
        return [], dropped
    said: dict[Said, None] = {}
    for number, error in enumerate(found.errors):
        if number >= MOST_ERRORS:
            dropped[Unfounded.TOO_MANY] += len(found.errors) - number
            break
        kept = _held(error, question, document, references, labels)
        if isinstance(kept, Unfounded):
            dropped[kept] += 1
        else:
            said[kept] = None
    return list(said), dropped


def _held(
    error: _Error, question: ModelQuestion, document: Document, references: Sequence[Document], labels: frozenset[str]
) -> Said | Unfounded:
    if error.label not in labels:
        return Unfounded.UNKNOWN_LABEL
    quote = error.quote.strip()
    text = document.text
    places = _places(text, quote, question.start, question.end) if 0 < len(quote) <= _MOST_QUOTE else []
    if len(places) != 1:
        return Unfounded.MANY_QUOTES if places else Unfounded.NO_QUOTE
    correction = error.correction.strip()[:_MOST_WORDS]
    if correction == quote:
        return Unfounded.NO_CHANGE
    evidence: tuple[Passage, ...] = ()
    if error.evidence.strip():
        found = _evidence(error.evidence.strip(), question, references)
        if found is None:
            return Unfounded.NO_EVIDENCE
        evidence = (found,)
    start = places[0]
    reason = " ".join(error.reason.split())[:_MOST_WORDS]
    return Said(start, start + len(quote), error.label, correction or None, evidence, reason)


def _places(text: str, quote: str, start: int, end: int) -> list[int]:
    """Return where a quote stands between two offsets, as whole words."""
    found: list[int] = []
    at = text.find(quote, start, end)
    while at >= 0 and len(found) < 2:
        before, after = text[at - 1 : at], text[at + len(quote) : at + len(quote) + 1]
        if not (before.isalnum() and quote[0].isalnum()) and not (after.isalnum() and quote[-1].isalnum()):
            found.append(at)
        at = text.find(quote, at + 1, end)
    return found


def _evidence(quote: str, question: ModelQuestion, references: Sequence[Document]) -> Passage | None:
    """Return where evidence stands, if that is exactly once within what was shown of the references."""
    found: set[Passage] = set()
    for passage in question.passages:
        text = references[passage.reference].text
        for at in _places(text, quote, passage.start, passage.end):
            found.add(Passage(passage.reference, at, at + len(quote)))
    return found.pop() if len(found) == 1 else None

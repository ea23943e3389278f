"""What of a model's answer holds: known labels, quotes in the text, evidence in the reference."""

import json
import re
from collections import Counter
from collections.abc import Sequence
from enum import StrEnum
from typing import NamedTuple

import msgspec

from app.core.decode_faults import DECODE_FAULTS
from app.core.document import Document
from app.core.graphemes import extends_cluster
from app.suggesters.language_model.question import MOST_ERRORS, ModelQuestion, Passage

_MOST_QUOTE = 300
_MOST_WORDS = 400


class Unfounded(StrEnum):
    """Why something that a model said isn't suggested."""

    NO_JSON = "answers that aren't JSON"
    CUT_OFF = "answers cut off"
    TOO_SLOW = "answers that didn't come in time"
    NO_ERROR = "errors without a quote or a label"
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
    correction: str | None = None
    evidence: str | None = None
    reason: str | None = None


_THOUGHT = re.compile(r"\A\s*<think(?:ing)?>.*?</think(?:ing)?>", re.DOTALL)  # of models that reason aloud first
_FENCE = re.compile(r"\A\s*```(?:json)?\s*(.*?)\s*```\s*\Z", re.DOTALL)
_LIST = re.compile(r"\"errors\"\s*:\s*\[")
_OBJECT = re.compile(r"[\s,]*(?=\{)")
_scanner = json.JSONDecoder()


def checked(
    answer: str,
    question: ModelQuestion,
    document: Document,
    references: Sequence[Document],
    labels: frozenset[str],
    *,
    is_cut_off: bool = False,
) -> tuple[list[Said], Counter[Unfounded]]:
    """Return what holds of an answer, and how often something was dropped for which reason. Of an answer that was cut
    off, what came before holds all the same: small models say the same again and again until they may say no more.
    """
    dropped: Counter[Unfounded] = Counter()
    named, is_whole = _named(answer)
    if not is_whole:
        dropped[Unfounded.CUT_OFF if is_cut_off or named else Unfounded.NO_JSON] += 1
    said: dict[Said, None] = {}
    for number, one in enumerate(named):
        if number >= MOST_ERRORS:
            dropped[Unfounded.TOO_MANY] += len(named) - number
            break
        try:
            error = msgspec.convert(one, _Error)
        except (msgspec.ValidationError, RecursionError):
            dropped[Unfounded.NO_ERROR] += 1
            continue
        kept = _held(error, question, document, references, labels)
        if isinstance(kept, Unfounded):
            dropped[kept] += 1
        else:
            said[kept] = None
    return list(said), dropped


def _named(answer: str) -> tuple[list[object], bool]:
    """Return what an answer lists as errors, and whether it was JSON to its end."""
    text = _THOUGHT.sub("", answer, count=1)
    fenced = _FENCE.match(text)
    text = fenced.group(1) if fenced else text.strip()
    try:
        whole: object = msgspec.json.decode(text.encode("utf-8", "replace"))
    except DECODE_FAULTS:
        return _begun(text), False
    found = whole.get("errors") if isinstance(whole, dict) else whole
    return (found, True) if isinstance(found, list) else ([], False)


def _begun(text: str) -> list[object]:
    """Return the objects that are whole in a list that isn't."""
    found: list[object] = []
    begin = _LIST.search(text)
    at = begin.end() if begin else len(text)
    while (next_one := _OBJECT.match(text, at)) is not None:
        at = next_one.end()
        try:
            _, end = _scanner.raw_decode(text, at)
            found.append(msgspec.json.decode(text[at:end].encode("utf-8", "replace")))  # no lone surrogates
        except (ValueError, RecursionError):
            break
        at = end
    return found


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
    correction = (error.correction or "").strip()[:_MOST_WORDS]
    if correction == quote:
        return Unfounded.NO_CHANGE
    evidence: tuple[Passage, ...] = ()
    told = (error.evidence or "").strip()
    if told:
        found = _evidence(told, question, references)
        if found is None:
            return Unfounded.NO_EVIDENCE
        evidence = (found,)
    start = places[0]
    reason = " ".join((error.reason or "").split())[:_MOST_WORDS]
    return Said(start, start + len(quote), error.label, correction or None, evidence, reason)


def _places(text: str, quote: str, start: int, end: int) -> list[int]:
    """Return where a quote stands between two offsets, as whole words."""
    found: list[int] = []
    at = text.find(quote, start, end)
    while at >= 0 and len(found) < 2:
        before, after = text[at - 1 : at], text[at + len(quote) : at + len(quote) + 1]
        is_word = not (before.isalnum() and quote[0].isalnum()) and not (after.isalnum() and quote[-1].isalnum())
        if is_word and _is_between(text, at) and _is_between(text, at + len(quote)):
            found.append(at)
        at = text.find(quote, at + 1, end)
    return found


def _is_between(text: str, at: int) -> bool:
    """Whether a place is between two characters as people see them, and not before the accent of a letter."""
    return not 0 < at < len(text) or not extends_cluster(text, at)


def _evidence(quote: str, question: ModelQuestion, references: Sequence[Document]) -> Passage | None:
    """Return where evidence stands, if that is exactly once within what was shown of the references."""
    found: set[Passage] = set()
    for passage in question.passages:
        text = references[passage.reference].text
        for at in _places(text, quote, passage.start, passage.end):
            found.add(Passage(passage.reference, at, at + len(quote)))
    return found.pop() if len(found) == 1 else None

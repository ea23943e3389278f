"""A record of Mu-SHROOM as values.

Hard labels are ranges, soft labels ranges with the share of annotators who marked them, `annotations` everyone's ranges
as they made them: empty ones, and some that end behind the text, are among them. Offsets are code points, as the task's
scorer counts them. See https://helsinki-nlp.github.io/shroom/ (Vázquez et al. 2025).
"""

import hashlib
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple, cast

import msgspec

from app.core.errors import FormatError
from app.exchange.json_values import id_text, objects_under, text_under, whole_number

OWN = "mu-shroom"
LABEL = "hallucination"
TEXT = "model_output_text"
ID, LANG, NAME, LANGUAGE = "id", "lang", "name", "language"
SOFT, HARD, PEOPLE = "soft_labels", "hard_labels", "annotations"
MODEL_INPUT, MODEL_ID = "model_input", "model_id"
# Lists with an item for each token, which are no metadata.
TOKENS = ("model_output_tokens", "model_output_logits")
SHORT = 16  # digits of a digest
_PAIR = 2

Span = tuple[int, int]


class SoftLabel(NamedTuple):
    """A range and the share of annotators, from 0 to 1, who marked it; `given` is its object in the file."""

    start: int
    end: int
    share: float
    given: Mapping[str, Any]


class MuShroomRecord(NamedTuple):
    """What one record says; None for labels of a kind that it doesn't have."""

    id: int | str | None
    text: str
    name: str
    lang: str | None
    people: dict[str, list[Span]] | None
    hard: list[Span] | None
    soft: list[SoftLabel] | None
    tokens: dict[str, Any]
    meta: dict[str, Any]


class KeptRecord(msgspec.Struct, kw_only=True, omit_defaults=True):
    """What of a record only Mu-SHROOM has. Soft and hard labels are written again as long as the marks (`marks`, a
    digest) and the text (`text`, the beginning of its SHA-256) are the same; `has_people` says whether the file has
    everyone's marks.
    """

    id: int | str | None = None
    lang: str | None = None
    text: str = ""
    marks: str = ""
    has_people: bool = False
    hard: list[Span] | None = None
    soft: list[dict[str, Any]] | None = None
    tokens: dict[str, Any] = {}


class KeptSpan(msgspec.Struct, kw_only=True, omit_defaults=True):
    """Where a mark ended in the file, in code points, if that was behind the text."""

    end: int | None = None


def parsed(value: Mapping[str, Any]) -> MuShroomRecord:
    """Return what a record says. Raises FormatError, without its place, for what can't be understood."""
    text = text_under(value, TEXT)
    lang, name = value.get(LANG), value.get(NAME)
    known = {ID, TEXT, SOFT, HARD, PEOPLE, *TOKENS}
    known |= {key for key in (LANG, NAME) if isinstance(value.get(key), str)}
    return MuShroomRecord(
        id=value[ID] if id_text(value.get(ID)) else None,
        text=text,
        name=name if isinstance(name, str) else "",
        lang=lang if isinstance(lang, str) else None,
        people=_people(value.get(PEOPLE)),
        hard=None if value.get(HARD) is None else _spans(value[HARD], HARD),
        soft=None if value.get(SOFT) is None else [_soft(each) for each in objects_under(value, SOFT)],
        tokens={key: value[key] for key in TOKENS if key in value},
        meta={key: item for key, item in value.items() if key not in known},
    )


def digest(spans: Mapping[str, Iterable[Span]]) -> str:
    """Return a digest of everyone's ranges, whatever their order."""
    said = msgspec.json.encode(sorted((name, sorted(ranges)) for name, ranges in spans.items()))
    return hashlib.sha256(said).hexdigest()[:SHORT]


def _people(value: object) -> dict[str, list[Span]] | None:
    if value is None:
        return None
    if not isinstance(value, dict):
        raise FormatError(f"“{PEOPLE}” must be an object with each annotator’s ranges", hint="fix it")
    found = cast("dict[str, object]", value)
    return {name: _spans(spans, f"{PEOPLE}.{name[:40]}") for name, spans in found.items()}


def _spans(value: object, where: str) -> list[Span]:
    if not isinstance(value, list):
        raise FormatError(f"“{where}” must be a list of ranges", hint="write [[start, end], …]")
    return [_span(each, f"{where}[{number}]") for number, each in enumerate(cast("list[object]", value))]


def _span(value: object, where: str) -> Span:
    pair = cast("list[object]", value) if isinstance(value, list) else []
    if len(pair) != _PAIR:
        raise FormatError(f"{where} must be a start and an end", hint="write [start, end]")
    return whole_number(pair[0], f"{where}: start"), whole_number(pair[1], f"{where}: end")


def _soft(value: Mapping[str, Any]) -> SoftLabel:
    share = value.get("prob")
    if isinstance(share, bool) or not isinstance(share, int | float) or not 0 <= share <= 1:
        raise FormatError(f"{SOFT}: “prob” must be a number from 0 to 1", hint="fix it")
    start, end = (whole_number(value.get(key), f"{SOFT}: {key}") for key in ("start", "end"))
    return SoftLabel(start, end, float(share), value)

"""Rows to values and back."""

import re
from typing import Any

import msgspec

from app.core.annotation import Annotation, Evidence, Fragment, Relation, Stance

_to_json = msgspec.json.Encoder(order="deterministic").encode
_fragments = msgspec.json.Decoder(tuple[Fragment, ...])
_object = msgspec.json.Decoder(dict[str, Any])

ANNOTATION_COLUMNS = (
    'document, start, uid, set_id, layer, label, "end", fragments, quote, '
    "attributes, correction, comment, origin, created, updated, extra"
)
EVIDENCE_COLUMNS = 'owner, annotation, ordinal, uid, document, start, "end", fragments, quote, stance'
ANNOTATION_SLOTS = ", ".join("?" * 16)
EVIDENCE_SLOTS = ", ".join("?" * 10)


def to_json(value: object) -> str:
    """Return compact JSON with sorted keys: equal values are equal text."""
    return _to_json(value).decode()


def from_json(text: str) -> dict[str, Any]:
    """Return an object; a shared empty one is never handed out."""
    return {} if text == "{}" else _object.decode(text)


def _fragments_to(fragments: tuple[Fragment, ...]) -> str | None:
    return to_json(fragments) if len(fragments) > 1 else None


def _fragments_from(start: int, end: int, text: str | None) -> tuple[Fragment, ...]:
    return (Fragment(start, end),) if text is None else _fragments.decode(text)


def annotation_row(document: int, set_id: int, a: Annotation) -> tuple[Any, ...]:
    """Return the row of an annotation, in the order of ANNOTATION_COLUMNS."""
    return (
        *(document, a.start, a.uid, set_id, a.layer, a.label, a.end, _fragments_to(a.fragments), a.quote),
        *(to_json(a.attributes), a.correction, a.comment, a.origin, a.created, a.updated, to_json(a.extra)),
    )


def evidence_rows(document: int, a: Annotation) -> list[tuple[Any, ...]]:
    """Return the rows of an annotation's evidence, in the order of EVIDENCE_COLUMNS."""
    return [
        (
            *(document, a.uid, ordinal, e.uid, e.document, e.start, e.end, _fragments_to(e.fragments)),
            *(e.quote, e.stance.value),
        )
        for ordinal, e in enumerate(a.evidence)
    ]


def to_annotation(row: tuple[Any, ...], evidence: tuple[Evidence, ...]) -> Annotation:
    """Return the annotation of a row in the order of ANNOTATION_COLUMNS."""
    (_, start, uid, _, layer, label, end, fragments, quote, attributes, correction, comment, origin, *times, extra) = (
        row
    )
    return Annotation(
        uid=uid,
        layer=layer,
        label=label,
        fragments=_fragments_from(start, end, fragments),
        quote=quote,
        attributes=from_json(attributes),
        correction=correction,
        comment=comment,
        evidence=evidence,
        origin=origin,
        created=times[0],
        updated=times[1],
        extra=from_json(extra),
    )


def to_evidence(row: tuple[Any, ...]) -> Evidence:
    """Return the evidence of a row in the order of EVIDENCE_COLUMNS."""
    _, _, _, uid, document, start, end, fragments, quote, stance = row
    return Evidence(
        uid=uid,
        document=document,
        fragments=_fragments_from(start, end, fragments),
        quote=quote,
        stance=Stance(stance),
    )


def to_relation(row: tuple[Any, ...]) -> Relation:
    """Return the relation of a row `uid, source, target, label`."""
    return Relation(uid=row[0], source=row[1], target=row[2], label=row[3])


_WORD = re.compile(r"\w+")


def fts_query(text: str) -> str:
    """Return an FTS5 query for what a person typed: every word, the last one as a beginning; "..." is a phrase."""
    parts: list[str] = []
    for at, piece in enumerate(text.split('"')):
        words = _WORD.findall(piece)
        if at % 2 and words:
            parts.append('"' + " ".join(words) + '"')
        else:
            parts.extend(f'"{word}"' for word in words)
    if parts and not text.rstrip().endswith('"') and not text.endswith(" "):
        parts[-1] += "*"
    return " ".join(parts)

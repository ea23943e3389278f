"""Encoding values as rows, and decoding them."""

from typing import Any

import msgspec

from app.core.annotation import Annotation, Evidence, Fragment, Relation, Stance
from app.core.record import META_EXTRA
from app.storage.errors import reads_row

_to_json = msgspec.json.Encoder(order="deterministic").encode
_fragments = msgspec.json.Decoder(tuple[Fragment, ...])
_object = msgspec.json.Decoder(dict[str, Any])
_STANCES = {stance.value: stance for stance in Stance}

ANNOTATION_COLUMNS = (
    'document, start, uid, set_id, layer, label, "end", fragments, quote, '
    "attributes, correction, comment, origin, created, updated, extra"
)
EVIDENCE_COLUMNS = 'owner, annotation, ordinal, uid, document, start, "end", fragments, quote, stance'
ANNOTATION_SLOTS = ", ".join("?" * 16)
EVIDENCE_SLOTS = ", ".join("?" * 10)


def to_json(value: object) -> str:
    """Return compact JSON with sorted keys, so that equal values are equal text."""
    return _to_json(value).decode()


@reads_row
def from_json(text: str) -> dict[str, Any]:
    """Return a decoded object, always a new one, which the caller may change."""
    return {} if text == "{}" else _object.decode(text)


def meta_to_json(meta: dict[str, Any], extra: dict[str, Any]) -> str:
    """Return the content of the column `meta`: a document's metadata and, under META_EXTRA, a file's extra fields."""
    return to_json({**meta, META_EXTRA: extra} if extra else meta)


@reads_row
def meta_from_json(text: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return a document's metadata and a file's extra fields."""
    meta = from_json(text)
    extra = meta.pop(META_EXTRA, {})
    if not isinstance(extra, dict):
        raise TypeError(f"{META_EXTRA} isn't an object")
    return meta, extra


def _fragments_to(fragments: tuple[Fragment, ...]) -> str | None:
    return to_json(fragments) if len(fragments) > 1 else None


def _fragments_from(start: int, end: int, text: str | None) -> tuple[Fragment, ...]:
    return (Fragment(start, end),) if text is None else _fragments.decode(text)


def annotation_row(document: int, set_id: int, a: Annotation) -> tuple[Any, ...]:
    """Return the row of an annotation, in the order of ANNOTATION_COLUMNS."""
    fragments = a.fragments
    attributes = to_json(a.attributes) if a.attributes else "{}"
    extra = to_json(a.extra) if a.extra else "{}"
    start, end = fragments[0].start, fragments[-1].end
    return (
        document,
        start,
        a.uid,
        set_id,
        a.layer,
        a.label,
        end,
        _fragments_to(fragments) if len(fragments) > 1 else None,
        a.quote,
        attributes,
        a.correction,
        a.comment,
        a.origin,
        a.created,
        a.updated,
        extra,
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


@reads_row
def to_annotation(row: tuple[Any, ...], evidence: tuple[Evidence, ...]) -> Annotation:
    """Return the annotation of a row in the order of ANNOTATION_COLUMNS."""
    (_, start, uid, _, layer, label, end, fragments, quote, attributes, correction, comment, origin, *times, extra) = (
        row
    )
    return Annotation(
        uid=uid,
        layer=layer,
        label=label,
        fragments=(Fragment(start, end),) if fragments is None else _fragments.decode(fragments),
        quote=quote,
        attributes={} if attributes == "{}" else _object.decode(attributes),
        correction=correction,
        comment=comment,
        evidence=evidence,
        origin=origin,
        created=times[0],
        updated=times[1],
        extra={} if extra == "{}" else _object.decode(extra),
    )


@reads_row
def to_evidence(row: tuple[Any, ...]) -> Evidence:
    """Return the evidence of a row in the order of EVIDENCE_COLUMNS."""
    _, _, _, uid, document, start, end, fragments, quote, stance = row
    return Evidence(
        uid=uid,
        document=document,
        fragments=_fragments_from(start, end, fragments),
        quote=quote,
        stance=_STANCES[stance],
    )


@reads_row
def to_relation(row: tuple[Any, ...]) -> Relation:
    """Return the relation of a row `uid, source, target, label`."""
    return Relation(uid=row[0], source=row[1], target=row[2], label=row[3])

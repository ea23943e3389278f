"""Encoding values as rows, and decoding them."""

from collections.abc import Container, Iterable
from typing import Any

import msgspec

from app.core.annotation import Annotation, Evidence, Fragment, Relation, normal_fragments
from app.core.decode_faults import DECODE_FAULTS
from app.core.document import Document
from app.core.errors import DamagedRow
from app.core.record import META_EXTRA
from app.storage.row_cells import AnnotationCells, DocumentCells, EvidenceCells, RelationCells, reads_row

_to_json = msgspec.json.Encoder(order="deterministic").encode
_fragments = msgspec.json.Decoder(tuple[Fragment, ...])
_words = msgspec.json.Decoder(tuple[str, ...])
_object = msgspec.json.Decoder(dict[str, Any])

DOCUMENT_COLUMNS = "id, uid, name, text, sha256, meta"
ANNOTATION_COLUMNS = (
    'document, start, uid, set_id, layer, label, "end", fragments, quote, '
    "attributes, correction, comment, origin, created, updated, extra"
)
EVIDENCE_COLUMNS = 'owner, annotation, ordinal, uid, document, start, "end", fragments, quote, stance, alternative'
ANNOTATION_SLOTS = ", ".join("?" * 16)
EVIDENCE_SLOTS = ", ".join("?" * 11)
RELATION_COLUMNS = "uid, source, target, label, attributes, comment"


def to_json(value: object) -> str:
    """Return compact JSON with sorted keys, so that equal values are equal text."""
    return _to_json(value).decode()


def from_json(text: str) -> dict[str, Any]:
    """Return a decoded object, always a new one, which the caller may change. Raises msgspec.MsgspecError."""
    return {} if text == "{}" else _object.decode(text)


def said_in(attributes: object) -> dict[str, Any]:
    """Return the attributes of a mark's row, for lists of documents. What can't be decoded says nothing there: whoever
    reads the mark itself is told of the damage.
    """
    try:
        return from_json(attributes) if isinstance(attributes, str) else {}
    except DECODE_FAULTS:
        return {}


def words_from_json(text: str) -> tuple[str, ...]:
    """Return a decoded list of texts. Raises msgspec.MsgspecError."""
    return _words.decode(text)


def meta_to_json(meta: dict[str, Any], extra: dict[str, Any]) -> str:
    """Return the content of the column `meta`: a document's metadata and, under META_EXTRA, a file's extra fields."""
    return to_json({**meta, META_EXTRA: extra} if extra else meta)


def meta_from_json(text: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return a document's metadata and a file's extra fields. Raises msgspec.MsgspecError or TypeError."""
    meta = from_json(text)
    extra = meta.pop(META_EXTRA, {})
    if not isinstance(extra, dict):
        raise TypeError(f"{META_EXTRA} isn't an object")
    return meta, extra


def _fragments_to(fragments: tuple[Fragment, ...]) -> str | None:
    return to_json(fragments) if len(fragments) > 1 else None


def fragments_from(start: int, end: int, text: str | None) -> tuple[Fragment, ...]:
    """Return the fragments of a row. Raises ValueError, or msgspec.MsgspecError, unless they are as Stet writes them:
    whole numbers in order, without overlap, from `start` to `end`.
    """
    if text is None:
        if start > end:
            raise ValueError(f"range {start}-{end} ends before it starts")
        return (Fragment(start, end),)
    fragments = _fragments.decode(text)
    if normal_fragments(fragments, length=end) != fragments:
        raise ValueError("“fragments” aren't in order")
    if (fragments[0].start, fragments[-1].end) != (start, end):
        raise ValueError("“start” and “end” don't match “fragments”")
    return fragments


def require_placed(evidence: Iterable[Evidence]) -> None:
    """Raise ValueError unless the fragments of decoded evidence are in order and free of overlap."""
    for piece in evidence:
        if normal_fragments(piece.fragments, length=piece.end) != piece.fragments:
            raise ValueError("the fragments of evidence aren't in order")


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
            *(e.quote, e.stance.value, e.alternative),
        )
        for ordinal, e in enumerate(a.evidence)
    ]


def relation_cells(relation: Relation) -> tuple[str, ...]:
    """Return the cells of a relation, in the order of RELATION_COLUMNS."""
    attributes = to_json(relation.attributes) if relation.attributes else "{}"
    return relation.uid, relation.source, relation.target, relation.label, attributes, relation.comment


def annotation_of(cells: AnnotationCells, evidence: tuple[Evidence, ...]) -> Annotation:
    """Return the annotation of a row's cells. Raises ValueError, or msgspec.MsgspecError, unless Stet writes such."""
    start, end, fragments, attributes, extra = cells.start, cells.end, cells.fragments, cells.attributes, cells.extra
    return Annotation(
        uid=cells.uid,
        layer=cells.layer,
        label=cells.label,
        fragments=(
            (Fragment(start, end),) if fragments is None and start <= end else fragments_from(start, end, fragments)
        ),
        quote=cells.quote,
        attributes={} if attributes == "{}" else _object.decode(attributes),
        correction=cells.correction,
        comment=cells.comment,
        evidence=evidence,
        origin=cells.origin,
        created=cells.created,
        updated=cells.updated,
        extra={} if extra == "{}" else _object.decode(extra),
    )


@reads_row(AnnotationCells)
def to_annotation(cells: AnnotationCells, evidence: tuple[Evidence, ...]) -> Annotation:
    """Return the annotation of a row in the order of ANNOTATION_COLUMNS. Raises DamagedRow."""
    return annotation_of(cells, evidence)


@reads_row(EvidenceCells)
def to_evidence(cells: EvidenceCells) -> Evidence:
    """Return the evidence of a row in the order of EVIDENCE_COLUMNS. Raises DamagedRow."""
    return Evidence(
        uid=cells.uid,
        document=cells.document,
        fragments=fragments_from(cells.start, cells.end, cells.fragments),
        quote=cells.quote,
        stance=cells.stance,
        alternative=cells.alternative,
    )


@reads_row(RelationCells)
def to_relation(cells: RelationCells) -> Relation:
    """Return the relation of a row in the order of RELATION_COLUMNS. Raises DamagedRow."""
    return Relation(
        uid=cells.uid,
        source=cells.source,
        target=cells.target,
        label=cells.label,
        attributes=from_json(cells.attributes),
        comment=cells.comment,
    )


def untied(relation: Relation, annotations: Container[str]) -> DamagedRow | None:
    """Return what is wrong with a relation whose ends aren't both among the annotations (uids) of its set."""
    if relation.source in annotations and relation.target in annotations:
        return None
    return DamagedRow("relation", relation.uid, "it refers to an annotation that doesn't exist")


@reads_row(DocumentCells)
def to_document(cells: DocumentCells) -> tuple[Document, dict[str, Any]]:
    """Return the document of a row in the order of DOCUMENT_COLUMNS, and the extra fields of its file.

    Raises DamagedRow, but not for a text that doesn't match its SHA-256.
    """
    meta, extra = meta_from_json(cells.meta)
    return Document(uid=cells.uid, name=cells.name, text=cells.text, sha256=cells.sha256, meta=meta), extra

"""The flat table of annotations: a row for each mark, label of a document and relation. `resources/help/tables.md`
documents its columns.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple, cast

import msgspec

from app.core.annotation import Annotation, Evidence, Fragment, Relation
from app.core.csv_table import Cell
from app.core.document import Document
from app.core.field_values import MANY_JOIN
from app.core.record import DocumentRecord, SetRecord
from app.core.scheme import SEVERITY, FieldKind, Scheme
from app.exchange.losses import Losses
from app.exchange.option import FormatOption, OptionKind, OptionValue
from app.exchange.provenance import ANSWER

META = FormatOption(
    "metadata",
    "Columns of metadata",
    OptionKind.TEXT,
    "",
    help="The keys of documents’ metadata that get a column, with commas between, such as: source,date",
)
CONTEXT = FormatOption(
    "context",
    "Characters around each mark",
    OptionKind.NUMBER,
    0,
    help="How much of the text before and behind a mark gets a column; none by default.",
)
EMPTY = FormatOption(
    "empty",
    "Rows for work without marks",
    help="Also a row for each annotator’s work on a document in which they marked nothing.",
)
OPTIONS = (META, CONTEXT, EMPTY)
KEPT = ("name", "status", "model", "meta", "attribute", "correction", "comment", "evidence", "relation-field")
"""What of a project the table has a place for, as `Losses` calls it; `meta` is noted by the table itself."""

MARK, ABOUT, RELATION, NOTHING = "mark", "document label", "relation", "no marks"
"""What a row is."""

_PLACE = ("document", "document_id")
_WORK = ("annotator", "annotator_kind", "status", "layer", "label", "start", "end", "ranges", "quote")
_AROUND = ("before", "after")
_EDIT = ("correction", "change", SEVERITY, "weight")
_EVIDENCE = ("document", "document_id", "range", "quote", "stance", "set")
_ENDS = tuple(f"{end}_{what}" for end in ("source", "target") for what in ("id", "layer", "label", "quote"))
_REST = ("origin", ANSWER, "created", "updated", "id")
_TELLING = frozenset(("document_id", *_WORK, *_EDIT, *_ENDS))


def is_annotation_table(names: Sequence[str]) -> bool:
    """Whether a table with these columns is one of annotations, as it is written here."""
    return names[:1] == ("row",) and set(names) >= _TELLING


class AnnotationTable:
    """Makes the rows of records. `titles` are those of its columns."""

    def __init__(
        self,
        scheme: Scheme,
        document: Callable[[str], Document | None],
        own: Mapping[str, OptionValue],
        losses: Losses,
        answer: Callable[[str], str],
    ) -> None:
        """Take the scheme, a function that returns documents by uid, the values of the options, and one that says what
        became of the suggestion of a mark (uid).
        """
        self._scheme = scheme
        self._document = document
        self._losses = losses
        self._answer = answer
        self._meta = tuple(dict.fromkeys(key.strip() for key in str(own.get(META.name, "")).split(",") if key.strip()))
        self._context = int(own.get(CONTEXT.name, 0))
        self._has_empty = own.get(EMPTY.name) is True
        self._fields = _field_columns(scheme)
        self.titles = (
            *("row", *_PLACE, *(f"meta.{key}" for key in self._meta), *_WORK),
            *(_AROUND if self._context else ()),
            *(*_EDIT, *dict.fromkeys(column for each in self._fields.values() for column in each if column)),
            *("other_fields", "comment", *(f"evidence_{what}" for what in _EVIDENCE), *_ENDS, *_REST),
        )

    def rows(self, record: DocumentRecord) -> Iterator[list[Cell]]:
        """Yield the rows of a document, annotator by annotator: first their marks as they lie, then relations."""
        document = record.document
        place: dict[str, Cell] = {"document": document.name, "document_id": document.uid}
        place |= {f"meta.{key}": flat_value(document.meta.get(key)) for key in self._meta}
        for item in record.sets:
            work: dict[str, Cell] = {
                **place,
                "annotator": item.annotator,
                "annotator_kind": item.kind,
                "status": item.status.value,
            }
            for mark in item.annotations:
                self._losses.of_mark(record, item, mark)
                yield self._cells({**work, **self._of_mark(mark, document)})
            yield from self._relations(record, item, work)
            if not item.annotations and self._has_empty:
                yield self._cells({**work, "row": NOTHING})

    def note_losses(self, record: DocumentRecord, *, has_documents: bool) -> None:
        """Note what of a document and its sets has no place; with `has_documents` there is a second table with a row
        for each document.
        """
        document = record.document
        self._losses.of_document(record)
        what = "texts of documents: a table of annotations has only the marked words"
        self._losses.note("text", what, document.name, is_whole=True)
        unasked = [] if has_documents else [key for key in document.meta if key not in self._meta]
        what = "metadata without a column, as the option “metadata” doesn't name its key"
        example = f"{document.name}: {unasked[0]}" if unasked else ""
        self._losses.note("meta-column", what, example, count=len(unasked), is_whole=True)
        for item in record.sets:
            self._losses.of_set(record, item)
            is_left_out = not item.annotations and not self._has_empty and not has_documents
            what = "work without marks, which has no row as the option “empty” is off"
            where = f"{document.name} ({item.annotator})"
            self._losses.note("empty-work", what, where, count=int(is_left_out), is_whole=True)

    def _cells(self, row: Mapping[str, Cell]) -> list[Cell]:
        return [row.get(title) for title in self.titles]

    def _of_mark(self, mark: Annotation, document: Document) -> dict[str, Cell]:
        is_about = self._scheme.is_about_document(mark.layer)
        severity = mark.attributes.get(SEVERITY)
        row: dict[str, Cell] = {
            "row": ABOUT if is_about else MARK,
            "layer": mark.layer,
            "label": mark.label,
            "quote": mark.quote,
            "correction": mark.correction,
            "change": _change(mark),
            SEVERITY: flat_value(severity),
            "weight": self._scheme.weight(mark) if severity is not None else None,
            "comment": mark.comment,
            "origin": mark.origin,
            ANSWER: self._answer(mark.uid),
            "created": mark.created,
            "updated": mark.updated,
            "id": mark.uid,
        }
        if not is_about:
            row |= {"start": mark.start, "end": mark.end, "ranges": _several(mark.fragments)}
            if self._context:
                text, most = document.text, self._context
                row["before"] = _on_one_line(text[max(0, mark.start - most) : mark.start])
                row["after"] = _on_one_line(text[mark.end : mark.end + most])
        row |= self._values(mark.layer, mark.attributes)
        row |= self._evidence(mark.evidence)
        return row

    def _relations(self, record: DocumentRecord, item: SetRecord, work: Mapping[str, Cell]) -> Iterator[list[Cell]]:
        ends = {mark.uid: mark for mark in item.annotations} if item.relations else {}
        for tie in item.relations:
            self._losses.of_relation(record, item, tie)
            row: dict[str, Cell] = {**work, "row": RELATION, "label": tie.label, "comment": tie.comment, "id": tie.uid}
            row |= _end("source", tie.source, ends.get(tie.source)) | _end("target", tie.target, ends.get(tie.target))
            yield self._cells(row | self._values_of(tie))

    def _values_of(self, tie: Relation) -> dict[str, Cell]:
        return self._values("", tie.attributes, relation=tie.label)

    def _values(self, layer: str, attributes: Mapping[str, Any], *, relation: str = "") -> dict[str, Cell]:
        row: dict[str, Cell] = {}
        others: dict[str, Any] = {}
        for id, value in attributes.items():
            columns = self._fields.get(_Field(layer, relation, id))
            if columns is not None:
                row[columns[0]] = flat_value(value)
                if columns[1] and isinstance(value, dict):
                    row[columns[1]] = flat_value(cast("dict[str, Any]", value).get("title"))
            elif id != SEVERITY:
                others[id] = value
        if others:
            row["other_fields"] = msgspec.json.encode(others).decode()
        return row

    def _evidence(self, evidence: Sequence[Evidence]) -> dict[str, Cell]:
        """Return what there is of evidence: a line in each cell for each piece."""
        if not evidence:
            return {}
        found = (self._document(piece.document) for piece in evidence)
        said = {
            "document": (known.name if known is not None else "" for known in found),
            "document_id": (piece.document for piece in evidence),
            "range": (_ranges(piece.fragments) for piece in evidence),
            "quote": (_on_one_line(piece.quote) for piece in evidence),
            "stance": (piece.stance.value for piece in evidence),
            "set": (str(piece.alternative) for piece in evidence),
        }
        row: dict[str, Cell] = {f"evidence_{what}": "\n".join(lines) for what, lines in said.items()}
        if len(evidence) == 1:
            row["evidence_set"] = evidence[0].alternative
        return row


class _Field(NamedTuple):
    """A field of a layer, or of a relation type."""

    layer: str
    relation: str
    id: str


def _field_columns(scheme: Scheme) -> dict[_Field, tuple[str, str]]:
    """Return the column of each field, and the one of its title, empty but for entities. Fields of several layers with
    the same id share one.
    """
    given = [(_Field(layer.id, "", each.id), each) for layer in scheme.layers for each in layer.attributes]
    given += [(_Field("", type_.id, each.id), each) for type_ in scheme.relations for each in type_.attributes]
    entities = {field.id for field, each in given if each.kind is FieldKind.ENTITY}
    return {
        field: (f"field.{field.id}", f"field_title.{field.id}" if field.id in entities else "") for field, _ in given
    }


def flat_value(value: object) -> Cell:
    """Return a value of a field or of metadata as a cell: of several choices all, with commas between; of an entity its
    id; anything else that has no place in a cell as JSON.
    """
    if value is None or isinstance(value, str | int | float):
        return value
    if isinstance(value, list):
        items = cast("list[object]", value)
        if all(isinstance(item, str | int | float) and not isinstance(item, bool) for item in items):
            return MANY_JOIN.join(map(str, items))
    if isinstance(value, dict):
        id = cast("dict[str, object]", value).get("id")
        if isinstance(id, str) and set(cast("dict[str, object]", value)) <= {"id", "title"}:
            return id
    return msgspec.json.encode(value).decode()


def _change(mark: Annotation) -> str | None:
    """Return what a correction does, as an empty cell may be none or a deletion."""
    if mark.correction is None:
        return None
    if mark.is_anchor:
        return "insertion"
    return "replacement" if mark.correction else "deletion"


def _several(fragments: Sequence[Fragment]) -> str | None:
    return _ranges(fragments) if len(fragments) > 1 else None


def _ranges(fragments: Sequence[Fragment]) -> str:
    """Return ranges as `[3,5)`: what looks like 3-5 or 3:5 becomes a date or a time in a spreadsheet."""
    return " ".join(f"[{each.start},{each.end})" for each in fragments)


def _on_one_line(text: str) -> str:
    return " ".join(text.splitlines()) if not text.isprintable() else text


def _end(which: str, uid: str, mark: Annotation | None) -> dict[str, Cell]:
    row: dict[str, Cell] = {f"{which}_id": uid}
    if mark is not None:
        row |= {f"{which}_layer": mark.layer, f"{which}_label": mark.label, f"{which}_quote": mark.quote}
    return row

"""Writes doccano's JSONL as its present version exports and imports it."""

import json
from collections.abc import Iterable
from typing import Any, cast

from app.core.annotation import Annotation
from app.core.record import DocumentRecord, SetRecord
from app.core.remark import Remark
from app.core.scheme import Scheme
from app.exchange.format import WriteOptions, Writer
from app.exchange.formats.doccano.reader import CATEGORY, OWN, UNITS
from app.exchange.formats.doccano.wire import comment_text
from app.exchange.kept_fields import kept_of
from app.exchange.label_names import LabelNames
from app.exchange.losses import Losses
from app.exchange.offset_units import Ruler, Unit
from app.exchange.option import FormatOption, OptionKind
from app.exchange.output import Output
from app.exchange.record_names import is_name_from_text
from app.exchange.report import LossReport

OFFSETS = FormatOption(
    "offsets",
    "Offsets count",
    OptionKind.CHOICE,
    Unit.UTF16.value,
    tuple(unit.value for unit in UNITS),
    help="utf16 for most projects of doccano; grapheme for those that count visible characters; cp for code points.",
)
_KEPT = ("meta", "remark")
_TAKEN = frozenset({"id", "text", "label", "entities", "relations", "cats", "Comments"})


class DoccanoWriter(Writer):
    """Writes a line for each document. With several annotators their marks stand together, as doccano merges them."""

    suffix = ".jsonl"
    options = (OFFSETS,)

    def write(self, records: Iterable[DocumentRecord], output: Output, options: WriteOptions) -> LossReport:
        """Write the records as they come."""
        out = output.main()
        losses = Losses("doccano", OWN, keeps=_KEPT)
        names = LabelNames(options.scheme)
        unit = Unit(options.own.get(OFFSETS.name, Unit.UTF16))
        for record in records:
            line = _Line(record, options.scheme, names, unit, losses).values()
            # doccano guesses the encoding of a file unless it is told: ASCII is always right.
            out.write(json.dumps(line).encode() + b"\n")
        return losses.report


class _Line:
    """Builds the values of one line."""

    def __init__(self, record: DocumentRecord, scheme: Scheme, names: LabelNames, unit: Unit, losses: Losses) -> None:
        self._record = record
        self._scheme = scheme
        self._names = names
        self._ruler = Ruler(record.document.text, unit)
        self._losses = losses
        self._own = kept_of(record.extra, OWN)
        self._spans: list[dict[str, Any]] = []
        self._categories: list[str] = []
        self._relations: list[dict[str, Any]] = []
        self._comments: list[Any] = []
        self._ids: dict[str, int] = {}  # of marks, by uid
        self._used: set[int] = set()

    def values(self) -> dict[str, Any]:
        record, losses = self._record, self._losses
        losses.of_document(record)
        if len(record.sets) > 1:
            what = "documents of several annotators, whose marks stand together without their names"
            losses.note("annotator", what, record.document.name, is_whole=True)
        for item in record.sets:
            self._take_set(item)
        found: dict[str, Any] = {}
        if "id" in self._own:
            found["id"] = self._own["id"]
        if not is_name_from_text(record.document.name, record.document.text, str(found.get("id", ""))):
            losses.note("name", "names of documents", record.document.name)
        found["text"] = record.document.text
        self._add_labels(found)
        if self._comments:
            found["Comments"] = self._comments
        self._add_meta(found)
        return found

    def _take_set(self, item: SetRecord) -> None:
        record, losses = self._record, self._losses
        losses.of_set(record, item)
        for mark in item.annotations:
            losses.of_mark(record, item, mark)
            if self._scheme.is_about_document(mark.layer) or (mark.layer == CATEGORY and mark.is_anchor):
                self._categories.append(self._names.of(mark.layer, mark.label))
            else:
                self._mark(item, mark)
        for tie in item.relations:
            losses.of_relation(record, item, tie)
            if tie.source in self._ids and tie.target in self._ids:
                ends = {"from_id": self._ids[tie.source], "to_id": self._ids[tie.target]}
                self._relations.append({"id": len(self._relations), **ends, "type": tie.label})
            else:
                losses.note("relation", "relations of anchors and of labels of the document", record.document.name)
        self._comment(item.remark, item)

    def _mark(self, item: SetRecord, mark: Annotation) -> None:
        where = f"{self._record.document.name} ({item.annotator}): “{(mark.quote or mark.label)[:40]}”"
        if mark.is_anchor:
            self._losses.note("anchor", "anchors", where)
            return
        pieces = [(f.start, f.end) for f in mark.fragments if f.start < f.end]
        if len(pieces) > 1:
            what = "marks of several pieces, written as a mark for each"
            self._losses.note("fragments", what, where, is_whole=True)
        for start, end in pieces:
            given = self._ruler.given(start), self._ruler.given(end)
            if not self._is_exact(given, (start, end)):
                what = "marks that begin or end inside a visible character, written wider"
                self._losses.note("inside", what, where, is_whole=True)
                given = given[0], given[1] + (self._offset(given[1]) != end)
            id = self._id(kept_of(mark.extra, OWN).get("id"))
            self._ids.setdefault(mark.uid, id)
            label = self._names.of(mark.layer, mark.label)
            self._spans.append({"id": id, "label": label, "start_offset": given[0], "end_offset": given[1]})

    def _is_exact(self, given: tuple[int, int], pair: tuple[int, int]) -> bool:
        return (self._offset(given[0]), self._offset(given[1])) == pair

    def _offset(self, given: int) -> int:
        return self._ruler.offset(given)

    def _id(self, wanted: object) -> int:
        """Return the id that a mark had in its file, if it is free, else the next one."""
        free = max(self._used, default=-1) + 1
        id = wanted if isinstance(wanted, int) and wanted not in self._used else free
        self._used.add(id)
        return id

    def _comment(self, remark: Remark, item: SetRecord) -> None:
        if remark.flag is not None:
            self._losses.note("flag", "flags of documents", f"{self._record.document.name} ({item.annotator})")
        kept = self._own.get("comments")
        given = cast("list[object]", kept) if isinstance(kept, list) else []
        if given and remark.note == "\n".join(map(comment_text, given)).strip():
            self._comments += given
        elif remark.note:
            self._comments.append(remark.note)

    def _add_labels(self, found: dict[str, Any]) -> None:
        """Add marks and labels in the shape of the project of doccano that has such."""
        scheme, said = self._scheme, self._own.get("label")
        kept = self._own.get("categories")
        categories = list(dict.fromkeys([*self._categories, *self._unshown(kept)]))
        if scheme.relations or self._relations:
            found["entities"] = self._spans
            found["relations"] = self._relations
            self._losses.note(
                "category", "labels of documents beside relations", found["text"][:40], count=len(categories)
            )
        elif (self._spans or scheme.text_layers) and categories:
            found["entities"] = self._triples()
            found["cats"] = categories
        elif categories or not (scheme.text_layers or self._spans):
            found["label"] = categories
        else:
            found["label"] = said if said and not self._spans else self._triples()

    def _triples(self) -> list[list[Any]]:
        return [[each["start_offset"], each["end_offset"], each["label"]] for each in self._spans]

    def _unshown(self, kept: object) -> list[str]:
        """Return the labels of a foreign file that found no room, if the others are as they were."""
        labels = (
            [each for each in cast("list[object]", kept) if isinstance(each, str)] if isinstance(kept, list) else []
        )
        return labels if labels[:1] == self._categories[:1] else []

    def _add_meta(self, found: dict[str, Any]) -> None:
        meta = dict(self._record.document.meta)
        nested = cast("dict[str, list[str]]", self._own.get("nested") or {})
        for key, inner in nested.items():
            found[key] = {name: meta.pop(name) for name in inner if name in meta}
        for key, value in meta.items():
            if key in _TAKEN:
                what = "metadata with a name that doccano uses, written as “meta.NAME”"
                self._losses.note("meta-name", what, key, is_whole=True)
            found[f"meta.{key}" if key in _TAKEN else key] = value
        if "annotation_approver" in self._own:
            found["annotation_approver"] = self._own["annotation_approver"]

"""Writes bdoc JSON: a file for each document, with an annotation set for each annotator."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, cast

import msgspec

from app.core.annotation import Annotation, Relation
from app.core.record import DocumentRecord, SetRecord
from app.core.scheme import Scheme
from app.exchange.file_names import FileNames
from app.exchange.format import WriteOptions, Writer
from app.exchange.formats.gate.wire import (
    COMMENT,
    CORRECTION,
    DOCUMENT,
    FIELD_OF_LAYER,
    FRAGMENTS,
    MARKUPS,
    OWN,
    RELATIONS,
    STET_ID,
    UNITS,
    Json,
    whole,
)
from app.exchange.kept_fields import kept_of
from app.exchange.label_names import LabelNames
from app.exchange.losses import Losses
from app.exchange.offset_units import Ruler, Unit
from app.exchange.output import Output
from app.exchange.provenance import OriginPlace
from app.exchange.report import LossReport
from app.exchange.written_ids import WrittenIds

_SUFFIX = ".bdocjs"
_KEPT = ("meta", "name", "attribute", "correction", "comment", "relation-field")
_encoder = msgspec.json.Encoder()


class GateWriter(Writer):
    """Writes offsets in the unit that a document came with, else in code points. Corrections, comments, the pieces of a
    mark and relations are features.
    """

    is_folder = True
    origin_place = OriginPlace.FIELDS
    has_file_each = True

    def write(self, records: Iterable[DocumentRecord], output: Output, options: WriteOptions) -> LossReport:
        """Write the records as they come."""
        losses = Losses("GATE", OWN, keeps=_KEPT)
        files, names = FileNames(_SUFFIX, without=_SUFFIX), LabelNames(options.scheme)
        for record in records:
            with output.open(files.of(record.document, None)) as file:
                file.write(_encoder.encode(_Document(record, options.scheme, names, losses).values()))
        return losses.report


class _Document:
    """Makes the values of one document."""

    def __init__(self, record: DocumentRecord, scheme: Scheme, names: LabelNames, losses: Losses) -> None:
        self._record = record
        self._scheme = scheme
        self._names = names
        self._losses = losses
        own = kept_of(record.extra, OWN)
        self._own = own
        self._is_same_text = bool(own.get("text")) and record.document.sha256.startswith(str(own["text"]))
        self._type = str(own.get("offset_type", "p"))
        self._ruler = Ruler(record.document.text, UNITS.get(self._type, Unit.CODE_POINTS))
        kept = (kept_of(each.extra, OWN).get("id") for item in record.sets for each in item.annotations)
        self._free = max((id for id in map(whole, kept) if id is not None), default=-1) + 1
        self._used: set[int] = set()

    def values(self) -> Json:
        """Return the document as an object of JSON."""
        record, own, document = self._record, self._own, self._record.document
        self._losses.of_document(record)
        sets: Json = {}
        if "default" in own:
            sets[""] = {"name": "", "annotations": [], "next_annid": 0}
        if "markups" in own and self._is_same_text:
            sets[MARKUPS] = own["markups"]
        for item in record.sets:
            name = "" if own.get("default") == item.annotator else item.annotator
            sets[name] = self._set(name, item)
        type = self._type if self._type in UNITS else "p"
        found: Json = {"annotation_sets": sets, "text": document.text, "features": document.meta, "offset_type": type}
        said, named = cast("Sequence[Any]", own.get("name") or (document.name, document.name))
        name = said if document.name == named else document.name
        found |= {"name": name} if name is not None else {}
        return found | cast("Json", own.get("more") or {})

    def _set(self, name: str, item: SetRecord) -> Json:
        self._losses.of_set(self._record, item)
        document = self._record.document
        written = WrittenIds(document.name, document.sha256, item.annotator)
        ids: dict[str, int] = {}
        made: dict[int, Json] = {}
        about: dict[int | None, list[Annotation]] = {}  # by the annotation that they came from
        for mark in item.annotations:
            self._losses.of_mark(self._record, item, mark)
            known = whole(kept_of(mark.extra, OWN).get("id"))
            if self._scheme.is_about_document(mark.layer) or "document" in kept_of(mark.extra, OWN):
                about.setdefault(known, []).append(mark)
            else:
                id = ids[mark.uid] = self._id(known)
                made[id] = self._annotation(mark, id, written)
        for tie in item.relations:
            self._relate(tie, ids, made, written)
        for known, marks in about.items():
            id = self._id(known)
            made[id] = self._about(marks, id)
        kept = cast("Mapping[str, Any]", self._own.get("next") or {}).get(item.annotator)
        next_id = max(whole(kept) or 0, max(made, default=-1) + 1)
        return {"name": name, "annotations": [made[id] for id in sorted(made)], "next_annid": next_id}

    def _id(self, known: int | None) -> int:
        """Return the id that an annotation had in its file, if it is free, else the next one."""
        if known is None or known in self._used:
            known, self._free = self._free, self._free + 1
        self._used.add(known)
        return known

    def _annotation(self, mark: Annotation, id: int, written: WrittenIds) -> Json:
        own, given = kept_of(mark.extra, OWN), self._ruler.given
        features: Json = {**cast("Json", own.get("features") or {}), **mark.attributes}
        if mark.correction is not None:
            features[CORRECTION] = mark.correction
        if mark.comment:
            features[COMMENT] = mark.comment
        if len(mark.fragments) > 1:
            features[FRAGMENTS] = [[given(each.start), given(each.end)] for each in mark.fragments]
            what = "marks of several pieces, written from the first to the last, with the pieces as a feature"
            self._losses.note("fragments", what, f"{self._record.document.name}: “{mark.quote[:40]}”", is_whole=True)
        if "id" not in own:
            features[STET_ID] = written.written(mark.uid)
        made: Json = {"type": self._names.of(mark.layer, mark.label), "start": given(mark.start)}
        return made | {"end": given(mark.end), "id": id, "features": features} | cast("Json", own.get("more") or {})

    def _about(self, marks: Sequence[Annotation], id: int) -> Json:
        """Return the annotation on the whole text that says what labels of the document say."""
        own = kept_of(marks[0].extra, OWN)
        is_nested, has_width = cast("Sequence[bool]", own.get("document") or (False, True))
        features: Json = dict(cast("Json", own.get("features") or {}))
        for mark in marks:
            if mark.label != mark.layer:
                features[mark.layer] = mark.label
            elif not mark.attributes:
                features[mark.layer] = True
            for name, value in mark.attributes.items():
                is_all = name == mark.layer and mark.label == mark.layer
                features[name if is_all else f"{mark.layer}{FIELD_OF_LAYER}{name}"] = value
            if mark.comment:
                features[f"{mark.layer}{FIELD_OF_LAYER}{COMMENT}"] = mark.comment
        end = self._ruler.given(len(self._record.document.text)) if has_width else 0
        made: Json = {"type": DOCUMENT, "start": 0, "end": end, "id": id}
        made["features"] = {"label": features} if is_nested else features
        return made | cast("Json", own.get("more") or {})

    def _relate(self, tie: Relation, ids: Mapping[str, int], made: Mapping[int, Json], written: WrittenIds) -> None:
        source, target = (ids.get(end) for end in tie.ends)
        if source is None or target is None:
            self._losses.note(
                "relation", "relations of labels of the document", f"{self._record.document.name}: {tie.label}"
            )
            return
        said: Json = {"type": tie.label, "target": target, STET_ID: written.written(tie.uid)}
        said |= {"features": tie.attributes} if tie.attributes else {}
        said |= {COMMENT: tie.comment} if tie.comment else {}
        features = cast("Json", made[source]["features"])
        features[RELATIONS] = [*cast("list[Json]", features.get(RELATIONS) or []), said]

"""Makes a document of BioC of a record: its passages as they came, else one with the whole text."""

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple, cast

from app.core.annotation import Annotation, Relation
from app.core.record import DocumentRecord, SetRecord
from app.exchange.format import WriteOptions
from app.exchange.formats.bioc.elements import (
    BiocAnnotation,
    BiocDocument,
    BiocLocation,
    BiocNode,
    BiocPassage,
    BiocRelation,
    Json,
)
from app.exchange.formats.bioc.infons import (
    ANNOTATION,
    ANNOTATOR,
    COMMENTS,
    CORRECTION,
    CREATED,
    OWN,
    RELATED,
    ROLES,
    TYPE,
    UPDATED,
    as_infon,
)
from app.exchange.formats.bioc.passage_layout import At
from app.exchange.kept_fields import kept_of
from app.exchange.label_names import LabelNames
from app.exchange.losses import Losses
from app.exchange.offset_units import Ruler, Unit
from app.exchange.written_ids import WrittenIds

_NONE: Json = {}
_NEW_ROLES = ("source", "target")


class _Stretch(NamedTuple):
    at: At
    offset: int
    start: int


class WrittenDocument:
    """Makes the document; what it can't say is noted."""

    def __init__(
        self, record: DocumentRecord, options: WriteOptions, names: LabelNames, losses: Losses, unit: Unit
    ) -> None:
        self._record = record
        self._text = record.document.text
        self._scheme = options.scheme
        self._names = names
        self._losses = losses
        self._ruler = Ruler(self._text, unit)
        own = kept_of(record.extra, OWN)
        self._own = own
        self._is_same_text = bool(own.get("text")) and record.document.sha256.startswith(str(own["text"]))
        self._is_same_unit = own.get("unit") == unit.value or self._text.isascii()
        self._says_who = len(options.annotators) > 1 or bool(own.get("annotators"))
        self._stretches: list[_Stretch] = []
        self._parts: dict[At, BiocPassage | BiocDocument] = {}
        self._ids: dict[str, str] = {}  # of marks, by uid
        self._used: set[str] = set()

    def document(self) -> BiocDocument:
        """Return the document."""
        record, own = self._record, self._own
        self._losses.of_document(record)
        meta = {key: as_infon(value) for key, value in record.document.meta.items()}
        if own.get("title") and meta.get("title") == own["title"]:
            del meta["title"]
        made = BiocDocument(id=str(own.get("id", record.document.name)), infons=meta, more=_object(own.get("more")))
        self._parts[()] = made
        if self._is_same_text:
            made.passages = [self._passage((n,), each) for n, each in enumerate(_objects(own.get("passages")))]
            made.annotations = [self._kept_annotation(each) for each in _objects(own.get("annotations"))]
        else:
            passage = BiocPassage(offset=0, text=self._text)
            made.passages = [passage]
            self._parts[0,] = passage
            self._stretches.append(_Stretch((0,), 0, 0))
        self._starts = [each.start for each in self._stretches]
        ties: dict[str, tuple[SetRecord, Relation]] = {}
        for item in record.sets:
            self._losses.of_set(record, item)
            for mark in item.annotations:
                self._losses.of_mark(record, item, mark)
                self._annotation(item, mark)
            ties |= {tie.uid: (item, tie) for tie in item.relations}
        self._relations(ties)
        return made

    def _passage(self, at: At, kept: Mapping[str, Any]) -> BiocPassage:
        start, end = kept.get("start"), kept.get("end")
        given = self._ruler.given
        offset = int(kept["offset"])
        text = kept.get("text")
        if isinstance(start, int) and isinstance(end, int):
            if not self._is_same_unit:
                base = self._stretches[0] if self._stretches else _Stretch(at, offset, start)
                offset = base.offset + given(start) - given(base.start)
            self._stretches.append(_Stretch(at, offset, start))
            text = None if kept.get("no_text") else self._text[start:end]
        sentences = [self._passage((*at, n), each) for n, each in enumerate(_objects(kept.get("sentences")))]
        if sentences and not self._is_same_unit and not isinstance(start, int):
            offset = sentences[0].offset
        made = BiocPassage(
            offset=offset,
            infons=_object(kept.get("infons")),
            text=text,
            sentences=sentences,
            more=_object(kept.get("more")),
        )
        self._parts[at] = made
        return made

    # -- annotations ---------------------------------------------------------------------------------------------------

    def _annotation(self, item: SetRecord, mark: Annotation) -> None:
        own = kept_of(mark.extra, OWN)
        made = BiocAnnotation(id=self._id(item, mark.uid, own), infons=self._infons(item, mark, own))
        made.more = _object(own.get("more"))
        said = cast("Sequence[Any]", own.get("text") or ())
        if self._scheme.is_about_document(mark.layer) or "about" in own:
            made.text = str(said[0]) if said else ""
            at: At = tuple(cast("Sequence[int]", own.get("about") or ()))
        else:
            made.locations = [self._location(each.start, each.end) for each in mark.fragments]
            made.text = " ".join(self._text[each.start : each.end] for each in mark.fragments)
            if len(mark.fragments) == 1 and mark.quote != made.text:
                made.text = mark.quote
            hull = [mark.fragments[0].start, mark.fragments[0].end]
            if list(said[1:]) == hull:
                made.text = None if said[0] is None else str(said[0])
            at = self._at(own, mark.start)
        part = self._parts.get(at, self._parts[()])
        part.annotations.append(made)

    def _at(self, own: Mapping[str, Any], start: int) -> At:
        """Return where an annotation stands: where it stood, else in the passage or sentence that it begins in."""
        if "at" in own and self._is_same_text:
            return tuple(cast("Sequence[int]", own["at"]))
        return self._stretch(start).at

    def _stretch(self, offset: int) -> _Stretch:
        return self._stretches[max(0, bisect_right(self._starts, offset) - 1)]

    def _location(self, start: int, end: int) -> BiocLocation:
        given, first = self._ruler.given, self._stretch(start)
        last = self._stretch(max(start, end - 1))
        offset = first.offset + given(start) - given(first.start)
        return BiocLocation(offset, last.offset + given(end) - given(last.start) - offset)

    def _id(self, item: SetRecord, uid: str, own: Mapping[str, Any]) -> str:
        """Return the id that an annotation had, if no other one has it here, else one made of the mark's own."""
        id = str(own.get("id") or "")
        if not id or id in self._used:
            document = self._record.document
            id = WrittenIds(document.name, document.sha256, item.annotator).written(uid)
        self._used.add(id)
        self._ids[uid] = id
        return id

    def _infons(self, item: SetRecord, mark: Annotation, own: Mapping[str, Any]) -> Json:
        found = self._named(self._names.of(mark.layer, mark.label), mark.label, ANNOTATION, own)
        if self._says_who:
            found[ANNOTATOR] = item.annotator
        self._add_fields(found, mark.attributes, own, mark.label)
        if mark.correction is not None:
            found[CORRECTION] = mark.correction
        if mark.comment:
            found[str(own.get("comment") or COMMENTS[0])] = mark.comment
        found |= {CREATED: mark.created} if mark.created else {}
        return found | ({UPDATED: mark.updated} if mark.updated else {})

    def _named(self, name: str, label: str, unnamed: str, own: Mapping[str, Any]) -> Json:
        """Return the infons that say a label, by the keys that said it in the file."""
        keys = cast("Sequence[str] | None", own.get("keys"))
        if keys is None:
            return {TYPE: name}
        if not keys:
            return {} if label == unnamed else {TYPE: name}
        found: Json = {TYPE: own["type"]} if "type" in own else {}
        if keys[-1]:
            found[keys[-1]] = label if len(keys) > 1 else name  # beside a type, which says the layer; or alone
        elif label != str(own.get("type", "")).rpartition(".")[2]:
            found["value"] = label
        return found

    def _add_fields(self, found: Json, values: Mapping[str, Any], own: Mapping[str, Any], where: str) -> None:
        kept = _object(own.get("infons"))
        for name, value in values.items():
            if _object(value).get("title"):
                self._losses.note("entity-title", "titles of entities", f"{self._record.document.name}: {where}")
            found.setdefault(name, as_infon(value))
        for name, value in kept.items():
            found.setdefault(name, value)

    @staticmethod
    def _kept_annotation(kept: Mapping[str, Any]) -> BiocAnnotation:
        return BiocAnnotation(
            id=str(kept["id"]), infons=_object(kept["infons"]), text=kept["text"], more=_object(kept.get("more"))
        )

    # -- relations -----------------------------------------------------------------------------------------------------

    def _relations(self, ties: dict[str, tuple[SetRecord, Relation]]) -> None:
        for kept in _objects(self._own.get("relations")) if self._is_same_text else ():
            raw = kept.get("raw")
            if raw is not None:
                made = BiocRelation(id=raw["id"], infons=_object(raw["infons"]), more=_object(raw.get("more")))
                made.nodes = [BiocNode(*node) for node in raw["nodes"]]
                self._put(raw["at"], made)
                continue
            group = [ties.pop(uid)[1] for uid in kept["ties"] if uid in ties]
            if group:
                self._put(kept["at"], self._relation(group, kept))
        for item, tie in ties.values():
            document = self._record.document
            id = WrittenIds(document.name, document.sha256, item.annotator).written(tie.uid)
            self._put((), self._relation([tie], {"id": id}))

    def _put(self, at: Sequence[int], made: BiocRelation) -> None:
        self._parts.get(tuple(at), self._parts[()]).relations.append(made)

    def _relation(self, group: Sequence[Relation], kept: Mapping[str, Any]) -> BiocRelation:
        first = group[0]
        infons = self._named(first.label, first.label, RELATED, kept)
        fields = {name: value for name, value in first.attributes.items() if name not in ROLES}
        self._add_fields(infons, fields, kept, first.label)
        if first.comment:
            infons[str(kept.get("comment") or COMMENTS[0])] = first.comment
        nodes = [BiocNode(*node) for node in _objects(kept.get("nodes"))]
        if "nodes" not in kept:
            nodes = list(self._nodes(group, cast("Sequence[str]", kept.get("roles") or ())))
        return BiocRelation(id=str(kept.get("id", "")), infons=infons, nodes=nodes, more=_object(kept.get("more")))

    def _nodes(self, group: Sequence[Relation], roles: Sequence[str]) -> Iterator[BiocNode]:
        """Yield the nodes: the source, then the targets, with the roles of fields or those that the file had."""
        known = roles if len(roles) == len(group) + 1 else (_NEW_ROLES[0], *(_NEW_ROLES[1] for _ in group))
        source, target = ROLES
        yield BiocNode(self._ids[group[0].source], str(group[0].attributes.get(source, known[0])))
        for tie, role in zip(group, known[1:], strict=True):
            yield BiocNode(self._ids[tie.target], str(tie.attributes.get(target, role)))


def _object(value: object) -> Json:
    return dict(cast("Json", value)) if isinstance(value, dict) else {}


def _objects(value: object) -> list[Any]:
    return cast("list[Any]", value) if isinstance(value, list) else []

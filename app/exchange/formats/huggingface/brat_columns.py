"""Writes marks and relations as the columns that DFKI's loader of brat has (`DFKI-SLT/brat` on the Hub)."""

import json
from collections.abc import Iterator
from typing import Any, cast

from app.core.annotation import Annotation, Relation
from app.core.record import DocumentRecord, SetRecord
from app.core.relation_edits import chains
from app.core.scheme import Scheme
from app.exchange.formats.brat.work import COMMENT, CORRECTION
from app.exchange.formats.brat.work import OWN as BRAT
from app.exchange.formats.huggingface.documents import (
    ATTRIBUTIONS,
    EQUIVALENCES,
    EVENTS,
    NORMALIZATIONS,
    NOTES,
    RELATIONS,
)
from app.exchange.formats.huggingface.features import ColumnType, ListOf, Struct
from app.exchange.formats.huggingface.layout import LOCATIONS, SPANS
from app.exchange.kept_fields import kept_of
from app.exchange.label_names import LabelNames
from app.exchange.losses import Losses

_TEXT = "string"
_ENDS = ListOf(Struct({"type": _TEXT, "target": _TEXT}))


def _struct(*names: str, **more: ColumnType) -> ColumnType:
    return ListOf(Struct({**dict.fromkeys(names, _TEXT), **more}))


BRAT_COLUMNS: dict[str, ColumnType] = {
    SPANS: _struct("id", "type", locations=ListOf(Struct({"start": "int32", "end": "int32"})), text=_TEXT),
    RELATIONS: _struct("id", "type", arguments=_ENDS),
    EQUIVALENCES: _struct("type", targets=ListOf(_TEXT)),
    EVENTS: _struct("id", "type", "trigger", arguments=_ENDS),
    ATTRIBUTIONS: _struct("id", "type", "target", "value"),
    NORMALIZATIONS: _struct("id", "type", "target", "resource_id", "entity_id", "entity"),
    NOTES: _struct("id", "type", "target", "note"),
}


class BratColumns:
    """The columns of one annotator's work on a document."""

    def __init__(
        self, record: DocumentRecord, item: SetRecord, scheme: Scheme, names: LabelNames, losses: Losses
    ) -> None:
        self._text = record.document.text
        self._name = record.document.name
        self._item = item
        self._scheme = scheme
        self._names = names
        self._losses = losses
        self._ids: dict[str, str] = {}  # by uid
        self._events: dict[str, dict[str, Any]] = {}  # by uid
        self._triggers: dict[tuple[str, ...], str] = {}  # spans that events share, by what they were and are
        self._found: dict[str, list[dict[str, Any]]] = {column: [] for column in BRAT_COLUMNS}

    def values(self, marks: list[Annotation]) -> dict[str, list[dict[str, Any]]]:
        """Return the values of the columns, given the marks that are on the text."""
        for mark in marks:
            self._mark(mark)
        not_roles = {uid for each in marks for uid in kept_of(each.extra, BRAT).get(RELATIONS, ())}
        plain: list[Relation] = []
        for tie in self._item.relations:
            if not all(end in self._ids for end in tie.ends):
                self._losses.note("relation", "relations of labels of the document", f"{self._name}: {tie.label}")
            elif self._is_plain_link(tie):
                plain.append(tie)
            elif tie.source in self._events and tie.uid not in not_roles and not tie.attributes and not tie.comment:
                role = {"type": tie.label, "target": self._ids[tie.target]}
                self._events[tie.source]["arguments"].append(role)
            else:
                self._relate(tie)
        for label in dict.fromkeys(tie.label for tie in plain):
            for members in chains(plain, label):
                targets = [self._ids[uid] for uid in self._ids if uid in members]
                self._found[EQUIVALENCES].append({"type": label, "targets": targets})
        self._found[EVENTS] = list(self._events.values())
        return self._found

    def _mark(self, mark: Annotation) -> None:
        type_ = self._names.of(mark.layer, mark.label)
        locations = [{"start": each.start, "end": each.end} for each in mark.fragments]
        words = " ".join(self._text[each.start : each.end] for each in mark.fragments)
        trigger = kept_of(mark.extra, BRAT).get("trigger")
        key = (str(trigger), type_, str(locations))
        id = self._triggers.get(key) if trigger else None
        if id is None:
            id = self._next("T", SPANS)
            self._found[SPANS].append({"id": id, "type": type_, LOCATIONS: locations, "text": words})
        if trigger:
            self._triggers[key] = id
            event = f"E{len(self._events) + 1}"
            self._events[mark.uid] = {"id": event, "type": type_, "trigger": id, "arguments": []}
            id = event
        self._ids[mark.uid] = id
        self._fields(id, mark.attributes)
        if mark.correction is not None:
            self._note(CORRECTION, id, mark.correction)
        if mark.comment:
            self._note(COMMENT, id, mark.comment)
        for kind, said in kept_of(mark.extra, BRAT).get("notes", []):
            self._note(str(kind), id, str(said))

    def _relate(self, tie: Relation) -> None:
        id = self._next("R", RELATIONS)
        ends = zip(("Arg1", "Arg2"), (self._ids[end] for end in tie.ends), strict=True)
        arguments = [{"type": role, "target": target} for role, target in ends]
        self._found[RELATIONS].append({"id": id, "type": tie.label, "arguments": arguments})
        self._fields(id, tie.attributes)
        if tie.comment:
            self._note(COMMENT, id, tie.comment)

    def _is_plain_link(self, tie: Relation) -> bool:
        type_ = self._scheme.relation(tie.label)
        return type_ is not None and type_.chain and not tie.attributes and not tie.comment

    def _fields(self, target: str, values: dict[str, Any]) -> None:
        for name, value in values.items():
            if isinstance(value, dict) and "id" in value:
                entry = cast("dict[str, Any]", value)
                given = {"entity_id": str(entry["id"]), "entity": str(entry.get("title") or "")}
                self._add("N", NORMALIZATIONS, {"type": name, "target": target, "resource_id": "", **given})
                continue
            for said in _said(value):
                self._add("A", ATTRIBUTIONS, {"type": name, "target": target, "value": said})

    def _note(self, kind: str, target: str, said: str) -> None:
        self._add("#", NOTES, {"type": kind, "target": target, "note": said})

    def _add(self, letter: str, column: str, values: dict[str, Any]) -> None:
        self._found[column].append({"id": self._next(letter, column), **values})

    def _next(self, letter: str, column: str) -> str:
        return f"{letter}{len(self._found[column]) + 1}"


def _said(value: Any) -> Iterator[str | None]:  # noqa: ANN401  whatever a field has
    """Yield the values of a field as texts; none for a flag that is set."""
    match value:
        case list():
            for each in cast("list[Any]", value):
                yield from _said(each)
        case bool():
            yield None if value else "false"
        case str():
            yield value
        case _:
            yield json.dumps(value, ensure_ascii=False)

"""The relations of a document of BioC, as relations between two marks.

BioC's relations link any number of annotations by their ids, each in a role. In corpora such as BioRED and CDR, and
from PubTator, they link concepts, which infons name by the ids that mentions have too.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple, cast

from app.exchange.foreign_document import ForeignDocument, ForeignWork
from app.exchange.format import ReadOptions
from app.exchange.formats.bioc.elements import BiocAnnotation, BiocRelation, Json
from app.exchange.formats.bioc.infons import (
    ANNOTATOR,
    CORRECTION,
    CREATED,
    RELATED,
    ROLES,
    TYPE,
    UPDATED,
    Naming,
    SaidFields,
    fields_of,
    naming,
    own_of,
)
from app.exchange.formats.bioc.passage_layout import At
from app.exchange.written_ids import WrittenIds

_CONCEPTS = (("entity1", "entity2"), ("role1", "role2"))
_SEVERAL = re.compile(r"[|;,]")
_PLAIN_ROLES = ({"source", "target"}, {"arg1", "arg2"}, {""})


class _Mark(NamedTuple):
    work: ForeignWork
    key: str


class BiocTies:
    """Collects the marks of a document, then adds relations between them; what can't be one is kept in `own`."""

    def __init__(self, made: ForeignDocument, own: Json, options: ReadOptions) -> None:
        self._made = made
        self._own = own
        self._options = options
        self._by_place: dict[tuple[At, str], _Mark] = {}
        self._by_id: dict[str, _Mark] = {}
        self._by_concept: dict[str, list[_Mark]] = {}

    def remember(self, at: At, given: BiocAnnotation, work: ForeignWork, key: str) -> None:
        """Note which mark an annotation became."""
        mark = _Mark(work, key)
        if given.id:
            for depth in range(len(at) + 1):
                self._by_place.setdefault((at[:depth], given.id), mark)
            self._by_id.setdefault(given.id, mark)
        for name, value in given.infons.items():
            if name != TYPE and isinstance(value, str) and value:
                parts = (value, *(part.strip() for part in _SEVERAL.split(value)))
                for concept in dict.fromkeys(parts):
                    self._by_concept.setdefault(concept, []).append(mark)

    def add(self, at: At, given: BiocRelation) -> None:
        """Add a relation from the first end to each of the others, or keep it. Raises FormatError."""
        named = naming(given.infons, RELATED)
        said = fields_of(given.infons, named)
        concepts = self._concepts(given, named)
        marks = self._linked(at, given, concepts)
        if marks is None:
            self._keep(at, given)
            return
        fields = {name: value for name, value in said.fields.items() if name not in concepts}
        more = (ANNOTATOR, CREATED, UPDATED, CORRECTION, *concepts)
        infons = {**said.kept, **{key: given.infons[key] for key in more if key in given.infons}}
        kept = {**own_of(given, named, said._replace(kept=infons)), "at": list(at)}
        roles = [] if concepts else [node.role for node in given.nodes]
        if concepts:
            kept["nodes"] = [list(node) for node in given.nodes]
            what = "relations between concepts, drawn between their first mentions"
            self._options.report.note("first-mention", what, f"{self._made.document.name}: {named.label}")
        else:
            kept["roles"] = roles
        kept["ties"] = list(self._relate(given, marks, (named, said), fields, roles))
        self._own.setdefault("relations", []).append(kept)

    def _relate(
        self, given: BiocRelation, marks: list[_Mark], says: tuple[Naming, SaidFields], fields: Json, roles: list[str]
    ) -> Iterator[str | None]:
        """Relate the first mark with each other one; yield the uids, None for what is left out."""
        document, (work, source), (named, said) = self._made.document, marks[0], says
        ids = WrittenIds(document.name, document.sha256, work.annotator)
        for number, (_, target) in enumerate(marks[1:], 1):
            made = work.relate(
                f"{given.id} {source} {target} {named.label}",
                named.label,
                source,
                target,
                attributes={**fields, **(_roles(roles[0], roles[number]) if roles else {})},
                comment=said.comment,
                uid=ids.read(given.id) if number == 1 else None,
            )
            yield made.uid if made is not None else None

    def _concepts(self, given: BiocRelation, named: Naming) -> tuple[str, ...]:
        """Return the keys of the two infons that name concepts, none if its nodes are what it links."""
        for keys in _CONCEPTS:
            if all(_concept(given.infons.get(key)) for key in keys):
                return keys
        if given.nodes:
            return ()
        known = [key for key, value in given.infons.items() if key not in named.keys and _concept(value)]
        known = [key for key in known if _concept(given.infons[key]) in self._by_concept]
        return tuple(known) if len(known) == 2 else ()  # noqa: PLR2004  both ends

    def _linked(self, at: At, given: BiocRelation, concepts: tuple[str, ...]) -> list[_Mark] | None:
        """Return the marks that a relation links, None if they aren't two or more of one annotator."""
        if concepts:
            one, other = (self._by_concept.get(_concept(given.infons[key]), ()) for key in concepts)
            pairs = ([first, second] for first in _there(one) for second in _there(other) if _differ([first, second]))
            return next((pair for pair in pairs if pair[0].work is pair[1].work), None)
        marks = [self._end(at, node.refid) for node in given.nodes]
        found = [mark for mark in marks if mark is not None]
        is_whole = len(found) == len(marks) > 1 and _differ(found)
        return found if is_whole and all(mark.work is found[0].work for mark in found) else None

    def _end(self, at: At, id: str) -> _Mark | None:
        """Return the mark with an id: ids may begin anew in each passage."""
        places: Iterable[At] = (at[:depth] for depth in range(len(at), -1, -1))
        found = next((self._by_place[place, id] for place in places if (place, id) in self._by_place), None)
        found = found or self._by_id.get(id)
        return found if found is not None and found.work.has_mark(found.key) else None

    def _keep(self, at: At, given: BiocRelation) -> None:
        nodes = [list(node) for node in given.nodes]
        raw = {"id": given.id, "at": list(at), "infons": given.infons, "nodes": nodes, "more": given.more}
        self._own.setdefault("relations", []).append({"raw": raw})
        what = "relations that don't link two or more marks of one annotator, kept to be written again"
        where = f"{self._made.document.name}: {given.id or ', '.join(node.refid for node in given.nodes)}"
        self._options.report.note("relation", what, where)


def _concept(value: object) -> str:
    """Return the id of a concept that an infon is, or that it has, as PubTator writes it; "" if there is none."""
    if isinstance(value, dict):
        value = cast("Mapping[str, Any]", value).get("identifier")
    return value.strip() if isinstance(value, str) else ""


def _there(marks: Iterable[_Mark]) -> list[_Mark]:
    return [mark for mark in marks if mark.work.has_mark(mark.key)]


def _differ(marks: list[_Mark]) -> bool:
    return len({(id(mark.work), mark.key) for mark in marks}) == len(marks)


def _roles(source: str, target: str) -> dict[str, str]:
    """Return the roles of both ends as fields, none if they only say what is source and what is target."""
    if {source.lower(), target.lower()} in _PLAIN_ROLES:
        return {}
    return {name: role for name, role in zip(ROLES, (source, target), strict=True) if role}

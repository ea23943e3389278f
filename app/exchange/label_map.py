"""Maps the labels, fields and relations of a foreign file to those of the project's scheme, and remembers how."""

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum
from functools import lru_cache
from typing import Any, NamedTuple, TypeVar, cast

import msgspec

from app.core.errors import BadChoice
from app.core.field_values import complaint, is_empty, read
from app.core.scheme import SEVERITY, Attribute, FieldKind, Label, Layer, RelationType, Scheme, Value
from app.exchange.report import Report

_T = TypeVar("_T")
_UNKNOWN_LAYER = "imported"


class How(StrEnum):
    """How a foreign name found its label; the words are shown."""

    GIVEN = "as you said"
    SAME = "same id"
    ALIKE = "same name"
    CROSSWALK = "the scheme’s crosswalk"
    KEPT = "kept, not in the scheme"
    LEFT_OUT = "left out"


class What(StrEnum):
    """What is mapped."""

    LABEL = "label"
    ABOUT = "label of the document"
    RELATION = "relation"


class Mapped(msgspec.Struct, kw_only=True):
    """A name of the file (`source`, `LAYER.LABEL` or `LABEL`), what it becomes, how that was found, how often it
    occurs, and the first words marked with it. An empty `target` means that it is left out.
    """

    what: What
    source: str
    target: str
    how: How
    count: int = 0
    example: str = ""


class LabelPlace(NamedTuple):
    """Where a mark goes: layer and label."""

    layer: str
    label: str


class LabelMap:
    """Maps names to a scheme. `given` are a person's own choices, `SOURCE` to `LAYER.LABEL`, or "" to leave it out."""

    def __init__(self, scheme: Scheme, given: Mapping[str, str] | None = None) -> None:
        """Raise BadChoice for a target that isn't in the scheme, or is in several layers."""
        self._scheme = scheme
        self._given = {source: _target(scheme, target) for source, target in (given or {}).items()}
        self._used: set[str] = set()
        self._places: dict[tuple[bool, str, str], tuple[LabelPlace | None, Mapped]] = {}
        self._relations: dict[str, tuple[str | None, Mapped]] = {}
        self._fields: dict[tuple[str, str, str], Attribute | None] = {}

    def place(self, layer: str, label: str, *, about_document: bool = False, words: str = "") -> LabelPlace | None:
        """Return where a mark with a foreign label goes, None if it is to be left out.

        `layer` is the layer, control or column that the file names, "" if none; `words` are an example for people.
        """
        key = (about_document, layer, label)
        known = self._places.get(key)
        if known is None:
            known = self._places[key] = self._place(layer, label, about_document)
        known[1].count += 1
        known[1].example = known[1].example or words[:60]
        return known[0]

    def is_known(self, layer: str, label: str) -> bool:
        """Whether a label of marks occurred before, so that it is one that can be stored."""
        return (False, layer, label) in self._places

    def is_qualified(self, name: str) -> bool:
        """Whether a name is that of a layer and one of its labels, as it is written where two layers have a label."""
        return any(f"{each.layer}.{each.label}" == name for each in _places(self._scheme.layers))

    def relation(self, label: str) -> str | None:
        """Return the relation type that a foreign one becomes, None if it is to be left out."""
        known = self._relations.get(label)
        if known is None:
            known = self._relations[label] = self._relation(label)
        known[1].count += 1
        return known[0]

    def attributes(self, place: LabelPlace, values: Mapping[str, Any], report: Report, where: str) -> dict[str, Any]:
        """Return the fields of a mark under the scheme's ids and with its values.

        What the scheme doesn't have is kept as it is, and noted.
        """
        layer = self._scheme.layer(place.layer)
        found: dict[str, Any] = {}
        for name, value in values.items():
            if is_empty(value):
                continue
            if layer is not None and layer.has_severity and _folded(name) == SEVERITY:
                found[SEVERITY] = self._severity(value, report, where)
                continue
            known = layer.attributes_of(place.label) if layer else ()
            attribute = self._field(place, name, known)
            if attribute is None and isinstance(value, dict) and "id" in value:
                # Other tools call it identifier, reference or KB: a layer seldom has two links.
                attribute = _only([each for each in known if each.kind is FieldKind.ENTITY])
            _take(found, name, value, attribute, report, where)
            self._add_title(found, attribute)
        return found

    def relation_attributes(
        self, relation: str, values: Mapping[str, Any], report: Report, where: str
    ) -> dict[str, Any]:
        """Return the fields of a relation, as `attributes` does."""
        known = self._scheme.relation(relation)
        found: dict[str, Any] = {}
        for name, value in values.items():
            if not is_empty(value):
                attribute = self._field(LabelPlace("", relation), name, known.attributes if known else ())
                _take(found, name, value, attribute, report, where)
                self._add_title(found, attribute)
        return found

    def is_undirected(self, label: str) -> bool:
        """Whether a foreign relation becomes one of a type that reads the same both ways."""
        known = self._relations.get(label)
        found = self._scheme.relation((known or self._relation(label))[0] or "")
        return found is not None and not found.directed

    def takes_severity(self, layer: str, label: str, step: str) -> bool:
        """Whether a mark with a foreign label goes to a layer with severities, one of which is `step`."""
        known = self._places.get((False, layer, label)) or self._place(layer, label, False)
        found = self._scheme.layer(known[0].layer) if known[0] is not None else None
        return found is not None and found.has_severity and any(each.id == step for each in self._scheme.severities)

    def is_about_document(self, layer: str) -> bool:
        """Whether a foreign control or column is a layer about the document."""
        return any(layer == each.id or _is_alike(each, layer) for each in self._scheme.document_layers)

    def has_field(self, layer: str, label: str, name: str) -> bool:
        """Whether marks with a foreign label have a field of this name."""
        place, _ = self._places.get((False, layer, label)) or self._place(layer, label, False)
        found = self._scheme.layer(place.layer) if place is not None else None
        if place is None or found is None:
            return False
        return self._field(place, name, found.attributes_of(place.label)) is not None

    def has_only_fields(self, layer: str) -> bool:
        """Whether a foreign control is a layer about the document that has fields and no labels to choose from."""
        here = [each for each in self._scheme.document_layers if layer == each.id or _is_alike(each, layer)]
        return len(here) == 1 and [label.id for label in here[0].labels] == [here[0].id]

    def all(self) -> list[Mapped]:
        """Return what was mapped so far, the most frequent first."""
        found = [mapped for _, mapped in (*self._places.values(), *self._relations.values())]
        return sorted(found, key=lambda each: (-each.count, each.source))

    def unused(self) -> list[str]:
        """Return the names given by a person that didn't occur."""
        return [source for source in self._given if source not in self._used]

    def _place(self, layer: str, label: str, about_document: bool) -> tuple[LabelPlace | None, Mapped]:
        what = What.ABOUT if about_document else What.LABEL
        source = f"{layer}.{label}" if layer else label
        name = source if source in self._given else label
        if name in self._given:
            self._used.add(name)
            wanted = self._given[name]
            place = wanted if isinstance(wanted, LabelPlace) else None
            how = How.LEFT_OUT if place is None else How.GIVEN
        else:
            place, how = self._found(layer, label, about_document)
        target = f"{place.layer}.{place.label}" if place else ""
        return place, Mapped(what=what, source=source, target=target, how=how)

    def _found(self, layer: str, label: str, about_document: bool) -> tuple[LabelPlace, How]:
        scheme = self._scheme
        here = [each for each in scheme.layers if each.is_about_document == about_document]
        named = next((each for each in here if each.id == layer), None) or _only(
            [each for each in here if layer and _folded(layer) in (_folded(each.id), _folded(each.title))]
        )
        for among, ways in (([named] if named else [], _WAYS), (here, _WAYS_ANYWHERE)):
            for how, fits in ways:
                places = ((each.id, item) for each in among for item in each.givable)
                found = _only([LabelPlace(id, item.id) for id, item in places if fits(item, label)])
                if found is not None:
                    return found, how
            found = _only([LabelPlace(each.id, item.id) for each in among for item in _with_path(each, label)])
            if found is not None:  # in a tree, other tools write a label after those above it
                return found, How.ALIKE
        qualified = _only([each for each in _places(here) if f"{each.layer}.{each.label}" == label])
        if qualified is not None:  # as it is written where two layers have a label
            return qualified, How.SAME
        # Nor does a name with a dash, as brat has it, mean anything else.
        dashed = _only([each for each in _places(here) if f"{each.layer}-{each.label}" == label])
        if dashed is not None:
            return dashed, How.SAME
        if named is None:
            first = next((each for each in here if not layer), None)
            return LabelPlace(first.id if first else layer or _UNKNOWN_LAYER, label), How.KEPT
        return LabelPlace(named.id, label), How.KEPT

    def _relation(self, label: str) -> tuple[str | None, Mapped]:
        if label in self._given:
            self._used.add(label)
            wanted = self._given[label]
            found = wanted if isinstance(wanted, str) and wanted else None
            how = How.GIVEN if found else How.LEFT_OUT
        else:
            found, how = self._found_relation(label)
        return found, Mapped(what=What.RELATION, source=label, target=found or "", how=how)

    def _found_relation(self, label: str) -> tuple[str, How]:
        types = self._scheme.relations
        if any(each.id == label for each in types):
            return label, How.SAME
        alike = _only([each.id for each in types if _is_alike(each, label)])
        return (alike, How.ALIKE) if alike else (label, How.KEPT)

    def _field(self, place: LabelPlace, name: str, known: Sequence[Attribute]) -> Attribute | None:
        key = (place.layer, place.label, name)
        if key not in self._fields:
            same = next((each for each in known if each.id == name), None)
            self._fields[key] = same or _only([each for each in known if _is_alike(each, name)])
        return self._fields[key]

    def _add_title(self, found: dict[str, Any], attribute: Attribute | None) -> None:
        """Give a link to an entity the title that the scheme's list has for it, if the file has only its id."""
        known = self._scheme.entity_list(attribute.entries) if attribute is not None else None
        link: Any = found.get(attribute.id) if attribute is not None else None
        if attribute is None or known is None or not isinstance(link, dict):
            return
        given = cast("dict[str, Any]", link)
        entry = next((each for each in known.entries if each.id == given.get("id")), None)
        if entry is not None and given.get("title") in (None, "", entry.id):
            found[attribute.id] = {**given, "title": entry.title}

    def _severity(self, value: Any, report: Report, where: str) -> Any:  # noqa: ANN401  whatever the file has
        wanted = _folded(str(value))
        for step in self._scheme.severities:
            if wanted in (_folded(step.id), _folded(step.title)):
                return step.id
        report.note("value", "values that the scheme doesn't have, kept", f"{where}: severity {str(value)[:40]}")
        return value


def parsed_map(texts: Sequence[str]) -> dict[str, str]:
    """Return what `--map-label SOURCE=TARGET` says, by source. Raises BadChoice."""
    found: dict[str, str] = {}
    for text in texts:
        source, equals, target = text.rpartition("=")
        if not equals or not source.strip():
            raise BadChoice(
                f"“{text}” doesn't map a label", hint="write THEIRS=LAYER.LABEL, or THEIRS= to leave it out"
            )
        if source in found:
            raise BadChoice(f"“{source}” is mapped twice", hint="leave one out")
        found[source.strip()] = target.strip()
    return found


def _target(scheme: Scheme, target: str) -> LabelPlace | str:
    """Return a label's place, a relation type's id, or "" for nothing. Raises BadChoice."""
    if not target:
        return ""
    places = list(_places(scheme.layers))
    found = [each for each in places if target in (f"{each.layer}.{each.label}", each.label)]
    if len(found) == 1:
        return found[0]
    if not found and scheme.relation(target):
        return target
    if found:
        names = ", ".join(f"{each.layer}.{each.label}" for each in found)
        raise BadChoice(f"the label “{target}” is in several layers", hint=f"use one of: {names}")
    hint = f"its labels are: {', '.join(f'{each.layer}.{each.label}' for each in places[:12])}"
    more = ", …; see: stet scheme PROJECT show" if len(places) > 12 else ""  # noqa: PLR2004
    raise BadChoice(f"the scheme {scheme.tag} has no label “{target}”", hint=hint + more)


def _places(layers: Sequence[Layer]) -> Iterator[LabelPlace]:
    return (LabelPlace(layer.id, label.id) for layer in layers for label in layer.givable)


def _only(found: Sequence[_T]) -> _T | None:
    return found[0] if len(found) == 1 else None


@lru_cache(maxsize=4096)  # each label of a file is compared with all of the scheme
def _folded(name: str) -> str:
    """Return a name without case, spaces and punctuation: people write `tortured_term` and “Tortured term”."""
    return re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", name).casefold())


def _is_alike(known: Label | Attribute | RelationType | Layer, name: str) -> bool:
    folded = _folded(name)
    return bool(folded) and folded in (_folded(known.id), _folded(known.title))


def _with_path(layer: Layer, name: str) -> list[Label]:
    """Return the labels of a tree that a name means together with those above them: `Accuracy/Addition`."""
    folded = _folded(name)
    below = [each for each in layer.givable if each.parent]
    paths = ((each, "".join(layer.lineage(each.id)), layer.path(each.id)) for each in below)
    return [each for each, ids, titles in paths if folded in (_folded(ids), _folded(titles))]


def _is_same(known: Label, name: str) -> bool:
    return known.id == name


def _is_taken(known: Label, name: str) -> bool:
    return name in known.takes


def _is_like_taken(known: Label, name: str) -> bool:
    folded = _folded(name)
    return bool(folded) and folded in map(_folded, known.takes)


def _is_crosswalk(known: Label, name: str) -> bool:
    return name in known.maps.values()


def _is_like_crosswalk(known: Label, name: str) -> bool:
    folded = _folded(name)
    return bool(folded) and folded in map(_folded, known.maps.values())


_WAYS = (
    (How.SAME, _is_same),
    (How.ALIKE, _is_alike),
    (How.CROSSWALK, _is_taken),
    (How.CROSSWALK, _is_crosswalk),
    (How.CROSSWALK, _is_like_taken),
    (How.CROSSWALK, _is_like_crosswalk),
)
# Some names are words such as “entity”, which mean that only in a layer of errors.
_WAYS_ANYWHERE = tuple(way for way in _WAYS if way[1] not in (_is_taken, _is_like_taken))


def _take(
    found: dict[str, Any],
    name: str,
    value: Any,  # noqa: ANN401  whatever the file has
    attribute: Attribute | None,
    report: Report,
    where: str,
) -> None:
    if attribute is None:
        report.note("field", "fields that the scheme doesn't have, kept", f"{where}: {name}")
        found[name] = value
        return
    fitting = next(_readings(attribute, value), None)
    if fitting is None:
        what = "values that the scheme doesn't have, kept"
        report.note("value", what, f"{where}: {name} {str(value)[:40]}")
    found[attribute.id] = value if fitting is None else fitting


def _readings(attribute: Attribute, value: Any) -> Iterator[Any]:  # noqa: ANN401  whatever the file has
    """Yield what a value may mean in a field, the most literal first; nothing if it can't be one of the field's."""
    items = cast("list[Any]", value) if isinstance(value, list) else None
    tried: list[Any] = [value, *(items if items is not None and len(items) == 1 else [])]
    if attribute.kind is FieldKind.MANY:
        choices = [(_choice(attribute, item), item) for item in items or _listed(attribute, value)]
        tried = [[choice.id if choice else item for choice, item in choices]]
    for item in tried:
        if complaint(attribute, item) is None:
            yield item
    for item in tried:
        choice = _choice(attribute, item)
        if choice is not None and attribute.kind is not FieldKind.MANY:
            yield choice.id
        elif isinstance(item, str | int | float) and not isinstance(item, bool):
            try:
                yield read(attribute, str(item))
            except ValueError:
                continue


def _listed(attribute: Attribute, value: Any) -> list[Any]:  # noqa: ANN401  whatever the file has
    """Return the values that a text lists with commas between, if each is one of the field's; else the value alone."""
    parts = value.split(",") if isinstance(value, str) else []
    return parts if len(parts) > 1 and all(_choice(attribute, part) for part in parts) else [value]


def _choice(attribute: Attribute, value: object) -> Value | None:
    if not attribute.kind.has_values or isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    folded = _folded(str(value))
    exact = attribute.value(str(value))
    return exact or _only([v for v in attribute.values if folded and folded in (_folded(v.id), _folded(v.title))])

"""The results of an annotation, sorted: regions of the text with what is said of them, the document, and relations.

Label Studio writes a result for each control that says something; those of one region share its id.
"""

from collections.abc import Collection, Mapping
from typing import Any, cast

from app.core.errors import FormatError
from app.exchange.formats.label_studio.wire import (
    COMMENT,
    CORRECTION,
    FIELDS,
    LABELS,
    Json,
    as_list,
    as_object,
    control_value,
    is_deep,
    is_list,
    word_of,
)

_USUAL = frozenset(("id", "type", "value", "from_name", "to_name", "origin"))
_SHOWN = ("id", "type", "value", "from_name", "to_name", "meta", "parentID", "origin", "source", "score")


class Region:
    """A place in the text. `labels` are pairs of control and label; `value` is one of its results', with the range."""

    __slots__ = ("comment", "correction", "fields", "kept", "labels", "part_of", "trees", "value")

    def __init__(self, value: Json, *labels: tuple[str, str]) -> None:
        self.value = value
        self.labels = list(labels)
        self.fields: dict[str, Any] = {}
        self.correction: str | None = None
        self.comment = ""
        self.kept: Json = {}
        self.part_of = ""  # id of the region whose further fragment it is
        self.trees: list[str] = []  # those of its fields that are chosen from a tree

    @property
    def is_plain(self) -> bool:
        """Whether it has one label and nothing else."""
        has_more = self.fields or self.kept or self.comment or self.part_of or self.correction is not None
        return len(self.labels) == 1 and not has_more

    def labelled(self) -> list[tuple[str, str]]:
        """Return its labels: what it has from a tree, if no list of labels gave it one."""
        if not self.labels and self.trees:
            control = self.trees.pop(0)
            self.kept.get("paths", {}).pop(control, None)
            return [(control, word_of(each)) for each in as_list(self.fields.pop(control)) if word_of(each)]
        return self.labels


class Results:
    """The results of one annotation or prediction. Raises FormatError for what can't be one."""

    def __init__(self, given: object, elsewhere: Collection[str] = ()) -> None:
        self.regions: dict[str, Region] = {}  # by id
        self.about: list[Json] = []
        self.relations: list[Json] = []
        self.others: list[Json] = []  # of controls that have nothing to do with text
        if given is not None and not is_list(given):
            raise FormatError("“result” isn't a list", hint="fix it")
        late: list[tuple[str, Json, Json]] = []
        for item in cast("list[object]", given or []):
            result = as_object(item) if elsewhere else None
            if result is not None and result.get("to_name") in elsewhere:
                self.others.append(result)
            elif type(item) is not dict or not self._take_plain(cast("Json", item)):
                self._sort(cast("object", item), late)
        for id, result, value in late:
            if id in self.regions:
                _add(self.regions[id], result, value, result["type"])
            elif result.get("type") in FIELDS:
                self.about.append(result)
            else:
                self.others.append(result)

    def _take_plain(self, result: dict[str, Any]) -> bool:
        """Take a region with one label and nothing else, as nearly all are; return whether it was one."""
        if result.keys() != _USUAL or result["type"] != "labels" or result["origin"] != "manual":
            return False
        id, value, control = result["id"], result["value"], result["from_name"]
        if type(id) is not str or not id or id in self.regions or type(control) is not str:
            return False
        try:
            (label,) = value["labels"]
            is_placed = "start" in value
        except (TypeError, KeyError, ValueError, IndexError):
            return False  # of another kind, or wrong: the long way tells
        if not is_placed or type(label) is not str or not label.strip():
            return False
        self.regions[id] = Region(value, (control, label.strip()))
        return True

    def _sort(self, item: object, late: list[tuple[str, Json, Json]]) -> None:
        result = as_object(item)
        if result is None:
            raise FormatError("a result isn't an object", hint="fix it")
        kind, value = result.get("type"), as_object(result.get("value"))
        if kind == "relation":
            self.relations.append(result)
            return
        if value is None or not isinstance(kind, str):
            raise FormatError("a result has no “type”, or its “value” isn't an object", hint="fix it")
        id = word_of(result.get("id"))
        if "start" not in value and "globalOffsets" not in value:
            late.append((id, result, value))
            return
        if not (kind in LABELS or kind in FIELDS or "end" in value):
            self.others.append(result)
            return
        region = self.regions.get(id) if id else None
        if region is None:
            region = Region(value)
            self.regions[id or self._made_id(result, value)] = region
        _add(region, result, value, kind)

    def _made_id(self, result: Json, value: Json) -> str:
        """Return an id for a region without one, made from what it says, so that it is the same another time."""
        stem = f"{word_of(result.get('from_name'))} {value.get('start')}-{value.get('end')} {value.get(result['type'])}"
        id, number = stem, 1
        while id in self.regions:
            number += 1
            id = f"{stem} {number}"
        return id


def _add(region: Region, result: Json, value: Mapping[str, Any], kind: str) -> None:
    control = word_of(result.get("from_name"))
    if kind in LABELS:
        found = value.get(kind)
        if found is None:
            found = next((value[key] for key in LABELS if key in value), None)
        for label in as_list(found) if is_list(found) else [found]:
            if isinstance(label, str) and label.strip():
                region.labels.append((control, label.strip()))
    elif kind != "text":
        _add_field(region, control or kind, kind, result, value)
    if len(result) > 6 or "meta" in result or "parentID" in result or "score" in result:  # noqa: PLR2004  the usual ones
        _keep(region, result)
    if result.get("origin", "manual") != "manual":
        region.kept["origin"] = result["origin"]


def _add_field(region: Region, control: str, kind: str, result: Json, value: Mapping[str, Any]) -> None:
    meta = as_object(result.get("meta"))
    entity = as_object(meta.get("entity")) if meta is not None else None
    found = entity if entity is not None else control_value(kind, value)
    if kind == "textarea" and control == CORRECTION and (isinstance(found, str) or found is None):
        region.correction = found or ""
    elif kind == "textarea" and control == COMMENT:
        region.comment = "\n".join(map(str, as_list(found))) if is_list(found) else word_of(found)
    elif found is not None:
        region.fields[control] = found
        if kind == "taxonomy":
            region.trees.append(control)
    if found is not None and (kind == "taxonomy" or (kind == "choices" and is_deep(value.get(kind)))):
        region.kept.setdefault("paths", {})[control] = {"type": kind, "paths": value[kind]}


def _keep(region: Region, result: Json) -> None:
    """Keep what has no place here, so that it can be written again."""
    meta = as_object(result.get("meta"))
    if meta is not None:
        notes = meta.get("text")
        said = "\n".join(map(str, as_list(notes))) if is_list(notes) else word_of(notes)
        region.comment = region.comment or said
        region.part_of = word_of(meta.get("fragment_of")) or region.part_of
        rest = {key: each for key, each in meta.items() if key not in ("text", "entity", "fragment_of")}
        if rest:
            region.kept["meta"] = rest
    if "parentID" in result and result["parentID"] is not None and not region.part_of:
        region.kept["parent"] = word_of(result["parentID"])
    if result.get("score") is not None:
        region.kept["score"] = result["score"]
    for key, each in result.items():
        if key not in _SHOWN and each is not None and each is not False:
            region.kept.setdefault("more", {})[key] = each

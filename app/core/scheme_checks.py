"""The checks that a parsed scheme must pass: what its parts say of each other. A failure names a place in the file."""

import math
import re
from collections.abc import Callable, Sequence

from app.core import field_values
from app.core.errors import SchemeError
from app.core.scheme import SEVERITY, Attribute, FieldKind, Label, Layer, RelationType, Scheme

# Keys that the program uses itself, so that labels, relations and layers can't have them.
RESERVED_KEYS = {"k": "link evidence", "u": "unsure", ".": "mark with the last label"}
RESERVED_FUNCTION_KEYS = {
    "F1": "manual",
    "F5": "refresh",
    "F6": "next pane",
    "F7": "swap text and reference",
    "F8": "next mark with an unmet rule",
    "F9": "next suggestion",
    "F12": "next concordance hit",
}
TAKEN_KEYS = {*RESERVED_KEYS, *map(str.lower, RESERVED_FUNCTION_KEYS)}
OWN_FIELDS = (SEVERITY, "correction", "evidence", "comment")

_COUNTING = ("label", SEVERITY, "correction", "evidence", "comment")
_ID = re.compile(r"[A-Za-z][A-Za-z0-9_.-]{0,63}")
_FUNCTION_KEY = re.compile(r"F([1-9]|1[0-2])")
_FREE = ", ".join(key for n in range(1, 13) if (key := f"F{n}") not in RESERVED_FUNCTION_KEYS)

Path = tuple[str | int, ...]
"""A place in the file, as a path of keys and indices."""


class SchemeChecks:
    """Checks a scheme. `fail` makes the error of a place in the file, with what is wrong and what to do.

    One that is stored may have keys of fields that others have too: they did nothing once, and weren't checked.
    """

    def __init__(
        self, fail: Callable[[Path, str, str], SchemeError], scheme: Scheme, *, is_stored: bool = False
    ) -> None:
        self.fail = fail
        self.scheme = scheme
        self._is_stored = is_stored

    def run(self) -> None:
        """Raise SchemeError for the first thing that is wrong."""
        self._severities()
        self._layers()
        self._lists()
        self._relations()

    def _id(self, where: Path, value: str) -> None:
        if not _ID.fullmatch(value):
            raise self.fail(
                (*where, "id"),
                f"“{value[:40]}” isn't a valid id",
                "use a letter, then letters, digits, “_”, “-” or “.”, 64 at most",
            )

    def _unique(self, where: Path, field: str, values: list[str]) -> None:
        seen: dict[str, int] = {}
        for at, value in enumerate(values):
            if value and value in seen:
                raise self.fail((*where, at, field), f"{field} “{value}” is used twice", "give each a unique one")
            seen[value] = at

    def _severities(self) -> None:
        self._unique(("severity",), "id", [item.id for item in self.scheme.severities])
        for at, severity in enumerate(self.scheme.severities):
            self._id(("severity", at), severity.id)
            self._weight(("severity", at, "weight"), severity.weight)

    def _weight(self, where: Path, weight: float) -> None:
        if not 0 <= weight < float("inf"):
            raise self.fail(where, "a weight must be 0 or more", "such as 5")

    def _layers(self) -> None:
        if self.scheme.version < 1:
            raise self.fail(("version",), "version must be 1 or more", "increase it with each change")
        if not _ID.fullmatch(self.scheme.name):
            raise self.fail(("name",), f"“{self.scheme.name[:40]}” isn't a valid name", "use letters, digits, “_”, “-”")
        if not self.scheme.layers:
            raise self.fail((), "there is no layer", "add a [[layer]] with at least one [[layer.label]]")
        self._unique(("layer",), "id", [layer.id for layer in self.scheme.layers])
        self._unique(("layer",), "key", [layer.key for layer in self.scheme.layers])
        for at, layer in enumerate(self.scheme.layers):
            self._layer(("layer", at), layer)

    def _layer(self, where: Path, layer: Layer) -> None:
        self._id(where, layer.id)
        self._layer_key(where, layer)
        for field in layer.counts:
            if field not in _COUNTING:
                what = f"“{field}” can't count as a difference"
                raise self.fail((*where, "counts"), what, f"use: {', '.join(_COUNTING)}")
        if layer.has_severity and not self.scheme.severities:
            raise self.fail((*where, "severity"), "there is no severity scale", "add [[severity]] steps")
        if layer.is_about_document and layer.has_correction:
            what = "a layer about the document can't have a correction"
            raise self.fail((*where, "correction"), what, "only marked text can be corrected")
        if layer.required and not layer.is_about_document:
            what = f"layer “{layer.id}” can't be required"
            raise self.fail((*where, "required"), what, 'only a layer with kind = "document" can')
        if not layer.labels:
            raise self.fail(where, f"layer “{layer.id}” has no label", "add a [[layer.label]]")
        self._unique((*where, "label"), "id", [label.id for label in layer.labels])
        self._unique((*where, "attribute"), "id", [attribute.id for attribute in layer.attributes])
        for at, attribute in enumerate(layer.attributes):
            self._attribute((*where, "attribute", at), attribute, layer)
        for at, label in enumerate(layer.labels):
            self._label((*where, "label", at), label, layer)
        self._takes(where, layer)
        self._tree(where, layer)
        self._keys(where, layer)

    def _layer_key(self, where: Path, layer: Layer) -> None:
        if layer.key and not _FUNCTION_KEY.fullmatch(layer.key):
            raise self.fail((*where, "key"), f"“{layer.key}” isn't a valid layer key", f"use one of: {_FREE}")
        if layer.key in RESERVED_FUNCTION_KEYS:
            what = f"key “{layer.key}” is already used for “{RESERVED_FUNCTION_KEYS[layer.key]}”"
            raise self.fail((*where, "key"), what, f"use one of: {_FREE}")

    def _tree(self, where: Path, layer: Layer) -> None:
        for at, label in enumerate(layer.labels):
            place = (*where, "label", at, "parent")
            if label.parent and layer.label(label.parent) is None:
                raise self.fail(place, f"there is no label “{label.parent}”", "name a label of this layer")
            top = layer.label(layer.lineage(label.id)[0])
            if top is not None and top.parent:
                raise self.fail(place, f"label “{label.id}” is under itself", "let one of them have no parent")
        for at, label in enumerate(layer.labels):
            if label.group and not layer.children(label.id):
                what = f"group “{label.id}” has no label under it"
                raise self.fail((*where, "label", at, "group"), what, f'add a label with parent = "{label.id}"')

    def _keys(self, where: Path, layer: Layer) -> None:
        """Raise SchemeError for a key that has two uses at once: keys of labels lead down the tree step by step, those
        of values work on any mark.
        """
        used: dict[str, dict[str, int]] = {}
        for at, label in enumerate(layer.labels):
            if not label.key:
                continue
            if label.key in used.setdefault(label.parent, {}):
                raise self.fail(
                    (*where, "label", at, "key"), f"key “{label.key}” is used twice", "give each a unique one"
                )
            used[label.parent][label.key] = at
        of_labels = {label.key for label in layer.labels if not label.parent}
        of_values: set[str] = set()
        for at, attribute in enumerate(layer.attributes):
            if attribute.key and not self._is_stored:
                self._field_key((*where, "attribute", at), attribute.key, of_labels | of_values, layer)
                of_values.add(attribute.key)
            for number, value in enumerate(attribute.values):
                place = (*where, "attribute", at, "value", number)
                self._key(place, value.key)
                if value.key and value.key in of_labels | of_values:
                    what = f"key “{value.key}” is already used in layer “{layer.id}”"
                    raise self.fail((*place, "key"), what, "choose another")
                of_values.add(value.key)

    def _field_key(self, where: Path, key: str, taken: set[str], layer: Layer) -> None:
        self._key(where, key)
        if key in taken:
            raise self.fail((*where, "key"), f"key “{key}” is already used in layer “{layer.id}”", "choose another")

    def _key(self, where: Path, key: str) -> None:
        if key and (len(key) != 1 or not key.isprintable() or key.isspace()):
            raise self.fail((*where, "key"), f"“{key}” isn't a valid key", "use one letter, digit or sign")
        if key.lower() in RESERVED_KEYS:
            what = f"key “{key}” is already used for “{RESERVED_KEYS[key.lower()]}”"
            raise self.fail((*where, "key"), what, "choose another")

    def _attribute(self, where: Path, attribute: Attribute, layer: Layer | None) -> None:
        self._id(where, attribute.id)
        if attribute.id in OWN_FIELDS:
            raise self.fail((*where, "id"), f"“{attribute.id}” is a built-in field", "choose another id")
        self._values(where, attribute, layer)
        self._number(where, attribute)
        if attribute.kind is FieldKind.ENTITY and self.scheme.entity_list(attribute.entries) is None:
            what = f"there is no list “{attribute.entries}”" if attribute.entries else "“list” is missing"
            raise self.fail((*where, "list"), what, "add a [[list]] with an id, and name it here")
        if attribute.entries and attribute.kind is not FieldKind.ENTITY:
            raise self.fail((*where, "list"), f"a {attribute.kind} has no list", 'set kind = "entity"')
        wrong = field_values.complaint(attribute, attribute.default) if attribute.default is not None else None
        if wrong:
            what = f"“{attribute.default}” isn't a value of it"
            raise self.fail((*where, "default"), what, f"it must be {wrong}")
        for label in attribute.labels:
            if layer is None or layer.label(label) is None:
                raise self.fail((*where, "labels"), f"there is no label “{label}”", "name labels of this layer")

    def _values(self, where: Path, attribute: Attribute, layer: Layer | None) -> None:
        values = [value.id for value in attribute.values]
        if attribute.kind in (FieldKind.CHOICE, FieldKind.MANY) and not values:
            raise self.fail(where, f"attribute “{attribute.id}” has no value", 'add values, or set kind = "text"')
        if values and not attribute.kind.has_values:
            what = f"a {attribute.kind} has no values to choose from"
            raise self.fail((*where, "value"), what, 'leave them out, or set kind = "choice"')
        if attribute.kind is FieldKind.SCALE and not values and None in (attribute.least, attribute.most):
            what = f"scale “{attribute.id}” has neither steps nor ends"
            raise self.fail(where, what, "add [[value]] tables as steps, or least and most")
        if attribute.kind is FieldKind.SCALE and len(values) == 1:
            raise self.fail(where, f"scale “{attribute.id}” has a single step", "add another [[value]]")
        self._unique((*where, "value"), "id", values)
        for at, value in enumerate(attribute.values):
            for key, fields in (("requires", value.requires), ("closes", value.closes)):
                if layer is not None:
                    self._fields((*where, "value", at, key), fields, layer)
                elif fields:
                    what = "a relation's value can't say anything of other fields"
                    raise self.fail((*where, "value", at, key), what, "leave it out")

    def _number(self, where: Path, attribute: Attribute) -> None:
        least, most, step = attribute.least, attribute.most, attribute.step
        is_number = attribute.kind in (FieldKind.NUMBER, FieldKind.SCALE) and not attribute.values
        for key, given in (("least", least is not None), ("most", most is not None), ("step", bool(step))):
            if given and not is_number:
                raise self.fail((*where, key), f"“{attribute.id}” has no numbers", 'set kind = "number"')
        is_slider = attribute.kind is FieldKind.SCALE and not attribute.values
        for key, name in (("low", attribute.low), ("high", attribute.high)):
            if name and not is_slider:
                what = f"“{attribute.id}” isn't a scale without steps"
                raise self.fail((*where, key), what, "only the ends of such a scale have names of their own")
        if any(number is not None and not math.isfinite(number) for number in (least, most, step)):
            raise self.fail(where, "a limit must be a finite number", "such as 100")
        if least is not None and most is not None and least >= most:
            raise self.fail((*where, "most"), f"{most:g} isn't more than {least:g}", "let least be the smaller one")
        if step < 0:
            raise self.fail((*where, "step"), "a step must be more than 0", "such as 1")

    def _label(self, where: Path, label: Label, layer: Layer) -> None:
        self._id(where, label.id)
        self._key(where, label.key)
        self._fields((*where, "required"), label.required, layer, label.id)
        for field, allowed in label.only.items():
            attribute = layer.attribute(field)
            known_values = {value.id for value in attribute.values} if attribute else set[str]()
            for value in allowed:
                if value not in known_values:
                    raise self.fail((*where, "only"), f"“{field}” can't be “{value}”", "name an attribute and values")
        for severity, weight in label.weights.items():
            if self.scheme.severity(severity) is None:
                raise self.fail((*where, "weights"), f"there is no severity “{severity}”", "name a step of the scale")
            self._weight((*where, "weights"), weight)
        if any(not name.strip() for name in label.takes):
            raise self.fail((*where, "takes"), "a name must not be empty", "leave it out")

    def _takes(self, where: Path, layer: Layer) -> None:
        """Refuse names of other tools that two labels of a layer take: a mark has one."""
        taken: dict[str, str] = {}
        for at, label in enumerate(layer.labels):
            for name in label.takes:
                other = taken.setdefault(name, label.id)
                if other != label.id:
                    what = f"“{name}” becomes “{other}” already"
                    raise self.fail((*where, "label", at, "takes"), what, "leave it out of one of the labels")

    def _lists(self) -> None:
        self._unique(("list",), "id", [item.id for item in self.scheme.entity_lists])
        for at, item in enumerate(self.scheme.entity_lists):
            self._id(("list", at), item.id)
            self._unique(("list", at, "entry"), "id", [entry.id for entry in item.entries])
            for number, entry in enumerate(item.entries):
                if not entry.id.strip() or not entry.title.strip():
                    what = "an entry needs an id and a title"
                    raise self.fail(("list", at, "entry", number), what, "give it both")
            if bool(item.file) is bool(item.entries):
                what = f"list “{item.id}” has {'a file and' if item.file else 'neither a file nor'} entries"
                raise self.fail(("list", at), what, "add [[list.entry]] tables, or name a file beside the project")
            if item.file and (item.file != item.file.strip() or "/" in item.file or "\\" in item.file):
                what = f"“{item.file[:60]}” isn't the name of a file beside the project"
                raise self.fail(("list", at, "file"), what, "give a file name without a folder")

    def _relations(self) -> None:
        relations = self.scheme.relations
        self._unique(("relation",), "id", [item.id for item in relations])
        self._unique(("relation",), "key", [item.key for item in relations])
        of_labels = {label.key for layer in self.scheme.layers for label in layer.labels if not label.parent}
        of_labels |= {value.key for layer in self.scheme.layers for a in layer.attributes for value in a.values}
        if not self._is_stored:
            of_labels |= {attribute.key for layer in self.scheme.layers for attribute in layer.attributes}
        for at, relation in enumerate(relations):
            where: Path = ("relation", at)
            self._id(where, relation.id)
            self._key(where, relation.key)
            if relation.key and relation.key in of_labels:
                what = f"key “{relation.key}” is already used for a label or a value"
                raise self.fail((*where, "key"), what, "choose another")
            self._ends((*where, "source"), relation.sources)
            self._ends((*where, "target"), relation.targets)
            self._chain(where, relation)
            self._unique((*where, "attribute"), "id", [attribute.id for attribute in relation.attributes])
            for number, attribute in enumerate(relation.attributes):
                self._attribute((*where, "attribute", number), attribute, None)

    def _ends(self, where: Path, ends: Sequence[str]) -> None:
        for end in ends:
            known = any(
                end == layer.id or (end.startswith(layer.id + ".") and layer.label(end[len(layer.id) + 1 :]))
                for layer in self.scheme.text_layers
            )
            if not known:
                raise self.fail(where, f"there is nothing called “{end}” to mark", "name a layer, or LAYER.LABEL")

    def _chain(self, where: Path, relation: RelationType) -> None:
        if relation.chain and sorted(relation.sources) != sorted(relation.targets):
            what = f"chain “{relation.id}” must have the same sources and targets"
            raise self.fail((*where, "chain"), what, "any mark of a chain can be the source of its next relation")

    def _fields(self, where: Path, fields: tuple[str, ...], layer: Layer, label: str = "") -> None:
        """Raise SchemeError for fields that the layer lacks, or that are attributes of other labels only."""
        has = {SEVERITY: layer.has_severity, "correction": layer.has_correction, "evidence": layer.has_evidence}
        for field in fields:
            attribute = layer.attribute(field)
            if not has.get(field, field == "comment" or attribute is not None):
                raise self.fail(where, f"layer “{layer.id}” has no “{field}”", "add it to the layer")
            if label and attribute is not None and not attribute.applies_to(label):
                raise self.fail(where, f"label “{label}” has no “{field}”", "add it to the attribute's labels")

"""Types that a CAS in XMI uses and no type system describes, inferred from its elements.

XMI needs its type system, which is a file of its own. Where that is missing or lacks something, the attributes of the
elements tell enough: what has a begin and an end is an annotation, and what points to others does so by known names.
"""

import re
from collections.abc import Iterable
from io import BytesIO
from typing import Any, NamedTuple
from xml.etree import ElementTree

from app.exchange.formats.uima.safe_names import check_feature, check_type, declared, plain
from app.exchange.formats.uima.type_names import DEPENDENT, GOVERNOR

_ID = "{http://www.omg.org/XMI}id"
_OWN = ("{http://www.omg.org/XMI}", "{http:///uima/cas.ecore}")
_TAG = re.compile(r"\{http:///(.*)\.ecore\}(.+)", re.DOTALL)
_REFERENCES = {GOVERNOR, DEPENDENT, "next", "first", "target"}
_POSITION = {"sofa", "begin", "end"}
_STRING, _BOOLEAN = "uima.cas.String", "uima.cas.Boolean"


class _Element:
    """What the elements of one type have."""

    def __init__(self) -> None:
        self.attributes: dict[str, set[str]] = {}  # with a few of their values
        self.lists: set[str] = set()  # that are written as elements inside


class Addition(NamedTuple):
    """A type that a type system lacks, with the type above it, or a feature of one, with its range."""

    type: str
    feature: str
    range: str


class XmiElements:
    """What the elements of a CAS in XMI have, by their types."""

    def __init__(self, data: bytes) -> None:
        """Raise SyntaxError for what isn't XML, and FormatError for names that aren't UIMA's."""
        self._found, self._kinds = _elements(data)
        for name, element in self._found.items():
            check_type(name)
            for feature in (*element.attributes, *element.lists):
                check_feature(feature)

    @property
    def features(self) -> set[str]:
        """The names of all features."""
        return {name for each in self._found.values() for name in (*each.attributes, *each.lists)}

    def lacking(self, types: Any) -> list[Addition]:  # noqa: ANN401  a TypeSystem of the library
        """Return what the CAS has and a type system lacks."""
        added: list[Addition] = []
        for name, element in self._found.items():
            known: set[str] = set(_POSITION)
            if types.contains_type(name):
                known = {plain(feature.name) for feature in types.get_type(name).all_features}
            else:
                added.append(Addition(name, "", _supertype(set(element.attributes))))
            added += [Addition(name, feature, "uima.cas.StringArray") for feature in sorted(element.lists - known)]
            for feature, values in element.attributes.items():
                if not {feature, plain(feature)} & known and feature not in element.lists:
                    added.append(Addition(name, feature, _range(feature, values, self._kinds, self._found)))
        return added


def add(types: Any, additions: Iterable[Addition]) -> None:  # noqa: ANN401
    """Add to a type system what it lacks."""
    for type_, feature, range_ in sorted(additions, key=lambda each: each.feature != ""):
        if feature:
            types.create_feature(type_, declared(feature), range_)
        else:
            types.create_type(type_, range_)


def _elements(data: bytes) -> tuple[dict[str, _Element], dict[str, str]]:
    found: dict[str, _Element] = {}
    kinds: dict[str, str] = {}  # the types of elements, by id
    depth = 0
    for event, node in ElementTree.iterparse(BytesIO(data), ("start", "end")):
        if event == "start":
            depth += 1
            continue
        depth -= 1
        tag = _TAG.fullmatch(node.tag)
        if depth != 1 or tag is None or node.tag.startswith(_OWN):
            continue
        name = tag[1].replace("/", ".") + "." + tag[2]
        name = name.removeprefix("uima.noNamespace.")
        element = found.setdefault(name, _Element())
        kinds[node.get(_ID, "")] = name
        element.lists.update(child.tag for child in node)
        for attribute, value in node.items():
            if not attribute.startswith("{"):
                values = element.attributes.setdefault(attribute, set())
                if len(values) < 1000:  # noqa: PLR2004  enough to tell
                    values.add(value)
        node.clear()
    return found, kinds


def _supertype(attributes: set[str]) -> str:
    if attributes >= _POSITION:
        return "uima.tcas.Annotation"
    return "uima.cas.AnnotationBase" if "sofa" in attributes else "uima.cas.TOP"


def _range(feature: str, values: set[str], kinds: dict[str, str], found: dict[str, _Element]) -> str:
    if feature in _REFERENCES and all(value in kinds for value in values):
        return "uima.cas.TOP"
    if feature in _POSITION:
        return "uima.cas.Integer"
    ids = {id for value in values for id in value.split()}
    if not ids and len(values) == 1:
        return "uima.cas.FSArray"  # nothing at all is how slots without fillers are written
    if ids and all(id in kinds and _is_link(found[kinds[id]]) for id in ids):
        return "uima.cas.FSArray"
    return _BOOLEAN if values <= {"true", "false"} else _STRING


def _is_link(element: _Element) -> bool:
    """Whether a type is what stands between a slot and what fills it."""
    return "target" in element.attributes and "begin" not in element.attributes

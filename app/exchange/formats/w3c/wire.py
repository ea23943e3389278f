"""What a web annotation consists of. Everywhere in it an object may be a list of one, and the other way round.

Source: https://www.w3.org/TR/annotation-model/
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, cast

Json = dict[str, Any]

OWN = "w3c"
"""The key of `extra` under which stands what only web annotations have."""

CONTEXT = "http://www.w3.org/ns/anno.jsonld"
URN = "urn:stet:"
"""What ids of annotations begin with that Stet made."""

EVIDENCE = "evidence"
"""The style class of a target that is evidence; its stance and number of set are classes too."""

LINKING, EDITING, COMMENTING, TAGGING = "linking", "editing", "commenting", "tagging"
CLASSIFYING, DESCRIBING, IDENTIFYING = "classifying", "describing", "identifying"
HIGHLIGHTING, BOOKMARKING, MODERATING, REPLYING = "highlighting", "bookmarking", "moderating", "replying"

CONTAINERS = ("AnnotationCollection", "AnnotationPage")
"""What holds annotations."""


def many(value: object) -> list[Any]:
    """Return a value as a list: a list as it is, one as the only item, none as empty."""
    if value is None:
        return []
    return cast("list[Any]", value) if isinstance(value, list) else [value]


def as_object(value: object) -> Json | None:
    """Return the value if it is an object."""
    return cast("Json", value) if isinstance(value, dict) else None


def word(value: object) -> str:
    """Return the value if it is text, "" for anything else; of a list the first text."""
    return next((each for each in many(value) if isinstance(each, str)), "")


def id_of(value: object) -> str:
    """Return the id of an object, or the one that a text is."""
    found = as_object(value)
    return word(value) if found is None else word(found.get("id") or found.get("@id"))


def types_of(value: Mapping[str, Any]) -> list[str]:
    """Return the types of an object, without prefixes."""
    given = [each for each in many(value.get("type", value.get("@type"))) if isinstance(each, str)]
    return [each.rpartition(":")[2] for each in given]


def is_container(value: Mapping[str, Any]) -> bool:
    """Whether an object is a collection or a page of annotations, or a graph."""
    return any(each in CONTAINERS for each in types_of(value)) or ("@graph" in value and "target" not in value)


def annotations_in(value: object) -> Iterator[Json]:
    """Yield the annotations of an object: itself, or those of a collection or page, be it nested."""
    waiting = [value]
    while waiting:
        each = as_object(waiting.pop())
        if each is None:
            continue
        if not is_container(each):
            yield each
            continue
        inner = [*many(each.get("first")), *many(each.get("items")), *many(each.get("@graph"))]
        waiting += reversed([item for item in inner if not isinstance(item, str)])


def motivations(annotation: Mapping[str, Any]) -> list[str]:
    """Return why an annotation was made, without prefixes."""
    given = (each for each in many(annotation.get("motivation")) if isinstance(each, str))
    return [each.rpartition(":")[2] for each in given]


def without(value: Mapping[str, Any], keys: Iterable[str]) -> Json:
    """Return an object without some keys."""
    left_out = frozenset(keys)
    return {key: each for key, each in value.items() if key not in left_out}

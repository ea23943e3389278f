"""What the objects of Label Studio's JSON hold: kinds of results and the values of controls.

Sources: https://labelstud.io/guide/export and /guide/predictions, and the tags' pages under https://labelstud.io/tags.
"""

import math
from collections.abc import Mapping
from typing import Any, cast

from app.core.errors import FormatError
from app.core.json_depth import DEEPEST

OWN = "label-studio"
"""The key of `extra` under which stands what only Label Studio has."""

STET = "stet_work"
"""The key of an annotation under which stands what only Stet has; Label Studio passes over it."""

CORRECTION, COMMENT = "correction", "comment"
BOTH_WAYS = {"direction": "bi"}
"""The fields of a relation that reads both ways."""

UNNAMED = "related"
"""The type of a relation without a label."""

UNLABELLED = "unlabelled"
"""The label of a region without one."""

LABELS = ("labels", "hypertextlabels", "paragraphlabels", "htmllabels")
FIELDS = ("choices", "textarea", "number", "rating", "datetime", "taxonomy", "pairwise")
FIELD_OF_LAYER = ":"
"""Between a layer and its field in the name of a control; ids of a scheme can't have it."""

Json = dict[str, Any]


def as_object(value: object) -> Json | None:
    """Return the value if it is an object."""
    return cast("Json", value) if isinstance(value, dict) else None


def as_list(value: object) -> list[Any]:
    """Return the value if it is a list, else an empty one."""
    return cast("list[Any]", value) if isinstance(value, list) else []


def is_list(value: object) -> bool:
    """Whether a value is a list."""
    return isinstance(value, list)


def whole_number(value: object) -> int | None:
    """Return the number if it is whole, else None."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def seconds_of(value: object) -> float:
    """Return a duration in seconds, 0 if the value can't be one."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        return 0.0
    return max(0.0, float(value))


def word_of(value: object) -> str:
    """Return an id, a label or a name as text; "" for what can't be one."""
    if isinstance(value, str):
        return value.strip()
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else ""


def check_kept(*values: object) -> None:
    """Raise FormatError for what a project can't hold: too deep a nesting, whole numbers of more than 64 bits."""
    for value in values:
        problem = _problem(value, DEEPEST)
        if problem:
            raise FormatError(problem[0], hint=problem[1])


def _problem(value: object, levels: int) -> tuple[str, str] | None:
    """Return what is wrong with a value that is nested at most so deep, and what to do; None if it can be stored."""
    if type(value) is str or value is None:
        return None
    if isinstance(value, int):
        is_small = -(2**63) <= value < 2**64
        return None if is_small else ("there is a number too large to store", "write it as a string")
    if not isinstance(value, dict | list):
        return None
    if not levels:
        return "objects are nested too deeply", f"the maximum is {DEEPEST} levels"
    below = cast("Json", value).values() if isinstance(value, dict) else cast("list[object]", value)
    for item in below:
        if type(item) is not str:
            problem = _problem(item, levels - 1)
            if problem is not None:
                return problem
    return None


def control_value(kind: str, value: Mapping[str, Any]) -> Any:  # noqa: ANN401  whatever the control has
    """Return what a control says: a single choice or text as such, several as a list, nothing as None."""
    key = "text" if kind == "textarea" else "selected" if kind == "pairwise" else kind
    found = value.get(key)
    if kind == "taxonomy":
        return [leaf(path) for path in as_list(found)] or None
    if is_list(found):
        items = [leaf(item) for item in as_list(found)]
        return None if not items else items[0] if len(items) == 1 else items
    return found


def leaf(path: object) -> Any:  # noqa: ANN401  whatever the control has
    """Return the last of a path of nested choices; what isn't a path as it is."""
    steps = as_list(path)
    return steps[-1] if steps else path


def is_deep(paths: object) -> bool:
    """Whether any of several choices is under another one."""
    return any(len(as_list(path)) > 1 for path in as_list(paths))

"""The installed spaCy pipelines, from their packages' metadata: nothing is imported."""

import importlib.util
import json
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any, cast

_GROUP = "spacy_models"
_LARGEST = 8 << 20  # bytes
_FIRST_CHOICE = "en_core_web_sm"


def installed() -> list[str]:
    """Return the names of the installed pipelines, the preferred one first."""
    return sorted({entry.name for entry in entry_points(group=_GROUP)}, key=_preference)


def components(name: str) -> list[str]:
    """Return the names of a pipeline's components, in order; none if it can't be read. `name` is of an installed one,
    or the path of a model folder, here as below.
    """
    found = _description(name).get("pipeline")
    return [str(component) for component in found] if isinstance(found, list) else []


def stated_labels(name: str) -> list[str]:
    """Return the labels that a pipeline says it can assign, by all of its components."""
    found = _description(name).get("labels")
    if not isinstance(found, dict):
        return []
    each = cast("dict[str, object]", found).values()
    return [str(label) for labels in each if isinstance(labels, list) for label in cast("list[object]", labels)]


def stated_use(name: str) -> tuple[str, str]:
    """Return for which layer Stet trained a pipeline, and of what it finds labels: `sentence`, `document`, or “”."""
    found = _description(name).get("stet")
    said = cast("dict[str, object]", found) if isinstance(found, dict) else {}
    return str(said.get("layer") or ""), str(said.get("unit") or "")


def stated_version(name: str) -> str:
    """Return the version of a pipeline as its package says it, "" if it can't be read."""
    return str(_description(name).get("version") or "")


def stated_scores(name: str) -> dict[str, tuple[float, float]]:
    """Return precision and recall, 0 to 1, that a pipeline's package gives for each label of named entities."""
    performance = _description(name).get("performance")
    each = cast("dict[str, object]", performance).get("ents_per_type") if isinstance(performance, dict) else None
    found: dict[str, tuple[float, float]] = {}
    for label, scores in cast("dict[str, object]", each).items() if isinstance(each, dict) else ():
        known = cast("dict[str, object]", scores) if isinstance(scores, dict) else {}
        precision, recall = known.get("p"), known.get("r")
        if isinstance(precision, float | int) and isinstance(recall, float | int):
            found[label] = (float(precision), float(recall))
    return found


def _preference(name: str) -> tuple[bool, str]:
    return (not name.startswith(_FIRST_CHOICE), name)


def _description(name: str) -> dict[str, Any]:
    # spaCy's own look-up imports the package, and with it all of spaCy.
    try:
        path = Path(name, "meta.json")
        if not path.is_absolute():
            package = importlib.util.find_spec(name)
            if package is None or package.origin is None:
                return {}
            path = Path(package.origin).with_name("meta.json")
        if path.stat().st_size > _LARGEST:
            return {}
        found = json.loads(path.read_text(encoding="utf-8"))
    except (ImportError, OSError, ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}

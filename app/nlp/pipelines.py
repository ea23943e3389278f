"""The installed spaCy pipelines, from their packages' metadata: nothing is imported."""

import importlib.util
import json
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

_GROUP = "spacy_models"
_FIRST_CHOICE = "en_core_web_sm"


def installed() -> list[str]:
    """Return the names of the installed pipelines, the preferred one first."""
    return sorted({entry.name for entry in entry_points(group=_GROUP)}, key=_preference)


def components(name: str) -> list[str]:
    """Return the names of an installed pipeline's components, in order; none if its package can't be read."""
    found = _description(name).get("pipeline")
    return [str(component) for component in found] if isinstance(found, list) else []


def _preference(name: str) -> tuple[bool, str]:
    return (not name.startswith(_FIRST_CHOICE), name)


def _description(name: str) -> dict[str, Any]:
    # spaCy's own look-up imports the package, and with it all of spaCy.
    try:
        package = importlib.util.find_spec(name)
        if package is None or package.origin is None:
            return {}
        found = json.loads(Path(package.origin).with_name("meta.json").read_text(encoding="utf-8"))
    except (ImportError, OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}

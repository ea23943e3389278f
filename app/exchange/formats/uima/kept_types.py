"""What a document keeps of the types in the CAS that it came from: their features, with ranges where they are known."""

from collections.abc import Mapping

from app.exchange.formats.uima.type_names import GOVERNOR

LINK = "link:"
"""Begins what is kept as the range of a feature that holds slots: the type of the links, `>`, and that of fillers."""
BASE = GOVERNOR
"""The key of the type that a relation's ends have."""
SUPER, ENDS = "%super", "%ends"
"""The keys of a type's supertype, where that isn't the usual one, and of the features that are a relation's ends."""


def value_features(kept: Mapping[str, str]) -> list[str]:
    """Return the features with one value, in order."""
    return [
        name
        for name, range_ in kept.items()
        if name not in (BASE, SUPER, ENDS) and not range_.startswith(LINK) and not range_.endswith("Array")
    ]

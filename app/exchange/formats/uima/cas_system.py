"""The type system of the CASes that are written: DKPro Core's types as they are needed, and those of the marks."""

from typing import Any

from app.exchange.formats.uima.library import cassis, known_types
from app.exchange.formats.uima.safe_names import check_feature, check_type, declared, plain
from app.exchange.formats.uima.type_names import ANNOTATION, DOCUMENT_ANNOTATION, META, SENTENCE, TOKEN

STRING, BOOLEAN, INTEGER, DOUBLE = "uima.cas.String", "uima.cas.Boolean", "uima.cas.Integer", "uima.cas.Double"
STRINGS, ARRAY, TOP = "uima.cas.StringArray", "uima.cas.FSArray", "uima.cas.TOP"
META_FEATURES = ("documentId", "documentUri", "collectionId")
"""The features of DocumentMetaData that become metadata of documents."""


class CasSystem:
    """Collects the types of all CASes that are written, so that one type system describes them all.

    The library's own can't be added to once there is anything of its types.
    """

    def __init__(self) -> None:
        self._known: Any = known_types()
        self._built: Any = None
        self._supertypes: dict[str, str] = {}  # a supertype comes before what is below it
        self._features: dict[str, dict[str, str]] = {}  # ranges by feature, by type
        for name in (TOKEN, SENTENCE):
            self.type(name)
        # The library's copy of DKPro Core lacks this one.
        self.type(META, DOCUMENT_ANNOTATION)
        for name in ("documentTitle", *META_FEATURES, "documentBaseUri"):
            self.feature(META, name, STRING)
        self.feature(META, "isLastSegment", BOOLEAN)

    def type(self, name: str, supertype: str = ANNOTATION) -> None:
        """Add a type unless it is there. One of DKPro Core's is as it is there."""
        if name in self._supertypes or name.startswith("uima."):
            return
        known = self._known.get_type(name) if self._known.contains_type(name) else None
        parent = known.supertype.name if known is not None else supertype
        if not parent.startswith("uima.") and not self._known.contains_type(parent) and parent not in self._supertypes:
            parent = ANNOTATION
        self.type(parent)
        self._supertypes[check_type(name)] = parent
        self._features[name] = {}
        self._built = None
        for feature in known.features if known is not None else ():
            self.type(feature.rangeType.name)
            self._features[name][plain(feature.name)] = feature.rangeType.name

    def feature(self, type_: str, name: str, range_: str) -> str:
        """Add a feature to a type unless it or a supertype has it; return its range. Raises FormatError for a name that
        isn't one: the project may be from a stranger.
        """
        above = type_
        while above in self._supertypes:
            if name in self._features[above]:
                return self._features[above][name]
            above = self._supertypes[above]
        self.type(range_)
        self._features[type_][check_feature(name)] = range_
        self._built = None
        return range_

    def built(self) -> Any:  # noqa: ANN401  the library's
        """Return the type system as it is so far."""
        if self._built is not None:
            return self._built
        made = self._built = cassis().TypeSystem()
        for name, supertype in self._supertypes.items():
            made.create_type(name, supertype)
        for name, features in self._features.items():
            for feature, range_ in features.items():
                made.create_feature(name, declared(feature), range_)
        return made

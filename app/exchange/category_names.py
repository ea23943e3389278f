"""Names of errors in files of errors: categories such as `Accuracy/Mistranslation`, and severities such as `Major`."""

from app.core.annotation import Annotation
from app.core.scheme import SEVERITY, Scheme
from app.exchange.label_map import LabelMap

ERROR_LAYER = "error"
"""The layer that errors go to, if the scheme has it."""
ERROR = "Error"
"""The label of an error of which a file says only where and how severe it is."""
OMISSION = "Accuracy/Omission"
"""The label of an omission of which a file says no more."""
MQM_CROSSWALK = "mqm"
"""The name by which schemes map labels to categories of MQM."""


class CategoryNames:
    """Names the labels of a scheme: as they are kept from a file, if that name still means the label; else by the
    scheme's crosswalk of this name; else by the titles of the label and of those above it.
    """

    def __init__(self, scheme: Scheme, crosswalk: str = MQM_CROSSWALK) -> None:
        self._scheme = scheme
        self._crosswalk = crosswalk
        self._meant = LabelMap(scheme)
        self._names: dict[tuple[str, str, str], str] = {}

    def of(self, mark: Annotation, kept: object = None) -> str:
        """Return the category of a mark, whose name in the file it is from may be `kept`."""
        name = kept if isinstance(kept, str) else ""
        key = (mark.layer, mark.label, name)
        if key not in self._names:
            self._names[key] = name if name and self._means(name, mark) else self._made(mark)
        return self._names[key]

    def severity(self, mark: Annotation, kept: object = None) -> str:
        """Return the severity of a mark, "" if it has none; as it is kept if that still means it."""
        given = mark.attributes.get(SEVERITY)
        if not isinstance(given, str):
            return ""
        step = self._scheme.severity(given)
        names = (given,) if step is None else (step.id, step.title)
        if isinstance(kept, str) and kept.casefold() in {name.casefold() for name in names}:
            return kept
        return names[-1]

    def _means(self, name: str, mark: Annotation) -> bool:
        place = self._meant.place(ERROR_LAYER, name)
        return place is not None and (place.layer, place.label) == (mark.layer, mark.label)

    def _made(self, mark: Annotation) -> str:
        layer = self._scheme.layer(mark.layer)
        label = layer.label(mark.label) if layer is not None else None
        if layer is None or label is None:
            return mark.label
        mapped = label.maps.get(self._crosswalk)
        return mapped or layer.path(mark.label).replace(" › ", "/")

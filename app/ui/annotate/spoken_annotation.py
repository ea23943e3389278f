"""Describes an annotation for screen readers: what colour, badge and form show at a glance."""

from collections.abc import Sequence

from app.core.annotation import Annotation
from app.core.scheme import SEVERITY, Scheme
from app.core.validation import problems_of
from app.core.wording import counted, shorten
from app.ui.widgets.announcements import LONGEST

_MOST_RELATIONS = 4  # that are said of one mark; all are in the list beside the text


def annotation_words(annotation: Annotation, scheme: Scheme, text: str | None, *, relations: Sequence[str] = ()) -> str:
    """Return quote, layer and label, severity, correction, evidence, relations and unmet rules, in words.

    `text` is the document's text, to check the quote against; `relations` are in words already, with their rules.
    """
    layer = scheme.layer(annotation.layer)
    label = scheme.label(annotation.layer, annotation.label)
    severity = scheme.severity(annotation.attributes.get(SEVERITY))
    parts = [
        f"“{shorten(annotation.quote, LONGEST)}”" if annotation.quote else "an omission",
        f"{layer.title if layer else annotation.layer}: {label.title if label else annotation.label}",
        f"severity {severity.title}" if severity else "",
        _correction_words(annotation.correction),
        "unsure" if annotation.attributes.get("confidence") == "unsure" else "",
        *(f"evidence that {_STANCES[item.stance]}: “{shorten(item.quote, LONGEST)}”" for item in annotation.evidence),
        *(f"relation: {words}" for words in relations[:_MOST_RELATIONS]),
        f"and {counted(len(relations) - _MOST_RELATIONS, 'more relation')}" if len(relations) > _MOST_RELATIONS else "",
        *(problem.message for problem in problems_of(annotation, scheme=scheme, text=text)),
    ]
    return ". ".join(part.rstrip(".") for part in parts if part) + "."


_STANCES = {"refutes": "refutes it", "supports": "supports it", "context": "gives context"}


def _correction_words(correction: str | None) -> str:
    if correction is None:
        return ""
    return f"corrected to “{shorten(correction, LONGEST)}”" if correction else "to be deleted"

"""Describes an annotation for screen readers: what colour, badge and form show at a glance."""

from collections.abc import Sequence

from app.core import field_values
from app.core.annotation import Annotation, Evidence
from app.core.scheme import SEVERITY, Scheme
from app.core.validation import problems_of
from app.core.wording import counted, shorten
from app.ui.widgets.announcements import LONGEST

_MOST_RELATIONS = 4  # that are said of one mark; all are in the list beside the text


def annotation_words(annotation: Annotation, scheme: Scheme, text: str | None, *, relations: Sequence[str] = ()) -> str:
    """Return quote, layer and label, severity, correction, fields, evidence, relations and unmet rules, in words.

    `text` is the document's text, to check the quote against; `relations` are in words already, with their rules.
    """
    layer = scheme.layer(annotation.layer)
    label = scheme.label(annotation.layer, annotation.label)
    severity = scheme.severity(annotation.attributes.get(SEVERITY))
    parts = [
        _quote_words(annotation, scheme),
        f"{layer.title if layer else annotation.layer}: {label.title if label else annotation.label}",
        f"severity {severity.title}" if severity else "",
        _correction_words(annotation.correction),
        *_field_words(annotation, scheme),
        f"comment: {shorten(annotation.comment, LONGEST)}" if annotation.comment else "",
        *_evidence_words(annotation.evidence),
        *(f"relation: {words}" for words in relations[:_MOST_RELATIONS]),
        f"and {counted(len(relations) - _MOST_RELATIONS, 'more relation')}" if len(relations) > _MOST_RELATIONS else "",
        *(problem.message for problem in problems_of(annotation, scheme=scheme, text=text)),
    ]
    return ". ".join(part.rstrip(".") for part in parts if part) + "."


_STANCES = {"refutes": "refutes it", "supports": "supports it", "context": "gives context"}


def _quote_words(annotation: Annotation, scheme: Scheme) -> str:
    if annotation.quote:
        return f"“{shorten(annotation.quote, LONGEST)}”"
    return "the document as a whole" if scheme.is_about_document(annotation.layer) else "an omission"


def _field_words(annotation: Annotation, scheme: Scheme) -> list[str]:
    """Return the fields that have a value other than the one that a new mark has."""
    layer = scheme.layer(annotation.layer)
    found: list[str] = []
    for attribute in layer.attributes_of(annotation.label) if layer is not None else ():
        value = annotation.attributes.get(attribute.id)
        if attribute.id != SEVERITY and not field_values.is_empty(value) and value != attribute.default:
            found.append(f"{attribute.title}: {shorten(field_values.shown(attribute, value), LONGEST)}")
    return found


def _evidence_words(evidence: Sequence[Evidence]) -> list[str]:
    """Return the pieces, with their sets where there are several."""
    several = len({item.alternative for item in evidence}) > 1
    return [
        f"{f'set {item.alternative}, ' if several else ''}evidence that {_STANCES[item.stance]}: "
        f"“{shorten(item.quote, LONGEST)}”"
        for item in sorted(evidence, key=_set_of)
    ]


def _set_of(evidence: Evidence) -> int:
    return evidence.alternative


def _correction_words(correction: str | None) -> str:
    if correction is None:
        return ""
    return f"corrected to “{shorten(correction, LONGEST)}”" if correction else "to be deleted"

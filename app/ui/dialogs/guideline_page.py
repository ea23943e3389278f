"""The scheme as a guideline to read: layers, labels with their keys, definitions and examples, fields, tie rules."""

from html import escape

from app.core.scheme import SEVERITY, Attribute, FieldKind, Label, Layer, Scheme
from app.ui.dialogs.reader import Page

_NAMES = {SEVERITY: "severity", "correction": "correction", "evidence": "evidence", "comment": "comment"}


def guideline_page(scheme: Scheme) -> Page:
    """Return the whole guideline as one page; all that the scheme says is escaped."""
    parts = [_tag("h1", scheme.title), _tag("p", scheme.tag)]
    parts.extend(_text(scheme.definition))
    for layer in scheme.layers:
        parts.extend(_layer(layer))
    if scheme.severities:
        parts.append(_tag("h2", "Severity"))
        for number, severity in enumerate(scheme.severities):
            title = f"{severity.title} {severity.sign}".strip()
            parts.append(_tag("h3", _keyed(title, f"Alt+{number}")))
            parts.extend(_text(severity.definition))
            parts.append(_tag("p", f"Weight: {severity.weight:g}"))
    if scheme.tie_rules:
        parts.append(_tag("h2", "When several labels fit, the first matching rule applies"))
        parts.append("<ol>" + "".join(_tag("li", text) for text in map(scheme.in_titles, scheme.tie_rules)) + "</ol>")
    return Page("guideline", scheme.title, "".join(parts))


def _layer(layer: Layer) -> list[str]:
    parts = [_tag("h2", _keyed(layer.title, layer.key))]
    for label in layer.labels:
        parts.extend(_label(layer, label))
    fields = [_field(field, layer) for field in layer.attributes]
    if fields:
        parts.append(_tag("h3", f"Fields of {layer.title}"))
        parts.extend(line for lines in fields for line in lines)
    return parts


def _label(layer: Layer, label: Label) -> list[str]:
    parts = [_tag("h3", _keyed(layer.path(label.id), label.key))]
    parts.extend(_text(label.definition))
    if label.group:
        parts.append("<p>This label isn’t given itself, only those under it.</p>")
    if label.example:
        parts.append(f"<p><i>Example:</i> {escape(label.example)}</p>")
    if label.required:
        names = ", ".join(_field_title(layer, name) for name in label.required)
        parts.append(f"<p><i>Needs:</i> {escape(names)}</p>")
    return parts


def _field(field: Attribute, layer: Layer) -> list[str]:
    only = [found.title for name in field.labels if (found := layer.label(name)) is not None]
    scope = f" · only {', '.join(only)}" if only else ""
    parts = [f"<p><b>{escape(_keyed(field.title, field.key))}</b>{escape(scope)}</p>"]
    parts.extend(_text(field.definition))
    if field.kind is FieldKind.CHOICE and field.values:
        values = [f"{v.title}: {v.definition}" if v.definition else v.title for v in field.values]
        parts.append("<ul>" + "".join(_tag("li", value) for value in values) + "</ul>")
    return parts


def _field_title(layer: Layer, name: str) -> str:
    known = layer.attribute(name)
    return known.title if known is not None else _NAMES.get(name, name)


def _text(words: str) -> list[str]:
    return [_tag("p", part) for part in words.split("\n\n") if part.strip()]


def _keyed(title: str, key: str) -> str:
    return f"{title} · {key}" if key else title


def _tag(name: str, words: str) -> str:
    return f"<{name}>{escape(words)}</{name}>"

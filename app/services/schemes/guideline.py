"""The scheme as a guideline to read and print, in Markdown or HTML, with examples from gold."""

import re
from collections.abc import Iterator, Mapping, Sequence
from html import escape
from typing import NamedTuple

from app.core import field_values
from app.core.annotation import Annotation, Relation
from app.core.scheme import SEVERITY, Attribute, FieldKind, Label, Layer, RelationType, Scheme
from app.core.wording import shorten

MOST_EXAMPLES = 3
_AROUND, _LONGEST = 60, 120
_NAMES = {SEVERITY: "severity", "correction": "correction", "evidence": "evidence", "comment": "comment"}
_KINDS = {
    FieldKind.CHOICE: "one of",
    FieldKind.MANY: "any of",
    FieldKind.SCALE: "a step of",
    FieldKind.NUMBER: "a number",
    FieldKind.DATE: "a date",
    FieldKind.TEXT: "free text",
    FieldKind.FLAG: "yes or no",
    FieldKind.ENTITY: "an entity of the list",
}
_SPECIAL = re.compile(r"([\\`*_{}\[\]<>#|~])")


class GoldExample(NamedTuple):
    """A mark of gold in its context, with the title of its document; of a relation both ends, of a label of documents
    no words, only what a comment says.
    """

    before: str
    quote: str
    after: str
    document: str


class _Block(NamedTuple):
    """A piece of the guideline: a heading of a level (h1 to h4), a paragraph (p), or an item of a list (li, or ol in a
    numbered one). `name` is what stands in bold before its text; `example` is quoted.
    """

    kind: str
    text: str
    name: str = ""
    example: GoldExample | None = None


RELATIONS = ""
"""Stands for the layer where examples are of a relation type: no layer has this id."""
Examples = Mapping[tuple[str, str], Sequence[GoldExample]]
"""Examples by layer and label, or by RELATIONS and relation type."""


def example_of(text: str, annotation: Annotation, document: str) -> GoldExample | None:
    """Return a mark in its context; None for one without words."""
    quote = shorten(" ".join(annotation.quote.split()), _LONGEST)
    if not quote:
        return None
    before = text[max(0, annotation.start - _AROUND) : annotation.start]
    after = text[annotation.end : annotation.end + _AROUND]
    if annotation.start > _AROUND:
        before = f"…{before.partition(' ')[2] or before}"
    if annotation.end + _AROUND < len(text):
        after = f"{after.rpartition(' ')[0] or after}…"
    return GoldExample(_line(before), quote, _line(after), document)


def example_of_relation(
    scheme: Scheme, relation: Relation, ends: Mapping[str, Annotation], document: str
) -> GoldExample | None:
    """Return a relation between the words at its `ends` (by uid); None where an end has no words."""
    source, target = (ends.get(uid) for uid in relation.ends)
    kind = scheme.relation(relation.label)
    if source is None or target is None or not source.quote.strip() or not target.quote.strip():
        return None
    arrow = "→" if kind is None or (kind.directed and not kind.chain) else "–"
    words = (shorten(" ".join(end.quote.split()), _LONGEST // 2) for end in (source, target))
    return GoldExample("", f" {arrow} ".join(words), "", document)


def example_of_document(annotation: Annotation, document: str) -> GoldExample:
    """Return a document that has a label of documents, with the comment."""
    return GoldExample(shorten(" ".join(annotation.comment.split()), _LONGEST), "", "", document)


def _line(text: str) -> str:
    return re.sub(r"\s+", " ", text)


def as_markdown(scheme: Scheme, examples: Examples) -> str:
    """Return the guideline in Markdown. What the scheme and the texts say is escaped."""
    lines: list[str] = []
    last = ""
    for block in _blocks(scheme, examples):
        is_item = block.kind in ("li", "ol")
        if lines and not (is_item and last == block.kind):
            lines.append("")
        name = f"**{_marked(block.name)}** " if block.name else ""
        words = name + _marked(block.text)
        if block.example is not None:
            found = block.example
            marked = f"**{_marked(found.quote)}**" if found.quote else ""
            said = f"{_marked(found.before)}{marked}{_marked(found.after)}"
            words = f"> {said} ({_marked(found.document)})" if said else f"> {_marked(found.document)}"
        elif block.kind.startswith("h"):
            words = f"{'#' * int(block.kind[1])} {words}"
        elif is_item:
            words = f"{'-' if block.kind == 'li' else '1.'} {words}"
        lines.append(words)
        last = block.kind
    return "\n".join(lines) + "\n"


def _marked(text: str) -> str:
    return _SPECIAL.sub(r"\\\1", _line(text))


def as_html(scheme: Scheme, examples: Examples) -> str:
    """Return the guideline as an HTML page of its own. What the scheme and the texts say is escaped."""
    lines = ["<!DOCTYPE html>", f'<html lang="{escape(scheme.language or "en")}">', "<head>", '<meta charset="utf-8">']
    lines += [f"<title>{escape(scheme.title)}</title>", f"<style>{_STYLE}</style>", "</head>", "<body>"]
    return "\n".join([*lines, html_body(scheme, examples), "</body>", "</html>"]) + "\n"


def html_body(scheme: Scheme, examples: Examples) -> str:
    """Return what stands in the body of that page, to be shown in a window."""
    lines: list[str] = []
    lists = {"li": "ul", "ol": "ol"}
    last = ""
    for block in _blocks(scheme, examples):
        if last != block.kind and last in lists:
            lines.append(f"</{lists[last]}>")
        if last != block.kind and block.kind in lists:
            lines.append(f"<{lists[block.kind]}>")
        last = block.kind
        name = f"<b>{escape(block.name)}</b> " if block.name else ""
        tag = "li" if block.kind in lists else block.kind
        words = name + escape(block.text)
        if block.example is not None:
            found, tag = block.example, "blockquote"
            marked = f"<mark>{escape(found.quote)}</mark>" if found.quote else ""
            words = f"{escape(found.before)}{marked}{escape(found.after)}"
            words += f" <cite>{escape(found.document)}</cite>"
        lines.append(f"<{tag}>{words}</{tag}>")
    if last in lists:
        lines.append(f"</{lists[last]}>")
    return "\n".join(lines)


_STYLE = "body{max-width:46em;margin:2em auto;padding:0 1em;font-family:sans-serif;line-height:1.5} cite{opacity:.7}"


def _blocks(scheme: Scheme, examples: Examples) -> Iterator[_Block]:
    yield _Block("h1", scheme.title)
    yield _Block("p", scheme.tag)
    yield from _paragraphs(scheme.definition)
    for layer in scheme.layers:
        yield from _layer(scheme, layer, examples)
    if scheme.relations:
        yield _Block("h2", "Relations")
        for relation in scheme.relations:
            yield from _relation(scheme, relation)
            for found in examples.get((RELATIONS, relation.id), ()):
                yield _Block("p", "", example=found)
    if scheme.severities:
        yield _Block("h2", "Severity")
        for number, step in enumerate(scheme.severities):
            yield _Block("h3", _keyed(f"{step.title} {step.sign}".strip(), f"Alt+{number}" if number < 10 else ""))
            yield from _paragraphs(step.definition)
            yield _Block("p", f"{step.weight:g}", "Penalty points:")
    if scheme.tie_rules:
        yield _Block("h2", "Where several labels fit, the first rule that applies wins")
        for rule in scheme.tie_rules:
            yield _Block("ol", scheme.in_titles(rule))


def _layer(scheme: Scheme, layer: Layer, examples: Examples) -> Iterator[_Block]:
    yield _Block("h2", _keyed(layer.title, layer.key))
    yield from _paragraphs(layer.definition)
    if layer.is_about_document:
        needed = "Each document needs it" if layer.required else "A document may have it"
        yield _Block("p", f"It is about the document as a whole. {needed}.")
    for label in layer.labels:
        yield from _label(layer, label, examples)
    if layer.attributes:
        yield _Block("h3", f"Fields of {layer.title}")
        for field in layer.attributes:
            yield from _field(scheme, field, layer)


def _label(layer: Layer, label: Label, examples: Examples) -> Iterator[_Block]:
    yield _Block("h3", _keyed(layer.path(label.id), label.key))
    yield from _paragraphs(label.definition)
    if label.group:
        yield _Block("p", "This label isn’t given itself, only those under it.")
    if label.example:
        yield _Block("p", label.example, "For example:")
    if label.required:
        yield _Block("p", ", ".join(_field_title(layer, name) for name in label.required), "Needs:")
    for found in examples.get((layer.id, label.id), ()):
        yield _Block("p", "", example=found)


def _field(scheme: Scheme, field: Attribute, layer: Layer | None) -> Iterator[_Block]:
    only = [found.title for name in field.labels if layer and (found := layer.label(name)) is not None]
    yield _Block("h4", _keyed(field.title, field.key))
    yield from _paragraphs(field.definition)
    kind = _KINDS[field.kind]
    if field.kind is FieldKind.ENTITY:
        entries = scheme.entity_list(field.entries)
        kind = f"{kind} “{entries.title if entries is not None else field.entries}”"
    elif (field.least is None) != (field.most is None):
        end = f"of at least {field.least:g}" if field.least is not None else f"of at most {field.most:g}"
        kind = f"{kind} {end}"
    if field.least is not None and field.most is not None:
        kind = f"{'a number' if field.kind is FieldKind.SCALE else kind} from {field.least:g} to {field.most:g}"
    named = ((field.least, field.low), (field.most, field.high))
    ends = ", ".join(f"{number:g} is “{name}”" for number, name in named if name)
    said = [f"{kind} in {field.unit}" if field.unit else kind, ends, f"only for {', '.join(only)}" if only else ""]
    said += [f"in steps of {field.step:g}" if field.step and field.step != 1 else ""]
    said += [f"at first {field_values.shown(field, field.default)}" if field.default is not None else ""]
    said += ["required" if field.required else ""]
    yield _Block("p", "; ".join(part for part in said if part), "Takes:")
    for value in field.values:
        rules = (("needs", value.requires), ("does without", value.closes))
        names = {word: ", ".join(_field_title(layer, name) for name in fields) for word, fields in rules if layer}
        more = "; ".join(f"{word} {fields}" for word, fields in names.items() if fields)
        text = " ".join([*value.definition.split("\n"), f"({more})" if more else ""]).strip()
        yield _Block("li", text, f"{_keyed(value.title, value.key)}{':' if text else ''}")


def _relation(scheme: Scheme, relation: RelationType) -> Iterator[_Block]:
    yield _Block("h3", _keyed(relation.title, relation.key))
    yield from _paragraphs(relation.definition)
    for title, ends in (("From:", relation.sources), ("To:", relation.targets)):
        yield _Block("p", ", ".join(_end(scheme, end) for end in ends) or "any mark", title)
    if relation.chain:
        yield _Block("p", "Its marks all mean the same; each is joined to the one before it.")
    elif not relation.directed:
        yield _Block("p", "Its direction doesn’t matter.")
    if relation.example:
        yield _Block("p", relation.example, "For example:")
    for field in relation.attributes:
        yield from _field(scheme, field, None)


def _end(scheme: Scheme, end: str) -> str:
    for layer in scheme.layers:
        if end == layer.id:
            return layer.title
        label = layer.label(end[len(layer.id) + 1 :]) if end.startswith(f"{layer.id}.") else None
        if label is not None:
            return f"{layer.title}: {label.title}"
    return end


def _field_title(layer: Layer, name: str) -> str:
    known = layer.attribute(name)
    return known.title if known is not None else _NAMES.get(name, name)


def _paragraphs(text: str) -> Iterator[_Block]:
    for part in text.split("\n\n"):
        if part.strip():
            yield _Block("p", part.strip())


def _keyed(title: str, key: str) -> str:
    return f"{title} ({key})" if key else title

"""Additions to a scheme's TOML text: labels from a split, a new attribute; all other lines are kept as written."""

import json
import re
from collections.abc import Iterator, Sequence
from typing import Any, cast

import msgspec

from app.core.errors import SchemeError
from app.core.scheme import Attribute, FieldKind, Layer, Scheme
from app.core.scheme_change import AddAttribute, SplitLabel
from app.core.scheme_file import parse_scheme
from app.core.toml_lines import TomlLines

_OWN_LINE = re.compile(r"\s*(id|title|badge|key|takes)\s*=")


def by_hand() -> SchemeError:
    """Return the error for a scheme whose text can't be changed automatically."""
    hint = "edit the file by hand and apply it"
    what = "the scheme is written in a way that Stet can't edit"
    return SchemeError(what, hint=f"{hint} with: stet scheme PROJECT apply FILE", in_window=hint)


def block(found: TomlLines, path: tuple[str | int, ...], lines: Sequence[str]) -> tuple[int, int]:
    """Return the range of lines of a table and its subtables; comments before the next table belong to that one."""
    begin = next((line for line, table in found.headers if table == path), None)
    if begin is None:
        raise by_hand()
    end = next((line for line, table in found.headers if line > begin and table[: len(path)] != path), len(lines) + 1)
    last = end - 1
    while last > begin and (not lines[last - 1].strip() or lines[last - 1].lstrip().startswith("#")):
        last -= 1
    while last < len(lines) and not lines[last].strip() and last < end - 1:
        last += 1
    return begin - 1, last


def replace_in_list(lines: list[str], at: int, old: str, new: Sequence[str]) -> None:
    """Replace an entry by others (or none) in a list of strings that begins at a line; `lines` is changed in place."""
    for line in range(at, len(lines)):
        pattern = rf"([\"']){re.escape(old)}\1" + ("" if new else r"\s*,?[ \t]*")
        replaced, count = re.subn(pattern, lambda m: ", ".join(f"{m[1]}{id}{m[1]}" for id in new), lines[line], count=1)
        if count:
            lines[line] = replaced
            return
        if "]" in lines[line]:
            break
    raise by_hand()


# -- a label beside another --------------------------------------------------------------------------------------------


def _shared(lines: Sequence[str]) -> Iterator[str]:
    """Yield the lines of a label that copies of it have, too; a list may have several lines."""
    is_inside = False
    for line in lines:
        is_own = _OWN_LINE.match(line) is not None
        is_list = is_own and "[" in line
        if not is_own and not is_inside:
            yield line
        is_inside = (is_list or is_inside) and not line.rstrip().endswith("]")


def with_copies(scheme: Scheme, change: SplitLabel) -> str:
    """Return the scheme's text with the missing labels of a split, after the one that is split.

    They are copies of it without its key, title, badge and what it takes from other tools. If the old label isn't kept,
    one of the new labels is left out: the old one is to be renamed to it. Raises SchemeError.
    """
    copies = missing_labels(scheme, change)
    if not copies:
        return scheme.source
    lines, found = scheme.source.split("\n"), TomlLines(scheme.source)
    at = next(n for n, layer in enumerate(scheme.layers) if layer.id == change.layer)
    layer = scheme.layers[at]
    row = next(n for n, label in enumerate(layer.labels) if label.id == change.old)
    begin, end = block(found, ("layer", at, "label", row), lines)
    kept = list(_shared(lines[begin:end]))
    new: list[str] = [] if not lines[end - 1].strip() else [""]
    for label in copies:
        new += [kept[0], f'id = "{label}"', *kept[1:]]
        new += [] if not new[-1].strip() else [""]
    for number, attribute in enumerate(layer.attributes):
        if change.old in attribute.labels:
            line = found.find(("layer", at, "attribute", number, "labels")) - 1
            replace_in_list(lines, line, change.old, (change.old, *copies))
    lines[end:end] = new  # the lists were changed within their lines, so line numbers are still valid
    return "\n".join(lines)


def missing_labels(scheme: Scheme, change: SplitLabel) -> tuple[str, ...]:
    """Return the labels that a split needs copies for: the new ones except the one that the old label is renamed to."""
    layer = scheme.layer(change.layer)
    new = [label for label in change.labels if layer is not None and layer.label(label) is None]
    return tuple(label for label in new if label != successor(scheme, change))


def successor(scheme: Scheme, change: SplitLabel) -> str:
    """Return the label that the old label's lines are for afterwards: itself if it is kept, else a new label if any."""
    if change.old in change.labels:
        return change.old
    layer = scheme.layer(change.layer)
    new = [label for label in change.labels if layer is not None and layer.label(label) is None]
    return new[0] if new else change.rest


def require_split_only(scheme: Scheme, made: Scheme, change: SplitLabel) -> None:
    """Raise SchemeError unless the changed scheme differs from the old one exactly as the split requires."""
    layer, new = scheme.layer(change.layer), made.layer(change.layer)
    copies = missing_labels(scheme, change)
    if layer is None or new is None:
        raise by_hand()
    labels: list[str] = []
    for label in layer.labels:
        labels += [label.id, *copies] if label.id == change.old else [label.id]
    attributes = [
        item if change.old not in item.labels else msgspec.structs.replace(item, labels=_grown(item, change, copies))
        for item in layer.attributes
    ]
    expected = msgspec.structs.replace(
        layer,
        labels=tuple(layer.label(id) or new.label(id) or layer.labels[0] for id in labels),
        attributes=tuple(attributes),
    )
    _require_same(scheme, made, layer, expected)


def _grown(item: Attribute, change: SplitLabel, copies: Sequence[str]) -> tuple[str, ...]:
    labels: list[str] = []
    for label in item.labels:
        labels += [label, *copies] if label == change.old else [label]
    return tuple(labels)


def _require_same(scheme: Scheme, made: Scheme, old: Layer, expected: Layer) -> None:
    layers = tuple(expected if layer is old else layer for layer in scheme.layers)
    wanted = msgspec.structs.replace(scheme, layers=layers, source="")
    if msgspec.structs.replace(made, source="") != wanted:
        raise by_hand()


# -- an attribute ------------------------------------------------------------------------------------------------------


def with_attribute(scheme: Scheme, change: AddAttribute) -> str:
    """Return the scheme's text with an attribute added at the end of a layer. Raises SchemeError."""
    lines = scheme.source.split("\n")
    at = next(n for n, layer in enumerate(scheme.layers) if layer.id == change.layer)
    _, end = block(TomlLines(scheme.source), ("layer", at), lines)
    new = [] if end and not lines[end - 1].strip() else [""]
    lines[end:end] = [*new, *_written(change.attribute), *([""] if end < len(lines) else [])]
    source = "\n".join(lines)
    made = parse_scheme(source, path="the changed scheme")
    layer = scheme.layers[at]
    grown = made.layers[at].attribute(change.attribute.id) if len(made.layers) > at else None
    if grown is None:
        raise by_hand()
    _require_same(scheme, made, layer, msgspec.structs.replace(layer, attributes=(*layer.attributes, grown)))
    return source


def _written(attribute: Attribute) -> list[str]:
    kind = attribute.kind.value if attribute.kind is not FieldKind.CHOICE else None
    given: list[tuple[str, Any]] = [
        ("id", attribute.id),
        ("title", attribute.title or None),
        ("definition", attribute.definition or None),
        ("kind", kind),
        ("default", attribute.default),
        ("unit", attribute.unit or None),
        ("least", attribute.least),
        ("most", attribute.most),
        ("step", attribute.step or None),
        ("low", attribute.low or None),
        ("high", attribute.high or None),
        ("list", attribute.entries or None),
        ("labels", attribute.labels or None),
        ("required", attribute.required or None),
        ("counts", None if attribute.counts else False),
    ]
    lines = ["[[layer.attribute]]", *(f"{key} = {_toml(value)}" for key, value in given if value is not None)]
    for value in attribute.values:
        lines += ["", "[[layer.attribute.value]]", f"id = {_toml(value.id)}"]
        lines += [f"title = {_toml(value.title)}"] if value.title else []
    return lines


def _toml(value: Any) -> str:  # noqa: ANN401
    if isinstance(value, dict):
        pairs = (f"{_toml(key)} = {_toml(item)}" for key, item in cast(dict[str, Any], value).items())
        return f"{{{', '.join(pairs)}}}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(_toml, cast(list[Any], value)))}]"
    # A JSON string is a TOML string too, except for DEL, which TOML requires to be escaped.
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")

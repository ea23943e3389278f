"""Changes of labels in a scheme's TOML text: only the lines concerned are edited, all others are kept as written."""

import re
from collections.abc import Collection, Sequence

import msgspec

from app.core.errors import SchemeError, WrongUse
from app.core.scheme import Label, Layer, Scheme
from app.core.scheme_additions import (
    block,
    by_hand,
    missing_labels,
    replace_in_list,
    require_split_only,
    successor,
    with_attribute,
    with_copies,
)
from app.core.scheme_change import (
    AddAttribute,
    LabelChange,
    SchemeChange,
    SplitLabel,
    label_changes,
    require_attribute,
    require_outside,
    require_split,
)
from app.core.scheme_file import parse_scheme
from app.core.scheme_references import follow_in_text, followed, require_givable, require_references, with_ends
from app.core.toml_lines import TomlLines


def changed_scheme(
    scheme: Scheme, changes: Sequence[SchemeChange], *, outside: Collection[tuple[str, str]] = ()
) -> Scheme:
    """Return the scheme with the changes made and the next version; its `source` is the edited text.

    `outside` are the layers and labels that annotations have and the scheme lacks. They can be merged into a label of
    the scheme, or deleted; that leaves the scheme as it is, except for its version, which the change is recorded under.
    Raises WrongUse for an unknown label and for changes that depend on each other, and SchemeError if the text is
    written in a way that can't be edited automatically.
    """
    labels = label_changes(changes)
    first = changes[0]
    if isinstance(first, AddAttribute):
        require_attribute(scheme, first)
        return _counted_up(scheme, with_attribute(scheme, first))
    if isinstance(first, SplitLabel):
        require_split(scheme, first)
        require_givable(scheme.layer(first.layer), first.labels)
        grown = parse_scheme(with_copies(scheme, first), path="the changed scheme")
        require_split_only(scheme, grown, first)
        grown = with_ends(grown, first.layer, first.old, missing_labels(scheme, first))
        last = successor(scheme, first)
        if last == first.old:
            return _counted_up(scheme, grown.source)
        scheme, labels = grown, (LabelChange(first.layer, first.old, last),)
    _require_apart(scheme, labels, outside)
    labels = tuple(change for change in labels if scheme.label(change.layer, change.old) is not None)
    require_references(scheme, labels)
    source = scheme.source
    for change in sorted(labels, key=lambda item: -_depth(scheme, item)):  # labels under another one go first
        source = _changed(source, change)
    made = _counted_up(scheme, source)
    expected = _expected(scheme, labels, made)
    if msgspec.structs.replace(made, source="") != msgspec.structs.replace(expected, source=""):
        raise by_hand()
    return made


def _counted_up(scheme: Scheme, source: str) -> Scheme:
    source = re.sub(r"(?m)^(version\s*=\s*)\d+", lambda found: f"{found[1]}{scheme.version + 1}", source, count=1)
    made = parse_scheme(source, path="the changed scheme")
    if made.version != scheme.version + 1:
        raise by_hand()
    return made


def _require_apart(scheme: Scheme, changes: Sequence[LabelChange], outside: Collection[tuple[str, str]]) -> None:
    seen: set[tuple[str, str]] = set()
    for change in changes:
        if scheme.label(change.layer, change.old) is None:
            require_outside(scheme, change, outside)
        if change.new == change.old or (change.layer, change.old) in seen:
            raise WrongUse(f"{change.layer}.{change.old} can't be changed twice, or into itself", hint="name it once")
        seen.add((change.layer, change.old))
    for change in changes:
        if change.new is not None and (change.layer, change.new) in seen:
            raise WrongUse(f"{change.layer}.{change.new} is being changed too", hint="make the changes one at a time")


def _depth(scheme: Scheme, change: LabelChange) -> int:
    layer = scheme.layer(change.layer)
    return len(layer.lineage(change.old)) if layer is not None else 0


def _changed(source: str, change: LabelChange) -> str:
    scheme, lines = parse_scheme(source), source.split("\n")
    found = TomlLines(source)
    at = next(n for n, layer in enumerate(scheme.layers) if layer.id == change.layer)
    layer = scheme.layers[at]
    row = next(n for n, label in enumerate(layer.labels) if label.id == change.old)
    path: tuple[str | int, ...] = ("layer", at, "label", row)
    stays = change.new is not None and layer.label(change.new) is None
    new_name = change.new
    for number, attribute in enumerate(layer.attributes):
        if change.old in attribute.labels:
            takes = None if new_name in attribute.labels else new_name
            if takes is None and len(attribute.labels) == 1:
                what = f"only {change.old} has the field “{attribute.title}”; without it, all labels would have it"
                raise SchemeError(what, hint=f"remove “{attribute.id}” from the scheme first")
            line = found.find(("layer", at, "attribute", number, "labels")) - 1
            replace_in_list(lines, line, change.old, () if takes is None else (takes,))
    follow_in_text(scheme, lines, layer, change.old, () if new_name is None else (new_name,))
    if stays:
        line = found.find((*path, "id")) - 1
        pattern = rf"^(\s*id\s*=\s*)([\"']){re.escape(change.old)}\2"
        lines[line], count = re.subn(pattern, lambda m: f"{m[1]}{m[2]}{new_name}{m[2]}", lines[line])
        if count != 1:
            raise by_hand()
    else:
        begin, end = block(found, path, lines)
        del lines[begin:end]
    return "\n".join(lines)


def _expected(scheme: Scheme, changes: Sequence[LabelChange], made: Scheme) -> Scheme:
    """Return the scheme that the edited text should parse to; titles that the file omits follow the id."""
    layers = tuple(_expected_layer(layer, changes, made) for layer in scheme.layers)
    changed = msgspec.structs.replace(scheme, version=scheme.version + 1, layers=layers)
    return followed(changed, {(c.layer, c.old): () if c.new is None else (c.new,) for c in changes})


def _expected_layer(layer: Layer, changes: Sequence[LabelChange], made: Scheme) -> Layer:
    becomes = {change.old: change.new for change in changes if change.layer == layer.id}
    labels: list[Label] = []
    for label in layer.labels:
        new = becomes.get(label.id, label.id)
        if new == label.id:
            labels.append(label)
        elif new is not None and layer.label(new) is None and all(new != other.id for other in labels):
            named = made.label(layer.id, new)
            title, badge = (named.title, named.badge) if named is not None else (label.title, label.badge)
            labels.append(msgspec.structs.replace(label, id=new, title=title, badge=badge))
    attributes = [
        msgspec.structs.replace(
            item, labels=tuple(dict.fromkeys(new for old in item.labels if (new := becomes.get(old, old)) is not None))
        )
        for item in layer.attributes
    ]
    return msgspec.structs.replace(layer, labels=tuple(labels), attributes=tuple(attributes))

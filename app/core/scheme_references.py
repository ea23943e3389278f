"""Where else a scheme names a label: above others in a tree, and at the ends of relations. They follow its changes."""

import re
from collections.abc import Iterable, Mapping, Sequence

import msgspec

from app.core.errors import SchemeError, WrongUse
from app.core.scheme import Layer, RelationType, Scheme
from app.core.scheme_additions import by_hand, replace_in_list
from app.core.scheme_change import LabelChange
from app.core.scheme_file import parse_scheme
from app.core.toml_lines import TomlLines


def require_references(scheme: Scheme, changes: Sequence[LabelChange]) -> None:
    """Raise unless all that names the changed labels can follow: WrongUse if labels would be left without the one above
    them, if a label would be above itself, or marks would get a group; SchemeError if a relation would lose its ends.
    """
    gone = {(c.layer, c.old) for c in changes if c.new is None or scheme.label(c.layer, c.new) is not None}
    for change in changes:
        layer = scheme.layer(change.layer)
        if layer is None or layer.label(change.old) is None:
            continue
        under = [child.id for child in layer.children(change.old) if (layer.id, child.id) not in gone]
        if change.new is None and under:
            what = f"{layer.id}.{change.old} has labels under it: {', '.join(under)}"
            raise WrongUse(what, hint="merge it into another label, which they then belong to, or delete them too")
        if change.new is not None and layer.is_in(change.new, change.old) and change.new != change.old:
            what = f"{layer.id}.{change.new} is under {change.old}, which can't be merged into it"
            raise WrongUse(what, hint=f"merge {change.new} into {change.old}, and then rename that")
        require_givable(layer, [change.new] if change.new is not None else [])
    for relation in scheme.relations:
        _require_ends(relation, changes)


def require_givable(layer: Layer | None, labels: Iterable[str]) -> None:
    """Raise WrongUse if one of the labels is a group, which no mark can have."""
    for label in labels:
        found = layer.label(label) if layer is not None else None
        if layer is not None and found is not None and found.group:
            raise WrongUse(f"{layer.id}.{label} is only a group, which no mark can have", hint="name one under it")


def _require_ends(relation: RelationType, changes: Sequence[LabelChange]) -> None:
    for ends in (relation.sources, relation.targets):
        if ends and not followed_ends(ends, _becomes(changes)):
            what = f"the relation “{relation.title}” has no other ends than {', '.join(ends)}"
            raise SchemeError(what, hint=f"give “{relation.id}” other ends in the scheme first, or remove it")


def _becomes(changes: Sequence[LabelChange]) -> dict[tuple[str, str], tuple[str, ...]]:
    return {(c.layer, c.old): () if c.new is None else (c.new,) for c in changes}


def followed_ends(ends: Sequence[str], becomes: Mapping[tuple[str, str], Sequence[str]]) -> tuple[str, ...]:
    """Return the ends of a relation type, `LAYER` or `LAYER.LABEL`, when labels become others."""
    names = {f"{layer}.{old}": [f"{layer}.{label}" for label in new] for (layer, old), new in becomes.items()}
    return tuple(dict.fromkeys(new for end in ends for new in names.get(end, [end])))


def follow_in_text(scheme: Scheme, lines: list[str], layer: Layer, old: str, new: Sequence[str]) -> None:
    """Change the lines of a scheme's text in which other tables name a label that becomes `new`, of which the first is
    where labels under it belong. `lines` are changed in place, none are added. Raises SchemeError.
    """
    found = TomlLines(scheme.source)
    at = next(number for number, item in enumerate(scheme.layers) if item.id == layer.id)
    for row, label in enumerate(layer.labels):
        if label.parent == old and new and new[0] != old:
            line = found.find(("layer", at, "label", row, "parent")) - 1
            pattern = rf"^(\s*parent\s*=\s*)([\"']){re.escape(old)}\2"
            lines[line], count = re.subn(pattern, lambda m: f"{m[1]}{m[2]}{new[0]}{m[2]}", lines[line])
            if count != 1:
                raise by_hand()
    end = f"{layer.id}.{old}"
    for number, relation in enumerate(scheme.relations):
        for key, ends in (("source", relation.sources), ("target", relation.targets)):
            if end in ends:
                names = [f"{layer.id}.{label}" for label in new]
                taken = [name for name in names if name == end or name not in ends]
                replace_in_list(lines, found.find(("relation", number, key)) - 1, end, taken)


def followed(scheme: Scheme, becomes: Mapping[tuple[str, str], Sequence[str]]) -> Scheme:
    """Return a scheme in which the labels above others and the ends of relations follow; labels themselves stay."""
    layers: list[Layer] = []
    for layer in scheme.layers:
        above = {old: new[0] for (id, old), new in becomes.items() if id == layer.id and new}
        labels = [msgspec.structs.replace(item, parent=above.get(item.parent, item.parent)) for item in layer.labels]
        layers.append(msgspec.structs.replace(layer, labels=tuple(labels)))
    relations = tuple(
        msgspec.structs.replace(
            item, sources=followed_ends(item.sources, becomes), targets=followed_ends(item.targets, becomes)
        )
        for item in scheme.relations
    )
    return msgspec.structs.replace(scheme, layers=tuple(layers), relations=relations)


def with_ends(scheme: Scheme, layer: str, old: str, copies: Sequence[str]) -> Scheme:
    """Return a scheme in which whatever may be an end of a relation as one label may be it as its copies too."""
    found = scheme.layer(layer)
    if found is None or not copies:
        return scheme
    lines = scheme.source.split("\n")
    follow_in_text(scheme, lines, found, old, (old, *copies))
    made = parse_scheme("\n".join(lines), path="the changed scheme")
    wanted = followed(scheme, {(layer, old): (old, *copies)})
    if msgspec.structs.replace(made, source="") != msgspec.structs.replace(wanted, source=""):
        raise by_hand()
    return made

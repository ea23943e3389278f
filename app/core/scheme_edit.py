"""Other labels in a scheme's file: the lines that say so are changed, everything else stays as it was written."""

import re
from collections.abc import Sequence
from typing import NamedTuple

import msgspec

from app.core.errors import SchemeError, WrongUse
from app.core.scheme import Label, Layer, Scheme
from app.core.scheme_file import parse_scheme
from app.core.toml_lines import TomlLines


class LabelChange(NamedTuple):
    """A label of a layer becomes `new`: another name, or a label that is there already; None: it goes."""

    layer: str
    old: str
    new: str | None

    @property
    def title(self) -> str:
        """What is done, in words."""
        return f"{self.layer}.{self.old} → {self.new}" if self.new is not None else f"{self.layer}.{self.old} deleted"


def changed_scheme(scheme: Scheme, changes: Sequence[LabelChange]) -> Scheme:
    """Return the scheme with other labels and the next version; its `source` is the changed text.

    Raises WrongUse for a label that isn't there, and for changes of which one needs another's result; SchemeError
    where the text is written in a way that can't be changed by machine.
    """
    _require_apart(scheme, changes)
    source = scheme.source
    for change in changes:
        source = _changed(source, change)
    source = re.sub(r"(?m)^(version\s*=\s*)\d+", lambda found: f"{found[1]}{scheme.version + 1}", source, count=1)
    made = parse_scheme(source, path="the changed scheme")
    expected = _expected(scheme, changes, made)
    if msgspec.structs.replace(made, source="") != msgspec.structs.replace(expected, source=""):
        raise _by_hand()
    return made


def _by_hand() -> SchemeError:
    hint = "change the file by hand, and put it in force with: stet scheme PROJECT apply FILE"
    return SchemeError("the scheme is written in a way that can't be changed by machine", hint=hint)


def _require_apart(scheme: Scheme, changes: Sequence[LabelChange]) -> None:
    seen: set[tuple[str, str]] = set()
    for change in changes:
        if scheme.label(change.layer, change.old) is None:
            raise WrongUse(
                f"the scheme {scheme.tag} has no label {change.layer}.{change.old}",
                hint="stet scheme PROJECT show lists them",
            )
        if change.new == change.old or (change.layer, change.old) in seen:
            raise WrongUse(f"{change.layer}.{change.old} can't become two things, or itself", hint="name it once")
        seen.add((change.layer, change.old))
    for change in changes:
        if change.new is not None and (change.layer, change.new) in seen:
            raise WrongUse(f"{change.layer}.{change.new} is changed itself", hint="do one after the other")


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
            heir = None if new_name in attribute.labels else new_name
            if heir is None and len(attribute.labels) == 1:
                what = f"only {change.old} has the field “{attribute.title}”, and without it all labels would"
                raise SchemeError(what, hint=f"take “{attribute.id}” out of the scheme first")
            _rename_in_list(lines, found.find(("layer", at, "attribute", number, "labels")) - 1, change.old, heir)
    if stays:
        line = found.find((*path, "id")) - 1
        pattern = rf"^(\s*id\s*=\s*)([\"']){re.escape(change.old)}\2"
        lines[line], count = re.subn(pattern, lambda m: f"{m[1]}{m[2]}{new_name}{m[2]}", lines[line])
        if count != 1:
            raise _by_hand()
    else:
        begin, end = _block(found, path, lines)
        del lines[begin:end]
    return "\n".join(lines)


def _block(found: TomlLines, path: tuple[str | int, ...], lines: Sequence[str]) -> tuple[int, int]:
    """Return the lines of a table with those inside of it; comments over the next table are that one's."""
    begin = next((line for line, table in found.headers if table == path), None)
    if begin is None:
        raise _by_hand()
    end = next((line for line, table in found.headers if line > begin and table[: len(path)] != path), len(lines) + 1)
    last = end - 1
    while last > begin and (not lines[last - 1].strip() or lines[last - 1].lstrip().startswith("#")):
        last -= 1
    while last < len(lines) and not lines[last].strip() and last < end - 1:
        last += 1
    return begin - 1, last


def _rename_in_list(lines: list[str], at: int, old: str, new: str | None) -> None:
    """Change an entry of a list that begins in a line, or take it out."""
    for line in range(at, len(lines)):
        pattern = rf"([\"']){re.escape(old)}\1" + (r"\s*,?[ \t]*" if new is None else "")
        replaced, count = re.subn(pattern, lambda m: "" if new is None else f"{m[1]}{new}{m[1]}", lines[line], count=1)
        if count:
            lines[line] = replaced
            return
        if "]" in lines[line]:
            break
    raise _by_hand()


def _expected(scheme: Scheme, changes: Sequence[LabelChange], made: Scheme) -> Scheme:
    """Return what the changed text should be read as; titles that the file leaves out follow the id."""
    layers = tuple(_expected_layer(layer, changes, made) for layer in scheme.layers)
    return msgspec.structs.replace(scheme, version=scheme.version + 1, layers=layers)


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

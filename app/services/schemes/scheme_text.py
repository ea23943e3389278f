"""Changes of a scheme's TOML text: comments, order and all lines that aren't concerned stay as they are written.

Values are changed with tomlkit. Whole tables are added, removed and moved as lines, because a comment above a table
belongs to that table for who reads the file, and to the one before it for a parser. Every result is parsed and compared
with the value that it should have.
"""

import copy
import tomllib
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any

import tomlkit
from tomlkit.exceptions import TOMLKitError

from app.core.errors import SchemeError
from app.core.scheme_additions import block, by_hand
from app.core.toml_lines import TomlLines

Place = tuple[str | int, ...]
"""A table of the scheme, as a path of keys and numbers such as `("layer", 0, "label", 2)`; `()` is the scheme."""


def tables(text: str) -> dict[str, Any]:
    """Return the values of a TOML text, to be changed. Raises SchemeError."""
    return copy.deepcopy(dict(values_of(text)))


@lru_cache(maxsize=8)
def values_of(text: str) -> Mapping[str, Any]:
    """Return the values of a TOML text, which must not be changed: they are parsed once. Raises SchemeError."""
    try:
        return tomllib.loads(text)
    except (ValueError, RecursionError) as error:  # also of numbers of thousands of digits
        raise SchemeError(f"not TOML: {error}", hint="fix the line") from error


def at(data: Mapping[str, Any], place: Place) -> Any:  # noqa: ANN401  a table or a list of them
    """Return what is at a place; an empty list where a list of tables is left out. Raises SchemeError."""
    found: Any = data
    for step in place:
        if isinstance(step, str) and isinstance(found, dict):
            found = found.get(step, [])
        elif isinstance(step, int) and isinstance(found, list) and 0 <= step < len(found):
            found = found[step]
        else:
            raise by_hand()
    return found


def with_value(text: str, place: Place, key: str, value: object) -> str:
    """Return the text with a value of a table changed or added; with None it is left out. Raises SchemeError."""

    def wanted(table: dict[str, Any]) -> None:
        if value is None:
            table.pop(key, None)
        else:
            table[key] = copy.deepcopy(value)

    before = tables(text)
    if at(before, place).get(key) == value and (value is not None or key not in at(before, place)):
        return text
    expected = copy.deepcopy(before)
    wanted(at(expected, place))

    def by_lines(lines: list[str], found: TomlLines) -> None:
        begin, end = _own_lines(found, place, lines)
        own = _document("".join(f"{line}\n" for line in lines[begin:end]))
        _set(own, key, value)
        lines[begin:end] = own.as_string().removesuffix("\n").split("\n") if own.as_string() else []

    def by_items(document: tomlkit.TOMLDocument) -> None:
        _set(_item(document, place), key, value)

    return _rewritten(text, expected, by_lines, by_items)


def with_table(text: str, tables_at: Place, row: int, values: Mapping[str, Any]) -> str:
    """Return the text with a new table in a list of them, such as `("layer", 0, "label")`, before the one that is at
    `row` now. Raises SchemeError.
    """
    return with_tables(text, tables_at, row, [values])


def with_tables(text: str, tables_at: Place, row: int, new_ones: Sequence[Mapping[str, Any]]) -> str:
    """Return the text with several new tables, as `with_table` does with one: the text is read and written once,
    so that thousands take no longer than they must. Raises SchemeError.
    """
    expected = tables(text)
    above, name = at(expected, tables_at[:-1]), str(tables_at[-1])
    others = above.setdefault(name, [])
    others[row:row] = [copy.deepcopy(dict(values)) for values in new_ones]
    names = [step for step in tables_at if isinstance(step, str)]
    new = [line for values in new_ones for line in table_lines(names, values)]

    def by_lines(lines: list[str], found: TomlLines) -> None:
        if row > 0:
            _, place = block(found, (*tables_at, row - 1), lines)
        elif len(others) > len(new_ones):
            place = _begin(found, (*tables_at, 0), lines)
        elif tables_at[:-1]:
            _, place = block(found, tables_at[:-1], lines)
        else:
            place = len(lines)
        gap = [""] if place and lines[place - 1].strip() else []
        lines[place:place] = [*gap, *new]

    def by_items(document: tomlkit.TOMLDocument) -> None:
        for place, values in enumerate(new_ones, row):
            inline = tomlkit.inline_table()
            inline.update(dict(values))
            _item(document, tables_at).insert(place, inline)

    return _rewritten(text, expected, by_lines, by_items)


def table_lines(names: Sequence[str], values: Mapping[str, Any]) -> list[str]:
    """Return the lines of a table in a list of tables, which is named by the lists above it and its own; lists of
    tables among its values follow it.
    """
    below = {key: value for key, value in values.items() if _is_tables(value)}
    own = {key: _in_line(value) for key, value in values.items() if key not in below}
    lines = [f"[[{'.'.join(names)}]]", *tomlkit.dumps(own).strip().split("\n"), ""]
    for key, items in below.items():
        for item in items:
            lines += table_lines([*names, key], item)
    return lines


def _is_tables(value: object) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(item, dict) for item in value)


def without_table(text: str, place: Place) -> str:
    """Return the text without a table, what is under it and the comment above it. Raises SchemeError."""
    expected = tables(text)
    others = at(expected, place[:-1])
    del others[place[-1]]
    if not others:
        del at(expected, place[:-2])[place[-2]]

    def by_lines(lines: list[str], found: TomlLines) -> None:
        _, end = block(found, place, lines)
        del lines[_begin(found, place, lines) : end]

    def by_items(document: tomlkit.TOMLDocument) -> None:
        items = _item(document, place[:-1])
        del items[place[-1]]
        if not items:
            del _item(document, place[:-2])[place[-2]]

    return _rewritten(text, expected, by_lines, by_items)


def with_table_moved(text: str, place: Place, row: int) -> str:
    """Return the text with a table moved to another row of its list, together with what is under it and the comment
    above it. Raises SchemeError.
    """
    old = place[-1]
    expected = tables(text)
    others = at(expected, place[:-1])
    if not isinstance(old, int) or not 0 <= row < len(others):
        raise by_hand()
    if old == row:
        return text
    others.insert(row, others.pop(old))
    other: Place = (*place[:-1], row)

    def by_lines(lines: list[str], found: TomlLines) -> None:
        begin, (_, end) = _begin(found, place, lines), block(found, place, lines)
        goal = _begin(found, other, lines) if row < old else block(found, other, lines)[1]
        taken = lines[begin:end]
        taken += [""] if taken[-1].strip() else []
        gap = [""] if goal and lines[goal - 1].strip() else []
        lines[goal:goal] = [*gap, *taken]
        begin += len(taken) + len(gap) if goal <= begin else 0
        del lines[begin : begin + end - _begin(found, place, text_lines)]

    def by_items(document: tomlkit.TOMLDocument) -> None:
        items = _item(document, place[:-1])
        item = items[old]
        del items[old]
        items.insert(row, item)

    text_lines = _lines(text)
    return _rewritten(text, expected, by_lines, by_items)


# -- ids, and what names them ------------------------------------------------------------------------------------------


def with_renamed(text: str, place: Place, new: str) -> str:
    """Return the text with the id of a table changed, also where other tables name it. Raises SchemeError."""
    old = at(values_of(text), place).get("id")
    text = with_value(text, place, "id", new)
    return _following(text, place, old, new) if isinstance(old, str) and old else text


def without_named(text: str, place: Place, successor: str = "") -> str:
    """Return the text without a table. What names it names its successor; without one, labels under a label belong to
    the one above it, and lists leave it out; one of labels or of ends of a relation stays if nothing else is in it.
    Raises SchemeError.
    """
    table = at(values_of(text), place)
    text = without_table(text, place)
    old = table.get("id")
    if not isinstance(old, str) or not old:
        return text
    return _following(text, place, old, successor, above=table.get("parent"))


def _following(text: str, place: Place, old: str, new: str, above: str | None = None) -> str:
    match place:
        case ("layer", int(layer), "label", int(_)):
            return _following_label(text, layer, (old, new), above)
        case ("layer", int(_)):
            return _following_layer(text, (old, new))
        case ("layer", int(layer), "attribute", int(_)):
            return _following_field(text, layer, (old, new))
        case (_, _, "attribute", int(_), "value", int(_)):
            return _following_value(text, place, (old, new))
        case ("severity", int(_)):
            for label_at in _labels(values_of(text)):
                text = _in_table(text, label_at, "weights", (old, new))
            return text
        case ("list", int(_)) if new:
            for field_at in _fields(values_of(text)):
                if at(values_of(text), field_at).get("list") == old:
                    text = with_value(text, field_at, "list", new)
            return text
        case _:
            return text


def _labels(data: Mapping[str, Any]) -> list[Place]:
    layers = enumerate(at(data, ("layer",)))
    return [("layer", n, "label", row) for n, layer in layers for row in range(len(layer.get("label", ())))]


def _fields(data: Mapping[str, Any]) -> list[Place]:
    found: list[Place] = []
    for kind in ("layer", "relation"):
        for number, owner in enumerate(at(data, (kind,))):
            found += [(kind, number, "attribute", row) for row in range(len(owner.get("attribute", ())))]
    return found


def _following_label(text: str, layer: int, names: tuple[str, str], above: str | None) -> str:
    data = tables(text)
    old, new = names
    for row, label in enumerate(at(data, ("layer", layer, "label"))):
        if label.get("parent") == old:
            parent = new or above or None
            text = with_value(text, ("layer", layer, "label", row), "parent", parent if parent != label["id"] else None)
    for row, _ in enumerate(at(data, ("layer", layer, "attribute"))):
        text = _in_list(text, ("layer", layer, "attribute", row), "labels", names, stays=True)
    name = at(data, ("layer", layer)).get("id")
    for row, _ in enumerate(at(data, ("relation",))):
        for key in ("source", "target"):
            ends = (f"{name}.{old}", f"{name}.{new}" if new else "")
            text = _in_list(text, ("relation", row), key, ends, stays=True)
    return text


def _following_layer(text: str, names: tuple[str, str]) -> str:
    old, new = names
    for row, relation in enumerate(at(values_of(text), ("relation",))):
        for key in ("source", "target"):
            for end in relation.get(key, ()):
                if end == old or end.startswith(f"{old}."):
                    now = f"{new}{end[len(old) :]}" if new else ""
                    text = _in_list(text, ("relation", row), key, (end, now), stays=True)
    return text


def _following_field(text: str, layer: int, names: tuple[str, str]) -> str:
    data = tables(text)
    for row, _ in enumerate(at(data, ("layer", layer, "label"))):
        place: Place = ("layer", layer, "label", row)
        text = _in_table(_in_list(text, place, "required", names), place, "only", names)
    for row, field in enumerate(at(data, ("layer", layer, "attribute"))):
        for number, _ in enumerate(field.get("value", ())):
            for key in ("requires", "closes"):
                text = _in_list(text, ("layer", layer, "attribute", row, "value", number), key, names)
    return text


def _following_value(text: str, place: Place, names: tuple[str, str]) -> str:
    data, field_at = tables(text), place[:4]
    old, new = names
    field = at(data, field_at)
    if field.get("default") == old:
        text = with_value(text, field_at, "default", new or None)
    text = _in_list(text, field_at, "default", names)
    labels: Sequence[Any] = at(data, (*place[:2], "label")) if place[0] == "layer" else ()
    for row, label in enumerate(labels):
        only = label.get("only", {})
        given = only.get(field.get("id")) if isinstance(only, dict) else None
        if isinstance(given, list) and old in given:
            kept = _renamed(given, names)
            changed = {key: kept if key == field["id"] else value for key, value in only.items()}
            changed = {key: value for key, value in changed.items() if value}
            text = with_value(text, (*place[:2], "label", row), "only", changed or None)
    return text


def _renamed(given: Sequence[Any], names: tuple[str, str]) -> list[Any]:
    old, new = names
    return list(dict.fromkeys(new if item == old else item for item in given if item != old or new))


def _in_list(text: str, place: Place, key: str, names: tuple[str, str], *, stays: bool = False) -> str:
    """Rename or leave out a name in a list; with `stays` the last one isn't left out, for an empty list means any."""
    given = at(values_of(text), place).get(key)
    if not isinstance(given, list) or names[0] not in given:
        return text
    taken = _renamed(given, names)
    return with_value(text, place, key, taken or None) if taken or not stays else text


def _in_table(text: str, place: Place, key: str, names: tuple[str, str]) -> str:
    """Rename a key of a table that is written within a line, or leave it out."""
    given = at(values_of(text), place).get(key)
    old, new = names
    if not isinstance(given, dict) or old not in given:
        return text
    kept = {(new if name == old else name): value for name, value in given.items() if name != old or new}
    return with_value(text, place, key, kept or None)


# -- the text ----------------------------------------------------------------------------------------------------------


def _document(text: str) -> tomlkit.TOMLDocument:
    try:
        return tomlkit.parse(text)
    except TOMLKitError as error:
        raise by_hand() from error


def _set(table: Any, key: str, value: object) -> None:  # noqa: ANN401  a document, or any table of it
    if value is not None:
        table[key] = _in_line(value)
    elif key in table:
        del table[key]


def _in_line(value: object) -> object:
    """Return a table as one that is written within its line; tomlkit would give it a header."""
    if not isinstance(value, dict):
        return value
    made = tomlkit.inline_table()
    made.update(value)
    return made


def _own_lines(found: TomlLines, place: Place, lines: Sequence[str]) -> tuple[int, int]:
    """Return the range of lines with the values of a table, without its header and the tables below it.

    tomlkit writes lists of tables that alternate, such as labels and fields, one list after the other; so it only gets
    to see the lines of one table.
    """
    heads = [line for line, _ in found.headers]
    begin = 0 if not place else next((line for line, table in found.headers if table == place), -1)
    if begin < 0:
        raise by_hand()
    end = next((line - 1 for line in heads if line > begin), len(lines))
    while end > begin and (not lines[end - 1].strip() or lines[end - 1].lstrip().startswith("#")):
        end -= 1
    return begin, end


def _item(document: Any, place: Place) -> Any:  # noqa: ANN401  tomlkit's items are known by what they can do
    for step in place:
        try:
            document = document[step]
        except (KeyError, IndexError, TOMLKitError) as error:
            raise by_hand() from error
    return document


def _lines(text: str) -> list[str]:
    return text.replace("\r\n", "\n").split("\n")


def _begin(found: TomlLines, place: Place, lines: Sequence[str]) -> int:
    """Return the first line of a table: that of the comment right above it, if there is one."""
    begin, _ = block(found, place, lines)
    while begin > 0 and lines[begin - 1].lstrip().startswith("#"):
        begin -= 1
    return begin


def _rewritten(
    text: str,
    expected: Mapping[str, Any],
    by_lines: Callable[[list[str], TomlLines], None],
    by_items: Callable[[tomlkit.TOMLDocument], None],
) -> str:
    """Return the text changed by lines or, where tables are written within a line, by items."""
    lines = _lines(text)
    try:
        by_lines(lines, TomlLines("\n".join(lines)))
        return _checked(_ended("\n".join(lines), text), expected)
    except SchemeError:
        document = _document(text)
        try:
            by_items(document)
        except (ValueError, TypeError, AttributeError, TOMLKitError) as error:  # no list that is written within a line
            raise by_hand() from error
        return _checked(_ended(document.as_string(), text), expected)


def _ended(new: str, old: str) -> str:
    """Return a new text with the line ends of the old one, and one at its end."""
    new = new.replace("\r\n", "\n").rstrip("\n") + "\n"
    return new.replace("\n", "\r\n") if "\r\n" in old else new


def _checked(text: str, expected: Mapping[str, Any]) -> str:
    if tables(text) != expected:
        raise by_hand()
    return text

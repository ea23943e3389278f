"""The names of labels and users that a file of doccano gives by number.

Exports of 2019 to 2021 have the numbers of its database. doccano exports the labels of a project as a file of their own
(“Labels”, “Export”), which is looked for beside the records.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple, cast

import msgspec

from app.core.errors import FormatError
from app.exchange.source import Source, read_failed

_LARGEST = 4 * 1024 * 1024
_LABELS = ("label_config.json", "labels.json", "label_list.json", "label.json")
_USERS = ("users.json", "members.json")
_NAMES = ("text", "name", "label", "username")


class NumberLists(NamedTuple):
    """Names by number, as texts."""

    labels: Mapping[str, str]
    users: Mapping[str, str]

    @classmethod
    def beside(cls, source: Source, given: str = "") -> "NumberLists":
        """Return those of the files beside a source; `given` is the file of labels that a person named.

        Raises FormatError if that isn't there or isn't a list of labels.
        """
        if given:
            path = Path(given)
            return cls(_read(path if path.is_absolute() else source.folder / path, is_asked_for=True), _users(source))
        return cls(_first(source, _LABELS), _users(source))


def _users(source: Source) -> Mapping[str, str]:
    return _first(source, _USERS)


def _first(source: Source, names: tuple[str, ...]) -> Mapping[str, str]:
    for name in names:
        found = source.companion(name)
        if found is not None and found.path != source.path:
            return _read(found.path, is_asked_for=False)
    return {}


def _read(path: Path, *, is_asked_for: bool) -> Mapping[str, str]:
    try:
        with path.open("rb") as file:
            data = file.read(_LARGEST)
    except OSError as error:
        raise read_failed(path, error) from error
    try:
        items: Any = msgspec.json.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        items = None
    found = dict(filter(None, map(_named, cast("list[object]", items)))) if isinstance(items, list) else {}
    if not found and is_asked_for:
        hint = "use the file that doccano exports under “Labels”: a list of objects with “id” and “text”"
        raise FormatError("this isn't a list of labels", hint=hint, path=path)
    return found


def _named(item: object) -> tuple[str, str] | None:
    if not isinstance(item, dict):
        return None
    values = cast("dict[str, object]", item)
    id = values.get("id")
    name = next((each for key in _NAMES if isinstance(each := values.get(key), str)), None)
    return (str(id), name) if isinstance(id, int) and name is not None else None

"""Which files of a folder are a data set's, of which split each is, and what the folder tells of their columns."""

import fnmatch
import re
from collections.abc import Iterator, Mapping, Sequence
from os.path import isfile
from pathlib import Path
from typing import Any, NamedTuple, cast

from app.exchange.formats.huggingface.card_header import header_of
from app.exchange.formats.huggingface.features import ClassNames, names_in_card, names_in_info
from app.exchange.formats.huggingface.rows import ARROW
from app.exchange.source import files_in, read_failed

CARD = "README.md"
INFOS = ("dataset_info.json", "dataset_infos.json")
SUFFIXES = (*ARROW, ".jsonl", ".json", ".ndjson")
_OTHERS = (*INFOS, "dataset_dict.json", "state.json")
_ARGILLA = (".argilla/settings.json", ".argilla/dataset.json", "argilla.yaml", "argilla.cfg")
_LOOKED_AT = 2_000  # files in which one of a data set is looked for
_LARGEST = 32 * 1024 * 1024  # of a card or an info, in bytes
_WORDS = {
    "train": ("train", "training"),
    "validation": ("validation", "valid", "val", "dev"),
    "test": ("test", "testing", "eval", "evaluation"),
}
"""How the Hub knows splits in the names of files and folders;
https://huggingface.co/docs/hub/datasets-file-names-and-splits."""


class DataFile(NamedTuple):
    """A file with rows, its name in the folder, and its split, "" if nothing tells it."""

    path: Path
    name: str
    split: str


class DataFolder:
    """A folder of a data set."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._header = header_of(_read(folder / CARD).decode("utf-8", "replace"))

    @property
    def argilla_settings(self) -> str:
        """The name of the settings that Argilla wrote for it, "" if there are none."""
        found = (name for name in _ARGILLA if (self.folder / name).is_file())
        return next(found, "") if next(self._data(), None) is not None else ""

    @property
    def reason(self) -> str:
        """Why it is taken for a data set, "" if it isn't, or is Argilla's."""
        if next(self._data(), None) is None or self.argilla_settings:
            return ""
        if (self.folder / "dataset_dict.json").is_file():
            return "it has dataset_dict.json"
        told = next((name for name in INFOS if names_or_features(self.folder / name)), "")
        if told:
            return f"it has {told} with features"
        if "dataset_info" in self._header or self._patterns():
            return f"its {CARD} describes a data set"
        parquet = next((each for each in self._data() if each.suffix.lower() in ARROW and split_of(each.name)), None)
        return f"it has {parquet.relative_to(self.folder).as_posix()}" if parquet is not None else ""

    def files(self) -> list[DataFile]:
        """Return its files with rows, in order of their names."""
        patterns = self._patterns()
        found: list[DataFile] = []
        for path in files_in(self.folder):
            if is_data(path):
                name = path.relative_to(self.folder).as_posix()
                told = next((split for split, pattern in patterns if fnmatch.fnmatch(name, pattern)), None)
                found.append(DataFile(path, name, split_of(name) if told is None else told))
        return found

    def _data(self) -> Iterator[Path]:
        for count, path in enumerate(files_in(self.folder)):
            if is_data(path):
                yield path
            if count > _LOOKED_AT:
                return

    def _patterns(self) -> list[tuple[str, str]]:
        """Return the splits that the card tells, with the names of their files."""
        found: list[tuple[str, str]] = []
        for config in _items(self._header.get("configs")):
            data: Any = config.get("data_files")
            if isinstance(data, str):
                found.append(("train", data))
            for each in _items(data):
                paths: Any = each.get("path")
                for path in cast("list[object]", paths) if isinstance(paths, list) else [paths]:
                    if isinstance(path, str):
                        found.append((str(each.get("split") or "train"), path))
        return found


def is_data(path: Path) -> bool:
    """Whether a file is one with rows, by its name."""
    return path.suffix.lower() in SUFFIXES and path.name not in _OTHERS and not path.name.startswith("cache-")


def split_of(name: str) -> str:
    """Return the split of a file by its name, else by those of its folders; "" if none tells it."""
    for part in reversed(name.lower().split("/")):
        words = re.split(r"[^a-z0-9]+", part)
        for split, known in _WORDS.items():
            if any(word in words for word in known):
                return split
    return ""


def told_names(path: Path, root: Path | None = None) -> ClassNames:
    """Return the names of numbers that the files beside one tell, and those of the folders above it up to a data set's
    root. Of a single file, only its folder and one called `data` or after a split are looked at.
    """
    folders = [path.parent]
    while root is not None and folders[-1] != root and root in folders[-1].parents:
        folders.append(folders[-1].parent)
    if root is None and (path.parent.name == "data" or split_of(path.parent.name)):
        folders.append(path.parent.parent)
    names: dict[str, list[str]] = {}
    for folder in reversed(folders):  # the nearest counts most
        names.update(names_in_card(header_of(_read(folder / CARD).decode("utf-8", "replace"))))
        for info in INFOS:
            names.update(names_in_info(_read(folder / info)))
    return names


def names_or_features(path: Path) -> bool:
    """Whether a file is an info that tells features."""
    return b'"features"' in _read(path)


def _read(path: Path) -> bytes:
    """Return the contents of a small file, nothing if it isn't there. Raises FormatError if it can't be read."""
    if not isfile(path):
        return b""
    try:
        with path.open("rb") as file:
            return file.read(_LARGEST)
    except OSError as error:
        raise read_failed(path, error) from error


def _items(value: object) -> Sequence[Mapping[str, Any]]:
    items = cast("list[object]", value) if isinstance(value, list) else []
    return [cast("dict[str, Any]", each) for each in items if isinstance(each, dict)]

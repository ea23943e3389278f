"""The entries of a list of entities: reading them from CSV, and finding them while somebody types."""

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from pathlib import Path

from app.core.byte_order_mark import decode_marked
from app.core.csv_table import CsvRow, read_csv
from app.core.errors import FormatError
from app.core.scheme import Entry
from app.core.search_folding import WORDS, fold

LARGEST = 64 * 2**20  # bytes of a file; a million entries
_LONGEST = 1_000  # characters of a cell
_COMPARED = 10_000  # words, at most, that begin as what was typed
_COLUMNS = ("id", "title", "description", "aliases")


class EntryIndex:
    """Finds entries by the beginnings of their words, in any spelling that the search for documents takes for equal."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        self._entries = tuple(entries)
        words: list[tuple[str, bool, int]] = []  # those that are a whole name come first among the same
        self._names: list[tuple[str, ...]] = []
        for at, entry in enumerate(self._entries):
            names = tuple(fold(name, WORDS) for name in (entry.title, *entry.aliases))
            self._names.append(names)
            whole = {entry.id.casefold(), *names}
            parts = {word for name in names for word in name.split()}
            words.extend((word, word not in whole, at) for word in parts | {entry.id.casefold()})
        self._words = sorted(words)

    def __len__(self) -> int:
        return len(self._entries)

    def find(self, text: str, *, most: int = 40) -> Sequence[Entry]:
        """Return entries that have, for each word of a text, a word that begins with it; at most `most`.

        First come those that are called so, then those whose name begins so, else they keep the order of the list.
        Without a word the first of the list are returned. Where a text fits very many, only some of them are compared.
        """
        typed = fold(text, WORDS)
        wanted = typed.split() or ([text.strip().casefold()] if text.strip() else [])
        if not wanted:
            return self._entries[:most]
        ranges = {word: self._beginning(word) for word in wanted}
        rarest = min(wanted, key=lambda word: len(ranges[word]))
        found = {at for *_, at in self._words[ranges[rarest].start : ranges[rarest].stop][:_COMPARED]}
        others = [word for word in wanted if word != rarest]
        fitting = [at for at in found if all(self._has(at, word) for word in others)]
        fitting.sort(key=lambda at: (self._rank(at, typed), at))
        return [self._entries[at] for at in fitting[:most]]

    def _beginning(self, word: str) -> range:
        """Return where the words are that begin with one."""
        first, behind = (word, False, -1), (word + "\U0010ffff", False, -1)
        return range(bisect_left(self._words, first), bisect_left(self._words, behind))

    def _has(self, at: int, word: str) -> bool:
        if self._entries[at].id.casefold().startswith(word):
            return True
        return any(part.startswith(word) for name in self._names[at] for part in name.split())

    def _rank(self, at: int, typed: str) -> int:
        names = self._names[at]
        if typed in names or self._entries[at].id.casefold() == typed:
            return 0
        return 1 if names[0].startswith(typed) else 2


def read_entries(data: bytes, *, path: Path) -> list[Entry]:
    """Return the entries of a CSV file with the columns `id` and `title`, and perhaps `description` and `aliases` (with
    `|` between). A semicolon or a tab may stand for the comma.

    Raises FormatError, with the line, for a file that isn't UTF-8, lacks a column, or has an id twice or none.
    """
    try:
        text = decode_marked(data)
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise FormatError("not UTF-8", hint="save the list as CSV in UTF-8", path=path, line=line) from error
    rows = read_csv(text, path=path)
    titles = [title.strip().casefold() for title in next(rows, CsvRow(1, [])).cells]
    for name in _COLUMNS[:2]:
        if name not in titles:
            what = f"the column “{name}” is missing"
            raise FormatError(what, hint="the first line must name the columns id and title", path=path, line=1)
    return _entries(rows, {name: titles.index(name) for name in _COLUMNS if name in titles}, path)


def _entries(rows: Iterable[CsvRow], places: dict[str, int], path: Path) -> list[Entry]:
    found: list[Entry] = []
    lines: dict[str, int] = {}
    for line, row in rows:
        if not any(cell.strip() for cell in row):
            continue
        cells = {name: row[at].strip()[:_LONGEST] if at < len(row) else "" for name, at in places.items()}
        if not cells["id"] or not cells["title"]:
            missing = "id" if not cells["id"] else "title"
            raise FormatError(f"the entry has no {missing}", hint="give each entry both", path=path, line=line)
        if cells["id"] in lines:
            what = f"the id “{cells['id'][:60]}” is used twice, first in line {lines[cells['id']]}"
            raise FormatError(what, hint="give each entry its own", path=path, line=line)
        lines[cells["id"]] = line
        aliases = tuple(part.strip() for part in cells.get("aliases", "").split("|") if part.strip())
        found.append(
            Entry(id=cells["id"], title=cells["title"], description=cells.get("description", ""), aliases=aliases)
        )
    return found

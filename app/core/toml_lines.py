"""Finding the line of a value in a TOML text, which the standard parser doesn't report."""

import re

_HEADER = re.compile(r"\s*(\[\[?)\s*([^\[\]]+?)\s*\]\]?\s*(?:#.*)?$")
_KEY = re.compile(r"\s*([A-Za-z0-9_-]+|\"[^\"]*\"|'[^']*')\s*=\s*(.*)$")
_QUOTES = ('"""', "'''")


class TomlLines:
    """Line numbers (1-based) of the tables and keys of a TOML text.

    Understands `[a.b]`, `[[a.b]]` and `key = value` lines, the forms that schemes use, and skips multi-line strings. An
    unknown path falls back to its nearest known parent, then to line 1.
    """

    def __init__(self, source: str) -> None:
        self._lines: dict[tuple[str | int, ...], int] = {}
        self.headers: list[tuple[int, tuple[str | int, ...]]] = []
        """Line and path of each table, in order."""
        table: tuple[str | int, ...] = ()
        counts: dict[tuple[str | int, ...], int] = {}
        quote = ""
        for number, line in enumerate(source.split("\n"), 1):
            if quote:
                quote = "" if quote in line else quote
                continue
            header = _HEADER.match(line)
            if header:
                table = self._table(header, counts)
                self._lines.setdefault(table, number)
                self.headers.append((number, table))
                continue
            key = _KEY.match(line)
            if key:
                self._lines.setdefault((*table, key[1].strip("\"'")), number)
                quote = next((q for q in _QUOTES if key[2].startswith(q) and key[2].count(q) == 1), "")

    def _table(self, header: re.Match[str], counts: dict[tuple[str | int, ...], int]) -> tuple[str | int, ...]:
        names = [name.strip().strip("\"'") for name in header[2].split(".")]
        path: tuple[str | int, ...] = ()
        for at, name in enumerate(names):
            path = (*path, name)
            if at == len(names) - 1 and header[1] == "[[":
                counts[path] = counts.get(path, -1) + 1
            if path in counts:
                path = (*path, counts[path])
        return path

    def find(self, path: tuple[str | int, ...]) -> int:
        """Return the line of a value such as `("layer", 0, "label", 2, "key")`."""
        while path:
            if path in self._lines:
                return self._lines[path]
            path = path[:-1]
        return 1

    def place(self, line: int) -> tuple[str | int, ...]:
        """Return the path of the table or value that begins on a line, or of the nearest one above it."""
        found: tuple[int, tuple[str | int, ...]] = (0, ())
        for path, begin in self._lines.items():
            if found[0] < begin <= line:
                found = (begin, path)
        return found[1]

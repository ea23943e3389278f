"""Records of large JSON Lines files that are found by a key: files of pages or abstracts that others refer to.

Only where the wanted ones stand is kept, so that files of any size can be read.
"""

from collections.abc import Callable, Collection, Iterable
from pathlib import Path
from typing import NamedTuple

from app.core.errors import FormatError
from app.exchange.format import LARGEST
from app.exchange.json_lines import JsonLine, lines
from app.exchange.source import Source


class _Place(NamedTuple):
    path: Path
    line: int
    byte: int


class KeyedLines:
    """Finds lines by key. `key_of` returns the key of a line's bytes, None for a line without one. Of several lines
    with a key the first counts.
    """

    def __init__(self, paths: Iterable[Path], key_of: Callable[[bytes], str | None], wanted: Collection[str]) -> None:
        """Read the files once. Raises FormatError for one that can't be read."""
        self._places: dict[str, _Place] = {}
        for path in paths if wanted else ():
            for line in lines(path):
                key = key_of(line.data)
                if key is not None and key in wanted:
                    self._places.setdefault(key, _Place(path, line.number, line.byte))

    def __contains__(self, key: str) -> bool:
        return key in self._places

    def path_of(self, key: str) -> Path:
        """Return the file that has a key. Raises KeyError."""
        return self._places[key].path

    def get(self, key: str) -> JsonLine | None:
        """Return the line with a key, None if there is none. Raises FormatError if the file can't be read."""
        place = self._places.get(key)
        if place is None:
            return None
        with Source(place.path).open() as file:
            file.seek(place.byte)
            data = file.readline(LARGEST)
        data = data.removeprefix(b"\xef\xbb\xbf").strip(b" \t\r\n")
        if not data:
            raise FormatError("the file changed while it was read", hint="import again", path=place.path)
        return JsonLine(place.line, place.byte, data, False)

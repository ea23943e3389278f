"""Finding the entries of a project's lists of entities, of which some lie in files beside the project."""

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from app.core import os_faults
from app.core.entity_list import LARGEST, EntryIndex, read_entries
from app.core.errors import BadChoice, FormatError
from app.core.scheme import EntityList, Entry
from app.session.session import Session


class _Known(NamedTuple):
    stamp: tuple[int, int]
    entries: EntryIndex


class Entries:
    """The entries of the scheme's lists. A file is read when it is first asked for, and again when it has changed."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._of_files: dict[Path, _Known] = {}
        self._of_scheme: dict[str, tuple[EntityList, EntryIndex]] = {}

    def find(self, entries: str, text: str) -> Sequence[Entry]:
        """Return entries of a list (id) that fit a text, the best first. Raises StetError if the list can't be read."""
        return self.index(entries).find(text)

    def index(self, entries: str) -> EntryIndex:
        """Return the entries of a list. Raises BadChoice for an unknown one, FormatError for a file that is missing,
        too large, empty or no such list.
        """
        found = self._session.scheme.entity_list(entries)
        if found is None:
            known = ", ".join(item.id for item in self._session.scheme.entity_lists) or "none"
            raise BadChoice(f"the scheme has no list “{entries}”", hint=f"it has: {known}")
        if found.file:
            return self._of_file(self._session.path.parent / found.file)
        known_list, index = self._of_scheme.get(entries, (None, None))
        if known_list is not found or index is None:
            index = EntryIndex(found.entries)
            self._of_scheme[entries] = (found, index)
        return index

    def _of_file(self, path: Path) -> EntryIndex:
        try:
            facts = path.stat()
            stamp = (facts.st_mtime_ns, facts.st_size)
            known = self._of_files.get(path)
            if known is not None and known.stamp == stamp:
                return known.entries
            if facts.st_size > LARGEST:
                what = f"the list is larger than {LARGEST // 2**20} MB"
                raise FormatError(what, hint="divide it into several lists", path=path)
            data = path.read_bytes()
        except FileNotFoundError as error:
            what = "there is no such list beside the project"
            raise FormatError(what, hint="put it there, or change “file” in the scheme", path=path) from error
        except OSError as error:
            what, hint = os_faults.describe(error)
            raise FormatError(f"can't be read: {what}", hint=hint, path=path) from error
        index = EntryIndex(read_entries(data, path=path))
        if not len(index):
            raise FormatError("the list has no entries", hint="give each a line, with its id and title", path=path)
        self._of_files[path] = _Known(stamp, index)
        return index

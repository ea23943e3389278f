"""The formats there are: our own, and those that other packages bring."""

from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from typing import NamedTuple

from app.core.errors import BadChoice, FormatError
from app.exchange.format import HEAD, Format
from app.exchange.formats.stet_jsonl.reader import StetReader
from app.exchange.formats.stet_jsonl.writer import StetWriter
from app.exchange.formats.text import TextReader
from app.exchange.formats.training.writer import TrainingWriter

GROUP = "stet.formats"

BUILT_IN = (
    Format("stet", "Stet's own JSONL: everything, one document per line", StetReader(), StetWriter()),
    Format("text", "plain text files, one document each", TextReader()),
    Format("training", "flat JSONL for training: spans, claims, errors, corrected text", None, TrainingWriter()),
)

# What loading foreign code can reasonably end in; none of it may keep Stet from working.
_LOAD_ERRORS = (ImportError, SyntaxError, AttributeError, TypeError, ValueError, LookupError, OSError, RuntimeError)
_BREAKS = (*_LOAD_ERRORS, NameError, ArithmeticError, AssertionError)


class BrokenFormat(NamedTuple):
    """A format that couldn't be loaded, and why."""

    name: str
    origin: str
    reason: str


class Registry:
    """Formats by name. Those of other packages are loaded when first asked for."""

    def __init__(self, built_in: tuple[Format, ...] = BUILT_IN) -> None:
        self._formats = {item.name: item for item in built_in}
        self._broken: list[BrokenFormat] = []
        self._is_complete = False

    def all(self) -> list[Format]:
        """Return every format that works, our own first."""
        self._complete()
        return list(self._formats.values())

    def broken(self) -> list[BrokenFormat]:
        """Return the formats of other packages that don't work."""
        self._complete()
        return self._broken

    def get(self, name: str) -> Format:
        """Return a format by name. Raises FormatError, or BadChoice, naming those there are."""
        if name not in self._formats:
            self._complete()
        found = self._formats.get(name)
        if found is None:
            hint = f"use one of: {', '.join(sorted(self._formats))}"
            broken = next((item for item in self._broken if item.name == name), None)
            if broken:
                raise FormatError(f"the format “{name}” of {broken.origin} can't be loaded: {broken.reason}", hint=hint)
            raise BadChoice(f"unknown format “{name}”", hint=hint)
        return found

    def for_file(self, path: Path) -> Format | None:
        """Return the format whose reader claims the file, or None. Raises FormatError if it can't be read."""
        try:
            with path.open("rb") as file:
                head = file.read(HEAD)
        except OSError as error:
            hint = "check its path and permissions"
            raise FormatError(f"can't be read: {error.strerror}", hint=hint, path=path) from error
        own = self._claiming(path, head)
        if own is None and not self._is_complete:
            self._complete()
            own = self._claiming(path, head)
        return own

    def _claiming(self, path: Path, head: bytes) -> Format | None:
        return next((f for f in self._formats.values() if f.reader and f.reader.claims(path, head)), None)

    def _complete(self) -> None:
        if not self._is_complete:
            self._is_complete = True
            for entry in entry_points(group=GROUP):
                self._load(entry)

    def _load(self, entry: EntryPoint) -> None:
        origin = entry.dist.name if entry.dist else entry.value
        try:
            loaded = entry.load()
        except _BREAKS as error:
            self._broken.append(BrokenFormat(entry.name, origin, f"{type(error).__name__}: {error}"))
            return
        if not isinstance(loaded, Format) or not (loaded.reader or loaded.writer):
            reason = "the entry point doesn't name a Format with a reader or a writer"
            self._broken.append(BrokenFormat(entry.name, origin, reason))
        elif loaded.name in self._formats:
            self._broken.append(BrokenFormat(entry.name, origin, f"a format “{loaded.name}” already exists"))
        else:
            self._formats[loaded.name] = loaded._replace(origin=origin)

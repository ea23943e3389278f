"""The texts that annotations in another file are about: in that file, beside it, or in the project already."""

from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath
from typing import Any, NamedTuple
from urllib.parse import unquote, urlsplit

from app.core.document import Document
from app.core.errors import FormatError
from app.exchange.format import ReadOptions
from app.exchange.formats.text import text_document
from app.exchange.option import FormatOption, OptionKind
from app.exchange.source import Source, read_failed

TEXT = FormatOption(
    "text",
    "File of the text",
    OptionKind.TEXT,
    "",
    help="The text that the annotations are about, by the name of its file beside this one.",
)
_SUFFIXES = (".txt", ".text", ".md")
_KNOWN = (".json", ".jsonld", ".jsonl", ".w3c", ".annotations", ".hypothesis")


class FoundText(NamedTuple):
    """A text with the name and metadata of its document."""

    name: str
    text: str
    meta: Mapping[str, Any]


class AnnotatedTexts:
    """Finds the texts of the annotations in a file (`source`)."""

    def __init__(self, source: Source, options: ReadOptions) -> None:
        self._source = source
        self._options = options
        self._given: dict[str | None, FoundText] = {}
        self._found: dict[tuple[str | None, tuple[str, ...]], FoundText | None] = {}

    def add(self, address: str | None, text: FoundText) -> None:
        """Add a text that stands in the file itself."""
        self._given.setdefault(address, text)

    def find(self, address: str | None, *names: str) -> FoundText | None:
        """Return the text at an address, or of a document with one of these names, None if there is none at hand.

        Raises FormatError for a file that isn't a text.
        """
        if address in self._given:
            return self._given[address]
        key = (address, names)
        if key not in self._found:
            self._found[key] = self._searched(address, names)
        return self._found[key]

    def _searched(self, address: str | None, names: tuple[str, ...]) -> FoundText | None:
        chosen = str(self._options.own.get(TEXT.name) or "")
        for name in [chosen] if chosen else self._file_names(address, names):
            beside = self._companion(name)
            if beside is not None:
                return self._read(beside)
        if chosen:
            raise FormatError(f"there is no {chosen[:80]} beside it", hint="name another file", path=self._source.path)
        for name in (address, *names, *self._bases(address)):
            known = self._options.document(name) if name else None
            if known is not None:
                return _of_project(known)
        return self._only_one() if address is None else None

    def missing(self, address: str | None, *names: str) -> FormatError:
        """Return the error for a text that isn't found."""
        wanted = next(iter(self._file_names(address, names)), "TEXT.txt")
        what = f"the text of “{(address or self._source.name)[:80]}” isn't there"
        hint = f"put it beside the file as {wanted[:80]}, or import it first"
        return FormatError(what, hint=hint, path=self._source.path)

    def _file_names(self, address: str | None, names: tuple[str, ...]) -> Iterator[str]:
        """Yield the names that the file with a text may have, the likeliest first."""
        stems = list(self._stems())
        if address is None:
            yield from (stem + suffix for stem in stems for suffix in _SUFFIXES)
            yield from (stem for stem in stems if PurePosixPath(stem).suffix in _SUFFIXES)
        for base in (*self._bases(address), *names):
            plain = base.replace("/", "_")
            for name in dict.fromkeys((base, plain)):
                yield name
                yield from (f"{stem}.{name}" for stem in stems)
                if PurePosixPath(name).suffix not in _SUFFIXES:
                    yield f"{name}.txt"
                    yield str(PurePosixPath(name).with_suffix(".txt")) if PurePosixPath(name).name else name

    def _stems(self) -> Iterator[str]:
        """Yield the file's name without what tells that it has annotations: `a.w3c` and `a` for `a.w3c.json`."""
        name = PurePosixPath(self._source.path.name)
        while name.suffix.lower() in _KNOWN:
            name = name.with_suffix("")
            yield str(name)

    @staticmethod
    def _bases(address: str | None) -> Iterator[str]:
        """Yield the path of an address, and its last part."""
        if not address:
            return
        try:
            parts = urlsplit(address)
        except ValueError:  # what only looks like an address
            return
        path = unquote(parts.path).strip("/")
        if not parts.scheme and not parts.netloc and path:
            yield path
        last = path.rpartition("/")[2]
        if last and (last != path or parts.scheme or parts.netloc):
            yield last

    def _companion(self, name: str) -> Source | None:
        try:
            found = self._source.companion(name)
        except FormatError:
            return None  # no name of a file
        is_text = PurePosixPath(name).suffix.lower() in ("", *_SUFFIXES)
        return found if found is not None and is_text and found.path != self._source.path else None

    def _only_one(self) -> FoundText | None:
        """Return the only text that is in the file, is named after it, or is in its folder."""
        if len(self._given) == 1:
            return next(iter(self._given.values()))
        try:
            beside = sorted(path for path in self._source.folder.iterdir() if path.suffix.lower() in _SUFFIXES)
        except OSError as error:
            raise read_failed(self._source.folder, error) from error
        found = [path for path in beside if path.is_file()]
        stems = tuple(f"{stem}." for stem in self._stems())
        named = [path for path in found if path.name.startswith(stems)]
        one = next((each for each in (named, found) if len(each) == 1), None)
        return self._read(Source(one[0])) if one is not None else None

    def _read(self, beside: Source) -> FoundText:
        stem = next((f"{stem}." for stem in self._stems() if beside.name.startswith(f"{stem}.")), "")
        rest = beside.name.removeprefix(stem)
        # A text that an export put beside its file is named after both.
        name = rest if stem and PurePosixPath(rest).suffix else beside.name
        document = text_document(beside.path, name, self._options.encoding)
        return FoundText(name, document.text, document.meta)


def _of_project(known: Document) -> FoundText:
    return FoundText(known.name, known.text, known.meta)

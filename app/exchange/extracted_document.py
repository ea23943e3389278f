"""A document whose text was extracted from a file with a layout, with what a project has to know of that.

Extractors read the same file differently from one version to the next. So a text that is in the project is never
extracted again: the document keeps the hash of its file, by which an import of the same file finds it.
"""

import hashlib
import re
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from app.core.document import sha256
from app.core.errors import FormatError
from app.core.pages import PAGES, Pages
from app.exchange.extracted_text import ExtractedText, storable
from app.exchange.foreign_document import ForeignDocument
from app.exchange.format import LARGEST, ReadOptions
from app.exchange.source import Source, read_failed

FILE_HASH = "source_sha256"
"""The key of metadata with the SHA-256 of the file."""

_LANGUAGE = re.compile(r"([A-Za-z]{2,3})(?:[-_][A-Za-z0-9_-]*)?")
_LONGEST_TITLE = 500
_NO_TITLE = re.compile(
    r"untitled.*|microsoft (?:word|powerpoint).*|.*\.(?:docx?|dvi|tex|indd|qxd|rtf|odt|pdf|pptx?)", re.I
)
_CHUNK = 1024 * 1024


class Extractor(NamedTuple):
    """The program that extracted a text."""

    name: str
    version: str


class Extraction(NamedTuple):
    """A text and where its pages begin; `identity` are further keys of `meta` that make it another text of the same
    file, such as whether only the main text was asked for.
    """

    text: str
    extractor: Extractor
    file_hash: str
    pages: Sequence[tuple[int, str]] = ()
    meta: Mapping[str, Any] = {}
    identity: tuple[str, ...] = ()

    def document(self, source: Source, options: ReadOptions) -> ForeignDocument:
        """Return the document to add marks to. Raises FormatError if the text or the name can't be stored."""
        meta = {
            **self.meta,
            "extractor": self.extractor.name,
            "extractor_version": self.extractor.version,
            FILE_HASH: self.file_hash,
        }
        if self.pages:
            meta[PAGES] = _pages(self.pages).kept(sha256(self.text))
        made = ForeignDocument(self.text, name=source.name, options=options, meta=meta)
        made.file_keys = (FILE_HASH, *self.identity)
        return made


def extraction(text: ExtractedText, extractor: Extractor, file_hash: str, **more: Any) -> Extraction:  # noqa: ANN401
    """Return what was extracted as `text`, with its pages; `more` as in `Extraction`."""
    return Extraction(text.finish(), extractor, file_hash, tuple(text.pages()), **more)


def file_bytes(source: Source, most: int = LARGEST) -> bytes:
    """Return a file's bytes. Raises FormatError if it can't be read, is empty, or has more bytes than `most`."""
    with source.open() as file:
        try:
            data = file.read(most + 1)
        except OSError as error:
            raise read_failed(source.path, error) from error
    if not data:
        raise FormatError("the file is empty", hint="get it again from where it came from", path=source.path)
    if len(data) > most:
        what = f"the file is larger than {most // 1024**2} MiB"
        raise FormatError(what, hint="save it without pictures, or split it", path=source.path)
    return data


def bytes_hash(data: bytes) -> str:
    """Return the hexadecimal SHA-256 of a file's bytes."""
    return hashlib.sha256(data).hexdigest()


def file_hash(source: Source) -> str:
    """Return the hexadecimal SHA-256 of a file of any size. Raises FormatError if it can't be read."""
    digest = hashlib.sha256()
    with source.open() as file:
        try:
            while chunk := file.read(_CHUNK):
                digest.update(chunk)
        except OSError as error:
            raise read_failed(source.path, error) from error
    return digest.hexdigest()


def described(*, title: str = "", language: str = "", **more: str) -> dict[str, str]:
    """Return the metadata that a file says of itself, without what is empty, and without a title that is only the name
    of some file, as programs put it there.
    """
    shown = " ".join(title.split())[:_LONGEST_TITLE]
    shown = "" if _NO_TITLE.fullmatch(shown) else shown
    code = _LANGUAGE.fullmatch(language.strip())
    found = {"title": shown, "language": code[1].lower() if code else "", **more}
    return {key: storable(value) for key, value in found.items() if value}


def _pages(begun: Sequence[tuple[int, str]]) -> Pages:
    labels = tuple(label for _, label in begun)
    is_numbered = not all(labels) or labels == tuple(str(number) for number in range(1, len(labels) + 1))
    return Pages(tuple(start for start, _ in begun), () if is_numbered else labels)

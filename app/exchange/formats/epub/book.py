"""What an EPUB file holds: a ZIP file of XHTML, and a package that says in which order it is read (EPUB 3.3).

It comes from strangers: its XML is checked, and no more is unpacked than a book has.
"""

import posixpath
from collections.abc import Iterator
from typing import NamedTuple
from urllib.parse import unquote
from xml.etree.ElementTree import Element

from app.core.errors import FormatError
from app.exchange.archive import Archive
from app.exchange.xml_input import local_name, xml_root

MOST_TEXT = 256 * 1024 * 1024
"""The most bytes of XHTML in a book."""

_CONTAINER = "META-INF/container.xml"
_ENCRYPTION = "META-INF/encryption.xml"
_MOST_XML = 16 * 1024 * 1024  # of the package
_TEXTS = ("application/xhtml+xml", "text/html", "application/x-dtbook+xml", "text/x-oeb1-document")


class Chapter(NamedTuple):
    """A file of the book's text: its name in the archive, and whether it belongs to the order of reading."""

    name: str
    is_linear: bool


class Book:
    """The package of a book, and its chapters."""

    def __init__(self, archive: Archive) -> None:
        """Raise FormatError for an archive that isn't a book, or one that is locked."""
        self._archive = archive
        self._left = MOST_TEXT
        if _CONTAINER not in archive:
            raise _no_book("it doesn't say where its package is")
        files = (each.get("full-path") for each in _every(self._xml(_CONTAINER), "rootfile"))
        name = next((each for each in files if each and each in archive), None)
        if name is None:
            raise _no_book("its package isn't there")
        self._folder = posixpath.dirname(name)
        self._package = self._xml(name)
        self._locked = self._encrypted()

    def said(self, name: str) -> str:
        """Return what the package says of the book under a name of Dublin Core, such as `title`; empty if nothing."""
        texts = (" ".join("".join(each.itertext()).split()) for each in _every(self._package, name))
        return next(filter(None, texts), "")

    def chapters(self) -> list[Chapter]:
        """Return the files of its text in the order in which they are read. Raises FormatError for locked ones."""
        items = {each.get("id"): each for each in _every(self._package, "item")}
        found: dict[str, Chapter] = {}
        for reference in _every(self._package, "itemref"):
            item = items.get(reference.get("idref"))
            if item is None or (item.get("media-type") or "").lower() not in _TEXTS:
                continue
            name = self._name(item.get("href") or "")
            if name in self._locked:
                what = "the book is locked by its shop (DRM)"
                raise FormatError(what, hint="get it without a lock, or as another kind of file")
            if name in self._archive:
                found.setdefault(name, Chapter(name, reference.get("linear") != "no"))
        return list(found.values())

    def content(self, chapter: Chapter) -> bytes:
        """Return the bytes of a chapter. Raises FormatError if the book unpacks to more than a book has."""
        data = self._archive.head(chapter.name, self._left + 1)
        self._left -= len(data)
        if self._left < 0:
            what = f"the book unpacks to more than {MOST_TEXT // 1024**2} MiB of text"
            raise FormatError(what, hint="split it into several files")
        return data

    def _name(self, address: str) -> str:
        path = unquote(address.partition("#")[0])
        return posixpath.normpath(posixpath.join(self._folder, path)) if path else ""

    def _xml(self, name: str) -> Element:
        data = self._archive.head(name, _MOST_XML + 1)
        if len(data) > _MOST_XML:
            raise _no_book(f"“{name[:60]}” in it is too large")
        return xml_root(data)

    def _encrypted(self) -> frozenset[str]:
        """Return the files that are encrypted: those of the text if the book is locked; fonts often are alone."""
        if _ENCRYPTION not in self._archive:
            return frozenset()
        uris = (each.get("URI") or "" for each in _every(self._xml(_ENCRYPTION), "CipherReference"))
        return frozenset(posixpath.normpath(unquote(uri)) for uri in uris)


def _every(root: Element, name: str) -> Iterator[Element]:
    """Yield the elements with a name, whatever their namespace."""
    return (each for each in root.iter() if local_name(each) == name)


def _no_book(why: str) -> FormatError:
    return FormatError(f"this isn't an EPUB file: {why}", hint="get it again from where it came from")

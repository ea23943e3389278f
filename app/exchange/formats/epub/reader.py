"""Reads EPUB: a book is a document, its chapters in the order of reading, with the pages of the printed book."""

import re
from collections.abc import Iterator
from pathlib import Path

from app.core.errors import FormatError
from app.core.record import DocumentRecord
from app.exchange.archive import Archive
from app.exchange.extracted_document import Extraction, described, extraction, file_hash
from app.exchange.extracted_text import BLOCK, ExtractedText
from app.exchange.format import Claim, Reader, ReadOptions
from app.exchange.formats.epub.book import Book
from app.exchange.formats.html.encodings import decoded
from app.exchange.formats.html.markup import VOID
from app.exchange.formats.html.tree import parsed, selectolax, take_whole
from app.exchange.source import Source

_SIGN = b"mimetypeapplication/epub+zip"
_HEAD = 200
# XHTML may close any element at once; read as HTML, `<title/>` would swallow the page.
_CLOSED = re.compile(r"<([A-Za-z][\w:.-]*)(\s[^<>]*?)?/>")


class EpubReader(Reader):
    """Reads a book as a document."""

    suffixes = (".epub",)

    def claims(self, path: Path, head: bytes) -> Claim | None:
        """Take what is named so, or says at its beginning what it is."""
        if _SIGN in head[:_HEAD]:
            return Claim("it says that it is EPUB")
        return Claim("its name ends in .epub") if path.suffix.lower() == ".epub" else None

    def read(self, source: Source, options: ReadOptions) -> Iterator[DocumentRecord]:
        """Yield the one document."""
        options.at(1, 0)
        try:
            record = _extracted(source, options).document(source, options).record()
        except FormatError as error:
            error.path = error.path or source.path
            options.refuse(error)
            return
        yield record


def _extracted(source: Source, options: ReadOptions) -> Extraction:
    digest, text = file_hash(source), ExtractedText()
    with Archive(source.path, hint="get the book again from where it came from") as archive:
        book = Book(archive)
        meta = described(title=book.said("title"), language=book.said("language"), author=book.said("creator"))
        for chapter in book.chapters():
            if not chapter.is_linear:
                options.report.note("aside", "parts beside the order of reading, left out", chapter.name)
                continue
            page = decoded(book.content(chapter), source, options.encoding)
            if page.replaced:
                what = "chapters with bytes that aren't in their encoding, which became U+FFFD"
                options.report.note("page-encoding", what, f"{chapter.name}: {page.replaced:,}")
            text.end_line(BLOCK)
            take_whole(parsed(_CLOSED.sub(_opened, page.markup)), text)
    if not text.place:
        options.report.note("empty", "files without text, imported as empty documents", source.name)
    found = extraction(text, selectolax(), digest, meta=meta)
    # Where a page has no number, those behind it would get wrong ones.
    is_known = all(label for _, label in found.pages)
    return found if is_known else found._replace(pages=())


def _opened(found: "re.Match[str]") -> str:
    name = found[1]
    return found[0] if name.lower() in VOID else f"<{name}{found[2] or ''}></{name}>"

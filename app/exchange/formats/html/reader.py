"""Reads HTML: plain files, and saved web pages, also as MHTML."""

import re
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from typing import NamedTuple

from app.core.errors import FormatError
from app.core.record import DocumentRecord
from app.exchange.extracted_document import Extraction, bytes_hash, described, extraction, file_bytes
from app.exchange.extracted_text import ExtractedText
from app.exchange.format import Claim, Reader, ReadOptions
from app.exchange.formats.html.encodings import decoded
from app.exchange.formats.html.main_text import take_main, trafilatura
from app.exchange.formats.html.markup import LARGEST_PAGE
from app.exchange.formats.html.saved_page import address_of, belongs_to_page, is_mhtml, is_saved, saved_page
from app.exchange.formats.html.tree import language_in, parsed, selectolax, take_whole, title_in
from app.exchange.option import FormatOption, OptionKind
from app.exchange.source import Source

PART = "part"
"""The option that says which part of a page is wanted, and the key of metadata that keeps it if somebody chose it."""

_TEXT_SUFFIXES = (".txt", ".text", ".md", ".xml", ".json", ".jsonl")
_BEGINS = re.compile(rb"^(?:\xef\xbb\xbf)?(?:\s|<\?xml[^>]*\?>|<!--.*?-->)*<(?:!doctype\s+html|html\b)", re.I | re.S)


class _Part(StrEnum):
    AUTO = "auto"
    MAIN = "main"
    WHOLE = "whole"


class _Page(NamedTuple):
    """A page, where it is from, and whether it is one of the web rather than a plain file."""

    markup: str
    address: str
    is_saved: bool


class HtmlReader(Reader):
    """Reads a page as a document."""

    suffixes = (".html", ".htm", ".xhtml", ".xht", ".mhtml", ".mht")
    options = (
        FormatOption(
            PART,
            "Text to take",
            OptionKind.CHOICE,
            _Part.AUTO.value,
            tuple(part.value for part in _Part),
            help="The main text of a page, the whole page, or (auto) the main text of saved web pages only.",
        ),
    )

    def claims(self, path: Path, head: bytes) -> Claim | None:
        """Take what is named so, and what begins as HTML or MHTML under a name that isn't that of a text."""
        suffix = path.suffix.lower()
        if suffix in self.suffixes:
            return Claim(f"its name ends in {suffix}")
        if suffix in _TEXT_SUFFIXES:
            return None
        if _BEGINS.match(head):
            return Claim("it begins as HTML does")
        return Claim("it begins as saved web pages do") if is_mhtml(head) else None

    def read(self, source: Source, options: ReadOptions) -> Iterator[DocumentRecord]:
        """Yield the one document."""
        options.at(1, 0)
        if belongs_to_page(source):
            options.report.note("page-part", "frames of saved web pages, left out", source.name)
            return
        try:
            record = self._extracted(source, options).document(source, options).record()
        except FormatError as error:
            error.path = error.path or source.path
            options.refuse(error)
            return
        yield record

    def _extracted(self, source: Source, options: ReadOptions) -> Extraction:
        data = file_bytes(source, LARGEST_PAGE)
        page = _page(data, source, options)
        wanted = _Part(str(options.own.get(PART, _Part.AUTO.value)))
        tree = parsed(page.markup)
        meta = described(title=title_in(tree), language=language_in(tree), url=page.address)
        text, extractor, is_main = ExtractedText(), selectolax(), False
        if wanted is _Part.MAIN or (wanted is _Part.AUTO and page.is_saved):
            is_main = take_main(page.markup, text)
            if not is_main:
                what = "pages in which no main text was found, taken as a whole"
                options.report.note("whole-page", what, source.name)
                text = ExtractedText()
        if is_main:
            extractor = trafilatura()
            what = "pages of which only the main text was taken; all of it: --format html --option part=whole"
            options.report.note("main-text", what, source.name)
        else:
            take_whole(tree, text)
        if not text.place:
            options.report.note("empty", "files without text, imported as empty documents", source.name)
        if wanted is not _Part.AUTO:
            meta[PART] = wanted.value
        return extraction(text, extractor, bytes_hash(data), meta=meta, identity=(PART,))


def _page(data: bytes, source: Source, options: ReadOptions) -> _Page:
    sender, address = None, ""
    is_sent = is_mhtml(data)
    if is_sent:
        found = saved_page(data, source)
        data, sender, address = found.data, found.encoding, found.address
    page = decoded(data, source, options.encoding, sender=sender)
    if page.replaced:
        what = "pages with bytes that aren't in their encoding, which became U+FFFD"
        options.report.note("page-encoding", what, f"{source.name}: {page.replaced:,}")
    return _Page(page.markup, address or address_of(page.markup), is_sent or is_saved(page.markup))

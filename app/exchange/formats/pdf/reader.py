"""Reads PDF: the text layer as paragraphs, with the pages, and what people have highlighted as marks."""

import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from app.core.clock import stored_time
from app.core.errors import FormatError
from app.core.record import DocumentRecord
from app.exchange.extracted_document import Extraction, Extractor, described, file_hash
from app.exchange.foreign_document import LONGEST, ForeignDocument
from app.exchange.format import Claim, Reader, ReadOptions
from app.exchange.formats.pdf.page_source import PdfPages, pdf_pages
from app.exchange.formats.pdf.pdf_text import PdfText, PlacedHighlight
from app.exchange.option import FormatOption
from app.exchange.source import Source

COLORS = "colors"
"""The option that makes the color of a highlight a part of its label."""

_HEAD = 1024
_TIME = re.compile(r"D?:?(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(?:Z|([+-])(\d\d)'?(\d\d)?'?)?.*")


class PdfReader(Reader):
    """Reads a PDF as a document."""

    suffixes = (".pdf",)
    options = (
        FormatOption(
            COLORS,
            "Labels by color",
            help="Makes the color a part of the labels of highlights, such as “highlight #ffd400”.",
        ),
    )

    def claims(self, path: Path, head: bytes) -> Claim | None:
        """Take what begins as PDF does, after some bytes at most."""
        if b"%PDF-" in head[:_HEAD]:
            return Claim("it begins as PDF does")
        return Claim("its name ends in .pdf", weak=True) if path.suffix.lower() == ".pdf" else None

    def read(self, source: Source, options: ReadOptions) -> Iterator[DocumentRecord]:
        """Yield the one document."""
        options.at(1, 0)
        try:
            digest = file_hash(source)
            record = _document(source, options, digest).record()
        except FormatError as error:
            error.path = error.path or source.path
            options.refuse(error)
            return
        yield record


def _document(source: Source, options: ReadOptions, digest: str) -> ForeignDocument:
    given = pdf_pages(source.path)
    _check_text(given)
    text = PdfText(given.pages)
    _note(given, text, source, options)
    extractor = Extractor("pypdfium2", given.file.version)
    meta = described(title=given.file.title)
    made = Extraction(text.text, extractor, digest, text.pages, meta).document(source, options)
    for placed in text.highlights():
        _mark(made, placed, options)
    return made


def _check_text(given: PdfPages) -> None:
    """Raise FormatError for a PDF without a text that can be read."""
    if any(page.lines for page in given.pages):
        return
    if any(page.meaningless for page in given.pages):
        what = "nobody can tell which letters the PDF has: its fonts only say how they look"
    else:
        what = "the PDF has no text layer: its pages are pictures"
    hint = "recognise the text first, such as with: ocrmypdf --force-ocr FILE.pdf NEW.pdf"
    raise FormatError(what, hint=hint, in_window="recognise the text first, with a program for OCR")


def _note(given: PdfPages, text: PdfText, source: Source, options: ReadOptions) -> None:
    """Report what of a PDF isn't as it looks."""
    empty = [str(number) for number, page in enumerate(given.pages, 1) if not page.lines]
    what = "pages without text, maybe pictures"
    if empty:
        some = ", ".join(empty[:8]) + (", …" if len(empty) > 8 else "")  # noqa: PLR2004
        options.report.note("no-text", what, f"{source.name}: page {some}", count=len(empty))
    what = "words broken at the end of a line, joined without a hyphen, which may have one"
    for word in text.unsure:
        options.report.note("hyphen", what, f"{source.name}: {word}")
    for kind, what, count in (
        ("meaningless", "characters that are none, left out", sum(page.meaningless for page in given.pages)),
        ("note", "notes that stand beside the text, left out", sum(page.notes for page in given.pages)),
        ("form-field", "fields of forms, left out", sum(page.fields for page in given.pages)),
    ):
        if count:
            options.report.note(kind, what, source.name, count=count)


def _mark(made: ForeignDocument, placed: PlacedHighlight, options: ReadOptions) -> None:
    """Add a highlight as a mark of whoever made it."""
    given = placed.highlight
    if not placed.ranges:
        where = f"{made.document.name}: page {placed.page}"
        options.report.note("no-words", "highlights that lie on no text, left out", where)
        return
    is_by_color = bool(options.own.get(COLORS)) and given.color
    author = " ".join(given.author.split())[:LONGEST]
    work = made.work("".join(letter for letter in author if letter.isprintable()) or None)
    words = " ".join(made.text[start:end] for start, end in placed.ranges)
    is_note = " ".join(given.comment.split()) != " ".join(words.split())  # some programs repeat the words
    changed = time_of(given.updated)
    key = given.name or f"{placed.page}.{placed.number}"
    if work.has(key):
        key = f"{placed.page}.{placed.number}"
    work.mark(
        key,
        f"{given.kind} {given.color}" if is_by_color else given.kind,
        placed.ranges,
        comment=given.comment if is_note else "",
        created=time_of(given.created) or changed,
        updated=changed,
        extra={"pdf": {"color": given.color}} if given.color else {},
    )


def time_of(text: str) -> str:
    """Return a time of PDF (ISO 32000-1, section 7.9.4) as times are stored here, in UTC; empty if it isn't one."""
    found = _TIME.fullmatch(text.strip())
    if found is None:
        return ""
    *parts, sign, hours, minutes = found.groups()
    zone = f"{sign}{hours}:{minutes or '00'}" if sign else "+00:00"
    year, month, day, hour, minute, second = parts
    try:
        read = datetime.fromisoformat(f"{year}-{month}-{day}T{hour}:{minute}:{second}{zone}")
        return stored_time(read)
    except (ValueError, OverflowError):
        return ""

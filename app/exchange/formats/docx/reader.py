"""Reads Word files: the text, and comments as marks of their authors."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from app.core.errors import FormatError
from app.core.record import DocumentRecord
from app.exchange.extracted_document import bytes_hash, described, extraction, file_bytes
from app.exchange.extracted_text import ExtractedText, trimmed
from app.exchange.foreign_document import LONGEST, ForeignDocument
from app.exchange.format import Claim, Reader, ReadOptions
from app.exchange.formats.docx.body import BOXES, EMBEDDED, HIDDEN, SIGNS, TRACKED, CommentSpan, DocxBody
from app.exchange.formats.docx.comments import WordComment, comments_of
from app.exchange.formats.docx.list_numbers import ListNumbers
from app.exchange.formats.docx.names import Element, W, parts_of, value
from app.exchange.formats.docx.package import BREAKS, damaged, python_docx, word_document
from app.exchange.source import Source

LABEL = "comment"
"""The label of marks that are made of comments."""

_ZIP = b"PK\x03\x04"
_LOCK = "~$"
_LEFT_OUT = {
    TRACKED: "tracked changes, read as if all were accepted",
    BOXES: "text boxes, left out",
    HIDDEN: "parts of a text that are hidden, left out",
    EMBEDDED: "files inside of Word files, left out",
    SIGNS: "signs of a font of symbols, which became U+FFFD",
}


class DocxReader(Reader):
    """Reads a Word file as a document."""

    suffixes = (".docx", ".docm", ".dotx", ".dotm")

    def claims(self, path: Path, head: bytes) -> Claim | None:
        """Take what is named so, and what begins as Word files do under another name."""
        if path.name.startswith(_LOCK):
            return None
        suffix = path.suffix.lower()
        if suffix in self.suffixes:
            return Claim(f"its name ends in {suffix}")
        is_word = head.startswith(_ZIP) and b"[Content_Types].xml" in head and b"word/" in head
        return Claim("it is packed as Word files are") if is_word else None

    def read(self, source: Source, options: ReadOptions) -> Iterator[DocumentRecord]:
        """Yield the one document."""
        options.at(1, 0)
        try:
            record = _document(source, options).record()
        except FormatError as error:
            error.path = error.path or source.path
            options.refuse(error)
            return
        yield record


def _document(source: Source, options: ReadOptions) -> ForeignDocument:
    data = file_bytes(source)
    word = word_document(source, data)
    text = ExtractedText()
    try:
        numbering = ListNumbers(word)
        body = DocxBody(text, numbering, _notes(word))
        body.take(word.element.body)
        body.finish()
        comments = list(comments_of(word, numbering))
        title = str(word.core_properties.title or "")
    except BREAKS as error:
        raise damaged() from error
    if not text.place:
        options.report.note("empty", "files without text, imported as empty documents", source.name)
    for kind, what in _LEFT_OUT.items():
        if body.counts[kind]:
            options.report.note(kind, what, source.name, count=body.counts[kind])
    made = extraction(text, python_docx(), bytes_hash(data), meta=described(title=title)).document(source, options)
    for comment in comments:
        _mark(made, comment, body.spans, options)
    return made


def _notes(word: Any) -> Mapping[str, Mapping[str, Element]]:  # noqa: ANN401
    """Return footnotes and endnotes by id, without the lines that part them from the text."""
    found: dict[str, dict[str, Element]] = {}
    for kind in ("footnote", "endnote"):
        every = (each for root in parts_of(word, f"{kind}s") for each in root.iterchildren(f"{W}{kind}"))
        found[f"{W}{kind}Reference"] = {value(each, "id"): each for each in every if not value(each, "type")}
    return found


def _mark(made: ForeignDocument, comment: WordComment, spans: Mapping[str, CommentSpan], options: ReadOptions) -> None:
    """Add a comment as a mark of its author."""
    span = spans.get(comment.id)
    if span is None:
        what = "comments that belong to no place in the text, left out"
        options.report.note("no-place", what, f"{made.document.name}: {comment.text[:40]}")
        return
    author = "".join(letter for letter in " ".join(comment.author.split())[:LONGEST] if letter.isprintable())
    work = made.work(author or None)
    if work.has(comment.id):
        raise FormatError(f"two comments have the id {comment.id[:20]}", hint="save the file again in Word")
    extra = {"answers": comment.answers} if comment.answers else {}
    work.mark(
        comment.id,
        LABEL,
        [trimmed(made.text, *span)],
        comment=comment.text,
        created=comment.time,
        updated=comment.time,
        extra={"docx": {"id": comment.id, **extra, **({"resolved": True} if comment.is_resolved else {})}},
    )

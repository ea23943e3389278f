"""EPUB: books in the order of reading, with the pages of their printed edition; and books that do harm."""

import io
import zipfile
from pathlib import Path

import pytest

from app.core.errors import FormatError
from app.core.pages import present_pages
from app.exchange.formats.epub import book
from app.exchange.formats.epub.reader import EpubReader
from app.exchange.registry import Registry
from tests.unit.exchange.extracted import Extracted, extracted

READER = EpubReader()
CONTAINER = (
    '<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles>'
    '<rootfile full-path="OEBPS/book.opf" media-type="application/oebps-package+xml"/></rootfiles></container>'
)


def chapter(body: str) -> str:
    return (
        '<?xml version="1.0" encoding="utf-8"?><!DOCTYPE html><html xmlns="http://www.w3.org/1999/xhtml" '
        f'xmlns:epub="http://www.idpf.org/2007/ops"><head><title/><script src="x"/></head><body>{body}</body></html>'
    )


def epub(*chapters: str, linear: tuple[str, ...] = (), files: dict[str, str | bytes] | None = None) -> bytes:
    """Return a book; its chapters are read in reverse order of their names."""
    names = [f"text/c{len(chapters) - number}%20x.xhtml" for number in range(len(chapters))]
    items = "".join(
        f'<item id="i{n}" href="{name}" media-type="application/xhtml+xml"/>' for n, name in enumerate(names)
    )
    aside = [' linear="no"' if str(number) in linear else "" for number in range(len(names))]
    spine = "".join(f'<itemref idref="i{number}"{each}/>' for number, each in enumerate(aside))
    package = (
        '<package xmlns="http://www.idpf.org/2007/opf"><metadata xmlns:dc="http://purl.org/dc/elements/1.1/">'
        "<dc:title>A\n book</dc:title><dc:language>en-GB</dc:language><dc:creator>Ana Berg</dc:creator></metadata>"
        f'<manifest>{items}<item id="css" href="a.css" media-type="text/css"/></manifest>'
        f'<spine>{spine}<itemref idref="css"/><itemref idref="none"/></spine></package>'
    )
    contents: dict[str, str | bytes] = {"META-INF/container.xml": CONTAINER, "OEBPS/book.opf": package}
    contents |= {f"OEBPS/{name.replace('%20', ' ')}": chapter(body) for name, body in zip(names, chapters, strict=True)}
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("mimetype", "application/epub+zip", zipfile.ZIP_STORED)
        for name, content in (contents | (files or {})).items():
            file.writestr(name, content)
    return made.getvalue()


def read(tmp_path: Path, *chapters: str, **more: object) -> Extracted:
    return extracted(READER, tmp_path / "a.epub", epub(*chapters, **more))  # type: ignore[arg-type]


def test_chapters_come_in_the_order_of_reading(tmp_path: Path) -> None:
    found = read(tmp_path, "<h1>One</h1><p>First&#160;&amp;&nbsp;<i/>words.</p>", '<a id="x"/><p>Second</p>', "<p/>")
    assert found.text == "One\n\nFirst\xa0&\xa0words.\n\nSecond"
    meta = found.document.meta
    assert (meta["title"], meta["language"], meta["author"]) == ("A book", "en", "Ana Berg")
    assert meta["extractor"] == "selectolax"
    assert "pages" not in meta
    assert found.record.file_keys == ("source_sha256",)


def test_the_pages_of_the_printed_book_are_kept(tmp_path: Path) -> None:
    breaks = (
        '<span epub:type="pagebreak" id="page7"/>',
        '<span role="doc-pagebreak" aria-label="Page 8." hidden="hidden"/>',
        '<div epub:type="pagebreak" title="ix"></div>',
    )
    found = read(tmp_path, f"<p>Before {breaks[0]}seven {breaks[1]}eight.</p>", f"{breaks[2]}<p>Nine.</p>")
    pages = present_pages(found.document, ())
    assert found.text == "Before seven eight.\n\nNine."
    assert pages is not None
    assert [pages.at(found.text.index(word)) for word in ("Before", "seven", "eight", "Nine")] == [None, "7", "8", "ix"]


def test_pages_without_numbers_are_no_pages(tmp_path: Path) -> None:
    found = read(tmp_path, '<p><span epub:type="pagebreak" title="7"/>a <span epub:type="pagebreak"/>b</p>')
    assert found.text == "a b"
    assert "pages" not in found.document.meta


def test_what_stands_beside_the_order_of_reading_is_left_out(tmp_path: Path) -> None:
    found = read(tmp_path, "<p>One</p>", "<p>An answer</p>", linear=("1",))
    assert found.text == "One"
    assert found.notes["aside"].startswith("parts beside the order of reading, left out: 1")


def locked(name: str) -> dict[str, str | bytes]:
    reference = f'<enc:CipherReference xmlns:enc="http://www.w3.org/2001/04/xmlenc#" URI="{name}"/>'
    return {"META-INF/encryption.xml": f"<encryption>{reference}</encryption>"}


def test_a_book_is_locked_if_its_text_is(tmp_path: Path) -> None:
    assert read(tmp_path, "<p>One</p>", files=locked("OEBPS/font.otf")).text == "One"
    with pytest.raises(FormatError, match="locked by its shop"):
        read(tmp_path, "<p>One</p>", files=locked("OEBPS/text/c1%20x.xhtml"))


WHOLE = epub("<p>One</p>")


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b"", "the ZIP file is damaged"),
        (b"no ZIP file", "the ZIP file is damaged"),
        (WHOLE[: len(WHOLE) // 2], "the ZIP file is damaged"),
        (epub(files={"META-INF/container.xml": "<container/>"}), "isn't an EPUB file: its package isn't there"),
        (epub(files={"META-INF/container.xml": "no XML"}), "not XML"),
        (epub(files={"OEBPS/book.opf": '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'}), "declares entities"),
        (epub(files={"OEBPS/book.opf": "<a>" * 600 + "</a>" * 600}), "nested more than 500 deep"),
        (epub("<div>" * 40_000), "inside of each other without end"),
        (epub(files={"../evil": "x"}), "leads out of it"),
    ],
)
def test_what_is_wrong_with_a_file_is_said_plainly(tmp_path: Path, content: bytes, what: str) -> None:
    with pytest.raises(FormatError, match=what) as caught:
        extracted(READER, tmp_path / "a.epub", content)
    assert caught.value.path == tmp_path / "a.epub"


def test_a_book_that_unpacks_without_end_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(book, "MOST_TEXT", 1_000_000)
    with pytest.raises(FormatError, match="unpacks to more than"):
        read(tmp_path, " " * 600_000, " " * 600_000)


def test_a_book_is_known_by_name_or_beginning(tmp_path: Path) -> None:
    for name in ("a.EPUB", "book"):
        (tmp_path / name).write_bytes(WHOLE)
        found = Registry().for_file(tmp_path / name)
        assert found is not None
        assert found.format.name == "epub"

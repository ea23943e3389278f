"""PDF: lines become paragraphs, pages are kept, highlights are marks; and files that do harm, harm nothing."""

from collections.abc import Callable
from pathlib import Path

import pytest

from app.core.document import sha256
from app.core.errors import FormatError
from app.core.pages import present_pages
from app.exchange.foreign_document import UnknownAnnotator
from app.exchange.format import ReadOptions
from app.exchange.formats.pdf.page_source import PageLimits, pdf_pages
from app.exchange.formats.pdf.reader import PdfReader, time_of
from app.exchange.registry import Registry
from app.exchange.source import Source
from tests.unit.exchange.extracted import Extracted, extracted
from tests.unit.exchange.pdf_file import LOCKED, Page, annotated, annotation, bomb, page, pdf

READER = PdfReader()


def read(tmp_path: Path, *pages: Page, name: str = "a.pdf", **own: str) -> Extracted:
    return extracted(READER, tmp_path / name, pdf(*pages), **own)


LONG = "This line of a paragraph is as long as lines are here, more or less"


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        ((LONG, LONG, "and ends."), f"{LONG} {LONG} and ends."),
        ((LONG, "It ends.", LONG, "here."), f"{LONG} It ends.\n\n{LONG} here."),
        ((LONG, LONG + ".", (18, LONG[8:]), LONG, "end"), f"{LONG} {LONG}.\n\n{LONG[8:]} {LONG} end"),
        (("Heading", LONG, LONG), f"Heading\n{LONG} {LONG}"),
        ((LONG, "• one item", "• another", "• last"), f"{LONG}\n• one item\n• another\n• last"),
        ((LONG + ":", "1. one item", "2. another"), f"{LONG}:\n1. one item\n2. another"),
        ((LONG, "3. of the sentence"), f"{LONG} 3. of the sentence"),
        (("in the years 1990–", "1995 and after—", "or not"), "in the years 1990–1995 and after—or not"),
    ],
)  # fmt: skip
def test_lines_become_paragraphs(tmp_path: Path, texts: tuple[str, ...], expected: str) -> None:
    assert read(tmp_path, page(*texts)).text == expected


def test_a_gap_or_another_size_parts_paragraphs(tmp_path: Path) -> None:
    upper, lower = page(LONG, LONG), page(LONG, y=670)
    heading, below = page("A heading", size=18, y=760), page(LONG, LONG, y=740)
    assert read(tmp_path, Page(upper.content + lower.content)).text == f"{LONG} {LONG}\n\n{LONG}"
    assert read(tmp_path, Page(heading.content + below.content)).text == f"A heading\n\n{LONG} {LONG}"


def test_a_sentence_goes_on_in_the_next_column_and_page(tmp_path: Path) -> None:
    left, right = page("It goes on in", "the next", y=200), page("column, and on the", "next page", x=320)
    found = read(tmp_path, Page(left.content + right.content), page("too. It ends."), page("Another."))
    assert found.text == "It goes on in the next column, and on the next page too. It ends.\n\nAnother."
    pages = present_pages(found.document, ())
    assert pages is not None
    assert [found.text[start : start + 3] for start in pages.starts] == ["It ", "too", "Ano"]


@pytest.mark.parametrize(
    ("broken", "elsewhere", "expected", "unsure"),
    [
        (("an exam-", "ple of"), "Another example.", "an example of", ""),
        (("a well-", "known man"), "He is well-known.", "a well-known man", ""),
        (("a well-", "known man"), "Nothing tells.", "a wellknown man", "well-known"),
        (("state-of-", "the-art"), "Nothing tells.", "state-of-the-art", ""),
        (("COVID-", "19 and"), "No more.", "COVID-19 and", ""),
        (("Jean-", "Paul and"), "No more.", "Jean-Paul and", ""),
        (("Ein-", "und Ausfuhr"), "No more.", "Ein- und Ausfuhr", ""),
        (("AN EXAM-", "PLE OF"), "No more.", "AN EXAMPLE OF", ""),
        (("2019-", "20 too"), "No more.", "2019-20 too", ""),
        (("a dash -", "so it is"), "No more.", "a dash - so it is", ""),
    ],
)
def test_words_broken_at_the_end_of_a_line_are_joined(
    tmp_path: Path, broken: tuple[str, str], elsewhere: str, expected: str, unsure: str
) -> None:
    found = read(tmp_path, page(*broken), page(elsewhere, y=300))
    assert found.text == f"{expected}\n\n{elsewhere}"
    assert ("hyphen" in found.notes) is bool(unsure)
    assert unsure in found.notes.get("hyphen", "")


def test_what_is_known_of_the_file_is_kept(tmp_path: Path) -> None:
    labels = b"/PageLabels<</Nums[0<</S/r>>1<</S/D/St 7>>]>>"
    content = pdf(page("One."), page("Two."), catalog=labels, info=b"/Title(On harbours)")
    found = extracted(READER, tmp_path / "a.pdf", content)
    meta = found.document.meta
    assert meta["pages"] == {"starts": [0, 6], "labels": ["i", "7"], "text": sha256("One.\n\nTwo.")}
    assert (meta["title"], meta["extractor"]) == ("On harbours", "pypdfium2")
    assert meta["extractor_version"]
    assert len(meta["source_sha256"]) == 64
    assert found.record.file_keys == ("source_sha256",)


@pytest.mark.parametrize("title", ["Microsoft Word - Document1", "report_final.docx", "untitled"])
def test_a_title_that_is_none_is_left_out(tmp_path: Path, title: str) -> None:
    content = pdf(page("One."), info=b"/Title(%s)" % title.encode())
    assert "title" not in extracted(READER, tmp_path / "a.pdf", content).document.meta


def test_pages_without_text_are_named(tmp_path: Path) -> None:
    found = read(tmp_path, page("One."), Page(b""), page("Three."), Page(b""))
    assert found.notes["no-text"] == "pages without text, maybe pictures: 2 (a.pdf: page 2, 4, ...)"
    pages = present_pages(found.document, ())
    assert pages is not None
    assert (pages.at(6), len(pages.starts)) == ("3", 4)


# -- highlights --------------------------------------------------------------------------------------------------------

ANA = {"T": "Ana", "Contents": "why?", "M": "D:20240131120000+01'00'", "NM": "n1"}


def test_highlights_are_marks_of_whoever_made_them(tmp_path: Path) -> None:
    marks = annotated(
        annotation("Highlight", (72, 717, 300, 730), (72, 704, 90, 717), **ANA),
        annotation("Underline", (72, 691, 120, 704), T="Ben"),
        annotation("StrikeOut", (500, 100, 510, 110), T="Ben"),
    )
    found = read(tmp_path, page("This is an exam-", "ple of two lines.", "third line", more=marks))
    assert found.marks() == [
        ("Ana", "highlight", "This is an example", "why?"),
        ("Ben", "underline", "third line", ""),
    ]
    mark = found.annotations()[0]
    assert (mark.updated, mark.extra) == ("2024-01-31T11:00:00.000000Z", {"pdf": {"color": "#ffcc00"}})
    assert "no-words" in found.notes


def test_a_highlight_in_two_places_has_two_fragments(tmp_path: Path) -> None:
    quads = ((72, 717, 94, 730), (72, 691, 100, 704))
    marks = annotated(annotation("Highlight", *quads, **ANA))
    (mark,) = read(tmp_path, page("This one", "not this", "third", more=marks)).annotations()
    assert len(mark.fragments) == 2
    assert mark.quote.startswith("This")


def test_the_color_can_be_a_part_of_the_label(tmp_path: Path) -> None:
    content = pdf(page("This one", more=annotated(annotation("Highlight", (72, 717, 200, 730), **ANA))))
    (tmp_path / "a.pdf").write_bytes(content)
    (record,) = READER.read(Source(tmp_path / "a.pdf"), ReadOptions(own={"colors": True}))
    assert [mark.label for item in record.sets for mark in item.annotations] == ["highlight #ffcc00"]


def test_a_comment_that_only_repeats_the_words_is_none(tmp_path: Path) -> None:
    marks = annotated(annotation("Highlight", (72, 717, 200, 730), T="Ana", Contents="This  one"))
    assert read(tmp_path, page("This one", more=marks)).marks() == [("Ana", "highlight", "This one", "")]


def test_highlights_of_nobody_are_whose_the_import_says(tmp_path: Path) -> None:
    mark = annotation("Highlight", (72, 717, 200, 730))
    found = read(tmp_path, page("This one", more=annotated(mark, mark)))
    assert found.marks() == [("ana", "highlight", "This one", "")] * 2
    with pytest.raises(UnknownAnnotator):
        list(READER.read(Source(tmp_path / "a.pdf"), ReadOptions()))


@pytest.mark.parametrize("more", [b"", b"/Rotate 90"])
def test_letters_that_run_upwards_are_read_in_lines(tmp_path: Path, more: bytes) -> None:
    content = b"BT /F1 11 Tf 0 1 -1 0 100 100 Tm (%s) Tj 0 1 -1 0 113 100 Tm (goes on) Tj ET" % LONG.encode()
    marks = annotated(annotation("Highlight", (103, 90, 116, 400), **ANA))
    found = read(tmp_path, Page(content, more + marks))
    assert found.text == f"{LONG} goes on"
    assert [quote for _, _, quote, _ in found.marks()] == ["goes on"]


def test_notes_and_forms_are_said_to_be_left_out(tmp_path: Path) -> None:
    marks = annotated(annotation("Text", Contents="a note"), annotation("FreeText"), annotation("Widget"))
    notes = read(tmp_path, page("Text", more=marks)).notes
    assert notes["note"].startswith("notes that stand beside the text, left out: 2")
    assert notes["form-field"].startswith("fields of forms, left out: 1")


@pytest.mark.parametrize(
    ("text", "time"),
    [
        ("D:20240131120000Z", "2024-01-31T12:00:00.000000Z"),
        ("D:20240131120000+05'30'", "2024-01-31T06:30:00.000000Z"),
        ("D:20240131120000-05'00", "2024-01-31T17:00:00.000000Z"),
        ("20240131120000", "2024-01-31T12:00:00.000000Z"),
        ("D:20241331120000Z", ""),
        ("D:00010101000000+14'00'", ""),
        ("yesterday", ""),
        ("", ""),
    ],
)
def test_times_of_pdf_are_read(text: str, time: str) -> None:
    assert time_of(text) == time


# -- files that can't be read, or do harm ------------------------------------------------------------------------------

ONE = pdf(page("One page."))
NO_MAP = b"<</Type/Font/Subtype/Type1/BaseFont/Odd/FirstChar 1/LastChar 3/Widths[9 9 9]/Encoding<<%s>>>>"
NO_LETTERS = pdf(Page(b"BT /F1 9 Tf (\\001\\003\\003\\001) Tj ET"), font=NO_MAP % b"/Differences[1/g1/g2/g3]")


@pytest.mark.parametrize(
    ("content", "what", "hint"),
    [
        (b"", "this isn't a PDF, or it is damaged", "get it again"),
        (b"%PDF-1.7\nnothing", "this isn't a PDF, or it is damaged", "get it again"),
        (ONE[: len(ONE) // 3], "this isn't a PDF, or it is damaged", "get it again"),
        (pdf(page("One."), trailer=LOCKED), "the PDF is locked with a password", "print it into a new PDF"),
        (pdf(Page(b"0 0 100 100 re f")), "the PDF has no text layer: its pages are pictures", "ocrmypdf"),
        (NO_LETTERS, "nobody can tell which letters", "ocrmypdf"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_file_is_said_plainly(tmp_path: Path, content: bytes, what: str, hint: str) -> None:
    with pytest.raises(FormatError, match=what) as caught:
        extracted(READER, tmp_path / "a.pdf", content)
    assert hint in caught.value.hint
    assert caught.value.path == tmp_path / "a.pdf"


@pytest.mark.parametrize(
    ("pages", "limits", "what"),
    [
        (lambda: [page("x")] * 3, PageLimits(pages=2), "the PDF has 3 pages; 2 at most are read"),
        (
            lambda: [page("x"), bomb(400)],
            PageLimits(memory=120 * 1024**2),
            "page 2 takes more memory than any page should",
        ),
        (lambda: [bomb(100)], PageLimits(seconds=0.01), "takes longer to read than any page should"),
    ],
)
def test_a_file_takes_no_more_than_it_may(
    tmp_path: Path, pages: Callable[[], list[Page]], limits: PageLimits, what: str
) -> None:
    (tmp_path / "a.pdf").write_bytes(pdf(*pages()))
    with pytest.raises(FormatError, match=what):
        pdf_pages(tmp_path / "a.pdf", limits)


def test_ten_thousand_pages_are_read_by_default() -> None:
    assert PageLimits().pages == 10_000


def test_a_program_that_breaks_is_said_to_break(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.exchange.formats.pdf.page_source._MODULE", "app.no_such_module")
    with pytest.raises(FormatError, match="something in it breaks the program that reads PDFs"):
        extracted(READER, tmp_path / "a.pdf", ONE)


def test_a_pdf_is_known_by_its_beginning_or_its_name(tmp_path: Path) -> None:
    (tmp_path / "paper").write_bytes(b"\r\n" + ONE)
    (tmp_path / "empty.pdf").write_bytes(b"")
    for name in ("paper", "empty.pdf"):
        found = Registry().for_file(tmp_path / name)
        assert found is not None
        assert found.format.name == "pdf"


@pytest.mark.needs_shared
@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("FC60_Times.pdf", "آُتَّاب"),
        (
            "Liste732004001452_001_0.pdf_0_.pdf",
            "Ich bin Marios test.\n\n$Anhang=/home/im/tmp/AGB.pdf$\n$Auftragsnummer=2004001452-001$\n"
            "$Mandant=1$\n$MailTo=mario@ops.co.at$\n$User=mario$\n\nEnde",
        ),
        ("PDFBOX-2984-rotations.pdf", "\n\n".join(
            f"Apache PDFBox ®\n\n{turn}° {how}" for turn in (90, 180, 270) for how in ("text matrix", "ctm")
        )),
    ],
)  # fmt: skip
def test_odd_files_of_others_are_read(shared: Path, name: str, text: str) -> None:
    assert extracted(READER, shared / "data" / "pdf" / name).text == text

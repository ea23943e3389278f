"""Word files: their text with lists, tables and notes, comments as marks, and files that do harm."""

import io
import zipfile
from pathlib import Path

import docx
import pytest

from app.core.errors import FormatError
from app.exchange.foreign_document import UnknownAnnotator
from app.exchange.format import ReadOptions
from app.exchange.formats.docx import package
from app.exchange.formats.docx.list_numbers import in_figures
from app.exchange.formats.docx.reader import DocxReader
from app.exchange.registry import Registry
from app.exchange.source import Source
from tests.unit.exchange.extracted import Extracted, extracted
from tests.unit.exchange.word_file import p, r, word

READER = DocxReader()


def read(tmp_path: Path, body: str, name: str = "a.docx", **parts: str) -> Extracted:
    return extracted(READER, tmp_path / name, word(body, **parts))


def row(*cells: str) -> str:
    return f"<w:tr>{''.join(f'<w:tc>{cell}</w:tc>' for cell in cells)}</w:tr>"


def field(instruction: str, result: str) -> str:
    parts = ("begin", f"<w:r><w:instrText>{instruction}</w:instrText></w:r>", "separate", r(result), "end")
    return "".join(each if "<" in each else f'<w:r><w:fldChar w:fldCharType="{each}"/></w:r>' for each in parts)


MERGED = "<w:tcPr><w:vMerge/></w:tcPr>"
TEXT_BOX = f"<w:txbxContent>{p('in a box')}</w:txbxContent>"


@pytest.mark.parametrize(
    ("body", "text"),
    [
        (p("One ", r("two", "<w:b/>"), " three.") + p() + p("Four."), "One two three.\n\nFour."),
        (p("<w:r><w:t> trimmed </w:t></w:r>", "!"), "trimmed!"),
        (p("a", "<w:r><w:tab/><w:t>b</w:t><w:br/><w:t>c</w:t></w:r>"), "a\tb\nc"),
        (p("<w:r><w:t>a</w:t><w:noBreakHyphen/><w:t>b</w:t></w:r>"), "a\u2011b"),
        (p("see ", '<w:hyperlink w:anchor="x">' + r("here") + "</w:hyperlink>", "."), "see here."),
        (p("page ", field("PAGE", "7"), "."), "page 7."),
        (p(field(f"IF {field('INNER', 'not this')} x", "this")), "this"),
        (f"<w:sdt><w:sdtContent>{p('in a control')}</w:sdtContent></w:sdt>", "in a control"),
        (p("<m:oMath><m:r><m:t>x</m:t></m:r><m:r><m:t>=1</m:t></m:r></m:oMath>"), "x=1"),
        (p('<w:r><w:sym w:font="Symbol" w:char="03B1"/></w:r>'), "α"),
        (f"<w:tbl>{row(p('x'), p('y'))}{row(p('1'), p('2'))}</w:tbl>{p('end')}", "x\ty\n1\t2\n\nend"),
        (f"<w:tbl>{row(p('x'), p(), p('y'))}</w:tbl>", "x\t\ty"),
        (f"<w:tbl>{row(p('one') + p('two'), p('side'))}</w:tbl>", "one\n\ntwo\n\nside"),
        (f"<w:tbl>{row(p('a'), MERGED + p('no'))}{row(p('b'), p('c'))}</w:tbl>", "a\nb\tc"),
        (p(f"<w:r><w:ruby><w:rt>{r('kan')}</w:rt><w:rubyBase>{r('漢')}</w:rubyBase></w:ruby></w:r>"), "漢(kan)"),
        (p("a&#x85;b", "😀"), "a\x85b😀"),
    ],
)  # fmt: skip
def test_a_file_is_read_as_its_text(tmp_path: Path, body: str, text: str) -> None:
    assert read(tmp_path, body).text == text


def test_tracked_changes_are_read_as_accepted(tmp_path: Path) -> None:
    deleted = "<w:r><w:delText>old</w:delText></w:r>"
    body = (
        p("A ", f'<w:del w:id="1">{deleted}</w:del>', f'<w:ins w:id="2">{r("new")}</w:ins>', " text")
        + p("moved ", f'<w:moveFrom w:id="3">{r("away")}</w:moveFrom>', properties="<w:rPr><w:del/></w:rPr>")
        + p("goes on", f'<w:moveTo w:id="4">{r(" here")}</w:moveTo>')
        + f"<w:tbl><w:tr><w:trPr><w:del/></w:trPr><w:tc>{p('gone')}</w:tc></w:tr>{row(p('kept'))}</w:tbl>"
    )
    found = read(tmp_path, body)
    assert found.text == "A new text\n\nmoved goes on here\n\nkept"
    assert found.notes["tracked"] == "tracked changes, read as if all were accepted: 6 (a.docx, ...)"


def test_what_is_left_out_is_counted(tmp_path: Path) -> None:
    alternate = f"<mc:AlternateContent><mc:Choice><w:drawing>{TEXT_BOX}</w:drawing></mc:Choice>"
    alternate += f"<mc:Fallback><w:pict>{TEXT_BOX}</w:pict></mc:Fallback></mc:AlternateContent>"
    body = p("seen", r("hidden", "<w:vanish/>"), f"<w:r>{alternate}</w:r>") + "<w:altChunk/>"
    body += p('<w:r><w:sym w:font="Wingdings" w:char="F04A"/></w:r>')
    found = read(tmp_path, body)
    assert found.text == "seen\n\n\ufffd"
    assert {kind: note.split(":")[1].split("(")[0].strip() for kind, note in found.notes.items()} == {
        "hidden": "1",
        "boxes": "1",
        "embedded": "1",
        "signs": "1",
    }


def test_notes_stand_at_the_end_with_their_numbers(tmp_path: Path) -> None:
    def reference(kind: str, id: int) -> str:
        return f'<w:r><w:{kind}Reference w:id="{id}"/></w:r>'

    footnotes = f'<w:footnote w:type="separator" w:id="-1">{p("no")}</w:footnote>'
    footnotes += f'<w:footnote w:id="1">{p("<w:r><w:footnoteRef/></w:r>", "First.")}{p("More.")}</w:footnote>'
    endnotes = f'<w:endnote w:id="1">{p("Last.")}</w:endnote>'
    body = p("One", reference("footnote", 1), " and two", reference("endnote", 1), ".", reference("footnote", 9))
    found = read(tmp_path, body, footnotes=footnotes, endnotes=endnotes)
    assert found.text == "One[1] and two[2].\n\n[1] First.\n\nMore.\n[2] Last."


# -- numbers -----------------------------------------------------------------------------------------------------------


def level(at: int, kind: str, text: str, more: str = "") -> str:
    return (
        f'<w:lvl w:ilvl="{at}"><w:start w:val="1"/><w:numFmt w:val="{kind}"/>{more}<w:lvlText w:val="{text}"/></w:lvl>'
    )


_FIRST = level(0, "decimal", "%1.", '<w:pStyle w:val="Title1"/>')
_LEVELS = _FIRST + level(1, "lowerLetter", "%1.%2)") + level(2, "upperRoman", "(%3)")
_SIGNS = level(0, "bullet", "\uf0b7") + level(1, "none", "")
_ANEW = '<w:lvlOverride w:ilvl="0"><w:startOverride w:val="7"/></w:lvlOverride>'
NUMBERING = (
    f'<w:abstractNum w:abstractNumId="0">{_LEVELS}</w:abstractNum>'
    f'<w:abstractNum w:abstractNumId="1">{_SIGNS}</w:abstractNum>'
    '<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num><w:num w:numId="2"><w:abstractNumId w:val="1"/></w:num>'
    f'<w:num w:numId="3"><w:abstractNumId w:val="0"/>{_ANEW}</w:num>'
)


def item(text: str, id: int, at: int = 0) -> str:
    place = f'<w:numPr><w:ilvl w:val="{at}"/><w:numId w:val="{id}"/></w:numPr>'
    return p(text, properties=place)


def test_lists_have_their_numbers_and_bullets(tmp_path: Path) -> None:
    body = p("List:") + item("a", 1) + item("b", 1) + item("c", 1, 1) + item("d", 1, 1) + item("e", 1, 2)
    body += item("f", 1) + item("g", 1, 1) + item("h", 2) + item("i", 2, 1) + item("j", 0) + item("k", 3) + item("l", 9)
    lines = read(tmp_path, body, numbering=NUMBERING).text.split("\n")
    assert [line for line in lines if line] == [
        "List:", "1. a", "2. b", "2.a) c", "2.b) d", "(I) e", "3. f", "3.a) g", "• h", "i", "j", "7. k", "l",
    ]  # fmt: skip
    assert lines[:4] == ["List:", "", "1. a", "2. b"]


def test_headings_have_the_numbers_of_their_styles(tmp_path: Path) -> None:
    def style(name: str, inner: str) -> str:
        return f'<w:style w:type="paragraph" w:styleId="{name}">{inner}</w:style>'

    numbered = '<w:pPr><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr>'
    styles = style("Title1", numbered) + style("Mine", '<w:basedOn w:val="Title1"/>')
    styles += style("Round", '<w:basedOn w:val="Round"/>')
    body = "".join(p(name, properties=f'<w:pStyle w:val="{name}"/>') for name in ("Title1", "Mine", "Round", "None"))
    assert read(tmp_path, body, numbering=NUMBERING, styles=styles).text == "1. Title1\n2. Mine\n\nRound\n\nNone"


@pytest.mark.parametrize(
    ("count", "kind", "text"),
    [
        (1994, "upperRoman", "MCMXCIV"),
        (4, "lowerRoman", "iv"),
        (0, "lowerRoman", "0"),
        (27, "lowerLetter", "aa"),
        (53, "upperLetter", "AAA"),
        (10**8, "lowerLetter", "100000000"),
        (3, "decimalZero", "03"),
        (3, "chineseCounting", "3"),
        (3, "none", ""),
    ],
)
def test_numbers_are_written_as_word_does(count: int, kind: str, text: str) -> None:
    assert in_figures(count, kind) == text


# -- comments ----------------------------------------------------------------------------------------------------------


def comment(id: int, text: str, author: str = "Ana", more: str = "", paragraph: str = "") -> str:
    inner = f'<w:p w14:paraId="{paragraph}">{r(text)}</w:p>' if paragraph else p(text)
    return f'<w:comment w:id="{id}" w:author="{author}" {more}>{inner}</w:comment>'


def about(id: int, text: str) -> str:
    start, end = (f'<w:commentRange{edge} w:id="{id}"/>' for edge in ("Start", "End"))
    return f'{start}{r(text)}{end}<w:r><w:commentReference w:id="{id}"/></w:r>'


def test_comments_are_marks_of_their_authors(tmp_path: Path) -> None:
    body = p("He ", about(1, "said "), "it.") + p(about(2, "Never."), '<w:r><w:commentReference w:id="3"/></w:r>')
    comments = comment(1, "when?", more='w:date="2024-01-31T12:00:00Z"') + comment(2, "source?", "Ben")
    found = read(tmp_path, body, comments=comments + comment(3, "end", "Ben") + comment(4, "lost"))
    assert found.text == "He said it.\n\nNever."
    assert sorted(found.marks()) == [
        ("Ana", "comment", "said", "when?"),
        ("Ben", "comment", "", "end"),
        ("Ben", "comment", "Never.", "source?"),
    ]
    first = next(mark for mark in found.annotations() if mark.quote == "said")
    assert (first.created, first.extra) == ("2024-01-31T12:00:00.000000Z", {"docx": {"id": "1"}})
    assert found.notes["no-place"].endswith("1 (a.docx: lost)")


def test_answers_and_what_is_resolved_are_kept(tmp_path: Path) -> None:
    both = '<w:commentRangeStart w:id="1"/><w:commentRangeStart w:id="2"/>' + r("this")
    both += '<w:commentRangeEnd w:id="1"/><w:commentRangeEnd w:id="2"/>'
    comments = comment(1, "why?", paragraph="0A") + comment(2, "so.", "Ben", paragraph="0B")
    threads = '<w15:commentEx w15:paraId="0A" w15:done="1"/><w15:commentEx w15:paraId="0B" w15:paraIdParent="0A"/>'
    found = read(tmp_path, p(both), comments=comments, commentsExtended=threads)
    assert [mark.extra["docx"] for mark in found.annotations()] == [
        {"id": "1", "resolved": True},
        {"id": "2", "answers": "1"},
    ]


def test_a_comment_over_paragraphs_and_cells_is_one_mark(tmp_path: Path) -> None:
    start, end = '<w:commentRangeStart w:id="1"/>', '<w:commentRangeEnd w:id="1"/>'
    body = p("a") + start + p("one") + f"<w:tbl>{row(p('x'), p('y', end))}</w:tbl>" + p("z")
    assert read(tmp_path, body, comments=comment(1, "all")).marks() == [("Ana", "comment", "one\n\nx\ty", "all")]


def test_comments_of_nobody_are_whose_the_import_says(tmp_path: Path) -> None:
    content = word(p(about(1, "this")), comments=comment(1, "x", ""))
    assert extracted(READER, tmp_path / "a.docx", content).marks() == [("ana", "comment", "this", "x")]
    with pytest.raises(UnknownAnnotator):
        list(READER.read(Source(tmp_path / "a.docx"), ReadOptions()))


def test_a_file_that_python_docx_wrote_is_read(tmp_path: Path) -> None:
    made = docx.Document()
    made.core_properties.title = "On harbours"
    made.add_heading("Heading", 1)
    paragraph = made.add_paragraph("One ")
    made.add_comment(paragraph.add_run("claim"), text="why?", author="Ana", initials="A")
    for text in ("a", "b"):
        made.add_paragraph(text, style="List Number")
    table = made.add_table(1, 2)
    table.cell(0, 0).text, table.cell(0, 1).text = "x", "y"
    made.save(str(tmp_path / "a.docx"))
    found = extracted(READER, tmp_path / "a.docx")
    assert found.text == "Heading\n\nOne claim\n\n1. a\n2. b\n\nx\ty"
    assert found.marks() == [("Ana", "comment", "claim", "why?")]
    assert (found.document.meta["title"], found.document.meta["extractor"]) == ("On harbours", "python-docx")
    assert found.record.file_keys == ("source_sha256",)


# -- files that can't be read, or do harm ------------------------------------------------------------------------------

PLAIN = word(p("Text."))
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
LAUGHS = b'<?xml version="1.0"?><!DOCTYPE w [<!ENTITY a "lol"><!ENTITY b "&a;&a;">]><x>&b;</x>'


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b"", "the file is empty"),
        (b"no ZIP file", "isn't a Word file .* or it is damaged"),
        (PLAIN[: len(PLAIN) // 2], "or it is damaged"),
        (OLE + "EncryptedPackage".encode("utf-16-le"), "locked with a password"),
        (OLE + b"WordDocument", "a Word file of the kind before 2007, whatever its name says"),
        (word(p("x"), raw={"word/evil.xml": LAUGHS}), "declares entities"),
        (word(p("x"), raw={"word/evil.xml": LAUGHS.decode().encode("utf-16")}), "declares entities"),
        (word("<w:p>" * 400 + "</w:p>" * 400), "or it is damaged"),
        (word("<w:p></w:x>"), "or it is damaged"),
        (word(p("x"), main="application/vnd.ms-excel"), "or it is damaged"),
        (word(p("x"), raw={"../evil.xml": b"x"}), "or it is damaged"),
    ],
)
def test_what_is_wrong_with_a_file_is_said_plainly(tmp_path: Path, content: bytes, what: str) -> None:
    with pytest.raises(FormatError, match=what) as caught:
        extracted(READER, tmp_path / "a.docx", content)
    assert caught.value.hint
    assert caught.value.path == tmp_path / "a.docx"


def test_a_file_that_unpacks_without_end_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(package, "MOST_XML", 1024 * 1024)
    content = word(p("x"), raw={"word/a.xml": b" " * 600_000, "word/b.xml": b" " * 600_000})
    with pytest.raises(FormatError, match="more than 1 MiB of text and layout"):
        extracted(READER, tmp_path / "a.docx", content)


def test_pictures_are_not_unpacked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(package, "MOST_XML", 1024 * 1024)
    content = word(p("x"), raw={"word/media/image1.png": b"\x89" * 3_000_000})
    assert extracted(READER, tmp_path / "a.docx", content).text == "x"


def test_a_file_as_strict_open_xml_says_how_to_save_it(tmp_path: Path) -> None:
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(PLAIN)) as old, zipfile.ZipFile(made, "w") as new:
        for name in old.namelist():
            data = old.read(name)
            if name == "word/document.xml":
                data = data.replace(b"http://schemas.openxmlformats.org/word", b"http://purl.oclc.org/ooxml/word")
            new.writestr(name, data)
    with pytest.raises(FormatError, match="Strict Open XML"):
        extracted(READER, tmp_path / "a.docx", made.getvalue())


@pytest.mark.parametrize("kind", ["document.macroEnabled", "template.macroEnabledTemplate"])
def test_files_with_macros_are_read_without_them(tmp_path: Path, kind: str) -> None:
    content = word(p("Text."), main=f"application/vnd.ms-word.{kind}.main+xml", raw={"word/vbaProject.bin": b"x"})
    assert extracted(READER, tmp_path / "a.docm", content).text == "Text."


@pytest.mark.parametrize(
    ("name", "content", "format"),
    [
        ("a.DOCX", b"", "docx"),
        ("renamed.doc", PLAIN, "docx"),
        ("a.docm", PLAIN, "docx"),
        ("~$a.docx", b"Ana", None),
    ],
)
def test_word_files_are_known_by_name_or_contents(
    tmp_path: Path, name: str, content: bytes, format: str | None
) -> None:
    (tmp_path / name).write_bytes(content)
    found = Registry().for_file(tmp_path / name)
    assert (found.format.name if found else None) == format


@pytest.mark.needs_shared
def test_a_file_of_word_itself_is_read(shared: Path) -> None:
    assert extracted(READER, shared / "data" / "docx" / "text.docx").text == "This is a text."

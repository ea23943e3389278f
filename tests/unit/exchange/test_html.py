"""Web pages: what a reader sees of them in blocks, their main text, their encodings, and pages that do harm."""

import base64
import quopri
import sys
from pathlib import Path

import pytest

from app.core.document import sha256
from app.core.errors import FormatError
from app.exchange.encoded_text import OtherEncoding
from app.exchange.format import ReadOptions
from app.exchange.formats.html.reader import HtmlReader
from app.exchange.registry import Registry
from app.exchange.source import Source
from tests.unit.exchange.extracted import Extracted, extracted

READER = HtmlReader()
SENTENCES = " ".join(f"The senator said sentence {number} about the harbour, which was quoted." for number in range(12))
PAGE = (
    "<!DOCTYPE html><html lang='en-GB'><head><title>Harbour &amp; talks</title></head><body>"
    "<nav><a href='/'>Home</a> <a href='/news'>News</a></nav>"
    f"<article><h1>Harbour</h1><p>{SENTENCES}</p><ol><li>one</li><li>two</li></ol></article>"
    "<footer>All rights reserved</footer></body></html>"
)
SAVED = "<!-- saved from url=(0026)https://news.example/port#top -->" + PAGE


def page(tmp_path: Path, markup: str | bytes, name: str = "page.html", **own: str) -> Extracted:
    return extracted(READER, tmp_path / name, markup.encode() if isinstance(markup, str) else markup, **own)


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("one  two\n\tthree", "one two three"),
        ("<p>one</p>two<div>three<p>four</div>", "one\n\ntwo\n\nthree\n\nfour"),
        ("<p>a<b>b</b> c <i> d </i>e", "ab c d e"),
        ("one<br>two<br><br>three", "one\ntwo\n\nthree"),
        ("a&nbsp;b &amp; &#x1F600; cafe&#x301;", "a\xa0b & 😀 cafe\u0301"),
        ("<h1>T</h1><ul><li>a<li><p>b</p><ul><li>c</ul></ul>d", "T\n\n• a\n• b\n• c\n\nd"),
        ("<ol start=3><li>a<li value=9>b<li>c<li></ol>", "3. a\n9. b\n10. c"),
        ("<table><tr><th>x<th>y<tr><td><p>1</p><td>2</table>end", "x\ty\n1\t2\n\nend"),
        ("<table><tr><td><td>2<tr><td>3<td></table>", "\t2\n3"),
        ("<table><tr><td><p>one</p><p>two</p><td>side</table>", "one\n\ntwo\n\nside"),
        ("<table><tr><td>out<table><tr><td>a<td>b</table></table>", "out\n\na\tb"),
        ("x<pre>\n  keep\n\n   this\n</pre>y", "x\n\n  keep\n\n   this\n\ny"),
        ("<script>no</script><style>no</style>a<p hidden>no<p style='display: none'>no<template>no</template>", "a"),
        ("<dl><dt>term<dd>what</dl><blockquote>said</blockquote>", "term\n\nwhat\n\nsaid"),
        ("a<!-- no -->b<svg><text>no</text></svg>c", "abc"),
        ("<ruby>漢<rp>(</rp><rt>kan</rt><rp>)</rp></ruby>", "漢(kan)"),
        ("a&#0;b\x01c\x7fd", "a\ufffdbcd"),
        ("<p>unclosed <b>and <i>wrong</b> order</i><div>next", "unclosed and wrong order\n\nnext"),
        ("<table><tr><td>Anna<br>Berg<td>2</table>", "Anna Berg\t2"),
    ],
)
def test_a_page_is_what_a_reader_sees(tmp_path: Path, markup: str, text: str) -> None:
    assert page(tmp_path, markup).text == text


def test_plain_html_is_taken_as_a_whole(tmp_path: Path) -> None:
    found = page(tmp_path, PAGE)
    assert found.text == f"Home News\n\nHarbour\n\n{SENTENCES}\n\n1. one\n2. two\n\nAll rights reserved"
    meta = found.document.meta
    assert (meta["title"], meta["language"], meta["extractor"]) == ("Harbour & talks", "en", "selectolax")
    assert meta["source_sha256"] == sha256(PAGE)
    assert found.notes == {}


def test_of_a_saved_page_the_main_text_is_taken(tmp_path: Path) -> None:
    found = page(tmp_path, SAVED)
    assert found.text == f"Harbour\n\n{SENTENCES}\n\n1. one\n2. two"
    assert found.document.meta["url"] == "https://news.example/port"
    assert found.document.meta["extractor"] == "trafilatura"
    assert "--option part=whole" in found.notes["main-text"]


def test_a_person_says_which_part_is_taken(tmp_path: Path) -> None:
    whole, main = page(tmp_path, SAVED, part="whole"), page(tmp_path, PAGE, "other.html", part="main")
    assert whole.text.startswith("Home News")
    assert not main.text.startswith("Home News")
    assert (whole.document.meta["part"], main.document.meta["part"]) == ("whole", "main")
    assert whole.record.file_keys == ("source_sha256", "part")


def test_a_page_without_main_text_is_taken_as_a_whole(tmp_path: Path) -> None:
    found = page(tmp_path, "<!-- saved from url=(0020)https://a.example/b --><title>x</title><p></p>")
    assert found.text == ""
    assert set(found.notes) == {"whole-page", "empty"}


def test_links_to_itself_tell_a_page_of_the_web(tmp_path: Path) -> None:
    link = "<link rel='canonical' href='https://news.example/port'>"
    assert page(tmp_path, PAGE.replace("<title>", link + "<title>")).document.meta["url"] == "https://news.example/port"


def mhtml(payload: bytes, *, charset: str = "utf-8", coding: str = "quoted-printable") -> bytes:
    body = quopri.encodestring(payload) if coding == "quoted-printable" else base64.encodebytes(payload)
    head = (
        "From: <Saved by Blink>\r\nSnapshot-Content-Location: https://news.example/port\r\nSubject: Harbour\r\n"
        'MIME-Version: 1.0\r\nContent-Type: multipart/related;\r\n\ttype="text/html";\r\n\tboundary="--x--"\r\n\r\n\r\n'
        f"----x--\r\nContent-Type: text/html; charset={charset}\r\nContent-Transfer-Encoding: {coding}\r\n"
        "Content-Location: https://news.example/port\r\n\r\n"
    )
    style = b"\r\n----x--\r\nContent-Type: text/css\r\n\r\np{}\r\n----x----\r\n"
    return head.encode() + body.replace(b"\n", b"\r\n") + style


@pytest.mark.parametrize("coding", ["quoted-printable", "base64"])
def test_the_page_of_an_mhtml_file_is_read(tmp_path: Path, coding: str) -> None:
    content = mhtml(PAGE.replace("one", "dépôt").encode("cp1252"), charset="iso-8859-1", coding=coding)
    found = page(tmp_path, content, "page.mhtml")
    assert found.text.startswith("Harbour\n\nThe senator")
    assert found.text.endswith("1. dépôt\n2. two")
    assert found.document.meta["url"] == "https://news.example/port"


@pytest.mark.parametrize(
    ("content", "text"),
    [
        (b"<meta charset=windows-1251><p>\xca\xe8\xbf\xe2", "Київ"),
        (b'<meta http-equiv="Content-Type" content="text/html; charset=iso-8859-1"><p>\x93a\x94', "“a”"),
        (b'<?xml version="1.0" encoding="iso-8859-2"?><html><p>\xb3\xf3d\xbc', "łódź"),
        (b"\xef\xbb\xbf<meta charset=windows-1251><p>\xd0\x9a", "К"),
        ("<p>Київ".encode("utf-16"), "Київ"),
        (b"<meta charset=utf-16><p>\xd0\x9a", "К"),
        (b"<meta charset=nonsense><p>\xd0\x9a", "К"),
        (b"<meta charset=utf-8><p>one \xff byte", "one \ufffd byte"),
    ],
)
def test_a_page_tells_its_encoding(tmp_path: Path, content: bytes, text: str) -> None:
    found = page(tmp_path, content)
    assert found.text == text
    assert ("page-encoding" in found.notes) is ("\ufffd" in text)


def test_an_encoding_that_nobody_tells_is_asked_for(tmp_path: Path) -> None:
    with pytest.raises(OtherEncoding, match=r"doesn't say its encoding, and isn't UTF-8: byte 3 is 0xca"):
        page(tmp_path, b"<p>\xca\xe8\xbf\xe2")
    with pytest.raises(OtherEncoding):
        page(tmp_path, b"<meta charset=utf-8><p>" + b"\xca\xe8\xbf\xe2" * 9)


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b"", "the file is empty"),
        (b"<div>" * 40_000, "elements inside of each other without end"),
        (b"".join(b"<p><b x=%d>" % number for number in range(4_000)), "inside of each other without end"),
        (b"<p " + b" ".join(b"a%d=1" % number for number in range(5_000)) + b">", "more than 2,000 attributes"),
        (b"MIME-Version: 1.0\nContent-Type: multipart/related; boundary=x\n\n--x\n\nno\n--x--", "no HTML in the MHTML"),
    ],
)
def test_pages_that_do_harm_are_refused(tmp_path: Path, content: bytes, what: str) -> None:
    with pytest.raises(FormatError, match=what) as caught:
        page(tmp_path, content)
    assert caught.value.path == tmp_path / "page.html"
    assert caught.value.hint


def test_mhtml_that_is_nested_without_end_is_refused(tmp_path: Path) -> None:
    parts = b"".join(b"--b%d\nContent-Type: multipart/related; boundary=b%d\n\n" % (n, n + 1) for n in range(1_500))
    content = b"MIME-Version: 1.0\nContent-Type: multipart/related; boundary=b0\n\n" + parts
    with pytest.raises(FormatError, match="MHTML"):
        page(tmp_path, content)


def test_a_wide_and_deep_page_that_people_have_is_read(tmp_path: Path) -> None:
    found = page(tmp_path, "<div>" * 300 + "<p>word <b>bold</b></p>" * 3_000 + "</div>" * 300)
    assert found.text.count("word bold") == 3_000


def test_frames_of_saved_pages_are_left_out(tmp_path: Path) -> None:
    (tmp_path / "Port.html").write_text(PAGE)
    frame = tmp_path / "Port_files" / "frame.html"
    frame.parent.mkdir()
    frame.write_text("an advertisement")
    options = ReadOptions()
    assert list(READER.read(Source(frame, "Port_files/frame.html"), options)) == []
    assert options.report.count("page-part") == 1
    assert len(list(READER.read(Source(frame), ReadOptions()))) == 1  # if it is named by itself


@pytest.mark.parametrize(
    ("name", "content", "format"),
    [
        ("a.html", b"x", "html"),
        ("a.MHT", b"x", "html"),
        ("article", b" <!-- c --><!DOCTYPE HTML><p>x", "html"),
        ("a.doc", b"<html xmlns:o='urn'><p>x", "html"),
        ("a.txt", b"<html><p>x", "text"),
        ("page", mhtml(b"<p>x"), "html"),
        ("a.bin", b"<p>x", None),
    ],
)
def test_pages_are_known_by_name_or_beginning(tmp_path: Path, name: str, content: bytes, format: str | None) -> None:
    (tmp_path / name).write_bytes(content)
    found = Registry().for_file(tmp_path / name)
    assert (found.format.name if found else None) == format


def test_the_package_is_named_if_it_is_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "selectolax.lexbor", None)
    with pytest.raises(FormatError, match="selectolax") as caught:
        page(tmp_path, PAGE)
    assert "stet-workbench[documents]" in caught.value.hint

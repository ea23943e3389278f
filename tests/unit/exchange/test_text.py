"""Texts come in exactly as they stand, or are refused with the place and what to do."""

from pathlib import Path

import pytest

from app.core.byte_order_mark import known_encoding
from app.core.document import Document
from app.core.errors import BadChoice, FormatError
from app.exchange.format import ReadOptions
from app.exchange.formats.text import TextReader, decode
from app.exchange.report import Report
from app.exchange.source import Source


def read(path: Path, content: bytes, report: Report | None = None) -> Document:
    """Write the bytes and return the document that they are read as."""
    path.write_bytes(content)
    (record,) = TextReader().read(Source(path), ReadOptions(report=report or Report()))
    return record.document


@pytest.mark.parametrize(
    "text",
    [
        "a\r\nb\rc\nd",
        "no end",
        "one\u2028two\u2029three\u0085four\ffive\vsix",
        "é e\u0301",
        "\ufeff inside",
        " \n",
        "ﬁ½ßİ",
    ],
)
def test_nothing_of_a_text_is_changed(tmp_path: Path, text: str) -> None:
    assert read(tmp_path / "a.txt", ("x" + text).encode()).text == "x" + text


def test_a_byte_order_mark_is_taken_off_once_and_recorded(tmp_path: Path) -> None:
    document = read(tmp_path / "a.txt", b"\xef\xbb\xbf\xef\xbb\xbftext")
    assert (document.text, document.meta) == ("\ufefftext", {"bom": True})
    assert read(tmp_path / "b.txt", b"text").meta == {}


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf_16_with_a_byte_order_mark_is_read(tmp_path: Path, encoding: str) -> None:
    document = read(tmp_path / "a.txt", "\ufeffKyiv 😀\r\n".encode(encoding))
    assert (document.text, document.meta) == ("Kyiv 😀\r\n", {"encoding": "utf-16"})


@pytest.mark.parametrize(
    ("content", "what", "line"),
    [
        (b"one\ntwo \x93three\x94", "not UTF-8: byte 8 is 0x93", 2),
        (b"\xef\xbb\xbfone\n\xff", "not UTF-8: byte 7 is 0xff", 2),
        ("text".encode("utf-16-le"), "the text contains a NUL character at character 1", 1),
        (b"one\n\x00", "the text contains a NUL character at character 4", 2),
        (b"\xed\xa0\x80", "not UTF-8: byte 0 is 0xed", 1),
        (b"\xff\xfea\x00b", "not UTF-16 at byte 4", None),
        (b"\xff\xfe\x00\x00a\x00\x00\x00", "the text is in UTF-32", 1),
        (b"text cut in \xf0\x9f\x98", "not UTF-8: byte 12 is 0xf0", 1),
    ],
)
def test_what_can_not_be_read_for_sure_is_refused(tmp_path: Path, content: bytes, what: str, line: int | None) -> None:
    with pytest.raises(FormatError) as error:
        read(tmp_path / "a.txt", content)
    assert (error.value.what, error.value.line, error.value.path) == (what, line, tmp_path / "a.txt")
    assert error.value.hint


@pytest.mark.parametrize(
    ("encoding", "text"),
    [
        ("iso8859-7", "Η Αθήνα είναι πρωτεύουσα.\n"),
        ("windows-1251", "Москва — столица России.\n"),
        ("windows-1250", "Łódź leży w Polsce\n"),
        ("shift_jis", "東京は日本の首都です。\n"),
        ("windows-1254", "İstanbul'da yaşıyor.\n"),
        ("iso2022_jp", "東京\n"),
        ("utf-16-le", "plain\n"),
    ],
)
def test_a_text_is_read_in_the_encoding_that_is_named(tmp_path: Path, encoding: str, text: str) -> None:
    path = tmp_path / "a.txt"
    data = text.encode(encoding)
    assert decode(data, path, encoding) == (text, {"encoding": encoding})
    # What tells its encoding itself is read by that.
    for other in ("é".encode(), "é".encode("utf-8-sig"), "é".encode("utf-16")):
        assert decode(other, path, encoding)[0] == "é"


def test_no_encoding_is_guessed(tmp_path: Path) -> None:
    with pytest.raises(FormatError) as error:
        read(tmp_path / "a.txt", b"\x93quoted\x94")
    assert "1252" not in str(error.value)
    assert "--encoding NAME" in error.value.hint
    assert "iconv -l" in error.value.hint


@pytest.mark.parametrize("name", ["nonsense", "base64", "rot13", "idna", "unicode_escape"])
def test_what_is_no_encoding_of_texts_is_refused(name: str) -> None:
    with pytest.raises(BadChoice, match="encoding"):
        known_encoding(name)


@pytest.mark.parametrize(("content", "kind"), [(b"", "empty"), (b"\xef\xbb\xbf", "empty"), (b" \n\t", "blank")])
def test_a_text_without_words_comes_in_with_a_notice(tmp_path: Path, content: bytes, kind: str) -> None:
    report = Report()
    assert read(tmp_path / "a.txt", content, report).text.strip() == ""
    assert [finding.kind for finding in report] == [kind]


def test_the_limit_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.exchange.formats.text.LARGEST", 1024 * 1024)
    with pytest.raises(FormatError, match="larger than 1 MiB"):
        read(tmp_path / "a.txt", b"x" * (1024 * 1024 + 1))


def test_a_name_that_is_no_unicode_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FormatError, match="name isn't valid Unicode; rename the file"):
        read(tmp_path / "a\udcff.txt", b"text")


@pytest.mark.parametrize("name", ["a.txt", "A.TXT", "b.md", "c.text"])
def test_texts_are_known_by_their_endings(name: str) -> None:
    assert TextReader().claims(Path(name), b"")


def test_other_files_are_not_taken_for_texts() -> None:
    assert not TextReader().claims(Path("a.pdf"), b"%PDF")
    assert not TextReader().claims(Path("a"), b"text")

"""In which encodings a text may be, and what was chosen for some files of an import."""

from pathlib import Path

import pytest

from app.core.errors import FormatError
from app.exchange.encoded_text import OtherEncoding
from app.exchange.format import ReadOptions
from app.exchange.formats.text import TextReader
from app.exchange.source import Source
from app.exchange.text_encodings import EncodingChoices, likely_encodings, readable, telling_lines

SAMPLES = [
    ("cp1252", "Le président a déclaré hier que l’accord coûte 5 € à l’État."),
    ("cp1252", "Der Bürgermeister erklärte, die Straße müsse gesperrt werden."),
    ("mac_roman", "El niño llegó mañana por la mañana, ¿no? Duró más de dos años."),
    ("cp850", "Åklagaren sade att han inte kände till något om ärendet före jul."),
    ("cp1250", "Łódź jest miastem w środkowej Polsce; żółta gęś spała."),
    ("iso8859-2", "Łódź jest miastem w środkowej Polsce; żółta gęś spała."),
    ("iso8859-2", "Árvíztűrő tükörfúrógép. A kormány tegnap döntött a költségvetésről."),
    ("cp1251", "Президент заявил вчера, что переговоры закончены."),
    ("cp1251", "Президент заявив, що переговори закінчено, і угоду підпишуть у Києві."),
    ("koi8-r", "Президент заявил вчера, что переговоры закончены."),
    ("cp866", "Президент заявил вчера, что переговоры закончены."),
    ("cp1253", "Η Αθήνα είναι πρωτεύουσα."),
    ("iso8859-7", "Η Αθήνα είναι πρωτεύουσα."),
    ("cp1254", "İstanbul büyükşehir belediyesi dün açıkladı: köprü iki gün kapalı olacak."),
    ("cp1255", "ראש הממשלה אמר אתמול כי המשא ומתן הסתיים."),
    ("cp1256", "قال الرئيس أمس إن المفاوضات انتهت."),
    ("cp1257", "Vyriausybė vakar paskelbė, kad derybos baigėsi. Žiūrėsime ąžuolą."),
    ("cp874", "ฉันรักแมว"),
    ("cp932", "彼は学生です。"),
    ("euc_jp", "彼は学生です。"),
    ("iso2022_jp", "彼は学生です。"),
    ("gb18030", "他去北京了。"),
    ("big5hkscs", "他去臺北了。"),
    ("cp949", "그는 학생이다."),
    ("utf-16-le", "Plain words."),
    ("utf-16-be", "Москва — столица России."),
]


@pytest.mark.parametrize(("encoding", "text"), SAMPLES)
def test_the_likeliest_encoding_comes_first(encoding: str, text: str) -> None:
    data = text.encode(encoding)
    first = likely_encodings(data)[0]
    assert readable(data, first.name) == text


def test_lines_in_ascii_say_nothing_about_the_encoding() -> None:
    text = "Plain words.\n" * 5000 + "Η Αθήνα είναι πρωτεύουσα.\n"
    data = text.encode("iso8859-7")
    assert readable(data, likely_encodings(data)[0].name) == text
    assert telling_lines(data, 4).decode("iso8859-7") == "Η Αθ"


def test_only_encodings_that_can_be_read_are_named() -> None:
    data = b"\x81\x8d quoted"  # neither is a character of Windows-1252
    assert "cp1252" not in [encoding.name for encoding in likely_encodings(data)]


def test_a_start_that_ends_inside_of_a_character_is_readable() -> None:
    assert readable("東京".encode("cp932")[:3], "cp932") == "東"


# -- what was chosen -----------------------------------------------------------------------------------------------


RUSSIAN = "Президент заявил вчера, что переговоры закончены.\n"
GREEK = "Η Αθήνα είναι η πρωτεύουσα της Ελλάδας.\n"


def read(path: Path, data: bytes, chosen: dict[Path, str]) -> str:
    path.write_bytes(data)
    (record,) = TextReader().read(Source(path), ReadOptions(encoding=EncodingChoices(chosen)))
    return record.document.text


def test_a_choice_holds_for_other_files_where_it_is_likely(tmp_path: Path) -> None:
    chosen = {tmp_path / "a.txt": "cp1251"}
    assert read(tmp_path / "a.txt", RUSSIAN.encode("cp1251"), chosen) == RUSSIAN
    assert read(tmp_path / "b.txt", "Мэр ушёл в отставку.\n".encode("cp1251"), chosen) == "Мэр ушёл в отставку.\n"
    with pytest.raises(OtherEncoding) as error:  # it can be read in it, as nonsense
        read(tmp_path / "c.txt", GREEK.encode("iso8859-7"), chosen)
    assert error.value.path == tmp_path / "c.txt"
    chosen[tmp_path / "c.txt"] = "iso8859-7"
    assert read(tmp_path / "c.txt", GREEK.encode("iso8859-7"), chosen) == GREEK
    assert read(tmp_path / "d.txt", "Ο δήμαρχος.\n".encode("iso8859-7"), chosen) == "Ο δήμαρχος.\n"
    assert read(tmp_path / "e.txt", "Москва\n".encode(), chosen) == "Москва\n"
    assert read(tmp_path / "f.txt", b"plain\n", chosen) == "plain\n"


def test_a_choice_that_does_not_fit_is_asked_again(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    with pytest.raises(OtherEncoding) as error:
        read(path, b"\x81\x8d quoted", {path: "cp1252"})
    assert error.value.tried == "cp1252"


@pytest.mark.parametrize(("encoding", "what"), [("utf-16-le", "UTF-16"), ("iso2022_jp", "ISO 2022")])
def test_an_encoding_made_of_valid_utf8_is_noticed(tmp_path: Path, encoding: str, what: str) -> None:
    path = tmp_path / "a.txt"
    text = "彼は学生です。東京はとても大きい。\n" if encoding == "iso2022_jp" else "Plain words, and some more.\n"
    with pytest.raises(OtherEncoding, match=what):
        read(path, text.encode(encoding), {})
    assert read(path, text.encode(encoding), {path: encoding}) == text


def test_bytes_that_are_no_text_are_refused(tmp_path: Path) -> None:
    with pytest.raises(FormatError, match="NUL"):
        read(tmp_path / "a.txt", b"one\0two three four five six", {})

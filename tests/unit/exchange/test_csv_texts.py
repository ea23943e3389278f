"""Tables of texts in CSV and TSV."""

from pathlib import Path
from typing import Any

import pytest

from app.core.errors import FormatError
from app.core.record import DocumentRecord
from app.core.scheme_file import parse_scheme
from app.exchange.encoded_text import OtherEncoding
from app.exchange.format import ReadOptions
from app.exchange.formats.tables.csv_reader import CsvReader
from app.exchange.option import option_values
from app.exchange.registry import Registry
from app.exchange.report import Report
from app.exchange.source import Source
from app.exchange.text_column import NoTexts
from app.exchange.text_encodings import EncodingChoices
from app.jobs.tasks.import_choices import ImportChoices
from app.jobs.tasks.import_files import import_files
from app.jobs.tasks.import_preview import preview_import
from app.jobs.tasks.input_readers import unknown_file
from app.session.session import Session
from tests.conftest import scheme_source
from tests.unit.exchange.test_doccano import TOPIC

DATA = Path("/work/shared/data")
ONE, TWO = "One text, with a comma.", "Another text; it has more."


def table_of(folder: Path, content: str | bytes, name: str = "a.csv") -> Path:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def records(
    path: Path, own: dict[str, str] | None = None, report: Report | None = None, **options: Any
) -> list[DocumentRecord]:
    reader = CsvReader()
    values = option_values(reader.options, own or {}, format="csv")
    made = ReadOptions(annotator="ana", report=report or Report(), own=values, **options)
    return list(reader.read(Source(path), made))


def texts(path: Path, own: dict[str, str] | None = None, **options: Any) -> list[str]:
    return [each.document.text for each in records(path, own, **options)]


@pytest.mark.parametrize(
    "content",
    [
        f'text,n\n"{ONE}",1\n{TWO},2\n',
        f'text;n\r\n{ONE};1\r\n"{TWO}";2',
        f"text\tn\n{ONE}\t1\n\n{TWO}\t2\n",
        f"text|n\n{ONE}|1\n{TWO}|2\n",
        f'"text","n"\r"{ONE}","1"\r"{TWO}","2"\r',
        f"sep=;\r\ntext;n\r\n{ONE};1\r\n" + f'"{TWO}";2\r\n',
        f'\ufefftext,n\n"{ONE}",1\n{TWO},2\n',
        f'text,n\n"{ONE}",1\n{TWO},2\n'.encode("utf-16"),
    ],
)
def test_any_delimiter_and_quotes_are_found_out(content: str | bytes, tmp_path: Path) -> None:
    path = table_of(tmp_path, content)
    found = Registry().for_file(path)
    assert found is not None
    assert (found.format.name, found.why) == ("csv", "it has a column “text”")
    one, two = (each.document for each in records(path))
    assert (one.text, one.meta, two.text, two.meta) == (ONE, {"n": "1"}, TWO, {"n": "2"})


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ('text,x\n"He said \\"yes, no\\" to me",1\n"plain, one",2\n', ['He said "yes, no" to me', "plain, one"]),
        ('text\tx\n"Hello" he said\t1\nFoo "bar" baz\t2\n', ['"Hello" he said', 'Foo "bar" baz']),
        ('text,x\n"Line one\r\n\r\nline ""two""",1\n', ['Line one\r\n\r\nline "two"']),
        ("text\nHello, world, all of you\n\nNo commas here\nOne; two | three\n", None),
        ("text\u2028x,n\n", []),
        ("", []),
        ("\n\n", []),
        ("text,n\n", []),
    ],
)
def test_texts_are_read_as_they_are(content: str, expected: list[str] | None, tmp_path: Path) -> None:
    found = texts(table_of(tmp_path, content), columns={"text": "1"} if "\u2028" in content else {})
    assert found == (expected if expected is not None else [line for line in content.split("\n")[1:] if line])


@pytest.mark.parametrize(
    ("content", "names", "is_sure"),
    [
        (f"n,Title,when\n1,{'x' * 5},2026\n", {"n": "1"}, True),
        (f"Nr;Inhalt\n1;{TWO[:12]} und noch mehr davon\n2;Ein dritter Text ist auch da\n", {"Nr": "1"}, False),
        ("ham\tGo until jurong point, crazy.\nspam\tFree entry in 2 a wkly comp\n", {"column 1": "ham"}, False),
        ("1,The first sentence is here\n2,The second one is here\n", {"column 1": "1"}, True),
        (",text\n0,A text of words\n", {"column 1": "0"}, True),
        ("text,text\nA text of words,again\n", {"text (2)": "again"}, True),
        ("Timestamp,What do you think about the new building?\n2026/01/02 10:11:12,Not much\n", None, True),
    ],
)
def test_the_first_row_is_a_header_or_a_text(
    content: str, names: dict[str, str] | None, is_sure: bool, tmp_path: Path
) -> None:
    report = Report()
    columns = {"text": "2"} if "Title" in content or names is None else {}
    first = records(table_of(tmp_path, content), report=report, columns=columns)[0].document
    assert is_sure == (not report._findings.get("header"))
    if names is None:
        assert (first.text, first.meta) == ("Not much", {"Timestamp": "2026/01/02 10:11:12"})
    else:
        assert names.items() <= first.meta.items()


def test_what_is_found_out_can_be_said(tmp_path: Path) -> None:
    path = table_of(tmp_path, 'a;b,c\n"x";y,z\n')
    own = {"delimiter": "semicolon", "quotes": "no", "header": "no"}
    assert texts(path, own, columns={"text": "2"}) == ["b,c", "y,z"]
    assert texts(path, {"header": "yes", "delimiter": "comma"}, columns={"text": "C"}) == ["z"]


def test_columns_are_what_a_person_says(tmp_path: Path) -> None:
    path = table_of(
        tmp_path,
        "Nr,Titel,answer,src,who,kind,l\n"
        f'k1,Eins,{TWO},"{ONE}",ben,news,de\n'
        f'k2,Zwei,An answer.,"{ONE}",cleo,sport,de\n'
        "k3,,No source here.,,cleo,,\n",
    )
    said = {"text": "answer", "title": "Titel", "reference": "SRC", "annotator": "who", "label": "kind", "id": "1"}
    reference, one, two, three = records(path, columns={**said, "language": "l"})
    assert (reference.document.text, one.document.text, one.document.name) == (ONE, TWO, f"k1: {TWO}")
    assert one.references == two.references == (reference.document.uid,)
    assert three.references == ()
    assert one.document.meta == {"Nr": "k1", "title": "Eins", "language": "de"}
    assert [(item.annotator, [a.label for a in item.annotations]) for item in two.sets] == [("cleo", ["sport"])]
    session = Session.create(tmp_path / "a.stet", scheme=scheme_source("ner") + TOPIC, annotator="ana")
    report = import_files(session, [path], format="csv", columns=said)
    again = import_files(session, [path], format="csv", columns=said)
    assert (report.brought.documents, report.brought.annotations) == (4, 2)
    assert again.brought.documents == again.brought.added == 0
    session.close()


def test_names_and_ids_are_known_by_what_they_are_called(tmp_path: Path) -> None:
    path = table_of(tmp_path, "ID,Text,Title\n7,Same words here.,T\n8,Same words here.,\n")
    one, two = records(path)
    assert (one.document.name, one.document.title) == ("7: Same words here.", "T")
    assert two.document.name == "8: Same words here."
    named = table_of(tmp_path, "Filename,text\na.txt,Same.\na.txt,Same.\n", "b.csv")
    assert [each.document.name for each in records(named)] == ["a.txt", "a.txt (2)"]


@pytest.mark.parametrize(
    ("row", "says"),
    [
        ("a text,1,2", "the row has 3 cells, but there are 2 columns"),
        ("a text", "the row has 1 cell, but there are 2 columns"),
        (",1", "the cell of “text” is empty"),
        ('"  ",1', "the cell of “text” is empty"),
        ('"x" y,1', "behind a closing quotation mark"),
        ("a\x00b,1", "NUL"),
    ],
)
def test_a_wrong_row_is_named_and_the_others_are_read(row: str, says: str, tmp_path: Path) -> None:
    path = table_of(tmp_path, f'text,n\n"one\n, two",1\n{row}\nthree of them,3\n')
    errors: list[FormatError] = []
    assert texts(path, refuse=errors.append) == ["one\n, two", "three of them"]
    (error,) = errors
    assert says in error.what
    assert (error.path, error.line, error.record) == (path, 4, f"{row}\n")


@pytest.mark.parametrize("row", ["two words,2,,", "   ,", ",", "\t"])
def test_empty_cells_and_rows_do_no_harm(row: str, tmp_path: Path) -> None:
    path = table_of(tmp_path, f"text,n\none text,1\n{row}\n")
    assert texts(path, {"delimiter": "comma"})[:1] == ["one text"]


def test_the_columns_of_a_table_without_texts_are_named(tmp_path: Path) -> None:
    path = table_of(tmp_path, "Key,Value\na,1\nb,2\n")
    found = Registry().for_file(path)
    assert found is not None
    assert found.why == "its rows have as many cells each"
    assert CsvReader().keys(Source(path), ReadOptions()) == ("Key", "Value")
    with pytest.raises(NoTexts, match="the columns are: “Key”, “Value”.*--map-column text=COLUMN"):
        texts(path)
    with pytest.raises(FormatError, match="there is no column “body”; the columns are: “Key”, “Value”"):
        texts(path, columns={"text": "body"})
    assert texts(path, columns={"text": "key"}) == ["a", "b"]
    for content in ("a,b\nc\nd,e,f\ng\n", "x;y\n1,2;3;4\n5\n6\n"):
        path = table_of(tmp_path, content)
        assert Registry().for_file(path) is None
        assert "different numbers of cells" in unknown_file(path).what
        with pytest.raises(FormatError, match="different numbers of cells"):
            texts(path)


def test_a_table_without_texts_in_a_folder_is_left_out(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    wrong = [
        table_of(folder, "Key,Value\na,1\nb,2\n", "a.csv"),
        table_of(folder, "The\tDT\ndog\tNN\n\nA\tDT\ncat\tNN\n", "b.tsv"),
    ]
    table_of(folder, f"text,n\n{TWO},1\n", "c.csv")
    session = Session.create(tmp_path / "a.stet", scheme=scheme_source("ner"), annotator="ana")
    try:
        shown = preview_import(session.scheme, [folder], ImportChoices())
        assert (shown.total, shown.errors, shown.keys) == (1, (), ("Key", "Value"))
        report = import_files(session, [folder])
        assert (report.brought.documents, report.unread, report.bad) == (1, 2, 0)
        assert [error.path for error in report.errors] == wrong
        with pytest.raises(NoTexts):
            import_files(session, wrong)
    finally:
        session.close()


def test_other_encodings_are_asked_for(tmp_path: Path) -> None:
    content = "text,n\nplain ascii line,1\n" + "Der Bürgermeister erklärte die Straße für gesperrt.,2\n"
    path = table_of(tmp_path, content.encode("cp1252"))
    with pytest.raises(OtherEncoding) as error:
        texts(path)
    assert error.value.line == 3
    assert texts(path, encoding="cp1252")[1].startswith("Der Bürgermeister")
    assert texts(path, encoding=EncodingChoices({path: "cp1252"}))[1].startswith("Der Bürgermeister")
    with pytest.raises(OtherEncoding):
        preview_import(parse_scheme(scheme_source("ner")), [path], ImportChoices(), encoding=EncodingChoices({}))
    assert texts(table_of(tmp_path, content), encoding="cp1252")[1].startswith("Der Bürgermeister")
    cut = table_of(tmp_path, "text,n\nwörter sind hier,1\n".encode()[:-18])
    with pytest.raises(OtherEncoding, match="cut"):
        texts(cut)
    with pytest.raises(FormatError, match="UTF-32"):
        texts(table_of(tmp_path, content.encode("utf-32")))
    with pytest.raises(FormatError, match="UTF-16"):
        texts(table_of(tmp_path, content.encode("utf-16")[:-1]))
    with pytest.raises(OtherEncoding, match="not ascii"):
        texts(table_of(tmp_path, content.encode("cp1252")), encoding="ascii")


def test_a_long_table_is_read_in_pieces(tmp_path: Path) -> None:
    long = "word " * 80_000
    path = table_of(tmp_path, f'text,n\n"{long}\n",1\n' + "a short text,2\n" * 1000)
    found = texts(path)
    assert (len(found), len(found[0])) == (1001, len(long) + 1)


@pytest.mark.parametrize(
    ("name", "format"),
    [
        ("conll/emerging.dev.conll", "conll"),
        ("webanno-tsv3/testSimpleChain/reference.tsv", "webanno"),
        ("curation/relationLabelTest/user1.tsv", "webanno"),
    ],
)
@pytest.mark.needs_shared
def test_files_with_marks_are_not_tables_of_texts(name: str, format: str, tmp_path: Path) -> None:
    path = table_of(tmp_path, (DATA / name).read_bytes(), "a.tsv")
    found = Registry().for_file(path)
    assert found is not None
    assert found.format.name == format


@pytest.mark.needs_shared
def test_all_real_tables_have_one_format() -> None:
    for path in sorted(DATA.rglob("*.tsv")):
        assert Registry().for_file(path) is not None


@pytest.mark.parametrize("content", ["John B-PER\nlives O\n", "-DOCSTART-\tO\n\nJohn\tB-PER\nran\tO\n"])
def test_tokens_with_tags_are_not_texts(content: str, tmp_path: Path) -> None:
    found = Registry().for_file(table_of(tmp_path, content, "a.tsv"))
    assert found is not None
    assert found.format.name == "conll"


@pytest.mark.needs_shared
def test_a_real_table_of_translations_is_read(tmp_path: Path) -> None:
    lines = (DATA / "mqm" / "mqm_ted_ende.tsv").read_text("utf-8").split("\n")[:1000]
    path = table_of(tmp_path, "\n".join(lines), "a.tsv")
    found = records(path, columns={"text": "target", "reference": "source"})
    lines = lines[1:]
    made = [each for each in found if each.references]
    assert [each.document.text for each in made] == [line.split("\t")[6] for line in lines]
    assert len(found) - len(made) == len({line.split("\t")[5] for line in lines})

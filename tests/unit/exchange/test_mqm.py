"""WMT's MQM files, of both generations, read and written."""

import json
from collections import Counter
from pathlib import Path

import msgspec
import pytest

from app.core.annotation import Status
from app.core.errors import FormatError
from app.exchange.format import ReadOptions
from app.exchange.formats.translation.mqm_reader import MqmReader
from app.exchange.formats.translation.mqm_writer import MqmWriter
from app.exchange.formats.translation.v_tags import tagged, untagged
from app.exchange.registry import Registry
from app.exchange.report import Report
from app.exchange.source import Source
from app.jobs.tasks.import_files import import_files
from app.session.session import Session
from tests.conftest import scheme_source
from tests.unit.exchange.build import record, work
from tests.unit.exchange.formats_of_errors import file_of, meant, read, statuses, written

HEAD = "system\tdoc\tdoc_id\tseg_id\trater\tsource\ttarget\tcategory\tseverity\tcomment\n"
MAROT = "system\tdoc\tdocSegId\tglobalSegId\trater\tsource\ttarget\tcategory\tseverity\tmetadata\t# Documentation: x\n"


def mqm(tmp_path: Path, *rows: str, head: str = HEAD) -> Path:
    return file_of(tmp_path, head + "".join(f"{row}\n" for row in rows).replace("|", "\t"), "a.tsv")


def marks(records):
    return [
        (item.annotator, mark.label, mark.quote, tuple(e.quote for e in mark.evidence))
        for each in records
        for item in each.sets
        for mark in item.annotations
    ]


@pytest.mark.needs_shared
def test_real_rows_are_written_as_they_were(shared: Path) -> None:
    path = shared / "data" / "mqm" / "mqm_ted_ende.tsv"
    found = Registry().for_file(path)
    assert found is not None
    assert found.format.name == "mqm"
    report = Report()
    records = read(MqmReader(), path, report)
    assert len(records) == 5 + 5 * 14
    assert sum(len(item.annotations) for each in records for item in each.sets) == 8435 - 4404
    assert (statuses(records), report.count("partial")) == ({Status.DONE: 6, Status.OPEN: 207}, 207)
    text, losses = written(MqmWriter(), records)
    assert Counter(text.splitlines()) == Counter(path.read_text("utf-8").splitlines())
    assert list(losses) == []


@pytest.mark.needs_shared
def test_segments_of_their_own_are_finished(shared: Path, tmp_path: Path) -> None:
    whole = (shared / "data" / "mqm" / "mqm_ted_ende.tsv").read_text("utf-8")
    path = file_of(tmp_path, "".join(whole.splitlines(keepends=True)[:801]), "ted.tsv")
    records = read(MqmReader(), path, own={"segments": True})
    assert (len(records), set(statuses(records))) == (692, {Status.DONE, Status.DONE_EMPTY})
    assert sorted(written(MqmWriter(), records)[0].splitlines()) == sorted(path.read_text("utf-8").splitlines())


def test_segments_are_read_as_one_document(tmp_path: Path) -> None:
    path = mqm(
        tmp_path,
        "B|d|2|12|ana|Zwei.|<v>Too</v>.|Fluency/Spelling|Minor|sic",
        "A|d|1|11|ana|Eins.|One.|No-error|No-error|",
        "B|d|1|11|ana|Eins.|One <v>one</v>.|Accuracy/Addition|Major|",
        "A|d|2|12|ana|<v>Zwei</v>.|No.|Accuracy/Omission|Major|",
        "A|d|2|12|ben|Zwei.|No.|No-error|No-error|",
    )
    source, b, a = read(MqmReader(), path)
    assert [each.document.text for each in (source, b, a)] == ["Eins.\nZwei.", "One one.\nToo.", "One.\nNo."]
    assert [each.document.name for each in (source, b, a)] == ["d/source", "d/B", "d/A"]
    assert b.references == a.references == (source.document.uid,)
    assert marks([b, a]) == [
        ("ana", "ACCURACY_ADDITION", "one", ()),
        ("ana", "FLUENCY_SPELLING", "Too", ()),
        ("ana", "ACCURACY_OMISSION", "", ("Zwei",)),
    ]
    first, second = b.sets[0].annotations
    assert (first.attributes, second.attributes, second.comment) == (
        {"severity": "major"},
        {"severity": "minor"},
        "sic",
    )
    omission = a.sets[0].annotations[0]
    assert omission.fragments[0].start == omission.fragments[0].end == len(a.document.text)
    assert [(item.annotator, item.status) for item in a.sets] == [("ana", Status.DONE), ("ben", Status.OPEN)]
    text, _ = written(MqmWriter(), [source, b, a])
    assert sorted(text.splitlines()) == sorted(path.read_text("utf-8").splitlines())


@pytest.mark.parametrize(
    ("cell", "text", "ranges", "is_open"),
    [
        ("a <v>b</v> c", "a b c", ((2, 3),), False),
        ("a <v> b", "a  b", ((2, 4),), True),
        ("<v></v>a", "a", ((0, 0),), False),
        ("<v>a</v>b<v> </v>", "ab ", ((0, 1), (2, 3)), False),
        ("no tags > v>", "no tags > v>", (), False),
    ],
)
def test_tags_are_read_and_written(cell: str, text: str, ranges: tuple, is_open: bool) -> None:
    found = untagged(cell)
    assert (found.text, found.ranges, found.is_open) == (text, ranges, is_open)
    assert tagged(text, found.ranges, is_open=is_open) == cell


@pytest.mark.parametrize("cell", ["a</v>", "<v>a<v>b</v>", "<v>a</v></v>"])
def test_tags_in_disorder_are_refused(cell: str, tmp_path: Path) -> None:
    refused: list[FormatError] = []
    path = mqm(tmp_path, f"A|d|1|1|r|x|{cell}|Other|Minor|", "A|d|1|1|r|x|y|No-error|No-error|")
    assert len(read(MqmReader(), path, refuse=refused.append)) == 2
    assert [error.line for error in refused] == [2]


def test_quotes_belong_to_the_text_unless_doubled(tmp_path: Path) -> None:
    plain = mqm(tmp_path, 'A|d|1|1|r|"S" a|"x" <v>y</v>|Other|Minor|', 'A|d|2|2|r|s|"Hi."|No-error|No-error|')
    assert [each.document.text for each in read(MqmReader(), plain)] == ['"S" a\ns', '"x" y\n"Hi."']
    quoted = mqm(tmp_path, 'A|d|1|1|r|"a ""b"" c"|"x ""<v>y</v>"""|Other|Minor|', 'A|d|2|2|r|q|"x\ny"|Other|Major|')
    source, found = read(MqmReader(), quoted)
    assert (source.document.text, found.document.text) == ('a "b" c\nq', 'x "y"\nx\ny')
    text, losses = written(MqmWriter(), [source, found])
    assert losses.count("line-break") == 1
    assert text.splitlines()[2].split("\t")[6] == "x y"


def test_a_row_that_lacks_cells_is_read_from_its_severity(tmp_path: Path) -> None:
    path = mqm(tmp_path, "Human-A.0|t|16|俄 ： “|The <v> </v>”|Source error|Minor|", head=HEAD.replace("\tcomment", ""))
    _, found = read(MqmReader(), path, annotator="me")
    assert marks([found]) == [("me", "SOURCE_ERROR", " ", ())]
    with pytest.raises(FormatError, match="doesn't say who made"):
        read(MqmReader(), path)


def test_one_segment_with_two_texts_becomes_two_documents(tmp_path: Path) -> None:
    path = mqm(tmp_path, "A|d|1|1|r|s|x|No-error|No-error|", "A|d|1|1|r2|s|y|No-error|No-error|")
    report = Report()
    records = read(MqmReader(), path, report)
    assert [each.document.name for each in records] == ["d/source", "d/A", "d/A (2)"]
    assert report.count("variant") == 1


def metadata(**values: object) -> str:
    return json.dumps(values, ensure_ascii=False)


SEGMENT = {"target_tokens": ["x", " ", "y\u200b", "\n", "z", " ", "w"], "source_tokens": ["a", " ", "b"]}


def marot(tmp_path: Path) -> Path:
    return mqm(
        tmp_path,
        "S|d|1|d:1|r|a b|x y z w|Accuracy/Addition|Major|"
        + metadata(target_spans=[[0, 0], [4, 7]], segment=SEGMENT, note="why", timestamp=1_700_000_000_000),
        "S|d|1|d:1|r|a b|x <v>y</v> z w|Style/Awkward|minor|" + metadata(target_spans=[[2, 2]], marked_text="y"),
        "S|d|1|d:1|q|a <v>b</v>|x y z w|Accuracy/Omission|Major|" + metadata(source_spans=[[2, 2]], timing={"a": 1}),
        "S|d|1|d:1|q|a b|x y z w|Found|HOTW-test|{}",
        "S|d|2|d:2|q|c|v|No-error|No-error|" + metadata(timestamp=5, deleted_errors=[{"start": 1}]),
        "S|d|2|d:2|r|c|v|No-error|No-error|{}",
        "S|d|2|d:2||c|v|||" + metadata(segment={"metrics": {"BLEURT": 0.5}}),
        head=MAROT,
    )


def rows(text: str) -> list[tuple[str, str]]:
    cells = [line.split("\t") for line in text.splitlines()[1:]]
    return sorted(("\t".join(row[:9]), json.dumps(json.loads(row[9]), sort_keys=True)) for row in cells)


def test_metadata_of_marot_are_read_and_written(tmp_path: Path) -> None:
    path = marot(tmp_path)
    report = Report()
    records = read(MqmReader(), path, report)
    found = records[1]
    assert (found.document.text, report.count("check")) == ("x y z w\nv", 1)
    assert marks([found]) == [
        ("r", "ACCURACY_ADDITION", "x … z w", ()),
        ("r", "STYLE_AWKWARD", "y", ()),
        ("q", "ACCURACY_OMISSION", "", ("b",)),
    ]
    first = found.sets[0].annotations[0]
    assert (first.comment, first.created) == ("why", "2023-11-14T22:13:20.000Z")
    text, losses = written(MqmWriter(), records)
    theirs = [line for line in path.read_text("utf-8").splitlines() if "HOTW" not in line]
    # Several pieces have tags now, too; their place in tokens is as it was.
    theirs[1] = theirs[1].replace("\tx y z w\t", "\t<v>x</v> y <v>z w</v>\t")
    assert rows(text) == rows("\n".join(theirs))
    assert list(losses) == []


def test_marks_that_moved_get_other_token_numbers(tmp_path: Path) -> None:
    source, found = read(MqmReader(), marot(tmp_path))
    item = found.sets[0]
    moved = tuple(
        msgspec.structs.replace(mark, fragments=((type(mark.fragments[0]))(2, 5),), quote="y z")
        if mark.quote == "y"
        else mark
        for mark in item.annotations
    )
    text, _ = written(MqmWriter(), [source, found._replace(sets=(item._replace(annotations=moved),))])
    row = next(line.split("\t") for line in text.splitlines() if "Awkward" in line)
    assert (row[6], json.loads(row[9])) == ("x <v>y z</v> w", {"target_spans": [[2, 4]]})


def test_work_of_our_own_is_written_in_both_generations(news_session, tmp_path: Path) -> None:
    records = list(news_session.reader.records())
    edited = [each._replace(sets=(work(status=Status.DONE),)) for each in records]
    for generation in ("classic", "marot"):
        text, _ = written(MqmWriter(), edited, news_session.scheme, generation=generation)
        path = file_of(tmp_path, text, f"{generation}.tsv")
        again = read(MqmReader(), path)
        assert {item.status for each in again for item in each.sets} == {Status.DONE_EMPTY}
    path = marot(tmp_path)
    records = read(MqmReader(), path)
    for generation in ("classic", "marot"):
        text, _ = written(MqmWriter(), records, generation=generation)
        again = read(MqmReader(), file_of(tmp_path, text, "b.tsv"))
        assert meant(again) == meant(records)


def test_lines_are_segments_where_none_are_known() -> None:
    made = record("A.\nB c.", sets=(work(status=Status.DONE),))
    text, _ = written(MqmWriter(), [made])
    cells = [line.split("\t") for line in text.splitlines()[1:]]
    assert [(row[1], row[2], row[6], row[7]) for row in cells] == [
        ("spun.txt", "1", "A.", "No-error"),
        ("spun.txt", "2", "B c.", "No-error"),
    ]


def test_importing_again_adds_nothing(tmp_path: Path) -> None:
    path = marot(tmp_path)
    session = Session.create(tmp_path / "a.stet", scheme=scheme_source("mt-errors"), annotator="ana")
    first = import_files(session, [path])
    again = import_files(session, [path])
    session.close()
    assert (first.brought.documents, again.brought.documents, again.brought.added) == (2, 0, 0)


def test_an_error_without_a_severity_is_read_again(tmp_path: Path) -> None:
    path = file_of(tmp_path, HEAD + "A\td\t1\t1\tr\ta\t<v>b</v>\tOther\t\t\n", "a.tsv")
    found = list(MqmReader().read(Source(path), ReadOptions()))
    (mark,) = (mark for record in found for each in record.sets for mark in each.annotations)
    assert (mark.quote, mark.attributes) == ("b", {})


@pytest.mark.parametrize(
    ("text", "what"),
    [
        (HEAD + "A\td\t1\t1\tr\ta\tb\tc\td\te\tf\n", "11 cells, where 10 are expected"),
        (HEAD + "A\td\t1\t1\tr\ta\tb\tOther\n", "an error without a severity"),
        (HEAD + "A\td\t1\t1\tr\ta\tb\t\t\t\n", "an error without a severity"),
        (MAROT + 'A\td\t1\t1\tr\ta\tb\tOther\tMinor\t{"a": NaN}\n', "NaN and Infinity"),
        (MAROT + 'A\td\t1\t1\tr\ta\tb\tOther\tMinor\t{"a": 1, "a": 2}\n', "appears twice"),
        (HEAD + "A\td\t1\t1\t\x07\ta\t<v>b</v>\tOther\tMinor\t\n", "annotator's name"),
        ("a\tb\n1\t2\n", "isn't a table of MQM"),
        ("", "isn't a table of MQM"),
    ],
)
def test_what_is_wrong_is_said_with_its_line(text: str, what: str, tmp_path: Path) -> None:
    path = file_of(tmp_path, text, "a.tsv")
    with pytest.raises(FormatError, match=what) as caught:
        list(MqmReader().read(Source(path), ReadOptions()))
    assert (caught.value.path, caught.value.line) == (path, 2 if text.startswith("system") else 1)


@pytest.mark.parametrize(
    "text",
    [
        "id\ttext\tlabel\n1\tHello\tspam\n",
        "source\ttarget\nHallo\tHello\n",
        "system,doc,source,target,category,severity\n",
        "EU\tB-ORG\nrejects\tO\n",
        "system doc doc_id avg\nA 1 2 0.5\n",
        "a\tb\tc\td\te\tf\tg\th\ti\n",
    ],
)
def test_other_tables_are_left_alone(text: str) -> None:
    assert MqmReader().claims(Path("a.tsv"), text.encode()) is None

"""CheckThat!'s tables of all years, and runs."""

from pathlib import Path
from typing import Any

import pytest

from app.core.annotation import Status
from app.core.errors import FormatError
from app.core.record import DocumentRecord
from app.exchange.foreign_document import UnknownAnnotator
from app.exchange.formats.checkthat.reader import CheckThatReader
from app.exchange.registry import Registry
from app.exchange.report import Report
from app.jobs.tasks.import_files import import_files
from tests.unit.exchange.claim_files import Journey, read_with

DEBATE = [
    ("1", "ANNA", "We cut taxes by half. 😀", "1"),
    ("2", "SYSTEM", "(APPLAUSE)", "0"),
    ("3", "BORIS", 'They call it "a cut." And it\u2028isn\'t.', "1"),
    ("4", "BORIS", ' "The motto is, ""In God We Trust.""" ', "0"),
]
TWEETS = """topic_id\ttweet_id\ttweet_url\ttweet_text\tclaim\tclaim_worthiness
covid-19\t123456789012345678901\thttps://example.org/1\tCases rose by 3%.\t1\t1
covid-19\t2\thttps://example.org/2\tThere is a case, said my aunt.\t1\t0
covid-19\t3\thttps://example.org/3\tHello 🙄\t0\t0
"""
SENTENCES = 'Sentence_id\tText\tclass_label\n7\tWages fell.\tYes\n8\t"I said, ""no,"" to him."\tNo\n'


def table(path: Path, rows: Any = DEBATE, *, end: str = "\r\n") -> Path:
    text = rows if isinstance(rows, str) else "".join("\t".join(row) + end for row in rows)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode())
    return path


def marks(record: DocumentRecord) -> list[tuple[str, str]]:
    return [(mark.label, mark.quote) for item in record.sets for mark in item.annotations]


@pytest.mark.parametrize("end", ["\r\n", "\n"])
def test_a_debate_is_one_document_with_its_claims(end, tmp_path):
    report = Report()
    (record,) = read_with(CheckThatReader(), table(tmp_path / "20151219_3_dem.tsv", end=end), report)
    assert record.document.text == "\n".join(row[2] for row in DEBATE)
    assert record.document.name == "20151219_3_dem.tsv"
    assert marks(record) == [("CHECKWORTHY_FACTUAL", DEBATE[0][2]), ("CHECKWORTHY_FACTUAL", DEBATE[2][2])]
    first, second = record.sets[0].annotations
    assert (first.layer, second.attributes, second.extra) == (
        "claim",
        {"speaker": "BORIS"},
        {"checkthat": {"line": "3"}},
    )
    assert record.sets[0].status is Status.DONE
    assert record.extra["checkthat"]["speakers"] == ["ANNA", "SYSTEM", "BORIS", "BORIS"]
    assert report.count("quoted") == 0


def test_a_test_set_has_no_work(tmp_path):
    (record,) = read_with(CheckThatReader(), table(tmp_path / "a.tsv", [row[:3] for row in DEBATE]), annotator=None)
    assert record.sets == ()
    with pytest.raises(UnknownAnnotator):
        read_with(CheckThatReader(), table(tmp_path / "b.tsv"), annotator=None)


def test_each_tweet_is_a_document(tmp_path):
    one, two, three = read_with(CheckThatReader(), table(tmp_path / "dev.tsv", TWEETS))
    assert marks(one) == [("CHECKWORTHY_FACTUAL", "Cases rose by 3%.")]
    assert marks(two) == [("UNIMPORTANT_FACTUAL", "There is a case, said my aunt.")]
    assert marks(three) == [("NON_FACTUAL", "Hello 🙄")]
    assert one.document.name.startswith("123456789012345678901: Cases")
    assert (two.document.meta["topic_id"], two.document.meta["claim_worthiness"]) == ("covid-19", "0")


def test_sentences_with_no_are_done_without_a_mark(tmp_path):
    report = Report()
    one, two = read_with(CheckThatReader(), table(tmp_path / "a.tsv", SENTENCES), report)
    assert marks(one) == [("CHECKWORTHY_FACTUAL", "Wages fell.")]
    assert (marks(two), two.sets[0].status) == ([], Status.DONE_EMPTY)
    assert (two.document.text, report.count("quoted")) == ('"I said, ""no,"" to him."', 1)
    unquoted = read_with(CheckThatReader(), tmp_path / "a.tsv", own={"quoted": True})
    assert unquoted[1].document.text == 'I said, "no," to him.'


def test_other_labels_are_of_the_document(tmp_path):
    text = "tweet_id\ttweet_text\tclass_label\n1\tWash hands.\tyes_contains_advice\n2\tx\t\n"
    one, two = read_with(CheckThatReader(), table(tmp_path / "a.tsv", text))
    (mark,) = one.sets[0].annotations
    assert (mark.layer, mark.label, mark.quote) == ("class_label", "yes_contains_advice", "")
    assert two.sets == ()


@pytest.mark.parametrize(
    ("run", "maker", "scores"),
    [
        ("1\t0.9\n2\t.5\n3\t1e-3\n4\t0\n", "primary-debate", [0.9, 0.5, 0.001, 0.0]),
        ("covid\t1\t0.25\tmodel\ncovid\t3\t-2.5\tmodel\n", "model", [0.25, None]),
        ("id\tclass_label\trun_id\n1\tYes\tporc\n2\tNo\tporc\n", "porc", [None]),
    ],
)
def test_a_run_suggests_claims_with_scores(run, maker, scores, tmp_path):
    table(tmp_path / "debate.tsv")
    table(tmp_path / "other.tsv", SENTENCES)
    report = Report()
    path = table(tmp_path / "primary-debate.txt", run)
    (record,) = read_with(CheckThatReader(), path, report, annotator=None)
    assert record.sets == ()
    found = [each.suggestion for each in record.suggestions]
    assert {(each.maker, each.layer, each.label) for each in found} == {(maker, "claim", "CHECKWORTHY_FACTUAL")}
    assert [each.score for each in found] == scores
    assert report.count("score") == int(maker == "model")
    detected = Registry().for_file(path)
    assert detected is not None
    assert detected.format.name == "checkthat"


def test_a_run_meets_the_texts_in_the_project(tmp_path):
    data = table(tmp_path / "data/dev.tsv", TWEETS)
    run = table(tmp_path / "data/run.tsv", "covid-19\t2\t0.4\tm\ncovid-19\t9\t0.5\tm\n")
    with Journey(tmp_path, "checkthat") as journey:
        assert journey.bring(data).brought.documents == 3
        report = journey.bring(run)
        assert (report.brought.documents, report.brought.suggestions) == (0, 1)
        assert report.report.count("row") == 1
        assert [len(each.suggestions) for each in journey.records()] == [0, 1, 0]


def test_a_run_without_texts_says_what_it_needs(tmp_path):
    path = table(tmp_path / "run.tsv", "1\t0.9\n2\t0.5\n")
    assert CheckThatReader().claims(path, path.read_bytes()) is None
    with pytest.raises(FormatError, match="a run has no texts"):
        read_with(CheckThatReader(), path)
    with pytest.raises(FormatError, match="there is no table here"):
        read_with(CheckThatReader(), path, own={"data": "gone.tsv"})
    table(tmp_path / "else/texts.tsv")
    assert len(read_with(CheckThatReader(), path, own={"data": "else/texts.tsv"})[0].suggestions) == 2


@pytest.mark.parametrize("rows", [DEBATE, [row[:3] for row in DEBATE], TWEETS, SENTENCES])
def test_tables_are_told_by_their_columns(rows, tmp_path):
    found = Registry().for_file(table(tmp_path / "a.tsv", rows))
    assert found is not None
    assert found.format.name == "checkthat"


@pytest.mark.parametrize(
    "text",
    [
        "a\tb\nc\td\n",
        "1\tAnna Smith\tWe met.\n2\tBo Berg\tWe left.\n",
        "id\ttext\tlabel\n1\tx\ty\n",
        "1\tx\ty\t2\n",
        "x\n",
        "",
        "\n",
        "2\tA\tb\t1\n1\tA\tb\t1\n",
    ],
)
def test_other_tables_are_left_alone(text, tmp_path):
    found = Registry().for_file(table(tmp_path / "a.tsv", text))
    assert found is None or found.format.name != "checkthat"


@pytest.mark.parametrize(
    ("text", "says", "kept"),
    [
        (
            "1\tA\tb\t1\n2\tA\tb\tc\t1\n3\tA\tc\t0\n" + "".join(f"{n}\tA\td\t0\n" for n in range(4, 24)),
            "5 columns, where 4",
            1,
        ),
        (TWEETS + "x\ty\n", "2 columns, where 6", 3),
        (SENTENCES + "9\t \tYes\n", "empty", 2),
    ],
)
def test_a_bad_row_is_named_and_the_rest_is_read(text, says, kept, tmp_path):
    path = table(tmp_path / "a.tsv", text)
    with pytest.raises(FormatError, match=says) as caught:
        read_with(CheckThatReader(), path)
    assert caught.value.path == path
    errors: list[Exception] = []
    assert len(read_with(CheckThatReader(), path, refuse=errors.append)) == kept
    assert len(errors) == 1


@pytest.mark.parametrize("text", ["nothing here", "", "a\0b\t\n", "{}"])
def test_what_is_no_table_is_refused(text, tmp_path):
    with pytest.raises(FormatError):
        read_with(CheckThatReader(), table(tmp_path / "a.tsv", text))


def test_a_folder_of_debates_and_runs_is_imported_at_once(tmp_path):
    table(tmp_path / "data/debate.tsv")
    table(tmp_path / "data/primary-debate.txt", "1\t0.9\n3\t0.5\n")
    with Journey(tmp_path, "checkthat") as journey:
        report = import_files(journey.session, [tmp_path / "data"], annotator="ana")
        assert (report.brought.documents, report.brought.annotations, report.brought.suggestions) == (1, 2, 2)

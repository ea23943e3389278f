"""CoNLL, read and written."""

from pathlib import Path

import pytest

from app.core.annotation_edits import annotate
from app.core.errors import FormatError
from app.exchange.format import ReadOptions
from app.exchange.formats.conll.reader import ConllReader
from app.exchange.formats.conll.tags import Chunk, TagScheme, chunks, scheme_of, tags_of
from app.exchange.source import Source
from app.jobs.tasks.export_file import export_project
from app.jobs.tasks.import_files import import_files
from app.jobs.tasks.scheme_file import scheme_of_data
from app.session.session import Session
from tests.conftest import new_session

IOB1 = ["I-PER", "I-PER", "O", "I-PER", "B-PER", "I-LOC", "O"]
CHUNKS = [Chunk(0, 2, "PER"), Chunk(3, 4, "PER"), Chunk(4, 5, "PER"), Chunk(5, 6, "LOC")]
SPELT = {
    TagScheme.IOB1: IOB1,
    TagScheme.IOB2: ["B-PER", "I-PER", "O", "B-PER", "B-PER", "B-LOC", "O"],
    TagScheme.IOBES: ["B-PER", "E-PER", "O", "S-PER", "S-PER", "S-LOC", "O"],
    TagScheme.BILUO: ["B-PER", "L-PER", "O", "U-PER", "U-PER", "U-LOC", "O"],
}


def records(path: Path, **own: object):
    return list(ConllReader().read(Source(path), ReadOptions(annotator="ana", own=own)))  # type: ignore[arg-type]


def written(tmp_path: Path, text: str, **options: object) -> str:
    path = tmp_path / "a.conll"
    path.write_text(text, encoding="utf-8", newline="")
    session = Session.create(tmp_path / "a.stet", scheme=scheme_of_data([path]).source, annotator="ana")
    import_files(session, [path], annotator="ana", finished=True)
    export_project(session, tmp_path / "out.conll", format="conll", annotators=["ana"], options=options)
    session.close()
    return (tmp_path / "out.conll").read_text("utf-8")


@pytest.mark.parametrize("scheme", list(TagScheme))
def test_every_scheme_says_the_same_chunks(scheme: TagScheme) -> None:
    assert chunks(SPELT[scheme]) == CHUNKS
    assert tags_of(CHUNKS, 7, scheme) == SPELT[scheme]
    assert scheme_of([SPELT[scheme]]) is scheme


@pytest.mark.parametrize(
    ("tags", "found"),
    [
        (["I-X", "I-Y", "I-Y"], [(0, 1, "X"), (1, 3, "Y")]),
        (["L-X", "E-X"], [(0, 1, "X"), (1, 2, "X")]),
        (["B-X", "L-X", "I-X"], [(0, 2, "X"), (2, 3, "X")]),
        (["PER", "PER", "O", "LOC"], [(0, 2, "PER"), (3, 4, "LOC")]),
        (["B-per-son", "I-per-son"], [(0, 2, "per-son")]),
        (["B-X", "O", "I-X", "_"], [(0, 1, "X"), (2, 3, "X")]),
    ],
)
def test_broken_tags_are_read_as_people_mean_them(tags, found) -> None:
    assert chunks(tags) == [Chunk(*each) for each in found]


def test_the_layout_of_2003_and_documents(tmp_path: Path) -> None:
    text = (
        "-DOCSTART- -X- -X- O\n\nU.N. NNP I-NP I-ORG\nofficial NN I-NP O\n\n"
        "-DOCSTART- -X- -X- O\n\nEkeus NNP I-NP I-PER\n\nsaid VBD I-VP O\n\n"
    )
    path = tmp_path / "a.txt"
    path.write_text(text)
    assert ConllReader().claims(path, text.encode()) is not None
    one, two = records(path)
    assert (one.document.name, one.document.text, two.document.text) == ("a.txt 1", "U.N. official", "Ekeus\nsaid")
    assert [(m.quote, m.label) for m in one.sets[0].annotations] == [("U.N.", "ORG")]
    assert written(tmp_path, text) == text


@pytest.mark.parametrize(
    "text",
    [
        "I\tO\nlove\tO\nParis\tB-LOC\n\n#\tB-MISC\ntag\tI-MISC\n\n",
        "1\tAufgrund\tO\tO\n2\tBerliner\tB-LOCderiv\tB-ORG\n3\tRundfunk\tO\tI-ORG\n\n",
        "# id = 1\nA O None None\nB B-X None None\n\n",
        "x\tU-X\ny\tO\n\n",
    ],
)
def test_files_are_written_as_they_were(text: str, tmp_path: Path) -> None:
    assert written(tmp_path, text) == text


def test_a_line_with_too_few_columns_is_named(tmp_path: Path) -> None:
    path = tmp_path / "a.conll"
    path.write_text("a\tx\tO\nb\ty\tB-X\nc\tz\tO\nd\te\tO\noops\n\n")
    with pytest.raises(FormatError, match="1 columns, where 3 are expected") as caught:
        records(path)
    assert caught.value.line == 5


@pytest.mark.parametrize("text", ["Just a text.\nWith B-PER in it.\n", "a,b\n1,2\n", '{"text": "x"}\n', "", "\n\n"])
def test_other_texts_are_left_alone(text: str) -> None:
    assert ConllReader().claims(Path("a.txt"), text.encode()) is None


def test_a_real_file_makes_the_round_trip(shared: Path, tmp_path: Path) -> None:
    path = shared / "data" / "conll" / "emerging.dev.conll"
    text = path.read_text("utf-8")
    (record,) = records(path)
    assert len(record.sets[0].annotations) == sum(line.split("\t")[-1].startswith("B-") for line in text.split("\n"))
    assert written(tmp_path, text).split() == text.split()


def test_marks_that_tags_can_not_say_are_reported(tmp_path: Path) -> None:
    session = new_session(tmp_path / "a.stet")
    for start, end, label in ((0, 12, "PERSON"), (7, 12, "PERSON"), (1, 3, "GPE"), (14, 17, "GPE"), (15, 17, "GPE")):
        edit = annotate(session.state, [(start, end)], layer="entity", label=label, scheme=session.scheme)
        session.apply(edit, title="mark")
    report = export_project(session, tmp_path / "out.conll", format="conll", annotators=["ana"], unfinished=True)
    session.close()
    found = {finding.kind: finding.count for finding in report.losses}
    assert (found["overlap"], found.get("widened")) == (3, None)
    lines = (tmp_path / "out.conll").read_text("utf-8").split("\n")
    assert lines[2:5] == ["Donald\tB-PERSON", "Trump\tI-PERSON", ",\tO"]

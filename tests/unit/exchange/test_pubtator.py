"""PubTator's format, read and written."""

from pathlib import Path

import pytest

from app.core.annotation import Annotation, Fragment, Relation
from app.core.errors import FormatError
from app.exchange.registry import Registry
from app.exchange.report import Report
from tests.unit.exchange.build import record, work
from tests.unit.exchange.foreign_files import again, kinds, marks, read, write

TITLE, ABSTRACT = "Naloxone reverses clonidine.", "In rats naloxone α was given for ocular and auditory toxicity."
LINES = [
    f"227|t|{TITLE}",
    f"227|a|{ABSTRACT}",
    "227\t0\t8\tNaloxone\tChemical\tD009270",
    "227\t18\t27\tclonidine\tChemical\tD003000",
    "227\t37\t45\tnaloxone\tChemical\tD009270",
    "227\t62\t91\tocular and auditory toxicity.\tDisease\tD014786|D006311\tocular toxicity|auditory toxicity",
    "227\t29\t36\tIn rats\tSpecies",
    "227\tCID\tD003000\tD014786",
    "227\tAssociation\tD009270\tD003000\tNovel",
    "227\tCID\tD003000\tD111111",
]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "a.txt"
    path.write_text("\n".join(LINES) + "\n\n", encoding="utf-8")
    return path


def test_a_real_file_is_written_as_it_was(shared, tmp_path):
    path = shared / "data" / "pubtator" / "tmVar.Normalization.txt"
    found = Registry().for_file(path)
    assert found is not None
    assert found.format.name == "pubtator"
    report = Report()
    records = read("pubtator", path, report)
    assert (len(records), sum(len(marks(each)) for each in records)) == (31, 126)
    assert not kinds(report)
    losses = write("pubtator", records, tmp_path / "out.pubtator")
    assert not list(losses)
    assert sorted((tmp_path / "out.pubtator").read_text().split("\n")) == sorted(path.read_text().split("\n"))


def test_mentions_concepts_and_relations(file, tmp_path):
    report = Report()
    (found,) = read("pubtator", file, report)
    assert (found.document.name, found.document.text) == ("227", f"{TITLE}\n{ABSTRACT}")
    assert found.document.meta == {"title": TITLE}
    (item,) = found.sets
    by_quote = {mark.quote: mark for mark in item.annotations}
    assert by_quote["clonidine"].attributes == {"identifier": {"id": "D003000", "title": ""}}
    assert by_quote["In rats"].attributes == {}
    quotes = {mark.uid: mark.quote for mark in item.annotations}
    ties = {(tie.label, quotes[tie.source], quotes[tie.target]): tie.attributes for tie in item.relations}
    assert ties == {
        ("CID", "clonidine", "ocular and auditory toxicity."): {},
        ("Association", "Naloxone", "clonidine"): {"novelty": "Novel"},
    }
    assert kinds(report) == {"first-mention": 2, "concept": 1}
    assert write("pubtator", [found], tmp_path / "o.pubtator").count("relation") == 0
    assert sorted((tmp_path / "o.pubtator").read_text("utf-8").split()) == sorted(file.read_text("utf-8").split())
    assert again("pubtator", [found], tmp_path / "b.pubtator") == [found]


@pytest.mark.parametrize(("unit", "shift"), [("utf-16-le", 2), ("utf-8", 1)])
def test_the_words_tell_the_unit(unit, shift, tmp_path):
    text = "😀😀 α IL-8\nand TNF"
    rows = []
    for words in ("IL-8", "TNF"):
        start = len(text[: text.index(words)].encode(unit)) // shift
        rows.append(f"1\t{start}\t{start + len(words)}\t{words}\tGene\t-")
    path = tmp_path / "a.pubtator"
    path.write_text("\n".join(["1|t|😀😀 α IL-8", "1|a|and TNF", *rows]), encoding="utf-8")
    (found,) = read("pubtator", path)
    assert [quote for _, quote, *_ in marks(found)] == ["IL-8", "TNF"]


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("227\t0\t900\tNaloxone\tChemical\tD1", "outside the text"),
        ("227\t8\t0\tNaloxone\tChemical\tD1", "ends before it starts"),
        ("227\t0\t8\tNaloxone\t\tD1", "the label is empty"),
        ("228\t0\t8\tNaloxone\tChemical\tD1", "the line is about “228”"),
        ("227\tzero\t8", "neither a mention nor a relation"),
        ("227\t" + "9" * 30 + "\t8\tNaloxone\tChemical", "neither a mention|isn't there|outside"),
    ],
)
def test_a_bad_line_is_named_and_the_rest_read(line, says, file):
    file.write_text("\n".join([*LINES[:3], line, *LINES[3:]]), encoding="utf-8")
    errors: list[FormatError] = []
    (found,) = read("pubtator", file, refuse=errors.append)
    assert len(marks(found)) == 5
    if errors:
        assert any(part in str(errors[0]) for part in says.split("|"))
        assert (errors[0].path, errors[0].line) == (file, 4)


def test_lines_before_a_text_and_other_encodings_are_refused(tmp_path):
    path = tmp_path / "a.pubtator"
    for data, says in ((b"1\t0\t3\tAna\tPER\n", "before the first text"), (b"1|t|caf\xe9\n", "not UTF-8")):
        path.write_bytes(data)
        with pytest.raises(FormatError, match=says):
            read("pubtator", path)


def test_a_title_alone_and_an_empty_abstract(tmp_path):
    path = tmp_path / "a.pubtator"
    path.write_bytes(b"\xef\xbb\xbf1|t|One\r\n\r\n2|t|Two\r\n2|a|\r\n2\t0\t3\tTwo\tX\t\r\n3|t|Three")
    found = read("pubtator", path)
    assert [each.document.text for each in found] == ["One", "Two\n", "Three"]
    write("pubtator", found, tmp_path / "b.pubtator")
    assert (tmp_path / "b.pubtator").read_text() == "1|t|One\n\n2|t|Two\n2|a|\n2\t0\t3\tTwo\tX\t\n\n3|t|Three\n\n"


def test_own_work_is_written_with_what_is_lost(tmp_path):
    text = "A title\n\nAna met\tBen.\n"
    spans = [("a", "PERSON", (9, 12)), ("b", "PERSON", (17, 20)), ("c", "MET", (9, 12), (17, 20)), ("d", "GAP", (2, 2))]
    made = [
        Annotation(
            uid=uid, layer="entity", label=label, fragments=tuple(Fragment(*f) for f in fragments), quote="", origin="x"
        )
        for uid, label, *fragments in spans
    ]
    ties = (Relation(uid="r", source="a", target="b", label="knows"),)
    records = [record(text, sets=(work(*made, relations=ties), work(annotator="ben"))), record(text, uid="d2")]
    losses = write("pubtator", records, tmp_path / "a.pubtator")
    assert kinds(losses) == {"annotator": 1, "line-break": 4, "anchor": 1, "fragments": 1, "relation": 1, "id": 1}
    back = read("pubtator", tmp_path / "a.pubtator")
    assert [each.document.name for each in back] == ["spun.txt", "spun.txt (2)"]
    assert back[0].document.text == "A title \nAna met Ben. "
    assert sorted((label, start, end) for label, _, start, end in marks(back[0])) == [
        ("MET", 9, 12),
        ("MET", 17, 20),
        ("PERSON", 9, 12),
        ("PERSON", 17, 20),
    ]

"""WebAnno TSV 3, read and written."""

import io
import json
import re
import zipfile
from pathlib import Path

import pytest

from app.core.errors import FormatError, StetError
from app.core.scheme import Scheme
from app.core.scheme_file import parse_scheme
from app.exchange.format import ReadOptions, WriteOptions
from app.exchange.formats.uima.annotations import CasTypes
from app.exchange.formats.webanno.escapes import escaped_text, escaped_value, unescaped_text, unescaped_value
from app.exchange.formats.webanno.layer_definitions import layer_definitions
from app.exchange.formats.webanno.reader import WebAnnoReader
from app.exchange.formats.webanno.writer import WebAnnoWriter
from app.exchange.registry import Registry
from app.exchange.report import LossReport, Report
from app.exchange.source import Source
from app.jobs.tasks.export_file import export_project
from app.jobs.tasks.import_files import import_files
from app.services.schemes.inception_layers import from_inception
from app.session.session import Session
from tests.conftest import scheme_source

HEAD = "#FORMAT=WebAnno TSV 3.3\n"
SPANS = f"{HEAD}#T_SP=webanno.custom.Span|value\n\n\n"
NOTHING = Scheme(name="nothing", version=1, title="Nothing")


class Memory:
    """An output that keeps its files."""

    path = None

    def __init__(self):
        self.files: dict[str, str] = {}

    def open(self, name):
        files = self.files

        class File(io.BytesIO):
            def close(self):
                files[name] = self.getvalue().decode()
                super().close()

        return File()


def records(path: Path, report: Report | None = None, **options: object):
    made = ReadOptions(annotator="ana", report=report or Report(), **options)  # type: ignore[arg-type]
    return list(WebAnnoReader().read(Source(path), made))


def read(text: str, tmp_path: Path, report: Report | None = None, **options: object):
    (tmp_path / "one.tsv").write_text(text, encoding="utf-8", newline="")
    (record,) = records(tmp_path / "one.tsv", report, **options)
    return record


def marks(record):
    """The marks as layer, label, start, end and fields."""
    return [(m.layer, m.label, m.start, m.end, m.attributes) for item in record.sets for m in item.annotations]


def ties(record):
    by_uid = {mark.uid: mark.quote for item in record.sets for mark in item.annotations}
    return [(t.label, by_uid[t.source], by_uid[t.target]) for item in record.sets for t in item.relations]


def written(record, scheme: Scheme = NOTHING, annotators=("ana",)) -> tuple[dict[str, str], LossReport]:
    output = Memory()
    options = WriteOptions(scheme=scheme, document=lambda uid: None, annotators=annotators)
    losses = WebAnnoWriter().write([record], output, options)  # type: ignore[arg-type]
    return {name: text for name, text in output.files.items() if name != "layers.json"}, losses


def renumbered(text: str) -> str:
    """A file with its annotations numbered in the order in which they occur."""
    met: dict[str, int] = {}

    def number(found: re.Match[str]) -> str:
        ids = found[1].split("_")
        return f"[{'_'.join('0' if id == '0' else str(met.setdefault(id, len(met) + 1)) for id in ids)}]"

    return re.sub(r"\[(\d+(?:_\d+)?)\]", number, text.strip())


def real_files(shared: Path) -> list[Path]:
    return sorted([*shared.glob("data/webanno-tsv3/*/*.tsv"), *shared.glob("data/curation/*/*.tsv")])


def test_real_files_are_written_as_they_were(shared):
    paths = real_files(shared)
    assert len(paths) > 70
    for path in paths:
        (record,) = records(path)
        files, losses = written(record)
        assert not list(losses)
        assert renumbered(*files.values()) == renumbered(path.read_text("utf-8")), path


def test_real_files_go_through_a_project(shared, tmp_path):
    theirs = shared / "data" / "curation"
    session = Session.create(tmp_path / "a.stet", scheme=scheme_source("ner"), annotator="lead")
    brought = import_files(session, [theirs], options={"people": "files"}, format="webanno")
    again = import_files(session, [theirs], options={"people": "files"}, format="webanno")
    assert (brought.brought.documents, again.brought.documents, again.brought.added) == (8, 0, 0)
    assert session.reader.workers() == ["curator", "user1", "user2"]
    export_project(session, tmp_path / "out", format="webanno")
    session.close()
    there = {path.relative_to(tmp_path / "out") for path in (tmp_path / "out").rglob("*.tsv")}
    assert len(there) == 20  # the others have no annotations
    for name in there:
        made, real = (rows(folder / name) for folder in (tmp_path / "out", theirs))
        assert [line.split("\t")[:3] for line in made] == [line.split("\t")[:3] for line in real]


def rows(path: Path) -> list[str]:
    return re.findall(r"^\d.*", path.read_text("utf-8"), re.M)


STACKED = (
    "#Text=aaaaaa bbbbbb\n"
    "1-1\t0-6\taaaaaa\t2[1]|7[2]|1[3]\t\n"
    "1-1.1\t3-6\taaa\t9[4]\t\n"
    "1-2\t7-13\tbbbbbb\t2[1]|9[4]\t\n"
    "1-2.1\t7-10\tbbb\t7[2]\t\n"
    "1-2.2\t7-7\t\t11\t\n"
    "1-2.3\t13-13\t\t\\*\t\n"
)


def test_stacked_marks_parts_of_tokens_and_places(tmp_path):
    record = read(SPANS + STACKED, tmp_path)
    found = sorted((start, end, label) for _, label, start, end, _ in marks(record))
    assert found == [(0, 6, "1"), (0, 10, "7"), (0, 13, "2"), (3, 13, "9"), (7, 7, "11"), (13, 13, "*")]
    assert renumbered(written(record)[0]["one.tsv"]) == renumbered(SPANS + STACKED)


def test_offsets_are_utf16(tmp_path):
    text = SPANS + "#Text=😀 ok 😀\n1-1\t0-2\t😀\t_\t\n1-2\t3-5\tok\tX\t\n1-3\t6-8\t😀\tY\t\n"
    record = read(text, tmp_path)
    assert [mark[2:4] for mark in marks(record)] == [(2, 4), (5, 6)]
    assert written(record)[0]["one.tsv"] == text


def test_a_program_that_counts_characters_is_believed(tmp_path):
    text = SPANS + "#Text=😀 ok\n1-1\t0-1\t😀\t_\t\n1-2\t2-4\tok\tX\t\n"
    assert marks(read(text, tmp_path))[0][2:4] == (2, 4)


def test_values_with_separators(tmp_path):
    value = "a[1]|b_c->d;e*f\\g\th\ni"
    assert unescaped_value(escaped_value(value)) == value
    text = SPANS.replace("|value", "|note|value") + f"#Text=one\n1-1\t0-3\tone\t{escaped_value(value)}\t\\_\t\n"
    record = read(text, tmp_path)
    assert marks(record) == [("Span", "_", 0, 3, {"note": value})]
    assert written(record)[0]["one.tsv"] == text


@pytest.mark.parametrize("line", ["a\tb\\c\fd\re\bf\x01g\x1f", "C:\\new\\table", ""])
def test_text_lines_with_controls(line):
    assert unescaped_text(escaped_text(line), 3) == line


def test_the_escapes_of_older_versions():
    assert unescaped_text(r"\u00e4\uD83D\uDE00\t\"\\n\101", 1) == 'ä😀\t"\\nA'
    assert unescaped_text(r"\\u00e4\t", 2) == "\\u00e4\t"


TEXTS = (
    "One two.  Three four.\n\nFive\n",
    "\n\n  Begins late.",
    "  blanks before",
    "",
    " \n ",
    "tabs\tand\r\nreturns\r",
    "ends with breaks\n\n\n",
    "😀",
    "line\u2028separators\x85and \x0bmore\x1d",
)


def test_any_text_survives(tmp_path):
    (tmp_path / "in").mkdir()
    for number, text in enumerate(TEXTS):
        (tmp_path / "in" / f"{number}.txt").write_bytes(text.encode())
    session = Session.create(tmp_path / "a.stet", scheme=scheme_source("ner"), annotator="ana")
    import_files(session, [tmp_path / "in"])
    export_project(session, tmp_path / "out", format="webanno", annotators=["ana"])
    session.close()
    for number, text in enumerate(TEXTS):
        (record,) = records(tmp_path / "out" / f"{number}.txt.tsv")
        assert record.document.text == text


def test_sentences_keep_their_ids(tmp_path):
    text = (
        f"{HEAD}\n\n#Sentence.id=s\\t1\n#Text=He is\n#Text=here .\n1-1\t0-2\tHe\t\n1-2\t3-5\tis\t\n"
        "1-3\t6-10\there\t\n1-4\t11-12\t.\t\n\n#Text=No\n2-1\t12-14\tNo\t\n\n#Text=Yes\n3-1\t17-20\tYes\t\n"
    )
    record = read(text, tmp_path)
    assert record.document.text == "He is\nhere .No\n  Yes"
    assert record.extra["uima"]["sentences"] == [[0, 12, "s\t1"], [12, 14], [17, 20]]


RELATIONS = (
    f"{HEAD}#T_SP=webanno.custom.Span|value\n#T_RL=webanno.custom.Rel|weight|value|BT_webanno.custom.Span\n\n\n"
    "#Text=a b c\n1-1\t0-1\ta\tX[1]|Y[2]\t_\t_\t_\t\n1-2\t2-3\tb\tX[3]\t*\t*\t1-2[3_3]\t\n"
    "1-3\t4-5\tc\tX[3]\t_\t_\t_\t\n1-3.1\t5-5\t\tZ\t3|*\tsub\\_j|*\t1-1[2_0]|1-2[3_0]\t\n"
)


def test_relations_and_their_fields(tmp_path):
    report = Report()
    record = read(RELATIONS, tmp_path, report)
    assert sorted(ties(record)) == [("Rel", "b c", ""), ("sub_j", "a", "")]
    assert [t.attributes for t in record.sets[0].relations if t.label == "sub_j"] == [{"weight": "3"}]
    assert report.count("loop") == 1
    assert renumbered(written(record)[0]["one.tsv"]) == renumbered(RELATIONS)


def test_relations_of_tokens_make_marks_of_them(tmp_path):
    text = (
        f"{HEAD}#T_RL=webanno.custom.Rel|BT_de.tudarmstadt.ukp.dkpro.core.api.segmentation.type.Token\n\n\n"
        "#Text=a b\n1-1\t0-1\ta\t_\t\n1-2\t2-3\tb\t1-1\t\n"
    )
    record = read(text, tmp_path)
    assert ties(record) == [("Rel", "a", "b")]
    assert written(record)[0]["one.tsv"] == text


def test_chains_are_relations_from_mention_to_mention(tmp_path):
    text = (
        f"{HEAD}#T_CH=de.tudarmstadt.ukp.dkpro.core.api.coref.type.CoreferenceLink|referenceRelation|referenceType\n\n\n"
        "#Text=a b c d\n1-1\t0-1\ta\tana->1-2|*->2-1\tnam[1]|*[2]\t\n1-2\t2-3\tb\t*->1-1\tnam[1]\t\n"
        "1-3\t4-5\tc\t*->1-1\tnam[1]\t\n1-4\t6-7\td\tlast->1-3\tpro[1]\t\n"
    )
    record = read(text, tmp_path)
    assert sorted(ties(record)) == [("Coreference", "b c", "a"), ("ana", "a", "d")]
    assert ("Coreference", "Coreference", 0, 1, {}) in marks(record)
    again = read(written(record)[0]["one.tsv"], tmp_path)
    assert [m[:4] for m in marks(again)] == [m[:4] for m in marks(record)]
    assert sorted(ties(again)) == sorted(ties(record))


def test_slots_are_relations_from_the_host(tmp_path):
    text = (
        f"{HEAD}#T_SP=webanno.custom.Host|ROLE_webanno.custom.Host:my_links_webanno.custom.HostLink|uima.tcas.Annotation"
        "\n#T_SP=webanno.custom.Span|\n\n\n#Text=a b\n1-1\t0-1\ta\tro\\;le;*[1]|_[2]\t1-2[3];1-1[2]|*\t_\t\n"
        "1-2\t2-3\tb\t_\t_\t*[3]\t\n"
    )
    record = read(text, tmp_path)
    assert ties(record) == [("ro;le", "a", "b"), ("my_links", "a", "a")]
    assert renumbered(written(record)[0]["one.tsv"]) == renumbered(text)


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        ("#FORMAT=WebAnno TSV 2.1\n", 1, "export it as WebAnno TSV 3"),
        ("#FORMAT=WebAnno TSV 3\n", 1, "the first line isn't"),
        (f"{HEAD}#T_RL=a.B|value\n", 2, "no column “BT_…”"),
        (f"{HEAD}#T_SP=a.B|ROLE_x\n", 2, "isn't ROLE_TYPE:FEATURE_LINK"),
        (f"{HEAD}#T_CH=a.BLink|value\n", 2, "no column “referenceRelation”"),
        (SPANS + "1-1\t0-3\tone\t_\t\n", 5, "without the text of its sentence"),
        (SPANS + "#Text=one\n1-1\t0-3\tone\n", 6, "has 0 of 1 cells"),
        (SPANS + "#Text=one\n1-1\tzero\tone\t_\t\n", 6, "isn't a token"),
        (SPANS + "#Text=one\n1-1\t0-9\tone\tX\t\n", 6, "outside the text"),
        (RELATIONS.replace("1-1[2_0]", "1-1[9_0]"), 10, r"1-1\[9\] isn't there"),
        (SPANS + "#Text=one\n1-1\t0-3\tone\t_\t\n\n#Text=two\n2-1\t2-5\ttwo\t_\t\n", 9, "the one before it ends at 3"),
        (SPANS + "#Text=one\n1-1\t999999999-999999999\tone\t_\t\n", 6, "between two sentences"),
    ],
)
def test_bad_lines_are_named(text, line, says, tmp_path):
    errors: list[StetError] = []
    (tmp_path / "one.tsv").write_text(text, encoding="utf-8", newline="")
    records(tmp_path / "one.tsv", refuse=errors.append)
    error = errors[0]
    assert isinstance(error, FormatError)
    assert re.search(says, str(error))
    assert (error.path, error.line) == (tmp_path / "one.tsv", line)


def test_damaged_files_are_refused_in_words(tmp_path):
    whole = (RELATIONS + STACKED).encode()
    for number, data in enumerate(
        [*(whole[:at] for at in range(0, len(whole), 7)), whole.replace(b"\t", b" "), whole.replace(b"[", b"\xff"),
         whole.replace(b"1-1", b"\x00"), whole[::-1], HEAD.encode() + whole[::-1], b""]
    ):  # fmt: skip
        path = tmp_path / f"{number}.tsv"
        path.write_bytes(data)
        errors: list[StetError] = []
        records(path, refuse=errors.append)
        assert all(isinstance(error, FormatError) for error in errors)


def test_only_its_own_files_are_claimed(tmp_path):
    ours = tmp_path / "one.tsv"
    ours.write_text("\ufeff" + SPANS + STACKED, encoding="utf-8")
    found = Registry().for_file(ours)
    assert found is not None
    assert found.format.name == "webanno"
    assert len(marks(records(ours)[0])) == 6
    assert WebAnnoReader().claims(tmp_path / "two.tsv", b"id\ttext\n") is None
    folder = Registry().for_folder(tmp_path)
    assert folder is not None
    assert folder.format.name == "webanno"


def test_layers_are_written_with_their_tagsets(tmp_path):
    """They must have all that documents name: INCEpTION refuses a table with a feature that it doesn't know."""
    (tmp_path / "one.txt").write_text("Ana went to Rome. The end, he says.")
    scheme = parse_scheme(scheme_source("news-full"))
    session = Session.create(tmp_path / "a.stet", scheme=scheme.source, annotator="ana")
    (tmp_path / "one.ann").write_text(
        "T1\tENTITY_WRONG 0 3\tAna\nA1\tseverity T1 major\n#1\tCorrection T1\tEva\n#2\tAnnotatorNotes T1\tno\n"
        "T2\tNON_FACTUAL 0 3\tAna\nT3\tNON_FACTUAL 27 29\the\nT4\tQUANTITY 12 16;22 25\tRome end\n#3\toff_by T4\t2.5\n"
        "R1\tcontradicts Arg1:T2 Arg2:T3\t\nR2\tbecause Arg1:T2 Arg2:T4\t\n"
    )
    import_files(session, [tmp_path / "one.ann"], annotator="ana")
    export_project(session, tmp_path / "out", format="webanno", annotators=["ana"])
    session.close()
    layers = {each["name"]: each for each in json.loads((tmp_path / "out" / "layers.json").read_text("utf-8"))}
    known = {name: {each["name"] for each in layer["features"]} for name, layer in layers.items()}
    table = next((tmp_path / "out").glob("*.tsv")).read_text("utf-8")
    heads = [line.split("=", 1)[1].split("|") for line in table.split("\n") if line.startswith("#T_")]
    assert len(heads) > 3
    for type_, *columns in heads:
        named = {column.removeprefix("ROLE_").rpartition(":")[2].partition("_webanno")[0] for column in columns}
        assert {name for name in named if name not in ("", "BT") and "." not in name} <= known[type_], type_
    error = {each["name"]: each for each in layers["webanno.custom.Error"]["features"]}
    tags = {each["tag_name"]: each["tag_description"] for each in error["value"]["tag_set"]["tags"]}
    layer = scheme.layer("error")
    assert layer is not None
    assert tags == {label.id: label.definition for label in layer.labels}
    assert layers["webanno.custom.ClaimRelation"]["attach_type"] == {"name": "webanno.custom.Claim"}
    assert error["off_by"]["type"] == "uima.cas.Double"


def test_a_scheme_comes_back_from_its_layers(tmp_path):
    scheme = parse_scheme(scheme_source("mt-errors"))
    described = {"layers": json.loads(layer_definitions(scheme, CasTypes(scheme)))}
    with zipfile.ZipFile(tmp_path / "project.zip", "w") as made:
        made.writestr("exportedproject1.json", json.dumps(described))
    again = parse_scheme(from_inception(tmp_path / "project.zip").toml)
    (layer,), error = scheme.layers, again.layer("Error")
    assert error is not None
    assert [(label.id, label.definition) for label in error.labels] == [
        (each.id, each.definition) for each in layer.labels
    ]
    assert error.has_correction
    assert {each.id for each in layer.attributes} <= {each.id for each in error.attributes}

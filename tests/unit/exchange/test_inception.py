"""Projects exported from INCEpTION: their documents, everybody's work, and their layers as a scheme."""

import io
import json
import zipfile
from pathlib import Path
from typing import Any

import pytest

from app.core.annotation import Status
from app.core.errors import FormatError, SchemeError, StetError
from app.exchange import archive
from app.exchange.format import ReadOptions
from app.exchange.formats.inception.reader import InceptionReader
from app.exchange.registry import Registry
from app.exchange.report import Report
from app.exchange.source import Source
from app.jobs.tasks.import_files import import_files
from app.jobs.tasks.scheme_file import parsed, read_scheme
from app.session.session import Session
from tests.unit.exchange.test_uima import JSON, XMI

TEXT = "One two.  \tThree\n"
TSV = (
    "#FORMAT=WebAnno TSV 3.2\n#T_SP=webanno.custom.Mark|label\n\n\n#Text=One two.\n"
    "1-1\t0-3\tOne\tA\t\n1-2\t4-7\ttwo\t_\t\n1-3\t7-8\t.\t_\t\n\n#Text=Three\n2-1\t11-16\tThree\tB\t\n"
)


def tags(*names: str) -> dict[str, Any]:
    return {"name": "t", "tags": [{"tag_name": name, "tag_description": f"about {name}"} for name in names]}


def feature(name: str, range_: str = "uima.cas.String", **more: object) -> dict[str, Any]:
    return {"name": name, "uiName": name, "type": range_, "multi_value_mode": "NONE", "link_mode": "NONE", **more}


MARK = "webanno.custom.Mark"
LAYERS = [
    {
        "name": MARK,
        "uiName": "A mark",
        "type": "span",
        "features": [
            feature("label", tag_set=tags("A", "B")),
            feature("size", "uima.cas.Integer"),
            feature("sure", "uima.cas.Boolean"),
            feature("kinds", tag_set=tags("x", "y"), multi_value_mode="ARRAY"),
            feature("comment"),
            feature("parts", "uima.tcas.Annotation", link_mode="WITH_ROLE", tag_set=tags("head")),
        ],
    },
    {
        "name": "webanno.custom.Rel",
        "uiName": "Rel",
        "type": "relation",
        "attach_type": {"name": MARK},
        "features": [feature("value", tag_set=tags("causes", "follows")), feature("why")],
    },
    {
        "name": "de.x.Coref",
        "uiName": "Coref",
        "type": "chain",
        "features": [feature("referenceRelation", tag_set=tags("same")), feature("referenceType")],
    },
    {"name": "a.Off", "uiName": "Off", "type": "span", "enabled": False, "features": []},
    {"name": "a.Odd", "uiName": "Odd", "type": "document-metadata", "features": []},
]
DESCRIPTION = {
    "name": "My project",
    "source_documents": [{"name": name, "state": "CURATION_FINISHED"} for name in ("one.txt", "two.txt", "old.pdf")],
    "annotation_documents": [
        {"name": "one.txt", "user": "ana", "state": "FINISHED"},
        {"name": "one.txt", "user": "ben", "state": "IGNORE"},
        {"name": "two.txt", "user": "ana", "state": "INPROGRESS"},
    ],
    "layers": LAYERS,
}


def packed(members: dict[str, str | bytes]) -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in members.items():
            made.writestr(name, content)
    return data.getvalue()


MEMBERS: dict[str, str | bytes] = {
    "exportedproject123.json": json.dumps(DESCRIPTION),
    "source/one.txt": TEXT,
    "annotation/one.txt/ana.tsv": TSV,
    "annotation/one.txt/ben.tsv": TSV.replace("\tA\t", "\tB\t"),
    "annotation/one.txt/INITIAL_CAS.tsv": TSV.replace("\tA\t", "\t_\t").replace("\tB\t", "\t_\t"),
    "curation/one.txt/CURATION_USER.tsv": TSV,
    "annotation/two.txt/ana.json": JSON,
    "annotation/two.txt/ben.zip": packed({"ben.xmi": XMI}),
    "annotation/two.txt/cleo.txt": "One two.",
    "annotation_ser/two.txt/ana.ser": b"\xac\xed",
}


def project(where: Path, members: dict[str, str | bytes] = MEMBERS) -> Path:
    path = where / "project.zip"
    path.write_bytes(packed(members))
    return path


def records(path: Path, report: Report | None = None, **options: Any):
    return list(InceptionReader().read(Source(path), ReadOptions(report=report or Report(), **options)))


@pytest.mark.parametrize("is_unpacked", [False, True])
def test_everybodys_work_and_its_state(is_unpacked, tmp_path):
    report = Report()
    path = project(tmp_path)
    if is_unpacked:
        with zipfile.ZipFile(path) as made:
            made.extractall(tmp_path / "folder")
        path = tmp_path / "folder"
        found = Registry().for_folder(path)
        assert found is not None
        assert found.format.name == "inception"
    one, two, other = records(path, report)
    assert (one.document.name, one.document.text) == ("one.txt", TEXT)
    assert {(s.annotator, s.status): [m.label for m in s.annotations] for s in one.sets} == {
        ("ana", Status.DONE): ["A", "B"],
        ("ben", Status.SKIPPED): ["B", "B"],
        ("curation", Status.DONE): ["A", "B"],
    }
    assert [m.quote for m in one.sets[0].annotations] == ["One", "Three"]
    assert (two.document.name, two.document.text, two.sets[0].status) == ("two.txt", "😀 one two", Status.OPEN)
    assert (other.document.name, [s.annotator for s in other.sets]) == ("two.txt", ["ben"])  # of another text
    assert report.count("no-file") == 1


def test_the_real_project(shared, tmp_path):
    path = shared / "data" / "inception-project" / "curated.zip"
    found = Registry().for_file(path)
    assert found is not None
    assert found.format.name == "inception"
    scheme = read_scheme(str(path))
    session = Session.create(tmp_path / "a.stet", scheme=scheme.source, annotator="lead")
    brought = import_files(session, [path])
    again = import_files(session, [path])
    session.close()
    assert (brought.brought.documents, brought.brought.annotations) == (1, 1)
    assert (again.brought.documents, again.brought.added, brought.report.count("label")) == (0, 0, 0)
    assert [finding.kind for finding in brought.report if finding.kind != "no-work"] == []


def test_layers_and_tagsets_are_a_scheme(tmp_path):
    source = read_scheme(str(project(tmp_path)))
    scheme = parsed(source)
    mark, coref = scheme.layers
    assert (mark.id, mark.title, [label.id for label in mark.labels]) == ("Mark", "A mark", ["A", "B"])
    assert mark.labels[0].definition == "about A"
    assert {each.id: each.kind.value for each in mark.attributes} == {"size": "number", "sure": "flag", "kinds": "many"}
    assert (coref.id, [label.id for label in coref.labels]) == ("Coref", ["Coref"])
    ties = {each.id: (each.sources, each.targets, each.chain) for each in scheme.relations}
    assert ties["causes"] == ties["follows"] == (("Mark",), ("Mark",), False)
    assert ties["head"] == (("Mark",), (), False)
    assert ties["same"] == (("Coref",), ("Coref",), True)
    assert any("“Odd” is left out" in note for note in source.notes)
    session = Session.create(tmp_path / "a.stet", scheme=source.source, annotator="lead")
    report = import_files(session, [tmp_path / "project.zip"]).report
    session.close()
    labels = {example for finding in report if finding.kind == "label" for example in finding.examples}
    assert not any("Mark.A" in example for example in labels)


@pytest.mark.parametrize(
    ("members", "says"),
    [
        ({"annotation/one.txt/ana.tsv": TSV}, "no exportedproject"),
        ({"exportedproject1.json": "[]"}, "isn't an object"),
        ({"exportedproject1.json": "{"}, "isn't JSON"),
        ({**MEMBERS, "annotation/one.txt/ana.tsv": b"\xff\xfe"}, "isn’t|UTF-8"),
        ({**MEMBERS, "annotation/two.txt/ben.zip": b"PK\x03\x04"}, "the ZIP file is damaged"),
        ({**MEMBERS, "annotation/two.txt/ben.zip": packed({"a.txt": "b"})}, "no XMI in it"),
    ],
)
def test_damaged_projects_are_refused_in_words(members, says, tmp_path):
    errors: list[StetError] = []
    records(project(tmp_path, members), refuse=errors.append)
    (error,) = errors
    assert isinstance(error, FormatError)
    assert any(part in str(error) for part in says.split("|"))
    assert str(error.path).startswith(str(tmp_path / "project.zip"))


def test_any_cut_of_an_archive_is_an_error_in_words(tmp_path):
    whole = packed(MEMBERS)
    path = tmp_path / "project.zip"
    for at in range(0, len(whole), 199):
        path.write_bytes(whole[:at] + whole[at + 7 :])
        errors: list[StetError] = []
        records(path, refuse=errors.append)
        assert all(isinstance(error, FormatError) for error in errors)
        InceptionReader().claims(path, path.read_bytes()[:100])


def test_what_an_archive_unpacks_to_is_limited(tmp_path, monkeypatch):
    monkeypatch.setattr(archive, "LARGEST", 1000)
    errors: list[StetError] = []
    members = {"exportedproject1.json": "{}", "annotation/b/ana.tsv": "#" * 100_000}
    assert records(project(tmp_path, members), refuse=errors.append) == []
    assert ["unpacks to more than" in str(error) for error in errors] == [True]
    monkeypatch.setattr(archive, "MOST_MEMBERS", 1)
    with pytest.raises(FormatError, match="more than 1 files"):
        records(tmp_path / "project.zip")


def test_a_name_that_leads_out_of_an_archive_is_refused(tmp_path):
    with pytest.raises(FormatError, match="leads out of it"):
        records(project(tmp_path, {**MEMBERS, "../annotation/c/ana.tsv": TSV}))


def test_another_archive_is_no_scheme(tmp_path):
    with pytest.raises(SchemeError, match="no exportedproject"):
        read_scheme(str(project(tmp_path, {"a.txt": "b"})))

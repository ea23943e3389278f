"""Exports: whole or not there at all, of whom and what was asked for, and honest about what is missing."""

import io
import json
import os
import unicodedata
from collections import Counter
from pathlib import Path

import pytest

from app.core.annotation import Evidence, Fragment, Relation, Stance, Status
from app.core.document_conditions import parse_condition
from app.core.errors import Cancelled, FormatError
from app.core.progress import CancelToken
from app.core.record import DocumentRecord
from app.exchange.split import Split
from app.jobs.tasks.export_file import export_project
from app.jobs.tasks.export_report import ExportReport
from app.services.importing.document_import import import_documents
from app.session.session import Session
from tests.unit.build import annotation
from tests.unit.exchange.build import REFERENCE, TEXT, exported, project, read, record, work


def marks(prefix: str):
    """Return two annotations of TEXT in two layers."""
    return (
        annotation(TEXT, (0, 12), uid=f"{prefix}1", layer="entity", label="PERSON"),
        annotation(TEXT, (21, 28), uid=f"{prefix}2", layer="error", label="ROLE_ATTRIBUTE"),
    )


def records() -> list[DocumentRecord]:
    """Return two texts with one reference; ana has worked on both, boris on one."""
    tie = Relation(uid="r1", source="x1", target="x2", label="of")
    first = record(
        uid="d1",
        name="spun/one.txt",
        meta={"genre": "news", "year": 2025, "ok": True},
        references=("d3",),
        sets=(
            work(*marks("x"), status=Status.DONE, relations=(tie,)),
            work(*marks("y"), annotator="boris", status=Status.OPEN),
        ),
    )
    second = record(uid="d2", name="two.txt", references=("d3",), sets=(work(status=Status.DONE_EMPTY),))
    return [first, second, record(REFERENCE, uid="d3", name="report.txt")]


@pytest.fixture
def session(tmp_path: Path):
    """Give a project with these records."""
    with project(tmp_path / "news.stet") as session:
        import_documents(session, records(), title="Import")
        yield session


def ids(path: Path) -> list[str]:
    """Return the ids of the documents in a file."""
    return [found.document.uid for found in read(path)]


def conditions(*texts: str):
    """Return conditions from their texts."""
    return [parse_condition(text) for text in texts]


# -- the file ----------------------------------------------------------------------------------------------------------


def test_a_whole_export_is_the_whole_project(session: Session, tmp_path: Path) -> None:
    report = export_project(session, tmp_path / "out.jsonl")
    assert (tmp_path / "out.jsonl").read_bytes() == exported(session)
    assert report.lines() == [f"exported 3 documents to {tmp_path / 'out.jsonl'}"]


def test_a_stream_gets_the_same(session: Session) -> None:
    out = io.BytesIO()
    report = export_project(session, out)
    assert out.getvalue() == exported(session)
    assert report.lines() == ["exported 3 documents"]


def test_a_read_only_project_can_be_exported_during_a_write(session: Session, tmp_path: Path) -> None:
    reader = Session.open(session.path, write=False)
    try:
        with session.project.atomic():
            session.project.db.conn.execute("UPDATE document SET name='changing'")
            export_project(reader, tmp_path / "out.jsonl")
    finally:
        reader.close()
    assert "changing" not in {found.document.name for found in read(tmp_path / "out.jsonl")}


def test_what_was_there_stays_until_the_new_file_is_whole(session: Session, tmp_path: Path) -> None:
    out = tmp_path / "out.jsonl"
    out.write_text("old")
    token = CancelToken()

    def progress(done: int, total: int | None, what: str) -> None:
        assert out.read_text() == "old"
        token.cancel()

    with pytest.raises(Cancelled):
        export_project(session, out, progress=progress, cancel=token)
    assert out.read_text() == "old"
    assert sorted(path.name for path in tmp_path.iterdir() if path.suffix in (".part", ".jsonl")) == ["out.jsonl"]
    export_project(session, out)
    assert out.read_bytes() == exported(session)


def test_places_that_can_not_be_written_to_are_refused(session: Session, tmp_path: Path) -> None:
    for out, what in (
        (session.path, "this is the project itself"),
        (tmp_path, "this is a folder"),
        (tmp_path / "none" / "out.jsonl", "can't be written"),
    ):
        with pytest.raises(FormatError, match=what):
            export_project(session, out)
    assert exported(session)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no pipes with names here")
def test_a_device_is_written_to_and_not_replaced(session: Session) -> None:
    export_project(session, Path(os.devnull))
    assert not Path(os.devnull).is_file()


def test_a_link_keeps_being_one(session: Session, tmp_path: Path) -> None:
    (tmp_path / "real.jsonl").write_text("old")
    (tmp_path / "link.jsonl").symlink_to(tmp_path / "real.jsonl")
    export_project(session, tmp_path / "link.jsonl")
    assert (tmp_path / "link.jsonl").is_symlink()
    assert ids(tmp_path / "real.jsonl") == ["d1", "d2", "d3"]


def test_a_full_disk_leaves_no_half_file(session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(FormatError, match="can't be written: the disk is full"):
        export_project(session, tmp_path / "out.jsonl")
    assert [path for path in tmp_path.iterdir() if "out" in path.name] == []


# -- whose and what ----------------------------------------------------------------------------------------------------


def test_one_annotator_s_work_can_be_had(session: Session, tmp_path: Path) -> None:
    export_project(session, tmp_path / "out.jsonl", annotators=["Boris"])
    found = read(tmp_path / "out.jsonl")
    assert [[item.annotator for item in one.sets] for one in found] == [["boris"], [], []]
    with pytest.raises(FormatError, match="the project has no annotator “zoe”; annotators in this project: ana"):
        export_project(session, tmp_path / "out.jsonl", annotators=["zoe"])


def test_a_single_layer_export_reports_lost_relations(session: Session, tmp_path: Path) -> None:
    report = export_project(session, tmp_path / "out.jsonl", layers=["error"])
    layers = {a.layer for one in read(tmp_path / "out.jsonl") for item in one.sets for a in item.annotations}
    assert layers == {"error"}
    assert [(loss.kind, loss.count, loss.examples) for loss in report.losses] == [("relation", 1, ["r1"])]
    with pytest.raises(FormatError, match="unknown layer “mood”; use one of: claim, entity, error"):
        export_project(session, tmp_path / "out.jsonl", layers=["mood"])


@pytest.mark.parametrize(
    ("where", "expected"),
    [
        (["status=done"], ["d1"]),
        (["status=finished"], ["d1", "d2"]),
        (["status=done", "status=done_empty"], ["d1", "d2"]),
        (["status=open"], ["d1"]),
        (["status=skipped"], []),
        (["name=*.txt"], ["d1", "d2", "d3"]),
        (["name=spun/*"], ["d1"]),
        (["label=PERSON"], ["d1"]),
        (["label=PERSON", "status=done_empty"], []),
        (["meta.genre=news"], ["d1"]),
        (["meta.year=2025", "meta.ok=true"], ["d1"]),
        (["meta.genre=sport"], []),
    ],
)
def test_documents_can_be_chosen(session: Session, tmp_path: Path, where: list[str], expected: list[str]) -> None:
    export_project(session, tmp_path / "out.jsonl", where=conditions(*where))
    assert ids(tmp_path / "out.jsonl") == expected


def test_what_the_chosen_ones_point_at_is_said_to_be_left_out(session: Session, tmp_path: Path) -> None:
    report = export_project(session, tmp_path / "out.jsonl", where=conditions("name=two.txt"))
    assert [(loss.kind, loss.examples) for loss in report.losses] == [("reference", ["report.txt"])]


@pytest.mark.parametrize("text", ["status", "status=finish", "colour=red", "meta.=1", "=done"])
def test_a_condition_that_makes_no_sense_is_refused(text: str) -> None:
    with pytest.raises(FormatError):
        parse_condition(text)


def test_quotes_that_do_not_hold_are_written_and_said(session: Session, tmp_path: Path) -> None:
    odd = annotation(TEXT, (0, 6), uid="z1", layer="entity", label="PERSON", quote="Ronald")
    import_documents(session, [record(uid="d9", name="odd", sets=(work(odd),))], title="Import")
    report = export_project(session, tmp_path / "out.jsonl")
    assert [(loss.kind, loss.examples) for loss in report.losses] == [("quote", ["odd: “Ronald”"])]
    assert odd in read(tmp_path / "out.jsonl")[-1].sets[0].annotations


# -- splits ------------------------------------------------------------------------------------------------------------


def own_text(text: str, word: str) -> str:
    """Return a longer text like no other: documents with nearly the same would stay together."""
    return f"{text} {' '.join(f'{word}{number}' for number in range(20))}"


def many(session: Session) -> None:
    """Add sixty texts; every three have a reference in common, some only through evidence."""
    found: list[DocumentRecord] = []
    for group in range(20):
        reference = record(own_text(REFERENCE, f"r{group}"), uid=f"ref{group}", name=f"ref{group}")
        found.append(reference)
        for number in range(3):
            proof = Evidence(
                uid="e", document=f"ref{group}", fragments=(Fragment(0, 4),), quote="U.S.", stance=Stance.REFUTES
            )
            proofs = (proof,) if number == 2 else ()
            mark = annotation(TEXT, (0, 6), uid=f"m{group}-{number}", layer="error", label="NAME_FORM", evidence=proofs)
            references = () if proofs else (f"ref{group}",)
            uid = f"t{group}-{number}"
            text = own_text(TEXT, uid)
            found.append(record(text, uid=uid, name=uid, references=references, sets=(work(mark, status=Status.DONE),)))
    import_documents(session, found, title="Import")


@pytest.mark.parametrize("format", ["stet", "training"])
def test_parts_share_no_reference(session: Session, tmp_path: Path, format: str) -> None:
    many(session)
    split = Split.parse("80/10/10", seed=7)
    report = export_project(
        session,
        tmp_path / "a.jsonl",
        format=format,
        annotators=["ana"],
        split=split,
        where=conditions("name=[tr]*[0-9]"),
    )
    groups: list[set[str]] = []
    for part, name in zip(report.parts, ("train", "dev", "test"), strict=True):
        path = tmp_path / f"a.{name}.jsonl"
        assert part.path == path
        lines = path.read_bytes().splitlines()
        assert len(lines) == part.documents
        found = [line.split(b'"id":"', 1)[1].split(b'"', 1)[0].decode() for line in lines]
        groups.append({uid.strip("reft").split("-")[0] for uid in found})
    assert groups[0].isdisjoint(groups[1] | groups[2])
    assert groups[1].isdisjoint(groups[2])
    total = 80 if format == "stet" else 60
    assert [part.documents for part in report.parts] == [total * 8 // 10, total // 10, total // 10]
    assert report.seed == 7


@pytest.mark.parametrize("format", ["stet", "training"])
def test_equal_texts_stay_in_one_part(session: Session, tmp_path: Path, format: str) -> None:
    found: list[DocumentRecord] = []
    for number in range(10):
        text = f"Report number {number % 5}: the Mayor of Ulm résigned."
        spelt = [text, text, text.upper(), text.replace(" ", "\n  "), unicodedata.normalize("NFD", text)][number // 2]
        mark = annotation(spelt, (0, 6), uid=f"m{number}", layer="error", label="NAME_FORM")
        uid = f"t{number}"
        found.append(record(spelt, uid=uid, name=uid, sets=(work(mark, status=Status.DONE),)))
    # Two texts differ, but are compared with references that don't.
    found += [record(f"text {n}", uid=f"x{n}", name=f"x{n}", references=(f"ref{n}",)) for n in range(2)]
    found += [record("the same report", uid=f"ref{n}", name=f"ref{n}") for n in range(2)]
    import_documents(session, found, title="Import")
    for seed in range(5):
        split = Split.parse("60/20/20", seed=seed)
        report = export_project(
            session,
            tmp_path / "a.jsonl",
            format=format,
            annotators=["ana"],
            split=split,
            where=conditions("name=[tx]?"),
        )
        parts = [
            {json.loads(line)["id"] for line in part.path.read_bytes().splitlines()}
            for part in report.parts
            if part.path
        ]
        for one, other in [*((f"t{n}", f"t{n + 5}") for n in range(5)), *([("x0", "x1")] if format == "stet" else ())]:
            assert any({one, other} <= part for part in parts)
        assert {loss.kind: loss.count for loss in report.losses}["same-text"] == 10


def test_the_same_seed_gives_the_same_split_and_others_differ(session: Session, tmp_path: Path) -> None:
    many(session)

    def parts(seed: int) -> list[bytes]:
        split = Split.parse("50/50", seed=seed)
        report = export_project(session, tmp_path / "a.jsonl", split=split)
        return [part.path.read_bytes() for part in report.parts if part.path]

    assert parts(1) == parts(1)
    assert parts(1) != parts(2)
    assert {path.name for path in tmp_path.glob("a.*")} == {"a.train.jsonl", "a.test.jsonl"}


@pytest.mark.parametrize("text", ["80", "80/20/0", "80/10/5/5", "a/b", "-1/2", "80/", "٨/٢"])
def test_a_split_that_makes_no_sense_is_refused(text: str) -> None:
    with pytest.raises(FormatError, match="isn't a split; write 80/20"):
        Split.parse(text)


def test_a_split_needs_a_file(session: Session) -> None:
    with pytest.raises(FormatError, match="a split needs an output file"):
        export_project(session, io.BytesIO(), split=Split.parse("80/20"))


def test_long_chains_of_references_stay_together() -> None:
    weights = {f"d{number}": 1 for number in range(5000)}
    links = [(f"d{number}", f"d{number + 1}") for number in range(4999)]
    assert len(set(Split.parse("50/50").assign(weights, links).values())) == 1


def test_documents_without_any_link_are_dealt_out_by_the_shares() -> None:
    weights = {f"d{number}": 1 for number in range(1000)}
    parts = list(Split.parse("80/10/10", seed=3).assign(weights, []).values())
    assert [parts.count(number) for number in range(3)] == [800, 100, 100]
    assert parts != sorted(parts)


def parts_of(report: ExportReport) -> list[set[str]]:
    """Return the ids of the documents in each part."""
    found = [part.path.read_bytes() for part in report.parts if part.path]
    return [{json.loads(line)["id"] for line in lines.splitlines()} for lines in found]


def test_nearly_equal_texts_stay_in_one_part(session: Session, tmp_path: Path) -> None:
    found = [record(own_text(TEXT, f"x{number}"), uid=f"n{number}", name=f"n{number}") for number in range(10)]
    found += [record(f"{found[n].document.text} again", uid=f"m{n}", name=f"m{n}") for n in range(5)]
    import_documents(session, found, title="Import")
    for seed in range(4):
        split = Split.parse("60/20/20", seed=seed)
        report = export_project(session, tmp_path / "a.jsonl", split=split, where=conditions("name=[mn]?"))
        parts = parts_of(report)
        assert all(any({f"n{n}", f"m{n}"} <= part for part in parts) for n in range(5))
        assert [(loss.kind, loss.count) for loss in report.losses] == [("near-text", 10)]


def test_what_metadata_put_together_stays_in_one_part(session: Session, tmp_path: Path) -> None:
    meta = [{"thread": number // 5} for number in range(20)]
    found = [record(own_text(TEXT, f"x{n}"), uid=f"n{n}", name=f"n{n}", meta=meta[n]) for n in range(20)]
    import_documents(session, found, title="Import")
    split = Split.parse("50/50", group_by="thread")
    report = export_project(session, tmp_path / "a.jsonl", split=split, where=conditions("name=n*"))
    for part in parts_of(report):
        assert len(part) == 10
        assert Counter(int(uid[1:]) // 5 for uid in part).most_common(1)[0][1] == 5
    assert [(loss.kind, loss.count) for loss in report.losses] == [("same-meta", 20)]
    split = Split.parse("50/50", group_by="author")
    report = export_project(session, tmp_path / "a.jsonl", split=split, where=conditions("name=n*"))
    assert [(loss.kind, str(loss)) for loss in report.losses] == [
        ("no-meta", "no documents have the same “author” in their metadata")
    ]


def test_a_group_larger_than_a_part_and_rare_labels_are_said(session: Session, tmp_path: Path) -> None:
    many(session)
    import_documents(
        session, [record(TEXT, uid="big", name="big", references=tuple(f"ref{n}" for n in range(9)))], title="Import"
    )
    report = export_project(session, tmp_path / "a.jsonl", split=Split.parse("80/10/10"), where=conditions("name=*"))
    found = {loss.kind: loss for loss in report.losses}
    assert found["large-group"].count == 40
    assert found["rare-label"].examples == ["entity.PERSON", "error.ROLE_ATTRIBUTE"]

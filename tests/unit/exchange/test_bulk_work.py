"""Bulk work takes few statements: rows come and go many at a time, however many there are."""

import itertools
from collections import Counter
from pathlib import Path

import pytest

from app.jobs.tasks.export_file import export_project
from app.jobs.tasks.import_files import import_files
from app.session.session import Session
from tests.bench import bulk
from tests.conftest import scheme_source

MARKS = bulk.MARKS


def imported(home: Path, documents: int) -> tuple[Path, Counter[str]]:
    """Return a project with so many documents, and how often each table was written to."""
    file, project = bulk.jsonl(home / f"{documents}.jsonl", documents), home / f"{documents}.stet"
    session = Session.create(project, scheme=scheme_source("ner"))
    ran: list[str] = []
    session.project.connection.set_trace_callback(ran.append)
    import_files(session, [file])
    session.close()
    # What the triggers of a statement do is reported as that statement again.
    return project, Counter(_table(sql) for sql, _ in itertools.groupby(ran))


def _table(sql: str) -> str:
    words = sql.split()
    return words[2].strip("'") if words[:2] == ["INSERT", "INTO"] else ""


def test_an_import_inserts_many_annotations_at_once(tmp_path: Path) -> None:
    few, many = (imported(tmp_path, documents)[1] for documents in (50, 200))
    assert few["document"] == 50
    assert many["document"] == 200
    # What doesn't fill a statement goes in row by row, once for each group of documents.
    assert many["annotation"] < 200 * MARKS // 20
    assert few["annotation"] < 50 * MARKS / 2


@pytest.mark.parametrize("format", ["stet", "training"])
def test_an_export_asks_as_often_for_many_documents(tmp_path: Path, format: str) -> None:
    asked: list[int] = []
    for documents in (3, 30):
        project, _ = imported(tmp_path, documents)
        session = Session.open(project, write=False)
        ran: list[str] = []
        session.project.reader.set_trace_callback(ran.append)
        export_project(session, tmp_path / "out", format=format, every_annotator=True)
        session.close()
        asked.append(len(ran))
    assert asked[0] == asked[1]


@pytest.mark.parametrize(
    ("bench", "names"),
    [(bulk.run_import, ["import", "import"]), (bulk.run_export, ["export", "training data", "export"])],
)
def test_its_pace_can_be_measured(bench, names: list[str]) -> None:
    rows = bench(10, runs=1)
    assert [row.name.split(" of ")[0] for row in rows] == names
    assert all(row.baseline > 0 for row in rows)

"""Bringing many documents in and out, beside what bare libraries take to bring the same file in.

The baseline reads the lines with `json` and writes their rows by `executemany`, in one transaction, into tables with
the keys and indexes that a project has, and the words into an index of FTS5.
"""

import gc
import json
import re
import sqlite3
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any

from app import paths
from app.core.annotation import Annotation, Fragment, Status
from app.core.document import Document, sha256
from app.core.record import DocumentRecord, SetRecord
from app.exchange.formats.stet_jsonl.writer import line_of
from app.jobs.tasks.export_file import export_project
from app.jobs.tasks.import_files import import_files
from app.session.session import Session
from tests.bench.clock import Took, middle, row, timed
from tests.bench.processes import used_by
from tests.bench.rows import Row

DOCUMENTS, FULL = 2_000, 10_000
MARKS = 30  # a document
_RUNS, _FULL_RUNS = 3, 3
_GROUP = 500  # documents
_WORDS = "The senator said on Monday that the budget of the city was voted down by 412 members of the council. "
_BARE = "json + sqlite3 bringing the same in, with a word index"
_IMPORT_GOAL, _EXPORT_GOAL, _MEMORY_GOAL = 1.2, 0.4, 1.25
_FOREIGN_GOAL = 2.0
_NO_TIMES = {"created": "", "updated": ""}
_TABLES = """
PRAGMA journal_mode=WAL;
PRAGMA synchronous=FULL;
CREATE TABLE document (
    id INTEGER PRIMARY KEY, uid TEXT UNIQUE, name TEXT, sha256 TEXT, length INTEGER, meta TEXT, text TEXT
);
CREATE INDEX document_name ON document(name);
CREATE TABLE annotation_set (id INTEGER PRIMARY KEY, document INTEGER, annotator TEXT, status TEXT, scheme TEXT);
CREATE TABLE annotation (
    document INTEGER, start INTEGER, uid TEXT UNIQUE, set_id INTEGER, layer TEXT, label TEXT, "end" INTEGER, quote TEXT,
    attributes TEXT, correction TEXT, comment TEXT, origin TEXT, created TEXT, updated TEXT,
    PRIMARY KEY (document, start, uid)
) WITHOUT ROWID;
CREATE INDEX annotation_set_id ON annotation(set_id);
CREATE VIRTUAL TABLE words USING fts5 (name, text, content='');
"""
_MARK = ("layer", "label", "end", "quote", "attributes", "correction", "comment", "origin", "created", "updated")
_COMMAND = """
import sys
from pathlib import Path
from tests.bench import bulk
bulk.{work}(*map(Path, sys.argv[1:]))
"""


def run_import(documents: int = DOCUMENTS, *, runs: int = _RUNS) -> Sequence[Row]:
    """Measure the import of our JSONL, and that its memory doesn't grow with the documents."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        file, half = jsonl(home / "in.jsonl", documents), jsonl(home / "half.jsonl", documents // 2)
        ours: list[Took] = []
        bare: list[Took] = []
        for number in range(runs):
            ours.append(_timed(partial(bring_in, home / f"{number}.stet", file)))
            bare.append(_timed(partial(_bring_in_bare, home / f"{number}.db", file)))
        command = _COMMAND.format(work="bring_in")
        memory = [
            used_by("-c", command, str(home / f"{source.stem}.stet"), str(source)).memory for source in (file, half)
        ]
        return [
            row(f"import of {_sized(documents)}", middle(ours), middle(bare), _BARE, _IMPORT_GOAL),
            _memory(f"import of {_sized(documents)}", *memory),
        ]


def run_label_studio(documents: int = DOCUMENTS, *, runs: int = _RUNS) -> Sequence[Row]:
    """Measure the import of Label Studio's JSON, one array, and that its memory doesn't grow with the documents."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        file, half = tasks(home / "in.json", documents), tasks(home / "half.json", documents // 2)
        ours: list[Took] = []
        bare: list[Took] = []
        for number in range(runs):
            ours.append(_timed(partial(bring_in, home / f"{number}.stet", file)))
            bare.append(_timed(partial(_bring_in_bare, home / f"{number}.db", file, _from_tasks)))
        command = _COMMAND.format(work="bring_in")
        memory = [
            used_by("-c", command, str(home / f"{source.stem}.stet"), str(source)).memory for source in (file, half)
        ]
        name = f"import of Label Studio's JSON, {_sized(documents)}"
        return [row(name, middle(ours), middle(bare), _BARE, _FOREIGN_GOAL), _memory(name, *memory)]


def run_full_label_studio() -> Sequence[Row]:
    """Measure the import of 10,000 tasks with 300,000 regions."""
    return run_label_studio(FULL, runs=_FULL_RUNS)


def run_export(documents: int = DOCUMENTS, *, runs: int = _RUNS) -> Sequence[Row]:
    """Measure the export as our JSONL and as training data, and that its memory doesn't grow with the documents."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        file, project, half = jsonl(home / "in.jsonl", documents), home / "a.stet", home / "half.stet"
        bring_in(project, file)
        bring_in(half, jsonl(home / "half.jsonl", documents // 2))
        ours: list[Took] = []
        training: list[Took] = []
        bare: list[Took] = []
        for number in range(runs):
            ours.append(_timed(partial(bring_out, project, home / "out.jsonl")))
            training.append(_timed(partial(bring_out, project, home / "out.jsonl", format="training")))
            bare.append(_timed(partial(_bring_in_bare, home / f"{number}.db", file)))
        command = _COMMAND.format(work="bring_out")
        memory = [used_by("-c", command, str(source), str(home / "out.jsonl")).memory for source in (project, half)]
        baseline = middle(bare)
        return [
            row(f"export of {_sized(documents)}", middle(ours), baseline, _BARE, _EXPORT_GOAL),
            row(f"training data of {_sized(documents)}", middle(training), baseline, _BARE, _EXPORT_GOAL),
            _memory(f"export of {_sized(documents)}", *memory),
        ]


def run_prodigy(documents: int = DOCUMENTS, *, runs: int = _RUNS) -> Sequence[Row]:
    """Measure the import and the export of Prodigy's JSONL with tokens, and that their memory doesn't grow."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        file, half = answers(home / "in.jsonl", documents), answers(home / "half.jsonl", documents // 2)
        ours: list[Took] = []
        bare: list[Took] = []
        out: list[Took] = []
        for number in range(runs):
            ours.append(_timed(partial(bring_in, home / f"{number}.stet", file)))
            bare.append(_timed(partial(_bring_in_bare, home / f"{number}.db", file, _from_answers)))
            out.append(_timed(partial(bring_out, home / f"{number}.stet", home / "out.jsonl", format="prodigy")))
        command = _COMMAND.format(work="bring_in")
        memory = [used_by("-c", command, str(home / f"{each.stem}.stet"), str(each)).memory for each in (file, half)]
        name = f"of Prodigy’s JSONL of {_sized(documents)}"
        return [
            row(f"import {name}", middle(ours), middle(bare), _BARE, _FOREIGN_GOAL),
            row(f"export {name}", middle(out), middle(bare), _BARE, _FOREIGN_GOAL),
            _memory(f"import {name}", *memory),
        ]


def run_full_prodigy() -> Sequence[Row]:
    """Measure the import and the export of 10,000 tasks with 300,000 spans."""
    return run_prodigy(FULL, runs=_FULL_RUNS)


def run_full_import() -> Sequence[Row]:
    """Measure the import of 10,000 documents with 300,000 annotations."""
    return run_import(FULL, runs=_FULL_RUNS)


def run_full_export() -> Sequence[Row]:
    """Measure the export of 10,000 documents with 300,000 annotations."""
    return run_export(FULL, runs=_FULL_RUNS)


def jsonl(path: Path, documents: int) -> Path:
    """Write documents of 3 kB with their marks as our JSONL; return its path."""
    with path.open("wb") as out:
        out.writelines(map(line_of, _records(documents)))
    return path


def tasks(path: Path, documents: int) -> Path:
    """Write the same as Label Studio's export does, one array; return its path."""
    with path.open("w", encoding="utf-8") as out:
        for number, record in enumerate(_records(documents)):
            (item,) = record.sets
            regions = [_region(mark) for mark in item.annotations]
            work = {"id": number, "completed_by": 1, "was_cancelled": False, "lead_time": 73.688, "result": regions}
            times = {"created_at": "2025-11-13T14:29:22.759670Z", "updated_at": "2025-11-13T14:29:22.759670Z"}
            task = {"id": number, "annotations": [{**work, **times}], "predictions": [], "drafts": [], **times}
            data = {"text": record.document.text, "name": record.document.name}
            out.write(f"{',' if number else '['}{json.dumps({**task, 'data': data})}")
        out.write("]")
    return path


def answers(path: Path, documents: int) -> Path:
    """Write the same as Prodigy does, a task a line, with the tokens between blanks; return its path."""
    with path.open("w", encoding="utf-8") as out:
        for number, record in enumerate(_records(documents)):
            text = record.document.text
            found = [(each.start(), each.end()) for each in re.finditer(r"\S+", text)]
            tokens = [{"text": text[s:e], "start": s, "end": e, "id": n, "ws": True} for n, (s, e) in enumerate(found)]
            (item,) = record.sets
            spans = [{"start": mark.start, "end": mark.end, "label": mark.label} for mark in item.annotations]
            task = {"text": text, "meta": {"number": number}, "_input_hash": number, "_task_hash": -number}
            keys = {"_view_id": "ner_manual", "_session_id": "news-ana", "answer": "accept"}
            out.write(f"{json.dumps({**task, 'tokens': tokens, 'spans': spans, **keys})}\n")
    return path


def _region(mark: Annotation) -> dict[str, Any]:
    value = {"start": mark.start, "end": mark.end, "text": mark.quote, "labels": [mark.label]}
    controls = {"from_name": "label", "to_name": "text", "type": "labels", "origin": "manual"}
    return {"value": value, "id": mark.uid, **controls}


def bring_in(project: Path, file: Path) -> None:
    """Import a file into a new project."""
    scheme = (paths.resources() / "schemes" / "ner.toml").read_text(encoding="utf-8")
    session = Session.create(project, scheme=scheme)
    try:
        import_files(session, [file])
    finally:
        session.close()


def bring_out(project: Path, out: Path, *, format: str = "stet") -> None:
    """Export a project."""
    session = Session.open(project, write=False)
    try:
        export_project(session, out, format=format, every_annotator=True)
    finally:
        session.close()


def _from_lines(file: Path) -> Iterator[dict[str, Any]]:
    with file.open("rb") as lines:
        yield from map(json.loads, lines)


def _from_tasks(file: Path) -> Iterator[dict[str, Any]]:
    """Yield tasks as documents of our own JSONL."""
    rest = {"layer": "entity", "attributes": {}, "correction": None, "comment": "", "origin": "import"}
    for task in json.loads(file.read_bytes()):
        text = task["data"]["text"]
        sets: list[dict[str, Any]] = []
        for item in task["annotations"]:
            times = {"created": item["created_at"], "updated": item["updated_at"]}
            marks = [
                {"id": each["id"], "label": each["value"]["labels"][0], "quote": each["value"]["text"], **rest, **times}
                | {"start": each["value"]["start"], "end": each["value"]["end"]}
                for each in item["result"]
            ]
            sets.append({"annotator": item["completed_by"], "status": "done", "scheme": "", "annotations": marks})
        document = {"id": str(task["id"]), "name": task["data"]["name"], "text": text, "sha256": sha256(text)}
        yield {**document, "meta": {}, "sets": sets}


def _from_answers(file: Path) -> Iterator[dict[str, Any]]:
    """Yield tasks as documents of our own JSONL."""
    rest = {"layer": "entity", "attributes": {}, "correction": None, "comment": "", "origin": "import"}
    for number, task in enumerate(_from_lines(file)):
        text = task["text"]
        marks = [
            {**rest, **span, "id": f"{number}-{at}", "quote": text[span["start"] : span["end"]]} | _NO_TIMES
            for at, span in enumerate(task["spans"])
        ]
        work = {"annotator": task["_session_id"], "status": "done", "scheme": "", "annotations": marks}
        meta = {**task["meta"], "tokens": [[each["start"], each["end"]] for each in task["tokens"]]}
        document = {"id": str(number), "name": text[:60], "text": text, "sha256": sha256(text), "meta": meta}
        yield {**document, "sets": [work]}


def _bring_in_bare(
    place: Path, file: Path, documents: Callable[[Path], Iterator[dict[str, Any]]] = _from_lines
) -> None:
    with closing(sqlite3.connect(place, isolation_level=None)) as connection:
        connection.executescript(_TABLES)
        connection.execute("BEGIN")
        rows: dict[str, list[tuple[Any, ...]]] = {"document": [], "annotation_set": [], "annotation": [], "words": []}
        sets = 0
        for number, read in enumerate(documents(file), 1):
            text, meta = read["text"], json.dumps(read["meta"])
            rows["document"].append((number, read["id"], read["name"], read["sha256"], len(text), meta, text))
            rows["words"].append((number, read["name"], text))
            for item in read["sets"]:
                sets += 1
                rows["annotation_set"].append((sets, number, item["annotator"], item["status"], item["scheme"]))
                for mark in item["annotations"]:
                    mark["attributes"] = json.dumps(mark["attributes"])
                    rows["annotation"].append((number, mark["start"], mark["id"], sets, *(mark[key] for key in _MARK)))
            if number % _GROUP == 0:
                _insert(connection, rows)
        _insert(connection, rows)
        connection.execute("COMMIT")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _insert(connection: sqlite3.Connection, rows: dict[str, list[tuple[Any, ...]]]) -> None:
    for table, some in rows.items():
        if some:
            target = f"{table} (rowid, name, text)" if table == "words" else table
            connection.executemany(f"INSERT INTO {target} VALUES ({', '.join('?' * len(some[0]))})", some)
            some.clear()


def _memory(name: str, whole: float, half: float) -> Row:
    return Row(f"{name}: peak memory", whole, half, "half of them", _MEMORY_GOAL, unit="MB")


def _sized(documents: int) -> str:
    return f"{documents:,} documents with {documents * MARKS:,} annotations"


def _timed(work: Callable[[], object]) -> Took:
    gc.collect()
    return timed(work)


def _records(documents: int) -> Iterator[DocumentRecord]:
    step = 99
    for number in range(documents):
        text = f"Number {number}. {_WORDS * 29}"
        marks = tuple(
            Annotation(
                uid=f"{number:07d}-{at:04d}",
                layer="entity",
                label="ORG",
                fragments=(Fragment(at * step, at * step + 7),),
                quote=text[at * step : at * step + 7],
            )
            for at in range(MARKS)
        )
        document = Document(uid=f"{number:07d}", name=f"{number}.txt", text=text, sha256=sha256(text))
        yield DocumentRecord(document, (), (SetRecord("ana", "person", Status.DONE, "ner@1", 0.0, marks, ()),))

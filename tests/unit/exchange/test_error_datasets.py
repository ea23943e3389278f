"""What all datasets of errors have in common: a project takes them once, and nothing in a file breaks them."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
import pytest

from app.core.annotation import Annotation, Fragment, Status
from app.core.errors import FormatError
from app.core.record import DocumentRecord
from app.exchange.format import Format
from app.exchange.formats.faithbench.format import FORMAT as FAITHBENCH
from app.exchange.formats.fava.format import FORMAT as FAVA
from app.exchange.formats.mu_shroom.format import FORMAT as MU_SHROOM
from app.exchange.formats.ragtruth.format import FORMAT as RAGTRUTH
from app.jobs.tasks.export_file import export_project
from app.jobs.tasks.import_files import import_files
from tests.unit.exchange import build, test_faithbench, test_fava, test_mu_shroom, test_ragtruth
from tests.unit.exchange.error_datasets import json_file, json_lines, read, rows_of, spoilt, written, written_folder


class Dataset(NamedTuple):
    """A format, a record of it, and how a file of such records is made at a path."""

    format: Format
    row: Any
    make: Callable[[Path, list[Any]], Path]


def _folder(path: Path, rows: list[Any]) -> Path:
    return test_ragtruth.folder(path, rows)


def _sources(path: Path, rows: list[Any]) -> Path:
    return test_ragtruth.folder(path, test_ragtruth.RESPONSES, rows)


def _short(sample: dict[str, Any]) -> dict[str, Any]:
    return {**sample, "annotations": sample["annotations"][:2]}


SETS = {
    "faithbench": Dataset(FAITHBENCH, _short(test_faithbench.RELEASE["samples"][0]), json_lines),
    "faithbench-before": Dataset(FAITHBENCH, _short(test_faithbench.before()[0]), json_file),
    "ragtruth": Dataset(RAGTRUTH, test_ragtruth.RESPONSES[0], _folder),
    "ragtruth-sources": Dataset(RAGTRUTH, test_ragtruth.SOURCES[1], _sources),
    "mu-shroom": Dataset(MU_SHROOM, test_mu_shroom.RAW, json_lines),
    "mu-shroom-hard": Dataset(MU_SHROOM, test_mu_shroom.LABELLED, json_lines),
    "fava": Dataset(FAVA, test_fava.FILES["errored"][0], json_file),
    "fava-prompt": Dataset(FAVA, test_fava.FILES["completion"][0], json_lines),
}
each_set = pytest.mark.parametrize("dataset", SETS.values(), ids=SETS)


def _out(records: list[DocumentRecord], format: Format, path: Path) -> None:
    if format is RAGTRUTH:
        written_folder(format, records, path)
    else:
        written(format, records)


@each_set
def test_nothing_in_a_record_breaks_the_reader(dataset, tmp_path):
    path = dataset.make(tmp_path / "in.json", list(spoilt(dataset.row)))
    errors: list[Exception] = []
    records = read(dataset.format, path, refuse=errors.append)
    assert records
    assert {type(each) for each in errors} == {FormatError}
    _out(records, dataset.format, tmp_path / "out")


@each_set
def test_nothing_that_is_kept_breaks_the_writer(dataset, tmp_path):
    records = read(dataset.format, dataset.make(tmp_path / "in.json", [dataset.row]))
    texts = [record.extra for record in records]
    marks = [mark.extra for record in records for item in record.sets for mark in item.annotations][:2]
    for number, kept in enumerate([*texts, *marks]):
        before = dict(kept)
        for at, extra in enumerate(spoilt(msgspec.to_builtins(before))):
            if _can_be_stored(extra) and at % 3 == number % 3:
                kept.clear()
                kept.update(extra)
                _out(records, dataset.format, tmp_path / f"{number} {at}")
        kept.clear()
        kept.update(before)


def _can_be_stored(value: Any) -> bool:
    try:
        return bool(msgspec.json.encode(value))
    except (UnicodeEncodeError, OverflowError):
        return False


@pytest.mark.parametrize("name", ["faithbench", "ragtruth", "mu-shroom", "fava"])
def test_a_project_takes_a_dataset_once(name, tmp_path):
    dataset = SETS[name]
    path = dataset.make(tmp_path / "in.json", [dataset.row])
    with build.project(tmp_path / "a.stet") as session:
        first = import_files(session, [path], annotator="ana")
        assert [each.name for each in first.formats] == [name]
        again = import_files(session, [path], annotator="ana")
        assert (again.brought.documents, again.brought.added, again.brought.suggestions) == (0, 0, 0)
        out = tmp_path / "out"
        export_project(session, out, format=name)
        before = build.exported(session)
        report = import_files(session, [out], format=name, annotator="ana")
        assert (report.brought.documents, report.brought.added) == (0, 0)
        assert build.exported(session) == before
    with build.project(tmp_path / "b.stet") as other:
        import_files(other, [out], format=name, annotator="ana")
        assert build.exported(other) == before


@pytest.mark.parametrize(
    ("label", "faithbench", "ragtruth", "fava"),
    [
        ("Subtle Conflict", ["Unwanted", "Unwanted.Intrinsic"], "Subtle Conflict", "contradictory"),
        ("Unwanted.Extrinsic", ["Unwanted", "Unwanted.Extrinsic"], "Evident Baseless Info", "unverifiable"),
        ("relation", ["Unwanted", "Unwanted.Intrinsic"], "Evident Conflict", "relation"),
        ("invented", ["Unwanted", "Unwanted.Extrinsic"], "Evident Baseless Info", "invented"),
        ("other", ["Unwanted"], "other", None),
    ],
)
def test_labels_of_one_dataset_are_translated_for_another(label, faithbench, ragtruth, fava, tmp_path):
    mark = Annotation(uid="m", layer="error", label=label, fragments=(Fragment(0, 6),), quote="Donald")
    records = [build.record(sets=(build.work(mark, status=Status.DONE),))]
    sample = json.loads(written(FAITHBENCH, records)[0])["samples"][0]
    assert [each["label"] for each in sample["annotations"]] == [faithbench]
    written_folder(RAGTRUTH, records, tmp_path / "out")
    (row,) = rows_of(tmp_path / "out" / "response.jsonl")
    assert [each["label_type"] for each in row["labels"]] == [ragtruth]
    (row,) = json.loads(written(FAVA, records)[0])
    assert row["annotated"] == (build.TEXT if fava is None else f"<{fava}>Donald</{fava}>{build.TEXT[6:]}")

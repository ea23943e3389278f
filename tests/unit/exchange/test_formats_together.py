"""All formats beside each other: none takes another's file, and what a scheme says in its own way comes back."""

from collections.abc import Iterable
from pathlib import Path

import pytest

from app.core.annotation import Annotation, Fragment
from app.core.record import DocumentRecord
from app.core.scheme import SEVERITY
from app.core.scheme_file import parse_scheme
from app.exchange.label_map import LabelMap
from app.exchange.registry import Registry
from app.jobs.tasks.input_readers import unknown_file
from tests.unit.exchange.build import record, work
from tests.unit.exchange.foreign_files import read, write

SCHEME = parse_scheme(
    """
name = "crossing"
version = 1
title = "Crossing"

[[severity]]
id = "minor"
title = "Minor"
weight = 1

[[layer]]
id = "entity"
title = "Entity"
[[layer.label]]
id = "TIME"
title = "Time"
[[layer.label]]
id = "PERSON"
title = "Person"

[[layer]]
id = "error"
title = "Error"
severity = true
[[layer.label]]
id = "TIME"
title = "Time"
[[layer.attribute]]
id = "off_by"
title = "Off by"
kind = "number"
[[layer.attribute]]
id = "topics"
title = "Topics"
kind = "many"
[[layer.attribute.value]]
id = "war"
title = "War"
[[layer.attribute.value]]
id = "peace"
title = "Peace"
"""
)
TEXT = "Ana left on Monday, for two weeks.\n"
# The formats whose files can hold marks of several layers.
OF_ALL_LAYERS = (
    *("brat", "doccano", "prodigy", "label-studio", "webanno", "conll", "spacy", "gliner", "qdpx"),
    *("uima-xmi", "uima-json", "gate", "bioc", "bioc-json", "pubtator"),
)


def mark(uid: str, quote: str, layer: str, label: str, **fields: object) -> Annotation:
    start = TEXT.index(quote)
    where = (Fragment(start, start + len(quote)),)
    return Annotation(uid=uid, layer=layer, label=label, fragments=where, quote=quote, origin="human", **fields)


def held() -> DocumentRecord:
    said = {SEVERITY: "minor", "off_by": 10.5, "topics": ["war", "peace"]}
    return record(
        TEXT,
        sets=(
            work(
                mark("a", "Ana", "entity", "PERSON"),
                mark("b", "Monday", "entity", "TIME"),
                mark("c", "two weeks", "error", "TIME", attributes=said, correction="three weeks"),
            ),
        ),
    )


def brought(format: str, folder: Path) -> list[Annotation]:
    """Write the document, and return the marks that are read from the file."""
    return marks_of(brought_document(format, held(), folder / "out"))


def brought_document(format: str, given: DocumentRecord, out: Path) -> list[DocumentRecord]:
    """Write a document, and return what is read from the file."""
    write(format, [given], out, scheme=SCHEME)
    return read(format, next(out.iterdir()) if format == "gate" else out, labels=LabelMap(SCHEME))


def marks_of(records: Iterable[DocumentRecord]) -> list[Annotation]:
    return [mark for each in records for item in each.sets for mark in item.annotations]


@pytest.mark.parametrize("format", OF_ALL_LAYERS)
def test_a_label_of_two_layers_comes_back_in_its_own(format: str, tmp_path: Path) -> None:
    found = brought(format, tmp_path)
    assert {(each.quote, each.layer, each.label) for each in found} == {
        ("Ana", "entity", "PERSON"),
        ("Monday", "entity", "TIME"),
        ("two weeks", "error", "TIME"),
    }


@pytest.mark.parametrize("format", OF_ALL_LAYERS)
def test_marks_that_no_scheme_has_are_written_all_the_same(format: str, tmp_path: Path) -> None:
    out = tmp_path / "out"
    write(format, [held()], out)
    found = marks_of(read(format, next(out.iterdir()) if format == "gate" else out))
    assert sorted({each.quote for each in found}) == ["Ana", "Monday", "two weeks"]


@pytest.mark.parametrize("format", ["bioc", "brat", "doccano", "gate"])
def test_it_does_so_a_second_time(format: str, tmp_path: Path) -> None:
    out = [tmp_path / "first", tmp_path / "second"]
    (back,) = brought_document(format, held(), out[0])
    found = marks_of(brought_document(format, back, out[1]))
    assert ("two weeks", "error", "TIME") in {(each.quote, each.layer, each.label) for each in found}


@pytest.mark.parametrize("format", ["webanno", "uima-xmi", "uima-json", "gate", "bioc", "bioc-json", "brat"])
def test_numbers_and_several_values_come_back(format: str, tmp_path: Path) -> None:
    found = brought(format, tmp_path)
    said = next(each.attributes for each in found if each.layer == "error")
    assert said == {SEVERITY: "minor", "off_by": 10.5, "topics": ["war", "peace"]}


def test_mqm_has_errors_and_no_entities(tmp_path: Path) -> None:
    losses = write("mqm", [held()], tmp_path / "out.tsv", scheme=SCHEME)
    assert [each.quote for each in marks_of(read("mqm", tmp_path / "out.tsv"))] == ["two weeks"]
    assert any("other layers" in each.what for each in losses)


def test_what_is_written_is_taken_for_its_own_format(tmp_path: Path) -> None:
    registry = Registry()
    taken: dict[str, str] = {}
    for each in registry.writers():
        out = tmp_path / f"{each.name}{each.writer.suffix if each.writer else ''}"
        write(each.name, [held()], out, scheme=SCHEME)
        if out.is_file() and not out.stat().st_size:  # there is no claim that some formats are of
            continue
        found = registry.for_folder(out) if out.is_dir() else registry.for_file(out)
        taken[each.name] = found.format.name if found is not None else ""
    not_read = {name for name in taken if registry.get(name).reader is None}
    wrong = {name: found for name, found in taken.items() if found != name and name not in not_read}
    # A folder of GATE's files is read file by file; what FAVA has no category for leaves texts without tags.
    assert wrong == {"gate": "", "fava": "json"}
    assert {taken[name] for name in not_read if name in taken} <= {"", "json", "huggingface"}


def test_an_empty_file_is_said_to_be_empty(tmp_path: Path) -> None:
    for name in ("a.json", "a.csv", "a.xml"):
        (tmp_path / name).touch()
        assert unknown_file(tmp_path / name).what == "the file is empty"

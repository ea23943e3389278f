"""Whose work the files of a folder are: what their names and texts tell, and what must be asked."""

import pytest

from app.core.errors import FormatError
from app.exchange.annotator_files import AnnotatorFiles, annotator_files
from app.exchange.format import ReadOptions
from app.exchange.report import Report


def read_as(texts: dict[str, str], report: Report | None = None, people: str = "auto", folder: str = "all"):
    options = ReadOptions(report=report or Report(), own={"people": people})
    found = annotator_files(list(texts), lambda name: texts[name].encode() or None, options, folder=folder)
    return [tuple(found.owner(name)) for name in texts]


@pytest.mark.parametrize(
    ("texts", "read"),
    [
        pytest.param({"ana/a": "A", "ben/a": "A", "ben/b": "B"}, ["ana a", "ben a", "ben b"], id="folders"),
        pytest.param({"x/ana/n/a": "A", "x/ben/n/a": "A"}, ["ana x/n/a", "ben x/n/a"], id="folders in a folder"),
        pytest.param({"a/ana": "A", "a/ben": "A", "b/ana": "B"}, ["ana a", "ben a", "ana b"], id="files"),
        pytest.param({"a.txt/ana": "A", "b.txt/ana": "B"}, ["ana a.txt", "ana b.txt"], id="folders of documents"),
        pytest.param(
            {"annotation/a/ana": "A", "curation/a/CURATION_USER": "A"}, ["ana a", "CURATION_USER a"], id="INCEpTION"
        ),
        pytest.param({"INITIAL_CAS": "A", "ana": "A"}, ["INITIAL_CAS all", "ana all"], id="one document's folder"),
        pytest.param({"ana/a": "A", "ben/a": "B"}, [" ana/a", " ben/a"], id="other texts"),
        pytest.param({"ana/a": "", "ben/a": ""}, [" ana/a", " ben/a"], id="no texts"),
        pytest.param({"a": "A", "b": "B"}, [" a", " b"], id="no folders"),
        pytest.param({}, [], id="nothing"),
    ],
)
def test_names_and_texts_tell_whose_work_it_is(texts, read):
    report = Report()
    assert [f"{annotator or ''} {document}" for annotator, document in read_as(texts, report)] == read
    assert report.count("annotators") == len({each.split()[0] for each in read if each[0] != " "})


@pytest.mark.parametrize(
    ("texts", "why"),
    [
        ({"a/a": "A", "a/b": "A", "b/a": "A", "b/b": "A"}, "may be a text that several worked on"),
        ({"ana/a": "A", "ben/a": "A", "ana/b": "B", "ben/b": "C"}, "but “b” has not"),
        ({"ana/a": "A", "ben/a": "A", "a": "A"}, "but “a” isn’t in one"),
        ({"train/a": "A", "test/a": "A"}, "usually parts of one data set"),
        ({"news/a": "A", "news/b": "A"}, "their names come only once"),
        ({"a": "A", "b": "A"}, "may be of one document or of several"),
    ],
)
def test_where_two_readings_are_possible_a_person_is_asked(texts, why):
    with pytest.raises(FormatError, match=why) as caught:
        read_as(texts)
    assert "people=folders" in caught.value.hint
    assert all(annotator is None for annotator, _ in read_as(texts, people="none"))


def test_what_is_said_counts():
    assert read_as({"a/ana": "A", "b/ana": "B"}, people="files") == [("ana", "a"), ("ana", "b")]
    assert read_as({"a/ana": "A", "b/ana": "B"}, people="folders") == [("a", "ana"), ("b", "ana")]
    with pytest.raises(FormatError, match="isn't in an annotator's folder"):
        read_as({"a": "A"}, people="folders")
    assert AnnotatorFiles().owner("a/b") == (None, "a/b")

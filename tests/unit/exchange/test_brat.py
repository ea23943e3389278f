"""brat's folders, read and written."""

import re
from pathlib import Path

import pytest

from app.core.annotation import Fragment
from app.core.errors import FormatError
from app.exchange.format import ReadOptions
from app.exchange.formats.brat.reader import BratReader
from app.exchange.report import Report
from app.exchange.source import Source
from app.jobs.tasks.export_file import export_project
from app.jobs.tasks.import_files import import_files
from app.services.schemes.annotation_conf import from_annotation_conf
from app.session.session import Session
from tests.conftest import add_documents, scheme_source

TEXT = "Ana met Ben in Paris 😀.\nThey talked about Europe’s trade."


def folder(where: Path, ann: str, text: str = TEXT, name: str = "one") -> Path:
    where.mkdir(parents=True, exist_ok=True)
    (where / f"{name}.txt").write_text(text, encoding="utf-8", newline="")
    (where / f"{name}.ann").write_text(ann, encoding="utf-8", newline="")
    return where


def records(path: Path, report: Report | None = None, **options: object):
    made = ReadOptions(annotator="ana", report=report or Report(), **options)  # type: ignore[arg-type]
    return list(BratReader().read(Source(path), made))


def meant(folder: Path) -> dict[str, set[tuple[object, ...]]]:
    """What the files of a folder say, whatever their ids and the order of their lines."""
    return {path.relative_to(folder).as_posix(): _meant(path.read_text("utf-8")) for path in folder.rglob("*.ann")}


def _meant(text: str) -> set[tuple[object, ...]]:
    spans = {id: (head, words) for id, head, words in re.findall(r"^(T\d+)\t([^\t]+)\t(.*)$", text, re.M)}
    events = {id: rest.split() for id, rest in re.findall(r"^(E\d+)\t(.*)$", text, re.M)}

    def of(id: str) -> object:
        return ("event", spans[events[id][0].split(":")[1]]) if id in events else spans.get(id, id)

    found: set[tuple[object, ...]] = {("T", *span) for span in spans.values()}
    for id, parts in events.items():
        roles = sorted((re.sub(r"\d+$", "", p.split(":")[0]), str(of(p.split(":")[1]))) for p in parts[1:])
        found.add(("E", of(id), *roles))
    ties = {id: (t, of(a), of(b)) for id, t, a, b in re.findall(r"^(R\d+)\t(\S+) \S+:(\S+) \S+:(\S+)", text, re.M)}
    found |= {("R", *tie) for tie in ties.values()}
    for t, ends in re.findall(r"^\*\t(\S+) (.*)$", text, re.M):
        found.add(("*", t, *sorted(str(of(end)) for end in ends.split())))
    for kind, name, id, value in re.findall(r"^([A#N])\d+\t(\S+) (\S+)(.*)$", text, re.M):
        found.add((kind, name, ties.get(id, of(id)), value.strip()))
    return found


@pytest.mark.parametrize("name", ["news", "bio"])
def test_real_folders_are_written_as_they_were(name, shared, tmp_path):
    theirs = shared / "data" / "brat" / name
    conf = theirs / "annotation.conf"
    scheme = from_annotation_conf(conf.read_text("utf-8"), name, path=str(conf)).toml
    session = Session.create(tmp_path / "a.stet", scheme=scheme, annotator="ana")
    brought = import_files(session, [theirs], annotator="ana")
    assert not brought.report.count("label")
    assert brought.report.count("quote") == brought.report.count("re-anchored") == 0
    export_project(session, tmp_path / "out", format="brat")
    again = import_files(session, [theirs], annotator="ana")
    session.close()
    assert again.brought.documents == again.brought.added == 0
    assert meant(tmp_path / "out") == meant(theirs)
    texts = {path.name: path.read_bytes() for path in theirs.glob("*.txt")}
    assert {path.name: path.read_bytes() for path in (tmp_path / "out").glob("*.txt")} == texts


def test_what_the_lines_say(tmp_path):
    ann = (
        "E1\tMeet:T3 Who:T1 Who2:T2\n"
        "T1\tPerson 0 3\tAna\nT2\tPerson 8 11\tBen\nT3\tMeet 4 7\tmet\nT4\tTopic 35 43;46 51\tabout Eu trade\n"
        "A1\tNegation E1\nA2\tMention T1 Name\nN1\tReference T1 Wikidata:Q1\tAna B.\n"
        "#1\tAnnotatorNotes T1\tsure?\n#2\tCorrection T2\tBob\n*\tAlias T1 T2\nR1\tTalks Arg1:T1 Arg2:T4\t\n"
    )
    (record,) = records(folder(tmp_path, ann.replace("about Eu trade", TEXT[35:43] + " " + TEXT[46:51])))
    (work,) = record.sets
    marks = {mark.quote: mark for mark in work.annotations}
    assert marks["Ana"].attributes == {"Mention": "Name", "Reference": {"id": "Wikidata:Q1", "title": "Ana B."}}
    assert marks["Ana"].comment == "sure?"
    assert marks["Ben"].correction == "Bob"
    assert marks["met"].attributes == {"Negation": True}
    assert marks[TEXT[35:43] + " … " + TEXT[46:51]].fragments == (Fragment(35, 43), Fragment(46, 51))
    by_uid = {mark.uid: mark.quote for mark in work.annotations}
    ties = {(tie.label, by_uid[tie.source], by_uid[tie.target]) for tie in work.relations}
    talks = ("Talks", "Ana", TEXT[35:43] + " … " + TEXT[46:51])
    assert ties == {("Who", "met", "Ana"), ("Who", "met", "Ben"), ("Alias", "Ana", "Ben"), talks}


def test_the_words_tell_the_unit(tmp_path):
    words = "Europe’s"
    start = TEXT.index(words) + 1  # as a program in Java counts behind an emoji
    (record,) = records(folder(tmp_path, f"T1\tPlace {start} {start + len(words)}\t{words}\n"))
    (mark,) = record.sets[0].annotations
    assert (mark.quote, mark.start) == (words, TEXT.index(words))


def test_words_that_moved_a_little_are_found_and_noted(tmp_path):
    report = Report()
    (record,) = records(folder(tmp_path, "T1\tPerson 2 5\tAna\nT2\tPerson 8 11\tEve\n"), report)
    ana, eve = record.sets[0].annotations
    assert (ana.start, ana.quote, eve.start, eve.quote) == (0, "Ana", 8, "Eve")
    assert (report.count("re-anchored"), report.count("quote")) == (1, 1)


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("T1\tPerson 0 99\tAna", "outside the text"),
        ("T1\tPerson 3 0\tAna", "ends before it starts"),
        ("T1\tPerson zero 3\tAna", "isn't a type"),
        ("R1\tTalks Arg1:T8 Arg2:T9", "which isn't there"),
        ("E1\tMeet:T7", "trigger T7 isn't there"),
        ("no tabs at all", "isn't an id"),
    ],
)
def test_a_bad_line_is_named(line, says, tmp_path):
    path = folder(tmp_path, f"T5\tPerson 8 11\tBen\n{line}\n")
    with pytest.raises(FormatError, match=says) as caught:
        records(path)
    assert (caught.value.path, caught.value.line) == (path / "one.ann", 2)
    errors: list[Exception] = []
    (record,) = records(path, refuse=errors.append)
    assert [mark.quote for mark in record.sets[0].annotations] == ["Ben"]
    assert len(errors) == 1


@pytest.mark.parametrize("options", [{}, {"people": "folders"}])
def test_folders_with_equal_texts_are_annotators(options, tmp_path):
    for person, label in (("ana", "Person"), ("ben", "Place")):
        folder(tmp_path / "in" / person, f"T1\t{label} 0 3\tAna\n")
    session = Session.create(tmp_path / "a.stet", scheme=scheme_source("ner"), annotator="lead")
    brought = import_files(session, [tmp_path / "in"], format="brat", options=options)
    assert (brought.brought.documents, brought.brought.annotations + brought.brought.added) == (1, 2)
    assert session.reader.workers() == ["ana", "ben"]
    said = [str(each) for each in brought.report if each.kind == "annotators"]
    assert said == [] if options else "folders are annotators, because “one” has the same text" in said[0]
    export_project(session, tmp_path / "out", format="brat")
    session.close()
    assert (tmp_path / "out" / "ben" / "one.ann").is_file()


def test_folders_may_be_said_to_be_no_annotators(tmp_path):
    for name in ("north", "south"):
        folder(tmp_path / name, "T1\tPerson 0 3\tAna\n")
    found = records(tmp_path, own={"people": "none"})
    assert [each.document.name for each in found] == ["north/one.txt", "south/one.txt"]
    assert {item.annotator for each in found for item in each.sets} == {"ana"}


def test_an_ann_file_without_its_text_is_refused(tmp_path):
    (tmp_path / "one.ann").write_text("T1\tPerson 0 3\tAna\n")
    with pytest.raises(FormatError, match=r"there is no one\.txt beside it"):
        records(tmp_path / "one.ann")


def test_documents_of_one_name_get_files_of_their_own(tmp_path):
    session = Session.create(tmp_path / "a.stet", scheme=scheme_source("ner"), annotator="ana")
    for text in ("one", "two"):
        add_documents(session, {"a.txt": text})
    add_documents(session, {"A": "three"})
    export_project(session, tmp_path / "out", format="brat")
    session.close()
    found = {path.name: path.read_text() for path in (tmp_path / "out").glob("*.txt")}
    assert found == {"a.txt": "one", "a (2).txt": "two", "A (3).txt": "three"}

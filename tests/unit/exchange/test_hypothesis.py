"""What Hypothes.is exports, read."""

import json
from pathlib import Path
from typing import Any

import pytest

from app.core.annotation import Fragment
from app.core.errors import FormatError
from app.core.remark import Remark
from app.exchange.registry import Registry
from app.exchange.report import Report
from app.jobs.tasks.import_files import import_files
from app.services.importing.document_import import import_documents
from app.session.session import Session
from tests.conftest import scheme_source
from tests.unit.exchange import build
from tests.unit.exchange.foreign_files import kinds, marks, read, write

TEXT = "News of the day\n\nDonald Trump called. 😀 Kyiv  agreed.\nTrump said so.\n"
URI = "https://example.org/news/article?id=3"


def annotation(id: str, *selectors: Any, text: str = "", tags: Any = (), **more: Any) -> dict[str, Any]:
    target = {"source": URI, **({"selector": list(selectors)} if selectors else {})}
    return {
        **{"id": id, "created": "2024-01-02T03:04:05.6+00:00", "updated": "2024-01-03T03:04:05.6+00:00"},
        **{"user": "acct:ana@hypothes.is", "uri": URI, "text": text, "tags": list(tags), "group": "__world__"},
        **{"permissions": {"read": ["group:__world__"]}, "target": [target], "document": {"title": ["An article"]}},
        **{"links": {"html": "https://hypothes.is/a/x"}, "flagged": False, "user_info": {"display_name": None}, **more},
    }


def at(exact: str, prefix: str = "", suffix: str = "", start: int = 1000) -> list[dict[str, Any]]:
    """The selectors of a browser: a range of the page, and a position in all that it shows."""
    return [
        {"type": "RangeSelector", "startContainer": "/div[1]", "startOffset": 3, "endContainer": "/p", "endOffset": 9},
        {"type": "TextPositionSelector", "start": start, "end": start + len(exact)},
        {"type": "TextQuoteSelector", "exact": exact, "prefix": prefix, "suffix": suffix},
    ]


def file(folder: Path, *annotations: Any, **more: Any) -> Path:
    path = folder / "export.json"
    head = {"export_date": "2024-02-01T00:00:00.000Z", "export_userid": "acct:ana@hypothes.is", "client_version": "1"}
    path.write_text(json.dumps({**head, "annotations": list(annotations), **more}), encoding="utf-8")
    return path


@pytest.fixture
def beside(tmp_path: Path) -> Path:
    (tmp_path / "article.txt").write_text(TEXT, encoding="utf-8", newline="")
    return tmp_path


def test_marks_replies_and_notes(beside):
    path = file(
        beside,
        annotation("r2", text="of course", references=["m1", "r1"], user="acct:carl@other.org"),
        annotation("m1", *at("Donald Trump", "day\n\n", " called"), text="who?", tags=["PERSON", "check"]),
        annotation("r1", text="him", references=["m1"], user="acct:ben@hypothes.is"),
        annotation("m2", *at("Kyiv agreed.", "😀 ", "\nTrump", start=3), user="acct:ben@hypothes.is"),
        annotation("n1", text="read it", tags=["news"]),
        annotation("n2", text="twice", user="acct:ben@hypothes.is"),
    )
    found = Registry().for_file(path)
    assert found is not None
    assert found.format.name == "hypothesis"
    report = Report()
    (record,) = read("hypothesis", path, report)
    assert record.document.name == "article.txt"
    ana, ben = (next(item for item in record.sets if item.annotator == name) for name in ("ana", "ben"))
    by_label = {mark.label: mark for mark in ana.annotations}
    person = by_label["PERSON"]
    assert (person.quote, person.fragments) == ("Donald Trump", (Fragment(17, 29),))
    assert person.comment == "who?\nben: him\ncarl@other.org: of course"
    assert person.attributes == {"tags": ["check"]}
    assert (person.created[:10], person.updated[:10]) == ("2024-01-02", "2024-01-03")
    assert (by_label["news"].is_anchor, ana.remark, ben.remark) == (
        True,
        Remark(None, "read it"),
        Remark(None, "twice"),
    )
    assert [(mark.label, mark.quote) for mark in ben.annotations] == [("highlighting", "Kyiv  agreed.")]
    assert kinds(report) == {"re-anchored": 2}


def test_it_can_go_on_as_web_annotations(beside):
    (record,) = read("hypothesis", file(beside, annotation("m1", *at("Kyiv"), tags=["PLACE"], text="so")))
    write("w3c", [record], beside / "out.json", {"texts": "none"})
    (written,) = json.loads((beside / "out.json").read_text("utf-8"))
    assert written["hypothesis"]["group"] == "__world__"
    assert written["target"][0]["selector"] == at("Kyiv")
    back = read("w3c", beside / "out.json", own={"text": "article.txt"}, offsets="cp")
    assert marks(back[0])[0][:2] == ("PLACE", "Kyiv")


@pytest.mark.parametrize("name", ["article.txt", "An article.txt", "export.txt", "whatever.txt"])
def test_the_text_is_found_by_address_title_and_file(name, tmp_path):
    (tmp_path / name).write_text(TEXT, encoding="utf-8", newline="")
    (record,) = read("hypothesis", file(tmp_path, annotation("m1", *at("Kyiv"))))
    assert (record.document.name, marks(record)[0][1]) == (name, "Kyiv")


@pytest.mark.parametrize(("name", "meta"), [("An article", {}), ("page", {"url": URI}), ("x", {"title": "An article"})])
def test_the_text_may_be_in_the_project(name, meta, tmp_path):
    session = Session.create(tmp_path / "a.stet", scheme=scheme_source("ner"), annotator="ana")
    import_documents(session, [build.record(TEXT, name=name, meta=meta)], title="Page")
    brought = import_files(session, [file(tmp_path, annotation("m1", *at("Kyiv")))]).brought
    assert (brought.documents, brought.added) == (0, 1)
    session.close()


def test_pages_of_several_addresses_need_their_texts(beside):
    other = {**annotation("o1", *at("Kyiv")), "uri": "https://example.org/other"}
    errors: list[FormatError] = []
    path = file(beside, annotation("m1", *at("Kyiv")), other)
    (record,) = read("hypothesis", path, refuse=errors.append)
    assert len(marks(record)) == 1
    assert "the text of “https://example.org/other” isn't there: 1 annotation left out" in str(errors[0])


@pytest.mark.parametrize(
    ("given", "says"),
    [
        (annotation("x", *at("not there at all")), "annotation x: the words “not there at all” aren't in the text"),
        (annotation("x", *at("Trump")), "the words “Trump” are in the text 2 times"),
        (annotation("x", {"type": "RangeSelector"}), "no position and no quote"),
        (annotation("x", text="so", references=["gone"]), "what the annotation answers isn't there"),
    ],
)
def test_what_has_no_place_is_refused(given, says, beside):
    errors: list[FormatError] = []
    read("hypothesis", file(beside, given, annotation("m1", *at("Kyiv"))), refuse=errors.append)
    assert [says in str(error) for error in errors] == [True]


def test_answers_of_the_service_and_odd_values(beside):
    given = [
        annotation("m1", *at("Kyiv"), document=None) | {"tags": None},
        3,
        annotation("n", tags=[3, ""]) | {"text": None},
    ]
    path = beside / "search.json"
    path.write_text(json.dumps({"total": 1, "rows": given}))
    found = Registry().for_file(path)
    assert found is not None
    assert found.format.name == "hypothesis"
    (record,) = read("hypothesis", path)
    assert [quote for _, quote, *_ in marks(record)] == ["Kyiv"]
    assert read("hypothesis", file(beside)) == []

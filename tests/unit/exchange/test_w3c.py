"""Web annotations of the W3C, read and written."""

import io
import json
import shutil
from pathlib import Path
from typing import Any

import msgspec
import pytest

from app.core.annotation import Annotation, Evidence, Fragment, Relation, Stance, Status
from app.core.errors import FormatError
from app.core.record import DocumentRecord
from app.core.remark import Remark
from app.core.scheme_file import parse_scheme
from app.exchange.format import WriteOptions
from app.exchange.formats.w3c.writer import W3cWriter
from app.exchange.output import StreamOutput
from app.exchange.registry import Registry
from app.exchange.report import Report
from app.jobs.tasks.export_file import export_project
from app.jobs.tasks.import_choices import ImportChoices
from app.jobs.tasks.import_files import import_files
from app.jobs.tasks.import_preview import preview_import
from app.jobs.tasks.known_documents import known_documents
from app.session.session import Session
from tests.conftest import add_documents, scheme_source
from tests.unit.exchange.build import REFERENCE, TEXT, gold, record, work
from tests.unit.exchange.foreign_files import NOTHING, kinds, marks, read, write

CONTEXT = "http://www.w3.org/ns/anno.jsonld"


def position(start: int, end: int) -> dict[str, Any]:
    return {"type": "TextPositionSelector", "start": start, "end": end}


def quote(exact: str, prefix: str = "", suffix: str = "") -> dict[str, Any]:
    found = {"type": "TextQuoteSelector", "exact": exact, "prefix": prefix, "suffix": suffix}
    return {key: value for key, value in found.items() if value or key == "exact"}


def body(value: str, purpose: str = "", **more: Any) -> dict[str, Any]:
    return {"type": "TextualBody", "value": value, **({"purpose": purpose} if purpose else {}), **more}


def place(words: str, source: str | None = "doc.txt", text: str = TEXT) -> dict[str, Any]:
    start = text.index(words)
    found: dict[str, Any] = {"selector": [quote(words), position(start, start + len(words))]}
    return found if source is None else {"source": source, **found}


def annotation(id: str, target: Any, *bodies: Any, **more: Any) -> dict[str, Any]:
    return {"@context": CONTEXT, "id": id, "type": "Annotation", "body": list(bodies), "target": target, **more}


def file(folder: Path, given: Any, name: str = "a.json", text: str | None = TEXT) -> Path:
    if text is not None:
        (folder / "doc.txt").write_text(text, encoding="utf-8", newline="")
    path = folder / name
    path.write_text(given if isinstance(given, str) else json.dumps(given, ensure_ascii=False), encoding="utf-8")
    return path


def _id(given: dict[str, Any]) -> str:
    return given["id"]


def only(folder: Path, *annotations: Any, report: Report | None = None, **options: Any) -> DocumentRecord:
    (found,) = read("w3c", file(folder, list(annotations)), report, **options)
    return found


def written(folder: Path, records: list[DocumentRecord], **own: Any) -> Any:
    (folder / "out").mkdir(exist_ok=True)
    write("w3c", records, folder / "out" / "o.json", own)
    return json.loads((folder / "out" / "o.json").read_text("utf-8"))


# -- real files --------------------------------------------------------------------------------------------------------


@pytest.fixture
def real(shared, tmp_path) -> Path:
    """The file that INCEpTION has for its tests, with words where it says they are; its text isn't there."""
    path = tmp_path / "annotations.w3c.json"
    shutil.copy(shared / "data" / "w3c" / path.name, path)
    path.chmod(0o644)
    text = "." * 1000
    for start, words in ((124, "Troy"), (646, "death in battle"), (963, "Ithaca")):
        text = text[:start] + words + text[start + len(words) :]
    (tmp_path / "annotations.txt").write_text(text)
    return path


def test_a_real_file_is_written_as_it_was(real, tmp_path):
    found = Registry().for_file(real)
    assert found is not None
    assert found.format.name == "w3c"
    session = Session.create(tmp_path / "a.stet", scheme=scheme_source("ner"), annotator="ana")
    report = import_files(session, [real], annotator="ana")
    assert (report.brought.documents, report.brought.annotations) == (1, 3)
    assert report.report.count("re-anchored") == 1  # “Ithaca” is one character shorter than its range
    assert not import_files(session, [real], annotator="ana").brought.changes_anything
    out = tmp_path / "out" / "o.json"
    out.parent.mkdir()
    export_project(session, out, format="w3c")
    assert not import_files(session, [out], annotator="ana").brought.changes_anything
    session.close()
    assert json.loads(out.read_text()) == json.loads(real.read_text())


def test_what_a_real_file_says(real):
    (found,) = read("w3c", real)
    assert found.document.name == "annotations.txt"
    assert sorted(marks(found)) == [
        ("A Tag", "Troy", 124, 128),
        ("commenting", "Ithaca", 963, 969),
        ("commenting", "death in battle", 646, 661),
    ]
    by_uid = {mark.uid: mark for mark in found.sets[0].annotations}
    troy = next(mark for mark in by_uid.values() if mark.quote == "Troy")
    assert (troy.comment, troy.attributes) == ("This is a comment", {"tags": ["Another Tag"]})
    (tie,) = found.sets[0].relations
    assert (tie.label, by_uid[tie.source].quote, by_uid[tie.target].quote) == ("isRelatedTo", "Troy", "death in battle")


# -- shapes ------------------------------------------------------------------------------------------------------------

ONE = annotation("urn:1", place("Donald Trump"), body("PERSON", "tagging"))
TWO = annotation("urn:2", place("Kyiv"), body("PLACE", "tagging"))


@pytest.mark.parametrize(
    "given",
    [
        [ONE, TWO],
        {"@context": CONTEXT, "type": "AnnotationPage", "items": [ONE, TWO]},
        {"type": "AnnotationCollection", "total": 2, "first": {"type": "AnnotationPage", "items": [ONE, TWO]}},
        {"type": ["AnnotationCollection"], "items": [{"type": "AnnotationPage", "items": ONE}, TWO]},
        {"@context": CONTEXT, "@graph": [ONE, TWO]},
        f"{json.dumps(ONE)}\n{json.dumps(TWO)}\n",
        json.dumps(ONE, indent=1) + json.dumps(TWO, indent=1),
    ],
)
def test_annotations_are_in_any_container(given, tmp_path):
    path = file(tmp_path, given)
    found = Registry().for_file(path)
    assert found is not None
    assert found.format.name == "w3c"
    (back,) = read("w3c", path)
    assert [(label, quote) for label, quote, *_ in marks(back)] == [("PERSON", "Donald Trump"), ("PLACE", "Kyiv")]


@pytest.mark.parametrize(
    "target",
    [
        place("Kyiv"),
        [place("Kyiv")],
        {"source": "doc.txt", "selector": position(40, 44)},
        {"source": {"id": "doc.txt", "type": "Text"}, "selector": [position(40, 44)]},
        {"source": "file:///somewhere/doc.txt", "selector": quote("Kyiv", "😀 ", " agreed")},
        {
            "source": "https://example.org/doc.txt?x=1",
            "selector": [quote("Kyiv"), {"type": "XPathSelector", "value": "/"}],
        },
        {"source": "doc.txt", "selector": {"type": "FragmentSelector", "value": "char=40,44"}},
        {"source": "doc.txt", "selector": {"type": "CssSelector", "value": "p", "refinedBy": quote("Kyiv")}},
        {"source": "doc.txt", "selector": {"type": "DataPositionSelector", "start": 43, "end": 47}},
        {"source": "doc.txt", "selector": {"type": "oa:TextPositionSelector", "start": 40.0, "end": 44}},
        "doc.txt#char=40,44",
    ],
)
def test_targets_are_given_in_any_way(target, tmp_path):
    assert TEXT.index("Kyiv") == 40
    found = only(tmp_path, {**annotation("urn:1", target), "body": body("PLACE", "tagging")})
    assert marks(found) == [("PLACE", "Kyiv", 40, 44)]
    assert written(tmp_path, [found]) == json.loads((tmp_path / "a.json").read_text("utf-8"))


def test_positions_of_javascript_are_told_by_the_quotes(tmp_path):
    start = TEXT.index("Kyiv") + 1  # behind an emoji
    target = {"source": "doc.txt", "selector": [quote("Kyiv"), position(start, start + 4)]}
    assert marks(only(tmp_path, annotation("urn:1", target)))[0][1] == "Kyiv"
    alone = {"source": "doc.txt", "selector": position(start, start + 4)}
    assert marks(only(tmp_path, annotation("urn:1", alone)))[0][1] == "yiv "
    assert marks(only(tmp_path, annotation("urn:1", alone), offsets="utf16"))[0][1] == "Kyiv"


def test_quotes_find_their_places(tmp_path):
    text = "one two\nthree. one  two three. One two, two."
    report = Report()
    given = [
        ("far", {"selector": [quote("two", "One ", ", two"), position(0, 3)]}),
        ("only", {"selector": [quote("three. one two"), position(1, 5)]}),
        ("near", {"selector": [quote("two"), position(5, 8)]}),
        ("lost", {"selector": [quote("four"), position(0, 3)]}),
        ("all", {"selector": quote("three")}),
        ("spaces", {"selector": quote("two three", "one ", "")}),
        ("gap", {"selector": quote("", "two\n", "three")}),
        ("behind", {"selector": [quote("three", ". one two "), position(900, 905)]}),
    ]
    file(
        tmp_path,
        [annotation(id, {"source": "doc.txt", **target}, body(id, "tagging")) for id, target in given],
        text=text,
    )
    (found,) = read("w3c", tmp_path / "a.json", report)
    places = {each.label: [(f.start, f.end) for f in each.fragments] for each in found.sets[0].annotations}
    assert places == {
        "far": [(35, 38)],
        "only": [(8, 23)],
        "near": [(5, 8)],
        "lost": [(0, 3)],
        "all": [(8, 13), (24, 29)],
        "spaces": [(20, 29)],
        "gap": [(8, 8)],
        "behind": [(24, 29)],
    }
    assert kinds(report) == {"re-anchored": 3, "quote": 2, "several": 1}


def test_bodies_say_what_a_mark_is(tmp_path):
    link = {"type": "SpecificResource", "purpose": "identifying", "source": {"id": "http://x/Q1", "label": "Trump"}}
    bodies = [
        body("PERSON", "tagging"),
        body("entity", "classifying"),
        body("second", "tagging"),
        link,
        body("Donald J. Trump", "editing"),
        body("sure?", "commenting", language="en"),
        body("more"),
        body("major", "describing", label="severity"),
        body("3.5", "describing", label="score", format="application/json"),
        {"type": "Image", "id": "http://x/picture.png"},
    ]
    made = annotation(
        "urn:1",
        place("Donald Trump"),
        *bodies,
        created="2020-01-02T03:04:05Z",
        modified="2021-01-02T03:04:05Z",
        rights="x",
    )
    found = only(tmp_path, made)
    (mark,) = found.sets[0].annotations
    assert (mark.layer, mark.label, mark.correction, mark.comment) == (
        "entity",
        "PERSON",
        "Donald J. Trump",
        "sure?\nmore",
    )
    assert mark.attributes == {
        "tags": ["second"],
        "identifier": {"id": "http://x/Q1", "title": "Trump"},
        "severity": "major",
        "score": 3.5,
    }
    assert (mark.created, mark.updated) == (made["created"], made["modified"])
    assert written(tmp_path, [found]) == [made]


@pytest.mark.parametrize(
    ("given", "label", "comment"),
    [
        ({"bodyValue": "so"}, "commenting", "so"),
        ({"body": "http://example.org/note"}, "commenting", "http://example.org/note"),
        ({"motivation": "oa:questioning", "body": body("why?")}, "questioning", "why?"),
        ({"motivation": "highlighting"}, "highlighting", ""),
        ({"motivation": ["tagging"], "body": body("X")}, "X", ""),
        ({"body": {"type": "SpecificResource", "purpose": "tagging", "source": "http://x/tags#PLACE"}}, "PLACE", ""),
        ({"body": body("a\nb", "tagging")}, "commenting", "a\nb"),
        ({"body": [3, None, {"type": "Choice", "items": []}]}, "highlighting", ""),
    ],
)
def test_a_label_is_found_without_a_tag(given, label, comment, tmp_path):
    made = {"@context": CONTEXT, "id": "urn:1", "type": "Annotation", "target": place("Kyiv"), **given}
    found = only(tmp_path, made)
    (mark,) = found.sets[0].annotations
    assert (mark.label, mark.comment) == (label, comment)
    assert written(tmp_path, [found]) == [made]


def test_people_programs_and_gold_are_told_apart(tmp_path):
    people: list[Any] = [
        {"id": "acct:1", "type": "Person", "name": "ben"},
        "mailto:carl@example.org",
        [{"type": "Software", "nickname": "parser"}],
        {"type": "Organization", "name": "gold"},
    ]
    made = [annotation(f"urn:{n}", place("Kyiv"), body("X", "tagging"), creator=who) for n, who in enumerate(people)]
    found = only(tmp_path, *made, annotation("urn:9", place("Kyiv"), body("X", "tagging")))
    assert {(each.annotator, each.kind) for each in found.sets} == {
        ("ben", "person"),
        ("mailto:carl@example.org", "person"),
        ("parser", "model"),
        ("gold", "gold"),
        ("ana", "person"),
    }
    back = {each["id"]: each.get("creator") for each in written(tmp_path, [found])}
    assert back == {**{f"urn:{n}": who for n, who in enumerate(people)}, "urn:9": {"type": "Person", "name": "ana"}}


def test_evidence_is_a_target_in_another_text(tmp_path):
    (tmp_path / "ref.txt").write_text(REFERENCE, encoding="utf-8")
    refuting = {**place("U.S. President", "ref.txt", REFERENCE), "styleClass": "evidence refutes set-2"}
    plain = place("called", "ref.txt", REFERENCE)
    missing = {"source": "gone.txt", "selector": quote("x")}
    in_body = {"type": "SpecificResource", **place("Donald", "ref.txt", REFERENCE)}
    made = annotation("urn:1", [place("US senator"), refuting, plain, missing], body("WRONG", "tagging"), in_body)
    report = Report()
    reference, found = read("w3c", file(tmp_path, [made]), report)
    assert (reference.document.name, found.references) == ("ref.txt", (reference.document.uid,))
    (mark,) = found.sets[0].annotations
    assert [(each.quote, each.stance, each.alternative) for each in mark.evidence] == [
        ("U.S. President", Stance.REFUTES, 2),
        ("called", Stance.CONTEXT, 1),
        ("Donald", Stance.CONTEXT, 1),
    ]
    assert kinds(report) == {"evidence": 1}
    assert made in written(tmp_path, [reference, found])


def test_links_and_replies(tmp_path):
    reply = annotation("urn:r", {"id": "urn:1"}, body("no"), motivation="replying", creator={"name": "ben"})
    answer = annotation("urn:s", "urn:r", body("yes"))
    link = {"motivation": "linking"}
    made = [
        reply,
        annotation("urn:l", [{"id": "urn:1"}, "urn:2"], body("near", "tagging"), **link),
        ONE,
        TWO,
        answer,
        annotation("urn:m", "urn:2", {"id": "urn:1"}, **link),
        annotation("urn:n", ["urn:1", "urn:2", "urn:r"], **link),
        annotation("urn:o", ["urn:1", "urn:1"], **link),
    ]
    report = Report()
    found = only(tmp_path, *made, report=report)
    by_uid = {mark.uid: mark for mark in found.sets[0].annotations}
    ties = [(tie.label, by_uid[tie.source].quote, by_uid[tie.target].quote) for tie in found.sets[0].relations]
    assert ties == [("near", "Donald Trump", "Kyiv"), ("related", "Kyiv", "Donald Trump")]
    assert next(mark.comment for mark in by_uid.values() if mark.label == "PERSON") == "ben: no\nyes"
    assert kinds(report) == {"relation": 2}
    back = written(tmp_path, [found])
    assert sorted(back, key=_id) == sorted(made, key=_id)


def test_what_is_said_of_a_document_as_a_whole(tmp_path):
    made = [
        annotation("urn:1", "doc.txt", body("news", "tagging"), body("since")),
        annotation("urn:2", {"id": "doc.txt"}, body("read it twice")),
        annotation("urn:3", {"source": "doc.txt"}, body("broken", "moderating"), motivation="moderating"),
        annotation("urn:4", "doc.txt", motivation="bookmarking"),
        ONE,
    ]
    found = only(tmp_path, *made)
    (item,) = found.sets
    about = next(mark for mark in item.annotations if mark.is_anchor)
    assert (about.label, about.comment, about.fragments) == ("news", "since", (Fragment(0, 0),))
    assert item.remark == Remark("broken", "read it twice")
    assert sorted(written(tmp_path, [found]), key=_id) == sorted(made, key=_id)


# -- where texts are ---------------------------------------------------------------------------------------------------


def test_a_text_is_beside_the_file_or_chosen(tmp_path):
    without = annotation("urn:1", place("Kyiv", None))
    for name in ("a.txt", "other.txt"):
        (tmp_path / name).write_text(TEXT, encoding="utf-8")
        (found,) = read("w3c", file(tmp_path, [without], text=None))
        assert found.document.name == name if name == "a.txt" else "a.txt"
    (found,) = read("w3c", tmp_path / "a.json", own={"text": "other.txt"})
    assert found.document.name == "other.txt"
    with pytest.raises(FormatError, match=r"there is no gone\.txt beside it"):
        read("w3c", tmp_path / "a.json", own={"text": "gone.txt"})


def test_the_only_text_of_a_folder_is_taken(tmp_path):
    (found,) = read("w3c", file(tmp_path, [annotation("urn:1", place("Kyiv", None))]))
    assert found.document.name == "doc.txt"


def test_a_text_may_be_in_the_file(tmp_path):
    node = {"id": "urn:x", "type": "Text", "value": TEXT, "label": "spun.txt", "language": "en"}
    made = [annotation("urn:1", place("Kyiv", "urn:x")), annotation("urn:2", {**place("called"), "source": node})]
    (found,) = read("w3c", file(tmp_path, made, text=None))
    assert (found.document.name, found.document.meta) == ("spun.txt", {"language": "en"})
    assert sorted(quote for _, quote, *_ in marks(found)) == ["Kyiv", "called"]


def test_a_text_may_be_in_the_project(tmp_path):
    session = Session.create(tmp_path / "a.stet", scheme=scheme_source("ner"), annotator="ana")
    add_documents(session, {"spun.txt": TEXT})
    path = file(tmp_path, [annotation("urn:1", place("Kyiv", "https://example.org/spun.txt"))], text=None)
    shown = preview_import(session.scheme, [path], ImportChoices(annotator="ana"), document=known_documents(session))
    assert [each.annotations for each in shown.documents] == [1]
    assert import_files(session, [path], annotator="ana").brought.added == 1
    assert len(list(session.reader.records())) == 1
    session.close()


def test_a_text_that_is_nowhere_is_named(tmp_path):
    made = [annotation(f"urn:{n}", place("Kyiv", "http://x.org/gone")) for n in range(3)]
    path = file(tmp_path, [*made, ONE])
    errors: list[FormatError] = []
    (found,) = read("w3c", path, refuse=errors.append)
    assert len(marks(found)) == 1
    assert [str(error) for error in errors] == [
        f"{path}:1: the text of “http://x.org/gone” isn't there: 3 annotations left out; "
        "put it beside the file as gone, or import it first"
    ]


# -- own work ----------------------------------------------------------------------------------------------------------

TOPIC = scheme_source("ner") + '\n[[layer]]\nid = "topic"\nkind = "document"\n[[layer.label]]\nid = "sport"\n'


def own_work() -> list[DocumentRecord]:
    reference = record(REFERENCE, uid="d2", name="news/ref erence.txt")
    layer = {"layer": "entity", "origin": "human"}
    cited = Evidence(
        uid="e",
        document="d2",
        fragments=(Fragment(0, 4), Fragment(5, 14)),
        quote="U.S. … President",
        stance=Stance.REFUTES,
    )
    made = [
        Annotation(
            uid="a",
            label="PERSON",
            fragments=(Fragment(0, 6), Fragment(7, 12)),
            quote="Donald … Trump",
            attributes={"link": {"id": "Q1", "title": "T"}, "many": ["x", "y"], "flag": True, "text": "", "one": ["x"]},
            evidence=(cited,),
            **layer,
        ),
        Annotation(
            uid="b", label="PERSON", fragments=(Fragment(38, 38),), quote="", comment="?", correction="", **layer
        ),
        Annotation(uid="c", layer="topic", label="sport", fragments=(Fragment(0, 0),), quote="", comment="yes"),
    ]
    tie = Relation(uid="r", source="a", target="b", label="knows", attributes={"since": 3}, comment="so")
    remark = Remark("odd", "a note\nof two lines")
    mine = work(*made, relations=(tie,), remark=remark)
    checked = gold(msgspec.structs.replace(made[0], uid="g", evidence=()), status=Status.OPEN)
    other = record(TEXT, sets=(mine, work(annotator="ben"), checked), references=("d2",), meta={"language": "en"})
    return [reference, other]


@pytest.mark.parametrize("texts", ["beside", "inside"])
def test_own_work_comes_back(texts, tmp_path):
    held = own_work()
    losses = write("w3c", held, tmp_path / "o.json", {"texts": texts}, scheme=parse_scheme(TOPIC))
    assert not kinds(losses)
    assert len(list(tmp_path.glob("*.txt"))) == (2 if texts == "beside" else 0)
    back = {each.document.name: each for each in read("w3c", tmp_path / "o.json", annotator=None)}
    found = back["spun.txt"]
    assert (found.document.text, found.document.meta) == (TEXT, {"language": "en"})
    assert back["news/ref erence.txt"].document.text == REFERENCE
    assert found.references == (back["news/ref erence.txt"].document.uid,)
    ours, theirs = ({mark.uid: mark for item in each.sets for mark in item.annotations} for each in (held[1], found))
    assert ours.keys() == theirs.keys()
    fields = ("layer", "label", "fragments", "quote", "correction", "comment", "attributes")
    for uid in ours:
        assert [getattr(ours[uid], name) for name in fields] == [getattr(theirs[uid], name) for name in fields]
    assert [(e.quote, e.stance, e.fragments) for e in theirs["a"].evidence] == [
        (e.quote, e.stance, e.fragments) for e in ours["a"].evidence
    ]
    mine = next(item for item in found.sets if item.annotator == "ana")
    assert (mine.relations, mine.remark) == (held[1].sets[0].relations, held[1].sets[0].remark)


def test_what_changed_is_written_and_the_rest_stays(tmp_path):
    made = annotation(
        "urn:1", place("Kyiv"), body("PLACE", "tagging", theirs=1), body("so"), body("c", "editing"), rights="x"
    )
    found = only(tmp_path, made)
    (item,) = found.sets
    (mark,) = item.annotations
    moved = msgspec.structs.replace(mark, label="CITY", fragments=(Fragment(40, 43),), quote="Kyi", correction=None)
    (back,) = written(tmp_path, [found._replace(sets=(item._replace(annotations=(moved,)),))])
    assert back["body"] == [body("so"), body("CITY", "tagging")]
    assert back["target"]["selector"][1] == position(40, 43)
    assert (back["rights"], back["id"]) == ("x", "urn:1")


def test_without_a_place_for_texts_it_is_said(tmp_path):
    out = io.BytesIO()
    options = WriteOptions(scheme=NOTHING, document=lambda uid: None)
    losses = W3cWriter().write([record()], StreamOutput(out), options)
    assert kinds(losses) == {"text": 0}
    assert [each["motivation"] for each in json.loads(out.getvalue())] == ["bookmarking"]


# -- what is wrong -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("target", "says"),
    [
        ({"source": "doc.txt", "selector": position(0, 900)}, "annotation urn:x: offset 900 lies outside"),
        ({"source": "doc.txt", "selector": position(5, 1)}, "ends before it starts"),
        (
            {"source": "doc.txt", "selector": position(-1, 5)},
            "no position and no quote of the text, only: TextPosition",
        ),
        ({"source": "doc.txt", "selector": {"type": "SvgSelector", "value": "<svg/>"}}, "only: SvgSelector"),
        ({"source": "doc.txt", "selector": position(True, 5)}, "no position"),  # type: ignore[arg-type]
        ({"source": "doc.txt", "selector": quote("nowhere at all")}, "aren't in the text"),
        ({"source": "doc.txt", "selector": [quote("a"), position(900, 901)]}, "in the text 4 times"),
        ({"source": "../../etc/passwd", "selector": position(0, 1)}, "isn't there"),
        (None, "no target in a text"),
        ([], "no target in a text"),
        (3, "no target in a text"),
        ([place("Donald"), place("Donald Trump")], "overlap"),
    ],
)
def test_what_is_wrong_is_said(target, says, tmp_path):
    errors: list[FormatError] = []
    found = only_if_any(read("w3c", file(tmp_path, [annotation("urn:x", target), ONE]), refuse=errors.append))
    assert any(part in str(errors[0]) for part in says.split("|"))
    assert len(marks(found)) == 1
    assert all(error.record for error in errors)


def only_if_any(records: list[DocumentRecord]) -> DocumentRecord:
    return next(each for each in records if each.document.name == "doc.txt")


@pytest.mark.parametrize(
    "given", ["[1, 2]", '[{"id": "\\ud800", "target": "x"}]', "[", '{"type": "AnnotationPage"}', "[[[]]]"]
)
def test_what_is_no_annotation_is_refused(given, tmp_path):
    errors: list[FormatError] = []
    try:
        assert read("w3c", file(tmp_path, given), refuse=errors.append) == []
    except FormatError as error:
        errors.append(error)
    assert errors or "Page" in given


def test_nesting_and_repetition_are_bounded(tmp_path):
    page: Any = {"type": "AnnotationPage", "items": [ONE]}
    for _ in range(20):
        page = {"type": "AnnotationPage", "items": [page]}
    assert len(read("w3c", file(tmp_path, page))) == 1
    loop = [annotation("urn:a", "urn:b", body("x")), annotation("urn:b", "urn:a", body("y")), ONE]
    assert len(read("w3c", file(tmp_path, loop))) == 1
    many = annotation("urn:m", {"source": "doc.txt", "selector": quote("a")})
    errors: list[FormatError] = []
    read("w3c", file(tmp_path, [many], text="a" * 20_000), refuse=errors.append)
    assert "more than 1,000 places" in str(errors[0])

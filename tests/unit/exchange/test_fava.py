"""FAVA's tagged texts: what tags say, however they are written, and files read and written."""

import json
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.annotation import Annotation, Fragment, Status
from app.core.errors import FormatError
from app.exchange.formats.fava.format import FORMAT
from app.exchange.formats.fava.prompt import PromptFrame, parts_of
from app.exchange.formats.fava.tags import TYPES, TaggedError, nested, untagged, with_tags
from app.exchange.registry import Registry
from app.exchange.report import Report
from tests.unit.exchange import build
from tests.unit.exchange.error_datasets import json_file, json_lines, read, works, written

MESSI = "Lionel Messi 😀 is an {} soccer player & he is 1 < 2 بازیکن\u200cها."
PASSAGE = MESSI.format("American")
ERRORED = MESSI.format("<entity><delete>Argentine</delete><mark>American</mark></entity>")
ANNOTATED = MESSI.format("<entity><mark>Argentine</mark><delete>American</delete></entity>")
EVIDENCE = "Lionel Messi is an Argentine soccer player."


def said(text: str, wrong: str = "delete") -> tuple[str, list[tuple[str, str, str | None]], int]:
    """Return text, errors with their words, and how many tags were odd."""
    found = untagged(text, wrong)
    return found.text, [(e.type, found.text[e.start : e.end], e.correction) for e in found.errors], found.odd


@pytest.mark.parametrize(("text", "wrong"), [(ERRORED, "mark"), (ANNOTATED, "delete")])
def test_the_roles_of_mark_and_delete_depend_on_the_file(text, wrong):
    assert said(text, wrong) == (PASSAGE, [("entity", "American", "Argentine")], 0)
    found = untagged(text, wrong)
    assert with_tags(found.text, found.errors, wrong) == text


@pytest.mark.parametrize(
    ("tagged", "text", "errors", "odd"),
    [
        ("a <invented>b</s> & c</invented> d", "a b</s> & c d", [("invented", "b</s> & c", None)], 0),
        (  # as FAVA's own code closes them
            "a <contradictory><delete>b.</delete><contradictory> c <contradictory><delete>d</delete><contradictory>",
            "a b. c d",
            [("contradictory", "b.", ""), ("contradictory", "d", "")],
            0,
        ),
        (
            "<contradictory><delete>a</delete><contradictory><contradictory><delete>b</delete><contradictory>",
            "ab",
            [("contradictory", "a", ""), ("contradictory", "b", "")],
            0,
        ),
        ("a <relation><mark>is</mark></relation> b", "a  b", [("relation", "", "is")], 0),
        (
            "since <entity><mark>2015</mark><delete>2017</delete> </entity> and",
            "since 2017  and",
            [("entity", "2017", "2015")],
            0,
        ),
        (
            "<subjective>x <entity><mark>b</mark><delete>c</delete></entity> y</subjective>",
            "x c y",
            [("subjective", "x c y", None), ("entity", "c", "b")],
            0,
        ),
        ("<entity>in <mark>b</mark><delete>c</delete> d</entity>", "in c d", [("entity", "in c d", "in b d")], 0),
        ("<delete>x</delete><mark>y</mark> z", "x z", [("", "x", "y")], 0),
        (
            "<delete>x</delete> <mark>y</mark> <mark>z</mark> <delete>w</delete>",
            "x   w",
            [("", "x", "y"), ("", "w", "z")],
            0,
        ),
        ("<entity><mark>b</mark><delete>c</delete> and\nmore", "c and\nmore", [("entity", "c", "b")], 1),
        ("<invented>never closed\nmore", "never closed\nmore", [("invented", "never closed", None)], 1),
        ("a</entity> <entity>b</relation> c", "a b c", [("entity", "b", None)], 2),
        ("<entity><mark>b</delete></entity>c", "c", [("entity", "", "b")], 1),
        ("<ENTITY>a</Entity> < contradictary >b</contradictary>", "a b", [("entity", "a", None)] * 0, 0),
        ("<b>bold</b> <entity", "<b>bold</b> <entity", [], 0),
    ],
)
def test_tags_are_read_as_far_as_they_can_be_told(tagged, text, errors, odd):
    found = said(tagged)
    assert (found[0], found[2]) == (text, odd)
    assert found[1] == (errors or found[1])


@pytest.mark.parametrize("text", ["<" + " " * 50_000, "<mark>" * 5_000, "<entity><relation>" * 5_000, "<" * 50_000])
def test_a_stranger_cannot_make_it_last(text):
    found = untagged(text, "delete")
    assert nested(found.errors)
    prompt = f"{' ' * 50_000}Read the following references:\nReference [1]: a\n{text}\n{' ' * 50_000}"
    assert parts_of(prompt) is None


def test_misspelled_types_are_known():
    assert [each[0] for each in said("<contradictary>b</contradictary> <Subj>c</subj>")[1]] == [
        "contradictory",
        "subjective",
    ]


_text = st.text(st.sampled_from("ab <>/&😀\n"), max_size=30)
_tags = st.sampled_from([f"<{slash}{name}>" for name in (*TYPES[:3], "mark", "delete") for slash in ("", "/")])


@given(st.lists(_text | _tags, max_size=14).map("".join), st.sampled_from(["mark", "delete"]))
def test_any_tags_keep_the_text_and_can_be_written(tagged, wrong):
    found = untagged(tagged, wrong)
    taken, left_out = nested(found.errors)
    assert all(0 <= each.start <= each.end <= len(found.text) for each in found.errors)
    again = untagged(with_tags(found.text, taken, wrong), wrong)
    if left_out or any(each.correction and "<" in each.correction for each in taken) or "<" in found.text:
        return
    assert again == found._replace(odd=0)


FILES: dict[str, list[Any]] = {
    "errored": [
        {
            "evidence": EVIDENCE,
            "diversified_passage": MESSI.format("Argentine"),
            "errored_passage": ERRORED,
            "subject": "Lionel Andrés Messi",
            "type": "News Article",
            "error_types": ["entity"],
            "ctxs": [{"id": "1", "title": "Messi", "text": "Leo…"}, {"id": "2", "title": "Messi", "text": "Lio…"}],
        },
        {"evidence": EVIDENCE, "errored_passage": "None <contradictory>Bad.</contradictory>", "ctxs": ["Leo…", "Lio…"]},
    ],
    "annotated": [
        {"passage": PASSAGE, "reference": EVIDENCE, "annotated": ANNOTATED, "title": "Messi"},
        {"prompt": "Who is Messi?", "output": "Nobody.", "annotated": "Nobody.", "model": "llama", "subject": "x"},
        {"annotated": "Empty.", "evidence": "", "ctxs": [], "reference": ["a", "b"], "errored_passage": "x"},
        {"output": "No\tbody.", "annotated": "<invented>No body.</invented>"},
        {"annotated": "A <entity><delete>B</delete><mark>C</mark></entity> <relation>never closed"},
    ],
    "completion": [
        {
            "prompt": PromptFrame().prompt([EVIDENCE, "Leo…\n\nLio…"], PASSAGE),
            "input": "",
            "completion": ANNOTATED,
        },
        {
            "prompt": "Read the following references:\nReference [1]: Leo…\nPlease identify all the errors in the "
            "following passage using the references provided and suggest edits:\nText: " + PASSAGE,
            "completion": ANNOTATED,
        },
        {"prompt": PromptFrame().prompt([EVIDENCE], "another text"), "completion": ANNOTATED},
    ],
}


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("layout", ["array", "lines"])
def test_a_file_is_written_as_it_was(name, layout, tmp_path):
    rows = FILES[name]
    make = json_file if layout == "array" else json_lines
    path = make(tmp_path / f"{name}.json", rows)
    found = Registry().for_file(path)
    assert found is not None
    assert found.format.name == "fava"
    records = read(FORMAT, path)
    data, losses = written(FORMAT, records)
    text = data.decode()
    assert (json.loads(text) if layout == "array" else list(map(json.loads, text.splitlines()))) == rows
    assert losses.as_list() == []


def test_references_and_metadata_come_along(tmp_path):
    report = Report()
    records = read(FORMAT, json_file(tmp_path / "a.json", FILES["errored"]), report)
    assert [each.document.text for each in records[:4]] == [EVIDENCE, "Leo…", "Lio…", PASSAGE]
    first, second = records[3], records[-1]
    assert first.references == tuple(each.document.uid for each in records[:3])
    assert set(first.references[:1]) & set(second.references)  # the same evidence is one document
    assert first.document.meta == {
        "subject": "Lionel Andrés Messi",
        "type": "News Article",
        "error_types": ["entity"],
    }
    (item,) = first.sets
    assert (item.annotator, item.status) == ("ana", Status.DONE)
    (mark,) = item.annotations
    assert (mark.layer, mark.label, mark.quote, mark.correction) == ("error", "ENTITY_WRONG", "American", "Argentine")
    assert report.as_list() == []


def test_what_differs_from_the_tagged_text_is_noted(tmp_path):
    report = Report()
    read(FORMAT, json_file(tmp_path / "a.json", [*FILES["annotated"], FILES["completion"][2]]), report)
    assert (report.count("repeated-text"), report.count("tags")) == (2, 1)


def test_the_role_of_the_tags_can_be_said(tmp_path):
    path = json_lines(tmp_path / "a.jsonl", [{"text": ERRORED}])
    (record,) = read(FORMAT, path, columns={"text": "text"}, own={"error-tag": "mark"})
    assert record.document.text == PASSAGE
    (record,) = read(FORMAT, path, columns={"text": "text"})
    assert record.document.text == MESSI.format("Argentine")


@pytest.mark.parametrize(
    ("key", "tagged"), [("annotated", ANNOTATED), ("completion", ANNOTATED), ("errored_passage", ERRORED)]
)
def test_another_key_can_be_asked_for(key, tagged, tmp_path):
    records = read(FORMAT, json_file(tmp_path / "a.json", FILES["errored"][:1]))
    data, _ = written(FORMAT, records, own={"passage": key})
    (row,) = json.loads(data)
    assert row[key] == tagged
    if key == "completion":
        assert "evidence" not in row
        assert parts_of(row["prompt"]) == (PromptFrame(), [EVIDENCE, "Leo…", "Lio…"], PASSAGE)


def test_tags_are_written_anew_where_marks_were_changed(tmp_path):
    odd = "A <entity><delete>B</delete><mark>C</mark></entity> b."
    (record,) = read(FORMAT, json_lines(tmp_path / "a.jsonl", [{"annotated": odd}]))
    (mark,) = record.sets[0].annotations
    changed = msgspec.structs.replace(mark, correction="D")
    data, losses = written(FORMAT, [record._replace(sets=(record.sets[0]._replace(annotations=(changed,)),))])
    assert json.loads(data)["annotated"] == "A <entity><mark>D</mark><delete>B</delete></entity> b."
    assert losses.count("tags-anew") == 1


def marked(start: int, end: int, label: str, **fields: Any) -> Annotation:
    quote = build.TEXT[start:end]
    given = {"layer": "error", "fragments": (Fragment(start, end),), "quote": quote}
    return Annotation(uid=f"{label} {start}", label=label, **{**given, **fields})


def test_our_own_errors_get_tags():
    marks = [
        marked(0, 12, "ENTITY_WRONG", correction="Joe Biden", comment="who?"),
        marked(7, 20, "UNSUPPORTED"),  # crosses the first
        marked(14, 28, "SELF_CONTRADICTION", correction=""),
        marked(18, 20, "ENTITY_WRONG", correction=""),
        marked(36, 36, "ENTITY_WRONG", correction=" today"),
        marked(30, 36, "LANGUAGE"),  # FAVA has no type for it
        marked(0, 12, "PERSON", layer="entity"),
    ]
    references = [build.record(text, uid=uid, name=f"{uid}.txt") for uid, text in (("r1", "One."), ("r2", "Two."))]
    work = build.work(*marks, status=Status.DONE)
    record = build.record(references=("r1", "r2"), sets=(work,), meta={"evidence": "mine"})
    data, losses = written(FORMAT, [*references, record])
    (row,) = json.loads(data)
    assert row["annotated"] == (
        "<entity><mark>Joe Biden</mark><delete>Donald Trump</delete></entity>, <contradictory><delete>the "
        "<entity><delete>US</delete></entity> senator</delete></contradictory>, called<entity><mark> today</mark>"
        "</entity>. 😀 Kyiv agreed."
    )
    assert (row["passage"], row["name"]) == (build.TEXT, "spun.txt")
    assert (row["evidence"], row["ctxs"]) == ("One.", [{"title": "r2", "text": "Two."}])
    kinds = {each.kind: each.count for each in losses}
    assert kinds == {"overlap": 1, "type": 1, "layer": 1, "comment": 1, "label": 5, "meta-name": 1}


def test_several_annotators_stay_several(tmp_path):
    sets = [build.work(annotator=name, status=Status.DONE_EMPTY) for name in ("ana", "ben")]
    data, _ = written(FORMAT, [build.record(sets=tuple(sets))], own={"layout": "lines"})
    path = tmp_path / "a.jsonl"
    path.write_bytes(data)
    first, second = read(FORMAT, path)
    assert first.document == second.document
    assert [each.sets[0].annotator for each in (first, second)] == ["ana", "ben"]


def test_texts_with_words_like_tags_are_noted():
    record = build.record("Type <mark> here.", sets=(build.work(status=Status.DONE_EMPTY),))
    assert written(FORMAT, [record])[1].count("tag-words") == 1


@pytest.mark.parametrize(
    ("row", "says"),
    [
        ({"annotated": 3}, "there is no text under “annotated”; the keys are: “annotated”"),
        ({"annotated": "a", "ctxs": [3]}, r"ctxs\[0\] must be an object with a text"),
        ({"annotated": "a", "ctxs": [{"id": 1}]}, "there is no text under “text”"),
        ({"annotated": "a\0"}, "NUL"),
        ({"annotated": "a", "evidence": "b\ud800"}, "lone surrogate"),
    ],
)
def test_a_bad_record_is_named_and_the_rest_read(row, says, tmp_path):
    path = json_lines(tmp_path / "a.jsonl", [{"annotated": ANNOTATED}, row])
    with pytest.raises(FormatError, match=says) as caught:
        read(FORMAT, path)
    assert (caught.value.path, caught.value.line) == (path, 2)
    errors: list[Exception] = []
    assert len(works(read(FORMAT, path, refuse=errors.append))) == len(errors) == 1


def test_crossing_errors_are_left_out():
    errors = [TaggedError(0, 5, "entity", None), TaggedError(3, 8, "relation", None), TaggedError(5, 8, "entity", "")]
    taken, left_out = nested(errors)
    assert (taken, left_out) == ([errors[0], errors[2]], [errors[1]])

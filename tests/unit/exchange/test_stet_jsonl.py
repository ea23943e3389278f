"""Our own JSONL: written as documented, read back the same, and anything wrong refused with its line."""

import io
import json
import re
from pathlib import Path
from typing import Any

import msgspec
import pytest

from app import paths
from app.core.annotation import Evidence, Fragment, Relation, Stance, Status
from app.core.decision import Outcome, Reason
from app.core.errors import FormatError
from app.core.scheme_file import parse_scheme
from app.exchange.format import WriteOptions
from app.exchange.formats.stet_jsonl.wire import (
    WireAnnotation,
    WireDecision,
    WireDocument,
    WireEvidence,
    WireJudgement,
    WireRelation,
    WireSet,
    WireShown,
    WireSuggestion,
    WireText,
)
from app.exchange.formats.stet_jsonl.writer import StetWriter, line_of
from app.exchange.output import StreamOutput
from tests.conftest import scheme_source
from tests.unit.build import annotation
from tests.unit.exchange.build import (
    TEXT,
    decision,
    gold,
    jsonl,
    mark,
    plain,
    read,
    read_reported,
    record,
    with_mark,
    work,
    written,
)


def _full():
    first = annotation(
        TEXT,
        (21, 28),
        uid="a1",
        layer="error",
        label="ROLE_ATTRIBUTE",
        attributes={"severity": "critical", "evidence_status": "LINKED"},
        correction="president",
        evidence=(
            Evidence(
                uid="e1",
                document="d2",
                fragments=(Fragment(0, 4), Fragment(5, 14)),
                quote="U.S. … President",
                stance=Stance.SUPPORTS,
            ),
        ),
        created="2026-03-18T09:30:00.000123Z",
        updated="2026-03-18T09:31:12.000007Z",
    )
    second = annotation(TEXT, (0, 6), (18, 20), uid="a2", layer="entity", label="PERSON", extra={"score": 0.5})
    done = work(
        second,
        first,
        status=Status.DONE,
        seconds=41.5,
        relations=(Relation(uid="r1", source="a1", target="a2", label="of"),),
    )
    return record(meta={"z": 1, "a": {"y": 2, "b": 3}}, references=("d2",), sets=(done, work(annotator="boris")))


def test_a_line_has_the_documented_keys_in_the_documented_order() -> None:
    assert line_of(_full()).decode() == (
        '{"stet":1,"id":"d1","name":"spun.txt",'
        f'"text":"{TEXT}","sha256":"{_full().document.sha256}",'
        '"meta":{"a":{"b":3,"y":2},"z":1},"references":["d2"],'
        '"sets":[{"annotator":"ana","kind":"person","status":"done","scheme":"news-errors@1","seconds":41.5,'
        '"annotations":['
        '{"id":"a2","layer":"entity","label":"PERSON","start":0,"end":20,"fragments":[[0,6],[18,20]],'
        '"quote":"Donald … US",'
        '"attributes":{},"correction":null,"comment":"","evidence":[],"origin":"human","created":"","updated":"",'
        '"extra":{"score":0.5}},'
        '{"id":"a1","layer":"error","label":"ROLE_ATTRIBUTE","start":21,"end":28,"quote":"senator",'
        '"attributes":{"evidence_status":"LINKED","severity":"critical"},"correction":"president","comment":"",'
        '"evidence":[{"id":"e1","document":"d2","start":0,"end":14,"fragments":[[0,4],[5,14]],'
        '"quote":"U.S. … President","stance":"supports"}],"origin":"human","created":"2026-03-18T09:30:00.000123Z",'
        '"updated":"2026-03-18T09:31:12.000007Z"}],'
        '"relations":[{"id":"r1","source":"a1","target":"a2","label":"of"}]},'
        '{"annotator":"boris","kind":"person","status":"open","scheme":"news-errors@1","annotations":[],"relations":[]}],'
        '"decisions":[]}\n'
    )


def test_what_was_written_is_read_back_the_same(tmp_path: Path) -> None:
    assert read(jsonl(tmp_path / "a.jsonl", line_of(_full()))) == [_full()]


def test_separators_of_unicode_may_stand_in_strings(tmp_path: Path) -> None:
    text = "one\u2028two\u2029three\u0085four\ffive\vsix\rseven\r\neight"
    records = [record(text), record("second", uid="d2")]
    path = jsonl(tmp_path / "a.jsonl", written(records))
    assert path.read_bytes().count(b"\n") == 2
    assert read(path) == records


def test_only_what_must_be_there_is_enough(tmp_path: Path) -> None:
    (found,) = read(jsonl(tmp_path / "a.jsonl", with_mark(start=0, end=12)))
    (item,) = found.sets
    assert (item.annotator, item.kind, item.status, item.scheme) == ("ana", "person", Status.OPEN, "")
    (one,) = item.annotations
    assert (one.quote, one.correction, one.comment, one.evidence, one.extra) == ("Donald Trump", None, "", (), {})


def test_evidence_without_an_id_gets_the_same_one_each_time(tmp_path: Path) -> None:
    evidence = [{"document": "d2", "start": 0, "end": 4, "quote": "U.S."}] * 2
    path = jsonl(tmp_path / "a.jsonl", with_mark(evidence=evidence))
    ids = [[e.uid for e in found.sets[0].annotations[0].evidence] for found in read(path) + read(path)]
    assert ids == [["a1.1", "a1.2"]] * 2


@pytest.mark.parametrize("before", [b"", b"\xef\xbb\xbf", b"\n\r\n  \n"])
def test_bom_blank_lines_and_missing_final_newline_are_ignored(tmp_path: Path, before: bytes) -> None:
    line = json.dumps(plain()).encode()
    path = jsonl(tmp_path / "a.jsonl", before + line + b"\r\n\n" + line.replace(b'"d1"', b'"d2"'))
    assert [found.document.uid for found in read(path)] == ["d1", "d2"]


def test_unknown_keys_are_kept_and_written_again(tmp_path: Path) -> None:
    row = with_mark(confidence=0.25, extra={"a": 1}, **{"ns:tag": ["x"]})
    row |= {"zebra": {"b": 1}, "apple": None, "extra": {"k": [1]}}
    path = jsonl(tmp_path / "a.jsonl", row)
    (found,), report = read_reported(path)
    assert found.sets[0].annotations[0].extra == {"a": 1, "confidence": 0.25, "ns:tag": ["x"]}
    assert found.extra == {"zebra": {"b": 1}, "apple": None, "extra": {"k": [1]}}
    assert report.count("kept") == 1
    line = line_of(found)
    assert line.endswith(b'"decisions":[],"apple":null,"extra":{"k":[1]},"zebra":{"b":1}}\n')
    assert read(jsonl(tmp_path / "b.jsonl", line)) == [found]


def test_a_foreign_key_with_one_of_our_names_goes_one_level_down(tmp_path: Path) -> None:
    line = line_of(record(extra={"name": "theirs", "x": 1}))
    assert line.endswith(b'"decisions":[],"extra":{"name":"theirs"},"x":1}\n')
    (found,) = read(jsonl(tmp_path / "a.jsonl", line))
    assert line_of(found) == line


def test_what_another_program_calls_decisions_is_kept_and_said(tmp_path: Path) -> None:
    theirs = [{"verdict": "yes", "by": {"z": 1, "a": 2}}, "no", None, [1]]
    row = plain(decisions=[*theirs, _decision()], extra="x", zebra=1)
    (found,), report = read_reported(jsonl(tmp_path / "a.jsonl", row))
    assert [decision.uid for decision in found.decisions] == ["k1"]
    assert found.extra == {"extra": {"decisions": theirs, "extra": "x"}, "zebra": 1}
    assert [(finding.kind, finding.count) for finding in report] == [("foreign-decision", 4)]
    line = line_of(found)
    again = read(jsonl(tmp_path / "b.jsonl", line))
    assert again == [found]
    assert line_of(again[0]) == line


def test_a_decision_has_the_documented_keys_in_order(tmp_path: Path) -> None:
    one = annotation(TEXT, (0, 12), uid="g1", layer="entity", label="PERSON")
    full = decision(
        "k2",
        outcome=Outcome.COMBINED,
        kinds=("label",),
        labels=("PERSON", "ORG"),
        sources=("a1", "gone"),
        gold="g1",
        fields={"range": "union", "label": "a1"},
        votes={"boris": None, "ana": "a1"},
        reason=Reason.EDGE_CASE,
        note="“so”",
        unclear=True,
        rule="majority",
    )
    line = line_of(record(sets=(gold(one),), decisions=(decision(), full)))
    bare = '{"id":"k1","layer":"entity","key":"k","outcome":"accepted","reviewer":"rina","time":"2026-01-02T03:04:05Z"}'
    assert line.decode().endswith(
        f'"decisions":[{bare},{{"id":"k2","layer":"entity","key":"k","outcome":"combined","reviewer":"rina",'
        '"time":"2026-01-02T03:04:05Z","kinds":["label"],"labels":["PERSON","ORG"],"sources":["a1","gone"],'
        '"gold":"g1","fields":{"label":"a1","range":"union"},"votes":{"ana":"a1","boris":null},'
        '"reason":"edge_case","note":"“so”","unclear":true,"rule":"majority"}]}\n'
    )
    (found,) = read(jsonl(tmp_path / "a.jsonl", line))
    assert found.decisions == (decision(), full)


def test_decisions_on_missing_gold_are_dropped_and_reported() -> None:
    out = io.BytesIO()
    records = [record(decisions=(decision("k1", gold="gone"), decision("k2")))]
    scheme = parse_scheme(scheme_source("ner"))
    losses = StetWriter().write(records, StreamOutput(out), WriteOptions(scheme=scheme, document=lambda uid: None))
    assert [(loss.kind, loss.examples) for loss in losses] == [("decision", ["spun.txt: k1"])]
    assert [found["id"] for found in json.loads(out.getvalue())["decisions"]] == ["k2"]


def test_the_set_of_the_annotator_gold_is_gold(tmp_path: Path) -> None:
    sets = [{"annotator": " Ｇold"}, {"annotator": "golda"}]
    (found,) = read(jsonl(tmp_path / "a.jsonl", plain(sets=sets)))
    assert [(item.annotator, item.kind) for item in found.sets] == [("gold", "gold"), ("golda", "person")]


def test_unknown_keys_without_a_place_are_reported(tmp_path: Path) -> None:
    evidence = {"document": "d2", "start": 0, "end": 4, "quote": "U.S.", "page": 3}
    row = plain(sets=[{"annotator": "ana", "mood": "good", "annotations": [mark(evidence=[evidence])]}])
    row["decisions"] = [_decision(mood="bad")]
    _, report = read_reported(jsonl(tmp_path / "a.jsonl", row))
    (finding,) = report
    assert finding.kind == "unknown"
    assert finding.examples == ["sets.mood", "evidence.page", "decisions.mood"]


def test_a_quote_that_does_not_fit_is_kept_and_reported(tmp_path: Path) -> None:
    path = jsonl(tmp_path / "a.jsonl", plain(id="d0"), with_mark(quote="Donald Tramp"))
    (_, found), report = read_reported(path)
    assert found.sets[0].annotations[0].quote == "Donald Tramp"
    (finding,) = report
    assert (finding.kind, finding.count) == ("quote", 1)
    assert finding.examples == [f"{path}:2: “Donald Tramp”"]


def _decision(**fields: Any) -> dict[str, Any]:
    """Return a decision as a program would write it by hand."""
    given = {"id": "k1", "layer": "entity", "key": "k", "outcome": "accepted", "reviewer": "rina", "time": ""}
    return {**given, **fields}


def _decided(**fields: Any) -> dict[str, Any]:
    """Return a document with one decision."""
    return plain(decisions=[_decision(**fields)])


_BROKEN = {
    "decisions no list": (plain(decisions={}), "decisions must be a list, not an object"),
    "decision with an outcome and nothing else": (
        plain(decisions=[{"outcome": "accepted"}]),
        "“id” is missing in decisions[0]",
    ),
    "unknown outcome": (_decided(outcome="maybe"), "decisions[0].outcome can't be 'maybe'"),
    "unknown reason": (_decided(reason="mood"), "decisions[0].reason can't be 'mood'"),
    "decision without a key": (_decided(key=""), "the key of decision k1 is empty"),
    "decision without a reviewer": (_decided(reviewer=" "), "can't be a reviewer's name"),
    "decision by gold": (_decided(reviewer="Gold"), "“gold” can't be a reviewer's name"),
    "gold that isn't there": (_decided(gold="g1"), "decision k1 is on g1, which isn't in the gold set"),
    "gold in another's set": (
        with_mark(id="g1") | {"decisions": [_decision(gold="g1")]},
        "decision k1 is on g1, which isn't in the gold set",
    ),
    "one id for two decisions": (plain(decisions=[_decision(), _decision()]), "used for two decisions"),
    "empty decision id": (_decided(id=""), "the id of decisions[0] is empty"),
    "empty source": (_decided(sources=[""]), "a source of decision k1 is empty"),
    "vote for no id": (_decided(votes={"ana": 7}), "decisions[0].votes[...] must be text or null, not a whole number"),
    "vote of nobody": (_decided(votes={"": None}), "can't be a voter's name"),
    "field by nobody": (_decided(fields={"label": ""}), "who supplied “label” in decision k1 is empty"),
    "a key twice in a decision": (
        json.dumps(_decided()).replace('"key": "k"', '"key": "k", "key": "l"'),
        "the key “key” appears twice",
    ),
    "a key twice in another program's decision": (
        json.dumps(plain(decisions=[{"x": 1}])).replace('"x": 1', '"x": 1, "x": 2'),
        "the key “x” appears twice",
    ),
    "another program's decision nested 100 deep": (
        json.dumps(plain(decisions=[1])).replace("[1]", "[" * 100 + "]" * 100),
        "nested too deeply",
    ),
    "another program's decision nested 100,000 deep": (
        json.dumps(plain(decisions=[1])).replace("[1]", "[" * 100_000 + "]" * 100_000),
        "nested too deeply",
    ),
    "NaN in a decision": (_decided(note=float("nan")), "NaN and Infinity"),
    "a lone surrogate in a decision": (json.dumps(_decided(note="X")).replace("X", "\\ud800"), "lone surrogate"),
    "a decision that is not UTF-8": (
        json.dumps(_decided(note="X")).encode().replace(b"X", b"\x93") + b"\n",
        "not UTF-8",
    ),
    "gold as a person": (plain(sets=[{"annotator": "gold", "kind": "person"}]), "“gold” can't be of the kind “person”"),
    "somebody as gold": (plain(sets=[{"annotator": "ana", "kind": "gold"}]), "“ana” can't be of the kind “gold”"),
    "negative offset": (with_mark(start=-1), "outside the text"),
    "offset beyond the end": (with_mark(end=len(TEXT) + 1), "outside the text of 52 characters"),
    "huge offset": (with_mark(end=10**40), "outside the text"),
    "reversed offsets": (with_mark(start=5, end=3), "ends before it starts"),
    "offset as a float": (with_mark(start=0.0), "start must be a whole number, not a number"),
    "offset as a text": (with_mark(start="0"), "start must be a whole number, not text"),
    "offset as a flag": (with_mark(start=True), "start must be a whole number, not true or false"),
    "offset as null": (with_mark(start=None), "start must be a whole number, not null"),
    "overlapping fragments": (with_mark(fragments=[[0, 6], [5, 12]]), "overlap"),
    "fragments with another hull": (with_mark(fragments=[[0, 6], [7, 11]]), "start and end don't match its fragments"),
    "no fragments": (with_mark(fragments=[]), "no range given"),
    "no annotation id": (plain(sets=[{"annotator": "a", "annotations": [{"layer": "x"}]}]), "“id” is missing"),
    "empty annotation id": (with_mark(id=""), "an annotation's id is empty"),
    "empty label": (with_mark(label=""), "the label of annotation a1 is empty"),
    "long label": (with_mark(label="L" * 10_000), "too long"),
    "label of two lines": (with_mark(label="A\nB"), "not printable"),
    "one id for two annotations": (plain(sets=[{"annotator": "a", "annotations": [mark()] * 2}]), "two annotations"),
    "no id": ({"stet": 1, "name": "n", "text": "t"}, "“id” is missing in the record"),
    "no text": ({"stet": 1, "id": "d", "name": "n"}, "“text” is missing"),
    "empty name": (plain(name=""), "the name is empty"),
    "another sha256": (plain(sha256="0" * 64), "sha256 doesn't match the text"),
    "another version": (plain(stet=2), "version 2 of Stet's JSONL isn't supported"),
    "itself as reference": (plain(references=["d1"]), "lists itself as a reference"),
    "references no list": (plain(references="d2"), "references must be a list, not text"),
    "unknown status": (plain(sets=[{"annotator": "a", "status": "finished"}]), "status can't be 'finished'"),
    "unknown kind": (plain(sets=[{"annotator": "a", "kind": "robot"}]), "kind can't be “robot”"),
    "no annotator": (plain(sets=[{"annotator": " "}]), "can't be an annotator's name"),
    "negative seconds": (plain(sets=[{"annotator": "a", "seconds": -1}]), "seconds"),
    "relation to nowhere": (
        plain(sets=[{"annotator": "a", "relations": [{"id": "r", "source": "x", "target": "y", "label": "l"}]}]),
        "isn't in the same set",
    ),
    "reserved key in meta": (plain(meta={"stet:extra": 1}), "can't have the key"),
    "unknown key twice over": (with_mark(extra={"score": 1}, score=2), "both in “extra” and beside it"),
    "a list": (b"[1,2]\n", "a list, where one object per line"),
    "an array of records": (b'[{"stet":1},\n', "a list, where one object per line"),
    "a comma behind": (json.dumps(plain()) + ",", "there is a comma after the object"),
    "a key twice": ('{"stet":1,"id":"d1","id":"d2","name":"n","text":"t"}', "the key “id” appears twice"),
    "a key twice far down": (json.dumps(plain(meta={"a": 1})).replace('"a": 1', '"a": 1, "a": 1'), "“a” appears twice"),
    "NaN": (json.dumps(plain(meta={"a": float("nan")})), "NaN and Infinity"),
    "Infinity": (json.dumps(plain(meta={"a": [-float("inf")]})), "NaN and Infinity"),
    "number beyond floats": (
        json.dumps(plain(meta={"a": 1})).replace('"a": 1', '"a": 1e400'),
        "a number too large to store",
    ),
    "number of 5,000 digits": (
        json.dumps(plain(meta={"a": 1})).replace('"a": 1', '"a": ' + "9" * 5000),
        "a number too large to store",
    ),
    "nested 100,000 deep": (
        json.dumps(plain(meta={"a": 1})).replace('"a": 1', '"a": ' + "[" * 100_000 + "]" * 100_000),
        "nested too deeply",
    ),
    "nested 100 deep": (
        json.dumps(plain(meta={"a": 1})).replace('"a": 1', '"a": ' + "[" * 100 + "]" * 100),
        "nested too deeply",
    ),
    "unknown key nested 100 deep": (
        json.dumps(plain(x=1)).replace('"x": 1', '"x": ' + "[" * 100 + "]" * 100),
        "nested too deeply",
    ),
    "a lone surrogate": (json.dumps(plain()).replace("Kyiv", "\\ud800"), "lone surrogate"),
    "a lone low surrogate": (json.dumps(plain()).replace("Kyiv", "\\udc00"), "lone surrogate"),
    "NUL in the text": (plain("a\x00b"), "the text contains a NUL character at character 1"),
    "NUL in a name": (plain(name="a\x00b"), "the name contains a NUL character"),
    "NUL in an id": (plain(id="a\x00b"), "not printable"),
    "not UTF-8": (json.dumps(plain(name="X")).encode().replace(b"X", b"\x93") + b"\n", "not UTF-8"),
    "a key that is not UTF-8": (b'{"\xff":1,' + json.dumps(plain()).encode()[1:] + b"\n", "not UTF-8"),
    "no JSON": (b"id,text\n", "not JSON"),
    "trailing garbage": (json.dumps(plain()) + " x", "not JSON"),
}


@pytest.mark.parametrize("case", _BROKEN)
def test_a_broken_line_is_refused_with_its_number(tmp_path: Path, case: str) -> None:
    row, what = _BROKEN[case]
    path = jsonl(tmp_path / "a.jsonl", plain(id="d0"), row, plain(id="d9"))
    with pytest.raises(FormatError) as error:
        read(path)
    assert (error.value.path, error.value.line) == (path, 2)
    assert what in error.value.what
    assert error.value.hint


@pytest.mark.parametrize("case", _BROKEN)
def test_the_good_lines_around_a_broken_one_can_be_had(tmp_path: Path, case: str) -> None:
    path = jsonl(tmp_path / "a.jsonl", plain(id="d0"), _BROKEN[case][0], plain(id="d9"))
    bad: list[Exception] = []
    assert [found.document.uid for found in read(path, refuse=bad.append)] == ["d0", "d9"]
    assert len(bad) == 1


def test_a_last_line_that_is_cut_off_is_said_to_be(tmp_path: Path) -> None:
    line = json.dumps(with_mark()).encode()
    for cut in (10, 60, len(line) - 1):
        with pytest.raises(FormatError, match="the last line is truncated"):
            read(jsonl(tmp_path / "a.jsonl", plain(id="d0"), line[:cut]))


def test_a_line_beyond_the_limit_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.exchange.json_lines.LARGEST", 200)
    with pytest.raises(FormatError, match="longer than"):
        read(jsonl(tmp_path / "a.jsonl", plain("x" * 300)))


def test_big_numbers_that_can_be_kept_are_kept(tmp_path: Path) -> None:
    meta = {"big": 10**30, "small": -(2**70), "float": 1e300, "zero": -0.0}
    (found,) = read(jsonl(tmp_path / "a.jsonl", plain(meta=meta)))
    assert found.document.meta == meta


def test_a_file_that_is_not_there_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(FormatError, match="can't be read"):
        read(tmp_path / "none.jsonl")


def test_only_code_points_are_taken(tmp_path: Path) -> None:
    path = jsonl(tmp_path / "a.jsonl", plain())
    assert read(path, offsets="cp")
    with pytest.raises(FormatError, match="counts code points, not utf16"):
        read(path, offsets="utf16")


# -- the documentation -------------------------------------------------------------------------------------------------


def _help(name: str) -> str:
    return (paths.resources() / "help" / name).read_text(encoding="utf-8")


def test_the_documented_example_is_what_is_written(tmp_path: Path) -> None:
    (example,) = re.findall(r"```json\n(.*?)```", _help("jsonl.md"), re.DOTALL)
    (found,) = read(jsonl(tmp_path / "a.jsonl", example.encode()))
    assert line_of(found).decode() == example
    assert found.sets[0].annotations[0].quote == "senator"


def test_the_documented_program_writes_what_can_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (program,) = re.findall(r"```python\n(.*?)```", _help("jsonl.md"), re.DOTALL)
    monkeypatch.chdir(tmp_path)
    exec(program, {"text": TEXT})
    (found,) = read(tmp_path / "marks.jsonl")
    assert found.sets[0].annotations[0].quote == "Donald Trump"


_DEFINITIONS = {
    "": WireDocument,
    "set": WireSet,
    "annotation": WireAnnotation,
    "evidence": WireEvidence,
    "relation": WireRelation,
    "decision": WireDecision,
    "suggestion": WireSuggestion,
    "outcome": WireJudgement,
    "shown": WireShown,
    "earlier_text": WireText,
}


@pytest.mark.parametrize("definition", _DEFINITIONS)
def test_the_json_schema_names_the_fields_and_which_are_required(definition: str) -> None:
    kind = _DEFINITIONS[definition]
    schema = json.loads(_help("stet-jsonl.schema.json"))
    described = schema["$defs"][definition] if definition else schema
    assert list(described["properties"]) == list(kind.__struct_fields__)
    required = [field.name for field in msgspec.structs.fields(kind) if field.required]
    assert described["required"] == required
    for name in described["properties"]:
        assert f"`{name}`" in _help("jsonl.md") or f'"{name}"' in _help("jsonl.md")

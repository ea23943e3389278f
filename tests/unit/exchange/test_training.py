"""Training data: flat, complete, documented, and honest about what it leaves out."""

import json
import re
from pathlib import Path
from typing import Any

import msgspec
import pytest

from app import paths
from app.core.annotation import Evidence, Fragment, Relation, Stance, Status
from app.core.document_conditions import parse_condition
from app.core.errors import FormatError
from app.core.mark_ends import Oddity
from app.exchange.formats.training import wire
from app.exchange.selection import LeftOut
from app.exchange.split import Bond, Split
from app.jobs.tasks.export_file import ExportReport, export_project
from app.jobs.tasks.export_preview import preview_export
from app.jobs.tasks.sample import create_sample
from app.services.importing.document_import import import_documents
from app.session.session import Session
from tests.unit.build import annotation
from tests.unit.exchange.build import REFERENCE, TEXT, project, record, work


def exported(session: Session, **options: Any) -> tuple[list[dict[str, Any]], ExportReport]:
    """Return the records of an export, and its report."""
    out = session.path.with_suffix(".train.jsonl")
    report = export_project(session, out, format="training", **options)
    return [json.loads(line) for line in out.read_bytes().splitlines()], report


def losses(report: ExportReport) -> dict[str, int]:
    """Return how often each kind of loss was noted."""
    return {loss.kind: loss.count for loss in report.losses}


def proof(**fields: Any) -> Evidence:
    """Return evidence in REFERENCE."""
    given = {
        "uid": "e1",
        "document": "d2",
        "fragments": (Fragment(0, 14),),
        "quote": "U.S. President",
        "stance": Stance.REFUTES,
    }
    return Evidence(**{**given, **fields})


@pytest.fixture
def session(tmp_path: Path):
    """Give a project with one worked text and its reference."""
    person = annotation(TEXT, (0, 12), uid="a1", layer="entity", label="PERSON")
    claim = annotation(TEXT, (0, 36), uid="a2", layer="claim", label="CHECKWORTHY_FACTUAL", evidence=(proof(),))
    error = annotation(
        TEXT,
        (21, 28),
        uid="a3",
        layer="error",
        label="ROLE_ATTRIBUTE",
        attributes={"severity": "critical", "evidence_status": "LINKED"},
        correction="president",
        comment="see the report",
        evidence=(proof(uid="e2"),),
    )
    with project(tmp_path / "news.stet") as session:
        first = record(references=("d2",), sets=(work(claim, person, error, status=Status.DONE, seconds=5.0),))
        import_documents(session, [first, record(REFERENCE, uid="d2", name="report.txt")], title="Import")
        yield session


def test_a_record_holds_everything_that_a_model_needs(session: Session) -> None:
    (found,), report = exported(session)
    evidence = {
        "document": "d2",
        "document_name": "report.txt",
        "start": 0,
        "end": 14,
        "quote": "U.S. President",
        "stance": "refutes",
        "set": 1,
    }
    assert found == {
        "training": 3,
        "id": "d1",
        "name": "spun.txt",
        "text": TEXT,
        "sha256": record().document.sha256,
        "language": "en",
        "annotator": "ana",
        "status": "done",
        "scheme": "news-errors@1",
        "references": [{"id": "d2", "name": "report.txt", "text": REFERENCE}],
        "document": [],
        "spans": [
            {
                **{"id": "a1", "layer": "entity", "label": "PERSON", "start": 0, "end": 12},
                **{"quote": "Donald Trump", "attributes": {}},
            }
        ],
        "claims": [
            {
                **{"id": "a2", "layer": "claim", "label": "CHECKWORTHY_FACTUAL", "start": 0, "end": 36},
                **{"quote": TEXT[:36], "attributes": {}, "evidence": [evidence]},
            }
        ],
        "errors": [
            {
                **{"id": "a3", "label": "ROLE_ATTRIBUTE", "start": 21, "end": 28, "quote": "senator"},
                **{"severity": "critical", "weight": 25.0, "correction": "president", "comment": "see the report"},
                **{"attributes": {"evidence_status": "LINKED"}, "evidence": [evidence]},
                "maps": found["errors"][0]["maps"],
            }
        ],
        "relations": [],
        "chains": [],
        "corrected_text": TEXT.replace("senator", "president"),
        "corrections": [{"start": 21, "end": 28, "text": "president", "written": "president", "id": "a3"}],
        "clashes": [],
        "score": {"penalty": 25.0, "words": 9, "per_1000_words": 2777.777778},
    }
    assert found["errors"][0]["maps"] == session.scheme.label("error", "ROLE_ATTRIBUTE").maps
    assert found["errors"][0]["maps"]
    assert losses(report) == {"only-reference": 1}
    assert report.documents == 1


def test_the_keys_come_in_the_documented_order(session: Session) -> None:
    (found,), _ = exported(session, options={"tokens": True})
    documented = re.findall(r"^\| (`.*?) \|", _help("training.md").split("## Tokens")[0], re.MULTILINE)
    assert list(found) == [key for cell in documented for key in re.findall(r"`(\w+)`", cell)]


def test_what_can_not_be_carried_is_counted(session: Session) -> None:
    stale = (proof(document="gone"), proof(quote="no"))
    marks = (
        annotation(TEXT, (0, 6), uid="b1", layer="error", label="TORTURED_TERM", correction="Ronald"),
        annotation(TEXT, (0, 12), uid="b2", layer="error", label="TORTURED_TERM", correction="Nobody"),
        annotation(TEXT, (18, 20), uid="b3", layer="entity", label="GPE", comment="hm", extra={"score": 1}),
        annotation(TEXT, (18, 19), uid="b4", layer="entity", label="GPE", quote="X"),
        annotation(TEXT, (38, 39), uid="b5", layer="entity", label="GPE", evidence=(proof(quote="no"),)),
        annotation(TEXT, (21, 28), uid="b6", layer="error", label="TIME", evidence=stale),
    )
    tie = Relation(uid="r", source="b1", target="b4", label="of")
    boris = work(*marks, annotator="boris", status=Status.DONE, relations=(tie,))
    more = [
        record(references=("gone",), uid="d3", name="three", sets=(boris,)),
        record(uid="d4", name="four", sets=(work(annotator="boris", status=Status.SKIPPED),)),
    ]
    import_documents(session, more, title="Import")
    (found,), report = exported(session, annotators=["boris"])
    assert losses(report) == {
        **{"skipped": 1, "relation": 1, "quote": 1, "clash": 1, "comment": 1, "extra": 1, "evidence": 1},
        **{"source": 1, "evidence-quote": 1, "unstarted": 1, "only-reference": 1, "half": 1},
    }
    assert report.documents == 1
    assert found["corrected_text"] == TEXT
    assert found["clashes"] == [["b1", "b2"]]
    assert [span["id"] for span in found["spans"]] == ["b3", "b5"]
    assert found["errors"][2]["evidence"][0]["document_name"] is None


def test_every_kind_of_loss_is_documented(session: Session) -> None:
    source = Path(wire.__file__).with_name("writer.py").read_text()
    kinds = set(re.findall(r'\.note\(\s*"([a-z-]+)"', source))
    table = _help("training.md").split("## What is left out")[1]
    kinds |= {*LeftOut, *(oddity.value for oddity in Oddity), *Bond, "large-group", "rare-label", "no-meta"}
    kinds |= {"one-reader", "no-majority"}
    assert kinds == set(re.findall(r"^\| `([a-z-]+)` \|", table, re.MULTILINE))


def test_export_needs_an_annotator_if_several_have_worked(session: Session) -> None:
    import_documents(
        session,
        [record(uid="d3", name="three", sets=(work(annotator="boris", status=Status.DONE_EMPTY),))],
        title="Import",
    )
    with pytest.raises(FormatError, match="the project has ana, boris; choose with --as NAME, or use --all"):
        exported(session)
    found, _ = exported(session, every_annotator=True)
    assert [(one["id"], one["annotator"]) for one in found] == [("d1", "ana"), ("d3", "boris")]
    found, _ = exported(session, annotators=["boris"])
    assert [one["annotator"] for one in found] == ["boris"]


def test_a_reviewer_who_marked_nothing_is_nobody_s_rival(session: Session) -> None:
    import_documents(session, [record(uid="d3", name="three", sets=(work(annotator="rina"),))], title="Import")
    (found,), report = exported(session)
    assert (found["annotator"], losses(report)) == ("ana", {"unstarted": 1, "only-reference": 1})


@pytest.fixture
def mixed(tmp_path: Path):
    """Give a project with documents in every state, and who only looked at some."""
    with project(tmp_path / "mixed.stet") as session:
        mark = annotation(TEXT, (0, 12), layer="entity", label="PERSON")
        sets = {
            "done": work(mark, status=Status.DONE),
            "nothing": work(status=Status.DONE_EMPTY),
            "open": work(annotation(TEXT, (0, 6), layer="entity", label="PERSON")),
            "opened": work(),
            "skipped": work(status=Status.SKIPPED),
        }
        records = [
            record(f"{TEXT} {name}", uid=name, name=name, references=("ref",), sets=(item,), meta={"batch": name[0]})
            for name, item in sets.items()
        ]
        records[0] = records[0]._replace(sets=(*records[0].sets, work(annotator="rina")))
        records += [record(REFERENCE, uid="ref", name="ref"), record("new", uid="new", name="new")]
        import_documents(session, records, title="Import")
        yield session


REASONS = {"untouched": 1, "skipped": 1, "unstarted": 1, "only-reference": 1}


@pytest.mark.parametrize(
    ("options", "written", "left_out"),
    [
        ({}, ["done", "nothing"], {**REASONS, "unfinished": 1}),
        ({"unfinished": True}, ["done", "nothing", "open"], REASONS),
        ({"annotators": ["ana"]}, ["done", "nothing"], {**REASONS, "unfinished": 1}),
        ({"every_annotator": True}, ["done", "nothing"], {**REASONS, "untouched": 2, "unfinished": 1}),
        ({"every_annotator": True, "unfinished": True}, ["done", "nothing", "open"], {**REASONS, "untouched": 2}),
        ({"annotators": ["rina"]}, [], {"untouched": 1, "unstarted": 5, "only-reference": 1}),
        ({"where": ["status=open"]}, ["open"], {"untouched": 1}),
        ({"where": ["status=done"]}, ["done"], {}),
        ({"where": ["status=skipped"]}, [], {"skipped": 1}),
        ({"where": ["meta.batch=o"]}, [], {"untouched": 1, "unfinished": 1}),
        ({"where": ["label=PERSON"]}, ["done"], {"unfinished": 1}),
        ({"layers": ["error"]}, ["done", "nothing"], {**REASONS, "unfinished": 1}),
    ],
)
def test_only_finished_work_becomes_training_data(
    mixed: Session, options: dict[str, Any], written: list[str], left_out: dict[str, int]
) -> None:
    options = {**options, "where": [parse_condition(text) for text in options.get("where", ())]}
    found, report = exported(mixed, **options)
    assert [one["id"] for one in found] == written
    assert {kind: count for kind, count in losses(report).items() if kind != "nothing"} == left_out
    assert report.documents == len(written)
    seen = preview_export(mixed, format="training", **options)
    assert (seen.documents, {why.value: count for why, count in seen.left_out.items()}) == (len(written), left_out)


def test_a_preview_counts_as_the_export_does(mixed: Session) -> None:
    for split in (None, Split.parse("50/50", seed=3)):
        for format in ("training", "stet"):
            given = {"format": format, "where": [parse_condition("name=*e*")], "split": split, "every_annotator": True}
            seen = preview_export(mixed, **given)
            report = export_project(mixed, mixed.path.with_suffix(".out"), **given)
            assert seen.documents == report.documents
            assert seen.unfit == 1  # “nothing” has no e
            if split is not None:
                assert [count for _, count in seen.parts] == [part.documents for part in report.parts]


def test_other_formats_hold_work_of_every_status(mixed: Session, tmp_path: Path) -> None:
    report = export_project(mixed, tmp_path / "all.jsonl")
    assert report.documents == 7
    assert losses(report) == {}


def test_an_export_of_nothing_finished_says_so(mixed: Session) -> None:
    _, report = exported(mixed, where=[parse_condition("name=open*")])
    assert str(list(report.losses)[-1]) == "nothing exported, as no document is finished"


def test_marks_that_spoil_a_training_are_counted(session: Session) -> None:
    text = "Ana met  Bo.\n"
    places = [(0, 4), (7, 9), (9, 13), (9, 11), (9, 11), (3, 3)]
    marks = [annotation(text, place, layer="entity", label="PERSON") for place in places]
    import_documents(
        session, [record(text, uid="d3", name="odd", sets=(work(*marks, status=Status.DONE),))], title="Import"
    )
    _, report = exported(session)
    assert losses(report) == {"space": 2, "blank": 1, "twice": 1, "only-reference": 1}
    named = {loss.kind: loss.examples for loss in report.losses}
    assert named["space"] == ["odd (ana): “Ana ”", "odd (ana): “Bo.\n”"]
    assert named["twice"] == ["odd (ana): “Bo”"]


def test_without_any_work_there_is_nothing_to_export(tmp_path: Path) -> None:
    with project(tmp_path / "a.stet") as session, pytest.raises(FormatError, match="has no annotations yet"):
        exported(session)


def test_tokens_are_those_of_the_text_and_marks_point_at_them(session: Session) -> None:
    half = annotation(TEXT, (0, 3), uid="b1", layer="entity", label="PERSON")
    anchor = annotation(TEXT, (37, 37), uid="b2", layer="error", label="OMISSION", correction="x")
    pieces = annotation(TEXT, (0, 6), (18, 20), uid="b3", layer="entity", label="PERSON")
    import_documents(session, [record(sets=(work(half, anchor, pieces),))], title="Import")
    (found,), report = exported(session, options={"tokens": True}, unfinished=True)
    words = [TEXT[start:end] for start, end in found["tokens"]]
    assert words == ["Donald", "Trump", ",", "the", "US", "senator", ",", "called", ".", "😀", "Kyiv", "agreed", "."]
    place = {one["id"]: (one["token_start"], one["token_end"]) for one in found["spans"] + found["errors"]}
    assert place == {"a1": (0, 2), "b1": (None, None), "b3": (0, 5), "a3": (5, 6), "b2": (None, None)}
    assert [(loss.kind, loss.examples) for loss in report.losses if loss.kind not in ("only-reference", "half")] == [
        ("token", ["spun.txt (ana): “Don”"])
    ]
    assert found["spans"][2]["fragments"] == [[0, 6], [18, 20]]


def test_tokens_are_cut_by_the_language_of_the_document(tmp_path: Path) -> None:
    given = {
        "it": ("L'uomo d'Italia è là.", [(2, 6), (9, 15)], [(1, 2), (3, 4)]),
        "zh": ("北京大学在上海。", [(0, 4), (5, 7)], [(0, 4), (5, 7)]),
        "zh-Hant": ("我在 Taipei。", [(3, 9)], [(2, 3)]),
        "de": ("Am 3. Mai z.B. in Ulm.", [(3, 9), (10, 14)], [(1, 3), (3, 4)]),
        "th-TH": ("ฉันรักแมว", [(3, 6)], [(2, 4)]),
        " ": ("Don't go.", [(2, 5)], [(1, 2)]),  # the scheme's, which is English
    }
    records = [
        record(
            text,
            uid=language,
            name=language,
            meta={"language": language},
            sets=(work(*(annotation(text, pair, layer="entity", label="GPE") for pair in pairs), status=Status.DONE),),
        )
        for language, (text, pairs, _) in given.items()
    ]
    with project(tmp_path / "a.stet") as session:
        import_documents(session, records, title="Import")
        found, report = exported(session, options={"tokens": True})
    assert losses(report) == {"half": 1}
    for one, (language, (_, _, wanted)) in zip(found, given.items(), strict=True):
        assert one.get("language") == (language.strip() or "en")
        assert [(span["token_start"], span["token_end"]) for span in one["spans"]] == wanted


def test_the_window_snaps_to_the_tokens_of_the_export() -> None:
    from app.nlp.segments import segmenter
    from app.nlp.tokens import tokenizer

    texts = ["L'homme d'État", "北京大学 in 上海", "ฉันรักแมว ok", "ＡＢＣ東京", "z.B. 3. Mai", "私はﾈｺです", "ကျွန်တော် ok"]
    for language in ("zh", "th"):
        for text in texts:
            assert segmenter(language)(text)[0] == tokenizer(language)(text)


def test_other_languages_are_cut_by_their_own_rules() -> None:
    from app.nlp.tokens import tokenizer

    for language, text in (
        ("de", "Z.B. das Haus"),
        ("de-AT", "Das Haus"),
        ("xx", "a b"),
        ("tlh", "nuqneH Qo"),
        ("", "a b"),
    ):
        ranges = tokenizer(language)(text)
        assert "".join(text[start:end] for start, end in ranges) == text.replace(" ", "")


def test_the_sample_makes_one_record(tmp_path: Path) -> None:
    session = create_sample(tmp_path / "sample.stet", annotator="ana")
    try:
        (found,), report = exported(session, annotators=["ana"], unfinished=True)
    finally:
        session.close()
    assert (found["name"], found["annotator"], losses(report)) == (
        "After the call, spun",
        "ana",
        {"unstarted": 2, "only-reference": 3, "comment": 2},
    )
    assert [reference["name"] for reference in found["references"]] == ["After the call, report"]
    assert found["errors"]
    assert found["claims"]
    assert found["spans"]
    assert {e["stance"] for one in found["errors"] for e in one["evidence"]} <= set(Stance)


def _help(name: str) -> str:
    return (paths.resources() / "help" / name).read_text(encoding="utf-8")


_DEFINITIONS = {
    "": wire.TrainingRecord,
    "votes": wire.TrainingVotes,
    "provenance": wire.TrainingProvenance,
    "reference": wire.TrainingReference,
    "span": wire.TrainingSpan,
    "claim": wire.TrainingClaim,
    "error": wire.TrainingError,
    "evidence": wire.TrainingEvidence,
    "verdict": wire.TrainingVerdict,
    "relation": wire.TrainingRelation,
    "chain": wire.TrainingChain,
    "correction": wire.TrainingCorrection,
    "score": wire.TrainingScore,
}


def test_the_json_schema_is_of_this_version() -> None:
    assert json.loads(_help("training.schema.json"))["properties"]["training"]["const"] == wire.VERSION


@pytest.mark.parametrize("definition", _DEFINITIONS)
def test_the_json_schema_lists_all_fields_and_the_required_ones(definition: str) -> None:
    schema = json.loads(_help("training.schema.json"))
    described = schema["$defs"][definition] if definition else schema
    fields = msgspec.structs.fields(_DEFINITIONS[definition])
    assert sorted(described["properties"]) == sorted(field.encode_name for field in fields)
    assert sorted(described["required"]) == sorted(field.encode_name for field in fields if field.required)

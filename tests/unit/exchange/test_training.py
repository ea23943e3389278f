"""Training data: flat, complete, documented, and honest about what it leaves out."""

import json
import re
from pathlib import Path
from typing import Any

import msgspec
import pytest

from app import paths
from app.core.annotation import Evidence, Fragment, Relation, Stance, Status
from app.core.errors import FormatError
from app.exchange.formats.training import wire
from app.jobs.tasks.export_file import ExportReport, export_project
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
    given = {"uid": "e1", "document": "d2", "fragments": (Fragment(0, 14),), "quote": "U.S. President"}
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
    }
    assert found == {
        "training": 2,
        "id": "d1",
        "name": "spun.txt",
        "text": TEXT,
        "sha256": record().document.sha256,
        "language": "en",
        "annotator": "ana",
        "status": "done",
        "scheme": "news-errors@1",
        "references": [{"id": "d2", "name": "report.txt", "text": REFERENCE}],
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
        "corrected_text": TEXT.replace("senator", "president"),
        "corrections": [{"start": 21, "end": 28, "text": "president", "written": "president", "id": "a3"}],
        "clashes": [],
        "score": {"penalty": 25.0, "words": 9, "per_1000_words": 2777.777778},
    }
    assert found["errors"][0]["maps"] == session.scheme.label("error", "ROLE_ATTRIBUTE").maps
    assert found["errors"][0]["maps"]
    assert losses(report) == {}
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
    tie = Relation(uid="r", source="b1", target="b2", label="of")
    more = [
        record(references=("gone",), uid="d3", name="three", sets=(work(*marks, annotator="boris", relations=(tie,)),)),
        record(uid="d4", name="four", sets=(work(annotator="boris", status=Status.SKIPPED),)),
    ]
    import_documents(session, more, title="Import")
    (found,), report = exported(session, annotators=["boris"])
    assert losses(report) == {
        **{"skipped": 1, "relation": 1, "quote": 1, "clash": 1, "comment": 1, "extra": 1, "evidence": 1},
        **{"source": 1, "evidence-quote": 1},
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
    assert kinds == set(re.findall(r"^\| `([a-z-]+)` \|", table, re.MULTILINE))


def test_export_needs_an_annotator_if_several_have_worked(session: Session) -> None:
    import_documents(session, [record(uid="d3", name="three", sets=(work(annotator="boris"),))], title="Import")
    with pytest.raises(FormatError, match="the project has ana, boris; choose with --as NAME, or use --all"):
        exported(session)
    found, _ = exported(session, every_annotator=True)
    assert [(one["id"], one["annotator"]) for one in found] == [("d1", "ana"), ("d3", "boris")]
    found, _ = exported(session, annotators=["boris"])
    assert [one["annotator"] for one in found] == ["boris"]


def test_without_any_work_there_is_nothing_to_export(tmp_path: Path) -> None:
    with project(tmp_path / "a.stet") as session, pytest.raises(FormatError, match="has no annotations yet"):
        exported(session)


def test_tokens_are_those_of_the_text_and_marks_point_at_them(session: Session) -> None:
    half = annotation(TEXT, (0, 3), uid="b1", layer="entity", label="PERSON")
    anchor = annotation(TEXT, (37, 37), uid="b2", layer="error", label="OMISSION", correction="x")
    pieces = annotation(TEXT, (0, 6), (18, 20), uid="b3", layer="entity", label="PERSON")
    import_documents(session, [record(sets=(work(half, anchor, pieces),))], title="Import")
    (found,), report = exported(session, options={"tokens": True})
    words = [TEXT[start:end] for start, end in found["tokens"]]
    assert words == ["Donald", "Trump", ",", "the", "US", "senator", ",", "called", ".", "😀", "Kyiv", "agreed", "."]
    place = {one["id"]: (one["token_start"], one["token_end"]) for one in found["spans"] + found["errors"]}
    assert place == {"a1": (0, 2), "b1": (None, None), "b3": (0, 5), "a3": (5, 6), "b2": (None, None)}
    assert [(loss.kind, loss.examples) for loss in report.losses] == [("token", ["spun.txt (ana): “Don”"])]
    assert found["spans"][2]["fragments"] == [[0, 6], [18, 20]]


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
        (found,), report = exported(session)
    finally:
        session.close()
    assert (found["name"], found["annotator"], losses(report)) == ("After the call, spun", "ana", {})
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
    "correction": wire.TrainingCorrection,
    "score": wire.TrainingScore,
}


@pytest.mark.parametrize("definition", _DEFINITIONS)
def test_the_json_schema_lists_all_fields_and_the_required_ones(definition: str) -> None:
    schema = json.loads(_help("training.schema.json"))
    described = schema["$defs"][definition] if definition else schema
    fields = msgspec.structs.fields(_DEFINITIONS[definition])
    assert sorted(described["properties"]) == sorted(field.encode_name for field in fields)
    assert sorted(described["required"]) == sorted(field.encode_name for field in fields if field.required)

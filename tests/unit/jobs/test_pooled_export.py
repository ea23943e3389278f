"""Training data of several annotators' work: what the majority marked, and every mark with its share."""

import json
from pathlib import Path
from typing import Any

import pytest

from app.core.annotation import Relation, Status
from app.core.errors import FormatError
from app.exchange.split import Split
from app.jobs.tasks.export_file import export_project
from app.jobs.tasks.export_preview import preview_export
from app.services.importing.document_import import import_documents
from app.session.session import Session
from tests.unit.build import annotation
from tests.unit.exchange.build import TEXT, project, record, work


def entity(uid: str, start: int, end: int, label: str = "PERSON"):
    return annotation(TEXT, (start, end), uid=uid, layer="entity", label=label)


@pytest.fixture
def session(tmp_path: Path):
    """Give a project: three finished the first text, of which two agree; one or two finished others."""
    ties = [Relation(uid=f"r{name}", source=f"{name}1", target=f"{name}2", label="of") for name in "ab"]
    first = record(
        sets=(
            work(entity("a1", 0, 12), entity("a2", 40, 44, "GPE"), status=Status.DONE, relations=(ties[0],)),
            work(
                *(entity("b1", 7, 12), entity("b2", 40, 44, "GPE")),
                annotator="ben",
                status=Status.DONE,
                relations=(ties[1],),
            ),
            work(entity("c1", 0, 12, "ORG"), annotator="cem", status=Status.DONE),
        )
    )
    alone = record(uid="d2", name="alone", sets=(work(entity("a3", 0, 12), status=Status.DONE),))
    torn = record(
        uid="d3",
        name="torn",
        sets=(
            work(entity("a4", 0, 12), status=Status.DONE),
            work(annotator="ben", status=Status.DONE_EMPTY),
        ),
    )
    nothing = record(
        uid="d4",
        name="nothing",
        sets=tuple(work(annotator=name, status=Status.DONE_EMPTY) for name in ("ana", "ben")),
    )
    with project(tmp_path / "news.stet") as made:
        import_documents(made, [first, alone, torn, nothing], title="Import")
        yield made


def exported(session: Session, pooling: str, format: str = "training", **options: Any):
    """Return the lines of an export, and how often each kind of loss was noted."""
    out = session.path.with_suffix(".out")
    report = export_project(session, out, format=format, pooling=pooling, **options)
    rows = [json.loads(line) for line in out.read_bytes().splitlines()]
    return rows, {loss.kind: loss.count for loss in report.losses if loss.kind in KINDS}


KINDS = ("undecided", "one-reader", "no-majority", "unstarted", "unfinished")


def test_a_mark_of_more_than_half_is_taken(session: Session) -> None:
    (first, nothing), losses = exported(session, "majority")
    assert (first["id"], first["annotator"], first["status"]) == ("d1", "majority", "done")
    assert [(span["label"], span["quote"], span["soft"]) for span in first["spans"]] == [
        ("PERSON", "Donald Trump", 0.667),
        ("GPE", "Kyiv", 0.667),
    ]
    votes = first["spans"][0]["votes"]
    assert (votes["for"], votes["of"], votes["labels"]) == (2, 3, {"ORG": 1, "PERSON": 2})
    assert [(tie["source"], tie["target"]) for tie in first["relations"]] == [
        (first["spans"][0]["id"], first["spans"][1]["id"])
    ]
    assert (nothing["id"], nothing["status"], nothing["spans"]) == ("d4", "done_empty", [])
    assert losses == {"undecided": 1, "one-reader": 1, "no-majority": 1}


def test_soft_labels_have_every_mark_with_its_share(session: Session) -> None:
    (first, torn, _), losses = exported(session, "soft")
    assert {(span["label"], span["soft"]) for span in first["spans"]} == {
        *(("PERSON", 0.667), ("ORG", 0.333), ("GPE", 0.667))
    }
    assert [(span["label"], span["soft"]) for span in torn["spans"]] == [("PERSON", 0.5)]
    assert losses == {"one-reader": 1}


def test_tokens_have_the_share_of_each_label(session: Session) -> None:
    (first, *_), _ = exported(session, "soft", "token-classification")
    assert first["soft"][:3] == [{"PERSON": 0.667, "ORG": 0.333}, {"PERSON": 0.667, "ORG": 0.333}, {}]
    assert first["tags"][:2] == ["B-PERSON", "I-PERSON"]


def test_only_those_named_count(session: Session) -> None:
    (first, _), _ = exported(session, "majority", annotators=["ana", "ben"])
    assert first["spans"][0]["votes"]["of"] == 2


def test_the_same_bytes_come_each_time_and_a_preview_counts_them(session: Session, tmp_path: Path) -> None:
    for pooling in ("majority", "soft"):
        assert exported(session, pooling) == exported(session, pooling)
        found = preview_export(session, format="training", pooling=pooling, split=Split.parse("50/50"))
        assert found.documents == len(exported(session, pooling)[0])


def test_a_format_without_a_place_for_it_says_so(session: Session) -> None:
    with pytest.raises(FormatError, match="this format has no place for soft labels"):
        exported(session, "soft", "chat")
    with pytest.raises(FormatError, match="need a format with one annotator per record"):
        exported(session, "majority", "stet")

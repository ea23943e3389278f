"""`stet suggest --report`, `--again` and `--control`."""

from pathlib import Path

import pytest

from app.core.annotation import Fragment
from app.core.suggestion import Suggestion
from app.services.suggestions.judgement import accept, reject
from app.services.suggestions.offer import offer
from app.session.session import Session
from tests.cli.conftest import Stet
from tests.conftest import add_documents, scheme_source


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project with 32 suggestions by `corrections`, of which 3 were accepted, 28 rejected, and 1 is open."""
    path = tmp_path / "p.stet"
    session = Session.create(path, scheme=scheme_source("ner"), annotator="ana")
    (uid,) = add_documents(session, {"a.txt": " ".join(f"Name{n:02d}" for n in range(32))})
    found = [
        Suggestion(
            uid="",
            maker="corrections",
            version="1",
            layer="entity",
            label="PERSON",
            fragments=(Fragment(7 * n, 7 * n + 6),),
            quote=f"Name{n:02d}",
        )
        for n in range(32)
    ]
    new = offer(session, [(uid, found)], suggesters="corrections").new
    session.open_document(uid)
    for number, (_, suggestion) in enumerate(new[:31]):
        (accept if number < 3 else reject)(session, suggestion)
    session.close()
    return path


def test_the_report_says_what_became_of_suggestions(stet: Stet, project: Path) -> None:
    (row,) = stet("suggest", project, "--report", "--json").rows()
    assert row["title"] == "Terms that you corrected elsewhere"
    assert [row[key] for key in ("suggested", "accepted", "edited", "rejected", "answered")] == [32, 3, 0, 28, 31]
    assert (row["precision"], row["recall"], row["retired"]) == (round(3 / 31, 6), None, True)
    told = stet("suggest", project, "--report").out
    assert "0.10 of 31" in told
    assert (
        "“Terms that you corrected elsewhere” has retired itself: 3 of 31 answered suggestions were accepted." in told
    )


def test_what_has_retired_is_asked_by_name_or_used_again(stet: Stet, project: Path) -> None:
    asked = stet("suggest", project, "--as", "ana")
    assert asked.code == 0
    assert "has retired itself: 3 of 31" in asked.err
    assert "--again corrections" in asked.err
    assert "suggested in 0 of 1 documents" in stet("suggest", project, "--with", "corrections", "--as", "ana").out
    assert stet("suggest", project, "--again", "spacy").code != 0
    assert stet("suggest", project, "--again", "corrections").out.endswith("is used again\n")
    assert "retired" not in stet("suggest", project, "--as", "ana").out


def test_the_labels_of_the_pipeline_are_a_table(stet: Stet, project: Path) -> None:
    rows = {row["name"]: row for row in stet("suggest", project, "--labels", "--as", "ana", "--json").rows()}
    assert rows["PERSON"]["label"] == "entity.PERSON"
    assert float(rows["PERSON"]["precision"]) > 0.5
    assert rows["PERSON"]["accepted"] == "–"
    assert "SPACY" in stet("suggest", project, "--labels").out


def test_the_control_share_is_set_within_its_bounds(stet: Stet, project: Path) -> None:
    assert stet("suggest", project, "--control", 95).code != 0
    assert stet("suggest", project, "--control", 20).code == 0
    with_share = Session.open(project, write=False)
    assert with_share.executor.suggesting.options.all() == {"suggestion-control-share": "20"}
    with_share.close()
    assert "Share of documents without suggestions" in stet("log", project).out
    assert stet("suggest", project, "--control", 0).code == 0
    assert stet("check", project).code == 0

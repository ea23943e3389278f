"""Suggestions while labels change: they go along, whatever became of them, and come back with undo."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.core.annotation import Fragment
from app.core.scheme import Attribute, FieldKind, Value
from app.core.scheme_change import AddAttribute, LabelChange, SchemeChange, SplitLabel, SplitPart
from app.core.suggestion import Suggestion, SuggestionAnswer, answer_of
from app.core.validation import problems_of
from app.services.history.undo import redo, undo
from app.services.migration.migration import migrate, plan
from app.services.suggestions.judgement import accept, reject
from app.services.suggestions.offer import offer
from app.services.suggestions.open_suggestions import OpenSuggestions
from app.session.session import Session
from tests.conftest import add_documents, scheme_source

TEXT = "Ana met Ben in Berlin, and Ben met the mayor.\n"
RENAME = LabelChange("entity", "PERSON", "HUMAN")
MERGE = LabelChange("entity", "PERSON", "ORG")
DELETE = LabelChange("entity", "PERSON", None)
SPLIT = SplitLabel("entity", "PERSON", "HUMAN", (SplitPart("LEADER", quotes=("ben",)),))
MOOD = Attribute(
    id="mood",
    title="Mood",
    kind=FieldKind.CHOICE,
    values=(Value(id="good", title="good"), Value(id="bad", title="bad")),
    required=True,
)


def candidate(words: str, label: str = "PERSON", **said: object) -> Suggestion:
    at = TEXT.index(words)
    where = (Fragment(at, at + len(words)),)
    return Suggestion(uid="", maker="test", layer="entity", label=label, fragments=where, quote=words, **said)


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Session]:
    """Suggestions on Ana, Ben and Berlin."""
    session = Session.create(tmp_path / "a.stet", scheme=scheme_source("news-errors"), annotator="lead")
    (uid,) = add_documents(session, {"a.txt": TEXT})
    session.open_document(uid)
    offer(session, [(uid, [candidate("Ana"), candidate("Ben"), candidate("Berlin", "GPE")])], suggesters="test")
    yield session
    session.close()


def here(session: Session) -> dict[str, str]:
    """Return the labels of what is offered, by quote."""
    found = OpenSuggestions(session)
    found.read()
    return {item.quote: item.label for item in found.overlapping(0, len(TEXT))}


def suggestion(session: Session, quote: str) -> Suggestion:
    (record,) = session.reader.records()
    return next(item.suggestion for item in record.suggestions if item.suggestion.quote == quote)


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (RENAME, {"Ana": "HUMAN", "Ben": "HUMAN", "Berlin": "GPE"}),
        (MERGE, {"Ana": "ORG", "Ben": "ORG", "Berlin": "GPE"}),
        (DELETE, {"Berlin": "GPE"}),
        (SPLIT, {"Ana": "HUMAN", "Ben": "LEADER", "Berlin": "GPE"}),
    ],
)
def test_suggestions_follow_label_changes_and_undo_restores_them(
    project: Session, change: SchemeChange, expected: dict[str, str]
) -> None:
    before = here(project)
    rows = project.reader.records().__next__().suggestions
    looked = plan(project, [change])
    assert here(project) == before, "a look changes nothing"
    done = migrate(project, [change])
    counts = (0, 2) if change is DELETE else (2, 0)
    assert (looked.suggested, looked.unoffered) == (done.suggested, done.unoffered) == counts
    assert here(project) == expected
    undo(project)
    assert here(project) == before
    assert project.reader.records().__next__().suggestions == rows
    redo(project)
    assert here(project) == expected


def test_who_looks_at_the_document_sees_it_at_once(project: Session) -> None:
    found = OpenSuggestions(project)
    found.read()
    project.listen(found.follow)
    migrate(project, [DELETE])
    assert [item.quote for item in found.overlapping(0, 100)] == ["Berlin"]
    undo(project)
    assert [item.quote for item in found.overlapping(0, 100)] == ["Ana", "Ben", "Berlin"]


@pytest.mark.parametrize("change", [RENAME, MERGE, SPLIT])
def test_accepting_one_then_gives_a_label_that_there_is(project: Session, change: SchemeChange) -> None:
    migrate(project, [change])
    made = accept(project, suggestion(project, "Ben"))
    assert project.scheme.label(made.layer, made.label) is not None
    assert problems_of(made, scheme=project.scheme) == []


def test_what_became_of_them_stays(project: Session) -> None:
    accept(project, suggestion(project, "Ana"))
    reject(project, suggestion(project, "Ben"))
    migrate(project, [RENAME])
    (record,) = project.reader.records()
    marks = {mark.uid: mark for item in record.sets for mark in item.annotations}
    assert {
        i.suggestion.quote: [answer_of(i.suggestion, j, marks) for j in i.judgements] for i in record.suggestions
    } == {
        "Ana": [SuggestionAnswer.ACCEPTED],
        "Ben": [SuggestionAnswer.REJECTED],
        "Berlin": [],
    }
    assert here(project) == {"Berlin": "GPE"}


def test_a_required_attribute_is_filled_in_them_too(project: Session) -> None:
    done = migrate(project, [AddAttribute("entity", MOOD, "bad")])
    assert done.suggested == 3
    made = accept(project, suggestion(project, "Ben"))
    assert made.attributes["mood"] == "bad"
    assert problems_of(made, scheme=project.scheme) == []


def test_without_a_fill_value_an_accepted_mark_reports_the_gap(project: Session) -> None:
    assert migrate(project, [AddAttribute("entity", MOOD)]).suggested == 0
    made = accept(project, suggestion(project, "Ben"))
    assert [problem.field for problem in problems_of(made, scheme=project.scheme)] == ["mood"]


def test_hidden_ones_are_shown_again_under_the_new_label(project: Session) -> None:
    undo(project)
    assert here(project) == {}
    project.become("boss")
    migrate(project, [RENAME])
    project.become("lead")
    redo(project)
    assert here(project) == {"Ana": "HUMAN", "Ben": "HUMAN", "Berlin": "GPE"}


def test_undo_moves_a_later_suggestion_back_to_the_old_label(project: Session) -> None:
    project.become("boss")
    migrate(project, [RENAME])
    project.become("lead")
    offer(project, [(project.state.document.uid, [candidate("the mayor", "HUMAN")])], suggesters="other")
    project.become("boss")
    undo(project)
    assert here(project)["the mayor"] == "PERSON"


def test_a_renamed_suggestion_is_not_suggested_again(project: Session) -> None:
    migrate(project, [RENAME])
    uid = project.state.document.uid
    found = offer(project, [(uid, [candidate("Ana", "HUMAN"), candidate("Ana", "PERSON")])], suggesters="again")
    assert (found.new, found.known) == ((), 1), "and nothing is that has a label the scheme lacks"

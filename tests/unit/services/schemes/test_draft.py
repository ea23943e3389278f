"""A draft of the scheme knows what is wrong with it, and what becomes of the labels that marks have."""

from pathlib import Path

import pytest

from app.core.errors import WrongUse
from app.core.progress import no_progress
from app.core.scheme_change import LabelChange
from app.core.scheme_file import parse_scheme
from app.services.history.undo import redo, undo
from app.services.schemes.draft import SchemeDraft
from app.session.session import Session
from tests.conftest import scheme_source
from tests.unit.services.review.reviews import Bench
from tests.unit.services.team.lead import bundled, merged, opened, uid_of
from tests.unit.services.team.lead import make as make_lead


def draft_of(name: str = "news-errors") -> SchemeDraft:
    return SchemeDraft(parse_scheme(scheme_source(name)))


def place_of(draft: SchemeDraft, layer: str, label: str) -> tuple[str | int, ...]:
    for at, found in enumerate(draft.data()["layer"]):
        for row, item in enumerate(found["label"]):
            if (found["id"], item["id"]) == (layer, label):
                return ("layer", at, "label", row)
    raise AssertionError(label)


def test_a_problem_names_the_field_that_it_is_about() -> None:
    draft = draft_of()
    place = place_of(draft, "entity", "PERSON")
    draft.set(place, "color", "reddish")
    problem = draft.problem()
    assert problem is not None
    assert (problem.place, problem.key) == (place, "color")
    assert "isn't a colour" in problem.error.what
    draft.set(place, "color", None)
    draft.set(place, "id", "ORG")
    problem = draft.problem()
    assert problem is not None
    assert problem.key == "id"


def test_a_label_that_only_gets_another_title_changes_no_mark() -> None:
    draft = draft_of()
    draft.set(place_of(draft, "entity", "PERSON"), "title", "Somebody")
    assert (draft.changes(), draft.is_changed) == ((), True)


def test_renames_merges_and_removals_become_changes_of_marks() -> None:
    draft = draft_of()
    draft.set(place_of(draft, "entity", "PERSON"), "id", "HUMA")
    draft.set(place_of(draft, "entity", "HUMA"), "id", "HUMAN")
    draft.remove(place_of(draft, "entity", "ORG"), "HUMAN")
    draft.remove(place_of(draft, "entity", "NORP"))
    draft.remove(place_of(draft, "entity", "GPE"), leaves_marks=True)
    assert set(draft.changes()) == {
        LabelChange("entity", "PERSON", "HUMAN"),
        LabelChange("entity", "ORG", "HUMAN"),
        LabelChange("entity", "NORP", None),
    }
    draft.set(place_of(draft, "entity", "HUMAN"), "id", "PEOPLE")
    assert LabelChange("entity", "ORG", "PEOPLE") in draft.changes()


def test_new_labels_have_no_marks_to_change() -> None:
    draft = draft_of()
    draft.add(("layer", 0, "label"), 0, {"id": "NEW"})
    draft.set(("layer", 0, "label", 0), "id", "NEWER")
    draft.remove(("layer", 0, "label", 0))
    assert (draft.changes(), draft.is_changed) == ((), False)


def test_scheme_and_marks_change_in_one_step(news_session: Session) -> None:
    bench = Bench(news_session)
    bench.finish("ana", bench.mark("a1", 0, 12, label="PERSON"))
    draft = SchemeDraft(news_session.scheme)
    draft.set(place_of(draft, "entity", "PERSON"), "id", "HUMAN")
    draft.set(place_of(draft, "entity", "HUMAN"), "color", "#123456")
    found = draft.plan(news_session, progress=lambda _done, _total: None)
    assert found is not None
    assert found.annotations == 1
    draft.apply(news_session)
    label = news_session.scheme.label("entity", "HUMAN")
    assert label is not None
    assert (label.color, news_session.scheme.version) == ("#123456", 2)
    assert news_session.reader.label_counts()[0][1] == "HUMAN"
    undo(news_session)
    assert (news_session.scheme.version, news_session.reader.label_counts()[0][1]) == (1, "PERSON")
    redo(news_session)
    assert (news_session.scheme.version, news_session.reader.label_counts()[0][1]) == (2, "HUMAN")


def test_the_id_of_another_label_is_not_taken_over(news_session: Session) -> None:
    draft = SchemeDraft(news_session.scheme)
    draft.set(place_of(draft, "entity", "PERSON"), "id", "HUMAN")
    draft.set(place_of(draft, "entity", "ORG"), "id", "PERSON")
    with pytest.raises(WrongUse, match="was the id of another label"):
        draft.apply(news_session)
    assert news_session.scheme.version == 1


def test_marks_that_a_new_rule_leaves_unmet_are_told(news_session: Session) -> None:
    bench = Bench(news_session)
    bench.finish("ana", bench.mark("a1", 0, 12, label="PERSON"), bench.mark("a2", 13, 16, label="ORG"))
    draft = SchemeDraft(news_session.scheme)
    place = place_of(draft, "entity", "PERSON")
    draft.set(place, "title", "Somebody")
    assert not draft.has_other_rules
    draft.set(place, "required", ["comment"])
    first, second = draft.rule_lines(news_session, progress=no_progress)
    assert first == "1 mark in 1 document would no longer meet a rule. They stay as they are."
    assert second.startswith("Of these, done: ")
    draft.set(place, "required", None)
    assert not draft.has_other_rules


def test_a_text_that_is_taken_leaves_marks_as_they_are() -> None:
    draft = draft_of()
    draft.give("entity", "proposed.X", "PERSON")
    draft.take(scheme_source("ner"))
    assert draft.changes() == ()
    assert draft.scheme().name == "ner"


def test_proposals_from_a_bundle_follow_what_was_decided(tmp_path: Path) -> None:
    project = make_lead(tmp_path / "p.stet")
    path = bundled(project, tmp_path / "ana.stet", "ana")
    for file, who in ((project, "ben"), (path, "ana")):
        with opened(file, who) as session:
            session.open_document(uid_of(session, "spun.txt"))
            bench = Bench(session)
            bench.finish(who, bench.mark(f"{who}1", 0, 12, label="proposed.Big thing"))
    with opened(project, "lead") as session:
        draft = SchemeDraft(session.scheme)
        assert draft.is_outside("entity", "proposed.Big thing")
        assert draft.add_label("entity", "Big thing", origin="proposed.Big thing") == "Big_thing"
        assert not draft.is_outside("entity", "proposed.Big thing")
        draft.apply(session)
    merged(project, path)
    with opened(project, "lead") as session:
        labels = {(who, label) for _, label, who, _ in session.reader.label_counts()}
        assert labels == {("ana", "Big_thing"), ("ben", "Big_thing")}

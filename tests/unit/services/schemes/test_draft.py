"""A draft of the scheme knows what is wrong with it, and what becomes of the labels that marks have."""

from pathlib import Path

import pytest

from app.core.errors import SchemeError, WrongUse
from app.core.progress import no_progress
from app.core.scheme_change import LabelChange
from app.core.scheme_file import parse_scheme
from app.services.history.undo import redo, undo
from app.services.schemes.draft import SchemeDraft
from app.services.schemes.parts import Part, PartKind
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
    assert draft.problem() is None


TREE = """name = "t"
title = "T"
version = 1
[[layer]]
id = "a"
# The city.
[[layer.label]]
id = "CITY"
[[layer.label]]
id = "TOWN"
parent = "CITY"
[[layer.label]]
id = "CIT"
[[layer.attribute]]
id = "size"
kind = "text"
labels = ["CITY", "TOWN"]
[[relation]]
id = "near"
source = ["a.CITY"]
"""


def test_an_id_typed_through_others_keeps_what_names_it() -> None:
    draft = SchemeDraft(parse_scheme(TREE))
    place = ("layer", 0, "label", 0)
    for typed, is_taken in (("", False), ("C", True), ("CI", True), ("CIT", False), ("CITE", True), ("CITES", True)):
        if is_taken:
            draft.set(place, "id", typed)
        else:
            with pytest.raises(SchemeError):
                draft.set(place, "id", typed)
    scheme = draft.scheme()
    assert [label.parent for label in scheme.layers[0].labels] == ["", "CITES", ""]
    assert scheme.layers[0].attributes[0].labels == ("CITES", "TOWN")
    assert scheme.relations[0].sources == ("a.CITES",)
    assert draft.changes() == (LabelChange("a", "CITY", "CITES"),)
    assert draft.undo() == (place, "id")
    assert (draft.text, draft.changes(), draft.can_undo) == (TREE, (), False)


def test_each_step_is_undone_and_redone_with_what_marks_become() -> None:
    draft = SchemeDraft(parse_scheme(TREE))
    texts, place = [draft.text], ("layer", 0, "label", 1)
    draft.set(place, "title", "T")
    draft.set(place, "title", "To")
    texts.append(draft.text)
    draft.pause()
    draft.set(place, "title", "Town!")
    texts.append(draft.text)
    draft.add(("layer", 0, "label"), 3, {"id": "NEW"})
    texts.append(draft.text)
    draft.place_label(("layer", 0, "label", 3), 0, "CITY")
    texts.append(draft.text)
    draft.remove(("layer", 0, "label", 1), "CIT")
    texts.append(draft.text)
    assert draft.changes() == (LabelChange("a", "CITY", "CIT"),)
    draft.give(Part(PartKind.LABEL, "proposed.X", "a"), "CIT")
    for text in reversed(texts):
        draft.undo()
        assert draft.text == text
        if text is texts[0]:
            break
        if text is not texts[-1]:
            assert draft.changes() == ()
    assert (draft.can_undo, draft.is_changed) == (False, False)
    while draft.can_redo:
        draft.redo()
    assert draft.text == texts[-1]
    assert LabelChange("a", "proposed.X", "CIT") in draft.changes()
    draft.undo()
    draft.set(("layer", 0), "title", "A")
    assert not draft.can_redo, "what was undone is dropped by another change"


def test_a_value_typed_and_taken_back_is_no_step() -> None:
    draft = SchemeDraft(parse_scheme(TREE))
    draft.set(("layer", 0, "label", 0), "title", "C")
    draft.set(("layer", 0, "label", 0), "title", None)
    assert (draft.text, draft.can_undo) == (TREE, False)


def test_tables_of_values_are_written_within_a_line() -> None:
    draft = draft_of()
    place = place_of(draft, "error", "AWKWARD")
    draft.set(place, "maps", {"mqm": "Style/Awkward", "a b": "c"})
    draft.set(place, "weights", {"minor": 0.5})
    label = draft.scheme().label("error", "AWKWARD")
    assert label is not None
    assert (dict(label.maps), dict(label.weights)) == ({"mqm": "Style/Awkward", "a b": "c"}, {"minor": 0.5})
    draft.add(place[:-1], 0, {"id": "NEW", "weights": {"minor": 2}})
    assert draft.scheme().layers[place[1]].labels[0].weights == {"minor": 2}


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
    assert (label.color, news_session.scheme.version) == ("#123456", 3)
    assert news_session.reader.label_counts()[0][1] == "HUMAN"
    undo(news_session)
    assert (news_session.scheme.version, news_session.reader.label_counts()[0][1]) == (2, "PERSON")
    redo(news_session)
    assert (news_session.scheme.version, news_session.reader.label_counts()[0][1]) == (3, "HUMAN")


def test_the_id_of_another_label_is_not_taken_over(news_session: Session) -> None:
    draft = SchemeDraft(news_session.scheme)
    draft.set(place_of(draft, "entity", "PERSON"), "id", "HUMAN")
    draft.set(place_of(draft, "entity", "ORG"), "id", "PERSON")
    with pytest.raises(WrongUse, match="was the id of another label"):
        draft.apply(news_session)
    assert news_session.scheme.version == 2


def test_marks_that_a_new_rule_leaves_unmet_are_told(news_session: Session) -> None:
    bench = Bench(news_session)
    bench.finish("ana", bench.mark("a1", 0, 12, label="PERSON"), bench.mark("a2", 13, 16, label="ORG"))
    draft = SchemeDraft(news_session.scheme)
    place = place_of(draft, "entity", "PERSON")
    draft.set(place, "title", "Somebody")
    assert not draft.has_other_rules
    draft.set(place, "required", ["comment"])
    effects = draft.rule_effects(news_session, progress=no_progress)
    assert effects is not None
    first, why, second = effects.lines()
    assert first == "1 mark in 1 document would no longer meet a rule. It stays as it is."
    assert why.strip() == "“Somebody” needs a comment  (1)"
    assert second.startswith("Of these, done: ")
    draft.set(place, "required", None)
    assert not draft.has_other_rules


def test_a_text_that_is_taken_leaves_marks_as_they_are() -> None:
    draft = draft_of()
    draft.give(Part(PartKind.LABEL, "proposed.X", "entity"), "PERSON")
    draft.take(scheme_source("ner"))
    assert draft.changes() == ()
    assert draft.scheme().name == "ner"


def test_a_file_that_is_read_is_undone_as_one_step() -> None:
    draft = draft_of()
    draft.set(place_of(draft, "entity", "PERSON"), "id", "HUMAN")
    before = (draft.text, draft.changes())
    draft.take(scheme_source("ner"))
    draft.undo()
    assert (draft.text, draft.changes()) == before
    draft.redo()
    assert (draft.scheme().name, draft.changes()) == ("ner", ())


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
        part = Part(PartKind.LABEL, "proposed.Big thing", "entity")
        assert draft.is_outside(part)
        assert draft.table(draft.accept(part, "Big thing"))["id"] == "Big_thing"
        assert not draft.is_outside(part)
        draft.apply(session)
    merged(project, path)
    with opened(project, "lead") as session:
        labels = {(who, label) for _, label, who, _ in session.reader.label_counts()}
        assert labels == {("ana", "Big_thing"), ("ben", "Big_thing")}

"""Suggestions in a project: added once, accepted or rejected by each annotator for themselves, taken back in order."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path

import msgspec
import pytest

from app.core import annotation_edits
from app.core.annotation import Evidence, Fragment, Stance, Status
from app.core.errors import EditRejected, ProjectError
from app.core.suggestion import Suggestion, SuggestionAnswer, SuggestionOutcome, answer_of
from app.services.history.undo import redo, undo
from app.services.suggestions.judgement import accept, reject
from app.services.suggestions.offer import offer
from app.services.suggestions.open_suggestions import OpenSuggestions
from app.session.events import Event, Topic
from app.session.session import Session
from tests.conftest import add_documents, scheme_source

TEXT = "Vladimir Puttin met Trump. Puttin agreed to a restricted slave trade.\n"
RIGHT = "Vladimir Putin met Trump. They agreed on a prisoner exchange.\n"


def candidate(words: str, label: str = "PERSON", *, layer: str = "entity", at: int = 0, **said: object) -> Suggestion:
    """Return a suggestion on the first place of some words from `at` on."""
    start = TEXT.index(words, at)
    fragments = (Fragment(start, start + len(words)),)
    plain = Suggestion(uid="", maker="test", layer=layer, label=label, fragments=fragments, quote=words)
    return msgspec.structs.replace(plain, **said)


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Session]:
    session = Session.create(tmp_path / "a.stet", scheme=scheme_source("news-errors"), annotator="ana")
    text, right = add_documents(session, {"a.txt": TEXT, "right.txt": RIGHT})
    with session.project.atomic():
        session.reader.documents.link(text, right)
    session.open_document(text)
    yield session
    session.close()


def given(session: Session, *suggestions: Suggestion, suggesters: str = "test") -> list[Suggestion]:
    """Add suggestions to the open document; return the new ones."""
    assert session.state is not None
    return [item for _, item in offer(session, [(session.state.document.uid, suggestions)], suggesters=suggesters).new]


def here(session: Session) -> OpenSuggestions:
    """Return what is suggested in the open document."""
    found = OpenSuggestions(session)
    found.read()
    return found


def quotes(session: Session) -> list[str]:
    """Return the words of the open suggestions in reading order."""
    return [suggestion.quote for suggestion in here(session).overlapping(0, 10_000)]


def test_nothing_is_suggested_twice_or_where_it_is_marked(project: Session) -> None:
    assert project.state is not None
    mark = annotation_edits.annotate(project.state, [(20, 25)], layer="entity", label="PERSON", scheme=project.scheme)
    project.apply(mark, title="Mark Trump")
    uid = project.state.document.uid
    wanted = (candidate("Puttin"), candidate("Trump"), candidate("Trump", "GPE"), candidate("Puttin"))
    done = offer(project, [(uid, wanted)], suggesters="test")
    assert [(s.quote, s.label) for _, s in done.new] == [("Puttin", "PERSON"), ("Trump", "GPE")]
    assert (done.known, done.annotated) == (1, 1)
    assert project.undo_title() == "Suggest 2 marks (test)"
    rows = len(list(project.log.rows()))
    again = offer(project, [(uid, [msgspec.structs.replace(s, maker="another") for s in wanted])], suggesters="another")
    assert (again.new, again.known, again.annotated) == ((), 3, 1)
    assert len(list(project.log.rows())) == rows, "nothing new is no step"


def test_a_dry_run_writes_nothing_and_a_wrong_quote_raises(project: Session) -> None:
    assert project.state is not None
    uid = project.state.document.uid
    assert len(offer(project, [(uid, [candidate("Puttin")])], suggesters="test", dry_run=True).new) == 1
    assert here(project).count == 0
    with pytest.raises(ValueError, match="where it doesn't occur"):
        offer(project, [(uid, [candidate("Puttin", quote="Putin")])], suggesters="test")
    assert here(project).count == 0


def test_suggestions_are_of_whole_characters(project: Session) -> None:
    (uid,) = add_documents(project, {"b.txt": "The cafe\u0301 opened.\n"})
    half = Suggestion(
        uid="", maker="test", layer="entity", label="FAC", fragments=(Fragment(4, 8),), quote="cafe", correction="bar"
    )
    ((_, found),) = offer(project, [(uid, [half])], suggesters="test").new
    assert (found.fragments, found.quote) == ((Fragment(4, 9),), "cafe\u0301")
    assert offer(project, [(uid, [half])], suggesters="test").known == 1


def test_an_accepted_suggestion_becomes_an_own_mark_in_one_step(project: Session) -> None:
    assert project.state is not None
    start = RIGHT.index("prisoner exchange")
    proof = Evidence(
        uid="e",
        document=project.reader.documents.references(project.state.document.uid)[0],
        fragments=(Fragment(start, start + 17),),
        quote="prisoner exchange",
        stance=Stance.REFUTES,
    )
    lost = msgspec.structs.replace(proof, uid="l", quote="prisoner exchanges")
    wanted = candidate(
        "restricted slave trade",
        "TORTURED_TERM",
        layer="error",
        attributes={"severity": "critical", "nonsense": 1},
        correction="prisoner exchange",
        evidence=(proof, lost),
    )
    (suggestion,) = given(project, wanted)
    made = accept(project, suggestion)
    (mark,) = project.state.in_order() if project.state else ()
    assert mark == made
    assert (mark.label, mark.correction, mark.origin) == ("TORTURED_TERM", "prisoner exchange", "suggestion:test")
    assert mark.attributes["severity"] == "critical"
    assert "nonsense" not in mark.attributes
    assert [e.quote for e in mark.evidence] == ["prisoner exchange"], "proof that is gone isn't taken along"
    assert mark.attributes["evidence_status"] == "LINKED"
    assert project.undo_title() == "Accept suggestion on “restricted slave trade”"
    assert here(project).count == 0
    undo(project)
    assert project.state.annotations == {}
    assert quotes(project) == ["restricted slave trade"]
    redo(project)
    assert [a.uid for a in project.state.in_order()] == [made.uid]
    assert here(project).count == 0


def test_undo_and_redo_outlast_a_restart(project: Session) -> None:
    first, second = given(project, candidate("Puttin"), candidate("Trump"))
    accept(project, first)
    reject(project, second)
    assert project.state is not None
    uid, path = project.state.document.uid, project.path
    project.close()
    again = Session.open(path, annotator="ana")
    try:
        again.open_document(uid)
        assert quotes(again) == []
        assert undo(again).title == "Reject suggestion on “Trump”"
        assert quotes(again) == ["Trump"]
        undo(again)
        assert quotes(again) == ["Puttin", "Trump"]
        assert again.state is not None
        assert again.state.annotations == {}
        assert undo(again).title == "Suggest 2 marks (test)"
        assert quotes(again) == []
        for _ in range(3):
            redo(again)
        assert [a.quote for a in again.state.in_order()] == ["Puttin"]
        assert quotes(again) == []
        with pytest.raises(EditRejected, match="nothing to redo"):
            redo(again)
    finally:
        again.close()


def test_undo_goes_to_the_document_of_what_it_takes_back(project: Session) -> None:
    assert project.state is not None
    uid = project.state.document.uid
    first, second = given(project, candidate("Puttin"), candidate("Trump"))
    accept(project, first)
    reject(project, second)
    project.open_document(project.reader.documents.references(uid)[0])
    undo(project)
    assert project.state.document.uid == uid
    project.open_document(project.reader.documents.references(uid)[0])
    undo(project)
    assert project.state.document.uid == uid


def test_each_annotator_judges_for_themselves(project: Session) -> None:
    (suggestion,) = given(project, candidate("Puttin"))
    reject(project, suggestion)
    assert quotes(project) == []
    project.become("ben")
    assert quotes(project) == ["Puttin"]
    accept(project, suggestion)
    assert quotes(project) == []
    assert project.state is not None
    key = project.reader.documents.key_of(project.state.document.uid)
    assert key is not None
    (suggested,) = project.executor.suggesting.suggestions.with_judgements(key)
    assert [(j.annotator, j.outcome) for j in suggested.judgements] == [
        ("ana", SuggestionOutcome.REJECTED),
        ("ben", SuggestionOutcome.ACCEPTED),
    ]
    undo(project)
    assert quotes(project) == ["Puttin"]
    project.become("ana")
    assert quotes(project) == [], "ben's undo is none of ana's"


def test_taking_suggestions_back_leaves_what_others_accepted(project: Session) -> None:
    first, _ = given(project, candidate("Puttin"), candidate("Trump"))
    project.become("ben")
    made = accept(project, first)
    project.become("ana")
    undo(project)
    assert quotes(project) == []
    project.become("ben")
    assert project.state is not None
    assert list(project.state.annotations) == [made.uid]
    assert quotes(project) == []
    project.become("ana")
    redo(project)
    assert quotes(project) == ["Puttin", "Trump"]
    project.become("ben")
    assert quotes(project) == ["Trump"], "what ben made of it is known again"
    undo(project)
    assert quotes(project) == ["Puttin", "Trump"]


def test_a_project_open_for_reading_takes_no_answers(project: Session) -> None:
    (suggestion,) = given(project, candidate("Puttin"))
    assert project.state is not None
    reader = Session.open(project.path, annotator="ben", write=False)
    try:
        reader.open_document(project.state.document.uid)
        assert quotes(reader) == ["Puttin"]
        for answer in (accept, reject):
            with pytest.raises(EditRejected, match="read-only"):
                answer(reader, suggestion)
        with pytest.raises(EditRejected, match="read-only"):
            given(reader, candidate("Trump"))
    finally:
        reader.close()


def test_what_cannot_be_accepted_changes_nothing(project: Session) -> None:
    taken, judged = given(project, candidate("Trump"), candidate("Vladimir Puttin"))
    assert project.state is not None
    unknown = candidate("Puttin", "NO_SUCH", uid="unknown")
    key = project.reader.documents.key_of(project.state.document.uid)
    with project.project.atomic():
        project.executor.suggesting.suggestions.insert(key, [unknown])
    assert quotes(project) == ["Vladimir Puttin", "Trump"], "what nobody could accept isn't offered"
    with pytest.raises(EditRejected, match="has no label “NO_SUCH”"):
        accept(project, unknown)
    mark = annotation_edits.annotate(project.state, [(20, 25)], layer="entity", label="PERSON", scheme=project.scheme)
    project.apply(mark, title="Mark Trump")
    with pytest.raises(EditRejected, match="is already marked PERSON"):
        accept(project, taken)
    moved = msgspec.structs.replace(judged, quote="Vladimir Putin")
    with pytest.raises(EditRejected, match="doesn't match the text at"):
        accept(project, moved)
    reject(project, judged)
    with pytest.raises(EditRejected, match="already rejected"):
        accept(project, judged)
    assert [a.quote for a in project.state.in_order()] == ["Trump"], "the mark of a refused step is taken back with it"


def test_accepting_a_mark_that_breaks_a_rule_reopens_a_document(project: Session) -> None:
    project.set_status(Status.DONE)
    assert project.state is not None
    assert project.state.status is Status.DONE_EMPTY
    whole, lacking = given(project, candidate("Puttin"), candidate("Trump", "ROLE_ATTRIBUTE", layer="error"))
    accept(project, whole)
    assert project.state.status is Status.DONE
    accept(project, lacking)
    assert project.state.status is Status.OPEN
    undo(project)
    assert project.state.status is Status.DONE


def test_a_mark_of_ones_own_answers_the_same_suggestion(project: Session) -> None:
    given(project, candidate("Trump"), candidate("Puttin"))
    found = here(project)
    facts: list[Event] = []
    project.listen(facts.append)
    assert project.state is not None
    mark = annotation_edits.annotate(project.state, [(20, 25)], layer="entity", label="PERSON", scheme=project.scheme)
    project.apply(mark, title="Mark Trump")
    touched = [found.follow(fact) for fact in facts]
    assert [(20, 25)] in touched
    assert [s.quote for s in found.overlapping(0, 100)] == ["Puttin"]
    facts.clear()
    undo(project)
    for fact in facts:
        found.follow(fact)
    assert found.count == 2


def test_following_facts_comes_to_the_same_as_reading_anew(project: Session) -> None:
    first, second, third = given(project, candidate("Vladimir Puttin"), candidate("Trump"), candidate("Puttin", at=20))
    found = here(project)

    def follow(fact: Event) -> None:
        found.follow(fact)

    project.listen(follow)
    for step in (
        lambda: accept(project, first),
        lambda: reject(project, second),
        partial(undo, project),
        partial(undo, project),
        partial(redo, project),
        lambda: accept(project, third),
    ):
        step()
        fresh = here(project)
        assert [s.uid for s in found.overlapping(0, 100)] == [s.uid for s in fresh.overlapping(0, 100)]
        assert found.count == fresh.count


def test_neighbours_go_round_in_reading_order_also_in_parts(project: Session) -> None:
    parts = (Fragment(0, 8), Fragment(27, 33))
    torn = candidate("Vladimir Puttin", "GPE", fragments=parts, quote="Vladimir … Puttin")
    given(project, candidate("Trump"), torn, candidate("Vladimir"), candidate("Vladimir Puttin"))
    found = here(project)
    order: list[tuple[int, int]] = []
    key = (-1, -1, "")
    for _ in range(5):
        following = found.neighbour(key, 1)
        assert following is not None
        key = (following.start, following.end, following.uid)
        order.append(key[:2])
    assert order == [(0, 8), (0, 15), (0, 33), (20, 25), (0, 8)]
    backward: list[tuple[int, int]] = []
    for _ in range(5):
        before = found.neighbour(key, -1)
        assert before is not None
        key = (before.start, before.end, before.uid)
        backward.append(key[:2])
    assert backward == [(20, 25), (0, 33), (0, 15), (0, 8), (20, 25)]


def test_what_became_of_it_counts_changes_and_deletions(project: Session) -> None:
    (suggestion,) = given(project, candidate("Puttin"))
    made = accept(project, suggestion)
    assert project.state is not None
    key = project.reader.documents.key_of(project.state.document.uid)
    assert key is not None
    (item,) = project.executor.suggesting.suggestions.with_judgements(key)
    (judgement,) = item.judgements

    def answer() -> SuggestionAnswer:
        assert project.state is not None
        return answer_of(item.suggestion, judgement, project.state.annotations)

    assert answer_of(item.suggestion, None, {}) is SuggestionAnswer.OPEN
    assert answer() is SuggestionAnswer.ACCEPTED
    project.apply(annotation_edits.relabel(project.state, made, "GPE", scheme=project.scheme), title="Relabel")
    assert answer() is SuggestionAnswer.EDITED
    project.apply(
        annotation_edits.remove(project.state, [project.state.annotations[made.uid]], scheme=project.scheme),
        title="Delete",
    )
    assert answer() is SuggestionAnswer.REJECTED
    assert here(project).count == 0, "what was deleted isn't suggested again"


def test_a_failing_write_leaves_everything_as_it_was(project: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    (suggestion,) = given(project, candidate("Puttin"))
    monkeypatch.setattr(type(project.log), "append", _no_space)
    with pytest.raises(ProjectError, match="disk is full"):
        accept(project, suggestion)
    assert project.state is not None
    assert project.state.annotations == {}
    assert quotes(project) == ["Puttin"]


def _no_space(*_given: object, **_more: object) -> int:
    raise ProjectError("disk is full")


def test_listeners_hear_which_suggestion_was_judged(project: Session) -> None:
    (suggestion,) = given(project, candidate("Puttin"))
    facts: list[Event] = []
    project.listen(facts.append)
    reject(project, suggestion)
    assert project.state is not None
    assert Event(Topic.SUGGESTIONS, project.state.document.uid, suggestion=suggestion.uid) in facts


def test_accepting_with_another_label_answers_in_the_same_step(project: Session) -> None:
    assert project.state is not None
    (wanted,) = given(project, candidate("Puttin", "NAME_FORM", layer="error", correction="Putin"))
    made = accept(project, wanted, kind=("error", "ROLE_ATTRIBUTE"))
    assert (made.label, made.correction, made.origin) == ("ROLE_ATTRIBUTE", "Putin", "suggestion:test")
    assert project.undo_title() == "Accept suggestion on “Puttin” as Role or attribute"
    (record,) = (r for r in project.reader.records() if r.suggestions)
    ((judgement,),) = (item.judgements for item in record.suggestions)
    assert answer_of(wanted, judgement, {made.uid: made}) is SuggestionAnswer.EDITED
    undo(project)
    assert (project.state.in_order(), quotes(project)) == ([], ["Puttin"])
    with pytest.raises(EditRejected, match="has no label"):
        accept(project, wanted, kind=("error", "NO_SUCH"))
    entity = accept(project, wanted, kind=("entity", "PERSON"))
    assert (entity.layer, entity.correction) == ("entity", None), "a layer without corrections gets none"


def many(session: Session, count: int) -> list[Suggestion]:
    """Add suggestions to the open document, on each place of a text that is as long."""
    (uid,) = add_documents(session, {"long.txt": "x" * count})
    session.open_document(uid)
    plain = Suggestion(uid="", maker="m", layer="entity", label="PERSON", fragments=(Fragment(0, 1),), quote="x")
    wanted = (msgspec.structs.replace(plain, fragments=(Fragment(at, at + 1),)) for at in range(count))
    return given(session, *wanted)


def test_many_suggestions_are_read_in_batches_until_complete(project: Session) -> None:
    made = many(project, 1_300)
    mark = annotation_edits.annotate(
        project.state, [(1_200, 1_201)], layer="entity", label="PERSON", scheme=project.scheme
    )
    project.apply(mark, title="Mark")
    reject(project, made[900])
    found = OpenSuggestions(project)
    found.begin()
    project.listen(found.follow)
    assert (found.is_reading, found.count) == (True, 500)
    reject(project, made[100])
    reject(project, made[1_000])
    assert found.count == 499, "what is still to be read is answered already when it comes"
    project.apply(
        annotation_edits.annotate(
            project.state, [(1_100, 1_101)], layer="entity", label="PERSON", scheme=project.scheme
        ),
        title="Mark",
    )
    turns = 0
    while found.is_reading:
        found.read_on()
        turns += 1
    assert turns == 5
    whole = here(project)
    assert found.count == whole.count == 1_300 - 5
    assert found.overlapping(0, 2_000) == whole.overlapping(0, 2_000)
    assert found.shares == whole.shares
    undo(project)
    assert found.get(made[1_100].uid) is not None
    assert found.shares == here(project).shares


def test_asking_for_the_next_suggestion_finishes_the_reading(project: Session) -> None:
    made = many(project, 1_300)
    found = OpenSuggestions(project)
    found.begin()
    assert found.neighbour((1_290, -1, ""), 1) == made[1_290]
    assert not found.is_reading


def test_the_places_are_counted_one_by_one(project: Session) -> None:
    one, _ = given(project, candidate("Puttin"), candidate("Trump"))
    found = here(project)
    project.listen(found.follow)
    places = {round(TEXT.index(words) / len(TEXT), 3) for words in ("Puttin", "Trump")}
    assert (set(found.shares), found.has_other_shares) == (places, True)
    found.has_other_shares = False
    accept(project, one)
    assert (len(found.shares), found.has_other_shares) == (1, True)
    found.has_other_shares = False
    undo(project)
    assert (set(found.shares), found.has_other_shares) == (places, True)

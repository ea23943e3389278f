"""An edited text takes everything along that points into it, and undo brings all of it back."""

from typing import Any

import msgspec
import pytest

from app.core.annotation import Evidence, Fragment, Relation, Stance, Status, quote_of
from app.core.decision import GOLD
from app.core.document import Document, sha256
from app.core.edits import AddAnnotation, AddRelation, RemoveAnnotation, SetStatus
from app.core.errors import EditRejected, ProjectError, TextRefused
from app.core.suggestion import Suggestion
from app.core.text_change import Splice, TextChange
from app.core.validation import quote_holds
from app.review.fields import rules_of
from app.review.gold_composition import whole
from app.services.history.undo import redo, undo
from app.services.review.sheets import Remarks
from app.services.suggestions.offer import offer
from app.services.suggestions.open_suggestions import OpenSuggestions
from app.services.texts.text_edit import decide, edit_text, plan
from app.services.texts.text_survey import undecided
from app.session.actions import HideBatch
from app.session.events import Event, Topic
from app.session.session import Session
from app.storage.decisions import damaged_decisions
from tests.conftest import add_documents
from tests.unit.services.review.reviews import Bench


@pytest.fixture
def bench(news_session: Session) -> Bench:
    """Give a document with three decided groups, and one with evidence in another document."""
    bench = Bench(news_session)
    bench.finish(
        "ana", bench.mark("a1", 0, 12), bench.mark("a2", *bench.place("Puttin")), bench.mark("a3", *bench.place("US"))
    )
    bench.finish("ben", bench.mark("b1", 0, 12), bench.mark("b2", *bench.place("Puttin")))
    for uid in ("a1", "a2", "a3"):
        found = bench.group(uid)
        bench.reviewing.take(found, whole(found, uid, rules_of(bench.session.scheme, found.layer)), said=Remarks())
    assert set(standings(bench).values()) == {"decided"}
    return bench


def standings(bench: Bench) -> dict[str, str]:
    sheet = bench.sheet
    return {found.sources[0]: sheet.standings.of(found)[0].value for found in sheet.groups}


def everything(session: Session) -> list[Any]:
    """Return all that undo must bring back."""
    decisions = session.executor.review.decisions
    records = [
        record._replace(versions=(), decisions=tuple(sorted(record.decisions, key=lambda item: item.uid)))
        for record in session.reader.records()
    ]
    lengths = session.project.connection.execute("SELECT length, words, sha256 FROM document ORDER BY id").fetchall()
    exchanges = session.project.connection.execute("SELECT file, digest FROM handed ORDER BY sequence").fetchall()
    hidden = [s for (key,) in _keys(session) for s in session.executor.suggesting.suggestions.all_of(key)]
    return [records, decisions.snapshots(), lengths, exchanges, hidden, _found(session)]


def _keys(session: Session) -> list[tuple[int]]:
    return session.project.connection.execute("SELECT id FROM document ORDER BY id").fetchall()


def _found(session: Session) -> list[list[int]]:
    return [list(session.reader.documents.keys(query=word)) for word in ("Puttin", "Putin", "senator", "president")]


def changed(session: Session, document: str, **words: str) -> TextChange:
    """Return the change that replaces words of a document, once each."""
    old = session.reader.document(document).text
    new = old
    for before, after in words.items():
        assert new.count(before) == 1
        new = new.replace(before, after)
    return TextChange.between(old, new)


def edited(bench: Bench, **words: str) -> None:
    edit_text(bench.session, bench.document, changed(bench.session, bench.document, **words))


def quotes(session: Session, document: str, who: str) -> dict[str, str]:
    """Return an annotator's quotes by uid; those that don't match the text in brackets."""
    state = session.executor.load(document, who)
    text = state.document.text
    return {uid: a.quote if quote_holds(a, text) else f"[{a.quote}]" for uid, a in sorted(state.annotations.items())}


def test_marks_follow_their_words(bench: Bench) -> None:
    before = everything(bench.session)
    edited(bench, Donald="Mr Donald", Puttin="Putin")
    session = bench.session
    assert quotes(session, bench.document, "ana") == {"a1": "Donald Trump", "a2": "Putin", "a3": "US"}
    document = session.reader.document(bench.document)
    assert document.text == bench.text.replace("Donald", "Mr Donald").replace("Puttin", "Putin")
    assert document.sha256 == sha256(document.text)
    assert not session.reader.is_changed(bench.document)
    after = everything(session)
    undo(session)
    assert everything(session) == before
    redo(session)
    assert everything(session) == after
    undo(session)
    assert everything(session) == before


def test_decisions_stand_where_only_other_text_changed(bench: Bench) -> None:
    edited(bench, senator="old senator")
    assert set(standings(bench).values()) == {"decided"}
    statuses = {item.annotator: item.status for item in bench.session.reader.record(bench.document).sets}
    assert statuses == dict.fromkeys(("ana", "ben", GOLD), Status.DONE)
    assert not list(damaged_decisions(bench.session.project))


def test_a_decision_on_other_words_is_reviewed_again(bench: Bench) -> None:
    before = everything(bench.session)
    assert plan(bench.session, bench.document, changed(bench.session, bench.document, Puttin="Putin")).stale == 1
    edited(bench, Puttin="Putin")
    record = bench.session.reader.record(bench.document)
    assert {item.annotator: item.status for item in record.sets} == dict.fromkeys(("ana", "ben", GOLD), Status.OPEN)
    for who in ("ana", "ben"):
        bench.work(who, SetStatus(Status.DONE))
    assert standings(bench) == {"a1": "decided", "a2": "stale", "a3": "decided"}
    for who in ("ana", "ben", "rina"):
        undo_of(bench.session, who)
    assert everything(bench.session) == before


def undo_of(session: Session, who: str) -> None:
    session.become(who)
    undo(session)


def test_a_lost_mark_keeps_its_words_until_decided(bench: Bench) -> None:
    change = changed(bench.session, bench.document, Puttin="Medvedev")
    found = plan(bench.session, bench.document, change)
    assert [(item.key, item.annotator, item.quote) for item in found.lost] == [
        ("a2", "ana", "Puttin"),
        ("b2", "ben", "Puttin"),
        (found.lost[2].key, "gold", "Puttin"),
    ]
    assert {quote_of(change.new, item.place) for item in found.lost} == {"Medvedev"}
    edit_text(bench.session, bench.document, change)
    assert quotes(bench.session, bench.document, "ana")["a2"] == "[Puttin]"
    assert quotes(bench.session, bench.document, "ana")["a1"] == "Donald Trump"


def test_lost_marks_are_moved_made_anchors_or_deleted(bench: Bench) -> None:
    before = everything(bench.session)
    change = changed(bench.session, bench.document, Puttin="Medvedev")
    lost = plan(bench.session, bench.document, change).lost
    gold = lost[2].key
    start = lost[0].place[0].start
    choices = {"a2": lost[0].place, "b2": (Fragment(start, start),), gold: None}
    edit_text(bench.session, bench.document, change, choices=choices)
    assert quotes(bench.session, bench.document, "ana")["a2"] == "Medvedev"
    assert quotes(bench.session, bench.document, "ben")["b2"] == ""
    assert gold not in quotes(bench.session, bench.document, GOLD)
    assert not list(damaged_decisions(bench.session.project))
    undo(bench.session)
    assert everything(bench.session) == before
    with pytest.raises(EditRejected, match="can't be put there"):
        edit_text(bench.session, bench.document, change, choices={"a2": (Fragment(0, 999),)})
    assert everything(bench.session) == before


def test_lost_marks_of_a_chain_are_deleted_and_it_stays_joined(bench: Bench) -> None:
    ties = [("a1", "same", "a2"), ("a2", "same", "a3")]
    bench.work("ana", *(AddRelation(Relation(uid=s + t, source=s, target=t, label=r)) for s, r, t in ties))
    before = everything(bench.session)
    change = changed(bench.session, bench.document, Puttin="Medvedev")
    edit_text(bench.session, bench.document, change, choices={"a2": None})
    left = bench.session.reader.state_of(bench.document, "ana").relations.values()
    assert [tie.ends for tie in left] == [("a1", "a3")]
    undo(bench.session)
    assert everything(bench.session) == before


def test_what_came_after_moves_when_the_edit_is_undone(bench: Bench) -> None:
    edited(bench, Donald="Mr Donald")
    session = bench.session
    text = session.reader.document(bench.document).text
    start = text.index("Kyiv")
    later = msgspec.structs.replace(bench.mark("a9", 0, 1), fragments=(Fragment(start, start + 4),), quote="Kyiv")
    moved = msgspec.structs.replace(bench.mark("b9", 0, 1), fragments=(Fragment(0, 2),), quote="Mr")
    bench.work("ana", AddAnnotation(later))
    bench.work("ben", AddAnnotation(moved))
    undo_of(session, "rina")
    assert session.reader.document(bench.document).text == bench.text
    assert quotes(session, bench.document, "ana") == {"a1": "Donald Trump", "a2": "Puttin", "a3": "US", "a9": "Kyiv"}
    assert quotes(session, bench.document, "ben")["b9"] == "[Mr]"
    redo(session)
    assert quotes(session, bench.document, "ana")["a9"] == "Kyiv"
    assert quotes(session, bench.document, "ben")["b9"] == "Mr", "what was lost by undo is found by redo"


def test_an_earlier_action_is_undone_at_the_present_place(bench: Bench) -> None:
    bench.work("ana", RemoveAnnotation("a2"))
    bench.work("ben", RemoveAnnotation("b2"))
    edited(bench, Donald="Mr Donald")
    undo_of(bench.session, "ana")
    assert quotes(bench.session, bench.document, "ana")["a2"] == "Puttin"
    bench.session.become("rina")
    edited(bench, Puttin="Medvedev")
    undo_of(bench.session, "ben")
    assert quotes(bench.session, bench.document, "ben")["b2"] == "[Puttin]"


def test_a_withdrawn_decision_is_restored_at_its_present_place(bench: Bench) -> None:
    decision = next(d for d in bench.decisions() if "a3" in d.sources)
    bench.reviewing.withdraw(decision)
    bench.session.become("lead")
    edited(bench, Donald="Mr Donald")
    undo_of(bench.session, "rina")
    assert standings(bench)["a3"] == "decided"


def test_evidence_in_the_text_follows_in_other_documents(bench: Bench) -> None:
    session = bench.session
    other = next(row for row in session.reader.documents.names() if row[0] != bench.document)[0]

    def proof(uid: str, words: str) -> Evidence:
        at = bench.text.index(words)
        return Evidence(
            uid=uid,
            document=bench.document,
            fragments=(Fragment(at, at + len(words)),),
            quote=words,
            stance=Stance.REFUTES,
        )

    text = session.reader.document(other).text
    proofs = (proof("e1", "Vladimir Puttin"), proof("e2", "Kyiv"), proof("e3", "senator"))
    mark = msgspec.structs.replace(bench.mark("x", 0, 1), quote=text[:1], evidence=proofs)
    bench.finish("ana", mark, document=other)
    before = everything(session)
    change = changed(session, bench.document, Puttin="Putin", senator="chief")
    found = plan(session, bench.document, change)
    assert [(item.key, item.owner) for item in found.lost] == [("x/e3", other)]
    assert [(item.before, item.after) for item in found.reworded if item.is_evidence] == [
        ("Vladimir Puttin", "Vladimir Putin")
    ]
    assert found.evidence == 1
    edit_text(session, bench.document, change, choices={"x/e3": None})
    (annotation,) = session.executor.load(other, "ana").annotations.values()
    assert [piece.quote for piece in annotation.evidence] == ["Vladimir Putin", "Kyiv"]
    assert not list(session.reader.integrity.stale_evidence())
    assert session.executor.load(other, "ana").status is Status.OPEN
    undo(session)
    assert everything(session) == before


def test_all_that_points_into_a_text_follows_through_restarts(bench: Bench) -> None:
    session, document = bench.session, bench.document
    other = next(uid for uid, _ in session.reader.documents.names() if uid != document)
    label = msgspec.structs.replace(
        bench.mark("doc", 0, 1), layer="article", label="SPUN", fragments=(Fragment(0, 0),), quote=""
    )
    bench.work("ana", SetStatus(Status.OPEN))
    bench.work("ana", AddAnnotation(label))
    bench.work("ana", AddRelation(Relation(uid="r1", source="a2", target="a3", label="because")))
    bench.work("ana", AddRelation(Relation(uid="r2", source="doc", target="a1", label="same")))
    fragments = (Fragment(*bench.place("Kyiv")),)
    there = Suggestion(uid="", maker="m", layer="entity", label="ORG", fragments=fragments, quote="Kyiv")
    proof = Evidence(uid="e1", document=document, fragments=fragments, quote="Kyiv", stance=Stance.SUPPORTS)
    text = session.reader.document(other).text
    bench.finish(
        "ana", msgspec.structs.replace(bench.mark("x", 0, 1), quote=text[:1], evidence=(proof,)), document=other
    )
    session.become("rina")
    offer(session, [(document, [there])], suggesters="m")
    before = everything(session)
    edited(bench, Donald="So, Mr Donald", Puttin="Putin")
    after = everything(session)
    state = session.reader.state_of(document, "ana")
    assert quotes(session, document, "ana") == {"a1": "Donald Trump", "a2": "Putin", "a3": "US", "doc": ""}
    assert state.annotations["doc"].fragments == (Fragment(0, 0),)
    assert {r.uid: r.ends for r in state.relations.values()} == {"r1": ("a2", "a3"), "r2": ("doc", "a1")}
    (mark,) = session.executor.load(other, "ana").annotations.values()
    moved = session.reader.document(document)
    assert quote_of(moved.text, mark.evidence[0].fragments) == "Kyiv"
    frozen = session.reader.snapshots_of(document)
    assert {a.uid: quote_of(moved.text, a.fragments) for a in frozen["ana"].annotations}["a2"] == "Putin"
    assert not list(damaged_decisions(session.project))
    path = session.path
    for wanted, step in ((before, undo), (after, redo), (before, undo)):
        session.close()
        session = Session.open(path, annotator="rina")
        step(session)
        assert everything(session) == wanted
    session.close()


def test_suggestions_follow_or_are_not_offered(bench: Bench) -> None:
    session = bench.session

    def candidate(words: str) -> Suggestion:
        fragments = (Fragment(*bench.place(words)),)
        return Suggestion(uid="", maker="m", layer="entity", label="ORG", fragments=fragments, quote=words)

    offer(session, [(bench.document, [candidate("senator"), candidate("Kyiv")])], suggesters="m")
    before = everything(session)
    found = plan(session, bench.document, changed(session, bench.document, senator="chief"))
    assert found.suggestions == 1
    edited(bench, senator="chief")
    session.become("zoe")
    session.open_document(bench.document)
    here = OpenSuggestions(session)
    here.read()
    assert [item.quote for item in here.overlapping(0, 999)] == ["Kyiv"]
    undo_of(session, "rina")
    assert everything(session) == before


def test_the_open_document_is_opened_again(bench: Bench) -> None:
    session = bench.session
    session.become("ana")
    session.open_document(bench.document)
    heard: list[Event] = []
    session.listen(heard.append)
    edited(bench, Donald="Mr Donald")
    assert session.state is not None
    assert session.state.document.text.startswith("Mr Donald")
    assert [event.document for event in heard if event.topic is Topic.OPENED] == [bench.document]
    undo(session)
    assert session.state.document.text == bench.text


def test_earlier_texts_are_kept_with_hash_and_reason(bench: Bench) -> None:
    session = bench.session
    change = changed(session, bench.document, Puttin="Putin")
    edit_text(session, bench.document, change, reason="a typo")
    undo(session)
    kept = session.executor.texts.versions.of_document(bench.document, with_text=True)
    assert [(item.text, item.sha256, item.reason) for item in kept] == [
        (change.old, sha256(change.old), "a typo"),
        (change.new, sha256(change.new), "a typo"),
    ]
    assert all(item.time for item in kept)


@pytest.mark.parametrize(
    ("new", "error", "match"),
    [
        ("", EditRejected, "nothing would be left"),
        (None, EditRejected, "that is the text as it is"),
        ("a\x00b", TextRefused, "NUL"),
    ],
)
def test_what_can_not_be_a_text_is_refused(bench: Bench, new: str | None, error: type[Exception], match: str) -> None:
    before = everything(bench.session)
    with pytest.raises(error, match=match):
        edit_text(bench.session, bench.document, TextChange.between(bench.text, bench.text if new is None else new))
    assert everything(bench.session) == before


def test_an_edit_on_a_later_edit_is_undone_first(bench: Bench) -> None:
    edited(bench, Donald="Mr Donald")
    bench.session.become("lead")
    edited(bench, Puttin="Putin")
    with pytest.raises(EditRejected, match="has been edited again since"):
        undo_of(bench.session, "rina")
    old = TextChange(bench.text, [Splice(0, 0, "x")])
    with pytest.raises(EditRejected, match="has been edited since"):
        edit_text(bench.session, bench.document, old)


def test_a_document_that_differs_from_its_hash_is_left_alone(bench: Bench) -> None:
    with bench.session.project.atomic():
        bench.session.project.connection.execute("UPDATE document SET sha256='0' WHERE uid=?", [bench.document])
    bench.session.executor.forget()
    document: Document = bench.session.reader.document(bench.document)
    with pytest.raises(ProjectError, match="differs from what was imported"):
        edit_text(bench.session, bench.document, TextChange(document.text, [Splice(0, 0, "x")]))


def test_what_was_left_is_decided_later(bench: Bench) -> None:
    session = bench.session
    edited(bench, Puttin="Medvedev")
    lost = undecided(session, bench.document)
    assert [(item.key, item.annotator, item.quote) for item in lost][:2] == [
        ("a2", "ana", "Puttin"),
        ("b2", "ben", "Puttin"),
    ]
    before = everything(session)
    assert decide(session, bench.document, {"a2": lost[0].place, "b2": None}) == 2
    assert quotes(session, bench.document, "ana")["a2"] == "Medvedev"
    assert "b2" not in quotes(session, bench.document, "ben")
    assert [item.annotator for item in undecided(session, bench.document)] == ["gold"]
    undo(session)
    assert everything(session) == before
    assert decide(session, bench.document, {"nobody": None}) == 0


def test_an_import_is_not_undone_under_an_edited_text(news_session: Session) -> None:
    assert news_session.state is not None
    uid = news_session.state.document.uid
    edit_text(news_session, uid, changed(news_session, uid, Puttin="Putin"))
    with pytest.raises(EditRejected, match="ana has worked on “spun.txt” since"):
        news_session.perform(HideBatch(0), title="Hide")


def test_a_text_of_white_space_comes_back_by_undo(news_session: Session) -> None:
    (uid,) = add_documents(news_session, {"blank": "\t\n"})
    edit_text(news_session, uid, TextChange("\t\n", (Splice(0, 1, "é"),)))
    undo(news_session)
    assert news_session.reader.document(uid).text == "\t\n"
    redo(news_session)
    assert news_session.reader.document(uid).text == "é\n"

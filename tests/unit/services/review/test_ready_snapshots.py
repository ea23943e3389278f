"""What a first decision keeps can be read before it, and is what everyone's sets say when the decision is made."""

from collections.abc import Callable
from operator import attrgetter

import pytest

from app.core.annotation import Annotation, Evidence, Fragment, Relation, Stance
from app.core.edits import AddAnnotation, AddRelation
from app.core.ids import new_uid
from app.services.review.reviewer import Reviewer
from app.session.actions import Assign
from app.session.session import Session
from app.storage.annotations import Annotations
from tests.unit.services.review.reviews import Bench


@pytest.fixture
def bench(news_session: Session) -> Bench:
    """Ana and ben have finished a text; ana's set has a relation, evidence, and two marks that begin together."""
    made = Bench(news_session)
    text = made.text
    proof = Evidence(
        uid="p", document=made.document, fragments=(Fragment(0, 4),), quote=text[:4], stance=Stance.SUPPORTS
    )
    marks = (
        made.mark("a2", 0, 9, comment="“x”, \n"),
        made.mark("a1", 0, 4, attributes={"severity": "minor"}),
        made.mark("a3", 12, 15, evidence=(proof,), correction="né"),
    )
    made.finish("ana", *marks, ties=[("a1", "because", "a3")])
    made.finish("ben", made.mark("b1", 0, 4, label="ORG"))
    made.work("cem", AddAnnotation(made.mark("c1", 12, 15)))
    return made


def get_ready(bench: Bench) -> None:
    """Read what the first decision will keep, as the window does: in a session of its own."""
    other = Session.open(bench.session.path, write=False)
    found = Reviewer(other).ready_snapshots(bench.document)
    other.close()
    assert found is not None
    bench.reviewing.have_ready(found)


def decide(bench: Bench) -> None:
    group = bench.group("b1")
    bench.reviewing.take(group, dict.fromkeys(("range", "label"), "b1"))


def kept(bench: Bench) -> list[tuple]:
    """Return the rows of the snapshots but their time."""
    with bench.session.project.snapshot():
        asked = "SELECT document, annotator, scheme, content FROM frozen ORDER BY annotator"
        return bench.session.project.reader.execute(asked).fetchall()


def sets_read(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Return a list that tells of each time that all sets of a document are read together."""
    read: list[int] = []
    real = Annotations.load_sets
    monkeypatch.setattr(Annotations, "load_sets", lambda self, key, sets: read.append(key) or real(self, key, sets))
    return read


def test_what_was_read_before_is_kept_as_it_is(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    read = sets_read(monkeypatch)
    get_ready(bench)
    decide(bench)
    assert read == [], "the decision reads nobody's set"
    ready = kept(bench)
    assert len(ready) == 2, "cem isn't done"
    with bench.session.unlogged() as executor:
        executor.project.connection.execute("DELETE FROM decision")
        executor.project.connection.execute("DELETE FROM frozen")
    bench.session.executor.forget()
    bench.reviewing.have_ready(None)
    decide(bench)
    assert len(read) == 1
    assert kept(bench) == ready, "to the letter: the log, done again, must give the same"


BY_UID = attrgetter("uid")


def change_mark(bench: Bench) -> None:
    bench.change("ana", bench.mark("a1", 0, 4, label="ORG"))


def change_evidence(bench: Bench) -> None:
    mark = bench.session.reader.state_of(bench.document, "ana").annotations["a3"]
    proof = Evidence(
        uid="q", document=bench.document, fragments=(Fragment(5, 9),), quote=bench.text[5:9], stance=Stance.REFUTES
    )
    bench.change("ana", Annotation(**{f: getattr(mark, f) for f in mark.__struct_fields__} | {"evidence": (proof,)}))


def add_relation(bench: Bench) -> None:
    bench.work("ana", AddRelation(Relation(uid=new_uid(), source="a3", target="a1", label="because")))


def finish_another(bench: Bench) -> None:
    bench.finish("cem", bench.mark("c2", 20, 24))


CHANGES = [change_mark, change_evidence, add_relation, finish_another, lambda bench: bench.reopen("ana")]


@pytest.mark.parametrize("change", CHANGES)
def test_what_is_outdated_is_read_again(bench: Bench, change: Callable[[Bench], None]) -> None:
    get_ready(bench)
    change(bench)
    with bench.session.project.snapshot():
        finished = {
            item.annotator: sorted(item.annotations, key=BY_UID)
            for item in bench.session.reader.record(bench.document).sets
            if item.status.is_finished
        }
    decide(bench)
    found = bench.session.reader.snapshots_of(bench.document)
    assert {name: sorted(content.annotations, key=BY_UID) for name, content in found.items()} == finished
    relations = {name: set(bench.session.reader.state_of(bench.document, name).relations) for name in found}
    assert {name: {tie.uid for tie in content.relations} for name, content in found.items()} == relations


def test_what_is_written_elsewhere_changes_nothing(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    get_ready(bench)
    bench.session.remember_place(position=3, seconds=1.0)
    bench.reviewing.log_reveal(bench.document)
    bench.session.perform(Assign(((bench.document, "dora"),), ()), title="Assign")
    read = sets_read(monkeypatch)
    decide(bench)
    assert read == []


def test_a_text_with_decisions_has_nothing_to_be_ready(bench: Bench) -> None:
    decide(bench)
    assert bench.reviewing.ready_snapshots(bench.document) is None

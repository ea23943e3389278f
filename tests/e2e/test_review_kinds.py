"""Review of relations, chains, evidence sets and the document as a whole, by keys alone."""

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from PySide6.QtWidgets import QCheckBox, QComboBox, QLabel, QLineEdit, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from app.core.annotation import Status
from app.core.edits import AddAnnotation, AddRelation, Batch, ReplaceAnnotation, SetStatus
from app.session.actions import SetEdit
from app.session.session import Session
from app.ui.review.queue import Shown
from app.ui.widgets.labels import ValueButton
from tests.conftest import add_documents
from tests.e2e.test_review import ReviewDriver
from tests.made_once import made_once
from tests.unit.review.build import TEXT, proof
from tests.unit.review.kinds import KINDS_SOURCE, about, claim, link
from tests.widget.editor.canvases import click


@made_once
def project(folder: Path) -> Path:
    path = folder / "kinds.stet"
    session = Session.create(path, scheme=KINDS_SOURCE, annotator="ana")
    (document,) = add_documents(session, {"d.txt": TEXT})
    said = {
        "ana": (
            [
                claim("a1", topics=["war", "health"]),
                claim("a2", (21, 25), share=50),
                claim("a3", (32, 36)),
                about("a9", adequacy=70),
            ],
            [link("a1", "a2", sure=True, comment="so"), link("a2", "a3", "same", how="bridge")],
        ),
        "ben": (
            [
                claim("b1", topics=["health", "war"]),
                claim("b2", share=50.0),
                claim("b3"),
                about("b9", "SOUND", adequacy=20),
            ],
            [link("b1", "b2", hint="x"), link("b1", "b3", "like"), link("b2", "b3", "same", how="plain")],
        ),
    }
    for who, (marks, ties) in said.items():
        session.become(who)
        edits = (*map(AddAnnotation, marks), *map(AddRelation, ties), SetStatus(Status.DONE))
        session.perform(SetEdit(document, who, Batch(edits)), title="Work")
    session.close()
    return path


@pytest.fixture
def stet(qtbot: QtBot, tmp_path: Path) -> Iterator[ReviewDriver]:
    """Stet on that project, with Rina in front of it."""
    path = project(tmp_path)
    driver = ReviewDriver(qtbot)
    driver.start(path, annotator="Rina")
    driver.go()
    yield driver
    driver.quit()


def rows(stet: ReviewDriver) -> dict[str, dict[str, tuple[str, bool]]]:
    """Return what each version (uid) says in the rows of the conflict card, and whether it is picked."""
    found: dict[str, dict[str, tuple[str, bool]]] = {}
    for cell in stet.review.card.table.findChildren(ValueButton, "version-cell"):
        if cell.isVisibleTo(stet.review.card.table):
            title, said = cell.accessibleName().split(", version of ")
            found.setdefault(title, {})[cell.value[1]] = (said[3:], cell.isChecked())
    return found


def said(stet: ReviewDriver, row: str) -> dict[str, str]:
    return {uid: text for uid, (text, _) in rows(stet)[row].items()}


def picked(stet: ReviewDriver, row: str) -> list[str]:
    return [uid for uid, (_, is_picked) in rows(stet)[row].items() if is_picked]


def pick(stet: ReviewDriver, row: str, uid: str) -> None:
    """Choose a row by keys, and in it a version."""
    field = next(
        cell.value[0]
        for cell in stet.review.card.table.findChildren(ValueButton, "version-cell")
        if cell.accessibleName().startswith(f"{row}, version")
    )
    for _ in range(20):
        if stet.review.card.table.field == field:
            break
        stet.press("Alt+Down")
    name = next(name for name, version in stet.entry.group.versions.items() if version.uid == uid)
    number = stet.review.model.letters(stet.entry).number(name)
    stet.press(f"Alt+{number}")
    assert picked(stet, row) == [uid]


def ties(stet: ReviewDriver) -> set[tuple[str, str, str]]:
    """Return gold's relations: type, numbers of the marks at their ends, comment."""
    gold = stet.review.book.reviewing.gold(stet.review.sides.document)
    place = {uid: annotation.start // 10 for uid, annotation in gold.annotations.items()}
    return {(r.label, f"{place[r.source]}{place[r.target]}", r.comment) for r in gold.relations.values()}


def seek(stet: ReviewDriver, uid: str) -> None:
    """Press N until a mark's group is looked at."""
    for _ in range(stet.review.model.rowCount()):
        if uid in stet.entry.group.sources:
            return
        stet.press("N")
    raise AssertionError(uid)


def test_the_document_comes_first_and_has_no_range(stet: ReviewDriver) -> None:
    assert "error" not in stet.message()
    assert stet.entry.quote == "whole document"
    assert list(rows(stet)) == ["label", "adequacy"]
    assert said(stet, "label") == {"a9": "Spun", "b9": "Sound"}
    assert said(stet, "adequacy") == {"a9": "70", "b9": "20"}
    pick(stet, "label", "a9")
    pick(stet, "adequacy", "b9")
    stet.press("Return")
    gold = stet.review.book.reviewing.gold
    document = stet.review.sides.document
    stet.wait(
        lambda: [(a.label, a.attributes) for a in gold(document).annotations.values()] == [("SPUN", {"adequacy": 20})]
    )
    stet.press("Ctrl+Z")
    stet.wait(lambda: not gold(document).annotations)


def test_relations_are_rows_that_are_picked_one_by_one(stet: ReviewDriver) -> None:
    for uid in ("a2", "a3"):
        stet.review.model.sort_by(stet.review.model.order, shown=Shown.ALL)
        seek(stet, uid)
        stet.press("Return")
    seek(stet, "a1")
    assert said(stet, "→ “1234”") == {"a1": "Because", "b1": "Because"}
    assert said(stet, "Because: sure") == {"a1": "yes", "b1": "–"}
    assert said(stet, "Because: hint") == {"a1": "–", "b1": "x"}
    pick(stet, "Because: hint", "b1")
    stet.press("Return")
    stet.wait(lambda: ("because", "12", "so") in ties(stet))


def test_what_a_link_of_a_chain_says_is_picked(stet: ReviewDriver) -> None:
    for uid in ("a2", "a3"):
        stet.review.model.sort_by(stet.review.model.order, shown=Shown.ALL)
        seek(stet, uid)
        if uid == "a3":
            assert said(stet, "Same") == {"a3": "with “1234”", "b3": "with “1234”"}
            assert said(stet, "Same: how") == {"a3": "Bridge", "b3": "Plain"}
            pick(stet, "Same: how", "b3")
        stet.press("Return")
    gold = stet.review.book.reviewing.gold
    document = stet.review.sides.document
    stet.wait(lambda: [r.attributes for r in gold(document).relations.values()] == [{"how": "plain"}])
    stet.press("Ctrl+Z")
    stet.wait(lambda: not gold(document).relations)


def test_the_reviewer_gives_values_of_every_kind(stet: ReviewDriver) -> None:
    stet.review.model.sort_by(stet.review.model.order, shown=Shown.ALL)
    seek(stet, "a2")
    stet.press("E")
    form = stet.review.card.form

    def field(name: str) -> QWidget:
        found = form.findChild(QWidget, f"field-{name}")
        assert found is not None
        return found

    assert field("share").text() == "50"
    field("share").setText("many")
    stet.press("Ctrl+Return")
    assert "must be a number" in form.findChild(QLabel, "review-edit-asks").text()
    field("share").setText("62.5")
    field("day").setText("2026-03")
    field("who").setText("Ann")
    form.findChild(QCheckBox, "field-topics-war").click()
    form.findChild(QPushButton, "field-trust-high").click()
    stet.press("Ctrl+Return")
    gold = stet.review.book.reviewing.gold
    document = stet.review.sides.document
    wanted = {"share": 62.5, "day": "2026-03", "topics": ["war"], "trust": "high", "who": {"id": "Q1", "title": "Ann"}}
    stet.wait(lambda: [a.attributes for a in gold(document).annotations.values()] == [wanted])


def test_the_reviewer_can_say_of_the_document_what_nobody_did(stet: ReviewDriver) -> None:
    stet.press("E")
    form = stet.review.card.form
    assert not form.findChild(QPushButton, "review-edit-range").isVisibleTo(form)
    assert not form.findChild(QLineEdit, "review-edit-correction").isVisibleTo(form)
    form.findChild(QLineEdit, "field-adequacy").setText("45")
    stet.press("Ctrl+Return")
    gold = stet.review.book.reviewing.gold
    document = stet.review.sides.document
    stet.wait(lambda: [a.attributes for a in gold(document).annotations.values()] == [{"adequacy": 45}])


def make_gold(stet: ReviewDriver, *uids: str) -> None:
    for uid in uids:
        stet.review.model.sort_by(stet.review.model.order, shown=Shown.ALL)
        seek(stet, uid)
        stet.press("Return")
    stet.review.model.sort_by(stet.review.model.order, shown=Shown.ALL)


def rows_of_gold(stet: ReviewDriver) -> list[str]:
    return [entry.words for entry in stet.review.card.relations.entries]


def test_a_relation_nobody_made_is_added_by_keys(stet: ReviewDriver) -> None:
    seek(stet, "a3")
    stet.press("L")
    assert "First decide this mark" in stet.message()
    make_gold(stet, "a2", "a3")
    stet.press("L")
    form = stet.review.card.relate
    assert "“" in form.findChild(QLabel, "review-relate-from").text()
    types = form.findChild(QComboBox, "review-relate-type")
    assert [types.itemText(at) for at in range(types.count())] == ["Because", "Like", "Same", "Aside"]
    stet.press("Tab", "Esc")
    assert not stet.review.card.is_editing
    seek(stet, "a3")
    stet.press("L", "Tab")
    stet.type("no such words")
    stet.press("Return")
    assert "Choose the mark" in form.findChild(QLabel, "review-relate-asks").text()
    form.findChild(QLineEdit, "review-relate-find").clear()
    stet.type("1234")
    form.findChild(QLineEdit, "field-hint").setText("mine")
    stet.press("Ctrl+Return")
    wanted = {("because", "32", "")}
    stet.wait(lambda: {tie for tie in ties(stet) if tie[0] == "because"} == wanted)
    assert "→ Because  “1234”  Fact" in rows_of_gold(stet)
    stet.press("Ctrl+Z")
    stet.wait(lambda: not any(tie[0] == "because" for tie in ties(stet)))
    stet.press("Ctrl+Shift+Z")
    stet.wait(lambda: {tie for tie in ties(stet) if tie[0] == "because"} == wanted)
    path = stet.session.path
    stet.quit()
    stet.start(path, annotator="Rina")
    stet.go()
    stet.review.model.sort_by(stet.review.model.order, shown=Shown.ALL)
    seek(stet, "a3")
    stet.press("2")  # decided again, it keeps the relation
    stet.wait(lambda: {tie for tie in ties(stet) if tie[0] == "because"} == wanted)
    seek(stet, "a3")
    stet.press("Shift+R", "Delete")
    stet.wait(lambda: not any(tie[0] == "because" for tie in ties(stet)))
    stet.press("Esc", "Ctrl+Z")
    stet.wait(lambda: {tie for tie in ties(stet) if tie[0] == "because"} == wanted)


def test_a_relation_nobody_made_is_added_by_mouse(stet: ReviewDriver) -> None:
    make_gold(stet, "a2", "a3")
    seek(stet, "a3")
    stet.click("button-review.relate")
    canvas = stet.review.text.canvas
    click(canvas, canvas.viewport_rects(22, 23)[0].center())
    stet.settle()
    stet.click("review-relate-accept")
    stet.wait(lambda: ("because", "32", "") in ties(stet))
    assert "→ Because  “1234”  Fact" in rows_of_gold(stet)
    stet.click("gold-relation-reverse")
    stet.wait(lambda: ("because", "23", "") in ties(stet))
    comment = stet.review.card.relations.findChild(QLineEdit, "field-gold-relation-comment")
    comment.setFocus()
    stet.type("so")
    stet.press("Return")
    stet.wait(lambda: ("because", "23", "so") in ties(stet))
    stet.click("gold-relation-delete")
    stet.wait(lambda: not any(tie[0] == "because" for tie in ties(stet)))


def test_the_document_is_labelled_where_nobody_did(stet: ReviewDriver) -> None:
    make_gold(stet, "a2")
    stet.press("B")
    assert "Somebody said what the document is" in stet.message()
    bare = add_documents(stet.session, {"bare.txt": TEXT})[0]
    for who in ("ana", "ben"):
        edits = Batch((AddAnnotation(claim(f"{who[0]}51", (0, 3))), SetStatus(Status.DONE)))
        stet.session.become(who)
        stet.session.perform(SetEdit(bare, who, edits), title="Work")
    stet.session.become("Rina")
    stet.wait(lambda: stet.review.book.is_loaded and bare in stet.review.book.sheets)
    stet.settle()
    stet.review.model.sort_by(stet.review.model.order, shown=Shown.ALL)
    seek(stet, "a51")
    stet.press("B")
    form = stet.review.card.form
    labels = form.findChild(QComboBox, "review-edit-label")
    assert [labels.itemText(at) for at in range(labels.count())] == ["Spun", "Sound"]
    stet.press("Down")
    form.findChild(QLineEdit, "field-adequacy").setText("45")
    stet.press("Ctrl+Return")
    gold = stet.review.book.reviewing.gold

    def said() -> list[tuple]:
        return [(a.label, a.attributes) for a in gold(bare).annotations.values() if a.layer == "article"]

    stet.wait(lambda: said() == [("SOUND", {"adequacy": 45})])
    assert "Gold says: Article: Sound, Adequacy 45" in stet.shown("review-about")
    stet.click("review-say-about")  # and it is changed
    labels.setCurrentIndex(0)
    stet.click("review-edit-accept")
    stet.wait(lambda: said() == [("SPUN", {"adequacy": 45})])
    stet.press("Ctrl+Z")
    stet.wait(lambda: said() == [("SOUND", {"adequacy": 45})])
    stet.press("Ctrl+Z")
    stet.wait(lambda: said() == [])
    assert stet.shown("review-about") == ""


def test_the_reviewer_divides_evidence_into_sets(stet: ReviewDriver) -> None:
    (reference,) = add_documents(stet.session, {"ref.txt": TEXT})
    proofs = tuple(
        msgspec.structs.replace(proof(at, at + 3, document=reference), quote=TEXT[at : at + 3]) for at in (0, 10)
    )
    document = stet.review.sides.document
    for who in ("ana", "ben"):
        changed = claim(f"{who[0]}1", evidence=proofs, topics=["war"])
        stet.session.perform(SetEdit(document, who, Batch((ReplaceAnnotation(changed),))), title="Prove")
    stet.wait(lambda: stet.review.book.is_loaded)
    stet.settle()
    stet.review.model.sort_by(stet.review.model.order, shown=Shown.ALL)
    seek(stet, "a1")
    stet.press("E")
    form = stet.review.card.form
    first, second = form.findChildren(QComboBox, "review-edit-set")
    assert (first.currentText(), second.currentText(), second.count()) == ("set 1", "set 1", 2)
    second.setCurrentIndex(1)
    stet.press("Ctrl+Return")
    gold = stet.review.book.reviewing.gold
    wanted = [[(0, 1), (10, 2)]]
    stet.wait(
        lambda: [[(e.start, e.alternative) for e in a.evidence] for a in gold(document).annotations.values()] == wanted
    )

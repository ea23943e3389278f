"""What a scheme can say, said by keyboard and by mouse in a bundle: undone and redone through a restart, merged,
exported and imported into another project, where it is the same.
"""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from click.testing import CliRunner
from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, Qt
from PySide6.QtGui import QContextMenuEvent, QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractSlider, QApplication, QComboBox, QMenu, QSlider, QWidget
from pytestqt.qtbot import QtBot

from app.cli.main import cli
from app.jobs.tasks.bundle import write_bundles
from app.jobs.tasks.merge import merge_files
from app.session.session import Session
from app.ui.editor.arc_paint import handle_of
from app.ui.editor.canvas import TextCanvas
from app.ui.panels.evidence_card import EvidenceCard
from app.ui.widgets.value_fields import EntityField
from tests.driver import Driver
from tests.e2e import rich_scheme

RELATIONS = """
[[relation]]
id = "speaks_with"
key = "w"
source = ["entity"]
target = ["entity"]

[[relation.attribute]]
id = "sure"
kind = "scale"
value = [{id = "no"}, {id = "yes"}]

[[relation]]
id = "same"
key = "m"
chain = true
source = ["entity"]
target = ["entity"]
"""
POPUP = pytest.mark.qt_log_ignore("This plugin does not support grabbing", extend=True)
LEFT, PLAIN = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier


class Desk(Driver):
    """The window over a project whose scheme says all that a scheme can say."""

    def said(self) -> tuple[object, object]:
        """Return the marks and the relations of the open document."""
        state = self.session.state
        assert state is not None
        return dict(state.annotations), dict(state.relations)

    # -- the mouse alone -----------------------------------------------------------------------------------------------

    def sweep(self, words: str, canvas: TextCanvas | None = None) -> None:
        """Drag over words."""
        canvas = canvas if canvas is not None else self.workspace.text.canvas
        at = canvas.text.index(words)
        canvas.scroll_to(at)
        rects = canvas.viewport_rects(at, at + len(words))
        self.drag(canvas, rects[0].center().toPoint() - QPoint(int(rects[0].width() / 2) - 2, 0), end_of(rects[-1]))
        assert canvas.text[slice(*canvas.view.selection)] == words

    def drag(self, canvas: TextCanvas, start: QPoint, end: QPoint) -> None:
        """Press, move and let go."""
        viewport = canvas.viewport()
        QTest.mousePress(viewport, LEFT, PLAIN, start)
        for stop in ((start + end) / 2, end):
            at = QPointF(stop)
            move = QMouseEvent(
                QEvent.Type.MouseMove, at, viewport.mapToGlobal(at), Qt.MouseButton.NoButton, LEFT, PLAIN
            )
            QApplication.sendEvent(viewport, move)
        QTest.mouseRelease(viewport, LEFT, PLAIN, end)
        self.settle()

    def middle(self, words: str) -> QPoint:
        """Return the middle of words of the text, in pixels of the canvas."""
        canvas = self.workspace.text.canvas
        at = canvas.text.index(words)
        return canvas.viewport_rects(at, at + len(words))[0].center().toPoint()

    def click_words(self, words: str) -> None:
        """Click on words of the text."""
        QTest.mouseClick(self.workspace.text.canvas.viewport(), LEFT, PLAIN, self.middle(words))
        self.workspace.chosen.show()
        self.settle()

    def right_click(self, words: str, canvas: TextCanvas, action: str) -> None:
        """Right click on words, and click an entry of the menu."""
        at = canvas.viewport_rects(canvas.text.index(words), canvas.text.index(words) + 2)[0].center().toPoint()
        reason = QContextMenuEvent.Reason.Mouse
        event = QContextMenuEvent(reason, at, canvas.viewport().mapToGlobal(at))
        QApplication.sendEvent(canvas.viewport(), event)
        self.pick(action)

    def pick(self, name: str) -> None:
        """Click an entry of the open menu, by its object name or its text."""
        menu = QApplication.activePopupWidget()
        assert isinstance(menu, QMenu)
        entry = next(e for e in menu.actions() if name in (e.objectName(), e.text().split("\t")[0].replace("&", "")))
        QTest.mouseClick(menu, LEFT, PLAIN, menu.actionGeometry(entry).center())
        self.settle()

    def in_form(self, name: str) -> QWidget:
        """Return a part of the form beside the text."""
        self.workspace.chosen.show()
        self.settle()
        inspector = self.workspace.inspector
        assert inspector.form is not None
        found = inspector.form.findChild(QWidget, name) or inspector.relations.findChild(QWidget, name)
        assert found is not None, name
        return found

    def click_in_form(self, name: str) -> None:
        """Click the middle of a part of the form."""
        part = self.in_form(name)
        QTest.mouseClick(part, LEFT, PLAIN, QPoint(8, part.height() // 2))
        self.settle()

    def choose_in(self, combo: QComboBox, shown: str) -> None:
        """Choose what a box shows from its list."""
        combo.showPopup()
        row = next(at for at in range(combo.count()) if combo.itemText(at).startswith(shown))
        view = combo.view()
        QTest.mouseClick(view.viewport(), LEFT, PLAIN, view.visualRect(view.model().index(row, 0)).center())
        self.settle()


def end_of(rect: QRectF) -> QPoint:
    """Return a place just inside of the right end of a rectangle."""
    return QPoint(int(rect.right()) - 1, int(rect.center().y()))


# -- sittings ----------------------------------------------------------------------------------------------------------


def relations_by_keys(desk: Desk) -> None:
    for words in ("Donald Trump", "Puttin", "They"):
        desk.mark(words, "F2", "C")
    desk.press("Esc", "Esc", "Ctrl+Home")  # the mark that the caret stands in is chosen
    assert desk.chosen is not None
    assert desk.chosen.quote == "Donald Trump"
    desk.press("W", "Tab", "Return", "Alt+Shift+R", "Tab", "Tab", "Space", "Esc")
    desk.press("M", "Tab", "Tab", "Return")


def relations_by_mouse(desk: Desk) -> None:
    for words in ("Donald Trump", "Puttin"):
        desk.sweep(words)
        desk.click("label.entity.PERSON")
    desk.click_words("Donald Trump")
    canvas = desk.workspace.text.canvas
    assert canvas.handle is not None
    at = handle_of(canvas.text_layout, *canvas.handle[:2])
    assert at is not None
    desk.drag(canvas, (at - canvas.content_point(QPointF(0, 0))).toPoint(), desk.middle("Puttin"))
    desk.pick("Speaks with")
    desk.click_in_form("field-relation-sure-yes")
    desk.click_in_form("relation-reverse")


def document_by_keys(desk: Desk) -> None:
    desk.focus_text()
    desk.press("F10", "X", "Alt+C")
    desk.type("half of it is missing")
    desk.press("Return", "F11")
    desk.click("document-quality-quality")
    desk.in_form("field-adequacy").setFocus()
    desk.type("70")
    desk.press("Return")


def document_by_mouse(desk: Desk) -> None:
    desk.click("document-article-SPUN")
    desk.click("document-article-SOUND")
    desk.click("document-quality-quality")
    slider = desk.in_form("field-adequacy-slider")
    assert isinstance(slider, QSlider)
    slider.triggerAction(QAbstractSlider.SliderAction.SliderPageStepAdd)  # as a click beside the handle does
    desk.settle()


def fields_by_keys(desk: Desk) -> None:
    desk.mark("Donald Trump", "F2", "C")
    for name, text in (("field-born", "1946-06"), ("field-who", "Donald Trump")):
        desk.in_form(name).setFocus()
        desk.type(text)
        desk.press("Return")
    desk.in_form("field-roles-head").setFocus()
    desk.press("Space")
    desk.find("Washington")
    desk.press("F2", "P", "C")
    desk.in_form("field-size").setFocus()
    desk.type("700 000")
    desk.press("Return")
    desk.mark("spoke for two days", "F3", "C")
    desk.in_form("field-trust-rather").setFocus()
    desk.press("Space")


def fields_by_mouse(desk: Desk) -> None:
    desk.sweep("Donald Trump")
    desk.click("label.entity.PERSON")
    for box in ("field-roles-party", "field-roles-head"):
        desk.click_in_form(box)
    who = desk.in_form("field-who")
    assert isinstance(who, EntityField)
    QTest.mouseClick(who, LEFT)
    names = who.completer().popup()
    desk.wait(names.isVisible)
    QTest.mouseClick(names.viewport(), LEFT, PLAIN, names.visualRect(names.model().index(1, 0)).center())
    desk.wait(lambda: desk.chosen is not None and "who" in desk.chosen.attributes)
    desk.target()  # the window has the keyboard again
    desk.click("layer.claim")
    desk.sweep("spoke for two days")
    desk.click("label.claim.CLAIM")
    desk.click_in_form("field-trust-very")


def tree_by_keys(desk: Desk) -> None:
    desk.find("Washington")
    desk.press("F2", "P", "Esc", "P", "C")
    desk.find("Puttin")
    desk.press("F2", "P", "Return", "P", "P")


def tree_by_mouse(desk: Desk) -> None:
    desk.sweep("Washington")
    for label in ("PLACE", "CITY"):
        desk.click(f"label.entity.{label}")
    combo = desk.in_form("field-label")
    assert isinstance(combo, QComboBox)
    desk.choose_in(combo, "Place › Country")


def sets_by_keys(desk: Desk) -> None:
    desk.mark("spoke for two days", "F3", "C")
    for words, key in (("two hours", "K"), ("Both sides", "Alt+Shift+K"), ("confirmed it", "K")):
        desk.press("Ctrl+Shift+F")
        desk.fill("reference-pane-find-line", words)
        desk.press("Return", key)
    desk.mark("called Puttin", "F3", "C")
    desk.press("N")


def sets_by_mouse(desk: Desk) -> None:
    desk.target()  # the window has the keyboard again
    desk.click("layer.claim")
    desk.sweep("spoke for two days")
    desk.click("label.claim.CLAIM")
    reference = desk.workspace.reference.canvas
    for words, entry in (
        ("two hours", "evidence.link"),
        ("Both sides", "evidence.link-other-set"),
        ("confirmed it", "evidence.link"),
    ):
        desk.sweep(words, reference)
        desk.right_click(words, reference, entry)
    desk.workspace.chosen.show()
    desk.settle()
    card = desk.workspace.inspector.findChildren(EvidenceCard)[0]
    stance = card.findChild(QComboBox, "evidence-stance")
    assert stance is not None
    desk.choose_in(stance, "supports")


def test_tab_goes_through_the_form_as_it_is_laid_out(stet: Desk, tmp_path: Path) -> None:
    stet.start(rich_scheme.make(tmp_path, more=RELATIONS), annotator="Ana")
    sets_by_keys(stet)
    relations_by_keys(stet)
    stet.click_words("Donald Trump")
    stet.in_form("field-label").setFocus()
    assert tabbed(stet, 12) == [
        *("field-comment", "field-who", "field-roles-head", "field-roles-spouse", "field-roles-party", "field-born"),
        *("relations-list", "field-relation-type", "field-relation-sure-no", "field-relation-sure-yes"),
        *("field-relation-comment", "relation-jump"),
    ]
    stet.click_words("spoke for two days")
    stet.in_form("field-label").setFocus()
    card = ["evidence-jump", "evidence-remove", "evidence-set", "evidence-stance"]
    assert tabbed(stet, 17) == [
        *("field-comment", "evidence-find", *card, *card, *card),
        *("field-evidence_status", "field-trust-not", "field-trust-rather"),
    ]
    stet.press("Shift+Tab", "Shift+Tab", "Shift+Tab")
    assert stet.target().accessibleName() == "Stance of evidence confirmed it"
    stet.in_form("field-trust-very").setFocus()
    assert tabbed(stet, 1) == ["marks-filter"]


def tabbed(stet: Desk, times: int) -> list[str]:
    """Press Tab so often; return where one comes to."""
    found: list[str] = []
    for _ in range(times):
        stet.press("Tab")
        found.append(stet.target().objectName())
    return found


class Sitting(NamedTuple):
    """Something that is said, and what the exported file then holds."""

    act: Callable[[Desk], None]
    holds: tuple[str, ...]


SITTINGS = {
    "relations, keys": Sitting(relations_by_keys, ('"label":"speaks_with"', '"label":"same"', '"sure":"no"')),
    "relations, mouse": Sitting(relations_by_mouse, ('"label":"speaks_with"', '"sure":"yes"')),
    "document, keys": Sitting(document_by_keys, ('"label":"UNCLEAR"', '"comment":"half of it', '"adequacy":70')),
    "document, mouse": Sitting(document_by_mouse, ('"label":"SOUND"', '"adequacy":10')),
    "fields, keys": Sitting(
        fields_by_keys,
        ('"born":"1946-06"', '{"id":"Q22686","title":"Donald Trump"}', '"head"', '"size":700000', '"trust":"rather"'),
    ),
    "fields, mouse": Sitting(fields_by_mouse, ('["head","party"]', '"id":"Q7747"', '"trust":"very"')),
    "tree, keys": Sitting(tree_by_keys, ('"label":"CITY"', '"label":"COUNTRY"')),
    "tree, mouse": Sitting(tree_by_mouse, ('"label":"COUNTRY"',)),
    "sets, keys": Sitting(sets_by_keys, ('"quote":"confirmed it"', '"set":2', "NONE_FOUND")),
    "sets, mouse": Sitting(sets_by_mouse, ('"stance":"supports"', '"set":2')),
}


@pytest.fixture
def team(tmp_path: Path) -> tuple[Path, Path]:
    """The lead's project, and Ana's bundle of it."""
    project = rich_scheme.make(tmp_path, more=RELATIONS)
    session = Session.open(project, annotator="lead")
    folder = tmp_path / "out"
    folder.mkdir()
    (written,) = write_bundles(session, folder, ["Ana"])
    session.close()
    (folder / "people.csv").write_text(rich_scheme.PEOPLE, encoding="utf-8")
    return project, written.path


@pytest.fixture
def stet(qtbot: QtBot) -> Iterator[Desk]:
    driver = Desk(qtbot)
    yield driver
    driver.quit()


@POPUP
@pytest.mark.parametrize("name", SITTINGS)
def test_what_is_said_is_the_same_everywhere(stet: Desk, team: tuple[Path, Path], tmp_path: Path, name: str) -> None:
    project, bundle = team
    stet.start(bundle, annotator="Ana")
    before = stet.said()
    assert before == ({}, {})
    SITTINGS[name].act(stet)
    said = stet.said()
    steps = undo_all(stet)
    assert stet.said() == before
    stet.press(*["Ctrl+Shift+Z"] * steps)
    assert stet.said() == said
    stet.press(*["Ctrl+Z"] * steps)
    stet.quit()
    stet.start(bundle, annotator="Ana")
    assert stet.said() == before
    stet.focus_text()
    stet.press(*["Ctrl+Shift+Z"] * steps)
    assert stet.said() == said
    stet.quit()
    assert merged(project, bundle) == said
    exported = lines(project, tmp_path / "one.jsonl")
    assert [words for words in SITTINGS[name].holds if words not in exported] == []
    (tmp_path / "other").mkdir()
    other = rich_scheme.make(tmp_path / "other", more=RELATIONS)
    assert run("import", other, tmp_path / "one.jsonl").startswith("imported")
    assert lines(other, tmp_path / "two.jsonl") == exported


def undo_all(stet: Desk) -> int:
    """Undo all that was done here; return how many steps that takes."""
    stet.press("Esc", "Esc")
    stet.focus_text()
    steps = 0
    while stet.session.undo_title() is not None:
        stet.press("Ctrl+Z")
        steps += 1
        assert steps < 40
    return steps


def merged(project: Path, bundle: Path) -> tuple[object, object]:
    """Merge what was done in a bundle; return what the project then says of Ana's first document."""
    session = Session.open(project, annotator="lead")
    assert merge_files(session, [bundle]).changes_anything
    assert not merge_files(session, [bundle]).changes_anything
    state = session.executor.load("1.txt", "Ana")
    session.close()
    return dict(state.annotations), dict(state.relations)


def lines(project: Path, out: Path) -> str:
    """Return the project as JSONL."""
    run("export", project, out)
    return out.read_text(encoding="utf-8")


def run(*words: object) -> str:
    done = CliRunner().invoke(cli, [*map(str, words)])
    assert done.exit_code == 0, done.output
    return done.output

"""The catalogue of actions is whole: each has an id, a title, a key of its own, and somebody who does it."""

import re
from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSpinBox,
    QComboBox,
    QLineEdit,
    QPlainTextEdit,
    QTreeWidget,
    QTreeWidgetItem,
    QWidget,
)
from pytestqt.qtbot import QtBot

from app import paths
from app.core.errors import SchemeError
from app.core.scheme_file import parse_scheme
from app.ui.actions.catalogue import CATALOGUE, ActionSpec, Context, Needs, clashes, scheme_actions
from app.ui.actions.registry import ActionRegistry, portable
from app.ui.editor.canvas import TextCanvas
from app.ui.editor.motions import MOTIONS
from tests.conftest import SHIPPED, scheme_source
from tests.driver import Driver


def specs_of(scheme: str) -> tuple[ActionSpec, ...]:
    return (*CATALOGUE, *scheme_actions(parse_scheme(scheme_source(scheme))))


@pytest.fixture
def stet(qtbot: QtBot) -> Iterator[Driver]:
    """The program with the sample open, a mark chosen."""
    driver = Driver(qtbot)
    driver.start(annotator="Ana", sample=True)
    driver.wait(lambda: driver.window.desk.workspace is not None)
    driver.press("Tab")
    driver.wait(lambda: driver.workspace.inspector.form is not None)
    yield driver
    driver.quit()


@pytest.mark.parametrize("scheme", SHIPPED)
def test_ids_are_unique_and_titles_are_there(scheme: str) -> None:
    specs = specs_of(scheme)
    ids = [spec.id for spec in specs]
    assert len(ids) == len(set(ids))
    assert all(spec.title.strip() and spec.group.strip() for spec in specs)
    titles = [spec.title for spec in CATALOGUE]
    assert len(titles) == len(set(titles))


@pytest.mark.parametrize("scheme", SHIPPED)
def test_no_two_actions_want_one_key(scheme: str) -> None:
    specs = specs_of(scheme)
    assert clashes(specs) == []
    # And not by two spellings of one key either.
    assert clashes(tuple(spec._replace(keys=tuple(map(portable, spec.keys))) for spec in specs)) == []


def test_every_key_is_written_as_a_pressed_key_is() -> None:
    written = {key for scheme in SHIPPED for spec in specs_of(scheme) for key in spec.keys}
    assert {key for key in written if portable(key) != key} == set()


@pytest.mark.parametrize(
    ("one", "other", "clash"),
    [
        (ActionSpec("a", "A", "g", ("F2",)), ActionSpec("b", "B", "g", ("F2",)), True),
        (ActionSpec("a", "A", "g", ("K",), Context.TEXT), ActionSpec("b", "B", "g", ("K",), Context.TEXT), True),
        (ActionSpec("a", "A", "g", ("F2",)), ActionSpec("b", "B", "g", ("F2",), Context.TEXT), True),
        (
            ActionSpec("label.x.A", "A", "g", ("R",), scope="x/"),
            ActionSpec("label.x.B", "B", "g", ("R",), scope="x/"),
            True,
        ),
        (
            ActionSpec("label.x.A", "A", "g", ("R",), scope="x/"),
            ActionSpec("label.y.B", "B", "g", ("R",), scope="y/"),
            False,
        ),
        (ActionSpec("label.x.A", "A", "g", ("R",), scope="x/"), ActionSpec("b", "B", "g", ("R",), Context.TEXT), True),
        (
            ActionSpec("label.x.A", "A", "g", ("R",), scope="x/"),
            ActionSpec("label.x.B", "B", "g", ("R",), scope="x/A"),
            False,
        ),
        (ActionSpec("a", "A", "g", ("F2", "F3")), ActionSpec("b", "B", "g", ("F4", "F3")), True),
        (ActionSpec("a", "A", "g"), ActionSpec("b", "B", "g"), False),
    ],
)
def test_a_clash_is_seen_from_both_sides(one: ActionSpec, other: ActionSpec, clash: bool) -> None:
    assert bool(clashes((one, other))) is clash
    assert bool(clashes((other, one))) is clash


def test_a_key_of_the_window_is_none_that_types_a_letter() -> None:
    for spec in CATALOGUE:
        for key in spec.keys if spec.context is Context.WINDOW else ():
            assert "+" in key or key.startswith("F"), (spec.id, key)


_FUNCTION_KEYS = [spec.keys[0] for spec in CATALOGUE if spec.keys and spec.keys[0] in {f"F{n}" for n in range(1, 13)}]


@pytest.mark.parametrize("key", _FUNCTION_KEYS)
def test_a_scheme_cannot_take_a_function_key_of_the_program(key: str) -> None:
    with pytest.raises(SchemeError, match=f"key “{key}” is already used for “.+”"):
        parse_scheme(scheme_source("ner").replace('key = "F2"', f'key = "{key}"'))


@pytest.mark.parametrize("key", ["k", "U", "."])
def test_a_scheme_cannot_take_a_letter_of_the_program(key: str) -> None:
    with pytest.raises(SchemeError, match="already"):
        parse_scheme(scheme_source("ner").replace('key = "1"', f'key = "{key}"'))


def test_every_caret_motion_is_an_action_that_shift_extends() -> None:
    carets = {spec.id for spec in CATALOGUE if spec.id.startswith("caret.")}
    assert carets == {name for name in MOTIONS if name != "caret.word-end"}
    assert all(spec.extends is spec.id.startswith("caret.") for spec in CATALOGUE)


# -- in the window -----------------------------------------------------------------------------------------------------


def enabled(registry: ActionRegistry) -> set[Needs]:
    return {spec.needs for spec in registry.specs() if registry.action(spec.id).isEnabled()}


def test_every_action_is_bound_and_enabled_only_where_it_applies(stet: Driver) -> None:
    registry = stet.window.registry
    in_review = (Needs.REVIEW, Needs.GROUP, Needs.INSIGHTS)
    disabled = [spec for spec in registry.specs() if not registry.action(spec.id).isEnabled()]
    assert [spec.id for spec in disabled if spec.needs not in in_review] == []
    unbound = {spec.id for spec in registry.specs() if not registry.bound(spec.id)}
    stet.press("Ctrl+3")
    unbound &= {spec.id for spec in registry.specs() if not registry.bound(spec.id)}
    stet.wait(lambda: enabled(registry) == {Needs.NOTHING, Needs.PROJECT, Needs.INSIGHTS})
    stet.press("Ctrl+2")
    assert unbound & {spec.id for spec in registry.specs() if not registry.bound(spec.id)} == set()
    # What needs a group follows as soon as the first one was read.
    stet.wait(lambda: enabled(registry) - {Needs.GROUP} == {Needs.NOTHING, Needs.PROJECT, Needs.REVIEW})
    stet.press("Ctrl+1")


def test_every_action_stands_on_the_shortcuts_page(stet: Driver) -> None:
    stet.press("Ctrl+F1")
    tree = stet.dialog("shortcuts-dialog").findChild(QTreeWidget, "shortcuts-tree")
    groups = [tree.topLevelItem(at) for at in range(tree.topLevelItemCount())]
    rows: list[QTreeWidgetItem] = [group.child(at) for group in groups for at in range(group.childCount())]
    listed = {row.data(0, Qt.ItemDataRole.UserRole): row.text(0) for row in rows}
    assert listed == {spec.id: spec.title for spec in stet.window.registry.specs()}
    stet.press("Esc")


def interactive(window: QWidget) -> list[QWidget]:
    kinds = (QAbstractButton, QAbstractItemView, QAbstractSpinBox, QComboBox, QLineEdit, QPlainTextEdit, TextCanvas)
    found = [widget for widget in window.findChildren(QWidget) if isinstance(widget, kinds)]
    # What Qt puts inside of its own widgets: the cross of a search line, the list of a box, the corner of a tree.
    own = [widget for widget in found if not widget.objectName().startswith("qt_")]
    inside = {"QLineEdit", "QComboBoxPrivateContainer"}
    return [widget for widget in own if widget.parentWidget().metaObject().className() not in inside]


def test_every_control_has_an_object_name_and_accessible_name(stet: Driver) -> None:
    found = interactive(stet.window)
    assert len(found) > 30
    nameless = [f"{type(w).__name__} in {w.parentWidget().objectName()}" for w in found if not w.objectName()]
    # A button that shows nothing yet, as there is nothing to offer, has nothing to say.
    used = [w for w in found if not (isinstance(w, QAbstractButton) and not w.text())]
    silent = [w.objectName() for w in used if not w.accessibleName()]
    assert (nameless, silent) == ([], [])
    names = [w.objectName() for w in found if w.isVisible()]
    assert sorted(names) == sorted(set(names))


def test_f6_goes_through_every_pane_and_comes_round(stet: Driver) -> None:
    panes = stet.workspace.panes()
    seen = []
    for _ in panes:
        stet.press("F6")
        owner = stet.target()
        seen.append(next(at for at, pane in enumerate(panes) if owner is pane or pane.isAncestorOf(owner)))
    assert sorted(seen) == list(range(len(panes)))


def test_tab_leaves_no_field_of_the_inspector_out(stet: Driver) -> None:
    form = stet.workspace.inspector.form
    while not form.isAncestorOf(stet.target()):
        stet.press("F6")
    by_tab = Qt.FocusPolicy.TabFocus
    wanted = {w for w in interactive(form) if w.isVisible() and w.isEnabled() and w.focusPolicy() & by_tab}
    reached = set()
    for _ in range(40):
        reached.add(stet.target())
        stet.press("Tab")
    assert wanted <= reached


def test_the_keys_in_the_help_are_keys_of_commands() -> None:
    known = {portable(key) for scheme in SHIPPED for spec in specs_of(scheme) for key in spec.keys}
    for page in sorted((paths.resources() / "help").glob("*.md")):
        text = re.sub(r"```.*?```", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
        for key in re.findall(r"`((?:(?:Ctrl|Alt|Shift)\+)+(?:[A-Z]\w*|[^\w`])|F\d+)`", text):
            assert portable(key.replace("Enter", "Return")) in known, (page.name, key)

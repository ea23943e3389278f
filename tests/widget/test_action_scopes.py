"""Handlers of actions come and go with the scope they are bound in; the uppermost scope decides."""

from collections.abc import Callable

import pytest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from app.ui.actions.registry import ActionRegistry, ActionScope

ABOUT = "help.about"


class RecentWork:
    """A registry with a scope at the bottom, and a list of what was done."""

    def __init__(self, qtbot: QtBot) -> None:
        self.window = QWidget()
        qtbot.addWidget(self.window)
        self.registry = ActionRegistry(self.window, {})
        self.done: list[str] = []
        self.bottom = self.scope()
        self.bottom.bind(ABOUT, self.does("bottom"))
        self.bottom.push()

    def scope(self) -> ActionScope:
        return self.registry.scope()

    def does(self, what: str) -> Callable[[], None]:
        def handler() -> None:
            self.done.append(what)

        return handler

    def run(self, action: str = ABOUT) -> list[str]:
        """Run an action; return what that did."""
        self.done.clear()
        self.registry.run(action)
        return list(self.done)


@pytest.fixture
def sitting(qtbot: QtBot) -> RecentWork:
    return RecentWork(qtbot)


def test_a_scope_above_decides_until_it_is_popped(sitting: RecentWork) -> None:
    above = sitting.scope()
    above.bind(ABOUT, sitting.does("above"))
    assert sitting.run() == ["bottom"]
    above.push()
    assert sitting.run() == ["above"]
    above.pop()
    assert sitting.run() == ["bottom"]
    above.push()
    assert sitting.run() == ["above"]
    above.close()
    above.push()
    assert sitting.run() == ["bottom"]  # nothing is bound in it any more


def test_an_action_is_bound_once_in_a_scope(sitting: RecentWork) -> None:
    with pytest.raises(ValueError, match="help.about is bound twice"):
        sitting.bottom.bind(ABOUT, sitting.does("again"))
    sitting.bottom.bind_prefix("help.", sitting.done.append)
    with pytest.raises(ValueError, match=r"help.\* is bound twice"):
        sitting.bottom.bind_prefix("help.", sitting.done.append)
    with pytest.raises(ValueError, match="pushed already"):
        sitting.bottom.push()


def test_of_prefixes_the_longest_gets_the_rest(sitting: RecentWork) -> None:
    above = sitting.scope()
    above.bind_prefix("", sitting.done.append)
    above.bind_prefix("help.", sitting.done.append)
    above.push()
    assert sitting.run("help.about") == ["about"]
    assert sitting.run("view.theme") == ["view.theme"]


def test_only_what_someone_does_is_enabled(sitting: RecentWork) -> None:
    theme = sitting.registry.action("view.theme")
    assert not theme.isEnabled()
    above = sitting.scope()
    above.bind("view.theme", sitting.does("theme"))
    above.push()
    assert theme.isEnabled()
    above.close()
    assert not theme.isEnabled()
    sitting.bottom.bind("view.theme", sitting.does("theme"))  # in a scope that is pushed already
    assert theme.isEnabled()
    assert sitting.run("view.theme") == ["theme"]

"""How a command is reached in a test: by each of its keys, or by the palette if it has none."""

from collections.abc import Callable
from typing import NamedTuple, TypeVar

import pytest

from app.ui.actions.catalogue import CATALOGUE
from app.ui.actions.spec import ActionSpec
from tests.driver import Driver

T = TypeVar("T", bound=Callable[..., None])
BY_PALETTE = pytest.param("palette", marks=pytest.mark.slow)
"""The palette as the way to a command, where its keys are tried as well: it runs all commands alike."""


class Act(NamedTuple):
    """The one step that a test is about: a key pressed, or the palette, on an action that must be enabled."""

    driver: Driver
    id: str
    key: str

    def __call__(self) -> None:
        """Do it, and see that the key led to this action and no other."""
        assert self.driver.window is not None
        registry = self.driver.window.registry
        live = registry.action(self.id)
        assert live.isEnabled()
        ran: list[object] = []
        registry.about_to_run.connect(ran.append)
        if self.key:
            self.driver.press(self.key)
        else:
            self.driver.palette(live.spec.title)
        registry.about_to_run.disconnect(ran.append)
        wanted = [self.id] if self.key else ["view.palette", self.id]
        # The caret's keys may be held down: they go to the canvas without a stop on the way.
        assert ran == ([] if self.id.startswith("caret.") else wanted)

    def opens(self, dialog: str) -> None:
        """Do it, see the dialog that it opens, and close that by its key."""
        self()
        self.driver.dialog(dialog)
        self.driver.press("Esc")
        self.driver.wait(lambda: self.driver.find_dialog(dialog) is None)


class Rows(dict[str, Callable[..., None]]):
    """From the id of an action to the function that sets up, does it and looks what became of it."""

    def of(self, *ids: str) -> Callable[[T], T]:
        """Enter a function for actions."""

        def enter(function: T) -> T:
            for action in ids:
                assert action not in self, action
                self[action] = function
            return function

        return enter


def ways(*prefixes: str, besides: tuple[str, ...] = ()) -> list[tuple[str, str]]:
    """Return action and key of every way to each action whose id begins so (or doesn't begin as `besides`)."""
    specs = [spec for spec in CATALOGUE if spec.id.startswith(prefixes or "") and not spec.id.startswith(besides)]
    return [pair for spec in specs for pair in ways_of(spec)]


def ways_of(spec: ActionSpec) -> list[tuple[str, str]]:
    """Return the action with each of its keys; with none for the palette."""
    return [(spec.id, key) for key in spec.keys] or [(spec.id, "")]

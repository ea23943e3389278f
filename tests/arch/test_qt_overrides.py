"""Every method that Qt calls is guarded: an exception that leaves one can end the program (decision 0025)."""

import importlib
import pkgutil
from collections.abc import Iterator

from PySide6.QtCore import QObject, QSize
from PySide6.QtWidgets import QWidget

import app.jobs
import app.ui
from app.ui.guard import empty_value, guarded, is_guarded, overrides


def qt_classes() -> Iterator[type]:
    """Yield the classes of the program that Qt knows, and what they are made of, from the derived ones on."""
    for room in (app.ui, app.jobs):
        for found in pkgutil.walk_packages(room.__path__, f"{room.__name__}."):
            module = importlib.import_module(found.name)
            for thing in vars(module).values():
                if isinstance(thing, type) and thing.__module__ == module.__name__ and _is_qt(thing):
                    yield thing


def _is_qt(cls: type) -> bool:
    return any(base.__module__.startswith("PySide6") for base in cls.__mro__)


def unguarded(cls: type) -> list[str]:
    """Return the overrides of Qt methods, in a class or in a plain class that it is made of, which aren't guarded."""
    qt_names = {name for base in cls.__mro__ if base.__module__.startswith("PySide6") for name in vars(base)}
    own = (base for base in cls.__mro__ if base.__module__.startswith(("app.", "tests.")))
    return [
        f"{base.__qualname__}.{name}"
        for base in own
        for name, value in vars(base).items()
        if callable(value) and not name.startswith("__") and name in qt_names and not is_guarded(value)
    ]


def test_no_override_of_a_qt_method_is_unguarded() -> None:
    found = {f"{cls.__module__}: {name}" for cls in qt_classes() for name in unguarded(cls)}
    assert not found, f"decorate these classes with @guarded: {sorted(found)}"


def test_every_guarded_override_has_an_empty_value() -> None:
    checked = 0
    for cls in qt_classes():
        for name in overrides(cls):
            empty_value(vars(cls)[name])
            checked += 1
    assert checked > 100


def test_a_planted_override_is_found() -> None:
    class Plain(QWidget):
        def sizeHint(self) -> QSize:
            return QSize(1, 1)

    class Kept:
        def eventFilter(self, *_: object) -> bool:
            return False

    class Mixed(Kept, QObject):
        pass

    assert [name.rpartition(".")[2] for name in unguarded(Plain)] == ["sizeHint"]
    assert [name.rpartition(".")[2] for name in unguarded(Mixed)] == ["eventFilter"]
    assert unguarded(guarded(Plain)) == []

"""A sitting of thousands of actions before the window, and what it costs: memory, handles, threads, timers, time."""

import gc
import os
import random
import resource
import statistics
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QApplication, QComboBox

from app.jobs.runner import JobRunner
from tests.driver import Driver

_LABELS = "NRDQ"
# What goes through all documents, and takes time by their number; an import makes a checked copy of them first.
_OF_PROJECT = {"search", "workspace", "import", "export"}
_PATIENCE_MS = 120_000  # what the worker process takes to load spaCy on a machine that does much else


class Held(NamedTuple):
    """What the process holds: memory in MB, open files, threads, and the objects of Qt and of Python."""

    memory: float
    handles: int
    threads: int
    timers: int
    widgets: int
    qobjects: int
    objects: int

    @classmethod
    def now(cls) -> "Held":
        """Return what it holds once everything that may go has gone."""
        gc.collect()
        application = QApplication.instance()
        assert isinstance(application, QApplication)
        tops = [application, *application.topLevelWidgets()]
        living = [child for top in tops for child in top.findChildren(QObject)]
        return cls(
            memory=_resident(),
            handles=len(os.listdir("/proc/self/fd")) if os.path.isdir("/proc/self/fd") else 0,
            threads=threading.active_count(),
            timers=sum(isinstance(child, QTimer) for child in living),
            widgets=len(application.allWidgets()),
            qobjects=len(living),
            objects=len(gc.get_objects()) + gc.get_freeze_count(),
        )


class Endurance:
    """Does actions of all kinds in an order that chance gives, and keeps how long each took."""

    def __init__(self, stet: Driver, folder: Path, chance: random.Random) -> None:
        self._stet = stet
        self._folder = folder
        self._chance = chance
        self._brought_in = 0
        self._begun_with = stet.session.reader.documents.count()
        self.seconds: dict[str, list[float]] = {}
        """How long each action took, by kind; of `_OF_PROJECT` for each document."""
        self.held: list[Held] = []
        self.marks: list[int] = []
        """How many marks there were when `held` was looked at."""
        self._kinds: dict[str, tuple[int, Callable[[], None]]] = {
            "mark": (300, self._mark),
            "delete": (120, self._delete),
            "severity": (120, self._severity),
            "correct": (60, self._correct),
            "undo": (120, self._undo),
            "redo": (40, self._redo),
            "next mark": (80, self._next_mark),
            "move": (120, self._move),
            "document": (28, self._document),
            "find": (30, self._find),
            "palette": (10, self._palette),
            "dialog": (10, self._dialog),
            "search": (6, self._search),
            "workspace": (3, self._workspace),
            "import": (3, self._import),
            "export": (3, self._export),
        }

    def go(self, actions: int, *, look_every: int) -> None:
        """Do so many actions, and look at what the process holds every so many."""
        weights = [weight for weight, _ in self._kinds.values()]
        for number in range(actions):
            if number % look_every == 0:
                self._look()
            (kind,) = self._chance.choices(list(self._kinds), weights)
            self._stet.focus_text()
            began = time.perf_counter()
            self._kinds[kind][1]()
            took = time.perf_counter() - began
            self.seconds.setdefault(kind, []).append(took / self._documents if kind in _OF_PROJECT else took)
            self._stet.settle()
        self._look()

    @property
    def _documents(self) -> int:
        return self._begun_with + self._brought_in

    def counts(self) -> Counter[str]:
        """Return how often each kind of action was done."""
        return Counter({kind: len(taken) for kind, taken in self.seconds.items()})

    def slowdown(self) -> dict[str, float]:
        """Return the ratio of the median times of the last and the first tenth of each kind, where there are enough.

        Those of `_OF_PROJECT` are times for each document.
        """
        found: dict[str, float] = {}
        for kind, taken in self.seconds.items():
            tenth = len(taken) // 10
            if tenth >= 3:
                found[kind] = statistics.median(taken[-tenth:]) / statistics.median(taken[:tenth])
        return found

    def _look(self) -> None:
        self._wait_for_jobs()
        self.held.append(Held.now())
        reader = self._stet.session.project.reader
        self.marks.append(reader.execute("SELECT count(*) FROM annotation").fetchone()[0])

    def _wait_for_jobs(self) -> None:
        window = self._stet.window
        assert window is not None
        runners = window.findChildren(JobRunner)
        self._stet.qtbot.waitUntil(lambda: not any(runner.is_busy for runner in runners), timeout=_PATIENCE_MS)
        self._stet.settle()

    # -- actions -------------------------------------------------------------------------------------------------------

    def _mark(self) -> None:
        self._stet.press(*["Ctrl+Right"] * self._chance.randrange(1, 4), "Ctrl+Shift+Right")
        self._stet.press("F4", self._chance.choice(_LABELS), "Esc")

    def _delete(self) -> None:
        self._stet.press("Tab")
        if self._stet.chosen is not None:
            self._stet.press("Backspace")

    def _severity(self) -> None:
        self._stet.press("Tab")
        if self._stet.chosen is not None:
            self._stet.press(f"Alt+{self._chance.randrange(4)}")

    def _correct(self) -> None:
        self._stet.press("Tab")
        if self._stet.chosen is not None:
            self._stet.press("Return")
            self._stet.type(self._chance.choice(("Putin", "two", "x")))
            self._stet.press("Return")
        self._stet.press("Esc")

    def _undo(self) -> None:
        if self._stet.session.undo_title() is not None:
            self._stet.press("Ctrl+Z")
            self._wait_for_jobs()

    def _redo(self) -> None:
        if self._stet.session.redo_title() is not None:
            self._stet.press("Ctrl+Shift+Z")
            self._wait_for_jobs()

    def _next_mark(self) -> None:
        self._stet.press("Tab", "Shift+Tab")

    def _move(self) -> None:
        self._stet.press(*self._chance.choices(("Ctrl+Right", "Down", "Up", "Ctrl+Home", "Ctrl+End", "PgDown"), k=3))

    def _document(self) -> None:
        self._stet.press(self._chance.choice(("Ctrl+PgDown", "Ctrl+PgUp")))

    def _find(self) -> None:
        self._stet.press("Ctrl+F")
        self._stet.type("the")
        self._stet.press("Return", "Esc")

    def _palette(self) -> None:
        self._stet.press("Ctrl+K")
        self._stet.dialog("palette")
        self._stet.type(self._chance.choice(("undo", "about", "sever")))
        self._stet.press("Esc")

    def _dialog(self) -> None:
        key, name = self._chance.choice((("Ctrl+F1", "shortcuts-dialog"), ("Ctrl+,", "settings-dialog")))
        self._stet.press(key)
        self._stet.dialog(name).reject()

    def _search(self) -> None:
        self._stet.press("Ctrl+Shift+H")
        self._stet.dialog("concordance-dialog")
        self._stet.fill("concordance-line", "the")
        self._stet.press("Return")
        self._wait_for_jobs()
        self._stet.dialog("concordance-dialog").reject()

    def _workspace(self) -> None:
        self._stet.press("Ctrl+2")
        self._wait_for_jobs()
        self._stet.press("Ctrl+3")
        self._wait_for_jobs()
        self._stet.press("Ctrl+1")

    def _import(self) -> None:
        self._brought_in += 1
        file = self._folder / f"later{self._brought_in}.txt"
        file.write_text(f"A text that came as number {self._brought_in}, of some words.\n" * 30, encoding="utf-8")
        before = self._stet.session.log.next_saved_sequence()
        self._stet.drop(file)
        self._stet.wait(lambda: self._stet.session.log.next_saved_sequence() > before)
        self._wait_for_jobs()

    def _export(self) -> None:
        for file in self._folder.rglob("*.export.jsonl"):
            file.unlink()
        self._stet.press("Ctrl+Shift+E")
        formats = self._stet.dialog("export-dialog").findChild(QComboBox, "export-format")
        assert formats is not None
        formats.setCurrentIndex(formats.findData("stet"))
        self._wait_for_jobs()
        self._stet.click("export-dialog-accept")
        self._wait_for_jobs()
        self._stet.report()


def _resident() -> float:
    """Return the memory that the process holds now, in MB; the most it ever held where the system says no more."""
    statm = Path("/proc/self/statm")
    if statm.exists():
        return int(statm.read_text().split()[1]) * resource.getpagesize() / 1e6
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1e6 if sys.platform == "darwin" else 1e3)

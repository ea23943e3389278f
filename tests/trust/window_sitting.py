"""A person's sitting before the real window, in a process that may be killed: each action is said once it is committed.

What is said goes through the system's pipe or file at once, so a kill can't take it back.
"""

import hashlib
import json
import os
import random
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple, cast

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QApplication, QDialog, QLabel, QWidget
from pytestqt.qtbot import QtBot

from app.jobs.runner import JobRunner
from app.session.session import Session
from app.storage.errors import StorageFault
from tests.driver import Driver
from tests.trust.fork_server import wait
from tests.trust.project_content import content_of, work_of

_PATIENCE_S = 60.0


class Said(NamedTuple):
    """What a sitting says after an action: the newest action of the log, and digests of all and of the work."""

    sequence: int
    everything: str
    work: str

    @classmethod
    def now(cls, session: Session) -> "Said":
        """Return how a project stands."""
        rows = session.project.reader
        said = (content_of(rows, exactly=True), work_of(rows))
        digests = (hashlib.sha256(json.dumps(each).encode()).hexdigest() for each in said)
        return cls(session.log.next_sequence() - 1, *digests)

    @classmethod
    def of(cls, path: Path) -> "Said":
        """Return how a project stands that nobody has open."""
        session = Session.open(path, annotator="ana")
        try:
            return cls.now(session)
        finally:
            session.close()


class _Waiter:
    """Waits as pytest-qt does, where there is no test."""

    def waitExposed(self, _window: QWidget) -> None:  # noqa: N802  as pytest-qt calls it
        QCoreApplication.processEvents()

    def waitUntil(self, condition: Callable[[], object], timeout: int = 0) -> None:  # noqa: ARG002, N802
        end = time.monotonic() + _PATIENCE_S
        while not condition():
            assert time.monotonic() < end, "it never came true"
            self.wait(1)

    def wait(self, milliseconds: int) -> None:
        QCoreApplication.processEvents()
        time.sleep(milliseconds / 1000)


class Sitting:
    """What is done in a sitting, by keys; the seed says what and in which order."""

    def __init__(self, stet: Driver, chance: random.Random) -> None:
        self._stet = stet
        self._chance = chance

    def wait_for_jobs(self) -> None:
        """Wait until nothing runs in the background."""
        window = self._stet.window
        assert window is not None
        self._stet.wait(lambda: not any(runner.is_busy for runner in window.findChildren(JobRunner)))
        self._stet.settle()

    def close_dialogs(self) -> None:
        """Read what a dialog tells that nobody asked for, such as that a copy failed, and close it."""
        for dialog in QApplication.topLevelWidgets():
            if isinstance(dialog, QDialog) and dialog.isVisible():
                dialog.reject()
        self._stet.settle()

    def mark(self) -> None:
        """Mark words that aren't marked yet, correct a mark, or take something back."""
        stet, chance = self._stet, self._chance
        kind = chance.choice("mmmmmcsruyndx")
        stet.focus_text()
        if kind == "m":
            self._mark_words()
        elif kind == "c" and stet.chosen is not None:
            stet.correct(chance.choice(("president", "two hours", "Putin", "prisoner exchange")))
        elif kind == "s" and stet.chosen is not None:
            stet.press(f"Alt+{chance.randrange(4)}")
        elif kind == "r" and stet.chosen is not None:
            stet.press("Backspace")
        elif kind == "u":
            stet.press("Ctrl+Z")
        elif kind == "y":
            stet.press("Ctrl+Shift+Z")
        elif kind in "nd":
            stet.press("Ctrl+PgDown" if kind == "n" else "Ctrl+Return")
        else:
            stet.press("Tab")

    def _mark_words(self) -> None:
        stet, chance = self._stet, self._chance
        text = stet.workspace.text.canvas.text
        words = sorted({word for word in text.split() if word.isalpha() and len(word) > 3})
        stet.press("Ctrl+Home")
        stet.find(chance.choice(words))
        stet.press("F4", chance.choice("RNDQ"))

    def mark_many(self) -> None:
        """Mark every place of a word in all documents in one step, or take that back."""
        stet, chance = self._stet, self._chance
        if chance.random() < 0.4:
            stet.press("Ctrl+Z" if chance.random() < 0.6 else "Ctrl+Shift+Z")
            self.wait_for_jobs()
            return
        if stet.chosen is None:
            stet.focus_text()
            self._mark_words()
            return
        stet.press("Ctrl+Shift+H")
        stet.fill("concordance-line", chance.choice(("the", "said", "was", "talks")))
        stet.press("Return")
        self._wait_for_hits()
        stet.click("concordance-mark")
        self.wait_for_jobs()
        self._wait_for_hits()
        stet.press("Esc")

    def _wait_for_hits(self) -> None:
        stet = self._stet

        def is_over() -> bool:
            says = stet.dialog("concordance-dialog").findChild(QLabel, "concordance-says")
            return says is not None and "so far" not in says.text()

        stet.wait(is_over)
        stet.settle()

    def decide(self) -> None:
        """Decide a conflict, or take a decision back."""
        stet, chance = self._stet, self._chance
        assert stet.window is not None
        assert stet.window.desk.spaces is not None
        if "review" not in stet.window.desk.spaces.made:
            stet.press("Ctrl+2")
            stet.wait(lambda: stet.window.desk.spaces.made["review"].book.is_loaded)
            stet.settle()
        stet.press(chance.choice(("Return", "X", "N", "1", "2", "Ctrl+Z", "Backspace", "D")))
        stet.settle()

    def bring_in(self) -> None:
        """Drop a file on the window, or take an import back."""
        stet, chance = self._stet, self._chance
        if chance.random() < 0.3:
            stet.press("Ctrl+Z")
            self.wait_for_jobs()
            return
        file = Path(f"dropped{chance.randrange(10**9)}.txt")
        file.write_text("A text that came later, of some words.\n" * chance.randrange(1, 400), encoding="utf-8")
        before = stet.session.log.next_saved_sequence()
        stet.drop(file)
        stet.wait(lambda: stet.session.log.next_saved_sequence() > before)
        self.wait_for_jobs()


KINDS: dict[str, Callable[[Sitting], None]] = {
    "marking": Sitting.mark,
    "marking many": Sitting.mark_many,
    "deciding": Sitting.decide,
    "importing": Sitting.bring_in,
}


def sit(words: Sequence[str]) -> int:
    """Sit down before a project, do so many things of a kind, and close the window. Says each thing once it is done."""
    project, kind, seed, number = words
    stet = Driver(cast("QtBot", _Waiter()))
    stet.words = "language"
    stet.start(Path(project), annotator="ana")
    sitting = Sitting(stet, random.Random(seed))
    session = stet.session
    wait()
    _say(session)
    for _ in range(int(number)):
        KINDS[kind](sitting)
        sitting.close_dialogs()
        _say(session)
    stet.quit()
    return 0


def _say(session: Session) -> None:
    try:
        now = Said.now(session)
    except StorageFault:
        now = Said.now(session)  # a call that was made to fail was one of this reading, and none of the window's
    line = f"done {json.dumps(now)}\n".encode()
    try:
        os.write(1, line)
    except OSError:  # as above
        os.write(1, line)


def said(text: str) -> list[Said]:
    """Return what a sitting has said, but for what it was saying when the end came."""
    return [Said(*json.loads(line[5:])) for line in text.split("\n")[:-1] if line.startswith("done ")]

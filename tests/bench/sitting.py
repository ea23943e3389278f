"""A sitting by script: keys and scrolling in the real window, while a clock in the event loop looks for gaps."""

import random
import time
from typing import TYPE_CHECKING

from tests.bench import clock
from tests.bench.rows import Row

if TYPE_CHECKING:
    from app.ui.annotate.workspace import AnnotateWorkspace

_BEAT_MS = 2
_PAUSE_MS = 5
_LONG_PAUSE_MS = 45  # now and then, so that what follows a key a moment later is part of the sitting
_FRAME = 16.0
_GOAL = 4.0


class Beat:
    """A timer that notes how long the event loop didn't come back to it."""

    def __init__(self) -> None:
        from PySide6.QtCore import Qt, QTimer

        self.gaps: list[clock.Took] = []
        self._last = clock.Took(time.perf_counter(), time.process_time())
        self._timer = QTimer()
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._on_beat)
        self._timer.start(_BEAT_MS)

    def _on_beat(self) -> None:
        now = clock.Took(time.perf_counter(), time.process_time())
        self.gaps.append(clock.Took((now.wall - self._last.wall) * 1000, (now.cpu - self._last.cpu) * 1000))
        self._last = now

    def stop(self) -> None:
        """Look no longer."""
        self._timer.stop()


def sit(workspace: "AnnotateWorkspace", *, actions: int) -> Row:
    """Do so many actions as a person does, far faster than one can; return the gaps of the event loop meanwhile."""
    from PySide6.QtTest import QTest

    chance = random.Random(7)
    canvas = workspace.text.canvas
    canvas.setFocus()
    QTest.qWait(300)
    beat = Beat()
    for number in range(actions):
        _act(workspace, chance)
        pause(_LONG_PAUSE_MS if number % 10 == 9 else _PAUSE_MS)
    beat.stop()
    p99 = clock.at(beat.gaps, 0.99)
    worst = clock.Took(max(gap.wall for gap in beat.gaps), max(gap.cpu for gap in beat.gaps))
    late = sum(gap.cpu > _FRAME for gap in beat.gaps)
    said = f"worst {worst.wall:.1f} ms, CPU {worst.cpu:.1f}; {late} of {len(beat.gaps):,} gaps above a frame of CPU"
    bare = clock.at(_sit_bare(canvas.text, actions), 0.99)
    name = f"gaps of the event loop, {actions:,} actions, p99"
    return clock.row(name, p99, bare, "as many letters and pages in a QPlainTextEdit", _GOAL, said=said)


def _sit_bare(text: str, actions: int) -> list[clock.Took]:
    """Return the gaps of the event loop while somebody types and turns pages in a bare editor."""
    from PySide6.QtCore import Qt
    from PySide6.QtTest import QTest
    from PySide6.QtWidgets import QPlainTextEdit

    from tests.bench.surface_baselines import editor, turn_page

    widget = editor(QPlainTextEdit)
    widget.setReadOnly(False)
    widget.setPlainText(text)
    widget.setFocus()
    QTest.qWait(300)
    beat = Beat()
    for number in range(actions):
        if number % 3:
            QTest.keyClick(widget, Qt.Key.Key_R)
        else:
            turn_page(widget)
        pause(_LONG_PAUSE_MS if number % 10 == 9 else _PAUSE_MS)
    beat.stop()
    widget.close()
    widget.deleteLater()
    return beat.gaps


def pause(milliseconds: int) -> None:
    """Let the event loop run as it does in the program: QTest's own waiting keeps Python's threads from working."""
    from PySide6.QtCore import QEventLoop, QTimer

    loop = QEventLoop()
    QTimer.singleShot(milliseconds, loop.quit)
    loop.exec()


def _act(workspace: "AnnotateWorkspace", chance: random.Random) -> None:
    from PySide6.QtCore import Qt
    from PySide6.QtTest import QTest

    key, control, none = Qt.Key, Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.NoModifier
    canvas = workspace.text.canvas
    bar = canvas.verticalScrollBar()
    kind = chance.choices(("move", "mark", "scroll", "page", "tab", "undo"), (40, 20, 20, 8, 8, 4))[0]
    if kind == "move":
        pressed, modifier = chance.choice(
            ((key.Key_Right, control), (key.Key_Down, none), (key.Key_Right, none), (key.Key_Left, control))
        )
        QTest.keyClick(canvas, pressed, modifier)
    elif kind == "mark":
        QTest.keyClick(canvas, chance.choice((key.Key_R, key.Key_T, key.Key_N)))
    elif kind == "scroll":
        bar.setValue(bar.value() + chance.choice((-3, 3, 3)) * bar.singleStep())
    elif kind == "page":
        bar.setValue(bar.value() + bar.pageStep())
    elif kind == "tab":
        QTest.keyClick(canvas, key.Key_Tab)
    else:
        QTest.keyClick(canvas, key.Key_Z, control)

"""From the start of the process to the first painted window, beside an empty PySide6 main window."""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from tests.bench.rows import Row, median

_ROOT = Path(__file__).resolve().parents[2]
_RUNS = 7
_PAINTED = b"painted"

# Each says so on standard output as soon as its window was painted once, and leaves. Event filters on single widgets
# only: one on the whole application would cost more than what is measured.
_EMPTY = """
import os, sys
from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtWidgets import QApplication, QMainWindow
class Watch(QObject):
    def eventFilter(self, watched, event):
        if event.type() == QEvent.Type.Paint:
            watched.removeEventFilter(self)
            QTimer.singleShot(0, self, self.leave)
        return False
    def leave(self):
        os.write(1, b"painted")
        os._exit(0)
app = QApplication([])
window = QMainWindow()
watch = Watch()
window.installEventFilter(watch)
window.resize(1440, 900)
window.show()
app.exec()
"""
_OURS = """
import os, sys
from app import bootstrap
build = bootstrap.build
def watched_build():
    app, window = build()
    window.when_painted(leave)
    globals()["window"] = window
    return app, window
def leave():
    assert "spacy" not in sys.modules
    assert {condition}
    os.write(1, b"painted")
    os._exit(0)
bootstrap.build = watched_build
bootstrap.run_window({arguments})
"""
_WINDOW = _OURS.format(condition="True", arguments="")
_SAMPLE = _OURS.format(condition="window.desk.workspace.text.canvas.text", arguments='None, "bench", sample=True')


def _time(code: str, home: str) -> float:
    """Return the milliseconds until a child process says that it has painted."""
    environment = {**os.environ, "STET_HOME": home, "QT_QPA_PLATFORM": os.environ.get("QT_QPA_PLATFORM", "offscreen")}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)  # an installed program has its byte code beside it
    began = time.perf_counter()
    child = subprocess.Popen([sys.executable, "-c", code], cwd=_ROOT, env=environment, stdout=subprocess.PIPE)
    assert child.stdout is not None
    said = child.stdout.read(len(_PAINTED))
    took = (time.perf_counter() - began) * 1000
    child.stdout.close()
    if child.wait() != 0 or said != _PAINTED:
        raise RuntimeError("the window was never painted")
    return took


def run() -> Sequence[Row]:
    """Measure start-up: medians of interleaved runs."""
    with tempfile.TemporaryDirectory() as home:
        _time(_SAMPLE, home)  # makes the sample project, and warms the disk's cache
        times: dict[str, list[float]] = {"empty": [], "window": [], "sample": []}
        for _ in range(_RUNS):
            for name, code in (("empty", _EMPTY), ("window", _WINDOW), ("sample", _SAMPLE)):
                times[name].append(_time(code, home))
    empty = median(times["empty"])
    return [
        Row("cold start to a painted window", median(times["window"]), empty, "an empty PySide6 main window", 1.5),
        Row("cold start to the sample painted", median(times["sample"]), empty, "an empty PySide6 main window", 2.5),
    ]

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

# Says so on standard output once the wanted widget was painted, and leaves. Paint events come in one go; the first
# timer or queued call behind them shows that the picture is complete, and is not waited for itself.
_WATCH = """
import os, sys
from PySide6.QtCore import QEvent, QObject
class Watch(QObject):
    painted = False
    def eventFilter(self, watched, event):
        if self.painted and event.type() in (QEvent.Type.Timer, QEvent.Type.MetaCall):
            assert "spacy" not in sys.modules
            os.write(1, b"painted")
            os._exit(0)
        if event.type() == QEvent.Type.Paint and not self.painted and {condition}:
            self.painted = True
            self.startTimer(0)
        return False
"""
_EMPTY = (
    _WATCH.format(condition="watched is window")
    + """
from PySide6.QtWidgets import QApplication, QMainWindow
app = QApplication([])
window = QMainWindow()
watch = Watch()
app.installEventFilter(watch)
window.resize(1440, 900)
window.show()
app.exec()
"""
)
_OURS = (
    _WATCH.format(condition="watched is window")
    + """
from app import bootstrap
real = bootstrap.build
def build():
    global app, watch, window
    app, window = real()
    watch = Watch()
    app.installEventFilter(watch)
    return app, window
bootstrap.build = build
bootstrap.run_window()
"""
)
_SAMPLE = (
    _WATCH.format(condition="watched.objectName() == 'qt_scrollarea_viewport' and canvas_has_text(watched)")
    + """
def canvas_has_text(viewport):
    canvas = viewport.parent()
    return canvas is not None and canvas.objectName() == "text-pane-canvas" and bool(canvas.text)
from app import bootstrap
real = bootstrap.build
def build():
    global app, watch
    app, window = real()
    watch = Watch()
    app.installEventFilter(watch)
    return app, window
bootstrap.build = build
bootstrap.run_window(None, "bench", sample=True)
"""
)


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
            for name, code in (("empty", _EMPTY), ("window", _OURS), ("sample", _SAMPLE)):
                times[name].append(_time(code, home))
    empty = median(times["empty"])
    return [
        Row("cold start to a painted window", median(times["window"]), empty, "an empty PySide6 main window", 1.5),
        Row("cold start to the sample painted", median(times["sample"]), empty, "an empty PySide6 main window", 2.5),
    ]

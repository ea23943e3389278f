"""How long the window stands still while spaCy is loaded: by its worker process, and by a thread of its own.

Each load is in a window of its own, since a process loads spaCy once.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from tests.bench.rows import Row, median

_ROOT = Path(__file__).resolve().parents[2]
_GOAL = 5.0
_GAPS = 5  # runs
_CLOSES = 3
_QUIET_S = 1.5
_MIDST_S = 0.4  # so long after it began, the load is under way


def run() -> Sequence[Row]:
    """Measure both ways, one after the other in turn."""
    gaps: dict[str, list[dict[str, float]]] = {"worker": [], "thread": []}
    closes: dict[str, list[dict[str, float]]] = {"worker": [], "thread": []}
    for number in range(_GAPS):
        for way in gaps:
            gaps[way].append(_window(way, "gap"))
            if number < _CLOSES:
                closes[way].append(_window(way, "close"))
    ours, before = (median([found["gap"] for found in gaps[way]]) for way in ("worker", "thread"))
    quiet = median([found["quiet"] for found in gaps["worker"]])
    closing, waiting = (median([found["close"] for found in closes[way]]) for way in ("worker", "thread"))
    return [
        Row("worst gap of the event loop while spaCy loads", ours, quiet, "the worst while nothing goes on", _GOAL),
        Row("the same", ours, before, "in a thread of the window", 0.5),
        Row("closing the window while spaCy loads", closing, waiting, "in a thread of the window", 0.5),
    ]


def _window(way: str, what: str) -> dict[str, float]:
    code = "import sys; from tests.bench.loading import measure; measure(*sys.argv[1:])"
    with tempfile.TemporaryDirectory() as home:
        environment = {**os.environ, "STET_HOME": home}
        command = [sys.executable, "-c", code, way, what]
        done = subprocess.run(command, cwd=_ROOT, env=environment, capture_output=True)
    if done.returncode != 0:
        raise RuntimeError(done.stderr.decode())
    return json.loads(done.stdout)


def measure(way: str, what: str) -> None:
    """Measure in this process, which shall be a fresh one, and print the milliseconds."""
    from PySide6.QtCore import QObject, Qt, QTimer

    from app.core.progress import CancelToken
    from app.jobs.tasks.segment import segment_text
    from app.jobs.worker import Worker
    from tests.bench.real_window import article, make_project, record, window_on

    class InThread(Worker):
        def segment_text(self, text: str, language: str, place: int, token: CancelToken):  # noqa: ANN202  as there
            return segment_text(text, language, place, token)

    class Watch(QObject):
        """Notes the longest time between two ticks."""

        def __init__(self) -> None:
            super().__init__()
            self.worst, self._last = 0.0, time.perf_counter()
            self._timer = QTimer(self)
            self._timer.setTimerType(Qt.TimerType.PreciseTimer)
            self._timer.timeout.connect(self._tick)
            self._timer.start(1)

        def _tick(self) -> None:
            now = time.perf_counter()
            self.worst = max(self.worst, (now - self._last) * 1000)
            self._last = now

        def taken(self) -> float:
            worst, self.worst = self.worst, 0.0
            return worst

    path = Path(os.environ["STET_HOME"]) / "bench.stet"
    make_project(path, [record("d", article(), 20)])
    found: dict[str, float] = {}
    with window_on(path) as window:
        workspace = window.desk.workspace
        assert workspace is not None
        if way == "thread":
            workspace.language.worker = InThread()
        window.desk.look.change({"words": "plain"})
        watch = Watch()
        _go_on(_QUIET_S)
        watch.taken()
        _go_on(_QUIET_S)
        found["quiet"] = watch.taken()
        window.desk.look.change({"words": "language"})
        while not workspace.language._runner.is_busy:
            _go_on(0.005)
        watch.taken()
        if what == "close":
            _go_on(_MIDST_S)
            assert not workspace.language.is_known
            began = time.perf_counter()
            window.close()
            found["close"] = (time.perf_counter() - began) * 1000
        else:
            while workspace.text.canvas.units.segments is None:
                _go_on(0.005)
            found["gap"] = watch.taken()
        assert ("spacy" in sys.modules) is (way == "thread")
    sys.stdout.write(json.dumps(found))


def _go_on(seconds: float) -> None:
    """Let the event loop run, asleep between events as it is in front of a person."""
    from PySide6.QtCore import QEventLoop, QTimer

    loop = QEventLoop()
    QTimer.singleShot(int(seconds * 1000), loop.quit)
    loop.exec()

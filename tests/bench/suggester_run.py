"""What a person feels while suggesters go through 1,000 documents in the window, and what memory that takes.

The event loop of the real window is watched from the click to the answer, while a bare process beside it is watched in
the same way: on a busy machine that one stands still, too.
"""

import json
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from app.core.document import Document, sha256
from app.core.record import DocumentRecord
from app.storage.access import uri
from app.ui.window.idle_imports import IdleImports
from tests.bench.processes import used_by
from tests.bench.real_window import home, make_project, window_on
from tests.bench.rows import Row, percentile
from tests.bench.sitting import Beat, pause
from tests.hints.pair_file import pairs

if TYPE_CHECKING:
    from app.ui.window.main_window import MainWindow

DOCUMENTS = 1_000
_FRAME = 16.0
_MOST_MB = 400.0
_SUGGESTERS = ("sure", "corrections", "spacy")
_BARE = """
import sys, time, json, select
worst, late, last = 0.0, 0, time.perf_counter()
while not select.select([sys.stdin], [], [], 0.002)[0]:
    now = time.perf_counter()
    gap, last = (now - last) * 1000, now
    worst, late = max(worst, gap), late + (gap > 16)
print(json.dumps([worst, late]))
"""


class Watched(NamedTuple):
    """What was seen: milliseconds of gaps on the wall and of this process, the seconds of the run, the most megabytes
    of the worker process, the suggestions made; the worst gap of a bare process and how many were beyond a frame.
    """

    gaps: list[float]
    cpu_gaps: list[float]
    seconds: float
    worker_mb: float
    made: int
    bare_worst: float
    bare_late: int


def run() -> Sequence[Row]:
    """Measure both; takes some minutes."""
    with home() as folder:
        path = folder / "bench.stet"
        make_project(path, records(DOCUMENTS))
        seen = watched(path)
        shell = folder / "shell.stet"
        make_project(shell, records(DOCUMENTS))
        used = used_by("-m", "app", "suggest", str(shell), "--as", "bench", "--with", "sure")
    worst = max(seen.gaps)
    late = sum(gap > _FRAME for gap in seen.gaps)
    note = (
        f"{late} of {len(seen.gaps):,} gaps above a frame in {seen.seconds:.0f} s, p99 "
        f"{percentile(seen.gaps, 0.99):.1f} ms; of this process at most {max(seen.cpu_gaps):.1f} ms; a bare process "
        f"beside it: worst {seen.bare_worst:.1f} ms, {seen.bare_late} above; {seen.made:,} suggestions"
    )
    what = f"{DOCUMENTS:,} documents"
    return [
        Row(
            f"worst gap of the event loop, {what}, {len(_SUGGESTERS)} suggesters",
            worst,
            _FRAME,
            "a frame",
            1,
            note=note,
        ),
        Row(f"memory of `stet suggest --with sure`, {what}", used.memory, _MOST_MB, "the goal", 1, "MB"),
        Row(f"memory of the worker process, {what}", seen.worker_mb, _MOST_MB, "the goal", 1, "MB"),
    ]


def records(count: int) -> Iterator[DocumentRecord]:
    """Make so many documents, each with a reference of its own: the pairs in turn, told of so many places."""
    yield from islice(_all_records(), 2 * count)


def _all_records() -> Iterator[DocumentRecord]:
    some = pairs()
    number = 0
    while True:
        pair = some[number % len(some)]
        reference = _document(f"r{number:05d}", f"{pair.reference}\n\nThis was report {number} of the day.")
        yield DocumentRecord(reference)
        text = f"{pair.text}\n\nThis was report {number} of the day."
        yield DocumentRecord(_document(f"d{number:05d}", text), (reference.uid,))
        number += 1


def _document(uid: str, text: str) -> Document:
    return Document(uid=uid, name=f"{uid}.txt", text=text, sha256=sha256(text))


def watched(path: Path, suggesters: tuple[str, ...] = _SUGGESTERS) -> Watched:
    """Have suggesters go through all documents of a project in the window, and watch its event loop."""
    with window_on(path) as window:
        desk = window.desk
        while any(found._waiting for found in desk.findChildren(IdleImports)):
            _go_on(0.1)  # a person reads for as long before asking for suggestions
        _ask(window, suggesters)
        bare = subprocess.Popen([sys.executable, "-c", _BARE], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        _go_on(0.5)
        began = time.perf_counter()
        beat = Beat()
        dialog = desk.suggesting._open
        assert dialog is not None
        dialog.accept_button.click()
        worker_mb = 0.0
        while desk._runner.is_busy:
            _go_on(0.2)
            worker_mb = max(worker_mb, _most_mb(desk.worker.pid))
        seconds = time.perf_counter() - began
        _go_on(0.5)  # what is shown anew comes after the end
        beat.stop()
        out, _ = bare.communicate(b"\n")
        worst, late = json.loads(out)
    gaps = [gap.wall for gap in beat.gaps]
    return Watched(gaps, [gap.cpu for gap in beat.gaps], seconds, worker_mb, _count(path), worst, late)


def _ask(window: "MainWindow", suggesters: tuple[str, ...]) -> None:
    """Open the dialog and tick what is to be asked, for all documents."""
    from PySide6.QtWidgets import QCheckBox, QComboBox

    window.registry.run("suggestion.make")
    dialog = window.desk.suggesting._open
    assert dialog is not None
    for box in dialog.findChildren(QCheckBox):
        box.setChecked(box.objectName().removeprefix("suggest-") in suggesters)
    where = dialog.findChild(QComboBox, "suggest-where")
    assert where is not None
    where.setCurrentIndex(where.count() - 1)


def _most_mb(pid: int | None) -> float:
    """Return the most megabytes that a process has had in memory, where Linux tells; 0 for none."""
    status = Path(f"/proc/{pid}/status")
    if pid is None or not status.is_file():
        return 0.0
    (line,) = (line for line in status.read_text(encoding="utf-8").splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) / 1024


def _count(path: Path) -> int:
    with closing(sqlite3.connect(uri(path, "mode=ro"), uri=True)) as connection:
        return int(connection.execute("SELECT count(*) FROM suggestion").fetchone()[0])


def _go_on(seconds: float) -> None:
    """Let the event loop run, asleep between events as it is in front of a person."""
    pause(int(seconds * 1000))

"""Long work in the window that a person cancels: how each job is begun, and what must hold whenever it was stopped."""

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QApplication, QComboBox, QDialog, QLabel, QPushButton

from app.jobs.runner import JobRunner
from app.jobs.tasks.bundle import write_bundle
from app.jobs.tasks.import_files import import_files
from app.services.history.undo import undo
from app.session.session import Session
from tests.driver import Driver
from tests.newsroom import newsroom
from tests.team import ANA, BEN, CARA, spun, work
from tests.trust.project_content import content_of, difference, work_of

PROJECT = "p.stet"
_PATIENCE_MS = 120_000  # what the worker process takes to load spaCy on a machine that does much else
_LEFT = ("*.part", "*.tmp", "*.new", "*-journal")


def make(folder: Path) -> None:
    """Make a project of some 90 documents, and beside it work that came back and a file to import."""
    session = newsroom(folder / PROJECT)
    document = spun(session)
    for name, marks in (("ana", ANA), ("ben", BEN), ("cara", CARA)):
        work(session, name, document, marks)
    (folder / "own.jsonl").write_text("".join(_line(number, "ana") for number in range(80)), encoding="utf-8")
    import_files(session, [folder / "own.jsonl"])
    write_bundle(session, folder / "back.stet", annotator="dora")
    session.close()
    returned = Session.open(folder / "back.stet", annotator="dora")
    import_files(returned, [_written(folder / "dora.jsonl", "".join(_line(number, "dora") for number in range(80)))])
    returned.close()
    _written(folder / "in.jsonl", "".join(_line(number, "ana") for number in range(200, 400)))


class CancelledJob(NamedTuple):
    """A job: what a person does so that it begins, and then until it has begun."""

    begin: Callable[[Driver, Path], None]


class Window:
    """The window with a job that is to be cancelled."""

    def __init__(self, stet: Driver, folder: Path) -> None:
        self._stet = stet
        self._folder = folder

    def seconds(self, job: CancelledJob) -> float:
        """Let a job come to its end, take back what it did, and return how long it took."""
        began = time.monotonic()
        job.begin(self._stet, self._folder)
        self._wait_for_jobs()
        seconds = time.monotonic() - began
        self._close_dialogs()
        self._take_back(self._stet.session.log.next_sequence() - 1)
        return seconds

    def cancel(self, job: CancelledJob, after: float) -> bool:
        """Begin a job and cancel it after so many seconds; return whether it was stopped.

        Fails unless the project then is as before, or as if nobody had cancelled; nothing is left in its folder; and
        the window takes the next mark.
        """
        stet, session = self._stet, self._stet.session
        before, last = content_of(session.project.reader, exactly=True), session.log.next_sequence()
        work = work_of(session.project.reader)
        job.begin(stet, self._folder)
        self._cancel(after)
        after_all = content_of(session.project.reader, exactly=True)
        was_stopped = session.log.next_sequence() == last
        if was_stopped:
            assert after_all == before, difference(after_all, before)
        else:
            self._take_back(last)
            assert work_of(session.project.reader) == work
        left = [path.name for pattern in _LEFT for path in self._folder.rglob(pattern)]
        assert left == []
        self._require_usable()
        return was_stopped

    def _cancel(self, after: float) -> None:
        end = time.monotonic() + after
        while time.monotonic() < end and self._busy():
            QCoreApplication.processEvents()
            time.sleep(0.001)
        dialog = self._stet.find_dialog("progress-dialog")
        button = dialog.findChild(QPushButton, "progress-cancel") if dialog is not None else None
        if button is not None:
            button.click()
        else:
            for runner in self._busy():
                runner.cancel()  # as leaving its page does
        self._wait_for_jobs()
        self._close_dialogs()

    def _take_back(self, last: int) -> None:
        session = self._stet.session
        while session.log.next_sequence() > last and session.undo_title() is not None:
            step = session.log.next_sequence()
            undo(session)
            last += session.log.next_sequence() - step + 1
        self._stet.settle()

    def _require_usable(self) -> None:
        stet = self._stet
        stet.press("Ctrl+1")
        stet.focus_text()
        before = len(stet.annotations())
        stet.press("Ctrl+Home", "Ctrl+Shift+Right", "F4", "N")
        assert len(stet.annotations()) == before + 1, stet.message()
        stet.press("Ctrl+Z")
        assert len(stet.annotations()) == before

    def _busy(self) -> list[JobRunner]:
        tops = QApplication.topLevelWidgets()
        return [runner for top in tops for runner in top.findChildren(JobRunner) if runner.is_busy]

    def _wait_for_jobs(self) -> None:
        self._stet.qtbot.waitUntil(lambda: not self._busy(), timeout=_PATIENCE_MS)
        self._stet.settle()

    def _close_dialogs(self) -> None:
        while open_ones := [w for w in QApplication.topLevelWidgets() if isinstance(w, QDialog) and w.isVisible()]:
            for dialog in open_ones:
                dialog.reject()
            self._wait_for_jobs()


def _import(stet: Driver, folder: Path) -> None:
    stet.drop(folder / "in.jsonl")


def _merge(stet: Driver, folder: Path) -> None:
    stet.palette("Merge returned work")
    stet.dialog("merge-dialog").filesSelected.emit([str(folder / "back.stet")])


def _export(stet: Driver, folder: Path) -> None:
    for file in folder.glob("*.export.jsonl"):
        file.unlink()
    stet.press("Ctrl+Shift+E")
    formats = stet.dialog("export-dialog").findChild(QComboBox, "export-format")
    formats.setCurrentIndex(formats.findData("stet"))
    stet.click("export-dialog-accept")


def _search(stet: Driver, _folder: Path) -> None:
    stet.focus_text()
    stet.press("Ctrl+Shift+H")
    stet.fill("concordance-line", "the")
    stet.press("Return")


def _mark_many(stet: Driver, folder: Path) -> None:
    _search(stet, folder)
    dialog = stet.dialog("concordance-dialog")
    says = dialog.findChild(QLabel, "concordance-says")
    stet.wait(lambda: "so far" not in says.text())
    stet.settle()
    label = dialog.findChild(QComboBox, "concordance-label")
    label.setCurrentIndex(next(at for at in range(label.count()) if "Awkward" in label.itemText(at)))
    stet.settle()
    stet.click("concordance-mark")


def _rename_label(stet: Driver, _folder: Path) -> None:
    stet.palette("Change labels")
    dialog = stet.dialog("labels-dialog")
    label = dialog.findChild(QComboBox, "labels-label")
    titles = [label.itemText(at) for at in range(label.count())]
    label.setCurrentIndex(next(at for at, title in enumerate(titles) if "PERSON" in title))
    stet.fill("labels-name", "HUMAN")
    stet.wait(dialog.accept_button.isEnabled)
    stet.click("labels-dialog-accept")


def _suggest(stet: Driver, _folder: Path) -> None:
    stet.press("Ctrl+Alt+G")
    stet.dialog("suggest-dialog")
    stet.press("Return")


def _measure(stet: Driver, _folder: Path) -> None:
    stet.press("Ctrl+3")


def _review(stet: Driver, _folder: Path) -> None:
    stet.press("Ctrl+2")


JOBS = {
    "import": CancelledJob(_import),
    "merge": CancelledJob(_merge),
    "export": CancelledJob(_export),
    "concordance": CancelledJob(_search),
    "marking many": CancelledJob(_mark_many),
    "renaming a label": CancelledJob(_rename_label),
    "suggest": CancelledJob(_suggest),
    "agreement": CancelledJob(_measure),
    "reading for review": CancelledJob(_review),
}


def _written(path: Path, content: str) -> Path:
    path.write_text(content, encoding="utf-8")
    return path


def _line(number: int, annotator: str) -> str:
    """Return a finished document of a page with two marks as a line of JSON."""
    words = f"Anna of house {number} said the trains to Kyiv ran late. " + "The senator went to the coast. " * 40
    marks = [
        {"id": f"{number}{annotator}{label}", "layer": "entity", "label": label, "start": at, "end": at + len(quote)}
        for quote, label in (("Anna", "PERSON"), ("Kyiv", "GPE"))
        for at in [words.index(quote)]
    ]
    sets = [{"annotator": annotator, "status": "done", "annotations": marks}]
    return json.dumps({"stet": 1, "id": f"i{number}", "name": f"d{number}", "text": words, "sets": sets}) + "\n"

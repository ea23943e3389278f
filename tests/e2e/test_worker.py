"""spaCy in a process of its own, behind a real window: it may be slow, die or be missing, and nobody waits for it."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from PySide6.QtWidgets import QCheckBox, QComboBox

from app.core.units import PLAIN
from app.jobs import worker
from tests.driver import Driver
from tests.e2e import projects
from tests.processes import alive, until

ROOT = Path(__file__).resolve().parents[2]
NEWS = "On Monday Angela Merkel met Emmanuel Macron in Paris. They don't agree.\n"


@pytest.fixture
def stet(stet: Driver) -> Driver:
    """The program as it is used, with words by the rules of the language."""
    stet.words = "language"
    return stet


@pytest.fixture
def news(stet: Driver, tmp_path: Path) -> Driver:
    stet.start(projects.make(tmp_path, {f"{n}.txt": NEWS for n in range(3)}), annotator="Ana")
    return stet


def pid_of(stet: Driver) -> int:
    assert stet.window is not None
    stet.wait(lambda: stet.window and stet.window.desk.worker.pid)
    found = stet.window.desk.worker.pid
    assert found is not None
    return found


def ask_spacy(stet: Driver) -> None:
    """Ask for suggestions by spaCy in all documents, by keys."""
    stet.press("Ctrl+Alt+G")
    dialog = stet.dialog("suggest-dialog")
    for box in dialog.findChildren(QCheckBox):
        box.setChecked(box.objectName() == "suggest-spacy")
    where = dialog.findChild(QComboBox, "suggest-where")
    assert where is not None
    where.setCurrentIndex(1)
    stet.press("Return")


def test_spacy_is_never_in_the_windows_own_process(tmp_path: Path) -> None:
    code = (
        "import sys, time; from pathlib import Path; from app.bootstrap import build, start; app, window = build();"
        "window.show(); start(window, Path(sys.argv[1]), 'Bo', sample=False)\n"
        "end = time.monotonic() + 60\n"
        "def known():\n"
        "    workspace = window.desk.workspace\n"
        "    return workspace is not None and workspace.text.canvas.units.segments is not None\n"
        "while not known():\n"
        "    app.processEvents(); assert time.monotonic() < end\n"
        "window.close(); print('spacy' in sys.modules)"
    )
    path = projects.make(tmp_path, {"a.txt": NEWS})
    done = subprocess.run([sys.executable, "-c", code, path], cwd=ROOT, capture_output=True, text=True)
    assert (done.stdout.strip(), done.returncode) == ("False", 0), done.stderr


@pytest.mark.slow
def test_closing_while_spacy_loads_is_instant_and_ends_worker(news: Driver) -> None:
    pid = pid_of(news)
    time.sleep(0.2)
    assert not news.workspace.language.is_known
    assert news.window is not None
    begin = time.perf_counter()
    news.window.close()
    took = time.perf_counter() - begin
    until(lambda: not alive(pid), 2)
    assert took < 0.5, "spaCy takes longer to load"


def test_a_worker_that_is_killed_once_is_asked_again_in_silence(news: Driver) -> None:
    pid = pid_of(news)
    os.kill(pid, signal.SIGKILL)
    told = news.message()
    news.wait(lambda: news.workspace.text.canvas.units is not PLAIN)
    assert pid_of(news) != pid
    assert news.message() == told


@pytest.mark.slow
def test_a_failing_worker_is_reported_once_and_plain_rules_apply(
    stet: Driver, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    starts: list[int] = []

    def dying(_idle: float) -> list[str]:
        starts.append(1)
        return [sys.executable, "-c", "import sys; sys.exit('no room for spaCy')"]

    monkeypatch.setattr(worker, "command", dying)
    stet.start(projects.make(tmp_path, {"a.txt": NEWS, "b.txt": NEWS * 2}), annotator="Ana")
    stet.wait(lambda: "Plain word and sentence rules are used here" in stet.message())
    assert len(starts) == 2
    assert stet.message() == (
        "Plain word and sentence rules are used here: the process that runs spaCy ended with 1 before it answered."
    )
    log = Path(os.environ["STET_HOME"]) / "state" / "stet.log"
    assert log.read_text().count("WARNING stet: the process that runs spaCy ended with 1 before it answered") == 1
    canvas = stet.workspace.text.canvas
    stet.focus_text()
    start = canvas.text.index("on't")
    canvas.select(start, start + 4)
    stet.press("F2", "1")
    assert stet.marks() == [("don't", "PERSON")]
    stet.press("Ctrl+PgDown")
    stet.qtbot.wait(900)
    assert len(starts) == 2, "it isn't tried with every text"
    ask_spacy(stet)
    said = stet.report()
    assert "The process that runs spaCy ended with 1 before it answered." in said
    assert "try again" in said
    assert len(starts) == 3


@pytest.mark.slow
def test_spacys_suggestions_come_from_the_worker(news: Driver) -> None:
    ask_spacy(news)
    news.wait(lambda: news.message().startswith("Suggested"))
    assert news.message() == "Suggested 12 marks in 3 documents. F9 goes to the next one."


@pytest.mark.slow
def test_a_killed_worker_is_reported_and_suggests_nothing(news: Driver) -> None:
    pid = pid_of(news)
    news.wait(lambda: news.workspace.language.is_known)
    os.kill(pid, signal.SIGSTOP)
    ask_spacy(news)
    news.dialog("progress-dialog")
    news.qtbot.wait(100)
    os.kill(pid, signal.SIGKILL)
    said = news.report()
    assert "The process that runs spaCy was ended by signal 9 before it answered." in said
    assert "try again" in said
    assert [record.suggestions for record in news.session.reader.records()] == [(), (), (), ()]
    ask_spacy(news)
    news.wait(lambda: news.message().startswith("Suggested 12 marks"))


@pytest.mark.slow
def test_cancelling_suggestions_is_immediate_with_a_stuck_worker(news: Driver) -> None:
    pid = pid_of(news)
    news.wait(lambda: news.workspace.language.is_known)
    os.kill(pid, signal.SIGSTOP)
    ask_spacy(news)
    news.dialog("progress-dialog")
    news.qtbot.wait(100)
    begin = time.perf_counter()
    news.click("progress-cancel")
    news.wait(lambda: news.find_dialog("progress-dialog") is None)
    assert time.perf_counter() - begin < 1, "it waits for no answer"
    news.wait(lambda: "cancelled" in news.message())
    until(lambda: not alive(pid), 5)  # it didn't stop by itself

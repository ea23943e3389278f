"""What the guards around every test catch, and what they let through.

The tests that leave something behind stand in a string here and run in a process of their own.
"""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

PLANTED = """
import os
import subprocess
import threading
import time
from pathlib import Path

from PySide6.QtCore import QObject, QRunnable, QThread, QThreadPool, QTimer, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QDialog, QMenu, QWidget

kept = []
over = threading.Event()


def test_bad_window(qapp):
    kept.append(QWidget(objectName="kept"))
    kept[-1].show()


def test_bad_window_that_was_never_shown(qapp):
    kept.append(QDialog())


def test_bad_window_in_a_cycle_with_a_lambda(qapp):
    window = QWidget()
    window.destroyed.connect(lambda: window)
    window.setObjectName("cycle")
    kept.append(lambda: window)


def test_bad_thread():
    threading.Thread(target=over.wait, name="planted", daemon=True).start()


def test_bad_process():
    kept.append(subprocess.Popen(["sleep", "100"]))


def test_bad_process_that_nobody_waits_for():
    kept[-1].kill()
    kept[-1].wait()
    kept.append(subprocess.Popen(["true"]))


def test_good_process():
    kept.pop().wait()
    subprocess.run(["true"])
    kept.append(subprocess.Popen(["sleep", "0.1"]))
    threading.Thread(target=kept.pop().wait).start()


def test_bad_pool(qapp):
    class Wait(QRunnable):
        def run(self):
            over.wait(3)

    QThreadPool.globalInstance().start(Wait())


def test_good_pool(qapp):
    over.set()
    QThreadPool.globalInstance().waitForDone()


def test_bad_timer(qapp):
    kept.append(QTimer())
    kept[-1].start(100_000)


def test_bad_timer_of_the_application(qapp):
    timer = QTimer(qapp)
    timer.start(100_000)


def test_bad_qt_thread(qapp):
    kept.append(QThread())
    kept[-1].start()


def test_good_end(qapp):
    kept[-1].quit()
    assert kept[-1].wait(1000)


def test_bad_noise(qapp):
    os.write(2, b"libshiboken: Overflow: Value 1099511627776 exceeds limits\\n")


def test_bad_signal(qapp):
    class Sender(QObject):
        said = Signal(str)

    sender = Sender()
    sender.said.connect(sender.setObjectName)
    sender.said.emit(5)


def test_fails_and_is_excused_for_its_window(qapp):
    window = QWidget()
    window.show()
    assert not window.isVisible()


def test_good_window_that_goes_out_of_scope(qapp):
    QWidget().show()


def test_good_window_that_is_deleted_later(qapp):
    window = QWidget()
    window.show()
    window.close()
    window.deleteLater()
    kept.append(window)


def test_good_window_in_a_cycle_of_its_own(qapp):
    window = QWidget()
    window.myself = window


def test_good_window_that_qtbot_closes(qtbot):
    window = QWidget()
    qtbot.addWidget(window)
    window.show()
    menu = QMenu(window)
    menu.popup(window.pos())
    timer = QTimer(window)
    timer.start(10_000)


def test_good_timer_that_is_stopped(qapp):
    kept.append(QTimer())
    kept[-1].start(100_000)
    kept[-1].stop()


def test_good_single_shot_with_a_context(qapp):
    class Window(QWidget):
        def begin(self):
            pass

    window = Window()
    QTimer.singleShot(50_000, window, window.begin)


def test_good_thread_that_ends():
    threading.Thread(target=time.sleep, args=[0.05]).start()


def test_good_clipboard_one(qapp):
    assert QGuiApplication.clipboard().text() == ""
    QGuiApplication.clipboard().setText("copied")


def test_good_clipboard_two(qapp):
    assert QGuiApplication.clipboard().text() == ""
    QGuiApplication.clipboard().setText("copied")


def test_good_home_of_its_own():
    home = Path.home()
    assert list(home.iterdir()) == [home / "runtime"]
    assert Path(os.environ["STET_HOME"]).parent == Path(os.environ["XDG_CONFIG_HOME"]).parent == home
    (home / "rubbish").write_text("x")


def test_good_home_that_nobody_used():
    assert not (Path.home() / "rubbish").exists()


def test_good_offscreen(qapp):
    assert qapp.platformName() == "offscreen"
"""


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Run the planted tests; give the worst that was said of each."""
    folder = tmp_path_factory.mktemp("planted")
    (folder / "test_planted.py").write_text(PLANTED, encoding="utf-8")
    (folder / "conftest.py").write_text('pytest_plugins = ["tests.conftest"]\n')
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-rA",
        "-q",
        "-p",
        "no:cacheprovider",
        "-c",
        str(ROOT / "pyproject.toml"),
    ]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "COLUMNS": "400"}
    environment.pop("QT_QPA_PLATFORM", None)
    done = subprocess.run(
        [*command, f"--rootdir={folder}", str(folder)],
        env=environment,
        cwd=folder,
        capture_output=True,
        text=True,
        encoding="utf-8",
    )
    found: dict[str, str] = {}
    for line in done.stdout.splitlines():
        word, _, rest = line.partition(" ")
        if word in ("PASSED", "FAILED", "ERROR") and "::test_" in rest:
            name, _, why = rest.partition("::")[2].partition(" - ")
            if found.get(name, "PASSED").startswith("PASSED"):
                found[name] = f"{word} {why}"
    assert len(found) == PLANTED.count("\ndef test_"), done.stdout + done.stderr
    return found


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("window", "left behind: window QWidget “kept”"),
        ("window_that_was_never_shown", "left behind: window QDialog"),
        ("window_in_a_cycle_with_a_lambda", "window QWidget “cycle”"),
        ("thread", "left behind: thread planted"),
        ("process", "left behind: process"),
        ("process_that_nobody_waits_for", "ended, not waited for"),
        ("pool", "left behind: work in the global thread pool"),
        ("timer", "left behind: running QTimer"),
        ("timer_of_the_application", "left behind: running QTimer"),
        ("qt_thread", "left behind: running QThread"),
    ],
)
def test_what_is_left_behind_is_an_error(outcomes: dict[str, str], name: str, words: str) -> None:
    outcome = outcomes[f"test_bad_{name}"]
    assert outcome.startswith("ERROR")
    assert words in outcome


@pytest.mark.parametrize("name", ["noise", "signal"])
def test_a_value_corrupted_on_its_way_into_qt_fails_the_test(outcomes: dict[str, str], name: str) -> None:
    assert outcomes[f"test_bad_{name}"].startswith("FAILED")


def test_a_test_that_fails_is_told_once(outcomes: dict[str, str]) -> None:
    assert outcomes["test_fails_and_is_excused_for_its_window"].startswith("FAILED assert not True")


@pytest.mark.parametrize(
    "name", [line[4:].partition("(")[0] for line in PLANTED.splitlines() if line.startswith("def test_good")]
)
def test_what_is_cleared_away_is_let_through(outcomes: dict[str, str], name: str) -> None:
    assert outcomes[name].startswith("PASSED"), outcomes[name]

"""No statement can run for ever: a signal and a cancelled token end it, wherever SQLite's loop is."""

import os
import signal
import sqlite3
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from app.core.errors import Cancelled
from app.core.progress import CancelToken
from app.session.session import Session
from app.storage import preflight
from app.storage.connection_limits import harden
from app.storage.errors import StorageFault

ROOT = Path(__file__).resolve().parents[3]
ENDLESS = "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT count(*) FROM c"

# A command whose search never ends.
CHILD = f"""
import sys
from app.cli.main import run
from app.session.reader import SessionReader

def search(self, query, limit):
    print("searching", flush=True)
    yield self._project.reader.execute("{ENDLESS}").fetchone()

SessionReader.search = search
sys.exit(run(["search", sys.argv[1], "words"]))
"""


@pytest.mark.parametrize(("stop", "code"), [(signal.SIGTERM, 143), (signal.SIGINT, 1)])
def test_a_signal_ends_a_command_inside_of_sqlite(project_path: Path, stop: signal.Signals, code: int) -> None:
    pipe = subprocess.PIPE
    command = [sys.executable, "-c", CHILD, str(project_path)]
    with subprocess.Popen(command, stdout=pipe, stderr=pipe, cwd=ROOT) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"searching\n"
        process.send_signal(stop)
        _, error = process.communicate(timeout=20)
    assert (process.returncode, error.strip()) == (code, b"stet: stopped")
    assert {path.name for path in project_path.parent.iterdir()} == {"news.stet", ".news.stet.lock"}


def test_a_cancelled_token_ends_the_statements_of_its_thread(session: Session) -> None:
    token = CancelToken()
    ended: list[BaseException] = []

    def work() -> None:
        token.take_charge()
        try:
            session.project.reader.execute(ENDLESS).fetchone()
        except Cancelled as error:
            ended.append(error)

    thread = threading.Thread(target=work)
    thread.start()
    token.cancel()
    thread.join(20)
    assert [type(error) for error in ended] == [Cancelled]
    assert session.reader.documents.count() == 2


def test_a_write_that_is_cancelled_is_rolled_back(session: Session) -> None:
    def half_a_step() -> None:
        with session.project.atomic():
            session.project.connection.execute("UPDATE document SET name='changed'")
            token.cancel()
            session.project.connection.execute(ENDLESS)

    token = CancelToken()
    context = threading.Thread(target=lambda: (token.take_charge(), _expect_cancelled(half_a_step)))
    context.start()
    context.join(20)
    assert not context.is_alive()
    assert session.reader.documents.find("changed") == []


def _expect_cancelled(work) -> None:
    with pytest.raises(Cancelled):
        work()


def test_a_long_check_can_be_stopped(project_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(preflight, "_CHECKED_APART", 0)
    real, is_free = preflight.connect, threading.Event()

    def slow(path: Path, mode: str | None) -> sqlite3.Connection:
        os.kill(os.getpid(), signal.SIGINT)
        assert is_free.wait(20)
        return real(path, mode)

    with monkeypatch.context() as only:
        only.setattr(preflight, "connect", slow)
        with pytest.raises(KeyboardInterrupt):
            preflight.run_check(project_path, check="quick_check")
        is_free.set()
    assert preflight.run_check(project_path, check="quick_check") == []


def test_damage_found_by_a_check_apart_is_returned(project_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(preflight, "_CHECKED_APART", 0)
    project_path.write_bytes(project_path.read_bytes()[:5000] + b"\xff" * 5000)
    assert preflight.run_check(project_path, check="quick_check")
    project_path.unlink()
    with pytest.raises(StorageFault):
        preflight.run_check(project_path, check="quick_check")


def test_a_value_may_not_be_larger_than_a_project_can_use(session: Session) -> None:
    with pytest.raises(StorageFault, match="a value is too large"):
        session.project.reader.execute("SELECT hex(zeroblob(400000000))").fetchone()


def test_hostile_functions_are_out_of_reach_of_a_schema(tmp_path: Path) -> None:
    connection = sqlite3.connect(tmp_path / "x")
    harden(connection)
    assert connection.execute("PRAGMA trusted_schema").fetchone() == (0,)
    assert connection.execute("PRAGMA cell_size_check").fetchone() == (1,)
    connection.close()

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


# A thread in a long statement, which SQLite interrupts to ask whether to go on, and others at the same connection.
AT_ONCE = """
import faulthandler, sys, threading
from pathlib import Path
from app.storage.connection import connect

faulthandler.dump_traceback_later(40, exit=True)
connection = connect(Path(sys.argv[1]), "mode=ro")
LONG = "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c WHERE x < 400000) SELECT count(*) FROM c"
ROWS = "WITH RECURSIVE c(x) AS (SELECT ? UNION ALL SELECT x + 1 FROM c WHERE x < 50) SELECT x, x FROM c"

def long() -> None:
    for _ in range(10):
        assert connection.execute(LONG).fetchone() == (400000,)

thread = threading.Thread(target=long)
thread.start()
while thread.is_alive():
    assert len(list(connection.execute(ROWS, [1]))) == 50
    assert len(connection.execute(ROWS, [1]).fetchmany(100)) == 50
    assert len(list(connection.execute(ROWS, [1]).small_rows())) == 50
    assert connection.execute(ROWS, [1]).fetchone() == (1, 1)
    connection.create_function("same", 1, abs)
print("done")
"""


def test_threads_at_one_connection_never_wait_for_each_other(project_path: Path) -> None:
    command = [sys.executable, "-c", AT_ONCE, str(project_path)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.stdout == "done\n", done.stderr

"""A crash below Python leaves a trace, which the next start finds once; other ends leave none."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from app import paths
from app.ui.window.crash_trace import CrashTrace, earlier_crashes

ROOT = Path(__file__).resolve().parents[2]
SCRIPT = """
import faulthandler, os, signal, sys
from app.ui.window.crash_trace import CrashTrace
secret = "a secret of the document"
trace = CrashTrace()
trace.begin()
def end_somehow(words):
    {}
end_somehow(secret)
"""


def ended(how: str) -> int:
    return subprocess.run([sys.executable, "-c", SCRIPT.format(how)], cwd=ROOT, capture_output=True).returncode


def left() -> list[str]:
    return sorted(path.name for path in (paths.state_dir() / "crashes").iterdir())


@pytest.mark.parametrize("how", ["faulthandler._sigsegv()", "os.kill(os.getpid(), signal.SIGSEGV)", "os.abort()"])
def test_a_crash_is_found_once_by_the_next_start(how: str) -> None:
    assert ended(how) in (-signal.SIGSEGV, -signal.SIGABRT)
    (crash,) = earlier_crashes()
    assert crash.what in ("Segmentation fault", "Aborted")
    assert "in end_somehow" in crash.trace
    assert "secret" not in crash.trace
    assert earlier_crashes() == []
    assert left() == []


@pytest.mark.parametrize("how", ["os.kill(os.getpid(), signal.SIGKILL)", "os._exit(3)", "trace.end()"])
def test_any_other_end_is_no_crash(how: str) -> None:
    ended(how)
    assert earlier_crashes() == []
    assert left() == []


def test_the_trace_of_a_process_that_runs_is_let_alone() -> None:
    running = CrashTrace()
    running.begin()
    names = left()
    assert len(names) == 2
    assert earlier_crashes() == []
    assert left() == names
    running.end()
    running.end()
    assert left() == []


def test_where_no_folder_can_be_made_nothing_is_kept() -> None:
    paths.state_dir().mkdir(parents=True)
    (paths.state_dir() / "crashes").write_text("a file where the folder should be")
    trace = CrashTrace()
    trace.begin()
    trace.end()
    assert earlier_crashes() == []

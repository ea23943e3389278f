"""Starting the window from a shell, and ending it from there."""

import os
import signal
import socket
import sys
from pathlib import Path

import pytest

from app import bootstrap, paths, program_log
from app.storage.backups import backups
from tests.cli.conftest import ROOT, Stet
from tests.processes import until

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="screens are found otherwise there")

WORKS = """
import sys
from contextlib import suppress
from pathlib import Path
from app import bootstrap
from app.core import annotation_edits
from app.core.errors import Cancelled

ENDLESS = "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT count(*) FROM c"
build = bootstrap.build

def watched_build():
    app, window = build()
    window.when_painted(work)
    globals()["window"] = window
    return app, window

def work():
    if sys.argv[2] == "look":
        window.when_painted(told)
        return
    session = window.desk.projects.session
    state = session.state
    mark = annotation_edits.annotate(state, [(0, 5)], layer="error", label="TORTURED_TERM", scheme=session.scheme)
    session.apply(mark, title="Mark")
    if sys.argv[2] == "dialog":
        window.desk.open_palette()
    window.when_painted(told)

def told():
    print("ready", flush=True)
    if sys.argv[2] == "statement":
        with suppress(Cancelled):
            window.desk.projects.session.project.reader.execute(ENDLESS).fetchone()

bootstrap.build = watched_build
sys.exit(bootstrap.run_window(Path(sys.argv[1]), "ana"))
"""


@pytest.fixture
def no_screen(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    for name in ("QT_QPA_PLATFORM", "DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    return monkeypatch


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DISPLAY", ":987"),
        ("DISPLAY", "127.0.0.1:987"),
        ("DISPLAY", "nonsense"),
        ("DISPLAY", ":"),
        ("WAYLAND_DISPLAY", "wayland-987"),
        ("", ""),
    ],
)
def test_without_a_screen_that_answers_it_says_so_and_ends(
    stet: Stet, no_screen: pytest.MonkeyPatch, name: str, value: str
) -> None:
    if name:
        no_screen.setenv(name, value)
    for arguments in ((), ("--sample",), ("a.stet",)):
        ran = stet.real(*arguments)
        assert (ran.code, ran.out) == (2, "")
        assert ran.err.startswith("stet: no display is available: ")
        assert ran.err.endswith("in a desktop session or under xvfb-run, or use the command line: stet --help\n")
        assert f"nothing answers at {name}={value}" in ran.err or not name
        assert ran.err.count("\n") == 1


def test_a_screen_that_answers_is_one(no_screen: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        no_screen.setenv("DISPLAY", f"127.0.0.1:{server.getsockname()[1] - 6000}.0")
        assert bootstrap.why_no_window() is None
    assert "nothing answers" in str(bootstrap.why_no_window())
    no_screen.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    no_screen.setenv("WAYLAND_DISPLAY", "wayland-7")
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(tmp_path / "wayland-7"))
        server.listen()
        assert bootstrap.why_no_window() is None
    no_screen.setenv("QT_QPA_PLATFORM", "offscreen")
    assert bootstrap.why_no_window() is None


FRONTS = [(stop, front) for front in ("window", "dialog") for stop in ("SIGTERM", "SIGINT", "SIGHUP")]


@pytest.mark.parametrize(("stop", "front"), [*FRONTS, ("SIGTERM", "statement"), ("SIGINT", "statement")])
def test_a_signal_closes_the_window_as_a_person_does(stet: Stet, stop: str, front: str) -> None:
    stet("new", "a.stet")
    stet.write("a.txt", "Donald Trump, the US senator")
    stet("import", "a.stet", "a.txt")
    stet.write("child.py", WORKS)
    environment = {**os.environ, "PYTHONPATH": str(Path(bootstrap.__file__).parents[1])}
    environment["STET_HOME"] = str(stet.folder / "home")
    process = stet.run([sys.executable, "child.py", "a.stet", front], env=environment)
    assert process.stdout is not None
    assert process.stdout.readline() == b"ready\n"
    assert Path(".a.stet.owner").exists()
    process.send_signal(getattr(signal, stop))
    _, error = process.communicate(timeout=30)
    assert (process.returncode, b"Traceback" in error) == (0, False), error
    left = {path.name for path in Path().iterdir()} - {"child.py", "a.txt", "home"}
    assert left == {"a.stet", ".a.stet.lock", "a.backups"}
    assert len(backups(Path("a.stet"))) == 2  # before the first write, and at the end
    assert len(stet("list", "a.stet", "annotations", "--json").rows()) == 1


def crashes() -> Path:
    return paths.state_dir() / "crashes"


def ended_after(stet: Stet, project: Path, does: str, stop: signal.Signals) -> int:
    """Open a window, let it do something, and send it a signal; return how it ended."""
    process = stet.run([sys.executable, "-c", WORKS, str(project), does], cwd=ROOT)
    assert process.stdout is not None
    assert process.stdout.readline() == b"ready\n"
    until(lambda: any(crashes().glob("*.txt")))
    process.send_signal(stop)
    process.communicate(timeout=60)
    return process.returncode


def test_a_crash_is_told_at_the_next_start_and_its_mark_is_there(stet: Stet, sample: Path) -> None:
    assert ended_after(stet, sample, "mark", signal.SIGSEGV) == -signal.SIGSEGV
    (trace,) = crashes().glob("*.txt")
    assert "Fatal Python error: Segmentation fault" in trace.read_text()
    assert '"Mark"' in stet("log", sample, "--json", "--limit", "1").out
    assert ended_after(stet, sample, "look", signal.SIGTERM) == 0
    assert "WARNING stet: crashed: Segmentation fault" in program_log.log_file().read_text()
    assert list(crashes().iterdir()) == [], "an orderly end leaves no trace"

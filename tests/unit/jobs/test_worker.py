"""The worker process, a real one: what it answers, and what becomes of those who wait for it."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from app.core import message_pipe
from app.core.errors import Cancelled, StetError, WrongUse
from app.core.progress import CancelToken
from app.jobs import WORKER_FLAG, wire, worker
from app.jobs.tasks import segment
from app.jobs.worker import Worker, WorkerBug, WorkerLost
from app.nlp import entities
from tests.processes import alive, until

ROOT = Path(__file__).resolve().parents[3]
TEXT = "😀 They don't know the U.S. army.\nDr. No stayed. “Why?” he said.\r\n"
LONG = TEXT * 3000
NEWS = "On Monday Angela Merkel met Emmanuel Macron in Paris.\n"
SLOW = [pytest.param(LONG, place, marks=pytest.mark.slow) for place in (0, len(LONG))]


@pytest.fixture
def process() -> Iterator[Worker]:
    found = Worker()
    yield found
    found.close()


def saying(code: str) -> Callable[[float], list[str]]:
    """Return what starts a process that runs some code in the worker's place."""
    return lambda _idle: [sys.executable, "-c", code]


class Call(threading.Thread):
    """A call in a thread of its own, as a job makes it."""

    def __init__(self, work: Callable[[CancelToken], object]) -> None:
        super().__init__()
        self.token = CancelToken()
        self._work = work
        self.raised: BaseException | None = None
        self.result: object = None
        self.start()

    def run(self) -> None:
        try:
            self.result = self._work(self.token)
        except (StetError, WorkerBug) as error:
            self.raised = error


# -- what it answers ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("text", "place"), [(TEXT, 0), (LONG, len(LONG) // 2), *SLOW])
def test_it_finds_the_same_words_and_sentences_as_this_process(process: Worker, text: str, place: int) -> None:
    here = segment.segment_text(text, "en", place, CancelToken())
    assert process.segment_text(text, "en", place, CancelToken()) == here
    assert here.token_starts


@pytest.mark.slow
def test_it_finds_the_same_entities_as_this_process(process: Worker) -> None:
    there, here = process.recogniser("", CancelToken()), entities.recogniser()
    assert (there.name, there.version, there.language, there.labels) == here[:4]
    pieces = [NEWS, "", TEXT, NEWS * 20]
    assert there.entities(pieces, lambda: None) == here.entities(pieces)
    assert [found.label for found in here.entities([NEWS])[0]] == ["DATE", "PERSON", "PERSON", "GPE"]


def test_nothing_is_started_before_there_is_work(process: Worker) -> None:
    assert process.pid is None


def test_it_has_neither_qt_nor_the_project(process: Worker) -> None:
    process.recogniser("", CancelToken())
    maps = Path(f"/proc/{process.pid}/maps").read_text()
    assert "spacy" in maps
    assert [part for part in ("PySide6", "shiboken", "libQt") if part in maps] == []
    code = "import sys, app.jobs.worker_process; print(*sys.modules)"
    modules = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True).stdout.split()
    rooms = {name.split(".")[1] for name in modules if name.startswith("app.")}
    assert rooms == {"core", "jobs", "nlp", "suggesters"}, "those of the values that come over the wire"
    assert "spacy" not in modules, "it comes with the work"


@pytest.mark.slow
def test_what_it_cannot_do_is_told_in_the_same_words_as_here(process: Worker) -> None:
    with pytest.raises(WrongUse) as there:
        process.recogniser("nothing_sm", CancelToken())
    with pytest.raises(WrongUse) as here:
        entities.recogniser("nothing_sm")
    assert str(there.value) == str(here.value)
    assert process.segment_text("A.", "en", 0, CancelToken()).token_starts, "and it goes on"


@pytest.mark.slow
def test_a_missing_spacy_is_told(tmp_path: Path) -> None:
    (tmp_path / "spacy.py").write_text("raise ImportError('no spaCy')")
    code = f"import sys; sys.path[:0] = [{str(tmp_path)!r}, {str(ROOT)!r}]; from app.jobs.worker_process import main; "
    process = Worker(start=saying(code + "main(['60'])"))
    for _ in range(2):
        with pytest.raises(StetError, match="spaCy can't be loaded here.*no spaCy.*install") as caught:
            process.segment_text(TEXT, "en", 0, CancelToken())
        assert not isinstance(caught.value, WorkerLost)
    process.close()


def test_the_flag_makes_a_worker_of_the_program(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    assert worker.command(60) == [sys.executable, WORKER_FLAG, "60"]
    program = Worker(start=lambda idle: [sys.executable, "-m", "app", *worker.command(idle)[1:]])
    assert program.segment_text("A.", "en", 0, CancelToken()).token_starts
    program.close()


@pytest.mark.slow
def test_it_finds_this_program_from_any_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "app").mkdir()
    (tmp_path / "app" / "__init__.py").write_text("raise SystemExit('another program')")
    monkeypatch.delenv("PYTHONPATH", raising=False)
    monkeypatch.chdir(tmp_path)
    process = Worker()
    assert process.segment_text("A.", "en", 0, CancelToken()).token_starts
    process.close()


# -- ends --------------------------------------------------------------------------------------------------------------


def test_who_cancels_does_not_wait_and_the_process_goes_on(process: Worker) -> None:
    process.segment_text("A.", "en", 0, CancelToken())
    pid = process.pid
    assert pid is not None
    os.kill(pid, signal.SIGSTOP)
    call = Call(lambda token: process.segment_text(LONG, "en", 0, token))
    time.sleep(0.05)
    call.token.cancel()
    call.join(0.5)
    assert isinstance(call.raised, Cancelled)
    os.kill(pid, signal.SIGCONT)
    assert process.segment_text("A.", "en", 0, CancelToken()).token_starts
    assert process.pid == pid


def test_work_that_ignores_cancel_is_killed_and_the_next_is_done(
    process: Worker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker, "_PATIENCE_S", 1.0)
    process.segment_text("A.", "en", 0, CancelToken())
    pid = process.pid
    assert pid is not None
    os.kill(pid, signal.SIGSTOP)
    call = Call(lambda token: process.segment_text(LONG * 20, "en", 0, token))  # more than a pipe holds
    other = Call(lambda token: process.segment_text("A. B.", "en", 0, token))
    time.sleep(0.05)
    call.token.cancel()
    call.join(0.5)
    assert isinstance(call.raised, Cancelled)
    other.join(20)
    assert other.raised is None, "another one's work is done by the next process"
    assert not alive(pid)
    assert process.pid not in (None, pid)


def test_a_killed_process_is_reported_and_restarted_on_demand(process: Worker) -> None:
    process.segment_text("A.", "en", 0, CancelToken())
    pid = process.pid
    assert pid is not None
    os.kill(pid, signal.SIGSTOP)
    call = Call(lambda token: process.segment_text(LONG, "en", 0, token))
    time.sleep(0.05)
    os.kill(pid, signal.SIGKILL)
    call.join(5)
    assert isinstance(call.raised, WorkerLost)
    assert str(call.raised).startswith("the process that runs spaCy was ended by signal 9 before it answered; try")
    assert process.segment_text("A.", "en", 0, CancelToken()).token_starts


_SAY = "import os, sys; say = lambda data: os.write(1, data); say"


def test_a_process_that_hears_no_message_ends() -> None:
    garbled = (2).to_bytes(8, "little") + b"\xa1\xa4"
    done = subprocess.run(worker.command(), input=garbled, capture_output=True, timeout=60, check=False)
    assert (done.returncode, done.stdout) == (65, b"")


@pytest.mark.parametrize(
    ("code", "words", "details"),
    [
        ("import sys; sys.exit('no room')", "ended with 1 before", "no room"),
        ("import no_such_thing", "ended with 1 before", "No module named 'no_such_thing'"),
        ("pass", "ended with 0 before", ""),
        ("import os; os.close(1); os.abort()", "ended by signal 6", ""),
        (f"{_SAY}(b'\\2' + bytes(7) + b'\\xa1\\xa4'); sys.stdin.read()", "gave an answer that can't be read", ""),
    ],
)
def test_a_process_that_cannot_start_is_told(code: str, words: str, details: str) -> None:
    process = Worker(start=saying(code))
    with pytest.raises(WorkerLost, match=words) as caught:
        process.segment_text("A.", "en", 0, CancelToken())
    assert details in caught.value.details
    process.close()


def test_a_program_that_is_not_there_is_told(tmp_path: Path) -> None:
    process = Worker(start=lambda _idle: [str(tmp_path / "python")])
    with pytest.raises(WorkerLost, match="could not be started"):
        process.segment_text("A.", "en", 0, CancelToken())
    process.close()


def test_a_bug_there_is_a_bug_here() -> None:
    code = (
        f"import sys; sys.path.insert(0, {str(ROOT)!r}); from app.jobs import worker_process;"
        "from app.jobs.tasks import segment; segment.cut_paragraphs = None; worker_process.main(['60'])"
    )
    process = Worker(start=saying(code))
    with pytest.raises(WorkerBug, match="TypeError[^|]*in _do"):
        process.segment_text("A.", "en", 0, CancelToken())
    process.close()


@pytest.mark.slow
def test_closing_waits_for_nothing_even_while_spacy_loads() -> None:
    process = Worker()
    call = Call(lambda token: process.segment_text(TEXT, "en", 0, token))
    until(lambda: process.pid)
    pid = process.pid
    assert pid is not None
    time.sleep(0.3)
    begin = time.perf_counter()
    process.close()
    call.join()
    assert time.perf_counter() - begin < 0.3, "spaCy takes longer to load"
    assert isinstance(call.raised, Cancelled)
    until(lambda: not alive(pid), 2)
    with pytest.raises(Cancelled):
        process.segment_text(TEXT, "en", 0, CancelToken())


@pytest.mark.slow
def test_closing_before_the_process_has_started_leaves_none() -> None:
    process = Worker()
    call = Call(lambda token: process.segment_text(TEXT, "en", 0, token))
    process.close()
    call.join(5)
    assert isinstance(call.raised, Cancelled)


@pytest.mark.slow
def test_without_work_it_ends_and_the_next_work_starts_another() -> None:
    process = Worker(idle=0.2)
    assert process.segment_text("A.", "en", 0, CancelToken()).token_starts
    pid = process.pid
    until(lambda: process.pid is None)
    assert process.segment_text("A.", "en", 0, CancelToken()).token_starts
    assert process.pid not in (None, pid)
    process.close()


@pytest.mark.slow
@pytest.mark.parametrize("pause", [0.0, 0.3, 5.0])
def test_it_ends_with_a_window_that_is_killed(pause: float) -> None:
    """Killed while the worker starts, while it loads spaCy, and while it works."""
    code = (
        "import threading, time; from app.jobs.worker import Worker; from app.core.progress import CancelToken;"
        "w = Worker(); r = lambda: [w.segment_text('One two. ' * 12000, 'en', 0, CancelToken()) for _ in range(999)];"
        "threading.Thread(target=r, daemon=True).start()\n"
        "while not w.pid: time.sleep(0.001)\n"
        f"time.sleep({pause}); print(w.pid, flush=True); time.sleep(60)"
    )
    window = subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, stdout=subprocess.PIPE)
    assert window.stdout is not None
    pid = int(window.stdout.readline())
    assert alive(pid)
    window.kill()
    window.wait()
    window.stdout.close()
    until(lambda: not alive(pid), 3)


# -- messages ----------------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_a_message_longer_than_a_pipe_comes_whole() -> None:
    source, sink = os.pipe()
    message = wire.Asked(1, wire.Segment("é😀" * 1_000_000, "en", 7))
    sender = threading.Thread(target=message_pipe.send, args=(sink, message_pipe.framed(message)))
    sender.start()
    body = message_pipe.receive(source)
    sender.join()
    os.close(sink)
    assert body == message_pipe.framed(message)[8:]
    assert message_pipe.receive(source) is None
    os.close(source)

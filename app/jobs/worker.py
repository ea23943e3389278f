"""The worker process as the window sees it: asked from the threads of jobs, started when there is work, and ended at
once when its work isn't needed any more.
"""

import queue
import sys
import threading
import time
from array import array
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import IO, TYPE_CHECKING, TypeVar

from app.core.errors import Cancelled, StetError, WrongUse
from app.core.progress import CancelToken
from app.core.units import Segments
from app.jobs import WORKER_FLAG
from app.jobs.tasks.segment import stretch
from app.jobs.wire import (
    Asked,
    Drop,
    Dropped,
    EntitiesFound,
    Failed,
    Load,
    Loaded,
    Read,
    Result,
    Segment,
    Segmented,
    Work,
    WorkerAnswer,
    WorkerBroken,
    framed,
    receive,
    send,
)

if TYPE_CHECKING:
    import subprocess

    from app.nlp.entities import Entity

IDLE_S = 300.0  # without work for so long, the process ends and gives back its memory, hundreds of megabytes
_PATIENCE_S = 2.0  # work that was dropped and isn't over by then is ended with the process
_MOST_DETAILS = 2000  # characters of its standard error that are kept
_IMPORT = "import sys; sys.path[:] = sys.argv[2:]; from app.jobs.worker_process import main; main(sys.argv[1:2])"


_R = TypeVar("_R", bound=Result)


class WorkerLost(StetError):
    """The process couldn't be started, or ended before it answered; `details` is what it complained of."""

    def __init__(self, why: str, details: str = "") -> None:
        super().__init__(
            f"the process that runs spaCy {why}",
            hint="try again; if it keeps failing, memory may be low: close other programs, or choose fewer documents",
        )
        self.details = details


class WorkerBug(Exception):
    """A bug in the process; the message is its traceback."""


def command(idle: float = IDLE_S) -> list[str]:
    """Return what starts the process. A program that was built is its own Python; else the process finds the same
    packages as this one, wherever it stands.
    """
    if getattr(sys, "frozen", False):
        return [sys.executable, WORKER_FLAG, str(idle)]
    import os

    return [sys.executable, "-P", "-c", _IMPORT, str(idle), *(entry or os.getcwd() for entry in sys.path)]


class Worker:
    """Does work with spaCy in one other process. Each call waits for its answer, in a job's thread, and returns at once
    when its token is cancelled.
    """

    def __init__(self, *, idle: float = IDLE_S, start: Callable[[float], list[str]] | None = None) -> None:
        """Start nothing yet. `idle` is in seconds; `start` gives another command line than `command`."""
        self._idle = idle
        self._start = start
        self._lock = threading.Lock()
        self._process: _Process | None = None
        self._is_closed = False

    @property
    def pid(self) -> int | None:
        """The number of the process that runs, if one does."""
        process = self._process
        return process.pid if process is not None else None

    def segment_text(self, text: str, language: str, place: int, token: CancelToken) -> Segments:
        """Return the tokens and sentences around a place; see `tasks.segment`. Raises Cancelled and StetError."""
        low, high = stretch(text, place)
        answer = self._ask(Segment(text[low:high], language, low), Segmented, token)
        return Segments(low, answer.high, *(_unpacked(part) for part in answer.places))

    def recogniser(self, pipeline: str, token: CancelToken | None) -> "DistantRecogniser":
        """Load a pipeline there; see `nlp.entities.recogniser`. Raises Cancelled and StetError."""
        token = token or CancelToken()
        return DistantRecogniser(self, self._ask(Load(pipeline), Loaded, token), token)

    def entities(self, pipeline: str, pieces: Sequence[str], token: CancelToken) -> "list[list[Entity]]":
        """Return the entities of each piece of text. Raises Cancelled and StetError."""
        from app.nlp.entities import Entity

        answer = self._ask(Read(pipeline, list(pieces)), EntitiesFound, token)
        return [[Entity(*entity) for entity in found] for found in answer.entities]

    def close(self) -> None:
        """End the process without waiting for it. What is asked, now or later, is cancelled."""
        with self._lock:
            self._is_closed = True
            process, self._process = self._process, None
        if process is not None:
            process.kill()

    def _ask(self, what: Work, kind: type[_R], token: CancelToken) -> _R:
        token.raise_if_cancelled()
        process, waiting = self._put(what)
        if self._wait(process, waiting, token) is None and process.asks_again:
            process, waiting = self._put(what)
            self._wait(process, waiting, token)
        if waiting.answer is None:
            raise process.lost()
        return _result(waiting.answer, kind)

    def _put(self, what: Work) -> "tuple[_Process, _Waiting]":
        with self._lock:
            if self._is_closed:
                raise Cancelled
            if self._process is None or self._process.is_over:
                self._process = _Process((self._start or command)(self._idle))
            return self._process, self._process.ask(what)

    def _wait(self, process: "_Process", waiting: "_Waiting", token: CancelToken) -> WorkerAnswer | None:
        with token.waking(waiting.answered.set):
            waiting.answered.wait()
        if waiting.answer is None and (token.is_cancelled or self._is_closed):
            process.drop(waiting.number)
            raise Cancelled
        return waiting.answer


class DistantRecogniser:
    """A pipeline that is loaded in the worker process, with its name, version, language and labels."""

    def __init__(self, worker: Worker, loaded: Loaded, token: CancelToken) -> None:
        self.name = loaded.name
        self.version = loaded.version
        self.language = loaded.language
        self.labels = loaded.labels
        self._worker = worker
        self._token = token

    def entities(self, pieces: Sequence[str], between: Callable[[], None]) -> "list[list[Entity]]":
        """Return the entities of each piece of text. Cancelling reaches the process without `between`."""
        return self._worker.entities(self.name, pieces, self._token)


def _result(answer: WorkerAnswer, kind: type[_R]) -> _R:
    what = answer.what
    if isinstance(what, kind):
        return what
    if isinstance(what, Failed):
        raise (WrongUse if what.wrong_use else StetError)(what.what, hint=what.hint)
    if isinstance(what, WorkerBroken):
        raise WorkerBug(what.trace)
    if isinstance(what, Dropped):
        raise Cancelled
    raise WorkerBug(f"asked for {kind.__name__}, and got {type(what).__name__}")


def _unpacked(part: bytes) -> "array[int]":
    places = array("q")
    places.frombytes(part)
    return places


class _Waiting:
    """A caller that waits for an answer, until there is one or none will come."""

    def __init__(self, number: int) -> None:
        self.number = number
        self.answered = threading.Event()
        self.answer: WorkerAnswer | None = None


class _Process:
    """One process, from its start to its end. Two threads keep it: one starts it and writes, one reads."""

    def __init__(self, command: list[str]) -> None:
        self._command = command
        self._lock = threading.Lock()
        self._outbox: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
        self._waiting: dict[int, _Waiting] = {}
        self._dropped: dict[int, float] = {}  # until when it may go on
        self._count = 0
        self._popen: subprocess.Popen[bytes] | None = None
        self._is_killed = False
        self._is_out_of_patience = False
        self._why = ""
        self._details = ""
        self.is_over = False
        self.asks_again = False  # it ended for another reason than what it was asked, so that another can be asked
        threading.Thread(target=self._keep, name="stet-worker", daemon=True).start()

    @property
    def pid(self) -> int | None:
        return self._popen.pid if self._popen is not None and not self.is_over else None

    def ask(self, what: Work) -> _Waiting:
        with self._lock:
            self._count += 1
            waiting = _Waiting(self._count)
            if self.is_over:
                waiting.answered.set()
            else:
                self._waiting[waiting.number] = waiting
                self._outbox.put(framed(Asked(waiting.number, what)))
            return waiting

    def drop(self, number: int) -> None:
        """Give up what was asked; if the process goes on with it for long, it is ended."""
        with self._lock:
            if self._waiting.pop(number, None) is not None:
                self._dropped[number] = time.monotonic() + _PATIENCE_S
                self._outbox.put(framed(Asked(number, Drop())))

    def kill(self) -> None:
        """End the process without waiting for it."""
        with self._lock:
            self._is_killed = True
            if self._popen is not None:
                self._popen.kill()
        self._outbox.put(None)

    def lost(self) -> WorkerLost:
        return WorkerLost(self._why, self._details)

    # -- the thread that starts the process and writes -----------------------------------------------------------------

    def _keep(self) -> None:
        import subprocess
        import tempfile

        with tempfile.TemporaryFile() as complaints:
            try:
                popen = subprocess.Popen(
                    self._command,
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=complaints,
                    creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
                )
            except OSError as error:
                self._end(f"could not be started ({error})")
                return
            with self._lock:
                self._popen = popen
                if self._is_killed:
                    popen.kill()
            assert popen.stdin is not None
            reader = threading.Thread(target=self._read, args=(popen, complaints), name="stet-worker-read", daemon=True)
            reader.start()
            with suppress(OSError):  # no one reads any more; the reader finds out why
                self._write(popen.stdin.fileno())
            reader.join()
            popen.stdin.close()

    def _write(self, pipe: int) -> None:
        while True:
            try:
                frame = self._outbox.get(timeout=self._patience())
            except queue.Empty:
                self._is_out_of_patience = True
                self.kill()
                return
            if frame is None:
                return
            send(pipe, frame)

    def _patience(self) -> float | None:
        """Return how long the dropped work may still go on, in seconds; None if there is none."""
        with self._lock:
            ends = min(self._dropped.values(), default=None)
        return None if ends is None else max(0.0, ends - time.monotonic())

    # -- the thread that reads -----------------------------------------------------------------------------------------

    def _read(self, popen: "subprocess.Popen[bytes]", complaints: IO[bytes]) -> None:
        import msgspec

        assert popen.stdout is not None
        decode = msgspec.msgpack.Decoder(WorkerAnswer).decode
        while (message := receive(popen.stdout.fileno())) is not None:
            answer = decode(message)
            with self._lock:
                was_dropped = self._dropped.pop(answer.number, None) is not None
                waiting = self._waiting.pop(answer.number, None)
            if waiting is not None:
                waiting.answer = answer
                waiting.answered.set()
            elif was_dropped:
                self._outbox.put(b"")  # so that the writer looks again how long to wait
        popen.stdout.close()
        code = popen.wait()
        complaints.seek(0)
        self._details = complaints.read().decode(errors="replace")[-_MOST_DETAILS:].strip()
        how = f"was ended by signal {-code}" if code < 0 else f"ended with {code}"
        self._end(f"{how} before it answered", asks_again=code == 0 or self._is_out_of_patience)

    def _end(self, why: str, *, asks_again: bool = False) -> None:
        with self._lock:
            self.is_over = True
            self.asks_again = asks_again
            self._why = why
            waiting, self._waiting = list(self._waiting.values()), {}
        self._outbox.put(None)
        for one in waiting:
            one.answered.set()

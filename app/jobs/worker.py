"""The client side of the worker process: called from job threads, started when there is work, and killed as soon as its
work is no longer needed.
"""

import queue
import threading
import time
from array import array
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import IO, TYPE_CHECKING, TypeVar

from app.core.child_process import python_command
from app.core.decode_faults import DECODE_FAULTS
from app.core.errors import Cancelled, StetError, WrongUse
from app.core.message_pipe import framed, receive, send
from app.core.progress import CancelToken
from app.core.units import Segments
from app.jobs import WORKER_FLAG
from app.jobs.tasks.segment import stretch
from app.jobs.wire import (
    Asked,
    Compare,
    DescribeWords,
    Drop,
    Dropped,
    EntitiesFound,
    Failed,
    FindPhrases,
    HintsFound,
    Load,
    Loaded,
    LoadPhrases,
    LoadRules,
    PhrasesFound,
    Read,
    Result,
    RulesLoaded,
    Segment,
    Segmented,
    WordsDescribed,
    Work,
    WorkerAnswer,
    WorkerBroken,
)

if TYPE_CHECKING:
    import subprocess

    from app.nlp.doc_findings import Entity
    from app.nlp.phrases import Phrase, PhraseMatch
    from app.nlp.word_kinds import WordKind
    from app.suggesters.hints.hint import Hint

IDLE_S = 300.0  # seconds without work after which the process ends, freeing hundreds of megabytes
_PATIENCE_S = 2.0  # seconds after which the process is killed if it is still busy with cancelled work
_MOST_DETAILS = 2000  # characters kept of its standard error


_R = TypeVar("_R", bound=Result)


class WorkerLost(StetError):
    """The process couldn't be started, or ended before it answered; `details` is its standard error."""

    def __init__(self, why: str, details: str = "") -> None:
        super().__init__(
            f"the process that runs spaCy {why}",
            hint="try again; if it keeps failing, memory may be low: close other programs, or choose fewer documents",
        )
        self.details = details


class WorkerBug(Exception):
    """A bug in the process; the message is its traceback."""


def command(idle: float = IDLE_S) -> list[str]:
    """Return the command line that starts the process."""
    return python_command(WORKER_FLAG, "app.jobs.worker_process", str(idle))


class Worker:
    """Does work with spaCy in a separate process. Thread-safe; each call blocks the calling job's thread until the
    answer arrives, and raises Cancelled at once when its token is cancelled.
    """

    def __init__(self, *, idle: float = IDLE_S, start: Callable[[float], list[str]] | None = None) -> None:
        """Start nothing yet. `idle` is in seconds; `start` returns another command line than `command`."""
        self._idle = idle
        self._start = start
        self._lock = threading.Lock()
        self._process: _Process | None = None
        self._is_closed = False

    @property
    def pid(self) -> int | None:
        """The id of the running process, or None."""
        process = self._process
        return process.pid if process is not None else None

    def segment_text(self, text: str, language: str, place: int, token: CancelToken) -> Segments:
        """Return the tokens and sentences around an offset; see `tasks.segment`. Raises Cancelled and StetError."""
        low, high = stretch(text, place)
        answer = self._ask(Segment(text[low:high], language, low), Segmented, token)
        return Segments(low, answer.high, *(_unpacked(part) for part in answer.places))

    def recogniser(self, pipeline: str, token: CancelToken | None) -> "DistantRecogniser":
        """Load a pipeline in the process; see `nlp.entities.recogniser`. Raises Cancelled and StetError."""
        token = token or CancelToken()
        return DistantRecogniser(self, pipeline, self._ask(Load(pipeline), Loaded, token), token)

    def entities(self, pipeline: str, pieces: Sequence[str], token: CancelToken) -> "list[list[Entity]]":
        """Return the entities of each piece of text. Raises Cancelled and StetError."""
        from app.nlp.doc_findings import Entity

        answer = self._ask(Read(pipeline, list(pieces)), EntitiesFound, token)
        return [[Entity(*entity) for entity in found] for found in answer.entities]

    def hinter(self, pipeline: str, token: CancelToken | None) -> "DistantHints":
        """Load a pipeline for the rules in the process; see `nlp.parser.parser`. Raises Cancelled and StetError."""
        token = token or CancelToken()
        return DistantHints(self, self._ask(LoadRules(pipeline), RulesLoaded, token), token)

    def compared(self, what: Compare, token: CancelToken) -> "list[tuple[str, Hint]]":
        """Return the hints of rules for a text. Raises Cancelled and StetError."""
        return self._ask(what, HintsFound, token).hints

    def phrases(self, phrases: "Sequence[Phrase]", language: str, token: CancelToken | None) -> "DistantPhrases":
        """Load what finds phrases in the process; see `nlp.phrases`. Raises Cancelled and StetError."""
        found = DistantPhrases(self, tuple(phrases), language, token or CancelToken())
        found.load()
        return found

    def matches(self, what: LoadPhrases | FindPhrases, token: CancelToken) -> "list[list[PhraseMatch]]":
        """Return the matches of phrases in each piece of text. Raises Cancelled and StetError."""
        return self._ask(what, PhrasesFound, token).matches

    def word_kinds(self, text: str, start: int, end: int, language: str, token: CancelToken) -> "list[WordKind]":
        """Return what the words in a range of a text are; see `nlp.word_kinds`. Raises Cancelled and StetError."""
        return self._ask(DescribeWords(text, start, end, language), WordsDescribed, token).words

    def close(self) -> None:
        """Kill the process without waiting for it. Running and later calls are cancelled."""
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
    """A pipeline loaded in the worker process, with its name, version, language and labels."""

    def __init__(self, worker: Worker, pipeline: str, loaded: Loaded, token: CancelToken) -> None:
        self._pipeline = pipeline or loaded.name  # a folder is known by its path, not by its name
        self.name = loaded.name
        self.version = loaded.version
        self.language = loaded.language
        self.labels = loaded.labels
        self._worker = worker
        self._token = token

    def entities(self, pieces: Sequence[str], between: Callable[[], None]) -> "list[list[Entity]]":
        """Return the entities of each piece of text. `between` isn't called: the token cancels the remote work."""
        return self._worker.entities(self._pipeline, pieces, self._token)


class DistantHints:
    """The rules on a pipeline loaded in the worker process, with its name and language."""

    def __init__(self, worker: Worker, loaded: RulesLoaded, token: CancelToken) -> None:
        self.name = loaded.name
        self.language = loaded.language
        self._worker = worker
        self._token = token

    def hints(
        self, rules: tuple[str, ...], text: str, references: Sequence[str], between: Callable[[], None]
    ) -> "list[tuple[str, Hint]]":
        """Return the hints of the rules with these names, each with its rule's name. `between` isn't called: the token
        cancels the remote work.
        """
        return self._worker.compared(Compare(self.name, rules, text, list(references)), self._token)


class DistantPhrases:
    """A finder of phrases in the worker process."""

    def __init__(self, worker: Worker, phrases: "tuple[Phrase, ...]", language: str, token: CancelToken) -> None:
        self._worker = worker
        self._phrases = phrases
        self._language = language
        self._token = token

    def load(self) -> None:
        """Load it in the process."""
        self._worker.matches(LoadPhrases(self._phrases, self._language), self._token)

    def find(self, pieces: Sequence[str], between: Callable[[], None]) -> "list[list[PhraseMatch]]":
        """Return the matches in each piece of text. `between` isn't called: the token cancels the remote work."""
        return self._worker.matches(FindPhrases(self._phrases, self._language, list(pieces)), self._token)


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
    """A caller waiting for an answer, until it arrives or can't arrive any more."""

    def __init__(self, number: int) -> None:
        self.number = number
        self.answered = threading.Event()
        self.answer: WorkerAnswer | None = None


class _Process:
    """One process, from its start to its end. Two threads serve it: one starts it and writes, one reads."""

    def __init__(self, command: list[str]) -> None:
        self._command = command
        self._lock = threading.Lock()
        self._outbox: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
        self._waiting: dict[int, _Waiting] = {}
        self._dropped: dict[int, float] = {}  # by request number: when the process is killed if still busy
        self._count = 0
        self._popen: subprocess.Popen[bytes] | None = None
        self._is_killed = False
        self._is_out_of_patience = False
        self._why = ""
        self._details = ""
        self.is_over = False
        self.asks_again = False  # it ended for a reason unrelated to the request, so the request can be repeated
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
        """Cancel a request; if the process keeps working on it for long, it is killed."""
        with self._lock:
            if self._waiting.pop(number, None) is not None:
                self._dropped[number] = time.monotonic() + _PATIENCE_S
                self._outbox.put(framed(Asked(number, Drop())))

    def kill(self) -> None:
        """Kill the process without waiting for it."""
        with self._lock:
            self._is_killed = True
            if self._popen is not None:
                self._popen.kill()
        self._outbox.put(None)

    def lost(self) -> WorkerLost:
        return WorkerLost(self._why, self._details)

    # -- writer thread, which also starts the process ------------------------------------------------------------------

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
            with suppress(OSError):  # the pipe is closed; the reader finds out why
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
        """Return how long cancelled work may continue, in seconds; None if there is none."""
        with self._lock:
            ends = min(self._dropped.values(), default=None)
        return None if ends is None else max(0.0, ends - time.monotonic())

    # -- reader thread -------------------------------------------------------------------------------------------------

    def _read(self, popen: "subprocess.Popen[bytes]", complaints: IO[bytes]) -> None:
        import msgspec

        assert popen.stdout is not None
        is_garbled = False
        decode = msgspec.msgpack.Decoder(WorkerAnswer).decode
        while (message := receive(popen.stdout.fileno())) is not None:
            try:
                answer = decode(message)
            except DECODE_FAULTS:
                popen.kill()  # what follows it can't be understood either
                is_garbled = True
                break
            with self._lock:
                was_dropped = self._dropped.pop(answer.number, None) is not None
                waiting = self._waiting.pop(answer.number, None)
            if waiting is not None:
                waiting.answer = answer
                waiting.answered.set()
            elif was_dropped:
                self._outbox.put(b"")  # wakes the writer, to compute its timeout again
        popen.stdout.close()
        code = popen.wait()
        complaints.seek(0)
        self._details = complaints.read().decode(errors="replace")[-_MOST_DETAILS:].strip()
        how = f"was ended by signal {-code}" if code < 0 else f"ended with {code}"
        why = "gave an answer that can't be read" if is_garbled else f"{how} before it answered"
        self._end(why, asks_again=code == 0 or self._is_out_of_patience)

    def _end(self, why: str, *, asks_again: bool = False) -> None:
        with self._lock:
            self.is_over = True
            self.asks_again = asks_again
            self._why = why
            waiting, self._waiting = list(self._waiting.values()), {}
        self._outbox.put(None)
        for one in waiting:
            one.answered.set()

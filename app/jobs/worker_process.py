"""The worker process: does work with spaCy on request, reading from standard input and answering on standard output.

It knows neither the window nor the project: it gets texts and returns offsets. It ends when its input is closed, that
is with the window, however that ended, or after some time without work.
"""

import os
import queue
import signal
import threading
from typing import TYPE_CHECKING, NoReturn

import msgspec

from app.core.decode_faults import DECODE_FAULTS
from app.core.errors import Cancelled, StetError, WrongUse
from app.core.message_pipe import framed, keep_bytes, receive, send
from app.core.os_faults import SystemFault
from app.core.progress import CancelToken
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
    from app.nlp.entities import Recogniser
    from app.nlp.phrases import Phrase, PhraseFinder


_GARBLED = 65  # the exit code


def main(arguments: list[str]) -> NoReturn:
    """Serve until the input ends; the argument is the number of seconds to wait for more work."""
    # Ctrl+C in a terminal goes to both processes; only the window handles it.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    asked, answers = os.dup(0), os.dup(1)
    # Stray prints must not corrupt the answers, and stray reads must not wait for input.
    nothing = os.open(os.devnull, os.O_RDWR)
    os.dup2(nothing, 0)
    os.dup2(2, 1)
    os.close(nothing)
    for pipe in (asked, answers):
        keep_bytes(pipe)
    _Server(asked, answers).serve(float(arguments[0]))
    os._exit(0)  # at once, although a thread is still waiting for input


class _Server:
    """Receives requests in one thread, so that cancellation is noticed at once, and works in another."""

    def __init__(self, asked: int, answers: int) -> None:
        self._asked = asked
        self._answers = answers
        self._work: queue.SimpleQueue[tuple[int, Work]] = queue.SimpleQueue()
        self._tokens: dict[int, CancelToken] = {}
        self._recognisers: dict[str, Recogniser] = {}
        self._finders: tuple[tuple[tuple[Phrase, ...], str], PhraseFinder] | None = None  # the last one asked for

    def serve(self, idle: float) -> None:
        """Process requests one after another, until there was none for `idle` seconds."""
        threading.Thread(target=self._listen, name="asked", daemon=True).start()
        while True:
            try:
                number, what = self._work.get(timeout=idle)
            except queue.Empty:
                return
            self._do(number, what)
            self._tokens.pop(number, None)

    def _listen(self) -> None:
        decode = msgspec.msgpack.Decoder(Asked).decode
        while (message := receive(self._asked)) is not None:
            try:
                asked = decode(message)
            except DECODE_FAULTS:
                os._exit(_GARBLED)  # the pipe has something else on it; whoever waits sees that this process is gone
            if isinstance(asked.what, Drop):
                token = self._tokens.get(asked.number)
                if token is not None:
                    token.cancel()
            else:
                self._tokens[asked.number] = CancelToken()
                self._work.put((asked.number, asked.what))
        os._exit(0)  # the window is gone: work in progress is no longer needed

    def _do(self, number: int, what: Work) -> None:
        try:
            answer = self._result(what, self._tokens[number])
        except Cancelled:
            answer = Dropped()
        except StetError as error:
            answer = Failed(error.what, error.hint, isinstance(error, WrongUse))
        except OSError as error:
            answer = Failed(str(SystemFault(error)), "", False)
        except ImportError as error:
            answer = Failed(f"spaCy can't be loaded here ({error})", "reinstall Stet or the package spacy", False)
        except BaseException as bug:
            if not isinstance(bug, MemoryError):  # in which case there is no memory to report it either
                from app.program_log import described

                self._send(number, WorkerBroken(described(bug)))
            raise
        self._send(number, answer)

    def _send(self, number: int, what: Result | Dropped | Failed | WorkerBroken) -> None:
        try:
            send(self._answers, framed(WorkerAnswer(number, what)))
        except OSError:
            os._exit(0)  # the reading end is closed

    def _result(self, what: Work, token: CancelToken) -> Result:
        token.raise_if_cancelled()
        if isinstance(what, Segment):
            from app.jobs.tasks.segment import cut_paragraphs

            found = cut_paragraphs(what.text, what.language, what.low, token)
            places = (found.token_starts, found.token_ends, found.sentence_starts, found.sentence_ends)
            starts, ends, first, last = (part.tobytes() for part in places)
            return Segmented(found.high, (starts, ends, first, last))
        if isinstance(what, LoadPhrases | FindPhrases):
            finder = self._finder(what.phrases, what.language)
            pieces = what.pieces if isinstance(what, FindPhrases) else []
            return PhrasesFound(finder.find(pieces, token.raise_if_cancelled))
        if isinstance(what, LoadRules | Compare):
            return self._compared(what, token)
        if isinstance(what, DescribeWords):
            from app.nlp.word_kinds import word_kinds

            return WordsDescribed(word_kinds(what.text, what.start, what.end, what.language))
        pipeline = self._recogniser(what.pipeline)
        if isinstance(what, Load):
            return Loaded(pipeline.name, pipeline.version, pipeline.language, pipeline.labels)
        return EntitiesFound([list(found) for found in pipeline.entities(what.pieces, token.raise_if_cancelled)])

    def _compared(self, what: LoadRules | Compare, token: CancelToken) -> Result:
        from app.suggesters.backend import local_hints

        rules = local_hints(what.pipeline)
        if isinstance(what, LoadRules):
            return RulesLoaded(rules.name, rules.language)
        return HintsFound(rules.hints(what.rules, what.text, what.references, token.raise_if_cancelled))

    def _finder(self, phrases: "tuple[Phrase, ...]", language: str) -> "PhraseFinder":
        if self._finders is None or self._finders[0] != (phrases, language):
            from app.nlp.phrases import PhraseFinder

            self._finders = ((phrases, language), PhraseFinder(phrases, language))
        return self._finders[1]

    def _recogniser(self, name: str) -> "Recogniser":
        if name not in self._recognisers:
            from app.nlp.entities import recogniser

            self._recognisers.clear()  # keep only one in memory
            found = recogniser(name)
            self._recognisers = {name: found, found.name: found}
        return self._recognisers[name]

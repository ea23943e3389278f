"""Searching one text while somebody types: in slices between frames, the nearest hit first."""

import time
from typing import NamedTuple

from PySide6.QtCore import QObject, QTimer, Signal

from app.core.progress import CancelToken, Progress
from app.core.text_search import Places, Span, TooSlow, Wanted, finder
from app.jobs.runner import JobOutcome, JobProgress, JobRunner

_MOST = 10_000
_SLICE_S = 0.004
_STRETCH = 1 << 16  # characters: what is read before the clock is looked at
_SECONDS = 1.0  # for an expression, which runs in a thread
_TOO_LONG = "takes too long"


class _Range(NamedTuple):
    at: int
    end: int
    hits: list[Span]


class FindSearch(QObject):
    """Finds the places of a text in another, those behind a place before those in front of it.

    Plain text is searched here, a few milliseconds at a time: the interpreter does one thing at a time, and a thread
    would hold up the window as well. Expressions run in a thread, as one match may take any time.
    """

    came = Signal()  # there are more hits, or it is over

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._text = ""
        self._before: list[Span] = []
        self._behind: list[Span] = []
        self._ranges: list[_Range] = []
        self._places: Places | None = None
        self.wrong = ""
        self.is_over = True
        self.is_cut = False
        self._runner = JobRunner(self)
        self._runner.progressed.connect(self._on_progressed)
        self._timer = QTimer(self)
        self._timer.setObjectName("find-slice")
        self._timer.setInterval(0)
        self._timer.timeout.connect(self._on_slice)

    @property
    def hits(self) -> list[Span]:
        """What was found until now, in the order of the text; no more than ten thousand, `is_cut` says if so."""
        return self._before + self._behind

    @property
    def nearest(self) -> int:
        """The place in `hits` of the first one behind where the search began, or else of the first."""
        return len(self._before) if self._behind else 0

    @property
    def has_hits(self) -> bool:
        """Whether anything was found until now."""
        return bool(self._behind or self._before)

    def begin(self, text: str, wanted: Wanted, start: int) -> None:
        """Search from a place to the end, and then from the beginning to the place. What ran before is given up."""
        self.stop()
        self._text = text
        self._before, self._behind = [], []
        self.wrong, self.is_cut = "", False
        if wanted.is_empty:
            return
        self.is_over = False
        if wanted.regex:
            self._run(wanted, start)
            return
        self._places = finder(wanted)
        self._ranges = [_Range(start, len(text), self._behind), _Range(0, start, self._before)]
        self._slice()
        if not self.is_over:
            self._timer.start()

    def stop(self) -> None:
        """Give up."""
        self._timer.stop()
        self._runner.cancel()
        self._ranges = []
        self.is_over = True

    # -- plain text --------------------------------------------------------------------------------------------------

    def _on_slice(self) -> None:
        had_any = self.has_hits
        self._slice()
        if self.is_over:
            self._timer.stop()
        if self.is_over or self.has_hits != had_any:
            self.came.emit()

    def _slice(self) -> None:
        until = time.perf_counter() + _SLICE_S
        while self._ranges and time.perf_counter() < until:
            at, end, hits = self._ranges[0]
            stop = min(end, at + _STRETCH)
            for span in self._places(self._text, _SECONDS, start=at, end=stop) if self._places else ():
                hits.append(span)
                stop = max(stop, span[1])
                if len(self._before) + len(self._behind) >= _MOST:
                    self.is_cut = True
                    self._ranges = []
                    break
            else:
                rest = [_Range(stop, end, hits)] if stop < end else []
                self._ranges = rest + self._ranges[1:]
        self.is_over = not self._ranges

    # -- expressions -------------------------------------------------------------------------------------------------

    def _run(self, wanted: Wanted, start: int) -> None:
        text, before, behind = self._text, self._before, self._behind

        def work(tell: Progress, token: CancelToken) -> str:
            places = finder(wanted)
            try:
                for first, end, hits in ((start, None, behind), (0, start, before)):
                    for span in places(text, _SECONDS, start=first, end=end, pause=token.raise_if_cancelled):
                        hits.append(span)
                        tell(len(hits), None, "Finding")
                        if len(before) + len(behind) >= _MOST:
                            return "cut"
            except TooSlow:
                return _TOO_LONG
            return ""

        self._runner.replace("find", work, self._on_done)

    def _on_progressed(self, _step: JobProgress) -> None:
        self.came.emit()

    def _on_done(self, outcome: JobOutcome) -> None:
        self.is_over = True
        self.is_cut = outcome.value == "cut"
        self.wrong = _TOO_LONG if outcome.value == _TOO_LONG else outcome.error.what if outcome.error else ""
        self.came.emit()

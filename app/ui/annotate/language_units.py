"""The words and sentences of the texts on the desk, as their language cuts them: found in the background."""

from collections import OrderedDict
from contextlib import suppress
from functools import partial

from PySide6.QtCore import QObject, QTimer

from app.core.document import Document
from app.core.errors import StetError
from app.core.progress import CancelToken, Progress
from app.core.units import PLAIN, Segments, TextUnits
from app.jobs.runner import JobOutcome, JobRunner
from app.jobs.tasks.segment import WHOLE, stretch
from app.jobs.worker import Worker, WorkerLost
from app.session.session import Session
from app.settings import Settings
from app.ui import bug_log
from app.ui.editor.canvas import TextCanvas
from app.ui.editor.controller import EditorController
from app.ui.editor.view_state import ViewState
from app.ui.widgets.notifier import Tone

_PAUSE_MS = 700  # the texts are to be on the screen first, and who leafs through documents waits for none of them
_NEAR = 8000  # characters around the caret that are to be known in a text that is too long to be cut whole
_KEPT = 20
_MOST_LOSSES = 2
_ENGLISH = "en"


class LanguageUnits(QObject):
    """Gives both canvases the units of their document's language. Until they are there, plain rules hold; so they do
    where there is no worker to find them, or none that can.
    """

    def __init__(
        self,
        session: Session,
        canvases: tuple[TextCanvas, TextCanvas],
        controller: EditorController,
        settings: Settings,
    ) -> None:
        super().__init__(controller)
        self._session = session
        self._canvases = canvases
        self._controller = controller
        self._settings = settings
        self.worker: Worker | None = None
        self._losses = 0
        self._has_given_up = False
        self._runner = JobRunner(self)
        self._kept: OrderedDict[tuple[str, str], Segments] = OrderedDict()
        self._pause = QTimer(self)
        self._pause.setObjectName("units-pause")
        self._pause.setSingleShot(True)
        self._pause.setInterval(_PAUSE_MS)
        self._pause.timeout.connect(self._start)
        for canvas in canvases:
            canvas.text_shown.connect(self._on_text_shown)
            canvas.view_changed.connect(self._on_moved)

    def language_of(self, document: Document) -> str:
        """Return the code of a document's language: what is said of it, else of the scheme, else English."""
        own = document.meta.get("language")
        return own if isinstance(own, str) and own.strip() else self._session.scheme.language or _ENGLISH

    @property
    def is_known(self) -> bool:
        """Whether there is nothing to wait for."""
        return not self._pause.isActive() and not self._runner.is_busy

    def take_settings(self) -> None:
        """Do as the settings say."""
        self._on_text_shown()

    def _on_text_shown(self) -> None:
        for canvas in self._canvases:
            canvas.units = PLAIN
        self._pause.stop()
        if self._settings["words"] == "language" and not self._has_given_up:
            self._pause.start()

    def _on_moved(self, _view: ViewState) -> None:
        for canvas in self._canvases:
            # Long texts are known in part; the part follows the caret.
            long = len(canvas.text) > WHOLE and canvas.units is not PLAIN
            if long and not self._pause.isActive() and not self._reaches(canvas):
                self._pause.start()

    def _reaches(self, canvas: TextCanvas) -> bool:
        return canvas.units.reach(canvas.view.caret, len(canvas.text), near=_NEAR)

    def _document(self, canvas: TextCanvas) -> Document | None:
        state = self._session.state
        if state is None or canvas is self._canvases[0]:
            return state.document if state else None
        uid = self._controller.reference_uid
        return self._session.document(uid) if uid else None

    def _start(self) -> None:
        if self._runner.is_busy or self.worker is None or self._has_given_up:
            return  # the end of one starts the next
        for canvas in self._canvases:
            document = self._document(canvas)
            if document is None or document.text != canvas.text or self._reaches(canvas):
                continue
            low, high = stretch(document.text, canvas.view.caret)
            if low == high:
                continue
            key = (document.sha256, self.language_of(document))
            if key in self._kept:
                self._kept.move_to_end(key)
                canvas.units = TextUnits(self._kept[key])
                if self._reaches(canvas):
                    continue
            work = partial(_segment, self.worker, document.text, key[1], canvas.view.caret)
            self._runner.submit("units", work, partial(self._on_done, key))
            return

    def _on_done(self, key: tuple[str, str], outcome: JobOutcome) -> None:
        if outcome.error is not None:
            self._on_failed(outcome.error)
        if outcome.cancelled or outcome.bug is not None or outcome.error is not None:
            return
        self._losses = 0
        self._kept[key] = outcome.value
        if len(self._kept) > _KEPT:
            self._kept.popitem(last=False)
        for canvas in self._canvases:
            document = self._document(canvas)
            if document is not None and (document.sha256, self.language_of(document)) == key:
                canvas.units = TextUnits(outcome.value)
        self._pause.start(0)

    def _on_failed(self, error: StetError) -> None:
        """Go on with plain rules, and say so once. A process that was lost may come back, so it is asked once more."""
        if isinstance(error, WorkerLost):
            self._losses += 1
            if self._losses < _MOST_LOSSES:
                self._pause.start()
                return
        self._has_given_up = True
        details = error.details if isinstance(error, WorkerLost) else ""
        with suppress(OSError):  # the line below says the same, but for the details
            bug_log.note([f"{part}\n" for part in (str(error), details) if part])
        self._controller.notifier.notify(f"Plain word and sentence rules are used here: {error.what}.", Tone.WARNING)

    def close(self) -> None:
        """Stop what is under way."""
        self._pause.stop()
        self._runner.shut_down()


def _segment(worker: Worker, text: str, language: str, place: int, _report: Progress, token: CancelToken) -> Segments:
    return worker.segment_text(text, language, place, token)

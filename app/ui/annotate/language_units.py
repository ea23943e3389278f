"""Word and sentence segmentation of the shown texts by the rules of their language, computed in the background."""

from collections import OrderedDict
from functools import partial

from PySide6.QtCore import QObject, QTimer

from app import program_log
from app.core.document import Document
from app.core.errors import StetError
from app.core.progress import CancelToken, Progress
from app.core.units import PLAIN, Segments, TextUnits
from app.jobs.runner import JobOutcome, JobRunner
from app.jobs.tasks.segment import WHOLE, stretch
from app.jobs.worker import Worker, WorkerLost
from app.session.session import Session
from app.settings import Settings
from app.ui.editor.canvas import TextCanvas
from app.ui.editor.controller import EditorController
from app.ui.editor.view_state import ViewState
from app.ui.widgets.notifier import Tone

_PAUSE_MS = 700  # let the texts be painted first, and don't segment documents that are only paged past
_NEAR = 8000  # code points around the caret that must be segmented, in a text too long to be segmented whole
_KEPT = 20
_MOST_LOSSES = 2
_ENGLISH = "en"


class LanguageUnits(QObject):
    """Gives both canvases the text units of their document's language.

    Plain rules apply until the units are available, and wherever there is no worker to compute them or it fails.
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
        """Return a document's language code: its own, else the scheme's, else English."""
        return document.language or self._session.scheme.language or _ENGLISH

    @property
    def is_known(self) -> bool:
        """Whether no segmentation is pending."""
        return not self._pause.isActive() and not self._runner.is_busy

    def take_settings(self) -> None:
        """Apply the current settings."""
        self._on_text_shown()

    def _on_text_shown(self) -> None:
        for canvas in self._canvases:
            canvas.units = PLAIN
        self._pause.stop()
        if self._settings["words"] == "language" and not self._has_given_up:
            self._pause.start()

    def _on_moved(self, _view: ViewState) -> None:
        for canvas in self._canvases:
            # Long texts are segmented in part, around the caret.
            long = len(canvas.text) > WHOLE and canvas.units is not PLAIN
            if long and not self._pause.isActive() and not self._reaches(canvas):
                self._pause.start()

    def _reaches(self, canvas: TextCanvas) -> bool:
        return canvas.units.reach(canvas.view.caret, len(canvas.text), near=_NEAR)

    def _document(self, canvas: TextCanvas) -> Document | None:
        state = self._session.state
        if state is None or canvas is self._canvases[0]:
            return state.document if state else None
        uid = self._controller.evidence.reference
        return self._session.reader.document(uid) if uid else None

    def _start(self) -> None:
        if self._runner.is_busy or self.worker is None or self._has_given_up:
            return  # the end of one job starts the next
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
        """Fall back to plain rules and notify the user once. A lost worker may be restarted, so it is retried once."""
        if isinstance(error, WorkerLost):
            self._losses += 1
            if self._losses < _MOST_LOSSES:
                self._pause.start()
                return
        self._has_given_up = True
        details = error.details if isinstance(error, WorkerLost) else ""
        program_log.note(error.what, details)
        self._controller.notifier.notify(f"Plain word and sentence rules are used here: {error.what}.", Tone.WARNING)

    def close(self) -> None:
        """Stop pending work."""
        self._pause.stop()
        self._runner.shut_down()


def _segment(worker: Worker, text: str, language: str, place: int, _report: Progress, token: CancelToken) -> Segments:
    return worker.segment_text(text, language, place, token)

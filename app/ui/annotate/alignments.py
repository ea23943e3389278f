"""Alignments of the pairs of texts shown in this session: computed in the background and cached."""

from collections import OrderedDict
from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QObject, QTimer, Signal

from app.core.alignment import Aligned
from app.core.document import Document
from app.jobs.runner import JobOutcome, JobRunner
from app.jobs.tasks.align import align_texts

_PAUSE_MS = 80  # let the text be painted first, and don't align documents that are only paged past
_KEPT = 40


class Alignments(QObject):
    """Provides the alignment of one pair of texts at a time, asynchronously."""

    ready = Signal()

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._runner = JobRunner(self)
        self._kept: OrderedDict[tuple[str, str], Sequence[Aligned]] = OrderedDict()
        self._wanted: tuple[Document, Document] | None = None
        self._pause = QTimer(self)
        self._pause.setObjectName("alignment-pause")
        self._pause.setSingleShot(True)
        self._pause.setInterval(_PAUSE_MS)
        self._pause.timeout.connect(self._start)

    @property
    def pairs(self) -> Sequence[Aligned]:
        """The aligned sentences of the wanted texts; empty until they are known."""
        return self._kept.get(_key(self._wanted), ()) if self._wanted else ()

    @property
    def is_known(self) -> bool:
        """Whether no alignment is pending."""
        return self._wanted is None or _key(self._wanted) in self._kept

    def want(self, text: Document | None, reference: Document | None) -> None:
        """Ask for the alignment of two texts, replacing any earlier request; `ready` is emitted once it is known."""
        self._wanted = (text, reference) if text is not None and reference is not None else None
        self._pause.stop()
        if self._wanted is not None and self.is_known:
            self._kept.move_to_end(_key(self._wanted))
            self.ready.emit()
        elif self._wanted is not None:
            self._runner.cancel()
            self._pause.start()

    def _start(self) -> None:
        if self._wanted is None or self._runner.is_busy:
            return  # the running job was cancelled; its end starts the next one
        text, reference = self._wanted
        work = partial(align_texts, text.text, reference.text)
        self._runner.submit("align", work, partial(self._on_done, _key(self._wanted)))

    def _on_done(self, key: tuple[str, str], outcome: JobOutcome) -> None:
        if not outcome.cancelled and outcome.bug is None:
            self._kept[key] = outcome.value or ()
            if len(self._kept) > _KEPT:
                self._kept.popitem(last=False)
        if self._wanted is not None and key == _key(self._wanted) and self.is_known:
            self.ready.emit()
        elif not self.is_known and outcome.bug is None:
            self._pause.start()

    def close(self) -> None:
        """Stop pending work."""
        self._pause.stop()
        self._wanted = None
        self._runner.shut_down()


def _key(pair: tuple[Document, Document]) -> tuple[str, str]:
    return (pair[0].sha256, pair[1].sha256)

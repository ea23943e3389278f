"""The alignments of the texts that were side by side in this sitting: made in the background, and kept."""

from collections import OrderedDict
from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QObject, QTimer, Signal

from app.core.alignment import Aligned
from app.core.document import Document
from app.jobs.runner import JobOutcome, JobRunner
from app.jobs.tasks.align import align_texts

_PAUSE_MS = 80  # the text is to be on the screen first, and who leafs through documents waits for none of them
_KEPT = 40


class Alignments(QObject):
    """Knows the alignment of one pair of texts at a time, a moment after it was asked for."""

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
        """The sentences of the text that is wanted; none as long as they aren't known."""
        return self._kept.get(_key(self._wanted), ()) if self._wanted else ()

    @property
    def is_known(self) -> bool:
        """Whether there is nothing to wait for."""
        return self._wanted is None or _key(self._wanted) in self._kept

    def want(self, text: Document | None, reference: Document | None) -> None:
        """Ask for the alignment of two texts, and no other any more; `ready` tells when it is there."""
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
            return  # what runs was cancelled, and its end starts the next one
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
        """Stop what is under way."""
        self._pause.stop()
        self._wanted = None
        self._runner.shut_down()


def _key(pair: tuple[Document, Document]) -> tuple[str, str]:
    return (pair[0].sha256, pair[1].sha256)

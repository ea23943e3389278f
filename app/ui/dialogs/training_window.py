"""The window that shows a training while one works on: what is learned, loss and score, and what came out."""

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from app.core.wording import counted
from app.nlp.trainer.model_scores import LabelScore
from app.ui.dialogs.base import Dialog
from app.ui.guard import guarded
from app.ui.widgets.labels import button, plain
from app.ui.widgets.training_curve import TrainingCurve

_MOST_ROWS = 24


@guarded
class TrainingDialog(Dialog):
    """Isn't modal. Closing it cancels a training that still runs."""

    cancel_requested = Signal()
    enough_requested = Signal()

    def __init__(self, title: str, about: Sequence[str], parent: QWidget | None = None) -> None:
        """Show what is learned, in lines."""
        super().__init__("training-dialog", title, parent)
        self.setModal(False)
        self.is_over = False
        self.curve = TrainingCurve()
        self._state = plain("Loading spaCy…", name="training-state", wrap=True)
        self._enough = button("Stop and keep the best", name="training-enough")
        self._close = button("Cancel", name="training-close")
        self._result = QGridLayout()
        self._result.setHorizontalSpacing(16)
        foot = QHBoxLayout()
        foot.addStretch(1)
        foot.addWidget(self._enough)
        foot.addWidget(self._close)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(20, 18, 20, 16)
        outer.setSpacing(10)
        outer.addWidget(plain(title, role="title", wrap=True))
        for line in about:
            outer.addWidget(plain(line, tone="soft", wrap=True))
        outer.addWidget(self.curve, 1)
        outer.addWidget(self._state)
        outer.addLayout(self._result)
        outer.addLayout(foot)
        self._enough.setEnabled(False)
        self._enough.clicked.connect(self._on_enough)
        self._close.clicked.connect(self._on_close)
        self.resize(520, max(420, self.sizeHint().height()))

    def show_step(self, step: int, loss: float, run: float) -> None:
        """Show a step: `run` as in `training_run`."""
        self.curve.add_loss(step, loss)
        what = "on all documents, for as long as was best" if run > 1 else f"on {run:.0%} of the documents"
        said = f" {what}" if run != 1 else ""
        best = max((score for _, score in self.curve.scores), default=None)
        self._state.setText(f"Step {step:,}{said}; loss {loss:.2f}" + (f"; best F {best:.3f}" if best else ""))

    def show_evaluation(self, step: int, f: float, run: float) -> None:
        """Show the score of an evaluation."""
        self.curve.add_score(step, f)
        self._enough.setEnabled(run >= 1)

    def next_run(self) -> None:
        """Begin with the curve of another model."""
        self.curve.clear()

    def finish(self, text: str, scores: Sequence[LabelScore] = (), curve: Sequence[tuple[str, str]] = ()) -> None:
        """Show how it ended, with scores by label and the learning curve, if there are any."""
        self.is_over = True
        self._state.setText(text)
        self._enough.hide()
        self._close.setText("Close")
        self._close.setFocus()
        rows = [("label", "precision", "recall", "F", "marks")] if scores else []
        rows += [
            (each.label, f"{each.precision:.2f}", f"{each.recall:.2f}", f"{each.f:.2f}", f"{each.gold:,}")
            for each in [*scores[:-1][:_MOST_ROWS], *scores[-1:]]
        ]
        rows += [(f"with {share} of the documents", "", "", f, "") for share, f in curve]
        for number, row in enumerate(rows):
            for column, cell in enumerate(row):
                self._result.addWidget(plain(cell, tone="faint" if not number else ""), number, column)

    def reject(self) -> None:
        """Close, and cancel what still runs."""
        if not self.is_over:
            self.cancel_requested.emit()
        super().reject()

    def closeEvent(self, event: QCloseEvent) -> None:
        if not self.is_over:
            self.cancel_requested.emit()
        super().closeEvent(event)

    def _on_enough(self, _checked: bool) -> None:
        self._enough.setEnabled(False)
        self._state.setText("Stopping, and keeping the best…")
        self.enough_requested.emit()

    def _on_close(self, _checked: bool) -> None:
        self.reject()


def learned_words(kind: str, layer: str, documents: dict[str, int]) -> str:
    """Return what is learned in one line: the kind of model, the title of the layer, and the documents of each part."""
    finds = {"ner": "ranges", "spancat": "ranges that may overlap", "textcat": "sentences or documents"}
    parts = {"train": "to learn from", "dev": "to say when to stop", "test": "for a test"}
    said = ", ".join(f"{counted(count, 'document')} {parts[name]}" for name, count in documents.items())
    return f"{layer}: {finds[kind]}; {said}"

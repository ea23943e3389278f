"""Five steps from the first look to the first exported line; the steps tick themselves off as they are done."""

from collections.abc import Sequence
from typing import NamedTuple

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from app.ui.widgets.labels import button, plain


class TourStep(NamedTuple):
    """One step: what to do, and why; `corrected` is said instead if the mark has a correction already."""

    title: str
    text: str
    corrected: str = ""


STEPS = (
    TourStep(
        "Mark an error",
        "The article says “Donald Trump, the US senator”; the report beside it says president. Put the caret on "
        "“senator” (or double-click it), press F4 for the error layer and R for Role.",
    ),
    TourStep(
        "Set the severity",
        "Press Alt+3 for Critical: Alt+0 is the mildest. Then press Enter, type “president” and press Enter again.",
        "Press Alt+3 for Critical: Alt+0 is the mildest. The correction is there already; Enter goes to it.",
    ),
    TourStep(
        "Point at the evidence",
        "Press Ctrl+Shift+F, type “President”, press Enter: the words are selected in the reference. K links them to "
        "your mark.",
    ),
    TourStep(
        "Find the tortured term",
        "“restricted slave trade” stands for a prisoner exchange. Select it, press D, give it severity, correction and "
        "evidence the same way. Ctrl+Z undoes anything, even tomorrow.",
    ),
    TourStep(
        "Export your first line",
        "Ctrl+Enter sets the document to done. Then press Ctrl+Shift+E and export the training data: one line of JSON "
        "for each finished document, with the corrected text.",
    ),
)


_STALE = "These steps are for the unchanged sample project; here you can only read them."


class TourCard(QFrame):
    """One step at a time, at the foot of the text; can be dismissed for good."""

    dismissed = Signal()
    sample_wanted = Signal()  # a fresh sample, to do the steps on

    def __init__(self, steps: Sequence[TourStep] = STEPS, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("notice")
        self._steps = steps
        self.step = 0
        self._is_corrected = False
        self._count = plain("", role="caption")
        self._title = plain("", name="tour-title")
        self._title.setStyleSheet("font-weight: 600;")
        self._text = plain("", wrap=True, name="tour-text")
        self._back = button("Back", name="tour-back", role="flat")
        self._next = button("Next", name="tour-next")
        close = button("Dismiss", name="tour-dismiss", role="flat", tip="You can show it again from Ctrl+K")
        self._stale = plain(_STALE, wrap=True, tone="soft", name="tour-stale")
        self._fresh = button("Open a fresh sample", name="tour-fresh", tip="This project stays as it is")
        for widget in (self._stale, self._fresh):
            widget.hide()
        head = QHBoxLayout()
        head.addWidget(self._title)
        head.addStretch(1)
        head.addWidget(self._count)
        foot = QHBoxLayout()
        foot.addWidget(close)
        foot.addStretch(1)
        foot.addWidget(self._fresh)
        foot.addWidget(self._back)
        foot.addWidget(self._next)
        box = QVBoxLayout(self)
        box.setContentsMargins(14, 10, 14, 8)
        box.addLayout(head)
        box.addWidget(self._text)
        box.addWidget(self._stale)
        box.addLayout(foot)
        self._back.clicked.connect(self._on_back)
        self._next.clicked.connect(self._on_next)
        close.clicked.connect(self._on_close)
        self._fresh.clicked.connect(self._on_fresh)
        for widget in (self._back, self._next, self._fresh, close):
            widget.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._show()

    def offer_sample(self) -> None:
        """Say that the steps can't be done on what is open, and offer what they can be done on."""
        self._stale.show()
        self._fresh.show()

    def advance(self, finished: int) -> None:
        """Go on if the given step (0-based) is the one shown: the person has done it."""
        if finished == self.step and self.step + 1 < len(self._steps):
            self.step += 1
            self._show()
        elif finished == self.step:
            self.dismissed.emit()

    def note_correction(self, *, is_there: bool) -> None:
        """Take note whether the mark of the steps has a correction, as one from an accepted suggestion may."""
        if is_there is not self._is_corrected:
            self._is_corrected = is_there
            self._show()

    def _show(self) -> None:
        step = self._steps[self.step]
        self._title.setText(step.title)
        self._text.setText((step.corrected if self._is_corrected else "") or step.text)
        self._count.setText(f"STEP {self.step + 1} OF {len(self._steps)}")
        self._back.setEnabled(self.step > 0)
        last = self.step + 1 == len(self._steps)
        self._next.setText("Finish" if last else "Next")
        self._next.setAccessibleName("Finish the tour" if last else "Next step")

    def _on_back(self, _checked: bool) -> None:
        self.step = max(0, self.step - 1)
        self._show()

    def _on_next(self, _checked: bool) -> None:
        if self.step + 1 == len(self._steps):
            self.dismissed.emit()
        else:
            self.step += 1
            self._show()

    def _on_fresh(self, _checked: bool) -> None:
        self.sample_wanted.emit()

    def _on_close(self, _checked: bool) -> None:
        self.dismissed.emit()

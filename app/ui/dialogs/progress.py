"""The progress dialog of long work, with a way to cancel it."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QCloseEvent, QKeyEvent
from PySide6.QtWidgets import QProgressBar, QVBoxLayout, QWidget

from app.ui.dialogs.base import Dialog
from app.ui.guard import guarded
from app.ui.theme import moves
from app.ui.widgets.labels import button, plain


@guarded
class ProgressDialog(Dialog):
    """Shown while a job runs. Closing it requests cancellation; it stays until the job has ended."""

    cancel_requested = Signal()

    def __init__(self, title: str, parent: QWidget | None = None, *, can_be_cancelled: bool = True) -> None:
        super().__init__("progress-dialog", title, parent)
        self.setMinimumWidth(420)
        self._over = False
        self._what = plain(title, name="progress-what", wrap=True)
        self._bar = QProgressBar()
        self._bar.setObjectName("progress-bar")
        self._bar.setAccessibleName("Progress")
        self._bar.setRange(0, 0)
        self._bar.setTextVisible(False)
        self._bar.setVisible(moves())  # an indeterminate bar is animated
        self._cancel = button("Cancel", name="progress-cancel")
        self._cancel.setAutoDefault(False)  # Enter, meant for the previous window, must not cancel the work
        box = QVBoxLayout(self)
        box.setContentsMargins(20, 18, 20, 16)
        box.addWidget(self._what)
        box.addWidget(self._bar)
        box.addWidget(self._cancel, 0, Qt.AlignmentFlag.AlignRight)
        self._cancel.clicked.connect(self._on_cancel)
        self._can_be_cancelled = can_be_cancelled
        self._cancel.setVisible(can_be_cancelled)

    def show_progress(self, done: int, total: int | None, what: str) -> None:
        """Show the progress; `total` is None if unknown. `what` may begin with a number of its own, such as that of the
        documents while bytes are counted: then that is shown alone.
        """
        # Qt counts in 32 bits; thousandths are precise enough for a bar.
        self._bar.setRange(0, 1000 if total else 0)
        self._bar.setVisible(bool(total) or moves())
        if total:
            self._bar.setValue(min(1000, done * 1000 // total))
        if self._cancel.isEnabled():
            counted = f": {done:,}" + (f" of {total:,}" if total else "") if done or total else "…"
            counted = "" if what[:1].isdigit() else counted
            self._what.setText(f"{what}{counted}")

    def finish(self) -> None:
        """Close: the job has ended."""
        self._over = True
        self.accept()

    def _on_cancel(self, _checked: bool) -> None:
        if not self._can_be_cancelled:
            return
        self._cancel.setEnabled(False)
        self._what.setText("Stopping…")
        self.cancel_requested.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self._on_cancel(False)
            return
        super().keyPressEvent(event)

    def closeEvent(self, event: QCloseEvent) -> None:
        if self._over:
            event.accept()
            return
        event.ignore()
        self._on_cancel(False)

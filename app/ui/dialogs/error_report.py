"""The report of errors of Stet itself: what happened, what is safe, and what a person can pass on."""

import platform
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from typing import NamedTuple

from PySide6.QtCore import QUrl, qVersion
from PySide6.QtGui import QDesktopServices, QGuiApplication
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QWidget

from app import __version__
from app.core.wording import counted
from app.ui.dialogs.form import FormDialog
from app.ui.widgets.fields import ReadOnlyText
from app.ui.widgets.labels import button, plain

_UNCHOSEN = "Also copy what the errors say (it may quote a document)"


class ReportedError(NamedTuple):
    """An error of Stet itself, at one place in its code.

    `what` is its kind and `trace` where it was raised, both without values; `words` is what it says, which may quote a
    document. `times` counts how often it was met there.
    """

    what: str
    when: str
    trace: str
    words: str
    times: int = 1


class ErrorReportDialog(FormDialog):
    """Shows all errors since the start. What is shown below is what is copied, to the letter.

    What errors say is left out until the person ticks that it may be there.
    """

    def __init__(
        self, lead: str, safe: Sequence[str], errors: Sequence[ReportedError], log: Path, parent: QWidget | None = None
    ) -> None:
        """`lead` says what happened, `safe` what became of the person's work; `log` is the path of the log file."""
        super().__init__("error-report", "Something went wrong in Stet", accept="Close", parent=parent)
        self.setMinimumWidth(600)
        self._log = log
        self._errors = tuple(errors)
        self._lead = plain(lead, wrap=True, name="error-report-lead")
        self._safe = plain("\n".join(safe), wrap=True, name="error-report-safe")
        self._details = ReadOnlyText()
        self._details.setObjectName("error-report-details")
        self._details.setAccessibleName("Details")
        self._details.setMinimumHeight(200)
        self._tells_words = QCheckBox(_UNCHOSEN)
        self._tells_words.setObjectName("error-report-words")
        self._tells_words.toggled.connect(self._on_words)
        copy = button("Copy details", name="error-report-copy", tip="Puts what is shown above on the clipboard")
        copy.clicked.connect(self._on_copy)
        folder = button("Open log folder", name="error-report-folder", tip=f"Shows {log.parent}")
        folder.clicked.connect(self._on_folder)
        self._copied = plain("", tone="muted", name="error-report-copied")
        row = QHBoxLayout()
        for widget in (copy, folder, self._copied):
            row.addWidget(widget)
        row.addStretch(1)
        for widget, stretch in ((self._lead, 0), (self._safe, 0), (self._details, 1), (self._tells_words, 0)):
            self.body.addWidget(widget, stretch)
        self.body.addLayout(row)
        self._show_details()
        self.come_unasked(self._details)

    def show_errors(self, lead: str, errors: Sequence[ReportedError]) -> None:
        """Show that more has happened while the dialog is open."""
        self._lead.setText(lead)
        self._errors = tuple(errors)
        self._show_details()

    def _show_details(self) -> None:
        with_words = self._tells_words.isChecked()
        parts = [_versions(), *(_described(error, with_words=with_words) for error in self._errors)]
        self._details.setPlainText("\n\n".join(parts))
        self._tells_words.setVisible(any(error.words for error in self._errors))

    def _on_words(self, _checked: bool) -> None:
        self._copied.setText("")
        self._show_details()

    def _on_copy(self, _checked: bool) -> None:
        QGuiApplication.clipboard().setText(self._details.toPlainText())
        self._copied.setText("Copied.")

    def _on_folder(self, _checked: bool) -> None:
        if not QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._log.parent))):
            self.complain(f"No file manager was found. The folder is {self._log.parent}")


def _versions() -> str:
    return (
        f"Stet {__version__}, Python {platform.python_version()}, Qt {qVersion()}, "
        f"PySide6 {version('PySide6-Essentials')}, {platform.platform()}"
    )


def _described(error: ReportedError, *, with_words: bool) -> str:
    often = f", {counted(error.times, 'time')}" if error.times > 1 else ""
    words = f"\nIt says: {error.words}" if with_words and error.words else ""
    return f"{error.when}{often}{words}\n{error.trace}"

"""The list of a project's backups, of which one can be put in the project's place."""

from pathlib import Path

from PySide6.QtCore import Qt, QUrl, Signal
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QAbstractItemView, QTableWidget, QTableWidgetItem, QWidget

from app.core.progress import CancelToken, Progress
from app.core.wording import counted, undirected
from app.jobs.runner import JobOutcome, JobRunner
from app.services.history.earlier_copies import EarlierCopy, copies_folder, earlier_copies
from app.ui.dialogs.form import FormDialog
from app.ui.theme import px
from app.ui.widgets.labels import button, literal, plain

_COLUMNS = ("Made", "Before", "Documents", "Marks", "Last action in it", "Compared with now", "State", "Size")
_WIDTHS = (130, 100, 84, 64, 220, 220, 80, 80)
_REASONS = {
    "migration": "an update",
    "replaced": "restoring",
    "import": "an import",
    "merge": "a merge",
    "scheme": "a new scheme",
    "text": "a text’s edit",
    "suggestions": "suggesting",
    "changes": "many changes",
    "mend": "mending",
}
_STATES = {"checked": "checking…", "intact": "intact", "damaged": "damaged"}
_NONE = (
    "No backups yet. Stet makes one before the first change of a sitting, before changes of many documents, every "
    "hour, and on closing. “Back up now” makes one at once."
)


class BackupsDialog(FormDialog):
    """Lists the backups of a project, open or not, and checks each of them while it is looked at."""

    answered = Signal(object)  # path of the backup to restore
    _listed = Signal(object)  # EarlierCopy, from the thread of the job
    _checked = Signal(object)

    def __init__(self, project: Path, parent: QWidget | None = None) -> None:
        name = undirected(project.stem)
        super().__init__("backups-dialog", f"Backups of “{name}”", accept="Restore", parent=parent)
        self.resize(px(1040), px(440))
        self._project = project
        self._copies: list[EarlierCopy] = []
        self._lead = plain("Looking for backups…", wrap=True, name="backups-lead")
        self._table = QTableWidget(0, len(_COLUMNS))
        self._dress()
        self._open = button("Open folder", name="backups-folder", tip=f"Shows {copies_folder(project)}")
        self.body.addWidget(self._lead)
        self.body.addWidget(self._table, 1)
        self.body.addWidget(self._open, 0, Qt.AlignmentFlag.AlignLeft)
        self.accept_button.setEnabled(False)
        self._open.hide()
        self._open.clicked.connect(self._on_folder)
        self._table.itemSelectionChanged.connect(self._on_selected)
        self._listed.connect(self._on_listed)
        self._checked.connect(self._on_checked)
        self._runner = JobRunner(self)
        self._runner.submit("backups", self._work, self._on_over)
        self.finished.connect(self._on_closed)
        self._table.setFocus()

    def _dress(self) -> None:
        table = self._table
        table.setObjectName("backups-table")
        table.setAccessibleName("Backups, newest first. Enter restores the selected one")
        table.setHorizontalHeaderLabels(_COLUMNS)
        table.horizontalHeader().setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        table.horizontalHeader().setStretchLastSection(True)
        table.verticalHeader().hide()
        table.verticalHeader().setDefaultSectionSize(px(26))
        table.setShowGrid(False)
        table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        table.setTabKeyNavigation(False)
        for column, width in enumerate(_WIDTHS):
            table.setColumnWidth(column, px(width))

    def _work(self, _report: Progress, token: CancelToken) -> int:
        """List all, which takes a moment, and then check each, which reads all of it."""
        count = 0
        for copy in earlier_copies(self._project):
            token.raise_if_cancelled()
            self._listed.emit(copy)
            count += 1
        for copy in earlier_copies(self._project, check=True):
            token.raise_if_cancelled()
            self._checked.emit(copy)
        return count

    def _on_listed(self, copy: EarlierCopy) -> None:
        row = len(self._copies)
        self._copies.append(copy)
        self._table.setRowCount(row + 1)
        self._show(row)
        if row == 0:
            self._table.selectRow(0)
        self._say()

    def _on_checked(self, copy: EarlierCopy) -> None:
        for row, known in enumerate(self._copies):
            if known.backup.path == copy.backup.path:
                self._copies[row] = copy
                self._show(row)
        self._on_selected()

    def _on_over(self, outcome: JobOutcome) -> None:
        self._say()
        if outcome.error is not None:
            self.complain(outcome.error.what)

    def _say(self) -> None:
        if self._copies:
            said = f"{counted(len(self._copies), 'backup')} in {copies_folder(self._project).name}. "
            said += "Restoring puts one in the place of the project. What is there now is kept here, too."
        else:
            said = _NONE
        self._lead.setText(said)
        self._open.setVisible(bool(self._copies))
        self._table.setVisible(bool(self._copies))

    def _show(self, row: int) -> None:
        copy = self._copies[row]
        facts = copy.facts
        counts = (
            (f"{facts.documents:,}", f"{facts.marks:,}", facts.title) if facts is not None else ("", "", copy.fault)
        )
        cells = (
            f"{copy.made:%Y-%m-%d %H:%M}",
            _REASONS.get(copy.backup.reason, copy.backup.reason),
            *counts,
            copy.difference(),
            _STATES[copy.state],
            f"{copy.size / 1e6:,.1f} MB",
        )
        for column, text in enumerate(cells):
            item = QTableWidgetItem(undirected(text))
            item.setToolTip(literal(str(copy.backup.path) if column == 0 else text))
            self._table.setItem(row, column, item)

    def _chosen(self) -> EarlierCopy | None:
        row = self._table.currentRow()
        return self._copies[row] if 0 <= row < len(self._copies) else None

    def _on_selected(self) -> None:
        copy = self._chosen()
        self.accept_button.setEnabled(copy is not None and copy.can_be_restored)
        is_damaged = copy is not None and not copy.can_be_restored
        self.complain(
            "This copy is damaged. It was kept so that experts can rescue what is in it." if is_damaged else ""
        )

    def submit(self) -> bool:
        """Emit the backup that was chosen."""
        copy = self._chosen()
        if copy is None or not copy.can_be_restored:
            return False
        self.answered.emit(copy.backup.path)
        return True

    def _on_folder(self, _checked: bool) -> None:
        folder = copies_folder(self._project)
        if not QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder))):
            self.complain(f"No file manager was found. The folder is {folder}")

    def _on_closed(self, _result: int) -> None:
        self._runner.shut_down()

"""The dialog that shows how a project stands with its hub, and who works where."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QAbstractItemView, QHBoxLayout, QTableWidget, QTableWidgetItem, QVBoxLayout, QWidget

from app.core.progress import CancelToken, Progress
from app.core.wording import advice, undirected
from app.jobs.runner import JobOutcome, JobRunner
from app.ui.dialogs.form import FormDialog
from app.ui.theme import px
from app.ui.widgets.fields import SpinBox
from app.ui.widgets.labels import button, plain

if TYPE_CHECKING:
    from app.jobs.tasks.hub import HubStatus
    from app.jobs.tasks.hub_queue import QueueRules

_COLUMNS = ("Who", "Role", "Documents", "Begun", "Finished")


class HubStatusDialog(FormDialog):
    """Shows the hub. What there is to do is asked of whoever has opened it."""

    exchange_wanted = Signal()
    offline_wanted = Signal(object)  # bool
    take_wanted = Signal(object)  # int, how many documents
    invite_wanted = Signal()
    leave_wanted = Signal()
    password_wanted = Signal()
    give_back_wanted = Signal()
    rules_wanted = Signal(object)  # QueueRules, those that there are

    def __init__(
        self,
        read: Callable[[], "HubStatus"],
        *,
        sign: str,
        why: str,
        is_offline: bool,
        is_lead: bool,
        wants_password: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        """`read` asks the server, in a thread. The rest is what is known without it."""
        super().__init__("hub-dialog", "Hub", accept="Close", parent=parent)
        self.resize(px(620), px(460))
        self._is_offline = is_offline
        self._wants_password = wants_password
        self._rules: QueueRules | None = None
        self._sign = plain(sign[:1].upper() + sign[1:], role="field", name="hub-sign")
        self._why = plain(why, tone="faint", wrap=True, name="hub-why")
        self._lines = plain("Asking the server…", wrap=True, name="hub-lines")
        for label in (self._sign, self._why, self._lines):
            self.body.addWidget(label)
        self._table = QTableWidget(0, len(_COLUMNS))
        self._dress()
        self.body.addWidget(self._table, 1)
        self.keep_in_view(self._buttons(is_lead=is_lead))
        self._runner = JobRunner(self)
        self.finished.connect(self._on_closed)

        def work(_report: Progress, _token: CancelToken) -> "HubStatus":
            return read()

        self._runner.submit("hub-status", work, self._on_read)

    def _dress(self) -> None:
        table = self._table
        table.setObjectName("hub-people")
        table.setAccessibleName("Who works where")
        table.setHorizontalHeaderLabels(_COLUMNS)
        table.horizontalHeader().setStretchLastSection(True)
        table.verticalHeader().hide()
        table.setShowGrid(False)
        table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.setTabKeyNavigation(False)
        table.hide()

    def _buttons(self, *, is_lead: bool) -> QWidget:
        whole = QWidget()
        rows = QVBoxLayout(whole)
        rows.setContentsMargins(2, 0, 0, 0)
        self._most = SpinBox()
        self._most.setObjectName("hub-take-most")
        self._most.setAccessibleName("How many documents to take")
        self._most.setRange(1, 10_000)
        self._most.setValue(10)
        take = button("Take documents", name="hub-take", tip="From the queue, reserved for you")
        back = button("Give back", name="hub-give-back", tip="What you have taken and not finished; your marks stay")
        now = button("Exchange now", name="hub-now")
        offline = button("Go online" if self._is_offline else "Work offline", name="hub-offline")
        invite = button("Invite…", name="hub-invite")
        invite.setVisible(is_lead)
        self._queue = button("Queue…", name="hub-queue", tip="How documents are handed out")
        self._queue.setVisible(is_lead)
        self._queue.setEnabled(False)  # until it is known how they are
        password = button("Password…", name="hub-password", tip="The server wants it")
        password.setVisible(self._wants_password)
        leave = button("Leave the hub", name="hub-leave", tip="The project and the hub keep everything")
        for widgets in ((self._most, take, back, now), (offline, invite, self._queue, password, leave)):
            row = QHBoxLayout()
            for widget in widgets:
                row.addWidget(widget)
            row.addStretch(1)
            rows.addLayout(row)
        take.clicked.connect(self._on_take)
        now.clicked.connect(self._on_now)
        offline.clicked.connect(self._on_offline)
        invite.clicked.connect(self._on_invite)
        leave.clicked.connect(self._on_leave)
        password.clicked.connect(self._on_password)
        back.clicked.connect(self._on_give_back)
        self._queue.clicked.connect(self._on_queue)
        for widget in (self._most, take, back, now):
            widget.setEnabled(not self._is_offline)
        return whole

    def _on_read(self, outcome: JobOutcome) -> None:
        if outcome.error is not None:
            self._lines.setText("")
            self.complain(advice(outcome.error))
            return
        if outcome.value is None:
            return
        status: HubStatus = outcome.value
        self._lines.setText("\n".join(status.summary()))
        self._rules = status.rules
        self._queue.setEnabled(status.rules is not None)
        self._show(status.rows())

    def _show(self, rows: Sequence[Sequence[object]]) -> None:
        self._table.setRowCount(len(rows))
        for at, row in enumerate(rows):
            for column, value in enumerate(row):
                shown = f"{value:,}" if isinstance(value, int) else undirected(str(value))
                item = QTableWidgetItem(shown)
                if isinstance(value, int):
                    item.setTextAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
                self._table.setItem(at, column, item)
        self._table.setVisible(len(rows) > 1)

    def _on_closed(self, _result: int) -> None:
        self._runner.shut_down()

    def _on_take(self, _checked: bool) -> None:
        self.accept()
        self.take_wanted.emit(self._most.value())

    def _on_give_back(self, _checked: bool) -> None:
        self.accept()
        self.give_back_wanted.emit()

    def _on_queue(self, _checked: bool) -> None:
        self.accept()
        self.rules_wanted.emit(self._rules)

    def _on_now(self, _checked: bool) -> None:
        self.accept()
        self.exchange_wanted.emit()

    def _on_offline(self, _checked: bool) -> None:
        self.accept()
        self.offline_wanted.emit(not self._is_offline)

    def _on_invite(self, _checked: bool) -> None:
        self.accept()
        self.invite_wanted.emit()

    def _on_password(self, _checked: bool) -> None:
        self.accept()
        self.password_wanted.emit()

    def _on_leave(self, _checked: bool) -> None:
        self.accept()
        self.leave_wanted.emit()

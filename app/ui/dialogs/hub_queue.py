"""The dialog in which a lead sets how the hub hands documents out."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from app.jobs.tasks.hub_queue import MOST_ANNOTATORS, MOST_HOURS, ORDERS, QueueRules
from app.ui.dialogs.form import FormDialog
from app.ui.widgets.fields import ComboBox, DoubleSpinBox, SpinBox
from app.ui.widgets.labels import plain


class HubQueueDialog(FormDialog):
    """Asks how many annotators a document gets, for how long it is reserved, and which come first."""

    answered = Signal(object)  # QueueRules

    def __init__(self, rules: QueueRules, parent: QWidget | None = None) -> None:
        super().__init__("hub-queue-dialog", "How documents are handed out", accept="Set", parent=parent)
        self.setMinimumWidth(460)
        self.body.addWidget(plain("Holds from the next document that anybody takes; nobody loses any.", wrap=True))
        self._annotators = SpinBox()
        self._annotators.setObjectName("hub-annotators")
        self._annotators.setRange(1, MOST_ANNOTATORS)
        self._annotators.setValue(rules.annotators)
        self.field("Annotators a document", self._annotators)
        self._hours = DoubleSpinBox()
        self._hours.setObjectName("hub-hours")
        self._hours.setDecimals(1)
        self._hours.setRange(0.1, MOST_HOURS)
        self._hours.setValue(rules.hours)
        note = "Counted from the last exchange of work on it. Then somebody else can have it; the marks stay."
        self.field("Hours for which a document is reserved", self._hours, note)
        self._order = ComboBox()
        self._order.setObjectName("hub-order")
        for key, words in ORDERS.items():
            self._order.addItem(words[:1].upper() + words[1:], key)
        self._order.setCurrentIndex(max(self._order.findData(rules.sorting), 0))
        self.field("Order", self._order)

    def submit(self) -> bool:
        """Emit the rules."""
        self.answered.emit(QueueRules(self._annotators.value(), self._hours.value(), self._order.currentData()))
        return True

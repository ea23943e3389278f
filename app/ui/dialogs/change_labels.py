"""Changes labels and attributes across the project, with a preview of the effects."""

from collections.abc import Iterable

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from app.core.errors import StetError
from app.core.progress import CancelToken, Progress
from app.core.scheme_change import LabelChange, SchemeChange
from app.jobs.runner import JobOutcome, JobProgress, JobRunner
from app.services.migration.migration import Migration, plan
from app.services.migration.outside_labels import outside_labels
from app.session.session import Session
from app.ui.dialogs.change_forms import AttributeForm, SplitForm
from app.ui.dialogs.change_preview import ChangePreview
from app.ui.dialogs.form import FormDialog
from app.ui.guard import guarded
from app.ui.widgets.fields import ComboBox, LineEdit
from app.ui.widgets.labels import plain

_RENAME, _MERGE, _DELETE, _SPLIT, _ATTRIBUTE = range(5)
_ACTIONS = (
    "Change its id",
    "Merge it into another label",
    "Delete it and its marks",
    "Split it into several labels",
    "Add an attribute to its layer",
)
_SETTLED_MS = 300
_FORM_WIDTH = 330


@guarded
class ChangeLabelsDialog(FormDialog):
    """Makes one change at a time, to everyone's annotations, and previews its effects.

    The preview is computed in the background, after a short pause in typing. So is the list of labels that marks have
    and the scheme lacks: these can be merged into a label of their layer, or deleted.
    """

    answered = Signal(object)  # SchemeChange
    document_wanted = Signal(object)  # uid

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__("labels-dialog", "Change labels", accept="Change", parent=parent)
        self.resize(1080, 680)
        self._session = session
        self._runner = JobRunner(self)
        self._runner.progressed.connect(self._on_progressed)
        self._finder = JobRunner(self)
        self._planned: SchemeChange | None = None
        self._settled = QTimer(self)
        self._settled.setSingleShot(True)
        self._settled.setInterval(_SETTLED_MS)
        self._settled.timeout.connect(self._look)
        self.finished.connect(self._on_closing)
        self._preview = ChangePreview()
        self._preview.wanted.connect(self._on_wanted)
        columns = QHBoxLayout()
        columns.setSpacing(18)
        columns.addWidget(self._form())
        columns.addWidget(self._preview, 1)
        self.body.addLayout(columns, 1)
        self._on_label(0)
        self._find_outside()

    def _form(self) -> QWidget:
        form = QWidget()
        form.setFixedWidth(_FORM_WIDTH)
        self._box = QVBoxLayout(form)
        self._box.setContentsMargins(0, 0, 0, 0)
        self._box.setSpacing(6)
        self._label, self._action, self._target = ComboBox(), ComboBox(), ComboBox()
        for layer in self._session.scheme.layers:
            for label in layer.labels:
                self._label.addItem(f"{layer.title}: {label.title}  ({label.id})", (layer.id, label.id))
        self._name = LineEdit()
        self._name.setPlaceholderText("The new id, such as WORDING")
        self._split, self._attribute = SplitForm(), AttributeForm()
        self._captioned("Label", self._label, "labels-label", self._box)
        self._captioned("Change", self._action, "labels-action", self._box)
        self._pages = QStackedWidget()
        for title, widget, name in (("New id", self._name, "labels-name"), ("Into", self._target, "labels-target")):
            page = QWidget()
            box = QVBoxLayout(page)
            box.setContentsMargins(0, 0, 0, 0)
            self._captioned(title, widget, name, box)
            box.addStretch(1)
            self._pages.addWidget(page)
        for page in (QWidget(), self._split, self._attribute):
            self._pages.addWidget(page)
        self._box.addWidget(self._pages, 1)
        self._label.currentIndexChanged.connect(self._on_label)
        self._action.currentIndexChanged.connect(self._show)
        self._target.currentIndexChanged.connect(self._show)
        self._name.textChanged.connect(self._show)
        self._split.changed.connect(self._show)
        self._attribute.changed.connect(self._show)
        return form

    def _captioned(self, title: str, widget: QWidget, name: str, box: QVBoxLayout) -> None:
        caption = plain(title, role="field")
        caption.setBuddy(widget)
        widget.setObjectName(name)
        widget.setAccessibleName(title)
        box.addWidget(caption)
        box.addWidget(widget)

    def _on_label(self, _row: int) -> None:
        layer, label = self._label.currentData()
        found = self._session.scheme.layer(layer)
        self._offer(
            range(len(_ACTIONS)) if found and found.label(label) else (_MERGE, _DELETE) if found else (_DELETE,)
        )
        self._target.blockSignals(True)
        self._target.clear()
        for other in found.labels if found is not None else ():
            if other.id != label:
                self._target.addItem(f"{other.title}  ({other.id})", other.id)
        self._target.blockSignals(False)
        self._split.show_label(self._session.scheme, layer, label)
        self._attribute.show_label(self._session.scheme, layer, label)
        self._show()

    def _offer(self, actions: Iterable[int]) -> None:
        """Offer only these actions; the current one stays if it is among them."""
        now = self._action.currentData()
        self._action.blockSignals(True)
        self._action.clear()
        for action in actions:
            self._action.addItem(_ACTIONS[action], action)
        self._action.setCurrentIndex(max(0, self._action.findData(now)))
        self._action.blockSignals(False)

    def _find_outside(self) -> None:
        """Add the labels that marks have and the scheme lacks, once they are found."""
        path = self._session.path

        def work(_report: Progress, _token: CancelToken) -> list[tuple[str, str]]:
            reader = Session.open(path, write=False)
            try:
                return outside_labels(reader)
            finally:
                reader.close()

        self._finder.submit("labels-outside", work, self._on_outside)

    def _on_outside(self, outcome: JobOutcome) -> None:
        if outcome.error is not None:
            self._complain_of(outcome.error)
        for layer, label in outcome.value or ():
            found = self._session.scheme.layer(layer)
            title = found.title if found is not None else layer
            self._label.addItem(f"{title}: {label}  (not in the scheme)", (layer, label))

    def _complain_of(self, error: StetError) -> None:
        self.complain(f"{error.what[:1].upper()}{error.what[1:]}.")

    def _change(self) -> SchemeChange | None:
        """Return the change as filled in, or None while it is incomplete."""
        layer, label = self._label.currentData()
        action = self._action.currentData()
        if action == _SPLIT:
            return self._split.change()
        if action == _ATTRIBUTE:
            return self._attribute.change()
        if action == _DELETE:
            return LabelChange(layer, label, None)
        new = self._name.text().strip() if action == _RENAME else self._target.currentData()
        return LabelChange(layer, label, new) if new else None

    # -- preview -------------------------------------------------------------------------------------------------------

    def _show(self, *_changed: object) -> None:
        self._pages.setCurrentIndex(self._action.currentData())
        self.complain("")
        self._planned = None
        self.accept_button.setEnabled(False)
        self._runner.cancel()
        self._settled.stop()
        change = self._change()
        if change is None:
            self._preview.say("")
        elif isinstance(change, LabelChange) and self._is_taken(change):
            self._preview.say("")
            self.complain(f"The label {change.new} already exists: choose “Merge it into another label”.")
        else:
            self._preview.say("Checking…")
            self._settled.start()

    def _is_taken(self, change: LabelChange) -> bool:
        known = change.new is not None and self._session.scheme.label(change.layer, change.new) is not None
        return known and self._action.currentData() == _RENAME

    def _look(self) -> None:
        change, path = self._change(), self._session.path
        if change is None:
            return
        if self._runner.is_busy:  # the cancelled job is still finishing its last document
            self._settled.start()
            return

        def work(report: Progress, token: CancelToken) -> tuple[SchemeChange, Migration]:
            def report_documents(done: int, total: int) -> None:
                report(done, total, "documents")

            # A reader of its own: the window keeps using its connections meanwhile.
            reader = Session.open(path, write=False)
            try:
                return change, plan(reader, [change], progress=report_documents, cancel=token)
            finally:
                reader.close()

        self._runner.submit("labels-preview", work, self._on_looked)

    def _on_progressed(self, step: JobProgress) -> None:
        if step.total and not self._settled.isActive():
            self._preview.say(f"Checking… {step.done:,} of {step.total:,} documents")

    def _on_looked(self, outcome: JobOutcome) -> None:
        if self._settled.isActive():  # the form has changed since
            return
        if outcome.error is not None:
            self._preview.say("")
            self._complain_of(outcome.error)
        elif outcome.value is not None:
            self._planned, found = outcome.value
            self._preview.show_plan(found)
            self.accept_button.setEnabled(self._session.is_writable)

    # -- closing -------------------------------------------------------------------------------------------------------

    def submit(self) -> bool:
        """Emit the previewed change."""
        if self._planned is None:
            return False
        self.answered.emit(self._planned)
        return True

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not self.accept_button.isEnabled() and event.text() in ("\r", "\n"):
            event.accept()  # there is nothing to confirm yet
            return
        super().keyPressEvent(event)

    def _on_wanted(self, uid: str) -> None:
        self.reject()
        self.document_wanted.emit(uid)

    def _on_closing(self, _result: int) -> None:
        self._settled.stop()
        self._finder.shut_down()
        self._runner.shut_down()

"""The assignment dialog: annotators, number of documents each, shared documents, with a preview."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import NamedTuple

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QHeaderView,
    QPushButton,
    QSpinBox,
    QTableWidget,
    QTableWidgetItem,
    QWidget,
)

from app.core.assignment_plan import AssignmentPlan, AssignmentRules, Distribution
from app.core.errors import StetError
from app.core.progress import CancelToken, Progress
from app.core.wording import counted, in_window
from app.jobs.runner import JobOutcome
from app.jobs.tasks.assign import Planner, SharedDocuments, TakenBack
from app.ui.dialogs.annotator_checklist import AnnotatorChecklist
from app.ui.dialogs.background_write import BackgroundWrite
from app.ui.dialogs.form import FormDialog
from app.ui.guard import guarded
from app.ui.widgets.fields import ComboBox, SpinBox
from app.ui.widgets.flow import Flow
from app.ui.widgets.labels import button, literal, plain

_PAUSE_MS = 150
_STRATEGIES = (
    (Distribution.EVERYONE, "Every document to everyone"),
    (Distribution.PER_DOCUMENT, "Each document to several annotators"),
    (Distribution.SHARE, "Each document to one annotator, by share"),
    (Distribution.ROUND_ROBIN, "Each document to one annotator, in turn"),
)
_COLUMNS = ("Annotator", "Share", "Documents", "New", "Words")
_SHARE = 1


class _Written(NamedTuple):
    """What was taken back, if anything was, and the planner of what there is then."""

    back: TakenBack | None
    planner: Planner


@guarded
class AssignDialog(FormDialog):
    """Shows the plan as it changes. Stays open after assigning, so that bundles can be written.

    `planner` is made already; another is made by `make_planner` after each write. This, `carry_out` and `take_back` are
    called in another thread. `people` are the known names, each with whether it is ticked initially.
    """

    bundles_wanted = Signal(object)  # list of names

    def __init__(
        self,
        planner: Planner,
        make_planner: Callable[[], Planner],
        people: Sequence[tuple[str, bool]],
        carry_out: Callable[[AssignmentPlan], None],
        take_back: Callable[[str], TakenBack],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__("assign-dialog", "Assign documents", accept="Assign", parent=parent)
        self.resize(620, 640)
        self._planner = planner
        self._make_planner = make_planner
        self._carry_out = carry_out
        self._take_back = take_back
        self._plan: AssignmentPlan | None = None
        self._writing = BackgroundWrite(self)
        self._writing.over.connect(self._on_written)
        self.finished.connect(self._on_closing)
        self._add_people(people)
        self._add_rules()
        self._add_preview()
        self._pause = QTimer(self)
        self._pause.setObjectName("assign-pause")
        self._pause.setSingleShot(True)
        self._pause.setInterval(_PAUSE_MS)
        self._pause.timeout.connect(self._show_plan)
        self._strategy.currentIndexChanged.connect(self._on_changed)
        for box in (self._each, self._overlap, self._seed):
            box.valueChanged.connect(self._on_changed)
        self._unit.currentIndexChanged.connect(self._on_changed)
        self._people.changed.connect(self._on_people_changed)
        self._people.removed.connect(self._on_person_removed)
        self._table.itemChanged.connect(self._on_share_changed)
        self._show_plan()
        self._people.name.setFocus()

    def _add_people(self, people: Sequence[tuple[str, bool]]) -> None:
        self._people = AnnotatorChecklist("assign", people)
        self.field("Annotators", self._people)

    def _add_rules(self) -> None:
        self._strategy = ComboBox()
        self._strategy.setObjectName("assign-strategy")
        self._strategy.setAccessibleName("Distribution of documents")
        for value, title in _STRATEGIES:
            self._strategy.addItem(title, value)
        self._each = _number("assign-each", "Annotators per document", 1, 99, 2)
        row = Flow(gap=6)
        row.add(self._strategy, 1, least=200)
        row.add(self._each)
        self.body.addWidget(plain("Distribution", role="field"))
        self.body.addLayout(row)
        self._overlap = _number("assign-overlap", "Documents assigned to everyone", 0, 1_000_000, 0)
        self._unit = ComboBox()
        self._unit.setObjectName("assign-unit")
        self._unit.setAccessibleName("Number or percentage of documents")
        self._unit.addItems(["documents", "percent"])
        self._seed = _number("assign-seed", "Random seed", 0, 1_000_000, 0)
        self._seed.setToolTip(literal("Decides which documents overlap; the same seed always picks the same ones"))
        row = Flow(gap=6)
        row.add(self._overlap)
        row.add(self._unit)
        row.add(plain("to everyone, so that agreement can be measured", tone="faint"), 1)
        row.add(plain("Seed", tone="faint"))
        row.add(self._seed)
        self.body.addWidget(plain("Overlap", role="field"))
        self.body.addLayout(row)

    def _add_preview(self) -> None:
        self._table = QTableWidget(0, len(_COLUMNS))
        self._table.setObjectName("assign-preview")
        self._table.setHorizontalHeaderLabels(_COLUMNS)
        self._table.verticalHeader().hide()
        self._table.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self._table.setEditTriggers(QAbstractItemView.EditTrigger.AllEditTriggers)
        self._table.setShowGrid(False)
        header = self._table.horizontalHeader()
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        self.field("Preview", self._table)
        self._summary = plain("", tone="soft", wrap=True, name="assign-summary")
        self._bundles = button(
            "Write bundles…",
            name="assign-bundles",
            tip="Write a project file for each annotator into a folder, ready to send",
        )
        row = QHBoxLayout()
        row.addWidget(self._summary, 1)
        row.addWidget(self._bundles)
        self.body.addLayout(row)
        self._shares: dict[str, float] = {}
        self._shown: list[str] = []  # names, by row
        self._bundles.clicked.connect(self._on_bundles)

    # -- selection -----------------------------------------------------------------------------------------------------

    def names(self) -> list[str]:
        """Return the ticked names."""
        return self._people.ticked()

    def _rules(self) -> AssignmentRules:
        return AssignmentRules(
            strategy=Distribution(self._strategy.currentData()),
            per_document=self._each.value(),
            weights={name: self._shares.get(name, 1.0) for name in self.names()},
            seed=self._seed.value(),
        )

    def _on_changed(self, _value: object) -> None:
        self._pause.start()

    def _on_people_changed(self) -> None:
        self._pause.start()

    def _on_person_removed(self, name: str) -> None:
        """Take somebody off the list, and back what they were given and haven't begun."""
        self._writing.run("Taking back", partial(self._taken_back, name))

    def _taken_back(self, name: str, _report: Progress, _token: CancelToken) -> _Written:
        return _Written(self._take_back(name), self._make_planner())

    def _assigned(self, plan: AssignmentPlan, _report: Progress, _token: CancelToken) -> _Written:
        self._carry_out(plan)
        return _Written(None, self._make_planner())

    def _on_written(self, outcome: JobOutcome) -> None:
        """Show what is left to be planned once something was written."""
        if outcome.error is not None:
            self.complain(in_window(outcome.error))
            return
        if not isinstance(outcome.value, _Written):
            return  # it was cancelled, and everything is as before
        back, self._planner = outcome.value
        if back is not None and back.stay:
            self._people.untick(back.annotator)
        elif back is not None:
            self._people.take_out(back.annotator)
        self._show_plan()
        self._pause.stop()
        if back is None:
            self._bundles.setFocus()
        elif back.taken or back.stay:
            self._summary.setText(str(back))

    def _on_closing(self, _result: int) -> None:
        self._writing.stop()

    def _on_share_changed(self, item: QTableWidgetItem) -> None:
        if item.column() == _SHARE:
            name = self._shown[item.row()]
            try:
                self._shares[name] = float(item.text().replace(",", "."))
            except ValueError:
                self._shares[name] = -1.0  # the plan reports what is wrong
            self._pause.start()

    # -- preview -------------------------------------------------------------------------------------------------------

    def _show_plan(self) -> None:
        rules = self._rules()
        self._each.setVisible(rules.strategy is Distribution.PER_DOCUMENT)
        has_overlap = rules.strategy is not Distribution.EVERYONE
        for widget in (self._overlap, self._unit, self._seed):
            widget.setEnabled(has_overlap)
        self._table.setColumnHidden(_SHARE, rules.strategy is not Distribution.SHARE)
        overlap = SharedDocuments(self._overlap.value(), is_percent=self._unit.currentIndex() == 1)
        names = self.names()
        self._plan = None
        try:
            if names:
                self._plan = self._planner.plan(names, rules, overlap)
        except StetError as error:
            self.complain(f"{error.what[:1].upper()}{error.what[1:]}.")
        else:
            self.complain("")
            self._fill(self._plan)
        self.accept_button.setEnabled(self._plan is not None and bool(self._plan.pairs))
        portions = self._plan.portions if self._plan is not None else ()
        self._bundles.setEnabled(bool(portions) and all(item.documents > item.new for item in portions))

    def _fill(self, plan: AssignmentPlan | None) -> None:
        if plan is None:
            self._table.setRowCount(0)
            self._summary.setText("Tick annotators, or add them by name.")
            return
        self._table.blockSignals(True)
        self._table.setRowCount(len(plan.portions))
        self._shown = [portion.annotator for portion in plan.portions]
        for row, portion in enumerate(plan.portions):
            share = f"{self._shares.get(portion.annotator, 1.0):g}"
            texts = (portion.annotator, share, f"{portion.documents:,}", f"{portion.new:,}", f"{portion.words:,}")
            for column, text in enumerate(texts):
                item = QTableWidgetItem(text)
                editable = Qt.ItemFlag.ItemIsEditable if column == _SHARE else Qt.ItemFlag.NoItemFlags
                item.setFlags(Qt.ItemFlag.ItemIsEnabled | editable)
                self._table.setItem(row, column, item)
        self._table.blockSignals(False)
        done = "" if plan.pairs else " Everything is assigned."
        self._summary.setText(f"{counted(plan.overlap, 'document')} to everyone, {plan.unassigned:,} unassigned.{done}")

    def keyPressEvent(self, event: QKeyEvent) -> None:
        # Enter finishes typing a name or a share; it must not submit the form at the same time.
        is_enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if is_enter and not isinstance(self.focusWidget(), QPushButton):
            event.accept()
            return
        super().keyPressEvent(event)

    def submit(self) -> bool:
        """Carry out the plan; the dialog stays open, to write bundles."""
        self._pause.stop()
        self._show_plan()
        if self._plan is not None and self._plan.pairs:
            self._writing.run("Assigning", partial(self._assigned, self._plan))
        return False

    def _on_bundles(self, _checked: bool) -> None:
        names = self.names()
        self.accept()
        self.bundles_wanted.emit(names)


def _number(name: str, title: str, least: int, most: int, value: int) -> QSpinBox:
    box = SpinBox()
    box.setObjectName(name)
    box.setAccessibleName(title)
    box.setToolTip(literal(title))
    box.setRange(least, most)
    box.setValue(value)
    return box

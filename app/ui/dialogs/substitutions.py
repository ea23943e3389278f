"""Substitutions: what was corrected once is proposed where it stands unmarked, in any document."""

from collections.abc import Sequence

from PySide6.QtCore import QModelIndex, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QWidget

from app.core.scheme import Scheme
from app.jobs.runner import JobRunner, Outcome, Step
from app.jobs.tasks.progress import CancelToken, Progress
from app.session.bulk_marks import Done, mark_hits
from app.session.concordance import Hit
from app.session.session import Session
from app.session.substitutions import Proposal, pairs, proposals
from app.ui.dialogs.concordance import MOST, sentence, told_documents
from app.ui.dialogs.form import FormDialog
from app.ui.dialogs.hits_table import HitsTable
from app.ui.dialogs.progress import ProgressDialog
from app.ui.labels import button, plain
from app.ui.models.hits import Grouping, HitsModel

_Place = tuple[str, int, int]
_LEAD = (
    "What you have corrected, and where else it stands unmarked. Ticked is what the reference of a document bears out: "
    "the right term is there, and becomes the evidence."
)


class ProposalsModel(HitsModel):
    """Proposals as hits; the last column says what each becomes. Only those with proof are ticked at first."""

    last_column = "Becomes"

    def __init__(self, scheme: Scheme, parent: QObject | None = None) -> None:
        super().__init__(scheme, parent)
        self._scheme_in_force = scheme
        self._proposals: dict[_Place, Proposal] = {}

    def propose(self, found: Sequence[Proposal]) -> None:
        """Show these; of several for one place the first, which was corrected most often."""
        self.clear()
        self._proposals = {}
        for proposal in found:
            self._proposals.setdefault(_place(proposal.hit), proposal)
        self.add([proposal.hit for proposal in self._proposals.values()])
        self.tick((row for row in range(self.rowCount()) if not self.proposal(self.hit(row)).proved), ticked=False)

    def proposal(self, hit: Hit) -> Proposal:
        """Return the proposal that a hit is of."""
        return self._proposals[_place(hit)]

    def group_of(self, hit: Hit) -> str:
        pair = self.proposal(hit).pair
        return f"{pair.wrong} → {pair.right}"

    def marked_as(self, hit: Hit) -> str:
        found = self.proposal(hit)
        label = self._scheme_in_force.label(found.model.layer, found.model.label)
        proof = "✓ in the reference" if found.proved else "not in its reference"
        return f"→ {found.pair.right}   {label.title if label else found.model.label}   {proof}"


class SubstitutionsDialog(FormDialog):
    """Looks in the background; what is ticked is marked in one undoable step."""

    jump_wanted = Signal(object)  # Hit

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__("substitutions-dialog", "Substitutions", accept="Close", parent=parent)
        self.resize(1180, 640)
        self._session = session
        self._said = ""
        self._is_over = False
        self._progress: ProgressDialog | None = None
        self._runner = JobRunner(self)
        self._runner.progressed.connect(self._on_progressed)
        self.finished.connect(self._on_closing)
        self.hits = ProposalsModel(session.scheme, self)
        self.hits.dataChanged.connect(self._count)
        self._pair = QComboBox()
        self._pair.setObjectName("substitutions-pair")
        self._pair.currentIndexChanged.connect(self._on_pair)
        self.table = HitsTable("substitutions-table", self.hits)
        self.table.activated.connect(self._on_activated)
        self._says = plain("", tone="soft", wrap=True, name="substitutions-says")
        self._mark = button("Mark", name="substitutions-mark", tip="Mark the ticked places; one undoable step")
        self._mark.clicked.connect(self._on_mark)
        row = QHBoxLayout()
        row.addWidget(self._says, 1)
        row.addWidget(self._mark)
        self.body.addWidget(plain(_LEAD, tone="soft", wrap=True))
        self.field("Which", self._pair)
        self.body.addWidget(self.table, 1)
        self.body.addLayout(row)
        self._look()

    def _look(self) -> None:
        self._runner.shut_down()
        self._is_over = False
        path, annotator = self._session.path, self._session.annotator

        def work(tell: Progress, token: CancelToken) -> list[Proposal]:
            # A reader of its own: the window goes on with its connections meanwhile.
            reader = Session.open(path, annotator=annotator, write=False)
            try:
                found: list[Proposal] = []
                for proposal in proposals(reader, pairs(reader), cancel=token):
                    found.append(proposal)
                    if len(found) >= MOST:
                        break
                return found
            finally:
                reader.close()

        self._runner.submit("substitutions", work, self._on_found)
        self._count()

    def _on_found(self, outcome: Outcome) -> None:
        self._is_over = True
        if outcome.error is not None:
            self.complain(str(outcome.error))
        self.hits.group_by(Grouping.NONE)
        self.hits.propose(outcome.value or [])
        self._pair.blockSignals(True)
        self._pair.clear()
        self._pair.addItem("all", None)
        for name, count in self.hits.groups():
            self._pair.addItem(f"{name[:100]}  ({count:,})", name)
        self._pair.blockSignals(False)
        self._count()

    def _on_pair(self, _row: int) -> None:
        self.hits.group_by(Grouping.NONE, self._pair.currentData())
        self._count()

    def _count(self, *_changed: object) -> None:
        ticked = len(self.hits.ticked())
        looking = "" if self._is_over else "Looking… "
        self._says.setText(f"{self._said}{looking}{self.hits.count:,} places, {ticked:,} ticked.")
        self._mark.setText(f"Mark {ticked:,}")
        can = self._is_over and self._session.is_writable and bool(self._session.annotator)
        self._mark.setEnabled(can and ticked > 0)

    def _on_mark(self, _checked: bool) -> None:
        session = self._session
        wanted = [(hit, self.hits.proposal(hit).model) for hit in self.hits.ticked()]

        def work(tell: Progress, token: CancelToken) -> Done:
            title = f"Mark {len(wanted):,} substitutions"
            return mark_hits(session, wanted, title=title, progress=told_documents(tell), cancel=token)

        self._runner.shut_down()
        self._progress = ProgressDialog("Marking", self)
        self._progress.cancel_requested.connect(self._runner.cancel)
        self._runner.submit("write", work, self._on_written)
        self._progress.open()

    def _on_progressed(self, step: Step) -> None:
        if self._progress is not None:
            self._progress.show_progress(step.done, step.total, step.what)

    def _on_written(self, outcome: Outcome) -> None:
        progress, self._progress = self._progress, None
        if progress is not None:
            progress.finish()
        if outcome.cancelled:
            self._said = "Cancelled, nothing was changed. "
        elif outcome.value is not None:
            self._said = sentence(outcome.value) + " "
        self._look()
        if outcome.error is not None:
            self.complain(str(outcome.error))

    def _on_activated(self, index: QModelIndex) -> None:
        hit = self.hits.hit(index.row())
        self.accept()
        self.jump_wanted.emit(hit)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.focusWidget() is self._pair:
            event.accept()  # it chooses, it doesn't close
            return
        super().keyPressEvent(event)

    def _on_closing(self, _result: int) -> None:
        self._runner.shut_down()


def _place(hit: Hit) -> _Place:
    return (hit.document, hit.start, hit.end)

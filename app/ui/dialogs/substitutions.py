"""Substitutions: earlier corrections, proposed wherever the same text isn't annotated, in all documents."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from app.core.progress import CancelToken, Progress
from app.core.wording import in_window
from app.jobs.runner import JobOutcome
from app.services.search.bulk_annotation import Done, annotation_hits
from app.services.search.substitutions import pairs, proposals
from app.session.events import Event, Topic
from app.session.session import Session
from app.ui.dialogs.background_write import counting
from app.ui.dialogs.hits_dialog import HitsDialog
from app.ui.guard import guarded
from app.ui.models.hits import Grouping
from app.ui.models.proposals import ProposalPile, ProposalsModel
from app.ui.widgets.fields import ComboBox
from app.ui.widgets.labels import button, plain

_LEAD = (
    "Your corrections, and where the same text is still unmarked. Ticked hits are confirmed by a reference: "
    "it contains the right term, which becomes the evidence."
)


@guarded
class SubstitutionsDialog(HitsDialog):
    """Searches in the background; annotates the ticked hits in one undoable step."""

    hits: ProposalsModel

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        hits = ProposalsModel(session.scheme, session.reader.documents.title_of)
        super().__init__("substitutions", "Substitutions", session, hits, parent)
        self.hits.setParent(self)
        self.resize(1180, 640)
        self._is_old = False
        self._pair = ComboBox()
        self._pair.setObjectName("substitutions-pair")
        self._pair.currentIndexChanged.connect(self._on_pair)
        self._again = button("Search again", name="substitutions-again", tip="Search all documents again (F5)")
        self._again.clicked.connect(self._on_again)
        self._annotation = button("Mark", name="substitutions-mark", tip="Mark the ticked hits in one undoable step")
        self._annotation.clicked.connect(self._on_annotation)
        row = QHBoxLayout()
        row.addWidget(self.says, 1)
        row.addWidget(self._again)
        row.addWidget(self._annotation)
        self.body.addWidget(plain(_LEAD, tone="soft", wrap=True))
        self.field("Show", self._pair)
        self.body.addWidget(self.table, 1)
        self.body.addLayout(row)
        self.look()

    def look(self) -> None:
        """Search again; hits that were ticked or unticked by hand stay so if found again."""
        self.complain("")
        self._is_old = False
        self.keep_place()
        pile, kept = ProposalPile(), self.hits.kept()
        self.hits.group_by(Grouping.NONE)
        self.hits.take(pile, kept=kept)

        def work(reader: Session, report: Progress, token: CancelToken) -> ProposalPile:
            for proposal in proposals(reader, pairs(reader), cancel=token):
                pile.propose(proposal)
                report(pile.count, None, "Searching")
            return pile

        self.read("substitutions", work, self._on_found)

    def take_found(self) -> None:
        """Show what was found since the last call."""
        self.hits.grow()
        self.count()

    def _on_found(self, outcome: JobOutcome) -> None:
        self.is_over = True
        if outcome.error is not None:
            self.complain(in_window(outcome.error))
        self.hits.grow()
        self._pair.blockSignals(True)
        self._pair.clear()
        self._pair.addItem("all", None)
        for name, count in self.hits.groups():
            self._pair.addItem(f"{name[:100]}  ({count:,})", name)
        self._pair.blockSignals(False)
        self.count()
        self.find_place()

    def follow(self, fact: Event) -> None:
        """Show that the list may be outdated: a full search takes too long to repeat on each change."""
        if fact.topic is Topic.ANNOTATOR:
            self.look()
        elif fact.topic in (Topic.ANNOTATIONS, Topic.DOCUMENTS):
            self._is_old = True
            self.count()

    def _on_again(self, _checked: bool) -> None:
        self.look()

    def _on_pair(self, _row: int) -> None:
        self.hits.group_by(Grouping.NONE, self._pair.currentData())
        self.count()

    def count(self) -> None:
        """Show the counts."""
        ticked = self.hits.ticked_count
        looking = "" if self.is_over else "Searching… "
        old = " Marks have changed since." if self._is_old and self.is_over else ""
        self.says.setText(f"{self.said}{looking}{self.hits.count:,} hits, {ticked:,} ticked.{old}")
        self._annotation.setText(f"Mark {ticked:,}")
        self._annotation.setEnabled(self.can_write and ticked > 0)

    def _on_annotation(self, _checked: bool) -> None:
        session, accepted = self.session, self.hits.accepted()

        def work(report: Progress, token: CancelToken) -> Done:
            title = f"Mark {len(accepted):,} substitutions"
            return annotation_hits(session, accepted, title=title, progress=counting(report, "Hits"), cancel=token)

        self.write("Marking", work)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_F5:
            self.look()
            return
        super().keyPressEvent(event)

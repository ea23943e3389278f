"""The scheme window: what can be marked is changed at a desk, its effects are shown, and it becomes the project's."""

from collections import Counter
from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from app.core.progress import CancelToken, Progress
from app.core.scheme_change import LabelChange
from app.core.wording import counted
from app.jobs.runner import JobOutcome, JobRunner
from app.services.migration.survey import Migration
from app.services.schemes.draft import SchemeDraft
from app.services.schemes.parts import Part, PartKind, Uses, count_uses
from app.services.schemes.rule_effects import RuleEffects
from app.session.session import Session
from app.ui.dialogs.change_preview import ChangePreview
from app.ui.dialogs.form import FormDialog
from app.ui.dialogs.scheme_desk import SchemeDesk, in_words
from app.ui.guard import guarded
from app.ui.theme import Tones
from app.ui.widgets.labels import button

_WIDTH, _HEIGHT = 1060, 740
_UNAPPLIED = "The changes aren’t applied yet. Cancel once more to drop them."


@guarded
class SchemeDialog(FormDialog):
    """Changes a copy of the scheme's text, which the project gets when it is applied.

    What the changes do to marks is shown before: in the background, as for “Change labels”.
    """

    answered = Signal(object)  # SchemeDraft
    document_wanted = Signal(object)  # uid
    guideline_wanted = Signal(object)  # path to write to

    def __init__(
        self,
        session: Session,
        tones: Tones,
        parent: QWidget | None = None,
        *,
        undo: Sequence[QKeySequence],
        redo: Sequence[QKeySequence],
    ) -> None:
        super().__init__("scheme-dialog", "Scheme", accept="Apply", parent=parent)
        self.resize(_WIDTH, _HEIGHT)
        self._session = session
        self.draft = SchemeDraft(session.scheme)
        uses: Counter[Part] = Counter()
        for layer, label, _, count in session.reader.label_counts():
            uses[Part(PartKind.LABEL, label, layer)] += count
        uses.update({Part(PartKind.RELATION, label): count for label, count in session.reader.relation_counts()})
        self._is_planned = False
        self._leaves = False
        self._runner = JobRunner(self)
        self.finished.connect(self._on_closing)
        self.desk = SchemeDesk(self.draft, Uses(uses), tones, session.path, undo=undo, redo=redo)
        self.desk.changed.connect(self._on_changed)
        self.desk.complained.connect(self._on_complained)
        self.desk.document_wanted.connect(self._on_wanted)
        self.desk.guideline_wanted.connect(self.guideline_wanted)
        self._pages = QStackedWidget()
        self._pages.addWidget(self.desk)
        self._effects = ChangePreview()
        self._effects.wanted.connect(self._on_wanted)
        self._pages.addWidget(self._previewing())
        self.body.addWidget(self._pages, 1)
        self.accept_button.setEnabled(session.is_writable)
        self._counter = JobRunner(self)
        self._count_uses()
        self.desk.tree.setFocus()

    def _previewing(self) -> QWidget:
        page = QWidget()
        box = QVBoxLayout(page)
        box.setContentsMargins(0, 0, 0, 0)
        back = button("Back to the scheme", name="scheme-back")
        back.clicked.connect(self._on_back)
        box.addWidget(self._effects, 1)
        row = QHBoxLayout()
        row.addWidget(back)
        row.addStretch(1)
        box.addLayout(row)
        return page

    def _count_uses(self) -> None:
        """Count in the background what marks have in their fields, too."""
        path = self._session.path

        def work(report: Progress, token: CancelToken) -> Uses:
            reader = Session.open(path, write=False)  # the window keeps using its own connections
            try:
                return count_uses(reader, progress=report, cancel=token)
            finally:
                reader.close()

        self._counter.submit("scheme-uses", work, self._on_counted)

    def _on_counted(self, outcome: JobOutcome) -> None:
        if outcome.error is not None:
            self.complain(in_words(outcome.error))
        elif outcome.value is not None:
            self.desk.show_uses(outcome.value)

    def _on_changed(self) -> None:
        self._leaves = False

    def _on_complained(self, text: str) -> None:
        self.complain(text or (_UNAPPLIED if self._leaves else ""))

    # -- applying ------------------------------------------------------------------------------------------------------

    def submit(self) -> bool:
        """Show what becomes of marks first, if they change; then emit the draft."""
        if not self._is_planned and not self.desk.settle():
            return False
        if self._is_planned or not self.draft.is_changed:
            if self.draft.is_changed:
                self.answered.emit(self.draft)
            return True
        left = self._left_outside()
        if not self.draft.changes() and not left and not self.draft.has_other_rules:
            self.answered.emit(self.draft)
            return True
        self._plan(left)
        return False

    def _left_outside(self) -> list[str]:
        """Return, in words, the marks whose label the new scheme lacks and the present one has."""
        scheme, before = self.draft.scheme(), self.draft.before
        gone = {(c.layer, c.old) for c in self.draft.changes() if isinstance(c, LabelChange)}
        return [
            f"{counted(count, 'mark')} {part.owner}.{part.id}: the scheme won’t have the label; they stay as they are."
            for part, count in self.desk.uses.items()
            if part.kind is PartKind.LABEL
            and before.label(part.owner, part.id)
            and scheme.label(part.owner, part.id) is None
            and (part.owner, part.id) not in gone
        ]

    def _plan(self, left: Sequence[str]) -> None:
        draft, path = self.draft, self._session.path
        self._left_words = left
        self._pages.setCurrentIndex(1)
        self._effects.say("Checking…")
        self.accept_button.setEnabled(False)

        def work(report: Progress, token: CancelToken) -> tuple[Migration | None, RuleEffects | None]:
            def report_documents(done: int, total: int) -> None:
                report(done, total, "documents")

            reader = Session.open(path, write=False)  # the window keeps using its own connections
            try:
                found = draft.plan(reader, progress=report_documents, cancel=token)
                return found, draft.rule_effects(reader, progress=report, cancel=token)
            finally:
                reader.close()

        self._runner.submit("scheme-preview", work, self._on_planned)

    def _on_planned(self, outcome: JobOutcome) -> None:
        if outcome.error is not None:
            self._on_back()
            self.complain(in_words(outcome.error))
            return
        if outcome.cancelled or outcome.bug is not None:
            return
        plan, rules = outcome.value
        if plan is None and not self._left_words and not (rules is not None and rules.lines()):
            self.answered.emit(self.draft)  # the rules differ, and no mark minds
            self.accept()
            return
        self._effects.show_effects(self._left_words, rules, plan)
        self._is_planned = True
        self.accept_button.setText("Apply to all marks")
        self.accept_button.setEnabled(True)
        self.accept_button.setFocus(Qt.FocusReason.OtherFocusReason)

    def _on_back(self, _checked: bool = False) -> None:  # noqa: FBT001, FBT002  a slot of Qt
        self._runner.cancel()
        self._is_planned = False
        self._pages.setCurrentIndex(0)
        self.accept_button.setText("Apply")
        self.accept_button.setEnabled(self._session.is_writable)
        self.desk.tree.setFocus(Qt.FocusReason.OtherFocusReason)

    # -- closing -------------------------------------------------------------------------------------------------------

    def reject(self) -> None:
        if self.draft.is_changed and self.isVisible() and not self._leaves:
            self._leaves = True
            self.complain(_UNAPPLIED)
            return
        super().reject()

    def _on_wanted(self, uid: str) -> None:
        if self.draft.is_changed and not self._leaves:
            self._leaves = True
            self.complain("The changes aren’t applied yet. Open the document once more to drop them.")
            return
        self._leaves = True
        self.reject()
        self.document_wanted.emit(uid)

    def _on_closing(self, _result: int) -> None:
        self.desk.close_down()
        self._counter.shut_down()
        self._runner.shut_down()

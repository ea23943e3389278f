"""Decisions flagged as unclear, collected by their labels: input for improving the guideline."""

from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QTreeWidget, QTreeWidgetItem, QWidget

from app.core.errors import StetError
from app.core.scheme import Scheme
from app.core.wording import counted, in_window, undirected
from app.jobs.runner import JobOutcome, JobRunner
from app.jobs.tasks.questions import labels_title, read_questions, reason_words, took_title, write_questions
from app.review.questions import Question, collected
from app.session.session import Session
from app.ui.dialogs.file_target import FileTargetDialog
from app.ui.dialogs.form import FormDialog
from app.ui.review.book import WHOLE_DOCUMENT, ReviewBook
from app.ui.widgets.labels import button, literal, plain
from app.ui.widgets.notifier import Notifier, Tone

_COLUMNS = ("In question", "In gold", "Reason", "Note", "Document")
_QUESTION = int(Qt.ItemDataRole.UserRole)
_NONE = (
    "No decisions are flagged yet. In Review, press G on a group where the guideline doesn’t say which label is right, "
    "and add a note on what it should say."
)
_SHORT = 30  # code points of context on each side


class QuestionsDialog(FormDialog):
    """A tree of the labels in question, with the decisions and their texts below."""

    chosen = Signal(object)  # Question
    save_wanted = Signal(object)  # file suffix: "md" or "csv"

    def __init__(self, scheme: Scheme, parent: QWidget | None = None) -> None:
        super().__init__("questions-dialog", "Guideline questions", accept="Close", parent=parent)
        room = parent.window().size() if parent is not None else self.sizeHint()
        self.resize(max(700, min(1180, room.width() - 80)), max(460, min(680, room.height() - 80)))
        self._scheme = scheme
        self.found: list[Question] = []
        self.lead = plain("Reading…", tone="soft", wrap=True, name="questions-lead")
        self.tree = QTreeWidget()
        self.tree.setObjectName("questions-tree")
        self.tree.setAccessibleName("Flagged decisions by the labels in question")
        self.tree.setHeaderLabels(list(_COLUMNS))
        self.tree.setUniformRowHeights(True)
        for column, width in enumerate((440, 150, 120, 210, 160)):
            self.tree.setColumnWidth(column, width)
        self.tree.itemActivated.connect(self._on_activated)
        self.tree.itemClicked.connect(self._on_clicked)
        self._go = button("Open in Review", name="questions-open", tip="Show the selected decision’s group (Enter)")
        self._markdown = button("Save as Markdown…", name="questions-markdown")
        self._csv = button("Save as CSV…", name="questions-csv")
        self._go.clicked.connect(self._on_open)
        self._markdown.clicked.connect(self._on_markdown)
        self._csv.clicked.connect(self._on_csv)
        row = QHBoxLayout()
        for widget in (self._go, self._markdown, self._csv):
            widget.setEnabled(False)
            row.addWidget(widget)
        row.addStretch(1)
        self.body.addWidget(self.lead)
        self.body.addWidget(self.tree, 1)
        self.body.addLayout(row)
        self.accept_button.setDefault(False)  # Enter in the tree opens a group

    def show_questions(self, found: list[Question]) -> None:
        """Show the questions."""
        self.found = found
        self.tree.clear()
        groups = collected(found)
        for _, items in groups:
            top = QTreeWidgetItem(self.tree, [f"{labels_title(items[0], self._scheme)} · {len(items):,}"])
            top.setToolTip(0, literal(self._definitions(items[0])))
            top.setFirstColumnSpanned(True)
            font = top.font(0)
            font.setBold(True)
            top.setFont(0, font)
            for question in items:
                self._add(top, question)
        self.tree.expandAll()
        pairs = counted(len(groups), "question")
        decisions = counted(len(found), "decision")
        words = f"{decisions} flagged as unclear, {pairs} about the guideline. The most frequent come first."
        self.lead.setText(words if found else _NONE)
        for widget in (self._go, self._markdown, self._csv):
            widget.setEnabled(bool(found))
        if found:
            self.tree.setCurrentIndex(self.tree.model().index(0, 0, self.tree.model().index(0, 0)))
            self.tree.setFocus()

    def _definitions(self, question: Question) -> str:
        known = [self._scheme.label(question.layer, label) for label in question.labels]
        return "\n".join(f"{label.title}: {label.definition}" for label in known if label is not None)

    def _add(self, top: QTreeWidgetItem, question: Question) -> None:
        before, after = question.before[-_SHORT:], question.after[:_SHORT]
        words = f"…{before}“{question.quote}”{after}…" if question.quote or before else "(the marks are gone)"
        if self._scheme.is_about_document(question.layer):
            words = WHOLE_DOCUMENT.capitalize()
        row = [words, took_title(question, self._scheme), reason_words(question), question.note]
        item = QTreeWidgetItem(top, [*(undirected(" ".join(text.split())) for text in row), undirected(question.title)])
        item.setData(0, _QUESTION, question)
        item.setToolTip(0, literal(f"{question.before}“{question.quote}”{question.after}"))
        item.setToolTip(3, literal(question.note))

    def _on_activated(self, item: QTreeWidgetItem, _column: int) -> None:
        self._choose(item)

    def _on_clicked(self, item: QTreeWidgetItem, _column: int) -> None:
        self._choose(item)

    def _on_open(self, _checked: bool) -> None:
        item = self.tree.currentItem()
        if item is not None:
            self._choose(item)

    def _choose(self, item: QTreeWidgetItem) -> None:
        question = item.data(0, _QUESTION)
        if isinstance(question, Question) and self.isVisible():  # one click can be an activation too
            self.chosen.emit(question)
            self.accept()

    def _on_markdown(self, _checked: bool) -> None:
        self.save_wanted.emit("md")

    def _on_csv(self, _checked: bool) -> None:
        self.save_wanted.emit("csv")


class SaveQuestionsDialog(FileTargetDialog):
    """Asks for the target file."""

    answered = Signal(object)  # Path

    def __init__(self, project: Path, place: Path, parent: QWidget | None = None) -> None:
        kind = "CSV" if place.suffix == ".csv" else "Markdown"
        super().__init__(
            "save-questions",
            f"Save as {kind}",
            accept="Save",
            field="questions",
            kinds=f"{kind} (*{place.suffix})",
            suffix=place.suffix[1:],
            parent=parent,
        )
        self.setMinimumWidth(560)
        self._project = project
        self.add_path()
        self.propose(place)
        self.accept_button.setFocus()

    def refused(self) -> tuple[Path, ...]:
        """Return the project file, which must not be overwritten."""
        return (self._project,)

    def hand_over(self, path: Path) -> None:
        """Emit the chosen path."""
        self.answered.emit(path)


class GuidelineDesk(QObject):
    """Reads, shows and saves the flagged decisions."""

    wanted = Signal(object)  # key of the group to show

    def __init__(self, session: Session, book: ReviewBook, notifier: Notifier, window: QWidget) -> None:
        super().__init__(window)
        self._session = session
        self._book = book
        self._notifier = notifier
        self._window = window
        self._dialog: QuestionsDialog | None = None
        self._runner = JobRunner(self)

    def open(self) -> None:
        """Show the flagged decisions, read in the background."""
        if self._dialog is not None:
            return
        self._dialog = QuestionsDialog(self._session.scheme, self._window)
        self._dialog.chosen.connect(self._on_chosen)
        self._dialog.save_wanted.connect(self._ask_place)
        self._dialog.finished.connect(self._on_closed)
        self._dialog.open()
        self._runner.submit("questions", partial(read_questions, self._session.path), self._on_read)

    def _on_closed(self, _result: int) -> None:
        self._runner.shut_down()
        self._dialog = None

    def _on_read(self, outcome: JobOutcome) -> None:
        if self._dialog is None:
            return
        if outcome.error is not None:
            self._dialog.lead.setText(in_window(outcome.error))
        elif isinstance(outcome.value, list):
            self._dialog.show_questions(outcome.value)

    def _on_chosen(self, question: Question) -> None:
        sheet = self._book.sheets.get(question.document)
        if sheet is not None:
            for found in sheet.group_index.by_key.values():
                if any(decision.uid == question.decision for decision in sheet.standings.replaced_by(found)):
                    self.wanted.emit(found.key)
                    return
        if self._book.is_reading:
            self._notifier.notify("Still comparing what the annotators marked. Try again in a moment.", Tone.WARNING)
            return
        self._notifier.notify("No annotator has a mark there, so there is no group to show.", Tone.WARNING)

    def _ask_place(self, suffix: str) -> None:
        if self._dialog is None:
            return
        project = self._session.path
        dialog = SaveQuestionsDialog(project, project.with_name(f"{project.stem}.questions.{suffix}"), self._dialog)
        dialog.answered.connect(self._save)
        dialog.open()

    def _save(self, path: Path) -> None:
        if self._dialog is None:
            return
        try:
            write_questions(path, self._dialog.found, self._session.scheme, keep_off=self._session.path)
        except StetError as error:
            self._dialog.complain(in_window(error))
            return
        self._dialog.complain("")
        self._dialog.lead.setText(f"Saved as {path}")
        self._notifier.notify(f"Saved as {path.name}.", Tone.DONE)

    def close(self) -> None:
        """Stop reading."""
        self._runner.shut_down()

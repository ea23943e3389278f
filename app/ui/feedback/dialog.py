"""“Feedback”: an annotator's annotations in released documents beside how they were reviewed."""

from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QSplitter, QStackedWidget, QVBoxLayout, QWidget

from app.core.errors import StetError
from app.core.scheme import Scheme
from app.core.wording import counted, in_window
from app.jobs.runner import JobOutcome, JobRunner
from app.jobs.tasks.feedback import DocumentFeedback, Feedback, read_feedback
from app.review.feedback import ReviewOutcome, Verdict
from app.session.session import Session
from app.ui.actions.registry import ActionRegistry, portable
from app.ui.actions.row_menu import RowMenu
from app.ui.dialogs.base import Dialog
from app.ui.editor.canvas import TextCanvas
from app.ui.editor.motions import MOTIONS
from app.ui.editor.pointer import HighlightClick
from app.ui.editor.style import Style
from app.ui.feedback.card import VerdictCard
from app.ui.feedback.highlights import FeedbackHighlights
from app.ui.feedback.panels import LabelTable, ListsPanel, TextPanel
from app.ui.feedback.rows import ListRow
from app.ui.feedback.words import TAGS, counts_words, quote_of, subtitle
from app.ui.guard import guarded
from app.ui.theme import Tones
from app.ui.widgets.fields import ComboBox
from app.ui.widgets.keyed_list import KeyedList
from app.ui.widgets.keys import KeyPress, offer
from app.ui.widgets.labels import button, plain
from app.ui.widgets.pane_stepper import PaneStepper

_READING = "Comparing marks with gold…"
_NOTHING = (
    "No documents have been released yet.\n\n"
    "When reviewers have decided everything in a document, they release it. From then on you see your marks here "
    "beside gold, what was changed and why, and how often for each label. Until then "
    "everyone sees only their own marks."
)
_NOT_FINISHED = (
    "{} released, but none finished by {}.\n\n"
    "Gold is shown beside your marks only in documents you have set to done: before that, it would tell you what "
    "to mark."
)
_TONES = {
    ReviewOutcome.KEPT: "good",
    ReviewOutcome.CHANGED: "warn",
    ReviewOutcome.REJECTED: "bad",
    ReviewOutcome.MISSED: "accent",
}


@guarded
class FeedbackDialog(Dialog):
    """Documents and annotations | the text with annotations and gold | the verdict; below it the counts by label."""

    document_wanted = Signal(object)  # (uid, offset in code points)

    def __init__(
        self, session: Session, actions: ActionRegistry, tones: Tones, style: Style, parent: QWidget | None = None
    ) -> None:
        super().__init__("feedback-dialog", "Feedback", parent)
        self._session = session
        self._actions = actions
        self._asker = session.annotator or ""
        self._found = Feedback(self._asker)
        self._document: DocumentFeedback | None = None
        self._listed: list[int] = []  # indices of the document's verdicts in list order
        self._row = -1
        self._runner = JobRunner(self)
        self.lists = ListsPanel(tones)
        self.text = TextPanel(tones, style)
        self.card = VerdictCard(session.scheme)
        self.labels = LabelTable()
        self._who = ComboBox()
        self._who.setObjectName("feedback-who")
        self._who.setAccessibleName("Whose marks")
        self._who.setToolTip("Whose marks; only reviewers can choose")
        self._who.setMinimumWidth(180)
        self._who.hide()
        self._empty = plain(_READING, wrap=True, tone="soft", name="feedback-empty")
        self._pages = QStackedWidget()
        self._panes = PaneStepper(self, self.panes)
        self._build(parent)
        self._connect()
        self._read(self._asker)

    def _build(self, parent: QWidget | None) -> None:
        upper = QSplitter(Qt.Orientation.Horizontal)
        for widget in (self.lists, self.text, self.card):
            upper.addWidget(widget)
        upper.setSizes([270, 600, 370])
        upper.setStretchFactor(1, 1)
        whole = QSplitter(Qt.Orientation.Vertical)
        whole.addWidget(upper)
        whole.addWidget(self.labels)
        whole.setSizes([560, 170])
        whole.setStretchFactor(0, 1)
        for splitter in (upper, whole):
            splitter.setHandleWidth(1)
            splitter.setChildrenCollapsible(False)
        empty = QWidget()
        column = QVBoxLayout(empty)
        column.setContentsMargins(80, 60, 80, 60)
        column.addWidget(self._empty)
        column.addStretch(1)
        self._pages.addWidget(empty)
        self._pages.addWidget(whole)
        head = QHBoxLayout()
        head.addWidget(plain("Feedback", role="title"))
        head.addSpacing(16)
        head.addWidget(self._who)
        head.addStretch(1)
        self._keys = plain("", tone="faint", name="feedback-keys")
        self._open = button("Open the document", name="feedback-open", tip="Go to this position in Annotate")
        close = button("Close", name="feedback-close")
        close.clicked.connect(self._on_close)
        foot = QHBoxLayout()
        foot.addWidget(self._keys)
        foot.addStretch(1)
        foot.addWidget(self._open)
        foot.addWidget(close)
        box = QVBoxLayout(self)
        box.setContentsMargins(16, 14, 16, 12)
        box.setSpacing(10)
        box.addLayout(head)
        box.addWidget(self._pages, 1)
        box.addLayout(foot)
        room = parent.window().size() if parent is not None else self.sizeHint()
        self.resize(max(760, min(1320, room.width() - 60)), max(520, min(860, room.height() - 50)))

    def _key_words(self) -> str:
        first = [keys[0] for keys in (self._keys_of("review.next"), self._keys_of("review.previous")) if keys]
        step = f"{'  '.join(first)}  next, previous difference     " if len(first) > 1 else ""
        return f"{step}F6  next pane     Esc  close"

    def _keys_of(self, action: str) -> tuple[str, ...]:
        return self._actions.keys_of_action(action)

    def _connect(self) -> None:
        self.lists.documents.entered_row.connect(self._on_document_row)
        self.lists.verdicts.entered_row.connect(self._on_verdict_row)
        self.lists.only.toggled.connect(self._on_only)
        for source in (self.lists.documents, self.lists.verdicts, self.text.canvas):
            source.set_key_handler(self)
        for view, show in ((self.lists.documents, self._on_document_row), (self.lists.verdicts, self._on_verdict_row)):
            menu = RowMenu(view, enters="Show", commands={"annotate": "Open the document in Annotate"})
            menu.entered.connect(show)
            menu.picked.connect(self._on_menu_picked)
        self._actions.serve(self)
        self.text.canvas.highlight_clicked.connect(self._on_highlight_clicked)
        self._open.clicked.connect(self._on_open)
        self._who.activated.connect(self._on_person)

    # -- reading -------------------------------------------------------------------------------------------------------

    def _read(self, annotator: str) -> None:
        if not self._runner.is_busy:
            self._show_page(0)
            self._empty.setText(_READING)
            work = partial(read_feedback, self._session.path, annotator, self._asker)
            self._runner.submit("feedback", work, self._on_read)

    def _on_read(self, outcome: JobOutcome) -> None:
        if outcome.error is not None:
            self._empty.setText(in_window(outcome.error))
        found = outcome.value
        if not isinstance(found, Feedback):
            return
        first = not self._who.count()
        if first and not found.documents and found.people:
            self._offer(found)
            self._read(found.people[0])  # a reviewer without annotations of their own
            return
        self._found = found
        self._offer(found)
        self._show_found()

    def _offer(self, found: Feedback) -> None:
        if not found.people:
            return
        names = found.people if self._asker in found.people else (*found.people, self._asker)
        self._who.clear()
        for name in names:
            self._who.addItem(name, name)
        self._who.setCurrentIndex(self._who.findData(found.annotator))
        self._who.show()

    @property
    def _person(self) -> str:
        """The annotator whose annotations are shown; an empty string if that is the reader."""
        return "" if self._found.annotator == self._asker else self._found.annotator

    def _on_person(self, _index: int) -> None:
        self._read(str(self._who.currentData()))

    def _show_found(self) -> None:
        found = self._found
        if not found.documents:
            count = counted(found.released, "document is", "documents are")
            words = _NOT_FINISHED.format(count, self._person or "you")
            self._empty.setText(words if found.released else _NOTHING)
            self._show_page(0)
            return
        scheme = self._session.scheme
        self.labels.show_rows(found.labels(), scheme, person=self._person, documents=len(found.documents))
        rows = [ListRow(item.title, counts_words(item.counts())) for item in found.documents]
        self.lists.documents_model.show(rows)
        self._show_page(1)
        self._show_document(_first_with_difference(found))
        self.lists.verdicts.setFocus()

    def _show_page(self, page: int) -> None:
        """Show the message (0) or the annotations (1), and enable the buttons that apply."""
        self._pages.setCurrentIndex(page)
        self._open.setVisible(page == 1)
        self._keys.setText(self._key_words() if page == 1 else "Esc  close")

    # -- view ----------------------------------------------------------------------------------------------------------

    def _on_document_row(self, row: int) -> None:
        if self._document is not self._found.documents[row]:
            self._show_document(row)

    def _show_document(self, row: int, *, at_end: bool = False) -> None:
        self._document = self._found.documents[row]
        _choose(self.lists.documents, row)
        try:
            text = self._session.reader.document(self._document.document).text
        except StetError as error:  # an import was undone while this was read
            text = in_window(error)
        self.text.canvas.show_text(text, FeedbackHighlights(self._document.verdicts))
        self.text.show_heading(self._document.title, self._person)
        self._list(at_end=at_end)

    def _list(self, *, at_end: bool = False, number: int = -1) -> None:
        """Fill the list of annotations; keep the verdict of the given number selected, else select the first or the
        last.
        """
        if self._document is None:
            return
        all_ = self._document.verdicts
        only = self.lists.only.isChecked()
        self._listed = [n for n, verdict in enumerate(all_) if verdict.fate.is_difference or not only]
        self.lists.verdicts_model.show([_as_row(all_[n], self._session.scheme) for n in self._listed])
        self.lists.show_counts(len(self._found.documents), len(self._listed), len(all_))
        self._row = -1
        if not self._listed:
            self.text.canvas.choose("")
            why = "Gold keeps every mark in this document." if all_ else "This document has no marks."
            if any(verdict.fate is ReviewOutcome.UNDECIDED for verdict in all_):
                why = "Nothing decided in this document so far differs."
            self.card.show_nothing(why)
            return
        row = self._listed.index(number) if number in self._listed else (len(self._listed) - 1 if at_end else 0)
        self._show_verdict(row)

    def _on_verdict_row(self, row: int) -> None:
        if row != self._row:
            self._show_verdict(row)

    def _show_verdict(self, row: int) -> None:
        if self._document is None or not 0 <= row < len(self._listed):
            return
        self._row = row
        _choose(self.lists.verdicts, row)
        number = self._listed[row]
        verdict = self._document.verdicts[number]
        self.card.show_verdict(verdict, number=f"{row + 1} of {len(self._listed)}", person=self._person)
        canvas, shown = self.text.canvas, verdict.shown
        canvas.choose(str(number))
        if shown.end <= len(canvas.text):
            canvas.select(shown.start, shown.start)
            canvas.scroll_to(shown.end)
            canvas.scroll_to(shown.start)

    def _on_only(self, _checked: bool) -> None:
        self._list(number=self._listed[self._row] if 0 <= self._row < len(self._listed) else -1)

    def _on_highlight_clicked(self, click: HighlightClick) -> None:
        if not click.owners:
            return
        listed = [number for number in map(int, click.owners) if number in self._listed]
        if listed:
            self._show_verdict(self._listed.index(listed[0]))
        else:  # it was kept unchanged
            self.lists.only.setChecked(False)
            self._list(number=int(click.owners[0]))

    # -- keys ----------------------------------------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if offer(event, self, self):
            event.accept()
        else:
            super().keyPressEvent(event)

    def take_key(self, press: KeyPress, source: QWidget) -> bool:
        """Handle a key in a list, in the text or around them; return whether it was handled."""
        if self._pages.currentIndex() == 0:
            return False
        for action, by in (("review.next", 1), ("review.previous", -1)):
            if press.key in map(portable, self._keys_of(action)):
                self.step(by)
                return True
        for action, by in (("view.next-pane", 1), ("view.previous-pane", -1)):
            if press.key in map(portable, self._keys_of(action)):
                self._panes.step(by)
                return True
        return isinstance(source, TextCanvas) and self._move(source, press)

    def complain_of_key(self, words: str) -> None:
        """Say in the bottom line that a key means nothing because of the keyboard's layout."""
        self._keys.setText(words)

    def _move(self, canvas: TextCanvas, press: KeyPress) -> bool:
        spec = self._actions.for_text_key(press.key) or self._actions.for_text_key(press.plain)
        if spec is None or spec.id not in MOTIONS:
            return False
        canvas.move_caret(spec.id, extend=press.shift and press.key != press.plain)
        return True

    def step(self, by: int) -> None:
        """Go to the next or the previous listed annotation, continuing in the neighbouring document at either end."""
        row = self._row + by
        if self._row >= 0 and 0 <= row < len(self._listed):
            self._show_verdict(row)
            return
        documents = self._found.documents
        at = next((n for n, item in enumerate(documents) if item is self._document), 0)
        only = self.lists.only.isChecked()
        for distance in range(1, len(documents) + 1):
            other = (at + by * distance) % len(documents)
            if any(verdict.fate.is_difference or not only for verdict in documents[other].verdicts):
                self._show_document(other, at_end=by < 0)
                return

    def panes(self) -> list[QWidget]:
        """Return the panes that F6 cycles through."""
        return [self.lists.documents, self.lists.verdicts, self.text.canvas, self.labels.table]

    # -- closing -------------------------------------------------------------------------------------------------------

    def _on_menu_picked(self, _picked: tuple[str, int]) -> None:
        self._on_open(False)

    def _on_open(self, _checked: bool) -> None:
        if self._document is not None:
            self.document_wanted.emit((self._document.document, self.text.canvas.view.caret))
            self.accept()

    def _on_close(self, _checked: bool) -> None:
        self.reject()

    def done(self, result: int) -> None:
        self._runner.shut_down()
        super().done(result)


def _first_with_difference(found: Feedback) -> int:
    """Return the index of the first document with a difference, or 0."""
    rows = (n for n, item in enumerate(found.documents) if any(v.fate.is_difference for v in item.verdicts))
    return next(rows, 0)


def _as_row(verdict: Verdict, scheme: Scheme) -> ListRow:
    tone = _TONES.get(verdict.fate, "faint")
    return ListRow(f"“{quote_of(verdict, scheme)}”", subtitle(verdict, scheme), TAGS[verdict.fate], tone)


def _choose(view: KeyedList, row: int) -> None:
    """Make a row of a list the current one."""
    index = view.model().index(row, 0)
    if view.currentIndex() != index:
        view.setCurrentIndex(index)

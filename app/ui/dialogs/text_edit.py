"""Edits a piece of a document's text, with a preview of what becomes of everybody's marks."""

from typing import NamedTuple

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from app.core.document import Document
from app.core.errors import StetError
from app.core.escaped_text import escaped, line_end_of, unescaped
from app.core.graphemes import extends_cluster
from app.core.offsets import OffsetMap
from app.core.progress import CancelToken, Progress
from app.core.scheme import Scheme
from app.core.text_change import Splice, TextChange
from app.core.wording import counted, sentence, shorten
from app.jobs.runner import JobOutcome, JobRunner
from app.jobs.tasks.text_edit import TextEditReport, out_line, reworded_line
from app.services.texts.text_edit import Choices, plan
from app.services.texts.text_survey import EditedText
from app.session.session import Session
from app.ui.dialogs.form import FormDialog
from app.ui.dialogs.lost_marks import LostMarks, Span, label_title
from app.ui.guard import guarded
from app.ui.widgets.fields import LineEdit, ReadOnlyText, TextEdit
from app.ui.widgets.labels import plain

_SETTLED_MS = 300
_MOST_LINES = 12
_QUOTE = 40


class TextEditRequest(NamedTuple):
    """An edit of the text of a document (uid) that was previewed: why it is made, and what lost marks become."""

    document: str
    change: TextChange
    reason: str
    choices: Choices


@guarded
class TextEditDialog(FormDialog):
    """Shows a piece of the text in a field. What a field would rewrite is shown as an escape, so nothing is lost.

    The preview is computed in the background, after a short pause in typing.
    """

    answered = Signal(object)  # TextEditRequest

    def __init__(
        self, session: Session, document: Document, span: Span, what: str, parent: QWidget | None = None
    ) -> None:
        title = f"Edit the text of “{shorten(document.title, 60)}”"
        super().__init__("text-edit-dialog", title, accept="Edit text", parent=parent)
        self.resize(1040, 660)
        self._session = session
        self._document = document
        self._start, self._end = span
        self._line_end = line_end_of(document.text)
        self._planned: EditedText | None = None
        self._runner = JobRunner(self)
        self._settled = QTimer(self)
        self._settled.setSingleShot(True)
        self._settled.setInterval(_SETTLED_MS)
        self._settled.timeout.connect(self._look)
        self.finished.connect(self._on_closing)
        piece = document.text[self._start : self._end]
        shown = escaped(piece, line_end=self._line_end)
        self._field = TextEdit()
        self._field.setObjectName("text-edit-field")
        self._field.setAccessibleName(what)
        self._field.setTabChangesFocus(True)
        self._field.setPlainText(shown)
        self._reason = LineEdit()
        self._reason.setObjectName("text-edit-reason")
        self._reason.setAccessibleName("Reason")
        self._reason.setPlaceholderText("Such as: a typo in the source")
        self._preview = ReadOnlyText()
        self._preview.setObjectName("text-edit-preview")
        self._preview.setAccessibleName("What would become of the marks")
        self._preview.setTabChangesFocus(True)
        self._lost = LostMarks(session.scheme, document.title, self._selected)
        columns = QHBoxLayout()
        columns.setSpacing(18)
        columns.addLayout(self._left(what, has_escapes=shown != piece.replace(self._line_end, "\n")), 1)
        columns.addLayout(self._right(), 1)
        self.body.addLayout(columns, 1)
        self._field.textChanged.connect(self._show)
        self._lost.complained.connect(self.complain)
        self._field.selectAll()
        self._show()

    def _left(self, what: str, *, has_escapes: bool) -> QVBoxLayout:
        box = QVBoxLayout()
        box.setSpacing(6)
        caption, reason = plain(what, role="field"), plain("Reason, kept with the earlier text", role="field")
        caption.setBuddy(self._field)
        reason.setBuddy(self._reason)
        box.addWidget(caption)
        box.addWidget(self._field, 1)
        if has_escapes:
            note = "Signs that can’t be seen are written as escapes, such as \\u00a0; a backslash is written twice."
            box.addWidget(plain(note, tone="faint", wrap=True, name="text-edit-note"))
        box.addWidget(reason)
        box.addWidget(self._reason)
        return box

    def _right(self) -> QVBoxLayout:
        box = QVBoxLayout()
        box.setSpacing(6)
        caption = plain("What would become of the marks, for everyone", role="field")
        caption.setBuddy(self._preview)
        box.addWidget(caption)
        box.addWidget(self._preview, 2)
        box.addWidget(self._lost, 3)
        return box

    def showEvent(self, event: object) -> None:
        super().showEvent(event)  # type: ignore[arg-type]
        self._field.setFocus()

    # -- what is typed -------------------------------------------------------------------------------------------------

    def _raw(self) -> str:
        """Return the field's content. Its text as a whole would have no-break spaces as spaces."""
        return self._field.document().toRawText().replace("\u2029", "\n").replace("\u2028", "\n")

    def _piece(self, shown: str) -> str:
        return unescaped(shown, line_end=self._line_end)

    def _change(self) -> TextChange | None:
        """Return the change as typed; None, and say so, if an escape means nothing, or nothing was changed."""
        self.complain("")
        try:
            new = self._piece(self._raw())
        except ValueError as error:
            self.complain(f"“{error}” isn’t an escape. Write a backslash twice, “\\\\”.")
            return None
        change = TextChange.refined(self._document.text, [Splice(self._start, self._end, new)])
        return change if change.splices else None

    def _selected(self) -> Span | None:
        """Return the range of the new text that is selected in the field, None if nothing is."""
        cursor = self._field.textCursor()
        if not cursor.hasSelection():
            return None
        raw = self._raw()
        places = OffsetMap(raw)
        try:
            parts = [
                self._start + len(self._piece(raw[: places.from_u16(at)]))
                for at in (cursor.selectionStart(), cursor.selectionEnd())
            ]
        except ValueError:
            return None  # within an escape
        text = self._planned.change.new if self._planned is not None else ""
        start, end = parts
        while 0 < start < len(text) and extends_cluster(text, start):
            start -= 1
        while 0 < end < len(text) and extends_cluster(text, end):
            end += 1
        return (start, end) if 0 <= start < end <= len(text) else None

    # -- preview -------------------------------------------------------------------------------------------------------

    def _show(self) -> None:
        self._planned = None
        self.accept_button.setEnabled(False)
        self._runner.cancel()
        self._settled.stop()
        if self._change() is None:
            self._preview.setPlainText("Nothing is changed yet.")
            self._lost.show_lost((), self._document.text)
        else:
            self._preview.setPlainText("Checking…")
            self._settled.start()

    def _look(self) -> None:
        change, path, uid = self._change(), self._session.path, self._document.uid
        if change is None:
            return
        if self._runner.is_busy:  # the cancelled job is still finishing its last document
            self._settled.start()
            return

        def work(_report: Progress, token: CancelToken) -> EditedText:
            # A reader of its own: the window keeps using its connections meanwhile.
            reader = Session.open(path, write=False)
            try:
                return plan(reader, uid, change, cancel=token)
            finally:
                reader.close()

        self._runner.submit("text-edit-preview", work, self._on_looked)

    def _on_looked(self, outcome: JobOutcome) -> None:
        if self._settled.isActive():  # the field has changed since
            return
        if outcome.error is not None:
            self._preview.setPlainText("")
            self._complain_of(outcome.error)
        elif outcome.value is not None:
            self._planned = outcome.value
            self._preview.setPlainText("\n".join(_lines(outcome.value, self._session.scheme)))
            self._lost.show_lost(outcome.value.lost, outcome.value.change.new)
            self.accept_button.setEnabled(self._session.is_writable)

    def _complain_of(self, error: StetError) -> None:
        self.complain(sentence(error.what))

    # -- closing -------------------------------------------------------------------------------------------------------

    def submit(self) -> bool:
        """Emit the previewed edit."""
        if self._planned is None:
            return False
        choices = self._lost.choices()
        self.answered.emit(
            TextEditRequest(self._document.uid, self._planned.change, self._reason.text().strip(), choices)
        )
        return True

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            is_meant = event.modifiers() & Qt.KeyboardModifier.ControlModifier or not self._field.hasFocus()
            if is_meant and self.accept_button.isEnabled():
                self.accept_button.click()
            event.accept()
            return
        super().keyPressEvent(event)

    def _on_closing(self, _result: int) -> None:
        self._settled.stop()
        self._runner.shut_down()


def _lines(edit: EditedText, scheme: Scheme) -> list[str]:
    """Return what an edit does, in words: what is replaced, then what becomes of the marks."""
    change = edit.change
    lines = [
        _splice_line(change.old[splice.start : splice.end], splice.text) for splice in change.splices[:_MOST_LINES]
    ]
    if len(change.splices) > _MOST_LINES:
        lines.append(f"and {counted(len(change.splices) - _MOST_LINES, 'more place', 'more places')}")
    lines += ["", *map(sentence, TextEditReport(edit, 0, dry_run=True).counts())]
    home = edit.document.title
    lines += _some(
        [
            reworded_line(item, label=label_title(scheme, item.layer, item.label), home=home)
            for item in edit.reworded[: _MOST_LINES + 1]
        ],
        len(edit.reworded),
    )
    again = (item.annotator if item.title == home else f"{item.title}, {item.annotator}" for item in edit.reopened)
    lines += _some([f"Open again: {who}" for who in again], len(edit.reopened))
    if edit.out:
        lines += ["", sentence(out_line(edit))]
    return lines


def _splice_line(old: str, new: str) -> str:
    if not old.strip() and not new.strip():
        return "White space is changed"
    if not new:
        return f"“{shorten(old, _QUOTE)}” is taken out"
    if not old:
        return f"“{shorten(new, _QUOTE)}” is put in"
    return f"“{shorten(old, _QUOTE)}” becomes “{shorten(new, _QUOTE)}”"


def _some(lines: list[str], count: int) -> list[str]:
    if not lines:
        return []
    more = [f"and {count - _MOST_LINES:,} more"] if count > _MOST_LINES else []
    return ["", *lines[:_MOST_LINES], *more]

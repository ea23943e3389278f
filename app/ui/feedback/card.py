"""One verdict in full: the annotation and its gold field by field, the reviewer's reason, the scheme's definitions."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QGridLayout, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from app.core.scheme import Scheme
from app.review.feedback import ReviewOutcome, Verdict
from app.review.fields import EVIDENCE, LABEL, RANGE, Field, rules_of
from app.ui.feedback.words import TAGS, ruling_words, sentence
from app.ui.review.card import definition_text
from app.ui.review.versions import field_text
from app.ui.widgets.labels import plain, set_tone

_TONES = {ReviewOutcome.KEPT: "good", ReviewOutcome.UNDECIDED: "faint"}


class VerdictCard(QWidget):
    """The right side of the dialog."""

    def __init__(self, scheme: Scheme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("verdict-card")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setMinimumWidth(310)  # narrower, the text of both sides would be clipped
        self._scheme = scheme
        self._number = plain("", role="caption", name="verdict-number")
        self._fate = plain("", role="title", name="verdict-fate")
        self._sentence = plain("", wrap=True, name="verdict-sentence")
        self._table = QWidget()
        self._grid = QGridLayout(self._table)
        self._grid.setContentsMargins(0, 4, 0, 4)
        self._grid.setHorizontalSpacing(10)
        self._grid.setVerticalSpacing(7)
        self._said = plain("", wrap=True, tone="soft", name="verdict-said")
        self._note = plain("", wrap=True, name="verdict-note")
        self._definitions = plain("", wrap=True, tone="soft", name="verdict-definitions")
        self._frame = QFrame()
        self._frame.setObjectName("definition-card")
        inside = QVBoxLayout(self._frame)
        inside.setContentsMargins(9, 7, 9, 8)
        inside.addWidget(self._definitions)
        inner = QWidget()
        inner.setObjectName("verdict-body")
        body = QVBoxLayout(inner)
        body.setContentsMargins(0, 0, 6, 0)
        body.setSpacing(8)
        for widget in (self._fate, self._sentence, self._table, self._said, self._note, self._frame):
            body.addWidget(widget)
        body.addStretch(1)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setWidget(inner)
        box = QVBoxLayout(self)
        box.setContentsMargins(14, 12, 10, 10)
        box.addWidget(self._number)
        box.addWidget(area, 1)
        self._area = area

    def show_nothing(self, why: str) -> None:
        """Show why there is no verdict to show."""
        self._clear()
        self._number.setText("")
        self._fate.setText("")
        self._sentence.setText(why)
        for widget in (self._table, self._said, self._note, self._frame):
            widget.hide()

    def show_verdict(self, verdict: Verdict, *, number: str, person: str) -> None:
        """Show a verdict; `person` is the annotator, or an empty string if that is the reader."""
        self._clear()
        self._number.setText(number.upper())
        word = TAGS[verdict.fate]
        self._fate.setText(f"{word[:1].upper()}{word[1:]}")
        set_tone(self._fate, _TONES.get(verdict.fate, "warn"))
        self._sentence.setText(sentence(verdict, own=not person))
        self._fill(verdict, person or "yours")
        self._table.show()
        said = ruling_words(verdict.ruling)
        self._said.setText(said)
        self._said.setVisible(bool(said))
        note = verdict.ruling.note if verdict.ruling is not None else ""
        self._note.setText(f"Note: {note}")
        self._note.setVisible(bool(note))
        labels = dict.fromkeys(item.label for item in (verdict.annotation, verdict.gold) if item is not None)
        words = definition_text(self._scheme, verdict.layer, labels)
        self._definitions.setText(words)
        self._frame.setVisible(bool(words))
        self._area.verticalScrollBar().setValue(0)

    def _fill(self, verdict: Verdict, whose: str) -> None:
        for column, title in ((1, whose), (3, "gold")):
            self._grid.addWidget(plain(title, role="caption", name="verdict-head", wrap=True), 0, column)
        row = 1
        for field in rules_of(self._scheme, verdict.layer).fields:
            if self._is_worth_showing(field, verdict):
                self._add_row(row, field, verdict)
                row += 1
        self._grid.setColumnStretch(1, 1)
        self._grid.setColumnStretch(3, 1)

    def _is_worth_showing(self, field: Field, verdict: Verdict) -> bool:
        if field.id in (RANGE, LABEL) or field in verdict.changes:
            return True
        rules = rules_of(self._scheme, verdict.layer)
        shown = [item for item in (verdict.annotation, verdict.gold) if item is not None]
        return any(rules.is_given(field.id, item) for item in shown)

    def _add_row(self, row: int, field: Field, verdict: Verdict) -> None:
        differs = field in verdict.changes
        name = plain(field.title, role="field", name=f"verdict-field-{field.id}", wrap=True)
        name.setFixedWidth(72)
        annotation, gold = verdict.annotation, verdict.gold
        nothing = "(nothing)" if field.id == RANGE else ""
        mine = field_text(field.id, annotation, self._scheme) if annotation is not None else nothing
        theirs = field_text(field.id, gold, self._scheme) if gold is not None else nothing
        if field.id == EVIDENCE and annotation is not None and gold is not None and not differs and theirs != mine:
            theirs = f"{theirs} (overlaps: the same)"
        sign = plain("≠" if differs else "", tone="warn", name=f"verdict-differs-{field.id}")
        sign.setAccessibleName(f"{field.title} differs" if differs else "")
        cells = (
            name,
            _cell(mine, "faint" if annotation is None else ""),
            sign,
            _cell(theirs, "warn" if differs and field.counts else ""),
        )
        for column, cell in enumerate(cells):
            self._grid.addWidget(cell, row, column, Qt.AlignmentFlag.AlignTop)

    def _clear(self) -> None:
        while (item := self._grid.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()


def _cell(text: str, tone: str) -> QWidget:
    cell = plain(text, tone=tone, wrap=True, name="verdict-cell")
    cell.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)
    cell.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return cell

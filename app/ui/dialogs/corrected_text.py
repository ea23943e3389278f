"""A text beside what its corrections make of it."""

from collections.abc import Sequence
from typing import NamedTuple

from PySide6.QtCore import Signal
from PySide6.QtGui import QGuiApplication, QTextCharFormat, QTextCursor
from PySide6.QtWidgets import QHBoxLayout, QScrollBar, QSplitter, QTextEdit, QVBoxLayout, QWidget

from app.core.annotation import Annotation
from app.core.correction import Corrected, corrected
from app.core.document import Document
from app.core.offsets import OffsetMap
from app.core.text_difference import Hunk, differences, whole_words
from app.core.wording import counted, shorten
from app.ui import theme
from app.ui.dialogs.form import FormDialog
from app.ui.theme import Hue, px
from app.ui.widgets.fields import ComboBox, TextEdit
from app.ui.widgets.labels import button, plain

_OPACITY = 0.35
_MOST_CLASHES = 20
_QUOTE = 40


class CorrectedVersion(NamedTuple):
    """Whose corrections they are, and the annotations that have them."""

    title: str
    annotations: Sequence[Annotation]


class CorrectedTextDialog(FormDialog):
    """Shows a document's text on the left and the corrected one on the right, with the words that differ, and says
    which corrections were left because they overlap. `export_wanted` asks for the texts as files.
    """

    export_wanted = Signal()

    def __init__(self, document: Document, versions: Sequence[CorrectedVersion], parent: QWidget | None = None) -> None:
        """Show one of the versions, the first one at first."""
        title = f"Corrected text of “{shorten(document.title, 60)}”"
        super().__init__("corrected-dialog", title, accept="Close", parent=parent)
        self._document = document
        self._versions = versions
        self._who = ComboBox()
        self._who.setObjectName("corrected-who")
        self._who.addItems([each.title for each in versions])
        if len(versions) > 1:
            self.field("Whose corrections", self._who)
        self._what = plain("", wrap=True, name="corrected-what")
        self.body.addWidget(self._what)
        self._old = _page("corrected-old", "The text as it is")
        self._new = _page("corrected-new", "The corrected text")
        self.body.addWidget(self._sides(), 1)
        self._clashes = plain("", tone="warn", wrap=True, name="corrected-clashes")
        self.body.addWidget(self._clashes)
        self.body.addLayout(self._buttons())
        self._is_following = False
        self._old.verticalScrollBar().valueChanged.connect(self._on_old_scrolled)
        self._new.verticalScrollBar().valueChanged.connect(self._on_new_scrolled)
        self._who.currentIndexChanged.connect(self._on_who)
        self.resize(px(1040), px(680))
        self._show(versions[0])

    def _sides(self) -> QSplitter:
        sides = QSplitter()
        sides.setObjectName("corrected-sides")
        for caption, page in (("As it is", self._old), ("Corrected", self._new)):
            side = QWidget()
            box = QVBoxLayout(side)
            box.setContentsMargins(0, 0, 0, 0)
            box.addWidget(plain(caption, role="field"))
            box.addWidget(page, 1)
            sides.addWidget(side)
        return sides

    def _buttons(self) -> QHBoxLayout:
        line = QHBoxLayout()
        copy = button("Copy the corrected text", name="corrected-copy")
        export = button("Export…", name="corrected-export", tip="Corrected texts of all finished documents, as files")
        copy.clicked.connect(self._on_copy)
        export.clicked.connect(self._on_export)
        line.addWidget(copy)
        line.addWidget(export)
        line.addStretch(1)
        return line

    def _show(self, version: CorrectedVersion) -> None:
        text = self._document.text
        put_right = corrected(text, version.annotations)
        self._old.setPlainText(text)
        self._new.setPlainText(put_right.text)
        letters = differences(text, put_right.text, among=_ranges(put_right))
        changed = whole_words(text, put_right.text, letters)
        self._tint(self._old, text, [(each.start, each.end) for each in changed], Hue.VERMILLION)
        self._tint(self._new, put_right.text, [(each.new_start, each.new_end) for each in changed], Hue.GREEN)
        self._what.setText(_sentence(put_right, version))
        self._clashes.setText(_clashes(put_right, version))
        self._clashes.setVisible(bool(put_right.clashes))

    def _tint(self, page: TextEdit, text: str, ranges: Sequence[tuple[int, int]], color: str) -> None:
        to_u16 = OffsetMap(text).to_u16
        shape = QTextCharFormat()
        shape.setBackground(theme.fill_color(color, self.palette().base().color().name(), _OPACITY))
        made: list[QTextEdit.ExtraSelection] = []
        for start, end in ranges:
            if start == end:
                continue
            cursor = QTextCursor(page.document())
            cursor.setPosition(to_u16(start))
            cursor.setPosition(to_u16(end), QTextCursor.MoveMode.KeepAnchor)
            selection = QTextEdit.ExtraSelection()
            selection.cursor, selection.format = cursor, shape  # pyright: ignore[reportAttributeAccessIssue]  Qt's own
            made.append(selection)
        page.setExtraSelections(made)

    def _follow(self, moved: QScrollBar, other: QScrollBar) -> None:
        """Scroll the other side to the same share of its length."""
        if self._is_following or not moved.maximum():
            return
        self._is_following = True
        other.setValue(round(other.maximum() * moved.value() / moved.maximum()))
        self._is_following = False

    def _on_old_scrolled(self, _value: int) -> None:
        self._follow(self._old.verticalScrollBar(), self._new.verticalScrollBar())

    def _on_new_scrolled(self, _value: int) -> None:
        self._follow(self._new.verticalScrollBar(), self._old.verticalScrollBar())

    def _on_who(self, row: int) -> None:
        self._show(self._versions[row])

    def _on_copy(self, _checked: bool) -> None:
        # Not what the field holds: that has other line ends.
        version = self._versions[max(0, self._who.currentIndex())]
        QGuiApplication.clipboard().setText(corrected(self._document.text, version.annotations).text)

    def _on_export(self, _checked: bool) -> None:
        self.accept()
        self.export_wanted.emit()


def _page(name: str, title: str) -> TextEdit:
    page = TextEdit()
    page.setObjectName(name)
    page.setAccessibleName(title)
    page.setReadOnly(True)
    return page


def _ranges(put_right: Corrected) -> list[Hunk]:
    """Return the ranges of both texts that were changed."""
    found: list[Hunk] = []
    shift = 0
    for each in put_right.applied:
        start = each.start + shift
        found.append(Hunk(each.start, each.end, start, start + len(each.written)))
        shift += len(each.written) - (each.end - each.start)
    return found


def _sentence(put_right: Corrected, version: CorrectedVersion) -> str:
    given = sum(each.correction is not None for each in version.annotations)
    if not given:
        return "Nothing is corrected yet: choose a mark, press Enter, and write what should stand there."
    left = len({uid for pair in put_right.clashes for uid in pair})
    applied = counted(given - left, "correction")
    return f"{applied} applied, {left:,} left because they overlap." if left else f"{applied} applied."


def _clashes(put_right: Corrected, version: CorrectedVersion) -> str:
    by_uid = {each.uid: each for each in version.annotations}
    lines = [
        f"• “{_said(by_uid[one])}” and “{_said(by_uid[other])}”" for one, other in put_right.clashes[:_MOST_CLASHES]
    ]
    return "\n".join(["These overlap, so that neither is applied:", *lines])


def _said(annotation: Annotation) -> str:
    correction = annotation.correction
    return f"{shorten(annotation.quote, _QUOTE)} → {shorten(correction or '', _QUOTE) or 'nothing'}"

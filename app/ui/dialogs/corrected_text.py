"""A text beside what its corrections make of it."""

from collections.abc import Sequence
from typing import NamedTuple

from PySide6.QtCore import Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QScrollBar, QSplitter, QVBoxLayout, QWidget

from app.core.annotation import Annotation
from app.core.correction import Corrected
from app.core.document import Document
from app.core.wording import counted, shorten
from app.jobs.tasks.corrected_comparison import CorrectedComparison
from app.ui import theme
from app.ui.dialogs.form import FormDialog
from app.ui.theme import Hue, px
from app.ui.widgets.fields import ComboBox
from app.ui.widgets.labels import button, plain
from app.ui.widgets.tinted_text import TintedText

_OPACITY = 0.35
_MOST_CLASHES = 20
_QUOTE = 40


class CorrectedVersion(NamedTuple):
    """Whose corrections they are, and the annotations that have them."""

    title: str
    annotations: Sequence[Annotation]


class CorrectedTextDialog(FormDialog):
    """Shows a document's text on the left and the corrected one on the right, with the words that differ, and says
    which corrections were left because they overlap. `export_wanted` asks for the texts as files; whoever is asked for
    a comparison answers by `show_comparison`.
    """

    export_wanted = Signal()
    comparison_wanted = Signal(object)  # the annotations of a version

    def __init__(self, document: Document, versions: Sequence[CorrectedVersion], parent: QWidget | None = None) -> None:
        """Show one of the versions, once it is asked for: the first one at first."""
        title = f"Corrected text of “{shorten(document.title, 60)}”"
        super().__init__("corrected-dialog", title, accept="Close", parent=parent)
        self._versions = versions
        self._who = ComboBox()
        self._who.setObjectName("corrected-who")
        self._who.addItems([each.title for each in versions])
        if len(versions) > 1:
            self.field("Whose corrections", self._who)
        self._what = plain("", wrap=True, name="corrected-what")
        self.body.addWidget(self._what)
        self._old = TintedText("corrected-old", "The text as it is")
        self._new = TintedText("corrected-new", "The corrected text")
        self._old.setPlainText(document.text)
        self.body.addWidget(self._sides(), 1)
        self._copy = button("Copy the corrected text", name="corrected-copy")
        self._found: CorrectedComparison | None = None
        self._clashes = plain("", tone="warn", wrap=True, name="corrected-clashes")
        self.body.addWidget(self._clashes)
        self.body.addLayout(self._buttons())
        self._is_following = False
        self._old.verticalScrollBar().valueChanged.connect(self._on_old_scrolled)
        self._new.verticalScrollBar().valueChanged.connect(self._on_new_scrolled)
        self._who.currentIndexChanged.connect(self._on_who)
        self.resize(px(1040), px(680))

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
        export = button("Export…", name="corrected-export", tip="Corrected texts of all finished documents, as files")
        self._copy.clicked.connect(self._on_copy)
        export.clicked.connect(self._on_export)
        line.addWidget(self._copy)
        line.addWidget(export)
        line.addStretch(1)
        return line

    def show_comparison(self, found: CorrectedComparison) -> None:
        """Show what the corrections make of the text: the answer to `comparison_wanted`."""
        self._found = found
        self._new.setPlainText(found.corrected.text)
        for page, ranges, hue in ((self._old, found.old, Hue.VERMILLION), (self._new, found.new, Hue.GREEN)):
            page.show_ranges(ranges, theme.fill_color(hue, self.palette().base().color().name(), _OPACITY))
        version = self._version
        self._what.setText(_sentence(found.corrected, version))
        self._clashes.setText(_clashes(found.corrected, version))
        self._clashes.setVisible(bool(found.corrected.clashes))
        self._copy.setEnabled(True)

    @property
    def _version(self) -> CorrectedVersion:
        return self._versions[max(0, self._who.currentIndex())]

    def ask(self) -> None:
        """Ask for the comparison of the chosen version."""
        self._found = None
        self._copy.setEnabled(False)
        self._what.setText("Comparing…")
        self.comparison_wanted.emit(self._version.annotations)

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

    def _on_who(self, _row: int) -> None:
        self.ask()

    def _on_copy(self, _checked: bool) -> None:
        if self._found is not None:  # not what the field holds: that has other line ends
            QGuiApplication.clipboard().setText(self._found.corrected.text)

    def _on_export(self, _checked: bool) -> None:
        self.accept()
        self.export_wanted.emit()


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

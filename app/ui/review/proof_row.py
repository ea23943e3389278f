"""A piece of evidence in the form in which a reviewer edits an annotation: whether it is taken, and in which set."""

import msgspec
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QWidget

from app.core.annotation import Evidence
from app.core.wording import shorten
from app.ui.widgets.fields import ComboBox
from app.ui.widgets.labels import literal

_LONGEST = 60


class ProofRow(QWidget):
    """A box with the quote, and a choice of the alternative set that the piece belongs to."""

    def __init__(self, evidence: Evidence, *, is_taken: bool, sets: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._evidence = evidence
        quote = " ".join(evidence.quote.split())
        self.box = QCheckBox(f"“{shorten(quote, _LONGEST)}”".replace("&", "&&"))
        self.box.setObjectName("review-edit-evidence")
        self.box.setToolTip(literal(quote))
        self.box.setChecked(is_taken)
        self.sets = ComboBox()
        self.sets.setObjectName("review-edit-set")
        self.sets.setAccessibleName(f"Set of “{shorten(quote, _LONGEST)}”")
        self.sets.setToolTip("Each set proves the statement by itself, with all of its pieces")
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.addWidget(self.box, 1)
        line.addWidget(self.sets)
        self.offer_sets(sets)

    def offer_sets(self, count: int) -> None:
        """Offer sets up to a number; a single one is no choice."""
        for number in range(self.sets.count() + 1, count + 1):
            self.sets.addItem(f"set {number}", number)
        if self.sets.currentIndex() < 1:
            self.sets.setCurrentIndex(max(0, self.sets.findData(self._evidence.alternative)))
        self.sets.setVisible(count > 1)

    @property
    def number(self) -> int:
        """The number of the set that the piece came in."""
        return self._evidence.alternative

    def taken(self) -> Evidence | None:
        """Return the piece with the number of its set, None if it isn't taken."""
        if not self.box.isChecked():
            return None
        return msgspec.structs.replace(self._evidence, alternative=int(self.sets.currentData() or 1))

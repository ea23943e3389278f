"""One piece of evidence in the inspector."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from app.core.annotation import Evidence, Stance
from app.core.wording import shorten
from app.ui.widgets.fields import ComboBox
from app.ui.widgets.flow import Flow
from app.ui.widgets.labels import button, literal, plain


class EvidenceCard(QFrame):
    """Quote, document and stance of one piece of evidence, with jump and removal."""

    jump_requested = Signal(object)  # Evidence
    remove_requested = Signal(object)  # Evidence
    stance_chosen = Signal(object)  # (Evidence, Stance)
    set_chosen = Signal(object)  # (Evidence, number of the set that it is to be in, 0 for a new one)

    def __init__(
        self,
        evidence: Evidence,
        title: str,
        *,
        stale: bool,
        around: str = "",
        sets: int = 1,
        pieces: int = 1,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setToolTip(literal(around))
        self.setObjectName("evidence-card")
        self._evidence = evidence
        shown = shorten(evidence.quote, 160)
        self._stance = ComboBox()
        self._stance.setObjectName("evidence-stance")
        self._stance.setAccessibleName(f"Stance of evidence {shown[:40]}")
        self._stance.setToolTip("Stance: the evidence refutes the marked text, supports it, or gives context")
        for stance in Stance:
            self._stance.addItem(stance.value, stance.value)
        self._stance.setCurrentIndex(list(Stance).index(evidence.stance))
        jump = button("show", name="evidence-jump", role="link", tip="Show it in the reference (Alt+K)")
        jump.setAccessibleName(f"Show evidence {shown[:40]}")
        remove = button("remove", name="evidence-remove", role="link", tip="Remove this evidence")
        remove.setAccessibleName(f"Remove evidence {shown[:40]}")
        row = Flow(gap=10)
        row.add(jump)
        row.add(remove)
        row.add_space()
        if pieces > 1:
            row.add(self._set_field(sets))
        row.add(self._stance)
        box = QVBoxLayout(self)
        box.setContentsMargins(9, 7, 7, 6)
        box.setSpacing(3)
        box.addWidget(plain(f"“{shown}”", wrap=True, name="evidence-quote"))
        box.addWidget(plain(title, tone="good", wrap=True, name="evidence-document"))
        if stale:
            box.addWidget(plain("This text is no longer there.", tone="warn", wrap=True))
        box.addLayout(row)
        jump.clicked.connect(self._on_jump)
        remove.clicked.connect(self._on_remove)
        self._stance.activated.connect(self._on_stance)

    def _set_field(self, sets: int) -> ComboBox:
        """Return the field in which the set is chosen; one piece alone has nothing to be divided from."""
        combo = ComboBox()
        combo.setObjectName("evidence-set")
        combo.setAccessibleName(f"Set of evidence {shorten(self._evidence.quote, 40)}")
        combo.setToolTip("Each set proves the statement by itself, and needs all of its pieces")
        for number in range(1, sets + 1):
            combo.addItem(f"set {number}", number)
        combo.addItem("another set", 0)
        combo.setCurrentIndex(self._evidence.alternative - 1)
        combo.activated.connect(self._on_set)
        self._set = combo
        return combo

    def _on_set(self, _index: int) -> None:
        self.set_chosen.emit((self._evidence, int(self._set.currentData())))

    def _on_jump(self, _checked: bool) -> None:
        self.jump_requested.emit(self._evidence)

    def _on_remove(self, _checked: bool) -> None:
        self.remove_requested.emit(self._evidence)

    def _on_stance(self, _index: int) -> None:
        self.stance_chosen.emit((self._evidence, Stance(str(self._stance.currentData()))))

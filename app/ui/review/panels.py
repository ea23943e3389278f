"""The left side and the middle of the Review workspace: queue, and text over reference. No wiring."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QGridLayout,
    QHBoxLayout,
    QPushButton,
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from app.core.wording import counted
from app.ui.editor.canvas import TextCanvas
from app.ui.editor.style import Style
from app.ui.review.letters import Letters, legend_color
from app.ui.review.queue import Order, QueueChoice, QueueDelegate, QueueModel, Shown
from app.ui.theme import Tones
from app.ui.widgets.fields import ComboBox
from app.ui.widgets.keyed_list import KeyedList
from app.ui.widgets.labels import button, plain, unmarked, value_button

_ORDERS = (
    (Order.DISAGREEMENT, "Most disagreement", "Strongest disagreement first"),
    (Order.DOCUMENT, "Document", "In document order"),
    (Order.KIND, "Kind", "By type of difference"),
    (Order.LABEL, "Label", "By the labels in question"),
    (Order.PAIR, "Pair", "By the two annotators who differ"),
)
_SHOWN = (
    (Shown.CONFLICTS, "conflicts to decide"),
    (Shown.OPEN, "everything to decide"),
    (Shown.ALL, "everything"),
)


class QueuePanel(QWidget):
    """Order chips, filters, the list, and commands for agreed groups and terms."""

    order_chosen = Signal(object)  # Order
    narrowed = Signal(object)  # (key, Shown)
    action_wanted = Signal(object)  # action id

    def __init__(self, model: QueueModel, tones: Tones, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("review-queue")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._title = plain("CONFLICTS", role="caption", name="review-progress")
        self._chips: dict[Order, QPushButton] = {}
        chips = QGridLayout()
        chips.setSpacing(5)
        for number, (order, title, tip) in enumerate(_ORDERS):
            chip = value_button(order, title, name=f"order-{order.value}", role="chip", tip=tip)
            chip.setCheckable(True)
            chip.setChecked(order is Order.DISAGREEMENT)
            chip.picked.connect(self._on_chip)
            self._chips[order] = chip
            chips.addWidget(chip, (number + 1) // 2, 0 if number == 0 else (number + 1) % 2, 1, 2 if number == 0 else 1)
        terms = button("Term…", name="order-term", role="chip", tip="Decide all occurrences of a term together (T)")
        terms.clicked.connect(self._on_terms)
        chips.addWidget(terms, 3, 0, 1, 2)
        self._only = _combo("review-only", "Filter")
        self._only.hide()  # until there is something to choose
        self._shown = _combo("review-shown", "Listed groups")
        for shown, title in _SHOWN:
            self._shown.addItem(title, shown)
        self._only.activated.connect(self._on_narrowed)
        self._shown.activated.connect(self._on_narrowed)
        self.list = KeyedList("review-list", "Groups to decide", row_height=QueueDelegate.HEIGHT)
        self.list.setModel(model)
        self.delegate = QueueDelegate(tones, self.list)
        self.list.setItemDelegate(self.delegate)
        self.list.setVerticalScrollMode(KeyedList.ScrollMode.ScrollPerPixel)
        self._left_out = plain("", tone="warn", wrap=True, name="review-left-out")
        self._left_out.hide()
        self._agreed = button(
            "",
            name="review-agreed",
            tip="Add all agreed groups to gold, and the documents that no one marked, in one step (Shift+A)",
        )
        self._agreed.clicked.connect(self._on_agreed)
        box = QVBoxLayout(self)
        box.setContentsMargins(12, 14, 8, 8)
        box.setSpacing(8)
        box.addWidget(self._title)
        box.addLayout(chips)
        box.addWidget(self._shown)
        box.addWidget(self._only)
        box.addWidget(self.list, 1)
        box.addWidget(self._left_out)
        box.addWidget(self._agreed)

    def show_counts(
        self, decided: int, conflicts: int, agreed: int, unmarked: int, *, is_counting: bool = False
    ) -> None:
        """Show the progress; `agreed` groups and `unmarked` documents can be accepted at once.

        `is_counting` says that there are more than that.
        """
        so_far = "… SO FAR" if is_counting else ""
        self._title.setText(f"CONFLICTS · {decided:,} OF {conflicts:,}{so_far} DECIDED")
        more = f" + {counted(unmarked, 'unmarked document')}" if unmarked else ""
        self._agreed.setText(f"Accept all agreed · {agreed:,}{more}")
        self._agreed.setEnabled(agreed + unmarked > 0 and not is_counting)

    def show_left_out(self, documents: int) -> None:
        """Show how many documents are missing because the reviewer is still annotating them."""
        left = counted(documents, "document is", "documents are")
        self._left_out.setText(f"{left} left out because you are still marking there.")
        self._left_out.setVisible(documents > 0)

    def show_shown(self, shown: Shown) -> None:
        """Show which groups are listed."""
        self._shown.setCurrentIndex(self._shown.findData(shown))

    def show_choices(self, choices: Sequence[QueueChoice], only: str) -> None:
        """Offer choices to narrow the queue by."""
        self._only.clear()
        self._only.addItem("all", "")
        for choice in choices:
            self._only.addItem(unmarked(f"{choice.title} · {choice.size}"), choice.key)
        self._only.setCurrentIndex(max(0, self._only.findData(only)))
        self._only.setVisible(bool(choices))

    def _on_chip(self, order: Order) -> None:
        self.show_order(order)
        self.order_chosen.emit(order)

    def show_order(self, order: Order) -> None:
        """Show the order of the groups."""
        for other, chip in self._chips.items():
            chip.setChecked(other is order)

    def _on_narrowed(self, _index: int) -> None:
        self.narrowed.emit((self._only.currentData() or "", Shown(self._shown.currentData())))

    def _on_terms(self, _checked: bool) -> None:
        self.action_wanted.emit("review.terms")

    def _on_agreed(self, _checked: bool) -> None:
        self.action_wanted.emit("review.agreed-everywhere")


def _combo(name: str, title: str) -> QComboBox:
    combo = ComboBox()
    combo.setObjectName(name)
    combo.setAccessibleName(title)
    combo.setToolTip(title)
    combo.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
    return combo


class ReviewText(QWidget):
    """Title and letters over the text; below it the reference with each side's evidence."""

    action_wanted = Signal(object)  # action id

    def __init__(self, tones: Tones, style: Style, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("review-text")
        self._tones = tones
        self._style = style
        self._title = plain("", role="title", name="review-title", wrap=True)
        self._legend = QHBoxLayout()
        self._legend.setSpacing(12)
        self._reveal = button("show names", name="review-reveal", role="link", tip="Show names; this is logged (V)")
        self._reveal.clicked.connect(self._on_reveal)
        self._reveal.hide()
        self._legend.addWidget(self._reveal)
        self.canvas = TextCanvas("review-canvas", tones, style)
        self.canvas.setAccessibleName("Text under review")
        self.reference = TextCanvas("review-reference-canvas", tones, style)
        self.reference.setAccessibleName("Reference")
        self._reference_title = plain("REFERENCE", role="caption", name="review-reference-title", wrap=True)
        self._hidden = plain("", tone="faint", name="review-hidden", wrap=True)
        self._about = plain("", name="review-about", wrap=True)
        self._about.hide()
        self._offer = button("", name="review-say-about", role="link", tip="What nobody said of it (B)")
        self._offer.clicked.connect(self._on_about)
        self._offer.hide()
        upper, lower = QWidget(), QWidget()
        upper.setObjectName("text-pane")
        lower.setObjectName("reference-pane")
        for widget, inner in ((upper, (self._header(), self.canvas)), (lower, (self._reference_title, self.reference))):
            widget.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
            column = QVBoxLayout(widget)
            column.setContentsMargins(0, 0, 0, 0)
            column.setSpacing(0)
            for part in inner:
                column.addWidget(part)
        self._reference_title.setContentsMargins(26, 10, 20, 2)
        self.split = QSplitter(Qt.Orientation.Vertical)
        self.split.setObjectName("split-review-texts")
        self.split.addWidget(upper)
        self.split.addWidget(lower)
        self.split.setSizes([520, 220])
        self.split.setStretchFactor(0, 1)
        self.split.setHandleWidth(1)
        self.split.setChildrenCollapsible(False)
        self._stack = QStackedWidget()
        self._stack.addWidget(self._empty_side())
        self._stack.addWidget(self.split)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.addWidget(self._stack)
        self.apply_look(tones, style, lanes=0)

    def _header(self) -> QWidget:
        top = QWidget()
        top.setObjectName("text-header")
        head = QVBoxLayout(top)
        head.setContentsMargins(26, 14, 20, 4)
        for widget in (self._title, self._about, self._offer):
            head.addWidget(widget)
        head.addLayout(self._legend)
        head.addWidget(self._hidden)
        return top

    def _empty_side(self) -> QWidget:
        widget = QWidget()
        widget.setObjectName("text-pane")
        widget.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._empty = plain("", tone="faint", wrap=True, name="review-empty")
        self._empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._offers = QWidget()
        self._offers.hide()  # it is wide, and mustn't make the window so before it is needed
        row = QHBoxLayout(self._offers)
        row.addStretch(1)
        for action, title in (("team.assign", "Assign documents…"), ("team.merge", "Merge returned work…")):
            made = value_button(action, title, name=f"review-empty-{action}")
            made.picked.connect(self.action_wanted)
            row.addWidget(made)
        row.addStretch(1)
        box = QVBoxLayout(widget)
        box.setContentsMargins(60, 0, 60, 60)
        box.addStretch(1)
        box.addWidget(self._empty)
        box.addWidget(self._offers)
        box.addStretch(2)
        return widget

    def show_empty(self, why: str, *, offers: bool) -> None:
        """Show why there is no text; with `offers`, also how to get work to review."""
        self._empty.setText(why)
        self._offers.setVisible(offers)
        self._stack.setCurrentIndex(0)

    def show_texts(self) -> None:
        """Show text and reference."""
        self._stack.setCurrentIndex(1)

    def show_heading(self, title: str, letters: Letters, waiting: int) -> None:
        """Show the document's title and the letters of its readers."""
        self._title.setText(title)
        while (item := self._legend.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None and widget is not self._reveal:
                widget.deleteLater()
        for name in letters.names:
            sign = plain(f"▬ {letters.shown(name)}", name="review-letter")
            sign.setStyleSheet(f"color: {legend_color(letters.color(name), self._tones)};")
            self._legend.addWidget(sign)
        words = "" if letters.revealed else "names hidden · order shuffled for this document"
        if waiting:
            words += f"{' · ' if words else ''}{waiting} not finished yet"
        self._hidden.setText(words)
        self._hidden.setVisible(bool(words))
        self._reveal.setText("hide names" if letters.revealed else "show names")
        self._reveal.setVisible(bool(letters.names))
        self._legend.addWidget(self._reveal)
        self._legend.addStretch(1)

    def show_about(self, words: str, offer: str) -> None:
        """Show what gold says of the document as a whole, and offer to say more of it; "" for nothing."""
        self._about.setText(words)
        self._about.setVisible(bool(words))
        self._offer.setText(offer)
        self._offer.setVisible(bool(offer))

    def show_reference_title(self, words: str) -> None:
        """Show what the lower text is."""
        self._reference_title.setText(words)

    def apply_look(self, tones: Tones, style: Style, *, lanes: int) -> None:
        """Apply other colours and fonts, with room for the given number of lanes."""
        self._tones, self._style = tones, style
        self.set_lanes(lanes)
        self.reference.set_look(tones, style._replace(badges=False, spacing=style.spacing * 1.08), tones.side_paper)

    def set_lanes(self, lanes: int) -> None:
        """Make room for the given number of lanes."""
        # Only decided groups would have badges; the lanes need the space more.
        self.canvas.set_look(self._tones, self._style._replace(lanes=lanes, badges=False), self._tones.paper)

    def _on_about(self, _checked: bool) -> None:
        self.action_wanted.emit("review.about")

    def _on_reveal(self, _checked: bool) -> None:
        self.action_wanted.emit("review.reveal")

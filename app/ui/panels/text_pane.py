"""A text with its heading, find line and margin map: one side of the desk."""

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from app.core.wording import shorten
from app.ui.editor.canvas import TextCanvas
from app.ui.editor.style import LETTERS, Style
from app.ui.guard import guarded
from app.ui.panels.find_bar import FindBar
from app.ui.panels.margin_map import MarginMap
from app.ui.panels.reference_tabs import ReferenceTabs
from app.ui.theme import Tones
from app.ui.widgets.ground import Ground
from app.ui.widgets.labels import button, literal, plain


@guarded
class TextPane(Ground):
    """Heading, find line, canvas; the working side has a margin map, the reference side tabs of references."""

    reference_chosen = Signal(object)  # uid
    choices_menu_wanted = Signal(object)  # QPoint, global
    action_wanted = Signal(object)  # action id, from a button of the empty state

    def __init__(self, name: str, tones: Tones, style: Style, *, side: bool, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self._side = side
        self.canvas = TextCanvas(f"{name}-canvas", tones, style)
        self.canvas.setAccessibleName("Reference" if side else "Text")
        self.find_bar = FindBar(f"{name}-find")
        self.map = None if side else MarginMap(tones)
        self._title = plain("", role="title", name=f"{name}-title", wrap=True)
        self._subtitle = plain("", tone="faint", name=f"{name}-subtitle", wrap=True)
        self._choices = ReferenceTabs(name)
        self._choices.chosen.connect(self.reference_chosen)
        self._choices.menu_wanted.connect(self.choices_menu_wanted)
        self._stack = QStackedWidget()
        self._stack.addWidget(self._text_side())
        self._empty_text = plain("", tone="faint", wrap=True, name=f"{name}-empty")
        self._empty_text.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._empty_button = button("", name=f"{name}-empty-button")
        self._empty_action = ""
        self._empty_button.clicked.connect(self._on_empty_clicked)
        self._stack.addWidget(self._empty_side())
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(0)
        box.addWidget(self._header())
        box.addWidget(self.find_bar)
        box.addWidget(self._stack, 1)
        self.find_bar.hit_wanted.connect(self._on_hit)
        self.canvas.verticalScrollBar().valueChanged.connect(self._on_scrolled)
        self.canvas.viewport().installEventFilter(self)

    def _header(self) -> QWidget:
        header = QWidget()
        header.setObjectName("reference-header" if self._side else "text-header")
        self._heading = box = QVBoxLayout(header)
        box.setContentsMargins(26, 14, 20, 4)
        box.setSpacing(1)
        box.addWidget(self._title)
        box.addWidget(self._subtitle)
        box.addWidget(self._choices)
        return header

    def _text_side(self) -> QWidget:
        widget = QWidget()
        row = QHBoxLayout(widget)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self.canvas, 1)
        if self.map is not None:
            row.addWidget(self.map)
            self.map.place_wanted.connect(self._on_map_place)
        return widget

    def _empty_side(self) -> QWidget:
        widget = QWidget()
        box = QVBoxLayout(widget)
        box.setContentsMargins(40, 0, 40, 60)
        box.addStretch(1)
        box.addWidget(self._empty_text)
        box.addSpacing(8)
        box.addWidget(self._empty_button, 0, Qt.AlignmentFlag.AlignHCenter)
        box.addStretch(2)
        return widget

    def show_heading(self, title: str, subtitle: str) -> None:
        """Say what is shown."""
        # A name in letters from right to left must not jump to the other side of the heading.
        side = Qt.AlignmentFlag.AlignRight if self.isRightToLeft() else Qt.AlignmentFlag.AlignLeft
        self._title.setAlignment(side | Qt.AlignmentFlag.AlignAbsolute | Qt.AlignmentFlag.AlignVCenter)
        self._title.setText(shorten(title, 70))
        self._title.setToolTip(literal(title))
        self._subtitle.setText(subtitle)
        self.canvas.setAccessibleDescription(f"{title}, {subtitle}" if title else "")

    def needs(self) -> int:
        """Return the width in which about ten words stand on a line."""
        return self.canvas.width_of(LETTERS) + (self.map.width() if self.map is not None else 0)

    def set_compact(self, *, on: bool) -> None:
        """Take less height for the heading, for a pane that is low."""
        self._subtitle.setVisible(not on)
        self._heading.setContentsMargins(26, 4 if on else 14, 20, 2 if on else 4)

    def show_canvas(self) -> None:
        """Show the text."""
        self._stack.setCurrentIndex(0)

    def show_empty(self, text: str, *, action: str = "", title: str = "") -> None:
        """Show no text, say why, and offer what to do."""
        self._title.clear()
        self._subtitle.clear()
        self._empty_text.setText(text)
        self._empty_action = action
        self._empty_button.setText(title)
        self._empty_button.setAccessibleName(title)
        self._empty_button.setVisible(bool(action))
        self._stack.setCurrentIndex(1)

    def show_choices(self, choices: list[tuple[str, str]], current: str) -> None:
        """Offer other texts for this side, as (uid, title); hidden while there is but one."""
        self._choices.show_choices(choices, current)

    def set_look(self, tones: Tones, style: Style) -> None:
        """Use other colours and fonts."""
        self.canvas.set_look(tones, style, tones.side_paper if self._side else tones.paper)
        if self.map is not None:
            self.map.set_tones(tones)

    def _on_hit(self, span: tuple[int, int]) -> None:
        self.canvas.select(*span)

    def _on_empty_clicked(self, _checked: bool) -> None:
        self.action_wanted.emit(self._empty_action)

    def _on_map_place(self, share: float) -> None:
        bar = self.canvas.verticalScrollBar()
        bar.setValue(int(share * (bar.maximum() + bar.pageStep()) - bar.pageStep() / 2))

    def _on_scrolled(self, _value: int) -> None:
        self._show_view()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Paint:
            self._show_view()
        return super().eventFilter(watched, event)

    def _show_view(self) -> None:
        if self.map is not None:
            bar = self.canvas.verticalScrollBar()
            total = max(1, bar.maximum() + bar.pageStep())
            self.map.show_view(bar.value() / total, min(1.0, (bar.value() + bar.pageStep()) / total))

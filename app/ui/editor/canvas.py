"""The widget in which people work on a text: keys, mouse and screen readers over its surface."""

from weakref import ref

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QKeyEvent, QMouseEvent, QPaintEvent
from PySide6.QtWidgets import QWidget

from app.ui.editor import accessible
from app.ui.editor.block_growth import Growth
from app.ui.editor.pointer import Pointer
from app.ui.editor.style import Style
from app.ui.editor.surface import TextSurface
from app.ui.editor.view_state import ViewState
from app.ui.guard import guarded
from app.ui.theme import Tones
from app.ui.widgets.keys import KeyHandler, asks_for_menu, offer


@guarded
class TextCanvas(TextSurface):
    """A text that can be read, selected and pointed at.

    Keys are offered as portable sequences to a handler that knows what they mean.
    """

    highlight_clicked = Signal(object)  # HighlightClick
    menu_requested = Signal(object)  # QPoint, global

    def __init__(self, name: str, tones: Tones, style: Style, parent: QWidget | None = None) -> None:
        super().__init__(name, tones, style, parent)
        accessible.make_known()
        self.pointer = Pointer(self)
        self.pointer.clicked.connect(self.highlight_clicked)
        self.pointer.menu_wanted.connect(self.menu_requested)
        self._growth = Growth(self)
        self._key_handler: ref[KeyHandler] | None = None
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.viewport().setMouseTracking(True)
        self.viewport().setCursor(Qt.CursorShape.IBeamCursor)
        self.setAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled, False)

    def _tell_text(self, before: str) -> None:
        accessible.tell_text(self, before)

    def _tell_moved(self, before: ViewState) -> None:
        accessible.tell_moved(self, before)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        self._growth.start()

    def focusNextPrevChild(self, next_one: bool) -> bool:
        """Tab steps through highlights here; F6 leaves the pane."""
        return False

    def set_key_handler(self, handler: KeyHandler) -> None:
        """Offer keys to a handler from now on."""
        self._key_handler = ref(handler)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if asks_for_menu(event):
            self._open_menu_by_key()
            return
        if self.pointer.is_linking and event.key() == Qt.Key.Key_Escape:
            self.pointer.cancel_link()
            return
        handler = self._key_handler() if self._key_handler is not None else None
        event.setAccepted(handler is not None and offer(event, handler, self))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.pointer.press(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self.pointer.double_press(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self.pointer.move(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self.pointer.release(event)

    def _open_menu_by_key(self) -> None:
        rects = self.viewport_rects(self.view.caret, self.view.caret)
        place = rects[0].center().toPoint() if rects else self.viewport().rect().center()
        reason = QContextMenuEvent.Reason.Keyboard
        self.pointer.open_menu(QContextMenuEvent(reason, place, self.viewport().mapToGlobal(place)))

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        self.pointer.open_menu(event)

    def leaveEvent(self, event: QEvent) -> None:
        self.pointer.point_at("")

"""Small building blocks: labels that never take text for markup, buttons with a role, captions."""

import html

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import QHelpEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QLabel, QPushButton, QSizePolicy, QToolTip, QWidget

from app.core.wording import undirected
from app.ui.guard import guarded


def plain(text: str = "", *, role: str = "", tone: str = "", name: str = "", wrap: bool = False) -> QLabel:
    """Return a label that shows its text as it is, whatever stands in it; direction controls are escaped."""
    label = PlainLabel()
    label.setText(text)
    if role:
        label.setProperty("role", role)
    if tone:
        label.setProperty("tone", tone)
    if name:
        label.setObjectName(name)
    label.setWordWrap(wrap)
    return label


@guarded
class PlainLabel(QLabel):
    """A label that takes no text for markup, and lets none change the writing direction of what is around it."""

    def __init__(self) -> None:
        super().__init__()
        self.setTextFormat(Qt.TextFormat.PlainText)

    def setText(self, text: str, /) -> None:
        super().setText(undirected(text))


@guarded
class OneLine(PlainLabel):
    """A line of plain text that takes what room there is and is cut off with dots; all of it is in its tooltip."""

    def __init__(self, *, tone: str, name: str) -> None:
        super().__init__()
        self.setProperty("tone", tone)
        self.setObjectName(name)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)

    def minimumSizeHint(self) -> QSize:
        return QSize(0, super().minimumSizeHint().height())

    def shown(self) -> str:
        """Return what there is room for."""
        return self.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, self.contentsRect().width())

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setPen(self.palette().color(self.foregroundRole()))
        painter.drawText(self.contentsRect(), int(self.alignment() | Qt.TextFlag.TextSingleLine), self.shown())
        painter.end()

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() is QEvent.Type.ToolTip and not self.toolTip():
            QToolTip.showText(event.globalPos(), "" if self.shown() == self.text() else literal(self.text()), self)
            return True
        return super().event(event)


def button(text: str, *, name: str, role: str = "", tip: str = "", accessible: str = "") -> QPushButton:
    """Return a button with an object name, a style role, a tooltip and an accessible name."""
    made = QPushButton(unmarked(text))
    _furnish(made, name=name, role=role, tip=tip, accessible=accessible or text)
    return made


class ValueButton(QPushButton):
    """One of several buttons that do the same with different values."""

    picked = Signal(object)  # its value

    def __init__(self, value: object, text: str = "") -> None:
        super().__init__(unmarked(text))
        self.value = value
        self.clicked.connect(self._on_clicked)

    def _on_clicked(self, _checked: bool) -> None:
        self.picked.emit(self.value)


def value_button(
    value: object, text: str, *, name: str, role: str = "", tip: str = "", accessible: str = ""
) -> ValueButton:
    """Return a button as `button` does, which says its value when it is pressed."""
    made = ValueButton(value, text)
    _furnish(made, name=name, role=role, tip=tip, accessible=accessible or text)
    return made


def _furnish(made: QPushButton, *, name: str, role: str, tip: str, accessible: str) -> None:
    made.setObjectName(name)
    if role:
        made.setProperty("role", role)
    if tip:
        made.setToolTip(literal(tip))
    made.setAccessibleName(undirected(accessible))
    made.setAutoDefault(True)  # Enter presses the button that has the keyboard, in windows as in dialogs


def unmarked(text: str) -> str:
    """Return a text for buttons and menus, where a single “&” would mark a key instead of being shown.

    Direction controls are escaped.
    """
    return undirected(text).replace("&", "&&")


def literal(text: str) -> str:
    """Return a tooltip that shows the text as it is. Qt guesses whether a tooltip is markup, and guesses wrong."""
    return f"<qt>{html.escape(undirected(text)).replace(chr(10), '<br>')}</qt>" if text else ""


def set_tone(widget: QWidget, tone: str) -> None:
    """Change a widget's tone, which the style sheet reads."""
    set_look(widget, "tone", tone)


def set_look(widget: QWidget, name: str, value: str | bool) -> None:  # noqa: FBT001  a value, no switch
    """Change a property of a widget that the style sheet reads."""
    if widget.property(name) != value:
        widget.setProperty(name, value)
        widget.style().unpolish(widget)
        widget.style().polish(widget)


def rule() -> QFrame:
    """Return a thin horizontal line."""
    frame = QFrame()
    frame.setFrameShape(QFrame.Shape.HLine)
    frame.setObjectName("rule")
    frame.setFixedHeight(1)
    return frame

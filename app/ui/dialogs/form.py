"""The frame that form dialogs share."""

from PySide6.QtCore import QEvent, QObject, QSize, Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QCheckBox,
    QComboBox,
    QFrame,
    QHBoxLayout,
    QLayout,
    QLineEdit,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from app.ui.dialogs.base import Dialog
from app.ui.guard import guarded
from app.ui.theme import px
from app.ui.widgets.labels import button, plain
from app.ui.widgets.screen_room import room_for


@guarded
class FormDialog(Dialog):
    """A title, a body, a line for error messages, and two buttons. Subclasses fill `body` and override `submit`.

    The body scrolls where the screen has no room for all of it. The initial focus is on the first field, or on the
    button if there is none.
    """

    def __init__(
        self, name: str, title: str, *, accept: str, scrolls: bool = False, parent: QWidget | None = None
    ) -> None:
        """Build the frame; with `scrolls` the body is long, and may scroll on any screen."""
        super().__init__(name, title, parent)
        self.body = QVBoxLayout()
        self.body.setSpacing(6)
        self._complaint = plain("", tone="warn", wrap=True, name=f"{name}-complaint")
        self._complaint.hide()
        self.accept_button: QPushButton = button(accept, name=f"{name}-accept", role="primary")
        self.accept_button.setDefault(True)
        cancel = button("Cancel" if accept != "Close" else "", name=f"{name}-cancel")
        cancel.setVisible(accept != "Close")
        foot = QHBoxLayout()
        foot.addStretch(1)
        foot.addWidget(cancel)
        foot.addWidget(self.accept_button)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(20, 18, 20, 16)
        outer.setSpacing(12)
        outer.addWidget(plain(title, role="title", wrap=True))
        outer.addWidget(_Scrolled(f"{name}-body", self.body, is_long=scrolls), 1)
        outer.addWidget(self._complaint)
        outer.addLayout(foot)
        self.accept_button.clicked.connect(self._on_accept)
        cancel.clicked.connect(self._on_cancel)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        first = _first_field(self.body) if self.focusWidget() in (None, self.accept_button) else None
        if first is not None:
            first.setFocus(Qt.FocusReason.TabFocusReason)  # as Tab does, so that a line's content is selected

    def field(self, title: str, widget: QWidget, note: str = "") -> None:
        """Add a captioned field."""
        caption = plain(title, role="field")
        caption.setBuddy(widget)
        if not widget.accessibleName():
            widget.setAccessibleName(title)
        self.body.addWidget(caption)
        self.body.addWidget(widget)
        if note:
            self.body.addWidget(plain(note, tone="faint", wrap=True))
        self.body.addSpacing(4)

    def keep_in_view(self, widget: QWidget) -> None:
        """Add a widget under the body, where it stays in view however the body is scrolled."""
        outer = self.layout()
        assert isinstance(outer, QVBoxLayout)
        outer.insertWidget(outer.indexOf(self._complaint), widget)

    def complain(self, text: str) -> None:
        """Show what is wrong with the input; the dialog stays open."""
        self._complaint.setText(text)
        self._complaint.setVisible(bool(text))

    def come_unasked(self, reading: QWidget) -> None:
        """Let no key press a button of the dialog, which nobody asked for: the key may have been meant for the text.

        The focus is on what is to be read.
        """
        for each in self.findChildren(QPushButton):
            each.setDefault(False)
            each.setAutoDefault(False)
        reading.setFocus(Qt.FocusReason.OtherFocusReason)

    def submit(self) -> bool:
        """Do what the dialog is for; return whether it may close."""
        return True

    def _on_accept(self, _checked: bool) -> None:
        if self.submit():
            self.accept()

    def _on_cancel(self, _checked: bool) -> None:
        self.reject()


@guarded
class _Scrolled(QScrollArea):
    """A body that requests its full size, and scrolls if it gets less: a long one anywhere, any other on a screen that
    is too small for it.
    """

    def __init__(self, name: str, body: QVBoxLayout, *, is_long: bool) -> None:
        super().__init__()
        self._is_long = is_long
        self.setObjectName(name)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._inner = QWidget()
        self._inner.setObjectName(f"{name}-inner")
        body.setContentsMargins(2, 0, 8, 0)  # the focus frame of a field, and space before the scroll bar
        self._inner.setLayout(body)
        self.setWidget(self._inner)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        done = super().eventFilter(watched, event)
        if watched is self._inner and event.type() is QEvent.Type.LayoutRequest:
            self.updateGeometry()  # a message in the body lets the dialog grow
        return done

    def sizeHint(self) -> QSize:
        hint, layout = self._inner.sizeHint(), self._inner.layout()
        if layout is not None and layout.hasHeightForWidth():
            hint.setHeight(layout.totalHeightForWidth(self._width_for(hint)))
        return QSize(hint.width() + self.verticalScrollBar().sizeHint().width(), hint.height())

    def _width_for(self, hint: QSize) -> int:
        """Return the width that the body has, or is going to have."""
        return self.viewport().width() if self.isVisible() else max(hint.width(), self.window().width() - _BESIDE)

    def minimumSizeHint(self) -> QSize:
        least, layout, room = self._inner.minimumSizeHint(), self._inner.layout(), room_for(self.window())
        if layout is not None and layout.hasHeightForWidth():
            least.setHeight(layout.totalMinimumHeightForWidth(self._width_for(least)))
        width = min(least.width() + self.verticalScrollBar().sizeHint().width(), room.width() - _BESIDE)
        most = _LEAST if self._is_long else max(_LEAST, room.height() - px(_AROUND))
        return QSize(width, min(least.height(), most))


_BESIDE = 40  # pixels: the margins of the dialog
_AROUND = 170  # what title, complaint and buttons take at most
_LEAST = 120
_FIELDS = (QLineEdit, QComboBox, QAbstractSpinBox, QCheckBox)


def _first_field(box: QLayout) -> QWidget | None:
    """Return the first field to fill in, from the top."""
    for at in range(box.count()):
        item = box.itemAt(at)
        widget, inner = (item.widget(), item.layout()) if item is not None else (None, None)
        if isinstance(widget, _FIELDS) and widget.isEnabled():
            return widget
        inner = widget.layout() if widget is not None else inner
        found = _first_field(inner) if inner is not None else None
        if found is not None:
            return found
    return None

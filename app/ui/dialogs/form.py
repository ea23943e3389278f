"""The frame that all dialogs share."""

from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from app.ui.dialogs.base import Dialog
from app.ui.labels import button, plain


class FormDialog(Dialog):
    """A title, a body, a line for complaints, and two buttons. Subclasses fill `body` and override `submit`."""

    def __init__(self, name: str, title: str, *, accept: str, parent: QWidget | None = None) -> None:
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
        outer.addWidget(plain(title, role="title"))
        outer.addLayout(self.body, 1)
        outer.addWidget(self._complaint)
        outer.addLayout(foot)
        self.accept_button.clicked.connect(self._on_accept)
        cancel.clicked.connect(self._on_cancel)

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

    def complain(self, text: str) -> None:
        """Say what is wrong with what was filled in; the dialog stays."""
        self._complaint.setText(text)
        self._complaint.setVisible(bool(text))

    def submit(self) -> bool:
        """Do what the dialog is for; return whether it may close."""
        return True

    def _on_accept(self, _checked: bool) -> None:
        if self.submit():
            self.accept()

    def _on_cancel(self, _checked: bool) -> None:
        self.reject()

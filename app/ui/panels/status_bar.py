"""The line at the bottom: saved, place, counts, open rules; what just went wrong; three keys."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from app.core.wording import shorten
from app.ui.widgets.announcements import announce
from app.ui.widgets.facts import Fact
from app.ui.widgets.ground import Ground
from app.ui.widgets.labels import OneLine, button, literal, plain, set_tone
from app.ui.widgets.notifier import Notice, Tone

_TONES = {Tone.INFO: "soft", Tone.DONE: "good", Tone.WARNING: "warn", Tone.ERROR: "bad"}


class StatusBar(Ground):
    """Facts on the left, keys on the right. A message stands until the next action."""

    copy_wanted = Signal()  # of the project, elsewhere
    write_wanted = Signal()  # to the project, which is open read-only
    hub_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("status-bar")
        self.saved = plain("", tone="good", name="status-saved")
        self._copy = button("Save a copy elsewhere…", name="status-save-copy")
        self._copy.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # keys stay with the text; there is a command for them
        self._copy.clicked.connect(self._on_copy)
        self._copy.hide()
        self._write = button("Work on it here", name="status-write")
        self._write.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._write.clicked.connect(self._on_write)
        self._write.hide()
        self.hub = button("", name="status-hub")
        self.hub.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.hub.clicked.connect(self._on_hub)
        self.hub.hide()
        self.place = Fact(name="status-place")
        self.counts = Fact(name="status-counts")
        self.rules = Fact(tone="warn", name="status-rules")
        self.mode = plain("", tone="warn", name="status-mode")
        self.lack = plain("", tone="warn", name="status-fonts")
        # Both take what room there is, and are cut off with dots.
        self.message = OneLine(tone="warn", name="status-message")
        self.hints = OneLine(tone="faint", name="status-hints")
        self.hints.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        row = QHBoxLayout(self)
        row.setContentsMargins(14, 0, 14, 0)
        row.setSpacing(20)
        for label in (self.saved, self._copy, self._write, self.hub):
            row.addWidget(label)
        for label in (self.place, self.counts, self.rules, self.mode, self.lack):
            row.addWidget(label)
        row.addWidget(self.message, 1)
        row.addWidget(self.hints, 1)
        self.message.hide()
        for label in (self.place, self.counts, self.lack):
            label.setMinimumWidth(1)  # facts in a line never make the window wider than somebody wants it

    def show_saved(self, text: str, *, why: str = "", can_write: bool = False) -> None:
        """Say whether work is saved; `why` is the reason if it isn't, and then a copy elsewhere is offered. `can_write`
        offers to write a project that is open read-only.
        """
        self.saved.setText(text)
        set_tone(self.saved, "bad" if why else "good")
        self.saved.setToolTip(literal(why) if why else "")
        self.saved.setAccessibleName(f"{text}: {why}" if why else text)
        self._copy.setVisible(bool(why))
        self._write.setVisible(can_write)

    def show_hub(self, text: str, *, why: str, is_good: bool) -> None:
        """Say how the exchange with the project's hub stands; "" for a project without one."""
        self.hub.setText(f"Hub: {text}" if text else "")
        set_tone(self.hub, "good" if is_good else "warn")
        self.hub.setToolTip(literal(why) if why else "")
        self.hub.setAccessibleName(f"Hub: {text}. {why}" if text else "")
        self.hub.setVisible(bool(text))

    def _on_copy(self, _checked: bool) -> None:
        self.copy_wanted.emit()

    def _on_hub(self, _checked: bool) -> None:
        self.hub_wanted.emit()

    def _on_write(self, _checked: bool) -> None:
        self.write_wanted.emit()

    def show_notice(self, notice: Notice) -> None:
        """Show a message on one line, in place of the hints, so that there is room; an empty one removes it."""
        text = " ".join(notice.text.split())
        if not text and not self.message.text():
            return
        set_tone(self.message, _TONES[notice.tone])
        shown = shorten(text, 140)
        self.message.setText(shown)
        self.message.setToolTip("" if shown == text else literal(text))
        self.message.setAccessibleName(text)
        self.message.setVisible(bool(text))
        self.hints.setVisible(not text)
        announce(self.message, text)

    def clear_facts(self) -> None:
        """Show nothing of a document."""
        for label in (self.place, self.counts, self.rules):
            label.clear()

    def show_mode(self, text: str) -> None:
        """Say which mode is on, until it ends; "" for none."""
        self.mode.setText(text)

    def show_lack(self, what: str, todo: str) -> None:
        """Say what this machine lacks for the texts shown, and under the pointer what to do; "" for nothing."""
        self.lack.setText(what)
        self.lack.setToolTip(literal(todo))
        self.lack.setAccessibleName(todo)

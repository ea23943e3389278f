"""Pressed keys by name."""

from PySide6.QtCore import QKeyCombination, Qt
from PySide6.QtGui import QKeyEvent, QKeySequence


class KeyPress:
    """A pressed key as a portable sequence, such as `Ctrl+Left`; `taken` is set by whoever acts on it."""

    __slots__ = ("key", "plain", "shift", "taken")

    def __init__(self, key: str, plain: str, *, shift: bool) -> None:
        self.key = key
        self.plain = plain
        self.shift = shift
        self.taken = False

    @classmethod
    def of(cls, event: QKeyEvent) -> "KeyPress":
        """Name the key of an event. `plain` is the same without Shift."""
        combination = event.keyCombination()
        modifiers = combination.keyboardModifiers() & ~Qt.KeyboardModifier.KeypadModifier
        shift = bool(modifiers & Qt.KeyboardModifier.ShiftModifier)
        text = event.text()
        if len(text) == 1 and text.isprintable() and not text.isspace() and not modifiers & _COMMAND:
            # What was typed counts, not where it is on the keyboard: “?” is Shift+ß here and Shift+/ there.
            return cls(text.upper(), text.upper(), shift=shift)
        key = combination.key()
        if key == Qt.Key.Key_Backtab:
            key, modifiers = Qt.Key.Key_Tab, modifiers | Qt.KeyboardModifier.ShiftModifier
        bare = modifiers & ~Qt.KeyboardModifier.ShiftModifier
        return cls(_sequence(key, modifiers), _sequence(key, bare), shift=shift)


_COMMAND = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier | Qt.KeyboardModifier.MetaModifier


def _sequence(key: Qt.Key, modifiers: Qt.KeyboardModifier) -> str:
    return QKeySequence(QKeyCombination(modifiers, key)).toString(QKeySequence.SequenceFormat.PortableText)

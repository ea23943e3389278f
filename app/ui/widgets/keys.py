"""Pressed keys by name, and who acts on them."""

from typing import Protocol

from PySide6.QtCore import QKeyCombination, Qt
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QWidget


class KeyPress:
    """A pressed key as a portable sequence, such as `Ctrl+Left`."""

    __slots__ = ("key", "plain", "shift")

    def __init__(self, key: str, plain: str, *, shift: bool) -> None:
        self.key = key
        self.plain = plain
        self.shift = shift

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


class KeyHandler(Protocol):
    """Knows what keys mean. A widget that offers its keys doesn't keep the handler alive."""

    def take_key(self, press: KeyPress, source: QWidget) -> bool:
        """Do what a key means in a widget, and return whether it means anything there."""
        ...


_COMMAND = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier | Qt.KeyboardModifier.MetaModifier


def _sequence(key: Qt.Key, modifiers: Qt.KeyboardModifier) -> str:
    return QKeySequence(QKeyCombination(modifiers, key)).toString(QKeySequence.SequenceFormat.PortableText)

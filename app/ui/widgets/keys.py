"""Pressed keys by name, and who acts on them."""

import sys
import unicodedata
from collections.abc import Iterator
from typing import Protocol

from PySide6.QtCore import QKeyCombination, Qt
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QWidget

from app.ui.widgets.key_places import latin_at

COMMAND = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier | Qt.KeyboardModifier.MetaModifier


class KeyPress:
    """A pressed key as a portable sequence, such as `Ctrl+Left`."""

    __slots__ = ("key", "plain", "shift")

    def __init__(self, key: str, plain: str, *, shift: bool) -> None:
        self.key = key
        self.plain = plain
        self.shift = shift

    @classmethod
    def of(cls, event: QKeyEvent) -> "KeyPress":
        """Name the key of an event as it was typed. `plain` is the same without Shift."""
        combination = event.keyCombination()
        modifiers = combination.keyboardModifiers() & ~Qt.KeyboardModifier.KeypadModifier
        text = event.text()
        if len(text) == 1 and text.isprintable() and not text.isspace() and not modifiers & COMMAND:
            # What was typed counts, not where it is on the keyboard: “?” is Shift+ß here and Shift+/ there.
            return cls(text.upper(), text.upper(), shift=bool(modifiers & Qt.KeyboardModifier.ShiftModifier))
        key = combination.key()
        if key == Qt.Key.Key_Backtab:
            key, modifiers = Qt.Key.Key_Tab, modifiers | Qt.KeyboardModifier.ShiftModifier
        return cls._with(key, modifiers)

    @classmethod
    def by_place(cls, event: QKeyEvent) -> "Iterator[KeyPress]":
        """Yield what else a press can mean if what was typed means nothing: a digit of another script, and what the
        Latin layout has at the key's place.
        """
        modifiers = event.modifiers()
        for char in _others(event):
            if modifiers & COMMAND:
                yield cls._with(Qt.Key(ord(char)), modifiers)
            else:
                yield cls(char, char, shift=bool(modifiers & Qt.KeyboardModifier.ShiftModifier))

    @classmethod
    def _with(cls, key: Qt.Key, modifiers: Qt.KeyboardModifier) -> "KeyPress":
        shift = Qt.KeyboardModifier.ShiftModifier
        return cls(_sequence(key, modifiers), _sequence(key, modifiers & ~shift), shift=bool(modifiers & shift))


def asks_for_menu(event: QKeyEvent) -> bool:
    """Whether a key asks for the menu of what is current; not every system turns Shift+F10 into such a request."""
    shift = event.modifiers() == Qt.KeyboardModifier.ShiftModifier
    return event.key() == Qt.Key.Key_Menu or (event.key() == Qt.Key.Key_F10 and shift)


class KeyHandler(Protocol):
    """Knows what keys mean. A widget that offers its keys doesn't keep the handler alive."""

    def take_key(self, press: KeyPress, source: QWidget) -> bool:
        """Do what a key means in a widget, and return whether it means anything there."""
        ...

    def complain_of_key(self, words: str) -> None:
        """Tell that a key means nothing because of the keyboard's layout."""
        ...


def offer(event: QKeyEvent, handler: KeyHandler, source: QWidget) -> bool:
    """Offer a pressed key to a handler, as typed and then by its place; return whether it meant anything."""
    if handler.take_key(KeyPress.of(event), source):
        return True
    others = list(KeyPress.by_place(event))
    if any(handler.take_key(press, source) for press in others):
        return True
    if not others and _is_foreign(event.text()):
        words = f"“{event.text()}” isn’t a key here. Switch the keyboard to a Latin layout, such as English."
        handler.complain_of_key(words)
    return False


_ALT_GR = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier
_GROUP_BITS = 0x6000  # of X11's state: which of up to four layouts is active
_LEVEL_3 = 0x80  # of X11's state, and of Wayland's: AltGr is held down
_LATIN_END = 0x250  # where the first blocks of Latin letters end, with the signs that are among them
_LAST_CHARACTER = 0x10FFFF  # Qt's numbers of keys that write something are code points
_DEAD_KEYS = range(Qt.Key.Key_Dead_Grave, Qt.Key.Key_Dead_Longsolidusoverlay + 1)

# The layouts, by their group, that wrote a Latin letter the last time that they wrote any. Punctuation alone doesn't
# tell: “/” is on the key of Q in Hebrew, where it stands for Q, while “,” is on that of M in French, where it doesn't.
_latin_layouts: dict[int, bool] = {}


def _others(event: QKeyEvent) -> Iterator[str]:
    """Yield what else a pressed key can stand for, as characters of the Latin layout."""
    typed = _written(event)
    if typed is None:
        return
    group = event.nativeModifiers() & _GROUP_BITS
    if typed.isalpha():
        _latin_layouts[group] = not _is_foreign(typed)
    if typed.isascii() and typed.isalnum():
        return
    digit = unicodedata.decimal(typed, None) if len(typed) == 1 else None
    if digit is not None:
        yield str(digit)
    place = latin_at(event)
    if place.isdigit():
        if not event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            yield place
    elif place.isalpha():
        if _is_foreign(typed) or (not typed.isalpha() and not _latin_layouts.get(group, False)):
            yield place
    elif place and _is_foreign(typed):
        yield place


def _written(event: QKeyEvent) -> str | None:
    """Return what a key writes ("" for a dead one), also with Alt or Ctrl held down; None if it's no such key."""
    if event.modifiers() & Qt.KeyboardModifier.KeypadModifier:
        return None
    text = event.text()
    visible = text if text.isprintable() and not text.isspace() else ""
    command = event.modifiers() & COMMAND
    if command == _ALT_GR and visible:
        return None  # AltGr of Windows writes a character of its own
    if sys.platform == "linux" and event.nativeModifiers() & _LEVEL_3:
        return None
    if sys.platform == "darwin" and command & Qt.KeyboardModifier.AltModifier:
        return None  # and so does Option
    if visible and not command:
        return visible
    key = event.key()
    if key in _DEAD_KEYS:
        return ""
    return chr(key) if 0x20 < key <= _LAST_CHARACTER else None


def _is_foreign(typed: str) -> bool:
    """Whether a key wrote a letter, a sign on letters or a digit of another script than the Latin one."""
    first = typed[:1]
    if not first or ord(first) < _LATIN_END or unicodedata.category(first)[0] not in "LMN":
        return False
    return not unicodedata.name(first, "LATIN").startswith(("LATIN", "MODIFIER", "COMBINING"))


def _sequence(key: Qt.Key, modifiers: Qt.KeyboardModifier) -> str:
    return QKeySequence(QKeyCombination(modifiers, key)).toString(QKeySequence.SequenceFormat.PortableText)

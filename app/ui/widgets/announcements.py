"""Words for screen readers. Nothing happens while none is there."""

from PySide6.QtCore import QObject
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent, QAccessibleEvent

LONGEST = 200
"""How many characters of a quote are said."""


def is_heard() -> bool:
    """Tell whether a screen reader or the like is there."""
    return QAccessible.isActive()


def send(event: QAccessibleEvent) -> None:
    """Hand an event to whatever listens."""
    QAccessible.updateAccessibility(event)


def announce(source: QObject, words: str) -> None:
    """Say something through the screen reader, if one is there."""
    if words and is_heard():
        send(QAccessibleAnnouncementEvent(source, words))

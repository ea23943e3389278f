"""Words for screen readers. Nothing happens while none is there."""

from PySide6.QtCore import QObject
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent, QAccessibleEvent


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


def short(text: str, most: int = 200) -> str:
    """Return a text on one line, its end left out where it is long."""
    clean = " ".join(text[: most * 2].split())
    return clean if len(clean) <= most and len(text) <= most * 2 else f"{clean[:most]}…"

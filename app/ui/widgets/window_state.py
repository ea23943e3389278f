"""What the window remembers of itself: its place, the panes' sizes, the projects opened lately."""

import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from PySide6.QtCore import QByteArray
from PySide6.QtWidgets import QSplitter, QWidget

from app import paths

_MOST_RECENT = 8


class WindowState:
    """A small JSON file; whatever is wrong with it, the window opens with its usual sizes."""

    def __init__(self, path: Path | None = None) -> None:
        self._path = path or paths.state_dir() / "window.json"
        self._values: dict[str, Any] = {}
        try:
            raw = json.loads(self._path.read_bytes())
        except (OSError, ValueError):
            raw = {}
        if isinstance(raw, dict):
            self._values = raw

    def recent(self) -> list[Path]:
        """Return the projects opened lately that still exist, newest first."""
        found = self._values.get("recent")
        names = [name for name in found if isinstance(name, str)] if isinstance(found, list) else []
        return [path for path in map(Path, names) if os.path.isfile(path)]

    def add_recent(self, project: Path) -> None:
        """Put a project first."""
        rest = [path for path in self.recent() if path != project]
        self._values["recent"] = [str(path) for path in (project, *rest)][:_MOST_RECENT]

    def keep_window(self, window: QWidget) -> None:
        """Keep place and size."""
        self._values["geometry"] = _text(window.saveGeometry())

    def restore_window(self, window: QWidget) -> bool:
        """Give the window its place and size back; False if it never had one."""
        return window.restoreGeometry(_bytes(self._values.get("geometry")))

    def keep_dialog(self, dialog: QWidget) -> None:
        """Keep place and size of a dialog, by its name."""
        self._values[f"place-{dialog.objectName()}"] = _text(dialog.saveGeometry())

    def restore_dialog(self, dialog: QWidget) -> bool:
        """Give a dialog its place and size back; False if it never had one."""
        return dialog.restoreGeometry(_bytes(self._values.get(f"place-{dialog.objectName()}")))

    def keep_splitter(self, name: str, splitter: QSplitter) -> None:
        """Keep the sizes of panes."""
        self._values[name] = _text(splitter.saveState())

    def restore_splitter(self, name: str, splitter: QSplitter) -> None:
        """Give panes their sizes back."""
        splitter.restoreState(_bytes(self._values.get(name)))

    def keep_widths(self, name: str, widths: Sequence[int]) -> None:
        """Keep the widths of columns."""
        self._values[f"widths-{name}"] = list(widths)

    def widths(self, name: str, usual: Sequence[int]) -> list[int]:
        """Return kept widths, the usual ones if there are none."""
        found = self._values.get(f"widths-{name}")
        if isinstance(found, list) and len(found) == len(usual) and all(type(n) is int and n >= 0 for n in found):
            return list(found)
        return list(usual)

    def keep_word(self, name: str, word: str) -> None:
        """Keep a word, such as the order of a list."""
        self._values[name] = word

    def word(self, name: str) -> str:
        """Return a kept word, "" if there is none."""
        found = self._values.get(name)
        return found if isinstance(found, str) else ""

    def save(self) -> None:
        """Write the file. What can't be written is dropped; no annotations are in it."""
        unfinished = self._path.with_suffix(".part")
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            unfinished.write_text(json.dumps(self._values), encoding="utf-8")
            os.replace(unfinished, self._path)
        except OSError:
            unfinished.unlink(missing_ok=True)


def _text(data: QByteArray) -> str:
    return bytes(data.toBase64().data()).decode()


def _bytes(text: object) -> QByteArray:
    return QByteArray.fromBase64(text.encode()) if isinstance(text, str) else QByteArray()

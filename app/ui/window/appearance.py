"""Applies colours, fonts and the other settings."""

from collections.abc import Callable, Mapping
from typing import Any

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QApplication, QWidget

from app.core.errors import StetError
from app.settings import Settings
from app.ui import theme
from app.ui.actions.registry import ActionRegistry, ActionScope
from app.ui.editor.style import Style, badge_font
from app.ui.theme import text_font
from app.ui.widgets.notifier import Notifier
from app.ui.window.display import dress

_DRESS = {"theme", "ui_scale", "motion", "direction"}


class Appearance(QObject):
    """The single path through which settings change."""

    changed = Signal(object)  # names of the settings that changed
    keys_changed = Signal()

    def __init__(
        self, window: QWidget, settings: Settings, registry: ActionRegistry, actions: ActionScope, notifier: Notifier
    ) -> None:
        super().__init__(window)
        self._window = window
        self._settings = settings
        self._registry = registry
        self._notifier = notifier
        self.tones = theme.tones(settings["theme"])
        handlers: dict[str, Callable[[], None]] = {
            "view.larger": self._larger,
            "view.smaller": self._smaller,
            "view.theme": self._switch_theme,
            "view.settings": self._open_settings,
            "help.shortcuts": self._open_shortcuts,
        }
        actions.bind_all(handlers)
        QApplication.styleHints().colorSchemeChanged.connect(self._on_system_colors)

    def style(self) -> Style:
        """Return the fonts of the texts, as set."""
        font = text_font(self._settings["text_font"], self._settings["text_size"])
        font.setStyleStrategy(QFont.StyleStrategy.PreferAntialias)
        return Style(font, badge_font(float(self._settings["text_size"])), float(self._settings["text_spacing"]))

    def change(self, values: Mapping[str, Any]) -> None:
        """Change settings and apply everything that depends on them; notify the user if the file can't be written."""
        before = {key: self._settings[key] for key in values}
        try:
            self._settings.change(values)
        except StetError as error:
            self._notifier.complain(error)
            return
        changed = {key for key in values if self._settings[key] != before[key]}
        if changed & _DRESS:
            self.apply()
        self.changed.emit(changed)

    def apply(self) -> None:
        """Apply the colours."""
        self.tones = theme.tones(self._settings["theme"])
        app = QApplication.instance()
        if isinstance(app, QApplication):
            dress(app, self._settings)
            theme.apply(app, self.tones)

    def _larger(self) -> None:
        self._resize_text(1)

    def _smaller(self) -> None:
        self._resize_text(-1)

    def _resize_text(self, by: int) -> None:
        self.change({"text_size": max(10, min(48, int(self._settings["text_size"]) + by))})

    def _switch_theme(self) -> None:
        names = [tone.name for tone in theme.THEMES]
        at = names.index(self.tones.name) + 1
        self.change({"theme": names[at % len(names)]})

    def _on_system_colors(self, _scheme: Qt.ColorScheme) -> None:
        if self._settings["theme"] == "system":
            self.apply()
            self.changed.emit({"theme"})

    def _open_settings(self) -> None:
        from app.ui.dialogs.settings_dialog import SettingsDialog

        dialog = SettingsDialog(self._settings, self._window)
        dialog.accepted_values.connect(self.change)
        dialog.shortcuts_wanted.connect(self._open_shortcuts)
        dialog.open()

    def _open_shortcuts(self) -> None:
        from app.ui.dialogs.shortcuts import ShortcutsDialog

        dialog = ShortcutsDialog(self._registry, self._window)
        dialog.keys_chosen.connect(self._on_keys_chosen)
        dialog.open()

    def _on_keys_chosen(self, keys: Mapping[str, str]) -> None:
        self.change({"keys": dict(keys)})
        self.keys_changed.emit()

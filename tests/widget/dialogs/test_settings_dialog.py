"""Settings: a field for each, kept sparsely, and no file is lost over a slip."""

import json
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QPointF, QRect, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QCheckBox,
    QComboBox,
    QDoubleSpinBox,
    QLabel,
    QLineEdit,
    QPushButton,
    QScrollArea,
    QSpinBox,
    QWidget,
)
from pytestqt.qtbot import QtBot

from app.core.errors import StetError
from app.settings import BY_KEY, TABLE, Settings, complaint
from app.ui.dialogs.settings_dialog import SettingsDialog
from tests.widget.widgets import child, on_screen, press, text_of

OTHER: dict[str, object] = {
    "annotator": "Ana Żółć",
    "theme": "dark",
    "ui_scale": 150,
    "motion": "reduced",
    "direction": "rtl",
    "text_font": "Inter",
    "text_size": 24,
    "text_spacing": 1.5,
    "snapping": "character",
    "words": "plain",
    "click_takes": "word",
    "show_corrections": False,
    "show_suggestions": False,
    "suggestion_threshold": 60,
    "show_relations": True,
    "together": False,
    "model_address": "http://127.0.0.1:9/v1",
    "model_name": "tiny",
    "model_tokens": 5_000,
    "model_seconds": 60,
    "model_hosts": "models.example.org",
    "tour_seen": True,
}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "deep" / "settings.json"


def opened(qtbot: QtBot, path: Path) -> tuple[Settings, SettingsDialog]:
    settings = Settings(path)
    dialog = SettingsDialog(settings)
    dialog.accepted_values.connect(settings.change)
    return settings, on_screen(qtbot, dialog, 500, 700)


def put(field: QWidget, value: object) -> None:
    if isinstance(field, QComboBox):
        field.setCurrentIndex(field.findData(value))
    elif isinstance(field, QCheckBox):
        field.setChecked(bool(value))
    elif isinstance(field, QSpinBox | QDoubleSpinBox):
        field.setValue(value)  # type: ignore[arg-type]  the table says which
    elif isinstance(field, QLineEdit):
        field.setText(str(value))


def test_every_row_of_the_table_has_a_field_with_a_name(qtbot: QtBot, path: Path) -> None:
    _, dialog = opened(qtbot, path)
    for setting in TABLE:
        if setting.key == "keys":
            assert dialog.findChild(QWidget, "settings-keys") is not None
        else:
            field = child(dialog, QWidget, f"setting-{setting.key}")
            assert field.accessibleName() == setting.title
    assert dialog.values() == {setting.key: setting.default for setting in TABLE if setting.key != "keys"}


def test_this_page_knows_every_setting() -> None:
    assert set(OTHER) | {"keys"} == set(BY_KEY)
    assert all(OTHER[key] != BY_KEY[key].default for key in OTHER)
    assert all(complaint(key, value) is None for key, value in OTHER.items())


@pytest.mark.parametrize("key", OTHER)
def test_a_changed_setting_alone_is_in_the_file_and_comes_back(qtbot: QtBot, path: Path, key: str) -> None:
    settings, dialog = opened(qtbot, path)
    put(child(dialog, QWidget, f"setting-{key}"), OTHER[key])
    press(dialog, "settings-dialog-accept")
    assert settings[key] == OTHER[key]
    assert json.loads(path.read_text(encoding="utf-8")) == {key: OTHER[key]}
    assert Settings(path)[key] == OTHER[key]
    _, again = opened(qtbot, path)
    assert again.values()[key] == OTHER[key]


def test_back_to_the_default_leaves_the_file_empty(qtbot: QtBot, path: Path) -> None:
    Settings(path).change(OTHER)
    _, dialog = opened(qtbot, path)
    for key in OTHER:
        put(child(dialog, QWidget, f"setting-{key}"), BY_KEY[key].default)
    press(dialog, "settings-dialog-accept")
    assert json.loads(path.read_text(encoding="utf-8")) == {}


def test_cancel_changes_nothing(qtbot: QtBot, path: Path) -> None:
    settings, dialog = opened(qtbot, path)
    put(child(dialog, QWidget, "setting-theme"), "dark")
    press(dialog, "settings-dialog-cancel")
    assert settings["theme"] == "system"
    assert not path.exists()


def test_a_font_that_is_not_installed_stays_chosen(qtbot: QtBot, path: Path) -> None:
    Settings(path).change({"text_font": "No Such Font"})
    _, dialog = opened(qtbot, path)
    assert dialog.values()["text_font"] == "No Such Font"


def test_what_does_not_fit_is_said_and_nothing_is_changed(qtbot: QtBot, path: Path) -> None:
    settings, dialog = opened(qtbot, path)
    combo = child(dialog, QComboBox, "setting-theme")
    combo.addItem("Pink", "pink")
    put(combo, "pink")
    press(dialog, "settings-dialog-accept")
    assert "theme" in text_of(dialog, "settings-dialog-complaint")
    assert not child(dialog, QLabel, "settings-dialog-complaint").isHidden()
    assert settings["theme"] == "system"


def test_the_keys_are_asked_for_elsewhere(qtbot: QtBot, path: Path) -> None:
    _, dialog = opened(qtbot, path)
    with qtbot.waitSignal(dialog.shortcuts_wanted):
        press(dialog, "settings-keys")


# -- the file ----------------------------------------------------------------------------------------------------------

BROKEN = {
    "no JSON": b'{"theme": "dark",}',
    "not UTF-8": b'{"annotator": "\xff\xfe"}',
    "a list": b"[1, 2]",
    "a number": b"7",
    "nothing": b"",
    "too deep": b"[" * 100_000,
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_file_that_cannot_be_read_means_defaults_and_is_kept(path: Path, name: str) -> None:
    path.parent.mkdir()
    path.write_bytes(BROKEN[name])
    settings = Settings(path)
    assert all(settings[key] == setting.default for key, setting in BY_KEY.items())
    assert str(path) in settings.complaints[0]
    assert path.read_bytes() == BROKEN[name]
    # And the first change doesn't throw away what somebody wrote by hand.
    settings.change({"theme": "dark"})
    settings.change({"text_size": 20})
    assert path.with_name("settings.bad.json").read_bytes() == BROKEN[name]
    again = Settings(path)
    assert (again["theme"], again["text_size"], again.complaints) == ("dark", 20, [])


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_a_byte_order_mark_before_settings_is_no_fault(path: Path, encoding: str) -> None:
    path.parent.mkdir()
    path.write_bytes('{"theme": "dark"}'.encode(encoding))
    settings = Settings(path)
    assert (settings["theme"], settings.complaints) == ("dark", [])


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("theme", "pink"),
        ("theme", None),
        ("theme", ["dark"]),
        ("text_size", 9),
        ("text_size", 49),
        ("text_size", "20"),
        ("text_size", True),
        ("text_size", float("nan")),
        ("text_spacing", 100),
        ("show_corrections", 1),
        ("annotator", 5),
        ("keys", {"edit.undo": 5}),
        ("keys", ["Ctrl+Z"]),
        ("nonsense", 1),
    ],
)
def test_an_invalid_setting_is_ignored_and_the_rest_is_used(path: Path, key: str, value: object) -> None:
    path.parent.mkdir()
    path.write_text(json.dumps({key: value, "snapping": "character"}), encoding="utf-8")
    settings = Settings(path)
    assert settings["snapping"] == "character"
    assert len(settings.complaints) == 1
    assert key in settings.complaints[0]
    if key in BY_KEY:
        assert settings[key] == BY_KEY[key].default
        with pytest.raises(StetError):
            settings.change({key: value})
    assert json.loads(path.read_text(encoding="utf-8"))["snapping"] == "character"


def test_a_change_is_of_all_or_of_none(path: Path) -> None:
    settings = Settings(path)
    with pytest.raises(StetError):
        settings.change({"theme": "dark", "text_size": 1000})
    assert settings["theme"] == "system"
    assert not path.exists()


def test_an_unwritable_folder_is_reported_and_changes_nothing(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    settings = Settings(tmp_path / "file" / "settings.json")
    with pytest.raises(StetError, match="can't be written"):
        settings.change({"theme": "dark"})
    assert settings["theme"] == "system"


def test_an_unknown_setting_is_a_bug(path: Path) -> None:
    with pytest.raises(KeyError):
        Settings(path)["nonsense"]


def test_what_is_in_force_for_one_run_is_never_saved(qtbot: QtBot, path: Path) -> None:
    Settings(path).change({"annotator": "Ana", "text_size": 20})
    settings, dialog = opened(qtbot, path)
    settings.use_for_now({"annotator": "Ben"})
    assert settings["annotator"] == "Ben"
    settings.change({"text_size": 24, "annotator": "Ben"})
    assert settings["annotator"] == "Ben"
    assert json.loads(path.read_text()) == {"annotator": "Ana", "text_size": 24}
    settings.change({"annotator": "Cem"})
    assert settings["annotator"] == Settings(path)["annotator"] == "Cem"
    with pytest.raises(StetError, match="can't contain line breaks"):
        settings.use_for_now({"annotator": "a\nb"})


@pytest.mark.parametrize("name", [" ", "a\nb", "a\u202eb", "x" * 201])
def test_a_name_that_nobody_can_have_is_not_saved(path: Path, name: str) -> None:
    settings = Settings(path)
    with pytest.raises(StetError, match="a name "):
        settings.change({"annotator": name})
    assert (settings["annotator"], path.exists()) == ("", False)


def test_settings_fit_a_small_screen_with_buttons_in_view(qtbot: QtBot, path: Path) -> None:
    dialog = SettingsDialog(Settings(path))
    on_screen(qtbot, dialog, 500, 500)
    assert dialog.height() <= 500
    for name in ("settings-dialog-accept", "settings-dialog-cancel"):
        button = child(dialog, QPushButton, name)
        assert dialog.rect().contains(QRect(button.mapTo(dialog, QPoint(0, 0)), button.size()))
    seen = child(dialog, QCheckBox, "setting-tour_seen")
    assert seen.visibleRegion().isEmpty()
    seen.setFocus()
    QTest.keyClick(seen, Qt.Key.Key_Backtab)
    QTest.keyClick(dialog.focusWidget(), Qt.Key.Key_Tab)
    assert dialog.focusWidget() is seen
    assert not seen.visibleRegion().isEmpty()


def test_the_wheel_scrolls_the_settings_and_changes_none(qtbot: QtBot, path: Path) -> None:
    dialog = SettingsDialog(Settings(path))
    on_screen(qtbot, dialog, 500, 500)
    before = dialog.values()
    size = child(dialog, QSpinBox, "setting-ui_scale")
    for field in (child(dialog, QComboBox, "setting-theme"), size, size.lineEdit()):
        at = QPointF(field.rect().center())
        event = QWheelEvent(
            at,
            field.mapToGlobal(at),
            QPoint(0, -120),
            QPoint(0, -120),
            Qt.MouseButton.NoButton,
            Qt.KeyboardModifier.NoModifier,
            Qt.ScrollPhase.NoScrollPhase,
            False,
        )
        QApplication.sendEvent(field, event)
    assert dialog.values() == before
    assert child(dialog, QScrollArea, "settings-dialog-body").verticalScrollBar().value() > 0

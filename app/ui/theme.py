"""Colours and fonts: one set of named tones for light and for dark, and the style sheet made from it."""

from functools import lru_cache
from string import Template
from typing import NamedTuple

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QFont, QFontDatabase, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication

from app import paths

UI_FONT = "Inter"
TEXT_FONT = "EB Garamond"
_FONT_FILES = ("Inter-Regular.otf", "Inter-SemiBold.otf", "EBGaramond12-Regular.otf")


class Tones(NamedTuple):
    """The colours of the window, as #rrggbb."""

    name: str
    window: str
    panel: str
    surface: str
    paper: str
    side_paper: str
    line: str
    soft_line: str
    text: str
    soft: str
    faint: str
    accent: str
    chosen: str
    chosen_mark: str
    hover: str
    good: str
    good_surface: str
    good_line: str
    warn: str
    selection: str
    bad: str


LIGHT = Tones(
    name="light",
    window="#f6f6f4",
    panel="#fbfbf9",
    surface="#ffffff",
    paper="#ffffff",
    side_paper="#fcfcfa",
    line="#dddcd8",
    soft_line="#e7e6e2",
    text="#1c1e21",
    soft="#5c5b55",
    faint="#73726b",
    accent="#0072b2",
    chosen="#e4eef6",
    chosen_mark="#fdeee3",
    hover="#f0efec",
    good="#00714f",
    good_surface="#f3faf7",
    good_line="#cfe3da",
    warn="#945400",
    selection="#cfe3f3",
    bad="#b3261e",
)
DARK = Tones(
    name="dark",
    window="#1b1c1e",
    panel="#202124",
    surface="#26282b",
    paper="#1e1f21",
    side_paper="#1b1c1e",
    line="#3a3c40",
    soft_line="#303236",
    text="#e6e6e3",
    soft="#b4b3ae",
    faint="#9a9994",
    accent="#56b4e9",
    chosen="#2c3640",
    chosen_mark="#3d2c20",
    hover="#2d2f33",
    good="#4cc79b",
    good_surface="#17302a",
    good_line="#2b5a4b",
    warn="#e5a14f",
    selection="#31506b",
    bad="#ff8a80",
)


def load_fonts() -> None:
    """Make the shipped fonts known; a missing one only means that the system's is used."""
    for name in _FONT_FILES:
        QFontDatabase.addApplicationFont(str(paths.resources() / "fonts" / name))


def tones(choice: str) -> Tones:
    """Return the tones of a setting: light, dark or system."""
    if choice == "system":
        scheme = QGuiApplication.styleHints().colorScheme()
        return DARK if scheme == Qt.ColorScheme.Dark else LIGHT
    return DARK if choice == "dark" else LIGHT


def ui_font(pixels: float, weight: QFont.Weight = QFont.Weight.Normal) -> QFont:
    """Return the window's font in a size."""
    font = QFont(UI_FONT)
    font.setPixelSize(max(1, round(pixels)))
    font.setWeight(weight)
    return font


def luminance(color: QColor) -> float:
    """Return the relative luminance (WCAG 2.2)."""

    def linear(part: float) -> float:
        return part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4

    return 0.2126 * linear(color.redF()) + 0.7152 * linear(color.greenF()) + 0.0722 * linear(color.blueF())


def contrast(one: QColor, other: QColor) -> float:
    """Return the contrast ratio of two colours (WCAG 2.2), 1 to 21."""
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@lru_cache(maxsize=1024)
def readable(color: str, background: str, least: float = 4.5) -> QColor:
    """Return the colour, darkened or lightened until it can be read on the background."""
    found, ground = QColor(color), QColor(background)
    toward = QColor("black") if luminance(ground) > 0.4 else QColor("white")
    for step in range(21):
        share = step / 20
        mixed = QColor.fromRgbF(
            found.redF() * (1 - share) + toward.redF() * share,
            found.greenF() * (1 - share) + toward.greenF() * share,
            found.blueF() * (1 - share) + toward.blueF() * share,
        )
        if contrast(mixed, ground) >= least:
            return mixed
    return toward


def apply(app: QApplication, tone: Tones) -> None:
    """Give the whole application these colours."""
    if app.style().objectName() != "fusion":
        app.setStyle("Fusion")
    app.setFont(ui_font(13))
    palette = QPalette()
    roles = QPalette.ColorRole
    for role, color in (
        (roles.Window, tone.window),
        (roles.WindowText, tone.text),
        (roles.Base, tone.surface),
        (roles.AlternateBase, tone.panel),
        (roles.Text, tone.text),
        (roles.Button, tone.surface),
        (roles.ButtonText, tone.text),
        (roles.ToolTipBase, tone.surface),
        (roles.ToolTipText, tone.text),
        (roles.Highlight, tone.chosen),
        (roles.HighlightedText, tone.text),
        (roles.PlaceholderText, tone.faint),
        (roles.Link, tone.accent),
        (roles.Mid, tone.line),
        (roles.Accent, tone.accent),
    ):
        palette.setColor(role, QColor(color))
    for role in (roles.Text, roles.ButtonText, roles.WindowText):
        palette.setColor(QPalette.ColorGroup.Disabled, role, QColor(tone.faint))
    app.setPalette(palette)
    app.setStyleSheet(style_sheet(tone))


def style_sheet(tone: Tones) -> str:
    """Return the style sheet of the window: `resources/window.qss` with the tones filled in."""
    template = Template((paths.resources() / "window.qss").read_text(encoding="utf-8"))
    on_accent = tone.paper if tone.name == "dark" else "#ffffff"
    icons = (paths.resources() / "icons").as_posix()
    return template.substitute(tone._asdict(), ui_font=UI_FONT, on_accent=on_accent, icons=icons)

"""Colours, fonts and sizes: one set of named tones for each theme, and the style sheet made from it."""

import re
from functools import cache, lru_cache
from string import Template
from typing import NamedTuple

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QFont, QFontDatabase, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication

from app import paths

UI_FONT = "Inter"
TEXT_FONT = "EB Garamond"
_PIXELS = re.compile(r"(\d+)px")
# Who needs strong contrast needs to see at once where the keyboard is.
_STRONG = """
QPushButton:focus, QLineEdit:focus, QPlainTextEdit:focus, QComboBox:focus, QAbstractSpinBox:focus, QCheckBox:focus,
QPushButton[role="flat"]:focus, QPushButton[role="segment"]:focus, QPushButton[role="space"]:focus,
QPushButton[role="chip"]:focus, QPushButton[role="primary"]:focus { border: 3px solid ${accent}; }
QPushButton[role="space"]:checked, QPushButton[role="chip"]:checked { border: 2px solid ${text}; }
QSplitter::handle { background: ${line}; }
QListWidget::item:selected, QTreeView::item:selected { border: 1px solid ${text}; }
"""
# Scripts that many machines have no font for, and the signs that stand for control characters. Fonts with the letters
# of China, Japan and Korea, or with pictures, are too large to ship: where one lacks, `app.ui.annotate.missing_fonts`
# names it.
_OTHER_SCRIPTS = {
    "Noto Naskh Arabic": "NotoNaskhArabic-Regular.ttf",
    "Noto Serif Hebrew": "NotoSerifHebrew-Regular.ttf",
    "Noto Serif Devanagari": "NotoSerifDevanagari-Regular.ttf",
    "Noto Serif Thai": "NotoSerifThai-Regular.ttf",
    "Noto Sans Symbols2": "NotoSansSymbols2-Signs.ttf",
}
_FONT_FILES = ("Inter-Regular.otf", "Inter-SemiBold.otf", "EBGaramond12-Regular.otf", *_OTHER_SCRIPTS.values())


class Hue:
    """Okabe and Ito's colours, which people with any kind of colour vision tell apart, as #rrggbb."""

    BLUE = "#0072B2"
    ORANGE = "#E69F00"
    GREEN = "#009E73"
    PURPLE = "#CC79A7"
    SKY = "#56B4E9"
    VERMILLION = "#D55E00"
    YELLOW = "#F0E442"
    GREY = "#999999"


WHITE = "#ffffff"
GOLD_COLOR = Hue.GREEN
EVIDENCE_COLOR = Hue.GREEN
CONFLICT_COLOR = Hue.VERMILLION
SUGGESTION_COLOR = "#777777"
UNKNOWN_COLOR = Hue.GREY
CROWD_COLOR = "#808080"  # of a line that stands for arcs of any colour
_FILL_STEPS = 50  # from a colour to black or white
_LINING = QFont.Tag("lnum")
_ROUNDING = 1.02  # a screen has but 256 steps of a colour, and few of them are dark
"""The colour of a label that the scheme doesn't have."""


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
    chosen_annotation: str
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
    faint="#69685f",
    accent="#0072b2",
    chosen="#e4eef6",
    chosen_annotation="#fdeee3",
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
    faint="#a3a29d",
    accent="#56b4e9",
    chosen="#2c3640",
    chosen_annotation="#3d2c20",
    hover="#2d2f33",
    good="#4cc79b",
    good_surface="#17302a",
    good_line="#2b5a4b",
    warn="#e5a14f",
    selection="#31506b",
    bad="#ff8a80",
)

CONTRAST = Tones(
    name="contrast",
    window="#000000",
    panel="#000000",
    surface="#000000",
    paper="#000000",
    side_paper="#000000",
    line="#ffffff",
    soft_line="#c8c8c8",
    text="#ffffff",
    soft="#ffffff",
    faint="#e6e6e6",
    accent="#ffe14d",
    chosen="#1a5fb4",
    chosen_annotation="#7a3400",
    hover="#333333",
    good="#66f0b0",
    good_surface="#000000",
    good_line="#66f0b0",
    warn="#ffc266",
    selection="#1a5fb4",
    bad="#ffb0a8",
)
THEMES = (LIGHT, DARK, CONTRAST)
_EFFECTS = (
    *(Qt.UIEffect.UI_AnimateMenu, Qt.UIEffect.UI_FadeMenu, Qt.UIEffect.UI_AnimateCombo),
    *(Qt.UIEffect.UI_AnimateTooltip, Qt.UIEffect.UI_FadeTooltip, Qt.UIEffect.UI_AnimateToolBox),
)


class _Manner:
    """How large everything but texts is drawn, and whether things may move."""

    scale = 1.0
    moves = True
    flash = 0  # the system's, while nothing may blink


@cache
def load_fonts() -> None:
    """Make the shipped fonts known, once; a missing one only means that the system's is used."""
    for name in _FONT_FILES:
        QFontDatabase.addApplicationFont(str(paths.resources() / "fonts" / name))


def tones(choice: str) -> Tones:
    """Return the tones of a setting: light, dark, contrast or system."""
    if choice == "system":
        hints = QGuiApplication.styleHints()
        wishes = hints.accessibility()
        if wishes.contrastPreference() == Qt.ContrastPreference.HighContrast:
            return CONTRAST
        return DARK if hints.colorScheme() == Qt.ColorScheme.Dark else LIGHT
    return next((tone for tone in THEMES if tone.name == choice), LIGHT)


def scale() -> float:
    """Return how many times larger than usual the window is drawn; texts have a size of their own."""
    return _Manner.scale


def px(pixels: float) -> int:
    """Return a length of the usual window in pixels of this one."""
    return round(pixels * _Manner.scale)


def moves() -> bool:
    """Tell whether something may move on its own."""
    return _Manner.moves


def set_manner(app: QApplication, *, percent: float, moves: bool) -> None:
    """Set the size of the window's writing and controls, and whether anything may move; `apply` puts it in force."""
    _Manner.scale = percent / 100
    _Manner.moves = moves
    for effect in () if moves else _EFFECTS:
        app.setEffectEnabled(effect, False)
    if not moves:
        _Manner.flash = _Manner.flash or app.cursorFlashTime()
        app.setCursorFlashTime(0)
    elif _Manner.flash:
        app.setCursorFlashTime(_Manner.flash)


def ui_font(pixels: float, weight: QFont.Weight = QFont.Weight.Normal) -> QFont:
    """Return the window's font in a size."""
    font = QFont(UI_FONT)
    font.setPixelSize(max(1, round(pixels)))
    font.setWeight(weight)
    return font


def text_font(family: str, pixels: float) -> QFont:
    """Return the font of texts in a size: what the family lacks is taken from the shipped ones, on every machine.

    Its digits are lining ones, as high as capitals: numbers are checked here, and a struck old-style 157 can't be read.
    """
    font = QFont(family)
    font.setFamilies([family, *_OTHER_SCRIPTS, UI_FONT])
    font.setFeature(_LINING, 1)
    font.setPixelSize(max(1, round(pixels)))
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


def blended(over: QColor, under: QColor, opacity: float) -> QColor:
    """Return what is seen of a colour of some opacity, 0 to 1, over another one."""
    pairs = ((over.redF(), under.redF()), (over.greenF(), under.greenF()), (over.blueF(), under.blueF()))
    return QColor.fromRgbF(*(above * opacity + below * (1 - opacity) for above, below in pairs))


@lru_cache(maxsize=1024)
def fill_color(color: str, background: str, opacity: float) -> QColor:
    """Return the colour as a fill of some opacity, darkened or lightened until it differs from the background as the
    fill of a middle grey does: it is seen where a mark begins and ends, whatever its colour.
    """
    found, ground, grey = QColor(color), QColor(background), QColor(Hue.GREY)
    least = contrast(blended(grey, ground, opacity), ground) * (1.0 if found == grey else _ROUNDING)
    toward = QColor("black") if luminance(ground) > 0.4 else QColor("white")
    steps = (blended(toward, found, step / _FILL_STEPS) for step in range(_FILL_STEPS))
    fits = (mixed for mixed in steps if contrast(blended(mixed, ground, opacity), ground) >= least)
    fill = next(fits, toward)
    fill.setAlphaF(opacity)
    return fill


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
    """Give the whole application these colours; nothing is done where it has them.

    The sheet is taken off first. Exchanging one for another has Qt style each widget once for each widget above it, and
    another font or palette is told to each of them; without a sheet that costs next to nothing, and what comes on anew
    styles each widget once.
    """
    sheet, font, palette = style_sheet(tone), ui_font(13 * _Manner.scale), _palette(tone)
    if (app.styleSheet(), app.font()) == (sheet, font) and _is_in(app.palette(), palette):
        return
    app.setStyleSheet("")
    if app.style().objectName() != "fusion":
        app.setStyle("Fusion")
    app.setFont(font)
    app.setPalette(palette)
    app.setStyleSheet(sheet)


def _is_in(present: QPalette, wanted: QPalette) -> bool:
    """Whether all that one palette sets is the same in another."""
    return wanted.resolve(present) == present


def _palette(tone: Tones) -> QPalette:
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
    return palette


def style_sheet(tone: Tones) -> str:
    """Return the style sheet of the window: `resources/window.qss` with the tones filled in."""
    template = Template((paths.resources() / "window.qss").read_text(encoding="utf-8"))
    on_accent = WHITE if tone.name == "light" else tone.paper
    icons = (paths.resources() / "icons").as_posix()
    check = "light" if tone.name == "light" else "dark"
    sheet = template.substitute(
        tone._asdict(), ui_font=UI_FONT, text_font=TEXT_FONT, on_accent=on_accent, icons=icons, check=check
    )
    if tone.name == "contrast":
        sheet += Template(_STRONG).substitute(tone._asdict())
    return _PIXELS.sub(_scaled, sheet) if _Manner.scale != 1 else sheet


def _scaled(found: "re.Match[str]") -> str:
    """Return a length of the style sheet as large as the window is; the thinnest lines stay thin."""
    pixels = int(found[1])
    return f"{pixels if pixels < 2 else px(pixels)}px"

"""Colours and fonts: one set of named tones for light and for dark, and the style sheet made from it."""

from typing import NamedTuple

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QFont, QFontDatabase, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication

from app import paths

UI_FONT = "Inter"
TEXT_FONT = "EB Garamond"
_FONT_FILES = ("Inter-Regular.otf", "Inter-Medium.otf", "Inter-SemiBold.otf", "EBGaramond12-Regular.otf")


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


def style_sheet(t: Tones) -> str:
    """Return the style sheet of the window."""
    return f"""
QWidget {{ font-family: "{UI_FONT}"; font-size: 13px; }}
QToolTip {{ background: {t.surface}; color: {t.text}; border: 1px solid {t.line}; padding: 4px 6px; }}
#top-bar, #status-bar {{ background: {t.surface}; }}
#top-bar {{ border-bottom: 1px solid {t.line}; }}
#status-bar {{ border-top: 1px solid {t.line}; }}
#status-bar QLabel {{ color: {t.soft}; font-size: 12px; }}
#status-bar QLabel[tone="good"] {{ color: {t.good}; }}
#status-bar QLabel[tone="warn"] {{ color: {t.warn}; }}
#app-name {{ font-weight: 600; }}
QLabel[tone="faint"], #project-name {{ color: {t.faint}; }}
QLabel[tone="soft"] {{ color: {t.soft}; }}
QLabel[tone="warn"] {{ color: {t.warn}; }}
QLabel[tone="good"] {{ color: {t.good}; }}
QLabel[role="caption"] {{ color: {t.faint}; font-size: 11px; font-weight: 600; }}
QLabel[role="field"] {{ color: {t.faint}; font-size: 12px; }}
QLabel[role="title"] {{ font-size: 18px; font-weight: 600; color: {t.text}; }}
QLabel[role="headline"] {{ font-size: 26px; font-weight: 600; color: {t.text}; }}
#documents-panel, #inspector {{ background: {t.panel}; }}
#documents-panel {{ border-right: 1px solid {t.line}; }}
#inspector {{ border-left: 1px solid {t.line}; }}
#label-bar {{ background: {t.surface}; border-bottom: 1px solid {t.soft_line}; }}
#text-pane, #text-header {{ background: {t.paper}; }}
#reference-pane, #reference-header {{ background: {t.side_paper}; }}
#reference-pane {{ border-left: 1px solid {t.soft_line}; }}
QLineEdit, QPlainTextEdit, QComboBox, QSpinBox, QDoubleSpinBox {{
  background: {t.surface}; color: {t.text}; border: 1px solid {t.line}; border-radius: 6px; padding: 5px 8px;
  selection-background-color: {t.selection}; selection-color: {t.text}; }}
QLineEdit:focus, QPlainTextEdit:focus, QComboBox:focus, QSpinBox:focus, QDoubleSpinBox:focus {{
  border: 1px solid {t.accent}; }}
QLineEdit:disabled, QComboBox:disabled, QPlainTextEdit:disabled {{ color: {t.faint}; background: {t.panel}; }}
QComboBox::drop-down {{ border: none; width: 20px; }}
QComboBox QAbstractItemView {{ background: {t.surface}; border: 1px solid {t.line}; padding: 2px; outline: none; }}
QPushButton {{ background: {t.surface}; color: {t.text}; border: 1px solid {t.line}; border-radius: 6px;
  padding: 6px 14px; }}
QPushButton:hover {{ background: {t.hover}; }}
QPushButton:focus {{ border: 1px solid {t.accent}; }}
QPushButton:disabled {{ color: {t.faint}; }}
QPushButton[role="primary"] {{ background: {t.accent}; color: {t.paper if t.name == "dark" else "#ffffff"};
  border: 1px solid {t.accent}; font-weight: 600; }}
QPushButton[role="flat"] {{ border: none; background: transparent; padding: 2px 6px; color: {t.soft}; }}
QPushButton[role="flat"]:hover {{ background: {t.hover}; }}
QPushButton[role="flat"]:focus {{ border: 1px solid {t.accent}; }}
QPushButton[role="link"] {{ border: none; background: transparent; padding: 0; color: {t.accent};
  text-align: left; font-size: 12px; }}
QPushButton[role="link"]:focus {{ text-decoration: underline; }}
QPushButton[role="segment"] {{ border-radius: 0; padding: 5px 4px; color: {t.soft}; margin-left: -1px; }}
QPushButton[role="segment"]:checked {{ background: {t.chosen_mark}; color: {t.text}; border: 1px solid {t.warn};
  font-weight: 600; }}
QPushButton[role="segment"]:focus {{ border: 1px solid {t.accent}; }}
#command-box {{ background: {t.panel}; color: {t.faint}; text-align: left; padding: 6px 10px; }}
#who {{ border: none; padding: 2px 6px; background: transparent; }}
#evidence-card {{ background: {t.good_surface}; border: 1px solid {t.good_line}; border-radius: 7px; }}
#problem-card, #notice {{ background: {t.chosen_mark}; border: 1px solid {t.warn}; border-radius: 7px; }}
#problem-card QLabel, #notice QLabel {{ color: {t.text}; }}
QListView, QTableView, QTreeView {{ background: transparent; border: none; outline: none; }}
QHeaderView::section {{ background: {t.panel}; color: {t.faint}; border: none; border-bottom: 1px solid {t.line};
  padding: 4px 6px; font-size: 11px; font-weight: 600; }}
QScrollBar:vertical {{ background: transparent; width: 10px; margin: 0; }}
QScrollBar::handle:vertical {{ background: {t.line}; border-radius: 4px; min-height: 30px; margin: 1px; }}
QScrollBar::handle:vertical:hover {{ background: {t.faint}; }}
QScrollBar::add-line, QScrollBar::sub-line, QScrollBar::add-page, QScrollBar::sub-page {{
  background: none; border: none; height: 0; }}
QSplitter::handle {{ background: {t.soft_line}; }}
QMenu {{ background: {t.surface}; border: 1px solid {t.line}; padding: 4px; }}
QMenu::item {{ padding: 5px 24px 5px 12px; border-radius: 4px; }}
QMenu::item:selected {{ background: {t.chosen}; }}
QMenu::separator {{ height: 1px; background: {t.soft_line}; margin: 4px 8px; }}
QMenuBar {{ background: {t.surface}; color: {t.soft}; }}
QMenuBar::item {{ padding: 4px 8px; background: transparent; }}
QMenuBar::item:selected {{ background: {t.hover}; }}
QProgressBar {{ border: 1px solid {t.line}; border-radius: 5px; background: {t.panel}; height: 8px; }}
QProgressBar::chunk {{ background: {t.accent}; border-radius: 4px; }}
QDialog {{ background: {t.window}; }}
QScrollArea {{ border: none; background: transparent; }}
#inspector-body {{ background: {t.panel}; }}
"""

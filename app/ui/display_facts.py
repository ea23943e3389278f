"""What Qt says of the display: platform, screens and their scales, fonts, colours."""

from PySide6.QtCore import QSysInfo, qVersion
from PySide6.QtGui import QFontDatabase, QFontInfo, QGuiApplication, QScreen

from app.settings import Settings
from app.ui import theme

# A sign of each of the larger scripts, to see which a machine has letters for.
_SCRIPTS = {
    "Arabic": QFontDatabase.WritingSystem.Arabic,
    "Chinese": QFontDatabase.WritingSystem.SimplifiedChinese,
    "Japanese": QFontDatabase.WritingSystem.Japanese,
    "Korean": QFontDatabase.WritingSystem.Korean,
    "Hebrew": QFontDatabase.WritingSystem.Hebrew,
    "Devanagari": QFontDatabase.WritingSystem.Devanagari,
    "Thai": QFontDatabase.WritingSystem.Thai,
}


def display_facts() -> list[tuple[str, str]]:
    """Return names and values. The application must have been started."""
    theme.load_fonts()
    settings = Settings()
    hints = QGuiApplication.styleHints()
    text = theme.text_font(settings["text_font"], settings["text_size"])
    without = [name for name, system in _SCRIPTS.items() if not QFontDatabase.families(system)]
    return [
        ("Platform", QGuiApplication.platformName()),
        ("Qt", f"{qVersion()} (built for {QSysInfo.buildAbi()})"),
        *((f"Screen {number}", _screen(each)) for number, each in enumerate(QGuiApplication.screens(), 1)),
        ("Font of the window", QFontInfo(theme.ui_font(13)).family()),
        ("Font of texts", f"{QFontInfo(text).family()}, as set: {settings['text_font']}"),
        ("Fonts installed", f"{len(QFontDatabase.families()):,}"),
        ("Scripts without a font", ", ".join(without) or "none of the larger ones"),
        ("Colours", f"{settings['theme']} (the system’s are {hints.colorScheme().name.lower()})"),
        ("Interface scale", f"{settings['ui_scale']} %"),
    ]


def facts_without_window() -> dict[str, str]:
    """Return the facts by name, in a process of its own: Qt ends one in which no window can be opened."""
    application = QGuiApplication(["stet"])
    found = dict(display_facts())
    del application
    return found


def _screen(screen: QScreen) -> str:
    size = screen.geometry()
    dots = screen.logicalDotsPerInch()
    return f"{size.width()} × {size.height()}, scale {screen.devicePixelRatio():g}, {dots:.0f} dots per inch"

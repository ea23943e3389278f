"""Detects scripts of a text that no installed font can draw, and suggests packages to install."""

import unicodedata
from bisect import bisect_right
from typing import NamedTuple

from PySide6.QtCore import QObject, QTimer
from PySide6.QtGui import QFont, QTextLayout

from app.ui.editor.canvas import TextCanvas
from app.ui.editor.visible_text import visible
from app.ui.panels.status_bar import StatusBar

_SAMPLES, _SAMPLE = 24, 5000  # longer texts are sampled: number of samples, code points in each
_MOST = 2000  # distinct characters to check: a Chinese text has more
_ASKED = 6  # characters checked per script
_AFTER_MS = 50  # after painting, which loads the fonts, so that checking is cheap
_NO_GLYPH, _BOX = 0, 1  # the second is used where Qt has no font at all that can shape the script

_CJK, _EMOJI, _OTHER = "fonts-noto-cjk", "fonts-noto-color-emoji", "fonts-noto-core fonts-noto-extra"


class Script(NamedTuple):
    """A script by its common name, with the Debian and Ubuntu packages that have a font for it."""

    name: str
    packages: str


# First characters of ranges, in order; None for what most fonts contain, or what belongs to no script.
_RANGES: tuple[tuple[int, Script | None], ...] = (
    (0x0000, None),
    (0x0370, Script("Greek", _OTHER)),
    (0x0400, Script("Cyrillic", _OTHER)),
    (0x0530, Script("Armenian", _OTHER)),
    (0x0590, Script("Hebrew", _OTHER)),
    (0x0600, Script("Arabic", _OTHER)),
    (0x0700, Script("Syriac", _OTHER)),
    (0x0750, Script("Arabic", _OTHER)),
    (0x0780, Script("another script", _OTHER)),
    (0x0900, Script("Devanagari", _OTHER)),
    (0x0980, Script("Bengali", _OTHER)),
    (0x0A00, Script("Gurmukhi", _OTHER)),
    (0x0A80, Script("Gujarati", _OTHER)),
    (0x0B00, Script("Odia", _OTHER)),
    (0x0B80, Script("Tamil", _OTHER)),
    (0x0C00, Script("Telugu", _OTHER)),
    (0x0C80, Script("Kannada", _OTHER)),
    (0x0D00, Script("Malayalam", _OTHER)),
    (0x0D80, Script("Sinhala", _OTHER)),
    (0x0E00, Script("Thai", _OTHER)),
    (0x0E80, Script("Lao", _OTHER)),
    (0x0F00, Script("Tibetan", _OTHER)),
    (0x1000, Script("Burmese", _OTHER)),
    (0x10A0, Script("Georgian", _OTHER)),
    (0x1100, Script("Korean", _CJK)),
    (0x1200, Script("Ethiopic", _OTHER)),
    (0x13A0, Script("another script", _OTHER)),
    (0x1780, Script("Khmer", _OTHER)),
    (0x1800, Script("another script", _OTHER)),
    (0x1C90, Script("Georgian", _OTHER)),
    (0x1CC0, Script("another script", _OTHER)),
    (0x1E00, None),
    (0x1F00, Script("Greek", _OTHER)),
    (0x2000, None),
    (0x2E80, Script("Chinese", _CJK)),
    (0x3000, None),
    (0x3040, Script("Japanese", _CJK)),
    (0x3100, Script("Chinese", _CJK)),
    (0x3130, Script("Korean", _CJK)),
    (0x3190, Script("Chinese", _CJK)),
    (0xA000, Script("another script", _OTHER)),
    (0xAC00, Script("Korean", _CJK)),
    (0xD800, None),
    (0xF900, Script("Chinese", _CJK)),
    (0xFB00, None),
    (0xFB1D, Script("Hebrew", _OTHER)),
    (0xFB50, Script("Arabic", _OTHER)),
    (0xFE00, None),
    (0xFE70, Script("Arabic", _OTHER)),
    (0xFF00, Script("Chinese", _CJK)),
    (0xFFE0, None),
    (0x10000, Script("another script", _OTHER)),
    (0x1D000, None),
    (0x1E000, Script("another script", _OTHER)),
    (0x1F000, Script("emoji", _EMOJI)),
    (0x20000, Script("rare Chinese", _CJK)),
    (0x32000, None),
)
_STARTS = [start for start, _ in _RANGES]
_SYMBOLS = Script("symbols", "fonts-noto-core")
_DRAWN = ("L", "N", "S", "P")  # general categories of characters with a glyph of their own


def script_of(char: str) -> Script | None:
    """Return the script that a character needs a font for; None if it has no glyph or belongs to no script."""
    if char.isascii() or unicodedata.category(char)[0] not in _DRAWN:
        return None
    found = _RANGES[bisect_right(_STARTS, ord(char)) - 1][1]
    return found or (_SYMBOLS if unicodedata.category(char)[0] == "S" else None)


def missing_scripts(text: str, font: QFont) -> list[Script]:
    """Return the scripts of a text that contain characters which neither the font nor Qt's fallback fonts can draw.

    Long texts are sampled, and only some characters of each script are checked.
    """
    if text.isascii():
        return []
    by_script: dict[Script, list[str]] = {}
    chars = sorted(_sampled(text))
    for char in chars[:: 1 + len(chars) // _MOST]:
        script = script_of(char)
        if script is not None:
            by_script.setdefault(script, []).append(char)
    return [script for script, chars in by_script.items() if not _can_draw(chars, font)]


def _sampled(text: str) -> set[str]:
    if len(text) <= _SAMPLES * _SAMPLE:
        return set(text)
    starts = ((len(text) - _SAMPLE) * at // (_SAMPLES - 1) for at in range(_SAMPLES))
    return set().union(*(text[start : start + _SAMPLE] for start in starts))


def _can_draw(chars: list[str], font: QFont) -> bool:
    # Spread evenly: the rare characters of a script, which a font may lack, often come last.
    step = max(1, len(chars) // _ASKED)
    layout = QTextLayout(visible("".join(chars[::step])), font)
    layout.beginLayout()
    layout.createLine()
    layout.endLayout()
    runs = layout.glyphRuns(-1, -1, QTextLayout.GlyphRunRetrievalFlag.RetrieveGlyphIndexes)
    found = [run.glyphIndexes() for run in runs]
    return not any(_NO_GLYPH in glyphs or set(glyphs) == {_BOX} for glyphs in found)


def advice(scripts: list[Script]) -> tuple[str, str]:
    """Return what is missing in a few words, and what to do about it."""
    names = [script.name for script in scripts]
    listed = " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)
    packages = " ".join(dict.fromkeys(name for script in scripts for name in script.packages.split()))
    what = f"No font for {listed}"
    return what, f"{what}: missing characters are shown as boxes. On Debian and Ubuntu, install {packages}"


class FontNotice(QObject):
    """Shows in the status bar which scripts of the shown texts have no font."""

    def __init__(self, canvases: tuple[TextCanvas, ...], status: StatusBar) -> None:
        super().__init__(canvases[0])
        self._canvases = canvases
        self._status = status
        self._timer = QTimer(self)
        self._timer.setObjectName("font-check")
        self._timer.setSingleShot(True)
        self._timer.setInterval(_AFTER_MS)
        self._timer.timeout.connect(self._check)
        for canvas in canvases:
            canvas.text_shown.connect(self._timer.start)

    def _check(self) -> None:
        scripts: list[Script] = []
        for canvas in self._canvases:
            scripts += missing_scripts(canvas.text, canvas.text_layout.style.font)
        what, todo = advice(list(dict.fromkeys(scripts))) if scripts else ("", "")
        self._status.show_lack(what, todo)

"""No character of a script is drawn as a box without the window saying which font to install."""

from pathlib import Path

import pytest
from PySide6.QtGui import QTextLayout
from PySide6.QtWidgets import QLabel

from app.ui import theme
from app.ui.annotate.missing_fonts import missing_scripts
from app.ui.editor.visible_text import visible
from tests.driver import Driver
from tests.e2e import projects

SHIPPED = {
    "Latin": "Žluťoučký kůň, ‘İstanbul’ — fi ffi",
    "Arabic": "بِسْمِ الله، ٣٤؟",
    "Persian": "پارسی می\u200cخواهم گچژ",
    "Hebrew": "שָׁלוֹם עולם",
    "Devanagari": "क्षत्रिय हिन्दी १२३",
    "Thai": "ภาษาไทยที่ก็กำ",
    "control characters": "a\x01\x07\x1b\x7f\x85\x9f\u2028\ufeff\ufdd0\uffffb",
}
OTHERS = {
    "Chinese": "中文没有空格漢字",
    "Japanese": "カタカナとかな",
    "Korean": "한글말",
    "emoji": "👩👍😀",
    "Bengali": "বাংলা",
    "Khmer": "ខ្មែរ",
    "Ethiopic": "አማርኛ",
    "rare Chinese": "𠀀𠀁",
}
SAMPLE = {"Chinese"}  # what is tried outside of campaigns
PACKAGE = {"Chinese": "fonts-noto-cjk", "Japanese": "fonts-noto-cjk", "Korean": "fonts-noto-cjk"}
PACKAGE |= {"rare Chinese": "fonts-noto-cjk", "emoji": "fonts-noto-color-emoji"}


def boxes(text: str) -> int:
    """Count the glyphs that stand for a missing one; without a font for a script Qt draws glyph 1 as boxes."""
    text = "".join(char for char in visible(text) if char not in " \u200c")
    layout = QTextLayout(text, theme.text_font(theme.TEXT_FONT, 18))
    layout.beginLayout()
    layout.createLine().setLineWidth(10_000)
    layout.endLayout()
    runs = [run.glyphIndexes() for run in layout.glyphRuns()]
    return sum(run.count(0) for run in runs) + sum(len(run) for run in runs if len(run) > 1 and set(run) == {1})


@pytest.mark.parametrize("script", SHIPPED)
def test_scripts_with_a_shipped_font_are_drawn_on_every_machine(qtbot, script: str) -> None:
    theme.load_fonts()
    assert boxes(SHIPPED[script]) == 0
    assert missing_scripts(SHIPPED[script], theme.text_font(theme.TEXT_FONT, 18)) == []


@pytest.mark.parametrize("side", ["text", "reference"])
@pytest.mark.parametrize(
    "script", [pytest.param(each, marks=() if each in SAMPLE else pytest.mark.slow) for each in OTHERS]
)
def test_a_script_without_a_font_is_named_and_what_to_install(
    stet: Driver, tmp_path: Path, script: str, side: str
) -> None:
    words = f"Some words: {OTHERS[script]}.\n"
    texts = {"first.txt": words if side == "text" else "Plain words."}
    reference = words if side == "reference" else "Plain words."
    stet.start(projects.make(tmp_path, texts, reference=reference), annotator="Ana")
    assert stet.window is not None
    label = stet.window.findChild(QLabel, "status-fonts")
    assert label is not None
    if boxes(OTHERS[script]):
        stet.wait(label.text)
        assert label.text() == f"No font for {script}"
        assert f"install {PACKAGE.get(script, 'fonts-noto-core')}" in label.accessibleName()
        assert PACKAGE.get(script, "fonts-noto-core") in label.toolTip()
    else:
        stet.qtbot.wait(120)
        assert label.text() == ""


def test_the_notice_goes_with_the_text_that_needed_it(stet: Driver, tmp_path: Path) -> None:
    unassigned = "\U00010597\U00010598"  # letters so new or so rare that no font has them
    stet.start(projects.make(tmp_path, {"a.txt": f"Words {unassigned}", "b.txt": "Words"}), annotator="Ana")
    stet.wait(lambda: stet.shown("status-fonts") == "No font for another script")
    stet.press("Ctrl+PgDown")
    assert stet.document == "b.txt"
    stet.wait(lambda: stet.shown("status-fonts") == "")


def test_a_long_text_is_looked_at_in_samples(qtbot) -> None:
    theme.load_fonts()
    font = theme.text_font(theme.TEXT_FONT, 18)
    text = "plain words “so” " * 60_000 + "\U00010597\U00010598"
    assert [script.name for script in missing_scripts(text, font)] == ["another script"]

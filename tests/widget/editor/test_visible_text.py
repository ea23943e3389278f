"""What is drawn has a character for each of the text's, as wide in UTF-16, and no layout breaks lines of its own."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtGui import QTextLayout

from app.ui.editor.visible_text import visible
from tests.widget.editor.canvases import HOSTILE, hostile_texts


def width_u16(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def test_every_character_stays_as_wide_as_it_was() -> None:
    for code in (*range(0xD800), *range(0xE000, 0x10000), *range(0x10000, 0x110000, 61), 0x10FFFE, 0x10FFFF):
        char = chr(code)
        shown = visible(char)
        assert len(shown) == 1, hex(code)
        assert width_u16(shown) == width_u16(char), hex(code)


@given(st.one_of(hostile_texts, st.text(st.characters(exclude_categories=["Cs"]))))
def test_texts_stay_as_long_in_both_units(text: str) -> None:
    assert len(visible(text)) == len(text)
    assert width_u16(visible(text)) == width_u16(text)


@pytest.mark.parametrize("char", ["\x00", "\x07", "\x0b", "\x0c", "\x1b", "\x7f", "\x85", "\u2028", "\u2029", "\ufeff"])
def test_what_cannot_be_seen_is_shown_by_a_sign(char: str) -> None:
    assert unicodedata.category(visible(char)) not in ("Cc", "Zl", "Zp", "Cf")


@pytest.mark.parametrize("char", "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
def test_a_direction_control_is_a_sign_that_turns_nothing(char: str) -> None:
    """An override painted “abc fed end” for “abc def end”; a mark keeps its direction, which its neighbours need."""
    directions = {"\u061c": "AL", "\u200e": "L", "\u200f": "R"}
    assert unicodedata.bidirectional(visible(char)) == directions.get(char, "ON")
    assert unicodedata.category(visible(char)) != "Cf"


@pytest.mark.parametrize("char", ["a", "é", "\u0301", "\t", " ", "\u00a0", "\u200d", "😀", "漢", "ש"])
def test_what_can_be_seen_or_shapes_others_stays_as_it_is(char: str) -> None:
    assert visible(char) == char


def test_no_piece_makes_qt_break_a_line(qapp) -> None:
    for piece in HOSTILE:
        if piece in ("\n", "\r", "\r\n", "\u2029"):
            continue
        layout = QTextLayout(visible(f"a{piece}b"))
        layout.beginLayout()
        line = layout.createLine()
        line.setLineWidth(10_000)
        assert not layout.createLine().isValid(), ascii(piece)
        layout.endLayout()
        assert line.textLength() == width_u16(f"a{piece}b"), ascii(piece)

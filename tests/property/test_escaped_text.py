"""What a field shows of a text is the text, whatever is in it."""

import pytest
from hypothesis import given
from PySide6.QtWidgets import QPlainTextEdit

from app.core.escaped_text import escaped, line_end_of, unescaped
from tests.property.strategies import any_text, hostile_pieces, texts


def _came_back(text: str) -> str:
    end = line_end_of(text)
    return unescaped(escaped(text, line_end=end), line_end=end)


@given(any_text)
def test_any_text_comes_back(text: str) -> None:
    assert _came_back(text.replace("\x00", "")) == text.replace("\x00", "")


@given(hostile_pieces.map("".join) | texts)
def test_what_is_shown_is_not_rewritten_by_a_field(qapp: object, text: str) -> None:
    end = line_end_of(text)
    field = QPlainTextEdit()
    field.setPlainText(escaped(text, line_end=end))
    kept = field.document().toRawText().replace("\u2029", "\n")
    field.deleteLater()
    assert unescaped(kept, line_end=end) == text


@pytest.mark.parametrize("shown", [r"a\q", "end\\", r"\u12", r"\ud800", r"\U00110000", r"\u0000", "\\\n"])
def test_an_escape_without_meaning_is_refused(shown: str) -> None:
    with pytest.raises(ValueError, match=r"\\"):
        unescaped(shown)


def test_what_is_shown_can_be_read() -> None:
    text = "C:\\x\u00a0“é”\t\u202e👩\u200d👩 می\u200cخواهم\r\nnext\r\n"
    assert line_end_of(text) == "\r\n"
    assert escaped(text, line_end="\r\n") == "C:\\\\x\\u00a0“é”\\t\\u202e👩\u200d👩 می\u200cخواهم\nnext\n"
    assert escaped("a\r\nb\n", line_end="\n") == "a\\r\nb\n"

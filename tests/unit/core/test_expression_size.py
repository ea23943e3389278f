"""How large regular expressions become when their repetitions are written out."""

import pytest

from app.core.expression_size import LARGEST, written_out
from app.core.text_search import BadPattern, Wanted, finder


@pytest.mark.parametrize(
    ("expression", "pieces"),
    [
        ("", 0),
        ("abc", 3),
        ("a{3}", 3),
        ("a{2,5}b", 6),
        ("(ab){10}", 20),
        ("((a{9}){9}){9}", 729),
        (r"\d{4}-\d\d", 7),
        ("[a-z{9}]{3}", 3),
        (r"[]\]x]{2}", 2),
        ("a{}b{,}c{x}", 6),
        (r"\p{L}+", 5),
        (")(", 1),
        ("a{2", 3),
    ],
)
def test_repetitions_are_written_out(expression: str, pieces: int) -> None:
    assert written_out(expression) == pieces


@pytest.mark.parametrize(
    "endless",
    ["((((a{99}){99}){99}){99}){99}", "a{1000000}", "(?:(?:ab){1,999}){1,999}", "a{" + "9" * 5000 + "}", "x" * 6000],
)
def test_an_expression_that_cannot_be_compiled_is_refused(endless: str) -> None:
    with pytest.raises(BadPattern, match="too long or repeats too much"):
        finder(Wanted(endless, regex=True))


@pytest.mark.parametrize("usual", [r"\b\w{1,200}\b", r"(?:\d{1,3},){1,9}\d{3}", "(a|b){1,1000}", r"(?<=x)\S{,64}"])
def test_what_people_write_is_taken(usual: str) -> None:
    assert written_out(usual) < LARGEST
    assert list(finder(Wanted(usual, regex=True))("x12,345 a", 1.0))

"""A text beside what its corrections make of it: the words that differ, where a field of text has them."""

import pytest

from app.core.errors import Cancelled
from app.core.progress import CancelToken
from app.jobs.tasks.corrected_comparison import compare_corrected
from tests.unit.build import annotation

TEXT = "😀 Puttin met 😀 Trump. "


def u16(text: str, start: int, end: int) -> str:
    return text.encode("utf-16-le")[2 * start : 2 * end].decode("utf-16-le")


@pytest.mark.parametrize("times", [1, 700])
def test_words_that_differ_are_given_in_utf_16_units(times: int) -> None:
    text = TEXT * times
    at = [number * len(TEXT) + TEXT.index("Puttin") for number in range(times)]
    marks = [annotation(text, (start, start + 6), correction="Putin") for start in at]
    found = compare_corrected(text, marks)
    assert found.corrected.text == text.replace("Puttin", "Putin")
    assert [u16(text, *each) for each in found.old] == ["Puttin"] * times
    assert [u16(found.corrected.text, *each) for each in found.new] == ["Putin"] * times


def test_it_can_be_cancelled() -> None:
    token = CancelToken()
    token.cancel()
    with pytest.raises(Cancelled):
        compare_corrected(TEXT, [annotation(TEXT, (2, 8), correction="Putin")], token)

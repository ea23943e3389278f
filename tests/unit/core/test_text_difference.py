"""Differences of two texts, shown by whole words."""

import pytest

from app.core.text_difference import differences, whole_words


@pytest.mark.parametrize(
    ("old", "new", "shown"),
    [
        ("set 157 free", "set 175 free", [("157", "175")]),
        ("and approved it", "and did not approve it", [("", "did not "), ("approved", "approve")]),
        ("as planned.", "as planned, but late.", [("", ", but late")]),
        ("中国人民", "中国人", [("民", "")]),
        ("Puttin", "Putin", [("Puttin", "Putin")]),
        ("unhappily", "inhappyly", [("unhappily", "inhappyly")]),
    ],
)
def test_differences_are_shown_by_whole_words(old, new, shown):
    found = whole_words(old, new, differences(old, new))
    assert [(old[h.start : h.end], new[h.new_start : h.new_end]) for h in found] == shown

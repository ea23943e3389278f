"""Where pages begin, as metadata keep it, and after edits of the text."""

from typing import Any

import pytest

from app.core.document import Document, sha256
from app.core.pages import Pages, has_pages, present_pages
from app.core.text_change import Splice, TextChange, TextVersion

TEXT = "one two\n\nthree four\n\nfive"
PAGES = Pages((0, 9, 21))


def document(text: str = TEXT, pages: object = None) -> Document:
    meta: dict[str, Any] = {} if pages is None else {"pages": pages}
    return Document(uid="d", name="d.pdf", text=text, sha256=sha256(text), meta=meta)


def test_a_place_is_on_the_page_that_begins_before_it() -> None:
    assert [PAGES.at(offset) for offset in (0, 8, 9, 20, 21, 99)] == ["1", "1", "2", "2", "3", "3"]
    assert Pages((5, 9), ("iv", "v")).at(9) == "v"
    assert Pages((5,)).at(4) is None


def test_a_range_is_on_one_page_or_on_several() -> None:
    assert PAGES.between(9, 9) == "page 2"
    assert PAGES.between(0, 9) == "page 1"
    assert PAGES.between(0, 22) == "pages 1–3"
    assert Pages((5,)).between(0, 9) == ""


def test_metadata_keep_them() -> None:
    kept = Pages((0, 9), ("a", "b")).kept(sha256(TEXT))
    assert kept == {"starts": [0, 9], "labels": ["a", "b"], "text": sha256(TEXT)}
    assert present_pages(document(pages=kept), ()) == Pages((0, 9), ("a", "b"))
    assert "labels" not in PAGES.kept("")


@pytest.mark.parametrize(
    "kept",
    [
        None,
        7,
        [0, 9],
        {"starts": [0]},
        {"starts": [], "text": sha256(TEXT)},
        {"starts": [9, 0], "text": sha256(TEXT)},
        {"starts": [-1], "text": sha256(TEXT)},
        {"starts": [True], "text": sha256(TEXT)},
        {"starts": [0.5], "text": sha256(TEXT)},
        {"starts": [0, 9], "labels": ["a"], "text": sha256(TEXT)},
        {"starts": [0, 9], "text": sha256("another")},
    ],
)
def test_nothing_is_said_from_metadata_that_tell_nothing(kept: object) -> None:
    assert present_pages(document(pages=kept), ()) is None


@pytest.mark.parametrize(
    ("splices", "starts"),
    [
        ([Splice(0, 0, "zero ")], (0, 14, 26)),
        ([Splice(4, 7, "2")], (0, 7, 19)),
        ([Splice(7, 7, "!")], (0, 10, 22)),
        ([Splice(9, 9, "New. ")], (0, 9, 26)),
        ([Splice(9, 14, "3")], (0, 9, 17)),
        ([Splice(4, 14, "x")], (0, 5, 12)),
        ([Splice(9, 21, "")], (0, 9, 9)),
        ([Splice(0, 4, ""), Splice(24, 25, "e!")], (0, 5, 17)),
    ],
)
def test_they_follow_edits_of_the_text(splices: list[Splice], starts: tuple[int, ...]) -> None:
    change = TextChange(TEXT, splices)
    versions = [TextVersion(sha256=sha256(TEXT), time="t", splices=tuple(splices))]
    edited = document(change.new, PAGES.kept(sha256(TEXT)))
    found = present_pages(edited, versions)
    assert found is not None
    assert found.starts == starts


def test_they_follow_several_edits_from_the_text_they_count_in() -> None:
    first, second = [Splice(0, 3, "1")], [Splice(5, 5, "\n")]
    one = TextChange(TEXT, first)
    two = TextChange(one.new, second)
    versions = [
        TextVersion(sha256=sha256("before"), time="t", splices=(Splice(0, 6, TEXT),)),
        TextVersion(sha256=sha256(TEXT), time="t", splices=tuple(first)),
        TextVersion(sha256=sha256(one.new), time="t", splices=tuple(second)),
    ]
    found = present_pages(document(two.new, PAGES.kept(sha256(TEXT))), versions)
    assert found is not None
    assert [two.new[start : start + 4] for start in found.starts] == ["1 tw", "thre", "five"]


def test_whether_there_are_any_is_known_without_the_edits() -> None:
    assert has_pages({"pages": PAGES.kept("any")})
    assert not has_pages({"pages": "12"})
    assert not has_pages({})

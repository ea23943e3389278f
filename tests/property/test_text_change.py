"""What holds of every change of a text, in whatever script."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from app.core.annotation import Fragment, normal_fragments, quote_of
from app.core.graphemes import extends_cluster
from app.core.text_change import Fate, Splice, TextChange
from tests.property.strategies import any_text, fragments, hostile_pieces, texts

hostile = hostile_pieces.map("".join)


@st.composite
def changed(draw: st.DrawFn) -> tuple[str, str]:
    """Draw a text, and the same after some pieces were taken out, put in, replaced or moved."""
    pieces = draw(hostile_pieces)
    new = list(pieces)
    for _ in range(draw(st.integers(0, 4))):
        at = draw(st.integers(0, len(new)))
        new[at : at + draw(st.integers(0, 2))] = draw(st.one_of(st.just([]), hostile_pieces))[:2]
    return "".join(pieces), "".join(new)


def _is_edge(text: str, at: int) -> bool:
    return at in (0, len(text)) or not extends_cluster(text, at)


@given(st.one_of(changed(), st.tuples(texts, texts), st.tuples(any_text, any_text)))
def test_a_comparison_makes_the_new_text_and_goes_back(pair: tuple[str, str]) -> None:
    old, new = pair
    change = TextChange.between(old, new)
    assert change.new == new
    assert change.backwards().new == old
    assert change.backwards().backwards().splices == change.splices
    assert all(old[hunk.start : hunk.end] != new[hunk.new_start : hunk.new_end] for hunk in change.hunks)
    for hunk in change.hunks:
        assert _is_edge(old, hunk.start)
        assert _is_edge(old, hunk.end)
        assert _is_edge(new, hunk.new_start)
        assert _is_edge(new, hunk.new_end)
    assert TextChange(old, change.splices).splices == change.splices


@given(changed(), st.data())
def test_whatever_is_not_lost_says_what_is_there(pair: tuple[str, str], data: Any) -> None:
    old, new = pair
    change = TextChange.between(old, new)
    ranges = data.draw(fragments(old)) if old else (Fragment(0, 0),)
    place = change.placed(ranges, quote_of(old, ranges))
    assert normal_fragments(place.fragments, length=len(new)) == place.fragments
    holds = quote_of(new, place.fragments) == place.quote
    assert holds is (place.fate is not Fate.LOST)
    if place.fate in (Fate.KEPT, Fate.MOVED):
        assert place.quote == quote_of(old, ranges)
    if place.fate is not Fate.LOST:
        assert len(place.fragments) == len(ranges)
        for before, after in zip(ranges, place.fragments, strict=True):
            assert _is_edge(new, after.start) or not _is_edge(old, before.start)
            assert _is_edge(new, after.end) or not _is_edge(old, before.end)


@given(hostile, st.data())
def test_one_splice_leaves_what_is_around_it(text: str, data: Any) -> None:
    start, end = sorted(data.draw(st.lists(st.integers(0, len(text)), min_size=2, max_size=2)))
    put = data.draw(hostile)
    change = TextChange.refined(text, [Splice(start, end, put)])
    assert change.new == text[:start] + put + text[end:]
    least, most = (change.hunks[0].start, change.hunks[-1].end) if change.hunks else (len(text), 0)
    span = data.draw(fragments(text))[0]
    place = change.placed((span,), text[span.start : span.end])
    if (span.end <= least or span.start >= most) and span.start < span.end:
        assert place.fate is not Fate.LOST

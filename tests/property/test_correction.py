"""Corrected text: what is replaced, and what stays."""

from hypothesis import given
from hypothesis import strategies as st

from app.core.annotation import Fragment, quote_of
from app.core.correction import corrected
from tests.property.strategies import fragments, texts
from tests.unit.build import annotation

filled = st.sampled_from(["x", "two words", " spaced ", "😀", "."])
maybe_empty = st.one_of(st.just(""), filled)


@st.composite
def apart(draw: st.DrawFn):
    """Draw a text and corrections of single, covered ranges that don't meet."""
    text = draw(texts)
    bounds = sorted(draw(st.sets(st.integers(0, len(text)), max_size=10)))
    ranges = [pair for pair in zip(bounds[::2], bounds[1::2], strict=False) if pair[0] < pair[1]]
    return text, [annotation(text, pair, correction=draw(filled)) for pair in ranges]


@given(apart())
def test_corrections_that_do_not_meet_are_plain_replacements(case) -> None:
    text, marks = case
    wanted = text
    for mark in sorted(marks, key=lambda m: m.start, reverse=True):
        wanted = wanted[: mark.start] + mark.correction + wanted[mark.end :]
    result = corrected(text, marks)
    assert result.text == wanted
    assert result.clashes == ()
    assert [part.annotation for part in result.applied] == [m.uid for m in sorted(marks, key=lambda m: m.start)]


@st.composite
def anyhow(draw: st.DrawFn):
    """Draw a text of few different characters, and corrections that may do anything."""
    text = draw(st.text("ab .\n", min_size=1, max_size=20))
    marks = [
        annotation(
            text, *((f.start, f.end) for f in draw(fragments(text))), correction=draw(st.one_of(st.none(), maybe_empty))
        )
        for _ in range(draw(st.integers(0, 6)))
    ]
    return text, marks


@given(anyhow())
def test_what_is_applied_is_in_order_apart_and_gives_the_text(case) -> None:
    text, marks = case
    result = corrected(text, marks)
    pieces, at = [], 0
    for part in result.applied:
        assert at <= part.start <= part.end <= len(text)
        pieces += [text[at : part.start], part.text]
        at = part.end
    assert result.text == "".join([*pieces, text[at:]])


@given(anyhow())
def test_only_spaces_are_taken_that_were_not_marked(case) -> None:
    text, marks = case
    covered = {at for mark in marks for f in mark.fragments for at in range(f.start, f.end)}
    for part in corrected(text, marks).applied:
        beyond = set(range(part.start, part.end)) - covered
        assert "".join(text[at] for at in beyond) in ("", " ")


@given(anyhow())
def test_each_correction_is_applied_or_in_a_clash_and_never_both(case) -> None:
    text, marks = case
    result = corrected(text, marks)
    out = {uid for pair in result.clashes for uid in pair}
    done = {part.annotation for part in result.applied}
    by_uid = {mark.uid: mark for mark in marks}
    assert not out & done
    first = {(by_uid[uid].fragments[0], by_uid[uid].correction) for uid in done}
    for mark in marks:
        if mark.correction is None:
            assert mark.uid not in out | done
        elif mark.correction or not mark.is_anchor:  # else there is nothing to do
            assert mark.uid in out | done or (mark.fragments[0], mark.correction) in first


@given(anyhow())
def test_the_order_in_which_marks_come_does_not_matter(case) -> None:
    text, marks = case
    assert corrected(text, marks) == corrected(text, marks[::-1])


@given(texts, st.data())
def test_the_first_fragment_is_corrected_and_the_others_removed(text, data) -> None:
    parts = data.draw(fragments(text, anchors=False))
    mark = annotation(text, *((f.start, f.end) for f in parts), correction="X")
    assert mark.quote == quote_of(text, parts)
    first, *others = corrected(text, [mark]).applied
    assert (first.start, first.end, first.text) == (parts[0].start, parts[0].end, "X")
    for done, part in zip(others, parts[1:], strict=True):
        assert done.text == ""
        assert Fragment(done.start, done.end) in _with_a_space(text, part)


def _with_a_space(text: str, part: Fragment) -> list[Fragment]:
    found = [part]
    if text[part.start - 1 : part.start] == " ":
        found.append(Fragment(part.start - 1, part.end))
    if text[part.end : part.end + 1] == " ":
        found.append(Fragment(part.start, part.end + 1))
    return found

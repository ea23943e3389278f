"""Corrected text: what is replaced, and what stays."""

from hypothesis import given
from hypothesis import strategies as st

from app.core.annotation import Annotation, Fragment, quote_of
from app.core.correction import corrected, correction_place
from tests.property.strategies import fragments, texts
from tests.unit.build import annotation

filled = st.sampled_from(["x", "two words", " spaced ", "😀", "."])
words = st.sampled_from(["x", "two words", " spaced ", "漢"])
maybe_empty = st.one_of(st.just(""), filled)


@st.composite
def apart(draw: st.DrawFn):
    """Draw a text and corrections of words by words, in single ranges that don't meet."""
    text = draw(texts)
    bounds = sorted(draw(st.sets(st.integers(0, len(text)), max_size=10)))
    ranges = [pair for pair in zip(bounds[::2], bounds[1::2], strict=False) if _is_of_words(text[slice(*pair)])]
    return text, [annotation(text, pair, correction=draw(words)) for pair in ranges]


def _is_of_words(covered: str) -> bool:
    return covered[:1].isalnum() and covered[-1:].isalnum()


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
        pieces += [text[at : part.start], part.written]
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
def test_what_is_written_is_what_was_given_but_for_its_blanks(case) -> None:
    text, marks = case
    result = corrected(text, marks)
    given = {mark.uid: mark.correction for mark in marks}
    for part in result.applied:
        assert part.text in ("", given[part.annotation])
        assert part.written.strip() == part.text.strip()
        assert "  " not in part.written or "  " in part.text


@given(anyhow())
def test_only_marked_words_and_blanks_ever_change(case) -> None:
    text, marks = case
    result = corrected(text, marks)
    said = [mark for mark in marks if mark.correction is not None]
    covered = {at for mark in said for f in mark.fragments for at in range(f.start, f.end)}
    at, kept = 0, []
    for part in result.applied:
        kept.append(text[at : part.start])
        at = part.end
    stays = "".join([*kept, text[at:]])
    unmarked = "".join(char for at, char in enumerate(text) if at not in covered)
    assert result.clashes or _letters(unmarked) == _letters(stays)


@given(st.text("漢字かなカﾅไทยລາວខ្មែរမြန་", min_size=1, max_size=12), st.data())
def test_no_blank_gets_into_scripts_without_blanks(text, data) -> None:
    parts = data.draw(fragments(text))
    mark = annotation(
        text, *((f.start, f.end) for f in parts), correction=data.draw(st.sampled_from(["不", "ไม่", "မ", ""]))
    )
    assert " " not in corrected(text, [mark]).text


@given(anyhow())
def test_each_correction_is_applied_or_in_a_clash_and_never_both(case) -> None:
    text, marks = case
    result = corrected(text, marks)
    out = {uid for pair in result.clashes for uid in pair}
    done = {part.annotation for part in result.applied}
    by_uid = {mark.uid: mark for mark in marks}
    assert not out & done
    first = {(_home(by_uid[uid]), by_uid[uid].correction) for uid in done}
    for mark in marks:
        if mark.correction is None:
            assert mark.uid not in out | done
        elif mark.correction or not mark.is_anchor:  # else there is nothing to do
            assert mark.uid in out | done or (_home(mark), mark.correction) in first


def _home(mark: Annotation) -> Fragment:
    return mark.fragments[correction_place(mark.fragments)]


@given(anyhow())
def test_the_order_in_which_marks_come_does_not_matter(case) -> None:
    text, marks = case
    assert corrected(text, marks) == corrected(text, marks[::-1])


@given(texts, st.data())
def test_one_fragment_is_corrected_and_the_others_removed(text, data) -> None:
    parts = data.draw(fragments(text))
    mark = annotation(text, *((f.start, f.end) for f in parts), correction="X")
    assert mark.quote == quote_of(text, parts)
    result = corrected(text, [mark])
    assert [part.text for part in result.applied].count("X") == 1
    removed = [part for part in result.applied if not part.text]
    assert len(removed) == sum(f.start < f.end for f in parts) - (_home(mark).start < _home(mark).end)
    assert _letters("".join(part.written for part in result.applied)) == "X"


def _letters(text: str) -> str:
    return "".join(char for char in text if not char.isspace())

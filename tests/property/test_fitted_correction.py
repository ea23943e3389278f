"""Whatever range gold takes, its correction loses no words that no annotator wanted to lose."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from app.core.annotation import Annotation, Fragment, quote_of
from app.core.correction import corrected
from app.review.fitted_correction import fitted
from app.review.gold_composition import UNION, compose, union
from tests.unit.review.build import SCHEME, one

_WORDS = st.lists(st.sampled_from(["the", "two", "days", "red", "(old)", "U.S.", "no,", "well-known"]), max_size=3)
_NAMES = ("ana", "ben", "cyd")


@st.composite
def _marked(draw: st.DrawFn) -> tuple[str, list[Annotation]]:
    """Return a text, and up to three marks that overlap one word of it, with corrections."""
    words = draw(st.lists(st.sampled_from(["a", "two", "days", "red", "“old”", "it,"]), min_size=3, max_size=9))
    starts = [sum(len(word) + 1 for word in words[:at]) for at in range(len(words))]
    text = " ".join(words) + "."
    pivot = draw(st.integers(0, len(words) - 1))
    marks: list[Annotation] = []
    for name in _NAMES[: draw(st.integers(2, 3))]:
        first, last = draw(st.integers(0, pivot)), draw(st.integers(pivot, len(words) - 1))
        parts = (Fragment(starts[first], starts[last] + len(words[last])),)
        correction = draw(st.none() | _WORDS.map(" ".join))
        given_ = {"layer": "error", "label": "TERM", "fragments": parts, "quote": quote_of(text, parts)}
        marks.append(Annotation(uid=name, correction=correction, **given_))
    return text, marks


def _lost(text: str, *marks: Annotation) -> Counter[str]:
    """Return the words that a text loses by corrections."""
    return Counter(text.split()) - Counter(corrected(text, marks).text.split())


@given(_marked(), st.sampled_from(_NAMES))
def test_the_union_s_correction_loses_no_words(found: tuple[str, list[Annotation]], supplier: str) -> None:
    text, marks = found
    group = one(**{mark.uid: [mark] for mark in marks})
    chosen = next((mark for mark in marks if mark.uid == supplier), marks[0])
    gold, _ = compose(group, {"range": UNION, "correction": chosen.uid}, scheme=SCHEME, text=text, time="")
    assert gold.fragments == union([mark.fragments for mark in marks])
    assert not _lost(text, gold) - _lost(text, chosen)


@given(_marked(), st.data())
def test_a_fitted_correction_makes_the_same_text(found: tuple[str, list[Annotation]], data: st.DataObject) -> None:
    text, marks = found
    mark = data.draw(st.sampled_from(marks))
    start = data.draw(st.integers(0, len(text) - 1))
    wanted = (Fragment(start, data.draw(st.integers(start + 1, len(text)))),)
    if mark.correction is None:
        return
    words = fitted(text, mark.correction, mark.fragments, wanted)
    covers = wanted[0].start <= mark.start and mark.end <= wanted[0].end
    assert words is not None or not covers, "what only grows can always be fitted"
    if words is not None:
        gold = Annotation(
            **{"uid": "g", "layer": "error", "label": "TERM", "fragments": wanted, "correction": words},
            quote=quote_of(text, wanted),
        )
        said, meant = corrected(text, [gold]).text, corrected(text, [mark]).text
        assert said.replace(" ", "") == meant.replace(" ", "")

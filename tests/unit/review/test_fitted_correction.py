"""A correction follows its range, or is asked for."""

import pytest

from app.core.annotation import Annotation, Fragment, quote_of
from app.core.correction import corrected
from app.review.fitted_correction import MisfitCorrection, fitted
from app.review.gold_composition import INTERSECTION, UNION, compose
from tests.unit.review.build import SCHEME, one

TEXT = "The call lasted almost two days, says a very red (and old) book. 会議は二日間続いた。"


def place(*words: str) -> tuple[Fragment, ...]:
    return tuple(Fragment(TEXT.index(word), TEXT.index(word) + len(word)) for word in words)


@pytest.mark.parametrize(
    ("made_for", "correction", "wanted", "becomes"),
    [
        ("days", "hours", "two days", "two hours"),
        ("days", "hours", "almost two days, says", "almost two hours, says"),
        ("two days", "two hours", "days", "hours"),
        ("almost two days", "almost two hours", "two days", "two hours"),
        ("almost two", "some three", "two days", None),  # “almost” would stay
        ("almost two", "almost three", "two days", "three days"),
        ("two days", "48 hours", "days", None),  # the correction is of “two” as well
        ("two days", "two hours", "lasted almost two", None),
        ("days", "", "two days", "two "),  # a deletion keeps what the range gains
        ("red", "", "very red (and old)", "very (and old)"),
        ("two days", "", "days", None),
        ("two days", "hours", "book", None),  # somewhere else
        ("二日間", "三日間", "会議は二日間", "会議は三日間"),
        ("two days", "two days", "days", "days"),
    ],
)
def test_a_correction_follows_its_range(made_for: str, correction: str, wanted: str, becomes: str | None) -> None:
    found = fitted(TEXT, correction, place(made_for), place(wanted))
    assert found == becomes or (found or "").split() == (becomes or "").split()
    assert (found is None) == (becomes is None)


def test_pieces_become_a_whole_and_not_the_other_way() -> None:
    pieces, whole = place("almost", "days"), place("almost two days")
    assert fitted(TEXT, "nearly", pieces, whole) == "nearly two"
    assert fitted(TEXT, "nearly two", whole, pieces) is None
    assert fitted(TEXT, "nearly", pieces, place("almost")) is None, "the other piece would stay"
    assert fitted(TEXT, "nearly", place("almost"), pieces) is None, "the other piece would go"


def test_words_for_an_omission_go_with_any_anchor() -> None:
    assert fitted(TEXT, "not", (Fragment(4, 4),), (Fragment(20, 20),)) == "not"


def versions(*said: tuple[str, str | None]) -> dict[str, list[Annotation]]:
    names = ("ana", "ben", "cyd")
    found = {}
    for name, (words, correction) in zip(names, said, strict=False):
        parts = place(words)
        found[name] = [
            Annotation(
                **{"uid": name, "layer": "error", "label": "TERM", "fragments": parts},
                quote=quote_of(TEXT, parts),
                correction=correction,
            )
        ]
    return found


@pytest.mark.parametrize(
    ("how", "becomes"), [(UNION, "almost two hours"), (INTERSECTION, "hours"), ("ana", "two hours")]
)
def test_gold_says_all_that_its_range_covers(how: str, becomes: str) -> None:
    group = one(**versions(("two days", "two weeks"), ("days", "hours"), ("almost two days", None)))
    gold, supplied = compose(group, {"range": how, "correction": "ben"}, scheme=SCHEME, text=TEXT, time="")
    assert (gold.correction, supplied["correction"]) == (becomes, "ben")
    assert corrected(TEXT, [gold]).text == TEXT.replace("days", "hours")


def test_what_does_not_fit_is_asked_for() -> None:
    group = one(**versions(("two days", "48 hours"), ("days", "hours")))
    picks = {"range": INTERSECTION, "correction": "ana"}
    with pytest.raises(MisfitCorrection, match="“48 hours” was made for “two days”, and doesn't say what"):
        compose(group, picks, scheme=SCHEME, text=TEXT, time="")
    gold, _ = compose(group, picks, scheme=SCHEME, text=TEXT, time="", drops_misfit=True)
    assert (gold.correction, gold.quote) == (None, "days")

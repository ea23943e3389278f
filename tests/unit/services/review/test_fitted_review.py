"""Corrections that follow gold's range, where a rule or a term decides."""

import pytest

from app.core.annotation import Annotation
from app.review.automerge import Equal, MergeStrategy, Rule
from app.review.fitted_correction import MisfitCorrection
from app.review.gold_composition import UNION
from app.services.review.reviewer import Remarks
from app.services.review.term_review import TermDecision, carry_out, occurrences
from app.session.session import Session
from tests.unit.services.review.reviews import Bench

MOST = Rule(MergeStrategy.MAJORITY, Equal.LABEL)


def error(bench: Bench, uid: str, words: str, correction: str | None) -> Annotation:
    """Return a mark on words of the document."""
    start = bench.text.index(words)
    return bench.mark(uid, start, start + len(words), layer="error", label="TIME", correction=correction)


@pytest.fixture
def bench(news_session: Session) -> Bench:
    """Give a document; it says “Donald Trump, the US senator”."""
    return Bench(news_session)


def test_a_rule_fits_the_winning_correction_to_the_winning_range(bench: Bench) -> None:
    bench.finish("ana", error(bench, "a", "US senator", "US president"))
    bench.finish("ben", error(bench, "b", "the US senator", "US president"))
    bench.finish("cem", error(bench, "c", "senator", None))
    bench.finish("dan", error(bench, "d", "senator", "chief"))
    assert bench.reviewing.auto(bench.reviewing.sheets(), MOST).decided == 1
    (gold,) = bench.gold.annotations.values()
    assert (gold.quote, gold.correction) == ("senator", "president")


def test_a_rule_leaves_a_correction_that_does_not_fit(bench: Bench) -> None:
    bench.finish("ana", error(bench, "a", "US senator", "head of state"))
    bench.finish("ben", error(bench, "b", "the US senator", "head of state"))
    bench.finish("cem", error(bench, "c", "senator", None))
    bench.finish("dan", error(bench, "d", "senator", "chief"))
    before = bench.content()
    result = bench.reviewing.auto(bench.reviewing.sheets(), MOST)
    assert (result.decided, result.left) == (0, {"the winning correction was made for another range": 1})
    assert bench.content() == before


def test_a_union_by_hand_is_recomputed_when_it_is_written(bench: Bench) -> None:
    bench.finish("ana", error(bench, "a", "senator", "president"))
    bench.finish("ben", error(bench, "b", "US senator", None))
    bench.reviewing.take(bench.group("a"), {"label": "a", "range": UNION}, said=Remarks())
    (gold,) = bench.gold.annotations.values()
    assert (gold.quote, gold.correction) == ("US senator", "US president")


def term(bench: Bench, words: str, model: Annotation) -> TermDecision:
    sheets = {bench.document: bench.sheet}
    return TermDecision(list(occurrences(bench.session, sheets, words)), model, Remarks())


def test_a_wider_term_keeps_the_words_around_the_model(bench: Bench) -> None:
    bench.finish("ana", error(bench, "a", "senator", "president"))
    bench.finish("ben")
    model = error(bench, "model", "senator", "president")
    carry_out(bench.reviewing, bench.session, term(bench, "US senator", model))
    (gold,) = bench.gold.annotations.values()
    assert (gold.quote, gold.correction) == ("US senator", "US president")


def test_a_narrower_term_takes_its_part_of_the_correction(bench: Bench) -> None:
    bench.finish("ana", error(bench, "a", "US senator", "US president"))
    bench.finish("ben")
    carry_out(bench.reviewing, bench.session, term(bench, "senator", error(bench, "m", "US senator", "US president")))
    (gold,) = bench.gold.annotations.values()
    assert (gold.quote, gold.correction) == ("senator", "president")


def test_a_term_that_the_model_does_not_fit_is_refused(bench: Bench) -> None:
    bench.finish("ana", error(bench, "a", "US senator", "head of state"))
    bench.finish("ben")
    before = bench.content()
    with pytest.raises(MisfitCorrection, match="“head of state” was made for “US senator”"):
        carry_out(
            bench.reviewing, bench.session, term(bench, "senator", error(bench, "m", "US senator", "head of state"))
        )
    assert bench.content() == before

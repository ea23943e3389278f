"""The error score."""

from app.core.error_score import score
from tests.unit.build import SCHEME, annotation

TEXT = "one two three four"


def mark(label: str, severity: str | None, *, layer: str = "error"):
    attributes = {"severity": severity} if severity else {}
    return annotation(TEXT, (0, 3), layer=layer, label=label, attributes=attributes)


def test_penalties_are_summed_up_per_thousand_words() -> None:
    marks = [mark("BARE", "minor"), mark("BARE", "major"), mark("TERM", "major"), mark("TERM", "minor")]
    result = score(marks, words=500, scheme=SCHEME)
    assert result.penalty == 1 + 5 + 7.5 + 1  # TERM gives “major” another weight
    assert result.per_1000_words == 29
    assert result.by_severity == {"minor": 2, "major": 2}


def test_marks_without_a_known_severity_count_but_cost_nothing() -> None:
    marks = [mark("BARE", None), mark("BARE", "huge"), mark("NOBODY", "major"), mark("PERSON", None, layer="entity")]
    result = score(marks, words=100, scheme=SCHEME)
    assert result.penalty == 0
    assert result.by_layer == {"error": 3, "entity": 1}
    assert result.by_severity == {"minor": 0, "major": 1}


def test_a_layer_missing_from_the_scheme_is_counted_by_name() -> None:
    assert score([mark("X", None, layer="old")], words=1, scheme=SCHEME).by_layer == {"entity": 0, "error": 0, "old": 1}


def test_a_text_without_words_has_no_score() -> None:
    assert score([mark("BARE", "major")], words=0, scheme=SCHEME).per_1000_words is None

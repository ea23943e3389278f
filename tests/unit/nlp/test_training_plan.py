"""What is learned from at once: paragraphs of long texts, with their marks where they were."""

from hypothesis import given
from hypothesis import strategies as st

from app.nlp.trainer.model_scores import scored
from app.nlp.trainer.training_plan import CUT_AT, LabelledRange, TrainingText, pieces


@given(
    st.lists(st.integers(1, 400), min_size=1, max_size=12),
    st.lists(st.tuples(st.integers(0, 2000), st.integers(1, 300)), max_size=8),
)
def test_long_texts_are_cut_outside_of_marks(lines: list[int], places: list[tuple[int, int]]) -> None:
    text = "".join("x" * length + "\n" for length in lines)
    marks = sorted({LabelledRange(low, min(low + n, len(text)), "A") for low, n in places if low < len(text)})
    whole = TrainingText(text, tuple(marks))
    found = list(pieces((whole,)))
    assert "".join(piece.text for piece in found) == text
    assert len(found) == 1 or len(text) > CUT_AT
    at, there = 0, list[LabelledRange]()
    for piece in found:
        there += [LabelledRange(at + mark.start, at + mark.end, mark.label) for mark in piece.marks]
        assert all(0 <= mark.start <= mark.end <= len(piece.text) for mark in piece.marks)
        at += len(piece.text)
    assert sorted(there) == marks


def test_scores_are_by_label_and_of_exact_ranges() -> None:
    texts = [({(0, 3, "A"), (5, 9, "B")}, {(0, 3, "A"), (5, 8, "B")}), ({(1, 2, "A")}, set())]
    found = scored(("A", "B", "C"), texts)
    assert [tuple(getattr(row, name) for name in ("label", "gold", "found", "right")) for row in found.labels] == [
        ("A", 2, 1, 1),
        ("B", 1, 1, 0),
        ("C", 0, 0, 0),
    ]
    a, b, c = found.labels
    assert (a.precision, a.recall, round(a.f, 3)) == (1.0, 0.5, 0.667)
    assert (b.f, c.precision, c.recall, c.f) == (0, 0, 0, 0)
    assert (found.whole.gold, found.whole.found, found.whole.right) == (3, 2, 1)

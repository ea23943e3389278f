"""What holds of every alignment."""

from hypothesis import given
from hypothesis import strategies as st

from app.core.alignment import align, aligned_at, differing, sentences

WORDS = st.sampled_from(
    ["Kyiv", "Putin", "157", "talks", "the", "slave", "trade", "é", "😀", "本", "Dr.", "is", "a.", "B!"]
)
TEXTS = st.one_of(
    st.text(max_size=300),
    st.lists(st.one_of(WORDS, st.sampled_from([" ", "\n", ". ", "? ", "\r\n", "  "])), max_size=80).map(" ".join),
)


@given(TEXTS, TEXTS)
def test_ranges_are_sentences_of_their_texts(text: str, reference: str) -> None:
    pairs = align(text, reference)
    assert [(pair.start, pair.end) for pair in pairs] == sentences(text)
    assert {pair.there for pair in pairs} - {None} <= set(sentences(reference))
    assert all(text[pair.start : pair.end].strip() == text[pair.start : pair.end] != "" for pair in pairs)


@given(TEXTS)
def test_sentences_come_in_order_and_leave_out_white_space_alone(text: str) -> None:
    at = 0
    for start, end in sentences(text):
        assert at <= start < end <= len(text)
        assert not text[at:start].strip()
        at = end
    assert not text[at:].strip()


@given(st.lists(st.integers(10_000, 99_999), min_size=1, max_size=40, unique=True))
def test_a_text_is_aligned_with_itself(numbers: list[int]) -> None:
    text = " ".join(f"On day {number} they met in place {number + 100_000}." for number in numbers)
    pairs = align(text, text)
    # Of one sentence alone no word is rarer than another, and still it is itself.
    assert [(pair.start, pair.end) for pair in pairs] == [pair.there for pair in pairs]


@given(TEXTS, TEXTS, st.integers(0, 400))
def test_every_place_has_a_sentence_and_diffs_stay_inside_it(text: str, reference: str, offset: int) -> None:
    pairs = align(text, reference)
    number = aligned_at(pairs, min(offset, len(text)))
    assert (number == -1) is (not pairs)
    for pair in pairs:
        if pair.there is not None:
            ours, theirs = differing(text, (pair.start, pair.end), reference, pair.there)
            for (low, high), words in (((pair.start, pair.end), ours), (pair.there, theirs)):
                assert all(low <= start < end <= high for start, end in words)

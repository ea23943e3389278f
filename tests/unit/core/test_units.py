"""Words and sentences of the text's language, found in a stretch of the text, and plain ones elsewhere."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core import boundaries
from app.core.errors import Cancelled
from app.core.progress import CancelToken
from app.core.units import PLAIN, TextUnits
from app.jobs.tasks import segment


def units(text: str, language: str = "en", *, place: int = 0) -> TextUnits:
    return TextUnits(segment.segment_text(text, language, place, CancelToken()))


def word(text: str, part: str, language: str) -> str:
    start = text.index(part)
    low, high = units(text, language).snap(text, start, start + len(part), unit="word")
    return text[low:high]


@pytest.mark.parametrize(
    ("language", "text", "part", "wanted"),
    [
        ("en", "They don't know.", "on", "don't"),
        ("en", "They don't know.", "d", "do"),
        ("en", "the U.S. army", ".S", "U.S."),
        ("en", "a well-known man", "now", "known"),
        ("en", "Trump’s call", "rump", "Trump"),
        ("fr", "C’est l'homme d’aujourd’hui.", "om", "homme"),
        ("fr", "C’est l'homme.", "l", "l'"),
        ("de", "Das ist z.B. so.", "B", "z.B."),
        ("zh", "中文没有空格，你好", "没有", "没有"),
        ("ja", "日本語です。", "本", "本"),
        ("en", "He said 中文没有 there", "文", "文"),
        ("ar", "بِسْمِ الله، نعم", "ل", "الله"),
        ("hi", "हिन्दी है।", "है", "है"),
        ("he", "שלום, עולם", "של", "שלום"),
        ("fa", "می\u200cخواهم بروم.", "خو", "می\u200cخواهم"),
        ("xx-none", "one two", "n", "one"),
        ("", "the U.S. army", "U", "U.S."),
        ("en-GB", "the U.S. army", "U", "U.S."),
    ],
)
def test_words_are_the_tokens_of_the_language(language: str, text: str, part: str, wanted: str) -> None:
    assert word(text, part, language) == wanted


@pytest.mark.parametrize(
    ("language", "text", "sentences"),
    [
        ("en", "The U.S. army left. Dr. No stayed! Why?", ["The U.S. army left.", "Dr. No stayed!", "Why?"]),
        ("en", "A heading\nOne sentence. “Two,” he said.", ["A heading", "One sentence.", "“Two,” he said."]),
        ("zh", "他走了。她留下！为什么？", ["他走了。", "她留下！", "为什么？"]),
        ("hi", "वह गया। वह रुकी।", ["वह गया।", "वह रुकी।"]),
        ("ar", "ذهب. بقيت؟ نعم.", ["ذهب.", "بقيت؟", "نعم."]),
    ],
)
def test_sentences_are_those_of_the_language(language: str, text: str, sentences: list[str]) -> None:
    found = units(text, language)
    spans = [found.sentence_at(text, at) for at in range(len(text))]
    assert [text[slice(*span)] for span in dict.fromkeys(spans) if span[0] < span[1]] == sentences


WORDS = ("Nobody", "knows", "how", "this", "will", "end", "straße", "слово", "naïve", "177")
plain_texts = st.lists(
    st.lists(st.sampled_from(WORDS), min_size=1, max_size=6).map(" ".join), min_size=1, max_size=5
).map(lambda lines: "\n\n".join(line[:1].upper() + line[1:] + " so." for line in lines))


@given(plain_texts, st.data())
def test_plain_text_is_cut_as_by_the_plain_rules(text: str, data: st.DataObject) -> None:
    found = units(text)
    start, end = sorted(data.draw(st.tuples(st.integers(0, len(text)), st.integers(0, len(text)))))
    for unit in ("character", "word", "sentence"):
        assert found.snap(text, start, end, unit=unit) == boundaries.snap(text, start, end, unit=unit), (
            start,
            end,
            unit,
        )
        assert found.unit_at(text, start, unit=unit) == boundaries.unit_at(text, start, unit=unit), (start, unit)
    assert found.word_at(text, start) == boundaries.word_at(text, start)


def test_outside_of_the_stretch_and_without_one_plain_rules_hold() -> None:
    text = "They don't know.\n" * 20_000
    found = units(text, place=len(text) // 2)
    known = found.segments
    assert known is not None
    assert 0 < known.low < len(text) // 2 < known.high < len(text)
    at = text.index("don't", known.low)
    assert found.snap(text, at, at + 1, unit="word") == (at, at + 2)
    assert found.snap(text, 5, 6, unit="word") == (5, 10) == PLAIN.snap(text, 5, 6, unit="word")
    assert found.reach(len(text) // 2, len(text), near=1000)
    assert not found.reach(0, len(text), near=1000)


def test_a_long_paragraph_is_cut_in_pieces_that_nobody_sees() -> None:
    text = "He gave up and so on " * 200 + "at last. Then she left. " * 100
    found = units(text)
    end = text.index("at last.") + len("at last.")
    assert found.sentence_at(text, 10) == (0, end)
    assert text[slice(*found.sentence_at(text, end + 1))] == "Then she left."
    assert found.word_at(text, 1001) == boundaries.word_at(text, 1001)


def test_a_line_of_ten_million_characters_uses_the_plain_rules() -> None:
    text = "words without an end " * 500_000
    assert segment.stretch(text, 5_000_000) == (5_000_000, 5_000_000)
    assert units(text, place=5_000_000).word_at(text, 5_000_000) == boundaries.word_at(text, 5_000_000)


def test_it_stops_when_nobody_wants_it_any_more() -> None:
    token = CancelToken()
    token.cancel()
    with pytest.raises(Cancelled):
        segment.segment_text("Words.", "en", 0, token)

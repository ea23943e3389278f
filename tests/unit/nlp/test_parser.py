"""Parsed texts: every word is where it says, and headings and lists aren't read as sentences."""

import pytest

from app.nlp.parser import NoParser, chosen_parser, parser
from app.nlp.text_blocks import blocks_of

TEXT = (
    "Europe set\n\nPerhaps more  important, Ana Ortiz met Bo Lind in Rome.  They agreed.\r\n"
    "► A first point without an end\n► A second one.\n"
    "It stands for a long time between the Russian and\nAmerican capital 😀, and the line goes\non here."
)


def test_words_stand_where_they_say_and_belong_to_their_sentence() -> None:
    (parsed,) = parser().parse([TEXT])
    assert all(TEXT[word.start : word.end] == word.text for word in parsed.words)
    assert "".join(word.text for word in parsed.words) == "".join(TEXT.split())
    for number, (first, last) in enumerate(parsed.sentences):
        assert all(word.sentence == number and first <= word.head < last for word in parsed.words[first:last])
    assert [parsed.span_text(*entity[:2]) for entity in parsed.entities if entity.label == "PERSON"][:2] == [
        "Ana Ortiz",
        "Bo Lind",
    ]


def test_blocks_end_where_a_sentence_cannot_go_on() -> None:
    blocks = [TEXT[start:end] for start, end in blocks_of(TEXT)]
    assert blocks == [
        "Europe set",
        "Perhaps more  important, Ana Ortiz met Bo Lind in Rome.  They agreed.",
        "► A first point without an end",
        "► A second one.",
        "It stands for a long time between the Russian and\nAmerican capital 😀, and the line goes\non here.",
    ]


@pytest.mark.parametrize("text", ["", "\n \n", "a", "\n\na\n", "word " * 9_000])
def test_blocks_hold_all_that_is_no_white_space(text: str) -> None:
    blocks = list(blocks_of(text))
    assert "".join(text[start:end] for start, end in blocks).split() == text.split()
    assert all(end - start <= 20_000 for start, end in blocks)


def test_an_unknown_pipeline_is_refused() -> None:
    with pytest.raises(NoParser, match="xx_none"):
        chosen_parser("xx_none")

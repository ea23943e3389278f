"""Patterns of tokens: what is read of spaCy's, what is refused and why, and that it is written as it was."""

from typing import Any

import pytest

from app.core.errors import EditRejected
from app.core.token_pattern import MOST_TOKENS, read_tokens, spacy_tokens, token_words

GOOD: list[list[dict[str, Any]]] = [
    [{"LOWER": "slave"}, {"LEMMA": "trade", "POS": "NOUN"}],
    [{"TEXT": {"IN": ["Puttin", "Putten"]}}],
    [{"LEMMA": {"NOT_IN": ["be"]}, "POS": {"IN": ["VERB"], "NOT_IN": ["AUX"]}}],
    [{"LIKE_NUM": True}, {"OP": "?"}, {"LOWER": "captives", "OP": "+"}],
    [{"POS": "PROPN", "OP": "{2,4}"}, {"IS_PUNCT": False, "OP": "*"}, {"TEXT": "!"}],
    [{"TEXT": "a", "OP": "!"}, {"ENT_TYPE": "PERSON", "OP": "{2,}"}, {"SHAPE": "Xxxx", "OP": "{3}"}],
]


@pytest.mark.parametrize("pattern", GOOD)
def test_a_pattern_is_written_as_it_was_read(pattern: list[dict[str, Any]]) -> None:
    tokens = read_tokens(pattern)
    again = read_tokens(spacy_tokens(tokens))
    assert again == tokens
    assert len(spacy_tokens(tokens)) == len(pattern)


@pytest.mark.parametrize(
    ("pattern", "why"),
    [
        ("words", "a list of at least one token"),
        ([], "a list of at least one token"),
        ([[]], "token 1 of the pattern isn't an object"),
        ([{"TEXT": {"REGEX": "(a|aa)+$"}}], "regular expressions aren't supported"),
        ([{"LOWER": {"FUZZY1": "a"}}], "IN or NOT_IN"),
        ([{"_": {"is_evil": True}}], "asks for _, which isn't supported"),
        ([{"LOWER": {"IN": ["a"], "REGEX": "b"}}], "IN or NOT_IN"),
        ([{"LOWER": {"IN": []}}], "1 to 200 words"),
        ([{"LOWER": {"IN": ["a"] * 201}}], "1 to 200 words"),
        ([{"LOWER": "a" * 101}], "at most 100 characters"),
        ([{"LOWER": 3}], "IN or NOT_IN"),
        ([{"LIKE_NUM": "yes"}], "is true or false"),
        ([{"LOWER": "a", "OP": "**"}], "an OP that isn't known: **"),
        ([{"LOWER": "a", "OP": "{3,2}"}], "comes at most 2 times, at least 3"),
        ([{"LOWER": "a", "OP": "{0}"}], "comes at most 0 times"),
        ([{"LOWER": "a"}] * (MOST_TOKENS + 1), "21 tokens, 20 at most"),
        ([{"LOWER": "a"}] * 5_000, "5,000 tokens, 20 at most"),
        ([{"LOWER": "a", "OP": "{9,99}"}], "repeats tokens too often, 60 in all at most"),
        ([{"LOWER": "a", "OP": "?"}, {"OP": "*"}], "every token of the pattern may be missing"),
        ([{}, {"OP": "+"}, {"LOWER": "a", "OP": "?"}], "asks nothing of any token that is there"),
    ],
)
def test_what_cannot_be_searched_is_refused_in_words(pattern: Any, why: str) -> None:
    with pytest.raises(EditRejected, match="(?s)" + why.replace("(", r"\(").replace("{", r"\{").replace("*", r"\*")):
        read_tokens(pattern)


def test_patterns_are_read_to_people_in_words() -> None:
    said = [token_words(read_tokens(pattern)) for pattern in GOOD]
    assert said[0] == "“slave”, any form of “trade” that is any noun"
    assert said[3] == "a number, anything (optional), “captives” (once or more)"
    assert said[4] == "any name (2 to 4 times), not a punctuation mark (any number of times), exactly “!”"

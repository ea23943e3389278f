"""Patterns of tokens are found where spaCy's own Matcher finds them, and in time that no pattern blows up."""

import random
from typing import Any

import pytest
import spacy
from spacy.matcher import Matcher
from spacy.tokens import Doc

from app.core.errors import EditRejected
from app.core.token_pattern import read_tokens, spacy_tokens
from app.nlp.token_matches import TokenMatcher

NLP = spacy.blank("en")
ASKS: list[dict[str, Any]] = [
    {"LOWER": "a"},
    {"TEXT": "b"},
    {"LOWER": {"IN": ["a", "c"]}},
    {"LOWER": {"NOT_IN": ["b"]}},
    {"IS_DIGIT": True},
    {},
]
OPS = ["1", "?", "*", "+", "!", "{2}", "{1,3}", "{2,}", "{,2}"]


def by_spacy(pattern: list[dict[str, Any]], doc: Doc) -> list[tuple[int, int]]:
    """Return the longest match that spaCy's Matcher finds from each token on."""
    matcher = Matcher(NLP.vocab)
    matcher.add("it", [pattern])
    longest: dict[int, int] = {}
    for _, start, end in matcher(doc):
        longest[start] = max(longest.get(start, 0), end)
    return sorted(longest.items())


def test_what_is_found_is_what_spacy_finds() -> None:
    chance = random.Random(13)
    checked = 0
    while checked < 600:
        raw = [{**chance.choice(ASKS), "OP": chance.choice(OPS)} for _ in range(chance.randint(1, 4))]
        try:
            tokens = read_tokens(raw)
        except EditRejected:
            continue  # it asks nothing
        doc = Doc(NLP.vocab, [chance.choice("aAbc7") for _ in range(chance.randint(0, 9))])
        found = list(TokenMatcher(tokens).find(list(doc), 10_000))
        assert found == by_spacy(spacy_tokens(tokens), doc), (raw, doc.text)
        checked += 1


@pytest.mark.parametrize(
    "raw",
    [
        [{"OP": "*"}] * 19 + [{"LOWER": "z"}],
        [{"LOWER": "a", "OP": "?"}] * 19 + [{"LOWER": "a"}],
        [{"LOWER": "a", "OP": "+"}] * 20,
        [{"OP": "?"}, {"OP": "*"}, {"OP": "+"}] * 6 + [{"LOWER": "a", "OP": "{1,3}"}],
    ],
)
def test_no_pattern_takes_more_steps_than_its_text_has_room_for(raw: list[dict[str, Any]]) -> None:
    matcher = TokenMatcher(read_tokens(raw))
    asked = 0

    class Counting(int):
        """Bits whose uses are counted: a step of the search uses those of one token."""

        def __rand__(self, other: int) -> int:
            nonlocal asked
            asked += 1
            return int(self) & other

    doc = Doc(NLP.vocab, ["a"] * 2_000)
    inside = matcher._fitting  # pyright: ignore[reportPrivateUsage]
    matcher._fitting = lambda token: Counting(inside(token))  # type: ignore[method-assign]  # pyright: ignore
    list(matcher.find(list(doc), 10_000))
    assert asked <= 2_000 * 100

"""A text is read once, known by its hash, and what is kept of texts has a bound."""

from collections.abc import Callable, Sequence

from app.nlp.parsed_text import ParsedText, Word, WordRange
from app.nlp.parser import Parser
from app.suggesters.hints.analyst import Analyst


class Counting(Parser):
    """A parser without a pipeline, which notes what it parses."""

    parsed: list[str]

    def parse(self, texts: Sequence[str], between: Callable[[], None] = lambda: None) -> list[ParsedText]:
        self.parsed.extend(texts)
        return [ParsedText(text, (Word(0, len(text), text, text),), (WordRange(0, 1),)) for text in texts]


def counting() -> Counting:
    parser = Counting("counting", "1", "en", None)  # type: ignore[arg-type]
    parser.parsed = []
    return parser


def test_a_text_is_parsed_once_whoever_has_it() -> None:
    """Many documents share a reference, and equal texts are one."""
    analyst = Analyst(parser := counting())
    for text in ("one", "two", "one"):
        ours, *theirs = analyst.read([text, "the reference", "".join(["the ", "reference"])])
        assert (ours.text, [reading.text for reading in theirs]) == (text, ["the reference"] * 2)
    assert parser.parsed == ["one", "the reference", "two"]


def test_what_is_kept_has_a_bound() -> None:
    """Memory stays flat however many documents there are; what was used last stays."""
    analyst = Analyst(parser := counting(), most_kept=25)
    for number in range(100):
        analyst.read([f"text {number:03d}", "reference"])
    assert parser.parsed.count("reference") == 1
    analyst.read(["text 099"])
    assert parser.parsed.count("text 099") == 1
    analyst.read(["text 000"])
    assert parser.parsed.count("text 000") == 2
    analyst.read(["a text that is longer than all that is kept"])
    assert len(analyst._kept) == 1

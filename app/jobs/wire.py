"""The messages between the window and its worker process; `core.message_pipe` says how they travel."""

import msgspec

from app.nlp.phrases import Phrase, PhraseMatch
from app.nlp.word_kinds import WordKind
from app.suggesters.hints.hint import Hint


class Segment(msgspec.Struct, frozen=True, tag="segment"):
    """Segment a text into tokens and sentences; it starts at `low` in its document."""

    text: str
    language: str
    low: int


class Load(msgspec.Struct, frozen=True, tag="load"):
    """Load a pipeline that finds named entities, or the preferred one if `pipeline` is empty."""

    pipeline: str


class Read(msgspec.Struct, frozen=True, tag="read"):
    """Find the named entities in each piece of text."""

    pipeline: str
    pieces: list[str]


class LoadRules(msgspec.Struct, frozen=True, tag="rules"):
    """Load a pipeline that parses sentences, or the preferred one if `pipeline` is empty."""

    pipeline: str


class Compare(msgspec.Struct, frozen=True, tag="compare"):
    """Compare a text with its references by the rules with these names."""

    pipeline: str
    rules: tuple[str, ...]
    text: str
    references: list[str]


class LoadPhrases(msgspec.Struct, frozen=True, tag="phrases"):
    """Load what finds phrases (words, and which of their occurrences count) in texts of a language."""

    phrases: tuple[Phrase, ...]
    language: str


class FindPhrases(msgspec.Struct, frozen=True, tag="find"):
    """Find the phrases in each piece of text."""

    phrases: tuple[Phrase, ...]
    language: str
    pieces: list[str]


class DescribeWords(msgspec.Struct, frozen=True, tag="words"):
    """Say what the words in a range of a text are."""

    text: str
    start: int
    end: int
    language: str


class Drop(msgspec.Struct, frozen=True, tag="drop"):
    """Cancel the request of this number."""


Work = Segment | Load | Read | LoadRules | Compare | LoadPhrases | FindPhrases | DescribeWords


class Asked(msgspec.Struct, frozen=True):
    """A request with its number."""

    number: int
    what: Segment | Load | Read | LoadRules | Compare | LoadPhrases | FindPhrases | DescribeWords | Drop


class Segmented(msgspec.Struct, frozen=True, tag="segmented"):
    """Starts and ends of tokens and of sentences in the document, as arrays of 64-bit integers."""

    high: int
    places: tuple[bytes, bytes, bytes, bytes]


class Loaded(msgspec.Struct, frozen=True, tag="loaded"):
    """The loaded pipeline, with the labels it can assign."""

    name: str
    version: str
    language: str
    labels: tuple[str, ...]


class EntitiesFound(msgspec.Struct, frozen=True, tag="found"):
    """What was found in each piece: start, end, label, score."""

    entities: list[list[tuple[int, int, str, float | None]]]


class RulesLoaded(msgspec.Struct, frozen=True, tag="ready"):
    """The pipeline loaded for the rules."""

    name: str
    language: str


class HintsFound(msgspec.Struct, frozen=True, tag="hints"):
    """The hints of a text, each with its rule's name."""

    hints: list[tuple[str, Hint]]


class PhrasesFound(msgspec.Struct, frozen=True, tag="phrases"):
    """The matches of each piece of text: start, end and the phrase's index."""

    matches: list[list[PhraseMatch]]


class WordsDescribed(msgspec.Struct, frozen=True, tag="words"):
    """The words of a range, with lemma, part of speech and tag."""

    words: list[WordKind]


class Dropped(msgspec.Struct, frozen=True, tag="dropped"):
    """The request was cancelled."""


class Failed(msgspec.Struct, frozen=True, tag="failed"):
    """The request can't be carried out: the reason, and a hint for the user."""

    what: str
    hint: str
    wrong_use: bool


class WorkerBroken(msgspec.Struct, frozen=True, tag="broken"):
    """There is a bug; the process ends."""

    trace: str


Result = Segmented | Loaded | EntitiesFound | RulesLoaded | HintsFound | PhrasesFound | WordsDescribed


class WorkerAnswer(msgspec.Struct, frozen=True):
    """The answer to the request of this number."""

    number: int
    what: (
        Segmented
        | Loaded
        | EntitiesFound
        | RulesLoaded
        | HintsFound
        | PhrasesFound
        | WordsDescribed
        | Dropped
        | Failed
        | WorkerBroken
    )

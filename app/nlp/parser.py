"""Parsing texts by an installed spaCy pipeline: words with their parts of speech and heads, sentences, entities."""

from collections.abc import Callable, Iterable, Sequence
from itertools import accumulate
from typing import TYPE_CHECKING, NamedTuple

from app.core.errors import WrongUse
from app.nlp.parsed_text import EntitySpan, ParsedText, Word, WordRange
from app.nlp.pipelines import components, installed
from app.nlp.text_blocks import blocks_of

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.tokens import Doc

_NEEDED = ("parser", "tagger", "ner")


class NoParser(WrongUse):
    """No installed pipeline parses sentences."""


class Parser(NamedTuple):
    """A loaded pipeline: its name, version and language."""

    name: str
    version: str
    language: str
    pipeline: "Language"

    def parse(self, texts: Sequence[str], between: Callable[[], None] = lambda: None) -> list[ParsedText]:
        """Return each text as the pipeline parses it, in order. Blocks of lines are parsed apart.

        `between` is called before each block and may raise to stop.
        """
        cuts = [list(blocks_of(text)) for text in texts]

        def pieces() -> Iterable[str]:
            for text, ranges in zip(texts, cuts, strict=True):
                for start, end in ranges:
                    between()
                    yield text[start:end]

        docs = self.pipeline.pipe(pieces(), batch_size=64)
        return [
            _whole(text, [(start, next(docs)) for start, _ in ranges], self.language)
            for text, ranges in zip(texts, cuts, strict=True)
        ]


def chosen_parser(name: str = "") -> str:
    """Return the name of the installed pipeline to use, the preferred one if `name` is empty.

    Doesn't import spaCy. Raises NoParser.
    """
    known = [found for found in installed() if set(_NEEDED) <= set(components(found))]
    if not known:
        what = "no spaCy pipeline that parses sentences and finds named entities is installed"
        raise NoParser(what, hint="install one, for English: pip install 'stet-workbench[en]'")
    if name and name not in known:
        raise NoParser(f"no pipeline “{name}” that parses sentences is installed", hint=f"use {known[0]}")
    return name or known[0]


def parser(name: str = "") -> Parser:
    """Load an installed pipeline, the preferred one if `name` is empty; takes a second. Raises NoParser."""
    import spacy

    chosen = chosen_parser(name)
    try:
        pipeline = spacy.load(chosen)
    except (OSError, ValueError) as error:
        what = f"the pipeline “{chosen}” can't be loaded ({error})"
        raise NoParser(what, hint="reinstall it, or use another one") from error
    return Parser(chosen, str(pipeline.meta.get("version", "")), pipeline.lang or "", pipeline)


def _whole(text: str, parts: Sequence[tuple[int, "Doc"]], language: str) -> ParsedText:
    """Return the pieces of a text (offset, parsed) as one parsed text."""
    words: list[Word] = []
    sentences: list[WordRange] = []
    entities: list[EntitySpan] = []
    for offset, doc in parts:
        # White space is a token of spaCy's, and none of ours: `place` leads from its indices to ours.
        place = list(accumulate((not token.is_space for token in doc), initial=len(words)))
        numbers = [-1] * len(doc)
        for sentence in doc.sents:
            first, last = place[sentence.start], place[sentence.end]
            if first < last:
                numbers[sentence.start : sentence.end] = [len(sentences)] * (sentence.end - sentence.start)
                sentences.append(WordRange(first, last))
        for token in doc:
            if token.is_space:
                continue
            head = token.head.i
            words.append(
                Word(
                    offset + token.idx,
                    offset + token.idx + len(token),
                    token.text,
                    token.lemma_,
                    token.pos_,
                    token.tag_,
                    token.dep_,
                    place[token.i] if doc[head].is_space else place[head],
                    token.ent_type_,
                    numbers[token.i],
                )
            )
        entities.extend(
            EntitySpan(place[entity.start], place[entity.end], entity.label_)
            for entity in doc.ents
            if place[entity.start] < place[entity.end]
        )
    return ParsedText(text, tuple(words), tuple(sentences), tuple(entities), language)

"""What a reference says between two things that the text says, and the text leaves out."""

from collections.abc import Iterable, Iterator

from app.nlp.parsed_text import ParsedText, Word
from app.suggesters.hints.comparison import Comparison
from app.suggesters.hints.coverage import told
from app.suggesters.hints.hint import Hint, HintKind
from app.suggesters.hints.lexicon import lexicon
from app.suggesters.hints.rule import Tier

_NEIGHBOUR = 0.35
_TOLD = 0.45
"""From this similarity on, a sentence of the text says what one of the reference says."""
_LEAST_TOLD = 0.6  # of the reference's sentences
_LEAST_LENGTH = 0.5  # of the reference's words; a shorter text is a summary
_LEAST_MISSING = 3  # words that tell something
_SHARE_MISSING = 0.7
_TELLING = 6.0  # idf
_LONGEST_QUOTE = 80  # characters


class OmissionRule:
    """Finds sentences of a reference without a counterpart in the text."""

    name = "omission"
    title = "What the text leaves out of the reference"
    version = "1"
    needs = "a reference that the text tells most of"
    tier = Tier.LEAD
    kinds = (HintKind.OMISSION,)
    help = (
        "Where a text tells most of a reference, this points at the place where a sentence of it is left out, right "
        "behind the sentence that tells what stands before. What is missing are its names, numbers and rare words. "
        "Texts that are far shorter than their reference are passed over: a summary leaves things out on purpose."
    )

    def hints(self, comparison: Comparison) -> Iterable[Hint]:
        """See `HintRule`."""
        for number, reference in enumerate(comparison.references):
            if len(comparison.parsed.words) >= _LEAST_LENGTH * len(reference.parsed.words):
                yield from _left_out(comparison, number)


def _left_out(comparison: Comparison, number: int) -> Iterator[Hint]:
    reference = comparison.references[number].parsed
    sentences = told(comparison)[number]
    missing = [at for at in range(len(sentences)) if _is_missing(comparison, number, at)]
    if len(sentences) - len(missing) < _LEAST_TOLD * len(sentences):
        return
    for sentence in missing:
        before = sentences[sentence - 1] if sentence and sentence - 1 not in missing else ()
        if before and before[0].score >= _NEIGHBOUR:
            first, last = reference.sentences[sentence]
            said = reference.span_text(first, last)
            place = comparison.parsed.end_of(comparison.parsed.sentences[before[0].sentence].last)
            yield Hint(
                HintKind.OMISSION,
                place,
                place,
                f"The text doesn’t say what the reference says here: “{_shortened(said)}”.",
                correction=said,
                evidence=(comparison.place(number, first, last),),
                score=round(min(1.0, before[0].score), 3),
            )


def _is_missing(comparison: Comparison, number: int, sentence: int) -> bool:
    """Return whether the text has neither a sentence like one of a reference, nor most of the words that tell it."""
    counterparts = told(comparison)[number][sentence]
    if counterparts and counterparts[0].score >= _TOLD:
        return False
    telling = [word for word in comparison.references[number].parsed.sentence_words(sentence) if _tells(word)]
    known = comparison.text.get(_forms)
    unsaid = [word for word in telling if not {word.lemma.lower(), word.text.lower()} & known]
    return len(unsaid) >= max(_LEAST_MISSING, _SHARE_MISSING * len(telling))


def _tells(word: Word) -> bool:
    if word.pos in ("NUM", "PROPN"):
        return True
    return word.pos in ("NOUN", "VERB", "ADJ") and lexicon().idf(word.lemma) >= _TELLING


def _forms(parsed: ParsedText) -> frozenset[str]:
    return frozenset(form for word in parsed.words for form in (word.lemma.lower(), word.text.lower()))


def _shortened(said: str) -> str:
    return said if len(said) <= _LONGEST_QUOTE else said[:_LONGEST_QUOTE].rsplit(" ", 1)[0] + " …"

"""Sentences that no reference speaks of, between sentences that one does."""

from collections.abc import Iterable

from app.nlp.parsed_text import ParsedText
from app.suggesters.hints.comparison import Comparison
from app.suggesters.hints.coverage import covered_share
from app.suggesters.hints.hint import Hint, HintKind
from app.suggesters.hints.lexicon import lexicon
from app.suggesters.hints.rule import Tier

_NO_COUNTERPART = 0.2
_NEIGHBOUR = 0.35
_LEAST_COVERED = 0.5
_LEAST_WORDS = 4  # that tell something
_TELLING = 6.0  # idf


class UnsupportedRule:
    """Finds sentences without a counterpart."""

    name = "unsupported"
    title = "Sentences that the reference doesn’t support"
    version = "1"
    needs = "a reference that covers most of the text"
    tier = Tier.LEAD
    kinds = (HintKind.UNSUPPORTED,)
    help = (
        "Marks a sentence that has no counterpart in a reference, if the sentences around it have one and most of the "
        "text is covered. Opinions and transitions look the same; about one in three is an error."
    )

    def hints(self, comparison: Comparison) -> Iterable[Hint]:
        """See `HintRule`."""
        if not comparison.references or covered_share(comparison) < _LEAST_COVERED:
            return
        text = comparison.parsed
        scores = [_best(comparison, sentence) for sentence in range(len(text.sentences))]
        for sentence, score in enumerate(scores):
            around = scores[max(0, sentence - 1) : sentence] + scores[sentence + 1 : sentence + 2]
            if score < _NO_COUNTERPART and min(around, default=0.0) >= _NEIGHBOUR and _tells(text, sentence):
                first, last = text.sentences[sentence]
                yield Hint(
                    HintKind.UNSUPPORTED,
                    text.start_of(first),
                    text.end_of(last),
                    "No reference says anything like this, though they cover what stands around it.",
                    score=round(min(1.0, 0.5 + min(around) - score), 3),
                )


def _best(comparison: Comparison, sentence: int) -> float:
    found = comparison.counterparts(sentence)
    return found[0].score if found else 0.0


def _tells(text: ParsedText, sentence: int) -> bool:
    words = text.sentence_words(sentence)
    telling = [word for word in words if word.text.isalpha() and lexicon().idf(word.lemma) >= _TELLING]
    return len(telling) >= _LEAST_WORDS and not words[-1].text.startswith("?")

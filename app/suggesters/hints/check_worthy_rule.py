"""Sentences that claim something that can be checked, and that someone may want to have checked."""

from collections.abc import Iterable

from app.nlp.parsed_text import ParsedText, Word
from app.suggesters.hints.comparison import Comparison
from app.suggesters.hints.hint import Hint, HintKind
from app.suggesters.hints.predicates import Certainty, Predicate, predicates
from app.suggesters.hints.quotations import quoted_words
from app.suggesters.hints.rule import Tier
from app.suggesters.hints.word_set import word_set

_WORTHY = 4
_LEAST_WORDS = 6
_FIGURES = word_set("PERCENT MONEY QUANTITY CARDINAL ORDINAL")
_AGENTS = word_set("PERSON ORG GPE NORP")
_TIMES = word_set("DATE TIME")
_CAUSAL = word_set(
    """
    cause lead result trigger prevent reduce increase raise lower cut boost double halve triple kill save create destroy
    improve worsen rise fall drop grow decline exceed cost spend lose gain win ban approve reject vote sign arrest
    charge convict attack invade bomb withdraw steal fire resign elect
    """
)
_SUPERLATIVES = ("JJS", "RBS")
_COMPARATIVES = ("JJR", "RBR")
_OPINION = word_set(
    """
    think believe hope feel guess suppose love like hate want wish should beautiful wonderful terrible awful great nice
    perhaps maybe
    """
)
_FIRST_PERSON = word_set("i me my mine we our us you your")


class CheckWorthyRule:
    """Finds claims that are worth checking."""

    name = "check_worthy"
    title = "Claims worth checking"
    version = "1"
    needs = ""
    tier = Tier.LEAD
    kinds = (HintKind.CHECK_WORTHY,)
    help = (
        "Marks sentences that state a fact with figures, named people, organisations or places, a date, a comparison, "
        "or a cause and its effect. Needs no reference. Questions, wishes, opinions and what the writer says of "
        "themselves are passed over."
    )

    def hints(self, comparison: Comparison) -> Iterable[Hint]:
        """See `HintRule`."""
        text = comparison.parsed
        by_sentence: dict[int, list[Predicate]] = {}
        for predicate in comparison.text.get(predicates):
            by_sentence.setdefault(predicate.sentence, []).append(predicate)
        quoted = comparison.text.get(quoted_words)
        for sentence, (first, last) in enumerate(text.sentences):
            signs = _signs(text, sentence, by_sentence.get(sentence, ()), quoted)
            points = sum(signs.values())
            if points >= _WORTHY:
                named = [name for name, value in signs.items() if value > 0]
                yield Hint(
                    HintKind.CHECK_WORTHY,
                    text.start_of(first),
                    text.end_of(last),
                    f"This can be checked: it has {_listed(named)}.",
                    score=round(min(1.0, points / 8), 3),
                )


def _signs(text: ParsedText, sentence: int, said: Iterable[Predicate], others: frozenset[int]) -> dict[str, int]:
    """Return what speaks for a sentence being worth a check, and against it, in points."""
    first, last = text.sentences[sentence]
    words = text.words[first:last]
    if len(words) < _LEAST_WORDS or words[-1].text.startswith("?"):
        return {}
    labels = {entity.label for entity in text.entities if first <= entity.first < last}
    stated = [
        each
        for each in said
        if each.asserted and not each.quoted and each.certainty in (Certainty.FACT, Certainty.FUTURE)
    ]
    quoted = sum(at in others for at in range(first, last))
    return {
        "figures": 2 * bool(labels & _FIGURES or any(word.pos == "NUM" for word in words)),
        "named agents": 1 + (len(labels & _AGENTS) > 1) if labels & _AGENTS else 0,
        "a time": int(bool(labels & _TIMES)),
        "a fact": int(bool(stated)),
        "an effect": int(any(each.lemma.partition(" ")[0] in _CAUSAL for each in stated)),
        "a comparison": int(any(_compares(words, at) for at in range(len(words)))),
        "": -2 * any(_is_opinion(word) for word in words) - (quoted > len(words) / 2) - 3 * (not stated),
    }


def _compares(words: tuple[Word, ...], at: int) -> bool:
    following = words[at + 1].text.lower() if at + 1 < len(words) else ""
    return words[at].tag in _SUPERLATIVES or (words[at].tag in _COMPARATIVES and following == "than")


def _is_opinion(word: Word) -> bool:
    return word.lemma.lower() in _OPINION or word.text.lower() in _FIRST_PERSON


def _listed(names: list[str]) -> str:
    *others, final = names
    return f"{', '.join(others)} and {final}" if others else final

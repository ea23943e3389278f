"""Names that the reference spells in another way: “Puttin” for “Putin”."""

from collections.abc import Iterable
from typing import NamedTuple

from app.nlp.parsed_text import ParsedText, Word
from app.suggesters.hints.comparison import Comparison
from app.suggesters.hints.hint import Hint, HintKind, ReferencePlace
from app.suggesters.hints.known_names import KnownNames, known_names
from app.suggesters.hints.lexicon import lexicon
from app.suggesters.hints.name_facts import GENERIC
from app.suggesters.hints.name_spelling import folded
from app.suggesters.hints.name_topic import is_on_topic
from app.suggesters.hints.named_text import NamedText
from app.suggesters.hints.names import NOT_NAMES, Name, NameSort
from app.suggesters.hints.rule import Tier
from app.suggesters.hints.spelling_error import right_spellings

_LEAST_LENGTH = 4
_RARE = 20_000  # words that are more frequent are what a sentence may begin with
_ENDS_OF_NAMES = ("'s", "’s", "'", "’")


class _Spelling(NamedTuple):
    """A word of a reference, by index, as that reference spells it."""

    reference: int
    word: int
    text: str


class NameRule:
    """Finds names that no reference spells so, but that are nearly spelt like a name that one has."""

    name = "name"
    title = "Names that the reference spells otherwise"
    version = "2"
    needs = "a reference"
    tier = Tier.SURE
    kinds = (HintKind.NAME,)
    help = (
        "A capitalised word that no reference has, and that differs in a letter or two from part of a name in a "
        "reference: “Puttin” for “Putin”. Plurals, possessives, peoples and other derived words, other usual spellings "
        "(“Kyiv”, “Zelenskyy”), and words that are known names of their own are passed over."
    )

    def hints(self, comparison: Comparison) -> Iterable[Hint]:
        """See `HintRule`."""
        if not comparison.references:
            return
        known = comparison.get(known_names)
        parsed = comparison.parsed
        named = {index: name for name in comparison.text.get(NamedText).names for index in range(name.first, name.last)}
        seen: dict[str, _Spelling | None] = {}
        for index, word in enumerate(parsed.words):
            token = _token(word)
            if not token or known.has_word(token) or not _may_be_name(parsed, index, token, index in named):
                continue
            if token not in seen:
                right = right_spellings(token, known)
                seen[token] = _usual(comparison, right) if right else None
            spelling = seen[token]
            if spelling is None or _beside(parsed, index, spelling.text):
                continue
            sentence = Name(index, index + 1, (token,), NameSort.UNKNOWN, word.sentence)
            name = named.get(index, sentence)
            if _is_known_otherwise(name, token, known) and is_on_topic(comparison, name, or_alone=True):
                yield _hint(comparison, index, spelling)


def _is_known_otherwise(name: Name, token: str, known: KnownNames) -> bool:
    """Return whether the references have another part of a name, or one as misspelt, if it has other parts at all.

    “Stefan Oberle” isn't the “Stephane” of a reference that has no Oberle.
    """
    others = [part for part in name.tokens if part != token and part not in GENERIC and len(part) > 1]
    return not others or any(known.has_part(part) or right_spellings(part, known) for part in others)


def _token(word: Word) -> str:
    if not word.text[0].isupper() or len(word.text) < _LEAST_LENGTH:
        return ""
    token = folded(word.text)
    return token if token.isalpha() and token not in NOT_NAMES and token not in GENERIC else ""


def _may_be_name(parsed: ParsedText, index: int, token: str, is_named: bool) -> bool:
    word = parsed.words[index]
    first = parsed.sentences[word.sentence].first
    opens = index == first or not parsed.words[index - 1].text[-1].isalnum()
    rank = lexicon().rank(token)
    is_common = rank is not None and rank < _RARE
    if opens and is_common:
        return is_named and word.pos == "PROPN"
    return is_named or word.pos == "PROPN" or not is_common


def _usual(comparison: Comparison, right: list[tuple[float, str]]) -> _Spelling | None:
    """Return the place where a reference has the right spelling: of equally alike ones, that which is more frequent."""
    best = right[0][0]
    found: dict[str, list[_Spelling]] = {part: [] for score, part in right if score == best}
    for number, reference in enumerate(comparison.references):
        for name in reference.get(NamedText).names:
            for index in range(name.first, name.last):
                text = reference.parsed.words[index].text
                if (part := folded(text)) in found:
                    found[part].append(_Spelling(number, index, text))
    places = max((found[part] for part in sorted(found)), key=len, default=[])
    texts = [reference.text for reference in comparison.references]
    return min(places, key=lambda place: (place.word, texts[place.reference]), default=None)


def _beside(parsed: ParsedText, index: int, right: str) -> bool:
    """Return whether the sentence also has the other spelling: then they may be two names."""
    wanted = folded(right)
    return any(folded(word.text) == wanted for word in parsed.sentence_words(parsed.words[index].sentence))


def _hint(comparison: Comparison, index: int, spelling: _Spelling) -> Hint:
    word = comparison.parsed.words[index]
    wrong, right = _bare(word.text), _bare(spelling.text)
    if wrong.isupper() and len(wrong) > 1:
        right = right.upper()
    elif right.isupper():
        right = right.capitalize()
    place = comparison.references[spelling.reference].parsed.words[spelling.word]
    evidence = ReferencePlace(spelling.reference, place.start, place.start + len(_bare(spelling.text)))
    reason = f"The reference spells this name “{_bare(spelling.text)}”."
    return Hint(HintKind.NAME, word.start, word.start + len(wrong), reason, right, (evidence,), 1.0)


def _bare(text: str) -> str:
    for ending in _ENDS_OF_NAMES:
        text = text.removesuffix(ending)
    return text

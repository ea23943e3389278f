"""What a person may mean by a word of a selection: the rules for a token among which they choose."""

from typing import NamedTuple

import msgspec

from app.core.token_pattern import TokenRule, TokenTest, kind_word, token_words

NUMBER = TokenRule((TokenTest("LIKE_NUM", ("true",)),))
NAME = TokenRule((TokenTest("POS", ("PROPN",)),), most=None)
ANYTHING = TokenRule()
_COMMON = (("any number", NUMBER), ("any name", NAME), ("anything", ANYTHING))
_SAID_OTHERWISE = ("PROPN", "NUM", "PUNCT", "SYM", "SPACE", "X")


class TokenChoice(NamedTuple):
    """A rule, and what it is called."""

    title: str
    rule: TokenRule


class TokenWord(NamedTuple):
    """A word of a selection with its lemma and part of speech, empty where nothing knows them."""

    text: str
    lemma: str = ""
    pos: str = ""


def choices_for(word: TokenWord) -> list[TokenChoice]:
    """Return what a word may stand for, the narrowest first but for the form that it has here."""
    found = [TokenChoice(f"“{word.text}”, in any case", TokenRule((TokenTest("LOWER", (word.text.lower(),)),)))]
    found.append(TokenChoice(f"exactly “{word.text}”", TokenRule((TokenTest("TEXT", (word.text,)),))))
    if word.lemma:
        found.append(TokenChoice(f"any form of “{word.lemma}”", TokenRule((TokenTest("LEMMA", (word.lemma,)),))))
    if word.pos and word.pos not in _SAID_OTHERWISE:
        found.append(TokenChoice(f"any {kind_word(word.pos)}", TokenRule((TokenTest("POS", (word.pos,)),))))
    return [*found, *(TokenChoice(*each) for each in _COMMON)]


def choices_with(rule: TokenRule) -> list[TokenChoice]:
    """Return what a token of a pattern that exists may be: what it is, or what any may be."""
    needed = with_optional(rule, optional=False)
    others = [TokenChoice(*each) for each in _COMMON if each[1] != needed]
    return [TokenChoice(token_words([needed]), needed), *others]


def with_optional(rule: TokenRule, *, optional: bool) -> TokenRule:
    """Return a rule for a token that may be missing, or must be there at least once."""
    if rule.is_not or optional is (rule.least == 0):
        return rule
    return msgspec.structs.replace(rule, least=0 if optional else 1)

"""Patterns of tokens: a checked part of what spaCy's Matcher takes (https://spacy.io/api/matcher#patterns).

A pattern is a row of tokens. Each has tests, which must all hold, and says how often it may come. Files from strangers
are read by `read_tokens`, which takes nothing that isn't known here. `nlp/token_matches.py` finds what it returns.
"""

import re
from collections.abc import Sequence
from typing import Any, cast

import msgspec

from app.core.errors import EditRejected

MOST_TOKENS, MOST_PLACES, MOST_WORDS, LONGEST_WORD = 20, 60, 200, 100
"""Tokens of a pattern; places that they can fill, with what is repeated; words of a test; characters of one."""

_WORD_KEYS = ("TEXT", "LOWER", "LEMMA", "POS", "TAG", "ENT_TYPE", "SHAPE")
_FLAG_KEYS = ("IS_DIGIT", "LIKE_NUM", "IS_PUNCT", "IS_TITLE", "IS_UPPER", "IS_ALPHA")
KEYS = (*_WORD_KEYS, *_FLAG_KEYS)
"""What can be asked of a token, as spaCy names it."""

_ALIASES = {"ORTH": "TEXT"}
_REPEATS: dict[str, tuple[int, int | None]] = {"1": (1, 1), "?": (0, 1), "*": (0, None), "+": (1, None)}
_COUNTED = re.compile(r"\{(\d{1,2})(?:(,)(\d{1,2})?)?\}|\{,(\d{1,2})\}")
_SETS = {"IN": False, "NOT_IN": True}
_HINT = f"known are {', '.join(KEYS)}, OP, and IN or NOT_IN"


class TokenTest(msgspec.Struct, frozen=True, gc=False):
    """What a token must be: `key` (of KEYS) has one of the `values`, or with `is_not` none of them.

    Flags have the value `true` or `false`.
    """

    key: str
    values: tuple[str, ...]
    is_not: bool = False

    @property
    def is_flag(self) -> bool:
        """Whether it asks for true or false."""
        return self.key in _FLAG_KEYS


class TokenRule(msgspec.Struct, frozen=True, gc=False):
    """A token of a pattern: it passes all `tests` (any token does without), and comes `least` to `most` times (None:
    any number). With `is_not` it is one token that doesn't pass them all.
    """

    tests: tuple[TokenTest, ...] = ()
    least: int = 1
    most: int | None = 1
    is_not: bool = False


Tokens = tuple[TokenRule, ...]


def read_tokens(raw: object) -> Tokens:
    """Return the pattern in a value that spaCy's Matcher takes: a list of objects. Raises EditRejected for what isn't
    known here, is too long, or asks nothing.
    """
    if not isinstance(raw, list) or not raw:
        raise EditRejected("a pattern of tokens is a list of at least one token", hint=_HINT)
    items = cast("list[object]", raw)
    if len(items) > MOST_TOKENS:
        raise EditRejected(f"the pattern has {len(items):,} tokens, {MOST_TOKENS} at most", hint="use a shorter one")
    return checked_tokens(tuple(_token(item, at + 1) for at, item in enumerate(items)))


def checked_tokens(tokens: Tokens) -> Tokens:
    """Return a pattern that asks something and isn't too long; raises EditRejected for others."""
    if not tokens or all(rule.least == 0 for rule in tokens):
        raise EditRejected("every token of the pattern may be missing", hint="let one be there for sure")
    if not any(rule.tests and rule.least for rule in tokens):
        raise EditRejected("the pattern asks nothing of any token that is there", hint="let it ask for a word at least")
    if sum(max(rule.least, rule.most or 1) for rule in tokens) > MOST_PLACES:
        raise EditRejected(f"the pattern repeats tokens too often, {MOST_PLACES} in all at most", hint="use * or +")
    return tokens


def _token(item: object, number: int) -> TokenRule:
    where = f"token {number} of the pattern"
    if not isinstance(item, dict):
        raise EditRejected(f"{where} isn't an object", hint=_HINT)
    fields = cast("dict[object, object]", item)
    least, most, is_not = _repeat(fields.get("OP", "1"), where)
    tests: list[TokenTest] = []
    for name, value in fields.items():
        key = _ALIASES.get(str(name).upper(), str(name).upper())
        if key != "OP":
            tests += _tests(key, value, where)
    return TokenRule(tuple(tests), least, most, is_not)


def _repeat(op: object, where: str) -> tuple[int, int | None, bool]:
    if op == "!":
        return 1, 1, True
    if isinstance(op, str) and op in _REPEATS:
        return (*_REPEATS[op], False)
    found = _COUNTED.fullmatch(op) if isinstance(op, str) else None
    if found is None:
        raise EditRejected(f"{where} has an OP that isn't known: {str(op)[:20]}", hint="use 1, ?, *, +, ! or {2,4}")
    low, comma, high, only_high = found.groups()
    if only_high is not None:
        least, most = 0, int(only_high)
    else:
        least = int(low)
        most = least if comma is None else int(high) if high else None
    if most is not None and (most < least or most == 0):
        raise EditRejected(f"{where} comes at most {most} times, at least {least}", hint="let it come")
    return least, most, False


def _tests(key: str, value: object, where: str) -> list[TokenTest]:
    if key not in KEYS:
        raise EditRejected(f"{where} asks for {key[:30]}, which isn't supported here", hint=_HINT)
    if key in _FLAG_KEYS:
        if not isinstance(value, bool):
            raise EditRejected(f"{where}: {key} is true or false", hint=_HINT)
        return [TokenTest(key, (str(value).lower(),))]
    if isinstance(value, str):
        return [TokenTest(key, (_word(value, key, where),))]
    if not isinstance(value, dict) or not value or not set(cast("dict[str, object]", value)) <= set(_SETS):
        what = f"{where}: {key} is a word, or IN or NOT_IN with a list of words; regular expressions aren't supported"
        raise EditRejected(what, hint=_HINT)
    given = cast("dict[str, object]", value)
    return [TokenTest(key, _words(words, key, where), _SETS[name]) for name, words in given.items()]


def _words(raw: object, key: str, where: str) -> tuple[str, ...]:
    if not isinstance(raw, list) or not raw or len(cast("list[object]", raw)) > MOST_WORDS:
        raise EditRejected(f"{where}: {key} has a list of 1 to {MOST_WORDS} words", hint=_HINT)
    return tuple(dict.fromkeys(_word(each, key, where) for each in cast("list[object]", raw)))


def _word(raw: object, key: str, where: str) -> str:
    if not isinstance(raw, str) or len(raw) > LONGEST_WORD or "\0" in raw:
        raise EditRejected(f"{where}: {key} is a word of at most {LONGEST_WORD} characters", hint=_HINT)
    return raw.lower() if key == "LOWER" else raw


def spacy_tokens(tokens: Tokens) -> list[dict[str, Any]]:
    """Return a pattern as spaCy's Matcher takes it."""
    return [_spacy_token(rule) for rule in tokens]


def _spacy_token(rule: TokenRule) -> dict[str, Any]:
    made: dict[str, Any] = {}
    for key in dict.fromkeys(test.key for test in rule.tests):
        tests = [test for test in rule.tests if test.key == key]
        first = tests[0]
        if first.is_flag:
            made[key] = first.values == ("true",)
        elif len(tests) == 1 and len(first.values) == 1 and not first.is_not:
            made[key] = first.values[0]
        else:
            made[key] = {("NOT_IN" if test.is_not else "IN"): list(test.values) for test in tests}
    op = _op(rule)
    return made | ({"OP": op} if op != "1" else {})


def _op(rule: TokenRule) -> str:
    if rule.is_not:
        return "!"
    known = next((op for op, repeat in _REPEATS.items() if repeat == (rule.least, rule.most)), "")
    return known or f"{{{rule.least},{'' if rule.most is None else rule.most}}}"


def token_words(tokens: Sequence[TokenRule]) -> str:
    """Return a pattern in words, as lists show it: `any form of “slave”, “trade” (optional)`."""
    return ", ".join(_rule_words(rule) for rule in tokens)


_FLAGS = {
    "IS_DIGIT": "digits",
    "LIKE_NUM": "a number",
    "IS_PUNCT": "a punctuation mark",
    "IS_TITLE": "a capitalised word",
    "IS_UPPER": "a word in capitals",
    "IS_ALPHA": "a word of letters",
}
_HOW = {"TEXT": "exactly ", "LOWER": "", "LEMMA": "any form of ", "POS": "any ", "TAG": "any ", "ENT_TYPE": "any "}
_KINDS = {
    "PROPN": "name",
    "NOUN": "noun",
    "VERB": "verb",
    "ADJ": "adjective",
    "ADV": "adverb",
    "NUM": "number",
    "ADP": "preposition",
    "DET": "article",
    "PRON": "pronoun",
    "AUX": "auxiliary verb",
    "PUNCT": "punctuation mark",
}


def kind_word(kind: str) -> str:
    """Return a part of speech of Universal Dependencies (https://universaldependencies.org/u/pos/) in plain words."""
    return _KINDS.get(kind, kind)


def _rule_words(rule: TokenRule) -> str:
    said = " that is ".join(_test_words(test) for test in rule.tests) or "anything"
    said = f"not {said}" if rule.is_not else said
    times = {(1, 1): "", (0, 1): " (optional)", (0, None): " (any number of times)", (1, None): " (once or more)"}
    most = "or more" if rule.most is None else f"to {rule.most}"
    return said + times.get((rule.least, rule.most), f" ({rule.least} {most} times)")


def _test_words(test: TokenTest) -> str:
    if test.is_flag:
        return _FLAGS[test.key] if test.values == ("true",) else f"not {_FLAGS[test.key]}"
    values = [kind_word(each) for each in test.values] if test.key == "POS" else [f"“{each}”" for each in test.values]
    if test.key == "SHAPE":
        return f"{'not ' if test.is_not else ''}a word like {' or '.join(values)}"
    return f"{'not ' if test.is_not else ''}{_HOW[test.key]}{' or '.join(values)}"

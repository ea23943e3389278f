"""Words as search knows them: runs of letters in scripts that set spaces between words. In the others, such as Chinese,
Thai and Korean, whose particles join the word, a term is found anywhere in a run.
"""

import re
from collections.abc import Callable, Iterator
from functools import cache
from typing import NamedTuple
from unicodedata import category

from app.core.search_folding import character_class

# Thai, Lao, Tibetan, Burmese, Hangul, Khmer, Tai, Balinese, Han and kana, Yi, Javanese; then later blocks of these.
_UNSPACED = (
    "\u0e00-\u0fff\u1000-\u109f\u1100-\u11ff\u1780-\u17ff\u1950-\u19ff\u1a20-\u1aaf\u1b00-\u1b7f\u2e80-\u2fdf"
    "\u3005-\u3007\u3021-\u302f\u3031-\u3035\u3038-\u303c\u3040-\u318f\u31a0-\u31bf\u31f0-\u31ff\u3400-\u4dbf"
    "\u4e00-\ua4cf\ua960-\ua9ff\uaa60-\uaadf\uac00-\ud7ff\uf900-\ufaff\uff66-\uffdc"
    "\U00016fe0-\U00018cff\U0001aff0-\U0001b2ff\U00020000-\U0003ffff"
)
_unspaced = re.compile(f"([{_UNSPACED}]+)")
_SURVEYED = (range(0x300, 0x3100), range(0xA640, 0xAC00), range(0xFB00, 0xFE30))


class WordRun(NamedTuple):
    """A run of letters of scripts with spaces between words, or of those without."""

    text: str
    is_spaced: bool


def word_runs(text: str) -> Iterator[WordRun]:
    """Yield the words of a text, without what is between them; of scripts without spaces, all that stands together."""
    for run in _runs().findall(text):
        if _unspaced.search(run) is None:
            yield WordRun(run, is_spaced=True)
            continue
        for number, part in enumerate(_unspaced.split(run)):
            if part:
                yield WordRun(part, is_spaced=not number % 2)


def with_runs_replaced(text: str, made: Callable[[str], str]) -> str:
    """Return the words of a text, apart, with each run of a script without spaces replaced by what is made of it."""
    return _unspaced.sub(lambda run: f" {made(run[0])} ", _signs().sub(" ", text))


@cache
def is_spaced(char: str) -> bool:
    """Whether a character is part of a word in a script with spaces between words."""
    return _runs().match(char) is not None and _unspaced.match(char) is None


def is_edge(text: str, at: int) -> bool:
    """Whether a word can begin or end at an offset: it isn't inside of one."""
    return at <= 0 or at >= len(text) or not (is_spaced(text[at]) and is_spaced(text[at - 1]))


@cache
def _signs() -> re.Pattern[str]:
    return re.compile(f"[^\\w{_marks()}{_UNSPACED}]+")


@cache
def _runs() -> re.Pattern[str]:
    return re.compile(f"[\\w{_marks()}{_UNSPACED}]+")


@cache
def _marks() -> str:
    """Return the marks, such as the vowel signs of many scripts, which \\w leaves out."""
    return character_class(code for span in _SURVEYED for code in span if category(chr(code))[0] == "M")

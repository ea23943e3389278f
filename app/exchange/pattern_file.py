"""Files of patterns, as spaCy's entity ruler and Prodigy have them: JSONL with `label`, `pattern` and maybe `id`.

A pattern is a string, whose words are meant as they are, or a list of tokens (https://spacy.io/usage/rule-based-matching#entityruler-files).
What Stet knows beyond that stands under `stet`, which the others pass over.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import msgspec

from app.core.errors import EditRejected, FormatError
from app.core.scheme import Scheme
from app.core.suggestion_pattern import MOST_PATTERNS, PatternMatch, SuggestionPattern, checked_pattern
from app.core.token_pattern import TokenRule, TokenTest, read_tokens, spacy_tokens
from app.exchange.json_lines import explained, lines
from app.exchange.json_records import object_of, placed
from app.nlp.word_kinds import WordKind

_LONGEST_LINE = 1 << 20


class _Own(msgspec.Struct, omit_defaults=True):
    layer: str = ""
    match: PatternMatch | None = None
    words: str = ""
    correction: str | None = None
    severity: str | None = None
    note: str = ""


def read_patterns(path: Path, scheme: Scheme, label: tuple[str, str] | None = None) -> list[SuggestionPattern]:
    """Return the patterns of a file, without uids. `label` (layer and label) is for all whose own the scheme lacks.

    Raises FormatError, with the line, for the first that can't be a pattern here.
    """
    found: list[SuggestionPattern] = []
    for line in lines(path):
        try:
            if len(line.data) > _LONGEST_LINE:
                raise FormatError("the line is longer than a pattern can be", hint="use shorter lists of words")
            if len(found) >= MOST_PATTERNS:
                raise FormatError(f"the file has more than {MOST_PATTERNS:,} patterns", hint="split it")
            found.append(_pattern(object_of(line, path), scheme, label))
        except EditRejected as error:
            raise placed(FormatError(error.what, hint=error.hint), line, path) from error
        except FormatError as error:
            raise placed(error, line, path) from error
    return found


def _pattern(fields: dict[str, Any], scheme: Scheme, label: tuple[str, str] | None) -> SuggestionPattern:
    own = _own(fields.get("stet"))
    layer, name = _label(str(fields.get("label", "")), own.layer, scheme, label)
    raw = fields.get("pattern")
    made = SuggestionPattern(
        uid="",
        words=own.words or (raw if isinstance(raw, str) else ""),
        match=PatternMatch.TOKENS,
        layer=layer,
        label=name,
        correction=own.correction,
        severity=own.severity,
        note=own.note,
    )
    if own.match is not None and own.match is not PatternMatch.TOKENS:
        made = msgspec.structs.replace(made, match=own.match)
    elif isinstance(raw, str):
        made = msgspec.structs.replace(made, match=PatternMatch.EXACT)
    else:
        made = msgspec.structs.replace(made, tokens=read_tokens(raw))
    return checked_pattern(made)


def _own(raw: object) -> _Own:
    try:
        return msgspec.convert(raw, _Own) if raw is not None else _Own()
    except msgspec.ValidationError as error:
        what, _ = explained(str(error), "stet")
        raise FormatError(what, hint="leave “stet” out, or take it as Stet wrote it") from error


def _label(name: str, layer: str, scheme: Scheme, instead: tuple[str, str] | None) -> tuple[str, str]:
    before, _, behind = name.partition(".")
    pairs = [(layer, name), (before, behind)] if layer else [(before, behind)]
    pairs += [(each.id, name) for each in scheme.text_layers]
    known = [pair for pair in pairs if all(pair) and scheme.label(*pair) is not None]
    if known:
        return known[0]
    if instead is None:
        raise FormatError(
            f"the scheme has no label “{name[:40]}”" if name else "the pattern has no label",
            hint="say with --label LAYER.LABEL what such patterns suggest",
            in_window="choose a label for such patterns",
        )
    return instead


def pattern_lines(patterns: Iterable[SuggestionPattern], kinds: Callable[[str], Sequence[WordKind]]) -> Iterator[bytes]:
    """Yield the lines of a file of patterns. `kinds` returns the tokens of words, with lemmas where these are known."""
    for each in patterns:
        line: dict[str, Any] = {"label": each.label, "pattern": _spacy_pattern(each, kinds), "id": each.uid}
        words = "" if each.match is PatternMatch.EXACT else each.words
        own = _Own(each.layer, each.match, words, each.correction, each.severity, each.note)
        yield msgspec.json.encode(line | {"stet": own}) + b"\n"


def _spacy_pattern(pattern: SuggestionPattern, kinds: Callable[[str], Sequence[WordKind]]) -> object:
    match pattern.match:
        case PatternMatch.EXACT:
            return pattern.words
        case PatternMatch.TOKENS:
            return spacy_tokens(pattern.tokens)
        case _:
            found = kinds(pattern.words)
            is_by_lemma = pattern.match is PatternMatch.LEMMA and all(each.lemma for each in found)
            return spacy_tokens(tuple(_as_rule(each, by_lemma=is_by_lemma) for each in found))


def _as_rule(word: WordKind, *, by_lemma: bool) -> TokenRule:
    return TokenRule((TokenTest("LEMMA", (word.lemma,)) if by_lemma else TokenTest("LOWER", (word.text.lower(),)),))

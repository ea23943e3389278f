"""Names of documents as people give them: exactly, without a text's ending, as a pattern such as `news-*`, or by id.

Names that are canonically the same, as those with composed and decomposed accents, are one name.
"""

import re
from collections.abc import Collection, Iterable, Mapping
from fnmatch import translate
from unicodedata import combining, normalize

_LONGEST_KEY, _DIGITS = 200, 12
_NUMBER = re.compile(r"[0-9]+")
_TEXT_ENDING = re.compile(r"\.(?:txt|text|md)\Z", re.IGNORECASE)


def canonical(name: str) -> str:
    """Return what is equal for names, labels and values that are canonically the same (Unicode's NFC)."""
    return name if name.isascii() else normalize("NFC", name)


def title_key(title: str) -> str:
    """Return by what titles are sorted as people expect it: without regard to case and accents, 9 before 10."""
    bare = "".join(letter for letter in normalize("NFKD", title[:_LONGEST_KEY].casefold()) if not combining(letter))
    return _NUMBER.sub(lambda number: number[0].zfill(_DIGITS), bare)


def named(wanted: Collection[str], documents: Iterable[tuple[str, str]]) -> dict[str, set[str]]:
    """Return, for each name that a person gave, the documents (uids) that they mean, of all, given by uid and name.

    What is the id or the whole name of a document means that one, though it may look like a pattern; then a name
    without the ending of a text file counts, then a pattern in which brackets are letters, then any pattern.
    """
    every = list(documents)
    by_name: dict[str, set[str]] = {}
    by_stem: dict[str, set[str]] = {}
    for uid, name in every:
        key = canonical(name)
        by_name.setdefault(key, set()).add(uid)
        by_stem.setdefault(_TEXT_ENDING.sub("", key), set()).add(uid)
    uids = {uid for uid, _ in every}
    return {given: _meant(canonical(given), given, uids, by_name, by_stem) for given in wanted}


def _meant(
    name: str,
    given: str,
    uids: Collection[str],
    by_name: Mapping[str, set[str]],
    by_stem: Mapping[str, set[str]],
) -> set[str]:
    if given in uids:
        return {given}
    for known in (by_name, by_stem):
        if name in known:
            return known[name]
    for pattern in (name.replace("[", "[[]"), name):
        fits = re.compile(translate(pattern)).match
        found = {uid for known, some in by_name.items() if fits(known) for uid in some}
        if found:
            return found
    return set()

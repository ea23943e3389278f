"""Lists of words that tell names from other words, from `resources/names/words.txt`."""

from functools import lru_cache

from app import paths


@lru_cache(1)
def _lists() -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    kind = ""
    for line in (paths.resources() / "names" / "words.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            kind = line.strip("[]")
        elif not line.startswith("#"):
            found.setdefault(kind, set()).update(line.split())
    return {name: frozenset(words) for name, words in found.items()}


@lru_cache
def word_list(kind: str) -> frozenset[str]:
    """Return the words, in lower case, of a kind: a heading of the file."""
    return _lists()[kind]

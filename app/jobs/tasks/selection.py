"""Selects documents by name."""

from collections.abc import Callable, Sequence
from fnmatch import fnmatchcase


def by_globs(globs: Sequence[str]) -> Callable[[str, str], bool]:
    """Return a predicate on uid and name of a document: equal to a uid, or matching a pattern such as `news-*`."""

    def is_meant(uid: str, name: str) -> bool:
        return not globs or any(uid == glob or fnmatchcase(name, glob) for glob in globs)

    return is_meant

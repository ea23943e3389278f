"""Splits an export into parts for training and testing, without a text or its reference occurring in two of them."""

import random
from collections.abc import Iterable

from app.core.errors import BadChoice

_NAMES = {2: ("train", "test"), 3: ("train", "dev", "test")}


class Split:
    """Shares of two or three parts, such as 80/10/10, and a random seed. Same project and seed give the same parts."""

    def __init__(self, shares: tuple[int, ...], *, seed: int = 0) -> None:
        self.shares = shares
        self.seed = seed
        self.names = _NAMES[len(shares)]

    @classmethod
    def parse(cls, text: str, *, seed: int = 0) -> "Split":
        """Parse `80/20` or `80/10/10`; no share is 0. Raises BadChoice."""
        parts = text.split("/")
        if len(parts) not in _NAMES or not all(map(_is_share, parts)):
            raise BadChoice(f"“{text}” isn't a split", hint="write 80/20 for train/test or 80/10/10 for train/dev/test")
        return cls(tuple(int(part) for part in parts), seed=seed)

    def assign(self, weights: dict[str, int], links: Iterable[tuple[str, str]]) -> dict[str, int]:
        """Return the index of each document's part.

        `weights` is the number of records by document (uid), in order of import; `links` are pairs of documents that
        must stay together. Connected documents are assigned together, to the part that is furthest below its share.
        """
        groups = list(_components(weights, links).values())
        random.Random(self.seed).shuffle(groups)
        # Large groups first: small ones can then still balance the parts. The sort is stable, so the shuffle decides
        # ties.
        groups.sort(key=lambda group: -sum(weights[uid] for uid in group))
        total = sum(weights.values())
        wanted = [total * share / sum(self.shares) for share in self.shares]
        parts: dict[str, int] = {}
        for group in groups:
            part = max(range(len(wanted)), key=lambda n: wanted[n])
            wanted[part] -= sum(weights[uid] for uid in group)
            parts.update(dict.fromkeys(group, part))
        return parts


def _is_share(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 10 and int(text) > 0


def _components(weights: dict[str, int], links: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    """Return the connected components, keyed by one of their documents; both levels in order of import."""
    parent: dict[str, str] = {}

    def root(uid: str) -> str:
        top = uid
        while (above := parent.get(top, top)) != top:
            top = above
        while (above := parent.get(uid, uid)) != top:
            parent[uid] = top
            uid = above
        return top

    # References connect documents even without a record of their own: texts with a common reference belong together.
    for one, other in links:
        parent[root(one)] = root(other)
    groups: dict[str, list[str]] = {}
    for uid in weights:
        groups.setdefault(root(uid), []).append(uid)
    return groups

"""Splits an export into parts for training and testing, without a text or its reference occurring in two of them."""

import random
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from enum import StrEnum

from app.core.errors import BadChoice

_NAMES = {2: ("train", "test"), 3: ("train", "dev", "test")}
Link = tuple[str, str]
"""Two documents (uids) that must be in one part."""


class Bond(StrEnum):
    """Why documents stay together; the values are kinds of findings."""

    REFERENCE = "shared-reference"
    SAME_TEXT = "same-text"
    NEAR_TEXT = "near-text"
    META = "same-meta"

    @property
    def words(self) -> str:
        """What documents are kept together, as a finding says it."""
        return f"documents kept in one part with others, as {_BONDS[self]}"


_BONDS = {
    Bond.REFERENCE: "they share a reference or evidence",
    Bond.SAME_TEXT: "their texts are the same",
    Bond.NEAR_TEXT: "their texts are nearly the same",
    Bond.META: "their metadata say that they belong together",
}


class Split:
    """Shares of two or three parts, such as 80/10/10, and a random seed. Same project and seed give the same parts.

    Documents with the same value of `group_by`, a key of metadata, stay together; empty means that none do for that.
    """

    def __init__(self, shares: tuple[int, ...], *, seed: int = 0, group_by: str = "") -> None:
        self.shares = shares
        self.seed = seed
        self.group_by = group_by
        self.names = _NAMES[len(shares)]

    @classmethod
    def parse(cls, text: str, *, seed: int = 0, group_by: str = "") -> "Split":
        """Parse `80/20` or `80/10/10`; no share is 0. Raises BadChoice."""
        parts = text.split("/")
        if len(parts) not in _NAMES or not all(map(_is_share, parts)):
            raise BadChoice(f"“{text}” isn't a split", hint="write 80/20 for train/test or 80/10/10 for train/dev/test")
        return cls(tuple(int(part) for part in parts), seed=seed, group_by=group_by)

    def assign(
        self,
        weights: Mapping[str, int],
        links: Iterable[Link],
        labels: Mapping[str, Collection[str]] | None = None,
    ) -> dict[str, int]:
        """Return the index of each document's part.

        `weights` is the number of records by document (uid), in order of import; `links` are pairs of documents that
        must stay together; `labels` are what its marks are called, none where there are no marks. Connected documents
        are assigned together. Labels are spread by the shares, the rarest first (Sechidis et al. 2011): each group with
        the label goes to the part that lacks most of it, and of those that lack the same to the one that is furthest
        below its share.
        """
        groups = list(connected(weights, links).values())
        random.Random(self.seed).shuffle(groups)
        # Large groups first: small ones can then still balance the parts. The sort is stable, so the shuffle decides
        # ties.
        groups.sort(key=lambda group: -sum(weights[uid] for uid in group))
        return _Dealer(self.shares, weights, labels or {}).deal(groups)


class _Dealer:
    """Deals groups of documents to parts. What has no label counts as having one of its own."""

    def __init__(
        self, shares: Sequence[int], weights: Mapping[str, int], labels: Mapping[str, Collection[str]]
    ) -> None:
        self._weights = weights
        self._labels = labels
        total = sum(shares)
        self._shares = [share / total for share in shares]
        self._room = [sum(weights.values()) * share for share in self._shares]
        self._lack: dict[str, list[float]] = {}

    def deal(self, groups: list[list[str]]) -> dict[str, int]:
        """Return the part of each document."""
        has = [Counter(label for uid in group for label in self._labels_of(uid)) for group in groups]
        count: Counter[str] = Counter()
        by_label: dict[str, list[int]] = {}
        for number, labels in enumerate(has):
            count.update(labels)
            for label in labels:
                by_label.setdefault(label, []).append(number)
        self._lack = {label: [times * share for share in self._shares] for label, times in count.items()}
        parts: dict[str, int] = {}
        is_dealt = bytearray(len(groups))
        for label in sorted(by_label, key=lambda each: (len(by_label[each]), each)):
            for number in by_label[label]:
                if not is_dealt[number]:
                    is_dealt[number] = True
                    part = self._part_for(label)
                    self._take(part, groups[number], has[number])
                    parts.update(dict.fromkeys(groups[number], part))
        return parts

    def _labels_of(self, uid: str) -> Collection[str]:
        return self._labels.get(uid) or ("",)

    def _part_for(self, label: str) -> int:
        lack, room = self._lack[label], self._room
        return max(range(len(room)), key=lambda part: (room[part] > 0, lack[part], room[part]))

    def _take(self, part: int, group: Iterable[str], labels: Mapping[str, int]) -> None:
        self._room[part] -= sum(self._weights[uid] for uid in group)
        for label, times in labels.items():
            self._lack[label][part] -= times


def _is_share(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 10 and int(text) > 0


def connected(weights: Iterable[str], links: Iterable[Link]) -> dict[str, list[str]]:
    """Return the groups of documents (uids) that links connect, directly or by others that aren't among them.

    They are keyed by one of their documents; both levels are in the order given.
    """
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

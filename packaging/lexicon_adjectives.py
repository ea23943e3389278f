"""The table of adjectives of `resources/lexicon/`, from WordNet: which say much the same, and which are opposed.

`packaging/lexicon.py` writes it.

WordNet puts adjectives into clusters: a head such as "wet" with similar ones such as "rainy", opposed to the cluster of
"dry". The first lines, `cluster<TAB>opposites…`, give the clusters that a cluster is opposed to. After an empty line,
each line is `adjective<TAB>clusters…`, those of its most frequent senses in order. Clusters have numbers of ours.
"""

from collections.abc import Collection, Iterator
from typing import NamedTuple

SENSES = 4
_SIMILAR, _OPPOSED, _HEAD = "&", "!", "a"


class Cluster(NamedTuple):
    """What a synset's line says: whether it is a head, and the offsets of similar and of opposed ones."""

    is_head: bool
    similar: tuple[str, ...]
    opposed: tuple[str, ...]


def adjective_table(data: str, index: str, known: Collection[str]) -> str:
    """Return the table for the adjectives among known words, from WordNet's `data.adj` and `index.adj`."""
    synsets = dict(_synsets(data))
    numbers: dict[str, int] = {}

    def heads(offset: str) -> list[str]:
        found = synsets[offset]
        return [offset] if found.is_head else [other for other in found.similar if synsets[other].is_head]

    def number(head: str) -> str:
        return str(numbers.setdefault(head, len(numbers)))

    words: list[str] = []
    for adjective, offsets in sorted(_senses(index)):
        if adjective in known:
            clusters = dict.fromkeys(head for offset in offsets[:SENSES] for head in heads(offset))
            words.append("\t".join((adjective, *map(number, clusters))))
    opposites: list[str] = []
    for head in list(numbers):
        others = dict.fromkeys(above for other in synsets[head].opposed for above in heads(other))
        if others:
            opposites.append("\t".join((number(head), *map(number, others))))
    return "\n".join((*opposites, "", *words)) + "\n"


def _synsets(data: str) -> Iterator[tuple[str, Cluster]]:
    """Yield each synset by its offset (wndb(5WN) describes the fields)."""
    for line in data.splitlines():
        if line.startswith("  "):
            continue  # the licence
        fields = line.partition(" | ")[0].split()
        first = 5 + 2 * int(fields[3], 16)
        pointers = [fields[at : at + 3] for at in range(first, first + 4 * int(fields[first - 1]), 4)]
        adjectives = [(sign, offset) for sign, offset, part in pointers if part in ("a", "s")]
        yield (
            fields[0],
            Cluster(
                fields[2] == _HEAD,
                tuple(offset for sign, offset in adjectives if sign == _SIMILAR),
                tuple(offset for sign, offset in adjectives if sign == _OPPOSED),
            ),
        )


def _senses(index: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield each adjective with the offsets of its senses, the most frequent first."""
    for line in index.splitlines():
        if line.startswith("  "):
            continue
        fields = line.split()
        if fields[0].isalpha():
            yield fields[0], tuple(fields[-int(fields[2]) :])

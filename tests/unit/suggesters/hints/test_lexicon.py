import subprocess
import sys
from pathlib import Path

import pytest

from app import paths
from app.core.errors import StetError
from app.suggesters.hints.lexicon import Lexicon, WordTable, lexicon, read_antonyms

FOLDER = paths.resources() / "lexicon"


def test_ranks_are_those_of_frequency_whatever_the_case():
    words = lexicon()
    assert words.rank("the") == words.rank("THE") == 0
    known = [words.rank(word) for word in ("of", "president", "ceasefire", "extinguish")]
    assert known == sorted(rank for rank in known if rank is not None)


@pytest.mark.parametrize("word", ["", "zzzzqqqq", "\ud800", "\x00", "the the", "12", "é" * 1_000, "￿"])
def test_what_is_not_known_has_no_rank_and_no_likeness(word):
    words = lexicon()
    assert words.rank(word) is None
    assert words.similarity(word, "dog") is None
    assert words.antonyms(word) == frozenset()
    assert words.idf(word) > words.idf("extinguish")


def test_every_word_of_the_table_is_found_where_it_lies():
    content = (FOLDER / "words.bin").read_bytes()
    count = int.from_bytes(content[8:12], "little")
    starts = [int.from_bytes(content[at : at + 4], "little") for at in range(16, 16 + 4 * (count + 1), 4)]
    text = content[-starts[-1] :]
    words = [text[start:end] for start, end in zip(starts, starts[1:], strict=False)]
    assert count == 100_000
    assert words == sorted(set(words))
    table = WordTable(content)
    ranks = [table.rank(word.decode()) for word in (*words[:: count // 500], words[-1])]
    assert None not in ranks
    assert len(set(ranks)) == len(ranks)


def test_rare_words_say_more_than_frequent_ones():
    words = lexicon()
    said = [words.idf(word) for word in ("the", "said", "president", "ceasefire", "zzzzqqqq")]
    assert said == sorted(said)
    assert 0 < said[0] < 1
    assert 12 < said[-1] < 13


def test_likeness_is_a_cosine():
    words = lexicon()
    assert words.similarity("dog", "dog") == pytest.approx(1)
    alike, unlike = words.similarity("dog", "cat"), words.similarity("counterfeit", "consciousness")
    assert alike is not None
    assert unlike is not None
    assert alike > 0.8 > 0.2 > unlike
    assert words.similarity("cat", "dog") == alike


@pytest.mark.parametrize(
    ("one", "other", "part"),
    [("buy", "sell", "VERB"), ("increase", "decrease", "NOUN"), ("hot", "cold", "ADJ"), ("quickly", "slowly", "ADV")],
)
def test_antonyms_go_both_ways_and_have_a_part_of_speech(one, other, part):
    words = lexicon()
    assert words.are_antonyms(one, other, part)
    assert words.are_antonyms(other.title(), one.upper())
    assert other in words.antonyms(one)
    assert not words.are_antonyms(one, other, "PROPN")
    assert not words.are_antonyms(one, one)


@pytest.mark.parametrize(
    ("first", "second", "is_one"),
    [("attention", "span", True), ("Slave", "trade", True), ("intellect", "data", False), ("", "", False)],
)
def test_nouns_of_two_words_are_known(first, second, is_one):
    assert lexicon().is_compound(first, second) is is_one


def test_the_files_of_opposites_keep_to_their_form():
    for name in ("antonyms.tsv", "opposites.tsv"):
        lines = [line for line in (FOLDER / name).read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
        assert lines == sorted(set(lines))
        for line in lines:
            part, one, other = line.split("\t")
            assert part in {"NOUN", "VERB", "ADJ", "ADV"}
            assert one < other
            assert one.islower()
            assert other.islower()


def test_both_licences_lie_beside_what_they_are_of():
    assert "Public Domain Dedication and License" in (FOLDER / "LICENSE-GloVe.txt").read_text(encoding="utf-8")
    assert "WordNet 3.1 Copyright 2011 by Princeton University" in (FOLDER / "LICENSE-WordNet.txt").read_text("utf-8")


@pytest.mark.parametrize("cut", [0, 5, 16, 1_000, 6_000_000, -1])
def test_a_damaged_table_is_refused(cut):
    content = (FOLDER / "words.bin").read_bytes()
    with pytest.raises(StetError, match="damaged"):
        WordTable(content[:cut])


def test_a_damaged_list_of_antonyms_is_refused(tmp_path: Path):
    path = tmp_path / "antonyms.tsv"
    path.write_text("ADJ\thot\n", encoding="utf-8")
    with pytest.raises(StetError, match=r"antonyms\.tsv"):
        read_antonyms([path])


def test_a_small_table_is_read(tmp_path: Path):
    ranks = (7).to_bytes(4, "little") + (3).to_bytes(4, "little")
    starts = b"".join(number.to_bytes(4, "little") for number in (0, 1, 3))
    content = b"STETLEX1" + (2).to_bytes(4, "little") * 2 + starts + ranks + bytes((0, 127, 127, 0)) + b"abc"
    words = Lexicon(WordTable(content), {})
    assert (words.rank("a"), words.rank("bc"), words.rank("b")) == (7, 3, None)
    assert words.similarity("a", "bc") == 0


def test_memory_stays_below_fifteen_megabytes():
    code = """
import pathlib, tracemalloc
import app.core.errors, app.paths, mmap, struct
def resident():
    return int(pathlib.Path("/proc/self/statm").read_text().split()[1]) * 4096
from app.suggesters.hints.lexicon import lexicon
before = resident()
words = lexicon()
for number in range(30_000):
    words.rank(f"w{number}")
for part in "abcdefghijklmnopqrstuvwxyz":
    for other in "abcdefghijklmnopqrstuvwxyz":
        words.similarity(part + other, "dog")
print(resident() - before)
"""
    if not Path("/proc/self/statm").exists():
        pytest.skip("no /proc here")
    grown = int(subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout)
    assert grown < 15_000_000

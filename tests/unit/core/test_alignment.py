"""Which sentence of a reference tells what a sentence of a text tells."""

from pathlib import Path

import pytest

from app import paths
from app.core import alignment
from app.core.alignment import Aligned, align, aligned_at, differing, sentences

SAMPLE = paths.resources() / "sample"


def read(name: str) -> str:
    return (SAMPLE / name).read_text(encoding="utf-8")


def beside(text: str, reference: str, words: str) -> str:
    """Return the sentence of the reference that the one with some words is aligned to; "" for none."""
    pairs = align(text, reference)
    pair = pairs[aligned_at(pairs, text.index(words))]
    assert words in text[pair.start : pair.end]
    return reference[slice(*pair.there)] if pair.there else ""


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("restricted slave trade", "A prisoner exchange followed the call."),
        ("22 badly wounded", "Russia and Ukraine released 175 prisoners each"),
        ("Far East", "Further talks are to be held in the Middle East"),
        ("atomic force vegetation", "Europe’s largest nuclear power plant"),
        ("intellect data", "According to the Kremlin’s account"),
        ("Lindkvist", "Zoë Lindqvist, an analyst"),
        ("short list of results", "A long call, a short list of results"),
        ("Ukraine had already said yes", "Ukraine had already accepted this proposal, but Putin did not approve it."),
    ],
)
def test_a_spun_sentence_is_aligned_to_what_it_was_made_from(words: str, expected: str) -> None:
    assert beside(read("spun.txt"), read("reference.txt"), words).startswith(expected)


def test_what_the_reference_does_not_tell_is_aligned_to_nothing() -> None:
    assert beside(read("spun-3.txt"), read("reference-3.txt"), "40,000 visitors") == ""
    found = align(read("spun.txt"), read("reference-2.txt"))
    assert sum(pair.there is not None for pair in found) <= len(found) / 10


def test_most_sentences_of_a_spun_article_find_their_own() -> None:
    found = align(read("spun.txt"), read("reference.txt"))
    assert sum(pair.there is not None for pair in found) >= 0.8 * len(found)


def test_a_reordered_reference_is_still_aligned() -> None:
    lines = [line for line in read("reference.txt").split("\n") if line]
    reference = "\n".join(reversed(lines))
    assert beside(read("spun.txt"), reference, "Fox News").startswith("Trump denied this")
    assert beside(read("spun.txt"), reference, "Keir Starmer").startswith("After its meeting on 15 March")


def test_other_scripts_are_aligned_too() -> None:
    text = "प्रधानमंत्री ने दिल्ली में भाषण दिया। मौसम अच्छा था।\n"
    reference = "मौसम बहुत अच्छा था। कल प्रधानमंत्री ने दिल्ली में एक भाषण दिया।\n"
    assert beside(text, reference, "भाषण").startswith("कल प्रधानमंत्री")
    assert beside(
        "会議は東京で開かれた。天気は良かった。", "天気はとても良かった。会議は東京で行われた。", "東京"
    ).startswith("会議")


@pytest.mark.parametrize(("text", "reference"), [("", ""), ("One.", ""), ("", "One."), (" \n\n", "\n"), ("…", "!!")])
def test_where_nothing_is_nothing_is_aligned(text: str, reference: str) -> None:
    assert [pair for pair in align(text, reference) if pair.there] == []


def test_texts_that_would_take_too_long_are_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    many = "Word. " * (alignment.MOST_SENTENCES + 1)
    assert align(many, "Word.") == []
    assert align("Word.", many) == []
    assert align("a" * alignment.MOST_CHARACTERS, "a") == []


def test_the_work_can_be_ended() -> None:
    def stop() -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        align("One sentence.", "One sentence.", stop)


def test_a_gap_between_sentences_belongs_to_the_next_one() -> None:
    text = "One is.  Two is.\n\nThree is."
    pairs = [Aligned(*pair) for pair in sentences(text)]
    assert [text[pair.start : pair.end] for pair in pairs] == ["One is.", "Two is.", "Three is."]
    assert [aligned_at(pairs, text.index(word)) for word in ("One", ".  Two", "  Two", "Two", "\n", "Three")] == [
        *(0, 0, 1, 1, 1 + 1, 2)
    ]
    assert aligned_at(pairs, len(text)) == 2
    assert aligned_at([], 5) == -1


def test_words_that_differ_are_found_on_both_sides() -> None:
    text, reference = "Russia set 157 captives free, they say.", "They say: Russia set 175 prisoners free."
    ours, theirs = differing(text, (0, len(text)), reference, (0, len(reference)))
    assert [text[slice(*pair)] for pair in ours] == ["157 captives"]
    assert [reference[slice(*pair)] for pair in theirs] == ["175 prisoners"]


def test_a_word_that_comes_once_more_differs() -> None:
    ours, theirs = differing("a b a", (0, 5), "a b", (0, 3))
    assert (ours, theirs) == ([(4, 5)], [])


def test_a_sentence_without_end_is_not_compared() -> None:
    long = "word " * 2000
    assert differing(long, (0, len(long)), "other", (0, 5)) == ([], [])


@pytest.mark.needs_shared
def test_real_texts_keep_their_ranges(shared: Path) -> None:
    spun, report = (shared / "seeds" / name for name in ("004_7ed32b5b1d35110f.txt", "000_e659e3ece0187240.txt"))
    text, reference = spun.read_text(encoding="utf-8"), report.read_text(encoding="utf-8")
    pairs = align(text, reference)
    assert [(pair.start, pair.end) for pair in pairs] == sentences(text)
    assert {pair.there for pair in pairs} - {None} <= set(sentences(reference))
    words = "Donald Trump, the US senator"
    assert "phone call between U.S. President Donald Trump" in beside(text, reference, words)

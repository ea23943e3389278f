"""Texts that are nearly equal are found among many, and only those."""

import json
import random
from collections.abc import Callable
from itertools import combinations
from pathlib import Path

import pytest

from app.core.near_duplicates import MOST_WORDS, TextSketches, are_nearly_equal

WORDS = [f"word{number}" for number in range(3_000)]


def text(seed: int, words: int = 120) -> str:
    return " ".join(random.Random(seed).choices(WORDS, k=words))


def changed(whole: str, *places: int) -> str:
    words = whole.split()
    for place in places:
        words[place] = "else"
    return " ".join(words)


def groups(texts: list[str], text_of: Callable[[int], str] | None = None) -> set[frozenset[int]]:
    """Return the groups of several texts (by number) that are nearly equal."""
    sketches = TextSketches()
    for each in texts:
        sketches.add(each)
    assert len(sketches) == len(texts)
    together = {number: frozenset([number]) for number in range(len(texts))}
    for one, other in sketches.pairs(text_of or texts.__getitem__):
        joined = together[one] | together[other]
        together |= dict.fromkeys(joined, joined)
    return {group for group in together.values() if len(group) > 1}


LONG = text(1)


@pytest.mark.parametrize(
    "other",
    [
        LONG.upper().replace(" ", ",\n"),
        changed(LONG, *range(5, 120, 15)),  # one word in fifteen
        LONG + " " + text(2, 70),
        " ".join(LONG.split()[35:]),
        text(3, 25) + " " + LONG + " " + text(4, 25),
        LONG.replace("word", "ｗｏｒｄ"),
    ],
)
def test_texts_with_little_between_them_are_nearly_equal(other: str) -> None:
    assert are_nearly_equal(LONG, other)
    assert groups([text(9), LONG, text(8), other]) == {frozenset({1, 3})}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (LONG, text(2)),
        (LONG, changed(LONG, *range(5, 120, 5))),  # one word in five
        (LONG, " ".join(random.Random(7).sample(LONG.split(), 120))),  # the same words
        (LONG, LONG[: len(LONG) // 2]),
        ("What is the capital of France?", "What is the capital of Spain?"),
        ("The temperature in Paris is 20 degrees today.", "The temperature in Rome is 14 degrees today."),
        ("In 2019 the firm sold 200 cars to the city.", "In 2020 the firm sold 200 cars to the city."),
        ("What is love?", "What is war?"),
        ("", ""),
        ("?!", "?!"),
        ("", LONG),
    ],
)
def test_texts_that_say_something_else_are_not(one: str, other: str) -> None:
    assert not are_nearly_equal(one, other)
    assert groups([one, other]) == set()


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (
            "首相は昨日、東京で記者会見を開き、新しい予算について説明しました。",
            "首相は昨日、東京で記者会見を開き、新しい予算案について説明しました。",
        ),
        ("Yes", "yes."),
        ("No comment", "no comment!"),
        ("ผู้ว่าการกรุงเทพมหานครประกาศเมื่อวันจันทร์ว่า", "ผู้ว่าการกรุงเทพมหานครประกาศเมื่อวันศุกร์ว่า"),
    ],
)
def test_texts_of_few_words_and_of_no_blanks_are_compared(one: str, other: str) -> None:
    assert groups([one, text(1), other]) == {frozenset({0, 2})}


def test_only_the_beginning_of_a_very_long_text_counts() -> None:
    long = "one two three four " * (MOST_WORDS // 4)
    assert groups([long, long + LONG]) == {frozenset({0, 1})}


def test_many_of_one_form_are_not_taken_for_each_other() -> None:
    form = text(0, 60)
    texts = [f"{form} {text(number, 60)}" for number in range(1, 120)]
    assert groups([*texts, changed(texts[50], 70, 80)]) == {frozenset({50, 119})}


def test_very_many_of_one_text_are_one_group() -> None:
    copies = [changed(LONG, number % 120) for number in range(300)]
    assert groups(copies) == {frozenset(range(300))}


def test_all_pairs_are_found_and_few_texts_are_read_again() -> None:
    texts = [text(number) for number in range(400)]
    texts += [changed(texts[number], *range(number % 7, 120, 20)) for number in range(0, 400, 4)]
    asked: list[int] = []

    def text_of(number: int) -> str:
        asked.append(number)
        return texts[number]

    found = groups(texts, text_of)
    assert found == {frozenset({number, 400 + number // 4}) for number in range(0, 400, 4)}
    assert len(asked) < 2 * len(found) + 20


def test_a_search_can_be_broken_off() -> None:
    class Broken(Exception):
        pass

    def breathe() -> None:
        raise Broken

    sketches = TextSketches()
    for _ in range(3):
        sketches.add(LONG)
    with pytest.raises(Broken):
        list(sketches.pairs(lambda _: LONG, breathe))


@pytest.mark.needs_shared
def test_summaries_with_errors_put_in_stay_with_their_own(shared: Path) -> None:
    rows = json.loads((shared / "data" / "summedits" / "samsum.json").read_text(encoding="utf-8"))
    source = {row["summary"]: row["doc"] for row in rows}
    texts = list(source)
    found = groups(texts)
    assert sum(map(len, found)) > 0.7 * len(texts)
    assert all(source[texts[one]] == source[texts[other]] for group in found for one, other in combinations(group, 2))

"""Kappa of words comes to published figures, and its words are those of the text's simple rules."""

import random
from collections.abc import Iterator, Sequence

import pytest

from app.core import boundaries
from app.core.annotation import Annotation
from app.review.agreement.words import WordReader, words_of
from tests.unit.build import annotation
from tests.unit.review.measured import Measured, Section, document

LABELS = ("TERM", "NOTE")


def of_table(table: Sequence[Sequence[int]], labels: Sequence[str | None]) -> Measured:
    """Measure a table of confusions of words, its rows the first annotator's labels."""
    places: tuple[list[Annotation], list[Annotation]] = ([], [])
    count = sum(map(sum, table))
    text = "word " * count
    at = 0
    for row, mine in zip(table, labels, strict=True):
        for times, theirs in zip(row, labels, strict=True):
            for _ in range(times):
                for label, marks in zip((mine, theirs), places, strict=True):
                    if label:
                        marks.append(annotation(text, (at, at + 4), label=label))
                at += 5
    return Measured([document(places, length=len(text))._replace(text=text)])


@pytest.mark.parametrize(
    ("table", "labels", "kappa"),
    [
        ([[88, 14, 18], [10, 40, 10], [2, 6, 12]], [*LABELS, None], 0.491525),  # Cohen 1960
        ([[20, 20], [10, 50]], ["TERM", None], 0.347826),  # Artstein and Poesio 2008
        ([[46, 0, 0], [6, 32, 6], [0, 0, 10]], [None, *LABELS], 0.801325),  # Artstein and Poesio 2008
        ([[80, 7], [8, 5]], [None, "TERM"], 0.314442),  # Gwet's paradox
    ],
)
def test_published_tables(table: list[list[int]], labels: list[str | None], kappa: float) -> None:
    row = of_table(table, labels).row("token_kappa", "ab")
    assert row.value == pytest.approx(kappa, abs=5e-7)
    assert row.used == row.total == sum(map(sum, table))


def test_by_label_a_word_has_it_or_not() -> None:
    found = of_table([[88, 14, 18], [10, 40, 10], [2, 6, 12]], [*LABELS, None])
    # 88 of 200 have TERM for both, 120 for the one and 100 for the other
    agreed, chance = (88 + 68) / 200, (120 * 100 + 80 * 100) / 200**2
    assert found.value("token_kappa", "ab", "TERM") == pytest.approx((agreed - chance) / (1 - chance))


CASE: list[list[tuple[int, int, str]]] = [
    [(0, 8, "NOTE"), (12, 20, "BARE"), (30, 36, "TERM")],
    [(0, 8, "NOTE"), (14, 20, "BARE"), (30, 36, "BARE")],
    [(0, 8, "NOTE"), (24, 28, "TERM")],
]


def test_three_annotators_where_each_character_is_a_word() -> None:
    """Of all there is the mean of the pairs."""
    text = "字" * 40
    marks = [[annotation(text, (start, end), label=label) for start, end, label in rater] for rater in CASE]
    found = Measured([document(marks, length=40)._replace(text=text)])
    pairs = {"ab": 0.703704, "ac": 0.285714, "bc": 0.344262}
    assert {pair: found.value("token_kappa", pair) for pair in pairs} == pytest.approx(pairs, abs=5e-7)
    assert found.value("token_kappa") == pytest.approx(sum(pairs.values()) / 3, abs=5e-7)


def of_text(text: str, *raters: list[Section]) -> Measured:
    marks = [[annotation(text, each) for each in ranges] for ranges in raters]
    return Measured([document(marks, length=len(text))._replace(text=text)])


def test_a_word_counts_if_any_of_it_is_marked() -> None:
    text = "The old blackboard is gone."
    assert of_text(text, [(4, 18)], [(5, 12)]).value("token_kappa", "ab") == 1.0
    row = of_text(text, [(4, 7)], [(3, 4), (4, 8)]).row("token_kappa", "ab")  # blanks are no words
    assert (row.value, row.used, row.n) == (1.0, 6, [1, 2])


def test_it_is_never_shown_without_its_caution() -> None:
    caution = "not recommended: unmarked words count as agreement"
    text = "one two three"
    assert caution in of_text(text, [(0, 3)], [(0, 3)]).row("token_kappa", "ab").note
    row = of_text(text, [(0, 13)], [(0, 13)]).row("token_kappa", "ab")
    assert (row.value, row.note) == (None, f"n/a (no variation); {caution}")
    assert of_text("   ", [(0, 1)], [(0, 2)]).row("token_kappa").note == f"n/a (no words); {caution}"
    assert of_text(text, [], []).row("token_kappa").note == f"n/a (no one marked anything); {caution}"


def test_words_of_several_documents_stay_apart() -> None:
    texts = ["one two", "three four", "five"]
    items = [
        document([[annotation(text, (0, 3))], [annotation(text, (0, 3))]], length=len(text), uid=text)
        for text in texts[:2]
    ]
    alone = document([[]], length=4, uid="alone")._replace(text="five")
    found = Measured([*(item._replace(text=text) for item, text in zip(items, texts, strict=False)), alone])
    row = found.row("token_kappa", "ab")
    assert (row.value, row.used, row.total) == (1.0, 4, 5)


# -- words -------------------------------------------------------------------------------------------------------------


def plain_words(text: str) -> Iterator[Section]:
    at = 0
    while at < len(text):
        start, end = boundaries.word_at(text, at)
        if start < at:  # it ended here: what is at the place stands alone
            start, end = at, at + 1
        if text[start:end].strip():
            yield start, end
        at = end


def found_words(text: str) -> list[Section]:
    found = words_of(text)
    return list(zip(found.start.tolist(), found.end.tolist(), strict=True))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", []),
        (
            "Ana's well-known 3.5 (1,000)!",
            ["Ana", "'", "s", "well-known", "3.5", "(", "1,000", ")", "!"],
        ),
        ("学校に行く。", list("学校に行く。")),
        ("don’t—stop\ncafe\u0301", ["don’t", "—", "stop", "cafe\u0301"]),
        ("𝒳 = x'", ["𝒳", "=", "x", "'"]),
    ],
)
def test_words(text: str, words: list[str]) -> None:
    assert [text[start:end] for start, end in found_words(text)] == words


def test_words_are_those_of_the_rules_for_any_text() -> None:
    source = random.Random(5)
    for _ in range(300):
        text = "".join(source.choices("aS s'’-.,:12字か\u0301\n_(é", k=source.randrange(30)))
        assert found_words(text) == list(plain_words(text)), text


def test_texts_are_cut_once_for_all_layers() -> None:
    reader = WordReader()
    assert reader.words("one two") is reader.words("one two")

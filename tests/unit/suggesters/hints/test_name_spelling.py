"""Names are compared as people take them: what is one name, what is misspelt, what is another name."""

import pytest

from app.suggesters.hints.name_spelling import are_spellings_of_one, folded, is_derived, likeness, spelling_tokens


@pytest.mark.parametrize(
    ("name", "tokens"),
    [
        ("U.S.", ("us",)),
        ("The Hague’s", ("hague",)),
        ("Jean-Luc Moreau", ("jean", "luc", "moreau")),
        ("Ørsted & Co.", ("orsted", "co")),
        ("Ｍünchen", ("munchen",)),
        ("", ()),
    ],
)
def test_a_name_is_folded_to_its_tokens(name: str, tokens: tuple[str, ...]) -> None:
    assert spelling_tokens(name) == tokens


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Kyiv", "Kiev"),
        ("Zelensky", "Zelenskyy"),
        ("Sergei", "Sergey"),
        ("Centre", "Center"),
        ("Labour", "Labor"),
        ("François", "Francois"),
        ("Hezbollah", "Hizbollah"),
        ("Clinton", "Clintons"),
        ("Russia", "Russian"),
        ("Italy", "Italian"),
    ],
)
def test_usual_spellings_and_derived_words_are_one(one: str, other: str) -> None:
    assert are_spellings_of_one(folded(one), folded(other))
    assert are_spellings_of_one(folded(other), folded(one))


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        ("Puttin", "Putin"),
        ("Merkle", "Merkel"),
        ("Tarkin", "Tarquin"),
        ("Qureshy", "Qureshi"),
        ("Thornberry", "Thornbury"),
    ],
)
def test_a_misspelt_name_is_like_the_right_one(wrong: str, right: str) -> None:
    assert likeness(folded(wrong), folded(right)) >= 0.85
    assert not are_spellings_of_one(folded(wrong), folded(right))


@pytest.mark.parametrize(("one", "other"), [("Putin", "Austin"), ("Ann", "Anne"), ("Berlin", "Bergen")])
def test_other_and_short_names_are_not_alike(one: str, other: str) -> None:
    assert likeness(folded(one), folded(other)) == 0


def test_a_word_with_another_ending_is_no_derived_one() -> None:
    assert not is_derived("lombardi", "lombardy")
    assert not is_derived("putin", "puttin")

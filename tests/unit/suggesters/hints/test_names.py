"""The names, speakers and roles in parsed texts."""

import pytest

from app.nlp.parser import parser
from app.suggesters.hints.named_text import NamedText
from app.suggesters.hints.names import NameSort


def _read(text: str) -> NamedText:
    return NamedText(parser().parse([text])[0])


def _names(text: NamedText) -> list[str]:
    return [text.parsed.span_text(name.first, name.last) for name in text.names]


def test_titles_roles_and_articles_are_no_part_of_a_name() -> None:
    text = _read("U.S. President Donald Trump met Commission President Ursula von der Leyen and the striker Ann Holm.")
    assert [name for name in _names(text) if name != "U.S."] == ["Donald Trump", "Ursula von der Leyen", "Ann Holm"]


def test_a_dialogue_names_its_speakers() -> None:
    text = _read("Ann: Darling, buy some butter. Mike: OK. Do we have milk? Ann: I will check.\nNote: none")
    assert [turn.speaker for turn in text.turns] == [("ann",), ("mike",), ("ann",)]
    assert _names(text) == ["Ann", "Mike", "Ann"]
    assert {name.sort for name in text.names} == {NameSort.PERSON}


def test_a_colon_alone_makes_no_dialogue() -> None:
    assert _read("Results: The drug helped.\nConclusions: More trials are needed.").turns == ()


@pytest.mark.parametrize(
    ("text", "person", "role"),
    [
        ("Prime Minister Rishi Sunak spoke.", "sunak", "prime minister"),
        ("Donald Trump, the US senator, spoke.", "trump", "senator"),
        ("The striker, Lena Brandt, scored.", "brandt", "striker"),
        ("Anita Rao became mayor of Croydale.", "rao", "mayor"),
        ("As captain, Kim Li spoke; Maria Lopez works as a nurse.", "lopez", "nurse"),
        ("The club named Paul Stone as head coach.", "stone", "coach"),
    ],
)
def test_a_role_is_found_however_it_is_said(text: str, person: str, role: str) -> None:
    found = [(said.person[-1], dict(said.families)) for said in _read(text).roles]
    assert any(name == person and role in families.values() for name, families in found)


def test_a_counterpart_has_the_other_ones_role() -> None:
    text = _read("French President Emmanuel Macron met his German counterpart, Frank Steinmeier.")
    borrowed = [role for role in text.roles if role.is_borrowed]
    assert [(role.person[-1], dict(role.families)["office"]) for role in borrowed] == [("steinmeier", "president")]


def test_a_role_that_is_not_held_is_not_said() -> None:
    text = _read("Jim Kane wants to become governor. Eva Kraus is not a senator. Former mayor Al Roe left.")
    assert [(role.person[-1], role.is_former) for role in text.roles] == [("roe", True)]

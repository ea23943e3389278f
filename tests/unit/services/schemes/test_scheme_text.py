"""A scheme's text is changed where it is meant to be, and nowhere else."""

import difflib
import tomllib

import pytest

from app.core.errors import SchemeError
from app.core.scheme_file import parse_scheme
from app.services.schemes.scheme_text import (
    Place,
    at,
    tables,
    with_renamed,
    with_table,
    with_table_moved,
    with_tables,
    with_value,
    without_named,
    without_table,
)
from tests.e2e import rich_scheme
from tests.unit.services.migration import test_part_migration

TEXT = """# Weather: the scheme of the newsroom
name = "weather"   # short
version = 1

# -- what went wrong --
[[layer]]
id = "error"

# everything about places
[[layer.label]]
id = "PLACE"
key = 'p'  # as in place
color = "blue"

# a town
[[layer.label]]
id = "CITY"
parent = "PLACE"

[[layer.attribute]]
id = "source"
labels = [
    "CITY",   # only these
    "TIME",
]

[[layer.attribute.value]]
id = "radar"

# days and hours
[[layer.label]]
id = "TIME"

[[relation]]
id = "because"
source = ["error.CITY", "error"]
"""
LABELS: Place = ("layer", 0, "label")


def changed(new: str, old: str = TEXT) -> list[str]:
    """The lines that were taken away and added."""
    return [line for line in difflib.ndiff(old.splitlines(), new.splitlines()) if line[0] in "-+"]


def test_a_value_is_replaced_and_its_comment_kept() -> None:
    new = with_value(TEXT, (*LABELS, 0), "key", "q")
    assert changed(new) == ["- key = 'p'  # as in place", '+ key = "q"  # as in place']


def test_a_value_is_added_and_left_out() -> None:
    assert changed(with_value(TEXT, (*LABELS, 1), "title", "Town")) == ['+ title = "Town"']
    assert changed(with_value(TEXT, (*LABELS, 0), "color", None)) == ['- color = "blue"']
    assert changed(with_value(TEXT, (), "proposals", True)) == ["+ proposals = true"]
    assert with_value(TEXT, (), "title", None) == TEXT


def test_a_table_is_moved_with_the_comment_above_it() -> None:
    new = with_table_moved(TEXT, (*LABELS, 2), 0)
    assert new.index("# days and hours\n[[layer.label]]\n") < new.index("# everything about places\n[[layer.label]]")
    assert with_table_moved(new, (*LABELS, 0), 2).split() != TEXT.split(), "fields stand where they stood"
    assert sorted(new.splitlines()) == sorted(TEXT.splitlines())


@pytest.mark.parametrize("row", [0, 1, 2])
def test_many_tables_are_as_one_after_another(row: int) -> None:
    new_ones = [{"id": f"N{number}", "title": "“x”"} for number in range(3)]
    one_by_one = TEXT
    for number, values in enumerate(new_ones):
        one_by_one = with_table(one_by_one, LABELS, row + number, values)
    assert with_tables(TEXT, LABELS, row, new_ones) == one_by_one


def test_a_table_is_added_after_the_one_before_it() -> None:
    new = with_table(TEXT, LABELS, 1, {"id": "LAND", "parent": "PLACE"})
    assert new.index('"LAND"') < new.index("# a town")
    assert changed(new) == ["+ ", "+ [[layer.label]]", '+ id = "LAND"', '+ parent = "PLACE"']


def test_a_layer_is_added_with_its_labels() -> None:
    new = with_table(TEXT, ("layer",), 1, {"id": "claim", "label": [{"id": "A"}, {"id": "B"}]})
    assert [label["id"] for label in tomllib.loads(new)["layer"][1]["label"]] == ["A", "B"]


def test_a_table_goes_with_its_comment_and_what_is_under_it() -> None:
    gone = changed(without_table(TEXT, (*LABELS, 2)))
    assert gone == ["- # days and hours", "- [[layer.label]]", '- id = "TIME"', "- "]
    assert "attribute" not in tomllib.loads(without_table(TEXT, ("layer", 0, "attribute", 0)))["layer"][0]


def test_what_names_a_label_follows_it() -> None:
    new = tomllib.loads(with_renamed(TEXT, ("layer", 0, "label", 1), "TOWN"))
    assert new["layer"][0]["attribute"][0]["labels"] == ["TOWN", "TIME"]
    assert new["relation"][0]["source"] == ["error.TOWN", "error"]
    assert (
        tomllib.loads(with_renamed(TEXT, ("layer", 0, "label", 0), "AREA"))["layer"][0]["label"][1]["parent"] == "AREA"
    )


def test_what_names_a_label_names_its_successor() -> None:
    new = tomllib.loads(without_named(TEXT, ("layer", 0, "label", 1), "TIME"))
    assert new["layer"][0]["attribute"][0]["labels"] == ["TIME"]
    assert new["relation"][0]["source"] == ["error.TIME", "error"]
    gone = tomllib.loads(without_named(TEXT, ("layer", 0, "label", 0)))
    assert "parent" not in gone["layer"][0]["label"][0]


def test_line_ends_stay_as_they_are() -> None:
    new = with_table(with_value(TEXT.replace("\n", "\r\n"), (), "version", 2), LABELS, 0, {"id": "X"})
    assert new.count("\n") == new.count("\r\n")


def test_tables_within_a_line_are_changed_too() -> None:
    text = 'name = "a"\nversion = 1\n[[layer]]\nid = "e"\nlabel = [{id = "A"}, {id = "B"}]  # few\n'
    assert tomllib.loads(with_value(text, (*LABELS, 1), "key", "b"))["layer"][0]["label"][1] == {"id": "B", "key": "b"}
    new = without_table(with_table(text, LABELS, 2, {"id": "C"}), (*LABELS, 0))
    assert [label["id"] for label in tomllib.loads(new)["layer"][0]["label"]] == ["B", "C"]
    assert "# few" in new


@pytest.mark.parametrize("place", [("layer", 9), ("layer", 0, "label", 7), ("relation", "x")])
def test_what_is_not_there_is_refused(place: Place) -> None:
    with pytest.raises(SchemeError):
        with_value(TEXT, place, "key", "x")


def places(table: dict, above: tuple = ()) -> list[tuple]:
    """Return where all tables with an id are."""
    found = []
    for key, rows in table.items():
        for row, item in enumerate(rows if isinstance(rows, list) else ()):
            if isinstance(item, dict):
                found += [(*above, key, row)] if "id" in item else []
                found += places(item, (*above, key, row))
    return found


@pytest.mark.parametrize("text", [rich_scheme.SCHEME, test_part_migration.SCHEME], ids=["rich", "parts"])
def test_any_id_can_be_renamed_with_what_names_it(text: str) -> None:
    for place in places(tomllib.loads(text)):
        new = with_renamed(text, place, "Renamed")
        scheme = parse_scheme(new)
        assert with_renamed(new, place, at(tables(text), place)["id"]) == text, place
        assert scheme.version == 1


def test_what_names_a_removed_part_leaves_it_out() -> None:
    text = test_part_migration.SCHEME
    for place in places(tomllib.loads(text)):
        if place[-2] in ("attribute", "severity", "relation"):
            assert parse_scheme(without_named(text, place)).version == 1, place

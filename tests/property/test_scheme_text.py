"""Whatever is done to the text of a scheme, its values change as asked, and its comments stay."""

import copy
import tomllib

from hypothesis import given, settings
from hypothesis import strategies as st

from app.services.schemes.scheme_text import at, tables, with_table, with_table_moved, with_value, without_table
from tests.conftest import scheme_source

SOURCES = [scheme_source(name) for name in ("news-errors", "mt-errors", "ner")]
COMMENTED = "\n".join(
    line if not line.startswith("[[") else f"# before {number}\n{line}"
    for number, line in enumerate(SOURCES[2].split("\n"))
)
words = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)


@settings(max_examples=20, deadline=None)
@given(st.sampled_from([*SOURCES[1:], COMMENTED]), st.data())
def test_values_and_order_change_as_asked(source: str, data: st.DataObject) -> None:
    text, expected = source, tomllib.loads(source)
    for _ in range(data.draw(st.integers(1, 4))):
        layer = data.draw(st.integers(0, len(expected["layer"]) - 1))
        labels = at(expected, ("layer", layer, "label"))
        row = data.draw(st.integers(0, len(labels) - 1))
        place = ("layer", layer, "label", row)
        match data.draw(st.sampled_from(["set", "add", "move", "remove"])):
            case "set":
                value = data.draw(st.one_of(words, st.booleans(), st.integers(-9, 9), st.lists(words, max_size=3)))
                text = with_value(text, place, "example", value)
                labels[row]["example"] = copy.deepcopy(value)
            case "add":
                new = {"id": data.draw(words), "definition": data.draw(words)}
                text = with_table(text, ("layer", layer, "label"), row, new)
                labels.insert(row, new)
            case "move":
                to = data.draw(st.integers(0, len(labels) - 1))
                text = with_table_moved(text, place, to)
                labels.insert(to, labels.pop(row))
            case _ if len(labels) > 1:
                text = without_table(text, place)
                del labels[row]
            case _:
                pass
        assert tables(text) == expected


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 3), st.integers(0, 3))
def test_a_move_keeps_every_line_and_comment(row: int, to: int) -> None:
    moved = with_table_moved(COMMENTED, ("layer", 0, "label", row), to)
    lines = [line for line in moved.split("\n") if line.strip()]
    assert sorted(lines) == sorted(line for line in COMMENTED.split("\n") if line.strip())
    for number, line in enumerate(lines):
        if line.startswith("[[layer.label]]"):
            assert lines[number - 1].startswith("# before")

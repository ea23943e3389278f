"""A broken scheme is refused with the line, what is wrong and what to do."""

import pytest

from app import paths
from app.core.annotation import Stance
from app.core.errors import SchemeError
from app.core.scheme import Drawing, FieldKind
from app.core.scheme_file import PALETTE, parse_scheme
from app.core.toml_lines import TomlLines
from tests.conftest import scheme_source
from tests.unit.build import SCHEME, SCHEME_SOURCE

GOOD = '''name = "weather"
version = 1
title = "Errors in weather reports"
definition = """
Of several lines, with
[[layer]]
in it."""
tie_rules = [
    "one",
]

[[severity]]
id = "minor"
weight = 1

[[severity]]
id = "major"
weight = 5

[[layer]]
id = "error"
key = "F4"
draw = "wave"
severity = true
correction = true

[[layer.label]]
id = "WRONG"  # a comment
key = "w"
color = "vermillion"
required = ["severity", "source"]

[[layer.label]]
id = "MISSING"
key = "m"
weights = {major = 10}
only = {source = ["radar"]}

[[layer.attribute]]
id = "source"
default = "radar"
labels = ["WRONG", "MISSING"]

[[layer.attribute.value]]
id = "radar"

[[layer.attribute.value]]
id = "station"
requires = ["comment"]

[[layer]]
id = "entity"
key = "F2"

[[layer.label]]
id = "PLACE"
key = "w"
'''

# What stands in the good scheme, what is put in its place (`@` marks the line that must be named), and words of the
# message.
BROKEN = {
    "not TOML": ("version = 1", "version = = 1@", "not TOML"),
    "an open string": ('id = "radar"', 'id = "radar@', "not TOML"),
    "a key twice in a table": ('id = "PLACE"', 'id = "PLACE"\nid = "P"@', "not TOML"),
    "no name": ('name = "weather"\n', "@", "“name” is missing"),
    "no version": ("version = 1", "", "“version” is missing"),
    "no title": ('title = "Errors in weather reports"', "", "“title” is missing"),
    "a version of zero": ("version = 1", "version = 0@", "version must be 1 or more"),
    "a version in words": ("version = 1", 'version = "one"@', "“version”: Expected `int`, got `str`"),
    "a version that is true": ("version = 1", "version = true@", "“version”: Expected `int`"),
    "a name with a space": ('name = "weather"', 'name = "bad weather"@', "“bad weather” isn't a valid name"),
    "an unknown key": ("version = 1", "version = 1\ncolour = 2@", "unknown key “colour”"),
    "an unknown key of a label": ('key = "m"', 'hotkey = "m"@', "unknown key “hotkey”"),
    "an unknown key of a value": ('requires = ["comment"]', 'needs = ["comment"]@', "unknown key “needs”"),
    "an unknown key of a step": ("weight = 5", "weight = 5\nwait = 5@", "unknown key “wait”"),
    "a label that is no table": (
        '[[layer.label]]\nid = "PLACE"\nkey = "w"',
        "label = 3@",
        "must be written as [[label]]",
    ),
    "a list where a table stands": ("only = {source", "only = [source", "not TOML"),
    "rules that are no list": ('tie_rules = [\n    "one",\n]', 'tie_rules = "one"@', "“tie_rules”: Expected `array`"),
    "a label without an id": ('id = "MISSING"', "", "“id” is missing"),
    "an id that is a number": ('id = "MISSING"', "id = 3@", "“id”: Expected `str`, got `int`"),
    "an id with a space": ('id = "PLACE"', 'id = "PLA CE"@', "“PLA CE” isn't a valid id"),
    "an empty id": ('id = "radar"', 'id = ""', "isn't a value of it"),
    "an id of 65 letters": ('id = "PLACE"', f'id = "{"P" * 65}"@', "isn't a valid id"),
    "an id twice": ('id = "MISSING"', 'id = "WRONG"@', "id “WRONG” is used twice"),
    "a layer twice": ('id = "entity"', 'id = "error"@', "id “error” is used twice"),
    "a value twice": ('id = "station"', 'id = "radar"@', "id “radar” is used twice"),
    "a step twice": ('id = "major"', 'id = "minor"@', "id “minor” is used twice"),
    "a key for two labels": ('key = "m"', 'key = "w"@', "key “w” is used twice"),
    "a key for two layers": ('key = "F2"', 'key = "F4"@', "key “F4” is used twice"),
    "a layer's key that is a letter": ('key = "F2"', 'key = "e"@', "“e” isn't a valid layer key"),
    "a layer's key beyond F12": ('key = "F2"', 'key = "F13"@', "“F13” isn't a valid layer key"),
    "a label's key of two letters": ('key = "m"', 'key = "mm"@', "“mm” isn't a valid key"),
    "a label's key that is a space": ('key = "m"', 'key = " "@', "“ ” isn't a valid key"),
    "a key that links evidence": ('key = "m"', 'key = "K"@', "key “K” is already used for “link evidence”"),
    "a key that means unsure": ('key = "m"', 'key = "u"@', "key “u” is already used for “unsure”"),
    "a colour that is none": ('color = "vermillion"', 'color = "red"@', "“red” isn't a colour"),
    "a colour that is short": ('color = "vermillion"', 'color = "#f00"@', "“#f00” isn't a colour"),
    "a drawing that is none": ('draw = "wave"', 'draw = "zigzag"@', "“draw”: Invalid enum value 'zigzag'"),
    "a stance that is none": ('draw = "wave"', 'stance = "proves"@', "“stance”: Invalid enum value 'proves'"),
    "a negative weight": ("weight = 1", "weight = -1@", "a weight must be 0 or more"),
    "an endless weight": ("weight = 1", "weight = inf@", "a weight must be"),
    "a weight that is no number": ("weight = 1", "weight = nan@", "a weight must be"),
    "a negative weight of a label": ("weights = {major = 10}", "weights = {major = -1}@", "a weight must be"),
    "a weight of an unknown step": ("weights = {major", "@weights = {huge", "there is no severity “huge”"),
    "severity without a scale": ("severity = true", "severity = true@", "there is no severity scale"),
    "no layer": ("", "", "there is no layer"),
    "a layer without a label": ('[[layer.label]]\nid = "PLACE"\nkey = "w"', "", "layer “entity” has no label"),
    "a choice without a value": (
        'id = "source"\ndefault = "radar"',
        'id = "free"\n[[layer.attribute]]\nid = "source"\ndefault = "radar"',
        "attribute “free” has no value",
    ),
    "an attribute with a name of our own": ('id = "source"', 'id = "comment"@', "is a built-in field"),
    "an attribute of another kind": ('default = "radar"', 'kind = "colour"@', "“kind”: Invalid enum value"),
    "a default that is no value": ('default = "radar"', 'default = "rumour"@', "“rumour” isn't a value of it"),
    "an attribute of an unknown label": ('labels = ["WRONG", ', '@labels = ["RIGHT", ', "there is no label “RIGHT”"),
    "a required field that is not there": ('"severity", "source"]', '"evidence"]@', "layer “error” has no “evidence”"),
    "a required field of other labels": ('labels = ["WRONG", "MISSING"]', 'labels = ["MISSING"]', "has no “source”"),
    "a value that requires what is not there": ('requires = ["comment"]', 'requires = ["proof"]@', "has no “proof”"),
    "a choice that is not allowed": ('["radar"]}', '["rumour"]}@', "“source” can't be “rumour”"),
    "a choice of no attribute": ("only = {source", "@only = {sauce", "“sauce” can't be “radar”"),
    "a difference that cannot count": ('draw = "wave"', 'counts = ["labels"]@', "“labels” can't count"),
    "a scheme that is nested to death": ("tie_rules = [", "tie_rules = [" + "[" * 100_000, "nested too deeply"),
}


def broken(case: str) -> tuple[str, int, str]:
    """Return the source, the line that must be named, and the words."""
    old, new, words = BROKEN[case]
    if case == "no layer":
        return GOOD[: GOOD.index("[[layer]]\nid")], 1, words
    assert old in GOOD
    if case == "severity without a scale":
        source = GOOD[: GOOD.index("[[severity]]")] + GOOD[GOOD.index("[[layer]]\nid") :]
        source = source.replace(old, new, 1)
    else:
        source = GOOD.replace(old, new, 1)
    line = source[: source.index("@")].count("\n") + 1 if "@" in source else LINES[case]
    return source.replace("@", ""), line, words


def line_of(text: str) -> int:
    return GOOD[: GOOD.index(text)].count("\n") + 1


# Where what is missing has no line of its own, its table or the top of the file is named.
LINES = {
    "no version": 1,
    "no title": 1,
    "a list where a table stands": line_of("only ="),
    "a label without an id": line_of('[[layer.label]]\nid = "MISSING"'),
    "an empty id": line_of('default = "radar"'),
    "a layer without a label": line_of('[[layer]]\nid = "entity"'),
    "a choice without a value": line_of("[[layer.attribute]]"),
    "a required field of other labels": line_of("required = "),
    "a scheme that is nested to death": 1,
}


def test_the_scheme_that_the_cases_break_is_good() -> None:
    scheme = parse_scheme(GOOD)
    assert scheme.tag == "weather@1"
    assert [layer.id for layer in scheme.layers] == ["error", "entity"]


@pytest.mark.parametrize("case", BROKEN)
def test_a_broken_scheme_is_refused_with_its_line(case: str) -> None:
    source, line, words = broken(case)
    with pytest.raises(SchemeError) as caught:
        parse_scheme(source, path="weather.toml")
    error = caught.value
    assert words in error.what
    assert (error.path, error.line) == ("weather.toml", line)
    assert error.hint
    assert str(error).startswith(f"weather.toml:{line}: ")


@pytest.mark.parametrize("name", sorted(path.stem for path in (paths.resources() / "schemes").glob("*.toml")))
def test_every_shipped_scheme_is_good_and_named_after_its_file(name: str) -> None:
    source = (paths.resources() / "schemes" / f"{name}.toml").read_text(encoding="utf-8")
    scheme = parse_scheme(source, path=f"{name}.toml")
    assert scheme.name == name
    assert scheme.source == source
    assert scheme.definition


def test_what_is_left_out_is_filled_in() -> None:
    layer = SCHEME.layer("error")
    label = SCHEME.label("error", "TERM")
    assert (layer.title, layer.draw, layer.stance) == ("Error", Drawing.FILL, Stance.REFUTES)
    assert (label.title, label.badge, label.color, label.anchor) == ("Term", "TERM", PALETTE["grey"], False)
    assert layer.attribute("evidence_status").kind is FieldKind.CHOICE
    assert layer.attribute("evidence_status").values[2].title == "Searched none found"


def test_a_label_is_drawn_like_its_layer_unless_it_overrides_it() -> None:
    source = GOOD.replace('id = "MISSING"', 'id = "MISSING"\ndraw = "dash"')
    assert [label.draw for label in parse_scheme(source).layers[0].labels] == [Drawing.WAVE, Drawing.DASH]


def test_colours_are_named_or_written_in_hexadecimal() -> None:
    assert parse_scheme(GOOD).label("error", "WRONG").color == "#D55E00"
    source = GOOD.replace('"vermillion"', '"#a1B2c3"')
    assert parse_scheme(source).label("error", "WRONG").color == "#a1B2c3"


def test_two_layers_may_use_the_same_key() -> None:
    scheme = parse_scheme(GOOD)
    assert scheme.label("error", "WRONG").key == scheme.label("entity", "PLACE").key == "w"


def test_an_attribute_is_had_by_the_labels_it_names() -> None:
    layer = SCHEME.layer("error")
    assert [item.id for item in layer.attributes_of("NOTE")] == ["evidence_status", "source"]
    assert [item.id for item in layer.attributes_of("TERM")] == ["evidence_status"]


@pytest.mark.parametrize(
    ("where", "line"),
    [
        (("name",), 1),
        (("layer", 0, "label", 1, "key"), line_of('key = "m"')),
        (("layer", 1, "label", 0, "key"), line_of('id = "PLACE"') + 1),
        (("layer", 0, "attribute", 0, "value", 1), line_of('[[layer.attribute.value]]\nid = "station"')),
        (("layer", 0, "label", 1, "nothing"), line_of('[[layer.label]]\nid = "MISSING"')),
        (("layer", 7, "key"), 1),
        ((), 1),
    ],
)
def test_the_line_of_a_value_is_found_or_that_of_what_holds_it(where: tuple, line: int) -> None:
    assert TomlLines(GOOD).find(where) == line


def test_windows_line_ends_do_not_shift_the_lines() -> None:
    source = SCHEME_SOURCE.replace("\n", "\r\n").replace('id = "PERSON"', 'id = "PER SON"')
    with pytest.raises(SchemeError) as caught:
        parse_scheme(source)
    assert caught.value.line == source[: source.index('"PER SON"')].count("\n") + 1


@pytest.mark.parametrize(("key", "use"), [("F7", "swap text and reference"), ("F5", "refresh")])
def test_reserved_keys_are_refused_in_files_and_unset_if_stored(key: str, use: str) -> None:
    source = scheme_source("ner").replace('key = "F2"', f'key = "{key}"')
    with pytest.raises(SchemeError, match=f"key “{key}” is already used for “{use}”"):
        parse_scheme(source)
    assert parse_scheme(source, is_stored=True).layers[0].key == ""


def test_the_sign_that_repeats_is_passed_over_in_a_project() -> None:
    source = scheme_source("ner").replace('key = "1"', 'key = "."')
    assert parse_scheme(source, is_stored=True).layers[0].labels[0].key == ""

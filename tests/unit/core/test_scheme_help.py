"""The help on scheme files: its examples are read by the program, and its tables name the keys that there are."""

import re

import pytest

from app import paths
from app.core import scheme_file
from app.core.scheme import FieldKind
from app.core.scheme_checks import RESERVED_FUNCTION_KEYS, RESERVED_KEYS
from app.core.scheme_file import PALETTE, parse_scheme

HELP = (paths.resources() / "help" / "scheme.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"```toml\n(.*?)```", HELP, re.DOTALL)
# What stands around an example that is a part of a file.
HEAD = 'name = "h"\nversion = 1\ntitle = "H"\n\n[[severity]]\nid = "minor"\nweight = 1\n\n'
LAYER = '[[layer]]\nid = "error"\nevidence = true\ncorrection = true\nseverity = true\n\n'
LABELS = '[[layer.label]]\nid = "WRONG_VALUE"\n\n[[layer.label]]\nid = "MISSING"\n\n'
OTHERS = "".join(f'[[layer]]\nid = "{id}"\n\n[[layer.label]]\nid = "{id}_X"\n\n' for id in ("claim", "entity"))
PEOPLE = '[[list]]\nid = "people"\nfile = "people.csv"\n'


def whole(example: str) -> str:
    """Return a file that an example is a part of."""
    if example.startswith("name ="):
        return example
    if example.startswith("[[layer.label]]"):
        return f"{HEAD}{LAYER}{example}"
    if example.startswith("[[layer.attribute]]"):
        return f"{HEAD}{LAYER}{LABELS}{example}\n{PEOPLE}"
    return f"{HEAD}{LAYER}{LABELS}{OTHERS}{example}"


@pytest.mark.parametrize("example", EXAMPLES)
def test_every_example_is_read(example: str) -> None:
    assert parse_scheme(whole(example)).layers


def test_there_is_an_example_of_each_kind_of_field_and_table() -> None:
    schemes = [parse_scheme(whole(example)) for example in EXAMPLES]
    assert {f.kind for s in schemes for layer in s.layers for f in layer.attributes} == set(FieldKind)
    assert any(label.parent for s in schemes for layer in s.layers for label in layer.labels)
    assert any(s.document_layers for s in schemes)
    assert any(relation.chain for s in schemes for relation in s.relations)
    assert any(relation.attributes for s in schemes for relation in s.relations)
    assert {bool(entries.file) for s in schemes for entries in s.entity_lists} == {True, False}
    assert any(v.closes for s in schemes for layer in s.layers for f in layer.attributes for v in f.values)


@pytest.mark.parametrize(
    ("heading", "keys"),
    [
        ("## The scheme\n", scheme_file._SCHEME_KEYS),
        ("## `[[severity]]`\n", {"id", "title", "weight", "mark", "definition"}),
        ("## `[[layer]]`\n", scheme_file._LAYER_KEYS),
        ("## `[[layer.label]]`\n", scheme_file._LABEL_KEYS),
        ("## `[[layer.attribute]]`\n", scheme_file._ATTRIBUTE_KEYS),
        ("## `[[layer.attribute.value]]`\n", scheme_file._VALUE_KEYS),
        ("## `[[relation]]`\n", scheme_file._RELATION_KEYS),
        ("## `[[list]]`\n", {"id", "title", "file", "entry", "definition"}),
    ],
)
def test_each_table_names_the_keys_that_there_are(heading: str, keys: set[str]) -> None:
    table = HELP.split(heading)[1].split("\n## ")[0].split("\n### ")[0]
    cells = re.findall(r"^\| (`[^|]*`) \|", table, re.MULTILINE)
    named = {name.strip("[]").rpartition(".")[2] for cell in cells for name in re.findall(r"`([^`]+)`", cell)}
    assert named == set(keys)


def test_kinds_of_field_keys_and_colours_are_complete() -> None:
    kinds = HELP.split("### Kinds of field")[1].split("One field of each kind")[0]
    assert set(re.findall(r"^\| `(\w+)` \|", kinds, re.MULTILINE)) == {str(kind) for kind in FieldKind}
    keys = HELP.split("## Keys")[1].split("## ")[0]
    assert set(re.findall(r"^\| `(.)` \|", keys, re.MULTILINE)) == set(RESERVED_KEYS)
    assert all(f"`{key}` ({what})" in keys.replace("\n", " ") for key, what in RESERVED_FUNCTION_KEYS.items())
    colours = HELP.split("## Colours")[1].split("## ")[0]
    assert dict(re.findall(r"`(\w+)` \| `(#\w+)`", colours)) == PALETTE

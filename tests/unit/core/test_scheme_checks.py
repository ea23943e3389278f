"""What the parts of a scheme may say of each other: trees of labels, kinds of fields, relations, lists, documents."""

import pytest

from app.core.errors import SchemeError
from app.core.scheme import FieldKind, LayerKind
from app.core.scheme_file import PALETTE, parse_scheme

GOOD = """name = "wide"
version = 1
title = "All that a scheme can say"
proposals = true

[[list]]
id = "people"
file = "people.csv"

[[layer]]
id = "entity"
color = "blue"

[[layer.label]]
id = "PLACE"
key = "p"
group = true

[[layer.label]]
id = "CITY"
parent = "PLACE"
key = "c"

[[layer.label]]
id = "CAPITAL"
parent = "CITY"
key = "p"
color = "green"

[[layer.label]]
id = "PERSON"
key = "c"

[[layer.attribute]]
id = "who"
kind = "entity"
list = "people"
labels = ["PERSON"]

[[layer.attribute]]
id = "roles"
kind = "many"
default = ["head"]

[[layer.attribute.value]]
id = "head"
key = "h"
closes = ["comment"]

[[layer.attribute.value]]
id = "spouse"

[[layer.attribute]]
id = "age"
kind = "number"
unit = "years"
least = 0
most = 130
step = 1

[[layer.attribute]]
id = "born"
kind = "date"
default = 2026-03-31

[[layer.attribute]]
id = "trust"
kind = "scale"

[[layer.attribute.value]]
id = "low"

[[layer.attribute.value]]
id = "high"

[[layer]]
id = "article"
kind = "document"
required = true

[[layer.attribute]]
id = "adequacy"
kind = "scale"
least = 0
most = 100

[[relation]]
id = "lives_in"
key = "l"
color = "sky"
source = ["entity.PERSON"]
target = ["entity.PLACE"]

[[relation.attribute]]
id = "since"
kind = "date"

[[relation]]
id = "same"
chain = true
source = ["entity"]
target = ["entity"]
"""

BROKEN = {
    "an unknown parent": ('parent = "PLACE"', '@parent = "TOWN"', "there is no label “TOWN”"),
    "a label under itself": ('id = "PLACE"\n', 'id = "PLACE"\n@parent = "CAPITAL"\n', "label “PLACE” is under itself"),
    "a group of nothing": ('id = "PERSON"', 'id = "PERSON"\n@group = true', "group “PERSON” has no label under it"),
    "one key of two children": (
        'parent = "CITY"\nkey = "p"',
        'parent = "PLACE"\n@key = "c"',
        "key “c” is used twice",
    ),
    "a value with a label's key": ('key = "h"', '@key = "p"', "key “p” is already used in layer"),
    "a value with a reserved key": ('key = "h"', '@key = "U"', "key “U” is already used for “unsure”"),
    "a value that closes what is not there": ('closes = ["comment"]', '@closes = ["proof"]', "has no “proof”"),
    "an unknown list": ('list = "people"', '@list = "places"', "there is no list “places”"),
    "a list in a folder": ('file = "people.csv"', '@file = "../people.csv"', "isn't the name of a file"),
    "a list without entries": ('file = "people.csv"', "", "list “people” has neither a file nor entries"),
    "a list of both kinds": (
        'file = "people.csv"',
        'file = "people.csv"\n[[list.entry]]\nid = "Q1"\ntitle = "Ana"',
        "list “people” has a file and entries",
    ),
    "an entry without a title": (
        'file = "people.csv"',
        '@[[list.entry]]\nid = "Q1"\ntitle = " "',
        "an entry needs an id and a title",
    ),
    "a list of no entity": ('kind = "date"\ndefault', 'kind = "date"\n@list = "people"\ndefault', "a date has no list"),
    "a default of another kind": ("default = 2026-03-31", '@default = "soon"', "“soon” isn't a value of it"),
    "a default that is no choice": ('default = ["head"]', '@default = ["tail"]', "isn't a value of it"),
    "limits the wrong way round": ("most = 130", "@most = -1", "-1 isn't more than 0"),
    "limits of what has no number": ('kind = "date"\ndefault', 'kind = "date"\n@least = 1\ndefault', "has no numbers"),
    "ends of what is no scale": (
        'kind = "date"\ndefault',
        'kind = "date"\n@low = "x"\ndefault',
        "isn't a scale without steps",
    ),
    "a key of a field and a label": (
        'id = "who"',
        'id = "who"\n@key = "c"',
        "key “c” is already used in layer",
    ),
    "a key of a field and a value": (
        'id = "who"',
        'id = "who"\nkey = "h"',
        "key “h” is already used in layer",
    ),
    "a reserved key of a field": ('id = "who"', 'id = "who"\n@key = "k"', "already used for “link evidence”"),
    "a step back": ("step = 1", "@step = -1", "a step must be more than 0"),
    "an endless limit": ("most = 130", "most = inf", "a limit must be a finite number"),
    "a scale with a single step": (
        '[[layer.attribute.value]]\nid = "low"\n\n[[layer.attribute.value]]\nid = "high"',
        '[[layer.attribute.value]]\nid = "low"',
        "scale “trust” has a single step",
    ),
    "a scale without ends": ("least = 0\nmost = 100", "least = 0", "scale “adequacy” has neither steps nor ends"),
    "a text layer that is required": ('color = "blue"', "@required = true", "layer “entity” can't be required"),
    "a correction of the document": (
        "required = true",
        "required = true\n@correction = true",
        "a layer about the document can't have a correction",
    ),
    "a relation with a label's key": ('key = "l"', '@key = "p"', "key “p” is already used for a label or a value"),
    "a relation from nowhere": ('["entity.PERSON"]', '["entity.ROBOT"]', "there is nothing called “entity.ROBOT”"),
    "a relation to the document": ('["entity.PLACE"]', '["article"]', "there is nothing called “article” to mark"),
    "a lopsided chain": ('source = ["entity"]', 'source = ["entity.PERSON"]', "must have the same sources and targets"),
    "a relation twice": ('id = "same"', '@id = "lives_in"', "id “lives_in” is used twice"),
}


def test_all_that_a_scheme_can_say_is_read() -> None:
    scheme = parse_scheme(GOOD)
    entity, article = scheme.layers
    assert [label.color for label in entity.labels] == [PALETTE[name] for name in ("blue", "blue", "green", "blue")]
    assert entity.lineage("CAPITAL") == ["PLACE", "CITY", "CAPITAL"]
    assert [label.id for label in entity.children()] == ["PLACE", "PERSON"]
    assert [label.id for label in entity.children("PLACE")] == ["CITY"]
    assert entity.is_tree
    assert entity.path("CAPITAL") == "Place › City › Capital"
    assert entity.path("GONE") == "GONE"
    assert [label.id for label in entity.givable] == ["CITY", "CAPITAL", "PERSON"]
    assert entity.is_in("CAPITAL", "PLACE")
    assert not entity.is_in("PLACE", "CAPITAL")
    assert entity.attribute("born").default == "2026-03-31"
    assert [item.kind for item in entity.attributes] == [
        *(FieldKind.ENTITY, FieldKind.MANY, FieldKind.NUMBER, FieldKind.DATE, FieldKind.SCALE)
    ]
    assert (article.kind, [label.id for label in article.labels]) == (LayerKind.DOCUMENT, ["article"])
    assert scheme.text_layers == [entity]
    assert scheme.document_layers == [article]
    assert [(r.id, r.title, r.directed, r.chain) for r in scheme.relations] == [
        ("lives_in", "Lives in", True, False),
        ("same", "Same", True, True),
    ]
    assert scheme.proposals


@pytest.mark.parametrize("case", BROKEN)
def test_what_does_not_fit_together_is_refused_with_its_line(case: str) -> None:
    old, new, words = BROKEN[case]
    assert old in GOOD
    source = GOOD.replace(old, new, 1)
    with pytest.raises(SchemeError) as caught:
        parse_scheme(source.replace("@", ""), path="wide.toml")
    assert words in caught.value.what
    assert caught.value.hint
    if "@" in source:
        assert caught.value.line == source[: source.index("@")].count("\n") + 1

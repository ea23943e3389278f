"""Schemes from the files of other programs: what they become, and what is said of the rest."""

from pathlib import PurePath

import pytest

from app.core.errors import FormatError, SchemeError
from app.core.scheme import FieldKind, LayerKind, Scheme
from app.core.scheme_file import parse_scheme
from app.services.schemes.foreign_files import foreign_scheme

CONFIG = """<View>
  <Labels name="label" toName="text">
    <Label value="PER" background="red" hotkey="p"/>
    <Label value="ORG: big" background="#ff0"/>
    <Label value="LOC" background="murky" hotkey="k"/>
  </Labels>
  <Relations><Relation value="founded_by"/></Relations>
  <Text name="text" value="$text"/>
  <Choices name="tone" toName="text" choice="single" required="true">
    <Choice value="Good" hotkey="1"><Choice value="Great"/></Choice><Choice value="Bad"/>
  </Choices>
  <Choices name="topics" toName="text" choice="multiple">
    <Choice value="Sport"/><Choice value="War &amp; peace"/></Choices>
  <TextArea name="why" toName="text" perRegion="true" whenLabelValue="PER"/>
  <Rating name="stars" toName="text" maxRating="7" perRegion="true"/>
  <Number name="amount" toName="text" min="0" max="10.5"/>
  <Ranker name="r"/>
</View>
"""
CONF = """# a comment
[entities]
Person
!Place
\tCity
\tCountry
[relations]
Located Arg1:Person, Arg2:City
Located Arg1:City, Arg2:Country
Alias Arg1:Person, Arg2:Person, <REL-TYPE>:symmetric-transitive
<OVERLAP> Arg1:<ENTITY>, Arg2:<ENTITY>
[events]
<WHO>=Person|Country
Attack Agent+:<WHO>, Target?:<ENTITY>
Report Event:<EVENT>
[attributes]
Negation\tArg:<EVENT>
Mention\tArg:Place, Value:Name|Nominal
"""
TABLE = 'id;title;colour;key;definition\r\nPER;Person;blue;p;"A; person\r\nor two"\r\nÖrt;;red;u;\r\n'


def scheme_of(name: str, text: str) -> tuple[Scheme, tuple[str, ...]]:
    found = foreign_scheme(PurePath(name), text)
    assert found is not None
    return parse_scheme(found.toml), found.notes


def test_labels_of_label_studio_become_a_layer() -> None:
    scheme, notes = scheme_of("my config.xml", CONFIG)
    layer = scheme.layers[0]
    assert (scheme.name, layer.id) == ("my_config", "label")
    assert [(label.id, label.title) for label in layer.labels] == [
        *(("PER", "PER"), ("ORG_big", "ORG: big"), ("LOC", "LOC")),
    ]
    assert (layer.labels[0].color, layer.labels[0].key, layer.labels[1].color) == ("#FF0000", "p", "#FFFF00")
    assert [relation.id for relation in scheme.relations] == ["founded_by"]
    assert "The key “k” of the label “LOC” is left out: it is taken, or isn’t one character." in notes
    assert "The colour “murky” of “LOC” is left out." in notes
    assert "<Ranker> (line 17) has no counterpart and is left out." in notes


def test_its_controls_become_fields_and_document_layers() -> None:
    scheme, _ = scheme_of("config.xml", CONFIG)
    label, tone, topics, amount = scheme.layers
    why, stars = label.attributes
    assert (why.kind, why.labels) == (FieldKind.TEXT, ("PER",))
    assert (stars.kind, stars.least, stars.most, stars.step) == (FieldKind.SCALE, 1, 7, 1)
    assert (tone.kind, tone.required) == (LayerKind.DOCUMENT, True)
    assert [(item.id, item.parent) for item in tone.labels] == [("Good", ""), ("Great", "Good"), ("Bad", "")]
    assert [value.title for value in topics.attributes[0].values] == ["Sport", "War & peace"]
    assert (topics.attributes[0].kind, amount.attributes[0].most) == (FieldKind.MANY, 10.5)


def test_types_and_roles_of_brat_become_layers_and_relations() -> None:
    scheme, notes = scheme_of("news/annotation.conf", CONF)
    entity, event = scheme.layers
    assert scheme.name == "news"
    assert [(label.id, label.parent, label.group) for label in entity.labels] == [
        *(("Person", "", False), ("Place", "", True), ("City", "Place", False), ("Country", "Place", False)),
    ]
    assert [label.id for label in event.labels] == ["Attack", "Report"]
    ends = {item.id: (item.sources, item.targets) for item in scheme.relations}
    assert ends == {
        "Agent": (("event.Attack",), ("entity.Person", "entity.Country")),
        "Target": (("event.Attack",), ("entity",)),
        "Event": (("event.Report",), ("event",)),
        "Located": (("entity.Person", "entity.City"), ("entity.City", "entity.Country")),
        "Alias": (("entity.Person",), ("entity.Person",)),
    }
    alias = scheme.relation("Alias")
    assert alias is not None
    assert (alias.chain, alias.directed) == (True, False)
    mention, negation = entity.attributes[0], event.attributes[0]
    assert (mention.labels, [value.id for value in mention.values]) == (
        ("Place", "City", "Country"),
        ["Name", "Nominal"],
    )
    assert (negation.id, negation.kind) == ("Negation", FieldKind.FLAG)
    assert any(note.startswith("The roles of events are relations") for note in notes)


def test_a_row_of_a_table_becomes_a_label() -> None:
    scheme, notes = scheme_of("Our labels.csv", TABLE)
    (layer,) = scheme.layers
    assert (scheme.name, layer.id, [label.id for label in layer.labels]) == ("Our_labels", "entity", ["PER", "Ort"])
    first, second = layer.labels
    assert (first.title, first.color, first.key) == ("Person", "#0072B2", "p")
    assert first.definition.split() == ["A;", "person", "or", "two"]
    assert (second.title, second.color, second.key) == ("Ört", "#FF0000", "")
    assert "“Ört” has the id Ort." in notes


def test_labels_of_a_table_can_have_layers_and_parents() -> None:
    scheme, _ = scheme_of("t.tsv", "id\tlayer\tparent\nA\terror\t\nB\terror\tA\nC\tclaim\t\n")
    assert [layer.id for layer in scheme.layers] == ["error", "claim"]
    assert scheme.layers[0].lineage("B") == ["A", "B"]


@pytest.mark.parametrize(
    ("name", "text", "line", "why"),
    [
        ("a.xml", '<!DOCTYPE x [<!ENTITY a "b">]>\n<View>&a;</View>', 1, "defines a document type or entities"),
        ("a.xml", "<View>\n<Labels></View>", 2, "not XML: mismatched tag"),
        ("a.xml", "<View/>", 1, "no labels for text"),
        ("a.xml", "<V>" * 70, 1, "nested too deeply"),
        ("a.conf", "[entities]\nA\n[spans]\n", 3, r"unknown section \[spans\]"),
        ("a.conf", "A\n", 1, "no section above"),
        ("a.conf", "[entities]\nA\n[relations]\nR Arg1:A, Arg2:B\n", 4, "no type “B”"),
        ("a.conf", "[entities]\nA\n[relations]\nR Arg1:A\n", 4, "doesn't have two ends"),
        ("a.conf", "[relations]\n", 1, "neither entities nor events"),
        ("a.csv", "name,x\n", 1, "no label in it"),
        ("a.csv", "x,y\nA,b\n", 1, "no column “id”"),
        ("a.csv", "id,key\nA,b\nA,c\n", 3, "“A” is there twice"),
        ("a.csv", 'id,title\nA,b\n,\n ,c\n\n,\n,"d" e\n', 7, "not CSV"),
        ("a.csv", "id,parent\nA,B\n", 2, "no label “B” above it"),
    ],
)
def test_what_cannot_be_read_is_named_with_its_line(name: str, text: str, line: int, why: str) -> None:
    with pytest.raises((SchemeError, FormatError), match=why) as raised:
        foreign_scheme(PurePath(name), text)
    assert (raised.value.line, str(raised.value.path)) == (line, name)


ALIASES = """<?xml version="1.0" encoding="UTF-16"?>
<View>
  <Labels name="ner" toName="t">
    <Label value="Person" alias="PER" background="darkblue" hint="A human" maxUsages="2"/>
    <Label value="Größe" background="rgb(255, 0, 10%)"/>
    <Label value="B" background="#f0f8"/><Label value="C" background="hsl(120, 100%, 50%)"/>
  </Labels>
  <Relations><Relation value="knows" background="#123456" hotkey="w"/><Relation value="b" hotkey="q"/></Relations>
  <Choices name="sure" toName="t" perRegion="true" whenTagName="ner" visibleWhen="region-selected">
    <Choice value="Yes" alias="y" hotkey="q" selected="true"/><Choice value="No"/>
  </Choices>
  <Taxonomy name="topic" toName="t"><Choice value="War"><Choice value="Peace talks"/></Choice></Taxonomy>
  <Labels name="other" toName="t"><Label value="X"/></Labels>
  <Choices name="tone" toName="t"><Choice value="Good" background="green" hint="Fine."/></Choices>
</View>
"""


def test_aliases_colors_hints_and_keys_of_label_studio() -> None:
    scheme, notes = scheme_of("c.xml", ALIASES)
    ner, other, topic, tone = scheme.layers
    assert [(label.id, label.title, label.color) for label in ner.labels] == [
        *(("PER", "Person", "#00008B"), ("Grosse", "Größe", "#FF001A")),
        *(("B", "B", "#FF00FF"), ("C", "C", "#00FF00")),
    ]
    assert ner.labels[0].definition == "A human"
    (sure,) = ner.attributes
    assert (sure.default, [(value.id, value.title, value.key) for value in sure.values]) == (
        "y",
        [("y", "Yes", "q"), ("No", "No", "")],
    )
    assert not other.attributes
    assert [(relation.id, relation.color, relation.key) for relation in scheme.relations] == [
        *(("knows", "#123456", "w"), ("b", "#D55E00", "")),
    ]
    assert [value.title for value in topic.attributes[0].values] == ["War", "War › Peace talks"]
    assert (tone.labels[0].color, tone.labels[0].definition) == ("#008000", "Fine.")
    assert set(notes) >= {
        "How often “PER” may be used (maxUsages) isn’t in the scheme.",
        "When “sure” is asked for (visibleWhen) isn’t in the scheme.",
        "The tree of “topic” is a list; titles say what each value is under.",
        "The key “q” of the relation “b” is left out: it is taken.",
    }


LOOK = {
    "visual.conf": "\ufeff[labels]\r\nPerson | A person | Pers\r\nLocated | Located in\r\n# x\r\n"
    "[drawing]\r\nPerson\tbgColor:#ffccaa, borderColor:darken\r\nLocated\tcolor:rgb(1, 2, 3), dashArray:-\r\n",
    "kb_shortcuts.conf": "# keys\nP person\nO Ort\nK Thing\n",
}
ODD_CONF = """\ufeff[entities]\r
Person\r
   Politician | MP\r
Ort\r
Thing\r
[relations]\r
Located \tArg1:<POG>, Arg2:Ort\r
<OVERLAP>\tArg1:Person, Arg2:Ort, <OVL-TYPE>:contain\r
[events]\r
<POG>=Person|Ort\r
[attributes]\r
Mood\tArg:<RELATION>, Value:real|unreal, <DEFAULT>:real\r
Sure\tArg:Located|Ort, <GLYPH-POS>:left\r
"""


def test_looks_and_odd_lines_of_brat() -> None:
    found = foreign_scheme(PurePath("news/annotation.conf"), ODD_CONF, LOOK)
    assert found is not None
    scheme = parse_scheme(found.toml)
    (entity,) = scheme.layers
    person, politician, ort, thing = entity.labels
    assert (person.title, person.badge, person.color, person.key) == ("A person", "Pers", "#FFCCAA", "p")
    assert (politician.parent, ort.key, thing.key) == ("Person", "o", "")
    (located,) = scheme.relations
    assert (located.title, located.color, located.sources) == (
        *("Located in", "#010203", ("entity.Person", "entity.Ort")),
    )
    mood, sure = located.attributes
    assert (mood.default, [value.id for value in mood.values], sure.kind) == (
        "real",
        ["real", "unreal"],
        FieldKind.FLAG,
    )
    assert [(field.id, field.labels) for field in entity.attributes] == [("Sure", ("Ort",))]
    assert set(found.notes) >= {
        "“| MP” behind “Politician” is left out.",
        "<OVERLAP> isn’t in the scheme: marks may overlap as they like.",
        "<GLYPH-POS> of the attribute “Sure” isn’t in the scheme.",
        "The key “k” of the label “Thing” is left out: it is taken, or isn’t one character.",
    }


def test_remarks_above_a_table_are_skipped() -> None:
    text = "\ufeff# our labels, of 2026\r\n# by Ana\r\nid;color\r\nA;darkorange\r\nB;blue\r\n"
    scheme, _ = scheme_of("t.csv", text)
    assert [(label.id, label.color) for label in scheme.layers[0].labels] == [("A", "#FF8C00"), ("B", "#0072B2")]
    with pytest.raises(SchemeError, match="“A” is there twice") as raised:
        foreign_scheme(PurePath("t.csv"), f"{text}A;red\r\n")
    assert raised.value.line == 6


def test_entities_are_not_expanded_whatever_they_hold() -> None:
    bomb = '<!DOCTYPE v [<!ENTITY a "aaaa">' + "".join(
        f'<!ENTITY {name} "{f"&{before};" * 50}">' for before, name in zip("abcdefg", "bcdefgh", strict=True)
    )
    with pytest.raises(SchemeError, match="which aren't read"):
        foreign_scheme(PurePath("a.xml"), f"{bomb}]><View>&h;</View>")


def test_toml_is_no_file_of_another_program() -> None:
    assert foreign_scheme(PurePath("a.toml"), 'name = "a"') is None


TYPOLOGY = """
template_name: mqm
edits:
  - name: accuracy
    label: "Accuracy"
    color: red
    enable_output: true
    annotation:
      - name: accuracy_type
        question: "Select the accuracy problem."
        options:
          - {name: addition, label: Addition, question: How bad is it?, options: likert-3}
          - {name: left_out, label: "Left out", options: [{name: yes, label: "Yes"}, {name: no, label: "No"}]}
      - {name: grammar_error, question: "Is it grammatical?", options: binary}
      - {name: remarks, options: textarea}
  - name: style
    label: Style
    color: grey
    annotation: [{name: style_type, question: How bad is it?, options: likert-3}]
  - {name: OutE, label: "Out of Article Error", color: "#bd3dbf"}
"""


def test_a_typology_of_thresh_has_a_tree_and_fields():
    made, notes = scheme_of("mqm.yml", TYPOLOGY)
    assert notes == (
        "“accuracy/addition” has the id accuracy_addition.",
        "“accuracy/left_out” has the id accuracy_left_out.",
        "“a lot” has the id a_lot.",
    )
    (layer,) = made.layers
    assert (made.name, layer.id, layer.has_evidence) == ("mqm", "error", True)
    assert [(label.id, label.title, label.parent) for label in layer.labels] == [
        ("accuracy", "Accuracy", ""),
        ("accuracy_addition", "Addition", "accuracy"),
        ("accuracy_left_out", "Left out", "accuracy"),
        ("style", "Style", ""),
        ("OutE", "Out of Article Error", ""),
    ]
    fields = {field.id: (field.kind, [value.id for value in field.values]) for field in layer.attributes}
    assert fields == {
        "accuracy_type": (FieldKind.CHOICE, ["minor", "somewhat", "a_lot", "yes", "no"]),
        "grammar_error": (FieldKind.CHOICE, ["yes", "no"]),
        "remarks": (FieldKind.TEXT, []),
        "style_type": (FieldKind.CHOICE, ["minor", "somewhat", "a_lot"]),
    }
    assert [field.id for field in layer.attributes_of("style")] == ["style_type"]


BOMB = "a: &a [x, x]\n" + "".join(
    f"{c}: &{c} [*{p}, *{p}, *{p}, *{p}, *{p}]\n" for p, c in zip("abcdefgh", "bcdefghi", strict=True)
)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("edits: [a: b: c", "not YAML"),
        ("- a", "isn't a typology"),
        ("edits: []", "no edits"),
        ("edits: [{label: x}]", "no edits"),
        ("[" * 5_000, "not YAML"),
        (BOMB, "no edits"),
    ],
)
def test_bad_typologies_are_refused(text, says):
    with pytest.raises(SchemeError, match=says):
        scheme_of("mqm.yml", text)


def test_a_typology_may_repeat_itself_without_end():
    made, _ = scheme_of("a.yml", "edits:\n- name: a\n  annotation:\n  - &q {name: q, options: [*q, *q]}")
    assert [label.id for label in made.layers[0].labels] == ["a", "a_q"]

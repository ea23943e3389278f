"""The guideline says what the scheme says, and takes nothing of it for markup."""

import msgspec

from app.core.annotation import Relation
from app.core.scheme_file import parse_scheme
from app.services.schemes.guideline import (
    RELATIONS,
    GoldExample,
    as_html,
    as_markdown,
    example_of,
    example_of_document,
    example_of_relation,
)
from tests.conftest import scheme_source
from tests.unit.build import annotation

SCHEME = parse_scheme(
    """
name = "w"
version = 3
title = "The <weather> *now*"
tie_rules = ["A_B before C"]
[[layer]]
id = "error"
key = "F4"
[[layer.label]]
id = "A_B"
title = "A & B"
definition = "First | second"
required = ["why"]
[[layer.label]]
id = "C"
parent = "A_B"
key = "c"
[[layer.attribute]]
id = "why"
required = true
[[layer.attribute.value]]
id = "x"
definition = "When it is x."
[[relation]]
id = "because"
source = ["error.C"]
"""
)
GOLD = {("error", "C"): [GoldExample("it <b> was ", "very *cold*", " then", "one.txt")]}


def test_markdown_escapes_what_is_written_in_it() -> None:
    text = as_markdown(SCHEME, GOLD)
    assert "# The \\<weather\\> \\*now\\*\n" in text
    assert "First \\| second" in text
    assert "### A & B › C (c)\n" in text
    assert "> it \\<b\\> was **very \\*cold\\*** then (one.txt)" in text
    assert "**Needs:** Why" in text
    assert "- **X:** When it is x." in text
    assert "**From:** Error: C" in text
    assert "1. “A & B” before C" in text


def test_html_escapes_what_is_written_in_it() -> None:
    page = as_html(SCHEME, GOLD)
    assert "<h1>The &lt;weather&gt; *now*</h1>" in page
    assert "<blockquote>it &lt;b&gt; was <mark>very *cold*</mark> then <cite>one.txt</cite></blockquote>" in page
    assert page.count("<ul>") == page.count("</ul>") == 1
    assert page.count("<ol>") == page.count("</ol>") == 1


def test_an_example_is_cut_at_words() -> None:
    text = "word " * 40 + "here it is " + "more " * 40
    start = text.index("here")
    found = example_of(text, annotation("a", (start, start + 4), quote="here"), "d")
    assert found is not None
    assert found.before.startswith("…word ")
    assert found.after.endswith("more…")
    assert example_of(text, annotation("a", (3, 3), quote=""), "d") is None


def test_each_kind_of_field_says_what_it_takes() -> None:
    text = as_markdown(parse_scheme(scheme_source("news-full")), {})
    for takes in (
        "an entity of the list “People and places”; only for Person, Organisation, Country, city, state, Place",
        "a number from 0 to 100; 0 is “nothing is kept”, 100 is “all is kept”; only for Spun, Translated, Sound",
        "a number of at least 0 in %; only for Quantity or number",
        "a date; only for Date",
        "a step of",
    ):
        assert f"**Takes:** {takes}\n" in text


KINDS = parse_scheme(
    """
name = "w"
version = 3
title = "W"
[[layer]]
id = "error"
[[layer.label]]
id = "A"
[[layer.attribute]]
id = "size"
kind = "number"
least = 0
step = 0.5
unit = "km"
[[layer.attribute]]
id = "why"
default = "x"
[[layer.attribute.value]]
id = "x"
definition = "When."
requires = ["comment"]
[[layer.attribute.value]]
id = "y"
closes = ["size"]
[[layer]]
id = "article"
kind = "document"
required = true
[[layer.label]]
id = "SPUN"
[[relation]]
id = "same"
chain = true
[[relation]]
id = "because"
"""
)


def test_kinds_of_field_documents_and_relations_are_said() -> None:
    source, target = annotation("Ana so Ben", (0, 3), uid="1"), annotation("Ana so Ben", (7, 10), uid="2")
    ends = {"1": source, "2": target}
    examples = {
        ("article", "SPUN"): [example_of_document(msgspec.structs.replace(source, comment="All of it."), "a.txt")],
        (RELATIONS, "because"): [
            found
            for label in ("because", "same")
            if (found := example_of_relation(KINDS, Relation(uid="r", source="1", target="2", label=label), ends, "b"))
        ],
    }
    text = as_markdown(KINDS, examples)
    assert "**Takes:** a number of at least 0 in km; in steps of 0.5" in text
    assert "**Takes:** one of; at first X" in text
    assert "- **X:** When. (needs comment)" in text
    assert "- **Y:** (does without Size)" in text
    assert "It is about the document as a whole. Each document needs it." in text
    assert "> All of it. (a.txt)" in text
    assert "> **Ana → Ben** (b)" in text
    assert "> **Ana – Ben** (b)" in text
    assert "Its marks all mean the same" in text
    assert "<blockquote><mark>Ana → Ben</mark> <cite>b</cite></blockquote>" in as_html(KINDS, examples)


def test_a_relation_without_words_at_an_end_is_no_example() -> None:
    anchor = annotation("Ana", (1, 1), uid="2")
    ends = {"1": annotation("Ana", (0, 3), uid="1"), "2": anchor}
    assert example_of_relation(KINDS, Relation(uid="r", source="1", target="2", label="because"), ends, "b") is None

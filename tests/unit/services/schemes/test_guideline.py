"""The guideline says what the scheme says, and takes nothing of it for markup."""

from app.core.scheme_file import parse_scheme
from app.services.schemes.guideline import GoldExample, as_html, as_markdown, example_of
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
        "a number in %; only for Quantity or number",
        "a date; only for Date",
        "a step of",
    ):
        assert f"**Takes:** {takes}\n" in text

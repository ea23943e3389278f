"""Rules on texts that are no prose: nothing breaks, and nothing takes long."""

import pytest

from app.suggesters.hints.rules import RULES
from tests.hints.case_file import hints_of

NAMES = tuple(rule.name for rule in RULES)
TEXT = "The council did not approve the plans for the new stadium on 4 May 2021, said Mayor Ida Brandt."
ODD = (
    *(
        "",
        " ",
        "\n\n\n",
        "?",
        "…",
        "“",
        "””",
        '"' * 50,
        "\u2028\u2029",
        "\u200b",
        "não",
        "1",
        "%",
        "€",
        "\U0001f600 " * 30,
    ),
    *("not " * 200, "no one never " * 80, "A " * 300, "(((" * 100, "of the of the " * 60, "x" * 5_000, "12 " * 300),
    "Ann: not\nBob: may\nAnn: will\nBob: no " * 40,
    "السلام عليكم، لم يوافق المجلس على الخطة.",
    "理事会は計画を承認しなかった。",
)


@pytest.mark.parametrize("odd", ODD, ids=range(len(ODD)))
def test_odd_texts_and_references_break_no_rule(odd):
    for text, references in ((odd, []), (odd, [TEXT]), (TEXT, [odd]), (odd, [odd]), (odd, [TEXT, odd, ""])):
        for _, hint in hints_of(NAMES, text, references):
            assert 0 <= hint.start <= hint.end <= len(text)
            assert 0 <= hint.score <= 1
            for place in hint.evidence:
                assert 0 <= place.start < place.end <= len(references[place.reference])

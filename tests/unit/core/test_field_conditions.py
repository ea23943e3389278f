"""Documents are chosen by what marks say, in the terms of the scheme."""

import pytest

from app.core.annotation import Annotation
from app.core.document_conditions import parse_condition
from app.core.errors import BadChoice
from app.core.field_conditions import field_tests
from app.core.scheme_file import parse_scheme
from tests.unit.review.kinds import KINDS_SOURCE, about, claim

SCHEME = parse_scheme(
    KINDS_SOURCE.replace('id = "NAME"', 'id = "NAME"\nparent = "FACT"').replace(
        'id = "claim"\n', 'id = "claim"\nseverity = true\n', 1
    )
    + "".join(f'\n[[severity]]\nid = "{step}"\nweight = 1\n' for step in ("minor", "major"))
)


def meets(marks: list[Annotation], *texts: str) -> bool:
    tests = field_tests(SCHEME, map(parse_condition, texts))
    return all(test.is_met(marks) for test in tests)


@pytest.mark.parametrize(
    ("conditions", "is_met"),
    [
        (["article.label=SPUN"], True),
        (["article.label=SOUND"], False),
        (["article.label!=SOUND"], True),
        (["article.label=SOUND", "article.label=SPUN"], True),
        (["article.adequacy>=50"], True),
        (["article.adequacy>=50", "article.adequacy<60"], False),
        (["article.adequacy>=50", "article.label=SOUND"], False),
        (["claim.label=FACT"], True),
        (["claim.label=NAME"], True),
        (["claim.topics=war"], True),
        (["claim.topics=War, Health"], True),
        (["claim.topics=money"], False),
        (["claim.trust>low"], True),
        (["claim.trust>high"], False),
        (["claim.share=5"], True),
        (["claim.share=5 %"], True),
        (["claim.day<2026-04"], True),
        (["claim.day>2026-04"], False),
        (["claim.who=Q1"], True),
        (["claim.who=Ann"], True),
        (["claim.severity>=major"], True),
        (["claim.severity=minor"], False),
        (["article.label=SPUN", "claim.topics=war"], True),
        (["words>=5", "status=done"], True),
    ],
)
def test_conditions_on_fields(conditions: list[str], is_met: bool) -> None:
    said = {"topics": ["health", "war"], "trust": "middle", "share": 5.0, "day": "2026-03-31", "severity": "major"}
    marks = [about("a1", adequacy=70), claim("a2", label="NAME", who={"id": "Q1", "title": "Ann"}, **said)]
    assert meets(marks, *conditions) is is_met


@pytest.mark.parametrize(
    ("condition", "words"),
    [
        ("artikel.label=SPUN", "no layer for “artikel.label”"),
        ("article.tone=calm", "has no “tone”"),
        ("article.label=ODD", "no label “ODD”"),
        ("article.label>SPUN", "can't be compared by >"),
        ("article.adequacy>=much", "must be a number"),
        ("claim.topics>war", "can't be compared by >"),
        ("claim.severity>=odd", "unknown severity “odd”"),
    ],
)
def test_what_the_scheme_does_not_have_is_told(condition: str, words: str) -> None:
    with pytest.raises(BadChoice, match=words):
        meets([], condition)


def test_a_key_of_the_metadata_is_no_field() -> None:
    assert parse_condition("meta.source=web").key == "meta.source"
    with pytest.raises(BadChoice, match="isn't a condition"):
        parse_condition("colour=red")

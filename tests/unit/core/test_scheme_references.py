"""What names a label elsewhere in a scheme follows it: labels under it, and the ends of relations."""

import pytest

from app.core.errors import SchemeError, WrongUse
from app.core.scheme import Scheme
from app.core.scheme_change import LabelChange, SchemeChange, SplitLabel, SplitPart
from app.core.scheme_edit import changed_scheme
from app.core.scheme_file import parse_scheme
from tests.unit.core.test_scheme_edit import differing

SCHEME = parse_scheme(
    """
name = "tree"
version = 1
title = "A tree"

[[layer]]
id = "entity"

[[layer.label]]
id = "PLACE"

[[layer.label]]
id = "CITY"
parent = "PLACE"

[[layer.label]]
id = "RIVER"
parent = 'PLACE'

[[layer.label]]
id = "PEOPLE"
group = true

[[layer.label]]
id = "PERSON"
parent = "PEOPLE"

[[layer]]
id = "claim"

[[layer.label]]
id = "PLACE"

[[relation]]
id = "lies_in"
source = ["entity.CITY", "entity.PLACE"]
target = [
    "entity.PLACE",
    "claim.PLACE",
]

[[relation]]
id = "knows"
source = ["entity.PERSON"]
target = ["entity"]
"""
)


def changed(*changes: SchemeChange) -> Scheme:
    return changed_scheme(SCHEME, list(changes))


def of(old: str, new: str | None) -> LabelChange:
    return LabelChange("entity", old, new)


def parents(scheme: Scheme) -> dict[str, str]:
    return {label.id: label.parent for label in scheme.layers[0].labels if label.parent}


def test_a_rename_is_followed_by_labels_under_it_and_by_ends() -> None:
    made = changed(of("PLACE", "SITE"))
    assert parents(made) == {"CITY": "SITE", "RIVER": "SITE", "PERSON": "PEOPLE"}
    lies_in = made.relation("lies_in")
    assert (lies_in.sources, lies_in.targets) == (("entity.CITY", "entity.SITE"), ("entity.SITE", "claim.PLACE"))
    assert [line for line in differing(SCHEME.source, made.source) if line.startswith("+")] == [
        *("+version = 2", '+id = "SITE"', '+parent = "SITE"', "+parent = 'SITE'"),
        *('+source = ["entity.CITY", "entity.SITE"]', '+    "entity.SITE",'),
    ]


def test_labels_under_a_merged_one_belong_to_the_other() -> None:
    made = changed(of("PLACE", "PERSON"))
    assert parents(made) == {"CITY": "PERSON", "RIVER": "PERSON", "PERSON": "PEOPLE"}
    assert made.relation("lies_in").sources == ("entity.CITY", "entity.PERSON")


def test_an_end_is_named_once_after_a_merge() -> None:
    made = changed(of("CITY", "PLACE"))
    assert made.relation("lies_in").sources == ("entity.PLACE",)


def test_a_label_above_others_is_not_deleted_without_them() -> None:
    with pytest.raises(WrongUse, match="has labels under it: CITY, RIVER") as found:
        changed(of("PLACE", None))
    assert "merge it into another label" in found.value.hint


def test_labels_are_deleted_together_with_the_one_above() -> None:
    source = SCHEME.source.replace('source = ["entity.CITY", "entity.PLACE"]', 'source = ["entity.PERSON"]')
    made = changed_scheme(parse_scheme(source), [of("PLACE", None), of("CITY", None), of("RIVER", None)])
    assert [label.id for label in made.layers[0].labels] == ["PEOPLE", "PERSON"]
    assert made.relation("lies_in").targets == ("claim.PLACE",)


def test_a_label_is_not_merged_into_one_under_it_or_a_group() -> None:
    with pytest.raises(WrongUse, match="entity.CITY is under PLACE"):
        changed(of("PLACE", "CITY"))
    with pytest.raises(WrongUse, match="PEOPLE is only a group"):
        changed(of("CITY", "PEOPLE"))


def test_a_relation_is_not_left_without_ends() -> None:
    with pytest.raises(SchemeError, match="the relation “Knows” has no other ends than entity.PERSON"):
        changed(of("PERSON", None))


def test_the_parts_of_a_split_label_are_ends_too() -> None:
    made = changed(SplitLabel("entity", "CITY", "CITY", (SplitPart("TOWN", quotes=("Bath",)),)))
    assert made.relation("lies_in").sources == ("entity.CITY", "entity.TOWN", "entity.PLACE")
    assert parents(made)["TOWN"] == "PLACE"
    made = changed(SplitLabel("entity", "PLACE", "SITE", (SplitPart("AREA", quotes=("Kent",)),)))
    assert made.relation("lies_in").sources == ("entity.CITY", "entity.SITE", "entity.AREA")
    assert parents(made) == {"CITY": "SITE", "RIVER": "SITE", "PERSON": "PEOPLE"}

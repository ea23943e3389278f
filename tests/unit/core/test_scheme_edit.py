"""Other labels in a scheme's text: only the lines change that have to."""

import difflib

import pytest

from app.core.errors import SchemeError, WrongUse
from app.core.scheme_change import LabelChange
from app.core.scheme_edit import changed_scheme
from app.core.scheme_file import parse_scheme
from tests.conftest import SHIPPED, scheme_source
from tests.unit.build import SCHEME


def differing(old: str, new: str) -> list[str]:
    lines = difflib.unified_diff(old.split("\n"), new.split("\n"), lineterm="", n=0)
    return [line for line in lines if line[:1] in "+-" and line[:3] not in ("+++", "---")]


@pytest.mark.parametrize("name", SHIPPED)
def test_every_shipped_label_can_be_renamed_merged_and_deleted(name: str) -> None:
    scheme = parse_scheme(scheme_source(name))
    for layer in scheme.layers:
        for label in layer.labels:
            renamed = changed_scheme(scheme, [LabelChange(layer.id, label.id, "OTHER_NAME")])
            assert renamed.label(layer.id, "OTHER_NAME") is not None
            assert renamed.label(layer.id, label.id) is None
            assert renamed.version == scheme.version + 1
            if len(layer.labels) == 1:
                continue
            other = next(item.id for item in layer.givable if not layer.is_in(item.id, label.id))
            for new in (other, None):
                if new is None and (
                    layer.children(label.id) or any(item.labels == (label.id,) for item in layer.attributes)
                ):
                    continue  # those under it, or its field, would be left behind
                made = changed_scheme(scheme, [LabelChange(layer.id, label.id, new)])
                left = made.layer(layer.id).labels
                assert [item.id for item in left] == [item.id for item in layer.labels if item is not label]


def test_a_rename_changes_only_id_references_and_version() -> None:
    made = changed_scheme(SCHEME, [LabelChange("error", "NOTE", "REMARK")])
    assert differing(SCHEME.source, made.source) == [
        "-version = 3",
        "+version = 4",
        '-id = "NOTE"',
        '+id = "REMARK"',
        '-labels = ["NOTE"]',
        '+labels = ["REMARK"]',
    ]


def test_a_deleted_labels_lines_go_but_the_next_comment_stays() -> None:
    source = SCHEME.source.replace('[[layer.label]]\nid = "NOTE"', '# about notes\n[[layer.label]]\nid = "NOTE"')
    made = changed_scheme(parse_scheme(source), [LabelChange("error", "TERM", "BARE")])
    assert "# about notes" in made.source
    assert "7.5" not in made.source


def test_several_changes_are_one_version() -> None:
    changes = [LabelChange("error", "TERM", "WORD"), LabelChange("entity", "PERSON", "HUMAN")]
    made = changed_scheme(SCHEME, changes)
    assert (made.version, made.label("error", "WORD").weights) == (4, {"major": 7.5})
    merged = changed_scheme(SCHEME, [LabelChange("error", "TERM", "NEW"), LabelChange("error", "SEARCHED", "NEW")])
    assert [label.id for label in merged.layer("error").labels] == ["NEW", "NOTE", "BARE", "OMISSION"]


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ([LabelChange("error", "NOTHING", "X")], "has no label"),
        ([LabelChange("error", "TERM", "TERM")], "itself"),
        ([LabelChange("error", "TERM", "A"), LabelChange("error", "TERM", "B")], "can't be changed twice"),
        ([LabelChange("error", "TERM", "NOTE"), LabelChange("error", "NOTE", "X")], "is being changed too"),
        ([LabelChange("error", "TERM", "no name")], "isn't a valid id"),
        ([LabelChange("error", "NOTE", None)], "only NOTE has the field"),
        ([LabelChange("entity", "PERSON", None)], "has no label"),
    ],
)
def test_what_makes_no_sense_is_refused_with_the_reason(changes: list[LabelChange], why: str) -> None:
    with pytest.raises((WrongUse, SchemeError), match=why):
        changed_scheme(SCHEME, changes)


def test_a_scheme_written_otherwise_is_left_to_people() -> None:
    source = 'name = "s"\nversion = 1\ntitle = "S"\nlayer = [{id = "a", label = [{id = "X"}, {id = "Y"}]}]\n'
    for new in ("Z", "Y", None):
        with pytest.raises(SchemeError, match="in a way that Stet can't edit"):
            changed_scheme(parse_scheme(source), [LabelChange("a", "X", new)])

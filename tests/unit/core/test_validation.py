"""What keeps a document from being done."""

import msgspec
import pytest

from app.core.annotation import Annotation, Status
from app.core.proposal import proposal_title, proposed
from app.core.validation import document_problems, problems_of, quote_holds, required_fields, settled_status
from tests.unit.build import SCHEME, annotation, document, evidence, state

TEXT = "the US senator spoke"
PROOF = evidence(document("U.S. President", uid="reference"), (0, 4))
# A TERM with everything that its label requires.
WHOLE = annotation(
    TEXT,
    (7, 14),
    label="TERM",
    attributes={"severity": "major", "evidence_status": "LINKED"},
    correction="president",
    evidence=(PROOF,),
)
FINE = annotation(TEXT, (4, 6), attributes={"evidence_status": "NOT_SEARCHED"})
BEYOND = annotation(TEXT + "n", (15, 21), attributes={"evidence_status": "NOT_SEARCHED"})


def fields(mark: Annotation) -> list[str]:
    return [problem.field for problem in problems_of(mark, scheme=SCHEME, text=TEXT)]


def with_(mark: Annotation, **changes: object) -> Annotation:
    return msgspec.structs.replace(mark, **changes)


def test_a_mark_with_everything_has_no_problem() -> None:
    assert fields(WHOLE) == []
    assert fields(FINE) == []


@pytest.mark.parametrize(
    ("changes", "field", "short"),
    [
        ({"attributes": {}}, "severity", "needs a severity"),
        ({"correction": None}, "correction", "needs a correction"),
        ({"evidence": ()}, "evidence", "needs evidence"),
    ],
)
def test_each_field_that_the_label_requires_is_missed(changes: dict, field: str, short: str) -> None:
    (problem,) = problems_of(with_(WHOLE, **changes), scheme=SCHEME, text=TEXT)
    assert (problem.annotation, problem.field, problem.short) == (WHOLE.uid, field, short)
    assert problem.message == f"“Term” {short}."


def test_an_empty_correction_is_one() -> None:
    assert fields(with_(WHOLE, correction="")) == []


@pytest.mark.parametrize("comment", ["", " \n "])
def test_a_comment_of_white_space_is_none(comment: str) -> None:
    note = annotation(TEXT, (4, 6), label="NOTE", attributes={"source": "radio"}, comment=comment)
    assert fields(note) == ["comment"]
    assert fields(with_(note, comment="why")) == []


@pytest.mark.parametrize("source", [None, ""])
def test_an_attribute_that_is_required_must_be_filled(source: str | None) -> None:
    attributes = {} if source is None else {"source": source}
    note = annotation(TEXT, (4, 6), label="NOTE", attributes=attributes, comment="why")
    (problem,) = problems_of(note, scheme=SCHEME)
    assert (problem.field, problem.short) == ("source", "needs “Source”")


def test_a_required_attribute_of_another_label_is_not_missed() -> None:
    assert "source" not in fields(annotation(TEXT, (4, 6), label="BARE"))


def test_external_evidence_is_accepted_only_with_a_comment() -> None:
    outside = with_(WHOLE, evidence=(), attributes={"severity": "major", "evidence_status": "EXTERNAL"})
    assert fields(outside) == ["comment"]
    assert fields(with_(outside, comment="a book, page 3")) == []


def test_a_label_may_allow_only_some_values() -> None:
    mark = annotation(TEXT, (4, 6), label="SEARCHED", attributes={"evidence_status": "NOT_SEARCHED"})
    (problem,) = problems_of(mark, scheme=SCHEME)
    assert problem.field == "evidence_status"
    assert problem.message == "“State of the evidence” must be “Searched none found” for “Searched”."
    assert fields(with_(mark, attributes={"evidence_status": "SEARCHED_NONE_FOUND"})) == []
    assert fields(with_(mark, attributes={})) == ["evidence_status"]


def test_a_value_that_the_scheme_does_not_know_is_a_problem() -> None:
    assert fields(with_(FINE, attributes={"evidence_status": "GUESSED"})) == ["evidence_status"]


def test_a_severity_that_is_not_on_the_scale_is_a_problem() -> None:
    (problem,) = problems_of(with_(FINE, attributes={"severity": "huge"}), scheme=SCHEME)
    assert (problem.field, problem.short) == ("severity", "unknown severity")


@pytest.mark.parametrize(
    ("changes", "short"), [({"label": "NOBODY"}, "unknown label"), ({"layer": "nowhere"}, "unknown layer")]
)
def test_an_unknown_label_or_layer_is_a_problem(changes: dict, short: str) -> None:
    (problem,) = problems_of(with_(WHOLE, **changes), scheme=SCHEME)
    assert (problem.field, problem.short) == ("label", short)


def test_an_anchor_needs_a_label_that_can_be_one() -> None:
    assert fields(annotation(TEXT, (4, 4), label="OMISSION")) == []
    assert fields(annotation(TEXT, (4, 4), label="BARE")) == ["range"]


@pytest.mark.parametrize(
    "mark", [with_(FINE, quote="UK"), annotation("x" * 99, (50, 60)), with_(BEYOND, quote="spoke")]
)
def test_a_quote_that_is_not_in_its_place_is_a_problem(mark: Annotation) -> None:
    assert not quote_holds(mark, TEXT)
    assert fields(mark)[0] == "range"
    assert problems_of(mark, scheme=SCHEME) == problems_of(mark, scheme=SCHEME, text=TEXT)[1:]


def test_a_field_is_required_once_however_many_ask_for_it() -> None:
    mark = annotation(TEXT, (4, 6), label="NOTE", attributes={"evidence_status": "EXTERNAL"})
    layer = SCHEME.layer("error")
    assert required_fields(mark, layer, layer.label("NOTE")) == ["comment", "source"]


def test_a_documents_problems_come_in_reading_order() -> None:
    bad = [annotation(TEXT, (start, start + 1), label="NOBODY") for start in (9, 2, 5)]
    found = document_problems(state(TEXT, WHOLE, *bad), scheme=SCHEME)
    assert [problem.annotation for problem in found] == [bad[1].uid, bad[2].uid, bad[0].uid]


@pytest.mark.parametrize(
    ("marks", "said", "true"),
    [
        ([], Status.OPEN, Status.OPEN),
        ([], Status.SKIPPED, Status.SKIPPED),
        ([with_(WHOLE, correction=None)], Status.SKIPPED, Status.SKIPPED),
        ([], Status.DONE, Status.DONE_EMPTY),
        ([WHOLE], Status.DONE_EMPTY, Status.DONE),
        ([WHOLE, FINE], Status.DONE, Status.DONE),
        ([WHOLE, with_(FINE, quote="UK")], Status.DONE, Status.OPEN),
        ([with_(WHOLE, correction=None)], Status.DONE_EMPTY, Status.OPEN),
    ],
)
def test_done_is_said_only_of_what_is_done(marks: list[Annotation], said: Status, true: Status) -> None:
    assert settled_status(state(TEXT, *marks, status=said), scheme=SCHEME) is true


def test_a_proposal_keeps_nobody_from_being_done() -> None:
    mark = annotation("some words", (0, 4), label=proposed("Spin  of words"))
    assert proposal_title(mark.label) == "Spin of words"
    open_scheme = msgspec.structs.replace(SCHEME, proposals=True)
    assert problems_of(mark, scheme=open_scheme) == []
    assert [problem.short for problem in problems_of(mark, scheme=SCHEME)] == ["unknown label"]
    assert open_scheme.label_title("error", mark.label) == "Spin of words (proposed)"

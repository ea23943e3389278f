"""Labels and fields of the document itself."""

import pytest

from app.core import document_edits as edits
from app.core.annotation import Status
from app.core.annotation_edits import annotate, remove
from app.core.edits import Edit, SetStatus, apply
from app.core.errors import EditRejected
from app.core.scheme_file import parse_scheme
from app.core.state import DocumentState
from app.core.validation import document_problems, settled_status
from tests.unit.build import document

SCHEME = parse_scheme(
    """
name = "whole"
version = 1
title = "Whole documents"
[[layer]]
id = "error"
[[layer.label]]
id = "WRONG"
anchor = true
[[layer]]
id = "article"
kind = "document"
required = true
[[layer.label]]
id = "SPUN"
[[layer.label]]
id = "UNCLEAR"
title = "Can’t be judged"
required = ["comment"]
[[layer]]
id = "quality"
title = "Quality"
kind = "document"
[[layer.attribute]]
id = "adequacy"
kind = "scale"
least = 0
most = 100
"""
)


@pytest.fixture
def state() -> DocumentState:
    return DocumentState.of(document("Nobody called."), annotator="ana")


def done(state: DocumentState, edit: Edit) -> DocumentState:
    """Apply an edit after making sure that its inverse returns the state."""
    after = apply(state, edit)
    assert apply(after.state, after.inverse).state.annotations == state.annotations
    return after.state


def test_a_document_has_one_label_of_a_layer(state: DocumentState) -> None:
    after = done(state, edits.label_document(state, "article", "SPUN", scheme=SCHEME))
    after = done(after, edits.label_document(after, "article", "UNCLEAR", scheme=SCHEME))
    (only,) = after.about_document(SCHEME)
    assert (only.layer, only.label, only.quote, only.start, only.end) == ("article", "UNCLEAR", "", 0, 0)
    with pytest.raises(EditRejected, match="“Can’t be judged” already"):
        edits.label_document(after, "article", "UNCLEAR", scheme=SCHEME)
    with pytest.raises(EditRejected, match="no layer “error” about the document"):
        edits.label_document(after, "error", "WRONG", scheme=SCHEME)


def test_an_anchor_at_the_start_is_not_about_the_document(state: DocumentState) -> None:
    after = done(state, annotate(state, [(0, 0)], layer="error", label="WRONG", scheme=SCHEME))
    assert after.about_document(SCHEME) == []
    with pytest.raises(EditRejected, match="about the document as a whole"):
        annotate(state, [(0, 6)], layer="article", label="SPUN", scheme=SCHEME)


def test_a_field_of_a_layer_without_labels_needs_none(state: DocumentState) -> None:
    after = done(state, edits.change_document_field(state, "quality", "adequacy", 70, scheme=SCHEME))
    after = done(after, edits.change_document_field(after, "quality", "adequacy", 80, scheme=SCHEME))
    (only,) = after.about_document(SCHEME)
    assert (only.label, only.attributes) == ("quality", {"adequacy": 80})
    with pytest.raises(EditRejected, match="choose a label first"):
        edits.change_document_field(after, "article", "x", 1, scheme=SCHEME)


def test_a_document_without_a_required_label_is_not_done(state: DocumentState) -> None:
    def problems(state: DocumentState) -> list[tuple[str, str, str]]:
        return [(p.annotation, p.layer, p.message) for p in document_problems(state, scheme=SCHEME)]

    assert problems(state) == [("", "article", "The document needs “Article”.")]
    after = done(state, edits.label_document(state, "article", "UNCLEAR", scheme=SCHEME))
    (label,) = after.about_document(SCHEME)
    assert problems(after) == [(label.uid, "", "“Can’t be judged” needs a comment.")]
    after = done(after, edits.label_document(after, "article", "SPUN", scheme=SCHEME))
    assert problems(after) == []
    finished = apply(after, SetStatus(Status.DONE)).state
    assert settled_status(finished, scheme=SCHEME) is Status.DONE
    applied = apply(finished, remove(finished, finished.about_document(SCHEME), scheme=SCHEME))
    assert settled_status(applied.state, scheme=SCHEME, change=applied.change) is Status.OPEN

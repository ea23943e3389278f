"""What a card says of a mark, and where it stands."""

import pytest
from PySide6.QtCore import QPointF, QRectF, QSizeF

from app.ui.panels.annotation_card import card_lines, card_title, free_place
from tests.unit.build import SCHEME, annotation, document, evidence

TEXT = "the US senator spoke"
REFERENCE = document("U.S. President Trump spoke.", uid="reference")
AREA, SIZE = QRectF(0, 0, 800, 600), QSizeF(300, 120)


def test_a_card_says_all_that_a_mark_has() -> None:
    mark = annotation(
        TEXT,
        (4, 14),
        label="TERM",
        attributes={"severity": "major"},
        correction="U.S. President",
        comment="<b>he</b>\nis",
        evidence=(evidence(REFERENCE, (0, 14)),),
        origin="review",
    )
    assert card_title(mark, SCHEME) == "Error: Term"
    assert card_lines(mark, SCHEME, annotator="Ana", text=TEXT) == [
        "Severity: Major",
        "Correction: U.S. President",
        "Comment: <b>he</b> is",
        "Evidence refutes: “U.S. President”",
        "By Ana (review)",
    ]


def test_a_card_lists_open_rules_and_omits_empty_fields() -> None:
    lines = card_lines(annotation(TEXT, (4, 14), label="NOTE"), SCHEME, annotator="", text=TEXT)
    assert lines[-1] == "By no one yet"
    assert all(line.startswith("Unmet rule: ") for line in lines[:-1])
    assert any("needs a comment" in line for line in lines)


def test_a_deleting_correction_is_described_and_long_text_is_cut() -> None:
    proof = tuple(evidence(REFERENCE, (n, 14)) for n in range(5))
    mark = annotation(TEXT, (4, 14), correction="", comment="x" * 900, evidence=proof)
    lines = card_lines(mark, SCHEME, annotator="Ana")
    assert lines[0] == "Correction: delete the marked words"
    assert len(lines[1]) == 240
    assert "and 2 more pieces of evidence" in lines


@pytest.mark.parametrize(
    ("taken", "place"),
    [
        ([QRectF(50, 50, 80, 20)], QPointF(50, 77)),  # under it
        ([QRectF(50, 550, 80, 20)], QPointF(50, 423)),  # over it
        ([QRectF(700, 50, 80, 20)], QPointF(500, 77)),  # under it, moved in
        ([QRectF(0, 0, 200, 600)], QPointF(207, 0)),  # beside it
        ([QRectF(400, 100, 300, 20), QRectF(10, 130, 90, 20)], QPointF(400, 157)),
        ([QRectF(0, 0, 800, 600)], None),
    ],
)
def test_a_card_covers_nothing_of_its_mark(taken: list[QRectF], place: QPointF | None) -> None:
    found = free_place(SIZE, AREA, taken)
    assert found == place
    if found is not None:
        card = QRectF(found, SIZE)
        assert AREA.contains(card)
        assert not any(card.intersects(rect) for rect in taken)

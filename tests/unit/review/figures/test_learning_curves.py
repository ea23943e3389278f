"""Learning curves: what Insights shows of models, as numbers and as a drawing."""

import pytest

from app.review.figures.learning_curves import LearnedModel, LearnedPoint, learning_figure
from app.review.figures.table import csv_of
from app.ui.insights.curve_drawing import draw_curves
from app.ui.theme import DARK, LIGHT, Tones

FIRST = LearnedModel("en_roles", "1.0.0", "Entity", (LearnedPoint(1.0, 80, 0.75), LearnedPoint(0.25, 20, 0.5)))
SECOND = LearnedModel("en_roles", "1.0.1", "Entity", (LearnedPoint(1.0, 90, 0.8),))


def test_there_is_a_row_for_each_point_by_number_of_texts() -> None:
    figure = learning_figure([FIRST, SECOND])
    assert [row.cells for row in figure.rows] == [
        ("en_roles 1.0.0", "Entity", 20, 0.25, 0.5),
        ("en_roles 1.0.0", "Entity", 80, 1.0, 0.75),
        ("en_roles 1.0.1", "Entity", 90, 1.0, 0.8),
    ]
    assert "n = 2 models" in figure.lead
    assert csv_of(figure).splitlines()[1] == "en_roles 1.0.0,Entity,20,0.25,0.5"
    assert learning_figure([]).missing.startswith("No model was trained on this project")
    assert any("Learning curve" in note for note in learning_figure([SECOND]).notes)


@pytest.mark.parametrize("tones", [LIGHT, DARK])
def test_better_is_higher_and_more_texts_further_right(qapp: object, tones: Tones) -> None:
    figure = learning_figure([FIRST, SECOND])
    picture = draw_curves(figure, 900, tones)
    places = [rect.center() for rect, _ in picture.cells]
    assert [row for _, row in picture.cells] == [0, 1, 2]
    assert places[0].x() < places[1].x() < places[2].x()
    assert places[0].y() > places[1].y() > places[2].y()
    curves = [line for line in picture.lines if line.width > 1]
    assert [len(line.points) for line in curves] == [2, 1]
    assert all(rect.right() <= picture.size.width() for rect, _ in picture.cells)

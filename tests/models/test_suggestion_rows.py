"""The rows of the list of suggestions."""

import pytest

from app.core.annotation import Fragment
from app.core.scheme_file import parse_scheme
from app.core.suggestion import Suggestion
from app.core.suggestion_calibration import AnswerTally
from app.ui.models.suggestions import Measured, SuggestionListModel, listed
from tests.conftest import scheme_source


def rows_of(labels: str, model: SuggestionListModel) -> list[str]:
    """Show suggestions with labels, named by letters, and return the rows' first lines."""
    named = {"P": "PERSON", "O": "ORG"}
    suggestions = [
        Suggestion(
            uid=str(at),
            maker="test",
            layer="entity",
            label=named[letter],
            fragments=(Fragment(at, at + 1),),
            quote=f"q{at}",
        )
        for at, letter in enumerate(labels)
    ]
    scheme = parse_scheme(scheme_source("ner"))
    model.show_rows(listed(suggestions, scheme, lambda _: Measured(), lambda _: 0.5, model.kinds))
    return [row.text for at in range(model.rowCount()) if (row := model.row(at)) is not None]


def test_the_largest_kind_is_first_and_kinds_stay_where_they_are(qapp: object) -> None:
    model = SuggestionListModel()
    assert rows_of("OPP", model) == ["Person (2)", "q1", "q2", "Organisation (1)", "q0"]
    assert rows_of("OOP", model)[0] == "Person (1)", "an answer doesn't move what is below it to the top"


@pytest.mark.parametrize(
    ("measured", "words"),
    [
        (Measured(), "not answered yet"),
        (Measured(shipped=AnswerTally(41, 44)), "not answered yet; 93% of 44 right in trials"),
        (Measured(AnswerTally(2, 3), AnswerTally(41, 44)), "67% of 3 accepted"),
        (Measured(AnswerTally(0, 1_200)), "0% of 1,200 accepted"),
    ],
)
def test_a_share_never_stands_without_its_number(measured: Measured, words: str) -> None:
    assert measured.words == words

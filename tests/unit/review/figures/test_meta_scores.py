"""Error scores by metadata: every number worked out by hand."""

from typing import Any

import msgspec
import pytest

from app.core.annotation import Annotation, Status
from app.core.decision import GOLD
from app.core.record import DocumentRecord, SetRecord
from app.core.scheme import SEVERITY
from app.review.figures.figure import Figure, Value
from app.review.figures.insights import MOST_KEYS, Insights
from app.review.figures.table import as_row, csv_of
from tests.unit import build

MINOR, MAJOR = 1, 5  # the weights of the scheme


def record(name: str, words: int, meta: dict[str, Any], **by: int) -> DocumentRecord:
    """Return a document that each has finished with so many points, made of major and minor marks."""
    document = build.document(" ".join(["word"] * words), uid=name, name=f"{name}.txt")
    sets = []
    for who, points in by.items():
        marks = [_mark("major")] * (points // MAJOR) + [_mark("minor")] * (points % MAJOR)
        sets.append(SetRecord(who, GOLD if who == GOLD else "person", Status.DONE, "small@3", 0, tuple(marks), ()))
    return DocumentRecord(msgspec.structs.replace(document, meta=meta), sets=tuple(sets))


def _mark(severity: str) -> Annotation:
    found = build.annotation("word word", (0, 4), label="BARE")
    return msgspec.structs.replace(found, attributes={SEVERITY: severity})


def counted(*records: DocumentRecord) -> Insights:
    found = Insights(build.SCHEME, assigned={}, days={})
    for each in records:
        found.add(each, {})
    return found


def table(figure: Figure) -> dict[tuple[Value, Value], tuple[Value, ...]]:
    wanted = [figure.at(column) for column in ("document_count", "words", "penalty", "score", "mean")]
    return {row.cells[:2]: tuple(row.cells[at] for at in wanted) for row in figure.rows}  # type: ignore[misc]


@pytest.fixture
def systems() -> Insights:
    """Give four documents of two systems and one of none; ben read only one of system a, and gold is of one."""
    return counted(
        record("one", 100, {"system": "a"}, ana=10, ben=4, gold=5),
        record("two", 300, {"system": "a"}, ana=2),
        record("three", 200, {"system": "b"}, ana=0, ben=6),
        record("four", 50, {}, ben=1),
    )


def test_scores_by_system_are_per_annotator_and_their_mean(systems: Insights) -> None:
    shown = systems.figure("score", {"by": "meta.system"})
    found = table(shown)
    assert found == {
        ("a", "ana"): (2, 400, 12, 30.0, 6.0),
        ("a", "ben"): (1, 100, 4, 40.0, 4.0),
        ("a", "gold"): (1, 100, 5, 50.0, 5.0),
        ("a", "all annotators"): (2, 400, 8, 35.0, 5.0),
        ("b", "ana"): (1, 200, 0, 0.0, 0.0),
        ("b", "ben"): (1, 200, 6, 30.0, 6.0),
        ("b", "all annotators"): (1, 200, 3, 15.0, 3.0),
        ("(none)", "ben"): (1, 50, 1, 20.0, 1.0),
        ("(none)", "all annotators"): (1, 50, 1, 20.0, 1.0),
    }
    assert "the mean of the annotators’ values, without gold" in shown.lead
    assert [row.cells[0] for row in shown.rows][-1] == "(none)"


def test_rows_of_json_and_csv_name_the_key(systems: Insights) -> None:
    shown = systems.figure("score", {"by": "meta.system"})
    assert csv_of(shown).splitlines()[:2] == [
        "meta.system,annotator,score,mean,penalty,marks,document_count,words",
        "a,ana,30.0,6.0,12.0,4,2,400",
    ]
    first = as_row(shown)["rows"][0]
    assert (first["meta.system"], first["annotator"], first["documents"]) == ("a", "ana", ["one", "two"])


def test_values_are_text_and_in_natural_order() -> None:
    found = counted(
        *(record(f"d{value}", 10, {"round": value}, ana=1) for value in (10, 9, True, "", None, ["a"], "x")),
    )
    shown = found.figure("score", {"by": "meta.round"})
    assert list(dict.fromkeys(row.cells[0] for row in shown.rows)) == ["9", "10", "true", "x", "(none)"]
    assert table(shown)["(none)", "ana"][0] == 3


def test_keys_of_most_documents_are_offered_first() -> None:
    rare = {f"key{number:02}": "x" for number in range(MOST_KEYS + 1)}
    found = counted(
        record("one", 10, {"genre": "news", "tags": ["a"], **rare}, ana=1), record("two", 10, {"genre": "blog"}, ana=0)
    )
    (by,) = found.choices("score")
    assert [value for value, _ in by.values][:3] == ["document", "meta.genre", "meta.key00"]
    assert len(by.values) == MOST_KEYS + 1
    assert by.more == ("meta.key19", "meta.key20")
    assert found.figure("score", {"by": "meta.key20"}).axes.down == "meta.key20"
    assert found.figure("score", {"by": "meta.tags"}).axes.down == "document_id"


def test_hidden_names_stay_hidden_by_metadata(systems: Insights) -> None:
    shown = systems.figure("score", {"by": "meta.system"}, hide_names=True)
    people = {row.cells[1] for row in shown.rows}
    assert people == {"annotator 1", "annotator 2", "gold", "all annotators"}
    assert {place.annotator for row in shown.rows for place in row.places} == people - {"all annotators"}


def test_a_value_that_only_gold_has_has_no_mean_of_annotators() -> None:
    found = counted(record("one", 0, {"genre": "news"}, gold=5))
    assert table(found.figure("score", {"by": "meta.genre"})) == {("news", "gold"): (1, 0, 5, None, 5.0)}

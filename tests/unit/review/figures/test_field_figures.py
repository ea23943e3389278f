"""Figures of fields, relations, trees of labels and whole documents: every number worked out by hand."""

import pytest

from app.core.annotation import Annotation, Relation, Status
from app.core.document import Document, sha256
from app.core.record import DocumentRecord, SetRecord
from app.core.scheme import Scheme
from app.core.scheme_file import parse_scheme
from app.review.figures.figure import Figure
from app.review.figures.insights import Insights, SetsMeasured
from app.review.readings import Reading, Readings
from tests.unit.review.build import TEXT, mark
from tests.unit.review.kinds import KINDS, about, claim, link
from tests.unit.review.test_agreement_kinds import TREE


def counted(*by: list[Annotation], ties: tuple[list[Relation], ...] = (), scheme: Scheme = KINDS) -> Insights:
    """Count one document as annotators a, b, c ... have finished it."""
    document = Document(uid="d", name="d", text=TEXT, sha256=sha256(TEXT))
    sets = [
        SetRecord(who, "person", Status.DONE, "x@1", 0.0, tuple(marks), tuple(ties[at] if at < len(ties) else ()))
        for at, (who, marks) in enumerate(zip("abcd", by, strict=False))
    ]
    found = Insights(scheme, assigned={}, days={})
    readings = Readings("d", len(TEXT), {item.annotator: Reading(item.annotations, item.relations) for item in sets})
    found.add(DocumentRecord(document, sets=tuple(sets)), {SetsMeasured.FROZEN: readings})
    return found


def table(figure: Figure) -> dict[tuple[object, object], object]:
    return {row.cells[:2]: row.cells[2] for row in figure.rows}


def of_field(field: str, *values: object) -> Figure:
    marks = [claim(f"a{at}", (5 * at, 5 * at + 3), **{field: value}) for at, value in enumerate(values)]
    return counted(marks).figure("fields", {"field": f"claim.{field}"})


def test_few_numbers_have_a_bar_each() -> None:
    figure = of_field("share", 5, 5.0, 62.5)
    assert table(figure) == {("5", "a"): 2, ("62.5", "a"): 1}
    assert "in %" in figure.lead
    assert figure.rows[0].cells[3] == pytest.approx(2 / 3)


def test_many_numbers_share_bars_of_one_width() -> None:
    figure = of_field("share", *range(0, 96, 5), 100)
    assert [row.cells[0] for row in figure.rows][:2] == ["0 to below 10", "10 to below 20"]
    assert table(figure)["90 to 100", "a"] == 3
    assert sum(row.cells[2] for row in figure.rows) == 21


def test_choices_steps_dates_and_entities_are_counted() -> None:
    assert table(of_field("topics", ["war", "health"], ["war"])) == {("health", "a"): 1, ("war", "a"): 2}
    assert list(table(of_field("trust", "high", "low"))) == [("low", "a"), ("high", "a")]
    assert table(of_field("day", "2026-03-01", "2026-03-31", "2025-01-02")) == {
        ("2025-01", "a"): 1,
        ("2026-03", "a"): 2,
    }
    assert table(of_field("day", "2026", "2026-03")) == {("2026", "a"): 2}
    assert table(of_field("who", {"id": "1", "title": "Ann"})) == {("Ann", "a"): 1}


def test_what_is_said_of_documents_is_counted_and_placed() -> None:
    found = counted([about("a1", adequacy=70)], [about("b1", "SOUND")])
    assert table(found.figure("fields", {"field": "article.adequacy"})) == {("70", "a"): 1}
    labels = found.figure("labels", {"layer": "article"})
    assert table(labels) == {("SPUN", "a"): 1, ("SOUND", "b"): 1}
    assert labels.rows[0].places[0].words == "the document as a whole"
    assert table(found.figure("confusion", {"layer": "article"}))["SPUN", "SOUND"] == 1


def test_relations_are_counted_by_type_and_chains_as_chains() -> None:
    marks = [[claim(f"{who}{at}") for at in range(1, 6)] for who in "ab"]
    ana = [link("a1", "a2"), link("a2", "a3", "same"), link("a3", "a4", "same"), link("a1", "a5", "same")]
    figure = counted(*marks, ties=(ana, [link("b1", "b2", "like")])).figure("relations")
    assert table(figure) == {("because", "a"): 1, ("like", "b"): 1, ("same", "a"): 2}
    assert counted(*marks).figure("relations").missing


def test_labels_and_their_confusion_roll_up_a_tree() -> None:
    one = [mark("a1", (0, 5), label="DAY"), mark("a2", (10, 15), label="PLACE"), mark("a3", (20, 25), label="STYLE")]
    other = [mark("b1", (0, 5), label="PLACE"), mark("b2", (10, 15), label="FACT"), mark("b3", (20, 25), label="TIME")]
    found = counted(one, other, scheme=TREE)
    choices = {choice.key: choice for choice in found.choices("labels")}
    assert choices["level"].values == (("given", "as given"), ("1", "top"), ("2", "level 2"))
    assert table(found.figure("labels", {"level": "1"})) == {("FACT", "a"): 2, ("FACT", "b"): 3, ("STYLE", "a"): 1}
    assert table(found.figure("labels", {"level": "2"}))["TIME", "a"] == 1
    confused = table(found.figure("confusion", {"level": "1"}))
    assert (confused["FACT", "FACT"], confused["FACT", "STYLE"]) == (2, 1)
    assert "level" not in {choice.key for choice in counted([]).choices("labels")}


def test_a_project_without_fields_says_so() -> None:
    bare = parse_scheme('name = "b"\nversion = 1\ntitle = "B"\n[[layer]]\nid = "error"\n[[layer.label]]\nid = "TERM"\n')
    assert "no field" in counted([], scheme=bare).figure("fields").missing

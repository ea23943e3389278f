"""`stet agreement`, on the sample project with three annotators who have read it."""

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Stet, begun
from tests.made_once import made_once

Row = dict[str, Any]


@pytest.fixture
def three(stet: Stet) -> Path:
    return by_three(stet.folder)


@made_once
def by_three(folder: Path) -> Path:
    """Make the sample project, its marks made by three: ben shifts every second one, cem made only every third."""
    stet, sample, path = Stet(folder), begun(folder), folder / "three.stet"
    lines = [json.loads(line) for line in stet("export", sample, "-").out.splitlines()]
    marked = [line for line in lines if line.get("sets")]
    assert marked
    for line in marked:
        (given,) = line["sets"]
        line["sets"] = [
            _work(given, "ana", given["annotations"]),
            _work(given, "ben", [_shifted(mark) if number % 2 else mark for number, mark in _each(given)]),
            _work(given, "cem", [mark for number, mark in _each(given) if number % 3 == 0]),
            _work(given, "dora", [], status="open"),
            _work(given, "gold", given["annotations"][:1], kind="gold"),
        ]
    made = stet.write("three.jsonl", "".join(json.dumps(line) + "\n" for line in lines))
    assert stet("new", path).code == 0
    ran = stet("import", path, made)
    assert ran.code == 0, ran.err
    return path


def _each(given: Row) -> list[tuple[int, Row]]:
    return list(enumerate(given["annotations"]))


def _work(given: Row, name: str, marks: list[Row], *, status: str = "done", kind: str = "person") -> Row:
    copies = [
        {
            **mark,
            "id": f"{name}-{mark['id']}",
            "evidence": [{**item, "id": f"{name}-{item['id']}"} for item in mark.get("evidence", ())],
        }
        for mark in marks
    ]
    return {"annotator": name, "kind": kind, "status": status, "scheme": given["scheme"], "annotations": copies}


def _shifted(mark: Row) -> Row:
    if mark["end"] - mark["start"] < 2 or "fragments" in mark:
        return mark
    return {**mark, "start": mark["start"] + 1, "quote": mark["quote"][1:]}


def _figure(layer: Row, measure: str, pair: list[str] | None = None, label: str | None = None) -> Row:
    (row,) = [r for r in layer["measures"] if (r["measure"], r["pair"], r["label"]) == (measure, pair, label)]
    return row


def test_each_layer_with_its_measures(stet: Stet, three: Path) -> None:
    layers = stet("agreement", three, "--json").rows()
    assert {layer["layer"] for layer in layers} == {"entity", "claim", "error"}
    marks = stet("list", three, "annotations", "--as", "ana", "--layer", "error", "--json").rows()
    (error,) = [layer for layer in layers if layer["layer"] == "error"]
    assert list(error) == [
        *(
            "layer",
            "annotators",
            "documents",
            "frozen",
            "scheme",
            "seed",
            "resamples",
            "against",
            "notes",
            "measures",
            "level",
        ),
    ]
    assert error["annotators"] == ["ana", "ben", "cem"]  # neither the one who isn't done nor gold
    row = _figure(error, "exact_f1", ["ana", "ben"])
    assert list(row) == ["measure", "pair", "label", "value", "n", "used", "total", "interval", "note"]
    assert row["n"] == [len(marks), len(marks)]
    finished = {mark["document"] for mark in stet("list", three, "annotations", "--as", "ana", "--json").rows()}
    assert row["used"] == row["total"] == error["documents"] == len(finished)
    assert 0 < row["value"] < 1
    assert _figure(error, "overlap_label_f1", ["ana", "ben"])["value"] == 1.0
    assert row["value"] < _figure(error, "mpp_f1", ["ana", "ben"])["value"] < 1
    assert _figure(error, "exact_precision", ["ana", "cem"])["value"] < 1
    assert _figure(error, "exact_recall", ["ana", "cem"])["value"] == 1.0
    assert _figure(error, "evidence_f1", ["ana", "ben"])["value"] == 1.0
    assert "NaN" not in stet("agreement", three, "--json").out


def test_a_layer_can_be_chosen_and_a_seed_given(stet: Stet, three: Path) -> None:
    (layer,) = stet("agreement", three, "--layer", "error", "--seed", 7, "--gamma", "--json").rows()
    assert (layer["layer"], layer["seed"]) == ("error", 7)
    assert _figure(layer, "gamma")["value"] <= 1
    assert stet("agreement", three, "--layer", "error", "--seed", 7, "--gamma", "--json").rows() == [layer]
    ran = stet("agreement", three, "--layer", "eror")
    assert (ran.code, ran.out) == (2, "")
    assert ran.err == "stet: the scheme has no layer “eror”; its layers are: entity, claim, error\n"
    assert stet("agreement", three, "--seed", "-1").code == 2


@pytest.fixture
def judged(stet: Stet, three: Path) -> Path:
    """Give the project of three in which everything that ana marked was made gold."""
    lines = [json.loads(line) for line in stet("export", three, "-").out.splitlines()]
    for line in lines:
        ana = [item for item in line.get("sets", ()) if item["annotator"] == "ana"]
        for item in ana:
            others = [other for other in line["sets"] if other["annotator"] != "gold"]
            line["sets"] = [*others, _work(item, "gold", item["annotations"], kind="gold")]
    stet.write("judged.jsonl", "".join(json.dumps(line) + "\n" for line in lines))
    stet("new", "judged.stet")
    ran = stet("import", "judged.stet", "judged.jsonl")
    assert ran.code == 0, ran.err
    return stet.folder / "judged.stet"


def test_everyone_against_gold(stet: Stet, judged: Path) -> None:
    (error,) = stet("agreement", judged, "--layer", "error", "--against", "gold", "--json").rows()
    assert (error["against"], error["annotators"]) == ("gold", ["ana", "ben", "cem", "gold"])
    assert {tuple(row["pair"]) for row in error["measures"] if row["pair"]} == {
        (n, "gold") for n in ("ana", "ben", "cem")
    }
    for part in ("precision", "recall", "f1"):
        assert _figure(error, f"exact_label_{part}", ["ana", "gold"])["value"] == 1.0
    cem = [_figure(error, f"exact_label_{part}", ["cem", "gold"])["value"] for part in ("precision", "recall", "f1")]
    assert cem[0] == 1.0
    assert cem[1] < 1
    assert cem[2] == pytest.approx(2 * cem[1] / (1 + cem[1]), abs=1e-6)
    label = next(row["label"] for row in error["measures"] if row["label"])
    assert _figure(error, "exact_label_recall", ["ana", "gold"], label)["value"] == 1.0
    mean = _figure(error, "exact_label_recall")
    assert mean["value"] == pytest.approx(
        sum(_figure(error, "exact_label_recall", [who, "gold"])["value"] for who in ("ana", "ben", "cem")) / 3, abs=2e-6
    )
    out = stet("agreement", judged, "--layer", "error", "--against", "gold").out
    assert any(line.split()[:3] == ["mpp_label_precision", "cem-gold", "all"] for line in out.splitlines())
    assert "alpha" not in out


def test_everyone_against_an_annotator(stet: Stet, three: Path) -> None:
    (error,) = stet("agreement", three, "--layer", "error", "--against", "BEN", "--json").rows()
    assert (error["against"], error["annotators"]) == ("ben", ["ana", "cem", "ben"])
    assert _figure(error, "exact_f1", ["cem", "ben"])["n"][0] < _figure(error, "exact_f1", ["ana", "ben"])["n"][0]
    ran = stet("agreement", three, "--against", "nobody")
    assert ran.code == 1
    assert "the project has no annotator “nobody”" in ran.err


def test_measures_can_be_chosen(stet: Stet, three: Path) -> None:
    out = stet("agreement", three, "--layer", "error", "--measure", "kappa_*", "--measure", "gamma").out
    rows = [line.split()[0] for line in out.splitlines() if not line.startswith(("layer ", "note: ", "MEASURE"))]
    assert set(rows) >= {"kappa_label", "kappa_severity", "gamma"}
    assert all(row.startswith(("kappa_", "gamma")) for row in rows)
    assert "scott_pi_label" in stet("agreement", three, "--layer", "error", "--measure", "scott_pi_label").out
    assert "scott_pi" not in stet("agreement", three, "--layer", "error").out
    ran = stet("agreement", three, "--layer", "error", "--measure", "kapa")
    assert ran.code == 2
    assert ran.err.startswith("stet: there is no measure “kapa” in the layer error; use: ")


def test_kappa_of_words_is_there_if_asked_for(stet: Stet, three: Path) -> None:
    shown = stet("agreement", three, "--layer", "error").out
    assert "boundary_similarity" in shown
    assert "token_kappa" not in shown
    assert "relation_" not in shown  # there are none
    (layer,) = stet("agreement", three, "--layer", "error", "--json").rows()
    row = _figure(layer, "token_kappa", ["ana", "ben"])
    assert 0 < row["value"] <= 1
    assert 0 < row["used"] == row["total"] < _figure(layer, "char_alpha", ["ana", "ben"])["used"]
    assert (
        "not recommended: unmarked words count as agreement" in stet("agreement", three, "--measure", "token_kappa").out
    )
    assert _figure(layer, "relation_f1")["value"] is None


def test_measures_as_csv(stet: Stet, three: Path) -> None:
    ran = stet("agreement", three, "--csv", "--measure", "exact_f1")
    (first, *_) = found = list(csv.DictReader(io.StringIO(ran.out.removeprefix("\ufeff"))))
    assert {row["layer"] for row in found} == {"entity", "claim", "error"}
    assert (first["measure"], first["annotator"], first["other"], first["label"]) == ("exact_f1", "", "", "")
    (json_row,) = [layer for layer in stet("agreement", three, "--json").rows() if layer["layer"] == first["layer"]]
    assert float(first["value"]) == _figure(json_row, "exact_f1")["value"]
    assert stet("agreement", three, "--csv", "--json").code == 2


def test_only_some_documents(stet: Stet, reviewed: Path) -> None:
    (layer,) = stet("agreement", reviewed, "--where", "name=d1*", "--json").rows()
    assert layer["documents"] == 3  # d1, d10, d11
    (layer,) = stet("agreement", reviewed, "--where", "name=d1", "--where", "name=d3", "--json").rows()
    assert layer["documents"] == 2


@pytest.mark.parametrize(
    ("condition", "complaint"),
    [
        ("labels=PERSON", "“labels=PERSON” isn't a condition; write one such as status=open, name=news-*"),
        ("words>many", "“words” is compared with a whole number, not “many”; write words>=200"),
        ("PERSON", "“PERSON” isn't a condition"),
        ("finished>=2026-02-30", "there is no day 2026-02-30; write year, month and day"),
        ("finished<spring", "“spring” isn't a date; write year, month and day, as in finished>=2026-01-31"),
        ("scheme=ner@7", "no one's work is of the scheme “ner@7”; their schemes are: ner@1"),
        ("name=d99", "no document is called “d99”"),
    ],
)
def test_wrong_conditions_are_told(stet: Stet, reviewed: Path, condition: str, complaint: str) -> None:
    ran = stet("agreement", reviewed, "--where", condition)
    assert (ran.code, ran.out) == (2, "")
    assert complaint in ran.err


def test_only_work_of_a_scheme_version(stet: Stet, reviewed: Path) -> None:
    lines = [json.loads(line) for line in stet("export", reviewed, "-").out.splitlines()]
    for number, line in enumerate(lines):
        people = [item for item in line["sets"] if item["kind"] != "gold"]
        line["sets"] = [{**item, "scheme": "ner@1" if number < 4 else "ner@2"} for item in people]
        line["sets"][0]["scheme"] = "ner@1"
        line.pop("decisions", None)
    stet.write("old.jsonl", "".join(json.dumps(line) + "\n" for line in lines))
    stet("new", "old.stet", "--scheme", "ner")
    ran = stet("import", "old.stet", "old.jsonl")
    assert ran.code == 0, ran.err
    (layer,) = stet("agreement", "old.stet", "--where", "scheme=ner@1", "--json").rows()
    row = _figure(layer, "exact_f1", ["ana", "ben"])
    assert (layer["documents"], row["used"]) == (12, 4)
    (layer,) = stet("agreement", "old.stet", "--where", "scheme=ner@2", "--json").rows()
    assert layer["annotators"] == ["ben"]
    both = ("--where", "scheme=ner@1", "--where", "scheme=ner@2")
    (layer,) = stet("agreement", "old.stet", *both, "--json").rows()
    assert _figure(layer, "exact_f1", ["ana", "ben"])["used"] == 12


def test_only_work_finished_in_a_span_of_days(stet: Stet, tmp_path: Path) -> None:
    from app.session.session import Session
    from tests.team import team_project

    team_project(tmp_path / "team.stet")
    session = Session.open(tmp_path / "team.stet", annotator="rina")
    stamp = "UPDATE edit_log SET time = ? WHERE annotator = (SELECT id FROM annotator WHERE name = ?)"
    with session.project.atomic():
        for name, day in (("ana", "2026-03-02"), ("ben", "2026-03-02"), ("cara", "2026-03-05")):
            session.project.connection.execute(stamp, [f"{day}T23:59:00.000000Z", name])
    session.close()
    for conditions, people in (
        (["finished>=2026-03-03"], ["cara"]),
        (["finished<2026-03-05"], ["ana", "ben"]),
        (["finished>=2026-03-02", "finished<=2026-03-05"], ["ana", "ben", "cara"]),
        (["finished>2026-03-02", "finished<2026-03-05"], []),
        (["finished=2026-03-05"], ["cara"]),
    ):
        where = [part for condition in conditions for part in ("--where", condition)]
        layers = stet("agreement", tmp_path / "team.stet", *where, "--json").rows()
        assert layers[0]["annotators"] == people, conditions


def test_work_without_a_day_is_left_out_and_counted(stet: Stet, three: Path) -> None:
    (layer,) = stet("agreement", three, "--layer", "error", "--where", "finished>=2026-01-01", "--json").rows()
    assert layer["annotators"] == []
    assert any("left out: it isn't known on which day" in note for note in layer["notes"])


def test_people_read_a_table_without_grades(stet: Stet, three: Path) -> None:
    ran = stet("agreement", three, "--layer", "error")
    assert ran.code == 0
    first, heads, *rows = [line for line in ran.out.splitlines() if not line.startswith("note: ")]
    assert first.startswith("layer error: ana, ben, cem; ")
    assert heads.split()[:4] == ["MEASURE", "WHO", "LABEL", "VALUE"]
    assert any(row.split()[:3] == ["mpp_f1", "ana-ben", "all"] for row in rows)
    labels = {mark["label"] for mark in stet("list", three, "annotations", "--layer", "error", "--json").rows()}
    assert {row.split()[2] for row in rows if row.split()[:2] == ["alpha_u", "all"]} == {*labels, "all"}
    assert not any("precision" in row for row in rows)
    assert not any(word in ran.out.lower() for word in ("nan", "substantial", "moderate", "fair", "-0.000"))


def test_of_two_annotators_the_pair_is_enough(stet: Stet, three: Path) -> None:
    lines = [json.loads(line) for line in stet("export", three, "-", "--as", "ana", "--as", "ben").out.splitlines()]
    stet.write("two.jsonl", "".join(json.dumps(line) + "\n" for line in lines))
    stet("new", "two.stet")
    assert stet("import", "two.stet", "two.jsonl").code == 0
    rows = [line.split() for line in stet("agreement", "two.stet", "--layer", "error").out.splitlines()]
    measured = [row for row in rows if row[0].startswith(("mpp", "char", "alpha"))]
    assert {row[1] for row in measured} == {"ana-ben"}
    assert any(row[0] == "mpp_precision" for row in measured)


def test_what_is_missing_is_said_and_is_no_error(stet: Stet, sample: Path) -> None:
    ran = stet("agreement", sample)
    assert (ran.code, ran.err) == (0, "")
    assert "note: no one has finished a document; agreement needs two annotators" in ran.out
    assert "n/a (fewer than two annotators finished anything)" in ran.out
    layers = stet("agreement", sample, "--json").rows()
    assert [layer["layer"] for layer in layers] == ["entity", "claim", "error"]
    assert all(row["value"] is None for layer in layers for row in layer["measures"])


FROZEN = "12 documents as they were when review of them began"


@pytest.fixture
def reviewed(stet: Stet) -> Path:
    """Give a project of twelve texts in which ana made a second mark after review had begun."""
    first, second = ({"start": 0, "end": 4, "quote": "Ines"}, {"start": 9, "end": 14, "quote": "Lyons"})

    def lines(*marks: tuple[str, Row]) -> str:
        return "".join(
            json.dumps(
                {
                    "stet": 1,
                    "id": f"d{n}",
                    "name": f"d{n}",
                    "text": f"Ines saw Lyons {n}",
                    "sets": [
                        {
                            "annotator": who,
                            "status": "done",
                            "annotations": [
                                {"id": f"{who}{n}-{place['start']}", "layer": "entity", "label": "PERSON", **place}
                                for by, place in marks
                                if by == who and (n % 2 == 0 or place is first)
                            ],
                        }
                        for who in ("ana", "ben")
                    ],
                }
            )
            + "\n"
            for n in range(12)
        )

    stet.write("one.jsonl", lines(("ana", first), ("ben", first)))
    stet.write("two.jsonl", lines(("ana", first), ("ana", second), ("ben", first)))
    stet("new", "p.stet", "--scheme", "ner")
    for done in (
        stet("import", "p.stet", "one.jsonl"),
        stet("review", "p.stet", "--auto", "unanimous", "--as", "rina"),
        stet("import", "p.stet", "two.jsonl"),
    ):
        assert done.code == 0, done.err
    return stet.folder / "p.stet"


def test_sets_under_review_are_frozen_or_as_now(stet: Stet, reviewed: Path) -> None:
    (layer,) = stet("agreement", reviewed, "--json").rows()
    assert (layer["frozen"], layer["notes"]) == (12, [FROZEN])
    row = _figure(layer, "exact_f1", ["ana", "ben"])
    assert (row["value"], row["n"]) == (1.0, [12, 12])
    (layer,) = stet("agreement", reviewed, "--as-now", "--json").rows()
    assert (layer["frozen"], layer["notes"]) == (0, [])
    row = _figure(layer, "exact_f1", ["ana", "ben"])
    assert (row["value"], row["n"]) == (0.8, [18, 12])
    assert f"note: {FROZEN}\n" in stet("agreement", reviewed).out


def test_the_order_of_import_changes_no_interval(stet: Stet, reviewed: Path) -> None:
    lines = stet("export", reviewed, "-").out.splitlines(keepends=True)
    found = []
    for name, order in (("a", lines), ("b", lines[::-1]), ("c", lines[5:] + lines[:5])):
        stet.write(f"{name}.jsonl", "".join(order))
        stet("new", f"{name}.stet", "--scheme", "ner")
        assert stet("import", f"{name}.stet", f"{name}.jsonl").code == 0
        found.append(stet("agreement", f"{name}.stet", "--gamma", "--json").out)
    assert found[0] == found[1] == found[2]


def test_it_works_beside_a_window(stet: Stet, three: Path) -> None:
    from app.session.session import Session

    session = Session.open(three, annotator="ana")
    try:
        assert stet("agreement", three, "--layer", "error").code == 0
    finally:
        session.close()

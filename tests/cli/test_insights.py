"""`stet insights`, on the sample that three annotators have finished."""

import csv
import io
import json
from pathlib import Path

import pytest

from app.review.figures.insights import FIGURES
from tests.cli.conftest import Stet
from tests.team import team_project


@pytest.fixture
def team(stet: Stet) -> Path:
    """Give a project of three annotators."""
    path = stet.folder / "team.stet"
    team_project(path)
    return path


def test_every_figure_says_its_n_or_what_is_missing(stet: Stet, team: Path) -> None:
    ran = stet("insights", team)
    assert (ran.code, ran.err) == (0, "")
    for about in FIGURES:
        assert f"({about.id})" in ran.out
    assert ran.out.count("n = ") >= 7
    assert "Nothing has been decided yet" in ran.out


def test_csv_of_a_figure_reads_back(stet: Stet, team: Path) -> None:
    ran = stet("insights", team, "agreement", "--layer", "error", "--measure", "exact_label_f1", "--csv")
    (first, *_) = found = list(csv.DictReader(io.StringIO(ran.out.removeprefix("\ufeff"))))
    assert len(found) == 6
    assert (first["annotator"], first["other"], first["value"]) == ("ana", "ben", "0.444444")


def test_agreement_is_that_of_stet_agreement(stet: Stet, team: Path) -> None:
    (layer,) = stet("agreement", team, "--layer", "error", "--json").rows()
    theirs = {
        tuple(m["pair"]): m["value"]
        for m in layer["measures"]
        if m["measure"] == "mpp_label_f1" and m["pair"] and m["label"] is None
    }
    (figure,) = stet("insights", team, "agreement", "--layer", "error", "--json").rows()
    ours = {(row["annotator"], row["other"]): row["value"] for row in figure["rows"]}
    assert theirs
    assert {pair: ours[pair] for pair in theirs} == theirs


def test_agreement_and_confusion_of_some_days(stet: Stet, team: Path) -> None:
    for figure in ("agreement", "confusion"):
        every = stet("insights", team, figure, "--layer", "error", "--csv").out
        assert (
            stet("insights", team, figure, "--layer", "error", "--where", "finished>2026-01-01", "--csv").out == every
        )
        (none,) = stet("insights", team, figure, "--where", "finished<2026-01-01", "--json").rows()
        assert none["missing"]
        assert none["rows"] == []


def test_json_names_the_documents_behind_each_row(stet: Stet, team: Path) -> None:
    found = stet("insights", team, "--json").rows()
    assert [figure["figure"] for figure in found] == [about.id for about in FIGURES]
    (labels,) = (figure for figure in found if figure["figure"] == "labels")
    known = {row["id"] for row in stet("list", team, "documents", "--json").rows()}
    assert all(row["documents"] and set(row["documents"]) <= known for row in labels["rows"])


def test_names_can_be_hidden(stet: Stet, team: Path) -> None:
    out = stet("insights", team, "labels", "--hide-names").out
    assert "annotator 3" in out
    assert not any(name in out for name in (" ana ", " ben ", " cara "))


def test_scores_by_metadata_as_table_and_csv(stet: Stet) -> None:
    lines = (
        {
            **{"stet": 1, "id": system, "name": system, "text": "Ines saw Lyons", "meta": {"system": system}},
            "sets": [{"annotator": "ana", "status": "done", "annotations": []}],
        }
        for system in ("one", "two")
    )
    stet.write("p.jsonl", "".join(json.dumps(line) + "\n" for line in lines))
    stet("new", "p.stet", "--scheme", "news-errors")
    assert stet("import", "p.stet", "p.jsonl").code == 0
    ran = stet("insights", "p.stet", "score", "--by", "meta.system", "--csv")
    rows = list(csv.DictReader(io.StringIO(ran.out.removeprefix("\ufeff"))))
    assert [(row["meta.system"], row["annotator"]) for row in rows] == [
        *(("one", "ana"), ("one", "all annotators"), ("two", "ana"), ("two", "all annotators")),
    ]
    ran = stet("insights", "p.stet", "score", "--by", "meta.system")
    assert "all annotators" in ran.out
    assert "the mean of the annotators’ values, without gold" in ran.out


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["days", "--layer", "error"], "--layer doesn't apply to days"),
        (["confusion", "--pair", "ana,zoe"], "it can be: all; ana,ben; ana,cara; ben,cara"),
        (["score", "--by", "meta.mood"], "--by can’t be “meta.mood”; it can be: document"),
        (["labels", "--where", "name=*"], "--where doesn't apply to labels"),
        (["--where", "name=*"], "name the figure"),
        (["agreement", "--where", "scheme=ner@9"], "no one's work is of the scheme “ner@9”"),
        (["agreement", "--where", "finished<spring"], "“spring” isn't a date"),
        (["--csv"], "--csv prints one figure"),
        (["--layer", "error"], "name the figure"),
        (["histogram"], "histogram"),
    ],
)
def test_wrong_use_is_told(stet: Stet, team: Path, arguments: list[str], complaint: str) -> None:
    ran = stet("insights", team, *arguments)
    assert ran.code == 2
    assert complaint in ran.err
    assert ran.out == ""


def test_csv_of_nothing_has_titles_and_says_why(stet: Stet, team: Path) -> None:
    ran = stet("insights", team, "overturn", "--csv")
    assert ran.out == "\ufeffwho,became,marks,share,decided\n"
    assert "In Review (Ctrl+2)" in ran.err


def test_sets_under_review_can_be_as_they_are_now(stet: Stet, team: Path) -> None:
    assert stet("review", team, "--auto", "unanimous", "--as", "rina").code == 0
    ran = stet("insights", team, "agreement")
    assert "note: 1 document as it was when its review began" in ran.out
    for name in ("agreement", "confusion"):
        ran = stet("insights", team, name, "--as-now")
        assert ran.code == 0, ran.err
        assert "when review of them began" not in ran.out
    ran = stet("insights", team, "labels", "--as-now")
    assert (ran.code, ran.err) == (2, "stet: --as-now doesn't apply to labels; try: stet insights --help\n")


def test_each_annotator_against_gold(stet: Stet, team: Path) -> None:
    ran = stet("insights", team, "agreement", "--against-gold")
    assert (ran.code, ran.err) == (2, "stet: --against-gold doesn't apply to agreement; try: stet insights --help\n")
    lines = [json.loads(line) for line in stet("export", team, "-").out.splitlines()]
    for line in lines:
        (ana,) = [item for item in line.get("sets", ()) if item["annotator"] == "ana"] or [None]
        if ana is not None:
            marks = [{**mark, "id": f"g-{mark['id']}", "evidence": []} for mark in ana["annotations"]]
            line["sets"].append({**ana, "annotator": "gold", "kind": "gold", "annotations": marks, "relations": []})
    stet.write("gold.jsonl", "".join(json.dumps(line) + "\n" for line in lines))
    stet("new", "gold.stet")
    assert stet("import", "gold.stet", "gold.jsonl").code == 0
    chosen = ("agreement", "--layer", "error", "--against-gold", "--json", "--measure")
    for measure in ("mpp_label_precision", "mpp_label_recall"):
        (figure,) = stet("insights", "gold.stet", *chosen, measure).rows()
        rows = {(row["annotator"], row["other"]): row["value"] for row in figure["rows"]}
        (layer,) = stet("agreement", "gold.stet", "--layer", "error", "--against", "gold", "--json").rows()
        whole = [m for m in layer["measures"] if m["measure"] == measure and m["pair"] and not m["label"]]
        theirs = {tuple(m["pair"]): m["value"] for m in whole}
        assert theirs["ana", "gold"] == 1.0
        assert {pair: rows[pair] for pair in theirs} == theirs

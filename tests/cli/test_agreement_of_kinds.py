"""Agreement on what a rich scheme says: shown by `stet insights` as `stet agreement` measures it, at each level."""

from pathlib import Path

import pytest

from app.core.annotation import Status
from app.core.edits import AddAnnotation, AddRelation, Batch, SetStatus
from app.session.actions import SetEdit
from app.session.session import Session
from tests.cli.conftest import Stet
from tests.conftest import add_documents
from tests.unit.review.build import TEXT
from tests.unit.review.kinds import KINDS_SOURCE, about, claim, link

TREE = KINDS_SOURCE.replace('[[layer.label]]\nid = "NAME"\n', '[[layer.label]]\nid = "NAME"\nparent = "FACT"\n')


@pytest.fixture
def kinds(tmp_path: Path) -> Path:
    """Give a project in which ana and ben say different things of five marks, their relations and the document."""
    path = tmp_path / "kinds.stet"
    session = Session.create(path, scheme=TREE, annotator="ana")
    said = {
        "ana": (["NAME", "FACT", "FACT", "NAME", "NAME"], [10, 20, 30, 40, 50], ["war"], [("because", 1, 2)]),
        "ben": (["FACT", "FACT", "FACT", "NAME", "NAME"], [10, 20, 35, 40, 60], ["war", "money"], [("because", 2, 1)]),
    }
    for document, extra in zip(add_documents(session, {"1.txt": TEXT, "2.txt": TEXT}), (0, 50), strict=True):
        for who, (labels, shares, topics, ties) in said.items():
            name = f"{who[0]}{extra}"
            marks = [
                claim(f"{name}{at}", (10 * at, 10 * at + 3), label=labels[at], share=shares[at], topics=topics)
                for at in range(5)
            ]
            relations = [link(f"{name}{s}", f"{name}{t}", label) for label, s, t in ties]
            relations += [link(f"{name}1", f"{name}2", "like"), link(f"{name}2", f"{name}3", "same")]
            relations += [link(f"{name}3", f"{name}4", "same")] if who == "ana" else []
            marks.append(about(f"{name}9", adequacy={"ana": 70, "ben": 20}[who]))
            session.become(who)
            edits = (*map(AddAnnotation, marks), *map(AddRelation, relations), SetStatus(Status.DONE))
            session.perform(SetEdit(document, who, Batch(edits)), title="Work")
    session.close()
    return path


def shown(stet: Stet, path: Path, measure: str, *more: str, layer: str = "claim") -> float | None:
    found = stet("insights", path, "agreement", "--layer", layer, "--measure", measure, *more, "--json").rows()[0]
    return next(row["value"] for row in found["rows"] if (row["annotator"], row["other"]) == ("ana", "ben"))


@pytest.mark.parametrize(
    ("measure", "value"),
    [
        ("relation_label_f1", 1 / 2),  # “like” is the same, “because” leads the other way
        ("chain_b3_f1:same", 8 / 13),  # precision (2/3 + 2/3 + 0) / 3, recall 1
        ("exact_label_f1", 4 / 5),
    ],
)
def test_relations_and_chains_are_shown(stet: Stet, kinds: Path, measure: str, value: float) -> None:
    assert shown(stet, kinds, measure) == pytest.approx(value, abs=1e-4)


@pytest.mark.parametrize("level", ["1", "given"])
def test_labels_are_compared_at_a_chosen_level(stet: Stet, kinds: Path, level: str) -> None:
    more = ["--level", level] if level != "given" else []
    rows = stet("agreement", kinds, "--layer", "claim", *more, "--json").rows()[0]
    assert rows["level"] == (1 if more else None)
    for measure in ("exact_label_f1", "relation_label_f1", "interval_alpha_share", "masi_alpha_topics"):
        (found,) = [
            m for m in rows["measures"] if m["measure"] == measure and m["pair"] == ["ana", "ben"] and not m["label"]
        ]
        assert shown(stet, kinds, measure, *more) == found["value"], measure
    assert shown(stet, kinds, "exact_label_f1", *more) == (1.0 if more else 0.8)


def test_a_field_is_measured_by_its_kind(stet: Stet, kinds: Path) -> None:
    """Each number twice: differences 5 and 10 of 10 pairs; the alpha of Krippendorff's formula for intervals."""
    values = [10, 10, 20, 20, 30, 35, 40, 40, 50, 60] * 2
    apart = 2 * 2 * (25 + 100)  # squared differences within pairs, both ways round
    everywhere = sum((one - other) ** 2 for one in values for other in values)
    alpha = 1 - (len(values) - 1) * apart / everywhere
    assert shown(stet, kinds, "interval_alpha_share") == pytest.approx(alpha, abs=1e-4)
    found = stet("insights", kinds, "agreement", "--layer", "article", "--measure", "interval_alpha_share").out
    assert "No marks in this layer have what “Alpha of “Share”, interval” is of." in found


def test_the_lead_names_measure_and_level(stet: Stet, kinds: Path) -> None:
    out = stet("insights", kinds, "agreement", "--layer", "claim", "--measure", "masi_alpha_topics", "--level", "1").out
    assert "Alpha of “Topics”, MASI, labels at the top of their tree" in out
    table = stet("insights", kinds, "agreement", "--layer", "claim", "--measure", "relation_f1", "--csv").out
    assert "ana" in table.splitlines()[1]

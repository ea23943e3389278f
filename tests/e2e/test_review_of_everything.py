"""A reviewer's sitting over everything that two people can differ in: by keys, and by mouse; out to gold and back."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from app.cli.main import cli
from app.core.annotation import Status
from app.session.session import Session
from app.ui.review.queue import Shown
from app.ui.widgets.labels import ValueButton
from tests.e2e import disagreement
from tests.e2e.disagreement import CLAIM, PUTIN, TOWN, TRUMP
from tests.e2e.test_insights import Lead
from tests.e2e.test_review import ReviewDriver

Pick = Callable[["Desk", str, str], None]

WANTED = {  # by group: whose version (a or b) says what stands in each row of the card
    "aarticle": {"label": "b"},
    "aquality": {"adequacy": "a"},
    "ap": {"who": "a", "born": "b", "→ “Washington”": "b"},
    "aw": {"inhabitants": "b"},
    "ac": {"evidence": "b", "how sure are you?": "a", "→ “Donald Trump”": "-"},
    "at": {
        "roles": "a",
        "→ “Puttin”": "a",
        "Calls: sure": "a",
        "→ “Washington”": "a",
        "In: since": "b",
        "→ “spoke for two days”": "b",
    },
}
"""What the reviewer picks; a dash for a row that isn't there."""
ROWS = {
    "aarticle": {"label": ("Spun", "Sound")},
    "aquality": {"adequacy": ("70", "20")},
    "ap": {"who": ("Vladimir Putin", "Donald Trump"), "born": ("1952-10", "1952"), "→ “Washington”": ("–", "In")},
    "aw": {"inhabitants": ("700000 people", "650000 people")},
    "ac": {
        "evidence": (
            "(1) “about two hours” or (2) “Both sides confirmed it”",
            "“about two hours” + “Both sides confirmed it”",
        ),
        "how sure are you?": ("Rather", "Very"),
        "→ “Donald Trump”": ("Because of", "–"),
    },
    "at": {
        "roles": ("Head of state, Party leader", "Head of state"),
        "→ “Puttin”": ("Calls", "Meets"),
        "Calls: sure": ("Quite", "–"),
        "→ “Washington”": ("In", "In"),
        "In: since": ("4 years", "8 years"),
        "→ “spoke for two days”": ("–", "Because of"),
    },
}
"""What ana and ben say there, as it is shown."""


class Desk(ReviewDriver):
    """The Review workspace over that project."""

    def cells(self) -> dict[str, dict[str, ValueButton]]:
        """Return the cells of the card that are shown, by row and by whose version they are of."""
        found: dict[str, dict[str, ValueButton]] = {}
        for cell in self.review.card.table.findChildren(ValueButton, "version-cell"):
            if cell.isVisibleTo(self.review.card.table):
                row = cell.accessibleName().split(", version of ")[0]
                found.setdefault(row, {}).setdefault(cell.value[1][0], cell)  # two fields have one title
        return found

    def said(self, row: str) -> tuple[str, str]:
        """Return what the two say in a row."""
        return tuple(self.cells()[row][who].accessibleName().split(": ", 1 + row.count(": "))[-1] for who in "ab")

    def gold_content(self) -> tuple[object, ...]:
        """Return what gold says: marks, and relations by the words at their ends."""
        gold = self.review.book.reviewing.gold("1.txt")
        words = {uid: a.quote or a.layer for uid, a in gold.annotations.items()}
        marks = {
            words[uid]: (a.label, a.attributes, sorted((e.quote, e.alternative) for e in a.evidence))
            for uid, a in gold.annotations.items()
        }
        ties = {(words[r.source], r.label, words[r.target]): r.attributes for r in gold.relations.values()}
        return marks, ties, gold.status


GOLD = (
    {
        "article": ("SOUND", {}, []),
        "quality": ("quality", {"adequacy": 70}, []),
        TRUMP: ("PERSON", {"who": disagreement.person("Q22686", "Donald Trump"), "roles": ["head", "party"]}, []),
        PUTIN: ("PERSON", {"who": disagreement.person("Q7747", "Vladimir Putin"), "born": "1952"}, []),
        TOWN: ("CITY", {"size": 650_000}, []),
        CLAIM: (
            "CLAIM",
            {"evidence_status": "LINKED", "trust": "rather"},
            [("Both sides confirmed it", 1), ("about two hours", 1)],
        ),
    },
    {
        (TRUMP, "calls", PUTIN): {"sure": "high"},
        (TRUMP, "in", TOWN): {"since": 8},
        (PUTIN, "in", TOWN): {},
        (TRUMP, "because", CLAIM): {},
    },
    Status.DONE,
)


@pytest.fixture
def stet(qtbot: QtBot, tmp_path: Path) -> Iterator[Desk]:
    driver = Desk(qtbot)
    driver.start(disagreement.make(tmp_path), annotator="Rina")
    driver.go()
    driver.review.model.sort_by(driver.review.model.order, shown=Shown.ALL)
    yield driver
    driver.quit()


def by_keys(stet: Desk, row: str, who: str) -> None:
    cell = stet.cells()[row][who]
    for _ in range(20):
        if stet.review.card.table.field == cell.value[0]:
            break
        stet.press("Alt+Down")
    name = {"a": "ana", "b": "ben"}[who]
    stet.press(f"Alt+{stet.review.model.letters(stet.entry).number(name)}")
    assert cell.isChecked()


def by_mouse(stet: Desk, row: str, who: str) -> None:
    cell = stet.cells()[row][who]
    QTest.mouseClick(cell, Qt.MouseButton.LeftButton)
    assert cell.isChecked()


def decide(stet: Desk, pick: Pick, accept: Callable[[], None]) -> None:
    """Decide each group as wanted; the rows say what people wrote."""
    for uid, wanted in WANTED.items():
        for _ in range(stet.review.model.rowCount()):
            if uid in stet.entry.group.sources:
                break
            stet.press("N")
        assert uid in stet.entry.group.sources
        assert {row: stet.said(row) for row in ROWS[uid]} == ROWS[uid]
        for row, who in wanted.items():
            pick(stet, row, "b" if who == "-" else who)
        accept()
        stet.settle()


@pytest.mark.parametrize("how", ["keys", "mouse"])
def test_every_difference_is_decided(stet: Desk, how: str, tmp_path: Path) -> None:
    if how == "keys":
        decide(stet, by_keys, lambda: stet.press("Return"))
    else:
        decide(stet, by_mouse, lambda: stet.click("button-review.accept"))
    stet.wait(lambda: stet.gold_content() == GOLD)
    path = stet.session.path
    stet.quit()
    stet.start(path, annotator="Rina")
    stet.go()
    assert stet.gold_content() == GOLD
    for _ in WANTED:
        stet.press("Ctrl+Z")
    stet.wait(lambda: stet.gold_content() == ({}, {}, Status.OPEN))
    for _ in WANTED:
        stet.press("Ctrl+Shift+Z")
    stet.wait(lambda: stet.gold_content() == GOLD)
    if how == "keys":
        gold_goes_out_and_comes_back(path, tmp_path)


def gold_goes_out_and_comes_back(path: Path, folder: Path) -> None:
    """Export gold, import it into a new project under the same scheme, and export it again."""
    run = CliRunner().invoke
    out, back, again = folder / "gold.jsonl", folder / "back.jsonl", folder / "again.stet"
    done = run(cli, ["export", str(path), str(out), "--gold"])
    assert done.exit_code == 0, done.output
    with_gold = next(row for row in map(json.loads, out.read_text("utf-8").splitlines()) if row.get("name") == "1.txt")
    (gold,) = [item for item in with_gold["sets"] if item["annotator"] == "gold"]
    assert len(gold["relations"]) == 4
    Session.create(again, scheme=disagreement.COUNTING + disagreement.RELATIONS).close()
    assert run(cli, ["import", str(again), str(out)]).exit_code == 0
    assert run(cli, ["export", str(again), str(back), "--gold"]).exit_code == 0
    assert back.read_bytes() == out.read_bytes()


def test_agreement_on_it_is_shown(qtbot: QtBot, tmp_path: Path) -> None:
    path = disagreement.make(tmp_path)
    lead = Lead(qtbot)
    lead.start(path, annotator="Lea")
    lead.go()
    lead.show("agreement")
    choices = {choice.key: choice for choice in lead.insights.book.insights.choices("agreement")}
    titles = dict(choices["measure"].values)
    assert titles["relation_label_f1"] == "F1 of relations, same type"
    assert titles["masi_alpha_roles"] == "Alpha of “Roles”, MASI"
    assert titles["interval_alpha_adequacy"] == "Alpha of “Adequacy”, interval"
    assert [value for value, _ in choices["level"].values] == ["given", "1"]
    lead.quit()
    rows = CliRunner().invoke(cli, ["agreement", str(path), "--layer", "entity", "--json"]).output
    measures = {m["measure"]: m for m in json.loads(rows)["measures"] if m["pair"] and not m["label"]}
    # Ana's two relations from entities, and Ben's four: only “in” from Trump is the same.
    assert measures["relation_label_f1"]["value"] == pytest.approx(2 * 1 / (2 + 4))
    assert measures["relation_f1"]["value"] == pytest.approx(2 * 2 / (2 + 4))

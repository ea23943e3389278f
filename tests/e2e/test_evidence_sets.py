"""Evidence in alternative sets, linked by keys and divided by the mouse, undone and redone through a restart."""

from pathlib import Path

import pytest
from PySide6.QtWidgets import QComboBox, QLabel

from app.core.annotation import Annotation
from app.ui.panels.evidence_card import EvidenceCard
from tests.driver import Driver
from tests.e2e import rich_scheme


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return rich_scheme.make(tmp_path)


def claim(stet: Driver) -> Annotation:
    (found,) = [a for a in stet.annotations() if a.layer == "claim"]
    return found


def sets(stet: Driver) -> list[tuple[str, int]]:
    return [(e.quote, e.alternative) for e in claim(stet).evidence]


def link(stet: Driver, words: str, key: str) -> None:
    stet.press("Ctrl+Shift+F")
    stet.fill("reference-pane-find-line", words)
    stet.press("Return", key)


def shown(stet: Driver) -> list[str]:
    """Return headings and quotes of the evidence in the inspector, from top to bottom."""
    stet.workspace.chosen.show()
    stet.settle()
    form = stet.workspace.inspector.form
    words: list[str] = []
    for at in range(form.proof.count()):
        widget = form.proof.itemAt(at).widget()
        if isinstance(widget, EvidenceCard):
            words.append(widget.findChild(QLabel, "evidence-quote").text())
        elif isinstance(widget, QLabel):
            words.append(widget.text())
    return words


def test_evidence_comes_in_sets(stet: Driver, project: Path) -> None:
    stet.start(project, annotator="Ana")
    stet.find("spoke for two days")
    stet.press("F3", "C")
    link(stet, "two hours", "K")
    link(stet, "Both sides", "Alt+Shift+K")
    assert stet.message() == "Set 2 of the evidence begins here; K adds to it."
    link(stet, "confirmed it", "K")
    assert sets(stet) == [("two hours", 1), ("Both sides", 2), ("confirmed it", 2)]
    assert shown(stet) == [
        *("Set 1: all of", "“two hours”", "or set 2: all of", "“Both sides”", "“confirmed it”"),
    ]
    stet.quit()
    stet.start(project, annotator="Ana")
    assert sets(stet) == [("two hours", 1), ("Both sides", 2), ("confirmed it", 2)]
    stet.press("Ctrl+Z", "Ctrl+Z")
    assert sets(stet) == [("two hours", 1)]
    stet.press("Ctrl+Shift+Z", "Ctrl+Shift+Z")
    assert sets(stet) == [("two hours", 1), ("Both sides", 2), ("confirmed it", 2)]


def test_a_piece_is_put_into_another_set(desk: Driver) -> None:
    desk.find("spoke for two days")
    desk.press("F3", "C")
    link(desk, "two hours", "K")
    desk.workspace.chosen.show()
    assert desk.window.findChild(QComboBox, "evidence-set") is None  # one piece has nothing to be divided from
    link(desk, "Both sides", "K")
    assert sets(desk) == [("two hours", 1), ("Both sides", 1)]
    desk.workspace.chosen.show()
    desk.settle()
    cards = desk.workspace.inspector.form.findChildren(EvidenceCard)
    combo = cards[0].findChild(QComboBox, "evidence-set")
    combo.setCurrentIndex(combo.findData(0))
    combo.activated.emit(combo.currentIndex())
    assert sets(desk) == [("two hours", 2), ("Both sides", 1)]
    assert shown(desk) == ["Set 1: all of", "“Both sides”", "or set 2: all of", "“two hours”"]
    desk.press("Ctrl+Z")
    assert sets(desk) == [("two hours", 1), ("Both sides", 1)]


def test_a_set_that_loses_its_last_piece_is_gone(desk: Driver) -> None:
    desk.find("spoke for two days")
    desk.press("F3", "C")
    link(desk, "two hours", "K")
    link(desk, "Both sides", "Alt+Shift+K")
    first = claim(desk).evidence[0]
    desk.workspace.controller.evidence.unlink(first)
    assert sets(desk) == [("Both sides", 1)]

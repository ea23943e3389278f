"""Inputs 1 to 25 in the window: all of them in one project, gone through one after another."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from tests.cli.conftest import Stet
from tests.driver import Driver
from tests.trust.inputs.nasty_texts import TEXTS


@pytest.fixture
def window(qtbot: QtBot) -> Iterator[Driver]:
    """Give the window, not yet started; closed at the end, whatever happened."""
    driver = Driver(qtbot)
    yield driver
    driver.quit()


def test_inputs_02_to_25_are_shown_as_they_are_stored(window: Driver, stet: Stet) -> None:
    for name, nasty in TEXTS.items():
        start = nasty.text.index(nasty.words)
        mark = {"id": f"m{name}", "layer": "entity", "label": "PERSON", "start": start, "end": start + len(nasty.words)}
        sets = [{"annotator": "ana", "annotations": [{**mark, "quote": nasty.words}]}]
        made = {"stet": 1, "id": name, "name": f"{name}<b>x</b>.txt", "text": nasty.text, "sets": sets}
        with Path("all.jsonl").open("a", encoding="utf-8") as file:
            file.write(json.dumps(made) + "\n")
    assert stet("import", "p.stet", "all.jsonl").code == 0
    window.start(stet.folder / "p.stet", annotator="ana")
    for name, nasty in TEXTS.items():
        window.workspace.open_document(name)
        window.settle()
        assert window.workspace.controller.selector.active().text == nasty.text, name
        # Tab chooses the mark, wherever it is.
        window.press("Tab")
        chosen = window.chosen
        assert chosen is not None, name
        assert nasty.text[chosen.start : chosen.end] == nasty.words, name
        assert not window.workspace.text.canvas.grab().isNull(), name

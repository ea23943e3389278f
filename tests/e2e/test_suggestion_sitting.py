"""A sitting on the seeds by keyboard, from “Suggest marks…” through the list to an export with provenance."""

from pathlib import Path

from tests.driver import Driver
from tests.e2e.test_main_job import export, make_project
from tests.e2e.test_suggestions import at_hand, open_ones

RIGHT = {"senator": "president", "two days": "two hours", "March 17": "March 18", "Puttin": "Putin"}


def tick(stet: Driver, *names: str) -> None:
    """Tick only these boxes of the window in front, by Tab and Space."""
    seen: set[str] = set()
    for _ in range(30):
        box = stet.target()
        name = box.objectName()
        if name in seen:
            return
        seen.add(name)
        if name.startswith("suggest-") and hasattr(box, "isChecked") and box.isChecked() is not (name in names):
            stet.press("Space")
        stet.press("Tab")


def test_from_suggest_to_an_export_with_provenance(stet: Driver, tmp_path: Path, shared: Path) -> None:
    spun, reference = (shared / "seeds" / f"{name}.txt" for name in ("004_7ed32b5b1d35110f", "000_e659e3ece0187240"))
    stet.start(make_project(tmp_path, spun, reference), annotator="Ana")
    stet.press("Ctrl+Alt+G")
    stet.dialog("suggest-dialog")
    tick(stet, "suggest-sure")
    stet.press("Return")
    stet.qtbot.waitUntil(lambda: "Suggested" in stet.message(), timeout=110_000)
    stet.press("Ctrl+F9")
    before = open_ones(stet)
    taken = 0
    for _ in range(before):
        quote = at_hand(stet)
        assert stet.target() is stet.workspace.suggestion_list.list, "answered without leaving the list"
        stet.press("Space" if quote in RIGHT else "Backspace")
        taken += quote in RIGHT
    assert open_ones(stet) == 0
    marks = {mark.quote: mark for mark in stet.annotations()}
    assert {quote: mark.correction for quote, mark in marks.items()} == {q: RIGHT[q] for q in marks}
    assert taken == len(marks) >= 3
    assert all(mark.evidence for mark in marks.values())
    (task, *_) = (line for line in export(stet, "prodigy", tmp_path / "out.jsonl") if line.get("spans"))
    for span in task["spans"]:
        fields = span["attributes"]
        assert f"suggestion:{fields['suggested_by']}" == marks[task["text"][span["start"] : span["end"]]].origin
        assert fields["suggestion_answer"] == "accepted"

"""The main job, by keyboard alone: mark the errors of a spun article against its reference, and export them."""

import json
from pathlib import Path
from typing import NamedTuple

from app import paths
from app.core.annotation import Status
from app.jobs.tasks.import_files import import_files
from app.session.session import Session
from tests.driver import Driver


class Error(NamedTuple):
    """One error as a person marks it."""

    quote: str
    key: str
    label: str
    severity: str
    severity_key: str
    correction: str
    evidence: str


SEED_ERRORS = (
    Error(
        "Donald Trump, the US senator",
        *("R", "ROLE_ATTRIBUTE", "critical", "Alt+3"),
        *("Donald Trump, the US President", "U.S. President Donald Trump"),
    ),
    Error(
        "more than two days on the phone",
        *("T", "TIME", "major", "Alt+2", "about two hours on the phone", "lasting approximately two hours"),
    ),
    Error("Tuesday, March 17", *("T", "TIME", "minor", "Alt+1", "Tuesday, March 18", "March 18 phone call")),
    Error(
        "restricted slave trade",
        *("D", "TORTURED_TERM", "critical", "Alt+3", "limited prisoner exchange", "A prisoner exchange"),
    ),
    Error("Puttin", *("N", "NAME_FORM", "minor", "Alt+1", "Putin", "Russian President Vladimir Putin")),
)
SEED_CLAIM = "The two leaders agreed to carry out a restricted slave trade"
SEED_ENTITIES = (
    ("Vladimir Putin", "1", "PERSON"),
    ("Ukraine", "3", "GPE"),
    ("America", "3", "GPE"),
    ("Kursk region", "5", "LOC"),
    ("Institute for the Study of War", "2", "ORG"),
)


def make_project(folder: Path, spun: Path, reference: Path) -> Path:
    """Make a project of two text files as the command line would."""
    path = folder / "news.stet"
    scheme = (paths.resources() / "schemes" / "news-errors.toml").read_text(encoding="utf-8")
    session = Session.create(path, scheme=scheme)
    import_files(session, [spun])
    import_files(session, [reference], reference_for=spun.name)
    session.close()
    return path


def mark_error(stet: Driver, error: Error) -> None:
    """Mark, grade, correct and prove one error."""
    stet.mark(error.quote, "F4", error.key)
    stet.press(error.severity_key)
    stet.correct(error.correction)
    stet.find_evidence(error.evidence)
    chosen = stet.chosen
    assert chosen is not None
    assert chosen.quote == error.quote
    assert [e.quote for e in chosen.evidence] == [error.evidence], stet.message()


def export(stet: Driver, name: str, path: Path) -> list[dict]:
    """Export through the dialog and read the file."""
    stet.press("Ctrl+Shift+E")
    dialog = stet.dialog("export-dialog")
    from PySide6.QtWidgets import QComboBox, QLineEdit

    formats = dialog.findChild(QComboBox, "export-format")
    field = dialog.findChild(QLineEdit, "export-path")
    assert formats is not None
    assert field is not None
    formats.setFocus()
    formats.setCurrentIndex(formats.findData(name))
    field.setFocus()
    field.clear()
    stet.type(str(path))
    stet.press("Return")
    stet.dialog("report-dialog")
    stet.press("Return")
    stet.wait(lambda: stet.find_dialog("report-dialog") is None)
    return [json.loads(line) for line in path.read_bytes().split(b"\n") if line]


def test_a_sitting_on_the_seed_documents_by_keyboard_alone(stet: Driver, tmp_path: Path, shared: Path) -> None:
    spun = shared / "seeds" / "004_7ed32b5b1d35110f.txt"
    reference = shared / "seeds" / "000_e659e3ece0187240.txt"
    text, proof = spun.read_bytes().decode(), reference.read_bytes().decode()
    project = make_project(tmp_path, spun, reference)

    stet.start(project, annotator="Ana")
    assert stet.session.state is not None
    assert stet.session.state.document.text == text
    for error in SEED_ERRORS:
        mark_error(stet, error)
    stet.mark(SEED_CLAIM, "F3", "C")
    for quote, key, _ in SEED_ENTITIES:
        stet.mark(quote, "F2", key)
    before = {a.uid: a for a in stet.annotations()}
    assert len(before) == 11

    # Undo half of the sitting, go home, come back and take it all back again.
    for _ in range(8):
        stet.press("Ctrl+Z")
    part = {a.uid: a for a in stet.annotations()}
    assert len(part) < len(before)
    stet.quit()
    stet.start(project, annotator="Ana")
    assert {a.uid: a for a in stet.annotations()} == part
    for _ in range(8):
        stet.press("Ctrl+Shift+Z")
    assert {a.uid: a for a in stet.annotations()} == before

    stet.press("Ctrl+Return")
    assert stet.session.state is not None
    assert stet.session.state.status is Status.DONE, stet.message()

    everything = export(stet, "stet", tmp_path / "all.jsonl")
    marks = [a for record in everything for s in record["sets"] for a in s["annotations"]]
    texts = {record["id"]: record["text"] for record in everything}
    assert sorted(texts.values()) == sorted([text, proof])
    for mark in marks:
        assert text[mark["start"] : mark["end"]] == mark["quote"]
        for evidence in mark["evidence"]:
            assert texts[evidence["document"]][evidence["start"] : evidence["end"]] == evidence["quote"]
    errors = {a["quote"]: a for a in marks if a["layer"] == "error"}
    assert set(errors) == {error.quote for error in SEED_ERRORS}
    for error in SEED_ERRORS:
        found = errors[error.quote]
        assert found["start"] == text.index(error.quote)
        assert found["label"] == error.label
        assert found["attributes"]["severity"] == error.severity
        assert found["correction"] == error.correction
        assert [e["quote"] for e in found["evidence"]] == [error.evidence]
        assert found["evidence"][0]["start"] == proof.index(error.evidence)
    entities = sorted((a["quote"], a["label"]) for a in marks if a["layer"] == "entity")
    assert entities == sorted((quote, label) for quote, _, label in SEED_ENTITIES)

    training = export(stet, "training", tmp_path / "training.jsonl")
    record = next(r for r in training if r["errors"])
    wanted = text
    for error in SEED_ERRORS:
        wanted = wanted.replace(error.quote, error.correction, 1)
    assert record["corrected_text"] == wanted
    assert "Donald Trump, the US President, and his Russian counterpart" in record["corrected_text"]
    assert "carry out a limited prisoner exchange, suspending" in record["corrected_text"]
    assert [c["quote"] for c in record["claims"]] == [SEED_CLAIM]
    assert len(record["spans"]) == 5
    assert not record["clashes"]


SAMPLE_ERRORS = (
    Error(
        "Donald Trump, the US senator",
        *("R", "ROLE_ATTRIBUTE", "critical", "Alt+3"),
        *("Donald Trump, the US president", "US President Donald Trump"),
    ),
    Error("about two days", *("T", "TIME", "major", "Alt+2", "about two hours", "about two hours")),
    Error("17 March 2025", *("T", "TIME", "minor", "Alt+1", "18 March 2025", "18 March 2025")),
    Error(
        "restricted slave trade",
        *("D", "TORTURED_TERM", "critical", "Alt+3", "prisoner exchange", "A prisoner exchange"),
    ),
)


def test_a_newcomer_marks_the_sample_and_exports_it(stet: Driver, tmp_path: Path) -> None:
    stet.start(annotator="Ana", sample=True)
    stet.wait(lambda: stet.window is not None and stet.window.desk.workspace is not None)
    assert stet.session.state is not None
    text, given = stet.session.state.document.text, len(stet.annotations())
    for error in SAMPLE_ERRORS:
        mark_error(stet, error)
    stet.mark("Washington", "F2", "3")
    stet.press("Ctrl+Z", "Ctrl+Shift+Z")
    assert len(stet.annotations()) == given + len(SAMPLE_ERRORS) + 1

    assert export(stet, "training", tmp_path / "nothing.jsonl") == [], "it isn't done yet"
    stet.press("Ctrl+Return")
    record = next(r for r in export(stet, "training", tmp_path / "training.jsonl") if r["errors"])
    errors = {error["quote"]: error for error in record["errors"]}
    proofs = {reference["id"]: reference["text"] for reference in record["references"]}
    for error in SAMPLE_ERRORS:
        found = errors[error.quote]
        assert text[found["start"] : found["end"]] == error.quote
        assert (found["label"], found["severity"], found["correction"]) == (
            error.label,
            error.severity,
            error.correction,
        )
        (evidence,) = found["evidence"]
        assert proofs[evidence["document"]][evidence["start"] : evidence["end"]] == error.evidence
        assert error.correction in record["corrected_text"]
        assert error.quote not in record["corrected_text"]
    assert not record["clashes"]

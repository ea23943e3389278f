"""Whatever a rule of a shipped scheme asks for can be done as its advice says, with and without a reference."""

from pathlib import Path

import msgspec
import pytest
from PySide6.QtWidgets import QComboBox, QLabel

from app.core.annotation import Annotation
from app.core.edits import ReplaceAnnotation
from app.core.scheme import SEVERITY, Label, Layer
from app.core.scheme_file import parse_scheme
from app.core.validation import Problem, problems_of
from app.session.actions import UnlinkReference
from app.ui.widgets.value_fields import LineField
from tests.conftest import SHIPPED, scheme_source
from tests.driver import Driver
from tests.e2e import projects

WORDS = [f"word{chr(97 + at // 26)}{chr(97 + at % 26)}" for at in range(160)]
TEXT = " ".join(WORDS) + ".\n"
PROOF = "Nothing but proof stands here.\n"


def labels(scheme: str) -> list[tuple[Layer, Label]]:
    return [(layer, label) for layer in parse_scheme(scheme_source(scheme)).layers for label in layer.givable]


def problems(stet: Driver) -> list[Problem]:
    chosen, state = stet.chosen, stet.session.state
    return problems_of(chosen, scheme=stet.session.scheme, text=state.document.text) if chosen is not None else []


def choose_in(stet: Driver, field: str, value: str) -> None:
    """Choose a value of a field of the inspector, as a hand does."""
    stet.workspace.chosen.show()
    combo = stet.workspace.inspector.form.field(field)
    assert isinstance(combo, QComboBox), field
    at = combo.findData(value)
    assert at >= 0, value
    combo.setCurrentIndex(at)
    combo.activated.emit(at)


def do(stet: Driver, problem: Problem, *, spare: str) -> None:
    """Do what the advice on a problem says, by the keys that it names; `spare` are words to link or to move to."""
    step = stet.workspace.chosen.advice.of(problem)
    assert step
    if problem.field == "evidence":
        assert " K." in step
        if "Select words in the reference" in step:
            reference = stet.workspace.reference.canvas
            reference.setFocus()
            at = reference.text.index("proof")
            reference.select(at, at + 5)
        else:
            assert "Ctrl+Shift+R" in step
            stet.find(spare)
        stet.press("K")
        stet.focus_text()
    elif problem.field == "range":
        assert "Alt+M" in step
        stet.workspace.text.canvas.select(TEXT.index(spare), TEXT.index(spare) + len(spare))
        stet.press("Alt+M")
    elif problem.field == "correction":
        assert "Return" in step
        stet.correct("other")
    elif problem.field == "comment":
        assert "Alt+C" in step
        stet.press("Alt+C")
        stet.type("why")
        stet.press("Return")
    elif problem.field == SEVERITY:
        assert step.startswith("Press Alt+0 to Alt+")
        stet.press("Alt+2")
    else:
        fill(stet, problem)


def fill(stet: Driver, problem: Problem) -> None:
    """Fill in an attribute."""
    layer = stet.session.scheme.layer(stet.chosen.layer)
    label, attribute = layer.label(stet.chosen.label), layer.attribute(problem.field)
    stet.workspace.chosen.show()
    field = stet.workspace.inspector.form.field(problem.field)
    if isinstance(field, LineField):
        field.setFocus()
        stet.type("because")
        stet.press("Return")
    else:
        choose_in(stet, problem.field, (label.only.get(attribute.id) or [value.id for value in attribute.values])[0])


def settle(stet: Driver, *, spare: str) -> None:
    """Meet every rule of the chosen mark, one after the other."""
    mark = stet.chosen.uid
    for _ in range(8):
        found = problems(stet)
        if not found:
            return
        before = stet.chosen
        do(stet, found[0], spare=spare)
        stet.workspace.controller.choose(mark)
        assert stet.chosen != before, found[0].message
    pytest.fail(f"still unmet: {[problem.message for problem in problems(stet)]}")


def mark_with(stet: Driver, layer: Layer, label: Label, word: str) -> Annotation:
    start = TEXT.index(word)
    stet.workspace.text.canvas.select(start, start + len(word))
    stet.workspace.set_layer(layer.id)
    stet.window.registry.run(f"label.{layer.id}.{label.id}")
    assert stet.chosen is not None
    return stet.chosen


@pytest.mark.parametrize("with_reference", [True, False])
@pytest.mark.parametrize("scheme", [name for name in SHIPPED if name != "news-errors"])  # it is a part of news-full
def test_every_rule_is_met_as_its_advice_says(stet: Driver, tmp_path: Path, scheme: str, with_reference: bool) -> None:
    stet.start(projects.make(tmp_path, {"text.txt": TEXT}, reference=PROOF, scheme=scheme), annotator="Ana")
    document = stet.session.state.document.uid
    if not with_reference:
        (reference,) = stet.session.reader.documents.references(document)
        stet.session.perform(UnlinkReference(document, reference), title="Unlink")
    stet.focus_text()
    words = iter(WORDS)
    for layer, label in labels(scheme):
        word, spare = next(words), next(words)
        mark_with(stet, layer, label, word)
        settle(stet, spare=spare)
        for attribute in layer.attributes_of(label.id):
            for value in attribute.values:
                allowed = label.only.get(attribute.id)
                if value.requires and (not allowed or value.id in allowed):
                    choose_in(stet, attribute.id, value.id)
                    settle(stet, spare=next(words))
    stet.press("Ctrl+Return")
    assert stet.session.reader.state_of(document, "Ana").status.is_finished, stet.message()


def test_a_gap_that_became_another_label_is_moved_to_words(stet: Driver, tmp_path: Path) -> None:
    stet.start(projects.make(tmp_path, {"text.txt": TEXT}, reference=PROOF), annotator="Ana")
    stet.put_caret(WORDS[3])
    stet.workspace.set_layer("error")
    stet.window.registry.run("label.error.OMISSION")
    assert stet.chosen.is_anchor
    # The window refuses this; a project that was imported may have it.
    stet.session.apply(ReplaceAnnotation(msgspec.structs.replace(stet.chosen, label="NAME_FORM")), title="Relabel")
    assert problems(stet)[0].field == "range"
    settle(stet, spare=WORDS[5])
    assert stet.chosen.quote == WORDS[5]


def test_the_inspector_says_how_to_get_evidence(stet: Driver, tmp_path: Path) -> None:
    stet.start(projects.make(tmp_path, {"text.txt": TEXT}, reference=PROOF), annotator="Ana")
    stet.mark(WORDS[0], "F4", "R")
    stet.workspace.chosen.show()
    form = stet.workspace.inspector.form
    hint = form.findChild(QLabel, "evidence-empty").text()
    assert hint == "None yet. Select words in the reference, or elsewhere in this text, and press K."
    document = stet.session.state.document.uid
    (reference,) = stet.session.reader.documents.references(document)
    stet.session.perform(UnlinkReference(document, reference), title="Unlink")
    stet.workspace.chosen.show()
    stet.settle()  # the label of before goes
    hint = form.findChild(QLabel, "evidence-empty").text()
    assert "Ctrl+Shift+R chooses one" in hint
    assert "set “State of the evidence” to “Outside the project”" in hint
    stet.press("F8")
    assert "needs a severity. Press Alt+0 to Alt+3." in stet.message()


def test_what_stands_in_for_evidence_is_named_with_its_key(stet: Driver, tmp_path: Path) -> None:
    stet.start(projects.make(tmp_path, {"text.txt": TEXT}, reference=PROOF, scheme="news-full"), annotator="Ana")
    stet.mark(WORDS[0], "F3", "C")
    (problem,) = problems(stet)
    assert stet.workspace.chosen.advice.of(problem) == (
        "Select words in the reference, or elsewhere in this text, and press K. "
        "Or give “Searched, none found” (F) or “Outside the project, because” (Y) instead."
    )
    stet.press("F")
    assert problems(stet) == []

"""The dialog that asks which suggesters to run, and on which documents."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QVBoxLayout, QWidget

from app.core.project_option import MOST_CONTROLLED
from app.core.wording import advice, sentence, shorten
from app.nlp.model_trust import UntrustedModel, require_trusted
from app.nlp.trained_models import model_folder, trained_models
from app.suggesters.entities import SPACY
from app.suggesters.registry import SuggesterEntry, SuggesterRegistry
from app.suggesters.rule_figures import rule_figures
from app.ui.dialogs.form import FormDialog
from app.ui.dialogs.path_field import PathField
from app.ui.widgets.fields import ComboBox, SpinBox
from app.ui.widgets.labels import button, literal, plain, unmarked

_MOST_MODELS = 8
_ABOUT = (
    "A suggestion is dotted and isn’t a mark yet. Space accepts the current one, Backspace rejects it. Everyone who "
    "works in this project gets the same suggestions; nobody sees how others answered them."
)


class SuggestRequest(NamedTuple):
    """Which suggesters to run, and on which documents (uids); none means all that are still to be annotated. With
    `trusts_models`, the person trusts whoever made the model folder among them. `control` is the share of documents, in
    percent, in which annotators are to see no suggestions from now on; None leaves it as it is.
    """

    suggesters: tuple[str, ...]
    documents: tuple[str, ...]
    trusts_models: bool = False
    control: int | None = None


class SuggestDialog(FormDialog):
    """A checkbox per suggester and per model that was trained here, a line for another model's folder, and a choice of
    documents. A model of unknown origin is asked about: the button has to be pressed a second time.
    """

    answered = Signal(object)  # SuggestRequest

    labels_wanted = Signal()  # what becomes of the labels of spaCy's pipeline

    def __init__(
        self,
        document: str,
        title: str,
        suggesters: Sequence[str],
        parent: QWidget | None = None,
        *,
        retired: Mapping[str, str] | None = None,
        control: int = 0,
    ) -> None:
        """Offer the document (uid) with this title; `suggesters` are ticked. `retired` says of suggesters (by name)
        that they have retired themselves, `control` is the share of documents without suggestions.
        """
        super().__init__("suggest-dialog", "Suggest marks", accept="Suggest", parent=parent)
        self._document = document
        self._boxes: list[tuple[str, QCheckBox]] = []
        self._trusted: Path | None = None
        retired = retired or {}
        entries = SuggesterRegistry().entries()
        for entry in entries:
            if not entry.part_of:
                is_retired = entry.name in retired
                is_ticked = entry.name in suggesters and not is_retired
                self._add_box(entry.name, retired[entry.name] if is_retired else entry.title, is_ticked=is_ticked)
        for model in trained_models()[:_MOST_MODELS]:
            name = f"{SPACY}:{model.path}"
            title = f"{model.name} {model.version}: “{model.layer}”, trained here (F {model.f:.2f})"
            self._add_box(name, title, is_ticked=name in suggesters)
        self._add_rules([entry for entry in entries if entry.part_of], suggesters, retired)
        self.body.addSpacing(6)
        self._model = PathField("suggest-model", "Another model’s folder", kinds="All (*)", suffix="")
        self._model.expect(kinds="All (*)", suffix="", is_folder=True, is_there=True)
        self.field("Another model’s folder", self._model, "A model of spaCy, if you have one from elsewhere.")
        self._model.line.textChanged.connect(self._on_model_changed)
        self._where = ComboBox()
        self._where.setObjectName("suggest-where")
        self._where.addItem(shorten(title, 50), (document,))
        self._where.addItem("All documents to annotate", ())
        self.field("Where", self._where)
        self._control = SpinBox()
        self._control.setObjectName("suggest-control")
        self._control.setRange(0, MOST_CONTROLLED)
        self._control.setSuffix(" %")
        self._control.setValue(control)
        self._was_control = control
        self.field(
            "Documents in which each annotator sees no suggestions",
            self._control,
            "For everyone here, to measure what suggestions change: “Influence of suggestions” in Insights.",
        )
        labels = button("How labels of spaCy are used…", name="suggest-labels", role="link")
        labels.clicked.connect(self._on_labels)
        self.body.addWidget(labels)
        self.body.addWidget(plain(_ABOUT, tone="faint", wrap=True))
        self.resize(460, self.sizeHint().height())

    def submit(self) -> bool:
        """Emit the request."""
        suggesters = tuple(name for name, box in self._boxes if box.isChecked())
        text = self._model.line.text().strip()
        folder = Path(text).expanduser() if text else None
        if folder is not None:
            complaint = self._complaint_about(folder)
            if complaint:
                self.complain(complaint)
                return False
            suggesters += (f"{SPACY}:{folder}",)
        if not suggesters:
            self.complain("Tick at least one.")
            return False
        documents = tuple(self._where.currentData())
        control = self._control.value() if self._control.value() != self._was_control else None
        self.answered.emit(SuggestRequest(suggesters, documents, self._trusted is not None, control))
        return True

    def _on_labels(self, _checked: bool) -> None:
        self.labels_wanted.emit()

    def _add_rules(self, rules: Sequence[SuggesterEntry], ticked: Sequence[str], retired: Mapping[str, str]) -> None:
        """Add the single rules, folded away unless one is ticked; `retired` says why some are off."""
        unfold = button("Single rules…", name="suggest-rules", tip="Choose some of the rules instead of all of a kind")
        unfold.setCheckable(True)
        folded = QWidget()
        folded.setObjectName("suggest-rules-folded")
        inner = QVBoxLayout(folded)
        inner.setContentsMargins(14, 0, 0, 0)
        inner.setSpacing(4)
        for rule in rules:
            title = retired.get(rule.name, rule.title)
            is_ticked = rule.name in ticked and rule.name not in retired
            box = self._add_box(rule.name, title, is_ticked=is_ticked)
            if (figures := rule_figures().get(rule.name)) is not None:
                box.setToolTip(literal(figures.in_words()))
                box.setAccessibleDescription(figures.in_words())
            inner.addWidget(box)
        self.body.addWidget(unfold)
        self.body.addWidget(folded)
        unfold.toggled.connect(folded.setVisible)
        unfold.setChecked(any(rule.name in ticked for rule in rules))
        folded.setVisible(unfold.isChecked())

    def _add_box(self, name: str, title: str, *, is_ticked: bool) -> QCheckBox:
        box = QCheckBox(unmarked(title))
        box.setObjectName(f"suggest-{name}")
        box.setAccessibleName(title)
        box.setChecked(is_ticked)
        self.body.addWidget(box)
        self._boxes.append((name, box))
        return box

    def _complaint_about(self, folder: Path) -> str:
        """Return why a model can't be used, or what to know before it is; "" once that was answered."""
        inner = model_folder(folder)
        if inner is None:
            return "There is no model of spaCy in that folder."
        try:
            require_trusted(inner, is_trusted=self._trusted == folder)
        except UntrustedModel as error:
            if self._trusted != folder and error.in_window is not None:
                self._trusted = folder
                self.accept_button.setText("Trust and suggest")
                return f"{sentence(error.what)} Press the button again if you trust whoever made it."
            return advice(error)
        return ""

    def _on_model_changed(self, _text: str) -> None:
        self._trusted = None  # what was said of another folder doesn't hold for this one
        self.complain("")
        self.accept_button.setText("Suggest")

"""The dialog that asks what a model is to learn, and where it is to be put."""

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QWidget

from app.core.decision import GOLD
from app.core.scheme import Layer
from app.nlp.trainer.training_plan import ModelKind
from app.ui.dialogs.file_target import FileTargetDialog
from app.ui.widgets.fields import ComboBox
from app.ui.widgets.labels import plain

_ABOUT = (
    "Only finished documents count. Some are kept apart, to say when to stop and how good the model is. It becomes a "
    "folder that spaCy can load and pip can install, with a card, and is offered by “Suggest marks…” at once."
)
_KINDS = (
    ("As the marks are", None),
    ("Ranges that don’t overlap", ModelKind.NER),
    ("Ranges that may overlap", ModelKind.SPANCAT),
    ("Sentences with such a mark", ModelKind.TEXTCAT),
)


class TrainRequest(NamedTuple):
    """What to learn, from whose marks, and the folder for the model. `annotator` None is gold; `kind` None is as the
    marks are.
    """

    folder: Path
    layer: str
    annotator: str | None
    kind: ModelKind | None
    curve: bool
    is_tested: bool


class TrainDialog(FileTargetDialog):
    """Layer, whose marks, kind, and a folder."""

    answered = Signal(object)  # TrainRequest

    def __init__(
        self,
        project: Path,
        layers: Sequence[Layer],
        annotators: Sequence[str],
        *,
        has_gold: bool,
        parent: QWidget | None = None,
    ) -> None:
        """Offer layers and annotators; gold comes first where there is any."""
        super().__init__(
            "train-dialog",
            "Train a model",
            accept="Train",
            field="train",
            kinds="All (*)",
            suffix="",
            parent=parent,
        )
        self._project = project
        self._proposed = ""
        self._layer = self._combo("train-layer", "Layer")
        for layer in layers:
            self._layer.addItem(layer.title, layer.id)
        self._who = self._combo("train-who", "Whose marks")
        if has_gold:
            self._who.addItem("Gold (reviewed)", GOLD)
        for name in annotators:
            self._who.addItem(name, name)
        self._kind = self._combo("train-kind", "What it finds")
        for title, kind in _KINDS:
            self._kind.addItem(title, kind)
        self._curve = self._box("train-curve", "Learning curve: also train on a quarter, half and three quarters")
        self._test = self._box("train-test", "Keep a tenth of the documents for a test at the end")
        self.expect(kinds="All (*)", suffix="", is_folder=True)
        self.field("Folder for the model", self._path)
        self.body.addWidget(plain(_ABOUT, tone="faint", wrap=True))
        self._layer.currentIndexChanged.connect(self._on_layer)
        self._on_layer(0)
        self.resize(520, self.sizeHint().height())

    def _combo(self, name: str, title: str) -> ComboBox:
        found = ComboBox()
        found.setObjectName(name)
        self.field(title, found)
        return found

    def _box(self, name: str, title: str) -> QCheckBox:
        found = QCheckBox(title)
        found.setObjectName(name)
        self.body.addWidget(found)
        return found

    def _on_layer(self, _index: int) -> None:
        if self._path.line.text() == self._proposed:
            self._proposed = str(_free(self._project.with_name(f"{self._project.stem}-{self._layer.currentData()}")))
            self.propose(Path(self._proposed))

    def refused(self) -> tuple[Path, ...]:
        """Return the project's file."""
        return (self._project,)

    def hand_over(self, path: Path) -> None:
        """Emit the answer."""
        who = self._who.currentData()
        self.answered.emit(
            TrainRequest(
                path,
                self._layer.currentData(),
                None if who == GOLD else who,
                self._kind.currentData(),
                self._curve.isChecked(),
                self._test.isChecked(),
            )
        )


def _free(path: Path) -> Path:
    """Return a path for a new folder, numbered if there is something of that name."""
    found, number = path.with_name(f"{path.name}-model"), 1
    while found.exists():
        number += 1
        found = path.with_name(f"{path.name}-model-{number}")
    return found

"""Exporting: which format, whose work, where to."""

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QWidget

from app.core.decision import GOLD
from app.ui.dialogs.file_target import FileTargetDialog
from app.ui.widgets.labels import plain

FORMATS = (
    (
        "training",
        "Training data",
        "One line for each document and annotator: entities, claims, errors with evidence, and the corrected text.",
        "One line per document: NAME’s entities, claims, errors with evidence, and the corrected text.",
    ),
    (
        "stet",
        "Project as Stet JSONL",
        "All documents and everyone’s marks; importing it recreates the project.",
        "All documents, with only NAME’s marks; importing it adds them to a project.",
    ),
)


class ExportRequest(NamedTuple):
    """The answer. `annotator` None means everyone, unless `gold` is meant."""

    path: Path
    format: str
    annotator: str | None
    gold: bool = False


class ExportDialog(FileTargetDialog):
    """Asks for format, annotator and file."""

    answered = Signal(object)  # ExportRequest

    def __init__(
        self,
        project: Path,
        annotators: Sequence[str],
        present: str,
        parent: QWidget | None = None,
        *,
        has_gold: bool = False,
    ) -> None:
        super().__init__(
            "export-dialog",
            "Export",
            accept="Export",
            field="export",
            kinds="JSONL (*.jsonl)",
            suffix="jsonl",
            parent=parent,
        )
        self.setMinimumWidth(560)
        self._project = project
        self._present = present
        self._format = QComboBox()
        self._format.setObjectName("export-format")
        for value, title, *_ in FORMATS:
            self._format.addItem(title, value)
        self._note = plain("", tone="faint", wrap=True)
        self.field("Format", self._format)
        self.body.addWidget(self._note)
        self._who = QComboBox()
        self._who.setObjectName("export-annotator")
        self._who.addItem("Everyone", None)
        if has_gold:
            self._who.addItem("Gold (reviewed)", GOLD)  # no annotator can be called so
        for name in annotators:
            self._who.addItem(name, name)
        self.field("Whose marks", self._who)
        self.add_path()
        self._format.currentIndexChanged.connect(self._on_format)
        self._who.currentIndexChanged.connect(self._on_who)
        self._on_format(0)

    def _on_who(self, _index: int) -> None:
        self._show_note()

    def _show_note(self) -> None:
        _, _, everyone, one = FORMATS[self._format.currentIndex()]
        name = self._who.currentData()
        whose = "the gold" if name == GOLD else f"{name}’s"
        self._note.setText(everyone if name is None else one.replace("NAME’s", whose))

    def _on_format(self, index: int) -> None:
        value = FORMATS[index][0]
        # The whole project is everyone's; training data is as a rule one's own.
        self._who.setCurrentIndex(max(0, self._who.findData(None if value == "stet" else self._present)))
        self._show_note()
        suffix = "training" if value == "training" else "export"
        self.propose(self._project.with_name(f"{self._project.stem}.{suffix}.jsonl"))

    def refused(self) -> tuple[Path, ...]:
        """Return the project's own file."""
        return (self._project,)

    def hand_over(self, path: Path) -> None:
        """Take the answer."""
        who = self._who.currentData()
        is_gold = who == GOLD
        request = ExportRequest(path, str(self._format.currentData()), None if is_gold else who, gold=is_gold)
        self.answered.emit(request)

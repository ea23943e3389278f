"""The export dialog: format, annotator, target."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from app.core.decision import GOLD
from app.core.wording import sentence
from app.exchange.format import Format
from app.exchange.option import OptionValue
from app.exchange.registry import Registry
from app.ui.dialogs.file_target import FileTargetDialog
from app.ui.dialogs.format_fields import FormatFields, default_suffix, export_kinds
from app.ui.widgets.fields import ComboBox
from app.ui.widgets.labels import plain


class ExportRequest(NamedTuple):
    """The answer. `annotator` None means everyone, unless `gold` is set; `options` are those that differ from the
    defaults.
    """

    path: Path
    format: str
    annotator: str | None
    gold: bool = False
    options: Mapping[str, OptionValue] = MappingProxyType({})


class ExportDialog(FileTargetDialog):
    """Asks for format, its options, annotator and file."""

    answered = Signal(object)  # ExportRequest

    def __init__(
        self,
        project: Path,
        annotators: Sequence[str],
        present: str,
        parent: QWidget | None = None,
        *,
        has_gold: bool = False,
        registry: Registry | None = None,
    ) -> None:
        super().__init__(
            "export-dialog", "Export", accept="Export", field="export", kinds="All (*)", suffix="", parent=parent
        )
        self.setMinimumWidth(560)
        self._project = project
        self._present = present
        self._formats = _offered(registry or Registry())
        self._format = ComboBox()
        self._format.setObjectName("export-format")
        for item in self._formats:
            self._format.addItem(item.title, item.name)
        self._note = plain("", tone="faint", wrap=True)
        self.field("Format", self._format)
        self.body.addWidget(self._note)
        self._who = ComboBox()
        self._who.setObjectName("export-annotator")
        self._who.addItem("Everyone", None)
        if has_gold:
            self._who.addItem("Gold (reviewed)", GOLD)  # no annotator can have this name
        for name in annotators:
            self._who.addItem(name, name)
        self.field("Whose marks", self._who)
        self._options: list[FormatFields] = []
        for item in self._formats:
            fields = FormatFields(f"export-{item.name}", item.writer.options if item.writer else ())
            self._options.append(fields)
            self.body.addWidget(fields)
        self.add_path()
        self._format.currentIndexChanged.connect(self._on_format)
        self._who.currentIndexChanged.connect(self._on_who)
        self._on_format(0)

    def _on_who(self, _index: int) -> None:
        self._show_note()

    def _show_note(self) -> None:
        item = self._formats[self._format.currentIndex()]
        name = self._who.currentData()
        whose = "the gold" if name == GOLD else f"{name}’s"
        if item.notes is None:
            note = sentence(item.summary)
        else:
            note = item.notes.everyone if name is None else item.notes.one.replace("NAME’s", whose)
        is_folder = item.writer is not None and item.writer.is_folder
        self._note.setText(f"{note} The files are written to a new folder.".strip() if is_folder else note)

    def _on_format(self, index: int) -> None:
        item = self._formats[index]
        writer = item.writer
        assert writer is not None
        # A whole project is exported with everyone's work; formats with one annotator per record usually with one's
        # own.
        whose = self._present if writer.takes_one_annotator else None
        self._who.setCurrentIndex(max(0, self._who.findData(whose)))
        self._show_note()
        for number, fields in enumerate(self._options):
            fields.setVisible(number == index and bool(writer.options))
        suffix = default_suffix(item)
        self.expect(kinds=export_kinds(item), suffix=suffix.removeprefix("."), is_folder=writer.is_folder)
        ending = writer.suffix or f".{item.name}"
        self.propose(self._project.with_name(f"{self._project.stem}{ending}"))

    def refused(self) -> tuple[Path, ...]:
        """Return the project file, which must not be overwritten."""
        return (self._project,)

    def hand_over(self, path: Path) -> None:
        """Emit the answer."""
        who = self._who.currentData()
        is_gold = who == GOLD
        index = self._format.currentIndex()
        self.answered.emit(
            ExportRequest(
                path,
                self._formats[index].name,
                None if is_gold else who,
                gold=is_gold,
                options=self._options[index].changed_values(),
            )
        )


def _offered(registry: Registry) -> list[Format]:
    """Return the formats to choose from: those with one annotator per record, such as training data, come first."""
    return sorted(registry.writers(), key=_comes_later)


def _comes_later(item: Format) -> bool:
    return item.writer is not None and not item.writer.takes_one_annotator

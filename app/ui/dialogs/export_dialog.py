"""The export dialog: format, annotator, which documents, target, and what will be written."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple, cast

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QGridLayout, QWidget

from app.core.decision import GOLD
from app.core.errors import StetError
from app.core.scheme import Scheme
from app.core.wording import advice, sentence
from app.exchange.format import Format
from app.exchange.option import OptionValue
from app.exchange.registry import Registry
from app.exchange.split import Split
from app.jobs.tasks.export_names import export_names, names_in_words
from app.jobs.tasks.export_preview import ExportPreview
from app.review.pooled_work import Pooling
from app.ui.dialogs.export_choice import Chosen, ExportChoice, combo_of, fill_grid
from app.ui.dialogs.file_target import FileTargetDialog
from app.ui.dialogs.format_fields import FormatFields, default_suffix, export_kinds
from app.ui.widgets.labels import plain

_PAUSE_MS = 150
_FOR_ANY_PROGRAM = ("stet", "json", "csv", "xlsx", "corrected")


class ExportRequest(NamedTuple):
    """The answer. `annotator` None means everyone, unless `gold` is set; `options` are those that differ from the
    defaults; `chosen` says which documents.
    """

    path: Path
    format: str
    annotator: str | None
    gold: bool = False
    options: Mapping[str, OptionValue] = MappingProxyType({})
    chosen: Chosen = Chosen()
    pooling: str | None = None  # a `Pooling` by name: what everyone's work comes to

    @property
    def wanted(self) -> dict[str, Any]:
        """What is wanted, as the tasks `export_project` and `preview_export` take it."""
        return {
            "format": self.format,
            "annotators": [self.annotator] if self.annotator else [],
            "every_annotator": self.annotator is None and not self.gold and self.pooling is None,
            "pooling": self.pooling,
            "gold": self.gold,
            "unfinished": self.chosen.unfinished,
            "where": self.chosen.where,
            "layers": self.chosen.layers,
            "split": self._split(),
        }

    def _split(self) -> Split | None:
        chosen = self.chosen
        return Split.parse(chosen.split, seed=chosen.seed, group_by=chosen.group_by) if chosen.split else None


Shown = Callable[[ExportPreview | StetError], None]
Preview = Callable[[ExportRequest, Shown], None]


class ExportDialog(FileTargetDialog):
    """Asks for format, its options, annotator, documents and file.

    `preview` is called with each request and with a function that takes what it would write, or why it can't be.
    """

    answered = Signal(object)  # ExportRequest

    def __init__(
        self,
        project: Path,
        annotators: Sequence[str],
        present: str,
        parent: QWidget | None = None,
        *,
        has_gold: bool = False,
        scheme: Scheme | None = None,
        preview: Preview | None = None,
        registry: Registry | None = None,
        documents: Sequence[str] = (),
    ) -> None:
        super().__init__(
            "export-dialog",
            "Export",
            accept="Export",
            field="export",
            kinds="All (*)",
            suffix="",
            scrolls=True,
            parent=parent,
        )
        self.setMinimumWidth(640)
        self._preview = preview
        self._project = project
        self._present = present
        self._formats = (registry or Registry()).writers()
        self._format = combo_of("export-format", "Format")
        for title, offered in _groups(self._formats):
            self._format.add_heading(title)
            for item in offered:
                self._format.addItem(item.title, item.name)
        self._format.setCurrentIndex(1)  # under the first heading
        self._note = plain("", tone="faint", wrap=True)
        self._who = combo_of("export-annotator", "Whose marks")
        self._offer_whose(annotators, has_gold=has_gold)
        head = QGridLayout()
        fill_grid(head, (("Format", self._format), ("Whose marks", self._who)))
        self.body.addLayout(head)
        self.body.addWidget(self._note)
        self.body.addSpacing(4)
        self._choice = ExportChoice(scheme, documents)
        self.body.addWidget(self._choice)
        self.body.addSpacing(4)
        self._options: dict[str, FormatFields] = {}
        for item in self._formats:
            fields = FormatFields(f"export-{item.name}", item.writer.options if item.writer else ())
            self._options[item.name] = fields
            self.body.addWidget(fields)
        self.add_path()
        self._files = plain("", tone="faint", wrap=True, name="export-files")
        self.body.addWidget(self._files)
        self._add_summary()
        self._choice.changed.connect(self._on_choice)
        self._format.currentIndexChanged.connect(self._on_format)
        self._who.currentIndexChanged.connect(self._on_who)
        self._on_format(self._format.currentIndex())

    def choose_format(self, name: str) -> None:
        """Choose a format by name; an unknown one leaves the choice as it is."""
        at = self._format.findData(name)
        if at >= 0:
            self._format.setCurrentIndex(at)

    @property
    def _chosen_format(self) -> Format:
        name = self._format.currentData()
        return next(item for item in self._formats if item.name == name)

    def _offer_whose(self, annotators: Sequence[str], *, has_gold: bool) -> None:
        self._who.addItem("Everyone", None)
        if has_gold:
            self._who.addItem("Gold (reviewed)", GOLD)  # no annotator can have this name
        if len(annotators) > 1:
            self._who.addItem("What more than half marked", (Pooling.MAJORITY.value,))  # no name is in a tuple
            self._who.addItem("Soft labels: each mark with its share", (Pooling.SOFT.value,))
        for name in annotators:
            self._who.addItem(name, name)

    def _add_summary(self) -> None:
        self._summary = plain("", tone="soft", wrap=True, name="export-summary")
        self._summary.setMinimumHeight(2 * self._summary.fontMetrics().lineSpacing())  # so that nothing moves
        self._summary.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
        self.keep_in_view(self._summary)
        self._pause = QTimer(self)
        self._pause.setObjectName("export-pause")
        self._pause.setSingleShot(True)
        self._pause.setInterval(_PAUSE_MS)
        self._pause.timeout.connect(self._count)

    def _on_who(self, _index: int) -> None:
        self._show_note()
        self._on_choice()

    def _on_choice(self) -> None:
        self.complain("")
        self._show_files()
        if self._preview is not None:
            self._pause.start()

    def _count(self) -> None:
        """Ask what the present choice would write."""
        try:
            request = self._request(Path())
        except StetError as error:
            self._show_summary(advice(error), is_wrong=True)
            return
        if self._preview is not None:
            self._summary.setText("Counting…")
            self._preview(request, self._show_preview)

    def _show_preview(self, found: ExportPreview | StetError) -> None:
        if isinstance(found, StetError):
            self._show_summary(advice(found), is_wrong=True)
            return
        written, *left_out = found.lines()
        self._show_summary("\n".join([f"Will be written: {written}", *left_out]), is_wrong=not found.documents)

    def _show_summary(self, text: str, *, is_wrong: bool) -> None:
        self._summary.setProperty("tone", "warn" if is_wrong else "soft")
        self._summary.style().polish(self._summary)
        self._summary.setText(text)

    def _show_note(self) -> None:
        item = self._chosen_format
        name = self._who.currentData()
        whose = "the gold" if name == GOLD else "the annotators’" if isinstance(name, tuple) else f"{name}’s"
        if item.notes is None:
            note = sentence(item.summary)
        else:
            note = item.notes.everyone if name is None else item.notes.one.replace("NAME’s", whose)
        is_folder = item.writer is not None and item.writer.is_folder
        self._note.setText(f"{note} The files are written to a new folder.".strip() if is_folder else note)

    def _on_format(self, index: int) -> None:
        if self._format.currentData() is None:  # a heading: people can't choose it, programs that drive a window can
            self._format.setCurrentIndex(index + 1)
            return
        item = self._chosen_format
        writer = item.writer
        assert writer is not None
        # A whole project is exported with everyone's work; formats with one annotator per record usually with one's
        # own.
        whose = self._present if writer.takes_one_annotator or self._present == GOLD else None
        self._choice.offer(is_of_one=writer.takes_one_annotator)
        self._who.setCurrentIndex(max(0, self._who.findData(whose)))
        self._show_note()
        self._on_choice()
        for name, fields in self._options.items():
            fields.setVisible(name == item.name and bool(writer.options))
        suffix = default_suffix(item)
        self.expect(kinds=export_kinds(item), suffix=suffix.removeprefix("."), is_folder=writer.is_folder)
        ending = writer.suffix or f".{item.name}"
        self.propose(self._project.with_name(f"{self._project.stem}{ending}"))

    def path_changed(self) -> None:
        """Say what the files are called now."""
        self._show_files()

    def _show_files(self) -> None:
        """Say which files will be written."""
        writer = self._chosen_format.writer
        path = Path(self._path.line.text().strip())
        try:
            split = self._request(path).wanted["split"]
        except StetError:
            return  # that is complained of elsewhere
        if writer is None or not path.name:
            self._files.setText("")
            return
        names = export_names(path, writer, split)
        self._files.setText(f"Files: {names_in_words(names, path.name if writer.is_folder else '')}" if names else "")

    def refused(self) -> tuple[Path, ...]:
        """Return the project file, which must not be overwritten."""
        return (self._project,)

    def submit(self) -> bool:
        """Check the choice of documents, then the path."""
        try:
            self._choice.chosen()
        except StetError as error:
            self.complain(advice(error))
            return False
        return super().submit()

    def hand_over(self, path: Path) -> None:
        """Emit the answer."""
        self.answered.emit(self._request(path))

    def _request(self, path: Path) -> ExportRequest:
        """Return what is asked for. Raises BadChoice."""
        who = self._who.currentData()
        pooling = str(cast("tuple[str]", who)[0]) if isinstance(who, tuple) else None
        name = self._chosen_format.name
        return ExportRequest(
            path,
            name,
            None if who == GOLD or pooling else cast("str | None", who),
            gold=who == GOLD,
            options=self._options[name].changed_values(),
            chosen=self._choice.chosen(),
            pooling=pooling,
        )


def _groups(formats: Sequence[Format]) -> tuple[tuple[str, list[Format]], ...]:
    """Return the formats as they are listed: what models are trained on first, then what any program reads, and those
    of other tools and datasets by title.
    """
    training = [item for item in formats if item.writer is not None and item.writer.is_training_data]
    plain_ones = [item for item in formats if item.name in _FOR_ANY_PROGRAM]
    rest = [item for item in formats if item not in training and item not in plain_ones]
    groups = (
        ("To train models", training),
        ("Projects, tables and texts", plain_ones),
        ("Other tools and datasets", sorted(rest, key=lambda item: item.title.casefold())),
    )
    return tuple((title, found) for title, found in groups if found)

"""The dialog that shows what an import of another tool's files would bring, and asks what can't be known."""

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QButtonGroup, QCheckBox, QGridLayout, QRadioButton, QVBoxLayout, QWidget

from app.core.scheme import Scheme
from app.core.wording import advice, counted, shorten, without_shell
from app.exchange.label_map import How
from app.exchange.offset_units import UnitSample
from app.jobs.tasks.import_choices import ImportChoices
from app.jobs.tasks.import_preview import ImportPreview
from app.ui.dialogs.form import FormDialog
from app.ui.dialogs.format_fields import FormatFields
from app.ui.dialogs.import_columns import ImportColumns
from app.ui.dialogs.import_labels import ImportLabels, ImportPage
from app.ui.dialogs.label_drag import SchemeLabels
from app.ui.theme import px
from app.ui.widgets.fields import ComboBox
from app.ui.widgets.labels import plain

_MOST_ERRORS = 5
_OPTIONS_IN_A_ROW = 3


class ImportPreviewDialog(FormDialog):
    """Shows formats, labels and first documents. `changed` asks for another preview, `answered` for the import."""

    answered = Signal(object)  # ImportChoices
    changed = Signal(object)  # ImportChoices

    def __init__(
        self,
        paths: Sequence[Path],
        scheme: Scheme,
        annotators: Sequence[str],
        annotator: str,
        parent: QWidget | None = None,
    ) -> None:
        """Ask about an import of files into a project with these annotators; `annotator` is who imports."""
        super().__init__("import-preview", "What these files hold", accept="Import", parent=parent)
        self._paths = list(paths)
        self._named = ""  # the one format whose options are shown
        self._what = plain("", wrap=True, name="import-what")
        self.body.addWidget(self._what)
        self._formats = ComboBox()
        self._formats.setObjectName("import-format")
        self.field("Read as", self._formats, "Nothing in them says which.")
        self._people = ComboBox()
        self._people.setObjectName("import-annotator")
        self._people.setEditable(True)
        self._people.addItems(list(dict.fromkeys([annotator, *annotators])))
        self.field("Whose annotations they become", self._people, "The files don’t say who made them.")
        self._columns = ImportColumns()
        self.body.addWidget(self._columns)
        self._options: FormatFields | None = None
        self._options_at = QVBoxLayout()
        self.body.addLayout(self._options_at)
        self._units_what = plain("", role="field", wrap=True, name="import-units-what")
        self.body.addWidget(self._units_what)
        self._units = QButtonGroup(self)
        self._unit_rows = QGridLayout()
        self.body.addLayout(self._unit_rows)
        self._labels = ImportLabels(scheme)
        self._targets = SchemeLabels(scheme)
        what = "What their labels become: choose it, type it, or drag it here"
        self._labels_what = plain(what, role="field", wrap=True)
        self._page = ImportPage(scheme)
        self._both = self._sides()
        self.body.addLayout(self._both, 1)
        self._notes = plain("", tone="faint", wrap=True, name="import-notes")
        self.body.addWidget(self._notes)
        self._errors = plain("", tone="warn", wrap=True, name="import-errors")
        self.body.addWidget(self._errors)
        self._adds = self._check("import-add-labels", "Add what the scheme lacks to it")
        self._adds.setToolTip(
            "Labels, relations, fields and values that are kept as they are become part of the scheme."
        )
        self._skip_bad = self._check("import-skip-bad", "Leave out what can’t be read, and import the rest")
        self._finished = self._check("import-finished", "Take the work as done")
        self._finished.setToolTip("Where the files don’t say whether a document is done; otherwise it stays open.")
        self._formats.activated.connect(self._on_changed)
        self._units.idClicked.connect(self._on_changed)
        self._labels.changed.connect(self._on_changed)
        self._columns.changed.connect(self._on_changed)
        self.resize(px(980), px(680))

    def show_preview(self, found: ImportPreview) -> None:
        """Show what was found with the present choices."""
        self._what.setText(_sentence(self._paths, found))
        self._show_formats(found)
        self._show_with(self._people, found.lacks_annotator)
        self._columns.show_columns(found.parts, found.keys)
        self._show_options(found)
        self._show_units(found.units)
        self._labels.show_labels(found.labels)
        self._targets.show_for(found.labels)
        for each in (self._labels, self._targets):
            each.setVisible(bool(found.labels))
        self._labels_what.setVisible(bool(found.labels))
        self._both.setColumnStretch(0, int(bool(found.labels)))
        self._adds.setVisible(any(each.how is How.KEPT for each in found.labels))
        self._page.show_documents(found.documents)
        self._notes.setText("\n".join(map(without_shell, found.notes)))
        self._notes.setVisible(bool(found.notes))
        self._show_errors(found)
        for each in (self._skip_bad, self._finished):
            each.setVisible(not found.claimed and (each is self._finished or bool(found.errors)))
        self.accept_button.setEnabled(not found.claimed)
        self.complain("Choose what to read them as." if found.claimed else "")

    def choices(self) -> ImportChoices:
        """Return what is chosen."""
        unit = self._units.checkedButton()
        options = self._options.changed_values() if self._options is not None else {}
        named = self._named if options else None  # options belong to one format
        return ImportChoices(
            format=self._formats.currentData() or named,
            options=options,
            annotator=self._people.currentText().strip() or None,
            offsets=unit.property("unit") if unit is not None else None,
            labels=self._labels.chosen(),
            columns=self._columns.chosen(),
            finished=self._finished.isChecked(),
            skip_bad=self._skip_bad.isChecked(),
            add_labels=self._adds.isChecked() and self._adds.isVisibleTo(self),
        )

    def submit(self) -> bool:
        """Emit the choices."""
        chosen = self.choices()
        if chosen.annotator is None and self._people.isVisible():
            self.complain("Name whose annotations they become.")
            return False
        if self._units.buttons() and chosen.offsets is None:
            self.complain("Choose the unit whose words are right.")
            return False
        self.answered.emit(chosen)
        return True

    def _sides(self) -> QGridLayout:
        """Return what labels become beside the first documents."""
        sides = QGridLayout()
        sides.setHorizontalSpacing(px(16))
        sides.addWidget(self._labels_what, 0, 0)
        sides.addWidget(plain("The first documents", role="field"), 0, 1)
        sides.addWidget(self._labels, 1, 0)
        sides.addWidget(self._targets, 2, 0)
        sides.addWidget(self._page, 1, 1, 2, 1)
        sides.setColumnStretch(0, 1)
        sides.setColumnStretch(1, 1)
        sides.setRowStretch(1, 1)
        sides.setRowStretch(2, 1)
        return sides

    def _check(self, name: str, title: str) -> QCheckBox:
        box = QCheckBox(title)
        box.setObjectName(name)
        box.setAccessibleName(title)
        self.body.addWidget(box)
        return box

    def _show_with(self, field: QWidget, is_shown: bool) -> None:
        """Show a field with its caption above and its note below, or hide all three."""
        at = self.body.indexOf(field)
        for each in (at - 1, at, at + 1):
            item = self.body.itemAt(each)
            widget = item.widget() if item is not None else None
            if widget is not None:
                widget.setVisible(is_shown)

    def _show_formats(self, found: ImportPreview) -> None:
        if self._formats.count():
            return
        if not found.claimed:
            self._formats.addItem(" and ".join(each.title for each in found.formats), None)
        for each in found.claimed:
            self._formats.addItem(f"{each.title}, because {each.why}" if each.why else each.title, each.name)
        if found.claimed:
            self._formats.setCurrentIndex(-1)
        self._show_with(self._formats, bool(found.claimed))

    def _show_options(self, found: ImportPreview) -> None:
        """Show fields for the options of the format, once it is known."""
        if self._options is not None or not found.options:
            return
        self._named = found.formats[0].name
        self._options = FormatFields(
            f"import-{self._named}", found.options, in_a_row=_OPTIONS_IN_A_ROW, offered=found.choices
        )
        self._options_at.addWidget(self._options)
        self._options.changed.connect(self._on_changed)

    def _show_units(self, units: Sequence[UnitSample]) -> None:
        self._units_what.setVisible(bool(units) or bool(self._units.buttons()))
        if not units or self._units.buttons():
            return
        self._units_what.setText("The files don’t say in what they count. Choose the line whose words are right.")
        for row, sample in enumerate(units):
            button = QRadioButton(sample.unit.in_words)
            button.setObjectName(f"import-unit-{sample.unit}")
            button.setAccessibleName(sample.unit.in_words)
            button.setProperty("unit", str(sample.unit))
            self._units.addButton(button)
            words = "   ".join(f"…{before}[{words}]{after}…" for before, words, after in sample.rows)
            self._unit_rows.addWidget(button, row, 0)
            self._unit_rows.addWidget(plain(shorten(words, 120), wrap=True), row, 1)

    def _show_errors(self, found: ImportPreview) -> None:
        errors = found.errors
        shown = [f"• {f'Line {each.line:,}: ' if each.line else ''}{advice(each)}" for each in errors[:_MOST_ERRORS]]
        are_records = any(each.line for each in errors) and not found.claimed
        head = f"{counted(len(errors), 'record')} can’t be read:" if are_records else ""
        self._errors.setText("\n".join([*filter(None, [head]), *shown]))
        self._errors.setVisible(bool(errors))

    def _on_changed(self, _index: int = 0) -> None:
        # Later: the box is still closing its list.
        QTimer.singleShot(0, self, self._ask_again)

    def _ask_again(self) -> None:
        if self.isVisible():  # it may have been answered meanwhile
            self.changed.emit(self.choices())


def _sentence(paths: Sequence[Path], found: ImportPreview) -> str:
    name = f"“{paths[0].name}”" if len(paths) == 1 else counted(len(paths), "file")
    if found.claimed:
        return f"It isn’t clear how {name} is to be read."
    read = " and ".join(f"{each.title}, because {each.why}" if each.why else each.title for each in found.formats)
    more = "" if found.is_whole else "at least "
    return f"{name} is read as {read}. It has {more}{counted(found.total, 'document')}."

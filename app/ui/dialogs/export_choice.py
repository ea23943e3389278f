"""The fields that say which documents an export contains, and how they are split."""

from collections.abc import Sequence
from typing import NamedTuple

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLineEdit, QWidget

from app.core.document_conditions import FINISHED, Condition, parse_condition
from app.core.errors import BadChoice
from app.core.scheme import Scheme
from app.core.wording import counted
from app.exchange.split import Split
from app.ui.widgets.fields import ComboBox, LineEdit, SpinBox
from app.ui.widgets.labels import literal, plain

_UNSPLIT = "Not split"
_SPLITS = (_UNSPLIT, "80/20", "80/10/10", "90/10", "70/15/15")
_COLUMN = 250  # pixels
_LARGEST_SEED = 2**31 - 1
# What is asked for, as a condition on the status, and whether unfinished work is included.
_UNFINISHED_TOO = "unfinished"
_OF_TRAINING = (
    ("Finished documents", ""),
    ("Unfinished documents too", _UNFINISHED_TOO),
    ("Only those with marks that are done", "done"),
    ("Only those done with nothing to mark", "done_empty"),
    ("Only unfinished ones with marks", "open"),
)
_OF_EVERYTHING = (
    ("All documents", ""),
    ("Finished documents", FINISHED),
    ("Unfinished documents", "open"),
    ("Skipped documents", "skipped"),
)


class Chosen(NamedTuple):
    """Which documents, in which layers, and how they are split (as `Split.parse` takes it; empty: not at all), with the
    key of metadata by which they stay together.
    """

    unfinished: bool = False
    where: tuple[Condition, ...] = ()
    layers: tuple[str, ...] = ()
    split: str = ""
    seed: int = 0
    group_by: str = ""


class ExportChoice(QWidget):
    """Asks for status, layer, name, label, metadata, split and seed."""

    changed = Signal()

    def __init__(self, scheme: Scheme | None, documents: Sequence[str] = (), parent: QWidget | None = None) -> None:
        """With `documents` (uids), which were selected before, nobody is asked for names."""
        super().__init__(parent)
        self._only = tuple(documents)
        self._status = combo_of("export-documents", "Documents")
        self._layer = combo_of("export-layer", "Layer")
        self._name = _line("export-name", "Name", "any, or a pattern: news-*", "Only documents with this name")
        if documents:
            self._name.setText(f"the {counted(len(documents), 'document')} selected")
            self._name.setReadOnly(True)
        self._label = combo_of("export-label", "With the label")
        self._meta = _line("export-meta", "Metadata", "any, or key=value", "Such as source=web; commas between several")
        self._split = combo_of("export-split", "Split into parts")
        self._split.setEditable(True)
        self._split.setToolTip(
            literal(
                "Percent of train/test or train/dev/test; what shares a reference or (nearly) a text stays together"
            )
        )
        self._split.addItems(_SPLITS)
        self._seed = SpinBox()
        self._seed.setObjectName("export-seed")
        self._seed.setFixedWidth(96)
        self._seed.setRange(0, _LARGEST_SEED)
        self._seed.setToolTip(literal("Decides what gets into which part; the same seed gives the same parts"))
        tip = "A key of the metadata, such as author: documents with the same value get into the same part"
        self._group = _line("export-group", "Keep together by metadata", "none, or a key: author", tip)
        self._fill(scheme)
        fill_grid(
            QGridLayout(self),
            (("Documents", self._status), ("Layer", self._layer)),
            (("With the label", self._label), ("Named", self._name)),
            (("With the metadata", self._meta), ("Split into parts", _row(self._split, self._seed))),
            (("Keep together by metadata", self._group),),
        )
        self.offer(is_of_one=True)
        for combo in (self._status, self._layer, self._label):
            combo.currentIndexChanged.connect(self._on_changed)
        for line in (self._name, self._meta, self._group):
            line.textChanged.connect(self._on_changed)
        self._split.currentTextChanged.connect(self._on_split)
        self._seed.valueChanged.connect(self._on_changed)
        self._on_split(_UNSPLIT)

    def _fill(self, scheme: Scheme | None) -> None:
        self._layer.addItem("All layers", "")
        self._label.addItem("Any, or none", "")
        titles: dict[str, str] = {}
        for layer in scheme.layers if scheme is not None else ():
            self._layer.addItem(layer.title, layer.id)
            for label in layer.labels:
                titles.setdefault(label.id, label.title)
        for label, title in titles.items():
            self._label.addItem(title, label)

    def offer(self, *, is_of_one: bool) -> None:
        """Offer the choices of a format with one annotator per record, which gets finished documents unless asked for
        more, or of one with everything.
        """
        self._status.blockSignals(True)
        self._status.clear()
        for title, data in _OF_TRAINING if is_of_one else _OF_EVERYTHING:
            self._status.addItem(title, data)
        self._status.blockSignals(False)

    def chosen(self) -> Chosen:
        """Return what is filled in. Raises BadChoice."""
        status = self._status.currentData()
        texts = [f"status={status}"] if status not in ("", _UNFINISHED_TOO) else []
        if self._only:
            texts.extend(f"name={uid}" for uid in self._only)
        elif self._name.text().strip():
            texts.append(f"name={self._name.text().strip()}")
        if self._label.currentData():
            texts.append(f"label={self._label.currentData()}")
        for part in filter(None, map(str.strip, self._meta.text().split(","))):
            key, equals, _ = part.partition("=")
            if not key.strip() or not equals:
                raise BadChoice(f"“{part}” isn't metadata", hint="write key=value, such as source=web")
            texts.append(f"meta.{part}")
        layer = self._layer.currentData()
        split = self._split_text()
        if split:
            Split.parse(split)
        return Chosen(
            status == _UNFINISHED_TOO,
            tuple(map(parse_condition, texts)),
            (layer,) if layer else (),
            split,
            self._seed.value() if split else 0,
            self._group.text().strip() if split else "",
        )

    def _split_text(self) -> str:
        text = self._split.currentText().strip()
        return "" if text == _UNSPLIT else text

    def _on_split(self, _text: str) -> None:
        for field in (self._seed, self._group):
            field.setEnabled(bool(self._split_text()))
        self.changed.emit()

    def _on_changed(self, _value: object) -> None:
        self.changed.emit()


def fill_grid(grid: QGridLayout, *rows: tuple[tuple[str, QWidget], ...]) -> None:
    """Fill a grid with rows of fields, each under its caption, in columns of one width."""
    grid.setContentsMargins(0, 0, 0, 0)
    grid.setHorizontalSpacing(12)
    grid.setVerticalSpacing(6)
    for row, fields in enumerate(rows):
        for column, (title, field) in enumerate(fields):
            caption = plain(title, role="field")
            caption.setBuddy(field)
            if not field.accessibleName():
                field.setAccessibleName(title)
            grid.addWidget(caption, 2 * row, column)
            grid.addWidget(field, 2 * row + 1, column)
            grid.setColumnStretch(column, 1)
            grid.setColumnMinimumWidth(column, _COLUMN)


def combo_of(name: str, title: str) -> ComboBox:
    """Return a combo box that takes the width of its column, however long its items are."""
    combo = ComboBox()
    combo.setObjectName(name)
    combo.setAccessibleName(title)
    combo.setMinimumContentsLength(8)
    combo.setSizeAdjustPolicy(ComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
    return combo


def _line(name: str, title: str, placeholder: str, tip: str) -> QLineEdit:
    line = LineEdit()
    line.setObjectName(name)
    line.setAccessibleName(title)
    line.setPlaceholderText(placeholder)
    line.setToolTip(literal(tip))
    return line


def _row(combo: ComboBox, seed: SpinBox) -> QWidget:
    row = QWidget()
    box = QHBoxLayout(row)
    box.setContentsMargins(0, 0, 0, 0)
    caption = plain("Seed", tone="faint")
    caption.setBuddy(seed)
    seed.setAccessibleName("Random seed")
    box.addWidget(combo, 1)
    box.addWidget(caption)
    box.addWidget(seed)
    row.setFocusProxy(combo)
    return row

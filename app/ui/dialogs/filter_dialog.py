"""The dialog that filters and sorts the list of documents."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QGridLayout, QWidget

from app.core.document_conditions import (
    FINISHED,
    NO,
    YES,
    Condition,
    Sorting,
    parse_condition,
    parse_sorting,
)
from app.core.errors import BadChoice
from app.core.field_conditions import field_tests
from app.core.scheme import Scheme
from app.core.wording import advice
from app.ui.dialogs.form import FormDialog
from app.ui.models.document_orders import order_choices
from app.ui.widgets.fields import ComboBox, LineEdit
from app.ui.widgets.labels import literal, plain

_ANY = "Any"
_CHOICES: tuple[tuple[str, str, tuple[tuple[str, str], ...]], ...] = (
    (
        "status",
        "Status (yours)",
        (
            ("Open", "status=open"),
            ("Finished", f"status={FINISHED}"),
            ("Done, with marks", "status=done"),
            ("Done, nothing to mark", "status=done_empty"),
            ("Skipped", "status=skipped"),
        ),
    ),
    ("flag", "Flag", (("Flagged", f"flag={YES}"), ("Not flagged", f"flag={NO}"))),
    ("note", "Note (yours)", (("With a note", f"note={YES}"), ("Without one", f"note={NO}"))),
    ("rules", "Unmet rules (yours)", (("Some", "rules>0"), ("None", "rules=0"))),
    ("conflicts", "Conflicts to decide", (("Some", "conflicts>0"), ("None", "conflicts=0"))),
)
_SEPARATOR = ";"


class FilterOffers(NamedTuple):
    """What can be chosen: annotators who worked, those who were assigned documents, and keys of metadata."""

    annotators: Sequence[str]
    meta: Sequence[str]
    assigned: Sequence[str] = ()
    scheme: Scheme | None = None


class FilterDialog(FormDialog):
    """Asks for conditions and an order. Those that no field shows are in the line of more conditions, as typed."""

    answered = Signal(object)  # (conditions, Sorting)

    def __init__(
        self,
        conditions: Sequence[Condition],
        sorting: Sorting,
        offers: FilterOffers,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__("filter-dialog", "Filter and sort documents", accept="Show", scrolls=True, parent=parent)
        self.setMinimumWidth(560)
        self._fields: list[Callable[[], list[str]]] = []
        self._rest = [str(condition) for condition in conditions]
        grid = QGridLayout()
        grid.setHorizontalSpacing(14)
        self._grid = grid
        for key, title, choices in _CHOICES:
            self._choice(key, title, choices)
        self._choice("annotator", "Worked on by", [(name, f"annotator={name}") for name in offers.annotators])
        self._choice("assigned", "Assigned to", [(name, f"assigned={name}") for name in offers.assigned])
        labels: dict[str, str] = {}
        for layer in offers.scheme.layers if offers.scheme is not None else ():
            for label in layer.labels:
                labels.setdefault(label.id, label.title)
        self._choice("label", "With the label (yours)", [(title, f"label={key}") for key, title in labels.items()])
        self._amount("words", "Words")
        self._amount("length", "Characters")
        self.body.addLayout(grid)
        self._more = LineEdit()
        self._more.setObjectName("filter-more")
        self._more.setText(f"{_SEPARATOR} ".join(self._rest))
        self._more.setPlaceholderText(_example(offers.scheme))
        note = (
            "As on the command line, with semicolons between them: name=…, title=…, meta.KEY=…, layer=…, scheme=…, "
            "marks>=…, finished>=…, added>=…, and what marks say, such as LAYER.FIELD=…"
        )
        self.field("More conditions", self._more, note)
        self._add_sorting(sorting, offers.meta, offers.scheme)
        self._scheme = offers.scheme

    def _place(self, title: str, widget: QWidget) -> None:
        at = self._grid.count() // 2
        caption = plain(title, role="field")
        caption.setBuddy(widget)
        widget.setAccessibleName(title)
        row, column = divmod(at, 2)
        self._grid.addWidget(caption, row * 2, column)
        self._grid.addWidget(widget, row * 2 + 1, column)
        self._grid.setColumnStretch(column, 1)

    def _choice(self, key: str, title: str, choices: Sequence[tuple[str, str]]) -> None:
        combo = ComboBox()
        combo.setObjectName(f"filter-{key}")
        combo.addItem(_ANY, "")
        for words, text in choices:
            combo.addItem(words, text)
        present = [text for _, text in choices if text in self._rest]
        if len(present) == 1:
            combo.setCurrentIndex(combo.findData(present[0]))
            self._rest.remove(present[0])
        self._place(title, combo)
        self._fields.append(lambda: [str(combo.currentData())] if combo.currentData() else [])

    def _amount(self, key: str, title: str) -> None:
        """Add two lines: at least, at most."""
        for word, sign in (("at least", ">="), ("at most", "<=")):
            line = LineEdit()
            line.setObjectName(f"filter-{key}{'-least' if sign == '>=' else '-most'}")
            line.setPlaceholderText(_ANY)
            present = [text for text in self._rest if text.startswith(f"{key}{sign}")]
            if len(present) == 1:
                line.setText(present[0].removeprefix(f"{key}{sign}"))
                self._rest.remove(present[0])
            self._place(f"{title} {word}", line)
            self._fields.append(lambda line=line, sign=sign: [f"{key}{sign}{line.text().strip()}"] * bool(line.text()))

    def _add_sorting(self, sorting: Sorting, keys: Sequence[str], scheme: Scheme | None) -> None:
        self._sorting = ComboBox()
        self._sorting.setObjectName("filter-sorting")
        for choice in order_choices(scheme, keys):
            self._sorting.addItem(choice.whole_title, choice.key)
        if self._sorting.findData(sorting.key) < 0:
            self._sorting.addItem(sorting.key, sorting.key)
        self._sorting.setCurrentIndex(self._sorting.findData(sorting.key))
        self._falls = QCheckBox("Largest or last first")
        self._falls.setObjectName("filter-falls")
        self._falls.setAccessibleName("Largest or last first")
        self._falls.setToolTip(literal("Turns the order around"))
        self._falls.setChecked(sorting.falls)
        self.field("Sort by", self._sorting)
        self.body.addWidget(self._falls)

    def submit(self) -> bool:
        """Emit conditions and order, if all can be read."""
        texts = [text for field in self._fields for text in field()]
        texts += [text.strip() for text in self._more.text().split(_SEPARATOR) if text.strip()]
        try:
            conditions = tuple(dict.fromkeys(map(parse_condition, texts)))
            key = str(self._sorting.currentData())
            sorting = parse_sorting(f"-{key}" if self._falls.isChecked() else key)
            if self._scheme is not None:
                field_tests(self._scheme, conditions)
        except BadChoice as error:
            self.complain(advice(error))
            return False
        self.answered.emit((conditions, sorting))
        return True


def _example(scheme: Scheme | None) -> str:
    """Return conditions that could be typed, one of them on what marks of the scheme say."""
    layers = scheme.layers if scheme is not None else ()
    field = next((f"; {layer.id}.label={layer.givable[0].id}" for layer in layers if layer.givable), "")
    return f"meta.source=web; name=news-*{field}"

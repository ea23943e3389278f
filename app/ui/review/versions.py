"""The table of the conflict card: a column per version, a row per field, one cell picked in each row."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QLabel, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from app.core.annotation import Annotation
from app.core.scheme import SEVERITY, Scheme
from app.core.wording import shorten
from app.review.fields import CORRECTION, EVIDENCE, LABEL, RANGE, Field, FieldRules
from app.review.gold_composition import INTERSECTION, UNION, Picks, classes
from app.review.groups import Group
from app.ui.review.letters import Letters
from app.ui.theme import px
from app.ui.widgets.labels import ValueButton, literal, plain

_LONGEST = 140
_NAMES = 72
_WIDEST_NAMES = 90  # with large writing the versions need the room more


class VersionTable(QWidget):
    """Shows a group and the picked cells."""

    picked = Signal(object)  # (field, uid)
    field_changed = Signal(object)  # id of the field that Alt+1 to Alt+9 act on

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("version-table")
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(4)
        self._cells: dict[tuple[str, str], QPushButton] = {}
        self._names: dict[str, QLabel] = {}
        self._fields: list[str] = []
        self._uids: dict[int, str] = {}  # by the annotator's number
        self.field = RANGE

    def show_group(self, found: Group, letters: Letters, rules: FieldRules, scheme: Scheme) -> None:
        """Show another group, with nothing picked."""
        self._clear()
        by_lane = sorted(found.versions, key=letters.lane)
        self._uids = {letters.number(name): found.versions[name].uid for name in by_lane}
        for column, name in enumerate(by_lane, 1):
            number = letters.number(name)
            key = f" ({number})" if number < 10 else ""
            head = plain(f"{letters.shown(name)}   {number}" if key else letters.shown(name), role="caption")
            head.setObjectName("version-head")
            head.setStyleSheet(f"#version-head {{ border-bottom: 3px solid {letters.color(name)}; }}")
            head.setToolTip(literal(f"Accept this whole version{key}"))
            self._grid.addWidget(head, 0, column)
        row = 1
        for field in rules.fields:
            if not self._is_worth_showing(field, found, rules):
                continue
            self._fields.append(field.id)
            self._add_row(row, field, found, letters, rules, scheme)
            row += 1
        for column in range(1, self._grid.columnCount()):
            self._grid.setColumnStretch(column, int(column <= len(by_lane)))
        self.set_field(self._first_disputed(found, rules))

    def _is_worth_showing(self, field: Field, found: Group, rules: FieldRules) -> bool:
        if field.id in (RANGE, LABEL, SEVERITY, CORRECTION, EVIDENCE):
            return True
        return any(rules.value(field.id, version) not in (None, "", (), False) for version in found.versions.values())

    def _first_disputed(self, found: Group, rules: FieldRules) -> str:
        for field in self._fields:
            if len(classes(found, field, rules)) > 1:
                return field
        return self._fields[0]

    def _add_row(
        self, row: int, field: Field, found: Group, letters: Letters, rules: FieldRules, scheme: Scheme
    ) -> None:
        by_lane = sorted(found.versions, key=letters.lane)
        name = plain(field.title, role="field", name=f"version-field-{field.id}", wrap=True)
        name.setFixedWidth(min(px(_NAMES), _WIDEST_NAMES))
        self._names[field.id] = name
        self._grid.addWidget(name, row, 0, Qt.AlignmentFlag.AlignTop)
        agreed = classes(found, field.id, rules)
        for column, annotator in enumerate(by_lane, 1):
            version = found.versions[annotator]
            cell = ValueButton((field.id, version.uid))
            cell.setObjectName("version-cell")
            cell.setCheckable(True)
            cell.setAutoDefault(False)
            cell.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            cell.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)
            text = field_text(field.id, version, scheme, first=found.versions[by_lane[0]] if column > 1 else None)
            _set_wrapped(cell, text)
            letter, number = letters.letter(annotator), letters.number(annotator)
            cell.setAccessibleName(f"{field.title}, version of {letter}: {text}")
            key = f" (Alt+{number})" if number < 10 else ""
            cell.setToolTip(literal(f"{text}\nPick this from the version of {letter}{key}"))
            is_disputed = len(agreed) > 1 and field.counts
            cell.setProperty("torn", is_disputed and annotator not in agreed[0])
            cell.picked.connect(self._on_picked)
            self._cells[field.id, version.uid] = cell
            self._grid.addWidget(cell, row, column)

    def _on_picked(self, place: tuple[str, str]) -> None:
        self.set_field(place[0])
        self.picked.emit(place)

    def show_picks(self, picks: Picks) -> None:
        """Show which version supplies each field."""
        for (field, uid), cell in self._cells.items():
            cell.setChecked(picks.get(field) == uid)
        name = self._names.get(RANGE)
        if name is not None:
            how = picks.get(RANGE, "")
            name.setText(f"range\n{how}" if how in (UNION, INTERSECTION) else "range")

    def uid_of(self, number: int) -> str | None:
        """Return the uid of the version of the annotator with a number, None if they have none here."""
        return self._uids.get(number)

    def set_field(self, field: str) -> None:
        """Make a field the one that Alt+1 to Alt+9 act on."""
        self.field = field
        for key, label in self._names.items():
            font = label.font()
            font.setBold(key == field)
            label.setFont(font)
        self.field_changed.emit(field)

    def step_field(self, by: int) -> None:
        """Go to the next or the previous field."""
        if self._fields:
            at = self._fields.index(self.field) if self.field in self._fields else 0
            self.set_field(self._fields[(at + by) % len(self._fields)])

    def _clear(self) -> None:
        self._cells.clear()
        self._names.clear()
        self._fields, self._uids = [], {}
        while (item := self._grid.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()


def field_text(field: str, version: Annotation, scheme: Scheme, *, first: Annotation | None = None) -> str:
    """Return a version's value of a field, in words. `first` is the version it is compared with, if any."""
    if field == RANGE:
        text = version.quote or "(nothing marked)"
    elif field == LABEL:
        label = scheme.label(version.layer, version.label)
        text = label.title if label else version.label
    elif field == CORRECTION:
        text = "–" if version.correction is None else version.correction or "(delete)"
    elif field == EVIDENCE:
        if first is not None and version.evidence and first.evidence:
            same = [(e.document, e.fragments) for e in version.evidence] == [
                (e.document, e.fragments) for e in first.evidence
            ]
            if same:
                return "same"
        text = " / ".join(f"“{item.quote}”" for item in version.evidence) or "none"
    elif field == "comment":
        text = version.comment or "–"
    else:
        text = _attribute(field, version, scheme)
    return shorten(text, _LONGEST)


def _attribute(field: str, version: Annotation, scheme: Scheme) -> str:
    value = version.attributes.get(field)
    if value in (None, ""):
        return "–"
    if field == SEVERITY:
        severity = scheme.severity(value)
        return severity.title if severity else str(value)
    layer = scheme.layer(version.layer)
    attribute = layer.attribute(field) if layer else None
    if isinstance(value, bool):
        return "yes" if value else "no"
    values = {item.id: item.title for item in attribute.values} if attribute else {}
    return values.get(str(value), str(value))


def _set_wrapped(cell: QPushButton, text: str) -> None:
    """Give a button multi-line text: through a label, since buttons can't wrap."""
    label = plain(text, wrap=True)
    label.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
    label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)
    box = QVBoxLayout(cell)
    box.setContentsMargins(5, 3, 4, 3)
    box.addWidget(label)
    cell.setText("")
    cell.setMinimumHeight(px(26))

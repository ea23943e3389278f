"""The table of the conflict card: a column per version, a row per field, one cell picked in each row."""

from collections.abc import Callable, Sequence
from textwrap import wrap

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from app.core import field_values
from app.core.annotation import Annotation, Evidence
from app.core.scheme import SEVERITY, Attribute, Scheme
from app.core.wording import shorten
from app.review.fields import COMMENT, CORRECTION, EVIDENCE, LABEL, RANGE, Difference, Field, FieldRules, evidence_sets
from app.review.gold_composition import INTERSECTION, UNION, Picks, classes
from app.review.gold_relations import RelationField, relation_fields, relation_said, said_by
from app.review.groups import Group
from app.ui.review.letters import Letters
from app.ui.theme import px
from app.ui.widgets.labels import ValueButton, literal, plain, set_look

QuoteOf = Callable[[str], str]
"""Returns the quote of a group (key)."""

_LONGEST = 140
_SHORT = 40
_MOST_NAMED = 3  # of a chain
_NAMES = 72
_WIDEST_WORD = 9  # characters of a word that fits into it
_WIDEST_NAMES = 90  # with large writing the versions need the room more


class _Cell(ValueButton):
    """A version's value of a field: several lines, through a label, since buttons can't wrap."""

    def __init__(self) -> None:
        super().__init__(None)
        self.setObjectName("version-cell")
        self.setCheckable(True)
        self.setAutoDefault(False)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)
        self._label = plain(wrap=True)
        self._label.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)
        box = QVBoxLayout(self)
        box.setContentsMargins(5, 3, 4, 3)
        box.addWidget(self._label)

    def show_value(self, value: tuple[str, str], text: str, *, title: str, tip: str, torn: bool) -> None:
        """Show another value, as `text`; `torn` is one that isn't the majority's."""
        self.value = value
        self.setMinimumHeight(px(26))
        self._label.setText(text)
        self.setAccessibleName(title)
        self.setToolTip(literal(tip))
        set_look(self, "torn", torn)


class VersionTable(QWidget):
    """Shows a group and the picked cells.

    From group to group the same widgets show something else: to make new ones takes longer than a frame.
    """

    picked = Signal(object)  # (field, uid)
    field_changed = Signal(object)  # id of the field that Alt+1 to Alt+9 act on

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("version-table")
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(4)
        self._rules: FieldRules | None = None  # whose fields have the rows
        self._heads: list[QLabel] = []
        self._rows: dict[str, list[_Cell]] = {}  # by field
        self._cells: dict[tuple[str, str], _Cell] = {}  # those that are shown, by field and uid
        self._names: dict[str, QLabel] = {}
        self._fields: list[str] = []
        self._slots: dict[str, str] = {}  # by field
        self._uids: dict[int, str] = {}  # by the annotator's number
        self.field = RANGE

    def show_group(
        self, found: Group, letters: Letters, rules: FieldRules, scheme: Scheme, quote_of: QuoteOf = str
    ) -> None:
        """Show another group, with nothing picked; `quote_of` names groups that relations lead to."""
        if self._rules is None or self._rules.fields != rules.fields:
            self._clear()
            self._rules = rules
        by_lane = sorted(found.versions, key=letters.lane)
        self._uids = {letters.number(name): found.versions[name].uid for name in by_lane}
        self._show_heads(by_lane, letters)
        self._cells.clear()
        self._fields = []
        self._slots = {}
        for row, field in enumerate(rules.fields, 1):
            is_shown = self._is_worth_showing(field, found, rules)
            if is_shown:
                self._fields.append(field.id)
                self._show_field(row, field, found, letters, rules, scheme)
            elif field.id in self._names:
                self._hide_row(field.id)
        self._show_relations(len(rules.fields) + 1, found, letters, scheme, quote_of)
        for column in range(1, self._grid.columnCount()):
            self._grid.setColumnStretch(column, int(column <= len(by_lane)))
        self.set_field(self._first_disputed(found, rules))

    def _show_heads(self, by_lane: list[str], letters: Letters) -> None:
        for at, name in enumerate(by_lane):
            if at == len(self._heads):
                made = plain(role="caption")
                made.setObjectName("version-head")
                self._heads.append(made)
                self._grid.addWidget(made, 0, at + 1)
            head, number = self._heads[at], letters.number(name)
            key = f" ({number})" if number < 10 else ""
            head.setText(f"{letters.shown(name)}   {number}" if key else letters.shown(name))
            style = f"#version-head {{ border-bottom: 3px solid {letters.color(name)}; }}"
            if head.styleSheet() != style:  # to parse one takes long
                head.setStyleSheet(style)
            head.setToolTip(literal(f"Accept this whole version{key}"))
        for at, head in enumerate(self._heads):
            head.setVisible(at < len(by_lane))

    def _is_worth_showing(self, field: Field, found: Group, rules: FieldRules) -> bool:
        if field.id in (RANGE, LABEL, SEVERITY, CORRECTION, EVIDENCE):
            return True
        return any(rules.is_given(field.id, version) for version in found.versions.values())

    def _first_disputed(self, found: Group, rules: FieldRules) -> str:
        for field in self._fields:
            if rules.field(field) is not None and len(classes(found, field, rules)) > 1:
                return field
        if Difference.RELATION in found.differences:
            return next((field for field in self._fields if rules.field(field) is None), self._fields[0])
        return self._fields[0]

    def _show_field(
        self, row: int, field: Field, found: Group, letters: Letters, rules: FieldRules, scheme: Scheme
    ) -> None:
        by_lane = sorted(found.versions, key=letters.lane)
        first = found.versions[by_lane[0]]
        texts = [
            field_text(field.id, found.versions[name], scheme, first=first if at else None)
            for at, name in enumerate(by_lane)
        ]
        agreed = classes(found, field.id, rules)
        torn = [len(agreed) > 1 and field.counts and name not in agreed[0] for name in by_lane]
        self._show_row(row, field.id, field.id, field.title, found, letters, texts, torn)

    def _show_relations(self, row: int, found: Group, letters: Letters, scheme: Scheme, quote_of: QuoteOf) -> None:
        by_lane = sorted(found.versions, key=letters.lane)
        fields = relation_fields(found, scheme)
        for at, field in enumerate(fields):
            self._fields.append(field.id)
            said = [relation_said(field, name, scheme) for name in by_lane]
            first = min(by_lane, key=lambda name: found.versions[name].uid)
            usual = max(
                (relation_said(field, first, scheme), *said), key=said.count
            )  # the first made, if as many differ
            kind = scheme.relation(field.label)
            texts = [shorten(relation_text(field, name, found.key, quote_of, scheme), _LONGEST) for name in by_lane]
            counts = Difference.RELATION in found.differences and (kind is None or kind.counts)
            torn = [counts and each != usual for each in said]
            title = relation_title(field, quote_of, scheme)
            self._show_row(row + at, f"relation-{at}", field.id, title, found, letters, texts, torn)
        for slot in self._names.keys() - {f"relation-{at}" for at in range(len(fields))}:
            if slot.startswith("relation-"):
                self._hide_row(slot)

    def _show_row(
        self,
        row: int,
        slot: str,
        field: str,
        title: str,
        found: Group,
        letters: Letters,
        texts: Sequence[str],
        torn: Sequence[bool],
    ) -> None:
        """Show a field in the widgets of a slot: fields of relations are others in each group."""
        self._slots[field] = slot
        name = self._names.get(slot)
        if name is None:
            name = self._names[slot] = plain(title, role="field", name=f"version-field-{slot}", wrap=True)
            self._grid.addWidget(name, row, 0, Qt.AlignmentFlag.AlignTop)
        name.setText(_breakable(title))
        name.setFixedWidth(min(px(_NAMES), _WIDEST_NAMES))
        name.show()
        cells = self._rows.setdefault(slot, [])
        by_lane = sorted(found.versions, key=letters.lane)
        for at, annotator in enumerate(by_lane):
            if at == len(cells):
                made = _Cell()
                made.picked.connect(self._on_picked)
                cells.append(made)
                self._grid.addWidget(made, row, at + 1)
            version, cell = found.versions[annotator], cells[at]
            letter, number = letters.letter(annotator), letters.number(annotator)
            key = f" (Alt+{number})" if number < 10 else ""
            cell.show_value(
                (field, version.uid),
                texts[at],
                title=f"{title}, version of {letter}: {texts[at]}",
                tip=f"{texts[at]}\nPick this from the version of {letter}{key}",
                torn=torn[at],
            )
            self._cells[field, version.uid] = cell
        for at, cell in enumerate(cells):
            cell.setVisible(at < len(by_lane))

    def _hide_row(self, field: str) -> None:
        self._names[field].hide()
        for cell in self._rows[field]:
            cell.hide()

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
            is_chosen = key == self._slots.get(field, field)
            if font.bold() is not is_chosen:
                font.setBold(is_chosen)
                label.setFont(font)
        self.field_changed.emit(field)

    def step_field(self, by: int) -> None:
        """Go to the next or the previous field."""
        if self._fields:
            at = self._fields.index(self.field) if self.field in self._fields else 0
            self.set_field(self._fields[(at + by) % len(self._fields)])

    def _clear(self) -> None:
        """Take all away: another layer has other fields."""
        self._cells.clear()
        self._names.clear()
        self._rows.clear()
        self._heads.clear()
        while (item := self._grid.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()


def _breakable(title: str) -> str:
    """Return a title whose long words can be broken: the column of titles is narrow."""
    words = title.split(" ")
    return " ".join("\u200b".join(wrap(word, _WIDEST_WORD)) if len(word) > _WIDEST_WORD else word for word in words)


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
        places = list(map(_place_of, version.evidence))
        if first is not None and places and places == list(map(_place_of, first.evidence)):
            return "same"
        text = _evidence_text(version)
    elif field == "comment":
        text = version.comment or "–"
    else:
        text = _attribute(field, version, scheme)
    return shorten(text, _LONGEST)


def about_words(mark: Annotation, scheme: Scheme) -> str:
    """Return what an annotation says of the document as a whole, in words."""
    layer = scheme.layer(mark.layer)
    label = scheme.label_title(mark.layer, mark.label)
    fields = [
        f"{item.title} {field_values.shown(item, value)}"
        for item in (layer.attributes if layer is not None else ())
        if not field_values.is_empty(value := mark.attributes.get(item.id))
    ]
    said = [*([] if layer is not None and layer.title == label else [label]), *fields, *filter(None, [mark.comment])]
    title = f"{layer.title}: " if layer is not None else ""
    return f"{title}{', '.join(said)}"


def _attribute(field: str, version: Annotation, scheme: Scheme) -> str:
    value = version.attributes.get(field)
    if field_values.is_empty(value):
        return "–"
    if field == SEVERITY:
        severity = scheme.severity(value)
        return severity.title if severity else str(value)
    layer = scheme.layer(version.layer)
    return field_values.shown((layer and layer.attribute(field)) or Attribute(id=field, title=field), value)


def _evidence_text(version: Annotation) -> str:
    """Return the quotes of evidence; of several sets each with its number."""
    sets = [[f"“{item.quote}”" for item in those] for those in evidence_sets(version.evidence)]
    if len(sets) < 2:
        return " + ".join(quote for quotes in sets for quote in quotes) or "none"
    return " or ".join(f"({number}) {' + '.join(quotes)}" for number, quotes in enumerate(sets, 1))


def _place_of(item: Evidence) -> tuple[object, ...]:
    return (item.document, item.fragments, item.alternative)


def relation_title(field: RelationField, quote_of: QuoteOf, scheme: Scheme) -> str:
    """Return the name of a row about relations: where they lead, or what they say."""
    kind = scheme.relation(field.label)
    if field.chain is not None and not field.part:
        return scheme.relation_title(field.label)
    if not field.part:
        return f"→ “{shorten(quote_of(field.target), _SHORT)}”"
    attribute = kind.attribute(field.part) if kind is not None else None
    return f"{scheme.relation_title(field.label)}: {attribute.title.lower() if attribute is not None else field.part}"


def relation_text(field: RelationField, name: str, own: str, quote_of: QuoteOf, scheme: Scheme) -> str:
    """Return what an annotator says of relations, in words; `own` is the group's key."""
    if field.chain is not None and not field.part:
        others = [f"“{shorten(quote_of(key), _SHORT)}”" for key in field.chain.by.get(name, ()) if key != own]
        more = f" and {len(others) - _MOST_NAMED} more" if len(others) > _MOST_NAMED else ""
        return f"with {', '.join(others[:_MOST_NAMED])}{more}" if others else "–"
    said = said_by(field, name)
    if not field.part:
        return ", ".join(map(scheme.relation_title, said)) or "–"
    relation, kind = said.get(field.label), scheme.relation(field.label)
    if relation is None:
        return "–"
    if field.part == COMMENT:
        return relation.comment or "–"
    attribute = kind.attribute(field.part) if kind is not None else None
    value = relation.attributes.get(field.part)
    return field_values.shown(attribute or Attribute(id=field.part, title=field.part), value) or "–"

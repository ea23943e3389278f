"""The desk of the scheme window: the tree of the scheme, the fields of one table, and the label bar as it would be."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QListWidget, QScrollArea, QStackedWidget, QVBoxLayout, QWidget

from app.core.errors import SchemeError, StetError
from app.core.proposal import proposal_title
from app.core.wording import sentence, undirected, window_hint
from app.services.schemes.draft import SchemeDraft
from app.services.schemes.parts import Part, PartKind, PartStory, Uses
from app.services.schemes.scheme_text import Place
from app.ui.dialogs.label_preview import LabelPreview
from app.ui.dialogs.outside_parts import ACCEPT, OutsideParts
from app.ui.dialogs.proposal_card import ProposalCard
from app.ui.dialogs.removal_row import KEEP, RemovalRow
from app.ui.dialogs.scheme_fields import (
    EntryKind,
    fields_of,
    kind_of,
    names_of,
    new_table,
    note_of,
    options_of,
    rows_of,
)
from app.ui.dialogs.scheme_files import SchemeFiles
from app.ui.dialogs.scheme_form import FieldChoices, SchemeForm
from app.ui.dialogs.scheme_tree import SchemeTree
from app.ui.guard import guarded
from app.ui.theme import Tones
from app.ui.widgets.flow import Flow
from app.ui.widgets.labels import ValueButton, plain, value_button

_SETTLED_MS = 150
_LEFT = 300
_ADDED = {
    "label": "Label",
    "under": "Label under this",
    "attribute": "Field",
    "value": "Value",
    "entry": "Entry",
    "layer": "Layer",
    "severity": "Severity step",
    "relation": "Relation",
    "list": "List",
}
_OFFERED = {
    "": {"layer", "severity", "relation", "list"},
    "layer": {"label", "attribute", "layer"},
    "label": {"label", "under", "attribute"},
    "attribute": {"attribute", "value"},
    "relation": {"relation", "attribute"},
    "list": {"entry", "list"},
}


@guarded
class SchemeDesk(QWidget):
    """Changes a draft. Nothing of the project is changed here."""

    complained = Signal(object)  # a text, "" if there is nothing to complain of
    changed = Signal()
    guideline_wanted = Signal(object)  # path to write to
    document_wanted = Signal(object)  # uid

    def __init__(
        self,
        draft: SchemeDraft,
        uses: Uses,
        tones: Tones,
        project: Path,
        *,
        undo: Sequence[QKeySequence],
        redo: Sequence[QKeySequence],
    ) -> None:
        """Build the desk for a draft; `uses` counts marks and relations by what they have; `undo`, `redo` are keys."""
        super().__init__()
        self.draft = draft
        self._uses = uses
        self._are_counted = False
        self._edited: tuple[Place, str] | None = None  # the change that made a sound scheme unsound
        self._refused = ""  # why the draft hasn't taken what a field shows
        self._settled = QTimer(self)
        self._settled.setSingleShot(True)
        self._settled.setInterval(_SETTLED_MS)
        self._settled.timeout.connect(self._check)
        self._left(project)
        side = self._right(tones, undo, redo)
        box = QHBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(18)
        box.addWidget(self._column, 1)
        box.addLayout(side, 2)
        self._show_all(())

    # -- the window ----------------------------------------------------------------------------------------------------

    def _left(self, project: Path) -> None:
        self.tree = SchemeTree()
        self.tree.picked.connect(self._on_picked)
        self.tree.focused.connect(self._on_entered)
        self.tree.asked.connect(self._on_asked)
        self.tree.dropped.connect(self._on_dropped)
        self._column = QWidget()
        self._column.setMinimumWidth(_LEFT)
        column = QVBoxLayout(self._column)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.tree, 1)
        self.outside = OutsideParts()
        self.outside.asked.connect(self._on_outside)
        self.outside.picked.connect(self._on_outside_picked)
        column.addWidget(self.outside)
        files = SchemeFiles(project)
        files.read_wanted.connect(self._on_read)
        files.guideline_wanted.connect(self.guideline_wanted)
        self._add = [value_button(kind, f"+ {title}", name=f"scheme-add-{kind}") for kind, title in _ADDED.items()]
        column.addLayout(self._flow(self._add, self._on_add))
        moves = (("up", "Up", "Alt+Up"), ("down", "Down", "Alt+Down"), ("delete", "Remove", "Delete"))
        self._moves = [value_button(what, title, name=f"scheme-{what}", tip=tip) for what, title, tip in moves]
        column.addLayout(self._flow(self._moves, self._on_asked))
        column.addWidget(files)

    def _right(self, tones: Tones, undo: Sequence[QKeySequence], redo: Sequence[QKeySequence]) -> QVBoxLayout:
        self.form = SchemeForm()
        self.form.changed.connect(self._on_changed)
        right = QScrollArea()
        right.setObjectName("scheme-scroll")
        right.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        right.setWidgetResizable(True)
        right.setWidget(self.form)
        self.preview = LabelPreview(tones)
        self.preview.label_chosen.connect(self._on_label)
        side = QVBoxLayout()
        top = QHBoxLayout()
        top.addWidget(plain("The label bar", role="field"), 1)
        self._steps: list[ValueButton] = []
        for what, title, keys, slot in (
            ("undo", "Undo", undo, self._on_undo),
            ("redo", "Redo", redo, self._on_redo),
        ):
            made = value_button(what, title, name=f"scheme-{what}", tip=", ".join(key.toString() for key in keys))
            made.picked.connect(slot)
            self._steps.append(made)
            top.addWidget(made)
            for key in keys:
                QShortcut(key, self).activated.connect(slot)
        side.addLayout(top)
        side.addWidget(self.preview)
        self.card = ProposalCard()
        self.card.wanted.connect(self.document_wanted)
        self._sheets = QStackedWidget()
        self._sheets.addWidget(right)
        self._sheets.addWidget(self.card)
        self._notes = QListWidget()
        self._notes.setObjectName("scheme-notes")
        self._notes.setAccessibleName("What of the file isn’t in the scheme as it was")
        self._notes.setWordWrap(True)
        self._sheets.addWidget(self._notes)
        side.addWidget(self._sheets, 1)
        self._removal = RemovalRow()
        self._removal.asked.connect(self._on_remove)
        side.addWidget(self._removal)
        return side

    def _flow(self, buttons: Sequence[ValueButton], slot: Callable[[object], None]) -> Flow:
        row = Flow(gap=6)
        for made in buttons:
            made.picked.connect(slot)
            row.add(made)
        return row

    # -- showing -------------------------------------------------------------------------------------------------------

    def _show_all(self, place: Place) -> None:
        self._show_outside()
        self._edited = None
        self._sheets.setCurrentIndex(0)
        self.tree.show_tables(self.draft.data(), place)
        self._show_table()
        self._check()

    @property
    def uses(self) -> Mapping[Part, int]:
        """How many marks and relations have each part, as far as they are counted."""
        return self._uses.counts

    def show_uses(self, uses: Uses) -> None:
        """Show all that marks and relations have, also in their fields."""
        self._uses, self._are_counted = uses, True
        self._show_outside()
        self._show_fate(self.tree.place)

    def _show_outside(self) -> None:
        kinds = list(PartKind)
        found = [part for part in self.uses if self.draft.is_outside(part)]
        found.sort(key=lambda part: (kinds.index(part.kind), part.owner, part.field, part.id))
        lost = {part: self.uses[part] for part in found}
        self.outside.show_parts(lost, {part: found for part in lost if (found := self.draft.others(part)) is not None})

    def _on_outside_picked(self, part: Part) -> None:
        self.card.show_part(part, self._uses.stories.get(part, PartStory({})))
        self._sheets.setCurrentIndex(1)
        self._removal.hide()

    def _on_entered(self) -> None:
        if self._sheets.currentIndex():
            self._sheets.setCurrentIndex(0)
            self._show_fate(self.tree.place)

    def _on_picked(self) -> None:
        self.draft.pause()
        self._sheets.setCurrentIndex(0)
        self._show_table()
        self.show_problem()
        layer = self._layer_id()
        if layer and self.draft.problem() is None:
            self.preview.turn_to(layer)

    def _layer_id(self) -> str:
        place = self.tree.place
        return self.draft.table(place[:2]).get("id", "") if place[:1] == ("layer",) else ""

    def _show_table(self) -> None:
        self._refused = ""
        place, data = self.tree.place, self.draft.data()
        fields = fields_of(data, place)
        rows = rows_of(data, place)
        choices = {
            field.key: FieldChoices(
                options_of(data, place, field.key),
                names_of(data, place, field.key) if field.entry is EntryKind.NAMES else (),
                [row for row in rows if row.table == field.key],
                note_of(self.draft.table(place), field.key) or field.note,
            )
            for field in fields
        }
        is_fixed = self.draft.has_fixed_id(place)
        self.form.show_fields(fields, self.draft.table(place), choices, is_fixed=is_fixed)
        kind = kind_of(place)
        for made in self._add:
            made.setVisible(made.value in _OFFERED.get(kind, {kind}))
        for made in self._moves:
            made.setEnabled(bool(place))
        self._show_steps()
        self._show_fate(place)

    def _show_steps(self) -> None:
        for made, can in zip(self._steps, (self.draft.can_undo, self.draft.can_redo), strict=True):
            made.setEnabled(can)

    def _show_fate(self, place: Place) -> None:
        uses = self._uses_of(place)
        rows = self.draft.table(place[:-1]) if uses else ()
        others = [item for row, item in enumerate(rows) if row != place[-1] and item.get("id")]
        self._removal.show_part(
            kind_of(place), uses, [(item.get("title") or item["id"], item["id"]) for item in others]
        )

    def _uses_of(self, place: Place) -> int:
        """Return how many marks or relations have what is at a place."""
        return sum(self.uses.get(origin, 0) for origin in self.draft.origins(place))

    def _check(self) -> None:
        """Show what is wrong or, if nothing is, the bar."""
        self._settled.stop()
        if self.show_problem():
            self.preview.show_scheme(self.draft.scheme(), self._layer_id())

    def show_problem(self) -> bool:
        """Show what is wrong where it was made: below the field that was changed, else below the one that is wrong,
        else as a complaint. Return whether nothing is.
        """
        found, place = self.draft.problem(), self.tree.place
        if found is None:
            self._edited = None
            if not self._refused:
                self.form.show_problem("", "")
                self.complained.emit("")
            return not self._refused
        words = in_words(found.error)
        if found.place == place:
            self.form.show_problem(found.key, words)
        elif self._edited is not None and self._edited[0] == place:
            self.form.show_problem(self._edited[1], f"{self._named(found.place)}: {words}")
        else:
            self.form.show_problem("", "")
            self.complained.emit(f"{self._named(found.place)}: {words}")
            return False
        self.complained.emit("")
        return False

    def settle(self) -> bool:
        """Return whether the draft is what the fields show, and nothing is wrong with it; else go to what is."""
        if self._refused:
            field = self.form.field("id")
            if field is not None:
                field.setFocus(Qt.FocusReason.TabFocusReason)
            return False
        found = self.draft.problem()
        if found is not None:
            self._edited = None
            self.tree.go_to(found.place)
            self.show_problem()
        return found is None

    def _named(self, place: Place) -> str:
        table = self.draft.table(place)
        return str(table.get("title") or table.get("id") or "The scheme") if isinstance(table, dict) else "The scheme"

    # -- changing ------------------------------------------------------------------------------------------------------

    def _on_changed(self, key: str, value: object) -> None:
        place = self.tree.place
        self.changed.emit()
        if self._edited is None and self.draft.problem() is None:
            self._edited = (place, key)
        try:
            self.draft.set(place, key, value)
        except SchemeError as error:
            self._refused = in_words(error)
            self.form.show_problem(key, self._refused)
            return
        self._refused = ""
        self._show_steps()
        if key == "parent":
            self.tree.show_tables(self.draft.data(), place)
        elif (key, kind_of(place)) in (("kind", "attribute"), ("kind", "layer"), ("evidence", "layer")):
            QTimer.singleShot(0, self, self._show_table)  # the field that sent this is replaced
        self.tree.rename(self.draft.data())
        self._settled.start()

    def _on_label(self, chosen: tuple[str, str]) -> None:
        for number, layer in enumerate(self.draft.data().get("layer", ())):
            for row, label in enumerate(layer.get("label", ())):
                if (layer.get("id"), label.get("id")) == chosen:
                    self.tree.go_to(("layer", number, "label", row))

    def _on_asked(self, what: object) -> None:
        place = self.tree.place
        if what == "add":
            self._on_add(next(made.value for made in self._add if not made.isHidden()))
        elif what == "form":
            first = self.form.field("title")
            if first is not None:
                first.setFocus(Qt.FocusReason.TabFocusReason)
        elif not place:
            return
        elif what == "delete":
            if self._uses_of(place):
                self.complained.emit(self._removal.ask())
            else:
                self._remove_table(place, leaves_marks=not self._are_counted and kind_of(place) != "label")
        else:
            self._move(place, -1 if what == "up" else 1)

    def _on_undo(self, *_given: object) -> None:
        if self.draft.can_undo:
            self._go(self.draft.undo)

    def _on_redo(self, *_given: object) -> None:
        if self.draft.can_redo:
            self._go(self.draft.redo)

    def _go(self, go: Callable[[], tuple[Place, str]]) -> None:
        """Undo or redo, and show what it was about; the keyboard stays in the form if it was there."""
        is_typing = self.form.isAncestorOf(self.focusWidget()) if self.focusWidget() is not None else False
        place, key = go()
        self.changed.emit()
        self._show_all(place)
        field = self.form.field(key) if is_typing else None
        (field if field is not None else self.tree).setFocus(Qt.FocusReason.OtherFocusReason)

    def _move(self, place: Place, by: int) -> None:
        """Move a table past its neighbour; a label past the next one under the same label."""
        rows = self.draft.table(place[:-1])
        row = int(place[-1]) + by
        if kind_of(place) == "label":
            parent = rows[place[-1]].get("parent", "")
            while 0 <= row < len(rows) and rows[row].get("parent", "") != parent:
                row += by
        if 0 <= row < len(rows):
            self._do(lambda: self.draft.move(place, row))

    def _on_dropped(self, target: Place, where: str) -> None:
        """Move the current table beside another one of its list; a label also under another one, or to the top."""
        place = self.tree.place
        if target == place or not place:
            return
        if kind_of(place) == "label" and target == place[:2]:
            self._do(lambda: self.draft.place_label(place, None, ""))
        elif target[:-1] != place[:-1]:
            self.complained.emit("It can be moved among its own kind only, within what it belongs to.")
        else:
            old, row = int(place[-1]), int(target[-1])
            goal = row - (old < row) if where == "above" else row + (old > row)
            if kind_of(place) != "label":
                self._do(lambda: self.draft.move(place, goal))
                return
            other = self.draft.table(target)
            parent = str(other.get("id" if where == "on" else "parent", ""))
            self._do(lambda: self.draft.place_label(place, None if where == "on" else goal, parent))

    def _on_add(self, kind: object) -> None:
        place = self.tree.place
        values: dict[str, object] = {}
        if kind == "under":
            values = {"parent": self.draft.table(place).get("id", "")}
            kind = "label"
        above: Place = ()
        if kind in ("label", "attribute", "entry"):
            above = place[:2]
        elif kind == "value":
            above = place[: place.index("attribute") + 2]
        tables_at: Place = (*above, str(kind))
        rows = self.draft.table(tables_at)
        row = len(rows)
        if place[: len(tables_at)] == tables_at and len(place) > len(tables_at):
            row = int(place[len(tables_at)]) + 1
        values = {**new_table(str(kind), {item.get("id") for item in rows}), **values}
        self._do(lambda: self.draft.add(tables_at, row, values))
        field = self.form.field("id")
        if field is not None:
            field.setFocus(Qt.FocusReason.TabFocusReason)

    def _on_outside(self, part: Part, fate: str) -> None:
        """Accept what the scheme lacks, merge it into another, or delete it."""

        def decide() -> Place:
            if fate == ACCEPT:
                story = self._uses.stories.get(part, PartStory({}))
                return self.draft.accept(part, proposal_title(part.id), [note for _, note in story.notes])
            self.draft.give(part, fate[1:] if fate.startswith("=") else None)
            return self.tree.place

        self._do(decide)

    def _on_read(self, path: Path) -> None:
        from app.jobs.tasks.scheme_file import read_scheme

        notes: list[str] = []

        def read() -> Place:
            source = read_scheme(str(path))
            self.draft.take(source.source)
            notes.extend(source.notes)
            return ()

        self._do(read)
        if notes:
            self._notes.clear()
            self._notes.addItems([undirected(note) for note in notes])
            self._sheets.setCurrentIndex(2)
            many = f"{len(notes):,} things aren’t as they were in the file; they are listed on the right."
            self.complained.emit(notes[0] if len(notes) == 1 else many)

    def _on_remove(self, fate: str) -> None:
        self._remove_table(self.tree.place, fate[1:] if fate.startswith("=") else "", leaves_marks=fate == KEEP)

    def _remove_table(self, place: Place, successor: str = "", *, leaves_marks: bool = False) -> None:
        above = place[:2] if len(place) > 2 else ()

        def remove() -> Place:
            self.draft.remove(place, successor, leaves_marks=leaves_marks)
            return above

        self._do(remove)
        self.tree.setFocus(Qt.FocusReason.OtherFocusReason)

    def _do(self, change: Callable[[], Place]) -> None:
        self.changed.emit()
        try:
            place = change()
        except StetError as error:
            self.complained.emit(in_words(error))
            return
        self._show_all(place)

    def close_down(self) -> None:
        """Stop what is to happen later."""
        self._settled.stop()


def in_words(error: StetError) -> str:
    """Return what is wrong and what to do, as sentences."""
    hint = window_hint(error)
    return sentence(error.what) + (f" {sentence(hint)}" if hint else "")

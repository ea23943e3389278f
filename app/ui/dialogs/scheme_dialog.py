"""The scheme window: what can be marked is added, described, coloured, ordered and removed beside a live label bar."""

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QScrollArea, QStackedWidget, QVBoxLayout, QWidget

from app.core.errors import SchemeError, StetError
from app.core.progress import CancelToken, Progress
from app.core.proposal import proposal_title
from app.core.wording import counted, sentence, window_hint
from app.jobs.runner import JobOutcome, JobRunner
from app.services.migration.survey import Migration
from app.services.schemes.draft import SchemeDraft
from app.services.schemes.scheme_text import Place
from app.session.session import Session
from app.ui.dialogs.change_preview import ChangePreview
from app.ui.dialogs.form import FormDialog
from app.ui.dialogs.label_preview import LabelPreview
from app.ui.dialogs.outside_labels import ACCEPT, OutsideLabels
from app.ui.dialogs.scheme_fields import EntryKind, fields_of, kind_of, names_of, new_table, options_of
from app.ui.dialogs.scheme_files import SchemeFiles
from app.ui.dialogs.scheme_form import SchemeForm
from app.ui.dialogs.scheme_tree import SchemeTree
from app.ui.guard import guarded
from app.ui.theme import Tones
from app.ui.widgets.fields import ComboBox
from app.ui.widgets.flow import Flow
from app.ui.widgets.labels import ValueButton, button, plain, value_button

_SETTLED_MS = 150
_MOST_NOTES = 5
_LEFT, _WIDTH, _HEIGHT = 330, 1060, 740
_KEEP, _DELETE = "keep", "delete"
_UNAPPLIED = "The changes aren’t applied yet. Cancel once more to drop them."
_ADDED = {
    "label": "Label",
    "under": "Label under this",
    "attribute": "Field",
    "value": "Value",
    "layer": "Layer",
    "severity": "Severity step",
    "relation": "Relation",
    "list": "List",
}


@guarded
class SchemeDialog(FormDialog):
    """Changes a copy of the scheme's text, which the project gets when it is applied.

    What the changes do to marks is shown before: in the background, as for “Change labels”.
    """

    answered = Signal(object)  # SchemeDraft
    document_wanted = Signal(object)  # uid
    guideline_wanted = Signal(object)  # path to write to

    def __init__(self, session: Session, tones: Tones, parent: QWidget | None = None) -> None:
        super().__init__("scheme-dialog", "Scheme", accept="Apply", parent=parent)
        self.resize(_WIDTH, _HEIGHT)
        self._session = session
        self.draft = SchemeDraft(session.scheme)
        self._marks: dict[tuple[str, str], int] = {}
        for layer, label, _, count in session.reader.label_counts():
            self._marks[layer, label] = self._marks.get((layer, label), 0) + count
        self._is_planned = False
        self._leaves = False
        self._runner = JobRunner(self)
        self.finished.connect(self._on_closing)
        self._settled = QTimer(self)
        self._settled.setSingleShot(True)
        self._settled.setInterval(_SETTLED_MS)
        self._settled.timeout.connect(self._check)
        self._pages = QStackedWidget()
        self._pages.addWidget(self._editing(tones))
        self._effects = ChangePreview()
        self._effects.wanted.connect(self._on_wanted)
        self._pages.addWidget(self._previewing())
        self.body.addWidget(self._pages, 1)
        self.accept_button.setEnabled(session.is_writable)
        self._show_all(())

    # -- the window ----------------------------------------------------------------------------------------------------

    def _editing(self, tones: Tones) -> QWidget:
        page = QWidget()
        self.tree = SchemeTree()
        self.tree.picked.connect(self._on_picked)
        self.tree.asked.connect(self._on_asked)
        left = QWidget()
        left.setFixedWidth(_LEFT)
        column = QVBoxLayout(left)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.tree, 1)
        self.outside = OutsideLabels()
        self.outside.asked.connect(self._on_outside)
        column.addWidget(self.outside)
        files = SchemeFiles(self._session.path)
        files.read_wanted.connect(self._on_read)
        files.guideline_wanted.connect(self.guideline_wanted)
        self._add = [value_button(kind, title, name=f"scheme-add-{kind}") for kind, title in _ADDED.items()]
        column.addLayout(self._flow(self._add, self._on_add))
        moves = (("up", "Move up", "Alt+Up"), ("down", "Move down", "Alt+Down"), ("delete", "Remove", "Delete"))
        self._moves = [value_button(what, title, name=f"scheme-{what}", tip=tip) for what, title, tip in moves]
        column.addLayout(self._flow(self._moves, self._on_asked))
        column.addWidget(files)
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
        side.addWidget(plain("The label bar", role="field"))
        side.addWidget(self.preview)
        side.addWidget(right, 1)
        side.addWidget(self._fate_row())
        box = QHBoxLayout(page)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(18)
        box.addWidget(left)
        box.addLayout(side, 1)
        return page

    def _flow(self, buttons: Sequence[ValueButton], slot: Callable[[object], None]) -> Flow:
        row = Flow(gap=6)
        for made in buttons:
            made.picked.connect(slot)
            row.add(made)
        return row

    def _fate_row(self) -> QWidget:
        """What becomes of the marks of a label that is removed."""
        self._fate = ComboBox()
        self._fate.setObjectName("scheme-fate")
        self._fate.setAccessibleName("What becomes of its marks")
        self._remove = button("Remove the label", name="scheme-remove-label")
        self._remove.clicked.connect(self._on_remove_label)
        self._fate_says = plain("", role="field", wrap=True, name="scheme-fate-says")
        self._fate_says.setBuddy(self._fate)
        row = QWidget()
        box = QHBoxLayout(row)
        box.setContentsMargins(0, 0, 0, 0)
        box.addWidget(self._fate_says)
        box.addWidget(self._fate, 1)
        box.addWidget(self._remove)
        self._fate_box = row
        row.hide()
        return row

    def _previewing(self) -> QWidget:
        page = QWidget()
        box = QVBoxLayout(page)
        box.setContentsMargins(0, 0, 0, 0)
        back = button("Back to the scheme", name="scheme-back")
        back.clicked.connect(self._on_back)
        box.addWidget(self._effects, 1)
        row = QHBoxLayout()
        row.addWidget(back)
        row.addStretch(1)
        box.addLayout(row)
        return page

    # -- showing -------------------------------------------------------------------------------------------------------

    def _show_all(self, place: Place) -> None:
        rows = {layer.get("id", ""): layer.get("label", ()) for layer in self.draft.data().get("layer", ())}
        labels = {layer: [(item.get("title") or item["id"], item["id"]) for item in rows[layer]] for layer in rows}
        marks = {at: count for at, count in self._marks.items() if at[0] in rows and self.draft.is_outside(*at)}
        self.outside.show_labels(marks, labels)
        self.tree.show_tables(self.draft.data(), place)
        self._show_table()
        self._check()

    def _on_picked(self) -> None:
        self._show_table()
        self._show_problem()
        layer = self._layer_id()
        if layer and self.draft.problem() is None:
            self.preview.turn_to(layer)

    def _layer_id(self) -> str:
        place = self.tree.place
        return self.draft.table(place[:2]).get("id", "") if place[:1] == ("layer",) else ""

    def _show_table(self) -> None:
        place, data = self.tree.place, self.draft.data()
        table = self.draft.table(place)
        fields = fields_of(place, table)
        options = {field.key: options_of(data, place, field.key) for field in fields}
        names = {field.key: names_of(data, place, field.key) for field in fields if field.entry is EntryKind.NAMES}
        is_fixed = bool(place) and self.draft.is_of_project(place)
        self.form.show_fields(fields, table, options, names, is_fixed=is_fixed)
        kind = kind_of(place)
        kinds = {
            "": {"layer", "severity", "relation", "list"},
            "layer": {"label", "attribute", "layer"},
            "label": {"label", "under", "attribute"},
            "attribute": {"attribute", "value"},
            "relation": {"relation", "attribute"},
        }.get(kind, {kind})
        for made in self._add:
            made.setVisible(made.value in kinds)
        for made in self._moves:
            made.setEnabled(bool(place))
        self._show_fate(place)

    def _show_fate(self, place: Place) -> None:
        marks = self._marks_of(place)
        self._fate_box.setVisible(marks > 0)
        if not marks:
            return
        self._fate_says.setText(f"{counted(marks, 'mark')}, if it is removed")
        self._fate.clear()
        self._fate.addItem("keep the label, though the scheme lacks it", _KEEP)
        for row, label in enumerate(self.draft.table(place[:-1])):
            if row != place[-1] and label.get("id"):
                self._fate.addItem(f"become {label.get('title') or label['id']}  ({label['id']})", f"={label['id']}")
        self._fate.addItem("are deleted", _DELETE)

    def _marks_of(self, place: Place) -> int:
        if kind_of(place) != "label":
            return 0
        layer, label = self.draft.table(place[:2]).get("id", ""), self.draft.table(place).get("id", "")
        return sum(self._marks.get(origin, 0) for origin in self.draft.origins(layer, label))

    def _check(self) -> None:
        """Show what is wrong or, if nothing is, the bar."""
        self._settled.stop()
        if self._show_problem():
            self.preview.show_scheme(self.draft.scheme(), self._layer_id())

    def _show_problem(self) -> bool:
        found = self.draft.problem()
        place = self.tree.place
        is_here = found is not None and found.place == place
        self.form.show_problem(found.key if found and is_here else "", _words(found.error) if found and is_here else "")
        if found is None or is_here:
            self.complain(_UNAPPLIED if self._leaves else "")
        else:
            self.complain(f"{self._named(found.place)}: {_words(found.error)}")
        return found is None

    def _named(self, place: Place) -> str:
        table = self.draft.table(place)
        return str(table.get("title") or table.get("id") or "The scheme") if isinstance(table, dict) else "The scheme"

    # -- changing ------------------------------------------------------------------------------------------------------

    def _on_changed(self, key: str, value: object) -> None:
        self._leaves = False
        place = self.tree.place
        try:
            self.draft.set(place, key, value)
        except SchemeError as error:
            self.form.show_problem(key, _words(error))
            return
        if key == "parent":
            self.tree.show_tables(self.draft.data(), place)
        elif key == "kind" or (key, kind_of(place)) == ("evidence", "layer"):
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
            if self._marks_of(place):
                self.complain("Choose below what becomes of its marks, then press “Remove the label”.")
                self._fate.setFocus(Qt.FocusReason.TabFocusReason)
            else:
                self._remove_table(place)
        else:
            self._move(place, -1 if what == "up" else 1)

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

    def _on_add(self, kind: object) -> None:
        place = self.tree.place
        values: dict[str, object] = {}
        if kind == "under":
            values = {"parent": self.draft.table(place).get("id", "")}
            kind = "label"
        above: Place = ()
        if kind in ("label", "attribute"):
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

    def _on_outside(self, place: tuple[str, str], fate: str) -> None:
        """Accept a label that the scheme lacks, merge it into another, or delete it."""
        layer, label = place

        def decide() -> Place:
            if fate != ACCEPT:
                self.draft.give(layer, label, fate[1:] if fate.startswith("=") else None)
                return self.tree.place
            self.draft.add_label(layer, proposal_title(label), origin=label)
            number = next(at for at, item in enumerate(self.draft.data()["layer"]) if item.get("id") == layer)
            return ("layer", number, "label", len(self.draft.table(("layer", number, "label"))) - 1)

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
            self.complain(" ".join(notes[:_MOST_NOTES]) + (" …" if len(notes) > _MOST_NOTES else ""))

    def _on_remove_label(self, _checked: bool) -> None:
        fate = str(self._fate.currentData())
        successor = fate[1:] if fate.startswith("=") else ""
        self._remove_table(self.tree.place, successor, leaves_marks=fate == _KEEP)

    def _remove_table(self, place: Place, successor: str = "", *, leaves_marks: bool = False) -> None:
        above = place[:2] if len(place) > 2 else ()

        def remove() -> Place:
            self.draft.remove(place, successor, leaves_marks=leaves_marks)
            return above

        self._do(remove)
        self.tree.setFocus(Qt.FocusReason.OtherFocusReason)

    def _do(self, change: Callable[[], Place]) -> None:
        self._leaves = False
        try:
            place = change()
        except StetError as error:
            self.complain(_words(error))
            return
        self._show_all(place)

    # -- applying ------------------------------------------------------------------------------------------------------

    def submit(self) -> bool:
        """Show what becomes of marks first, if they change; then emit the draft."""
        if self._is_planned or not self.draft.is_changed:
            if self.draft.is_changed:
                self.answered.emit(self.draft)
            return True
        found = self.draft.problem()
        if found is not None:
            self.tree.go_to(found.place)
            self._show_problem()
            return False
        left = self._left_outside()
        if not self.draft.changes() and not left and not self.draft.has_other_rules:
            self.answered.emit(self.draft)
            return True
        self._plan(left)
        return False

    def _left_outside(self) -> list[str]:
        """Return, in words, the marks whose label the new scheme lacks and the present one has."""
        scheme, before = self.draft.scheme(), self.draft.before
        gone = {(change.layer, change.old) for change in self.draft.changes()}
        return [
            f"{counted(count, 'mark')} {layer}.{label}: the scheme won’t have the label; they stay as they are."
            for (layer, label), count in self._marks.items()
            if before.label(layer, label) and scheme.label(layer, label) is None and (layer, label) not in gone
        ]

    def _plan(self, left: Sequence[str]) -> None:
        draft, path = self.draft, self._session.path
        self._left_words = left
        self._pages.setCurrentIndex(1)
        self._effects.say("Checking…")
        self.accept_button.setEnabled(False)

        def work(report: Progress, token: CancelToken) -> tuple[Migration | None, list[str]]:
            def report_documents(done: int, total: int) -> None:
                report(done, total, "documents")

            reader = Session.open(path, write=False)  # the window keeps using its own connections
            try:
                found = draft.plan(reader, progress=report_documents, cancel=token)
                return found, draft.rule_lines(reader, progress=report, cancel=token)
            finally:
                reader.close()

        self._runner.submit("scheme-preview", work, self._on_planned)

    def _on_planned(self, outcome: JobOutcome) -> None:
        if outcome.error is not None:
            self._on_back()
            self.complain(_words(outcome.error))
            return
        if outcome.cancelled or outcome.bug is not None:
            return
        plan, rules = outcome.value
        words = [*self._left_words, *rules]
        if plan is not None:
            self._effects.show_plan(plan, words)
        elif words:
            self._effects.say("\n".join(words))
        else:  # the rules differ, and no mark minds
            self.answered.emit(self.draft)
            self.accept()
            return
        self._is_planned = True
        self.accept_button.setText("Apply to all marks")
        self.accept_button.setEnabled(True)
        self.accept_button.setFocus(Qt.FocusReason.OtherFocusReason)

    def _on_back(self, _checked: bool = False) -> None:  # noqa: FBT001, FBT002  a slot of Qt
        self._runner.cancel()
        self._is_planned = False
        self._pages.setCurrentIndex(0)
        self.accept_button.setText("Apply")
        self.accept_button.setEnabled(self._session.is_writable)
        self.tree.setFocus(Qt.FocusReason.OtherFocusReason)

    # -- closing -------------------------------------------------------------------------------------------------------

    def reject(self) -> None:
        if self.draft.is_changed and self.isVisible() and not self._leaves:
            self._leaves = True
            self.complain(_UNAPPLIED)
            return
        super().reject()

    def _on_wanted(self, uid: str) -> None:
        self._leaves = True
        self.reject()
        self.document_wanted.emit(uid)

    def _on_closing(self, _result: int) -> None:
        self._settled.stop()
        self._runner.shut_down()


def _words(error: StetError) -> str:
    hint = window_hint(error)
    return sentence(error.what) + (f" {sentence(hint)}" if hint else "")

"""The effects of a change of the scheme, shown beside its form: in words, and by document."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QTableWidget, QTableWidgetItem, QVBoxLayout, QWidget

from app.core.wording import counted
from app.jobs.tasks.migration import (
    decision_lines,
    example_line,
    opened_line,
    relation_lines,
    suggestion_lines,
    touched_line,
)
from app.services.migration.survey import Concerned, Migration
from app.services.schemes.rule_effects import RuleEffects
from app.ui.guard import guarded
from app.ui.theme import px
from app.ui.widgets.fields import ReadOnlyText
from app.ui.widgets.labels import plain

_COLUMNS = ("Document", "Marks", "Annotators", "Recheck")
_WIDTHS = (220, 60, 140, 120)
_MOST = 1000


@guarded
class _Documents(QTableWidget):
    """The affected documents; Enter opens one."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if self.currentRow() >= 0:
                self.cellActivated.emit(self.currentRow(), 0)
            return
        super().keyPressEvent(event)


class ChangePreview(QWidget):
    """Shows a plan, or that one is being computed."""

    wanted = Signal(object)  # uid of a document to open

    def __init__(self) -> None:
        super().__init__()
        self._documents: Sequence[Concerned] = ()
        self._text = ReadOnlyText()
        self._text.setObjectName("labels-preview")
        self._text.setAccessibleName("What would change, for everyone")
        self._text.setTabChangesFocus(True)
        self._says = plain("", role="field", name="labels-documents-title")
        self._table = _Documents(0, len(_COLUMNS))
        self._table.setObjectName("labels-documents")
        self._table.setAccessibleName("Affected documents. Enter opens one")
        self._table.setHorizontalHeaderLabels(_COLUMNS)
        self._table.horizontalHeader().setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        self._table.verticalHeader().hide()
        self._table.verticalHeader().setDefaultSectionSize(px(24))
        self._table.setShowGrid(False)
        self._table.setEditTriggers(QTableWidget.EditTrigger.NoEditTriggers)
        self._table.setSelectionBehavior(QTableWidget.SelectionBehavior.SelectRows)
        self._table.setTabKeyNavigation(False)
        self._table.horizontalHeader().setStretchLastSection(True)
        for column, width in enumerate(_WIDTHS):
            self._table.setColumnWidth(column, px(width))
        self._table.cellActivated.connect(self._on_activated)
        caption = plain("What would change, for everyone", role="field")
        caption.setBuddy(self._text)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(6)
        box.addWidget(caption)
        box.addWidget(self._text, 3)
        box.addWidget(self._says)
        box.addWidget(self._table, 2)

    def say(self, text: str) -> None:
        """Show a message instead of a plan."""
        self._text.setPlainText(text)
        self._show_documents(())

    def show_plan(self, plan: Migration) -> None:
        """Show the effects of a plan."""
        self._text.setPlainText("\n".join([*_lines(plan), *opened_line(plan), *_rest(plan)]))
        self._show_documents(plan.documents)

    def show_effects(self, before: Sequence[str], rules: RuleEffects | None, plan: Migration | None) -> None:
        """Show the effects of a changed scheme after other lines: what of the rules is no longer met, and of a plan."""
        lines = [*before, *(rules.lines() if rules is not None else [])]
        if plan is not None:
            lines += [*([""] if lines else []), *_lines(plan), *_rest(plan)]
        self._text.setPlainText("\n".join(lines))
        self._show_documents(_united(plan.documents if plan else (), rules.documents if rules else ()))

    def _show_documents(self, documents: Sequence[Concerned]) -> None:
        self._documents = documents[:_MOST]
        self._says.setText(f"{counted(len(documents), 'document')} affected" if documents else "No documents affected")
        if len(documents) > _MOST:
            self._says.setText(f"{len(documents):,} documents affected; these are the first {_MOST:,}")
        self._table.setRowCount(len(self._documents))
        for row, item in enumerate(self._documents):
            look = f"done by {', '.join(item.look)}" if item.look else ""
            for column, text in enumerate((item.name, f"{item.annotations:,}", ", ".join(item.annotators), look)):
                cell = QTableWidgetItem(" ".join(text.split()))
                if column == 1:
                    cell.setTextAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
                self._table.setItem(row, column, cell)

    def _on_activated(self, row: int, _column: int) -> None:
        self.wanted.emit(self._documents[row].uid)


def _united(one: Sequence[Concerned], other: Sequence[Concerned]) -> list[Concerned]:
    """Return the documents of both, each once."""
    found = {item.uid: item for item in one}
    for item in other:
        known = found.get(item.uid)
        names = tuple(dict.fromkeys([*(known.annotators if known else ()), *item.annotators]))
        look = tuple(dict.fromkeys([*(known.look if known else ()), *item.look]))
        number = max(item.annotations, known.annotations if known else 0)
        found[item.uid] = Concerned(item.uid, item.name, names, number, look)
    return list(found.values())


def _lines(plan: Migration) -> list[str]:
    touched = [*(touched_line(item) for item in plan.touched), *relation_lines(plan)]
    return [
        *(touched or ["No marks change."]),
        *decision_lines(plan, dry_run=True),
        *suggestion_lines(plan, dry_run=True),
    ]


def _rest(plan: Migration) -> list[str]:
    examples = ["", "For example:", *map(example_line, plan.examples)] if plan.examples else []
    return [*examples, "", f"The scheme: {plan.before.tag} → {plan.scheme.tag}. Can be undone in one step.", plan.diff]

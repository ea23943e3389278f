"""The concordance: every place of a term in the project, and what to do with all of them."""

from collections import deque
from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QModelIndex, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QCheckBox, QComboBox, QHBoxLayout, QLineEdit, QWidget

from app.core.annotation import Annotation
from app.jobs.runner import JobRunner, Outcome, Step
from app.jobs.tasks.progress import CancelToken, Progress
from app.session.bulk_marks import Done, delete_hits, mark_hits, relabel_hits
from app.session.concordance import Concordance, Hit
from app.session.finding import Wanted
from app.session.session import Session
from app.ui.dialogs.form import FormDialog
from app.ui.dialogs.hits_table import HitsTable
from app.ui.dialogs.model_form import ModelForm
from app.ui.dialogs.progress import ProgressDialog
from app.ui.labels import button, plain
from app.ui.models.hits import Grouping, HitsModel

MOST = 20_000
"""So many hits are shown: more nobody reads, and one step of undo has its limits."""
_GROUPINGS = ((Grouping.NONE, "as found"), (Grouping.FORM, "by form"), (Grouping.LABEL, "by label"))


class ConcordanceDialog(FormDialog):
    """Searches in the background; what is ticked is marked, relabelled or deleted in one undoable step."""

    jump_wanted = Signal(object)  # Hit
    searched = Signal(object)  # Wanted, so that the next dialog can begin with it

    def __init__(
        self, session: Session, wanted: Wanted, mark: Annotation | None, parent: QWidget | None = None
    ) -> None:
        super().__init__("concordance-dialog", "Concordance", accept="Close", parent=parent)
        self.resize(1180, 700)
        self._session = session
        self._found: deque[Hit] = deque()
        self._said = ""
        self._is_over = True
        self._runner = JobRunner(self)
        self._progress: ProgressDialog | None = None
        self._runner.progressed.connect(self._on_progressed)
        self.finished.connect(self._on_closing)
        self._add_query(wanted)
        self.hits = HitsModel(session.scheme, self)
        self._add_table()
        self._form = ModelForm("concordance", session.scheme, mark)
        self.body.addWidget(self._form)
        self._add_buttons()
        self.hits.dataChanged.connect(self._count)
        self._form.label.currentIndexChanged.connect(self._count)
        self._search()

    def _add_query(self, wanted: Wanted) -> None:
        self._line = QLineEdit(wanted.text)
        self._line.setObjectName("concordance-line")
        self._line.setPlaceholderText("A word, several, or an expression")
        self._line.returnPressed.connect(self._search)
        self.field("Find in all documents (Enter)", self._line)
        row = QHBoxLayout()
        self._case = _box("concordance-case", "Match &case", wanted.case)
        self._words = _box("concordance-words", "&Whole words", wanted.whole_words)
        self._regex = _box("concordance-regex", "Regular e&xpression", wanted.regex)
        for box in (self._case, self._words, self._regex):
            box.toggled.connect(self._on_option)
            row.addWidget(box)
        row.addStretch(1)
        self._grouping = QComboBox()
        self._grouping.setObjectName("concordance-grouping")
        self._grouping.setAccessibleName("Order of the hits")
        for value, title in _GROUPINGS:
            self._grouping.addItem(title, value)
        self._group = QComboBox()
        self._group.setObjectName("concordance-group")
        self._group.setAccessibleName("Which group is shown")
        self._group.setMinimumWidth(220)
        self._grouping.currentIndexChanged.connect(self._on_grouping)
        self._group.currentIndexChanged.connect(self._on_group)
        row.addWidget(self._grouping)
        row.addWidget(self._group)
        self.body.addLayout(row)

    def _add_table(self) -> None:
        self.table = HitsTable("concordance-table", self.hits)
        self.table.activated.connect(self._on_activated)
        self.body.addWidget(self.table, 1)
        self._says = plain("", tone="soft", wrap=True, name="concordance-says")
        every = button("Tick all", name="concordance-tick", role="link")
        none = button("Untick all", name="concordance-untick", role="link")
        every.clicked.connect(self._on_tick_all)
        none.clicked.connect(self._on_untick_all)
        row = QHBoxLayout()
        row.addWidget(self._says, 1)
        row.addWidget(every)
        row.addWidget(none)
        self.body.addLayout(row)

    def _add_buttons(self) -> None:
        self._mark = button("Mark", name="concordance-mark", tip="Mark the ticked places; one undoable step")
        self._relabel = button(
            "Relabel", name="concordance-relabel", tip="Your marks of this layer at the ticked places get this label"
        )
        self._delete = button("Delete", name="concordance-delete", tip="Your marks of this layer at the ticked places")
        row = QHBoxLayout()
        for widget, handler in (
            (self._mark, self._on_mark),
            (self._relabel, self._on_relabel),
            (self._delete, self._on_delete),
        ):
            widget.clicked.connect(handler)
            row.addWidget(widget)
        row.addStretch(1)
        self.body.addLayout(row)

    # -- searching -----------------------------------------------------------------------------------------------------

    def _wanted(self) -> Wanted:
        text = self._line.text()
        return Wanted(
            text, case=self._case.isChecked(), whole_words=self._words.isChecked(), regex=self._regex.isChecked()
        )

    def _on_option(self, _checked: bool) -> None:
        self._search()

    def _search(self) -> None:
        self._runner.shut_down()
        self.complain("")
        self.hits.clear()
        self._found.clear()
        self._is_over = False
        wanted, found = self._wanted(), self._found
        self.searched.emit(wanted)
        path, annotator = self._session.path, self._session.annotator

        def work(tell: Progress, token: CancelToken) -> Concordance:
            # A reader of its own: the window goes on with its connections meanwhile.
            reader = Session.open(path, annotator=annotator, write=False)
            try:
                search = Concordance(reader, wanted, cancel=token)
                for hit in search:
                    found.append(hit)
                    tell(len(found), None, "Searching")
                    if len(found) >= MOST:
                        break
                return search
            finally:
                reader.close()

        self._taken = 0
        self._runner.submit("concordance", work, self._on_searched)
        self._count()

    def _on_progressed(self, step: Step) -> None:
        if self._progress is not None:
            self._progress.show_progress(step.done, step.total, step.what)
        elif step.key == "concordance":
            self._take()

    def _take(self) -> None:
        """Take what was found since the last time; the thread goes on adding at the other end."""
        new = [self._found[at] for at in range(self._taken, len(self._found))]
        self._taken += len(new)
        self.hits.add(new)
        self._count()

    def _on_searched(self, outcome: Outcome) -> None:
        self._is_over = True
        if outcome.error is not None:
            self.complain(f"{outcome.error.what[:1].upper()}{outcome.error.what[1:]}.")
        self._take()
        search = outcome.value
        if isinstance(search, Concordance):
            if self.hits.count >= MOST:
                self.complain(f"These are the first {MOST:,}. Look for something rarer to see all.")
            elif search.given_up or search.stopped:
                first = search.given_up[0] if search.given_up else ""
                where = f"in {len(search.given_up):,} documents ({first}, …)" if first else "over all documents"
                self.complain(f"The expression takes too long {where}; there may be more hits.")
        self._show_groups()
        if self.hits.rowCount() and not self.table.currentIndex().isValid():
            self.table.setCurrentIndex(self.hits.index(0, 1))

    # -- groups --------------------------------------------------------------------------------------------------------

    def _chosen_grouping(self) -> Grouping:
        return Grouping(self._grouping.currentData())  # Qt gives a plain string back

    def _on_grouping(self, _row: int) -> None:
        self.hits.group_by(self._chosen_grouping())
        self._show_groups()

    def _show_groups(self) -> None:
        self._group.blockSignals(True)
        self._group.clear()
        groups = self.hits.groups() if self._chosen_grouping() is not Grouping.NONE else []
        self._group.addItem(f"all groups ({len(groups):,})" if groups else "all", None)
        for name, count in groups:
            self._group.addItem(f"{name[:60]}  ({count:,})", name)
        self._group.setEnabled(bool(groups))
        self._group.blockSignals(False)
        if groups:
            self.hits.group_by(self._chosen_grouping())
        self._count()

    def _on_group(self, _row: int) -> None:
        self.hits.group_by(self._chosen_grouping(), self._group.currentData())
        self._count()

    # -- doing ---------------------------------------------------------------------------------------------------------

    def _count(self, *_changed: object) -> None:
        ticked = self.hits.ticked()
        marked = sum(any(mark.layer == self._form.layer_id for mark in hit.marks) for hit in ticked)
        more = "" if self._is_over else " so far"
        self._says.setText(f"{self._said}{self.hits.count:,} found{more}, {len(ticked):,} ticked.")
        can = self._is_over and self._session.is_writable and bool(self._session.annotator)
        self._mark.setText(f"Mark {len(ticked):,}")
        self._relabel.setText(f"Relabel {marked:,}")
        self._delete.setText(f"Delete {marked:,}")
        self._mark.setEnabled(can and bool(ticked))
        self._relabel.setEnabled(can and marked > 0)
        self._delete.setEnabled(can and marked > 0)

    def _on_tick_all(self, _checked: bool) -> None:
        self.hits.tick_all(ticked=True)

    def _on_untick_all(self, _checked: bool) -> None:
        self.hits.tick_all(ticked=False)

    def _on_mark(self, _checked: bool) -> None:
        session, model, ticked = self._session, self._form.model(), self.hits.ticked()

        def work(tell: Progress, token: CancelToken) -> Done:
            return mark_hits(session, [(hit, model) for hit in ticked], progress=told_documents(tell), cancel=token)

        self._write("Marking", work)

    def _on_relabel(self, _checked: bool) -> None:
        session, form, ticked = self._session, self._form, self.hits.ticked()
        layer, label = form.layer_id, form.label_id

        def work(tell: Progress, token: CancelToken) -> Done:
            return relabel_hits(session, ticked, layer=layer, label=label, progress=told_documents(tell), cancel=token)

        self._write("Relabelling", work)

    def _on_delete(self, _checked: bool) -> None:
        session, layer, ticked = self._session, self._form.layer_id, self.hits.ticked()

        def work(tell: Progress, token: CancelToken) -> Done:
            return delete_hits(session, ticked, layer=layer, progress=told_documents(tell), cancel=token)

        self._write("Deleting", work)

    def _write(self, title: str, work: Callable[[Progress, CancelToken], Any]) -> None:
        """Let the job have the session, as an import has it: meanwhile nobody can use the window."""
        self._runner.shut_down()
        self._progress = ProgressDialog(title, self)
        self._progress.cancel_requested.connect(self._runner.cancel)
        self._runner.submit("write", work, self._on_written)
        self._progress.open()

    def _on_written(self, outcome: Outcome) -> None:
        progress, self._progress = self._progress, None
        if progress is not None:
            progress.finish()
        if outcome.cancelled:
            self._said = "Cancelled, nothing was changed. "
        elif outcome.value is not None:
            self._said = sentence(outcome.value) + " "
        self._search()
        if outcome.error is not None:
            self.complain(str(outcome.error))

    # -- keys and the end ----------------------------------------------------------------------------------------------

    def _on_activated(self, index: QModelIndex) -> None:
        hit = self.hits.hit(index.row())
        self.accept()
        self.jump_wanted.emit(hit)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and isinstance(self.focusWidget(), QLineEdit):
            event.accept()  # it searches, it doesn't close
            return
        super().keyPressEvent(event)

    def _on_closing(self, _result: int) -> None:
        self._runner.shut_down()


def sentence(done: Done) -> str:
    """Return what a step did, in words."""
    marks = "mark" if done.changed == 1 else "marks"
    documents = "document" if done.documents == 1 else "documents"
    parts = [f"{done.changed:,} {marks} in {done.documents:,} {documents}"]
    if done.passed:
        parts.append(f"{done.passed:,} said it already")
    if done.unproved:
        parts.append(f"{done.unproved:,} without the evidence, as they have another reference")
    return "; ".join(parts) + "."


def told_documents(tell: Progress) -> Callable[[int, int], None]:
    """Return what tells how many documents are done."""

    def told(done: int, total: int) -> None:
        tell(done, total, "Documents")

    return told


def _box(name: str, title: str, checked: bool) -> QCheckBox:
    box = QCheckBox(title)
    box.setObjectName(name)
    box.setAccessibleName(title.replace("&", ""))
    box.setChecked(checked)
    return box

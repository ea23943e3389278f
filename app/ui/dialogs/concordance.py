"""The concordance: all occurrences of a term in the project, and bulk commands on them."""

from collections import deque

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QCheckBox, QWidget

from app.core.annotation import Annotation
from app.core.progress import CancelToken, Progress
from app.core.state import DocumentState
from app.core.text_search import Wanted
from app.core.wording import counted
from app.jobs.runner import JobOutcome
from app.services.search.bulk_annotation import Done, Modelled, annotation_hits, delete_hits, relabel_hits
from app.services.search.concordance import Concordance, labels_of, overlaps
from app.services.search.hit_pile import HitPile, Labels, MarkingPlan, left_out
from app.session.events import Event, Topic
from app.session.own_state import own_state
from app.session.session import Session
from app.ui.dialogs.background_write import counting
from app.ui.dialogs.hits_dialog import HitsDialog
from app.ui.dialogs.model_form import ModelForm
from app.ui.models.hits import Grouping, HitsModel
from app.ui.widgets.fields import ComboBox, LineEdit
from app.ui.widgets.flow import Flow
from app.ui.widgets.labels import button

_GROUPINGS = ((Grouping.NONE, "as found"), (Grouping.FORM, "by form"), (Grouping.LABEL, "by label"))
_MOST_GROUPS = 1_000  # in the combo box; the list itself contains all of them
_SLICE = 500  # hits to refresh between two frames


class ConcordanceDialog(HitsDialog):
    """Searches in the background; annotates, relabels or deletes at the ticked hits in one undoable step.

    Annotations added or removed in the text are shown in the list at once.
    """

    searched = Signal(object)  # Wanted, the initial query of the next dialog

    def __init__(
        self,
        session: Session,
        wanted: Wanted,
        annotation: Annotation | None,
        last: tuple[str, str],
        parent: QWidget | None = None,
    ) -> None:
        """Search for `wanted`; what is marked is filled in from an annotation, else `last` is its (layer, label)."""
        hits = HitsModel(session.scheme, session.reader.documents.title_of)
        super().__init__("concordance", "Concordance", session, hits, parent)
        self.hits.setParent(self)
        self.resize(1180, 700)
        self._looked_for: Wanted | None = None
        self._changed: deque[tuple[str, int, int]] = deque()  # (uid, start, end): ranges with changed annotations
        self._due = QTimer(self)
        self._due.setObjectName("concordance-follow")
        self._due.setInterval(0)
        self._due.timeout.connect(self._on_due)
        self._add_query(wanted)
        self._add_table()
        self._form = ModelForm("concordance", session.scheme, annotation, last)
        self.body.addWidget(self._form)
        self._add_buttons()
        self._form.label.currentIndexChanged.connect(self._on_label)
        self.hits.set_layer(self._form.layer_id)
        self.look()

    def _add_query(self, wanted: Wanted) -> None:
        self._line = LineEdit(wanted.text)
        self._line.setObjectName("concordance-line")
        self._line.setPlaceholderText("Word, phrase or regular expression")
        self._line.returnPressed.connect(self.look)
        self.field("Find in all documents (Enter)", self._line)
        row = Flow(gap=8)
        self._case = _box("concordance-case", "Match &case", wanted.case)
        self._words = _box("concordance-words", "&Whole words", wanted.whole_words)
        self._regex = _box("concordance-regex", "Regular e&xpression", wanted.regex)
        self._alike = _box("concordance-alike", "Spelling &variants", wanted.alike)
        self._alike.setToolTip(
            "Also finds other quotation marks, hyphens, ligatures, widths and vowel points; not with regex"
        )
        self._alike.setEnabled(not wanted.regex)
        for box in (self._case, self._words, self._regex, self._alike):
            box.toggled.connect(self._on_option)
            row.add(box)
        row.add_space()
        self._grouping = ComboBox()
        self._grouping.setObjectName("concordance-grouping")
        self._grouping.setAccessibleName("Sort hits")
        for value, title in _GROUPINGS:
            self._grouping.addItem(title, value)
        self._group = ComboBox()
        self._group.setObjectName("concordance-group")
        self._group.setAccessibleName("Shown group")
        self._group.setMinimumWidth(220)
        self._grouping.currentIndexChanged.connect(self._on_grouping)
        self._group.currentIndexChanged.connect(self._on_group)
        row.add(self._grouping)
        row.add(self._group)
        self.body.addLayout(row)

    def _add_table(self) -> None:
        self.body.addWidget(self.table, 1)
        row = Flow(gap=8)
        row.add(self.says, 1, least=300)
        for name, title, tip, handler in (
            ("tick-unmarked", "Tick unmarked", "In documents to work on, without a mark in this layer", self._on_open),
            ("tick-marked", "Tick marked", "Those with your mark in this layer, to relabel or delete", self._on_marked),
            ("tick", "Tick all", "In references too", self._on_tick_all),
            ("untick", "Untick all", "", self._on_untick_all),
        ):
            made = button(title, name=f"concordance-{name}", role="link", tip=tip)
            made.clicked.connect(handler)
            row.add(made)
        self.body.addLayout(row)

    def _add_buttons(self) -> None:
        self._annotate = button("Mark", name="concordance-mark", tip="Mark the ticked hits in one undoable step")
        self._relabel = button(
            "Relabel", name="concordance-relabel", tip="Give your marks in this layer at the ticked hits this label"
        )
        self._delete = button("Delete", name="concordance-delete", tip="Delete your marks in this layer at ticked hits")
        row = Flow(gap=8)
        for widget, handler in (
            (self._annotate, self._on_annotate),
            (self._relabel, self._on_relabel),
            (self._delete, self._on_delete),
        ):
            widget.clicked.connect(handler)
            row.add(widget)
        row.add_space()
        self.body.addLayout(row)

    # -- searching -----------------------------------------------------------------------------------------------------

    @property
    def wanted(self) -> Wanted:
        """The query as filled in."""
        return Wanted(
            self._line.text(),
            case=self._case.isChecked(),
            whole_words=self._words.isChecked(),
            regex=self._regex.isChecked(),
            alike=self._alike.isChecked(),
        )

    def look_for(self, text: str) -> None:
        """Search for another term."""
        self._regex.blockSignals(True)
        self._regex.setChecked(False)
        self._regex.blockSignals(False)
        self._alike.setEnabled(True)
        self._line.setText(text)
        self._looked_for = None
        self.look()

    def _on_option(self, _checked: bool) -> None:
        self._alike.setEnabled(not self._regex.isChecked())
        self.look()

    def look(self) -> None:
        """Search; hits that were ticked or unticked by hand stay so if the query is the same."""
        self.complain("")
        wanted, pile = self.wanted, HitPile()
        is_again = wanted == self._looked_for
        self._looked_for = wanted
        self._changed.clear()
        if is_again:
            self.keep_place()
        self.hits.take(pile, kept=self.hits.kept() if is_again else None)
        self.searched.emit(wanted)

        def work(reader: Session, report: Progress, token: CancelToken) -> Concordance:
            search = Concordance(reader, wanted, cancel=token)
            for hit in search:
                pile.add(hit)
                report(pile.count, None, "Searching")
            return search

        self.read("concordance", work, self._on_searched)

    def take_found(self) -> None:
        """Show what was found since the last call; the search thread keeps adding to it."""
        self.hits.grow()
        self.count()

    def _on_searched(self, outcome: JobOutcome) -> None:
        self.is_over = True
        if outcome.error is not None:
            self.complain(f"{outcome.error.what[:1].upper()}{outcome.error.what[1:]}.")
        self.hits.grow()
        search = outcome.value
        if isinstance(search, Concordance) and (search.given_up or search.stopped):
            first = search.given_up[0] if search.given_up else ""
            where = f"in {len(search.given_up):,} documents ({first}, …)" if first else "across all documents"
            self.complain(f"The expression is too slow {where}; there may be more hits.")
        self._show_groups()
        self.find_place()
        if self._changed:
            self._due.start()

    # -- following the text --------------------------------------------------------------------------------------------

    def follow(self, fact: Event) -> None:
        """Refresh hits with changed annotations; search again if documents or the annotator have changed."""
        change = fact.change
        if fact.topic in (Topic.DOCUMENTS, Topic.ANNOTATOR):
            self.look()
        elif fact.topic is Topic.ANNOTATIONS and change is not None and change.annotator == self.session.annotator:
            self._changed.extend((fact.document, start, end) for start, end in change.touched())
            self._due.start()

    def _on_due(self) -> None:
        if not self.is_over or not self._changed:
            self._due.stop()  # it is restarted when the search is over
            return
        document, start, end = self._changed.popleft()
        numbers = self.hits.pile.between(document, start, end)
        if len(numbers) > _SLICE:  # an annotation of a long range: the rest is refreshed later
            numbers = numbers[:_SLICE]
            self._changed.appendleft((document, self.hits.pile.place(numbers[-1])[2], end))
        state = own_state(self.session, document)
        self.hits.relabel((at, self._labels_at(state, *self.hits.pile.place(at)[1:])) for at in numbers)
        self.count()

    @staticmethod
    def _labels_at(state: DocumentState, start: int, end: int) -> Labels:
        return labels_of(annotation for annotation in state.overlapping(start, end) if overlaps(annotation, start, end))

    # -- groups --------------------------------------------------------------------------------------------------------

    def _chosen_grouping(self) -> Grouping:
        return Grouping(self._grouping.currentData())  # Qt returns a plain string

    def _on_grouping(self, _row: int) -> None:
        self.keep_place()
        self.hits.group_by(self._chosen_grouping())
        self._show_groups()
        self.find_place()

    def _show_groups(self) -> None:
        groups = self.hits.groups() if self._chosen_grouping() is not Grouping.NONE else []
        shown = self._group.currentData()
        self._group.blockSignals(True)
        self._group.clear()
        self._group.addItem(f"all groups ({len(groups):,})" if groups else "all", None)
        for name, count in groups[:_MOST_GROUPS]:
            self._group.addItem(f"{name[:60]}  ({count:,})", name)
        at = max(0, self._group.findData(shown)) if shown is not None else 0
        self._group.setCurrentIndex(at)
        self._group.setEnabled(bool(groups))
        self._group.blockSignals(False)
        if groups:
            self.hits.group_by(self._chosen_grouping(), self._group.currentData())
        self.count()

    def _on_group(self, _row: int) -> None:
        self.keep_place()
        self.hits.group_by(self._chosen_grouping(), self._group.currentData())
        self.count()
        self.find_place()

    # -- annotating ----------------------------------------------------------------------------------------------------

    def count(self) -> None:
        """Show the counts, and enable the possible commands."""
        ticked, annotated = self.hits.ticked_count, self.hits.ticked_with(self._form.layer_id)
        more = "" if self.is_over else " so far"
        plan = self.hits.plan(self._form.label_id) if self.is_over else MarkingPlan()
        self.says.setText(f"{self.said}{self.hits.count:,} found{more}, {ticked:,} ticked.{self._said_of(plan)}")
        self._annotate.setText(f"Mark {plan.marks if self.is_over else ticked:,}")
        self._relabel.setText(f"Relabel {annotated:,}")
        self._delete.setText(f"Delete {annotated:,}")
        self._annotate.setEnabled(self.can_write and plan.marks > 0)
        self._relabel.setEnabled(self.can_write and annotated > 0)
        self._delete.setEnabled(self.can_write and annotated > 0)

    def _said_of(self, plan: MarkingPlan) -> str:
        """Say what “Mark” would make, and what is left out."""
        if not self.is_over or not self.hits.count:
            return ""
        made = f" Mark makes {counted(plan.marks, 'mark')} “{self._form.label_title}”"
        made += f" in {counted(plan.documents, 'document')}." if plan.marks else "."
        left = ", ".join(left_out(plan))
        return f"{made} Left out: {left}." if left else made

    def _on_label(self, _row: int) -> None:
        self.hits.set_layer(self._form.layer_id)
        self.count()

    def _on_open(self, _checked: bool) -> None:
        self.hits.tick_unmarked()

    def _on_marked(self, _checked: bool) -> None:
        self.hits.tick_unmarked(ticked=False)

    def _on_tick_all(self, _checked: bool) -> None:
        self.hits.tick_all(ticked=True)

    def _on_untick_all(self, _checked: bool) -> None:
        self.hits.tick_all(ticked=False)

    def _on_annotate(self, _checked: bool) -> None:
        session, wanted = self.session, Modelled(self.hits.ticked(), self._form.model())

        def work(report: Progress, token: CancelToken) -> Done:
            return annotation_hits(session, wanted, progress=counting(report, "Hits"), cancel=token)

        self.write("Marking", work)

    def _on_relabel(self, _checked: bool) -> None:
        session, ticked = self.session, self.hits.ticked()
        layer, label = self._form.layer_id, self._form.label_id

        def work(report: Progress, token: CancelToken) -> Done:
            progress = counting(report, "Hits")
            return relabel_hits(session, ticked, layer=layer, label=label, progress=progress, cancel=token)

        self.write("Relabelling", work)

    def _on_delete(self, _checked: bool) -> None:
        session, layer, ticked = self.session, self._form.layer_id, self.hits.ticked()

        def work(report: Progress, token: CancelToken) -> Done:
            return delete_hits(session, ticked, layer=layer, progress=counting(report, "Hits"), cancel=token)

        self.write("Deleting", work)

    # -- keys and closing ----------------------------------------------------------------------------------------------

    def ask(self, annotation: Annotation | None, last: tuple[str, str], text: str) -> None:
        """Take the focus again; search for `text` unless it is empty, else keep the current hit."""
        if text and text.casefold() != self._line.text().casefold():
            self._form.fill(annotation, last)
            self.look_for(text)
        self.come_back()


def _box(name: str, title: str, checked: bool) -> QCheckBox:
    box = QCheckBox(title)
    box.setObjectName(name)
    box.setAccessibleName(title.replace("&", ""))
    box.setChecked(checked)
    return box

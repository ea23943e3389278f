"""The conflict card: the versions field by field, the possible decisions, and their reasons."""

from collections.abc import Iterable
from itertools import repeat

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QFrame,
    QScrollArea,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from app.core.decision import Decision, Outcome
from app.core.scheme import Scheme, short_title
from app.review.automerge import rule_words
from app.review.decision_status import GroupStatus
from app.review.feedback import Ruling
from app.review.fields import FieldRules
from app.review.gold_composition import Picks
from app.services.review.reviewer import Remarks
from app.ui.actions.registry import ActionRegistry, native
from app.ui.guard import guarded
from app.ui.panels.relation_panel import RelationPanel
from app.ui.review.book import QueueEntry, UnmarkedEntry
from app.ui.review.edit_form import EditForm
from app.ui.review.letters import Letters
from app.ui.review.reasons import ReasonRow
from app.ui.review.relate_form import RelateForm
from app.ui.review.versions import QuoteOf, VersionTable
from app.ui.widgets.fields import LineEdit
from app.ui.widgets.flow import Flow
from app.ui.widgets.labels import plain, set_tone, value_button

_TABLE, _FORM, _EMPTY, _UNMARKED, _RELATE = range(5)  # pages
_LEAVES = (Qt.Key.Key_Escape, Qt.Key.Key_Return, Qt.Key.Key_Enter)
_BUTTONS = (
    ("review.accept", "Accept picked", "primary"),
    ("review.take.1", "Accept the version of 1 – 9", ""),
    ("review.union", "Union of ranges", ""),
    ("review.cut", "Intersection", ""),
    ("review.edit", "Edit manually", ""),
    ("review.relate", "Add a relation", ""),
    ("review.reject", "Not an error", ""),
    ("review.defer", "Defer", ""),
    ("review.next", "Next", ""),
)


@guarded
class ConflictCard(QWidget):
    """The right side of the Review workspace."""

    action_wanted = Signal(object)  # action id
    left = Signal()  # the focus should return to the text
    form_made = Signal(object)  # EditForm
    relate_made = Signal(object)  # RelateForm

    def __init__(self, actions: ActionRegistry, scheme: Scheme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._buttons: list[QWidget] = []
        self.setObjectName("conflict-card")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._actions = actions
        self._scheme = scheme
        self.table = VersionTable()
        self._form: EditForm | None = None
        self._relate: RelateForm | None = None
        self.relations = RelationPanel(name="gold-relation", title="RELATIONS IN GOLD")
        self.reasons = ReasonRow()
        self.note = LineEdit()
        self.note.setObjectName("review-note")
        self.note.setAccessibleName("Note to the annotators")
        self.note.setPlaceholderText("Note to the annotators…  (M)")
        self.note.installEventFilter(self)
        self.unclear = QCheckBox("The guideline is unclear  (G)")
        self.unclear.setObjectName("review-unclear")
        self.unclear.setToolTip("Collected for the guideline’s author")
        self._title = plain("", role="caption", name="conflict-title")
        self._standing = plain("", wrap=True, name="conflict-standing")
        self._votes = plain("", tone="faint", wrap=True, name="conflict-votes")
        self._fitted = plain("", wrap=True, name="conflict-fitted")
        self._fitted.hide()
        self._definitions = plain("", wrap=True, tone="soft", name="conflict-definitions")
        self._body = QStackedWidget()
        self._behind = 0  # the page that a form covers
        # A timer of its own: what QTimer.singleShot() is to call outlives a card that goes before.
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.timeout.connect(self._prepare)
        self._body.addWidget(self._decide_side())
        self._body.addWidget(QWidget())  # until the form is needed
        self._empty = plain("", tone="faint", wrap=True, name="conflict-empty")
        self._empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._body.addWidget(self._empty)
        self._unmarked = plain("", wrap=True, name="conflict-unmarked")
        self._body.addWidget(self._unmarked_side())
        self._body.addWidget(QWidget())
        box = QVBoxLayout(self)
        box.setContentsMargins(14, 14, 12, 10)
        box.setSpacing(6)
        box.addWidget(self._title)
        box.addWidget(self._body, 1)
        self.show_nothing("")

    def _decide_side(self) -> QWidget:
        inner = QWidget()
        inner.setObjectName("conflict-body")
        box = QVBoxLayout(inner)
        box.setContentsMargins(0, 0, 4, 0)
        box.setSpacing(8)
        box.addWidget(self._standing)
        box.addWidget(self.table)
        box.addWidget(self._fitted)
        box.addWidget(self._votes)
        buttons = Flow(gap=5)
        offered = [button for button in _BUTTONS if button[0] != "review.relate" or self._scheme.relations]
        self._buttons = [self._button(action, title, role) for action, title, role in offered]
        for made in self._buttons:
            buttons.add(made, 1)
        box.addLayout(buttons)
        box.addWidget(self.relations)
        frame = QFrame()
        frame.setObjectName("definition-card")
        inside = QVBoxLayout(frame)
        inside.setContentsMargins(9, 7, 9, 8)
        inside.addWidget(self._definitions)
        box.addWidget(frame)
        box.addWidget(plain("REASON", role="caption"))
        box.addWidget(self.reasons)
        box.addWidget(self.note)
        box.addWidget(self.unclear)
        box.addStretch(1)
        return _scrolled(inner)

    def _unmarked_side(self) -> QWidget:
        inner = QWidget()
        box = QVBoxLayout(inner)
        box.setContentsMargins(0, 0, 4, 0)
        box.setSpacing(8)
        self._accept_nothing = self._button("review.nothing", "Nothing to mark", "primary")
        box.addWidget(self._unmarked)
        box.addWidget(self._accept_nothing)
        if self._scheme.document_layers:
            box.addWidget(self._button("review.about", "Say what the document is", ""))
        box.addStretch(1)
        return inner

    def _button(self, action: str, title: str, role: str) -> QWidget:
        keys = self._actions.keys_of_action(action)
        shown = f"{title}   {native(keys[0])}" if keys else title
        tip = self._actions.action(action).spec.tip
        made = value_button(action, shown, name=f"button-{action}", role=role, tip=tip)
        made.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        made.picked.connect(self.action_wanted)
        return made

    # -- forms ---------------------------------------------------------------------------------------------------------

    @property
    def form(self) -> EditForm:
        """The form of the reviewer's own version; it is made when it is first asked for."""
        return self._form or self._make_form()

    def _make_form(self) -> EditForm:
        made = self._form = EditForm(self._scheme)
        self._fill(_FORM, made)
        self.form_made.emit(made)
        return made

    @property
    def relate(self) -> RelateForm:
        """The form of a new relation; it is made when it is first asked for."""
        return self._relate or self._make_relate()

    def _make_relate(self) -> RelateForm:
        made = self._relate = RelateForm(self._scheme)
        self._fill(_RELATE, made)
        self.relate_made.emit(made)
        return made

    def _fill(self, page: int, form: QWidget) -> None:
        bare = self._body.widget(page)
        self._body.insertWidget(page, _scrolled(form))
        if bare is not None:
            self._body.removeWidget(bare)
            bare.deleteLater()

    def prepare(self) -> None:
        """Make the forms soon, each in a turn of the event loop of its own: they aren't needed for the first group."""
        self._soon.start()

    def _prepare(self) -> None:
        if self._form is None:
            self._make_form()
            self._soon.start()
        elif self._relate is None and self._scheme.relations:
            self._make_relate()

    # -- view ----------------------------------------------------------------------------------------------------------

    @property
    def is_editing(self) -> bool:
        """Whether a form is open."""
        return self._body.currentIndex() in (_FORM, _RELATE)

    def show_nothing(self, why: str) -> None:
        """Show why there is nothing to decide."""
        self._title.setText("DECIDE")
        self._empty.setText(why)
        self._body.setCurrentIndex(_EMPTY)

    def show_unmarked(self, entry: UnmarkedEntry, letters: Letters) -> None:
        """Show that no one who finished a document marked anything in it, and what was decided about that."""
        self._title.setText("DECIDE")
        names = [letters.shown(name) for name in letters.names]
        finished = f"{', '.join(names)} finished this document and marked nothing."
        done = "Gold says so: nothing to mark. Backspace withdraws the decision." if entry.decision else ""
        more = done or ("Gold is finished." if entry.is_done else "Accept that, or add to gold what they missed (C).")
        self._unmarked.setText(f"{finished}\n\n{more}")
        self._accept_nothing.setVisible(not entry.is_done)
        self.say(Remarks())
        self._body.setCurrentIndex(_UNMARKED)

    def show_entry(
        self, entry: QueueEntry, letters: Letters, rules: FieldRules, *, number: str, quote_of: QuoteOf = str
    ) -> None:
        """Show a group; reason and note are those of its current decision, if any."""
        self._title.setText(f"DECIDE · {number.upper()}")
        self.table.show_group(entry.group, letters, rules, self._scheme, quote_of)
        words, tone = _status_words(entry)
        self._standing.setText(words)
        self._standing.setVisible(bool(words))
        set_tone(self._standing, tone)
        have, all_ = len(entry.group.versions), len(entry.group.readers)
        lack = [letters.shown(name) for name in letters.names if name not in entry.group.versions]
        missing = f" · nothing marked by {', '.join(lack)}" if lack else ""
        self._votes.setText(f"votes {have} of {all_}{missing}")
        self._definitions.setText(definition_text(self._scheme, entry.group.layer, entry.group.labels))
        decision = entry.decision
        self.say(Remarks(decision.reason, decision.note, decision.unclear) if decision else Remarks())
        self._body.setCurrentIndex(_TABLE)

    def show_picks(self, picks: Picks) -> None:
        """Show which version supplies each field."""
        self.table.show_picks(picks)

    def show_fitted(self, words: str) -> None:
        """Show what gold will say where that isn't what a version says; nothing hides it."""
        self._fitted.setText(words)
        self._fitted.setVisible(bool(words))

    def show_form(self) -> None:
        """Open the form."""
        self._open(_FORM)

    def show_relate_form(self) -> None:
        """Open the form of a new relation."""
        self._open(_RELATE)

    def _open(self, form: int) -> None:
        if not self.is_editing:
            self._behind = self._body.currentIndex()
        self._body.setCurrentIndex(form)

    @property
    def is_relating(self) -> bool:
        """Whether the form of a new relation is open."""
        return self._body.currentIndex() == _RELATE

    def show_table(self) -> None:
        """Close the form and show what was there before."""
        if self.is_editing:
            self._body.setCurrentIndex(self._behind)

    # -- reasons -------------------------------------------------------------------------------------------------------

    def say(self, said: Remarks) -> None:
        """Show reason, note and flag."""
        self.reasons.choose(said.reason)
        self.note.setText(said.note)
        self.unclear.setChecked(said.unclear)

    def said(self) -> Remarks:
        """Return reason, note and flag."""
        return Remarks(self.reasons.chosen, self.note.text(), self.unclear.isChecked())

    def _leaves(self, watched: QObject, event: QKeyEvent) -> bool:
        return watched is self.note and event.key() in _LEAVES

    def toggle_unclear(self) -> None:
        """Toggle the flag “unclear”."""
        self.unclear.toggle()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress and self._leaves(watched, event):
            self.left.emit()
            return True
        return super().eventFilter(watched, event)


def _status_words(entry: QueueEntry) -> tuple[str, str]:
    decision = entry.decision
    if decision is None:
        return ("", "")
    done = outcome_words(decision)
    if entry.standing is GroupStatus.STALE:
        return (f"An annotator has changed this since it was {done}. Decide again, or leave it as it is.", "warn")
    return (f"{done[:1].upper()}{done[1:]}. Deciding again replaces that.", "good")


def definition_text(scheme: Scheme, layer: str, labels: Iterable[str]) -> str:
    """Return the scheme's definitions of labels, one per line; for several labels, also tie rules that mention any."""
    found = [label for label in map(scheme.label, repeat(layer), labels) if label]
    parts = [f"{label.title}: {label.definition or 'no definition in the scheme'}" for label in found]
    for number, rule in enumerate(map(scheme.in_titles, scheme.tie_rules), 1):
        if len(found) > 1 and any(short_title(label.title).lower() in rule.lower() for label in found):
            parts.append(f"Tie rule {number}: {rule}")
    return "\n".join(parts)


def outcome_words(decision: Decision | Ruling) -> str:
    """Return the outcome of a decision in words."""
    words = {
        Outcome.ACCEPTED: "accepted one annotator’s version",
        Outcome.COMBINED: "combined from several versions",
        Outcome.EDITED: "changed by the reviewer",
        Outcome.CREATED: "added by the reviewer",
        Outcome.REJECTED: "rejected: no version was kept",
        Outcome.EMPTY: "nothing to mark",
        Outcome.DEFERRED: "deferred",
    }[decision.outcome]
    return f"{words}, by a rule: {rule_words(decision.rule)}" if decision.rule else words


@guarded
class _FollowingScroll(QScrollArea):
    """Scrolls to whatever inside has the keyboard: when it gets it, and again when something is typed."""

    def follow(self, widgets: Iterable[QWidget]) -> None:
        """Follow these widgets."""
        for widget in widgets:
            widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.FocusIn, QEvent.Type.KeyPress) and isinstance(watched, QWidget):
            self.ensureWidgetVisible(watched, 0, 12)
        return super().eventFilter(watched, event)


def _scrolled(inner: QWidget) -> QScrollArea:
    area = _FollowingScroll()
    area.follow(w for w in inner.findChildren(QWidget) if w.focusPolicy() is not Qt.FocusPolicy.NoFocus)
    area.setWidgetResizable(True)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    area.setWidget(inner)
    return area

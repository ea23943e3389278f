"""The Review workspace: connects queue, text and card to the review commands."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget

from app.core.errors import StetError
from app.core.record import LogRow
from app.review.fields import rules_of
from app.session.actions import group_keys
from app.session.events import Event, Topic
from app.session.session import Session
from app.ui.actions.catalogue import Needs
from app.ui.actions.registry import ActionRegistry
from app.ui.dialogs.background_undo import BackgroundUndo
from app.ui.editor.canvas import TextCanvas
from app.ui.editor.motions import MOTIONS
from app.ui.editor.pointer import HighlightClick
from app.ui.editor.style import Style
from app.ui.guard import guarded
from app.ui.models.session_bridge import SessionBridge
from app.ui.panels.status_bar import StatusBar
from app.ui.review.book import BookChange, Entry, QueueEntry, ReviewBook, UnmarkedEntry
from app.ui.review.bulk import BulkReview
from app.ui.review.decider import Decider
from app.ui.review.guideline import GuidelineDesk
from app.ui.review.queue import Order, QueueChoice, Shown
from app.ui.review.sides import ReviewSides
from app.ui.review.view import ReviewView
from app.ui.theme import Tones
from app.ui.widgets.keys import KeyPress, offer
from app.ui.widgets.notifier import Notifier, Tone
from app.ui.widgets.pane_stepper import PaneStepper

_READING = "Comparing what the annotators marked…"
_NOBODY = (
    "No document is finished yet. A document counts once its annotator has set it to done (Ctrl+Enter). "
    "Assign documents and merge the returned work, or work under several names."
)
_NO_CONFLICT = (
    "The finished documents hold no conflict to decide. Choose “everything” on the left to see all that was marked."
)
_ALL_DONE = (
    "There is nothing left to decide here. Choose “everything” on the left to see what was decided. "
    "“Release to annotators…” shows them gold; “Export…” writes it to a file."
)


@guarded
class ReviewWorkspace(ReviewView):
    """Reviews one project."""

    action_wanted = Signal(object)  # action id
    hints = (
        ("review.accept", "accept"),
        ("review.next", "next"),
        ("edit.undo", "undo"),
        ("help.shortcuts", "keys"),
    )

    def __init__(
        self,
        session: Session,
        actions: ActionRegistry,
        status: StatusBar,
        notifier: Notifier,
        tones: Tones,
        style: Style,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(actions, session.scheme, tones, style, parent)
        self._session = session
        self._actions = self.scope = actions.scope()
        self._status = status
        self._notifier = notifier
        self._row = 0
        self._is_changing = False  # the model is
        self._wants_next = False  # the next group, once it has been read
        self._offered: tuple[Sequence[QueueChoice], str] = ([], "")
        self._have: set[Needs] = set()
        self._sought = ("", "")  # document and annotation (uids) to show once everything is read
        self.entry: Entry | None = None
        self.book = ReviewBook(session, self)
        self.sides = ReviewSides(session, self.book, self.text, self)
        self.decider = Decider(session, self.book, self.text, self.card, self.sides, notifier, self)
        self.bulk = BulkReview(session, self.book, self.model, notifier, self)
        self.guideline = GuidelineDesk(session, self.book, notifier, self)
        self._answering = BackgroundUndo(session, notifier, self)
        self.bridge = SessionBridge(session, self)
        self._panes = PaneStepper(self, self.panes, enter=self.enter_pane)
        self._connect()
        self._bind()
        self.text.show_empty(_READING, offers=False)

    def _connect(self) -> None:
        self.bridge.changed.connect(self._on_session_changed)
        self.book.loaded.connect(self._on_loaded)
        self.book.cleared.connect(self._on_cleared)
        self.book.changed.connect(self._on_changed)
        self.book.ticked.connect(self._show_figures)
        self.book.failed.connect(self._on_failed)
        self.queue.order_chosen.connect(self._on_order)
        self.queue.narrowed.connect(self._on_narrowed)
        self.queue.list.entered_row.connect(self._on_row)
        for source in (self.queue, self.text, self.card):
            source.action_wanted.connect(self.action_wanted)
        for source in (self.queue.list, self.text.canvas, self.text.reference):
            source.set_key_handler(self)
        self.text.canvas.highlight_clicked.connect(self._on_highlight_clicked)
        self.card.left.connect(self._to_queue)
        self.decider.decided.connect(self._on_decided)
        self.decider.group_deferred.connect(self._next)
        self.decider.left.connect(self._to_queue)
        self.decider.relations.wanted.connect(self._on_gold_wanted)
        self.bulk.decided.connect(self._on_decided)
        self._answering.answered.connect(self._on_answered)
        self.guideline.wanted.connect(self._look_at)

    def _bind(self) -> None:
        handlers: dict[str, Callable[[], None]] = {
            "review.next": self._next,
            "review.previous": self._previous,
            "review.reveal": self._reveal,
            "review.nothing": self._nothing_to_mark,
            "review.agreed": self._accept_agreed_here,
            "review.agreed-everywhere": self.bulk.accept_agreed,
            "review.terms": self._open_terms,
            "review.auto": self.bulk.ask_auto,
            "review.release": self.bulk.ask_release,
            "review.guideline": self.guideline.open,
            "edit.undo": self.undo,
            "edit.redo": self.redo,
            "view.next-pane": self._panes.forth,
            "view.previous-pane": self._panes.back,
        }
        self.scope.bind_all(handlers)
        self.decider.bind(self.scope)
        # What the keys of these actions do where there is no group, but a document without a mark.
        self._of_documents: dict[str, Callable[[], None]] = {
            "review.accept": self._nothing_to_mark,
            "review.withdraw": self._withdraw_nothing,
        }

    def widget(self) -> QWidget:
        """Return the widget to show."""
        return self

    def enter(self) -> None:
        """Come to the front: read what has changed, and focus the queue."""
        self._enable(anew=True)
        self.book.is_looked_at = True
        if not self.book.is_loaded and not self.book.is_reading:
            self.book.load()
        self.book.catch_up()
        self._show_f1()
        self.focus_home()

    def leave(self) -> None:
        """Go to the back."""
        self.book.is_looked_at = False

    def _enable(self, *, anew: bool = False) -> None:
        have = {Needs.PROJECT, Needs.REVIEW} | ({Needs.GROUP} if isinstance(self.entry, QueueEntry) else set())
        if anew or have != self._have:  # all actions are gone through: not at every step from group to group
            self._have = have
            self._actions.update_enabled(have)

    # -- view ----------------------------------------------------------------------------------------------------------

    def _on_session_changed(self, fact: Event) -> None:
        self.book.follow(fact)
        if fact.topic in (Topic.DOCUMENTS, Topic.SCHEME, Topic.ANNOTATOR, Topic.TEXT) and self.isVisible():
            self.book.load()

    def _on_cleared(self) -> None:
        """All is read anew: what is looked at stays until it has come again."""
        self._is_changing = True
        self.model.clear()
        self._is_changing = False
        if self.entry is None:
            self.text.show_empty(_READING, offers=False)

    def _on_changed(self, change: BookChange) -> None:
        """Show in the queue what has changed; keep the current group, or the one that took its place."""
        key = self.entry.key if self.entry is not None else ""
        self._is_changing = True  # what Qt makes the current row meanwhile is none that a person entered
        self.model.change(change.gone, change.come)
        self._is_changing = False
        if not change.is_reading:
            self._show_figures()
        row = self.model.row_of(key)
        if row >= 0:
            self._row = row
            if self._wants_next and row + 1 < self.model.rowCount():
                self.show_row(row + 1)
            elif not change.is_reading or any(entry.key == key for entry in change.come):
                self.show_row(row)
        elif not key and self.model.rowCount():
            self.show_row(0)
        elif not change.is_reading:
            self.show_row(min(self._row, self.model.rowCount() - 1))

    def _show_figures(self) -> None:
        """Show the documents without a mark, and what is counted over all."""
        self._is_changing = True
        self.model.show_unmarked(self.book.unmarked())
        self._is_changing = False
        decided, conflicts = self.model.counts()
        agreed, unmarked = self.model.agreed_count, len(self.model.unmarked())
        self.queue.show_counts(decided, conflicts, agreed, unmarked, is_counting=self.book.is_reading)
        self.queue.show_left_out(self.book.left_out())
        self._show_choices(self.model.only)

    def _show_choices(self, only: str) -> None:
        choices = (self._choices(), only)
        if choices != self._offered:
            self._offered = choices
            self.queue.show_choices(*choices)

    def _on_row(self, row: int) -> None:
        if not self._is_changing:
            self.show_row(row)

    def _choices(self) -> Sequence[QueueChoice]:
        if self.model.order is Order.DISAGREEMENT:
            return []
        return self.bulk.named(self.model.choices(self._session.scheme))

    def show_row(self, row: int) -> None:
        """Show the group, or the document without a mark, of a queue row."""
        entry = self.model.entry(row)
        self.entry = entry
        self._wants_next = False
        if entry is None:
            self._show_nothing()
            return
        index = self.model.index(row)
        if self.queue.list.currentIndex() != index:
            self.queue.list.setCurrentIndex(index)  # which comes back here, and shows it
            return
        self.text.show_texts()
        self._row = row
        letters = self.model.letters(entry)
        if isinstance(entry, UnmarkedEntry):
            self.card.show_unmarked(entry, letters)
            self.decider.look_at(None)
            self.sides.show_document(entry, letters)
        else:
            rules = rules_of(self._session.scheme, entry.group.layer)
            number = f"{row + 1} of {self.model.rowCount()}"
            self.card.show_entry(entry, letters, rules, number=number, quote_of=self.book.quotes(entry.document))
            self.decider.look_at(entry)
            self.sides.show(entry, letters)
        self._show_f1()
        if self.book.is_looked_at:
            self._enable()

    def _show_f1(self) -> None:
        if self.entry is not None and self.book.is_looked_at:
            self._status.place.setText(self.sides.f1_line())

    def _show_nothing(self) -> None:
        self.decider.look_at(None)
        self.sides.show_nothing()
        if self.book.is_looked_at:
            self._enable()
        if self.book.sheets:
            self.card.show_nothing(_READING if self.book.is_reading else _ALL_DONE)
            if not self.sides.document and not self.book.is_reading:
                self.text.show_empty(_NO_CONFLICT, offers=False)
        else:
            self.card.show_nothing("")
            self.text.show_empty(_READING if self.book.is_reading else _NOBODY, offers=not self.book.is_reading)

    def _on_highlight_clicked(self, click: HighlightClick) -> None:
        if self.card.is_relating:
            self.decider.relations.point_at(click.owners)
        else:
            self._show_one_of(click.owners)

    def _on_gold_wanted(self, place: tuple[str, str]) -> None:
        document, annotation = place
        entries = ((row, self.model.entry(row)) for row in range(self.model.rowCount()))
        row = next((r for r, e in entries if isinstance(e, QueueEntry) and e.is_about(annotation)), None)
        if row is not None:
            self.show_row(row)
        else:
            self.show_mark(document, annotation)
        self.focus_home()

    def _show_one_of(self, owners: Sequence[str]) -> None:
        if owners and all(self.model.row_of(owner) < 0 for owner in owners):
            self._sort_by(self.model.order, shown=Shown.ALL)
            self.queue.show_shown(Shown.ALL)
        row = next((row for row in map(self.model.row_of, owners) if row >= 0), None)
        if row is not None:
            self.show_row(row)

    def _look_at(self, key: str) -> None:
        self._sort_by(self.model.order, shown=self.model.shown)  # remove any narrowing of the queue
        self._show_choices("")
        self._show_one_of((key,))

    def _on_order(self, order: Order) -> None:
        self._sort_by(order)
        self._show_choices("")
        self.show_row(0)

    def open_document(self, uid: str) -> bool:
        """Show the groups of one document, in text order; return True: documents are shown here."""
        sheet = self.book.sheets.get(uid)
        if self.book.is_reading and (sheet is None or not sheet.is_whole):
            self._sought = (uid, "")  # it is shown once everything is read
            return True
        if sheet is None or not (sheet.groups or sheet.readers) or self._session.annotator in sheet.waiting:
            self._notifier.notify("No one has finished this document yet.")
            return True
        self.queue.show_order(Order.DOCUMENT)
        self.queue.show_shown(Shown.ALL)
        self._sort_by(Order.DOCUMENT, only=uid, shown=Shown.ALL)
        self._show_choices(uid)
        self.show_row(0)
        self.focus_home()
        return True

    def show_mark(self, document: str, annotation: str) -> None:
        """Show the group of an annotation (uid), gold's or anyone's, among its document's groups; else the document."""
        if not self.book.is_loaded:
            self._sought = (document, annotation)
            return
        if not self.open_document(document):
            return
        for row in range(self.model.rowCount()):
            entry = self.model.entry(row)
            if isinstance(entry, QueueEntry) and entry.is_about(annotation):
                self.show_row(row)
                return

    def _on_loaded(self) -> None:
        self.card.prepare()
        self._show_figures()
        key = self.entry.key if self.entry is not None else ""
        row = self.model.row_of(key)
        self.show_row(row if row >= 0 else min(self._row, self.model.rowCount() - 1))
        if self._sought[0]:
            (document, annotation), self._sought = self._sought, ("", "")
            self.show_mark(document, annotation)

    def _on_narrowed(self, what: tuple[str, Shown]) -> None:
        only, shown = what
        self._sort_by(self.model.order, only=only, shown=shown)
        self.show_row(0)

    def _sort_by(self, order: Order, *, only: str = "", shown: Shown | None = None) -> None:
        self._is_changing = True
        self.model.sort_by(order, only=only, shown=shown)
        self._is_changing = False

    # -- keys ----------------------------------------------------------------------------------------------------------

    def take_key(self, press: KeyPress, source: QWidget) -> bool:
        """Handle a key in the queue, in a text or around them; return whether it was handled."""
        if self.card.is_editing and self.decider.draft.press(press.key):
            return True
        key = f"Shift+{press.key}" if press.shift and len(press.key) == 1 else press.key
        spec = self._actions.for_review_key(key) or self._actions.for_review_key(press.key)
        if spec is not None and isinstance(self.entry, UnmarkedEntry) and spec.id in self._of_documents:
            self._of_documents[spec.id]()
            return True
        if spec is not None:
            if not (self.card.is_editing and self.decider.takes(spec.id)):
                self._actions.run(spec.id)
            return True
        if press.key == "Esc":
            self._escape()
            return True
        return isinstance(source, TextCanvas) and self._move(source, press)

    def complain_of_key(self, words: str) -> None:
        """Say that a key means nothing because of the keyboard's layout."""
        self._notifier.notify(words, Tone.WARNING)

    def _move(self, canvas: TextCanvas, press: KeyPress) -> bool:
        spec = self._actions.for_text_key(press.key) or self._actions.for_text_key(press.plain)
        if spec is None or spec.id not in MOTIONS:
            return False
        canvas.move_caret(spec.id, extend=press.shift and press.key != press.plain)
        return True

    def _escape(self) -> None:
        if self.card.is_editing:
            self.decider.draft.leave()
        self.focus_home()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        event.setAccepted(offer(event, self, self))

    # -- lifecycle -----------------------------------------------------------------------------------------------------

    def _on_decided(self) -> None:
        if not self.card.is_editing:
            self.focus_home()

    def _accept_agreed_here(self) -> None:
        self.bulk.accept_agreed(self.sides.document)

    def _nothing_to_mark(self) -> None:
        if self.sides.document:
            self.decider.nothing_to_mark(self.sides.document)

    def _withdraw_nothing(self) -> None:
        if isinstance(self.entry, UnmarkedEntry):
            self.decider.withdraw_decision(self.entry.decision)

    def _open_terms(self) -> None:
        entry = self.entry if isinstance(self.entry, QueueEntry) else None
        gold = self.decider.composed()
        if gold is not None or entry is None:  # else the form asks for its correction
            self.bulk.open_terms(gold, entry)

    def _next(self) -> None:
        if self.book.is_reading and self._row + 1 >= self.model.rowCount():
            self._wants_next = True  # which is still to come
        elif self.model.rowCount():
            self.show_row((self._row + 1) % self.model.rowCount())

    def _previous(self) -> None:
        if self.model.rowCount():
            self.show_row((self._row - 1) % self.model.rowCount())

    def _reveal(self) -> None:
        if self.entry is None:
            return
        letters = self.model.letters(self.entry)
        document = self.entry.document
        if not letters.revealed:
            try:
                self.book.reviewing.log_reveal(document)
            except StetError as error:
                self._notifier.complain(error)
                return
        self.model.reveal(document, shown=not letters.revealed)
        self.show_row(self._row)

    def undo(self) -> None:
        """Undo the reviewer's last action."""
        self._answering.run(undo=True)

    def redo(self) -> None:
        """Redo the last undone action."""
        self._answering.run(undo=False)

    def _on_answered(self, answer: tuple[LogRow, str]) -> None:
        row, word = answer
        self._notifier.notify(f"{word}: {row.title}", Tone.DONE)
        touched = (self.model.row_of(key) for key in group_keys(row.edit))
        self.show_row(next((at for at in touched if at >= 0), self._row))

    def _to_queue(self) -> None:
        if self.card.is_editing:
            self.card.show_table()
        self.focus_home()

    def _on_failed(self, error: StetError) -> None:
        self._notifier.complain(error)

    def apply_appearance(self, tones: Tones, style: Style) -> None:
        """Apply other colours and fonts."""
        self.queue.delegate.tones = tones
        self.text.apply_look(tones, style, lanes=self.sides.lanes)
        self.set_needs()
        if self.entry is not None:
            self.show_row(self._row)

    def shut_down(self) -> None:
        """Stop listening; the session may be closed afterwards."""
        self._answering.close()
        self.bulk.close()
        self.decider.snapshots.close()
        self.book.close()
        self.guideline.close()
        self.bridge.close()

"""The list of the open document's suggestions, kept in step, and the likelihood from which they are shown."""

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtWidgets import QWidget

from app.core.errors import StetError
from app.core.suggestion import Suggestion
from app.services.suggestions.track_record import retirement_words, use_again
from app.session.events import Event, Topic
from app.session.session import Session
from app.settings import Settings
from app.suggesters.maker_titles import title_of
from app.ui.actions.registry import ActionScope, native
from app.ui.annotate.answer_place import ListPlace
from app.ui.annotate.drawn_annotations import DrawnAnnotations
from app.ui.annotate.suggestion_desk import CONTROL_WORDS, SuggestionDesk
from app.ui.annotate.view import AnnotateView
from app.ui.models.session_bridge import SessionBridge
from app.ui.models.suggestions import MOST_LISTED, ListedKind, Measured, listed
from app.ui.widgets.keys import KeyPress
from app.ui.widgets.notifier import Notifier, Tone

_PAUSE_MS = 120
_ANSWERS = frozenset(("suggestion.accept", "suggestion.accept-edit", "suggestion.reject", "annotation.delete"))
_TOPICS = (Topic.OPENED, Topic.SUGGESTIONS, Topic.ANNOTATIONS, Topic.SCHEME, Topic.ANNOTATOR, Topic.DOCUMENTS)


class SuggestionShelf(QObject):
    """Shows the list in place of the marks, when it is asked for. The keys that answer in the text answer in it too."""

    patterns_wanted = Signal()

    def __init__(
        self,
        session: Session,
        view: AnnotateView,
        desk: SuggestionDesk,
        drawn: DrawnAnnotations,
        bridge: SessionBridge,
        actions: ActionScope,
        settings: Settings,
        notifier: Notifier,
    ) -> None:
        super().__init__(view)
        self._session = session
        self._view = view
        self._desk = desk
        self._drawn = drawn
        self._actions = actions
        self._settings = settings
        self._notifier = notifier
        self._panel = view.suggestion_list
        self._model = view.suggestions_model
        self._place = desk.list = ListPlace(drawn, self._panel, self._model)
        self._heading: ListedKind | None = None  # the one that the keyboard is on, if no suggestion is current
        self._document = ""
        self._pause = self._timer("listing-suggestions", self.show_now)
        self._change = self._timer("choosing-likelihood", self._on_change)
        self._least = drawn.suggestions.least
        self._panel.show_least(self._least)
        self._panel.least_chosen.connect(self._on_least)
        self._panel.list.set_key_handler(self)
        self._panel.row_entered.connect(self._on_entered)
        self._panel.row_opened.connect(self._on_opened)
        self._panel.kind_wanted.connect(self._on_kind)
        self._panel.again_wanted.connect(self._on_again)
        self._panel.patterns_wanted.connect(self.patterns_wanted)
        self._panel.left.connect(self.toggle)
        bridge.changed.connect(self._on_session_changed)
        desk.read_on.connect(self._on_read_on)
        actions.bind("suggestion.list", self.toggle)

    def _timer(self, name: str, slot: object) -> QTimer:
        timer = QTimer(self)
        timer.setObjectName(name)
        timer.setSingleShot(True)
        timer.setInterval(_PAUSE_MS)
        timer.timeout.connect(slot)
        return timer

    def toggle(self) -> None:
        """Show the list of suggestions in place of the marks, or the marks again."""
        on = not self._view.lists_suggestions
        self._view.list_suggestions(on=on)
        if on:
            self.show_now()
            self._panel.list.setFocus()
            first = self._place.first()
            if self._desk.current is None and first is not None:
                self._desk.take(first)
                self.show_now()
        else:
            self._view.text.canvas.setFocus()

    def take_settings(self) -> None:
        """Apply the settings, if they changed."""
        least = int(self._settings["suggestion_threshold"])
        if least != self._least:
            self._least = least
            self._panel.show_least(least)
            self._apply()

    def close(self) -> None:
        """Stop listing; the session may be closed afterwards."""
        self._pause.stop()
        if self._change.isActive():
            self._change.stop()
            self._on_change()

    def show_now(self) -> None:
        """List what there is, if the list is in view."""
        if not self._view.lists_suggestions:
            return
        state = self._session.state
        document = state.document.uid if state is not None else ""
        known = self._model.kinds if document == self._document else ()
        self._document = document
        here = self._drawn.suggestions
        self._model.show_rows(listed(here.shown(), self._session.scheme, self._measured, here.chance, known))
        current = self._desk.current
        if current is not None:
            self._panel.choose(self._model.row_of(current.uid))
        else:
            self._panel.choose(self._model.heading_of(self._heading) if self._heading is not None else -1)
        self._show_counts()

    def _show_counts(self) -> None:
        here = self._drawn.suggestions
        words = [retirement_words(title_of(m.maker), tally) for m, tally in here.record.retired.items()]
        if here.is_control:
            words = [CONTROL_WORDS]
        elif not here.count and here.withheld and not words:
            words = ["All are less likely than the slider asks for."]
        elif not here.count and not words:
            words = [self._none_words()]
        elif here.count > MOST_LISTED:
            words.append(f"The list has the first {MOST_LISTED:,}; answered ones make room for others.")
        self._panel.show_counts(here.count, 0 if here.is_control else here.withheld, "\n".join(words))
        retired = " ".join(words) if here.record.retired and not here.is_control else ""
        self._panel.show_retired(retired)

    def _none_words(self) -> str:
        keys = self._actions.keys_of_action("suggestion.make")
        how = f" {native(keys[0])} asks programs for some." if keys else ""
        return f"No open suggestions in this document.{how}"

    def _measured(self, suggestion: Suggestion) -> Measured:
        record = self._drawn.suggestions.record
        return Measured(record.answers(suggestion), record.shipped(suggestion))

    # -- keys and rows -------------------------------------------------------------------------------------------------

    def take_key(self, press: KeyPress, source: QWidget) -> bool:
        """Answer the suggestion that the keyboard is on; on a heading, ask about all of its kind. Esc leads back to the
        text. Other keys mean what they mean in lists.
        """
        spec = self._actions.for_text_key(press.key)
        if spec is not None and spec.id == "select.nothing":
            self._view.text.canvas.setFocus()
            return True
        row = self._place.row()
        if spec is None or row is None or spec.id not in (*_ANSWERS, "suggestion.kind"):
            return False
        if row.is_heading or spec.id == "suggestion.kind":
            self._on_kind()
            return True
        self._on_entered(self._model.row_of(row.suggestion.uid))
        if self._desk.current is not None:
            self._actions.run(spec.id)
        return True

    def complain_of_key(self, words: str) -> None:
        """Say that a key means nothing because of the keyboard's layout."""
        self._notifier.notify(words, Tone.WARNING)

    def _on_read_on(self) -> None:
        """Go to the row of the suggestion that is current now; the list itself follows in a moment."""
        current = self._desk.current
        if current is not None and self._view.lists_suggestions:
            self._panel.choose(self._model.row_of(current.uid))
        self._pause.start()

    def _on_entered(self, row: int) -> None:
        """Make the suggestion of a row current; on a heading, none."""
        found = self._model.row(row)
        if found is None:
            return
        self._heading = found.kind if found.is_heading else None
        if found.is_heading:
            self._desk.let_go()
        elif self._desk.current is None or self._desk.current.uid != found.suggestion.uid:
            self._desk.take(found.suggestion)

    def _on_opened(self, row: int) -> None:
        found = self._model.row(row)
        if found is not None and found.is_heading:
            self._desk.kind_wanted.emit(found.suggestion)
        elif found is not None:
            self._on_entered(row)
            self._view.text.canvas.setFocus()

    def _on_kind(self) -> None:
        found = self._place.pointed_at() or self._desk.current or self._place.first()
        if found is not None:
            self._desk.kind_wanted.emit(found)

    def _on_session_changed(self, fact: Event) -> None:
        if fact.topic in _TOPICS and self._view.lists_suggestions:
            self._pause.start()

    def _on_least(self, least: int) -> None:
        self._least = least
        self._change.start()

    def _on_change(self) -> None:
        self._apply()
        try:
            self._settings.change({"suggestion_threshold": self._least})
        except StetError as error:
            self._notifier.complain(error)

    def _apply(self) -> None:
        self._desk.show_from(self._least)
        self.show_now()

    def _on_again(self) -> None:
        retired = self._drawn.suggestions.record.retired
        try:
            use_again(self._session, retired)
        except StetError as error:
            self._notifier.complain(error)
            return
        self._notifier.notify("Its suggestions are shown again.", Tone.DONE)

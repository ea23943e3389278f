"""The list of the open document's suggestions, kept in step, and the likelihood from which they are shown."""

from PySide6.QtCore import QObject, QTimer, Signal

from app.core.errors import StetError
from app.services.suggestions.track_record import retirement_words, use_again
from app.session.events import Event, Topic
from app.session.session import Session
from app.settings import Settings
from app.suggesters.registry import title_of
from app.ui.actions.registry import ActionScope
from app.ui.annotate.drawn_annotations import DrawnAnnotations
from app.ui.annotate.suggestion_desk import CONTROL_WORDS, SuggestionDesk
from app.ui.annotate.view import AnnotateView
from app.ui.models.session_bridge import SessionBridge
from app.ui.models.suggestions import listed
from app.ui.widgets.notifier import Notifier, Tone

_PAUSE_MS = 120
_TOPICS = (Topic.OPENED, Topic.SUGGESTIONS, Topic.ANNOTATIONS, Topic.SCHEME, Topic.ANNOTATOR, Topic.DOCUMENTS)


class SuggestionShelf(QObject):
    """Shows the list in place of the marks, when it is asked for."""

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
        self._settings = settings
        self._notifier = notifier
        self._panel = view.suggestion_list
        self._pause = self._timer("listing-suggestions", self.show_now)
        self._change = self._timer("choosing-likelihood", self._on_change)
        self._least = drawn.suggestions.least
        self._panel.show_least(self._least)
        self._panel.least_chosen.connect(self._on_least)
        self._panel.row_chosen.connect(self._on_row)
        self._panel.kind_wanted.connect(self._on_kind)
        self._panel.again_wanted.connect(self._on_again)
        self._panel.patterns_wanted.connect(self.patterns_wanted)
        self._panel.left.connect(self.toggle)
        bridge.changed.connect(self._on_session_changed)
        desk.read_on.connect(self._pause.start)
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
        here = self._drawn.suggestions
        rows = listed(here.shown(), self._session.scheme, here.record.answers, here.chance)
        self._view.suggestions_model.show_rows(rows)
        current = self._desk.current
        self._panel.choose(self._view.suggestions_model.row_of(current.uid) if current is not None else -1)
        words = [retirement_words(title_of(m.maker), tally) for m, tally in here.record.retired.items()]
        if here.is_control:
            words = [CONTROL_WORDS]
        elif not here.count and here.withheld and not words:
            words = ["All are less likely than the slider asks for."]
        self._panel.show_counts(here.count, 0 if here.is_control else here.withheld, "\n".join(words))
        self._panel.show_retired(" ".join(words) if here.record.retired and not here.is_control else "")

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

    def _on_row(self, row: int) -> None:
        found = self._view.suggestions_model.row(row)
        if found is None:
            return
        if found.is_heading:
            self._desk.kind_wanted.emit(found.suggestion)
        else:
            self._desk.take(found.suggestion)
            self._view.text.canvas.setFocus()

    def _on_kind(self, row: int) -> None:
        found = self._view.suggestions_model.row(row)
        if found is not None:
            self._desk.kind_wanted.emit(found.suggestion)

    def _on_again(self) -> None:
        retired = self._drawn.suggestions.record.retired
        try:
            use_again(self._session, retired)
        except StetError as error:
            self._notifier.complain(error)
            return
        self._notifier.notify("Its suggestions are shown again.", Tone.DONE)

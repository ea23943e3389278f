"""Works through suggestions: the current one, accepting and rejecting it, stepping to the next."""

from PySide6.QtCore import QObject, Signal

from app.core.annotation import Annotation
from app.core.errors import StetError
from app.core.scheme import SEVERITY, Scheme
from app.core.suggestion import Suggestion, reading_order
from app.core.suggestion_calibration import MakerVersion
from app.core.wording import shorten
from app.services.suggestions.judgement import accept, reject
from app.services.suggestions.track_record import retirement_words
from app.session.events import Event, Topic
from app.session.session import Session
from app.settings import Settings
from app.suggesters.maker_titles import title_of, version_title
from app.ui.actions.registry import ActionScope
from app.ui.annotate.answer_place import AnswerPlace, TextPlace
from app.ui.annotate.chosen_annotation import ChosenAnnotation
from app.ui.annotate.drawn_annotations import DrawnAnnotations
from app.ui.annotate.suggestion_reading import SuggestionReading
from app.ui.annotate.suggestion_sight import SuggestionSight
from app.ui.annotate.view import AnnotateView
from app.ui.editor.view_state import ViewState
from app.ui.models.session_bridge import SessionBridge
from app.ui.panels.annotation_card import Described, cut
from app.ui.widgets import announcements
from app.ui.widgets.notifier import Tone

_NONE = "No suggestion selected. Press F9 for the next one."
_NO_MORE = "No open suggestions in this document."
CONTROL_WORDS = "No suggestions are shown in this document: it is one of those that show what suggestions change."


class SuggestionDesk(QObject):
    """Keeps one open suggestion current, reached by key, click or caret. Choosing an annotation deselects it."""

    kind_wanted = Signal(object)  # Suggestion; to answer all of its kind
    read_on = Signal()  # more suggestions are there, or other ones current

    def __init__(
        self,
        session: Session,
        view: AnnotateView,
        chosen: ChosenAnnotation,
        drawn: DrawnAnnotations,
        bridge: SessionBridge,
        actions: ActionScope,
        settings: Settings,
    ) -> None:
        super().__init__(view)
        self._session = session
        self._view = view
        self._canvas = view.text.canvas
        self._controller = chosen.controller
        self._notifier = chosen.controller.notifier
        self._drawn = drawn
        self._settings = settings
        self._setting = drawn.shows_suggestions
        self._text = TextPlace(drawn, self._canvas)
        self.list: AnswerPlace | None = None  # the list of suggestions, once there is one
        self._reading = SuggestionReading(drawn, view.text.map, self)
        self._reading.over.connect(self._on_read)
        self.sight = SuggestionSight(session, self._canvas, drawn, self)
        self._uid = ""
        self._news = ""  # what mustn't be lost under the message about an answer
        self._was_opened = False  # what had retired before needn't be told
        self._is_answering = False  # the next one follows at once: avoids hiding and re-showing the panel
        chosen.card.others = self._described
        chosen.menu.others = self._described_here
        self._controller.takes_label = self._accept_as
        bridge.changed.connect(self._on_session_changed)
        self._controller.chosen_changed.connect(self._on_chosen_changed)
        self._controller.chooser.other_clicked.connect(self._on_clicked)
        self._canvas.view_changed.connect(self._on_view_changed)
        view.suggestion.accept_wanted.connect(self._on_accept_wanted)
        view.suggestion.edit_wanted.connect(self._on_edit_wanted)
        view.suggestion.reject_wanted.connect(self._on_reject_wanted)
        view.suggestion.kind_wanted.connect(self._on_kind_wanted)
        actions.about_to_run.connect(self._on_action)
        actions.bind("suggestion.next", self.next)
        actions.bind("suggestion.previous", self.previous)
        actions.bind("suggestion.accept", self.accept)
        actions.bind("suggestion.accept-edit", self.accept_and_edit)
        actions.bind("suggestion.reject", self.reject)
        actions.bind("suggestion.kind", self.ask_kind)
        actions.bind("annotation.delete", self.reject_or_delete)
        actions.bind("view.suggestions", self.toggle)

    @property
    def _place(self) -> AnswerPlace:
        """Where one answers: the list while it has the keyboard, or the text."""
        return self.list if self.list is not None and self.list.has_focus() else self._text

    # -- current suggestion --------------------------------------------------------------------------------------------

    @property
    def current(self) -> Suggestion | None:
        """The current suggestion: the one that commands act on."""
        return self._drawn.suggestions.get(self._uid) if self._uid else None

    def take(self, suggestion: Suggestion, *, scroll: bool = True) -> None:
        """Make a suggestion current; with `scroll`, bring it into view and move the caret there."""
        self._controller.chooser.let_go()
        self._uid = suggestion.uid
        self.sight.see(suggestion)
        self.read_on.emit()
        self._canvas.choose(suggestion.uid)
        if scroll:
            place = suggestion.start
            self._canvas.set_view(self._canvas.view._replace(caret=place, anchor=place, x=None))
            self._canvas.scroll_to(suggestion.end)
            self._canvas.scroll_to(suggestion.start)
        described = _described(suggestion, self._session.scheme)
        self._show_in_panel(suggestion, described)
        self._view.show_suggestion(on=True)
        words = ". ".join((f"“{shorten(suggestion.quote, announcements.LONGEST)}”", described.title, *described.lines))
        announcements.announce(self._canvas, f"Suggestion: {words}.")  # the status line shows how many are left

    def _show_in_panel(self, suggestion: Suggestion, described: Described) -> None:
        self._view.suggestion.show_suggestion(shorten(suggestion.quote), described, self._drawn.suggestions.count)

    def _on_read(self) -> None:
        """Show the number of suggestions, now that all are loaded."""
        self.sight.look_soon()
        self.read_on.emit()
        suggestion = self.current
        if suggestion is not None:
            self._show_in_panel(suggestion, _described(suggestion, self._session.scheme))

    def let_go(self) -> None:
        """Make no suggestion current."""
        if self._uid:
            uid, self._uid = self._uid, ""
            if self._canvas.view.chosen == uid:
                self._canvas.choose("")
            self._view.show_suggestion(on=False)

    def _left(self) -> str:
        count = self._drawn.suggestions.count
        return f"{count:,} suggestions left." if count > 1 else "1 suggestion left."

    def _described(self, uid: str) -> Described | None:
        suggestion = self._drawn.suggestions.get(uid)
        if suggestion is None:
            return None
        described = _described(suggestion, self._session.scheme)
        return described._replace(title=f"Suggestion – {described.title}")

    def _described_here(self, caret: int) -> list[tuple[str, str]]:
        """Return uid and description of the suggestions that an offset touches, innermost first."""
        if not self._drawn.shows_suggestions:
            return []
        near = self._drawn.suggestions.overlapping(max(0, caret - 1), caret + 1)
        here = sorted((found for found in near if found.touches(caret)), key=_length)
        scheme = self._session.scheme
        return [(s.uid, f"Suggestion – {_described(s, scheme).title}  “{shorten(s.quote)}”") for s in here]

    def _on_chosen_changed(self, annotation: Annotation | None) -> None:
        if annotation is not None or self._canvas.view.chosen != self._uid:
            self.let_go()

    def _on_clicked(self, uid: str) -> None:
        suggestion = self._drawn.suggestions.get(uid)
        if suggestion is not None:
            self.take(suggestion, scroll=False)

    def _on_view_changed(self, view: ViewState) -> None:
        """Deselect the suggestion that the caret leaves; select the one it enters, unless an annotation is chosen."""
        suggestion, caret = self.current, view.caret
        if suggestion is not None and suggestion.touches(caret):
            return
        self.let_go()
        chosen = self._controller.chosen
        if view.has_selection or not self._drawn.shows_suggestions or (chosen is not None and chosen.covers(caret)):
            return
        here = [s for s in self._drawn.suggestions.overlapping(caret, caret + 1) if s.covers(caret)]
        if here:
            self.take(min(here, key=_length), scroll=False)

    def _on_action(self, action: str) -> None:
        """Deselect on the key that clears the selection."""
        if action == "select.nothing" and not self._canvas.view.has_selection:
            self.let_go()

    # -- stepping ------------------------------------------------------------------------------------------------------

    def next(self) -> None:
        """Go to the next open suggestion, wrapping around."""
        self._step(1)

    def previous(self) -> None:
        """Go to the previous open suggestion, wrapping around."""
        self._step(-1)

    def _step(self, by: int) -> None:
        self._drawn.show_suggestions(on=True)
        self._reading.finish()
        self._reading.show_places(anew=True)
        present = self.current
        key = reading_order(present) if present is not None else (self._canvas.view.caret, -1, "")
        found = self._drawn.suggestions.neighbour(key, by)
        if found is None:
            self._notifier.notify(self._none_words())
            return
        place = self._place
        self.take(found)
        place.take_focus()
        self._notifier.notify(self._left())

    def _none_words(self) -> str:
        here = self._drawn.suggestions
        if here.is_control:
            return CONTROL_WORDS
        return f"{_NO_MORE} {here.withheld:,} are withheld, see the list (Ctrl+F9)." if here.withheld else _NO_MORE

    def show_from(self, least: int) -> None:
        """Show suggestions from a likelihood (percent) only."""
        self._drawn.suggestions.show_from(least)
        if self._uid and self.current is None:
            self.let_go()
        self._drawn.show_again()
        self._reading.show_places(anew=True)
        self._on_read()

    # -- answering -----------------------------------------------------------------------------------------------------

    def accept(self) -> None:
        """Accept the current suggestion as an annotation, and go to the next."""
        suggestion = self.current
        made = self._accepted()
        if suggestion is not None and made is not None:
            self._go_on(suggestion, f"Accepted “{shorten(suggestion.quote)}”.")

    def accept_and_edit(self) -> None:
        """Accept the current suggestion, choose the annotation, and focus its correction."""
        made = self._accepted()
        if made is None:
            return
        self._controller.choose(made.uid)
        layer = self._session.scheme.layer(made.layer)
        if layer is not None and layer.has_correction:
            self._controller.field_wanted.emit("correction")

    def _accept_as(self, layer: str, label: str) -> bool:
        """Accept the current suggestion with another label, and choose the annotation; return whether there was one."""
        suggestion = self.current
        if suggestion is None:
            return False
        self._canvas.exact_once = False
        made = self._accepted((layer, label))
        if made is not None:
            self._controller.choose(made.uid, scroll=False)
            known = self._session.scheme.label(layer, label)
            self._notifier.notify(
                f"Accepted “{shorten(suggestion.quote)}” as {known.title if known else label}.", Tone.DONE
            )
        return True

    def _accepted(self, kind: tuple[str, str] | None = None) -> Annotation | None:
        suggestion = self.current
        if suggestion is None:
            self._notifier.notify(_NONE, Tone.WARNING)
            return None
        self._is_answering = True
        try:
            return accept(self._session, suggestion, kind=kind)
        except StetError as error:
            self._notifier.complain(error)
            return None
        finally:
            self._is_answering = False

    def reject(self) -> None:
        """Reject the current suggestion, and go to the next."""
        suggestion = self.current
        if suggestion is None:
            self._notifier.notify(_NONE, Tone.WARNING)
            return
        self._is_answering = True
        try:
            reject(self._session, suggestion)
        except StetError as error:
            self._notifier.complain(error)
            return
        finally:
            self._is_answering = False
        self._go_on(suggestion, f"Rejected “{shorten(suggestion.quote)}”.")

    def ask_kind(self) -> None:
        """Ask which suggestions like the current one to answer together."""
        suggestion = self.current or self._place.pointed_at()
        if suggestion is None:
            self._notifier.notify(_NONE, Tone.WARNING)
        else:
            self.kind_wanted.emit(suggestion)

    def reject_or_delete(self) -> None:
        """Reject the current suggestion; without one, delete the chosen annotation."""
        if self.current is not None:
            self.reject()
        else:
            self._controller.delete_annotation()

    def _go_on(self, answered: Suggestion, done: str) -> None:
        place = self._place
        following = place.following(answered)
        if following is not None:
            self.take(following)
            words = f"{done} {self._left()}"
        else:
            self.let_go()
            words = f"{done} That was the last suggestion in this document."
        place.take_focus()
        news, self._news = self._news, ""
        self._notifier.notify(news or words, Tone.WARNING if news else Tone.DONE)

    def _on_accept_wanted(self) -> None:
        self.accept()

    def _on_edit_wanted(self) -> None:
        self.accept_and_edit()

    def _on_reject_wanted(self) -> None:
        self.reject()

    def _on_kind_wanted(self) -> None:
        self.ask_kind()

    # -- lifecycle and settings ----------------------------------------------------------------------------------------

    def _on_session_changed(self, fact: Event) -> None:
        here = self._drawn.suggestions
        retired = set(here.record.retired)
        ranges = here.follow(fact)
        self._tell_retired(retired)
        self._was_opened = True
        self.sight.look_soon()
        self._reading.follow()
        if fact.topic is Topic.OPENED:
            self.let_go()
            return  # the whole text is about to be shown again
        if fact.topic is not Topic.ANNOTATIONS:  # an annotation made from a suggestion covers it, and redraws it too
            self._drawn.show_again(ranges)
        if self._uid and self.current is None and not self._is_answering:
            self.let_go()
        reopened = self._judged_here(fact)
        if reopened is not None and self._drawn.shows_suggestions:
            self.take(reopened)  # undo: show the suggestion that is open again

    def _tell_retired(self, known: set[MakerVersion]) -> None:
        for maker, tally in self._drawn.suggestions.record.retired.items():
            if maker not in known and self._was_opened:
                self._news = f"{retirement_words(title_of(maker.maker), tally)} It can be used again: Ctrl+F9."
                self._notifier.notify(self._news, Tone.WARNING)

    def _judged_here(self, fact: Event) -> Suggestion | None:
        """Return the suggestion that an event is about, if it is open now."""
        state = self._session.state
        if fact.topic is not Topic.SUGGESTIONS or not fact.suggestion or state is None:
            return None
        if fact.document == state.document.uid:
            self._reading.finish()
        return self._drawn.suggestions.get(fact.suggestion)

    def close(self) -> None:
        """Stop reading; the session may be closed afterwards."""
        self.sight.close()
        self._reading.close()

    def toggle(self) -> None:
        """Show or hide suggestions, and remember it for the next start."""
        on = not self._drawn.shows_suggestions
        self._show(on=on)
        try:
            self._settings.change({"show_suggestions": on})
        except StetError as error:
            self._notifier.complain(error)
            return
        self._notifier.notify("Suggestions are shown." if on else "Suggestions are hidden.")

    def take_settings(self) -> None:
        """Apply the settings, if they changed."""
        if bool(self._settings["show_suggestions"]) is not self._setting:
            self._show(on=not self._setting)

    def _show(self, *, on: bool) -> None:
        self._setting = on
        if not on:
            self.let_go()
        self._drawn.show_suggestions(on=on)
        self._reading.show_places(anew=True)


def _described(suggestion: Suggestion, scheme: Scheme) -> Described:
    """Return what a suggestion says, its source and its reason."""
    layer, label = scheme.layer(suggestion.layer), scheme.label(suggestion.layer, suggestion.label)
    lines: list[str] = []
    severity = suggestion.attributes.get(SEVERITY)
    if severity is not None:
        known = scheme.severity(severity)
        lines.append(f"Severity: {known.title if known else severity}")
    if suggestion.correction is not None:
        lines.append(f"Correction: {suggestion.correction or 'delete the words'}")
    lines.extend(f"Evidence {item.stance.value}: “{item.quote}”" for item in suggestion.evidence)
    if suggestion.reason:
        lines.append(f"Why: {suggestion.reason}")
    if suggestion.score is not None:
        lines.append(f"Score: {suggestion.score:.2f}")
    lines.append(f"Suggested by: {version_title(suggestion.maker, suggestion.version)}")
    title = f"{layer.title if layer else suggestion.layer}: {label.title if label else suggestion.label}"
    return Described(suggestion.uid, suggestion.fragments, title, [cut(line) for line in lines])


def _length(suggestion: Suggestion) -> int:
    return suggestion.end - suggestion.start

"""“Always suggest this…”, and the list of patterns."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from app.core.errors import StetError
from app.jobs.runner import JobOutcome, JobRunner
from app.jobs.worker import Worker
from app.session.session import Session
from app.ui.actions.registry import ActionScope
from app.ui.annotate.workspace import AnnotateWorkspace
from app.ui.widgets.notifier import Notifier, Tone
from app.ui.window.projects import Projects

if TYPE_CHECKING:
    from app.core.progress import CancelToken, Progress
    from app.core.suggestion_pattern import SuggestionPattern
    from app.ui.dialogs.pattern import PatternDialog
    from app.ui.dialogs.patterns import PatternsDialog

_ENGLISH = "en"


class PatternCommands(QObject):
    """Makes patterns from the selection, changes and removes them."""

    made = Signal()  # a pattern, whose occurrences are to be suggested

    def __init__(
        self,
        window: QWidget,
        projects: Projects,
        actions: ActionScope,
        notifier: Notifier,
        workspace: Callable[[], AnnotateWorkspace | None],
        worker: Worker,
    ) -> None:
        super().__init__(window)
        self._window = window
        self._projects = projects
        self._notifier = notifier
        self._workspace = workspace
        self._worker = worker
        self._reading = JobRunner(self)
        self._trying = JobRunner(self)
        self._list: PatternsDialog | None = None
        self._dialog: PatternDialog | None = None
        self._old: SuggestionPattern | None = None
        self._has_changed = False  # while the list was open
        self._range = (0, 0)
        projects.closing.connect(self._on_closing)
        actions.bind("suggestion.pattern", self.ask)
        actions.bind("suggestion.patterns", self.show_list)

    def ask(self) -> None:
        """Ask what is always to be suggested for the selected words, or for those of the chosen mark."""
        session, workspace = self._projects.session, self._workspace()
        if session is None or workspace is None or session.state is None:
            return
        view, chosen = workspace.text.canvas.view, workspace.controller.chosen
        text, (start, end) = session.state.document.text, (0, 0)
        if view.has_selection:
            start, end = view.selection
        elif chosen is not None and len(chosen.fragments) == 1:
            start, end = chosen.start, chosen.end
        if not text[start:end].strip():
            self._notifier.notify("Select the words that are always to be suggested.", Tone.WARNING)
            return
        self._range = (start, end)
        label = (chosen.layer, chosen.label) if chosen is not None else self._first_label(workspace)
        self._open(session, text[start:end], label, None, self._window)

    def _open(
        self,
        session: Session,
        words: str,
        label: tuple[str, str],
        pattern: "SuggestionPattern | None",
        parent: QWidget,
    ) -> None:
        from app.ui.dialogs.pattern import PatternDialog

        self._old = pattern
        dialog = self._dialog = PatternDialog(words, session.scheme, label, parent, pattern=pattern)
        dialog.answered.connect(self._on_answered)
        dialog.words_wanted.connect(self._on_words_wanted)
        dialog.trial_wanted.connect(self._on_trial_wanted)
        dialog.finished.connect(self._on_dialog_finished)
        dialog.try_soon()
        dialog.open()

    def _first_label(self, workspace: AnnotateWorkspace) -> tuple[str, str]:
        session = self._projects.session
        layer = session.scheme.layer(workspace.layer.current) if session is not None else None
        givable = layer.givable if layer is not None else ()
        return (layer.id, givable[0].id) if layer is not None and givable else ("", "")

    # -- what the words are, and what the pattern finds ----------------------------------------------------------------

    def _on_words_wanted(self, words: str) -> None:
        text, language = self._text()
        start, end = self._range
        words = words or (self._old.words if self._old is not None else "")
        if words:  # they don't stand in a text
            text, start, end = words, 0, len(words)

        def work(_report: "Progress", token: "CancelToken") -> object:
            return self._worker.word_kinds(text, start, end, language, token)

        self._reading.replace("pattern-words", work, self._on_words)

    def _on_words(self, outcome: JobOutcome) -> None:
        from app.core.token_choices import TokenWord

        if self._dialog is None or self._has_failed(outcome):
            return
        self._dialog.show_words([TokenWord(each.text, each.lemma, each.pos) for each in outcome.value])

    def _on_trial_wanted(self, pattern: "SuggestionPattern") -> None:
        text, language = self._text()

        def work(_report: "Progress", token: "CancelToken") -> object:
            from app.jobs.tasks.pattern_trial import try_pattern

            return try_pattern(self._worker, pattern, text, language, token)

        self._trying.replace("pattern-trial", work, self._on_tried)

    def _on_tried(self, outcome: JobOutcome) -> None:
        if self._dialog is not None and not self._has_failed(outcome):
            self._dialog.show_trial(outcome.value)

    def _has_failed(self, outcome: JobOutcome) -> bool:
        if outcome.error is not None and self._dialog is not None:
            self._dialog.show_problem(outcome.error.what)
        return outcome.cancelled or outcome.error is not None or outcome.bug is not None

    def _text(self) -> tuple[str, str]:
        """Return the text of the open document, "" without one, and its language."""
        session = self._projects.session
        state = session.state if session is not None else None
        if session is None or state is None:
            return "", _ENGLISH
        return state.document.text, state.document.language or session.scheme.language or _ENGLISH

    def _on_dialog_finished(self, _result: int) -> None:
        for runner in (self._reading, self._trying):
            runner.cancel()
        self._dialog = None

    def _on_closing(self) -> None:
        for dialog in (self._dialog, self._list):
            if dialog is not None:
                dialog.reject()

    def shut_down(self) -> None:
        """Stop looking for what a pattern finds."""
        for runner in (self._reading, self._trying):
            runner.shut_down()

    # -- saving --------------------------------------------------------------------------------------------------------

    def _on_answered(self, pattern: "SuggestionPattern") -> None:
        from app.services.suggestions.pattern_edits import add_pattern, change_pattern

        session, old = self._projects.session, self._old
        if session is None:
            return
        try:
            if old is None:
                add_pattern(session, pattern)
            else:
                change_pattern(session, old, pattern)
            if self._list is not None:
                self._list.show_patterns(session.reader.patterns())
        except StetError as error:
            self._notifier.complain(error)
            return
        self._has_changed = True
        if self._list is None:
            self._tell()

    def _tell(self) -> None:
        if self._has_changed:
            self._has_changed = False
            self.made.emit()

    def show_list(self) -> None:
        """Show the patterns."""
        from app.ui.dialogs.patterns import PatternsDialog

        session = self._projects.session
        if session is None:
            return
        try:
            patterns = session.reader.patterns()
        except StetError as error:
            self._notifier.complain(error)
            return
        dialog = self._list = PatternsDialog(patterns, session.scheme, self._window)
        dialog.removal_wanted.connect(self._on_removal)
        dialog.change_wanted.connect(self._on_change)
        dialog.finished.connect(self._on_finished)
        dialog.open()

    def _on_finished(self, _result: int) -> None:
        self._list = None
        self._tell()

    def _on_change(self, pattern: "SuggestionPattern") -> None:
        session = self._projects.session
        if session is not None:
            label = (pattern.layer, pattern.label)
            self._open(session, pattern.words, label, pattern, self._list or self._window)

    def _on_removal(self, pattern: "SuggestionPattern") -> None:
        from app.services.suggestions.pattern_edits import remove_pattern

        session = self._projects.session
        if session is None:
            return
        try:
            remove_pattern(session, pattern)
            if self._list is not None:
                self._list.show_patterns(session.reader.patterns())
        except StetError as error:
            self._notifier.complain(error)

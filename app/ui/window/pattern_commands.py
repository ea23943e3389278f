"""“Always suggest this…”, and the list of patterns."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from app.core.errors import StetError
from app.ui.actions.registry import ActionScope
from app.ui.annotate.workspace import AnnotateWorkspace
from app.ui.widgets.notifier import Notifier, Tone
from app.ui.window.projects import Projects

if TYPE_CHECKING:
    from app.core.suggestion_pattern import SuggestionPattern
    from app.ui.dialogs.patterns import PatternRequest, PatternsDialog


class PatternCommands(QObject):
    """Makes patterns from the selection, and removes them."""

    made = Signal()  # a pattern, whose occurrences are to be suggested

    def __init__(
        self,
        window: QWidget,
        projects: Projects,
        actions: ActionScope,
        notifier: Notifier,
        workspace: Callable[[], AnnotateWorkspace | None],
    ) -> None:
        super().__init__(window)
        self._window = window
        self._projects = projects
        self._notifier = notifier
        self._workspace = workspace
        self._list: PatternsDialog | None = None
        actions.bind("suggestion.pattern", self.ask)
        actions.bind("suggestion.patterns", self.show_list)

    def ask(self) -> None:
        """Ask what is always to be suggested for the selected words, or for those of the chosen mark."""
        from app.ui.dialogs.patterns import PatternDialog

        session, workspace = self._projects.session, self._workspace()
        if session is None or workspace is None or session.state is None:
            return
        view, chosen = workspace.text.canvas.view, workspace.controller.chosen
        words = ""
        if view.has_selection:
            start, end = view.selection
            words = session.state.document.text[start:end]
        elif chosen is not None:
            words = chosen.quote
        if not words.strip():
            self._notifier.notify("Select the words that are always to be suggested.", Tone.WARNING)
            return
        label = (chosen.layer, chosen.label) if chosen is not None else self._first_label(workspace)
        dialog = PatternDialog(words, session.scheme, label, self._window)
        dialog.answered.connect(self._on_answered)
        dialog.open()

    def _first_label(self, workspace: AnnotateWorkspace) -> tuple[str, str]:
        session = self._projects.session
        layer = session.scheme.layer(workspace.layer.current) if session is not None else None
        givable = layer.givable if layer is not None else ()
        return (layer.id, givable[0].id) if layer is not None and givable else ("", "")

    def _on_answered(self, request: "PatternRequest") -> None:
        from app.services.suggestions.pattern_edits import add_pattern

        session = self._projects.session
        if session is None:
            return
        try:
            add_pattern(
                session,
                request.words,
                match=request.match,
                layer=request.layer,
                label=request.label,
                correction=request.correction,
            )
        except StetError as error:
            self._notifier.complain(error)
            return
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
        dialog.finished.connect(self._on_finished)
        dialog.open()

    def _on_finished(self, _result: int) -> None:
        self._list = None

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

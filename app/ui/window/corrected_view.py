"""The command that shows the corrected text of the open document."""

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from app.core.annotation import Annotation
from app.core.decision import GOLD
from app.core.progress import CancelToken, Progress
from app.jobs.runner import JobOutcome, JobRunner
from app.jobs.tasks.corrected_comparison import compare_corrected
from app.session.own_state import own_state
from app.session.session import Session
from app.ui.actions.registry import ActionScope
from app.ui.window.projects import Projects

if TYPE_CHECKING:
    from app.ui.dialogs.corrected_text import CorrectedTextDialog, CorrectedVersion


class CorrectedView(QObject):
    """Shows the open document beside what its corrections make of it: the annotator's own, or gold."""

    def __init__(
        self,
        window: QWidget,
        projects: Projects,
        actions: ActionScope,
        commit: Callable[[], None],
        reviewed: Callable[[], str],
    ) -> None:
        """Bind the command; `commit` hands over what is being typed, `reviewed` is the document under review."""
        super().__init__(window)
        self._window = window
        self._projects = projects
        self._commit = commit
        self._reviewed = reviewed
        self._open: CorrectedTextDialog | None = None
        self._text = ""
        self._runner = JobRunner(self)
        projects.closing.connect(self._on_closing)
        actions.bind("document.corrected", self.show)

    def show(self) -> None:
        """Show the corrected text of the open document, or of the one under review."""
        from app.ui.dialogs.corrected_text import CorrectedTextDialog

        session = self._projects.session
        if session is None:
            return
        self._commit()
        uid = self._reviewed() or (session.state.document.uid if session.state is not None else "")
        versions = list(self._versions(session, uid)) if uid else []
        if not versions:
            return
        dialog = CorrectedTextDialog(session.reader.document(uid), versions, self._window)
        dialog.export_wanted.connect(self._on_export)
        dialog.comparison_wanted.connect(self._on_comparison_wanted)
        dialog.finished.connect(self._on_finished)
        self._open, self._text = dialog, session.reader.document(uid).text
        dialog.ask()
        dialog.open()

    def _versions(self, session: Session, uid: str) -> Iterator["CorrectedVersion"]:
        """Yield gold, if it is under review or released, and the annotator's own work."""
        from app.ui.dialogs.corrected_text import CorrectedVersion

        if self._reviewed() or uid in session.reader.release_reviewers():
            gold = session.reader.state_of(uid, GOLD)
            yield CorrectedVersion("Gold (reviewed)", list(gold.annotations.values()))
        if session.annotator:
            own = own_state(session, uid)
            yield CorrectedVersion(session.annotator, list(own.annotations.values()))

    def _on_comparison_wanted(self, annotations: Sequence[Annotation]) -> None:
        def work(_report: Progress, token: CancelToken) -> object:
            return compare_corrected(self._text, annotations, token)

        self._runner.replace("corrected", work, self._on_compared)

    def _on_compared(self, outcome: JobOutcome) -> None:
        if self._open is not None and outcome.value is not None:
            self._open.show_comparison(outcome.value)

    def _on_export(self) -> None:
        self._projects.ask_export(format="corrected", gold=bool(self._reviewed()))

    def _on_finished(self, _result: int) -> None:
        self._open = None
        self._runner.cancel()

    def _on_closing(self) -> None:
        if self._open is not None:
            self._open.reject()
        self._runner.shut_down()

"""“Suggest marks…” and answering all suggestions of a kind: the dialogs, the background jobs and their results."""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from app.core.errors import StetError
from app.core.progress import CancelToken, Progress
from app.core.project_option import CONTROL_SHARE, share_of
from app.core.wording import counted
from app.jobs.runner import JobOutcome
from app.jobs.worker import Worker
from app.session.actions import ChangeOption
from app.settings import Settings
from app.suggesters.patterns import PATTERNS
from app.ui.actions.registry import ActionScope
from app.ui.annotate.workspace import AnnotateWorkspace
from app.ui.widgets.notifier import Notifier, Tone
from app.ui.window.projects import Projects

MODEL = "model"  # as in `suggesters/language_model`, which isn't needed to open the window

if TYPE_CHECKING:
    from app.core.suggestion import Suggestion
    from app.services.suggestions.offer import Offered
    from app.services.suggestions.suggestion_kind import KindScope
    from app.session.session import Session
    from app.suggesters.language_model.model_options import ModelOptions
    from app.ui.dialogs.base import Dialog
    from app.ui.dialogs.suggest import SuggestRequest
    from app.ui.dialogs.suggestion_kind import KindRequest


class SuggestionRequests(QObject):
    """Runs suggesters on the open project."""

    def __init__(
        self,
        window: QWidget,
        projects: Projects,
        actions: ActionScope,
        notifier: Notifier,
        workspace: Callable[[], AnnotateWorkspace | None],
        worker: Worker,
        settings: Settings,
    ) -> None:
        super().__init__(window)
        self._window = window
        self._projects = projects
        self._notifier = notifier
        self._workspace = workspace
        self._worker = worker
        self._settings = settings
        self._waiting: SuggestRequest | None = None  # for consent to ask a language model
        self._suggesters: tuple[str, ...] = ()
        self._open: Dialog | None = None
        projects.closing.connect(self._on_closing)
        actions.bind("suggestion.make", self.ask)

    def ask(self) -> None:
        """Ask which suggesters to run, and on which documents."""
        from app.services.suggestions.default_suggesters import default_suggesters
        from app.services.suggestions.track_record import retired_suggesters, retirement_words
        from app.suggesters.maker_titles import title_of
        from app.ui.dialogs.suggest import SuggestDialog

        session = self._projects.session
        if session is None or session.state is None:
            return
        document = session.state.document
        retired = {
            maker.maker: retirement_words(title_of(maker.maker), tally)
            for maker, tally in retired_suggesters(session).items()
        }
        control = share_of(session.reader.project_option(CONTROL_SHARE))
        ticked = self._suggesters or default_suggesters(session)
        dialog = SuggestDialog(document.uid, document.title, ticked, self._window, retired=retired, control=control)
        dialog.answered.connect(self._on_answered)
        dialog.labels_wanted.connect(self._on_labels_wanted)
        dialog.finished.connect(self._on_finished)
        self._open = dialog
        dialog.open()

    def _on_labels_wanted(self) -> None:
        from app.services.suggestions.label_reliability import label_reliability
        from app.ui.dialogs.label_reliability import LabelReliabilityDialog

        session = self._projects.session
        if session is None:
            return
        try:
            rows = label_reliability(session)
        except StetError as error:
            self._notifier.complain(error)
            return
        LabelReliabilityDialog(rows, self._open or self._window).open()

    def find_patterns(self) -> None:
        """Suggest the occurrences of all patterns, in all documents to annotate."""
        from app.ui.dialogs.suggest import SuggestRequest

        self._on_answered(SuggestRequest((PATTERNS,), ()))

    def _on_finished(self, _result: int) -> None:
        self._open = None

    def _on_closing(self) -> None:
        if self._open is not None:
            self._open.reject()

    def _on_answered(self, request: "SuggestRequest") -> None:
        session = self._projects.session
        if session is None:
            return
        if request.suggesters != (PATTERNS,):
            self._suggesters = request.suggesters
        if request.control is not None:
            value = str(request.control) if request.control else None
            try:
                session.perform(ChangeOption(CONTROL_SHARE, value), title="Share of documents without suggestions")
            except StetError as error:
                self._notifier.complain(error)
        if MODEL in request.suggesters:
            self._ask_consent(session, request)
        else:
            self._run(session, request, None)

    def _ask_consent(self, session: "Session", request: "SuggestRequest") -> None:
        """Count what a language model would be sent, then show it and ask for its address."""

        def count(_report: Progress, token: CancelToken) -> object:
            from app.jobs.tasks.suggest import model_cost
            from app.suggesters.language_model.model_options import ModelOptions

            options = ModelOptions(model=str(self._settings["model_name"]))
            return model_cost(session, options, documents=request.documents, cancel=token)

        def counted_it(outcome: JobOutcome) -> None:
            from app.ui.dialogs.model_consent import ModelConsent

            if self._projects.report_failure(outcome, "Nothing was suggested") or self._projects.session is not session:
                return
            dialog = ModelConsent(outcome.value, self._settings, self._window)
            self._waiting = request
            dialog.agreed.connect(self._on_agreed)
            dialog.finished.connect(self._on_finished)
            self._open = dialog
            dialog.open()

        self._projects.run("suggest", "Counting what a language model would be sent", count, counted_it)

    def _on_agreed(self, options: "ModelOptions") -> None:
        session, request = self._projects.session, self._waiting
        if session is not None and request is not None:
            self._run(session, request, options)

    def _run(self, session: "Session", request: "SuggestRequest", model: "ModelOptions | None") -> None:
        def work(report: Progress, token: CancelToken) -> object:
            from app.jobs.tasks.suggest import suggest

            return suggest(
                session,
                request.suggesters,
                documents=request.documents,
                progress=report,
                cancel=token,
                backend=self._worker,
                trusts_models=request.trusts_models,
                model=model,
            )

        self._projects.run("suggest", "Looking for marks to suggest", work, self._on_done)

    def _on_done(self, outcome: JobOutcome) -> None:
        if self._projects.report_failure(outcome, "Nothing was suggested"):
            return
        done: Offered = outcome.value
        new, documents = len(done.new), len({uid for uid, _ in done.new})
        if not new:
            known = f" {done.known:,} had been suggested before." if done.known else ""
            self._notifier.notify(" ".join((f"Nothing new to suggest.{known}", *done.notes)))
            return
        words = f"Suggested {counted(new, 'mark')} in {counted(documents, 'document')}. F9 goes to the next one."
        self._notifier.notify(" ".join((words, *done.notes)), Tone.DONE)
        workspace = self._workspace()
        if workspace is not None:
            workspace.text.canvas.setFocus()

    # -- all of a kind -------------------------------------------------------------------------------------------------

    def ask_kind(self, suggestion: "Suggestion") -> None:
        """Ask which suggestions like this one to accept or reject together."""
        from app.services.suggestions.suggestion_kind import KindScope, SuggestionKind, open_of_kind
        from app.ui.dialogs.suggestion_kind import SuggestionKindDialog

        session = self._projects.session
        if session is None:
            return

        def find(kind: SuggestionKind, scope: KindScope) -> "Iterator[tuple[str, Suggestion]]":
            return open_of_kind(session, kind, scope)

        label = session.scheme.label(suggestion.layer, suggestion.label)
        title = label.title if label else suggestion.label
        dialog = SuggestionKindDialog(suggestion, title, find, self._scopes(), self._window)
        dialog.answered.connect(self._on_kind_answered)
        dialog.finished.connect(self._on_finished)
        self._open = dialog
        dialog.open()

    def _scopes(self) -> "list[tuple[str, KindScope]]":
        """Return where suggestions of a kind can be answered; what is withheld isn't."""
        from app.services.suggestions.suggestion_kind import KindScope

        workspace = self._workspace()
        if workspace is None:
            return [("In this document", KindScope())]
        offers = workspace.drawn.suggestions.offers
        found = [("In this document", KindScope(offers=offers))]
        rows = workspace.documents.list.selected_rows()
        if len(rows) > 1:
            documents = tuple(workspace.documents_model.uids_of(rows))
            words = f"In the {len(documents):,} selected documents that you haven’t finished"
            found.append((words, KindScope(everywhere=True, documents=documents, offers=offers)))
        found.append(("In all your unfinished documents", KindScope(everywhere=True, offers=offers)))
        return found

    def _on_kind_answered(self, request: "KindRequest") -> None:
        from app.services.suggestions.suggestion_kind import answer_kind, answered_words

        session = self._projects.session
        if session is None:
            return

        def work(report: Progress, token: CancelToken) -> object:
            def report_documents(done: int, total: int) -> None:
                report(done, total, "Documents")

            done = answer_kind(
                session,
                request.kind,
                request.outcome,
                request.scope,
                progress=report_documents,
                cancel=token,
            )
            return answered_words(done, request.outcome)

        self._projects.run("suggest", "Answering suggestions", work, self._on_kind_done)

    def _on_kind_done(self, outcome: JobOutcome) -> None:
        if self._projects.report_failure(outcome, "No suggestion was answered"):
            return
        self._notifier.notify(str(outcome.value), Tone.DONE)
        workspace = self._workspace()
        if workspace is not None:
            workspace.text.canvas.setFocus()

"""Commands about documents as such: properties, flags and notes, removal, and several at once."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from app.core.errors import StetError
from app.core.progress import CancelToken, Progress
from app.core.remark import NO_REMARK, Remark
from app.core.wording import counted
from app.jobs.runner import JobOutcome
from app.session.session import Session
from app.ui.actions.registry import ActionScope
from app.ui.annotate.workspace import AnnotateWorkspace
from app.ui.widgets.notifier import Notifier, Tone
from app.ui.window.projects import Projects
from app.ui.window.team import Team

if TYPE_CHECKING:
    from app.core.annotation import Status
    from app.services.documents.desk import StatusSet
    from app.ui.dialogs.document_properties import NewDescription
    from app.ui.dialogs.document_questions import NewMetadata


class DocumentDesk(QObject):
    """Opens the dialogs about documents: those selected in the list if they are several, else the open one."""

    def __init__(
        self,
        window: QWidget,
        projects: Projects,
        team: Team,
        actions: ActionScope,
        notifier: Notifier,
        workspace: Callable[[], AnnotateWorkspace | None],
    ) -> None:
        super().__init__(window)
        self._window = window
        self._projects = projects
        self._team = team
        self._notifier = notifier
        self._workspace = workspace
        self._about: list[str] = []  # documents (uids) that the open dialog is about
        self._remark: Remark | None = None
        for action, handler in (
            ("document.flag", self.flag),
            ("document.note", self.note),
            ("document.answer", self.answer_flags),
            ("document.properties", self.show_properties),
            ("document.rename", self.rename),
            ("document.remove", self.ask_remove),
            ("document.status", self.ask_status),
            ("document.describe", self.ask_metadata),
            ("document.assign", self.assign),
            ("document.export", self.export),
        ):
            actions.bind(action, handler)

    # -- which documents -----------------------------------------------------------------------------------------------

    def _documents(self) -> tuple[Session, list[str], str] | None:
        """Return the session, the documents (uids) that a command is about, and what they are called; or None."""
        from app.services.documents.desk import title_in

        session, workspace = self._projects.session, self._workspace()
        if session is None or workspace is None:
            return None
        selected = workspace.documents.selected()
        here = [session.state.document.uid] if session.state is not None else []
        uids = selected if len(selected) > 1 else here
        if not uids:
            self._notifier.notify("No document is open. Open one from the list.", Tone.WARNING)
            return None
        return session, uids, title_in(session, uids)

    def _tell(self, error: StetError) -> None:
        self._notifier.complain(error)

    # -- flags and notes -----------------------------------------------------------------------------------------------

    def flag(self) -> None:
        """Ask why the documents are flagged, or take the flag away."""
        self._ask_remark(notes=False)

    def note(self) -> None:
        """Ask for the note on the documents."""
        self._ask_remark(notes=True)

    def _ask_remark(self, *, notes: bool) -> None:
        from app.services.documents.desk import remark_of
        from app.ui.dialogs.remark_dialog import RemarkDialog

        found = self._documents()
        if found is None:
            return
        session, self._about, what = found
        try:
            session.require_writable()
            present = remark_of(session, self._about[0]) if len(self._about) == 1 else NO_REMARK
        except StetError as error:
            self._tell(error)
            return
        self._remark = present
        dialog = RemarkDialog(what, present, self._window, notes=notes)
        dialog.answered.connect(self._on_remark)
        dialog.open()

    def _on_remark(self, remark: Remark) -> None:
        from app.services.documents.desk import remark as write

        session, before = self._projects.session, self._remark
        if session is None or before is None:
            return
        flags = None if remark.flag == before.flag else remark.is_flagged
        note = None if remark.note == before.note else remark.note
        try:
            write(session, self._about, flag=remark.flag, note=note, flags=flags)
        except StetError as error:
            self._tell(error)

    def answer_flags(self) -> None:
        """Take away everyone's flags."""
        from app.services.documents.desk import answer_flags

        found = self._documents()
        if found is None:
            return
        session, uids, what = found
        try:
            count = answer_flags(session, uids)
        except StetError as error:
            self._tell(error)
            return
        self._notifier.notify(
            f"Took away {counted(count, 'flag')} of {what}." if count else f"No one has flagged {what}.",
            Tone.DONE if count else Tone.INFO,
        )

    # -- properties ----------------------------------------------------------------------------------------------------

    def show_properties(self) -> None:
        """Show name, metadata and facts of the open document, to be edited."""
        self._show_properties(renames=False)

    def rename(self) -> None:
        """Ask for another name of the open document."""
        self._show_properties(renames=True)

    def _show_properties(self, *, renames: bool) -> None:
        from app.services.documents.facts import facts_of
        from app.ui.dialogs.document_properties import DocumentPropertiesDialog, PropertySheet

        session = self._projects.session
        state = session.state if session is not None else None
        if session is None or state is None:
            self._notifier.notify("No document is open. Open one from the list.", Tone.WARNING)
            return
        self._about = [state.document.uid]
        try:
            rows = facts_of(session, state.document.uid)
        except StetError as error:
            self._tell(error)
            return
        facts = PropertySheet(state.document.name, state.document.meta, rows, session.is_writable)
        dialog = DocumentPropertiesDialog(facts, self._window, renames=renames)
        dialog.answered.connect(self._on_described)
        dialog.open()

    def _on_described(self, answer: "NewDescription") -> None:
        from app.services.documents.desk import describe

        session = self._projects.session
        if session is None:
            return
        try:
            describe(session, self._about[0], name=answer.name, meta=answer.meta)
        except StetError as error:
            self._tell(error)

    # -- several -------------------------------------------------------------------------------------------------------

    def ask_remove(self) -> None:
        """Ask whether to remove the documents, with what work there is on them."""
        from app.services.documents.desk import work_on
        from app.ui.dialogs.document_questions import RemoveDocumentsDialog

        found = self._documents()
        if found is None:
            return
        session, self._about, what = found
        try:
            session.require_writable()
            work = work_on(session, self._about)
        except StetError as error:
            self._tell(error)
            return
        dialog = RemoveDocumentsDialog(what, work, self._window)
        dialog.answered.connect(self._on_remove)
        dialog.open()

    def _on_remove(self) -> None:
        from app.services.documents.desk import remove, title_in

        session = self._projects.session
        if session is None:
            return
        what = title_in(session, self._about)
        try:
            remove(session, self._about)
        except StetError as error:
            self._tell(error)
            return
        self._notifier.notify(f"Removed {what}. Ctrl+Z brings everything back.", Tone.DONE)

    def ask_status(self) -> None:
        """Ask which status the documents get."""
        from app.ui.dialogs.document_questions import StatusDialog

        found = self._documents()
        if found is None:
            return
        _, self._about, what = found
        dialog = StatusDialog(what, self._window)
        dialog.answered.connect(self._on_status)
        dialog.open()

    def _on_status(self, status: "Status") -> None:
        from app.services.documents.desk import set_status

        session = self._projects.session
        if session is None:
            return
        uids = self._about

        def work(report: Progress, token: CancelToken) -> object:
            def report_documents(done: int, total: int) -> None:
                report(done, total, "Documents")

            return set_status(session, uids, status, progress=report_documents, cancel=token)

        self._projects.run("status", "Setting the status", work, self._on_status_set)

    def _on_status_set(self, outcome: JobOutcome) -> None:
        if self._projects.report_failure(outcome, "No status was set"):
            return
        done: StatusSet = outcome.value
        words = f"Set {counted(done.documents, 'document')}."
        if done.refused:
            words += f" Rules are unmet in {counted(len(done.refused), 'other')}, such as “{done.refused[0]}”."
        self._notifier.notify(words, Tone.WARNING if done.refused else Tone.DONE)

    def ask_metadata(self) -> None:
        """Ask which value the documents get under a key of their metadata."""
        from app.ui.dialogs.document_questions import MetadataDialog

        found = self._documents()
        if found is None:
            return
        session, self._about, what = found
        try:
            session.require_writable()
            known = session.reader.documents.meta_keys()
        except StetError as error:
            self._tell(error)
            return
        dialog = MetadataDialog(what, known, self._window)
        dialog.answered.connect(self._on_metadata)
        dialog.open()

    def _on_metadata(self, answer: "NewMetadata") -> None:
        from app.services.documents.desk import describe_all

        session = self._projects.session
        if session is None:
            return
        try:
            count = describe_all(session, self._about, answer.applied)
        except StetError as error:
            self._tell(error)
            return
        self._notifier.notify(
            f"Changed the metadata of {counted(count, 'document')}.", Tone.DONE if count else Tone.INFO
        )

    def assign(self) -> None:
        """Ask who gets the documents."""
        found = self._documents()
        if found is not None:
            self._team.open_assignment(found[1])

    def export(self) -> None:
        """Ask how the documents are exported."""
        found = self._documents()
        if found is not None:
            self._projects.ask_export(documents=found[1])

"""An open project, the open document, and the way back."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from app.core.annotation import Status
from app.core.decision import GOLD
from app.core.document import Document
from app.core.edits import Edit, SetStatus
from app.core.errors import EditRejected
from app.core.names import annotator_key, clean_name
from app.core.record import DocumentRecord
from app.core.scheme import Scheme
from app.core.scheme_file import parse_scheme
from app.core.state import DocumentState
from app.core.validation import document_problems
from app.services.history.restated_undo import brought_up_edit, with_left_behind
from app.session.actions import Action, Compound, Work, decode, document_of, encode, own_document_of
from app.session.done_guard import DoneGuard
from app.session.events import Event, Listener, Listeners, Topic
from app.session.executor import Executor
from app.storage.backups import back_up
from app.storage.documents import Documents
from app.storage.edit_log import EditLog, LogRow
from app.storage.project import Project, warm_up
from app.storage.records import stream


class Session:
    """The one writer of an open project.

    `apply`, `undo` and `redo` write first and change memory after: if the file can't be written, memory is as before
    and the error says why. Not thread-safe: use it from one thread at a time.
    """

    def __init__(self, project: Project) -> None:
        self._project = project
        self._executor = Executor(project)
        self._log = self._executor.log
        self._listeners = Listeners()
        self._settling = DoneGuard()
        self._backed_up = self._log.next_sequence()
        self.annotator: str | None = None
        self.state: DocumentState | None = None
        self.scheme: Scheme = self._executor.scheme()

    @classmethod
    def open(cls, path: Path, *, annotator: str | None = None, write: bool = True) -> "Session":
        """Open a project; `write=False` only reads and needs no lock. Raises ProjectError."""
        project = Project(path, write=write)
        try:
            session = cls(project)
            session.become(annotator)
        except BaseException:
            project.close()
            raise
        return session

    @classmethod
    def create(cls, path: Path, *, scheme: str, scheme_path: str = "scheme", annotator: str | None = None) -> "Session":
        """Make a project with a scheme (TOML text). Raises SchemeError or ProjectError; then nothing is made."""
        parsed = parse_scheme(scheme, path=scheme_path)
        project = Project.create(path)
        try:
            executor = Executor(project)
            with project.atomic():
                executor.schemes.add(name=parsed.name, version=parsed.version, toml=scheme)
            session = cls(project)
            session.become(annotator)
        except BaseException:
            project.close()
            path.unlink(missing_ok=True)
            raise
        return session

    @staticmethod
    def warm_up() -> None:
        """Import what the first write needs; for a background thread, once the window is there."""
        warm_up()

    # -- who and where -------------------------------------------------------------------------------------------------

    @property
    def path(self) -> Path:
        """The project file."""
        return self._project.path

    @property
    def is_writable(self) -> bool:
        """Whether this process may write: one does at a time."""
        return self._project.is_writable

    @property
    def documents(self) -> Documents:
        """The documents, for reading."""
        return self._executor.documents

    @property
    def project(self) -> Project:
        """The open file, for the rooms that stream from it."""
        return self._project

    @property
    def executor(self) -> Executor:
        """The writing hand, for bulk work inside `project.atomic()`."""
        return self._executor

    @property
    def log(self) -> EditLog:
        """The actions so far."""
        return self._log

    def listen(self, listener: Listener) -> Callable[[], None]:
        """Tell the listener of every change; return the function that ends it."""
        return self._listeners.add(listener)

    def publish(self, *facts: Event) -> None:
        """Tell the listeners."""
        self._listeners.publish(*facts)

    def become(self, annotator: str | None) -> None:
        """Work as this annotator from now on; the open document shows their marks."""
        if annotator is not None:
            if annotator_key(annotator) == GOLD:
                raise EditRejected(f"“{annotator}” isn't a valid annotator name", hint="it is reserved for gold marks")
            known = self._executor.annotations.find_annotator(annotator)
            names = {key: name for key, name, _ in self._executor.annotations.annotators()}
            annotator = names[known] if known is not None else clean_name(annotator)
        self.annotator = annotator
        if self.state is not None:
            self.open_document(self.state.document.uid)
        self.publish(Event(Topic.ANNOTATOR))

    def annotators(self) -> list[tuple[int, str, str]]:
        """Return key, name and kind of everyone who ever worked in the project."""
        return self._executor.annotations.annotators()

    def annotator_key(self) -> int | None:
        """Return the present annotator's row number, None before their first mark."""
        return self._executor.annotations.find_annotator(self.annotator) if self.annotator else None

    def document(self, uid: str) -> Document:
        """Return a document. Raises EditRejected if there is none."""
        return self._executor.document(uid)

    def open_document(self, uid: str) -> DocumentState:
        """Make a document the one that edits go to, and return its state."""
        self.state = self._executor.load(uid, self.annotator or "")
        self.publish(Event(Topic.OPENED, uid))
        return self.state

    def close_document(self) -> None:
        """Have no document open."""
        self.state = None
        self.publish(Event(Topic.OPENED))

    # -- doing, undoing ------------------------------------------------------------------------------------------------

    def apply(self, edit: Edit, *, title: str, besides: Action | None = None) -> None:
        """Do an edit of the open document: written with its log row in one transaction, then shown.

        A finished document that the edit leaves with open rules becomes open again in the same step. `besides` is done
        in that step too, after the edit. Raises EditRejected or ProjectError; memory and file are then as before.
        """
        state = self._require_state()
        settled = self._settling.settled(state, edit, scheme=self.scheme)
        work = Work(state.document.uid, state.annotator, settled)
        self.perform(work if besides is None else Compound((work, besides)), title=title)
        if state.status.is_finished:
            self._settling.remember(self.state, scheme=self.scheme)

    def perform(self, edit: Action, *, title: str) -> None:
        """Do any action, as one undoable step."""
        self._do(edit, kind="do", title=title, undoes=None)

    def set_status(self, status: Status) -> None:
        """Say how far the open document is. Raises EditRejected, with the first reason, if “done” isn't true yet."""
        state = self._require_state()
        if status.is_finished:
            problems = document_problems(state, scheme=self.scheme)
            if problems:
                first = problems[0]
                quote = state.annotations[first.annotation].quote[:60]
                more = f" and {len(problems) - 1} more" if len(problems) > 1 else ""
                hint = "" if first.short.startswith("needs ") else first.message  # which would say the same again
                raise EditRejected(f"not done yet: “{quote}” {first.short}{more}", hint=hint)
            status = Status.DONE if state.annotations else Status.DONE_EMPTY
        if status is not state.status:
            self.perform(
                Work(state.document.uid, state.annotator, SetStatus(status)),
                title=f"Set {state.document.title} to {_STATUS_NAMES[status]}",
            )
            self._settling.remember(self.state, scheme=self.scheme)

    def undo(self, **how: Any) -> LogRow:  # noqa: ANN401  the options of steps.Answer
        """Take back the annotator's newest standing action, all of its parts. Raises EditRejected if there is none."""
        return self._answer("undo", how)

    def redo(self, **how: Any) -> LogRow:  # noqa: ANN401  the options of steps.Answer
        """Take back the newest undo. Raises EditRejected if there is none."""
        return self._answer("redo", how)

    def undo_title(self) -> str | None:
        """Return what undo would take back."""
        return row.title if (row := self.next_to("undo")) else None

    def redo_title(self) -> str | None:
        """Return what redo would bring back."""
        return row.title if (row := self.next_to("redo")) else None

    def next_to(self, kind: str) -> LogRow | None:
        """Return the action that undo or redo would answer; what was done under no name isn't a newcomer's to undo."""
        person = self.annotator_key()
        if self.annotator and person is None:
            return None
        return self._log.to_undo(person) if kind == "undo" else self._log.to_redo(person)

    def _answer(self, kind: str, how: dict[str, Any]) -> LogRow:
        row = self.next_to(kind)
        if row is None:
            raise EditRejected(f"nothing to {kind}")
        edit = decode(row.inverse)
        if isinstance(edit, Compound) and edit.step:
            from app.services.history.undo import UndoStep  # it speaks of sessions

            return UndoStep(self, kind, **how).run(row, edit)
        edit = brought_up_edit(self, edit, row.sequence)
        document = own_document_of(edit, self.annotator)
        if document is not None and (self.state is None or self.state.document.uid != document):
            self.open_document(document)  # the person should see what goes
        self._do(edit, kind=kind, title=row.title, undoes=row.sequence)
        return row

    def _do(self, edit: Action, *, kind: str, title: str, undoes: int | None) -> None:
        self.require_writable()
        scheme = self.scheme
        with self._project.atomic():
            done = self._executor.perform(edit, self.state, scheme, is_new=kind == "do")
            if kind != "do":
                edit, done = with_left_behind(self, edit, done)
            if any(fact.topic is Topic.SCHEME for fact in done.facts):
                scheme = self._executor.scheme()
            document = document_of(edit)
            self._log.append(
                kind=kind,
                title=title,
                edit=encode(edit),
                inverse=encode(done.inverse),
                annotator=self.log_annotator_key(),
                document=self.documents.key_of(document) if document else None,
                undoes=undoes,
            )
        self.scheme = scheme
        self.take(done.state, (*done.facts, Event(Topic.HISTORY)))

    def take(self, state: DocumentState | None, facts: Sequence[Event]) -> None:
        """Go on with the open document as what was written has left it, and tell of it."""
        self.state = state
        self.publish(*facts)
        if any(fact.topic is Topic.DOCUMENTS for fact in facts) and self._open_one_is_gone():
            self.close_document()

    def _open_one_is_gone(self) -> bool:
        """Whether the open document's import was undone."""
        return self.state is not None and self.documents.key_of(self.state.document.uid) is None

    def log_annotator_key(self) -> int | None:
        """Return the row number that log rows carry, adding the annotator if this is their first action."""
        return self._executor.annotations.ensure_annotator(self.annotator) if self.annotator else None

    def _require_state(self) -> DocumentState:
        if self.state is None:
            raise EditRejected("no document is open", hint="open one from the list")
        if not self.annotator:
            raise EditRejected("no annotator is set", hint="set your name first")
        return self.state

    def require_writable(self) -> None:
        """Raise EditRejected if the project was opened only for reading."""
        if not self.is_writable:
            raise EditRejected("the project is open read-only", hint=self._project.how_to_write)

    # -- around --------------------------------------------------------------------------------------------------------

    def remember_place(self, *, position: int, seconds: float) -> None:
        """Keep where the annotator is in the open document (code points), and add time spent. No undoable action."""
        state = self.state
        if state is None or not self.annotator or not self.is_writable:
            return
        key = self.documents.key_of(state.document.uid)
        if key is None:
            return
        with self._project.atomic():
            person = self._executor.annotations.ensure_annotator(self.annotator)
            set_key = self._executor.annotations.ensure_set(key, person, scheme=self.scheme.tag)
            self._executor.annotations.remember(set_key, position=position, seconds=seconds)

    def place(self) -> int:
        """Return where the annotator was in the open document, in code points."""
        if self.state is None:
            return 0
        key = self.documents.key_of(self.state.document.uid)
        person = self.annotator_key()
        found = self._executor.annotations.set_of(key, person) if key is not None and person is not None else None
        return min(found.position, self.state.document.length) if found else 0

    def status_counts(self) -> dict[str, int]:
        """Return how many documents the present annotator has in each status, beside those never opened."""
        person = self.annotator_key()
        return self._executor.annotations.status_counts(person) if person is not None else {}

    def records(self, *, with_text: bool = True, with_decisions: bool = True) -> Iterator[DocumentRecord]:
        """Yield every document with everyone's work."""
        return stream(self._project, with_text=with_text, with_decisions=with_decisions)

    def back_up(self, out: Path | None = None, *, reason: str = "") -> Path:
        """Make a checked copy of the project; see `storage.backups.back_up`."""
        path = back_up(self.path, out, reason=reason)
        self._backed_up = self._log.next_sequence()
        return path

    def close(self, *, backup: bool = False) -> None:
        """Let go of the project; with `backup`, copy it first if anything happened since the last copy."""
        try:
            if backup and self.is_writable and self._log.next_sequence() != self._backed_up:
                self.back_up()
        finally:
            self._project.close()


_STATUS_NAMES = {
    Status.OPEN: "open",
    Status.DONE: "done",
    Status.DONE_EMPTY: "done, nothing to mark",
    Status.SKIPPED: "skipped",
}

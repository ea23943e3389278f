"""An open project and the open document: the one writer, and the one who tells what changed."""

from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from pathlib import Path

from app.core.annotation import Status
from app.core.decision import GOLD
from app.core.document import Document
from app.core.edits import Edit, SetStatus
from app.core.errors import EditRejected
from app.core.names import annotator_key, clean_name
from app.core.record import DocumentRecord, LogRow
from app.core.scheme import Scheme
from app.core.scheme_file import parse_scheme
from app.core.state import DocumentState
from app.core.validation import document_problems
from app.core.wording import STATUS_WORDS
from app.session.actions import Action, Compound, SetEdit
from app.session.events import Event, Listener, Listeners, Topic
from app.session.executor import Executor
from app.session.reader import SessionReader
from app.session.transaction import Transaction
from app.storage.access import tidy
from app.storage.backups import back_up
from app.storage.document_queries import DocumentQueries
from app.storage.edit_log import EditLog
from app.storage.lock import is_being_written
from app.storage.preflight import risky_place
from app.storage.project import Project, warm_up


class _RollBack(Exception):
    """Ends a dry run."""


class Session:
    """The one writer of an open project.

    `apply`, `undo` and `redo` write first and change memory after: if the file can't be written, memory is as before
    and the error says why. Not thread-safe: use it from one thread at a time.
    """

    def __init__(self, project: Project) -> None:
        self._project = project
        self._executor = Executor(project)
        self._log = self._executor.log
        self._reader = SessionReader(project, self._executor)
        self._listeners = Listeners()
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

    @staticmethod
    def tidy(path: Path) -> None:
        """Delete the empty log that readers leave beside a project file, if no one has the file open."""
        tidy(path)

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
    def is_written_elsewhere(self) -> bool:
        """Whether another process is writing to the project at this moment."""
        return not self.is_writable and is_being_written(self.path)

    @property
    def location_risk(self) -> str | None:
        """Why the folder is no good place for a live project file, None if nothing speaks against it."""
        return risky_place(self.path)

    @property
    def reader(self) -> SessionReader:
        """Everything that may be read of the project."""
        return self._reader

    @property
    def documents(self) -> DocumentQueries:
        """The documents, for reading."""
        return self._executor.documents

    @property
    def project(self) -> Project:
        """The open file, for services that stream from it."""
        return self._project

    @property
    def executor(self) -> Executor:
        """What writes rows, for services inside a transaction."""
        return self._executor

    @property
    def log(self) -> EditLog:
        """The actions so far."""
        return self._log

    def listen(self, listener: Listener) -> Callable[[], None]:
        """Tell the listener of every change; return the function that ends it."""
        return self._listeners.add(listener)

    def publish(self, *events: Event) -> None:
        """Tell the listeners."""
        self._listeners.publish(*events)

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
        """Apply an edit to the open document: written with its log row in one transaction, then shown.

        A finished document that the edit leaves with unmet rules becomes open again in the same step. `besides` is done
        in that step too, after the edit. Raises EditRejected or ProjectError; memory and file are then as before.
        """
        state = self._require_state()
        action = SetEdit(state.document.uid, state.annotator, edit)
        with self.transaction(title) as step:
            step.perform_one(action if besides is None else Compound((action, besides)), keeps_done=True)

    def perform(self, action: Action, *, title: str) -> None:
        """Do any action, as one undoable step. Raises EditRejected or ProjectError; nothing changed then."""
        with self.transaction(title) as step:
            step.perform_one(action)

    @contextmanager
    def transaction(
        self,
        title: str,
        *,
        backup: str = "",
        dry_run: bool = False,
        are_new: bool = False,
        most: int | None = None,
    ) -> Generator[Transaction]:
        """The ceremony of every step: all that the block writes is committed, logged as one undoable step and told, or
        nothing is.

        `backup` makes a backup with this reason before, where there is anything to lose. A dry run does everything and
        rolls it back. `are_new` and `most` as in `Transaction`. Raises EditRejected and ProjectError.
        """
        self.require_writable()
        if backup and not dry_run and self.documents.count():
            self.back_up(reason=backup)
        step = Transaction(
            self._executor,
            title=title,
            scheme=self.scheme,
            state=self.state,
            annotator=self._log_annotator_key,
            are_new=are_new,
            most=most,
        )
        try:
            with self._project.atomic():
                yield step
                step.finish()
                # A scheme that can't be read must keep the step from being committed.
                changes_scheme = any(event.topic is Topic.SCHEME for event in step.events)
                scheme = self._executor.scheme() if changes_scheme else self.scheme
                if dry_run:
                    raise _RollBack
        except _RollBack:
            step.sequence = None
            self._executor.forget()
            return
        except BaseException:
            if not step.is_single:
                self._executor.forget()
            raise
        if step.sequence is not None:
            self.scheme = scheme
            self._settle(step)

    @contextmanager
    def unlogged(self) -> Generator[Executor]:
        """Write what is no action of anyone, such as what was handed out: all of the block or nothing.

        Raises EditRejected and ProjectError.
        """
        self.require_writable()
        with self._project.atomic():
            yield self._executor

    def _settle(self, step: Transaction) -> None:
        """Go on with the open document as a step has left it, and tell of it."""
        self.state = step.state
        self.publish(*step.events, Event(Topic.HISTORY))
        if any(event.topic is Topic.DOCUMENTS for event in step.events) and self._open_document_is_gone():
            self.close_document()

    def _open_document_is_gone(self) -> bool:
        """Whether the open document's import was undone."""
        return self.state is not None and self.documents.key_of(self.state.document.uid) is None

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
                SetEdit(state.document.uid, state.annotator, SetStatus(status)),
                title=f"Set {state.document.title} to {STATUS_WORDS[status]}",
            )
            self._executor.remember_sound(self.state, self.scheme)

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

    def _log_annotator_key(self) -> int | None:
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
        return self._reader.records(with_text=with_text, with_decisions=with_decisions)

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

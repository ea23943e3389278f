"""An open project and its open document: the single writer and the publisher of changes."""

from collections.abc import Callable, Generator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from app.core.annotation import Status
from app.core.decision import GOLD
from app.core.edits import Edit, SetStatus
from app.core.errors import DamagedRow, EditRejected, NotWritable, ProjectError
from app.core.known_problems import KnownProblems
from app.core.names import annotator_key, clean_name
from app.core.progress import Progress, no_progress
from app.core.record import LogRow
from app.core.scheme import Scheme
from app.core.scheme_file import parse_scheme
from app.core.state import DocumentState
from app.core.validation import not_done
from app.core.wording import STATUS_WORDS
from app.session.actions import Action, Compound, SetEdit
from app.session.copies import ProjectCopies
from app.session.events import Event, Listener, Listeners, Topic
from app.session.executor import Executor
from app.session.file_trouble import FileTrouble
from app.session.kept_work import KeptWork
from app.session.reader import SessionReader
from app.session.transaction import Transaction
from app.storage.access import tidy
from app.storage.edit_log import EditLog
from app.storage.file_place import risky_place
from app.storage.lock import is_being_written
from app.storage.private_copy import PrivateCopy
from app.storage.project import Project, warm_up
from app.storage.stand_in import stand_ins


class _RollBack(Exception):
    """Ends a dry run by rolling back its transaction."""


def _nobody() -> None:
    """Stand in for an annotator's row number."""


class Session:
    """The single writer of an open project.

    The file is written first and memory changed after: if the write fails, memory is as before and the error says why.
    Its state is the window's; jobs write too, one thread at a time (`Project.turn`), while no document can be changed.
    """

    def __init__(self, project: Project) -> None:
        self._project = project
        self._executor = Executor(project)
        self._log = self._executor.log
        self._reader = SessionReader(project, self._executor)
        self._listeners = Listeners()
        self.copies = ProjectCopies(project, self._log, self._executor.documents)
        self.kept = KeptWork(self)
        self.trouble = FileTrouble(project)
        self.annotator: str | None = None
        self.state: DocumentState | None = None
        self.scheme: Scheme = self._executor.scheme()
        self.known_problems = KnownProblems()

    @classmethod
    def open(
        cls, path: Path, *, annotator: str | None = None, write: bool = True, is_rehearsal: bool = False
    ) -> "Session":
        """Open a project; with `write=False` it is read-only and needs no lock, and shows what is kept in this process.
        A rehearsal writes a private copy.

        The file is checked as a whole by `check_file`, or before the first write. Raises ProjectError, and EditRejected
        for an annotator's name that isn't valid.
        """
        project = PrivateCopy.rehearsal(path) if is_rehearsal else _project_at(path, write=write)
        try:
            session = cls(project)
            session.become(annotator)
        except BaseException as error:
            if isinstance(error, DamagedRow):
                project.place_damage(error)
            project.close()
            raise
        return session

    @classmethod
    def create(
        cls,
        path: Path,
        *,
        scheme: str,
        scheme_path: str = "scheme",
        annotator: str | None = None,
        fill: Callable[["Session"], None] = lambda made: None,
    ) -> "Session":
        """Create a project with a scheme (TOML text); `fill` writes what else is to be in it from the beginning.

        The file appears with all of it, or not at all. Raises SchemeError or ProjectError, and whatever `fill` raises.
        """
        parsed = parse_scheme(scheme, path=scheme_path)

        def begin(made: Project) -> None:
            Executor(made).schemes.add(name=parsed.name, version=parsed.version, toml=scheme)
            fill(cls(made))

        project = Project.create(path, begin)
        try:
            session = cls(project)
            session.become(annotator)
        except BaseException:
            project.close()
            path.unlink(missing_ok=True)
            raise
        return session

    @staticmethod
    def warm_up() -> None:
        """Import the modules that the first write needs; call it from a background thread once the window is shown."""
        warm_up()

    @staticmethod
    def tidy(path: Path) -> None:
        """Delete the empty write-ahead log that readers leave beside a project file, if no process has it open."""
        tidy(path)

    # -- who and where -------------------------------------------------------------------------------------------------

    @property
    def path(self) -> Path:
        """The project file."""
        return self._project.path

    def is_of(self, path: Path) -> bool:
        """Whether a path leads to the project file; to none if that was moved or deleted."""
        try:
            return path.samefile(self.path)
        except OSError:
            return False

    @property
    def size(self) -> int:
        """Size of the file in bytes; 0 if it isn't there any more."""
        try:
            return self.path.stat().st_size
        except OSError:
            return 0

    @property
    def is_writable(self) -> bool:
        """Whether this process may write; only one process can at a time."""
        return self._project.is_writable

    @property
    def is_written_elsewhere(self) -> bool:
        """Whether another process is writing to the project at this moment."""
        return not self.is_writable and is_being_written(self.path)

    @property
    def location_risk(self) -> str | None:
        """Why the folder is a risky location for an open project file; None if it isn't."""
        return risky_place(self.path)

    def place_damage(self, damage: DamagedRow) -> None:
        """Name the file and its newest good backup in the error of a damaged row, unless it names a file."""
        if damage.path is None:
            self._project.place_damage(damage)

    @property
    def is_check_due(self) -> bool:
        """Whether the project hasn't been checked for damage as a whole yet."""
        return self._project.is_check_due

    def check_file(self, *, again: bool = True) -> None:
        """Check all for damage, texts too, in any thread; if not `again`, once. Raises ProjectError and Cancelled."""
        self._project.require_whole()
        self._project.require_content(again=again)

    @property
    def reader(self) -> SessionReader:
        """The read-only view of the project."""
        return self._reader

    @property
    def project(self) -> Project:
        """The open project file, for services that stream from it."""
        return self._project

    @property
    def executor(self) -> Executor:
        """The executor of actions, for services inside a transaction."""
        return self._executor

    @property
    def log(self) -> EditLog:
        """The log of actions."""
        return self._log

    def listen(self, listener: Listener) -> Callable[[], None]:
        """Call the listener for every event from now on; return the function that removes it."""
        return self._listeners.add(listener)

    def publish(self, *events: Event) -> None:
        """Call every listener with the events."""
        self._listeners.publish(*events)

    def become(self, annotator: str | None) -> None:
        """Switch to an annotator; the open document is loaded again with their annotations.

        Raises EditRejected for a name that is reserved or isn't valid.
        """
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

    def annotator_key(self) -> int | None:
        """Return the current annotator's row number; None if they have no row yet."""
        return self._executor.annotations.find_annotator(self.annotator) if self.annotator else None

    def open_document(self, uid: str) -> DocumentState:
        """Open a document (uid) for editing and return its state. One that can't be written is read all the same.

        Raises EditRejected if it isn't in the project, and ProjectError if the file can't be read, or was changed by
        another program.
        """
        try:
            self.trouble.check()
        except ProjectError as error:
            if not self._project.is_apart and not isinstance(error, NotWritable):
                raise
        self.state = self._executor.load(uid, self.annotator or "")
        self.publish(Event(Topic.OPENED, uid))
        return self.state

    def close_document(self) -> None:
        """Close the open document, if there is one."""
        self.state = None
        self.publish(Event(Topic.OPENED))

    # -- doing, undoing ------------------------------------------------------------------------------------------------

    def apply(self, edit: Edit, *, title: str, besides: Action | None = None) -> None:
        """Apply an edit to the open document: write it with its log row in one transaction, then publish it.

        A finished document that the edit leaves with unmet rules becomes open again in the same step. `besides` is
        carried out in that step too, after the edit. Raises EditRejected or ProjectError; then nothing was changed.
        """
        state = self._require_state()
        action = SetEdit(state.document.uid, state.annotator, edit)
        self._perform(action if besides is None else Compound((action, besides)), title, keeps_done=True)

    def perform(self, action: Action, *, title: str) -> None:
        """Carry out an action as one undoable step. Raises EditRejected or ProjectError; then nothing was changed."""
        self._perform(action, title)

    def _perform(self, action: Action, title: str, *, keeps_done: bool = False) -> None:
        def write() -> None:
            with self.transaction(title) as step:
                step.perform_one(action, keeps_done=keeps_done)

        self.kept.written(write)

    @contextmanager
    def transaction(
        self,
        title: str,
        *,
        backup: str | None = "",
        dry_run: bool = False,
        are_new: bool = False,
        most: int | None = None,
        is_own: bool = True,
        is_small: bool = False,
    ) -> Generator[Transaction]:
        """Commit all that the block writes, log it as one undoable step and publish it; or roll all of it back.

        Whatever writes to several documents, or to the project as a whole, makes a backup first: with `backup`, of that
        reason, at once, and without it as soon as a second document is about to be written. A project without documents
        needs none, and None makes none. A dry run does everything and rolls it back. `are_new`, `most` and `is_small`
        as in `Transaction`. Without `is_own` nobody undoes it as their last step. Raises EditRejected and ProjectError.
        """
        self.require_writable()
        self.kept.try_to_save()
        backup = None if dry_run else backup
        with self._project.turn.taken():
            if backup:
                self.kept.before_many(backup, is_small)
            step = Transaction(
                self._executor,
                title=title,
                scheme=self.scheme,
                state=self.state,
                who=self.annotator if is_own else None,
                annotator=self._log_annotator_key if is_own else _nobody,
                before_many=partial(self.kept.before_many, "" if backup is None else "changes"),
                are_new=are_new,
                most=most,
                is_small=is_small,
            )
            try:
                with self.writing():
                    yield step
                    step.finish()
                    if self._project.is_apart and not dry_run:
                        self.kept.require_kept_whole(step)
                    # Read the scheme before the commit: one that can't be parsed must not get into the project.
                    changes_scheme = any(event.topic is Topic.SCHEME for event in step.events)
                    scheme = self._executor.scheme() if changes_scheme else self.scheme
                    if dry_run:
                        raise _RollBack
            except _RollBack:
                step.sequence = None
                self._executor.forget()
                return
            except BaseException:
                self._executor.forget(texts=not step.is_single)
                raise
            self._executor.settle_gold(is_all=step.is_all_by_actions)
            if step.sequence is not None:
                self.scheme = scheme
                self.kept.take(step, backup)
                self._adopt(step)
                self.kept.tell()

    @contextmanager
    def unlogged(self, *, are_derived: bool = False) -> Generator[Executor]:
        """Commit all that the block writes, or nothing, without a log row: for what isn't an undoable action, such as
        the record of an exported bundle. Raises EditRejected, also while work is kept, unless the rows `are_derived`
        from others, and ProjectError.
        """
        self.require_writable()
        if self._project.is_apart and not are_derived:
            raise self.kept.refusal()
        with self.writing():
            yield self._executor

    def note(self, write: Callable[[Executor], None]) -> None:
        """Commit what `write` writes, without a log row; it is kept with other work. Raises ProjectError."""
        self.require_writable()
        with self.writing():
            write(self._executor)
        if self._project.is_apart:
            self.kept.note(write)

    @contextmanager
    def writing(self) -> Generator[None]:
        """Commit all that the block writes, or nothing; what keeps the file from being written is noted as trouble."""
        with self._project.turn.taken():  # not to have it is no trouble with the file
            if self._project.is_apart:
                with self._project.atomic():
                    yield
                return
            self.copies.require_first()
            try:
                with self._project.atomic():
                    yield
            except ProjectError as error:
                self.trouble.note(error)
                raise
            self.trouble.note(None)

    def _adopt(self, step: Transaction) -> None:
        """Take over the open document's state from a committed step, and publish its events."""
        self.state = step.state
        self.publish(*step.events, Event(Topic.HISTORY))
        if self.state is not None and any(event.topic is Topic.TEXT for event in step.events):
            self.publish(Event(Topic.OPENED, self.state.document.uid))
        if any(event.topic is Topic.DOCUMENTS for event in step.events) and self._open_document_is_gone():
            self.close_document()

    def _open_document_is_gone(self) -> bool:
        """Whether the open document's import was undone."""
        return self.state is not None and self._executor.documents.key_of(self.state.document.uid) is None

    def set_status(self, status: Status) -> None:
        """Set the status of the open document. A finished one becomes `done_empty` if it has no annotations.

        Raises EditRejected, with the first unmet rule, if it can't be finished yet, and ProjectError.
        """
        state = self._require_state()
        if status.is_finished:
            unmet = self.known_problems.unmet(state, scheme=self.scheme)
            if unmet is not None:
                raise not_done(*unmet, state, scheme=self.scheme)
            status = Status.DONE if state.annotations else Status.DONE_EMPTY
        if status is not state.status:
            self.perform(
                SetEdit(state.document.uid, state.annotator, SetStatus(status)),
                title=f"Set {state.document.title} to {STATUS_WORDS[status]}",
            )
            self._executor.remember_valid(self.state, self.scheme)

    def undo_title(self) -> str | None:
        """Return the title of the action that undo would undo; None if there is none."""
        return row.title if (row := self.next_target("undo")) else None

    def redo_title(self) -> str | None:
        """Return the title of the action that redo would redo; None if there is none."""
        return row.title if (row := self.next_target("redo")) else None

    def next_target(self, kind: str) -> LogRow | None:
        """Return the log row that `kind` (“undo” or “redo”) would apply to; None if there is none.

        An annotator who has no row yet gets none: actions made without a name aren't theirs to undo.
        """
        person = self.annotator_key()
        if self.annotator and person is None:
            return None
        return self._log.to_undo(person) if kind == "undo" else self._log.to_redo(person)

    def _log_annotator_key(self) -> int | None:
        """Return the annotator's row number for the log, adding a row if this is their first action."""
        return self._executor.annotations.ensure_annotator(self.annotator) if self.annotator else None

    def _require_state(self) -> DocumentState:
        if self.state is None:
            raise EditRejected("no document is open", hint="open one from the list")
        if not self.annotator:
            raise EditRejected("no annotator is set", hint="set your name first")
        return self.state

    def tell_waits(self, listener: Callable[[str], None] | None) -> None:
        """Call the listener several times a second while a write waits, with what for; None for no one."""
        self._project.on_wait = listener

    def require_writable(self) -> None:
        """Raise EditRejected if the project is open read-only."""
        if not self.is_writable:
            raise EditRejected("the project is open read-only", hint=self._project.how_to_write)

    # -- around --------------------------------------------------------------------------------------------------------

    def remember_place(self, *, position: int, seconds: float) -> None:
        """Store the annotator's position in the open document (code points) and add time spent (seconds).

        Not undoable; without an open document, an annotator or the right to write it does nothing.
        """
        state = self.state
        if state is None or not self.annotator or not self.is_writable:
            return
        key = self._executor.documents.key_of(state.document.uid)
        if key is None:
            return
        who, tag = self.annotator, self.scheme.tag

        def remember(executor: Executor) -> None:
            person = executor.annotations.ensure_annotator(who)
            set_key = executor.annotations.ensure_set(key, person, scheme=tag)
            executor.annotations.remember(set_key, position=position, seconds=seconds)

        self.note(remember)

    def place(self) -> int:
        """Return the annotator's stored position in the open document, in code points."""
        if self.state is None:
            return 0
        key = self._executor.documents.key_of(self.state.document.uid)
        person = self.annotator_key()
        found = self._executor.annotations.set_of(key, person) if key is not None and person is not None else None
        return min(found.position, self.state.document.length) if found else 0

    def back_up(self, out: Path | None = None, *, reason: str = "") -> Path:
        """Make a fully checked copy of the project and return its path; see `ProjectCopies.back_up`."""
        return self.copies.back_up(out, reason=reason)

    def close(self, *, backup: bool = False) -> None:
        """Close the project; with `backup`, back it up if anything was logged since the last backup."""
        if backup:
            copy = self.close_before_copy()
            if copy is not None:
                copy(no_progress)
        self.copies.forgo_first()
        self.copies.await_first()
        self._project.close()

    def close_before_copy(self) -> Callable[[Progress], Path] | None:
        """Close the project; return what makes the backup that is due, in any thread, or None if none is.

        Raises ProjectError if one is due that can't be made, because another program has changed the file.
        """
        self.copies.forgo_first()
        try:
            return self.copies.closing_copy()
        finally:
            self._project.close()


def _project_at(path: Path, *, write: bool) -> Project:
    shown = None if write else stand_ins.get(path)
    return PrivateCopy(path, shown) if shown is not None else Project(path, write=write)

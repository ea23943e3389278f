"""Actions that couldn't be written: done in a private copy of the project, until the file can be written again."""

import time
from collections.abc import Callable
from contextlib import AbstractContextManager, closing
from functools import partial
from typing import NamedTuple, Protocol, TypeVar

from app.core.errors import EditRejected, NotWritable, ProjectError, StetError
from app.core.progress import current_token
from app.core.scheme import Scheme
from app.core.state import DocumentState
from app.session.actions import decode
from app.session.copies import ProjectCopies
from app.session.events import Event, Topic
from app.session.executor import Executor
from app.session.file_trouble import FileTrouble
from app.session.recent_work import RecentRow
from app.session.transaction import Transaction
from app.storage.backups import BackupFailed
from app.storage.connection import Connection, connect
from app.storage.errors import StorageFault
from app.storage.file_watch import ProjectChanged
from app.storage.lock import ProjectLocked
from app.storage.project import Project
from app.storage.soundness import is_sound
from app.storage.stand_in import writable_copy

_T = TypeVar("_T")
_QUICK_S = 0.5  # an attempt that takes longer, as where another program has the file, isn't made at every key
_REST_S = 30.0
_WHAT_TO_DO = "free some space or put the file right, and try again; or save a copy elsewhere, and go on in that"
_EVERYTHING = (
    *(Topic.SCHEME, Topic.DOCUMENTS, Topic.REFERENCES, Topic.DECISIONS, Topic.RELEASES, Topic.ASSIGNMENTS),
    *(Topic.SUGGESTIONS, Topic.VIEWS, Topic.PATTERNS, Topic.HISTORY),
)


class WorkKeeper(Protocol):
    """What a session is for its kept work."""

    copies: ProjectCopies
    state: DocumentState | None
    scheme: Scheme
    trouble: FileTrouble

    @property
    def project(self) -> Project:
        """The open project file."""
        ...

    @property
    def executor(self) -> Executor:
        """The executor of actions."""
        ...

    def publish(self, *events: Event) -> None:
        """Call every listener with the events."""
        ...

    def writing(self) -> AbstractContextManager[None]:
        """Commit all that the block writes, or nothing."""
        ...


class _HasToWait(EditRejected):
    """Something isn't kept, and so isn't done before what is kept can be saved."""


class _KeptStep(NamedTuple):
    """A step of the copy that isn't in the file: its rows of the log, and the reason of the backup before it."""

    rows: tuple[RecentRow, ...]
    backup: str | None


class KeptWork:
    """What was done in a window and isn't in the file, since that can't be written for a reason that may pass.

    From the first such step on, a private copy of the project stands in for the file: everything reads and writes it,
    so undo, suggestions, decisions and edits of texts work as ever. Each step's rows of the log are kept, and written
    again, in order, as soon as the file takes them. A session keeps work only if `is_on`: a window does, which shows
    that it isn't saved. Changes of many documents at once are refused meanwhile, as a whole.
    """

    def __init__(self, session: WorkKeeper) -> None:
        self.is_on = False
        self._session = session
        self._steps: list[_KeptStep] = []
        self._notes: list[Callable[[Executor], None]] = []
        self._is_saving = False
        self._rests_until = 0.0

    def __len__(self) -> int:
        """Return the number of steps."""
        return len(self._steps)

    @property
    def error(self) -> ProjectError | None:
        """What keeps the steps from being written, for people; None if there are none."""
        trouble = self._session.trouble.error
        if not self._steps or trouble is None:
            return None
        what = f"{trouble.what}; {self._last('is', 'are')} kept here, not saved yet"
        return ProjectError(what, hint=trouble.hint, path=trouble.path)

    def refusal(self) -> EditRejected:
        """Return why something isn't done before the kept steps are saved."""
        return _HasToWait(f"this has to wait: {self._last('is', 'are')} not saved yet", hint=_WHAT_TO_DO)

    def _last(self, one: str, several: str) -> str:
        return f"your last action {one}" if len(self) == 1 else f"your last {len(self):,} actions {several}"

    # -- keeping -------------------------------------------------------------------------------------------------------

    def written(self, write: Callable[[], _T]) -> _T:
        """Call what writes one step; if the file fails it for a reason that may pass, once more, in a private copy.

        Raises what `write` raises for another reason, or if there is no room for a copy; then nothing was changed.
        """
        project = self._session.project
        try:
            return write()
        except ProjectError as error:
            if not self.is_on or project.is_apart or project.connection.in_transaction or not _may_pass(error):
                raise
            if not self._begin():
                raise
            self._session.trouble.note(error)
            fault = error
        try:
            return write()
        except _HasToWait as wait:
            raise (wait if self._steps else fault) from fault
        finally:
            if not self._steps:
                self._end()

    def _begin(self) -> bool:
        """Have a copy stand in for the file; return whether one could be made."""
        session = self._session
        with session.project.turn.taken():
            try:
                copy = self._copy()
            except StorageFault:
                return False
            if copy is None:
                return False
            session.project.stand_in(copy)
            session.executor.forget()
        return True

    def _copy(self) -> Connection | None:
        """Return a copy of what is in the file; if that was overwritten, of its newest backup with what was done since.

        None if there is nothing to make it of.
        """
        session = self._session
        try:
            session.project.require_unchanged()
        except ProjectChanged as fault:
            if fault.is_overwritten:
                return self._rescued()
        except ProjectError:
            pass
        return writable_copy(session.project.connection)

    def _rescued(self) -> Connection | None:
        session = self._session
        base, rows = session.copies.newest, session.copies.recent.rows()
        if base is None or rows is None or not is_sound(base):
            return None
        with closing(connect(base, "mode=ro&immutable=1")) as backup:
            copy = writable_copy(backup)
        session.project.stand_in(copy)
        try:
            session.executor.forget()
            with session.project.atomic():
                do_again(session.executor, rows)
        except StetError:
            return None
        finally:
            session.project.stand_in(None)
        return copy

    def take(self, step: Transaction, backup: str | None) -> None:
        """Keep a step if it was written into a copy; before the file has it, a backup is made for the given reason."""
        if self._session.project.is_apart:
            self._steps.append(_KeptStep(tuple(step.rows), backup))
        else:
            self._session.copies.recent.add(step.rows, are_all=step.is_all_in_rows)

    def before_many(self, reason: str, is_small: bool) -> None:  # noqa: FBT001  as a Transaction calls it
        """Make a backup for a reason; or, while a copy stands in for the file, raise EditRejected unless the step
        `is_small`, whose backup is made when it is written into the file.
        """
        if not self._session.project.is_apart:
            self._session.copies.before_many(reason)
        elif not is_small:
            raise self.refusal()

    def tell(self) -> None:
        """Tell the listener of the trouble if a step was kept."""
        if self._session.project.is_apart:
            self._session.trouble.listener()

    def require_kept_whole(self, step: Transaction) -> None:
        """Raise EditRejected for a step of the copy whose rows of the log don't say all that it writes."""
        if step.sequence is not None and not step.is_all_in_rows:
            raise self.refusal()

    def note(self, write: Callable[[Executor], None]) -> None:
        """Keep what was written into the copy besides actions: it is called again for the file."""
        self._notes.append(write)

    # -- saving --------------------------------------------------------------------------------------------------------

    def try_to_save(self) -> None:
        """Write the steps if that works now; jobs leave that to the window."""
        if self._steps and current_token() is None and time.monotonic() >= self._rests_until:
            began = time.monotonic()
            try:
                self.save()
            except StetError:
                if time.monotonic() - began > _QUICK_S:
                    self._rests_until = time.monotonic() + _REST_S

    def save(self) -> None:
        """Write the steps into the file, each as the step that it was; those that can't be written stay kept.

        Raises ProjectError if one can't be.
        """
        session, project = self._session, self._session.project
        if not project.is_apart or self._is_saving:
            return
        session.trouble.check()
        with project.turn.taken():
            copy = project.connection
            self._is_saving = True
            project.stand_in(None)
            session.executor.forget()
            try:
                while self._steps:
                    self._write(self._steps[0])
                    del self._steps[0]
                self._write_notes()
            except BaseException:
                project.stand_in(copy)
                raise
            finally:
                self._is_saving = False
                session.executor.forget()
                session.trouble.listener()

    def _write(self, step: _KeptStep) -> None:
        session = self._session
        if step.backup:
            session.copies.before_many(step.backup)

        def before_many(_is_small: bool) -> None:  # noqa: FBT001  as a Transaction calls it
            session.copies.before_many("" if step.backup is None else "changes")

        with session.writing():
            rows = do_again(session.executor, step.rows, before_many)
        session.copies.recent.add(rows, are_all=True)

    def _write_notes(self) -> None:
        with self._session.writing():
            for write in self._notes:
                write(self._session.executor)
        self._notes.clear()

    def hand_over(self) -> None:
        """Let go of the steps, which are in a copy that work goes on in; this session is about to be closed."""
        self._steps.clear()
        self._notes.clear()

    def forget(self) -> None:
        """Give the steps up; what is in the file is shown again. Raises ProjectError if it can't be read."""
        session = self._session
        if not session.project.is_apart:
            return
        self.hand_over()
        self._end()
        shown, session.state = session.state, None
        session.trouble.listener()
        session.scheme = session.executor.scheme()
        if shown is not None and session.executor.documents.key_of(shown.document.uid) is not None:
            session.state = session.executor.load(shown.document.uid, shown.annotator)
        session.publish(
            *map(Event, _EVERYTHING), Event(Topic.OPENED, session.state.document.uid if session.state else "")
        )

    def _end(self) -> None:
        project = self._session.project
        with project.turn.taken():
            # The copy isn't closed here: a job may be reading it. It is gone with the last one that does.
            project.stand_in(None)
            self._session.executor.forget()


def do_again(
    executor: Executor,
    rows: "tuple[RecentRow, ...] | list[RecentRow]",
    before_many: Callable[[bool], None] | None = None,
) -> list[RecentRow]:
    """Write rows of the log once more, inside of a transaction, in a project that has everything before them.

    `before_many` as in Transaction. Return the rows as written. Raises StetError if the project isn't that.
    """
    written: list[RecentRow] = []
    for row in rows:
        if executor.log.next_sequence() != row.sequence:
            raise ProjectError("the copy isn't of this project", hint="choose another one", path=executor.project.path)
        step = Transaction(
            executor,
            title=row.title,
            scheme=executor.scheme(),
            state=None,
            who=row.annotator,
            annotator=partial(_annotator_key, executor, row.annotator),
            before_many=before_many or _nothing,
        )
        done = step.execute(decode(row.action), is_new=False)
        step.append(
            kind=row.kind,
            title=row.title,
            action=done.action,
            inverse=done.inverse,
            document=row.document,
            undoes=row.undoes,
            time=row.time,
        )
        written.extend(step.rows)
    return written


def _annotator_key(executor: Executor, name: str | None) -> int | None:
    return executor.annotations.ensure_annotator(name) if name else None


def _nothing(_is_small: bool) -> None:  # noqa: FBT001  as a Transaction calls it
    """Make no backup."""


def _may_pass(error: ProjectError) -> bool:
    if isinstance(error, StorageFault):
        return not error.is_damage
    return isinstance(error, ProjectChanged | ProjectLocked | NotWritable | BackupFailed)

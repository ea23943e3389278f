"""The live link of the open project with its hub: what is new is exchanged while one works."""

import threading
import time
from collections.abc import Callable
from datetime import datetime
from enum import Enum
from functools import partial
from typing import Any, NamedTuple

from PySide6.QtCore import QObject, QTimer, Signal

from app.core.errors import StetError
from app.core.progress import CancelToken, Progress
from app.core.wording import advice, counted
from app.hub.connection import HubConnection, HubPasswordWanted, HubRefused, HubUnreachable
from app.hub.hub_rows import HubRows
from app.hub.wake_up import listen
from app.jobs.runner import JobOutcome, JobRunner
from app.jobs.tasks import hub
from app.services.hub.hub_sync import HubExchange, Synced
from app.services.hub.membership import Membership, membership_of
from app.services.hub.steps import Ask, Steps
from app.session.events import Event, Topic
from app.session.session import Session

_SOON_MS = 400  # after a key press or a wake-up: several in a row are exchanged together
_LOOK_MS = 15_000  # without a wake-up, which a network or a pooler may swallow
_AGAIN_MS = (2_000, 5_000, 15_000, 60_000)  # after the server couldn't be reached once, twice ...
_BUSY_MS = 150
_AT_ONCE = 5  # documents that are merged between two frames


class LinkState(Enum):
    """How the link stands."""

    NONE = "none"  # the project belongs to no hub, or is open read-only
    CONNECTING = "connecting"  # for the first time since the project was opened, or went online
    LIVE = "live"
    OFFLINE = "offline"  # the server can't be reached
    PAUSED = "paused"  # by the person
    REFUSED = "refused"  # the server or the hub says no: it isn't tried again by itself


class LinkSign(NamedTuple):
    """What is shown of the link: a few words, and under the pointer why. `is_good` colours it."""

    state: LinkState
    text: str
    why: str
    is_good: bool
    wants_password: bool = False


class HubLink(QObject):
    """Exchanges the work of the open project with its hub, step by step.

    What asks the server runs in a thread; what reads and writes the project runs here, some documents at a time, and
    never while a job has the session.
    """

    changed = Signal(object)  # LinkSign
    exchanged = Signal(object)  # Synced
    _heard = Signal(object)  # the Membership that was listened for, from the thread

    def __init__(self, parent: QObject, is_taken: Callable[[], bool]) -> None:
        """`is_taken` says whether a job has the session."""
        super().__init__(parent)
        self._is_taken = is_taken
        self._session: Session | None = None
        self._membership: Membership | None = None
        self._state = LinkState.NONE
        self._why = ""
        self._wants_password = False
        self._since = ""
        self._failures = 0
        self._waiting = 0
        self._is_untouched = True  # nothing was done since the open document was opened
        self._rows: HubRows | None = None
        self._made: list[HubRows] = []  # by the thread, to be closed also if nobody waits for it any more
        self._steps: Steps[Synced] | None = None
        self._is_wanted = False
        self._stop_listening: Callable[[], None] = _nothing
        self._listener: threading.Thread | None = None
        self._leave: Callable[[], None] = _nothing
        self._runner = JobRunner(self)
        self._soon = self._timer("hub-soon", self._begin_exchange)
        self._retry = self._timer("hub-retry", self._begin_exchange)
        self._heard.connect(self._on_heard)

    def _timer(self, name: str, called: Callable[[], None]) -> QTimer:
        timer = QTimer(self)
        timer.setObjectName(name)
        timer.setSingleShot(True)
        timer.timeout.connect(called)
        return timer

    # -- beginning and ending ------------------------------------------------------------------------------------------

    def begin(self, session: Session) -> None:
        """Look after a project that was opened, if it belongs to a hub and can be written."""
        self.end()
        membership = membership_of(session) if session.is_writable else None
        if membership is None:
            self._set(LinkState.NONE)
            return
        self._session, self._membership = session, membership
        self._leave = session.listen(self._on_event)
        if membership.is_offline:
            self._set(LinkState.PAUSED)
        else:
            self._go_on()

    def end(self) -> None:
        """Stop, before the project is closed or its hub is left."""
        self._leave()
        self._leave = _nothing
        self._halt()
        self._session = self._membership = None
        self._failures = 0
        self._set(LinkState.NONE)

    def _halt(self) -> None:
        self._soon.stop()
        self._retry.stop()
        self._stop_listening()
        self._stop_listening = _nothing
        self._runner.shut_down()
        self._drop()
        if self._listener is not None:
            self._listener.join()
            self._listener = None

    def _go_on(self) -> None:
        self._listen()
        self._set(LinkState.CONNECTING)
        self._soon.start(0)

    @property
    def sign(self) -> LinkSign:
        """What is to be shown."""
        if self._state is LinkState.NONE:
            return LinkSign(self._state, "", "", is_good=True)
        waiting = f", {self._waiting:,} waiting" if self._waiting else ""
        if self._state is LinkState.CONNECTING:
            return LinkSign(self._state, f"connecting{waiting}", f"{self._place} is asked.", is_good=True)
        if self._state is LinkState.LIVE:
            why = f"Work is exchanged with {self._place} as it is done."
            return LinkSign(self._state, f"live{waiting}", why, is_good=True)
        if self._state is LinkState.PAUSED:
            why = "You work offline. Your work is exchanged when you go online again."
            return LinkSign(self._state, f"working offline{waiting}", why, is_good=False)
        words = "offline" if self._state is LinkState.OFFLINE else "not exchanged"
        shown = f"{words} since {self._since}{waiting}"
        return LinkSign(self._state, shown, self._why, is_good=False, wants_password=self._wants_password)

    @property
    def _place(self) -> str:
        return self._membership.place.place if self._membership is not None else ""

    def set_offline(self, is_offline: bool) -> None:
        """Exchange nothing from now on, or again. Raises StetError."""
        if self._session is None:
            return
        self._halt()
        hub.set_offline(self._session, is_offline)
        self._failures = 0
        if is_offline:
            self._set(LinkState.PAUSED)
        else:
            self._go_on()

    def exchange_now(self) -> None:
        """Exchange at once, also if the server refused or couldn't be reached before."""
        if self._membership is not None and self._state is not LinkState.PAUSED:
            self._failures = 0
            self._begin_exchange()

    # -- hearing of news -----------------------------------------------------------------------------------------------

    def _listen(self) -> None:
        membership = self._membership
        if membership is None:
            return
        over = threading.Event()
        token = CancelToken()
        heard = partial(self._heard.emit, membership)

        def run() -> None:
            token.take_charge()
            with token.waking(over.set):
                while not over.is_set():
                    try:
                        listen(membership.place, membership.uid, heard, over.is_set, only=membership.only)
                    except HubRefused:
                        return  # who was refused doesn't ask again and again: that looks like an attack
                    except StetError:
                        over.wait(5)  # the exchange itself tells why

        self._stop_listening = token.cancel
        self._listener = threading.Thread(target=run, name="stet-hub-listener", daemon=True)
        self._listener.start()

    def _on_heard(self, membership: Membership) -> None:
        if self._membership is not None and membership.uid == self._membership.uid:
            self._want()

    def _on_event(self, event: Event) -> None:
        if event.topic is Topic.HISTORY:
            self._is_untouched = False
            self._waiting = self._count_waiting()
            self._tell()
            self._want()
        elif event.topic is Topic.OPENED:
            self._is_untouched = True
            self._want()  # a scheme may have waited for this

    def _want(self) -> None:
        if self._state in (LinkState.CONNECTING, LinkState.LIVE, LinkState.OFFLINE) and not self._soon.isActive():
            self._soon.start(_SOON_MS)

    def _count_waiting(self) -> int:
        if self._session is None or self._membership is None:
            return 0
        changed = self._session.log.documents_since(self._membership.sent)
        return len(changed) if changed is not None else 1

    # -- exchanging ----------------------------------------------------------------------------------------------------

    def _begin_exchange(self) -> None:
        if self._session is None or self._membership is None or self._state is LinkState.PAUSED:
            return
        if self._steps is not None or self._runner.is_busy or self._is_taken():
            self._is_wanted = True
            self._retry.start(_BUSY_MS)
            return
        self._is_wanted = False
        self._retry.stop()
        if self._rows is None:
            self._ask(partial(_connected, self._membership, self._made), self._on_connected)
        else:
            self._start(self._rows)

    def _on_connected(self, outcome: JobOutcome) -> None:
        if outcome.error is not None:
            self._fail(outcome.error)
        elif isinstance(outcome.value, HubRows):
            self._rows = outcome.value
            self._start(outcome.value)

    def _start(self, rows: HubRows) -> None:
        session = self._session
        if session is None:
            return
        # A scheme isn't changed under somebody's hands: it waits until they go to another document.
        may_change = session.state is None or self._is_untouched
        work = HubExchange(session, rows, at_once=_AT_ONCE, may_change_scheme=may_change)
        self._steps = work.steps()
        self._step(lambda steps: next(steps))

    def _step(self, go_on: Callable[[Steps[Synced]], Ask]) -> None:
        """Take one step here, and have the next question asked."""
        steps = self._steps
        if steps is None:
            return
        if self._is_taken():
            QTimer.singleShot(_BUSY_MS, self, partial(self._step, go_on))
            return
        try:
            ask = go_on(steps)
        except StopIteration as end:
            self._finish(end.value)
        except StetError as error:
            self._fail(error)
        else:
            self._ask(ask, self._on_answer)

    def _ask(self, ask: Ask, on_done: Callable[[JobOutcome], None]) -> None:
        def work(_report: Progress, _token: CancelToken) -> Any:  # noqa: ANN401  whatever the server says
            return ask()

        self._runner.submit("hub", work, on_done)

    def _on_answer(self, outcome: JobOutcome) -> None:
        if outcome.error is not None:
            self._fail(outcome.error)
        elif outcome.bug is None:
            self._step(lambda steps: steps.send(outcome.value))
        else:
            self._drop()

    def _finish(self, done: Synced) -> None:
        self._steps = None
        self._failures = 0
        if self._session is not None:
            self._membership = membership_of(self._session)
        self._waiting = self._count_waiting()
        self._set(LinkState.LIVE)
        if self._listener is not None and not self._listener.is_alive():
            self._listen()
        self.exchanged.emit(done)
        self._retry.start(_SOON_MS if self._is_wanted else _LOOK_MS)

    def _fail(self, error: StetError) -> None:
        self._drop()
        self._why = advice(error)
        self._wants_password = isinstance(error, HubPasswordWanted)
        if isinstance(error, HubUnreachable):
            self._set(LinkState.OFFLINE)
            self._retry.start(_AGAIN_MS[min(self._failures, len(_AGAIN_MS) - 1)])
            self._failures += 1
        else:
            self._set(LinkState.REFUSED)

    def _drop(self) -> None:
        if self._steps is not None:
            self._steps.close()
            self._steps = None
        while self._made:
            self._made.pop().close()
        self._rows = None

    def _set(self, state: LinkState) -> None:
        if state is not self._state and state in (LinkState.OFFLINE, LinkState.REFUSED):
            self._since = datetime.fromtimestamp(time.time()).strftime("%H:%M")
        self._state = state
        self._tell()

    def _tell(self) -> None:
        self.changed.emit(self.sign)


def _connected(membership: Membership, made: list[HubRows]) -> HubRows:
    made.append(HubRows(HubConnection(membership.place)))
    return made[-1]


def _nothing() -> None:
    """Stand in for what ends something."""


def words_of(done: Synced) -> str:
    """Return what came in an exchange, for a message; "" if nothing that people ask about."""
    parts = [
        counted(done.documents, "new document") if done.documents else "",
        f"work on {counted(done.sets, 'document')}" if done.sets else "",
        counted(done.decisions, "decision") if done.decisions else "",
    ]
    return ", ".join(part for part in parts if part)

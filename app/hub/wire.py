"""The wire to a server: it can be hung up from another thread, so that nobody waits for a server that says nothing."""

import contextlib
import socket
import threading
from collections.abc import Callable, Generator
from contextlib import ExitStack, contextmanager
from typing import Any

import psycopg

from app.core.errors import Cancelled
from app.core.progress import current_token

_LOOK_SECONDS = 0.2  # in which Ctrl+C is heard


class ServerSilent(psycopg.OperationalError):
    """The server has kept a connection open and not answered within the time that anything may take."""


class Wire(psycopg.Connection[tuple[Any, ...]]):
    """A connection that another thread may hang up.

    A network that swallows everything tells nobody. The system gives a connection up in its own time, and a pooler or
    a proxy may keep one open whose server is gone, so that whoever waits has to be let go from here.
    """

    def __init__(self, *arguments: Any, **named: Any) -> None:  # noqa: ANN401  as psycopg makes its connections
        super().__init__(*arguments, **named)
        self._end = threading.Lock()

    def close(self) -> None:
        """Close it; again does nothing."""
        with self._end:
            super().close()

    def hang_up(self) -> None:
        """End it, from any thread: whoever waits for the server gets an OperationalError at once."""
        with (
            self._end,
            contextlib.suppress(OSError, psycopg.Error),
            socket.fromfd(self.fileno(), socket.AF_INET, socket.SOCK_STREAM) as plug,
        ):
            plug.shutdown(socket.SHUT_RDWR)

    def cancel_safe(self, *, timeout: float = 0.0) -> None:  # noqa: ARG002  psycopg gives it
        """Hang up. psycopg calls this on Ctrl+C: asking the server first takes seconds if it can't be reached."""
        self.hang_up()

    @contextmanager
    def watched(self, seconds: float | None) -> Generator[None]:
        """Inside the block, hang up when the thread's job is cancelled, or after so many seconds.

        Raises Cancelled, and ServerSilent after that time.
        """
        token = current_token()
        is_late = threading.Event()

        def give_up() -> None:
            is_late.set()
            self.hang_up()

        with ExitStack() as stack:
            if token is not None:
                stack.enter_context(token.waking(self.hang_up))
            if seconds is not None:
                timer = threading.Timer(seconds, give_up)
                timer.daemon = True
                timer.start()
                stack.callback(timer.join)
                stack.callback(timer.cancel)
            try:
                yield
            except psycopg.OperationalError as error:
                if token is not None and token.is_cancelled:
                    raise Cancelled from error
                if is_late.is_set():
                    raise ServerSilent(f"it hasn't answered for {seconds:.0f} seconds") from error
                raise


def connected(connect: Callable[[], Wire]) -> Wire:
    """Return what `connect` makes, in a thread of its own: a name that nobody resolves can't be waited for otherwise.

    If the job of this thread is cancelled, or at Ctrl+C, it is left to itself, and closes what it gets. Raises what
    `connect` raises, and Cancelled.
    """
    attempt = _Attempt(connect)
    token = current_token()
    try:
        with contextlib.nullcontext() if token is None else token.waking(attempt.is_over.set):
            while not attempt.is_over.wait(_LOOK_SECONDS):
                pass
    except KeyboardInterrupt:
        attempt.abandon()
        raise
    if token is not None and token.is_cancelled:
        attempt.abandon()
        raise Cancelled
    return attempt.result()


class _Attempt:
    """An attempt to connect, in a thread. `is_over` is set when it has ended, or nobody waits for it any more."""

    def __init__(self, connect: Callable[[], Wire]) -> None:
        self._connect = connect
        self._lock = threading.Lock()
        self._is_abandoned = False
        self._made: Wire | None = None
        self._error: psycopg.Error | None = None
        self.is_over = threading.Event()
        threading.Thread(target=self._run, name="stet-connecting", daemon=True).start()

    def _run(self) -> None:
        try:
            made = self._connect()
            with self._lock:
                if not self._is_abandoned:
                    self._made = made
            if self._made is None:
                made.close()
        except psycopg.Error as error:
            self._error = error
        finally:
            self.is_over.set()

    def abandon(self) -> None:
        """Close what comes, or has come."""
        with self._lock:
            self._is_abandoned = True
        if self._made is not None:
            self._made.close()

    def result(self) -> Wire:
        """Return what was made, or raise the error, once it is over."""
        if self._error is not None:
            raise self._error
        if self._made is None:
            raise psycopg.OperationalError("no connection came about")  # the thread told why, and ended
        return self._made

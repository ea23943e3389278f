"""Has a model trained in a process of its own, which is killed as soon as nobody wants the model any more."""

import os
import subprocess
import tempfile
from collections.abc import Callable
from contextlib import suppress
from typing import IO

import msgspec

from app.core.child_process import python_command
from app.core.decode_faults import DECODE_FAULTS
from app.core.errors import Cancelled, StetError
from app.core.message_pipe import framed, receive, send
from app.core.progress import CancelToken
from app.jobs.trainer import TRAINER_FLAG
from app.jobs.trainer.wire import Enough, Evaluated, News, NotTrained, Stepped, Train, Trained, TrainingBroken

_MOST_DETAILS = 2000  # characters kept of its standard error


class TrainerBug(Exception):
    """A bug in the process; the message is its traceback."""


class TrainerLost(StetError):
    """The process couldn't be started, or ended before there was a model; `details` is its standard error."""

    def __init__(self, why: str, details: str = "") -> None:
        hint = "go on with --resume; if it keeps failing, memory may be low: close other programs"
        super().__init__(f"the process that trains the model {why}", hint=hint)
        self.details = details


class ModelTrainer:
    """One training. `run` blocks until there is a model; `enough`, from any thread, asks for the best one so far."""

    def __init__(self, command: list[str] | None = None) -> None:
        """Start nothing yet; `command` is another command line than the usual one."""
        self._command = command or python_command(TRAINER_FLAG, "app.jobs.trainer.process")
        self._popen: subprocess.Popen[bytes] | None = None

    def run(self, order: Train, tell: Callable[[Stepped | Evaluated], object], cancel: CancelToken) -> Trained:
        """Train, and tell of every step and evaluation. Raises Cancelled and StetError."""
        cancel.raise_if_cancelled()
        with tempfile.TemporaryFile() as complaints:
            popen = self._popen = self._started(complaints)
            try:
                with cancel.waking(popen.kill):
                    return self._result(popen, order, tell, cancel, complaints)
            finally:
                self._end(popen)

    def enough(self) -> None:
        """Ask the process to stop and keep the best model so far."""
        popen = self._popen
        if popen is not None and popen.stdin is not None and popen.poll() is None:
            try:
                send(popen.stdin.fileno(), framed(Enough()))
            except (OSError, ValueError):
                return  # it has just ended

    def _started(self, complaints: IO[bytes]) -> "subprocess.Popen[bytes]":
        try:
            return subprocess.Popen(
                self._command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=complaints,
                env={**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"},
                creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
            )
        except OSError as error:
            raise TrainerLost(f"could not be started ({error})") from error

    def _result(
        self,
        popen: "subprocess.Popen[bytes]",
        order: Train,
        tell: Callable[[Stepped | Evaluated], object],
        cancel: CancelToken,
        complaints: IO[bytes],
    ) -> Trained:
        assert popen.stdin is not None
        assert popen.stdout is not None
        decode = msgspec.msgpack.Decoder(News).decode
        with suppress(OSError):  # it has ended; what follows says why
            send(popen.stdin.fileno(), framed(order))
        while (message := receive(popen.stdout.fileno())) is not None:
            try:
                news = decode(message)
            except DECODE_FAULTS as error:
                raise TrainerLost("said something that can't be read") from error
            if isinstance(news, Stepped | Evaluated):
                tell(news)
                cancel.raise_if_cancelled()
            elif isinstance(news, Trained):
                return news
            elif isinstance(news, NotTrained):
                raise StetError(news.what, hint=news.hint)
            elif isinstance(news, TrainingBroken):
                raise TrainerBug(news.trace)
        if cancel.is_cancelled:
            raise Cancelled
        complaints.seek(0)
        details = complaints.read().decode(errors="replace")[-_MOST_DETAILS:]
        raise TrainerLost(f"ended early (code {popen.wait()})", details)

    def _end(self, popen: "subprocess.Popen[bytes]") -> None:
        popen.kill()
        for pipe in (popen.stdin, popen.stdout):
            if pipe is not None:
                pipe.close()
        popen.wait()

"""The process that trains a model: gets a plan on standard input, reports on standard output.

It knows neither the window nor the project, and writes to the folder that it is told only. It ends when its input is
closed, that is with the program that started it, however that ended.
"""

import os
import signal
import threading
import time
from pathlib import Path
from typing import NoReturn, cast

import msgspec

from app.core.errors import StetError
from app.core.message_pipe import framed, keep_bytes, receive, send
from app.core.os_faults import SystemFault
from app.jobs.trainer.wire import (
    Enough,
    Evaluated,
    News,
    NotTrained,
    Order,
    Stepped,
    Train,
    Trained,
    TrainingBroken,
)
from app.nlp.trainer.checkpoint import Evaluation


def main(_arguments: list[str]) -> NoReturn:
    """Carry out one training."""
    # Ctrl+C in a terminal goes to both processes; only the other one handles it, by closing the input.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if hasattr(os, "nice"):
        os.nice(5)  # whoever works on while a model is trained comes first
    asked, answers = os.dup(0), os.dup(1)
    # Stray prints must not corrupt the answers, and stray reads must not wait for input.
    nothing = os.open(os.devnull, os.O_RDWR)
    os.dup2(nothing, 0)
    os.dup2(2, 1)
    os.close(nothing)
    for pipe in (asked, answers):
        keep_bytes(pipe)
    _Trainer(asked, answers).work()
    os._exit(0)  # at once, although a thread is still waiting for input


class _Trainer:
    """Trains, and listens in another thread. It is the listener of the training."""

    def __init__(self, asked: int, answers: int) -> None:
        self._asked = asked
        self._answers = answers
        self._decode = msgspec.msgpack.Decoder(Order).decode
        self.is_enough = False

    def work(self) -> None:
        """Wait for the plan, and carry it out."""
        message = receive(self._asked)
        order = self._decode(message) if message is not None else None
        if not isinstance(order, Train):
            return
        threading.Thread(target=self._listen, name="asked", daemon=True).start()
        try:
            news: News = self._trained(order)
        except StetError as error:
            news = NotTrained(error.what, error.hint)
        except OSError as error:
            news = NotTrained(str(SystemFault(error)), "")
        except ImportError as error:
            news = NotTrained(f"spaCy can't be loaded here ({error})", "reinstall Stet or the package spacy")
        except BaseException as bug:
            if not isinstance(bug, MemoryError):  # in which case there is no memory to report it either
                from app.program_log import described

                self._send(TrainingBroken(described(bug)))
            raise
        self._send(news)

    def _trained(self, order: Train) -> Trained:
        from app.nlp.trainer.training_run import evaluated, train, training_units

        began = time.process_time()
        plan = order.plan
        done = train(plan, self, place=Path(order.place), digest=order.digest, resumes=order.resumes)
        test = evaluated(done.nlp, plan, training_units(plan, plan.test)) if plan.test else None
        meta = cast("dict[str, object]", done.nlp.meta)
        meta |= order.meta
        done.nlp.meta = meta
        done.nlp.to_disk(order.folder)
        seconds = round(time.process_time() - began, 1)
        said = {key: value for key, value in done.nlp.meta.items() if key in (*_OWN_META, *order.meta)}
        return Trained(done.best, done.history, done.curve, done.base, done.is_refitted, test, seconds, said)

    def on_step(self, step: int, loss: float, run: float) -> None:
        """See `TrainingListener`."""
        self._send(Stepped(step, loss, run))

    def on_evaluation(self, evaluation: Evaluation, run: float) -> None:
        """See `TrainingListener`."""
        self._send(Evaluated(evaluation, run))

    def _listen(self) -> None:
        while (message := receive(self._asked)) is not None:
            if isinstance(self._decode(message), Enough):
                self.is_enough = True
        os._exit(0)  # nobody wants the model any more

    def _send(self, news: News) -> None:
        try:
            send(self._answers, framed(news))
        except OSError:
            os._exit(0)  # the reading end is closed


_OWN_META = ("lang", "name", "version", "spacy_version", "pipeline", "components", "labels")

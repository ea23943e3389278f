"""The process that trains: what is told when it ends early, refuses, or isn't wanted any more."""

import sys
import threading
from pathlib import Path

import pytest

from app.core.errors import Cancelled, StetError
from app.core.progress import CancelToken
from app.jobs.trainer.model_trainer import ModelTrainer, TrainerBug, TrainerLost
from app.jobs.trainer.wire import Train
from app.nlp.trainer.training_plan import ModelKind, TrainingPlan

PIPE = """
import sys; sys.path[:] = {path!r}
from app.core.message_pipe import framed, receive, send
from app.jobs.trainer.wire import NotTrained, Stepped, TrainingBroken
receive(0)
{code}
"""


def order(tmp_path: Path) -> Train:
    plan = TrainingPlan(kind=ModelKind.NER, language="en", labels=("A",), train=(), dev=())
    place, folder = str(tmp_path / "state"), str(tmp_path / "model")
    return Train(plan=plan, digest="d", place=place, folder=folder, meta={}, resumes=False)


def saying(code: str) -> ModelTrainer:
    """Return a trainer whose process runs some code once it has its order."""
    return ModelTrainer([sys.executable, "-c", PIPE.format(path=sys.path, code=code)])


def test_a_process_that_ends_early_is_told(tmp_path: Path) -> None:
    with pytest.raises(TrainerLost, match=r"ended early \(code 3\)") as caught:
        saying("print('no memory', file=sys.stderr, flush=True); sys.exit(3)").run(
            order(tmp_path), lambda _news: None, CancelToken()
        )
    assert "no memory" in caught.value.details
    assert "--resume" in caught.value.hint
    with pytest.raises(TrainerLost, match="could not be started"):
        ModelTrainer([str(tmp_path / "none")]).run(order(tmp_path), lambda _news: None, CancelToken())


def test_what_it_refuses_and_its_bugs_come_through(tmp_path: Path) -> None:
    with pytest.raises(StetError, match="the disk is full"):
        saying("send(1, framed(NotTrained('the disk is full', 'free some')))").run(
            order(tmp_path), lambda _news: None, CancelToken()
        )
    with pytest.raises(TrainerBug, match="line 1"):
        saying("send(1, framed(TrainingBroken('line 1')))").run(order(tmp_path), lambda _news: None, CancelToken())


def test_cancelling_ends_the_process_at_once(tmp_path: Path) -> None:
    heard: list[object] = []
    token = CancelToken()
    trainer = saying("send(1, framed(Stepped(1, 0.5, 1.0))); import time; time.sleep(600)")
    timer = threading.Timer(0.0, lambda: None)

    def tell(news: object) -> None:
        nonlocal timer
        heard.append(news)
        timer = threading.Timer(0.2, token.cancel)
        timer.start()

    with pytest.raises(Cancelled):
        trainer.run(order(tmp_path), tell, token)
    timer.join()
    assert len(heard) == 1
    trainer.enough()  # too late, and no error

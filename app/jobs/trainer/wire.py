"""The messages between a training and the process that carries it out: `core.message_pipe` says how they travel."""

import msgspec

from app.nlp.trainer.checkpoint import Evaluation
from app.nlp.trainer.model_scores import ModelScores
from app.nlp.trainer.training_plan import TrainingPlan
from app.nlp.trainer.training_run import CurvePoint


class Train(msgspec.Struct, frozen=True, tag="train"):
    """Train by a plan. `place` is the file for the state of the training, `folder` where the model is put; `meta` is
    what the model is to say of itself.
    """

    plan: TrainingPlan
    digest: str
    place: str
    folder: str
    meta: dict[str, object]
    resumes: bool


class Enough(msgspec.Struct, frozen=True, tag="enough"):
    """Stop now, and keep the best model so far."""


class Stepped(msgspec.Struct, frozen=True, tag="stepped"):
    """A step was made, with this loss. `run` says which model it was for: a share of the texts for the curve, 1 for the
    model itself, and 2 for the one that then learns from all texts.
    """

    step: int
    loss: float
    run: float


class Evaluated(msgspec.Struct, frozen=True, tag="evaluated"):
    """An evaluation was made; see `Stepped` for `run`."""

    evaluation: Evaluation
    run: float


class Trained(msgspec.Struct, frozen=True, tag="trained"):
    """The model is in its folder: the best evaluation, all of them, the learning curve, whose weights it began with,
    whether it learned from all texts in the end, the scores on the texts that were kept for a test, the seconds of the
    processor, and what the model says of itself.
    """

    best: Evaluation
    history: tuple[Evaluation, ...]
    curve: tuple[CurvePoint, ...]
    base: str
    is_refitted: bool
    test: ModelScores | None
    seconds: float
    meta: dict[str, object]


class NotTrained(msgspec.Struct, frozen=True, tag="failed"):
    """The training can't be carried out: the reason, and a hint."""

    what: str
    hint: str


class TrainingBroken(msgspec.Struct, frozen=True, tag="broken"):
    """There is a bug; the process ends."""

    trace: str


Order = Train | Enough
News = Stepped | Evaluated | Trained | NotTrained | TrainingBroken

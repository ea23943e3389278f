"""The training itself: steps, evaluations, when to stop, and what is kept."""

import random
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, Protocol

import msgspec

from app.nlp.doc_findings import DocFinder
from app.nlp.trainer import checkpoint
from app.nlp.trainer.checkpoint import Evaluation, put_weights, weights_of
from app.nlp.trainer.fresh_pipeline import SPAN_FINDER, FreshPipeline, fresh_pipeline, put_candidates
from app.nlp.trainer.model_scores import Found, ModelScores, scored
from app.nlp.trainer.training_plan import ModelKind, TrainingPlan, TrainingText, pieces

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.training import Example

_FEWEST_WORDS, _MOST_WORDS = 150, 1000  # in a step
_STEPS_AN_EPOCH = 20  # with few texts; with many a step has the most words
_MOST_STEPS_A_ROUND = 100  # between evaluations
_FEWEST_STEPS_A_ROUND = 10
_DROPOUT = 0.1
_SAVE_EVERY_S = 5.0
WHOLE, REFIT = 1.0, 2.0
"""Which model a step is for, where it isn't one for the curve."""


class TrainingListener(Protocol):
    """Whoever a training reports to, and asks whether it is to go on."""

    def on_step(self, step: int, loss: float, run: float) -> None:
        """Take the loss of a step. Raises Cancelled to end the training with nothing.

        `run` says of which model: a share of the texts for the curve, `WHOLE` for the model itself, `REFIT` for the one
        that then learns from all texts.
        """
        ...

    def on_evaluation(self, evaluation: Evaluation, run: float) -> None:
        """Take an evaluation."""
        ...

    @property
    def is_enough(self) -> bool:
        """Whether to stop now and keep the best model so far."""
        ...


class CurvePoint(msgspec.Struct, frozen=True, array_like=True):
    """The scores of a model that learned from a share of the texts, this many."""

    share: float
    texts: int
    scores: ModelScores


class TrainedPipeline(NamedTuple):
    """A trained pipeline, the best evaluation, all of them, the learning curve, and whose weights it began with."""

    nlp: "Language"
    best: Evaluation
    history: tuple[Evaluation, ...]
    curve: tuple[CurvePoint, ...]
    base: str
    is_refitted: bool


def train(
    plan: TrainingPlan,
    listener: TrainingListener,
    *,
    place: Path | None = None,
    digest: str = "",
    resumes: bool = False,
) -> TrainedPipeline:
    """Train by a plan. The same plan gives the same pipeline, also if it was interrupted and goes on.

    Its state is saved at `place` after evaluations; with `resumes` it goes on from there if there is one with the same
    `digest` of the plan. Raises Cancelled as the listener does, BadCheckpoint, and StetError if nothing can be saved.
    """
    curve = [_point(plan, share, listener) for share in plan.shares]
    saved = checkpoint.load(place) if resumes and place is not None else None
    run = _Run(plan, plan.train, listener, WHOLE)
    if saved is not None and saved.digest == digest:
        run.go_on(saved)
    run.until_best(lambda state: checkpoint.save(state, place) if place is not None else None, digest)
    best = run.best
    if curve:
        curve.append(CurvePoint(1.0, len(plan.train), best.scores))
    if not plan.refit or not plan.dev or listener.is_enough or not best.epoch:
        put_weights(run.nlp, run.best_weights)
        return TrainedPipeline(run.nlp, best, tuple(run.history), tuple(curve), run.base, is_refitted=False)
    whole = _Run(plan, (*plan.train, *plan.dev), listener, REFIT)
    whole.for_epochs(best.epoch, after=run.history[-1].step)
    return TrainedPipeline(whole.nlp, best, tuple(run.history), tuple(curve), run.base, is_refitted=True)


def _point(plan: TrainingPlan, share: float, listener: TrainingListener) -> CurvePoint:
    texts = list(plan.train)
    random.Random(plan.seed).shuffle(texts)
    some = tuple(texts[: max(1, round(len(texts) * share))])
    run = _Run(plan, some, listener, share)
    run.until_best(lambda _state: None, "")
    return CurvePoint(share, len(some), run.best.scores)


class _Run:
    """One model on its way. Each round of steps ends with an evaluation."""

    def __init__(
        self, plan: TrainingPlan, texts: Sequence[TrainingText], listener: TrainingListener, run: float
    ) -> None:
        self._plan = plan
        self._listener = listener
        self._run = run
        units = training_units(plan, texts)
        fresh: FreshPipeline = fresh_pipeline(plan, units)
        self.nlp, self._examples, self._optimizer, self.base = fresh
        words = sum(len(each.reference) for each in self._examples)
        self._words = min(max(words // _STEPS_AN_EPOCH, _FEWEST_WORDS), _MOST_WORDS)
        self._an_epoch = max(len(list(self._batches(0))), 1)
        self._round = min(max(self._an_epoch, _FEWEST_STEPS_A_ROUND), _MOST_STEPS_A_ROUND)
        self._dev = training_units(plan, plan.dev)
        self._began = time.process_time()
        self._saved = 0.0
        self._at = 0  # the last step
        self.history: list[Evaluation] = []
        self.best_weights: dict[str, bytes] = {}

    @property
    def best(self) -> Evaluation:
        """The best evaluation, the first of equals."""
        return max(self.history, key=lambda each: (each.scores.whole.f, -each.step))

    def go_on(self, saved: checkpoint.Checkpoint) -> None:
        """Take over a saved state. Raises BadCheckpoint."""
        checkpoint.go_on_from(saved, self.nlp, self._optimizer)
        self.history = list(saved.history)
        self.best_weights = dict(saved.best)
        if self.history:
            self._at = self.history[-1].step
            self._began -= self.history[-1].seconds
        for evaluation in self.history:
            self._listener.on_evaluation(evaluation, self._run)

    def until_best(self, save: Callable[[checkpoint.Checkpoint], object], digest: str) -> None:
        """Train until scores no longer improve."""
        steps = self._stream(self._at)
        while not self._is_over():
            losses = [self._step(number, batch) for number, batch in self._some(steps, self._round)]
            self._evaluate(sum(losses) / len(losses))
            moment = time.monotonic()
            if moment - self._saved >= _SAVE_EVERY_S or self._saved == 0:
                save(checkpoint.checkpoint(digest, self.nlp, self._optimizer, self.history, self.best_weights))
                self._saved = moment

    def for_epochs(self, epochs: float, *, after: int) -> None:
        """Train for some epochs without evaluation; steps are reported as those after others."""
        steps = self._stream(0)
        for number, batch in self._some(steps, round(epochs * self._an_epoch)):
            self._step(number, batch, shown=after + number)
        if self._optimizer.averages:
            with self.nlp.use_params(self._optimizer.averages):
                weights = weights_of(self.nlp)
            put_weights(self.nlp, weights)

    def _is_over(self) -> bool:
        if not self.history:
            return False
        since = self.history[-1].step - self.best.step
        done = self.history[-1].step >= self._plan.max_steps
        return done or since >= self._plan.patience * self._round or self._listener.is_enough

    # -- steps ---------------------------------------------------------------------------------------------------------

    def _stream(self, behind: int) -> "Iterator[tuple[int, list[Example]]]":
        """Yield steps, numbered from 1, behind some that are done. Each epoch has an order of its own."""
        number, epoch = 0, 0
        while True:
            for batch in self._batches(epoch):
                number += 1
                if number > behind:
                    yield number, batch
            epoch += 1

    def _some(self, steps: "Iterator[tuple[int, list[Example]]]", count: int) -> "Iterator[tuple[int, list[Example]]]":
        for _ in range(count):
            found = next(steps)
            yield found
            if found[0] >= self._plan.max_steps or self._listener.is_enough:
                return

    def _batches(self, epoch: int) -> "Iterator[list[Example]]":
        order = list(range(len(self._examples)))
        random.Random(f"{self._plan.seed} {epoch}").shuffle(order)
        batch: list[Example] = []
        words = 0
        for at in order:
            length = len(self._examples[at].reference)
            if batch and words + length > self._words:
                yield batch
                batch, words = [], 0
            batch.append(self._examples[at])
            words += length
        if batch:
            yield batch

    def _step(self, number: int, batch: "list[Example]", *, shown: int | None = None) -> float:
        from thinc.api import fix_random_seed

        fix_random_seed(self._plan.seed * 1_000_003 + number)  # so that what was interrupted goes on as it would have
        if self.nlp.has_pipe(SPAN_FINDER):
            put_candidates(self.nlp, batch)
        losses: dict[str, float] = self.nlp.update(batch, sgd=self._optimizer, drop=_DROPOUT)
        loss = float(sum(losses.values())) / len(batch)
        self._at = number
        self._listener.on_step(number if shown is None else shown, loss, self._run)
        return loss

    # -- evaluations ---------------------------------------------------------------------------------------------------

    def _evaluate(self, loss: float) -> None:
        with self.nlp.use_params(self._optimizer.averages):
            scores = evaluated(self.nlp, self._plan, self._dev)
            epoch, seconds = self._at / self._an_epoch, time.process_time() - self._began
            evaluation = Evaluation(self._at, round(epoch, 3), round(loss, 4), scores, round(seconds, 2))
            self.history.append(evaluation)
            if self.best is evaluation:
                self.best_weights = weights_of(self.nlp)
        self._listener.on_evaluation(evaluation, self._run)


def training_units(plan: TrainingPlan, texts: Sequence[TrainingText]) -> tuple[TrainingText, ...]:
    """Return what a model learns from at once: paragraphs, sentences, or texts as they are."""
    if plan.kind is not ModelKind.TEXTCAT:
        return tuple(pieces(tuple(texts)))
    if plan.whole_texts:
        return tuple(texts)
    return tuple(unit for text in texts for unit in _sentences(plan, text))


def _sentences(plan: TrainingPlan, text: TrainingText) -> Iterator[TrainingText]:
    from app.nlp.sentences import sentence_cutter

    for start, end in sentence_cutter(plan.language)(text.text):
        marks = tuple(mark for mark in text.marks if mark.start < end and start < mark.end)
        yield TrainingText(text.text[start:end], marks)


def evaluated(nlp: "Language", plan: TrainingPlan, units: Sequence[TrainingText]) -> ModelScores:
    """Return how a pipeline does on units."""
    finder = DocFinder(nlp)
    return scored(plan.labels, ((_given(plan, unit), _found(finder, unit)) for unit in units))


def _given(plan: TrainingPlan, unit: TrainingText) -> set[Found]:
    if plan.kind is ModelKind.TEXTCAT:
        return {(0, 0, mark.label) for mark in unit.marks}
    return {(mark.start, mark.end, mark.label) for mark in unit.marks}


def _found(finder: DocFinder, unit: TrainingText) -> set[Found]:
    return {(entity.start, entity.end, entity.label) for entity in finder.find(unit.text)}

"""Trains a model on a project's marks, and writes it as a package of spaCy."""

import hashlib
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from app import __version__, paths
from app.core.errors import BadChoice, EditRejected, StetError
from app.core.os_faults import describe
from app.core.progress import CancelToken, Progress, no_progress
from app.exchange.output import OutputFiles
from app.jobs.tasks.model_card import model_card
from app.jobs.tasks.training_texts import TrainingChoice, TrainingTexts, training_texts
from app.jobs.trainer.model_trainer import ModelTrainer
from app.jobs.trainer.wire import Evaluated, Stepped, Train, Trained
from app.nlp.trained_models import LearningPoint, TrainedModel, digest_of, remember
from app.nlp.trainer.fresh_pipeline import preferred_base
from app.nlp.trainer.model_package import (
    full_name,
    is_model_name,
    is_model_version,
    model_name,
    model_path,
    package_files,
)
from app.nlp.trainer.model_wheel import wheel, wheel_name
from app.nlp.trainer.training_plan import ModelKind, TrainingPlan
from app.session.session import Session
from app.staging_folder import StagingFolder

_CURVE = (0.25, 0.5, 0.75)
_KEPT_STATES = 5
_OLD_S = 30 * 24 * 3600.0
_PART_OLD_S = 24 * 3600.0  # nobody writes a state for a day


class TrainingSettings(NamedTuple):
    """How to train. `base` is the installed pipeline to begin with, None for the preferred one, “” for none; `name` is
    what the model is called, “” for a name made of the project's and the layer's.
    """

    base: str | None = None
    name: str = ""
    version: str = "1.0.0"
    patience: int = 6
    max_steps: int = 2000
    refit: bool = True
    curve: bool = False
    resumes: bool = False


class PreparedTraining(NamedTuple):
    """A training that can begin: its texts, its plan, what the model says of itself, the file of its state, a digest of
    the plan, and the project (uid) that it learns from.
    """

    texts: TrainingTexts
    plan: TrainingPlan
    meta: dict[str, Any]
    place: Path
    digest: str
    project: str

    @property
    def was_interrupted(self) -> bool:
        """Whether an earlier training by the same plan was interrupted, and can go on."""
        return self.place.is_file()


class TrainingOutcome(NamedTuple):
    """A trained model: the folder of its package, what it says of itself, how it did, and the card."""

    out: Path
    meta: dict[str, Any]
    texts: TrainingTexts
    trained: Trained
    card: str

    @property
    def name(self) -> str:
        """The name of the package."""
        return full_name(self.meta)


def prepare_training(
    session: Session,
    choice: TrainingChoice,
    settings: TrainingSettings,
    *,
    progress: Progress = no_progress,
    cancel: CancelToken | None = None,
) -> PreparedTraining:
    """Read what is to be learned, and plan how. Raises as `training_texts` does, and BadChoice for a name that can't be
    a model's.
    """
    with session.reader.integrity.verified(with_texts=True) as file:
        texts = training_texts(session, choice, progress=progress, cancel=cancel)
        file.require()  # a model keeps what it has learned
    name = settings.name or model_name(session.path.stem, texts.layer.id)
    if not is_model_name(name):
        raise BadChoice(f"“{name}” can't be a model's name", hint="use letters, digits and _ only")
    if not is_model_version(settings.version):
        raise BadChoice(f"“{settings.version}” can't be a version", hint="write one such as 1.0.0")
    plan = TrainingPlan(
        kind=texts.kind,
        language=texts.language,
        labels=texts.labels,
        train=texts.parts["train"],
        dev=texts.parts["dev"],
        test=texts.parts.get("test", ()),
        base=preferred_base(texts.language) if settings.base is None else settings.base,
        whole_texts=texts.kind is ModelKind.TEXTCAT and texts.layer.is_about_document,
        seed=choice.seed,
        patience=settings.patience,
        max_steps=settings.max_steps,
        refit=settings.refit,
        shares=_CURVE if settings.curve else (),
    )
    scheme = session.scheme
    unit = "document" if plan.whole_texts else "sentence" if plan.kind is ModelKind.TEXTCAT else ""
    stet = {"layer": texts.layer.id, "kind": texts.kind.value, "scheme": scheme.tag, "unit": unit, "stet": __version__}
    meta: dict[str, Any] = {
        "name": name,
        "version": settings.version,
        "description": f"Finds marks of the layer {texts.layer.title} by the scheme {scheme.tag}",
        "author": "",
        "license": "",
        "stet": stet,
    }
    digest = hashlib.sha256(msgspec.msgpack.encode(plan)).hexdigest()
    place = _states() / f"{digest[:32]}.msgpack"
    return PreparedTraining(texts, plan, meta, place, digest, session.reader.project_uid())


def train_model(
    prepared: PreparedTraining,
    out: Path,
    *,
    project: Path,
    resumes: bool = False,
    tell: Callable[[Stepped | Evaluated], object] = lambda _news: None,
    trainer: ModelTrainer | None = None,
    cancel: CancelToken | None = None,
) -> TrainingOutcome:
    """Train in a process of its own, and put the package at `out`, a new or empty folder, once it is complete.

    An interrupted training leaves its state behind, from which one with `resumes` goes on. Raises FormatError for a
    place that can't be written to, EditRejected if there is nothing to go on from, StetError and Cancelled.
    """
    if resumes and not prepared.was_interrupted:
        hint = "start anew, without --resume; marks or options may have changed since"
        raise EditRejected("no training with these documents and options was interrupted", hint=hint)
    _tidy_states()
    with OutputFiles(keep_off=project) as files, _staging() as staging:
        folder = staging.path
        output = files.output(out, is_folder=True)
        order = Train(
            plan=prepared.plan,
            digest=prepared.digest,
            place=str(prepared.place),
            folder=str(folder / "model"),
            meta=prepared.meta,
            resumes=resumes,
        )
        trained = (trainer or ModelTrainer()).run(order, tell, cancel or CancelToken())
        meta: dict[str, Any] = {**trained.meta, **prepared.meta}
        card = model_card(prepared.texts, prepared.plan, trained, meta)
        made = folder / "model"
        content = package_files(meta, card)
        for path in sorted(path for path in made.rglob("*") if path.is_file()):
            content[f"{model_path(meta)}/{path.relative_to(made).as_posix()}"] = path.read_bytes()
        content[f"dist/{wheel_name(meta)}"] = wheel(meta, content, card)
        for name, data in content.items():
            with output.open(name) as file:
                file.write(data)
    _note(out, meta, prepared, trained)
    with suppress(OSError):
        prepared.place.unlink(missing_ok=True)
    return TrainingOutcome(out, meta, prepared.texts, trained, card)


def _note(out: Path, meta: dict[str, Any], prepared: PreparedTraining, trained: Trained) -> None:
    """Remember that this model was made here."""
    place = out.resolve()
    model = TrainedModel(
        path=str(place),
        name=full_name(meta),
        version=str(meta["version"]),
        layer=prepared.texts.layer.id,
        kind=prepared.plan.kind.value,
        f=round(trained.best.scores.whole.f, 3),
        digest=digest_of(place / model_path(meta)),
        project=prepared.project,
        curve=_curve_of(prepared, trained),
    )
    try:
        remember(model)
    except OSError as error:
        what, hint = describe(error)
        said = f"the model is in {out}, but Stet can't remember that it made it: {what}"
        raise StetError(said, hint=f"{hint}; suggesting with it needs --trust-model") from error


def _staging() -> StagingFolder:
    """Return a folder for the model until its package is complete: what a killed training left there goes first."""
    states = _states()
    try:
        states.mkdir(parents=True, exist_ok=True)
        return StagingFolder(states / "model")
    except OSError as error:
        what, hint = describe(error)
        raise StetError(f"the model can't be made: {what}", hint=hint, path=states) from error


def _curve_of(prepared: PreparedTraining, trained: Trained) -> tuple[LearningPoint, ...]:
    """Return the learning curve; of a model without one, the point that it is itself."""
    points = [LearningPoint(each.share, each.texts, each.scores.whole.f) for each in trained.curve]
    return tuple(points) or (LearningPoint(1.0, len(prepared.plan.train), trained.best.scores.whole.f),)


def _states() -> Path:
    return paths.state_dir() / "training"


def _tidy_states() -> None:
    """Remove the states of trainings that nobody went on with for a month, all but the newest few, and what a killed
    process had half written.
    """
    with suppress(OSError):
        found = sorted(_states().glob("*.msgpack"), key=lambda path: -path.stat().st_mtime)
        for number, path in enumerate(found):
            if number >= _KEPT_STATES or time.time() - path.stat().st_mtime > _OLD_S:
                path.unlink(missing_ok=True)
        for path in _states().glob("*.part"):
            if path.is_file() and time.time() - path.stat().st_mtime > _PART_OLD_S:
                path.unlink(missing_ok=True)

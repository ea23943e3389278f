"""“Train a model…”: its dialogs, the training in the background, and its result."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from app.core.errors import EditRejected
from app.core.progress import CancelToken, Progress
from app.core.wording import sentence
from app.jobs.runner import JobOutcome, JobRunner
from app.ui.actions.registry import ActionScope
from app.ui.widgets.notifier import Notifier, Tone
from app.ui.window.projects import Projects

if TYPE_CHECKING:
    from pathlib import Path

    from app.jobs.tasks.train import PreparedTraining, TrainingOutcome
    from app.jobs.trainer.model_trainer import ModelTrainer
    from app.ui.dialogs.train import TrainDialog, TrainRequest
    from app.ui.dialogs.training_window import TrainingDialog

_FAILED = "No model was trained"


class ModelTraining(QObject):
    """Trains one model at a time, while people work on. The project is read before, and isn't needed meanwhile."""

    _told = Signal(object)  # news from the job's thread

    def __init__(self, window: QWidget, projects: Projects, actions: ActionScope, notifier: Notifier) -> None:
        super().__init__(window)
        self._window = window
        self._projects = projects
        self._notifier = notifier
        self._runner = JobRunner(self)
        self._trainer: ModelTrainer | None = None
        self._asking: TrainDialog | None = None
        self._shown: TrainingDialog | None = None
        self._run = 0.0
        self._told.connect(self._on_told)
        projects.closing.connect(self._on_closing)
        actions.bind("suggestion.train", self.ask)

    @property
    def is_busy(self) -> bool:
        """Whether a model is being trained."""
        return self._runner.is_busy

    def ask(self) -> None:
        """Ask what to learn."""
        from app.ui.dialogs.train import TrainDialog

        session = self._projects.session
        if session is None:
            return
        if self._runner.is_busy and self._shown is not None:
            self._shown.raise_()
            self._shown.activateWindow()
            return
        people, has_gold = session.reader.workers(), session.reader.has_gold()
        marked = {layer for layer, _ in session.reader.labels()}
        layers = [layer for layer in session.scheme.layers if layer.id in marked]
        if not layers or not (people or has_gold):
            hint = "mark some documents, and set them to done"
            self._projects.complain(_FAILED, EditRejected("there are no marks to learn from yet", hint=hint))
            return
        dialog = TrainDialog(session.path, layers, people, has_gold=has_gold, parent=self._window)
        dialog.answered.connect(self._on_answered)
        dialog.finished.connect(self._on_finished)
        self._asking = dialog
        dialog.open()

    def shut_down(self) -> None:
        """End a training that runs; its state stays, so that it can go on another time."""
        self._runner.shut_down()

    def _on_finished(self, _result: int) -> None:
        self._asking = None

    def _on_closing(self) -> None:
        if self._asking is not None:
            self._asking.reject()

    def _on_answered(self, request: "TrainRequest") -> None:
        session = self._projects.session
        if session is None:
            return

        def work(report: Progress, token: CancelToken) -> object:
            from app.jobs.tasks.train import TrainingSettings, prepare_training
            from app.jobs.tasks.training_texts import TrainingChoice

            choice = TrainingChoice(
                layer=request.layer,
                annotators=() if request.annotator is None else (request.annotator,),
                gold=request.annotator is None,
                kind=request.kind,
                shares="70/20/10" if request.is_tested else "80/20",
            )
            settings = TrainingSettings(curve=request.curve)
            return prepare_training(session, choice, settings, progress=report, cancel=token)

        project = session.path

        def done(outcome: JobOutcome) -> None:
            if not self._projects.report_failure(outcome, _FAILED):
                self._begin(outcome.value, request.folder, project)

        self._projects.run("training-texts", "Reading what is to be learned", work, done)

    def _begin(self, prepared: "PreparedTraining", folder: "Path", project: "Path") -> None:
        from app.jobs.trainer.model_trainer import ModelTrainer
        from app.ui.dialogs.training_window import TrainingDialog, learned_words

        texts = prepared.texts
        documents = {name: len(part) for name, part in texts.parts.items()}
        about = [
            learned_words(texts.kind.value, texts.layer.title, documents),
            *(sentence(str(finding)) for finding in texts.report),
        ]
        dialog = TrainingDialog(f"Training a model of “{texts.layer.title}”", about[:8], self._window)
        trainer = ModelTrainer()
        self._trainer, self._shown, self._run = trainer, dialog, 0.0
        dialog.cancel_requested.connect(self._runner.cancel)
        dialog.enough_requested.connect(self._on_enough)
        dialog.finished.connect(self._on_closed)
        tell: Callable[[object], object] = self._told.emit

        def work(_report: Progress, token: CancelToken) -> object:
            from app.jobs.tasks.train import train_model

            goes_on = prepared.was_interrupted
            return train_model(
                prepared, folder, project=project, resumes=goes_on, tell=tell, trainer=trainer, cancel=token
            )

        self._runner.submit("train", work, self._on_done)
        dialog.show()

    def _on_enough(self) -> None:
        if self._trainer is not None:
            self._trainer.enough()

    def _on_closed(self, _result: int) -> None:
        self._shown = None

    def _on_told(self, news: object) -> None:
        from app.jobs.trainer.wire import Evaluated, Stepped

        dialog = self._shown
        if dialog is None or dialog.is_over or not isinstance(news, Stepped | Evaluated):
            return
        if news.run != self._run and news.run <= 1:
            dialog.next_run()
        self._run = news.run
        if isinstance(news, Stepped):
            dialog.show_step(news.step, news.loss, news.run)
        else:
            dialog.show_evaluation(news.evaluation.step, news.evaluation.scores.whole.f, news.run)

    def _on_done(self, outcome: JobOutcome) -> None:
        self._trainer = None
        dialog = self._shown
        if outcome.value is None:
            if dialog is not None:
                dialog.is_over = True
                dialog.close()
            self._projects.report_failure(outcome, _FAILED)
            return
        done: TrainingOutcome = outcome.value
        trained = done.trained
        scores = trained.test or trained.best.scores
        part = "documents kept for the test" if trained.test is not None else "documents that said when to stop"
        words = f"{done.name} is in {done.out}. “Suggest marks…” offers it now. Its scores on the {part}:"
        if dialog is not None:
            curve = [(f"{point.share:.0%}", f"{point.scores.whole.f:.2f}") for point in trained.curve]
            dialog.finish(words, [*scores.labels, scores.whole], curve)
        self._notifier.notify(f"Trained {done.name}: F {scores.whole.f:.2f}. It can suggest marks now.", Tone.DONE)

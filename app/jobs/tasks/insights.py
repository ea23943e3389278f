"""Counts everything that the figures of a project are computed from."""

from collections.abc import Sequence
from pathlib import Path

from app.core.csv_table import csv_file
from app.core.decision import GOLD
from app.core.progress import CancelToken, Progress, no_progress
from app.core.scheme import Scheme
from app.exchange.output import OutputFiles
from app.jobs.tasks.agreement import ReadingSource, reading_together, with_gold
from app.jobs.tasks.agreement_scope import AgreementScope, ScopedWork, parse_scope
from app.jobs.tasks.suggestion_report import suggestion_tally
from app.nlp.trained_models import trained_models
from app.review.agreement.report import AgreementTally
from app.review.figures.figure import Figure
from app.review.figures.insights import Insights, SetsMeasured
from app.review.figures.learning_curves import LearnedModel, LearnedPoint
from app.review.figures.suggestions import SuggestionCount
from app.review.figures.table import csv_of
from app.services.history.finish_days import finishing_days
from app.session.session import Session
from app.suggesters.maker_titles import title_of


def count_insights(
    session: Session,
    *,
    work: ScopedWork | None = None,
    progress: Progress = no_progress,
    cancel: CancelToken | None = None,
) -> Insights:
    """Go through the whole project once. `work` is what agreement and confusion are counted of.

    Raises ProjectError, BadChoice if no one worked by a scheme that was asked for, or Cancelled.
    """
    scheme = session.scheme
    work = work or ScopedWork(session, AgreementScope())
    source = ReadingSource(session)
    suggestions = SuggestionCount(suggestion_tally(session), title_of)
    found = Insights(
        scheme,
        assigned=session.reader.assignments(),
        days=finishing_days(session),
        suggestions=suggestions,
        learned=learned_models(session),
    )
    against = {SetsMeasured.GOLD: GOLD}
    levels = _levels(scheme)
    tallies = {
        (sets, level): AgreementTally(scheme, layers=levels[level], against=against.get(sets), level=level)
        for sets in SetsMeasured
        for level in levels
    }
    taken = {SetsMeasured.FROZEN}
    total = session.reader.documents.count()
    for number, record in enumerate(session.reader.records(), 1):
        if cancel is not None:
            cancel.raise_if_cancelled()
        counting = work.of(record) or record._replace(sets=())
        readings = {SetsMeasured.FROZEN: source.of(counting)}
        if source.has_frozen:
            readings[SetsMeasured.NOW] = reading_together(counting, {})
        if counting.gold is not None and counting.gold.status.is_finished:
            readings[SetsMeasured.GOLD] = with_gold(readings[SetsMeasured.FROZEN], counting.gold)
        taken.update(readings)
        found.add(record, readings)
        for sets, each in readings.items():
            if each.by:
                for level in levels:
                    tallies[sets, level].add(each)
        progress(number, total, f"{number:,} documents")
    work.check()
    for sets in sorted(taken):
        for level in levels:
            found.take_agreement(sets, list(tallies[sets, level].layers()))
    return found


def learned_models(session: Session) -> list[LearnedModel]:
    """Return the models that learned from a project on this machine, the oldest first, with their learning curves."""
    uid = session.reader.project_uid()
    return [
        LearnedModel(
            model.name,
            model.version,
            layer.title if (layer := session.scheme.layer(model.layer)) is not None else model.layer,
            tuple(LearnedPoint(point.share, point.texts, point.f) for point in model.curve),
        )
        for model in reversed(trained_models())
        if uid and model.project == uid
    ]


def _levels(scheme: Scheme) -> dict[int | None, tuple[str, ...]]:
    """Return the levels at which labels are compared, each with the layers that it makes a difference to: as they were
    given (None) in all, which no layers stand for, and then each level above the lowest of a tree.
    """
    depths = {
        layer.id: max((len(layer.lineage(label.id)) for label in layer.labels), default=1) for layer in scheme.layers
    }
    found: dict[int | None, tuple[str, ...]] = {None: ()}
    for level in range(1, max(depths.values(), default=1)):
        found[level] = tuple(layer for layer, depth in depths.items() if depth > level)
    return found


def read_insights(
    path: Path,
    progress: Progress = no_progress,
    cancel: CancelToken | None = None,
    *,
    conditions: Sequence[str] = (),
) -> Insights:
    """Count a project, with a connection of its own beside the window's; agreement and confusion only of what meets the
    conditions. Raises ProjectError, Cancelled, and BadChoice for a condition that is none or that nothing can meet.
    """
    session = Session.open(path, write=False)
    try:
        work = ScopedWork(session, parse_scope(conditions))
        found = count_insights(session, work=work, progress=progress, cancel=cancel)
        if conditions:
            found.scope_notes = (f"only {', '.join(conditions)}", *work.notes())
        return found
    finally:
        session.close()


def write_csv(figure: Figure, path: Path, *, keep_off: Path) -> None:
    """Write the rows of a figure to a file. Raises FormatError; an existing file is then unchanged."""
    with OutputFiles(keep_off=keep_off) as files:
        files.open(path).write(csv_file(csv_of(figure)))

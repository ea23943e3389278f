"""Agreement between the annotators of a project, from what each has finished."""

from collections.abc import Iterator, Mapping, Sequence
from fnmatch import fnmatchcase
from typing import Any

from app.core.csv_table import Cell
from app.core.decision import GOLD
from app.core.errors import BadChoice
from app.core.progress import CancelToken, Progress, no_progress
from app.core.record import DocumentRecord, SetRecord, SetSnapshot
from app.core.wording import rounded
from app.jobs.tasks.agreement_scope import AgreementScope, ScopedWork
from app.review.agreement.report import LayerAgreement, Measure, agreement
from app.review.agreement.resamples import RESAMPLES
from app.review.readings import Reading, Readings
from app.session.session import Session

_KINDS = ("person", "model")  # gold is the result of adjudication, not another independent reading


class ReadingSource:
    """Reads the finished sets of documents, as agreement is measured on them.

    Where review has begun, the sets are as they were then: later changes may be the result of discussion. Other
    finished sets are as they are now, and with `as_now` all of them are. Where all are compared with gold (`against`),
    it is read too once all of a document is decided.
    """

    def __init__(self, session: Session, *, as_now: bool = False, against: str | None = None) -> None:
        self._session = session
        self._against = against
        self._frozen = set[str]() if as_now else session.reader.frozen_documents()

    @property
    def has_frozen(self) -> bool:
        """Whether review of any document has begun."""
        return bool(self._frozen)

    def of(self, record: DocumentRecord) -> Readings:
        """Return a document with the sets of those who finished it; there may be none. Raises ProjectError."""
        uid = record.document.uid
        kept = self._session.reader.snapshots_of(uid) if uid in self._frozen else {}
        found = reading_together(record, kept)
        gold = record.gold
        if self._against != GOLD or gold is None or not gold.status.is_finished:
            return found
        return with_gold(found, gold)


def with_gold(readings: Readings, gold: SetRecord) -> Readings:
    """Return readings with gold as one more annotator."""
    return readings._replace(by={**readings.by, GOLD: Reading(gold.annotations, gold.relations)})


def reading_together(record: DocumentRecord, kept: Mapping[str, SetSnapshot]) -> Readings:
    """Return a document with the sets of those who finished it; snapshots, by annotator's name, come first."""
    by: dict[str, Reading] = {}
    for item in record.sets:
        snapshot = kept.get(item.annotator)
        if snapshot is not None:
            by[item.annotator] = Reading(snapshot.annotations, snapshot.relations)
        elif item.kind in _KINDS and item.status.is_finished:
            by[item.annotator] = Reading(item.annotations, item.relations)
    document, is_frozen = record.document, any(item.annotator in kept for item in record.sets)
    return Readings(
        *(document.uid, document.length, by, document.name, document.sha256), frozen=is_frozen, text=document.text
    )


def finished_readings(
    session: Session,
    *,
    as_now: bool = False,
    against: str | None = None,
    work: ScopedWork | None = None,
    progress: Progress = no_progress,
    cancel: CancelToken | None = None,
) -> Iterator[Readings]:
    """Yield every document that at least one annotator has finished; see `ReadingSource`. `work` is what counts.

    Raises Cancelled, and at the end BadChoice if no one worked by a scheme that was asked for.
    """
    total = session.reader.documents.count()
    source = ReadingSource(session, as_now=as_now, against=against)
    work = work or ScopedWork(session, AgreementScope())
    for number, record in enumerate(session.reader.records()):
        if cancel is not None:
            cancel.raise_if_cancelled()
        progress(number, total, f"{number:,} documents")
        counting = work.of(record)
        found = source.of(counting) if counting is not None else None
        if found is not None and found.by:
            yield found
    work.check()


def measure_agreement(
    session: Session,
    *,
    layers: Sequence[str] = (),
    seed: int = 0,
    resamples: int = RESAMPLES,
    gamma: bool = False,
    as_now: bool = False,
    against: str | None = None,
    scope: AgreementScope | None = None,
    level: int | None = None,
    progress: Progress = no_progress,
    cancel: CancelToken | None = None,
) -> Iterator[LayerAgreement]:
    """Yield the agreement in these layers, or in all layers with annotations.

    With `as_now`, sets under review are as they are now; `against` is an annotator's name, or gold, whom all others are
    compared with; `scope` is what counts; `level` is that of trees of labels, from 1. Raises BadChoice for a layer that
    the scheme doesn't have, a name that no document has and a scheme by which no one worked, FormatError for an unknown
    annotator, and Cancelled.
    """
    if against is not None:
        against = session.reader.known_annotator(against, with_gold=True)
    scheme = session.scheme
    for layer in layers:
        if scheme.layer(layer) is None:
            known = ", ".join(item.id for item in scheme.layers)
            raise BadChoice(f"the scheme has no layer “{layer}”", hint=f"its layers are: {known}")
    work = ScopedWork(session, scope or AgreementScope())
    readings = finished_readings(session, as_now=as_now, against=against, work=work, progress=progress, cancel=cancel)
    for found in agreement(
        readings, scheme, layers=layers, seed=seed, resamples=resamples, gamma=gamma, against=against, level=level
    ):
        yield found._replace(notes=[*found.notes, *work.notes()])


CSV_COLUMNS = (
    *("layer", "measure", "annotator", "other", "label", "value", "low", "high"),
    *("n", "other_n", "used", "total", "note"),
)


def csv_rows(found: LayerAgreement) -> Iterator[tuple[Cell, ...]]:
    """Yield the measures of a layer as rows of `CSV_COLUMNS`; what is of all annotators has none, and n added up."""
    for measure in found.measures:
        row = _rounded(measure)
        one, other = measure.pair or ("", "")
        low, high = row["interval"] or (None, None)
        n = measure.n if isinstance(measure.n, list) else [measure.n]
        mine, theirs = (n[0], n[1]) if measure.pair and len(n) == 2 else (sum(n), None)
        yield (
            *(found.layer, measure.measure, one, other, measure.label or "", row["value"], low, high),
            *(mine, theirs, measure.used, measure.total, measure.note),
        )


def chosen_measures(found: LayerAgreement, names: Sequence[str]) -> LayerAgreement:
    """Return only the measures with these names, which may have `*`. Raises BadChoice for one that there isn't."""
    known = dict.fromkeys(measure.measure for measure in found.measures)
    for name in names:
        if not any(fnmatchcase(measure, name) for measure in known):
            raise BadChoice(f"there is no measure “{name}” in the layer {found.layer}", hint=f"use: {', '.join(known)}")
    kept = [m for m in found.measures if any(fnmatchcase(m.measure, name) for name in names)]
    return found._replace(measures=kept)


def as_row(found: LayerAgreement) -> dict[str, Any]:
    """Return the agreement of a layer as a JSON-compatible object; resources/help/agreement.md documents it."""
    return {**found._asdict(), "measures": [_rounded(measure) for measure in found.measures]}


def _rounded(measure: Measure) -> dict[str, Any]:
    bounds = measure.interval
    return {
        **measure._asdict(),
        "value": None if measure.value is None else rounded(measure.value),
        "interval": None if bounds is None else (rounded(bounds[0]), rounded(bounds[1])),
    }

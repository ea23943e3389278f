"""Agreement between the annotators of a project, from what each has finished."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from app.core.errors import BadChoice
from app.core.progress import CancelToken, Progress, no_progress
from app.core.record import DocumentRecord, SetSnapshot
from app.review.agreement.bootstrap import RESAMPLES
from app.review.agreement.report import LayerAgreement, agreement
from app.review.readings import Reading, Readings
from app.session.session import Session

_KINDS = ("person", "model")  # gold is the result of adjudication, not another independent reading


def finished_readings(
    session: Session, *, progress: Progress = no_progress, cancel: CancelToken | None = None
) -> Iterator[Readings]:
    """Yield every document that at least one annotator has finished. Raises Cancelled.

    Where review has begun, the sets are as they were then: later changes may be the result of discussion. Other
    finished sets are as they are now.
    """
    total = session.reader.documents.count()
    frozen = session.reader.snapshots()
    for number, record in enumerate(session.reader.records()):
        if cancel is not None:
            cancel.raise_if_cancelled()
        progress(number, total, f"{number:,} documents")
        found = reading_together(record, frozen)
        if found.by:
            yield found


def reading_together(record: DocumentRecord, frozen: Mapping[tuple[str, str], SetSnapshot]) -> Readings:
    """Return a document with the sets of those who finished it, as they were when review began if it has."""
    by: dict[str, Reading] = {}
    for item in record.sets:
        kept = frozen.get((record.document.uid, item.annotator))
        if kept is not None:
            by[item.annotator] = Reading(kept.annotations, kept.relations)
        elif item.kind in _KINDS and item.status.is_finished:
            by[item.annotator] = Reading(item.annotations, item.relations)
    return Readings(record.document.uid, record.document.length, by)


def measure_agreement(
    session: Session,
    *,
    layers: Sequence[str] = (),
    seed: int = 0,
    resamples: int = RESAMPLES,
    gamma: bool = False,
    progress: Progress = no_progress,
    cancel: CancelToken | None = None,
) -> Iterator[LayerAgreement]:
    """Yield the agreement in these layers, or in all layers with annotations.

    Raises BadChoice for a layer that the scheme doesn't have, and Cancelled.
    """
    scheme = session.scheme
    for layer in layers:
        if scheme.layer(layer) is None:
            known = ", ".join(item.id for item in scheme.layers)
            raise BadChoice(f"the scheme has no layer “{layer}”", hint=f"its layers are: {known}")
    readings = finished_readings(session, progress=progress, cancel=cancel)
    yield from agreement(readings, scheme, layers=layers, seed=seed, resamples=resamples, gamma=gamma)


def as_row(found: LayerAgreement) -> dict[str, Any]:
    """Return the agreement of a layer as a JSON-compatible object; resources/help/agreement.md documents it."""
    return {**found._asdict(), "measures": [measure._asdict() for measure in found.measures]}

"""Counts what an export would write and leave out, without writing anything."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from app.core.document_conditions import Condition
from app.core.progress import CancelToken
from app.core.record import DocumentRecord
from app.core.wording import counted
from app.exchange.registry import Registry
from app.exchange.report import LossReport, Report
from app.exchange.selection import LeftOut
from app.exchange.split import Split
from app.jobs.tasks.export_deal import deal
from app.jobs.tasks.export_pool import pooled_records
from app.jobs.tasks.export_scope import check_layers, export_scope, selection_of
from app.session.session import Session

_SHORT = {
    LeftOut.UNFINISHED: "{} not finished",
    LeftOut.UNTOUCHED: "{} opened but not marked",
    LeftOut.SKIPPED: "{} skipped",
    LeftOut.UNSTARTED: "{} not begun",
    LeftOut.ONLY_REFERENCE: "{} only for reference",
}


class ExportPreview(NamedTuple):
    """What an export would write: documents, and records of the format, in all and by part of the split.

    `left_out` counts work by the reason why it would be left out; `unfit` is the number of documents that don't meet
    the conditions.
    """

    documents: int
    records: int
    parts: tuple[tuple[str, int], ...]
    left_out: dict[LeftOut, int]
    unfit: int

    def lines(self) -> list[str]:
        """Return the preview in words: what is written, then what is left out, if anything is."""
        records = f", {self.records:,} records" if self.records > self.documents else ""
        parts = f" ({', '.join(f'{name} {count:,}' for name, count in self.parts)})" if self.parts else ""
        reasons = [_SHORT[why].format(f"{count:,}") for why, count in self.left_out.items()]
        if self.unfit:
            reasons.append(f"{self.unfit:,} without what you ask for")
        out = [f"Left out: {', '.join(reasons)}"] if reasons else []
        return [f"{counted(self.documents, 'document')}{records}{parts}", *out]


def preview_export(
    session: Session,
    *,
    format: str,
    annotators: Sequence[str] = (),
    every_annotator: bool = False,
    gold: bool = False,
    pooling: str | None = None,
    layers: Sequence[str] = (),
    split: Split | None = None,
    where: Sequence[Condition] = (),
    unfinished: bool = False,
    cancel: CancelToken | None = None,
    registry: Registry | None = None,
) -> ExportPreview:
    """Count an export with the parameters of `export_project`. Raises FormatError as that does, and Cancelled."""
    writer = (registry or Registry()).writer(format)
    scope = export_scope(
        session, writer, annotators=annotators, every_annotator=every_annotator, gold=gold, pooling=pooling
    )
    check_layers(session, layers)
    selection = selection_of(session, writer, scope, layers=layers, where=where, unfinished=unfinished)
    report = LossReport()
    total = fit = documents = records = 0

    def watched(record: DocumentRecord) -> DocumentRecord:
        nonlocal total
        if cancel is not None:
            cancel.raise_if_cancelled()
        total += 1
        return record

    def pool(found: Iterable[DocumentRecord], said: Report) -> Iterable[DocumentRecord]:
        return pooled_records(found, scope, session.scheme, layers, said)

    with session.reader.snapshot():
        found = map(watched, session.reader.records(with_text=scope.pooling is not None))
        for record in selection.chosen(pool(found, report), report):
            fit += 1
            if record.sets or not writer.takes_one_annotator:
                documents += 1
                records += len(record.sets) if writer.takes_one_annotator else 1
        dealt = deal(session, selection, writer, split, pool=pool, cancel=cancel) if split is not None else None
    parts: tuple[tuple[str, int], ...] = ()
    if split is not None and dealt is not None:
        where_to = list(dealt.parts.values())
        parts = tuple((name, where_to.count(number)) for number, name in enumerate(split.names))
    left_out = {why: count for why in LeftOut if (count := report.count(why))}
    return ExportPreview(documents, records, parts, left_out, total - fit)

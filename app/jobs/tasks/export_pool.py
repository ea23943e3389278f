"""Puts what several annotators' work comes to in the place of their sets, before an export selects of them."""

from collections.abc import Collection, Iterable, Iterator

from app.core.record import DocumentRecord
from app.core.scheme import Scheme
from app.exchange.report import Report
from app.jobs.tasks.export_scope import ExportScope
from app.review.pooled_work import pooled_work


def pooled_records(
    records: Iterable[DocumentRecord], scope: ExportScope, scheme: Scheme, layers: Collection[str], report: Report
) -> Iterator[DocumentRecord]:
    """Yield records with the set of the majority, or of soft labels, as their only one; without pooling, as they are.

    A document that only one finished, and one in which nothing has a majority, is left out; the report says so.
    """
    if scope.pooling is None:
        yield from records
        return
    for record in records:
        found = pooled_work(record, scheme, scope.pooling, layers=layers, annotators=scope.annotators)
        name = record.document.name
        if found.undecided:
            words = f"{name}: “{next(iter(found.undecided[0].versions.values())).quote[:40]}”"
            what = "marks that neither more than half made nor more than half didn't, left out"
            report.note("undecided", what, words, count=len(found.undecided))
        if len(found.readers) == 1:
            report.note("one-reader", "documents that only one annotator finished, left out", name)
        elif found.item is None and found.readers:
            report.note("no-majority", "documents in which no mark has a majority either way, left out", name)
        else:
            yield record._replace(sets=(found.item,) if found.item is not None else (), decisions=(), suggestions=())

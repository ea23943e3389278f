"""Exports an open project into a file or a folder, or into one for each part of a split."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import BinaryIO

from app.core.decision import GOLD
from app.core.document import Document
from app.core.document_conditions import Condition
from app.core.errors import FormatError
from app.core.mark_ends import oddities
from app.core.progress import CancelToken, Progress, no_progress
from app.core.record import DocumentRecord
from app.core.wording import counted
from app.exchange.format import WriteOptions, Writer
from app.exchange.option import OptionValue, option_values
from app.exchange.output import Output, OutputFiles, StreamOutput, write_failed
from app.exchange.provenance import Provenance
from app.exchange.registry import Registry
from app.exchange.report import LossReport, Report
from app.exchange.selection import LeftOut, Selection
from app.exchange.split import Split
from app.jobs.tasks.data_beside import DataBeside
from app.jobs.tasks.export_deal import deal, named_by, note_deal
from app.jobs.tasks.export_pool import pooled_records
from app.jobs.tasks.export_report import ExportedFile, ExportReport, GoldCount
from app.jobs.tasks.export_scope import ExportScope, check_layers, export_scope, selection_of
from app.jobs.tasks.training_counts import PartCounts
from app.review.votes import with_tallies
from app.services.review.sheets import sheet_of
from app.session.session import Session

_DOCUMENTS_A_TICK = 100
_KEPT_DOCUMENTS = 16


def export_project(
    session: Session,
    out: Path | BinaryIO,
    *,
    format: str = "stet",
    annotators: Sequence[str] | None = None,
    every_annotator: bool = False,
    gold: bool = False,
    pooling: str | None = None,
    layers: Sequence[str] = (),
    split: Split | None = None,
    where: Sequence[Condition] = (),
    unfinished: bool = False,
    options: Mapping[str, OptionValue] | None = None,
    progress: Progress = no_progress,
    cancel: CancelToken | None = None,
    registry: Registry | None = None,
) -> ExportReport:
    """Write a snapshot of the project in a format.

    Files and folders are written under temporary names and moved into place together once they are complete.
    `annotators` are those whose work is exported; without them it is everyone's, if the format can tell annotators
    apart or with `every_annotator`, else that of the only one who has worked. `gold` exports the reviewed annotations
    with their decisions; with `pooling`, a `Pooling` by name, it is what the annotators' work comes to.
    Formats with one annotator per record get finished work only, and with `unfinished` whatever was begun; a condition
    on the status decides by itself. `options` are values of the format's own options.

    Raises FormatError and Cancelled; DamagedRow for a row that can't be decoded or a text that isn't the one imported;
    ProjectDamaged if the file is damaged. Existing files are then unchanged.
    """
    writer = (registry or Registry()).writer(format)
    own = option_values(writer.options, options or {}, format=format)
    names = annotators or ()
    scope = export_scope(session, writer, annotators=names, every_annotator=every_annotator, gold=gold, pooling=pooling)
    check_layers(session, layers)
    selection = selection_of(session, writer, scope, layers=layers, where=where, unfinished=unfinished)
    find = _kept(session.reader.documents.get)
    people = (GOLD,) if scope.gold else tuple(scope.annotators or session.reader.workers())
    extra = session.reader.documents.extra_of
    provenance = Provenance(writer.origin_place, LossReport())
    write_options = WriteOptions(
        scheme=session.scheme,
        document=find,
        extra=extra,
        own=own,
        annotators=people,
        layers=tuple(layers),
        answer=provenance.answer,
    )
    labels = pooling or ("gold" if scope.gold else "annotators")
    chosen = {"whose": list(people), "labels": labels, "layers": list(layers)}
    chosen |= {"conditions": list(map(str, where)), "unfinished": unfinished, "options": own}
    work = _Export(session, writer, write_options, selection, scope, progress, cancel, provenance)
    with session.reader.snapshot():
        if isinstance(out, Path):
            parts = work.to_place(out, split, DataBeside(session, format, chosen, split, layers))
        else:
            parts = work.to_stream(out, split)
    return ExportReport(format, parts, split.seed if split else None, work.losses, work.gold.outcomes())


class _Export:
    """One export: what is written where, and what can't be represented."""

    def __init__(
        self,
        session: Session,
        writer: Writer,
        options: WriteOptions,
        selection: Selection,
        scope: ExportScope,
        progress: Progress,
        cancel: CancelToken | None,
        provenance: Provenance,
    ) -> None:
        self._session = session
        self._scope = scope
        self._provenance = provenance
        self._writer = writer
        self._options = options
        self._cancel = cancel
        self._selection = selection
        self._reading = _Reading(session, selection, progress, cancel)
        # An export of everything includes whatever its documents refer to; only a selection can miss some of it.
        watches_links = selection.leaves_out_documents and not writer.takes_one_annotator
        self._links = _Links(session) if watches_links else None
        self._written = 0
        self._counts: dict[str, PartCounts] = {}
        self.losses = provenance.report
        self.gold = GoldCount()

    def to_stream(self, stream: BinaryIO, split: Split | None) -> tuple[ExportedFile, ...]:
        """Write everything to a stream. Raises FormatError for what can't be a stream."""
        if self._writer.is_folder:
            raise FormatError("this format is a folder of files", hint="give a folder name instead of -")
        output = StreamOutput(stream)
        with self._session.reader.integrity.verified() as file:
            parts = self._write_parts(output, split)
            file.require()
        self._require_gold()
        self._note_missing()
        return parts

    def to_place(self, path: Path, split: Split | None, beside: DataBeside) -> tuple[ExportedFile, ...]:
        """Write everything to a file, a folder, or the parts of a split, and what stands beside training data."""
        with (
            OutputFiles(keep_off=self._session.path) as files,
            self._session.reader.integrity.verified() as file,
        ):
            output = files.output(path, is_folder=self._writer.is_folder)
            parts = self._write_parts(output, split)
            self._require_gold()
            file.require()
            self._note_missing()
            if self._writer.is_training_data:
                beside.write(files, output, self._counts, self.losses)
        return tuple(part._replace(replaced=part.path in files.replaced) for part in parts)

    def _note_missing(self) -> None:
        """Note what the user may miss: documents that were left out, and why nothing was written."""
        if self._links is not None:
            self._links.note(self.losses)
        for name in self._selection.unknown_names:
            self.losses.note("unknown-name", "names in --where that no document has", name)
        if not self._written:
            is_unfinished = bool(self.losses.count(LeftOut.UNFINISHED))
            self.losses.note("nothing", self._reading.why_nothing(is_unfinished=is_unfinished), count=0)

    def _write_parts(self, output: Output, split: Split | None) -> tuple[ExportedFile, ...]:
        if split is None:
            return (self._write(output, self._chosen(self.losses), "all"),)
        outputs = [output.part(name) for name in split.names]
        dealt = deal(self._session, self._selection, self._writer, split, pool=self._pooled, cancel=self._cancel)
        note_deal(dealt, split, self._session, self.losses)
        self._reading.repeat(len(outputs))
        parts: list[ExportedFile] = []
        for number, part in enumerate(outputs):
            # Each part reads everything again; what the choice of layers drops is only noted once.
            chosen = self._chosen(self.losses if number == 0 else LossReport())
            records = (record for record in chosen if dealt.parts.get(record.document.uid) == number)
            parts.append(self._write(part, records, split.names[number]))
        for part in parts:
            if not part.documents and part.path is not None:
                what = "empty parts of the split: too few documents, or too many that must stay together"
                self.losses.note("empty", what, part.path.name)
        return tuple(parts)

    def _chosen(self, report: LossReport) -> Iterator[DocumentRecord]:
        records = self._provenance.watch(self._reading.records(self.losses, self._count))
        if self._writer.takes_one_annotator:  # whose sets are left out with everyone else's: count their votes before
            records = (with_tallies(record, self._session.scheme) for record in records)
        return self._selection.chosen(self._pooled(records, report), report)

    def _pooled(self, records: Iterable[DocumentRecord], report: Report) -> Iterator[DocumentRecord]:
        return pooled_records(records, self._scope, self._session.scheme, self._options.layers, report)

    def _count(self) -> int:
        return self._written

    def _write(self, output: Output, records: Iterable[DocumentRecord], name: str) -> ExportedFile:
        before = self._written
        counts = self._counts[name] = PartCounts()
        try:
            self.losses.add(self._writer.write(self._said(records, counts), output, self._options))
        except OSError as error:
            if output.path is None:
                raise
            raise write_failed(output.path, error) from error
        return ExportedFile(output.path, self._written - before)

    def _said(self, records: Iterable[DocumentRecord], counts: PartCounts) -> Iterator[DocumentRecord]:
        return self._provenance.say(self._noted(records, counts))

    def _noted(self, records: Iterable[DocumentRecord], counts: PartCounts) -> Iterator[DocumentRecord]:
        for record in records:
            if self._writer.takes_one_annotator and not record.sets:
                yield record  # doesn't produce a record, but the writer may have something to say of it
                continue
            self._written += 1
            self.gold.add(record)
            counts.add(record)
            self._note_oddities(record)
            if self._links is not None:
                self._links.add(record)
            yield record

    def _note_oddities(self, record: DocumentRecord) -> None:
        for item in record.sets:
            for annotation, oddity in oddities(item.annotations, record.document.text):
                if self.losses.has_room(oddity):
                    where = f"{record.document.name} ({item.annotator}): “{annotation.quote[:40]}”"
                    self.losses.note(oddity.value, oddity.words, where)
                else:
                    self.losses.note(oddity, "")

    def _require_gold(self) -> None:
        """Raise FormatError instead of writing empty files if gold was requested and there is none."""
        if self._selection.gold and not self._written:
            if self.losses.count(LeftOut.UNFINISHED):
                hint = "finish the review, or choose to export unfinished work too"
                raise FormatError("no document has finished gold", hint=hint)
            hint = "choose other documents"
            raise FormatError("no document has the requested gold", hint=f"{hint} with --where", in_window=hint)


class _Reading:
    """Reads the project's documents with progress; if gold is exported, notes where it is outdated or missing."""

    def __init__(self, session: Session, selection: Selection, progress: Progress, cancel: CancelToken | None) -> None:
        self._session = session
        self._selection = selection
        self._progress = progress
        self._cancel = cancel
        self._total = session.reader.documents.count()
        self._read = 0
        self._seen: set[str] = set()  # uids of documents whose gold was checked

    def repeat(self, times: int) -> None:
        """Expect that everything is read this many times, for the progress."""
        self._total *= times

    def records(self, losses: LossReport, written: Callable[[], int]) -> Iterator[DocumentRecord]:
        """Yield all records; `written` returns how many documents were written so far. Raises Cancelled."""
        for record in self._session.reader.records():
            if self._cancel is not None:
                self._cancel.raise_if_cancelled()
            if self._read % _DOCUMENTS_A_TICK == 0:
                self._progress(self._read, self._total, counted(written(), "document"))
            self._read += 1
            if self._selection.gold and record.document.uid not in self._seen and self._selection.fits(record):
                self._seen.add(record.document.uid)
                self._note_unsettled(record, losses)
            yield record

    def why_nothing(self, *, is_unfinished: bool) -> str:
        """Return why nothing was written."""
        if is_unfinished:
            return "nothing exported, as no document is finished"
        if self._total:
            return "nothing exported, as no documents match the conditions"
        if self._session.is_written_elsewhere:
            return "nothing exported, as the project has no documents until the running import is finished"
        return "nothing exported, as the project has no documents"

    def _note_unsettled(self, record: DocumentRecord, losses: LossReport) -> None:
        """Note finished gold if annotators have changed their annotations since, and finished work without gold."""
        gold = record.gold
        if gold is None or not (gold.status.is_finished or gold.annotations or record.decisions):
            if any(item.kind != GOLD and item.status.is_finished for item in record.sets):
                what = "documents that annotators finished, but that have no gold yet"
                losses.note("unreviewed", what, record.document.name)
        elif gold.status.is_finished and not sheet_of(record, self._session).is_settled:
            what = "documents whose gold is finished, but with undecided marks added or changed since"
            losses.note("unsettled", what, record.document.name)


class _Links:
    """Tracks which documents were written, and which they refer to."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._written: set[str] = set()
        self._named: set[str] = set()

    def add(self, record: DocumentRecord) -> None:
        """Add a written document."""
        self._written.add(record.document.uid)
        self._named.update(named_by(record))

    def note(self, losses: LossReport) -> None:
        """Note the documents that the written ones refer to but that were left out."""
        for uid in sorted(self._named - self._written):
            what = "documents left out although exported ones refer to them (reference or evidence)"
            losses.note("reference", what, self._session.reader.documents.name_of(uid) or uid)


def _kept(find: Callable[[str], Document | None]) -> Callable[[str], Document | None]:
    """Cache the last few results: a reference is looked up for every annotation that cites it as evidence."""
    known: dict[str, Document | None] = {}

    def answer(uid: str) -> Document | None:
        if uid not in known:
            if len(known) >= _KEPT_DOCUMENTS:
                known.pop(next(iter(known)))
            known[uid] = find(uid)
        return known[uid]

    return answer

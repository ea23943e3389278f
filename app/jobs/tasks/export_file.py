"""Exporting an open project into a file, or into one file for each part of a split."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

from app.core.annotation import Status
from app.core.decision import GOLD, Outcome, is_gold_name
from app.core.document import Document
from app.core.errors import BadChoice, FormatError
from app.core.progress import CancelToken, Progress, no_progress
from app.core.record import DocumentRecord
from app.exchange.format import WriteOptions, Writer
from app.exchange.output import OutputFiles, write_failed
from app.exchange.registry import Registry
from app.exchange.report import LossReport
from app.exchange.selection import Condition, Selection
from app.exchange.split import Split
from app.services.review.sheets import sheet_of
from app.session.session import Session

_DOCUMENTS_A_TICK = 100
_KEPT_DOCUMENTS = 16


class ExportedFile(NamedTuple):
    """A file that was written, with the number of documents in it; `path` is None for a stream.

    `replaced` tells that a file of that name was there before.
    """

    path: Path | None
    documents: int
    replaced: bool = False


class ExportReport(NamedTuple):
    """What an export did. `losses` says what the format couldn't carry.

    `gold` counts the annotations of gold by the outcome of the decision on them; `undecided` are those without one.
    """

    format: str
    parts: tuple[ExportedFile, ...]
    seed: int | None
    losses: LossReport
    gold: dict[str, int]

    @property
    def documents(self) -> int:
        """How many documents were written in all."""
        return sum(part.documents for part in self.parts)

    def lines(self) -> list[str]:
        """Return the report in words: what was written, then what couldn't be."""
        written = [_counted(part) for part in self.parts]
        seed = f" (seed {self.seed})" if self.seed is not None else ""
        outcomes = [f"{count:,} {_OUTCOMES.get(outcome, outcome)}" for outcome, count in self.gold.items()]
        gold = [f"gold: {', '.join(outcomes)}"] if outcomes else []
        return [f"exported {', '.join(written)}{seed}", *gold, *(str(loss) for loss in self.losses)]

    def as_dict(self) -> dict[str, Any]:
        """Return the report as plain values, for JSON."""
        parts = [part._asdict() | {"path": str(part.path) if part.path else None} for part in self.parts]
        losses = self.losses.as_list()
        return {"format": self.format, "parts": parts, "seed": self.seed, "gold": self.gold, "losses": losses}


_UNDECIDED = "undecided"
_OUTCOMES = {_UNDECIDED: "without a decision"}


def _counted(part: ExportedFile) -> str:
    noun = "document" if part.documents == 1 else "documents"
    place = f" to {part.path}" if part.path else ""
    return f"{part.documents:,} {noun}{place}{' (replacing a file)' if part.replaced else ''}"


def export_project(
    session: Session,
    out: Path | BinaryIO,
    *,
    format: str = "stet",
    annotators: Sequence[str] | None = None,
    every_annotator: bool = False,
    gold: bool = False,
    layers: Sequence[str] = (),
    split: Split | None = None,
    where: Sequence[Condition] = (),
    tokens: bool = False,
    progress: Progress = no_progress,
    cancel: CancelToken | None = None,
    registry: Registry | None = None,
) -> ExportReport:
    """Write the project, as it is at this moment, in a format.

    Files are written beside their places and put there together when they are whole. `annotators` are those whose work
    is meant; without them it is everyone's, where the format can say whose it is or with `every_annotator`, else that
    of the only one who has worked. With `gold`, the reviewed annotations and the decisions on them are meant. Raises
    FormatError and Cancelled; files are then as before.
    """
    found = (registry or Registry()).get(format)
    if found.writer is None:
        raise BadChoice(f"the format “{format}” is import-only", hint="name another")
    whose = _whose(session, annotators, every_annotator, gold, found.writer)
    check_layers(session, layers)
    selection = Selection(annotators=whose.annotators, gold=whose.gold, layers=layers, where=where)
    work = _Export(session, found.writer, selection, progress, cancel)
    work.set_options(tokens=tokens)
    with session.reader.snapshot():
        if not isinstance(out, Path):
            if split is not None:
                raise FormatError("a split needs an output file", hint="give a file name instead of -")
            parts = (ExportedFile(None, work.write(out, work.all())),)
            work.require_gold()
        elif split is None:
            parts = work.write_files([(out, work.all())])
        else:
            dealt = work.deal(split)
            paths = split.paths(out)
            parts = work.write_files([(path, work.part(number, dealt)) for number, path in enumerate(paths)])
            work.note_empty(parts)
    work.note_unnamed()
    work.note_nothing()
    return ExportReport(format, parts, split.seed if split else None, work.losses, work.outcomes())


class _Whose(NamedTuple):
    """Whose work is meant: that of these annotators, none of which means everyone's, or gold alone."""

    annotators: list[str]
    gold: bool = False


def _whose(session: Session, wanted: Sequence[str] | None, every: bool, gold: bool, writer: Writer) -> _Whose:
    people = session.reader
    if gold:
        if not people.has_gold():
            hint = "review the marks first, or export the annotators' marks"
            raise FormatError("there is no gold in the project yet", hint=hint)
        return _Whose([], gold=True)
    if wanted:
        if any(map(is_gold_name, wanted)):
            raise FormatError("gold isn't an annotator's work", hint="use --gold without --as")
        return _Whose([people.known_annotator(name) for name in wanted])
    if every or not writer.takes_one_annotator:
        return _Whose([])
    busy = [name for _, name, kind, documents, _ in people.annotator_counts() if documents and kind != GOLD]
    has_gold = people.has_gold()
    if len(busy) > 1 or (busy and has_gold):
        there = ", ".join(busy[:8])
        if has_gold:
            what = f"this format has one annotator or gold per record, but the project has {there} and gold"
            raise FormatError(what, hint="choose with --gold or --as NAME, or use --all for a record of each")
        what = f"this format has one annotator per record, but the project has {there}"
        raise FormatError(what, hint="choose with --as NAME, or use --all for a record of each")
    if not busy and not has_gold:
        raise FormatError("the project has no annotations yet", hint="annotate, or import annotations")
    return _Whose(busy, gold=has_gold)


def check_layers(session: Session, layers: Sequence[str]) -> None:
    """Raise BadChoice for a layer that neither the scheme nor any annotation has."""
    known = {layer.id for layer in session.scheme.layers}
    known |= {layer for layer, _, _, _ in session.reader.label_counts()} if set(layers) - known else set()
    unknown = next((layer for layer in layers if layer not in known), None)
    if unknown is not None:
        raise BadChoice(f"unknown layer “{unknown}”", hint=f"use one of: {', '.join(sorted(known))}")


class _Export:
    """One export: what is left out, what was written, and what was lost on the way."""

    def __init__(
        self,
        session: Session,
        writer: Writer,
        selection: Selection,
        progress: Progress,
        cancel: CancelToken | None,
    ) -> None:
        self.session = session
        self.writer = writer
        self.selection = selection
        self.progress = progress
        self.cancel = cancel
        self.losses = LossReport()
        self.total = session.documents.count()
        self.read = 0
        self.written = 0
        # A file of everything holds whatever its documents point at; only a choice of them can lack some of it.
        self.watches_links = selection.leaves_out_documents and not writer.takes_one_annotator
        self.carried: set[str] = set()
        self.named: set[str] = set()
        self.decided: dict[str, int] = {}
        self.held: set[str] = set()

    def set_options(self, *, tokens: bool) -> None:
        scheme = self.session.scheme
        tokenize = _tokenizer(scheme.language) if tokens else None
        find = _kept(self.session.documents.get)
        self.options = WriteOptions(scheme=scheme, document=find, tokens=tokenize)

    def all(self) -> Iterator[DocumentRecord]:
        return self.selection.chosen(self.counted(), self.losses)

    def part(self, number: int, dealt: dict[str, int]) -> Iterator[DocumentRecord]:
        # Each part reads everything anew; what the choice of layers cuts is noted once.
        report = self.losses if number == 0 else LossReport()
        chosen = self.selection.chosen(self.counted(), report)
        return (record for record in chosen if dealt.get(record.document.uid) == number)

    def counted(self) -> Iterator[DocumentRecord]:
        for record in self.session.records():
            if self.cancel is not None:
                self.cancel.raise_if_cancelled()
            if self.read % _DOCUMENTS_A_TICK == 0:
                self.progress(self.read, self.total, f"{self.written:,} documents")
            self.read += 1
            self.note_unsettled(record)
            yield record

    def note_unsettled(self, record: DocumentRecord) -> None:
        """Say of which gold annotators have changed the ground since it was called finished."""
        gold = record.gold
        if (
            self.selection.gold
            and gold is not None
            and gold.status.is_finished
            and record.document.uid not in self.held
        ):
            self.held.add(record.document.uid)
            if not sheet_of(record, self.session).is_settled:
                what = "documents whose gold is finished, but with undecided marks added or changed since"
                self.losses.note("unsettled", what, record.document.name)

    def deal(self, split: Split) -> dict[str, int]:
        """Deal the documents out to the parts: those that share a reference or evidence stay together."""
        weights: dict[str, int] = {}
        links: list[tuple[str, str]] = []
        for record in self.selection.chosen(self.session.records(with_text=False), LossReport()):
            uid = record.document.uid
            records = sum(item.status is not Status.SKIPPED for item in record.sets)
            weight = records if self.writer.takes_one_annotator else 1
            if weight:
                weights[uid] = weight
            links.extend((uid, other) for other in _named_by(record))
        self.total *= len(split.names)
        return split.assign(weights, links)

    def write_files(self, parts: Sequence[tuple[Path, Iterator[DocumentRecord]]]) -> tuple[ExportedFile, ...]:
        done: list[ExportedFile] = []
        with OutputFiles(keep_off=self.session.path) as files:
            for path, records in parts:
                file = files.open(path)
                try:
                    done.append(ExportedFile(path, self.write(file, records)))
                except OSError as error:
                    raise write_failed(path, error) from error
            self.require_gold()
        return tuple(part._replace(replaced=part.path in files.replaced) for part in done)

    def require_gold(self) -> None:
        """Refuse to leave files without anything in them where gold was asked for."""
        if self.selection.gold and not self.written:
            raise FormatError("no document has the requested gold", hint="choose other documents with --where")

    def write(self, out: BinaryIO, records: Iterable[DocumentRecord]) -> int:
        """Write the records; return how many documents they were."""
        before = self.written
        self.losses.add(self.writer.write(self.noted(records), out, self.options))
        return self.written - before

    def noted(self, records: Iterable[DocumentRecord]) -> Iterator[DocumentRecord]:
        for record in records:
            if self.writer.takes_one_annotator and all(item.status is Status.SKIPPED for item in record.sets):
                yield record  # makes no line, but the writer says so
                continue
            self.written += 1
            self.count_gold(record)
            if self.watches_links:
                self.carried.add(record.document.uid)
                self.named.update(_named_by(record))
            yield record

    def count_gold(self, record: DocumentRecord) -> None:
        if record.gold is not None:
            deciding = record.deciding()
            for annotation in record.gold.annotations:
                decision = deciding.get(annotation.uid)
                outcome = decision.outcome.value if decision else _UNDECIDED
                self.decided[outcome] = self.decided.get(outcome, 0) + 1

    def outcomes(self) -> dict[str, int]:
        """Return how many annotations of gold were written, by outcome, in a fixed order."""
        order = [*(outcome.value for outcome in Outcome), _UNDECIDED]
        return {outcome: self.decided[outcome] for outcome in order if outcome in self.decided}

    def note_empty(self, parts: Sequence[ExportedFile]) -> None:
        """Note the parts of a split that there were too few documents for."""
        for part in parts:
            if not part.documents and part.path is not None:
                what = "empty parts of the split: too few documents, or too many that must stay together"
                self.losses.note("empty", what, part.path.name)

    def note_nothing(self) -> None:
        """Say why nothing was written, which somebody who exports doesn't expect."""
        if self.written:
            return
        if self.total:
            what = "nothing exported, as no documents match the conditions"
        elif self.session.is_written_elsewhere:
            what = "nothing exported, as the project has no documents until the running import is finished"
        else:
            what = "nothing exported, as the project has no documents"
        self.losses.note("nothing", what)

    def note_unnamed(self) -> None:
        """Note the documents that the written ones point at and that were left out."""
        for uid in sorted(self.named - self.carried):
            what = "documents left out although exported ones refer to them (reference or evidence)"
            self.losses.note("reference", what, self.session.documents.name_of(uid) or uid)


def _named_by(record: DocumentRecord) -> set[str]:
    """Return the uids of the documents that this one points at."""
    named = {e.document for item in record.sets for a in item.annotations for e in a.evidence}
    return (named | set(record.references)) - {record.document.uid}


def _kept(find: Callable[[str], Document | None]) -> Callable[[str], Document | None]:
    """Keep the last few answers: a reference is asked for once by every mark that it proves."""
    known: dict[str, Document | None] = {}

    def answer(uid: str) -> Document | None:
        if uid not in known:
            if len(known) >= _KEPT_DOCUMENTS:
                known.pop(next(iter(known)))
            known[uid] = find(uid)
        return known[uid]

    return answer


def _tokenizer(language: str) -> Callable[[str], list[tuple[int, int]]]:
    from app.nlp.tokens import tokenizer  # spaCy takes a second to load

    return tokenizer(language)

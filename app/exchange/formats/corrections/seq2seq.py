"""The format `seq2seq`: pairs of a text and the corrected one, whole or sentence by sentence."""

from collections.abc import Iterable, Iterator

import msgspec

from app.core.record import DocumentRecord
from app.exchange.format import ExportNotes, Format, WriteOptions, Writer
from app.exchange.formats.corrections.corrected_work import (
    KEEPS,
    PARTLY,
    UNCHANGED,
    CorrectedWork,
    Rewrite,
    corrected_work,
    note_marks,
    note_partial,
)
from app.exchange.losses import Losses
from app.exchange.option import FormatOption, OptionKind
from app.exchange.output import Output
from app.exchange.report import LossReport

SENTENCE, DOCUMENT = "sentence", "document"
UNIT = FormatOption(
    "unit",
    "A pair for each",
    OptionKind.CHOICE,
    SENTENCE,
    (SENTENCE, DOCUMENT),
    help="Whether each sentence is a pair, or each document; sentences that a correction joins or crosses are one.",
)
PREFIX = FormatOption(
    "prefix", "Before the text", OptionKind.TEXT, "", help="Words before each source, such as T5’s “correct: ”."
)


class Seq2SeqWriter(Writer):
    """Writes pairs of source and target, with the place of the source in its document (code points)."""

    suffix = ".seq2seq.jsonl"
    takes_one_annotator = True
    is_training_data = True
    options = (UNIT, PREFIX, UNCHANGED, PARTLY)

    def write(self, records: Iterable[DocumentRecord], output: Output, options: WriteOptions) -> LossReport:
        """Write the records as they come; documents without a set make no pair."""
        losses = Losses("a pair", "", keeps=KEEPS)
        prefix = str(options.own.get(PREFIX.name) or "")
        out = output.main()
        for record in records:
            if record.sets:
                losses.of_document(record)
            for item in record.sets:
                losses.of_set(record, item)
                work = corrected_work(record, item, options.scheme, losses)
                note_marks(work, losses)
                for made in _wanted(work, options, losses):
                    pair = {"source": prefix + made.source, "target": made.target, "id": record.document.uid}
                    place = {"start": made.start, "end": made.end, "annotator": item.annotator}
                    out.write(msgspec.json.encode({**pair, **place}) + b"\n")
        return losses.report


def _wanted(work: CorrectedWork, options: WriteOptions, losses: Losses) -> Iterator[Rewrite]:
    name = f"{work.record.document.name} ({work.item.annotator})"
    is_whole = options.own.get(UNIT.name) == DOCUMENT
    takes_partly = bool(options.own.get(PARTLY.name))
    takes_unchanged = bool(options.own.get(UNCHANGED.name, UNCHANGED.default))
    for made in [work.whole()] if is_whole else work.by_sentence():
        where = name if is_whole else f"{name}: “{made.source[:40]}”"
        if made.is_partial:
            note_partial(losses, where, is_written=takes_partly)
        if made.is_partial and not takes_partly:
            continue
        if not made.target.strip() and made.source.strip():
            losses.note("deleted", "texts or sentences that are deleted as a whole, left out", where, is_whole=True)
        elif not made.is_changed and not takes_unchanged:
            what = "texts or sentences in which nothing is corrected, left out"
            losses.note("unchanged", what, where, is_whole=True)
        elif made.source.strip():
            yield made


FORMAT = Format(
    "seq2seq",
    "Pairs of source and target",
    None,
    Seq2SeqWriter(),
    summary="JSONL for models that rewrite: sentences or documents, and what they are corrected to",
    help_page="fine-tuning.md",
    notes=ExportNotes(
        everyone="A pair for each sentence or document and each annotator: as it is, and as it was corrected.",
        one="A pair per sentence or document: as it is, and as NAME’s corrections make it.",
    ),
)

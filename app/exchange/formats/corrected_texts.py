"""Writes corrected texts: a folder with a text file for each document, its corrections applied or marked."""

from collections.abc import Iterable, Sequence

from app.core.annotation import Annotation
from app.core.correction import Replacement, corrected
from app.core.record import DocumentRecord, SetRecord
from app.exchange.file_names import FileNames, safe
from app.exchange.format import ExportNotes, Format, WriteOptions, Writer
from app.exchange.losses import Losses
from app.exchange.option import FormatOption, OptionKind
from app.exchange.output import Output
from app.exchange.report import LossReport

_APPLIED, _SHOWN = "applied", "critic-markup"
SHOW = FormatOption(
    "show",
    "Corrections",
    OptionKind.CHOICE,
    _APPLIED,
    (_APPLIED, _SHOWN),
    "Whether they are applied, or shown in CriticMarkup: {~~old~>new~~}, {--old--} and {++new++}.",
)
_SUFFIX = ".txt"


class CorrectedTextWriter(Writer):
    """Writes a text file for each document that somebody has worked on. With several annotators, each has a folder."""

    is_folder = True
    has_file_each = True
    takes_one_annotator = True
    options = (SHOW,)

    def write(self, records: Iterable[DocumentRecord], output: Output, options: WriteOptions) -> LossReport:
        """Write the records as they come. Corrections that overlap are left out and reported."""
        losses = Losses("a plain text", "text", keeps=("name", "correction", "reference", "status"))
        names = FileNames(without=_SUFFIX)
        shows = options.own.get(SHOW.name) == _SHOWN
        several = len(options.annotators) != 1
        for record in records:
            losses.of_document(record)
            for item in record.sets:
                text = _text(record, item, losses, shows=shows)
                folder = f"{safe(item.annotator)}/" if several else ""
                with output.open(f"{folder}{names.stem(record.document)}{_SUFFIX}") as file:
                    file.write(text.encode())
        return losses.report


def _text(record: DocumentRecord, item: SetRecord, losses: Losses, *, shows: bool) -> str:
    text = record.document.text
    put_right = corrected(text, item.annotations)
    where = f"{record.document.name} ({item.annotator})"
    quotes = {each.uid: each.quote or each.label for each in item.annotations}
    for one, other in put_right.clashes:
        what = "corrections that overlap another one; neither is applied"
        losses.note("clash", what, f"{where}: “{quotes[one][:40]}” and “{quotes[other][:40]}”", is_whole=True)
    for each in item.annotations:
        losses.of_mark(record, item, each)
    without = sum(_is_uncorrected(each) for each in item.annotations)
    losses.note("uncorrected", "marks without a correction, whose words stay", where, count=without, is_whole=True)
    return critic_markup(text, put_right.applied) if shows else put_right.text


def _is_uncorrected(annotation: Annotation) -> bool:
    return annotation.correction is None and annotation.quote != ""


def critic_markup(text: str, applied: Sequence[Replacement]) -> str:
    """Return a text with changes in CriticMarkup. Source: the specification at https://criticmarkup.com/spec.php."""
    pieces: list[str] = []
    at = 0
    for each in applied:
        old, new = text[each.start : each.end], each.written
        changed = f"{{~~{old}~>{new}~~}}" if old and new else f"{{--{old}--}}" if old else f"{{++{new}++}}"
        pieces += [text[at : each.start], changed if old or new else ""]
        at = each.end
    return "".join([*pieces, text[at:]])


FORMAT = Format(
    "corrected",
    "Corrected texts",
    writer=CorrectedTextWriter(),
    summary="a folder of plain texts with their corrections applied, or shown in CriticMarkup",
    help_page="corrected-text.md",
    notes=ExportNotes(
        everyone="Each document’s text as each annotator corrected it.",
        one="Each document’s text as NAME corrected it.",
    ),
)

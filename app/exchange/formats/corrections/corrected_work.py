"""What one annotator's work makes of a text: the corrected text, and where errors are left in it."""

from collections.abc import Iterator
from typing import NamedTuple

from app.core.annotation import Annotation
from app.core.correction import Corrected, Replacement, corrected
from app.core.record import DocumentRecord, SetRecord
from app.core.scheme import Scheme
from app.core.validation import quote_holds
from app.exchange.losses import Losses
from app.exchange.option import FormatOption
from app.exchange.text_pieces import Piece, pieces

KEEPS = ("name", "status", "correction", "seconds", "model")
"""What of records these formats hold, or leave out by what they are (see `Losses`)."""
PARTLY = FormatOption(
    "partly",
    "Also what isn’t corrected altogether",
    help="Whether texts are written in which an error has no correction, or in which corrections contradict each "
    "other; what is called the corrected text still has those errors.",
)
UNCHANGED = FormatOption(
    "unchanged",
    "Also texts without errors",
    default=True,
    help="Whether texts in which nothing is corrected are written: they teach a model to leave alone what is right.",
)


class Rewrite(NamedTuple):
    """A piece `[start, end)` of a text and what it becomes. `is_partial` says that an error is left in it."""

    start: int
    end: int
    source: str
    target: str
    is_partial: bool

    @property
    def is_changed(self) -> bool:
        """Whether anything was corrected."""
        return self.source != self.target


class CorrectedWork(NamedTuple):
    """A document with one annotator's work. `marks` are those whose quotes hold; `open` are the ranges of errors that
    have no correction, or one that contradicts another.
    """

    record: DocumentRecord
    item: SetRecord
    marks: tuple[Annotation, ...]
    corrected: Corrected
    open: tuple[Piece, ...]

    def whole(self) -> Rewrite:
        """Return the whole text and what it becomes."""
        text = self.record.document.text
        return Rewrite(0, len(text), text, self.corrected.text, bool(self.open))

    def by_sentence(self) -> Iterator[Rewrite]:
        """Yield the sentences and what they become; those that a correction or an open error reaches across are one."""
        text = self.record.document.text
        parts = self.corrected.applied
        cut = pieces(text, [*((part.start, part.end) for part in parts), *self.open])
        waiting = sorted(low for low, _ in self.open)
        at = left = 0
        for number, (start, end) in enumerate(cut):
            following = cut[number + 1][0] if number + 1 < len(cut) else len(text) + 1
            mine: list[Replacement] = []
            while at < len(parts) and _is_before(parts[at], end, following):
                mine.append(parts[at])
                at += 1
            before = left
            while left < len(waiting) and waiting[left] < following:
                left += 1
            yield Rewrite(start, end, text[start:end], _rewritten(text, start, end, mine), left > before)


def _is_before(part: Replacement, end: int, following: int) -> bool:
    """Whether a replacement belongs to a piece that ends at `end`, not to the one that begins at `following`.

    What is put in, or replaced, between two pieces belongs to the one before.
    """
    return part.start < end or (part.end < following if part.start < part.end else part.start < following)


def _rewritten(text: str, start: int, end: int, parts: list[Replacement]) -> str:
    if not parts:
        return text[start:end]
    at, stop = min(start, parts[0].start), max(end, parts[-1].end)
    made: list[str] = []
    for part in parts:
        made += [text[at : part.start], part.written]
        at = part.end
    return "".join([*made, text[at:stop]]).strip()


def corrected_work(record: DocumentRecord, item: SetRecord, scheme: Scheme, losses: Losses) -> CorrectedWork:
    """Return what a set makes of its document's text; marks that can't be taken for what they say are noted."""
    text, name = record.document.text, record.document.name
    marks = tuple(mark for mark in item.annotations if quote_holds(mark, text))
    lost = len(item.annotations) - len(marks)
    losses.note("quote", "marks whose quote doesn't match the text, left out", name, count=lost, is_whole=True)
    losses.note("relation", "relations", name, count=len(item.relations))
    correctable = {layer.id for layer in scheme.text_layers if layer.has_correction}
    made = corrected(text, marks)
    clashing = {uid for pair in made.clashes for uid in pair}
    unclear = [m for m in marks if m.uid in clashing or (m.correction is None and m.layer in correctable)]
    return CorrectedWork(record, item, marks, made, tuple((mark.start, mark.end) for mark in unclear))


def note_partial(losses: Losses, where: str, *, is_written: bool) -> None:
    """Note a text, or a sentence, with an error that has no correction, or one that contradicts another."""
    what = "texts with errors that aren't corrected, or whose corrections contradict each other"
    losses.note("partly", what if is_written else f"{what}, left out", where, is_whole=True)


def note_marks(work: CorrectedWork, losses: Losses) -> None:
    """Note what a corrected text doesn't say of its marks: everything but their corrections."""
    for mark in work.marks:
        if mark.correction is None:
            where = f"{work.record.document.name} ({work.item.annotator}): “{(mark.quote or mark.label)[:40]}”"
            losses.note("mark", "marks without a correction", where)
        else:
            losses.of_mark(work.record, work.item, mark)

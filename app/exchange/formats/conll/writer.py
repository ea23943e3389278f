"""Writes CoNLL: the tokens of texts with the tags of one layer."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import BinaryIO, cast

from app.core.annotation import Annotation
from app.core.record import DocumentRecord, SetRecord
from app.exchange.format import WriteOptions, Writer
from app.exchange.formats.conll.lines import DOCSTART
from app.exchange.formats.conll.reader import OWN
from app.exchange.formats.conll.tags import OUTSIDE, Chunk, TagScheme, tags_of
from app.exchange.formats.conll.token_chunks import TokenChunks
from app.exchange.kept_fields import kept_of
from app.exchange.label_names import LabelNames
from app.exchange.losses import Losses
from app.exchange.option import FormatOption, OptionKind
from app.exchange.output import Output
from app.exchange.report import LossReport

_AS_READ = "as read"
SCHEME = FormatOption(
    "scheme",
    "Tag scheme",
    OptionKind.CHOICE,
    _AS_READ,
    (_AS_READ, *map(str, TagScheme)),
    help="How marks are written as tags; “as read” is that of the imported file, and IOB2 for other documents.",
)
_WORD = re.compile(r"\S+")


class ConllWriter(Writer):
    """Writes one annotator's marks as tags. Where marks overlap, the longer one is written."""

    suffix = ".conll"
    takes_one_annotator = True
    is_training_data = True
    options = (SCHEME,)

    def write(self, records: Iterable[DocumentRecord], output: Output, options: WriteOptions) -> LossReport:
        """Write the records as they come; documents without a set aren't written."""
        losses = Losses("CoNLL", OWN)
        names = LabelNames(options.scheme)
        out = output.main()
        is_first = True
        for record in records:
            if record.sets:
                losses.of_document(record)
                if OWN not in record.extra:
                    losses.note("name", "names of documents", record.document.name)
            for item in record.sets:
                losses.of_set(record, item)
                _Tagged(record, item, options, names, losses).write(out, is_first=is_first)
                is_first = False
        return losses.report


class _Tagged:
    """The tokens and tags of one annotator's work on a document."""

    def __init__(
        self, record: DocumentRecord, item: SetRecord, options: WriteOptions, names: LabelNames, losses: Losses
    ) -> None:
        self._record = record
        self._item = item
        self._losses = losses
        self._scheme = options.scheme
        self._own = kept_of(record.extra, OWN)
        text = record.document.text
        # Tokens that were joined to a text are those between its blanks; others are cut by the rules of the language.
        words = [match.span() for match in _WORD.finditer(text)] if self._own else options.tokens(record.document)
        self._tokens = [span for span in words if text[slice(*span)].strip()]
        self._chunks = TokenChunks(record.document.name, self._tokens, names, losses)
        wanted = options.own.get(SCHEME.name, _AS_READ)
        read = self._own.get("scheme", TagScheme.IOB2) if wanted == _AS_READ else wanted
        self._tag_scheme = TagScheme(read) if read in tuple(TagScheme) else TagScheme.IOB2

    def write(self, out: BinaryIO, *, is_first: bool) -> None:
        """Write the document; the first one needs no line that says so if its file had none."""
        text = self._record.document.text
        columns = self._columns()
        width = int(self._own.get("columns", 2))
        separator = str(self._own.get("separator", "\t" if not self._own else " "))
        others = cast("Sequence[Sequence[str]]", self._own.get("others", ()))
        comments = cast("Mapping[str, Sequence[str]]", self._own.get("comments", {}))
        filler = ["-X-", *["-X-"] * (width - 3), OUTSIDE] if width > 2 else [OUTSIDE]  # noqa: PLR2004  token and tag
        has_start = not is_first or self._own.get("docstart", True)
        lines = [separator.join([DOCSTART, *filler]), ""] if has_start else []
        token_at, places = int(self._own.get("token", 0)), [int(each) for each in self._own.get("tags", [1])]
        sentence, before, joined = 0, 0, ""
        lines += comments.get("0", [])
        for number, (start, end) in enumerate(self._tokens):
            if "\n" in text[before:start] and number:
                sentence += 1
                lines += ["", *comments.get(str(sentence), [])]
                joined += "\n"
            elif number:
                joined += " "
            joined += text[start:end]
            cells = [""] * width
            cells[token_at] = text[start:end]
            for place, tags in zip(places, columns, strict=False):
                cells[place] = tags[number]
            rest = iter(others[number]) if number < len(others) else iter(())
            free = [at for at in range(width) if at != token_at and at not in places]
            for at in free:
                cells[at] = next(rest, "_")
            lines.append(separator.join(cells))
            before = end
        self._losses.of_tokens(self._record, joined)
        out.write("".join(f"{line}\n" for line in [*lines, ""]).encode())

    def _columns(self) -> list[list[str]]:
        """Return the tags of each column: one for all marks, or those that the file had."""
        places = [int(each) for each in self._own.get("tags", [1])]
        marks = [mark for mark in self._item.annotations if self._fits(mark)]
        if len(places) == 1:
            return [self._tags(marks)]
        # Marks go to the column that they are from, others to the first one that has room.
        columns: list[list[str]] = []
        rest = [mark for mark in marks if kept_of(mark.extra, OWN).get("column") not in places]
        for place in places:
            own = [mark for mark in marks if kept_of(mark.extra, OWN).get("column") == place]
            taken, rest = self._chunks.chosen([*own, *rest], notes=place == places[-1])
            columns.append(self._tags_of(taken))
        return columns

    def _fits(self, mark: Annotation) -> bool:
        self._losses.of_mark(self._record, self._item, mark)
        return self._chunks.has_place(mark, self._scheme)

    def _tags(self, marks: Sequence[Annotation]) -> list[str]:
        taken, _ = self._chunks.chosen(marks, notes=True)
        return self._tags_of(taken)

    def _tags_of(self, found: Sequence[Chunk]) -> list[str]:
        return tags_of(sorted(found), len(self._tokens), self._tag_scheme)

"""The blocks of an M2 file: a sentence and the edits of each annotator.

`S token token …`, then `A start end|||type|||correction|||REQUIRED|||-NONE-|||annotator` for each edit, in numbers of
tokens, half-open; start and end are the same for an insertion. `-1 -1|||noop` says that an annotator changed nothing.
See https://github.com/chrisjbryant/errant and https://www.comp.nus.edu.sg/~nlp/conll14st.html.
"""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from app.core.errors import FormatError

NOOP = "noop"
NONE = "-NONE-"
REQUIRED = "REQUIRED"
ALTERNATIVE = "||"
_BAR = "|||"
_EDIT = re.compile(r"A (-?[0-9]{1,9}) (-?[0-9]{1,9})\|\|\|")
_FIELDS = 6
_HEADER = re.compile(r"# \S+")


class M2Edit(NamedTuple):
    """An edit of tokens `[start, end)`: their `type`, and the `correction` as the file has it; the two fields after it
    are seldom anything but `REQUIRED` and `-NONE-`.
    """

    line: int
    start: int
    end: int
    type: str
    correction: str
    required: str
    comment: str
    annotator: str

    @property
    def is_noop(self) -> bool:
        """Whether it says that nothing was changed."""
        return self.type == NOOP or self.start < 0

    def written(self) -> str:
        """Return its line, without the line break."""
        fields = (f"A {self.start} {self.end}", self.type, self.correction, self.required, self.comment, self.annotator)
        return _BAR.join(fields)


class M2Block(NamedTuple):
    """A sentence, as its line has it, and its edits."""

    line: int
    sentence: str
    edits: list[M2Edit]

    @property
    def header(self) -> str:
        """The id of the document that begins with it, "" for a sentence: UA-GEC writes `S # 0002` between documents."""
        is_header = _HEADER.fullmatch(self.sentence) and all(edit.is_noop for edit in self.edits)
        return self.sentence[2:] if is_header else ""


def is_m2(lines: Sequence[str]) -> bool:
    """Whether the first lines of a file are blocks of M2."""
    used = [line for line in lines if line.strip()]
    return bool(used) and used[0].startswith("S ") and any(map(_EDIT.match, used[:200]))


def blocks(lines: Sequence[str], path: Path) -> Iterator[M2Block | FormatError]:
    """Yield the blocks of a file, or the error in a line, which is then passed over."""
    block: M2Block | None = None
    for number, line in enumerate([*lines, ""], 1):
        if line.startswith("A ") and block is not None:
            try:
                block.edits.append(_edit(line, number))
            except FormatError as error:
                error.path, error.line, error.record = path, number, line
                yield error
            continue
        if block is not None and (not line.strip() or line.startswith("S ")):
            yield block
            block = None
        if line.startswith("S ") or line == "S":
            block = M2Block(number, line[2:], [])
        elif line.strip():
            what = "a line of M2 begins with S, for a sentence, or with A, for an edit of one"
            error = FormatError(what, hint="fix the line", path=path, line=number)
            error.record = line
            yield error


def _edit(line: str, number: int) -> M2Edit:
    found = _EDIT.match(line)
    fields = line[found.end() :].split(_BAR) if found else []
    if found is None or len(fields) != _FIELDS - 1:
        hint = "write A START END|||TYPE|||CORRECTION|||REQUIRED|||-NONE-|||ANNOTATOR"
        raise FormatError("this isn't an edit", hint=hint)
    return M2Edit(number, int(found[1]), int(found[2]), *fields)

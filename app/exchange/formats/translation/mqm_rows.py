"""The rows of WMT's MQM files, of all their generations.

The first (`system doc doc_id seg_id rater source target category severity`, from 2020) has no quotation; files of
errors in the source are quoted as CSV is, and one of them lacks cells. Marot's (`docSegId globalSegId … metadata`) has
an object of JSON in the last cell. See https://github.com/google/wmt-mqm-human-evaluation, and for Marot
https://github.com/google-research/google-research/tree/master/marot.
"""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from app.core.csv_table import read_csv
from app.core.errors import FormatError
from app.exchange.json_lines import JsonLine
from app.exchange.json_records import object_of

NO_ERROR = "No-error"
CHECK = "HOTW-test"
"""The severity of rows that tell whether a rater found an error that was put in to keep them attentive."""
_NO_ERROR = "noerror"
METADATA = "metadata"
NOTE = "note"
_NAMES = {
    "system": ("system", "system_id"),
    "document": ("doc", "document_id"),
    "segment": ("doc_id", "docsegid", "doc_seg_id", "doc_segment_id"),
    "number": ("seg_id", "globalsegid", "global_seg_id"),
    "rater": ("rater", "rater_id"),
    "source": ("source",),
    "target": ("target", "candidate"),
    "category": ("category",),
    "severity": ("severity",),
    "said": ("metadata", "comment", "note", "misc"),
}
_PARTS = tuple(_NAMES)
_BY_NAME = {name: part for part, names in _NAMES.items() for name in names}
_NEEDED = frozenset({"system", "document", "source", "target", "category", "severity"})
_SEVERITIES = frozenset({"minor", "major", "neutral", "critical", "no-error", "no_error", CHECK.lower()})
_FEWEST = 9  # cells of a row without a header that is one nevertheless
_LOOKED_AT = 20  # rows


class MqmRow(NamedTuple):
    """A row: an error, or that there is none. `said` is its comment, `metadata` its object of JSON, None without;
    `rest` has the columns that only this file has.
    """

    line: int
    system: str
    document: str
    segment: str
    number: str
    rater: str
    source: str
    target: str
    category: str
    severity: str
    said: str = ""
    metadata: Mapping[str, Any] | None = None
    rest: Mapping[str, str] = {}

    @property
    def is_without_error(self) -> bool:
        """Whether it says that the rater found no error in the segment."""
        return _NO_ERROR in (_folded(self.category), _folded(self.severity))

    @property
    def is_check(self) -> bool:
        """Whether it is about an error that was put in as a test."""
        return self.severity.lower() == CHECK.lower()


def _folded(name: str) -> str:
    return name.replace("-", "").replace("_", "").lower()


class MqmLayout(NamedTuple):
    """Which column is which part of a row, and the names of the other columns; `has_header` if the first line names
    them.
    """

    parts: Mapping[str, int]
    others: Mapping[str, int]
    width: int
    has_header: bool

    @property
    def is_marot(self) -> bool:
        """Whether rows have Marot's metadata."""
        return METADATA in self.others or not self.has_header


def layout_of(lines: Sequence[str]) -> MqmLayout | None:
    """Return the layout of a file by its first lines, None if it is none of MQM."""
    used = [line.split("\t") for line in lines[:_LOOKED_AT] if line]
    if not used:
        return None
    names = [cell.strip().lower() for cell in used[0]]
    parts = {_BY_NAME[name]: at for at, name in reversed(list(enumerate(names))) if name in _BY_NAME}
    if set(parts) >= _NEEDED and ("segment" in parts or "number" in parts):
        known = {name for name in names if name in _BY_NAME and name != METADATA}
        others = {
            cell.strip(): at
            for at, (cell, name) in enumerate(zip(used[0], names, strict=True))
            if name not in known and name and not name.startswith("#")
        }
        return MqmLayout(parts, others, len(names), True)
    severity = _PARTS.index("severity")
    if all(len(row) >= _FEWEST and row[severity].lower() in _SEVERITIES for row in used):
        return MqmLayout({part: at for at, part in enumerate(_PARTS)}, {}, len(_PARTS), False)
    return None


def rows_of(text: str, layout: MqmLayout, path: Path) -> Iterator[MqmRow | FormatError]:
    """Yield the rows of a file, or the error in one."""
    rows: Iterator[tuple[int, list[str]]] = read_csv(text, path=path) if _is_quoted(text, path) else _plain(text)
    if layout.has_header:
        next(rows, None)
    for line, cells in rows:
        if not any(cells):
            continue
        try:
            yield _row(cells, layout, line, path)
        except FormatError as error:
            error.path, error.line, error.record = path, line, "\t".join(cells)
            yield error


def _plain(text: str) -> Iterator[tuple[int, list[str]]]:
    for number, line in enumerate(text.split("\n"), 1):
        yield number, line.removesuffix("\r").split("\t")


def _is_quoted(text: str, path: Path) -> bool:
    """Whether cells are quoted: some have doubled quotation marks, and all that begin with one are well formed.

    In files without quotation, segments begin with a quotation mark that belongs to them.
    """
    if '\t"' not in text or '""' not in text:
        return False
    try:
        return any('"' in cell for row in read_csv(text, path=path) for cell in row.cells)
    except FormatError:
        return False


def _row(cells: Sequence[str], layout: MqmLayout, line: int, path: Path) -> MqmRow:
    if len(cells) > layout.width:
        what = f"{len(cells)} cells, where {layout.width} are expected"
        raise FormatError(what, hint="there may be a tab in a text; fix the line")
    found = {part: cells[at] if at < len(cells) else "" for part, at in layout.parts.items()}
    if found["severity"].lower() not in _SEVERITIES and (found["severity"] or len(cells) < layout.width):
        found = _aligned(cells) or found
    others = {name: cells[at] for name, at in layout.others.items() if at < len(cells) and name != METADATA}
    has_severity = bool(found["severity"]) or (bool(found["category"]) and layout.parts["severity"] < len(cells))
    if not has_severity and found.get("rater"):  # an empty cell beside a category is what was said; a missing one isn't
        raise FormatError("an error without a severity", hint="write Minor, Major, Neutral or No-error")
    said, metadata = found.get("said", ""), None
    at = layout.others.get(METADATA, len(cells))
    data = cells[at] if at < len(cells) else said
    if data.startswith("{"):
        metadata = object_of(JsonLine(line, 0, data.encode("utf-8", "surrogatepass"), False), path)
        note = metadata.get(NOTE)
        said = note if isinstance(note, str) else "" if said == data else said
    return MqmRow(
        line=line,
        system=found["system"],
        document=found["document"],
        segment=found.get("segment") or found.get("number", ""),
        number=found.get("number", ""),
        rater=found.get("rater", ""),
        source=found["source"],
        target=found["target"],
        category=found["category"],
        severity=found["severity"],
        said=said,
        metadata=metadata,
        rest=others,
    )


def _aligned(cells: Sequence[str]) -> dict[str, str] | None:
    """Return the parts of a row that lacks cells: its last severity has category, target and source before it."""
    at = next((at for at in range(len(cells) - 1, 4, -1) if cells[at].lower() in _SEVERITIES), None)
    if at is None:
        return None
    ids = dict(zip(("segment", "number", "rater"), cells[2 : at - 3], strict=False))
    named = dict(zip(("source", "target", "category", "severity"), cells[at - 3 : at + 1], strict=True))
    return {"system": cells[0], "document": cells[1], **ids, **named, "said": "".join(cells[at + 1 : at + 2])}

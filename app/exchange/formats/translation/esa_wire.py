"""Rows of ESA as Appraise exports them, the texts that belong to them, and WMT's own lines with both.

A row has no header and twelve cells: user, system, number of the item, its type, the two languages, the score, the
document, whether that is complete, the spans as JSON, and when work on it began and ended, in seconds. The texts are in
the batches that the campaign was made from: a list of tasks, each with `items`. See https://github.com/AppraiseDev/Appraise
and https://github.com/wmt-conference/ErrorSpanAnnotation.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple, cast

from app.core.csv_table import read_csv
from app.core.errors import FormatError
from app.exchange.formats.translation.span_marks import span_objects
from app.exchange.json_lines import JsonLine
from app.exchange.json_records import object_of, records
from app.exchange.source import Source

CELLS = 12
TARGET, BAD = "TGT", "BAD"
_TYPES = frozenset({TARGET, BAD, "REF", "CHK"})
_TUTORIAL = "-tutorial"
_TAG = "#"
_NUMBER = re.compile(r"-?[0-9]{1,9}(\.[0-9]{1,9})?")
_LANGUAGES = {
    **{"ara": "ar", "bul": "bg", "ben": "bn", "ces": "cs", "dan": "da", "deu": "de", "ell": "el", "eng": "en"},
    **{"spa": "es", "est": "et", "fin": "fi", "fra": "fr", "heb": "he", "hin": "hi", "hrv": "hr", "hun": "hu"},
    **{"isl": "is", "ita": "it", "jpn": "ja", "kor": "ko", "lit": "lt", "lav": "lv", "nld": "nl"},
    **{"pol": "pl", "plk": "pl", "por": "pt", "ron": "ro", "rus": "ru", "slk": "sk", "slv": "sl", "srp": "sr"},
    **{"swe": "sv", "tam": "ta", "tha": "th", "tur": "tr", "ukr": "uk", "vie": "vi", "zho": "zh"},
}
"""ISO 639-3, and what Appraise writes instead, to 639-1."""


class EsaRow(NamedTuple):
    """A judgement of a segment. `cells` are those of the row, [] for a line of JSON, which has its texts: `source` and
    `target`, None for a row; `segment` is its number in the test set, "" if unknown.
    """

    line: int
    user: str
    system: str
    item: str
    type: str
    languages: tuple[str, str]
    score: str
    document: str
    spans: Sequence[Mapping[str, Any]]
    times: tuple[str, str]
    cells: Sequence[str] = ()
    source: str | None = None
    target: str | None = None
    segment: str = ""

    @property
    def is_check(self) -> bool:
        """Whether its text was spoilt to see if the annotator notices."""
        return self.type == BAD or _TAG + "bad" in self.document

    @property
    def is_tutorial(self) -> bool:
        """Whether it is from the tutorial."""
        return _TUTORIAL in self.document

    @property
    def document_name(self) -> str:
        """The name of the document without that of the system; what was shown again keeps its mark, such as `#dup`."""
        name, *tags = self.document.split(_TAG)
        others = [tag for tag in tags if tag != self.system and not self.system.endswith(f".{tag}")]
        return _TAG.join([name, *others])

    @property
    def number(self) -> float | None:
        """The score as a number, None if there is none."""
        if not _NUMBER.fullmatch(self.score):
            return None
        return float(self.score) if "." in self.score else int(self.score)

    @property
    def seconds(self) -> float:
        """How long it took."""
        if not all(_NUMBER.fullmatch(time[:10]) and time.replace(".", "", 1).isdecimal() for time in self.times):
            return 0.0
        return max(0.0, float(self.times[1]) - float(self.times[0]))

    @property
    def language(self) -> str:
        """The code of the language of the translation as documents have it, "" if unknown."""
        code = self.languages[1]
        return _LANGUAGES.get(code, code if len(code) == 2 else "")  # noqa: PLR2004  letters


def looks_like_esa(cells: Sequence[str]) -> bool:
    """Whether the cells of a row are those of ESA."""
    return (
        len(cells) == CELLS
        and cells[3] in _TYPES
        and cells[2].isdecimal()
        and cells[8] in ("True", "False")
        and cells[9].startswith("[")
        and cells[9].endswith("]")
    )


def rows_of_table(text: str, path: Path) -> Iterator[EsaRow | FormatError]:
    """Yield the rows of Appraise's table, or the error in one."""
    for line, cells in read_csv(text, path=path):
        if not any(cells):
            continue
        try:
            yield _row(cells, line, path)
        except FormatError as error:
            error.path, error.line, error.record = path, line, ",".join(cells)
            yield error


def _row(cells: Sequence[str], line: int, path: Path) -> EsaRow:
    if len(cells) != CELLS:
        raise FormatError(f"{len(cells)} cells, where {CELLS} are expected", hint="export the scores of Appraise again")
    user, system, item, type_, source, target, score, document, _, spans, start, end = cells
    wrapped = f'{{"spans":{spans or "[]"}}}'.encode("utf-8", "surrogatepass")
    found = span_objects(object_of(JsonLine(line, 0, wrapped, False), path)["spans"], "spans")
    return EsaRow(line, user, system, item, type_, (source, target), score, document, found, (start, end), list(cells))


def is_line(value: Mapping[str, Any]) -> bool:
    """Whether an object is one of WMT's lines of ESA."""
    needed = ("src", "tgt", "doc_id", "system", "annotator", "esa_score")
    return isinstance(value.get("esa_spans"), list) and all(key in value for key in needed)


def row_of_line(value: Mapping[str, Any], line: int) -> EsaRow:
    """Return the judgement in one of WMT's lines. Raises FormatError, without its place."""
    texts = {key: value.get(key) for key in ("src", "tgt", "doc_id", "system", "annotator")}
    wrong = next((key for key, text in texts.items() if not isinstance(text, str)), None)
    if wrong is not None:
        raise FormatError(f"“{wrong}” must be text", hint="fix the line")
    found = cast("dict[str, str]", texts)
    first, _, second = str(value.get("langs") or "").partition("-")
    given: Any = value.get("times")
    times = [str(each) for each in cast("list[object]", given)] if isinstance(given, list) else []
    return EsaRow(
        line=line,
        user=found["annotator"],
        system=found["system"],
        item=str(value.get("line_id", "")),
        type=TARGET,
        languages=(first, second),
        score=str(value.get("esa_score")),
        document=found["doc_id"],
        spans=span_objects(value.get("esa_spans"), "esa_spans"),
        times=(times[0], times[1]) if len(times) == 2 else ("", ""),  # noqa: PLR2004  start and end
        source=found["src"],
        target=found["tgt"],
        segment=str(value.get("line_id", "")),
    )


class BatchItem(NamedTuple):
    """A segment of a campaign: its texts, its system, its number in the test set, "" if unknown, and the spans that it
    was filled with.
    """

    source: str
    target: str
    system: str
    segment: str
    filled: Sequence[Mapping[str, Any]]


class Batches:
    """The items of a campaign, by document and number."""

    def __init__(self) -> None:
        self._items: dict[tuple[str, str], list[BatchItem]] = {}

    def __len__(self) -> int:
        return len(self._items)

    def add(self, path: Path) -> None:
        """Add the items of a file. Raises FormatError if it isn't a file of batches."""
        found = False
        for line in records(path):
            items: Any = object_of(line, path).get("items")
            for item in cast("list[object]", items) if isinstance(items, list) else []:
                if isinstance(item, dict):
                    found |= self._add(cast("Mapping[str, Any]", item))
        if not found:
            hint = "it is a list of tasks, each with “items” that have documentID, itemID, sourceText and targetText"
            raise FormatError("these aren't batches of Appraise", hint=hint, path=path)

    def _add(self, item: Mapping[str, Any]) -> bool:
        source, target, document = item.get("sourceText"), item.get("targetText"), item.get("documentID")
        if not isinstance(source, str) or not isinstance(target, str) or not isinstance(document, str):
            return False
        mqm: Any = item.get("mqm")
        filled: Any = cast("Mapping[str, Any]", mqm).get("payload") if isinstance(mqm, dict) else mqm
        parts = str(item.get("_item") or "").split(" | ")
        made = BatchItem(
            source=source,
            target=target,
            system=str(item.get("targetID") or ""),
            segment=parts[1].strip() if len(parts) > 2 else "",  # noqa: PLR2004  system, number, document
            filled=span_objects(filled, "mqm"),
        )
        self._items.setdefault((document, str(item.get("itemID"))), []).append(made)
        return True

    def item(self, row: EsaRow) -> BatchItem | None:
        """Return the segment that a row judges, None if it isn't there."""
        found = self._items.get((row.document, row.item), ())
        same = [item for item in found if item.system == row.system or item.system.endswith(f".{row.system}")]
        return next(iter(same or found), None)


def batches_beside(source: Source, given: str) -> Batches:
    """Return the batches that a person named, or those beside a file. Raises FormatError if there are none."""
    found = Batches()
    if given:
        found.add(Path(given) if Path(given).is_absolute() else source.folder / given)
        return found
    stem = source.path.stem
    for folder in (source.folder, source.folder / "data"):
        for path in sorted(folder.glob("*.json")) if folder.is_dir() else ():
            if path.name.startswith("batches") or path.name == f"{stem}.batches.json":
                found.add(path)
    if not len(found):
        what = "the texts aren't in it, and there are no batches of the campaign beside it"
        hint = "put batches_*.json beside it, or name the file with --option batches=FILE"
        raise FormatError(what, hint=hint, path=source.path)
    return found

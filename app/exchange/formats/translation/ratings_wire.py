"""Ratings of mt-metrics-eval: errors in code points, half-open, of one rater on one segment.

A standalone file has them as lines of JSON, with the texts. A test set has them in
`human-scores/PAIR.NAME.seg.rating`, a line for each system and segment, `SYSTEM`, the errors as JSON or `None`, and
perhaps the rater; the texts are in `sources/PAIR.txt` and `system-outputs/PAIR/SYSTEM.txt`, the documents in
`documents/PAIR.docs`. See https://github.com/google-research/mt-metrics-eval.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from os.path import isfile
from pathlib import Path
from typing import Any, NamedTuple, cast

from app.core.errors import FormatError
from app.exchange.formats.text import text_document
from app.exchange.formats.translation.span_marks import span_objects
from app.exchange.inner_path import inner_path
from app.exchange.json_lines import JsonLine, lines
from app.exchange.json_records import object_of, records

ERRORS, SOURCE, HYPOTHESIS = "errors", "source", "hypothesis"
DOCUMENT_ID, SEGMENT_ID, SYSTEM_ID, RATER_ID = "document_id", "segment_id", "system_id", "rater_id"
SUFFIX = ".seg.rating"
_LINE = re.compile(r"[^\t\n]+\t(?:None\b|\{\"errors\")")
_OWN = frozenset({ERRORS, SOURCE, HYPOTHESIS, DOCUMENT_ID, SEGMENT_ID, SYSTEM_ID, RATER_ID})


class Rating(NamedTuple):
    """What a rater found in a segment, "" if the file doesn't say who; `rest` are the other keys of a line."""

    line: int
    source: str
    target: str
    document: str
    segment: str
    system: str
    rater: str
    errors: Sequence[Mapping[str, Any]]
    rest: Mapping[str, Any] = {}


def is_rating(value: Mapping[str, Any]) -> bool:
    """Whether an object is a standalone rating."""
    return isinstance(value.get(ERRORS), list) and all(isinstance(value.get(key), str) for key in (SOURCE, HYPOTHESIS))


def is_rating_table(text: str) -> bool:
    """Whether the first line of a file is one of a test set's ratings."""
    return _LINE.match(text) is not None


def standalone(path: Path) -> Iterator[Rating | FormatError]:
    """Yield the ratings of a file of JSON, or the error in one. Raises FormatError as `records` does."""
    for line in records(path):
        try:
            yield _rating(object_of(line, path), line)
        except FormatError as error:
            error.path, error.line = path, error.line or line.number
            yield error


def _rating(value: Mapping[str, Any], line: JsonLine) -> Rating:
    texts = {key: value.get(key) for key in (SOURCE, HYPOTHESIS)}
    wrong = next((key for key, text in texts.items() if not isinstance(text, str)), None)
    if wrong is not None:
        raise FormatError(f"“{wrong}” must be text", hint="fix the line")
    ids = {
        key: "" if value.get(key) is None else str(value[key]) for key in (DOCUMENT_ID, SEGMENT_ID, SYSTEM_ID, RATER_ID)
    }
    return Rating(
        line=line.number,
        source=cast("str", texts[SOURCE]),
        target=cast("str", texts[HYPOTHESIS]),
        document=ids[DOCUMENT_ID] or "document",
        segment=ids[SEGMENT_ID] or str(line.number),
        system=ids[SYSTEM_ID] or "system",
        rater=ids[RATER_ID],
        errors=span_objects(value.get(ERRORS), ERRORS),
        rest={key: each for key, each in value.items() if key not in _OWN},
    )


class EvalSetTexts:
    """The texts of a test set of which a file of ratings is a part; see the module."""

    def __init__(self, path: Path) -> None:
        """Raise FormatError if the source isn't where it belongs."""
        self._root = path.parent.parent
        self._pair, _, rest = path.name.removesuffix(SUFFIX).partition(".")
        self.rater = rest or self._pair
        self._path = path
        self.source = self._lines(Path("sources") / f"{self._pair}.txt")
        documents = self._root / "documents" / f"{self._pair}.docs"
        rows = (
            [row.split("\t") for row in self._lines(documents.relative_to(self._root))] if documents.is_file() else []
        )
        self._documents = [row[-1] for row in rows]
        self._systems: dict[str, list[str]] = {}

    def document(self, segment: int) -> str:
        """Return the name of the document that a segment (from 0) is from."""
        return self._documents[segment] if segment < len(self._documents) else self._pair

    def texts(self, system: str) -> list[str]:
        """Return what a system wrote, by segment. Raises FormatError if that isn't there."""
        if system not in self._systems:
            of_system = Path("system-outputs") / self._pair / f"{inner_path(system)}.txt"
            reference = Path("references") / f"{self._pair}.{inner_path(system)}.txt"
            is_reference = not isfile(self._root / of_system) and isfile(self._root / reference)
            self._systems[system] = self._lines(reference if is_reference else of_system)
        return self._systems[system]

    def _lines(self, name: Path) -> list[str]:
        path = self._root / name
        if not isfile(path):
            what = f"the texts of the test set aren’t beside it: there is no {name.as_posix()}"
            hint = "keep the folders of the test set as they are: human-scores, sources, system-outputs, documents"
            raise FormatError(what, hint=hint, path=self._path)
        found = text_document(path, path.name, None).text.split("\n")
        return [line.removesuffix("\r") for line in (found[:-1] if found[-1] == "" else found)]


def of_test_set(path: Path) -> Iterator[Rating | FormatError]:
    """Yield the ratings of a file of a test set, or the error in one. Raises FormatError if its texts aren't there."""
    texts = EvalSetTexts(path)
    numbers: Counter[str] = Counter()
    for line in lines(path):
        cells = line.data.decode("utf-8", "replace").split("\t")
        try:
            if len(cells) not in (2, 3):
                raise FormatError(f"{len(cells)} cells, where 2 or 3 are expected", hint="fix the line")
            system, found, *rater = cells
            number = numbers[system]
            numbers[system] += 1
            if found == "None":
                continue
            written = texts.texts(system)
            if number >= min(len(written), len(texts.source)):
                what = f"there are more ratings of “{system[:40]}” than the {len(written)} segments that it translated"
                raise FormatError(what, hint="check the texts of the test set")
            given = object_of(JsonLine(line.number, 0, found.encode(), False), path)
            yield Rating(
                line=line.number,
                source=texts.source[number],
                target=written[number],
                document=texts.document(number),
                segment=str(number),
                system=system,
                rater=rater[0] if rater else texts.rater,
                errors=span_objects(given.get(ERRORS), ERRORS),
            )
        except FormatError as error:
            error.path, error.line = error.path or path, error.line or line.number
            yield error

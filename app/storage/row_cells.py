"""The cells of each table's rows as Stet writes them, and the check that a row has such cells.

A project file may come from anyone, or be damaged. So nothing of a row is believed before it has passed `reads_row`:
the types, that numbers aren't negative, that words are among those allowed, that text is UTF-8 and JSON is JSON.
"""

import re
from collections.abc import Callable, Sequence
from functools import wraps
from typing import Annotated, Any, ClassVar, Concatenate, ParamSpec, TypeVar

import msgspec

from app.core.annotation import Evidence, Fragments, Stance, Status
from app.core.decision import Outcome, Reason
from app.core.errors import DamagedRow
from app.core.record import SetSnapshot
from app.core.scheme_change import SchemeStory
from app.core.suggestion import SuggestionOutcome
from app.core.suggestion_pattern import LONGEST_PATTERN, PatternMatch
from app.core.text_change import Splice
from app.core.token_pattern import Tokens
from app.storage.connection import printable

Count = Annotated[int, msgspec.Meta(ge=0)]
Seconds = Annotated[float, msgspec.Meta(ge=0, le=1e12)]  # more than 30,000 years
Score = Annotated[float, msgspec.Meta(ge=-1e12, le=1e12)]  # finite
Kind = Annotated[str, msgspec.Meta(pattern="^(person|model|gold)$")]
Id = Annotated[str, msgspec.Meta(min_length=1)]
_Object = dict[str, Any]
_Pattern = Annotated[str, msgspec.Meta(min_length=1, max_length=LONGEST_PATTERN)]
_Correction = Annotated[str, msgspec.Meta(max_length=LONGEST_PATTERN)]
_Words = tuple[str, ...]
_Votes = dict[str, str | None]
_EXPECTED = re.compile(r"Expected `(?P<kinds>[^`]+)`(?:, got `\w+`)?(?P<limit>.*)")
_KINDS = {"int": "a whole number", "float": "a number", "str": "text", "null": "nothing"}
_PLACE = re.compile(r" - at `\$\[(\d+)\].*`$")


class Cells(msgspec.Struct, array_like=True, gc=False):
    """The cells of a row of `table` in the order of a query; `json` has the types of those that hold JSON."""

    table: ClassVar[str]
    key: ClassVar[str] = "uid"
    json: ClassVar[dict[str, Any]] = {}


class DocumentCells(Cells):
    """A document with its text."""

    table = "document"
    json = {"meta": _Object}

    id: int
    uid: Id
    name: str
    text: str
    sha256: str
    meta: str


class ListedCells(Cells):
    """A document as lists show it, with an annotator's status."""

    table = "document"
    json = {"meta": _Object}

    id: int
    uid: Id
    name: str
    length: Count
    sha256: str
    meta: str
    status: Status | None
    annotations: Count
    note: str | None


class TitledCells(Cells):
    """What a document is called."""

    table = "document"
    key = "id"
    json = {"meta": _Object}

    id: int
    name: str
    meta: str


class FoundCells(Cells):
    """A document that is searched."""

    table = "document"

    id: int
    uid: Id
    name: str
    text: str


class WorkCells(Cells):
    """A document to be assigned."""

    table = "document"

    uid: Id
    name: str
    words: Count


class SetCells(Cells):
    """An annotation set."""

    table = "annotation_set"
    key = "id"

    id: int
    status: Status
    scheme: str
    seconds: Seconds
    position: Count
    flag: str | None
    note: str


class RecordSetCells(Cells):
    """An annotation set with its annotator."""

    table = "annotation_set"
    key = "id"

    document: int
    id: int
    annotator: Id
    kind: Kind
    status: Status
    scheme: str
    seconds: Seconds
    flag: str | None
    note: str


class ReferenceCells(Cells):
    """A document's reference (uid)."""

    table = "reference"
    key = "document"

    document: int
    uid: Id
    removed: int | None


class AnnotatorCells(Cells):
    """An annotator."""

    table = "annotator"
    key = "name"

    id: int
    name: Id
    kind: Kind


class AnnotationCells(Cells):
    """An annotation without its evidence."""

    table = "annotation"
    json = {"fragments": Fragments, "attributes": _Object, "extra": _Object}

    document: int
    start: Count
    uid: Id
    set_id: int
    layer: str
    label: str
    end: Count
    fragments: str | None
    quote: str
    attributes: str
    correction: str | None
    comment: str
    origin: str
    created: str
    updated: str
    extra: str


class EvidenceCells(Cells):
    """A piece of evidence."""

    table = "evidence"
    json = {"fragments": Fragments}

    owner: int
    annotation: str
    ordinal: Count
    uid: Id
    document: Id
    start: Count
    end: Count
    fragments: str | None
    quote: str
    stance: Stance
    alternative: Annotated[int, msgspec.Meta(ge=1, le=2**31)]


class RelationCells(Cells):
    """A relation."""

    table = "relation"
    json = {"attributes": _Object}

    uid: Id
    source: Id
    target: Id
    label: str
    attributes: str
    comment: str


class DecisionCells(Cells):
    """A decision, with its document (uid) and its reviewer (name)."""

    table = "decision"
    json = {"kinds": _Words, "labels": _Words, "sources": _Words, "fields": dict[str, str], "votes": _Votes}

    key_of_document: int
    uid: Id
    document: str
    reviewer: str
    time: str
    layer: str
    group_key: str
    outcome: Outcome
    kinds: str
    labels: str
    sources: str
    gold: str | None
    fields: str
    votes: str
    tally: str | None
    reason: Reason | None
    note: str
    unclear: Annotated[int, msgspec.Meta(ge=0, le=1)]
    rule: str


class DecidedLabelsCells(Cells):
    """The labels of the groups that one or more decisions are about."""

    table = "decision"
    json = {"labels": _Words}

    uid: Id
    layer: str
    labels: str


class SuggestionCells(Cells):
    """A suggestion."""

    table = "suggestion"
    json = {"fragments": Fragments, "attributes": _Object, "evidence": tuple[Evidence, ...]}

    document: int
    start: Count
    uid: Id
    end: Count
    fragments: str | None
    quote: str
    layer: str
    label: str
    attributes: str
    correction: str | None
    evidence: str
    maker: str
    version: str
    reason: str
    score: Score | None
    created: str


class JudgementCells(Cells):
    """A judgement of a suggestion."""

    table = "judgement"
    key = "suggestion"

    document: int
    suggestion: Id
    annotator: str
    outcome: SuggestionOutcome
    time: str
    annotation: str | None


class ShownCells(Cells):
    """That a suggestion was shown to an annotator."""

    table = "shown"
    key = "suggestion"

    document: int
    suggestion: Id
    annotator: str
    time: str


class PatternCells(Cells):
    """A pattern of which every occurrence is suggested."""

    table = "pattern"
    json = {"tokens": Tokens}

    uid: Id
    words: _Pattern
    match: PatternMatch
    layer: str
    label: str
    correction: _Correction | None
    created: str
    severity: str | None
    note: _Correction
    tokens: str


class SnapshotCells(Cells):
    """A snapshot of a set, with its document (uid) and annotator (name)."""

    table = "frozen"
    key = "document"
    json = {"content": SetSnapshot}

    document: str
    annotator: str
    content: str


class SchemeCells(Cells):
    """A scheme, and what is known of how it came about."""

    table = "scheme"
    key = "id"
    json = {"story": SchemeStory}

    id: int
    name: str
    version: Count
    toml: str
    created: str
    story: str | None


class TextVersionCells(Cells):
    """An earlier text of a document."""

    table = "text_version"
    key = "sha256"
    json = {"splices": tuple[Splice, ...]}

    document: int
    sha256: Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{64}$")]
    time: str
    reason: str
    splices: str
    text: str | None


class ViewCells(Cells):
    """A saved view of the list of documents."""

    table = "saved_view"
    key = "name"
    json = {"conditions": _Words}

    name: Id
    conditions: str
    sorting: str


class LogCells(Cells):
    """A row of the log."""

    table = "edit_log"
    key = "sequence"
    json = {"edit": Any, "inverse": Any}

    sequence: Count
    uid: Id
    time: str
    annotator: str | None
    document: str | None
    document_name: str | None
    kind: Annotated[str, msgspec.Meta(pattern="^(do|undo|redo)$")]
    title: str
    edit: str
    inverse: str
    undoes: Count | None
    undone_by: Count | None
    packed: bytes | None


_C = TypeVar("_C", bound=Cells)
_R = TypeVar("_R")
_P = ParamSpec("_P")


def reads_row(
    kind: type[_C],
) -> Callable[[Callable[Concatenate[_C, _P], _R]], Callable[Concatenate[Sequence[Any], _P], _R]]:
    """Decorate a function that makes a value of a row's cells, so that it takes the row itself.

    The function raises DamagedRow, naming the row and the wrong cell, for a row that Stet wouldn't have written.
    """

    def decorate(function: Callable[Concatenate[_C, _P], _R]) -> Callable[Concatenate[Sequence[Any], _P], _R]:
        @wraps(function)
        def read(row: Sequence[Any], /, *args: _P.args, **kwargs: _P.kwargs) -> _R:
            # The messages of these errors may quote the text: none must come along into the log.
            try:
                cells = msgspec.convert(row, kind)
            except msgspec.ValidationError as error:
                raise _damaged(kind, row, _bad_cell(kind, row, str(error))) from None
            try:
                return function(cells, *args, **kwargs)
            except (msgspec.MsgspecError, TypeError, ValueError, LookupError, RecursionError) as error:
                raise _damaged(kind, row, _bad_content(kind, row, str(error))) from None

        return read

    return decorate


def require_json(table: str, row: str, name: str, text: str) -> None:
    """Raise DamagedRow if a cell isn't valid JSON."""
    wrong = _bad_json(name, text, Any)
    if wrong:
        raise DamagedRow(table, row, wrong)


def _damaged(kind: type[Cells], row: Sequence[Any], reason: str) -> DamagedRow:
    cells = dict(zip(kind.__struct_fields__, row, strict=False))
    named = kind.table == "document" and "name" in cells
    return DamagedRow(
        kind.table,
        printable(cells.get(kind.key)),
        reason,
        document=printable(cells.get("uid", "")) if named else "",
        name=printable(cells["name"]) if named else "",
    )


def _bad_cell(kind: type[Cells], row: Sequence[Any], what: str) -> str:
    """Return what is wrong with a row whose cells don't have the right types."""
    place = _PLACE.search(what)
    if place is None:
        return what
    at = int(place[1])
    return f"“{kind.__struct_fields__[at]}” {_wrong(row[at], what[: place.start()])}"


def _bad_content(kind: type[Cells], row: Sequence[Any], what: str) -> str:
    """Return what is wrong with a row whose cells have the right types: the JSON in one of them, or what they say."""
    cells = zip(kind.__struct_fields__, row, strict=False)
    bad = (_bad_json(name, cell, kind.json[name]) for name, cell in cells if name in kind.json)
    return next(filter(None, bad), what)


def _wrong(cell: object, what: str) -> str:
    """Return what is wrong with a cell: bytes are text that couldn't be decoded, or a blob."""
    if isinstance(cell, bytes):
        return "isn't valid UTF-8" if what.startswith("Expected `str") else "isn't text"
    expected = _EXPECTED.match(what)
    if expected is None or "regex" in what:
        return f"can't be “{printable(cell)}”"
    kinds = " or ".join(_KINDS.get(kind, kind) for kind in expected["kinds"].split(" | "))
    return f"is {printable(repr(cell))} instead of {kinds}{expected['limit']}"


def _bad_json(name: str, cell: object, kind: Any) -> str:  # noqa: ANN401  a type, which has no type of its own
    """Return what is wrong with a cell that holds JSON, "" if nothing is."""
    if not isinstance(cell, str):
        return ""
    try:
        msgspec.json.decode(cell, type=kind)
    except RecursionError:
        return f"“{name}” is nested too deeply"
    except msgspec.ValidationError as error:
        return f"“{name}” isn't as Stet writes it ({str(error).replace('`', '')})"
    except (msgspec.MsgspecError, UnicodeError) as error:
        return f"“{name}” isn't valid JSON ({str(error).removeprefix('JSON is malformed: ')})"
    return ""

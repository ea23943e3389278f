"""Reads Pearmut: what people answered in a campaign, and campaigns that nobody has worked on."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple, TypeGuard, cast

from app.core.annotation import Status
from app.core.errors import FormatError
from app.core.record import DocumentRecord
from app.core.remark import LONGEST_REMARK, Remark
from app.exchange.foreign_document import ForeignDocument, ForeignWork
from app.exchange.format import Claim, Reader, ReadOptions
from app.exchange.formats.translation.bitexts import ONE_EACH, Bitexts, PlacedPair, Raters, Translation
from app.exchange.formats.translation.inclusive_ends import (
    END,
    MISSING,
    START,
    InclusiveRange,
    InclusiveRuler,
    has_breaks,
    whole_number,
)
from app.exchange.formats.translation.pearmut_wire import (
    ANNOTATION,
    ITEM_I,
    SCORE,
    SLIDERS,
    SPANS,
    TEXTFIELD,
    USER,
    PearmutAnswer,
    PearmutCampaign,
    PearmutItem,
    PearmutReset,
    document_name,
    is_campaign,
    parsed_answer,
    parsed_items,
)
from app.exchange.formats.translation.score_marks import add_score
from app.exchange.formats.translation.span_marks import SpanMarks, span_objects
from app.exchange.json_lines import JsonLine
from app.exchange.json_records import are_ours, first_objects, object_of, records
from app.exchange.option import FormatOption, OptionKind
from app.exchange.segments import Range
from app.exchange.source import Source

PEARMUT = "pearmut"
HAS_BREAKS, HAS_ITEM, USERS, ITEM_REST, MODELS = "line_breaks", "item", "users", "rest", "models"
_CAMPAIGN = FormatOption(
    "campaign",
    "File of the campaign",
    OptionKind.TEXT,
    "",
    help="The campaign that has the texts, for logs without them; by default the JSON file of the same name beside.",
)
_PREFILLED = "prefilled"


class _Answered(NamedTuple):
    """What an answer says of a translation of a segment; there is no answer if it is of a campaign."""

    line: JsonLine
    item: PearmutItem
    model: str
    answer: PearmutAnswer | None
    given: Mapping[str, Any]

    def ranges(self) -> Iterator[InclusiveRange]:
        """Yield the ranges of its spans that are numbers."""
        for span in span_objects(self.given.get(SPANS), SPANS):
            start, end = whole_number(span.get(START)), whole_number(span.get(END))
            if start is not None and end is not None:
                yield InclusiveRange(self.item.tgt[self.model], start, end)


class PearmutReader(Reader):
    """Reads logs of answers, and campaigns. Each translation of a document is a document of its own."""

    suffixes = (".jsonl", ".json", ".ndjson")
    options = (_CAMPAIGN, ONE_EACH)

    def claims(self, path: Path, head: bytes) -> Claim | None:
        """Take what has answers by user, item and model, and campaigns."""
        objects = first_objects(path, head)
        for each in objects if not are_ours(objects) else ():
            if USER in each and ITEM_I in each and isinstance(each.get(ANNOTATION), list | dict | str):
                return Claim(f"its records have “{USER}”, “{ITEM_I}” and “{ANNOTATION}”")
            if is_campaign(each):
                return Claim("it is a campaign, with “info”, “campaign_id” and “data”")
        return None

    def read(self, source: Source, options: ReadOptions) -> Iterator[DocumentRecord]:
        """Yield the documents, each source before its translations. Invalid records go to `options.refuse`."""
        file = _PearmutFile(source, options)
        texts = file.texts()
        is_counted = has_breaks(span for row in file.rows for span in row.ranges())
        for found in texts.translations(options, one_each=bool(options.own.get(ONE_EACH.name))):
            if isinstance(found, ForeignDocument):
                options.at(1, 0)
                yield found.record()
                continue
            first = found.pairs[0].pair.rows[0].line
            options.at(first.number, first.byte)
            try:
                yield _Work(found, source.path, options, is_counted=is_counted).record()
            except FormatError as error:
                error.path, error.line = error.path or source.path, error.line or first.number
                options.refuse(error)


class _PearmutFile:
    """Collects the segments of a file with the answers that count."""

    def __init__(self, source: Source, options: ReadOptions) -> None:
        self._source = source
        self._options = options
        self._campaign: PearmutCampaign | None = None
        self.rows: list[_Answered] = []

    def texts(self) -> Bitexts[_Answered]:
        found = Bitexts[_Answered]()
        answers: dict[tuple[str, int | str], tuple[JsonLine, PearmutAnswer]] = {}
        for line in records(self._source.path):
            try:
                record = object_of(line, self._source.path)
                if is_campaign(record):
                    self._add_campaign(found, line, PearmutCampaign(record))
                else:
                    self._answer(answers, line, parsed_answer(record))
            except FormatError as error:
                self._refuse(error, line)
        for line, answer in answers.values():
            try:
                items = answer.items or self._items(answer)
                name = document_name(items, f"{Path(self._source.name).stem} {answer.item_i}")
                self._add(found, line, name, items, answer)
            except FormatError as error:
                self._refuse(error, line)
        return found

    def _refuse(self, error: FormatError, line: JsonLine) -> None:
        error.path, error.line = error.path or self._source.path, error.line or line.number
        if b"\n" in line.data:
            error.record = line.data[:10_000].decode("utf-8", "replace").replace("\n", " ")
        self._options.refuse(error)

    def _answer(
        self,
        answers: dict[tuple[str, int | str], tuple[JsonLine, PearmutAnswer]],
        line: JsonLine,
        found: PearmutAnswer | PearmutReset | None,
    ) -> None:
        """Take an answer. The last one of a user about a document counts, and none before a reset."""
        report = self._options.report
        if found is None or (isinstance(found, PearmutAnswer) and found.is_apart):
            what = "answers to forms, tutorials and tests of attention, left out"
            report.note("check", what, found.user if found is not None else "")
        elif isinstance(found, PearmutReset):
            for key in [key for key in answers if key[0] == found.user and found.item_i in (None, key[1])]:
                del answers[key]
                report.note("reset", "answers that were reset, left out", f"{key[0]}: {key[1]}")
        else:
            key = (found.user, found.item_i)
            if answers.pop(key, None) is not None:
                what = "answers that the same user gave again later, left out"
                report.note("again", what, f"{found.user}: {found.item_i}")
            answers[key] = (line, found)

    def _items(self, answer: PearmutAnswer) -> Sequence[PearmutItem]:
        """Return the segments of an answer from the campaign's file. Raises FormatError if there are none."""
        if self._campaign is None:
            self._campaign = _campaign_beside(self._source, str(self._options.own.get(_CAMPAIGN.name) or ""))
        found = self._campaign.items(answer.user, answer.item_i)
        if found is None or len(found) < len(answer.annotations):
            what = f"the campaign has no texts for item {answer.item_i} of “{answer.user[:40]}”"
            raise FormatError(what, hint="export the log with its items, or name another file with --option campaign=")
        return found

    def _add_campaign(self, found: Bitexts[_Answered], line: JsonLine, campaign: PearmutCampaign) -> None:
        for place, document in campaign.documents():
            try:
                items = parsed_items(document)
            except FormatError as error:
                error.what = f"{place}: {error.what}"
                self._refuse(error, line)
                continue
            if items:
                name = document_name(items, f"{Path(self._source.name).stem} {place}")
                self._add(found, line, name, items, None)

    def _add(
        self,
        found: Bitexts[_Answered],
        line: JsonLine,
        name: str,
        items: Sequence[PearmutItem],
        answer: PearmutAnswer | None,
    ) -> None:
        for number, item in enumerate(items):
            for model, said in _said(item, answer, number).items():
                if model not in item.tgt:
                    what = f"there is no text of “{model[:40]}” in segment {number + 1}"
                    raise FormatError(what, hint="fix the item")
                row = _Answered(line, item, model, answer, said)
                list(row.ranges())  # raises for what isn't a list of spans, before anything of the answer is taken
                pair = found.pair(name, model, str(number + 1), item.src, item.tgt[model])
                pair.rows.append(row)
                self.rows.append(row)


def _said(item: PearmutItem, answer: PearmutAnswer | None, number: int) -> Mapping[str, Mapping[str, Any]]:
    """Return what an answer says of a segment, by model; nothing of each model if there is no answer."""
    if answer is not None:
        return answer.of_segment(number)
    return {model: {} for model in item.tgt}


def _campaign_beside(source: Source, given: str) -> PearmutCampaign:
    """Return the campaign that a person named, or the one that lies where Pearmut puts it. Raises FormatError."""
    stem = source.path.stem
    usual = (source.folder / f"{stem}.json", source.folder.parent / "tasks" / f"{stem}.json")
    named = Path(given) if Path(given).is_absolute() else source.folder / given
    path = named if given else next((each for each in usual if each.is_file() and each != source.path), None)
    if path is None:
        what = "the texts aren't in it, and there is no campaign of the same name beside it"
        raise FormatError(what, hint="name the file of the campaign with --option campaign=FILE", path=source.path)
    for line in records(path):
        value = object_of(line, path)
        if is_campaign(value):
            return PearmutCampaign(value)
    raise FormatError("this isn't a campaign of Pearmut", hint="it has “info”, “campaign_id” and “data”", path=path)


class _Work:
    """Makes the work on a translation from the answers about it."""

    def __init__(
        self, translation: Translation[_Answered], path: Path, options: ReadOptions, *, is_counted: bool
    ) -> None:
        self._translation = translation
        self._path = path
        self._options = options
        self._is_counted = is_counted
        self._raters = Raters(translation, PEARMUT, options)
        self._users: dict[str, Any] = {}
        self._works: dict[str, ForeignWork] = {}
        self._one_each = bool(options.own.get(ONE_EACH.name))

    def record(self) -> DocumentRecord:
        for number, placed in enumerate(self._translation.pairs):
            for row in placed.pair.rows:
                if row.item.rest:
                    placed.pair.kept[PEARMUT] = {ITEM_REST: row.item.rest}
                if row.answer is None:
                    self._suggest(placed, row)
                else:
                    self._take(number, placed, row, row.answer)
        self._raters.settle()
        for work in self._works.values():
            if not self._raters.has(work.annotator):
                work.status = Status.SKIPPED
        self._translation.keep(PEARMUT, **{HAS_BREAKS: self._is_counted, USERS: self._users})
        return self._translation.document.record()

    def _take(self, number: int, placed: PlacedPair[_Answered], row: _Answered, answer: PearmutAnswer) -> None:
        values = {SCORE: row.given.get(SCORE), **_numbers(row.given.get(SLIDERS))}
        spans = span_objects(row.given.get(SPANS), SPANS)
        scores = {name: value for name, value in values.items() if _is_number(value)}
        work = self._translation.document.work(answer.user)
        if scores or spans or row.given.get(SCORE, 0) is not None:
            work = self._raters.work(answer.user, number)  # else the segment was skipped
        self._works[work.annotator] = work
        self._note_answer(work, answer)
        rest = {key: value for key, value in row.given.items() if key not in (SCORE, SPANS)}
        self._raters.keep(work.annotator, number, **rest)
        text = row.given.get(TEXTFIELD)
        if scores:
            comment = text if isinstance(text, str) else ""
            place = None if self._one_each else placed.target
            add_score(work, f"{placed.pair.key}: score", place, scores, comment=comment, format=PEARMUT, kept={})
        marks = SpanMarks(work, placed, PEARMUT)
        for span in spans:
            try:
                marks.add(span, self._range(placed, span), category_of(span))
            except FormatError as error:
                error.path, error.line = self._path, row.line.number
                self._options.refuse(error)

    def _note_answer(self, work: ForeignWork, answer: PearmutAnswer) -> None:
        """Take what an answer says of the document as a whole, once."""
        if answer.user in self._users:
            return
        models = list(dict.fromkeys(model for each in answer.annotations for model in each))
        kept: dict[str, Any] = {ITEM_I: answer.item_i, HAS_ITEM: answer.items is not None, MODELS: models}
        if models and models[0] == self._translation.system:
            kept[ITEM_REST] = answer.rest  # with the first model only: actions are long
        self._users[answer.user] = kept
        comment = answer.rest.get("comment")
        if isinstance(comment, str) and comment.strip() and len(comment) <= LONGEST_REMARK:
            work.remark = Remark(work.remark.flag, comment)
        time = answer.rest.get("time")
        if _is_number(time) and models:
            work.seconds = float(time) / len(models)

    def _suggest(self, placed: PlacedPair[_Answered], row: _Answered) -> None:
        """Take the errors that a campaign is filled with as suggestions."""
        filled: Any = row.item.rest.get(SPANS)
        given = cast("Mapping[str, object]", filled).get(row.model) if isinstance(filled, dict) else None
        if given is not None:
            marks = SpanMarks(self._translation.document.suggested(_PREFILLED), placed, PEARMUT)
            for span in span_objects(given, SPANS):
                marks.add(span, self._range(placed, span), category_of(span))

    def _range(self, placed: PlacedPair[_Answered], span: Mapping[str, Any]) -> Range | None:
        """Return the range of a span in its segment, None for what is missing. Raises FormatError."""
        given = span.get(START), span.get(END)
        if given == (MISSING, MISSING):
            return None
        start, end = whole_number(given[0]), whole_number(given[1])
        if start is None or end is None:
            raise FormatError("a start or an end isn't a whole number", hint="fix the offsets")
        ruler = InclusiveRuler(placed.pair.target, has_breaks=self._is_counted)
        if start == end >= ruler.units:
            return None  # the first of the words behind the text, which is [missing]
        try:
            return ruler.widened(start, end)
        except ValueError as error:
            raise FormatError(str(error), hint="fix the offsets") from error


def category_of(span: Mapping[str, Any]) -> str:
    """Return the category of a span. `Other/Other` is a category without ones under it."""
    found = span.get("category")
    name = found if isinstance(found, str) else ""
    first, _, second = name.partition("/")
    return first if first == second else name


def _numbers(value: object) -> dict[str, Any]:
    return dict(cast("Mapping[str, Any]", value)) if isinstance(value, dict) else {}


def _is_number(value: object) -> TypeGuard[int | float]:
    return isinstance(value, int | float) and not isinstance(value, bool)

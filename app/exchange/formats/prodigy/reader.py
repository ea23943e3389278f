"""Reads Prodigy's JSONL: what annotators answered, and what reviewers decided."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple, cast

from app.core.annotation import Annotation, Status
from app.core.decision import GOLD, is_gold_name
from app.core.errors import FormatError
from app.core.record import DocumentRecord
from app.core.suggestion import SuggestionOutcome
from app.exchange.foreign_document import ForeignDocument, ForeignWork
from app.exchange.format import Claim, Reader, ReadOptions
from app.exchange.formats.prodigy.survey import ProdigySurvey
from app.exchange.formats.prodigy.tokens import TokenNumbers, packed
from app.exchange.formats.prodigy.wire import (
    ACCEPT,
    ANSWERS,
    IGNORE,
    REJECT,
    SESSION,
    TASK_HASH,
    VIEW,
    Task,
    TaskEnd,
    TaskRelation,
    TaskSpan,
    parsed,
    who,
)
from app.exchange.json_lines import JsonLine
from app.exchange.json_records import are_ours, first_objects, object_of, placed, records
from app.exchange.offset_units import Ruler, Unit
from app.exchange.record_names import name_from_text
from app.exchange.source import Source

OWN = "prodigy"
CHOICE = "choice"
SHORT = 16  # digits of a hash that are kept
TOKEN = "TOKEN"
"""The label of what is an end of a relation and no span: a token."""
_OUTCOMES = {ACCEPT: SuggestionOutcome.ACCEPTED, REJECT: SuggestionOutcome.REJECTED}
_DONE, _OPEN, _SKIPPED = 2, 1, 0
_STATES = {_DONE: Status.DONE, _OPEN: Status.OPEN, _SKIPPED: Status.SKIPPED}


class _Given(NamedTuple):
    """A record where it stands."""

    line: JsonLine
    task: Task


class ProdigyReader(Reader):
    """Reads tasks with their answers. Records with the same text are one document."""

    suffixes = (".jsonl", ".json", ".ndjson")

    def claims(self, path: Path, head: bytes) -> Claim | None:
        """Take what has Prodigy's own keys, or spans with the numbers of tokens."""
        objects = first_objects(path, head)
        for each in objects if not are_ours(objects) else ():
            if not isinstance(each.get("text"), str):
                continue
            own = next((key for key in (TASK_HASH, VIEW, SESSION) if key in each), "")
            if own:
                return Claim(f"its records have “{own}”")
            if each.get("answer") in ANSWERS and ("spans" in each or "accept" in each or "label" in each):
                return Claim("its records have an “answer” that is accept, reject or ignore")
            spans: Any = each.get("spans")
            if isinstance(spans, list) and spans and all(map(_is_span, cast("list[object]", spans))):
                return Claim("“spans” has marks with start, end and label")
        return None

    def read(self, source: Source, options: ReadOptions) -> Iterator[DocumentRecord]:
        """Yield the documents. Invalid records go to `options.refuse`."""
        path = source.path
        survey = ProdigySurvey(path, options)
        seen_any = False
        for line in records(path):
            seen_any = True
            options.at(line.number, line.byte)
            if line.byte in survey.later:
                continue  # it was read with the first record of its text
            group = [given for each in (line, *survey.others(line)) if (given := self._given(each, path, options))]
            while group:
                try:
                    record = _Document(group, survey.unit, options).record()
                except _BadTask as bad:
                    options.at(bad.given.line.number, bad.given.line.byte)
                    options.refuse(placed(bad.error, bad.given.line, path))
                    group.remove(bad.given)  # the others of its text are as good as before
                else:
                    yield record
                    break
        if not seen_any:
            options.report.note("empty", "files without documents", str(path))

    @staticmethod
    def _given(line: JsonLine, path: Path, options: ReadOptions) -> _Given | None:
        try:
            return _Given(line, parsed(object_of(line, path)))
        except FormatError as error:
            options.at(line.number, line.byte)
            options.refuse(placed(error, line, path))
            return None


def _is_span(span: object) -> bool:
    if not isinstance(span, dict):
        return False
    keys = cast("dict[str, object]", span)
    return type(keys.get("start")) is int and type(keys.get("end")) is int and isinstance(keys.get("label"), str)


def _fields(value: object) -> Mapping[str, Any] | None:
    """Return the fields that an export of ours has, None if there are none."""
    return cast("Mapping[str, Any]", value) if isinstance(value, dict) else None


class _BadTask(Exception):
    def __init__(self, given: _Given, error: FormatError) -> None:
        super().__init__(error.what)
        self.given = given
        self.error = error


def _span_answer(task: Task, span: TaskSpan) -> str | None:
    """Return the answer to one suggested span."""
    given = span.raw.get("answer", task.answer)
    return given if given in ANSWERS else task.answer


def _question(task: Task, span: TaskSpan) -> tuple[object, ...]:
    return task.annotator, span.start, span.end, span.label


def _is_twin(tie: TaskRelation, span: TaskSpan) -> bool:
    """Whether both ends of a relation are at the place of a span, with its label: then there are two such spans."""
    at = (span.start, span.end, span.label)
    return (tie.head.start, tie.head.end, tie.head.label) == at == (tie.child.start, tie.child.end, tie.child.label)


def _keep_ends(own: dict[str, Any], uid: str, tie: TaskRelation, numbers: TokenNumbers) -> None:
    """Keep the ends of a relation as they stand if the marks don't say all of it: some versions of Prodigy number the
    last token of a span twice."""
    for name, end in (("head", tie.head), ("child", tie.child)):
        usual = {**numbers.span(end.start, end.end), "label": end.label}
        if end.raw != usual or end.number != numbers.last(end.end):
            own.setdefault("ends", {}).setdefault(uid, {})[name] = [end.number, end.raw]


class _Document:
    """Builds the record of one text from all that the file has on it."""

    def __init__(self, group: Sequence[_Given], unit: Unit, options: ReadOptions) -> None:
        first = group[0].task
        self._group = group
        self._options = options
        self._unit = unit
        self._tasks: list[dict[str, Any]] = []
        try:
            self._made = ForeignDocument(first.text, name=name_from_text(first.text), options=options, meta=first.meta)
        except FormatError as error:
            raise _BadTask(group[0], error) from error
        # Hashes and tokens are only true of this very text.
        self._made.extra[OWN] = {"text": self._made.document.sha256[:SHORT], "tasks": self._tasks}
        self._ruler = Ruler(first.text, unit)
        self._states: dict[int, tuple[ForeignWork, int]] = {}  # how far each work is, by its identity
        self._ties: dict[int, set[str]] = {}  # the keys of relations, likewise
        self._last: dict[tuple[object, ...], str | None] = {}  # answers to suggested spans

    def record(self) -> DocumentRecord:
        """Return the record. Raises _BadTask for a task that can't be taken."""
        for task in (given.task for given in self._group if given.task.is_binary):
            answers = ((span, _span_answer(task, span)) for span in task.spans)
            self._last.update((_question(task, span), answer) for span, answer in answers if answer in _OUTCOMES)
        for given in self._group:
            try:
                self._take(given.task)
            except FormatError as error:
                raise _BadTask(given, error) from error
        for work, state in self._states.values():
            work.status = _STATES[state]
        return self._made.record()

    def _take(self, task: Task) -> None:
        own: dict[str, Any] = {"keys": task.keys}
        self._tasks.append(own)
        if task.meta != self._made.document.meta:
            own["meta"] = task.meta
        if task.tokens is not None and task.ranges is not None and self._unit is Unit.CODE_POINTS:
            own["tokens"] = packed(task.tokens, task.ranges, task.text)
        if not task.has_spans:
            own["no_spans"] = True
        if task.has_relations:
            own["relations"] = True
        if task.versions:
            self._review(task, own)
            return
        if task.is_binary and task.spans:
            self._binary(task, own)
            return
        if task.answer is None and task.spans and all("source" in span.rest for span in task.spans):
            self._suggested(task, own)
            return
        if not (task.spans or task.accepted or task.answer or self._options.finished):
            return
        work = self._work(task.annotator)
        own["who"] = work.annotator
        self._answer(work, task, own)

    def _work(self, name: str | None) -> ForeignWork:
        if name is not None and is_gold_name(name):
            return self._made.work(GOLD, kind=GOLD)
        return self._made.work(name)

    def _answer(self, work: ForeignWork, task: Task, own: dict[str, Any]) -> None:
        """Take spans, relations and labels of the text as somebody's own."""
        uids = self._marks(work, task, own)
        labels = task.accepted
        for label in labels:
            key = f"{CHOICE} {label}"
            if not work.has(key):
                work.about_document(key, label, layer=CHOICE, created=task.time)
            if work.has_mark(key):
                made = work.get(key)
                own["label"] = [made.uid, made.layer, made.label]
                uids.append(made.uid)
        if len(self._group) > 1:
            own["marks"] = uids
        is_whole = not task.is_binary
        if task.answer == ACCEPT:
            self._reach(work, _DONE if is_whole else _OPEN)
        elif task.answer is not None:
            self._reach(work, _SKIPPED if is_whole or task.answer == IGNORE else _OPEN)

    def _reach(self, work: ForeignWork, state: int) -> None:
        """Note how far a task says that work is: what is done once stays so."""
        known = self._states.get(id(work), (work, _SKIPPED))[1]
        self._states[id(work)] = (work, max(known, state))

    def _marks(self, work: ForeignWork, task: Task, own: dict[str, Any]) -> list[str]:
        """Add the spans and relations of a task; return the uids of the marks."""
        keys: dict[str, TaskSpan] = {}
        seen: Counter[tuple[int, int, str]] = Counter()
        uids: list[str] = []
        numbers = TokenNumbers(task.ranges) if task.ranges is not None else None
        has_words = bool(task.spans) and all(span.words is not None for span in task.spans)
        if has_words:
            own["words"] = True
        for span in task.spans:
            content = (span.start, span.end, span.label)
            seen[content] += 1
            key = f"{span.start}-{span.end} {span.label}" + (f" {seen[content]}" if seen[content] > 1 else "")
            keys[key] = span
            if not work.has(key):
                self._mark(work, key, span, task, numbers, has_words=has_words)
            if work.has_mark(key):
                uids.append(work.get(key).uid)
        for number, tie in enumerate(task.relations):
            head = self._end(work, tie.head, keys, uids)
            twins = {key: span for key, span in keys.items() if key != head and _is_twin(tie, span)}
            child = self._end(work, tie.child, twins or keys, uids)  # no mark is related to itself
            key = f"{head} > {child} {tie.label}"
            known = self._ties.setdefault(id(work), set())
            if key in known:
                key = f"{key} {number}"
            known.add(key)
            self._relate(work, key, tie, head, child, own)
            made = work.tie(key)
            if numbers is not None and made is not None:
                _keep_ends(own, made.uid, tie, numbers)
        return uids

    def _mark(
        self,
        work: ForeignWork,
        key: str,
        span: TaskSpan,
        task: Task,
        numbers: TokenNumbers | None,
        *,
        has_words: bool,
    ) -> Annotation | None:
        rest = dict(span.rest)
        pair = self._range(span)
        given = rest.get("token_start"), rest.get("token_end")
        if numbers is not None and given == numbers.of(*pair):
            del rest["token_start"], rest["token_end"]
        if span.words is not None and not has_words:
            rest["text"] = span.words
        fields = _fields(rest.get("attributes"))
        if fields is not None:
            del rest["attributes"]
        said = {name: rest.pop(name) for name in ("correction", "comment") if isinstance(rest.get(name), str)}
        return work.mark(
            key,
            span.label,
            [pair],
            words=span.words,
            attributes=fields,
            correction=said.get("correction"),
            comment=said.get("comment", ""),
            created=task.time,
            extra={OWN: rest} if rest else {},
        )

    def _range(self, span: TaskSpan | TaskEnd) -> tuple[int, int]:
        try:
            return self._ruler.range(span.start, span.end)
        except ValueError as error:
            raise FormatError(f"{span.label[:40]}: {error}", hint="fix the offsets") from error

    def _end(self, work: ForeignWork, end: TaskEnd, keys: dict[str, TaskSpan], uids: list[str]) -> str:
        """Return the key of the mark that is an end of a relation; tokens that aren't in a span get a mark."""
        here = {key: span for key, span in keys.items() if (span.start, span.end) == (end.start, end.end)}
        same = next((key for key, span in here.items() if span.label == end.label), None)
        # Without its span, an end is given by its last token.
        last = next((key for key, span in keys.items() if span.end == end.end), None) if not end.label else None
        found = same or next(iter(here), None) or last
        if found is not None:
            return found
        label = end.label or TOKEN
        key = f"token {end.start}-{end.end} {label}"
        if not work.has(key):
            made = work.mark(key, label, [self._range(end)], extra={OWN: {"token": True}})
            if made is not None:
                uids.append(made.uid)
        return key

    def _relate(
        self, work: ForeignWork, key: str, tie: TaskRelation, head: str, child: str, own: dict[str, Any]
    ) -> None:
        comment = tie.rest.get("comment")
        work.relate(
            key,
            tie.label,
            head,
            child,
            attributes=_fields(tie.rest.get("attributes")),
            comment=comment if isinstance(comment, str) else "",
        )
        if tie.color is not None:
            own.setdefault("colors", {})[tie.label] = tie.color

    def _suggested(self, task: Task, own: dict[str, Any]) -> list[str]:
        """Take spans as suggestions of the programs that made them; return their uids."""
        uids: list[str] = []
        for number, span in enumerate(task.spans):
            maker = span.rest.get("source")
            work = self._made.suggested(maker if isinstance(maker, str) and maker.strip() else OWN)
            key = f"{span.start}-{span.end} {span.label}"
            if not work.has(key):
                made = work.mark(key, span.label, [self._range(span)], words=span.words, created=task.time)
                score = span.rest.get("score")
                if made is not None and isinstance(score, int | float) and not isinstance(score, bool):
                    work.scores[made.uid] = float(score)
            uids.append(work.get(key).uid if work.has_mark(key) else f"left out {number}")
        own["suggested"] = uids
        own["spans"] = [span.raw for span in task.spans]
        return uids

    def _binary(self, task: Task, own: dict[str, Any]) -> None:
        """Take the answers to what a program suggested: what is right becomes a mark, what is wrong is rejected."""
        work = self._work(task.annotator)
        own["who"] = work.annotator
        marks: list[str] = []
        counted: list[str | None] = []
        for uid, span in zip(self._suggested(task, own), task.spans, strict=True):
            answer, last = _span_answer(task, span), self._last.get(_question(task, span))
            mark: str | None = None
            if last == ACCEPT:
                key = f"{span.start}-{span.end} {span.label}"
                if not work.has(key):
                    work.mark(key, span.label, [self._range(span)], words=span.words, created=task.time)
                mark = work.get(key).uid if work.has_mark(key) else None
                marks += [mark] if mark is not None and answer == ACCEPT else []
            outcome = _OUTCOMES.get(str(last)) if answer in _OUTCOMES else None
            if outcome is not None and not uid.startswith("left out"):
                self._made.judge(uid, work.annotator, outcome, time=task.time, annotation=mark)
            if outcome is not None and answer != last:
                what = "suggestions that one annotator both accepted and rejected; the last answer counts"
                self._options.report.note("contradiction", what, f"{self._made.document.name}: {span.label}")
            counted.append(last if outcome is not None else answer)
        own["marks"] = marks
        if counted != [_span_answer(task, span) for span in task.spans]:
            own["counted"] = counted
        self._reach(work, _SKIPPED if task.answer == IGNORE else _OPEN)

    def _review(self, task: Task, own: dict[str, Any]) -> None:
        """Take the answers that were compared as their annotators', and the reviewer's as gold."""
        kept: list[dict[str, Any]] = []
        for version in task.versions:
            names = [who(None, session) or session for session in version.sessions]
            part: dict[str, Any] = {"keys": version.task.keys, "who": names}
            if not version.task.has_spans:
                part["no_spans"] = True
            if version.task.meta:
                part["meta"] = version.task.meta
            if version.task.tokens is not None and task.tokens != version.task.tokens:
                part["tokens"] = version.task.tokens
            for name in names:
                work = self._work(name)
                self._answer(work, version.task, part)
            kept.append(part)
        own["versions"] = kept
        own["who"] = GOLD
        if task.answer == ACCEPT:
            self._answer(self._made.work(GOLD, kind=GOLD), task, own)
        else:
            own["spans"] = [span.raw for span in task.spans]

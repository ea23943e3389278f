"""Writes Prodigy's JSONL: a task for each annotator and document, or one to review where there is gold."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, cast

import msgspec

from app.core.annotation import Annotation, Relation, Status
from app.core.decision import GOLD
from app.core.record import DocumentRecord, SetRecord
from app.core.suggestion import SuggestionOutcome
from app.exchange.format import WriteOptions, Writer
from app.exchange.formats.prodigy.reader import CHOICE, OWN, SHORT
from app.exchange.formats.prodigy.tokens import Ranges, TokenNumbers, made_of, ranges_of, unpacked
from app.exchange.formats.prodigy.wire import ACCEPT, ANNOTATOR, HASHES, IGNORE, REJECT, SESSION, VIEW, asks_yes_or_no
from app.exchange.kept_fields import kept_of
from app.exchange.label_names import LabelNames
from app.exchange.losses import Losses
from app.exchange.option import FormatOption
from app.exchange.output import Output
from app.exchange.provenance import OriginPlace
from app.exchange.record_names import is_name_from_text
from app.exchange.report import LossReport

TOKENS = FormatOption("tokens", "Add tokens", help="Adds the tokens of each text, and to each span its tokens.")
_ANSWERS = {SuggestionOutcome.ACCEPTED: ACCEPT, SuggestionOutcome.REJECTED: REJECT}
_KEPT = ("meta", "status", "attribute", "correction", "comment", "relation-field")
_encoder = msgspec.json.Encoder()

Task = Mapping[str, Any]


class ProdigyWriter(Writer):
    """Writes tasks as Prodigy's `db-in` takes them. What a task of Prodigy had is written again, hashes included; new
    tasks have none, since Prodigy makes them.
    """

    suffix = ".jsonl"
    origin_place = OriginPlace.FIELDS
    options = (TOKENS,)

    def write(self, records: Iterable[DocumentRecord], output: Output, options: WriteOptions) -> LossReport:
        """Write the records as they come."""
        out = output.main()
        losses = Losses("Prodigy", OWN, keeps=_KEPT)
        names = LabelNames(options.scheme)
        for record in records:
            for task in _Tasks(record, options, names, losses).all():
                out.write(_encoder.encode(task) + b"\n")
        return losses.report


class _Tasks:
    """Builds the tasks of one document."""

    def __init__(self, record: DocumentRecord, options: WriteOptions, names: LabelNames, losses: Losses) -> None:
        self._record = record
        self._text = record.document.text
        self._options = options
        self._scheme = options.scheme
        self._names = names
        self._losses = losses
        own = kept_of(record.extra, OWN)
        self._is_same_text = own.get("text") == record.document.sha256[:SHORT]
        tasks = cast("list[Task]", own.get("tasks") or [])
        self._tasks = tasks if self._is_same_text else [_without_hashes(each) for each in tasks]
        self._cut: Ranges | None = None
        self._ties: set[str] = set()  # the relations that were written

    def all(self) -> Iterator[dict[str, Any]]:
        record, losses = self._record, self._losses
        kept = {uid for task in self._tasks for uid in task.get("suggested", ())}
        new = tuple(each for each in record.suggestions if each.suggestion.uid not in kept)
        losses.of_document(record._replace(suggestions=new))
        if not is_name_from_text(record.document.name, self._text):
            losses.note("name", "names of documents", record.document.name)
        for item in record.sets:
            losses.of_set(record, item)
            for mark in item.annotations:
                losses.of_mark(record, item, mark, has_fields=not self._is_about(mark))
        reviewed = [each for each in self._tasks if "versions" in each]
        for task in reviewed:
            yield self._review(task)
        if not reviewed:
            yield from self._unreviewed()
        lost = [tie for item in record.sets for tie in item.relations if tie.uid not in self._ties]
        what = "relations of omissions, of labels of the document, and from one task to another"
        losses.note("relation", what, record.document.name, count=len(lost))

    def _unreviewed(self) -> Iterator[dict[str, Any]]:
        """Yield what the file that this came from had no review of."""
        gold = self._record.gold
        people = [each for each in self._record.sets if each.annotator != GOLD and self._is_begun(each)]
        if people and gold is not None and gold.status.is_finished:
            yield self._new_review(people)
        else:
            yield from self._answers()

    def _is_begun(self, item: SetRecord) -> bool:
        """Whether there is anything to say of somebody's work."""
        has_marks = any(not mark.is_anchor or self._is_about(mark) for mark in item.annotations)
        return has_marks or item.status is not Status.OPEN

    def _answers(self) -> Iterator[dict[str, Any]]:
        sets = {item.annotator: item for item in self._record.sets}
        unanswered = [task for task in self._tasks if "who" not in task]
        for task in unanswered if not sets else ():
            yield self._suggestions(task) if "suggested" in task else self._task(task, None)
        for name, item in sets.items():
            tasks = [task for task in self._tasks if task.get("who") == name]
            yield from self._answers_of(item, tasks or [self._taken(task, item) for task in unanswered[:1]])
        if not self._tasks and not sets:
            yield self._task({"keys": {}, "no_spans": True}, None)

    def _answers_of(self, item: SetRecord, tasks: Sequence[Task]) -> Iterator[dict[str, Any]]:
        named = {uid for task in tasks for uid in task.get("marks", ())}
        new = [mark for mark in item.annotations if mark.uid not in named]
        manual = next((task for task in tasks if "suggested" not in task), None)
        for task in tasks:
            if "suggested" in task:
                yield self._binary(task, item)
                continue
            if "marks" in task:
                own = set(cast("list[str]", task["marks"]))
                marks = [mark for mark in item.annotations if mark.uid in own]
            else:
                marks, new = new, []
            if task is manual and new:
                marks, new = [*marks, *new], []
            yield self._task(task, item, marks, is_only=len(tasks) == 1)
        if new or not tasks:
            yield self._task({"keys": self._who(item)}, item, new, is_only=True)

    def _taken(self, task: Task, item: SetRecord) -> Task:
        """Return a task that nobody had answered as an annotator's."""
        keys = {**cast("Mapping[str, Any]", task["keys"]), **self._who(item)}
        rest = {key: value for key, value in task.items() if key not in ("suggested", "spans")}
        return {**rest, "keys": keys, "who": item.annotator}

    @staticmethod
    def _who(item: SetRecord) -> dict[str, Any]:
        return {ANNOTATOR: item.annotator, SESSION: f"stet-{item.annotator}"}

    # -- one task ------------------------------------------------------------------------------------------------------

    def _task(
        self, task: Task, item: SetRecord | None, marks: Sequence[Annotation] = (), *, is_only: bool = False
    ) -> dict[str, Any]:
        found: dict[str, Any] = {"text": self._text, **self._meta(task)}
        keys = dict(cast("Mapping[str, Any]", task["keys"]))
        answer = keys.pop("answer", None)
        found.update(keys)
        self._fill(found, task, item, marks)
        if item is not None and is_only:
            answer = _answer(item.status, answer, is_binary=asks_yes_or_no(keys))
        if answer is not None:
            found["answer"] = answer
        return found

    def _meta(self, task: Task) -> dict[str, Any]:
        meta = task.get("meta", self._record.document.meta)
        return {"meta": meta} if meta else {}

    def _fill(self, found: dict[str, Any], task: Task, item: SetRecord | None, marks: Sequence[Annotation]) -> None:
        """Add tokens, spans, relations and labels of the text."""
        about = [mark for mark in marks if self._is_about(mark)]
        spans = [mark for mark in marks if not self._is_about(mark)]
        uids = {mark.uid for mark in spans if not mark.is_anchor}
        ties = [tie for tie in item.relations if set(tie.ends) <= uids] if item is not None else []
        ranges = self._add_tokens(found, task, needed=bool(ties))
        numbers = TokenNumbers(ranges) if ranges is not None else None
        written = [
            each
            for mark in spans
            if not kept_of(mark.extra, OWN).get("token")
            for each in self._spans(task, mark, numbers)
        ]
        if written or not task.get("no_spans"):
            found["spans"] = written
        if ties or self._has_relations(task):
            by_uid = {mark.uid: mark for mark in spans}
            found["relations"] = [self._relation(task, tie, by_uid, numbers) for tie in ties]
        self._add_choice(found, task, about)
        self._ties.update(tie.uid for tie in ties)

    def _is_about(self, mark: Annotation) -> bool:
        return self._scheme.is_about_document(mark.layer) or (mark.layer == CHOICE and mark.is_anchor)

    @staticmethod
    def _has_relations(task: Task) -> bool:
        return "relations" in task or cast("Mapping[str, Any]", task["keys"]).get(VIEW) == "relations"

    def _add_tokens(self, found: dict[str, Any], task: Task, *, needed: bool) -> Ranges | None:
        kept = task.get("tokens") if self._is_same_text else None
        if kept is not None:
            found["tokens"] = unpacked(kept, self._text)
            return ranges_of(found["tokens"], self._text)
        if not needed and not self._options.own.get(TOKENS.name):
            return None
        if self._cut is None:
            self._cut = self._options.tokens(self._record.document)
        found["tokens"] = made_of(self._cut, self._text)
        return self._cut

    def _spans(self, task: Task, mark: Annotation, numbers: TokenNumbers | None) -> Iterator[dict[str, Any]]:
        where = f"{self._record.document.name}: “{(mark.quote or mark.label)[:40]}”"
        pieces = [(each.start, each.end) for each in mark.fragments if each.start < each.end]
        if not pieces:
            self._losses.note("anchor", "omissions", where)
        if len(pieces) > 1:
            what = "marks of several pieces, written as a span for each"
            self._losses.note("fragments", what, where, is_whole=True)
        for start, end in pieces:
            span: dict[str, Any] = {"start": start, "end": end}
            if task.get("words"):
                span["text"] = self._text[start:end] if len(pieces) > 1 else mark.quote
            if numbers is not None:
                pair = numbers.of(start, end)
                if pair is None:
                    what = "marks that don’t align with tokens, written without the tokens’ numbers"
                    self._losses.note("token", what, where, is_whole=True)
                else:
                    span["token_start"], span["token_end"] = pair
            span["label"] = self._names.of(mark.layer, mark.label)
            if mark.attributes:
                span["attributes"] = mark.attributes
            if mark.correction is not None:
                span["correction"] = mark.correction
            if mark.comment:
                span["comment"] = mark.comment
            yield {**span, **kept_of(mark.extra, OWN)}

    def _relation(
        self, task: Task, tie: Relation, marks: Mapping[str, Annotation], numbers: TokenNumbers | None
    ) -> dict[str, Any]:
        found: dict[str, Any] = {}
        numbers = numbers or TokenNumbers(())
        for name, uid in zip(("head", "child"), tie.ends, strict=True):
            mark = marks[uid]
            piece = next(each for each in mark.fragments if each.start < each.end)
            number, span = self._kept_end(task, tie, name)
            if span is None or (span.get("start"), span.get("end")) != (piece.start, piece.end):
                span = numbers.span(piece.start, piece.end)
                number = None
                span["label"] = (
                    None if kept_of(mark.extra, OWN).get("token") else self._names.of(mark.layer, mark.label)
                )
            found[name] = numbers.last(piece.end) if number is None else number
            found[f"{name}_span"] = span
        color = cast("Mapping[str, str]", task.get("colors") or {}).get(tie.label)
        if color is not None:
            found["color"] = color
        found["label"] = tie.label
        if tie.attributes:
            found["attributes"] = tie.attributes
        if tie.comment:
            found["comment"] = tie.comment
        return found

    def _kept_end(self, task: Task, tie: Relation, name: str) -> tuple[int | None, dict[str, Any] | None]:
        """Return the token's number and the span of an end as they stood, None for each that wasn't kept."""
        ends = cast("dict[str, dict[str, list[Any]]]", task.get("ends") or {}) if self._is_same_text else {}
        kept = ends.get(tie.uid, {}).get(name)
        return (kept[0], kept[1]) if kept is not None else (None, None)

    def _add_choice(self, found: dict[str, Any], task: Task, about: Sequence[Annotation]) -> None:
        """Add the labels of the text: as they were if nobody changed them, else as a choice among all there are."""
        kept = task.get("label")
        if kept is not None and [[mark.uid, mark.layer, mark.label] for mark in about] == [kept]:
            return
        if kept is None and not about:
            return
        found["accept"] = [self._names.of(mark.layer, mark.label) for mark in about]
        if "options" not in found:
            labels = [(layer, label) for layer in self._scheme.document_layers for label in layer.givable]
            known = {self._names.of(layer.id, label.id): label.title for layer, label in labels}
            known.update({name: name for name in found["accept"] if name not in known})
            found["options"] = [{"id": id, "text": title} for id, title in known.items()]

    # -- suggestions and their answers ---------------------------------------------------------------------------------

    def _suggestions(self, task: Task) -> dict[str, Any]:
        found = {"text": self._text, **self._meta(task), **cast("Mapping[str, Any]", task["keys"])}
        self._add_tokens(found, task, needed=False)
        found["spans"] = task["spans"]
        return found

    def _binary(self, task: Task, item: SetRecord) -> dict[str, Any]:
        """Return a task with suggested spans and the answers that they have now."""
        found = self._suggestions(task)
        judged = {each.suggestion.uid: each.judgements for each in self._record.suggestions}
        answers: list[str | None] = []
        counted = cast("list[str | None]", task.get("counted") or [None] * len(task["suggested"]))
        for uid, before in zip(cast("list[str]", task["suggested"]), counted, strict=True):
            mine = next((each for each in judged.get(uid, ()) if each.annotator == item.annotator), None)
            is_gone = mine is not None and mine.annotation is not None and not _has(item, mine.annotation)
            answer = REJECT if is_gone else _ANSWERS[mine.outcome] if mine is not None else None
            answers.append(answer if answer != before else None)  # as it stands
        spans: list[dict[str, Any]] = []
        for span, answer in zip(cast("list[dict[str, Any]]", task["spans"]), answers, strict=True):
            spans.append({**span, "answer": answer} if "answer" in span and answer is not None else span)
        found["spans"] = spans
        if answers and answers[0] is not None and len(set(answers)) == 1:
            found["answer"] = answers[0]
        return found

    # -- reviews -------------------------------------------------------------------------------------------------------

    def _review(self, task: Task) -> dict[str, Any]:
        record = self._record
        sets = {item.annotator: item for item in record.sets}
        found = {"text": self._text, **self._meta(task), **cast("Mapping[str, Any]", task["keys"])}
        gold = record.gold
        if "spans" in task:
            found["spans"] = task["spans"]
            self._add_tokens(found, task, needed=False)
        else:
            self._fill(found, task, gold, gold.annotations if gold is not None else ())
        versions: list[dict[str, Any]] = []
        for part in cast("list[Task]", task["versions"]):
            names = cast("list[str]", part["who"])
            item = next((sets[name] for name in names if name in sets), None)
            version = {"text": self._text, **cast("Mapping[str, Any]", part["keys"])}
            if "meta" in part:
                version["meta"] = part["meta"]
            tokens = {**part, "tokens": part.get("tokens", task.get("tokens"))}
            self._fill(version, tokens, item, item.annotations if item is not None else ())
            versions.append(version)
        found["versions"] = versions
        return found

    def _new_review(self, people: Sequence[SetRecord]) -> dict[str, Any]:
        """Return a review of everyone’s answers: those who agree in everything share one, as Prodigy merges them."""
        alike: dict[bytes, list[SetRecord]] = {}
        for item in people:
            alike.setdefault(_content(item), []).append(item)
        versions = [
            {
                "keys": {"sessions": [f"stet-{item.annotator}" for item in items], **_said(items[0].status)},
                "who": [item.annotator for item in items],
            }
            for items in alike.values()
        ]
        sessions = [f"stet-{item.annotator}" for items in alike.values() for item in items]
        keys = {"sessions": sessions, "view_id": "spans_manual", VIEW: "review", "answer": ACCEPT}
        return self._review({"keys": keys, "versions": versions})


def _said(status: Status) -> dict[str, str]:
    """Return the answer of an annotator whose work has a status; none while it is open."""
    return {} if status is Status.OPEN else {"answer": ACCEPT if status.is_finished else IGNORE}


def _content(item: SetRecord) -> bytes:
    """Return what two annotators must have in common to share a version."""
    marks = {mark.uid: (mark.layer, mark.label, mark.fragments, mark.attributes) for mark in item.annotations}
    words = [(marks[mark.uid], mark.correction, mark.comment) for mark in item.annotations]
    ties = [(tie.label, marks[tie.source], marks[tie.target], tie.attributes) for tie in item.relations]
    return _encoder.encode((_said(item.status), sorted(words, key=repr), sorted(ties, key=repr)))


def _answer(status: Status, given: object, *, is_binary: bool) -> object:
    """Return the answer for a status: as it was given, unless the status has changed since."""
    if is_binary:
        return given
    if status.is_finished:
        return ACCEPT
    if status is Status.SKIPPED:
        return given if given in (REJECT, IGNORE) else IGNORE
    return given if given != ACCEPT else None


def _has(item: SetRecord, uid: str) -> bool:
    return any(mark.uid == uid for mark in item.annotations)


def _without_hashes(task: Task) -> Task:
    keys = {key: value for key, value in cast("Mapping[str, Any]", task["keys"]).items() if key not in HASHES}
    return {key: value for key, value in {**task, "keys": keys}.items() if key not in ("spans", "tokens")}

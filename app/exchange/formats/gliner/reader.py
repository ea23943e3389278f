"""Reads training data of GLiNER and GLiNER2."""

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from app.core.errors import FormatError
from app.core.record import DocumentRecord
from app.exchange.foreign_document import ForeignDocument
from app.exchange.format import Claim, Reader, ReadOptions
from app.exchange.formats.gliner.mentions import places
from app.exchange.formats.gliner.wire import (
    CLASSES,
    ENTITIES,
    NER,
    RELATIONS,
    TASK,
    TOKENS,
    MentionRecord,
    TokenRecord,
    mention_record,
    shape,
    token_record,
)
from app.exchange.json_records import are_ours, first_objects, object_of, placed, records
from app.exchange.kept_fields import metadata_of
from app.exchange.record_names import DistinctNames, name_from_text
from app.exchange.source import Source
from app.exchange.token_text import TokenText

OWN = "gliner"
LABEL = "label"
"""What is kept of a mark: its label, if that has other signs than the ids of a scheme can have."""
KEYS, TASKS, REST, TYPES, LENGTHS = "keys", "tasks", "rest", "types", "lengths"
"""What is kept of a record: the keys of text and output, the kinds of what is said of it, what has no kind, its types
of entities, and the lengths of its tokens."""


class GlinerReader(Reader):
    """Reads tokens with entities (GLiNER), and texts with what is mentioned in them (GLiNER2)."""

    suffixes = (".json", ".jsonl", ".ndjson")

    def claims(self, path: Path, head: bytes) -> Claim | None:
        """Take what has tokens and entities by their numbers, or a text and mentions by their type."""
        objects = first_objects(path, head)
        if are_ours(objects):
            return None
        keys = next((keys for each in objects if (keys := shape(each)) is not None), None)
        if keys is None:
            return None
        if keys[0] == TOKENS:
            return Claim(f"its records have “{TOKENS}”") if any(NER in each for each in objects) else None
        return Claim(f"its records have “{keys[0]}” with “{keys[1]}” of GLiNER2")

    def read(self, source: Source, options: ReadOptions) -> Iterator[DocumentRecord]:
        """Yield the documents. Invalid records go to `options.refuse`."""
        path = source.path
        names = DistinctNames()
        seen_any = False
        for line in records(path):
            seen_any = True
            options.at(line.number, line.byte)
            try:
                made = _document(object_of(line, path), names, options)
            except FormatError as error:
                options.refuse(placed(error, line, path))
            else:
                yield made
        if not seen_any:
            options.report.note("empty", "files without documents", str(path))


def _document(value: dict[str, Any], names: DistinctNames, options: ReadOptions) -> DocumentRecord:
    keys = shape(value)
    if keys is None:
        raise FormatError(f"there is neither “{TOKENS}” nor “input” and “output”", hint="fix the record")
    if keys[0] == TOKENS:
        return _of_tokens(token_record(value), names, options)
    return _Mentioned(mention_record(value, keys), names, options).record()


def _of_tokens(given: TokenRecord, names: DistinctNames, options: ReadOptions) -> DocumentRecord:
    joined = TokenText.joined(given.tokens)
    name = names.of(_named(given.meta, joined.text), joined.text)
    own = dict(given.own)
    if joined.lengths is not None:
        own[LENGTHS] = joined.lengths
    meta = metadata_of(given.meta, options.report)
    made = ForeignDocument(joined.text, name=name, options=options, meta=meta, extra={OWN: {"tokens": True, **own}})
    what = "texts joined from tokens; the file doesn't say where there were blanks"
    options.report.note("joined", what, name)
    if not given.entities:
        if options.finished:
            made.work()
        return made.record()
    work = made.work()
    keys = [f"{each.first} {each.last} {each.label}" for each in given.entities]
    for key, each in zip(keys, given.entities, strict=True):
        if work.has(key):
            options.report.note("repeated", "entities that a record has twice, kept once", f"{name}: {each.label}")
            continue
        start, end = joined.ranges[each.first][0], joined.ranges[each.last][1]
        if start == end:
            raise FormatError(f"the entity “{each.label[:40]}” is of an empty token", hint="remove it")
        work.mark(key, each.label, [(start, end)], extra=_kept(each.label))
    for number, tie in enumerate(given.ties):
        if keys[tie.head] == keys[tie.tail]:
            options.report.note("loop", "relations of an entity to itself, left out", f"{name}: {tie.label}")
            continue
        work.relate(f"relation {number}", tie.label, keys[tie.head], keys[tie.tail])
    return made.record()


def _named(meta: dict[str, Any], text: str) -> str:
    id = meta.get("id")
    return name_from_text(text, str(id) if isinstance(id, str | int) and not isinstance(id, bool) else "")


def _kept(label: str) -> dict[str, Any]:
    return {} if re.fullmatch(r"[\w.-]+", label) else {OWN: {LABEL: label}}


class _Mentioned:
    """Builds the document of a record of GLiNER2, which says what is mentioned, but not where.

    What is mentioned as often as it stands in the text is marked there. All else is kept as it is said, and counted.
    """

    def __init__(self, given: MentionRecord, names: DistinctNames, options: ReadOptions) -> None:
        name = names.of(_named(given.meta, given.text), given.text)
        meta = metadata_of(given.meta, options.report)
        self._made = ForeignDocument(given.text, name=name, options=options, meta=meta)
        self._given = given
        self._options = options
        self._by_words: dict[str, list[str]] = {}  # keys of marks, by the words that the file has
        self._unplaced: dict[str, list[str]] = {}

    def record(self) -> DocumentRecord:
        given = self._given
        for label, words in given.entities.items():
            for mention, times in Counter(words).items():
                self._mention(label, mention, times)
        own: dict[str, Any] = {KEYS: list(given.keys), TASKS: given.tasks, TYPES: list(given.entities)}
        own |= {ENTITIES: self._unplaced} if self._unplaced else {}
        unplaced = [each.given for number, each in enumerate(given.relations) if not self._is_tied(number)]
        own |= {RELATIONS: unplaced} if unplaced else {}
        self._classify()
        own |= {CLASSES: [each.given for each in given.classes]} if given.classes else {}
        if given.rest:
            own[REST] = given.rest
            what = "descriptions and structures of records, kept unchanged"
            self._options.report.note("structure", what, f"{self._made.document.name}: {', '.join(given.rest)}")
        self._made.extra[OWN] = own
        if self._options.finished:
            self._made.work()
        return self._made.record()

    def _mention(self, label: str, words: str, times: int) -> None:
        text = self._given.text
        found = places(text, words)
        if len(found) != times:
            what = "mentions that stand at several places of the text or at none, kept without a mark"
            self._options.report.note("mention", what, f"{self._made.document.name}: {label} “{words[:40]}”")
            self._unplaced.setdefault(label, []).extend([words] * times)
            return
        for start, end in found:
            key = f"{label} {start} {end}"
            work = self._made.work()
            if not work.has(key):
                work.mark(key, label, [(start, end)], extra=_kept(label))
                self._by_words.setdefault(words, []).append(key)

    def _is_tied(self, number: int) -> bool:
        """Make a relation, if both of its ends are one mark each; return whether that is so."""
        tie = self._given.relations[number]
        ends = [self._by_words.get(words or "", []) for words in (tie.head, tie.tail)]
        if [len(keys) for keys in ends] != [1, 1] or ends[0] == ends[1]:
            what = "relations whose ends aren't one mark each, kept unchanged"
            self._options.report.note("relation-ends", what, f"{self._made.document.name}: {tie.label}")
            return False
        self._made.work().relate(f"relation {number}", tie.label, ends[0][0], ends[1][0], attributes=tie.fields)
        return True

    def _classify(self) -> None:
        for each in self._given.classes:
            for label in dict.fromkeys(each.labels):
                extra = {OWN: {TASK: each.task}}
                self._made.work().about_document(f"{each.task} {label}", label, layer=each.task, extra=extra)

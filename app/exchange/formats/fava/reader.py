"""Reads FAVA's files: JSON or JSON Lines with a tagged text in each object."""

from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from app.core.annotation import Status
from app.core.errors import FormatError
from app.core.record import DocumentRecord
from app.exchange.category_names import ERROR_LAYER
from app.exchange.columns import COLUMNS
from app.exchange.error_marks import place_of
from app.exchange.foreign_document import ForeignDocument
from app.exchange.format import HEAD, Claim, Reader, ReadOptions
from app.exchange.formats.fava.tag_tree import DELETE, MARK
from app.exchange.formats.fava.tags import UNTYPED, has_tags, untagged, with_tags
from app.exchange.formats.fava.wire import (
    ERRORED,
    OWN,
    UNTYPED_LABEL,
    WRONG,
    FavaRecord,
    FavaReference,
    KeptPassage,
    KeptReference,
    KeptTag,
    parsed,
)
from app.exchange.json_arrays import is_array
from app.exchange.json_records import first_objects, object_of, placed, records
from app.exchange.kept_fields import metadata_of, to_keep
from app.exchange.option import FormatOption, OptionKind
from app.exchange.record_names import DistinctNames, name_from_text
from app.exchange.source import Source

TEXT = COLUMNS[0]
_AUTO = "auto"
TAG = FormatOption(
    "error-tag",
    "Tag of the errors",
    OptionKind.CHOICE,
    _AUTO,
    (_AUTO, MARK, DELETE),
    help="auto: what is marked in “errored_passage”, what is deleted elsewhere; mark or delete say it.",
)


class FavaReader(Reader):
    """Reads a document from each tagged text, with its errors and their corrections, and one from each reference."""

    suffixes = (".json", ".jsonl", ".ndjson")
    options = (TAG,)
    columns = (TEXT,)

    def claims(self, path: Path, head: bytes) -> Claim | None:
        """Take objects with FAVA's tags in a text under one of its keys."""
        for each in first_objects(path, head):
            found = next((key for key in WRONG if _is_tagged(each, key)), None)
            if found is not None:
                return Claim(f"“{found}” has texts with FAVA’s tags")
        return None

    def read(self, source: Source, options: ReadOptions) -> Iterator[DocumentRecord]:
        """Yield the documents, each after its references. Invalid records go to `options.refuse`."""
        path, names, seen = source.path, DistinctNames(), set[str]()
        with source.open() as file:
            in_array = is_array(file.read(HEAD))
        is_empty = True
        for line in records(path):
            is_empty = False
            options.at(line.number, line.byte)
            try:
                made = _Document(parsed(object_of(line, path), options.columns.get(TEXT)), names, in_array, options)
                found = [each.record() for each in made.references if each.uid not in seen]
                found.append(made.record())
            except FormatError as error:
                options.refuse(placed(error, line, path))
                continue
            seen.update(each.uid for each in made.references)
            yield from {each.document.uid: each for each in found}.values()
        if is_empty:
            options.report.note("empty", "files without documents", str(path))


def _is_tagged(value: Mapping[str, Any], key: str) -> bool:
    text = value.get(key)
    return isinstance(text, str) and (key == ERRORED or has_tags(text))


class _Document:
    """Builds the record of one passage, and the documents that it is checked against."""

    def __init__(self, given: FavaRecord, names: DistinctNames, in_array: bool, options: ReadOptions) -> None:
        said = str(options.own.get(TAG.name, _AUTO))
        wrong = WRONG.get(given.key, DELETE) if said == _AUTO else said
        found = untagged(given.tagged, wrong)
        name = given.name or name_from_text(found.text, given.id)
        # Several annotators' work on a passage, which names them, meets in one document.
        name = name if given.annotator else names.of(name, found.text)
        if found.odd:
            what = "tags that have no pair, read as far as they can be told"
            options.report.note("tags", what, name, count=found.odd)
        self._given = given
        self._found = found
        self._options = options
        self._made = ForeignDocument(
            found.text, name=name, options=options, meta=metadata_of(given.meta, options.report)
        )
        self.references = [self._reference(each) for each in given.references]
        for each in self.references:
            self._made.refer_to(each)
        is_as_written = with_tags(found.text, found.errors, wrong) == given.tagged
        self._kept = KeptPassage(
            key=given.key,
            wrong=wrong,
            is_array=in_array,
            tagged=None if is_as_written else given.tagged,
            references=tuple(
                KeptReference(key=each.key, uid=made.uid, rest=each.rest)
                for each, made in zip(given.references, self.references, strict=True)
            ),
            frame=given.frame,
            rest=dict(given.rest),
        )
        self._compare()

    def _reference(self, given: FavaReference) -> ForeignDocument:
        title = (given.rest or {}).get("title")
        begin = title if isinstance(title, str) and title.strip() else given.key
        return ForeignDocument(given.text, name=name_from_text(given.text, begin), options=self._options)

    def _compare(self) -> None:
        """Note where the record repeats the text and it isn't the same; both are kept."""
        texts = {**self._given.plain, **({"prompt": self._given.prompted} if self._given.prompted is not None else {})}
        for key, text in texts.items():
            if text == self._found.text:
                if key in self._given.plain:
                    self._kept.plain += (key,)
                continue
            what = "records that repeat the text and not as it is without tags; that with tags is taken"
            self._options.report.note("repeated-text", what, f"{self._made.document.name}: {key}")
            self._kept.rest[key] = text
            if key == "prompt":
                self._kept.rest[key] = self._prompt(text)
                self._kept.frame = None

    def _prompt(self, text: str) -> str:
        """Return the prompt as it is in the file, where it has another text."""
        listed = [each.text for each in self._given.references if each.key == "prompt"]
        return self._given.frame.prompt(listed, text) if self._given.frame is not None else text

    def record(self) -> DocumentRecord:
        work = self._made.work(self._given.annotator or None)
        # A text that was tagged was looked at, be there no tags in it.
        work.status = Status.DONE
        seen: Counter[str] = Counter()
        for error in self._found.errors:
            key = f"{error.start}-{error.end} {error.type}"
            seen[key] += 1
            made = work.mark(
                key if seen[key] == 1 else f"{key} ({seen[key]})",
                UNTYPED_LABEL if error.type == UNTYPED else error.type,
                [(error.start, error.end)],
                layer=ERROR_LAYER,
                correction=error.correction,
            )
            if made is not None:
                made.extra[OWN] = to_keep(KeptTag(type=error.type, place=place_of(made)))
        self._made.extra[OWN] = to_keep(self._kept)
        return self._made.record()

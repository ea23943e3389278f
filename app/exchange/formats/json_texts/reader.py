"""Reads JSON and JSON Lines of texts: objects of which one key has the text, or bare strings."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, cast

import msgspec

from app.core.byte_order_mark import marked_encoding
from app.core.errors import FormatError
from app.core.record import DocumentRecord
from app.exchange.columns import COLUMNS
from app.exchange.foreign_document import ForeignDocument
from app.exchange.format import HEAD, Claim, Reader, ReadOptions
from app.exchange.formats.json_texts.keys import TEXT, TextKey, no_text, text_key
from app.exchange.json_lines import JsonLine
from app.exchange.json_records import are_ours, first_objects, object_of, placed, records
from app.exchange.kept_fields import metadata_of
from app.exchange.record_names import DistinctNames, name_from_text
from app.exchange.source import Source

OWN = "json"
BARE = "bare"
PARAGRAPHS = "paragraphs"
IDS = ("id", "_id", "doc_id", "docid", "uid", "uuid")
NAMES = ("name", "filename", "file_name")
_LONGEST_NAME = 200
_string = msgspec.json.Decoder(str)


class JsonReader(Reader):
    """Reads one text from each object; the other keys are metadata."""

    suffixes = (".jsonl", ".json", ".ndjson")
    columns = COLUMNS

    def claims(self, path: Path, head: bytes) -> Claim | None:
        """Take, after all others, JSON whose objects have a text."""
        objects = first_objects(path, head)
        if not objects:
            return Claim("it is a list of texts", weak=True, last=True) if _has_strings(head) else None
        found = text_key(objects) if not are_ours(objects) else None
        # One object may as well be the settings of a program.
        if found is None or (len(objects) == 1 and not found.is_sure):
            return None
        return Claim(found.why, weak=True, last=True)

    def read(self, source: Source, options: ReadOptions) -> Iterator[DocumentRecord]:
        """Yield the documents, each after its reference. Invalid records go to `options.refuse`."""
        path = source.path
        with source.open() as file:
            head = file.read(HEAD)
        key = _key(first_objects(path, head), _has_strings(head), options)
        texts = _Texts(key, options)
        seen_any = False
        for line in records(path):
            seen_any = True
            options.at(line.number, line.byte)
            try:
                found = list(texts.of(_value(line, path)))
            except FormatError as error:
                options.refuse(placed(error, line, path))
            else:
                yield from found
        if not seen_any:
            options.report.note("empty", "files without documents", str(path))


def _has_strings(head: bytes) -> bool:
    """Whether a file begins with a string, alone on its line or in an array."""
    text = head.decode(marked_encoding(head) or "utf-8", "ignore").lstrip("\ufeff \t\r\n")
    return text.removeprefix("[").lstrip()[:1] == '"'


def _key(objects: list[dict[str, Any]], has_strings: bool, options: ReadOptions) -> str:
    named = options.columns.get(TEXT)
    if named is not None:
        return named
    found = text_key(objects)
    if found is None and objects and not has_strings:
        raise no_text(objects)
    found = found or TextKey(TEXT, "", is_sure=True)
    if not found.is_sure:
        what = "texts were found under a key of another name; --map-column text=KEY names another one"
        options.report.note("text-key", what, f"“{found.key}”", count=0)
    return found.key


def _value(line: JsonLine, path: Path) -> dict[str, Any] | str:
    if line.data.startswith(b'"'):
        try:
            return _string.decode(line.data)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise FormatError("not a string of JSON", hint="fix the line", path=path, line=line.number) from error
    return object_of(line, path)


class _Texts:
    """Makes the documents of a file's objects."""

    def __init__(self, key: str, options: ReadOptions) -> None:
        self._key = key
        self._options = options
        self._columns = {ours: theirs for ours, theirs in options.columns.items() if ours != TEXT}
        # Records of several annotators may be on one text; all others are documents of their own.
        self._names = DistinctNames() if "annotator" not in self._columns else None
        self._references: set[str] = set()

    def of(self, value: dict[str, Any] | str) -> Iterator[DocumentRecord]:
        """Yield the document of an object, after references that it is the first to have."""
        if isinstance(value, str):
            yield self._made(value, {}, {}, {BARE: True}).record()
            return
        rest = dict(value)
        text, own = self._text(rest, value)
        said = {ours: rest[theirs] for ours, theirs in self._columns.items() if theirs in rest}
        for ours in ("annotator", "label", "reference"):
            if ours in said:
                del rest[self._columns[ours]]
        made = self._made(text, rest, said, own)
        for reference in self._referred(said.get("reference"), own):
            made.refer_to(reference)
            if reference.uid not in self._references:
                self._references.add(reference.uid)
                yield reference.record()
        self._label(made, said, own)
        if not own:
            made.extra.clear()
        yield made.record()

    def _text(self, rest: dict[str, Any], value: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
        given: Any = rest.pop(self._key, None)
        own: dict[str, Any] = {} if self._key == TEXT else {TEXT: self._key}
        if isinstance(given, str):
            return given, own
        parts = _strings(given)
        if parts:
            what = "texts given as lists of strings, joined line by line"
            self._options.report.note("joined", what, name_from_text(parts[0]))
            return "\n".join(parts), {**own, PARAGRAPHS: parts}
        raise no_text([value], self._key)

    def _made(self, text: str, rest: dict[str, Any], said: Mapping[str, Any], own: dict[str, Any]) -> ForeignDocument:
        meta = metadata_of(rest, self._options.report)
        for ours in ("title", "language"):
            theirs = self._columns.get(ours)
            if theirs is not None and theirs in meta and theirs != ours and isinstance(meta[theirs], str):
                meta[ours] = meta.pop(theirs)
                own[ours] = theirs
        name = self._name(text, rest, said)
        if self._names is not None:
            name = self._names.of(name, text)
        made = ForeignDocument(text, name=name, options=self._options, meta=meta)
        made.extra[OWN] = own
        return made

    def _name(self, text: str, rest: Mapping[str, Any], said: Mapping[str, Any]) -> str:
        """Return the name that the file gives a document, else one from its first words."""
        named = _word(said.get("name")) or next((word for key in NAMES if (word := _word(rest.get(key)))), "")
        if named:
            return named
        id = _word(said.get("id")) or next((word for key in IDS if (word := _word(rest.get(key)))), "")
        return name_from_text(text, id)

    def _referred(self, given: object, own: dict[str, Any]) -> Iterator[ForeignDocument]:
        if given is None:
            return
        items = cast("list[object]", given) if isinstance(given, list) else [given]
        texts = [each for each in items if isinstance(each, str) and each.strip()]
        if len(texts) < len(items):
            self._options.report.note("reference-text", "references that aren't texts, left out", repr(items)[:40])
        own["reference"] = [self._columns["reference"], isinstance(given, list)]
        for text in texts:
            yield ForeignDocument(text, name=name_from_text(text), options=self._options)

    def _label(self, made: ForeignDocument, said: Mapping[str, Any], own: dict[str, Any]) -> None:
        given = said.get("label")
        items = cast("list[object]", given) if isinstance(given, list) else [given]
        labels = list(dict.fromkeys(word for each in items if (word := _word(each))))
        annotator = _word(said.get("annotator"))
        for ours in ("label", "annotator"):
            if ours in said:
                own[ours] = [self._columns[ours], said[ours]]
        if labels or annotator:
            work = made.work(annotator or None)
            for label in labels:
                work.about_document(f"label {label}", label, layer=self._columns["label"])


def _strings(value: object) -> list[str]:
    """Return a list of strings, empty if it is anything else."""
    items = cast("list[object]", value) if isinstance(value, list) else []
    strings = [each for each in items if isinstance(each, str)]
    return strings if len(strings) == len(items) else []


def _word(value: object) -> str:
    """Return a string or a number as a name on one line, "" for anything else."""
    if isinstance(value, bool) or not isinstance(value, str | int):
        return ""
    return "".join(char if char.isprintable() else " " for char in str(value)).strip()[:_LONGEST_NAME]

"""Reads JSON and JSON Lines of texts: objects of which one key has the text, or bare strings."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import msgspec

from app.core.byte_order_mark import marked_encoding
from app.core.errors import FormatError
from app.core.record import DocumentRecord
from app.exchange.columns import COLUMNS
from app.exchange.format import HEAD, Claim, Reader, ReadOptions
from app.exchange.formats.json_texts.keys import no_text, why_key
from app.exchange.json_lines import JsonLine
from app.exchange.json_records import are_ours, first_objects, object_of
from app.exchange.record_documents import record_documents
from app.exchange.source import Source
from app.exchange.text_column import TEXT, FoundBy, TextColumn, text_column
from app.exchange.text_records import TextRecords

OWN = "json"
_string = msgspec.json.Decoder(str)


class JsonReader(Reader):
    """Reads one text from each object; the other keys are metadata."""

    suffixes = (".jsonl", ".json", ".ndjson")
    columns = COLUMNS

    def claims(self, path: Path, head: bytes) -> Claim | None:
        """Take, after all others, JSON whose objects have a text."""
        objects = first_objects(path, head)
        if not objects:
            # The first cell of a table is in quotation marks, too.
            is_list = path.suffix.lower() in self.suffixes and _has_strings(head)
            return Claim("it is a list of texts", weak=True, last=True) if is_list else None
        found = text_column(objects) if not are_ours(objects) else None
        # One object may as well be the settings of a program.
        if found is None or (len(objects) == 1 and not found.is_sure):
            return None
        return Claim(why_key(found), weak=True, last=True)

    def keys(self, source: Source, options: ReadOptions) -> tuple[str, ...]:
        """Return the keys of the first objects."""
        with source.open() as file:
            objects = first_objects(source.path, file.read(HEAD))
        return tuple(dict.fromkeys(key for each in objects for key in each))

    def read(self, source: Source, options: ReadOptions) -> Iterator[DocumentRecord]:
        """Yield the documents, each after its reference. Invalid records go to `options.refuse`."""
        path = source.path
        with source.open() as file:
            head = file.read(HEAD)
        key = _key(first_objects(path, head), _has_strings(head), options)
        texts = TextRecords(
            key, options, columns=options.columns, no_text=lambda value, key: no_text([value], key), own=OWN
        )

        def made(line: JsonLine) -> Iterable[DocumentRecord]:
            value = _value(line, path)
            return [texts.bare(value)] if isinstance(value, str) else texts.of(value)

        yield from record_documents(path, options, made)


def _has_strings(head: bytes) -> bool:
    """Whether a file begins with a string, alone on its line or in an array."""
    text = head.decode(marked_encoding(head) or "utf-8", "ignore").lstrip("\ufeff \t\r\n")
    return text.removeprefix("[").lstrip()[:1] == '"'


def _key(objects: list[dict[str, Any]], has_strings: bool, options: ReadOptions) -> str:
    named = options.columns.get(TEXT)
    if named is not None:
        return named
    found = text_column(objects)
    if found is None and objects and not has_strings:
        raise no_text(objects)
    found = found or TextColumn(TEXT, FoundBy.NAME)
    if not found.is_sure:
        what = "texts were found under a key of another name; --map-column text=KEY names another one"
        options.report.note("text-key", what, f"“{found.name}”", count=0)
    return found.name


def _value(line: JsonLine, path: Path) -> dict[str, Any] | str:
    if line.data.startswith(b'"'):
        try:
            return _string.decode(line.data)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise FormatError("not a string of JSON", hint="fix the line", path=path, line=line.number) from error
    return object_of(line, path)

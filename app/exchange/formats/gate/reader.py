"""Reads bdoc JSON: one document, an array of them, or one a line."""

from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath
from typing import Any

import msgspec

from app.core.errors import FormatError, StetError
from app.core.record import DocumentRecord
from app.exchange.format import Claim, Reader, ReadOptions
from app.exchange.formats.gate.wire import UNITS, Json, features_of, text_and_sets
from app.exchange.formats.gate.work import GateWork
from app.exchange.json_lines import JsonLine
from app.exchange.json_records import first_objects, object_of, records
from app.exchange.offset_units import GivenRange, Ruler, Unit, unit_of
from app.exchange.record_names import DistinctNames
from app.exchange.source import Source

_DOCUMENT = frozenset(("text", "name", "features", "annotation_sets", "offset_type"))


class GateReader(Reader):
    """Reads documents of GATE, its Python library and Teamware."""

    suffixes = (".bdocjs", ".bdocjson", ".json", ".jsonl")

    def claims(self, path: Path, head: bytes) -> Claim | None:
        """Take JSON whose first object has a text and annotation sets."""
        first = next(iter(first_objects(path, head)), None)
        if first is not None and isinstance(first.get("annotation_sets"), dict | list) and "text" in first:
            return Claim("it has a text and “annotation_sets”")
        return None

    def read(self, source: Source, options: ReadOptions) -> Iterator[DocumentRecord]:
        """Yield the documents. Invalid ones, and invalid annotations of others, go to `options.refuse`."""
        names = DistinctNames()
        path, seen_any = source.path, False
        for line in records(path):
            seen_any = True
            options.at(line.number, line.byte)
            refuse = _Refuse(line, path, options).refuse
            try:
                yield _record(object_of(line, path), source, names, msgspec.structs.replace(options, refuse=refuse))
            except FormatError as error:
                refuse(error)
        if not seen_any:
            options.report.note("empty", "files without documents", str(path))


class _Refuse:
    """Refuses what is wrong in a document, once with the document."""

    def __init__(self, line: JsonLine, path: Path, options: ReadOptions) -> None:
        self._line = line
        self._path = path
        self._options = options
        self._is_kept = False

    def refuse(self, error: StetError) -> None:
        error.path, error.line = error.path or self._path, error.line or self._line.number
        if isinstance(error, FormatError) and not self._is_kept:
            error.record = self._line.data.decode("utf-8", "replace").replace("\n", " ")
            self._is_kept = True
        self._options.refuse(error)


def _record(given: Json, source: Source, names: DistinctNames, options: ReadOptions) -> DocumentRecord:
    text, found = text_and_sets(given)
    sets = list(found)
    type = given.get("offset_type")
    unit = UNITS.get(str(type)) or _unit(text, given, options)
    if options.offsets is not None:
        unit = Unit(options.offsets)
    said = given.get("name")
    name = str(said) if isinstance(said, str | int) and str(said).strip() else PurePosixPath(source.name).stem
    name = names.of(name, text)
    kept: Json = {"offset_type": type} if isinstance(type, str) else {}
    kept |= {"name": [said, name]} if name != said else {}
    more = {key: value for key, value in given.items() if key not in _DOCUMENT}
    kept |= {"more": more} if more else {}
    place = Ruler(text, unit).range
    return GateWork(text, name, features_of(given), place, options, kept).record(sets)


def _unit(text: str, given: Mapping[str, Any], options: ReadOptions) -> Unit:
    """Return the unit of a document that doesn't say it, if it makes no difference. Raises UnknownUnit."""
    _, sets = text_and_sets(given)
    ranges = (GivenRange(text, a.start, a.end) for each in sets for a in each.annotations)
    return unit_of(ranges, among=tuple(UNITS.values()), given=options.offsets)

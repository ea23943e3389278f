"""Documents made of records: one key or column has the text, others are what a person says, the rest is metadata.

The same for objects of JSON and for rows of tables.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, cast

from app.core.errors import FormatError
from app.core.record import DocumentRecord
from app.exchange.foreign_document import ForeignDocument
from app.exchange.format import ReadOptions
from app.exchange.kept_fields import metadata_of
from app.exchange.record_names import DistinctNames, name_from_text
from app.exchange.text_column import TEXT

BARE = "bare"
PARAGRAPHS = "paragraphs"
IDS = ("id", "_id", "doc_id", "docid", "uid", "uuid")
"""What the key of a record's id is called."""
NAMES = ("name", "filename", "file_name")
"""What the key of a document's name is called."""

_LONGEST_NAME = 200


class TextRecords:
    """Makes the documents of a file's records.

    `key` has the text, `columns` says which key is which other part of a document (`exchange.columns`), by the part's
    name. Under `own`, a document's `extra` keeps how its record said things, so that it can be written again; nothing
    is kept if it is empty. `no_text(record, key)` returns the error for a record without a text.
    """

    def __init__(
        self,
        key: str,
        options: ReadOptions,
        *,
        columns: Mapping[str, str],
        no_text: Callable[[Mapping[str, Any], str], FormatError],
        own: str = "",
    ) -> None:
        self._key = key
        self._options = options
        self._columns = {ours: theirs for ours, theirs in columns.items() if ours != TEXT}
        self._no_text = no_text
        self._own = own
        # Records of several annotators may be on one text; all others are documents of their own.
        self._names = DistinctNames() if "annotator" not in self._columns else None
        self._references: set[str] = set()
        self._last_reference: ForeignDocument | None = None  # records in a row often have the same

    def bare(self, text: str) -> DocumentRecord:
        """Return the document of a text that comes with nothing else. Raises FormatError."""
        return self._made(text, {}, {}, {BARE: True}).record()

    def of(self, value: Mapping[str, Any]) -> Iterator[DocumentRecord]:
        """Yield the document of a record, after references that it is the first to have. Raises FormatError."""
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
        raise self._no_text(value, self._key)

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
        if self._own:
            made.extra[self._own] = own
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
            if self._last_reference is None or self._last_reference.text != text:
                self._last_reference = ForeignDocument(text, name=name_from_text(text), options=self._options)
            yield self._last_reference

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

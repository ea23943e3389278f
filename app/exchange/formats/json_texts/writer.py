"""Writes texts with their metadata as JSON Lines or one array of JSON."""

from collections.abc import Iterable, Iterator
from typing import Any, cast

import msgspec

from app.core.record import DocumentRecord
from app.exchange.format import WriteOptions, Writer
from app.exchange.formats.json_texts.reader import OWN
from app.exchange.kept_fields import kept_of
from app.exchange.label_names import LabelNames
from app.exchange.losses import Losses
from app.exchange.option import FormatOption, OptionKind
from app.exchange.output import Output
from app.exchange.record_names import is_name_from_text
from app.exchange.report import LossReport
from app.exchange.text_column import TEXT
from app.exchange.text_records import BARE, IDS, NAMES, PARAGRAPHS

_LINES, _ARRAY = "lines", "array"
LAYOUT = FormatOption(
    "layout", "Layout", OptionKind.CHOICE, _LINES, (_LINES, _ARRAY), help="One object a line, or one array of objects."
)
_KEPT = ("meta", "reference")
_encoder = msgspec.json.Encoder()


class JsonWriter(Writer):
    """Writes an object for each document: name, text, labels of the whole, metadata. Marks have other formats."""

    suffix = ".jsonl"
    options = (LAYOUT,)

    def write(self, records: Iterable[DocumentRecord], output: Output, options: WriteOptions) -> LossReport:
        """Write the records as they come."""
        out = output.main()
        losses = Losses("JSON of texts", OWN, keeps=_KEPT)
        is_array = options.own.get(LAYOUT.name) == _ARRAY
        separator = b"[\n" if is_array else b""
        for record in records:
            value = _Object(record, options, losses).value()
            out.write(separator + _encoder.encode(value) + (b"" if is_array else b"\n"))
            separator = b",\n" if is_array else b""
        if is_array:
            out.write(b"\n]\n" if separator == b",\n" else b"[]\n")
        return losses.report


class _Object:
    """Builds the object of one document."""

    def __init__(self, record: DocumentRecord, options: WriteOptions, losses: Losses) -> None:
        self._record = record
        self._options = options
        self._losses = losses
        self._own = kept_of(record.extra, OWN)

    def value(self) -> dict[str, Any] | str:
        record, own = self._record, self._own
        document = record.document
        self._losses.of_document(record)
        labels = list(self._labels())
        if own.get(BARE) and not document.meta and not record.references and not labels:
            return document.text
        found: dict[str, Any] = {}
        meta = dict(document.meta)
        id = next((str(meta[key]) for key in IDS if isinstance(meta.get(key), str | int)), "")
        is_told = any(meta.get(key) == document.name for key in meta)
        if not is_told and not is_name_from_text(document.name, document.text, id) and not set(NAMES) & set(meta):
            found["name"] = document.name
        found[str(own.get(TEXT, TEXT))] = self._text()
        self._add_references(found)
        found.update(labels)
        for ours in ("title", "language"):
            if ours in meta and isinstance(own.get(ours), str):
                found[own[ours]] = meta.pop(ours)
        for key, value in meta.items():
            if key in found:
                self._losses.note("meta-name", "metadata with a name that is taken", f"{document.name}: {key}")
            else:
                found[key] = value
        return found

    def _text(self) -> str | list[str]:
        text = self._record.document.text
        parts = cast("list[str]", self._own.get(PARAGRAPHS) or [])
        return parts if parts and "\n".join(parts) == text else text

    def _add_references(self, found: dict[str, Any]) -> None:
        texts: list[str] = []
        for uid in self._record.references:
            reference = self._options.document(uid)
            if reference is not None:
                texts.append(reference.text)
        kept = self._own.get("reference")
        key, is_list = cast("list[Any]", kept) if isinstance(kept, list) else ("reference", len(texts) != 1)
        if texts:
            found[key] = texts if is_list else texts[0]

    def _labels(self) -> Iterator[tuple[str, Any]]:
        """Yield the keys of annotator and label, if one annotator labelled the text; note all other work."""
        record, losses = self._record, self._losses
        names, scheme = LabelNames(self._options.scheme), self._options.scheme
        keys: dict[str, list[Any]] = {ours: self._own[ours] for ours in ("annotator", "label") if ours in self._own}
        own_layer = keys["label"][0] if "label" in keys else None
        for item in record.sets:
            losses.of_set(record, item)
            about = [a for a in item.annotations if scheme.is_about_document(a.layer) or a.layer == own_layer]
            where = f"{record.document.name} ({item.annotator})"
            lost = len(item.annotations) - (len(about) if len(record.sets) == 1 else 0)
            losses.note("mark", "marks", where, count=lost)
            losses.note("relation", "relations", where, count=len(item.relations))
            if len(record.sets) > 1:
                continue
            for mark in about:
                losses.of_mark(record, item, mark)
            labels = [names.of(a.layer, a.label) for a in about]
            if "annotator" in keys:
                yield keys["annotator"][0], item.annotator
            if labels or "label" in keys:
                key, given = keys.get("label", ["label", None])
                yield str(key), _as_given(labels, given)


def _as_given(labels: list[str], given: object) -> object:
    """Return labels in the shape of the file they came from, if they are still the same."""
    is_list = isinstance(given, list)
    items = cast("list[object]", given) if is_list else [given]
    if labels[:1] == [str(each) for each in items if each is not None][:1]:
        return items if is_list else given
    return labels if is_list or len(labels) != 1 else labels[0]

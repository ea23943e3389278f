"""Reads FRANK's files: errors by sentence and annotator, scores of whole summaries, and the texts alone.

`human_annotations_sentence.json` has `article`, `summary`, `summary_sentences`, and for each of these what each of
three annotators found: `{"annotator_0": ["NoE"], "annotator_1": ["EntE", "OutE"], …}`. `human_annotations.json` has
scores of summaries, whose texts are in `benchmark_data.json`. See https://github.com/artidoro/frank.
"""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, cast

from app.core.annotation import Status
from app.core.errors import FormatError
from app.core.record import DocumentRecord
from app.exchange.claim_marks import split_fields
from app.exchange.foreign_document import ForeignDocument
from app.exchange.format import Claim, Reader, ReadOptions
from app.exchange.formats.frank.sentence_places import places_of
from app.exchange.formats.frank.summary_texts import FILES, Key, SummaryText, key_of, texts_beside
from app.exchange.json_lines import JsonLine
from app.exchange.json_records import first_objects, object_of
from app.exchange.option import FormatOption, OptionKind
from app.exchange.record_documents import record_documents
from app.exchange.record_names import DistinctNames, name_from_text
from app.exchange.source import Source

OWN = "frank"
_LAYER = "error"
_NO_ERROR = "NoE"
_SENTENCES, _ANNOTATIONS = "summary_sentences", "summary_sentences_annotations"
_KEPT = ("reference", _SENTENCES)  # texts, too long for metadata
TEXTS = FormatOption(
    "texts",
    "File of texts",
    OptionKind.TEXT,
    "",
    help="The file with the summaries and articles of scores, where it isn't benchmark_data.json beside them.",
)

Found = Mapping[str, list[str]]
"""The labels that each annotator gave a sentence, by name."""


class FrankReader(Reader):
    """Reads summaries, each with its article as reference, and what annotators found in them."""

    suffixes = (".json", ".jsonl", ".ndjson")
    options = (TEXTS,)

    def claims(self, path: Path, head: bytes) -> Claim | None:
        """Take records with annotated sentences, with scores of a model's summary, or with the texts of both."""
        for each in first_objects(path, head):
            if isinstance(each.get(_ANNOTATIONS), list) and _SENTENCES in each:
                return Claim(f"its records have “{_ANNOTATIONS}”")
            if key_of(each) is not None and ("Factuality" in each or {"article", "summary"} <= set(each)):
                return Claim("its records are of summaries by “hash” and “model_name”")
        return None

    def read(self, source: Source, options: ReadOptions) -> Iterator[DocumentRecord]:
        """Yield the summaries, each after its article. Invalid records go to `options.refuse`."""
        texts: dict[Key, SummaryText] | None = None
        summaries = _Summaries(options)

        def made(line: JsonLine) -> Iterator[DocumentRecord]:
            nonlocal texts
            value = object_of(line, source.path)
            if "summary" not in value and texts is None:
                texts = texts_beside(source, str(options.own.get(TEXTS.name) or ""))
            return summaries.of(_with_texts(value, texts or {}))

        yield from record_documents(source.path, options, made)


def _with_texts(value: dict[str, Any], texts: Mapping[Key, SummaryText]) -> dict[str, Any]:
    """Return a record with the texts that it is about. Raises FormatError if nobody has them."""
    if "summary" in value:
        return value
    key = key_of(value)
    found = texts.get(key) if key is not None else None
    if found is None:
        what = "the record has no summary, and no file beside it has one for its “hash” and “model_name”"
        hint = f"put {FILES[0]} beside it, or name it: --option texts=FILE"
        raise FormatError(what, hint=hint, in_window=f"put {FILES[0]} beside it")
    return {**value, **found._asdict()}


class _Summaries:
    """Makes the documents of the records."""

    def __init__(self, options: ReadOptions) -> None:
        self._options = options
        self._names = DistinctNames()
        self._given: set[str] = set()  # uids of the articles so far

    def of(self, value: Mapping[str, Any]) -> Iterator[DocumentRecord]:
        """Yield the article of a record, then its summary."""
        fields = dict(value)
        summary, article, found = (fields.pop(key, None) for key in ("summary", "article", _ANNOTATIONS))
        if not isinstance(summary, str) or not isinstance(article, str):
            what = "the record has no text under “summary” or “article”"
            raise FormatError(what, hint="write the summary and its article there")
        hash, model = (str(fields.get(key) or "") for key in ("hash", "model_name"))
        kept = {key: fields.pop(key) for key in _KEPT if key in fields}
        meta, own = split_fields(fields)
        name = self._names.of(f"{hash} {model}".strip() or name_from_text(summary), summary)
        made = ForeignDocument(summary, name=name, options=self._options, meta=meta, extra={OWN: {**own, **kept}})
        reference = ForeignDocument(article, name=hash or name_from_text(article), options=self._options)
        made.refer_to(reference)
        if found is not None:
            self._annotate(made, _strings(kept.get(_SENTENCES), f"“{_SENTENCES}”"), found)
        record = made.record()
        if reference.uid not in self._given:
            self._given.add(reference.uid)
            yield reference.record()
        yield record

    def _annotate(self, made: ForeignDocument, sentences: list[str], given: object) -> None:
        """Mark the errors of each sentence."""
        found = _by_sentence(given)
        if len(found) != len(sentences):
            what = f"there are {len(sentences)} sentences, and annotations of {len(found)}"
            raise FormatError(what, hint=f"“{_SENTENCES}” and “{_ANNOTATIONS}” must be equally long")
        places = places_of(sentences, made.text)
        lost = {str(number): found[number] for number, place in enumerate(places) if place is None}
        if lost:
            made.extra[OWN]["unplaced"] = lost
            what = "sentences that the summary doesn’t have; what was found in them is kept beside the document"
            self._options.report.note("sentence", what, made.document.name, count=len(lost))
        people = dict.fromkeys(person for each in found for person in each)
        for person in people:
            labels = [each.get(person, []) for each in found]
            work = made.work(person)
            if labels and all(labels):
                work.status = Status.DONE
            for number, (place, given_labels) in enumerate(zip(places, labels, strict=True)):
                for label in dict.fromkeys(given_labels):
                    if label != _NO_ERROR and place is not None:
                        work.mark(f"{number} {label}", label, [place], layer=_LAYER)


def _by_sentence(given: object) -> Sequence[Found]:
    if not isinstance(given, list):
        raise FormatError(f"“{_ANNOTATIONS}” must be a list", hint="write an object for each sentence")
    found: list[Found] = []
    for each in cast("list[object]", given):
        if not isinstance(each, dict):
            raise FormatError(f"“{_ANNOTATIONS}” must be a list of objects", hint="write one for each sentence")
        labels = cast("Mapping[str, object]", each)
        found.append({person: _strings(label, f"the labels of {person[:40]}") for person, label in labels.items()})
    return found


def _strings(value: object, what: str) -> list[str]:
    items = cast("list[object]", value) if isinstance(value, list) else [value]
    strings = [each for each in items if isinstance(each, str)]
    if len(strings) < len(items):
        raise FormatError(f"{what} must be a list of texts", hint="fix the record")
    return strings

"""Reads FaithBench's batches: the release, and the annotation files before it."""

import re
from collections import Counter, defaultdict, deque
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from app.core.annotation import Annotation, Evidence, Stance
from app.core.byte_order_mark import marked_encoding
from app.core.errors import FormatError
from app.core.record import DocumentRecord
from app.core.scheme import SEVERITY
from app.exchange.category_names import ERROR_LAYER
from app.exchange.error_marks import OwnFields, place_of
from app.exchange.foreign_document import ForeignDocument
from app.exchange.format import Claim, Reader, ReadOptions
from app.exchange.formats.faithbench.wire import (
    BENIGN,
    EXTRINSIC,
    INTRINSIC,
    OWN,
    QUESTIONABLE,
    SAMPLES,
    UNWANTED,
    FaithError,
    FaithPlace,
    FaithSample,
    KeptError,
    KeptSample,
    leaf,
    parsed,
    spelled,
)
from app.exchange.json_arrays import elements_of
from app.exchange.json_lines import JsonLine
from app.exchange.json_records import first_objects, object_of, placed, records
from app.exchange.kept_fields import metadata_of, to_keep
from app.exchange.offset_units import GivenRange, Ruler, Unit, found_near, unit_of
from app.exchange.record_names import DistinctNames, name_from_text
from app.exchange.source import Source

SOURCE = "source"
"""What the name of a source begins with: it has no id, and samples of several files may have it."""
NO_DETECTOR = -1
"""What stands for the prediction of a detector that wasn't asked; see the writer."""
DETECTORS = (
    "hhemv1",
    "hhem-2.1",
    "hhem-2.1-english",
    "trueteacher",
    "true_nli",
    "gpt-3.5-turbo",
    "gpt-4-turbo",
    "gpt_4o",
)
_BATCH = re.compile(r'\s*\{\s*"samples"\s*:\s*\[\s*(\{|\])')
SEVERITIES = {BENIGN: "neutral", QUESTIONABLE: "minor", UNWANTED: "major", INTRINSIC: "major", EXTRINSIC: "major"}


class FaithBenchReader(Reader):
    """Reads a document from each summary, with everyone's errors, and one from each source, in which evidence lies."""

    suffixes = (".json", ".jsonl", ".ndjson")

    def claims(self, path: Path, head: bytes) -> Claim | None:
        """Take an object with samples, and objects with a source, a summary and annotations."""
        if _is_batch(head):
            text = head.decode("utf-8", "ignore")
            is_ours = '"summary"' in text and '"source"' in text
            return Claim("its “samples” have a source and a summary") if is_ours else None
        for each in first_objects(path, head):
            has_texts = all(isinstance(each.get(key), str) for key in ("source", "summary"))
            if has_texts and "sample_id" in each and isinstance(each.get("annotations"), list):
                return Claim("its records have a source, a summary and annotations")
        return None

    def read(self, source: Source, options: ReadOptions) -> Iterator[DocumentRecord]:
        """Yield the documents, each after its source. Invalid samples go to `options.refuse`."""
        yield from _File(source.path, options).records()


def _is_batch(head: bytes) -> bool:
    return _BATCH.match(head.decode(marked_encoding(head) or "utf-8", "ignore").lstrip("\ufeff")) is not None


class _File:
    """Reads one file."""

    def __init__(self, path: Path, options: ReadOptions) -> None:
        self._path = path
        self._options = options

    def records(self) -> Iterator[DocumentRecord]:
        options, seen = self._options, DistinctNames()
        unit, people = self._survey()
        sources: set[str] = set()
        is_empty = True
        for line in self._lines():
            is_empty = False
            options.at(line.number, line.byte)
            try:
                made = _Document(parsed(object_of(line, self._path)), seen, unit, people, options)
                record = made.record()
            except FormatError as error:
                options.refuse(placed(error, line, self._path))
                continue
            if made.source is not None and made.source.uid not in sources:
                sources.add(made.source.uid)
                yield made.source.record()
            yield record
        if is_empty:
            options.report.note("empty", "files without documents", str(self._path))

    def _lines(self) -> Iterator[JsonLine]:
        with Source(self._path).open() as file:
            head = file.read(4096)
        if _is_batch(head):
            for each in elements_of(self._path, SAMPLES):
                yield JsonLine(each.line, each.byte, each.data, False)
        else:
            yield from records(self._path)

    def _survey(self) -> "tuple[Unit, _People]":
        """Return the unit of the offsets, which the repeated words prove, and the people of the file."""
        people, given = _People(), self._options.offsets
        unit = unit_of(self._claims(people), given=given)
        if given is not None:
            deque(self._claims(people), maxlen=0)
        return unit, people

    def _claims(self, people: "_People") -> Iterator[GivenRange]:
        """Yield the ranges whose words the file repeats, and note who made them."""
        for line in self._lines():
            try:
                found = parsed(object_of(line, self._path))
            except FormatError:
                continue  # it is refused when the samples are read
            for error in found.errors:
                people.add(*error.person)
                for text, place in ((found.summary, error.summary), (found.source, error.source)):
                    if text is not None and place is not None and place.words is not None:
                        yield GivenRange(text, *place)


class _People:
    """Names the annotators of a file: by their name, and where several have one (such as “XXXX”), by their id too."""

    def __init__(self) -> None:
        self._ids: defaultdict[str, set[str]] = defaultdict(set)

    def add(self, id: str, name: str) -> None:
        """Note somebody's id and name."""
        self._ids[name].add(id)

    def name(self, id: str, name: str) -> str:
        """Return what somebody is called here, "" if the file doesn't say who it is."""
        if not name.strip():
            return id
        return f"{name} {id[:8]}" if len(self._ids[name]) > 1 and id else name


class _Document:
    """Builds the record of one summary; `source` is the document that it is checked against."""

    def __init__(
        self, given: FaithSample, names: DistinctNames, unit: Unit, people: _People, options: ReadOptions
    ) -> None:
        self._given = given
        self._options = options
        self._people = people
        rest = dict(given.rest)
        name = rest.pop("name", None)
        if not isinstance(name, str) or not name:
            rest, name = given.rest, name_from_text(given.summary, "" if given.id is None else str(given.id))
        self._kept = KeptSample(generation=given.generation, sample_id=given.id, rest=rest)
        meta = metadata_of(_known(given.meta), options.report)
        self._made = ForeignDocument(given.summary, name=names.of(name, given.summary), options=options, meta=meta)
        self._ruler = Ruler(given.summary, unit)
        self._fields: dict[str, OwnFields] = {}  # by annotator
        self.source: ForeignDocument | None = None
        if given.source:
            made = ForeignDocument(given.source, name=name_from_text(given.source, SOURCE), options=options)
            self.source = made
            self._source_ruler = Ruler(given.source, unit)
            self._made.refer_to(made)

    def record(self) -> DocumentRecord:
        seen: Counter[tuple[str, str]] = Counter()
        for error in self._given.errors:
            who = self._people.name(*error.person)
            key = self._key(error)
            seen[who, key] += 1
            self._error(error, who, key if seen[who, key] == 1 else f"{key} ({seen[who, key]})")
        self._made.extra[OWN] = to_keep(self._kept)
        return self._made.record()

    @staticmethod
    def _key(error: FaithError) -> str:
        if error.id is not None:
            return str(error.id)
        places = [f"{place.start}-{place.end}" for place in (error.summary, error.source) if place is not None]
        return f"{' '.join(places)} {' '.join(error.labels)}"

    def _error(self, error: FaithError, who: str, key: str) -> None:
        work = self._made.work(who or None)
        if who:
            self._kept.people[work.annotator] = error.person
        fields = self._fields.setdefault(work.annotator, OwnFields(self._made.document, work.annotator))
        uid, layer, own_label = fields.read(error.stet)
        label = leaf(error.labels)
        # What is missing from a summary, and is only marked in the source, has no place in it: it goes to the end.
        end = len(self._given.summary)
        pair = self._range(self._ruler, error.summary) if error.summary is not None else (end, end)
        evidence: list[Evidence] = []
        if error.source is not None and self.source is not None:
            stance = Stance.REFUTES if label in (INTRINSIC, UNWANTED) else Stance.CONTEXT
            where = self._at_words(self.source.text, self._range(self._source_ruler, error.source), error.source.words)
            evidence.append(work.evidence(key, self.source, [where], stance=stance))
        made = work.mark(
            key,
            own_label or label,
            [pair],
            layer=layer or ERROR_LAYER,
            words=error.summary.words if error.summary is not None else None,
            attributes=self._severity(layer or ERROR_LAYER, own_label or label, label),
            comment=error.note,
            evidence=evidence,
            uid=uid,
        )
        if made is not None:
            self._keep(made, error, is_ours=uid is not None)
        if len(error.labels) > 1 and any(not label.startswith(spelled(each)) for each in error.labels):
            what = "marks with labels of several kinds, of which the first is used and all are kept"
            self._options.report.note("labels", what, f"{self._made.document.name}: {', '.join(error.labels)}")

    @staticmethod
    def _range(ruler: Ruler, place: FaithPlace) -> tuple[int, int]:
        try:
            return ruler.range(place.start, place.end)
        except ValueError as error:
            raise FormatError(f"“{(place.words or '')[:40]}”: {error}", hint="fix the offsets") from error

    def _at_words(self, text: str, pair: tuple[int, int], words: str | None) -> tuple[int, int]:
        """Return where the words of evidence are: at their place, or at the only one near by, which is noted."""
        if words is None or text[pair[0] : pair[1]] == words:
            return pair
        near = found_near(text, pair[0], words)
        kind = "source-moved" if near is not None else "source-words"
        what = (
            "evidence that wasn't at its words, moved to them" if near else "evidence whose words aren't in the source"
        )
        self._options.report.note(kind, what, f"{self._made.document.name}: “{words[:40]}”")
        return near or pair

    def _severity(self, layer: str, label: str, said: str) -> dict[str, Any]:
        """Return the severity that a label stands for, if the layer that it goes to has it."""
        step, labels = SEVERITIES.get(said), self._options.labels
        if step is None or labels is None or not labels.takes_severity(layer, label, step):
            return {}
        return {SEVERITY: step}

    def _keep(self, made: Annotation, error: FaithError, *, is_ours: bool) -> None:
        """Keep what only FaithBench has of an annotation, so that it can be written again as it was."""
        if is_ours:
            return  # it is written as any mark of ours
        missing = error.source if self.source is None else None
        made.extra[OWN] = to_keep(
            KeptError(
                label=error.labels,
                place=place_of(made),
                annot_id=error.id,
                only_source=error.summary is None,
                source=(missing.start, missing.end, missing.words) if missing is not None else None,
                rest=error.rest,
            )
        )


def _known(meta: dict[str, Any]) -> dict[str, Any]:
    """Return metadata without what stands for predictions that nobody has."""
    return {key: value for key, value in meta.items() if key not in DETECTORS or value != NO_DETECTOR}

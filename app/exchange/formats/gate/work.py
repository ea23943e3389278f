"""Builds the record of a document of GATE: an annotation set is the work of the annotator by whose name it goes."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, cast

from app.core.annotation import Status
from app.core.decision import GOLD, is_gold_name
from app.core.document_description import key_problem
from app.core.errors import FormatError
from app.core.record import DocumentRecord
from app.exchange.foreign_document import LONGEST, ForeignDocument, ForeignWork
from app.exchange.format import ReadOptions
from app.exchange.formats.gate.wire import (
    COMMENT,
    CORRECTION,
    DOCUMENT,
    FIELD_OF_LAYER,
    FRAGMENTS,
    MARKUPS,
    OWN,
    RELATIONS,
    STET_ID,
    GateAnnotation,
    GateSet,
    Json,
    is_field,
    whole,
)
from app.exchange.written_ids import WrittenIds

Place = Callable[[int, int], tuple[int, int]]
"""Gives a range of the file in code points; raises ValueError."""

_SHORT = 16  # digits of a text's hash
_SECONDS = "duration_seconds"


class GateWork:
    """One document, with its sets."""

    def __init__(
        self, text: str, name: str, features: Mapping[str, Any], place: Place, options: ReadOptions, kept: Json
    ) -> None:
        meta = {key: value for key, value in features.items() if self._can_be_kept(key, options)}
        self._own = kept
        self._made = ForeignDocument(text, name=name, options=options, meta=meta, extra={OWN: kept})
        kept["text"] = self._made.document.sha256[:_SHORT]
        self._options = options
        self._place = place

    @staticmethod
    def _can_be_kept(key: str, options: ReadOptions) -> bool:
        problem = key_problem(key)
        if problem is not None:
            options.report.note("key", "keys that metadata can't have, left out", f"“{key[:40]}”: {problem}")
        return problem is None

    def record(self, sets: Iterable[GateSet]) -> DocumentRecord:
        """Return the record with these sets. Invalid annotations go to `options.refuse`. Raises FormatError."""
        for each in sets:
            for error in each.errors:
                self._options.refuse(error)
            if each.name == MARKUPS:
                self._own["markups"] = each.raw
                what = "sets with the tags that a document had, kept to be written again"
                self._options.report.note("markups", what, self._made.document.name)
            elif each.name == "" and not each.annotations:
                self._own["default"] = None
            else:
                self._add(each)
        if self._options.finished and not self._made.record().sets:
            self._made.work().status = Status.DONE_EMPTY
        return self._made.record()

    def _add(self, given: GateSet) -> None:
        work = self._made.work(GOLD, kind=GOLD) if is_gold_name(given.name) else self._made.work(given.name or None)
        if not given.name:
            self._own["default"] = work.annotator
        if given.next_id is not None:
            self._own.setdefault("next", {})[work.annotator] = given.next_id
        document = self._made.document
        made = _Set(work, given.name, self._place, len(document.text))
        ids = WrittenIds(document.name, document.sha256, work.annotator)
        for each in given.annotations:
            self._guarded(given, each, lambda each=each: made.annotation(each, ids))
        for each in given.annotations:
            self._guarded(given, each, lambda each=each: made.relations(each, ids))

    def _guarded(self, given: GateSet, each: GateAnnotation, do: Callable[[], None]) -> None:
        try:
            do()
        except FormatError as error:
            error.what = f"annotation {each.id} of the set “{given.name[:40]}”: {error.what}"
            self._options.refuse(error)


class _Set:
    """Adds the annotations of a set to somebody's work on a text of this length."""

    def __init__(self, work: ForeignWork, name: str, place: Place, length: int) -> None:
        self._work = work
        self._name = name
        self._place = place
        self._length = length

    def _key(self, id: object) -> str:
        return f"{self._name}:{id}"

    def annotation(self, given: GateAnnotation, ids: WrittenIds) -> None:
        """Add an annotation. Raises FormatError."""
        pairs = _fragments(given)
        try:
            ranges = [self._place(*pair) for pair in pairs]
        except ValueError as error:
            raise FormatError(str(error), hint="fix the offsets") from error
        features = dict(given.features)
        if given.type == DOCUMENT and ranges in ([(0, 0)], [(0, self._length)]) and _is_about(features):
            self._about(given, features, ranges[0][1] > 0)
            return
        uid = features.pop(STET_ID, None)
        if len(ranges) > 1:
            del features[FRAGMENTS]
        if _ties(given):
            del features[RELATIONS]
        correction = features.pop(CORRECTION) if isinstance(features.get(CORRECTION), str) else None  # "" deletes
        comment = features.pop(COMMENT) if _is_words(features.get(COMMENT)) else ""
        kept = {name: value for name, value in features.items() if not is_field(value)}
        self._work.mark(
            self._key(given.id),
            given.type,
            ranges,
            attributes={name: value for name, value in features.items() if name not in kept},
            correction=correction,
            comment=comment,
            extra={OWN: _own(given, kept)},
            uid=ids.read(uid) if isinstance(uid, str) else None,
        )

    def _about(self, given: GateAnnotation, features: Json, has_width: bool) -> None:
        """Add what an annotation on the whole text says of the document: a layer for each feature."""
        nested = features.get("label")
        is_nested = isinstance(nested, dict) and len(features) == 1
        values = cast("Json", nested) if is_nested else features
        kept = {name: value for name, value in values.items() if not is_field(value)}
        own = {**_own(given, kept), "document": [is_nested, has_width]}
        fields: dict[str, Json] = {}
        for name, value in values.items():
            layer, colon, field = name.partition(FIELD_OF_LAYER)
            if name not in kept:
                fields.setdefault(layer, {})[field if colon else ""] = value
        for layer, said in fields.items():
            label = said.pop("", layer)
            if not _can_be_label(label):
                said[layer], label = label, layer
            comment = said.pop(COMMENT) if _is_words(said.get(COMMENT)) else ""
            self._work.about_document(
                f"{self._key(given.id)} {layer}", label, layer=layer, attributes=said, comment=comment, extra={OWN: own}
            )
        seconds = given.more.get(_SECONDS)
        if isinstance(seconds, int | float) and not isinstance(seconds, bool):
            self._work.seconds += seconds

    def relations(self, given: GateAnnotation, ids: WrittenIds) -> None:
        """Add the relations from an annotation. Raises FormatError."""
        for tie in _ties(given):
            type, target = str(tie["type"]), tie["target"]
            fields = tie.get("features")
            uid, comment = tie.get(STET_ID), tie.get(COMMENT)
            self._work.relate(
                f"{given.id} {type} {target}",
                type,
                self._key(given.id),
                self._key(target),
                attributes=cast("Json", fields) if isinstance(fields, dict) else None,
                comment=comment if isinstance(comment, str) else "",
                uid=ids.read(uid) if isinstance(uid, str) else None,
            )


def _own(given: GateAnnotation, kept: Json) -> Json:
    own: Json = {"id": given.id} if isinstance(given.id, int) else {}
    own |= {"features": kept} if kept else {}
    return own | ({"more": given.more} if given.more else {})


def _is_words(value: object) -> bool:
    return isinstance(value, str) and value != ""


def _can_be_label(value: object) -> bool:
    return isinstance(value, str) and 0 < len(value) <= LONGEST and value.isprintable()


def _is_about(features: Json) -> bool:
    nested = features.get("label")
    values = cast("Json", nested) if isinstance(nested, dict) and len(features) == 1 else features
    return any(is_field(value) for value in values.values())


def _ties(given: GateAnnotation) -> list[Json]:
    """Return the relations that Stet wrote into a feature, none if it is anything else."""
    value = given.features.get(RELATIONS)
    items = [cast("Json", each) for each in cast("list[object]", value)] if isinstance(value, list) else []
    is_ours = all(
        isinstance(each, dict) and isinstance(each.get("type"), str) and whole(each.get("target")) is not None  # pyright: ignore[reportUnnecessaryIsInstance]  anything may be in the list
        for each in items
    )
    return items if is_ours else []


def _fragments(given: GateAnnotation) -> list[tuple[int, int]]:
    """Return the ranges of a mark of several pieces, as Stet wrote them into a feature; else the annotation's own."""
    value = given.features.get(FRAGMENTS)
    items = cast("list[object]", value) if isinstance(value, list) else []
    pairs: list[tuple[int, int]] = []
    for item in items:
        ends = [whole(each) for each in cast("list[object]", item)] if isinstance(item, list) else []
        if len(ends) != 2 or ends[0] is None or ends[1] is None:  # noqa: PLR2004  start and end
            return [(given.start, given.end)]
        pairs.append((ends[0], ends[1]))
    is_ours = len(pairs) > 1 and (pairs[0][0], pairs[-1][1]) == (given.start, given.end)
    return pairs if is_ours else [(given.start, given.end)]

"""Makes the results of an annotation: of each mark a region with what is said of it, of the document, and relations."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, cast

from app.core.annotation import Annotation, Relation
from app.core.record import DocumentRecord, SetRecord
from app.core.scheme import SEVERITY
from app.core.suggestion import Suggestion
from app.exchange.formats.label_studio.config import TEXT, Controls, Used, has_only_fields, leaves, path_of
from app.exchange.formats.label_studio.task_text import TaskText
from app.exchange.formats.label_studio.wire import (
    BOTH_WAYS,
    CORRECTION,
    FIELD_OF_LAYER,
    OWN,
    UNLABELLED,
    UNNAMED,
    Json,
    as_list,
    as_object,
)
from app.exchange.kept_fields import kept_of
from app.exchange.report import LossReport
from app.exchange.written_ids import WrittenIds

_NONE: Json = {}


class ResultWriter:
    """Makes the results of the work on one document; notes what is used beyond the scheme, and what is lost."""

    def __init__(
        self, record: DocumentRecord, text: TaskText, controls: Controls, used: Used, losses: LossReport
    ) -> None:
        self._document = record.document
        self._text = text
        self._controls = controls
        self._scheme = controls.scheme
        self._used = used
        self._losses = losses
        self._where = ""
        self._ids = self._ids_of("")

    def of(self, item: SetRecord) -> list[Json]:
        """Return the results of an annotator's work."""
        self._where = f"{self._document.name} ({item.annotator})"
        self._ids = self._ids_of(item.annotator)
        ids: dict[str, str] = {}  # by uid: marks of a region with several labels share its id
        uids = {mark.uid for mark in item.annotations}
        firsts: dict[str, str] = {}
        marks = sorted(item.annotations, key=_is_further_label)
        for mark in marks:
            region = str(_own(mark).get("region", mark.uid))
            ids[mark.uid] = self._ids.written(region if region in uids else firsts.setdefault(region, mark.uid))
        found: list[Json] = []
        started: dict[str, Json] = {}
        for mark in marks:
            if self._is_about_document(mark):
                found.extend(self._about(mark))
            else:
                found.extend(self._region(mark, ids, started))
            if mark.evidence:
                self._lose("evidence", "evidence", mark.quote, count=len(mark.evidence))
            if set(mark.extra) - {OWN}:
                self._lose("mark-extra", "further fields of marks", mark.quote)
        about = {mark.uid for mark in marks if self._is_about_document(mark)}
        found.extend(self._relations(item.relations, ids, about))
        return found

    def _ids_of(self, annotator: str) -> WrittenIds:
        return WrittenIds(self._document.name, self._document.sha256, annotator)

    def of_suggestions(self, suggestions: Iterable[Suggestion]) -> list[Json]:
        """Return the results of suggestions by one maker."""
        found: list[Json] = []
        for each in suggestions:
            self._where = f"{self._document.name} ({each.maker})"
            self._ids = self._ids_of(f"{each.maker} {each.version}".rstrip())
            made = Annotation(
                uid=each.uid,
                layer=each.layer,
                label=each.label,
                fragments=each.fragments,
                quote=each.quote,
                attributes=each.attributes,
                correction=each.correction,
                comment=each.reason,
                created=each.created,
                extra={OWN: {"score": each.score}} if each.score is not None else {},
            )
            is_about = self._scheme.is_about_document(each.layer)
            found.extend(
                self._about(made) if is_about else self._region(made, {each.uid: self._ids.written(each.uid)}, {})
            )
            if each.evidence:
                self._lose("evidence", "evidence", each.quote, count=len(each.evidence))
        return found

    def _is_about_document(self, mark: Annotation) -> bool:
        layer = self._scheme.layer(mark.layer)
        if layer is not None:
            return layer.is_about_document
        return mark.start == mark.end == 0 and mark.is_anchor

    def _region(self, mark: Annotation, ids: Mapping[str, str], started: dict[str, Json]) -> Iterator[Json]:
        """Yield the results of a mark; further labels of a region are added to the result that was `started`."""
        own, id = _own(mark), ids[mark.uid]
        first = mark.fragments[0]
        value = self._range(first.start, first.end, own)
        if mark.is_anchor:
            self._lose("anchor", "anchors, which Label Studio keeps and doesn't show", mark.label, is_kept=True)
        if len(mark.fragments) == 1 and mark.quote != value["text"]:
            value["text"] = mark.quote
        kind, label = self._label(mark)
        known = started.get(f"{id} {mark.layer}")
        if known is not None:
            known["value"][kind].append(label)
            return
        labels = [] if mark.label == UNLABELLED else [label]
        made = self._result(id, mark.layer, kind, {**value, kind: labels}, own)
        parent = own.get("parent")
        if isinstance(parent, str) and parent in ids:
            made["parentID"] = ids[parent]
        if mark.comment:
            made["meta"] = {**made.get("meta", _NONE), "text": [mark.comment]}
        started[f"{id} {mark.layer}"] = made
        yield made
        for number, fragment in enumerate(mark.fragments[1:], 2):
            more = self._range(fragment.start, fragment.end, _NONE)
            part = self._result(f"{id}-{number}", mark.layer, kind, {**more, kind: labels}, _NONE)
            yield {**part, "parentID": id, "meta": {"fragment_of": id}}
        if mark.correction is not None:
            yield self._result(id, CORRECTION, "textarea", {**_place(value), "text": [mark.correction]}, _NONE)
        for name, said in mark.attributes.items():
            yield from self._field(id, mark, name, said, _place(value))

    def _label(self, mark: Annotation) -> tuple[str, Any]:
        """Return the kind of a label's result, and the label as it stands in one: in a tree with those above it."""
        layer = self._scheme.layer(mark.layer)
        if layer is None or layer.label(mark.label) is None:
            self._used.labels.setdefault(mark.layer, {})[mark.label] = None
        elif layer.is_tree:
            return "taxonomy", path_of(layer, mark.label)
        if self._text.raw is None:
            return "labels", mark.label
        return "paragraphlabels" if self._text.turns else "hypertextlabels", mark.label

    def _range(self, start: int, end: int, own: Mapping[str, Any]) -> Json:
        words = self._document.text[start:end]
        if self._text.turns:
            first, last = (self._turn(at) for at in (start, end))
            turns = self._text.turns
            return {
                "start": str(first),
                "end": str(last),
                "startOffset": start - turns[first],
                "endOffset": end - turns[last],
                "text": words,
            }
        if self._text.raw is not None:
            place = as_object(own.get("place"))
            if place is None:
                self._lose(
                    "html", "marks in HTML, of which only the offsets in its text are written", words, is_kept=True
                )
            return {**(place or {}), "globalOffsets": {"start": start, "end": end}, "text": words}
        return {"start": start, "end": end, "text": words}

    def _turn(self, at: int) -> int:
        return max(0, bisect_right(self._text.turns, at) - 1)

    def _result(self, id: str, name: str, kind: str, value: Json, own: Mapping[str, Any]) -> Json:
        made: Json = {"id": id, "from_name": name, "to_name": TEXT, "type": kind, "value": value}
        made["origin"] = own.get("origin", "manual")
        if "score" in own:
            made["score"] = own["score"]
        if "meta" in own:
            made["meta"] = own["meta"]
        return made | (as_object(own.get("more")) or _NONE)

    def _field(self, id: str, mark: Annotation, name: str, said: object, place: Json) -> Iterator[Json]:
        """Yield the result for a field of a mark; with no `place`, of the document."""
        control = self._controls.find(mark.layer, name)
        is_of_marks = bool(place)
        if control is not None:
            from_name = control.name
        elif is_of_marks:
            from_name = name
        else:
            from_name = mark.layer if name == mark.layer else f"{mark.layer}{FIELD_OF_LAYER}{name}"
        paths = as_object((as_object(_own(mark).get("paths")) or _NONE).get(from_name))
        if paths is not None and (leaves(paths.get("paths")) == said or leaves(paths.get("paths")) == [said]):
            kind = str(paths.get("type"))
            for path in as_list(paths.get("paths")):
                steps = as_list(path) or [path]
                self._used.trees.setdefault(from_name, {})[tuple(map(str, steps))] = None
            made = self._result(id, from_name, kind, {**place, kind: paths["paths"]}, _NONE)
        else:
            found = _as_result(control.kind if control is not None else "", said, is_severity=name == SEVERITY)
            if found is None:
                self._lose("field", "values of fields that are lists of objects", f"{mark.label}: {name}")
                return
            kind, key, value = found
            made = self._result(id, from_name, kind, {**place, key: value}, _NONE)
            if isinstance(said, dict):
                made["meta"] = {"entity": said}
        if control is None:
            values = self._used.fields.setdefault((from_name, is_of_marks), (kind, {}))[1]
            if kind == "choices":
                values.update(dict.fromkeys(map(str, leaves(made["value"][kind]))))
        if not is_of_marks:
            made["id"] = f"{id} {name}"
        yield made

    def _about(self, mark: Annotation) -> Iterator[Json]:
        layer, own = self._scheme.layer(mark.layer), _own(mark)
        is_label = mark.label != mark.layer and not (layer is not None and has_only_fields(layer))
        if is_label:
            is_tree = layer is not None and layer.is_tree and layer.label(mark.label) is not None
            value: Json = {"choices": [path_of(layer, mark.label) if is_tree and layer else mark.label]}
            if layer is None or layer.label(mark.label) is None:
                self._used.about.setdefault(mark.layer, {})[mark.label] = None
            made = self._result(self._ids.written(mark.uid), mark.layer, "choices", value, own)
            if mark.comment:
                made["meta"] = {**made.get("meta", _NONE), "text": [mark.comment]}
            yield made
        elif mark.comment and not mark.attributes:
            self._lose("comment", "comments on a document that say nothing else", mark.comment)
        if mark.correction is not None:
            self._lose("correction", "corrections of a document", mark.correction)
        comment = "" if is_label else mark.comment
        for name, said in mark.attributes.items():
            for made in self._field(self._ids.written(mark.uid), mark, name, said, {}):
                if comment:
                    made["meta"] = {**made.get("meta", _NONE), "text": [comment]}
                    comment = ""
                yield made

    def _relations(self, ties: Sequence[Relation], ids: Mapping[str, str], about: set[str]) -> Iterator[Json]:
        made: dict[tuple[str, str, str], tuple[list[str], list[str]]] = {}
        for tie in ties:
            if not all(end in ids for end in tie.ends):
                continue
            known = self._scheme.relation(tie.label)
            is_both_ways = (known is not None and not known.directed) or tie.attributes.items() >= BOTH_WAYS.items()
            key = (ids[tie.source], ids[tie.target], "bi" if is_both_ways else "right")
            labels, uids = made.setdefault(key, ([], []))
            uids.append(self._ids.written(tie.uid))
            if tie.label != UNNAMED or known is not None:
                labels.append(tie.label)
                self._used.relations[tie.label] = None
            if about.intersection(tie.ends):
                what = "relations of labels of the document, which Label Studio doesn't show"
                self._lose("relation-about", what, tie.label, is_kept=True)
            if set(tie.attributes) - set(BOTH_WAYS) or tie.comment:
                self._lose("relation-field", "fields and comments of relations", tie.label)
        for (source, target, direction), (labels, uids) in made.items():
            written = {"from_id": source, "to_id": target, "type": "relation", "direction": direction, "ids": uids}
            yield {**written, "labels": labels} if labels else written

    def _lose(self, kind: str, what: str, example: str, *, count: int = 1, is_kept: bool = False) -> None:
        said = what if is_kept else f"{what}, which Label Studio has no place for"
        self._losses.note(kind, said, f"{self._where}: “{example[:40]}”", count=count)


def _own(mark: Annotation) -> Mapping[str, Any]:
    return kept_of(mark.extra, OWN)


def _is_further_label(mark: Annotation) -> bool:
    """Whether it is one of a region's labels but the first, by whose id the region is known."""
    return _own(mark).get("region", mark.uid) != mark.uid


def _place(value: Json) -> Json:
    """Return the range alone, for results of other controls."""
    return {key: each for key, each in value.items() if key != "text"}


def _as_result(kind: str, said: object, *, is_severity: bool) -> tuple[str, str, Any] | None:
    """Return the kind of a value's result, the key of its value, and that; None for what no control can say."""
    if isinstance(said, bool):
        return "choices", "choices", ["true" if said else "false"]
    if isinstance(said, int | float):
        named = "rating" if kind == "rating" else "number"
        return named, named, said
    if isinstance(said, str):
        if kind == "choices" or is_severity:
            return "choices", "choices", [said]
        if kind == "datetime":
            return "datetime", "datetime", said
        return "textarea", "text", [said]
    if isinstance(said, dict):
        entry = cast("dict[str, Any]", said)
        return ("textarea", "text", [f"{entry.get('title') or entry['id']}"]) if "id" in entry else None
    items = as_list(said)
    if items and all(isinstance(item, str) for item in items):
        return ("textarea", "text", items) if kind == "textarea" else ("choices", "choices", items)
    return None

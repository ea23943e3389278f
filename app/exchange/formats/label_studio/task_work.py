"""The marks, labels of the document and relations that an annotation or a prediction gives a document."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from app.core.annotation import Annotation
from app.core.errors import EditRejected, FormatError
from app.core.remark import Remark, checked_remark
from app.exchange.foreign_document import LONGEST, ForeignDocument, ForeignWork
from app.exchange.formats.label_studio.results import Region, Results
from app.exchange.formats.label_studio.task_text import TaskText
from app.exchange.formats.label_studio.wire import (
    BOTH_WAYS,
    FIELD_OF_LAYER,
    FIELDS,
    OWN,
    UNLABELLED,
    UNNAMED,
    Json,
    as_list,
    as_object,
    check_kept,
    control_value,
    is_deep,
    is_list,
    leaf,
    word_of,
)
from app.exchange.offset_units import Ruler, Unit
from app.exchange.written_ids import WrittenIds


class TaskWork:
    """Adds the results of an annotation or a prediction (`item`) to an annotator's work on a document."""

    def __init__(
        self,
        work: ForeignWork,
        document: ForeignDocument,
        text: TaskText,
        ruler: Ruler,
        item: Json,
    ) -> None:
        self._work = work
        self._name = document.document.name
        self._text = text
        self._ruler = ruler
        self._item = item
        self._options = document.options
        self._is_plain = ruler.unit is Unit.CODE_POINTS and text.raw is None
        self._created = time_of(item.get("created_at"))
        self._updated = time_of(item.get("updated_at"))
        self._keys: dict[str, str] = {}  # of a region's first mark, by the region's id
        self._ids = WrittenIds(document.document.name, document.document.sha256, work.annotator)

    def add(self, elsewhere: Collection[str] = ()) -> list[Json]:
        """Add everything; return the results that aren't about the text, such as regions of what is named `elsewhere`.
        Raises FormatError.
        """
        results = Results(self._item.get("result"), elsewhere)
        parts: dict[str, list[Region]] = {}
        for region in results.regions.values():
            if region.part_of and region.part_of in results.regions:
                parts.setdefault(region.part_of, []).append(region)
        for id, region in results.regions.items():
            if region.is_plain and self._is_plain and id not in parts:
                self._plain_region(id, region)
            elif not region.part_of or region.part_of not in results.regions:
                self._region(id, region, parts.get(id, ()))
        for id, region in results.regions.items():
            if "parent" in region.kept:
                self._nest(id, region)
        self._about(results.about)
        for tie in results.relations:
            self._relate(tie)
        return results.others

    def _plain_region(self, id: str, region: Region) -> None:
        """Add a region with one label in a text whose code points are counted, as nearly all are."""
        value = region.value
        words = value.get("text")
        control, label = region.labels[0]
        start, end = value.get("start"), value.get("end")
        if type(start) is not int or type(end) is not int:
            start, end = self._text.place(value)
        words = self._words(words, start, end) if type(words) is str else None
        uid = self._ids.read(id) if "." in id else None
        made = self._work.plain_mark(
            id, label, start, end, layer=control, words=words, created=self._created, updated=self._updated, uid=uid
        )
        if made is not None or self._work.has(id):
            self._keys[id] = id

    def _words(self, words: str, start: int, end: int) -> str:
        """Return a region's words; Label Studio writes a line break as a backslash and an n in some versions."""
        if "\\n" in words and words.replace("\\n", "\n") == self._text.text[start:end]:
            return self._text.text[start:end]
        return words

    def _region(self, id: str, region: Region, others: Iterable[Region]) -> None:
        labels = region.labelled()
        value = region.value
        try:
            ranges = [self._ruler.range(*self._text.place(value))]
            ranges += [self._ruler.range(*self._text.place(other.value)) for other in others]
        except ValueError as error:
            raise FormatError(f"region {id[:60]}: {error}", hint="fix the offsets") from error
        words = value.get("text")
        kept = region.kept
        if not labels:
            labels = [(next(iter(region.fields), ""), UNLABELLED)]
        if region.fields or kept:
            check_kept(region.fields, kept)
        if self._text.raw is not None and not self._text.turns:
            kept["place"] = {key: value[key] for key in ("start", "end", "startOffset", "endOffset") if key in value}
        region.value = {}
        first = id
        for number, (control, label) in enumerate(labels):
            key = id if number == 0 else f"{first} {control} {label}"
            made = self._work.mark(
                key,
                label,
                ranges,
                layer=control,
                words=self._words(words, *ranges[0]) if isinstance(words, str) and len(ranges) == 1 else None,
                attributes=_of_layer(region.fields, control) if number == 0 else None,
                correction=region.correction if number == 0 else None,
                comment=region.comment if number == 0 else "",
                created=self._created,
                updated=self._updated,
                extra={OWN: {**kept, "region": first}} if number else {OWN: kept} if kept else None,
                uid=self._ids.read(id) if number == 0 and "." in id else None,
            )
            if made is not None and number == 0:
                first = made.uid  # the same when it was written and comes back
            if made is not None or self._work.has(key):
                self._keys.setdefault(id, key)
            if made is not None and isinstance(kept.get("score"), int | float):
                self._work.scores[made.uid] = kept["score"]

    def _nest(self, id: str, region: Region) -> None:
        """Have a region that is in another one name it by the mark's own id, as the file's mean nothing elsewhere."""
        parent = region.kept.pop("parent", "")
        outer, inner = self._mark(parent), self._mark(id)
        if outer is not None and inner is not None:
            inner.extra.setdefault(OWN, {})["parent"] = outer.uid

    def _mark(self, id: str) -> Annotation | None:
        key = self._keys.get(id, "")
        try:
            return self._work.get(key)
        except KeyError:
            return None  # left out, or never there

    def _relate(self, tie: Json) -> None:
        source, target = word_of(tie.get("from_id")), word_of(tie.get("to_id"))
        if tie.get("direction") == "left":
            source, target = target, source
        labels = [label for label in map(word_of, as_list(tie.get("labels"))) if label] or [UNNAMED]
        ends = self._keys.get(source), self._keys.get(target)
        if ends[0] is None or ends[1] is None or ends[0] == ends[1]:
            what = "relations one of whose ends isn't there, or that link a region to itself, left out"
            self._options.report.note("relation-end", what, f"{self._name}: {labels[0]}")
            return
        is_both_ways = tie.get("direction") == "bi"
        # By the marks' own ids: those of regions are others when a file was written again.
        uids = [mark.uid for mark in map(self._work.get, filter(self._work.has_mark, map(str, ends)))]
        known = tie.get("ids")
        for number, label in enumerate(dict.fromkeys(labels)):
            self._work.relate(
                " ".join([label, *uids]),
                label[:LONGEST],
                ends[0],
                ends[1],
                attributes=BOTH_WAYS if is_both_ways and not self._is_undirected(label) else None,
                uid=self._ids.read(word_of(as_list(known)[number])) if number < len(as_list(known)) else None,
            )

    def _is_undirected(self, label: str) -> bool:
        labels = self._options.labels
        return labels is not None and labels.is_undirected(label)

    def _about(self, results: Iterable[Json]) -> None:
        """Add what controls say of the whole document: a layer each, whose fields may have controls of their own."""
        labels: dict[str, str] = {}
        fields: dict[str, dict[str, Any]] = {}
        comments: dict[str, str] = {}
        kept: dict[str, Json] = {}
        uids: dict[str, str | None] = {}
        for result in results:
            kind = str(result["type"])
            value = as_object(result.get("value")) or {}
            control = word_of(result.get("from_name")) or kind
            layer, colon, field = control.partition(FIELD_OF_LAYER)
            found = _found(kind, value, result)
            if found is None:
                continue
            id = word_of(result.get("id")).partition(" ")[0]
            uids.setdefault(layer, self._ids.read(id))
            if id and uids[layer]:
                self._keys[id] = f"document {layer}"
            label = self._label_of(layer, kind, found) if not colon else ""
            if label:
                labels[layer] = label
            else:
                fields.setdefault(layer, {})[field or layer] = found
            if not label and (kind == "taxonomy" or is_deep(value.get(kind))):
                paths = {"type": kind, "paths": value[kind]}
                kept.setdefault(layer, {}).setdefault("paths", {})[control] = paths
            notes = (as_object(result.get("meta")) or {}).get("text")
            if notes:
                comments[layer] = "\n".join(map(str, as_list(notes))) or word_of(notes)
            if label and result.get("score") is not None:
                kept.setdefault(layer, {})["score"] = result["score"]
        check_kept(fields, kept)
        for layer in dict.fromkeys((*labels, *fields)):
            self._work.about_document(
                f"document {layer}",
                labels.get(layer, layer),
                layer=layer,
                attributes=fields.get(layer),
                comment=comments.get(layer, ""),
                created=self._created,
                updated=self._updated,
                extra={OWN: kept[layer]} if layer in kept else None,
                uid=uids[layer],
            )

    def _label_of(self, layer: str, kind: str, found: object) -> str:
        """Return the label that a control gives the document, "" if it fills in a field."""
        if kind not in ("choices", "taxonomy"):
            return ""
        labels = self._options.labels
        if labels is not None and labels.has_only_fields(layer):
            return ""
        items = as_list(found) if is_list(found) else [found]
        label = word_of(leaf(items[0])) if len(items) == 1 else ""
        return label if len(label) <= LONGEST and label.isprintable() else ""


def take_remark(work: ForeignWork, said: Json) -> None:
    """Take over the flag and the note that Stet wrote beside an annotation. Raises FormatError."""
    flag, note = said.get("flag"), said.get("note")
    if not isinstance(flag, str) and not isinstance(note, str):
        return
    made = Remark(flag if isinstance(flag, str) else None, note if isinstance(note, str) else "")
    try:
        work.remark = checked_remark(made)
    except EditRejected as error:
        raise FormatError(error.what, hint=error.hint) from error


def time_of(value: object) -> str:
    """Return a time as the file has it, "" for what isn't one."""
    return value if isinstance(value, str) and len(value) < LONGEST and value.isprintable() else ""


def _found(kind: str, value: Mapping[str, Any], result: Json) -> Any:  # noqa: ANN401  whatever the control has
    if kind not in FIELDS:
        return None
    entity = as_object((as_object(result.get("meta")) or {}).get("entity"))
    return entity if entity is not None else control_value(kind, value)


def _of_layer(fields: Mapping[str, Any], layer: str) -> Mapping[str, Any]:
    """Return fields by their own names, where a control's name says of which layer it is too."""
    prefix = layer + FIELD_OF_LAYER
    return {name.removeprefix(prefix): value for name, value in fields.items()} if fields else fields

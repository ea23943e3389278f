"""Makes marks and relations into the annotations of a CAS."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple, cast

import msgspec

from app.core.alignment import sentences
from app.core.annotation import Annotation, Relation
from app.core.document import Document
from app.core.record import DocumentRecord, SetRecord
from app.core.scheme import Attribute, FieldKind, Scheme
from app.exchange.format import WriteOptions
from app.exchange.formats.uima.content import CasAbout, CasChain, CasContent, CasLink, CasRelation, CasSentence, CasSpan
from app.exchange.formats.uima.kept_types import value_features
from app.exchange.formats.uima.marks import OWN
from app.exchange.formats.uima.type_names import (
    CHAIN_LABEL,
    CHAIN_LINK,
    COMMENT,
    CORRECTION,
    CORRECTION_TYPE,
    CUSTOM,
    ENTITY,
    FEATURES,
    FRAGMENT,
    FRAGMENTS,
    IDENTIFIER,
    RELATION,
    feature_of,
    label_feature,
    layer_name,
    short_name,
    type_of_layer,
)
from app.exchange.losses import Losses
from app.exchange.report import LossReport


class CasTypes:
    """The types of a project's layers, the same in all its documents."""

    def __init__(self, scheme: Scheme) -> None:
        self.scheme = scheme
        self._types: dict[str, str] = {}
        for layer in scheme.layers:
            self.of(layer.id)

    def of(self, layer: str) -> str:
        """Return the type of a layer whose marks came from nowhere else."""
        if layer not in self._types:
            self._types[layer] = type_of_layer(layer, set(self._types.values()))
        return self._types[layer]


class Kept(NamedTuple):
    """What a document that came from a CAS keeps of it: tokens, sentences, and what types had for features."""

    tokens: list[tuple[int, int]]
    sentences: list[CasSentence]
    types: Mapping[str, Any]


def kept_of(record: DocumentRecord) -> Kept:
    """Return what is kept of the CAS that a document came from; nothing of the text's parts if it has changed."""
    own = _mapping(record.extra.get(OWN))
    types = _mapping(own.get("types"))
    if own.get("sha256") != record.document.sha256:
        return Kept([], [], types)
    length = record.document.length
    tokens = [(pair[0], pair[1]) for pair, _ in _ranges(own.get("tokens"), length)]
    parts = [CasSentence(pair[0], pair[1], str(rest[0] or "")) for pair, rest in _ranges(own.get("sentences"), length)]
    return Kept(tokens, parts, {name: _mapping(features) for name, features in types.items()})


def _ranges(value: object, length: int) -> Iterator[tuple[tuple[int, int], list[object]]]:
    """Yield the ranges of a list, in order, and what stands behind each; the project may be from a stranger."""
    last = 0
    for each in cast("list[object]", value) if isinstance(value, list) else []:
        start, end, *rest = [*cast("list[object]", each), None, None] if isinstance(each, list) else [None, None]
        if isinstance(start, int) and isinstance(end, int) and last <= start <= end <= length:
            yield (start, end), rest
            last = start


def content_of(
    record: DocumentRecord, item: SetRecord | None, types: CasTypes, options: WriteOptions, losses: LossReport
) -> CasContent:
    """Return a document with one annotator's work as a CAS has it; None for the document alone. What has no place
    there is noted.
    """
    document = record.document
    kept = kept_of(record)
    content = CasContent(text=document.text, title=document.name, meta=dict(document.meta))
    content.tokens = kept.tokens or options.tokens(document)
    content.sentences = kept.sentences or _sentences(document, content.tokens)
    if item is not None:
        _Annotations(record, item, types, kept.types, losses).fill(content)
    return content


def _sentences(document: Document, tokens: Sequence[tuple[int, int]]) -> list[CasSentence]:
    """Return sentences that cut no token and leave none out."""
    found: list[CasSentence] = []
    bounds = [start for start, _ in sentences(document.text)][1:]
    first = 0
    for number, (start, end) in enumerate(tokens):
        after = tokens[number + 1][0] if number + 1 < len(tokens) else None
        if after is None or any(start < bound <= after for bound in _next(bounds, start)):
            found.append(CasSentence(tokens[first][0], end))
            first = number + 1
    return found


def _next(bounds: list[int], start: int) -> list[int]:
    """Drop the bounds before an offset; return the next one, if there is one."""
    while bounds and bounds[0] <= start:
        bounds.pop(0)
    return bounds[:1]


class _Annotations:
    def __init__(
        self,
        record: DocumentRecord,
        item: SetRecord,
        types: CasTypes,
        kept: Mapping[str, Any],
        losses: LossReport,
    ) -> None:
        self._document = record.document
        self._item = item
        self._types = types
        self._scheme = types.scheme
        self._kept = kept
        self._losses = losses
        self._marks = {each.uid: each for each in item.annotations}
        self._spans: dict[str, CasSpan] = {}
        self._learned = {
            each.layer: str(_own(each)["type"]) for each in reversed(item.annotations) if "type" in _own(each)
        }

    def fill(self, content: CasContent) -> None:
        for annotation in self._item.annotations:
            if self._scheme.is_about_document(annotation.layer):
                content.about.append(self._about(annotation))
            else:
                self._span(annotation, content)
        edges: list[Relation] = []
        for tie in self._item.relations:
            if tie.source not in self._spans or tie.target not in self._spans:
                self._lose("relation", "relations of labels of the document", tie.label)
            elif tie.uid in _mapping(_own(self._marks[tie.source]).get("links")):
                self._link(tie)
            elif self._is_chain_link(tie):
                edges.append(tie)
            else:
                content.relations.append(self._relation(tie))
        self._loops(content)
        self._chains(edges, content)

    def _span(self, annotation: Annotation, content: CasContent) -> None:
        type_ = self._type(annotation)
        first, *rest = annotation.fragments
        made = CasSpan(key=annotation.uid, type=type_, start=first.start, end=first.end, known=self._known(type_))
        place = _own(annotation).get("place")
        made.place = place if isinstance(place, int) else 1
        if "chain" in _own(annotation):
            if _own(annotation).get("bare") != annotation.label:
                made.features[CHAIN_LABEL] = annotation.label
            if "link" in _own(annotation):
                made.features[CHAIN_LINK] = _own(annotation)["link"]
        else:
            self._add_label(made, annotation)
        self._add_fields(made.features, annotation.attributes, self._fields_of(annotation), type_)
        if annotation.correction is not None:
            made.features["value" if type_ == CORRECTION_TYPE else CORRECTION] = annotation.correction
        if annotation.comment:
            made.features[COMMENT] = annotation.comment
        if annotation.evidence:
            self._lose("evidence", "evidence", annotation.quote, count=len(annotation.evidence))
        if set(annotation.extra) - {OWN}:
            self._lose("mark-extra", "further fields of marks", annotation.quote)
        self._spans[annotation.uid] = made
        content.spans.append(made)
        for number, piece in enumerate(rest, 2):
            key = f"{annotation.uid} {number}"
            content.spans.append(CasSpan(key=key, type=FRAGMENT, start=piece.start, end=piece.end))
            made.links.append(CasLink(feature=FRAGMENTS, target=key, type=f"{CUSTOM}{short_name(type_)}FragmentsLink"))

    def _about(self, annotation: Annotation) -> CasAbout:
        made = CasAbout(key=annotation.uid, type=self._type(annotation))
        made.known = self._known(made.type)
        self._add_label(made, annotation)
        self._add_fields(made.features, annotation.attributes, self._fields_of(annotation), made.type)
        if annotation.comment:
            made.features[COMMENT] = annotation.comment
        if set(annotation.extra) - {OWN}:
            self._lose("mark-extra", "further fields of marks", annotation.label)
        return made

    def _type(self, annotation: Annotation) -> str:
        own = _own(annotation)
        if "type" in own and own.get("layer") == annotation.layer:
            return str(own["type"])
        return self._learned.get(annotation.layer) or self._types.of(annotation.layer)

    def _known(self, type_: str) -> tuple[str, ...]:
        return tuple(dict.fromkeys((*value_features(_mapping(self._kept.get(type_))), *FEATURES.get(type_, ()))))

    def _add_label(self, made: CasSpan | CasAbout, annotation: Annotation) -> None:
        if _own(annotation).get("bare") == annotation.label:
            return
        name = label_feature(made.type, made.known or ("value",))
        if name:
            made.features[name] = annotation.label
        elif made.type.startswith(CUSTOM):
            made.features["value"] = annotation.label
        elif annotation.label != layer_name(made.type):
            self._lose("label", f"labels in the layer {layer_name(made.type)}", annotation.label)

    def _fields_of(self, annotation: Annotation) -> Mapping[str, Attribute]:
        layer = self._scheme.layer(annotation.layer)
        return {each.id: each for each in layer.attributes_of(annotation.label)} if layer is not None else {}

    def _add_fields(
        self, features: dict[str, Any], values: Mapping[str, Any], known: Mapping[str, Attribute], type_: str
    ) -> None:
        before = _mapping(self._kept.get(type_))
        for name, value in values.items():
            attribute = known.get(name)
            feature = name if name in before else feature_of(name)
            if isinstance(value, dict):
                entry = cast("Mapping[str, Any]", value)
                if type_ == ENTITY and IDENTIFIER not in features and name != IDENTIFIER:
                    feature = IDENTIFIER
                feature, value = IDENTIFIER if name == IDENTIFIER else feature, str(entry.get("id", ""))
                if entry.get("title") and not self._has_title(attribute, entry):
                    self._lose("title", "titles of entities that aren't in the scheme's lists", str(entry["title"]))
            elif isinstance(value, float | int) and not isinstance(value, bool):
                is_number = attribute is not None and attribute.kind in (FieldKind.NUMBER, FieldKind.SCALE)
                value = float(value) if is_number else value
            while feature in features:
                feature += "_"
            features[feature] = value

    def _has_title(self, attribute: Attribute | None, entry: Mapping[str, Any]) -> bool:
        entries = self._scheme.entity_list(attribute.entries) if attribute is not None else None
        known = entries.entries if entries is not None else ()
        return any(each.id == entry.get("id") and each.title == entry.get("title") for each in known)

    def _link(self, tie: Relation) -> None:
        own = _mapping(_mapping(_own(self._marks[tie.source])["links"])[tie.uid])
        link = CasLink(feature=str(own["feature"]), target=tie.target, type=str(own["type"]))
        link.role = None if own.get("bare") == tie.label else tie.label
        self._add_tie_fields(link.features, tie, link.type)
        self._spans[tie.source].links.append(link)

    def _relation(self, tie: Relation) -> CasRelation:
        own = _mapping(_mapping(_own(self._marks[tie.source]).get("relations")).get(tie.uid))
        ends = {self._spans[end].type for end in tie.ends}
        common = f"{CUSTOM}{short_name(next(iter(ends)))}Relation" if len(ends) == 1 else RELATION
        made = CasRelation(key=tie.uid, type=str(own.get("type", common)), source=tie.source, target=tie.target)
        made.known = self._known(made.type)
        if own.get("bare") != tie.label:
            name = label_feature(made.type, made.known or ("value",)) or "value"
            made.features[name] = tie.label
        self._add_tie_fields(made.features, tie, made.type)
        return made

    def _add_tie_fields(self, features: dict[str, Any], tie: Relation, type_: str) -> None:
        kind = self._scheme.relation(tie.label)
        known = {each.id: each for each in kind.attributes} if kind is not None else {}
        self._add_fields(features, tie.attributes, known, type_)
        if tie.comment:
            features[COMMENT] = tie.comment

    def _is_chain_link(self, tie: Relation) -> bool:
        own, other = (_own(self._marks[end]) for end in tie.ends)
        if tie.attributes or tie.comment or own.get("chain") != other.get("chain") or "chain" not in own:
            return False
        kind = self._scheme.relation(tie.label)
        kept = _mapping(_mapping(own.get("relations")).get(tie.uid))
        return bool(kept.get("chain")) or (not kept and kind is not None and kind.chain)

    def _chains(self, edges: Iterable[Relation], content: CasContent) -> None:
        after: dict[str, str] = {}
        led_to: set[str] = set()
        for tie in edges:
            if tie.source in after or tie.target in led_to or _leads_to(after, tie.target, tie.source):
                content.relations.append(self._relation(tie))  # a chain has one line
                continue
            after[tie.source] = tie.target
            led_to.add(tie.target)
            own = _own(self._marks[tie.source])
            if _mapping(_mapping(own.get("relations")).get(tie.uid)).get("bare") != tie.label:
                self._spans[tie.source].features[CHAIN_LINK] = tie.label
        for uid, span in self._spans.items():
            if "chain" in _own(self._marks[uid]) and uid not in led_to:
                members = [uid]
                while members[-1] in after:
                    members.append(after[members[-1]])
                content.chains.append(CasChain(type=span.type, members=members))

    def _loops(self, content: CasContent) -> None:
        """Add the relations of marks to themselves that the file had from which they came."""
        for uid, span in self._spans.items():
            for number, loop in enumerate(cast("list[Mapping[str, Any]]", _own(self._marks[uid]).get("loops", []))):
                features = dict(_mapping(loop.get("features")))
                if "feature" in loop:
                    target = uid if loop.get("has_target") else ""
                    feature, type_ = str(loop["feature"]), str(loop.get("type", ""))
                    role = None if loop.get("role") is None else str(loop["role"])
                    span.links.append(CasLink(feature=feature, target=target, type=type_, role=role, features=features))
                    continue
                type_ = str(loop.get("type", RELATION))
                key = f"{uid} loop {number}"
                made = CasRelation(key=key, type=type_, source=uid, target=uid, features=features)
                made.known = self._known(type_)
                content.relations.append(made)

    def _lose(self, kind: str, what: str, example: str, *, count: int = 1) -> None:
        where = f"{self._document.name} ({self._item.annotator})"
        said = f"{where}: “{example[:40]}”" if example else where
        self._losses.note(kind, f"{what}, which UIMA has no place for", said, count=count)


def note_rest(
    record: DocumentRecord, losses: LossReport, *, format: str = "UIMA", known_meta: Sequence[str] = ()
) -> None:
    """Note what of a document, and of annotators' work apart from their marks, has no place in a format."""
    rest = Losses(format, OWN)
    meta = {key: value for key, value in record.document.meta.items() if key not in known_meta}
    rest.of_document(record._replace(document=msgspec.structs.replace(record.document, meta=meta)))
    for item in record.sets:
        rest.of_set(record, item)
    losses.add(rest.report)


def _leads_to(after: Mapping[str, str], start: str, end: str) -> bool:
    while start in after:
        start = after[start]
        if start == end:
            return True
    return start == end


def _mapping(value: object) -> Mapping[str, Any]:
    return cast("Mapping[str, Any]", value) if isinstance(value, Mapping) else {}


def _own(annotation: Annotation) -> Mapping[str, Any]:
    """Return what only UIMA has of a mark that came from it."""
    return _mapping(annotation.extra.get(OWN))

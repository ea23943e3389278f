"""Makes the annotations of a CAS into marks and relations: types are layers, features are labels and fields."""

import math
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, cast

from app.core.annotation import Annotation, Status
from app.core.document import check_storable, sha256
from app.core.errors import FormatError, TextRefused
from app.exchange.foreign_document import LONGEST, ForeignDocument, ForeignWork
from app.exchange.format import ReadOptions
from app.exchange.formats.uima.content import CasAbout, CasContent, CasLink, CasRelation, CasSpan
from app.exchange.formats.uima.type_names import (
    CHAIN_LABEL,
    CHAIN_LINK,
    COMMENT,
    CORRECTION,
    CORRECTION_TYPE,
    FRAGMENT,
    FRAGMENTS,
    IDENTIFIER,
    label_feature,
    layer_name,
)

OWN = "uima"
"""The key of what only UIMA has, in the further fields of documents and marks."""


def document_of(
    content: CasContent, name: str, options: ReadOptions, types: Mapping[str, Any] | None = None
) -> ForeignDocument:
    """Return the document of a CAS, without work. What it needs to be written as it was is kept: its tokens and
    sentences, and the `types` of its annotations. Raises FormatError for a text that can't be stored.
    """
    own: dict[str, Any] = {"sha256": sha256(content.text)} if _is_encodable(content.text) else {}
    if content.tokens:
        own["tokens"] = [list(pair) for pair in content.tokens]
    if content.sentences:
        own["sentences"] = [[each.start, each.end, *([each.id] if each.id else [])] for each in content.sentences]
    if types:
        own["types"] = dict(types)
    return ForeignDocument(
        content.text, name=content.title or name, options=options, meta=content.meta, extra={OWN: own}
    )


def _is_encodable(text: str) -> bool:
    return not any("\ud800" <= char <= "\udfff" for char in text)


def put(
    content: CasContent,
    document: ForeignDocument,
    annotator: str | None,
    options: ReadOptions,
    *,
    path: Path | str,
    lines: Mapping[str, int] | None = None,
    status: Status | None = None,
) -> None:
    """Add an annotator's annotations to a document, `status` if the file says it. What can't be one goes to
    `options.refuse`, with the line in `lines` of its key.
    """
    has_any = bool(content.spans or content.relations or content.about)
    if has_any or status is not None or options.finished:
        work = document.work(annotator)
        if status is not None:
            work.status = status
        _Marks(content, work, options, path, lines or {}).put()


class _Marks:
    def __init__(
        self, content: CasContent, work: ForeignWork, options: ReadOptions, path: Path | str, lines: Mapping[str, int]
    ) -> None:
        self._content = content
        self._work = work
        self._options = options
        self._path = path
        self._lines = lines
        self._spans = content.by_key()
        self._in_chains = {key: chain.type for chain in content.chains for key in chain.members}

    def put(self) -> None:
        pieces = {
            link.target
            for span in self._content.spans
            for link in span.links
            if link.feature == FRAGMENTS and link.target in self._spans and self._spans[link.target].type == FRAGMENT
        }
        for span in self._content.spans:
            if span.key not in pieces:
                self._guarded(span.key, self._mark, span)
        for about in self._content.about:
            self._guarded(about.key, self._about, about)
        for span in self._content.spans:
            for number, link in enumerate(span.links):
                if link.target not in pieces and self._work.has(span.key):
                    self._guarded(span.key, self._link, span, number, link)
        for chain in self._content.chains:
            for one, other in zip(chain.members, chain.members[1:], strict=False):
                self._guarded(one, self._chain_link, one, other)
        for relation in self._content.relations:
            self._guarded(relation.key, self._relation, relation)

    def _guarded(self, key: str, do: Callable[..., None], *what: object) -> None:
        try:
            do(*what)
        except FormatError as error:
            error.path, error.line = self._path, error.line or self._lines.get(key)
            self._options.refuse(error)

    def _mark(self, span: CasSpan) -> None:
        is_chain = span.key in self._in_chains
        layer = layer_name(span.type, is_chain=is_chain)
        name = CHAIN_LABEL if is_chain else label_feature(span.type, span.known or tuple(span.features))
        label, is_bare = _label(span.features.get(name), layer)
        rest = {feature: value for feature, value in span.features.items() if feature != name or is_bare}
        own: dict[str, Any] = {"type": span.type, **({"place": span.place} if span.place > 1 else {})}
        if is_chain:
            own["chain"] = self._in_chains[span.key]
            last = rest.pop(CHAIN_LINK, None)
            if last is not None:
                own["link"] = last
        correction = rest.pop("value", None) if span.type == CORRECTION_TYPE else rest.pop(CORRECTION, None)
        comment = _comment(rest)
        made = self._work.mark(
            span.key,
            label,
            self._ranges(span),
            layer=layer,
            attributes=_attributes(rest),
            correction=None if correction is None else _text(correction),
            comment=comment,
            extra={OWN: own},
        )
        if made is not None:
            own["layer"] = made.layer
            if is_bare:
                own["bare"] = made.label

    def _ranges(self, span: CasSpan) -> list[tuple[int, int]]:
        others = [self._spans[link.target] for link in span.links if link.target in self._spans]
        pieces = [other for other in others if other.type == FRAGMENT]
        return sorted({(each.start, each.end) for each in (span, *pieces)})

    def _about(self, about: CasAbout) -> None:
        name = label_feature(about.type, about.known or tuple(about.features))
        layer = layer_name(about.type)
        label, is_bare = _label(about.features.get(name), layer)
        rest = {feature: value for feature, value in about.features.items() if feature != name or is_bare}
        own: dict[str, Any] = {"type": about.type}
        comment = _comment(rest)
        made = self._work.about_document(
            about.key, label, layer=layer, attributes=_attributes(rest), comment=comment, extra={OWN: own}
        )
        if made is not None:
            own["layer"] = made.layer
            if is_bare:
                own["bare"] = made.label

    def _link(self, span: CasSpan, number: int, link: CasLink) -> None:
        kept = {"feature": link.feature, "type": link.type}
        if link.target in (span.key, ""):
            said = {**kept, "role": link.role, "features": link.features, "has_target": bool(link.target)}
            self._keep_loop(span.key, "loops", said, link.role or link.feature)
            return
        label, is_bare = _label(link.role, link.feature)
        features = dict(link.features)
        comment = _comment(features)
        key = f"{span.key} {link.feature} {number}"
        self._relate(key, label, span.key, link.target, features, comment, "links", kept, is_bare)

    def _chain_link(self, one: str, other: str) -> None:
        own = self._own_of(one)
        value = own.pop("link", None) if own is not None else None
        label, is_bare = _label(value, layer_name(self._spans[one].type, is_chain=True))
        self._relate(f"{one} -> {other}", label, one, other, {}, "", "relations", {"chain": True}, is_bare)

    def _relation(self, relation: CasRelation) -> None:
        name = label_feature(relation.type, relation.known or tuple(relation.features))
        label, is_bare = _label(relation.features.get(name), layer_name(relation.type))
        rest = {feature: value for feature, value in relation.features.items() if feature != name or is_bare}
        if relation.source == relation.target and self._work.has(relation.source):
            said = {"type": relation.type, "features": relation.features}
            self._keep_loop(relation.source, "loops", said, label)
            return
        comment = _comment(rest)
        kept = {"type": relation.type}
        ends = relation.source, relation.target
        self._relate(relation.key, label, *ends, rest, comment, "relations", kept, is_bare)

    def _relate(
        self,
        key: str,
        label: str,
        source: str,
        target: str,
        features: Mapping[str, Any],
        comment: str,
        place: str,
        kept: dict[str, Any],
        is_bare: bool,
    ) -> None:
        made = self._work.relate(key, label, source, target, attributes=_attributes(features), comment=comment)
        own = self._own_of(source)
        if made is not None and own is not None:
            own.setdefault(place, {})[made.uid] = {**kept, "bare": made.label} if is_bare else kept

    def _keep_loop(self, key: str, place: str, said: dict[str, Any], example: str) -> None:
        """Keep a relation of a mark to itself, or to nothing: there are none here."""
        own = self._own_of(key)
        if own is not None:
            own.setdefault(place, []).append(said)
            what = "relations of a mark to itself or to nothing, kept only to be exported again"
            self._options.report.note("loop", what, f"{self._work.document_name}: {example}")

    def _own_of(self, key: str) -> dict[str, Any] | None:
        """Return what only UIMA has of a mark, None if the mark was left out."""
        found = self._work.find(key)
        return cast("dict[str, Any]", found.extra[OWN]) if isinstance(found, Annotation) else None


def _label(value: object, otherwise: str) -> tuple[str, bool]:
    """Return a label, and whether it is `otherwise` because the value, which may be missing, can't be one."""
    text = _text(value) if value is not None and not isinstance(value, list | dict) else ""
    is_usable = bool(text) and text.isprintable() and len(text) <= LONGEST
    return (text, False) if is_usable else (otherwise, True)


def _comment(features: dict[str, Any]) -> str:
    """Take the comment out of features."""
    value = features.pop(COMMENT, None)
    return "" if value is None else _text(value)


def _attributes(features: Mapping[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in features.items():
        if name == IDENTIFIER and isinstance(value, str) and value:
            found[name] = {"id": _storable(value), "title": ""}
        else:
            found[name] = _value(value)
    return found


def _value(value: object) -> object:
    """Return a value as it is stored: whole numbers as such, and no NaN, which JSON doesn't have."""
    if isinstance(value, list):
        return [_value(each) for each in cast("Sequence[object]", value)]
    if isinstance(value, float):
        if math.isnan(value) or math.isinf(value):
            return str(value)
        return int(value) if value.is_integer() and abs(value) < 2**53 else value
    return _storable(value) if isinstance(value, str) else value


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return _storable(str(_value(value)))


def _storable(text: str) -> str:
    try:
        check_storable(text)
    except TextRefused as error:
        raise FormatError(f"a value can't be stored: {error.what}", hint=error.hint) from error
    return text

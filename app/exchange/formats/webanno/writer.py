"""Writes WebAnno TSV 3.3."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, cast

from app.core.offsets import OffsetMap
from app.core.record import DocumentRecord
from app.exchange.file_names import FileNames
from app.exchange.format import WriteOptions, Writer
from app.exchange.formats.uima.annotations import CasTypes, content_of, kept_of, note_rest
from app.exchange.formats.uima.content import CasContent, CasLink, CasRelation, CasSpan
from app.exchange.formats.uima.file_names import file_of
from app.exchange.formats.uima.kept_types import LINK, value_features
from app.exchange.formats.uima.type_names import (
    ANNOTATION,
    CHAIN_LABEL,
    CHAIN_LINK,
    CUSTOM,
    DEPENDENCY,
    FEATURES,
    GOVERNOR,
    POS,
    TOKEN,
    base_type,
    label_feature,
    layer_name,
    short_name,
)
from app.exchange.formats.webanno.escapes import escaped_text, escaped_value
from app.exchange.formats.webanno.header import CHAIN, RELATION, SPAN, TsvColumn, TsvLayer, header_lines
from app.exchange.formats.webanno.layer_definitions import FILE as LAYERS
from app.exchange.formats.webanno.layer_definitions import layer_definitions
from app.exchange.formats.webanno.units import Rows, SentenceRows, TsvUnit, sentences_of
from app.exchange.output import Output
from app.exchange.provenance import OriginPlace
from app.exchange.report import LossReport

_NOTHING, _NO_VALUE = "_", "*"
_RELATIONS = "relations"


class WebAnnoWriter(Writer):
    """Writes a folder of files, one for each document; with several annotators a folder for each document, with their
    files in it. The layers are beside them, for INCEpTION. What has no place there is reported.
    """

    is_folder = True
    origin_place = OriginPlace.FIELDS
    companions = (LAYERS,)
    has_file_each = True

    def write(self, records: Iterable[DocumentRecord], output: Output, options: WriteOptions) -> LossReport:
        """Write the records as they come."""
        losses = LossReport()
        types = CasTypes(options.scheme)
        several = len(options.annotators) != 1
        names = FileNames(".tsv")
        with output.open(LAYERS) as file:
            file.write(layer_definitions(options.scheme, types))
        for record in records:
            for item in record.sets or (None,):
                content = content_of(record, item, types, options, losses)
                for about in content.about:
                    losses.note(
                        "about-document",
                        "labels of documents as a whole, which WebAnno TSV has no place for",
                        f"{record.document.name}: {layer_name(about.type)}",
                    )
                person = file_of(item) if several else None
                with output.open(names.of(record.document, person)) as file:
                    file.write(table_text(content, kept_of(record).types, losses, record.document.name).encode())
            note_rest(record, losses, format="WebAnno TSV")
        return losses


def table_text(content: CasContent, kept: Mapping[str, Any], losses: LossReport, name: str) -> str:
    """Return a CAS as the text of a file; `kept` are the columns that its types had before. Losses are noted."""

    def lose(kind: str, what: str, example: str) -> None:
        losses.note(kind, what, f"{name}: “{example[:40]}”")

    return "\n".join(_Table(content, kept, lose).lines()) + "\n"


class _Table:
    def __init__(self, content: CasContent, kept: Mapping[str, Any], lose: Callable[[str, str, str], None]) -> None:
        self._content = content
        self._kept = kept
        self._lose = lose
        self._u16 = OffsetMap(content.text)
        self._spans = content.by_key()
        self._sentences = sentences_of(content.text, content.tokens, content.sentences)
        self._rows = Rows(self._sentences)
        self._members: dict[str, tuple[int, int]] = {}  # of chains: number and place, by key
        self._ties: dict[int, list[tuple[str, CasRelation]]] = {}  # by row
        self._relations = self._own_layers(content.relations)
        self._rows.add([self._in_layer(span) for span in content.spans])
        self._note_moves()
        for number, chain in enumerate(content.chains, 1):
            self._members |= {key: (number, place) for place, key in enumerate(chain.members, 1)}
        self._layers = [*self._span_layers(), *self._chain_layers(), *self._relation_layers()]

    def lines(self) -> Iterator[str]:
        yield "#FORMAT=WebAnno TSV 3.3"
        yield from header_lines(self._layers)
        yield ""
        for sentence in self._sentences:
            yield ""
            if sentence.id:
                yield f"#Sentence.id={escaped_text(sentence.id)}"
            yield from (f"#Text={escaped_text(line)}" for line in self._text(sentence).split("\n"))
            for token in sentence.tokens:
                yield from map(self._row, (token, *token.parts))

    def _text(self, sentence: SentenceRows) -> str:
        return self._content.text[sentence.start : sentence.end]

    def _row(self, unit: TsvUnit) -> str:
        words = self._content.text[unit.start : unit.end].translate({9: " ", 10: " ", 13: " "})
        place = f"{self._u16.to_u16(unit.start)}-{self._u16.to_u16(unit.end)}"
        cells = [cell for layer in self._layers for cell in self._cells(unit, layer)]
        return "\t".join((unit.name, place, words, *cells, ""))

    # Layers

    def _own_layers(self, relations: Sequence[CasRelation]) -> list[CasRelation]:
        """Return the relations that can be a layer of their own; the others become slots.

        The ends of a layer's relations are of one type, and known by it.
        """
        ends: dict[str, Counter[str]] = {}
        for each in relations:
            ends.setdefault(each.type, Counter()).update(
                self._base(self._spans[key].type) for key in (each.source, each.target)
            )
        self._bases = {
            type_: str(self._kept.get(type_, {}).get(GOVERNOR, "")) or found.most_common(1)[0][0]
            for type_, found in ends.items()
        }
        self._bases.update({DEPENDENCY: POS} if DEPENDENCY in ends else {})
        found: list[CasRelation] = []
        for each in relations:
            types = {self._base(self._spans[key].type) for key in (each.source, each.target)}
            base = self._base(self._bases[each.type])
            if types == {base} or (each.type == DEPENDENCY and types <= {POS, TOKEN}):
                found.append(each)
            else:
                self._to_slot(each)
        return found

    @staticmethod
    def _base(type_: str) -> str:
        return base_type(type_)

    def _to_slot(self, relation: CasRelation) -> None:
        features = dict(relation.features)
        name = label_feature(relation.type, relation.known or tuple(features))
        role = features.pop(name, None) if name else None
        source = self._spans[relation.source]
        link = CasLink(
            feature=_RELATIONS, target=relation.target, type=f"{CUSTOM}{short_name(source.type)}RelationsLink"
        )
        link.role = layer_name(relation.type) if role is None else str(role)
        source.links.append(link)
        if features:
            what = "fields of relations between marks of two layers, which are slots in WebAnno TSV"
            self._lose("relation-field", what, ", ".join(features))

    def _in_layer(self, span: CasSpan) -> CasSpan:
        span.type = base_type(span.type)
        return span

    def _note_moves(self) -> None:
        text = self._content.text
        for span in self._rows.trimmed:
            what = "marks with white space at their ends, which WebAnno TSV leaves out"
            self._lose("white-space", what, text[span.start : span.end])
        for span in self._rows.moved:
            what = "marks between two tokens, which WebAnno TSV moves to the end of the first"
            self._lose("moved", what, text[max(0, span.start - 10) : span.end + 10])

    def _span_layers(self) -> Iterator[TsvLayer]:
        chained = set(self._members)
        by_type: dict[str, list[CasSpan]] = {}
        for span in self._content.spans:
            if span.type == TOKEN:
                self._note_token(span)
            elif span.key not in chained:
                by_type.setdefault(span.type, []).append(span)
        for type_ in self._sorted(by_type):
            yield TsvLayer(SPAN, type_, tuple(self._columns(type_, by_type[type_])) or (TsvColumn("place"),))

    def _sorted(self, types: Iterable[str]) -> list[str]:
        return _ordered(types, self._kept)

    def _note_token(self, span: CasSpan) -> None:
        if len(self._rows.first[span.key].spans) and "." in self._rows.first[span.key].name:
            self._lose(
                "token", "marks in the layer Token that aren't tokens", self._content.text[span.start : span.end]
            )

    def _columns(self, type_: str, spans: Sequence[CasSpan]) -> Iterator[TsvColumn]:
        kept: Mapping[str, str] = self._kept.get(type_, {})
        links: dict[str, list[CasLink]] = {}
        for span in spans:
            for link in span.links:
                links.setdefault(link.feature, []).append(link)
        slots = (name for name, declared in kept.items() if declared.startswith(LINK))
        values = *value_features(kept), *FEATURES.get(type_, ()), *(name for span in spans for name in span.features)
        names = {*slots, *values, *links}
        for name in _ordered(names, kept):
            declared = kept.get(name, "")
            if name in links or declared.startswith(LINK):
                yield from self._slot(type_, name, declared, links.get(name, []))
            else:
                yield TsvColumn("value", name)

    def _slot(self, type_: str, name: str, declared: str, links: Sequence[CasLink]) -> Iterator[TsvColumn]:
        made, _, filler = declared.removeprefix(LINK).partition(">")
        link_type = next((link.type for link in links if link.type), "") or made or f"{type_}{name.capitalize()}Link"
        types = {self._spans[link.target].type for link in links if link.target}
        if filler != ANNOTATION and types and types != {filler}:
            filler = next(iter(types)) if len(types) == 1 else ANNOTATION
        if filler in ("", ANNOTATION):
            for link in links:
                if link.target:
                    self._rows.number(link.target)
        for link in links:
            if link.features:
                what = "fields of relations that fill a slot"
                self._lose("relation-field", f"{what}, which WebAnno TSV has no place for", ", ".join(link.features))
        yield TsvColumn("role", name, link_type)
        yield TsvColumn("target", name, filler or ANNOTATION)

    def _chain_layers(self) -> Iterator[TsvLayer]:
        for type_ in self._sorted({chain.type for chain in self._content.chains}):
            spans = [span for span in self._content.spans if span.key in self._members and span.type == type_]
            names = {CHAIN_LINK, CHAIN_LABEL, *(name for span in spans for name in span.features)}
            lost = names - {CHAIN_LINK, CHAIN_LABEL}
            if lost:
                self._lose(
                    "chain-field",
                    "fields of marks in chains, which WebAnno TSV has no place for",
                    ", ".join(sorted(lost)),
                )
            if any(span.links for span in spans):
                self._lose(
                    "chain-slot",
                    "relations from marks in chains, which WebAnno TSV has no place for",
                    layer_name(type_),
                )
            yield TsvLayer(CHAIN, type_, (TsvColumn("value", CHAIN_LINK), TsvColumn("value", CHAIN_LABEL)))

    def _relation_layers(self) -> Iterator[TsvLayer]:
        for relation in self._relations:
            unit = self._rows.first[relation.target]
            self._ties.setdefault(id(unit), []).append((relation.type, relation))
        for type_ in self._sorted({relation.type for relation in self._relations}):
            mine = [relation for relation in self._relations if relation.type == type_]
            kept: Mapping[str, str] = self._kept.get(type_, {})
            names = {
                *value_features(kept),
                *FEATURES.get(type_, ()),
                *(name for each in mine for name in each.features),
            }
            columns = [TsvColumn("value", name) for name in _ordered(names, kept)]
            yield TsvLayer(RELATION, type_, (*columns, TsvColumn("base", GOVERNOR, self._bases[type_])))

    # Cells

    def _cells(self, unit: TsvUnit, layer: TsvLayer) -> Iterator[str]:
        if layer.kind == RELATION:
            here = [tie for type_, tie in self._ties.get(id(unit), ()) if type_ == layer.type]
            for column in layer.columns:
                yield "|".join(self._tie_part(column, tie) for tie in here) or _NOTHING
            return
        spans = unit.spans.get(layer.type, [])
        is_chain = layer.kind == CHAIN
        here = [span for span in spans if (span.key in self._members) == is_chain]
        for column in layer.columns:
            part = self._chain_part if is_chain else self._span_part
            yield "|".join(part(column, span) for span in here) if here else _NOTHING

    def _span_part(self, column: TsvColumn, span: CasSpan) -> str:
        number = f"[{self._rows.ids[span.key]}]" if span.key in self._rows.ids else ""
        links = [link for link in span.links if link.feature == column.feature]
        match column.kind:
            case "role":
                roles = (_NO_VALUE if link.role is None else self._escaped(link.role) for link in links)
                return (";".join(roles) or _NOTHING) + number
            case "target":
                return ";".join(self._target(link) for link in links) or _NO_VALUE
            case "place":
                return _NO_VALUE + number
            case _:
                return self._value(span.features.get(column.feature)) + number

    def _target(self, link: CasLink) -> str:
        if not link.target:
            return _NO_VALUE
        number = f"[{self._rows.ids[link.target]}]" if link.target in self._rows.ids else ""
        return self._rows.first[link.target].name + number

    def _chain_part(self, column: TsvColumn, span: CasSpan) -> str:
        number, place = self._members[span.key]
        value = self._value(span.features.get(column.feature))
        return f"{value}->{number}-{place}" if column.feature == CHAIN_LINK else f"{value}[{number}]"

    def _tie_part(self, column: TsvColumn, tie: CasRelation) -> str:
        if column.kind != "base":
            return self._value(tie.features.get(column.feature))
        ids = [0 if self._spans[key].type == TOKEN else self._rows.ids.get(key, 0) for key in (tie.source, tie.target)]
        unit = self._rows.first[tie.source].name
        return f"{unit}[{ids[0]}_{ids[1]}]" if any(ids) else unit

    def _value(self, value: object) -> str:
        if value is None:
            return _NO_VALUE
        if isinstance(value, bool):
            return "true" if value else "false"
        if isinstance(value, list):
            what = "fields with several values, which WebAnno TSV has as one with commas between"
            values = ", ".join(map(str, cast("list[object]", value)))
            self._lose("several-values", what, values)
            return self._escaped(values)
        if isinstance(value, float) and value.is_integer():
            return str(int(value))
        return self._escaped(str(value))

    def _escaped(self, value: str) -> str:
        if "\r" in value:
            self._lose("carriage-return", "carriage returns in values, which are line feeds in WebAnno TSV", value)
            value = value.replace("\r\n", "\n").replace("\r", "\n")
        return escaped_value(value)


def _ordered(names: Iterable[str], kept: Iterable[str]) -> list[str]:
    """Return names in the order that they had in the file from which they came, then by name."""
    before = {name: place for place, name in enumerate(kept)}
    return sorted(names, key=lambda name: (before.get(name, len(before)), name))

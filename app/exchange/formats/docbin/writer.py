"""Writes DocBin: a doc for each annotator's work on a document, with a group of spans for each layer."""

from collections.abc import Iterable
from typing import Any, cast

import msgspec

from app.core.annotation import Annotation
from app.core.record import DocumentRecord, SetRecord
from app.exchange.format import WriteOptions, Writer
from app.exchange.formats.docbin.reader import OWN, STET
from app.exchange.kept_fields import kept_of
from app.exchange.losses import Losses
from app.exchange.option import FormatOption, OptionKind
from app.exchange.output import Output
from app.exchange.provenance import OriginPlace
from app.exchange.report import LossReport
from app.nlp.doc_bins import ENTITIES, BinDoc, BinSpan, DocBinFile

ENTITY_LAYER = FormatOption(
    "entities",
    "Layer of the entities",
    OptionKind.TEXT,
    "entity",
    help="The layer whose marks become doc.ents too, which spaCy's entity recogniser is trained on; of those that "
    "overlap, the longest.",
)


class DocBinWriter(Writer):
    """Writes one annotator's marks, or gold. spaCy's format is made in memory, all documents of it."""

    suffix = ".spacy"
    origin_place = OriginPlace.FIELDS
    takes_one_annotator = True
    is_training_data = True
    options = (ENTITY_LAYER,)

    def write(self, records: Iterable[DocumentRecord], output: Output, options: WriteOptions) -> LossReport:
        """Write the records; documents without a set aren't written."""
        losses = Losses("DocBin", OWN, keeps=("meta", "attribute", "correction", "comment", "status", "extra"))
        layer = str(options.own.get(ENTITY_LAYER.name, ENTITY_LAYER.default))
        bins = DocBinFile(options.scheme.language)
        for record in records:
            if record.sets:
                losses.of_document(record)
            for item in record.sets:
                losses.of_set(record, item)
                for span in bins.add(_doc(record, item, layer, options, losses)):
                    where = f"{record.document.name}: “{record.document.text[span.start : span.end][:40]}”"
                    what = "marks that aren't whole tokens, widened to them"
                    losses.note("widened", what, where, is_whole=True)
        output.main().write(bins.to_bytes())
        return losses.report


def _doc(record: DocumentRecord, item: SetRecord, layer: str, options: WriteOptions, losses: Losses) -> BinDoc:
    document, scheme = record.document, options.scheme
    groups: dict[str, list[BinSpan]] = {}
    said: dict[str, dict[str, Any]] = {}
    categories: dict[str, float] = {}
    for mark in item.annotations:
        losses.of_mark(record, item, mark)
        if scheme.is_about_document(mark.layer):
            known = scheme.layer(mark.layer)
            others = [label.id for label in known.givable] if known is not None else []
            categories |= {**dict.fromkeys(others, 0.0), mark.label: 1.0}
            said |= {f"cat {mark.label}": fields} if (fields := _fields(mark)) else {}
        elif mark.is_anchor:
            losses.note("anchor", "anchors", f"{document.name}: {mark.label}")
        else:
            groups.setdefault(mark.layer, []).extend(_spans(mark, document.name, losses))
            said |= {mark.uid: fields} if (fields := _fields(mark)) else {}
    losses.note("relation", "relations", document.name, count=len(item.relations))
    ours = {"name": document.name, "meta": document.meta, "annotator": item.annotator, "marks": said}
    ours |= {"status": item.status.value}
    others = kept_of(record.extra, OWN).get("user_data", {})
    entities = _longest(groups.get(layer, []), document.text, document.name, losses)
    spans = {ENTITIES: entities, **{key: tuple(found) for key, found in groups.items()}}
    return BinDoc(document.text, spans, categories, {**others, STET: msgspec.json.encode(ours).decode()})


def _fields(mark: Annotation) -> dict[str, Any]:
    """Return what a mark says beside its label."""
    found: dict[str, Any] = {"attributes": mark.attributes} if mark.attributes else {}
    found |= {"correction": mark.correction} if mark.correction is not None else {}
    return found | ({"comment": mark.comment} if mark.comment else {})


def _spans(mark: Annotation, name: str, losses: Losses) -> list[BinSpan]:
    if len(mark.fragments) > 1:
        what = "marks in several pieces, each written by itself"
        losses.note("fragments", what, f"{name}: “{mark.quote[:40]}”", is_whole=True)
    fields = (cast("dict[str, object]", value) for value in mark.attributes.values() if isinstance(value, dict))
    kb_id = next((str(value["id"]) for value in fields if "id" in value), "")
    return [BinSpan(f.start, f.end, mark.label, mark.uid, kb_id) for f in mark.fragments if f.start < f.end]


def _longest(spans: list[BinSpan], text: str, name: str, losses: Losses) -> tuple[BinSpan, ...]:
    """Return spans that don't overlap, the longest first where some do."""
    taken: list[BinSpan] = []
    for span in sorted(spans, key=lambda each: (each.start - each.end, each.start)):
        if all(span.end <= other.start or span.start >= other.end for other in taken):
            taken.append(span)
        else:
            what = "entities that overlap a longer one, in the layer's group only, not in doc.ents"
            losses.note("overlap", what, f"{name}: “{text[span.start : span.end][:40]}”", is_whole=True)
    return tuple(sorted(taken))

"""Writes our own JSONL: the complete contents of a project, one document per line."""

from collections.abc import Iterable

from msgspec import UNSET, Raw

from app.core.annotation import Annotation, Evidence, Fragment, Relation, quote_of
from app.core.decision import Decision
from app.core.record import DocumentRecord, SetRecord
from app.core.text_change import TextVersion
from app.exchange.format import WriteOptions, Writer
from app.exchange.formats.stet_jsonl.suggestions import wire_suggestion
from app.exchange.formats.stet_jsonl.wire import (
    DOCUMENT_KEYS,
    VERSION,
    WireAnnotation,
    WireDecision,
    WireDocument,
    WireEvidence,
    WireRelation,
    WireSet,
    WireText,
    encoder,
)
from app.exchange.output import Output
from app.exchange.provenance import OriginPlace
from app.exchange.report import LossReport


class StetWriter(Writer):
    """Writes JSONL that imports to the same project content, and exports again to the same bytes."""

    suffix = ".export.jsonl"
    origin_place = OriginPlace.OWN

    def write(self, records: Iterable[DocumentRecord], output: Output, options: WriteOptions) -> LossReport:
        """Write the records as they come. Nothing is lost; inconsistencies are reported."""
        losses = LossReport()
        out = output.main()
        for record in records:
            out.write(line_of(record))
            _report_quotes(record, losses)
            _report_decisions(record, losses)
        return losses


def line_of(record: DocumentRecord) -> bytes:
    """Return a document's line, including the line feed.

    Decisions without their gold are left out, as the line couldn't be read again.
    """
    document = record.document
    extra = dict(record.extra)
    orphaned = {decision.uid for decision in record.orphaned()}
    # Foreign keys that clash with ours go one level down, to avoid duplicate keys.
    taken = {key: extra.pop(key) for key in extra.keys() & DOCUMENT_KEYS}
    if taken:
        extra["extra"] = {**taken, "extra": extra["extra"]} if "extra" in extra else taken
    wire = WireDocument(
        stet=VERSION,
        id=document.uid,
        name=document.name,
        text=document.text,
        sha256=document.sha256,
        meta=document.meta,
        references=list(record.references),
        sets=[_set(item) for item in record.sets],
        decisions=[Raw(encoder.encode(wire_decision(d))) for d in record.decisions if d.uid not in orphaned],
        suggestions=[wire_suggestion(item) for item in record.suggestions] or UNSET,
        earlier_texts=[_earlier(version) for version in record.versions] or UNSET,
    )
    line = encoder.encode(wire)
    if extra:
        line = line[:-1] + b"," + encoder.encode(extra)[1:]
    return line + b"\n"


def _earlier(version: TextVersion) -> WireText:
    changes = [(splice.start, splice.end, splice.text) for splice in version.splices]
    return WireText(sha256=version.sha256, time=version.time, reason=version.reason, changes=changes)


def _set(item: SetRecord) -> WireSet:
    return WireSet(
        annotator=item.annotator,
        kind=item.kind,
        status=item.status,
        scheme=item.scheme,
        seconds=item.seconds or UNSET,
        flag=UNSET if item.remark.flag is None else item.remark.flag,
        note=item.remark.note or UNSET,
        annotations=[wire_annotation(annotation) for annotation in item.annotations],
        relations=[wire_relation(relation) for relation in item.relations],
    )


def set_json(item: SetRecord) -> str:
    """Return a set as it stands in a document's line."""
    return encoder.encode(_set(item)).decode()


def decision_json(decision: Decision) -> str:
    """Return a decision as it stands in a document's line."""
    return encoder.encode(wire_decision(decision)).decode()


def wire_relation(relation: Relation) -> WireRelation:
    """Return a relation as it is written."""
    return WireRelation(
        id=relation.uid,
        source=relation.source,
        target=relation.target,
        label=relation.label,
        attributes=relation.attributes or UNSET,
        comment=relation.comment or UNSET,
    )


def wire_annotation(annotation: Annotation) -> WireAnnotation:
    """Return an annotation as it is written."""
    fragments = annotation.fragments
    # By position, which takes half the time: there may be a million.
    return WireAnnotation(
        annotation.uid,
        annotation.layer,
        annotation.label,
        fragments[0].start,
        fragments[-1].end,
        UNSET if len(fragments) == 1 else wire_fragments(fragments),
        annotation.quote,
        annotation.attributes,
        annotation.correction,
        annotation.comment,
        [_evidence(evidence) for evidence in annotation.evidence] if annotation.evidence else [],
        annotation.origin,
        annotation.created,
        annotation.updated,
        annotation.extra or UNSET,
    )


def wire_fragments(fragments: tuple[Fragment, ...]) -> list[tuple[int, int]]:
    """Return fragments as pairs."""
    return [(fragment.start, fragment.end) for fragment in fragments]


def _evidence(evidence: Evidence) -> WireEvidence:
    fragments = evidence.fragments
    return WireEvidence(
        id=evidence.uid,
        document=evidence.document,
        start=fragments[0].start,
        end=fragments[-1].end,
        fragments=UNSET if len(fragments) == 1 else wire_fragments(fragments),
        quote=evidence.quote,
        stance=evidence.stance,
        set=evidence.alternative if evidence.alternative != 1 else UNSET,
    )


def wire_decision(decision: Decision) -> WireDecision:
    """Return a decision as it is written, without its document."""
    return WireDecision(
        id=decision.uid,
        layer=decision.layer,
        key=decision.key,
        outcome=decision.outcome,
        reviewer=decision.reviewer,
        time=decision.time,
        kinds=list(decision.kinds),
        labels=list(decision.labels),
        sources=list(decision.sources),
        gold=decision.gold,
        fields=dict(decision.fields),
        votes=dict(decision.votes),
        tally={k: dict(v) for k, v in decision.tally.items()} if decision.tally is not None else None,
        reason=decision.reason,
        note=decision.note,
        unclear=decision.unclear,
        rule=decision.rule,
    )


def _report_decisions(record: DocumentRecord, losses: LossReport) -> None:
    for decision in record.orphaned():
        what = "decisions whose gold is missing, left out"
        losses.note("decision", what, f"{record.document.name}: {decision.uid}")


def _report_quotes(record: DocumentRecord, losses: LossReport) -> None:
    text = record.document.text
    for item in record.sets:
        for annotation in item.annotations:
            if quote_of(text, annotation.fragments) != annotation.quote:
                losses.note(
                    "quote",
                    "marks whose quote doesn't match the text, exported unchanged",
                    f"{record.document.name}: “{annotation.quote[:40]}”",
                )
    for suggested in record.suggestions:
        suggestion = suggested.suggestion
        if quote_of(text, suggestion.fragments) != suggestion.quote:
            what = "suggestions whose quote doesn't match the text, exported unchanged"
            losses.note("suggestion-quote", what, f"{record.document.name}: “{suggestion.quote[:40]}”")

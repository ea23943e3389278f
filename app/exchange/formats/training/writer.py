"""Writes training data: one flat record per document and annotator."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from msgspec import UNSET, UnsetType

from app.core.annotation import Annotation, Evidence, Relation, quote_of
from app.core.correction import Corrected, corrected
from app.core.decision import GOLD, Decision
from app.core.error_score import score
from app.core.proposal import NOTE
from app.core.record import DocumentRecord, SetRecord
from app.core.relation_edits import chains
from app.core.scheme import SEVERITY, Scheme
from app.core.suggestion import ORIGIN
from app.core.validation import quote_holds
from app.core.word_count import count_words
from app.exchange.format import WriteOptions, Writer
from app.exchange.formats.stet_jsonl.writer import wire_fragments
from app.exchange.formats.training.wire import (
    VERSION,
    Pairs,
    TrainingChain,
    TrainingClaim,
    TrainingCorrection,
    TrainingError,
    TrainingEvidence,
    TrainingProvenance,
    TrainingRecord,
    TrainingReference,
    TrainingRelation,
    TrainingScore,
    TrainingSpan,
    TrainingVerdict,
    TrainingVotes,
    encoder,
)
from app.exchange.option import FormatOption
from app.exchange.output import Output
from app.exchange.provenance import OriginPlace
from app.exchange.report import LossReport

CLAIM = "claim"
ERROR = "error"
TOKENS = FormatOption("tokens", "Add tokens", help="Adds tokens to each record, and to each mark its tokens.")


class TrainingWriter(Writer):
    """Writes self-contained training data: no record refers to other lines or files."""

    suffix = ".training.jsonl"
    origin_place = OriginPlace.OWN
    takes_one_annotator = True
    is_training_data = True
    takes_soft = True
    options = (TOKENS,)

    def write(self, records: Iterable[DocumentRecord], output: Output, options: WriteOptions) -> LossReport:
        """Write the records as they come; documents without a set produce no line."""
        losses = LossReport()
        out = output.main()
        has_tokens = bool(options.own.get(TOKENS.name))
        for record in records:
            if record.decisions and record.gold is None:
                what = "documents with decisions but no gold; they have no record"
                losses.note("no-gold", what, record.document.name)
            if record.suggestions:
                what = "suggestions, which aren't annotations until accepted, left out"
                losses.note("suggestion", what, record.document.name, count=len(record.suggestions))
            tokens = options.tokens(record.document) if has_tokens and record.sets else UNSET
            for item in record.sets:
                where = f"{record.document.name} ({item.annotator})"
                built = _Builder(record, item, options, losses, where, tokens).record()
                out.write(encoder.encode(built) + b"\n")
        return losses


class _Builder:
    """Builds one line, and notes what it leaves out."""

    def __init__(
        self,
        record: DocumentRecord,
        item: SetRecord,
        options: WriteOptions,
        losses: LossReport,
        where: str,
        tokens: Pairs | UnsetType,
    ) -> None:
        self.document = record.document
        self.references = record.references
        self.item = item
        self.deciding = record.deciding() if item.kind == GOLD else None
        self.options = options
        self.losses = losses
        self.where = where
        self.tokens = tokens
        self.trees = {layer.id: layer for layer in options.scheme.layers if layer.is_tree}
        is_voted = self.deciding is not None or item.pooled is not None
        self.has_more = is_voted or tokens is not UNSET  # each mark has further fields
        ranges = [] if self.tokens is UNSET else self.tokens
        self.token_starts = {start: number for number, (start, _) in enumerate(ranges)}
        self.token_ends = {end: number for number, (_, end) in enumerate(ranges, 1)}

    def note(self, kind: str, what: str, example: str = "", *, count: int = 1) -> None:
        self.losses.note(kind, what, f"{self.where}: {example}" if example else self.where, count=count)

    def record(self) -> TrainingRecord:
        document, item, scheme = self.document, self.item, self.options.scheme
        held = self.held(item.annotations)
        annotations = [a for a in held if not scheme.is_about_document(a.layer)] if scheme.document_layers else held
        relations, chained = self.relations(annotations)
        put_right = corrected(document.text, annotations)
        self.note_clashes(put_right)
        points = score(annotations, words=count_words(document.text), scheme=scheme)
        language = self.options.language(document)
        return TrainingRecord(
            training=VERSION,
            id=document.uid,
            name=document.name,
            text=document.text,
            sha256=document.sha256,
            language=language or UNSET,
            annotator=item.annotator,
            status=item.status,
            scheme=item.scheme,
            references=[reference for uid in self.references if (reference := self.reference(uid))],
            tokens=self.tokens,
            document=[self.verdict(a) for a in held if scheme.is_about_document(a.layer)],
            spans=[self.span(a) for a in annotations if a.layer not in (CLAIM, ERROR)],
            claims=[self.claim(a) for a in annotations if a.layer == CLAIM],
            errors=[self.error(a, scheme) for a in annotations if a.layer == ERROR],
            relations=relations,
            chains=chained,
            corrected_text=put_right.text,
            corrections=[
                TrainingCorrection(start=r.start, end=r.end, text=r.text, written=r.written, id=r.annotation)
                for r in put_right.applied
            ],
            clashes=list(put_right.clashes),
            score=TrainingScore(penalty=points.penalty, words=points.words, per_1000_words=points.per_1000_words),
        )

    def relations(self, annotations: Iterable[Annotation]) -> tuple[list[TrainingRelation], list[TrainingChain]]:
        """Return the relations between annotations that are exported, and the chains that they make."""
        if not self.item.relations:
            return [], []
        order = {a.uid: (a.start, a.end, a.uid) for a in annotations}
        kept: list[Relation] = []
        for relation in self.item.relations:
            if relation.source in order and relation.target in order:
                kept.append(relation)
            else:
                self.note("relation", "relations of marks that were left out", relation.label)
        kinds = [kind for kind in self.options.scheme.relations if kind.chain]
        chained = [
            TrainingChain(label=kind.id, members=sorted(members, key=order.__getitem__))
            for kind in kinds
            for members in sorted(chains(kept, kind.id), key=lambda uids: min(order[uid] for uid in uids))
        ]
        links = {kind.id for kind in kinds}
        return [self.relation(item) for item in kept if item.label not in links or item.attributes], chained

    def relation(self, item: Relation) -> TrainingRelation:
        kind = self.options.scheme.relation(item.label)
        return TrainingRelation(
            id=item.uid,
            label=item.label,
            source=item.source,
            target=item.target,
            directed=kind is None or (kind.directed and not kind.chain),
            attributes=item.attributes,
            comment=item.comment,
        )

    def verdict(self, a: Annotation) -> TrainingVerdict:
        """Return what is said of the document as a whole."""
        if a.extra:
            self.note("extra", "fields of other programs", a.label)
        layer = self.options.scheme.layer(a.layer)
        place = self.place(a, is_about_document=True)
        return TrainingVerdict(
            layer=a.layer,
            severity=a.attributes.get(SEVERITY) if layer is not None and layer.has_severity else UNSET,
            attributes={key: value for key, value in a.attributes.items() if key not in (SEVERITY, NOTE)},
            comment=a.comment,
            evidence=[self.evidence(e) for e in a.evidence],
            **place,
        )

    def path(self, a: Annotation) -> list[str] | UnsetType:
        """Return the labels from the top of the tree to an annotation's own; UNSET in a layer without a tree."""
        tree = self.trees.get(a.layer)
        return list(tree.lineage(a.label)) if tree is not None else UNSET

    def held(self, annotations: Sequence[Annotation]) -> Sequence[Annotation]:
        """Return the annotations whose quotes match the text."""
        text = self.document.text
        held = [annotation for annotation in annotations if quote_holds(annotation, text)]
        if len(held) < len(annotations):
            what = "marks whose quote doesn't match the text, left out"
            for annotation in annotations:
                if not quote_holds(annotation, text):
                    self.note("quote", what, f"“{annotation.quote[:40]}”")
        return held

    def note_clashes(self, put_right: Corrected) -> None:
        for one, other in put_right.clashes:
            what = "corrections that overlap another one; neither is in the corrected text"
            self.note("clash", what, f"{one} and {other}")

    def reference(self, uid: str) -> TrainingReference | None:
        found = self.options.document(uid)
        if found is None:
            self.note("reference", "references that aren't in the project", uid)
            return None
        return TrainingReference(id=found.uid, name=found.name, text=found.text)

    def span(self, a: Annotation) -> TrainingSpan:
        if a.comment or a.extra:
            self.note_unsaid(a)
        if a.evidence:
            self.note("evidence", "evidence for marks that are neither claims nor errors", f"“{a.quote[:40]}”")
        if self.has_more or len(a.fragments) != 1:
            return TrainingSpan(layer=a.layer, attributes=a.attributes, **self.place(a))
        # The same of most marks, without a dictionary for each.
        whole = a.fragments[0]
        return TrainingSpan(
            id=a.uid,
            layer=a.layer,
            label=a.label,
            path=self.path(a),
            start=whole.start,
            end=whole.end,
            quote=a.quote,
            attributes=a.attributes,
            origin=_origin(a),
            suggestion_answer=self.options.answer(a.uid) or UNSET,
        )

    def claim(self, a: Annotation) -> TrainingClaim:
        self.note_unsaid(a)
        evidence = [self.evidence(e) for e in a.evidence]
        return TrainingClaim(layer=a.layer, attributes=a.attributes, evidence=evidence, **self.place(a))

    def error(self, a: Annotation, scheme: Scheme) -> TrainingError:
        if a.extra:
            self.note("extra", "fields of other programs", f"“{a.quote[:40]}”")
        label = scheme.label(a.layer, a.label)
        return TrainingError(
            severity=a.attributes.get(SEVERITY),
            weight=scheme.weight(a),
            correction=a.correction,
            comment=a.comment,
            attributes={key: value for key, value in a.attributes.items() if key not in (SEVERITY, NOTE)},
            evidence=[self.evidence(e) for e in a.evidence],
            maps=dict(label.maps) if label else {},
            **self.place(a),
        )

    def place(self, a: Annotation, *, is_about_document: bool = False) -> dict[str, Any]:
        """Return the fields that all annotations have."""
        fields: dict[str, Any] = {"id": a.uid, "label": a.label, "path": self.path(a), "origin": _origin(a)}
        fields["suggestion_answer"] = self.options.answer(a.uid) or UNSET
        if is_about_document:
            return fields | self.voted(a)
        fields |= {"start": a.start, "end": a.end, "quote": a.quote}
        if len(a.fragments) > 1:
            fields["fragments"] = wire_fragments(a.fragments)
        if self.tokens is not UNSET:
            first, last = self.token_starts.get(a.start), self.token_ends.get(a.end)
            fits = first is not None and last is not None and first < last
            fields["token_start"], fields["token_end"] = (first, last) if fits else (None, None)
            if not fits and not a.is_anchor:
                what = "marks that don't align with tokens; their token_start and token_end are null"
                self.note("token", what, f"“{a.quote[:40]}”")
        return fields | self.voted(a)

    def voted(self, a: Annotation) -> dict[str, Any]:
        """Return the additional fields of marks that several annotators voted on."""
        pooled = self.item.pooled
        if pooled is not None:
            votes = _counted(a, pooled.votes[a.uid], pooled.of)
            return {"votes": votes, "soft": round(pooled.share(a), 3)}
        return {} if self.deciding is None else self.reviewed(a, self.deciding.get(a.uid))

    def reviewed(self, a: Annotation, decision: Decision | None) -> dict[str, Any]:
        """Return the additional fields of gold annotations."""
        if decision is None:
            what = "gold marks without a valid decision; their votes, soft and provenance are null"
            self.note("undecided", what, f"“{a.quote[:40]}”")
            return {"votes": None, "soft": None, "provenance": None}
        votes = _votes(a, decision)
        if votes is None:
            what = (
                "gold marks whose votes aren't known, as they were decided with an early version; votes, soft are null"
            )
            self.note("votes", what, f"“{a.quote[:40]}”")
        provenance = TrainingProvenance(
            id=decision.uid,
            outcome=decision.outcome,
            reviewer=decision.reviewer,
            rule=decision.rule or None,
            fields=dict(decision.fields),
            sources=list(decision.sources),
            reason=decision.reason,
            note=decision.note,
            unclear=decision.unclear,
            time=decision.time,
        )
        soft = round(votes.for_ / votes.of, 3) if votes is not None and votes.of else None
        return {"votes": votes, "soft": soft, "provenance": provenance}

    def note_unsaid(self, a: Annotation) -> None:
        if a.comment:
            self.note("comment", "comments on marks that aren't errors", f"“{a.quote[:40]}”")
        if a.extra:
            self.note("extra", "fields of other programs", f"“{a.quote[:40]}”")

    def evidence(self, e: Evidence) -> TrainingEvidence:
        found = self.options.document(e.document)
        if found is None:
            self.note("source", "evidence in documents that aren't in the project", f"“{e.quote[:40]}”")
        elif e.end > found.length or quote_of(found.text, e.fragments) != e.quote:
            what = "evidence whose quote doesn't match the text, exported unchanged"
            self.note("evidence-quote", what, f"“{e.quote[:40]}”")
        return TrainingEvidence(
            document=e.document,
            document_name=found.name if found else None,
            start=e.start,
            end=e.end,
            fragments=UNSET if len(e.fragments) == 1 else wire_fragments(e.fragments),
            quote=e.quote,
            stance=e.stance,
            set=e.alternative,
        )


def _origin(a: Annotation) -> str | UnsetType:
    """Return who suggested an annotation, and in which version; UNSET if nobody did."""
    return a.origin if a.origin.startswith(f"{ORIGIN}:") else UNSET


def _votes(a: Annotation, decision: Decision) -> TrainingVotes | None:
    """Return the votes on a gold annotation, None if they aren't known."""
    return None if decision.tally is None else _counted(a, decision.tally, len(decision.votes))


def _counted(a: Annotation, tally: Mapping[str, Mapping[str, int]], of: int) -> TrainingVotes:
    counts = {field: dict(values) for field, values in tally.items()}
    labels, severities = counts.pop("label", {}), counts.pop(SEVERITY, {})
    return TrainingVotes(for_=labels.get(a.label, 0), of=of, labels=labels, severities=severities, attributes=counts)

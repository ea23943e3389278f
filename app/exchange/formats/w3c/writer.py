"""Writes web annotations: a list of them, each on a line, and the texts beside the file or in it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, cast

import msgspec

from app.core.annotation import Annotation, Evidence, Relation
from app.core.document import Document
from app.core.record import DocumentRecord, SetRecord
from app.core.remark import NO_REMARK
from app.exchange.file_names import FileNames
from app.exchange.format import WriteOptions, Writer
from app.exchange.formats.w3c.bodies import Bodies, SaidBodies, new_bodies
from app.exchange.formats.w3c.people import creator_of, creator_values
from app.exchange.formats.w3c.targets import target_of, targets_of
from app.exchange.formats.w3c.wire import (
    BOOKMARKING,
    COMMENTING,
    CONTEXT,
    EDITING,
    EVIDENCE,
    LINKING,
    MODERATING,
    OWN,
    TAGGING,
    Json,
    as_object,
    id_of,
    many,
)
from app.exchange.formats.w3c.work import RELATED, evidence_key, with_replies
from app.exchange.formats.w3c.written_iris import address_of, document_iri, iri_of
from app.exchange.kept_fields import kept_of
from app.exchange.label_names import LabelNames
from app.exchange.losses import Losses
from app.exchange.option import FormatOption, OptionKind
from app.exchange.output import Output
from app.exchange.provenance import OriginPlace
from app.exchange.report import LossReport
from app.exchange.text_selectors import quote_at
from app.exchange.written_ids import WrittenIds

TEXTS = FormatOption(
    "texts",
    "Texts",
    OptionKind.CHOICE,
    "beside",
    ("beside", "inside", "none"),
    help="beside: a file for each text; inside: in the annotation that describes its document; none: leaves them out.",
)
_TXT = ".txt"
_KEPT = ("name", "attribute", "correction", "comment", "evidence", "remark", "relation-field", "model")
_encoder = msgspec.json.Encoder()


class W3cWriter(Writer):
    """Writes an annotation for each mark, relation, flag and note, and one that describes each document."""

    suffix = ".json"
    origin_place = OriginPlace.FIELDS
    options = (TEXTS,)

    def write(self, records: Iterable[DocumentRecord], output: Output, options: WriteOptions) -> LossReport:
        """Write the records as they come."""
        out = output.main()
        losses = Losses("the model of web annotations", OWN, keeps=_KEPT)
        addresses = _Addresses(output, str(options.own.get(TEXTS.name, TEXTS.default)))
        names = LabelNames(options.scheme)
        between = b"[\n"
        for record in records:
            addresses.write_text(record.document)
            for each in _Document(record, options, names, addresses, losses).annotations():
                out.write(between + _encoder.encode(each))
                between = b",\n"
        out.write(b"[]\n" if between == b"[\n" else b"\n]\n")
        if addresses.has_no_place:
            losses.report.note("text", "the texts, which are written beside a file only", count=0)
        return losses.report


class _Addresses:
    """The addresses of documents: those that they came with, else names of files, relative ones of theirs."""

    def __init__(self, output: Output, texts: str) -> None:
        self._output = output
        self._names = FileNames(_TXT, without=_TXT)
        self.texts = texts
        self._has_first = False
        self.has_no_place = texts == "beside" and output.path is None

    def of(self, document: Document) -> str:
        """Return the address of a document that doesn't come from web annotations."""
        if self.texts != "beside" or self._output.path is None:
            return address_of(document.name)
        return address_of(f"{self._output.path.stem}.{self._file_name(document)}")

    def _file_name(self, document: Document) -> str:
        return self._names.of(document, None).replace("/", "_")

    def write_text(self, document: Document) -> None:
        """Write the text of a document beside the file, if it is to be there."""
        if self.texts == "beside" and not self.has_no_place:
            with self._output.open(self._file_name(document)) as file:
                file.write(document.text.encode())

    def take_unnamed(self) -> bool:
        """Return whether the annotations of a document may go without its address: those of one document in a file may,
        if its text isn't in it.
        """
        is_first, self._has_first = not self._has_first, True
        return is_first and self.texts != "inside"


class _Document:
    """Makes the annotations of one document."""

    def __init__(
        self,
        record: DocumentRecord,
        options: WriteOptions,
        names: LabelNames,
        addresses: _Addresses,
        losses: Losses,
    ) -> None:
        self._record = record
        self._text = record.document.text
        self._options = options
        self._scheme = options.scheme
        self._names = names
        self._addresses = addresses
        self._losses = losses
        self._own = kept_of(record.extra, OWN)
        source = self._own.get("source")
        self._address = str(source) if source else addresses.of(record.document)
        # Their targets get an address where they would be taken for those of another document.
        self._lacks_address = self._own.get("is_unnamed") is True and not addresses.take_unnamed()
        self._iris: dict[str, str] = {}  # of marks, by uid

    def annotations(self) -> Iterator[Json]:
        record = self._record
        cited = {e.document for item in record.sets for mark in item.annotations for e in mark.evidence}
        meta = {key: value for key, value in record.document.meta.items() if key not in ("language", "title")}
        document = msgspec.structs.replace(record.document, meta=meta)
        others = tuple(uid for uid in record.references if uid not in cited)
        self._losses.of_document(record._replace(document=document, references=others))
        found = [each for item in record.sets for each in self._of_set(item)]
        found += cast("list[Json]", self._own.get("others") or [])
        if not found or not self._own or self._addresses.texts == "inside":
            yield self._described()
        yield from found

    def _described(self) -> Json:
        """Return the annotation that describes the document."""
        document = self._record.document
        node: Json = {"id": self._address, "type": "Text", "format": "text/plain", "label": document.name}
        title = document.meta.get("title")
        node |= {"language": document.language} if document.language else {}
        node |= {"title": title} if isinstance(title, str) else {}
        node |= {"value": document.text} if self._addresses.texts == "inside" else {}
        made = {"@context": CONTEXT, "id": document_iri(document.name), "type": "Annotation"}
        return {**made, "motivation": BOOKMARKING, "target": node}

    def _of_set(self, item: SetRecord) -> Iterator[Json]:
        self._losses.of_set(self._record, item)
        document = self._record.document
        ids = WrittenIds(document.name, document.sha256, item.annotator)
        for mark in item.annotations:
            self._losses.of_mark(self._record, item, mark)
            own = kept_of(mark.extra, OWN)
            raw = cast("Json | None", own.get("raw"))
            if raw is None:
                self._iris[mark.uid] = iri_of(ids.written(mark.uid))
                yield self._new(item, mark)
            else:
                self._iris[mark.uid] = id_of(raw) or iri_of(ids.written(mark.uid))
                yield self._as_it_came(item, mark, raw, cast("list[Json]", own.get("replies") or []))
                if self._has_replies(mark, raw, own):
                    yield from cast("list[Json]", own["replies"])
        yield from self._relations(item, ids)
        yield from self._remarks(item)

    # -- marks ---------------------------------------------------------------------------------------------------------

    def _new(self, item: SetRecord, mark: Annotation) -> Json:
        said = self._said(mark, mark.layer, self._names.of(mark.layer, mark.label))
        motivation = EDITING if mark.correction is not None else TAGGING
        made: Json = {"@context": CONTEXT, "id": self._iris[mark.uid], "type": "Annotation", "motivation": motivation}
        made["creator"] = creator_values(item.annotator, item.kind)
        made |= {"created": mark.created} if mark.created else {}
        made |= {"modified": mark.updated} if mark.updated else {}
        return {**made, "body": new_bodies(said), "target": self._targets(mark)}

    @staticmethod
    def _said(mark: Annotation, layer: str, label: str) -> SaidBodies:
        return SaidBodies(
            label=label,
            is_tagged=True,
            layer=layer,
            comment=mark.comment,
            correction=mark.correction,
            fields=mark.attributes,
        )

    def _targets(self, mark: Annotation) -> Any:  # noqa: ANN401  one or several
        if self._scheme.is_about_document(mark.layer):
            found: list[Any] = [self._address]
        else:
            found = [self._target(self._address, self._text, each.start, each.end) for each in mark.fragments]
        for number, each in enumerate(mark.evidence, 1):
            found += self._cited(each, number)
        return found[0] if len(found) == 1 else found

    @staticmethod
    def _target(source: Any, text: str, start: int, end: int) -> Json:  # noqa: ANN401  an address or a node
        quote = {key: value for key, value in quote_at(text, start, end)._asdict().items() if value or key == "exact"}
        position = {"type": "TextPositionSelector", "start": start, "end": end}
        return {"source": source, "selector": [{"type": "TextQuoteSelector", **quote}, position]}

    def _cited(self, evidence: Evidence, number: int) -> Iterator[Json]:
        """Yield the targets that are a piece of evidence; those of one piece have its number."""
        document = self._options.document(evidence.document)
        if document is None:
            self._losses.note("evidence-text", "evidence in documents that aren't there", evidence.quote[:40])
            return
        classes = [EVIDENCE, evidence.stance.value]
        classes += [f"set-{evidence.alternative}"] if evidence.alternative > 1 else []
        classes += [f"piece-{number}"] if len(evidence.fragments) > 1 else []
        is_here = document.uid == self._record.document.uid
        source = self._address if is_here else {"id": self._addresses.of(document), "label": document.name}
        for each in evidence.fragments:
            yield {**self._target(source, document.text, each.start, each.end), "styleClass": " ".join(classes)}

    def _as_it_came(self, item: SetRecord, mark: Annotation, raw: Json, replies: Sequence[Json]) -> Json:
        """Return an annotation as it came, except for what is different now."""
        made = {**raw} if id_of(raw) else {**raw, "id": self._iris[mark.uid]} if self._is_end(item, mark) else {**raw}
        bodies = Bodies(raw)
        before = bodies.said()
        comment = before.comment if with_replies(before.comment, replies) == mark.comment else mark.comment
        label = mark.label if mark.label == before.label else self._names.of(mark.layer, mark.label)
        now = self._said(mark, mark.layer if before.layer else "", label)._replace(comment=comment)
        written = bodies.written(now)
        if written != [*many(raw.get("body")), *many(raw.get("bodyValue"))]:
            made.pop("bodyValue", None)
            made["body"] = written
        own = kept_of(mark.extra, OWN)
        at = [[each.start, each.end] for each in mark.fragments]
        if "at" in own and (at != own["at"] or evidence_key(mark.evidence) != own.get("evidence")):
            made["target"] = self._targets(mark)
        elif self._lacks_address:
            made["target"] = self._addressed(made.get("target"))
        for key, time in (("created", mark.created), ("modified", mark.updated)):
            if time and raw.get(key) != time:
                made[key] = time
        self._add_creator(made, item)
        return made

    def _addressed(self, targets: object) -> list[Any]:
        """Return targets with the document's address, where they have none."""
        found = [as_object(each) or {"id": each} for each in many(targets)]
        return [each if target_of(each).address else {**each, "source": self._address} for each in found]

    @staticmethod
    def _is_end(item: SetRecord, mark: Annotation) -> bool:
        """Whether a relation ends at a mark, which then needs an id."""
        return any(mark.uid in tie.ends for tie in item.relations)

    @staticmethod
    def _has_replies(mark: Annotation, raw: Json, own: Mapping[str, Any]) -> bool:
        replies = cast("list[Json]", own.get("replies") or [])
        return bool(replies) and with_replies(Bodies(raw).said().comment, replies) == mark.comment

    def _add_creator(self, made: Json, item: SetRecord) -> None:
        """Say whose an annotation is, if it says it otherwise, or others' are there too."""
        known = creator_of(made)
        if known.name == item.annotator or (not known.name and len(self._options.annotators) <= 1):
            return
        made["creator"] = creator_values(item.annotator, item.kind)

    # -- relations, flags and notes ------------------------------------------------------------------------------------

    def _relations(self, item: SetRecord, ids: WrittenIds) -> Iterator[Json]:
        kept = {each["uid"]: each["raw"] for each in cast("list[Json]", self._own.get("relations") or [])}
        for tie in item.relations:
            ends = [self._iris[end] for end in tie.ends if end in self._iris]
            raw = cast("Json | None", kept.get(tie.uid))
            if raw is not None:
                yield self._tie_as_it_came(item, tie, raw, ends)
                continue
            made: Json = {"@context": CONTEXT, "id": iri_of(ids.written(tie.uid)), "type": "Annotation"}
            made |= {"motivation": LINKING, "creator": creator_values(item.annotator, item.kind)}
            said = SaidBodies(tie.label, True, "", tie.comment, None, tie.attributes)
            yield {**made, "body": new_bodies(said), "target": [{"id": end} for end in ends]}

    def _tie_as_it_came(self, item: SetRecord, tie: Relation, raw: Json, ends: Sequence[str]) -> Json:
        made, bodies = {**raw}, Bodies(raw)
        before = bodies.said()
        is_same = tie.label == before.label or (tie.label == RELATED and not before.is_tagged)
        label = before.label if is_same else tie.label
        now = SaidBodies(label, before.is_tagged, before.layer, tie.comment, before.correction, tie.attributes)
        written = bodies.written(now)
        if written != [*many(raw.get("body")), *many(raw.get("bodyValue"))]:
            made.pop("bodyValue", None)
            made["body"] = written
        linked = [each.id for each in targets_of(raw)]
        linked += [id for each in many(raw.get("body")) if (id := id_of(each)) in ends]
        if linked != list(ends):
            made["target"] = [{"id": end} for end in ends]
        self._add_creator(made, item)
        return made

    def _remarks(self, item: SetRecord) -> Iterator[Json]:
        if item.remark == NO_REMARK:
            return
        known = cast("Mapping[str, Any]", self._own.get("remarks") or {}).get(item.annotator)
        if known and known["said"] == [item.remark.flag, item.remark.note]:
            yield from known["raw"]
            return
        said = ((MODERATING, item.remark.flag), (COMMENTING, item.remark.note or None))
        for motivation, text in said:
            if text is not None:
                name = f"{self._record.document.name} {item.annotator} {motivation}"
                made: Json = {"@context": CONTEXT, "id": iri_of(f"remark:{name}"), "type": "Annotation"}
                made |= {"motivation": motivation, "creator": creator_values(item.annotator, item.kind)}
                body = {"type": "TextualBody", "purpose": motivation, "value": text}
                yield {**made, "body": body, "target": self._address}

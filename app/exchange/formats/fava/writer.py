"""Writes FAVA's files: a text with tags around its errors in each object, and what it is checked against."""

from collections.abc import Iterable, Sequence
from typing import Any

import msgspec

from app.core.annotation import Annotation
from app.core.correction import correction_place
from app.core.document import Document
from app.core.record import DocumentRecord, SetRecord
from app.core.scheme import Scheme
from app.exchange.error_kinds import ErrorKind, kind_of
from app.exchange.error_marks import Crosswalk, ErrorMarks, place_of
from app.exchange.format import WriteOptions, Writer
from app.exchange.formats.fava.prompt import PromptFrame
from app.exchange.formats.fava.tags import TYPES, UNTYPED, TaggedError, has_tags, nested, type_in, untagged, with_tags
from app.exchange.formats.fava.wire import (
    ANNOTATED,
    ANNOTATOR,
    COMPLETION,
    CONTEXTS,
    ERRORED,
    EVIDENCE,
    ID,
    NAME,
    OWN,
    PLAIN,
    PROMPT,
    REFERENCE,
    WRONG,
    KeptPassage,
    KeptReference,
    KeptTag,
)
from app.exchange.kept_fields import kept_as
from app.exchange.losses import Losses
from app.exchange.option import FormatOption, OptionKind
from app.exchange.output import Output
from app.exchange.record_names import is_name_from_text
from app.exchange.report import LossReport

AS_READ = "as-read"
_ARRAY, _LINES = "array", "lines"
PASSAGE = FormatOption(
    "passage",
    "Key of the tagged text",
    OptionKind.CHOICE,
    AS_READ,
    (AS_READ, ANNOTATED, COMPLETION, ERRORED),
    help="annotated stands beside the text, completion after a prompt; in errored_passage the error is the mark.",
)
LAYOUT = FormatOption(
    "layout",
    "Layout",
    OptionKind.CHOICE,
    AS_READ,
    (AS_READ, _ARRAY, _LINES),
    help="One array of objects, one object a line, or what the first document came in.",
)
_KEPT = ("meta", "reference", "correction", "finished")
_TAKEN = frozenset((*WRONG, *PLAIN, EVIDENCE, REFERENCE, CONTEXTS, PROMPT, NAME, ANNOTATOR))
_OF_KIND: dict[ErrorKind | None, str] = {ErrorKind.CONFLICT: "contradictory", ErrorKind.BASELESS: "unverifiable"}
_encoder = msgspec.json.Encoder()


class FavaWriter(Writer):
    """Writes an object for each annotator's work on a document. Its first reference is the evidence, others stand
    among the retrieved passages.
    """

    suffix = ".json"
    takes_one_annotator = True
    options = (PASSAGE, LAYOUT)

    def write(self, records: Iterable[DocumentRecord], output: Output, options: WriteOptions) -> LossReport:
        """Write the objects as they come."""
        out = output.main()
        work = _Objects(options)
        layout, begun = str(options.own.get(LAYOUT.name) or AS_READ), False
        for record in records:
            kept = kept_as(record.extra, OWN, KeptPassage)
            for value in work.objects(record, kept):
                if layout == AS_READ:
                    layout = _LINES if kept is not None and not kept.is_array else _ARRAY
                data = _encoder.encode(value)
                out.write(data + b"\n" if layout == _LINES else (b",\n" if begun else b"[\n") + data)
                begun = True
        if layout != _LINES:
            out.write(b"\n]\n" if begun else b"[]\n")
        return work.losses.report


class _Objects:
    """Builds the objects of a file."""

    def __init__(self, options: WriteOptions) -> None:
        self.losses = Losses("FAVA", OWN, keeps=_KEPT)
        self._options = options
        self._key = str(options.own.get(PASSAGE.name) or AS_READ)
        self._marks = ErrorMarks(options, self.losses, OWN)
        self._types = _Types(options.scheme)

    def objects(self, record: DocumentRecord, kept: KeptPassage | None) -> Iterable[dict[str, Any]]:
        """Yield the objects of a document, one for each set."""
        if not record.sets:
            return
        document, losses = record.document, self.losses
        losses.of_document(record)
        own = kept or KeptPassage(key=ANNOTATED, wrong=WRONG[ANNOTATED], is_array=True, plain=(PLAIN[0],))
        key = own.key if self._key == AS_READ else self._key
        found: dict[str, Any] = dict(self._meta(record))
        id = document.meta.get(ID)
        if not is_name_from_text(document.name, document.text, str(id) if isinstance(id, str | int) else ""):
            found[NAME] = document.name
        found |= {name: item for name, item in own.rest.items() if name not in found}
        found |= dict.fromkeys(own.plain, document.text)
        found |= _References(record, own, key, self._options).fields()
        if has_tags(document.text):
            what = "texts in which words look like FAVA’s tags, and will be read as such"
            losses.note("tag-words", what, document.name, is_whole=True)
        for item in record.sets:
            if len(record.sets) > 1:
                found[ANNOTATOR] = item.annotator
            yield {**found, key: self._tagged(record, item, own, key)}

    def _meta(self, record: DocumentRecord) -> Iterable[tuple[str, Any]]:
        for key, item in record.document.meta.items():
            if key in _TAKEN and not (key == PROMPT and isinstance(item, str)):
                what = "metadata with a name that FAVA uses, left out"
                self.losses.note("meta-name", what, f"{record.document.name}: {key}", is_whole=True)
            else:
                yield key, item

    def _tagged(self, record: DocumentRecord, item: SetRecord, own: KeptPassage, key: str) -> str:
        """Return the text with tags: as they were, if they say the same."""
        text = record.document.text
        errors = self._errors(record, item)
        wrong = WRONG[key] if key in WRONG and key != own.key else own.wrong
        if own.tagged is not None and key == own.key:
            before = untagged(own.tagged, own.wrong)
            if before.text == text and sorted(before.errors, key=repr) == sorted(errors, key=repr):
                return own.tagged
            what = "tags that had no pair or another order, written anew since marks were changed"
            self.losses.note("tags-anew", what, record.document.name, is_whole=True)
        taken, left_out = nested(errors)
        for error in left_out:
            what = "marks that cross another one, or are within one of the same type, left out"
            where = f"{record.document.name} ({item.annotator}): “{text[error.start : error.end][:40]}”"
            self.losses.note("overlap", what, where, is_whole=True)
        return with_tags(text, taken, wrong)

    def _errors(self, record: DocumentRecord, item: SetRecord) -> list[TaggedError]:
        found: list[TaggedError] = []
        for mark in self._marks.of(record, item):
            where = f"{record.document.name} ({item.annotator}): {place_of(mark)}"
            type = self._types.of(mark)
            if type is None or (type == UNTYPED and mark.correction is None):
                what = "marks whose label is none of FAVA’s types, left out; the scheme’s crosswalk can say one"
                self.losses.note("type", what, where, is_whole=True)
                continue
            self.losses.of_mark(record, item, mark)
            if type not in (mark.label, UNTYPED) and kept_as(mark.extra, OWN, KeptTag) is None:
                self.losses.note("label", "labels, for which FAVA’s types were written", where, is_whole=True)
            found += self._pieces(mark, type, where)
        return found

    def _pieces(self, mark: Annotation, type: str, where: str) -> Sequence[TaggedError]:
        if len(mark.fragments) > 1:
            what = "marks of several pieces, written as a mark for each"
            self.losses.note("fragments", what, where, is_whole=True)
        home = correction_place(mark.fragments)
        return [
            TaggedError(
                piece.start, piece.end, type, mark.correction if number == home or mark.correction is None else ""
            )
            for number, piece in enumerate(mark.fragments)
        ]


class _References:
    """Places the references of a document where they came from; new ones are evidence, retrieved passages, or in the
    prompt, if there is one.
    """

    def __init__(self, record: DocumentRecord, own: KeptPassage, key: str, options: WriteOptions) -> None:
        self._text = record.document.text
        self._own = own
        self._is_as_read = key == own.key
        self._has_prompt = own.frame is not None if self._is_as_read else key == COMPLETION
        self._found: dict[str, Any] = {}
        self._prompted: list[str] = []
        kept = {each.uid: each for each in own.references}
        # A passage that was retrieved twice is in the file twice.
        uids = [each.uid for each in own.references if each.uid in record.references]
        for uid in [*uids, *(each for each in record.references if each not in kept)]:
            document = options.document(uid)
            if document is not None:
                self._place(document, kept.get(uid))

    def fields(self) -> dict[str, Any]:
        """Return the fields with references."""
        if self._has_prompt:
            frame = self._own.frame or PromptFrame()
            self._found[PROMPT] = frame.prompt(self._prompted, self._text)
        return self._found

    def _place(self, document: Document, kept: KeptReference | None) -> None:
        key = kept.key if kept is not None else ""
        if self._has_prompt and (not self._is_as_read or key in ("", PROMPT)):
            self._prompted.append(document.text)
        elif key in (EVIDENCE, REFERENCE):
            self._found[key] = document.text
        elif key == CONTEXTS and kept is not None:
            self._add_context(document.text if kept.rest is None else {**kept.rest, "text": document.text})
        elif key == PROMPT and PROMPT in self._own.rest and self._is_as_read:
            pass  # the prompt is written as it was
        elif EVIDENCE not in self._found:
            self._found[EVIDENCE] = document.text
        else:
            self._add_context({"title": document.title, "text": document.text})

    def _add_context(self, context: str | dict[str, Any]) -> None:
        self._found.setdefault(CONTEXTS, []).append(context)


class _Types:
    """FAVA's types for the labels of a scheme."""

    def __init__(self, scheme: Scheme) -> None:
        self._crosswalk = Crosswalk(scheme, OWN, type_in)

    def of(self, mark: Annotation) -> str | None:
        """Return the type of a mark, None if there is none for its label."""
        kept = kept_as(mark.extra, OWN, KeptTag)
        if kept is not None and kept.place == place_of(mark):
            return kept.type
        if mark.label.casefold() in TYPES:
            return mark.label.casefold()
        return self._crosswalk.of(mark) or _OF_KIND.get(kind_of(mark.label))

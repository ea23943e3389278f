"""Writes claims as FEVER has them, and beside them the pages that their evidence is in."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, cast

from app.core.annotation import Annotation, Evidence
from app.core.document import Document
from app.core.document_names import canonical
from app.core.errors import FormatError
from app.core.record import DocumentRecord, SetRecord
from app.exchange.claim_marks import (
    ClaimVerdict,
    claim_text,
    claims_of,
    is_whole,
    note_losses,
    number_for,
    verdict_given,
)
from app.exchange.format import WriteOptions, Writer
from app.exchange.formats.fever.pointers import SentencePointer, pointer_sets
from app.exchange.formats.fever.wiki_pages import (
    OWN,
    PAGE,
    PAGES,
    page_lines,
    page_of,
    parsed_lines,
    plain_text,
    title_for,
)
from app.exchange.kept_fields import kept_of
from app.exchange.losses import Losses
from app.exchange.option import FormatOption
from app.exchange.output import Output
from app.exchange.reference_file import ReferenceFile, ReferenceShape
from app.exchange.report import LossReport
from app.exchange.sentence_lines import SENTENCE_LINES, NumberedSentences, joined

WITH_PAGES = FormatOption(
    "pages",
    "Write pages",
    default=True,
    help="Writes the references beside the claims, as a file of pages with numbered sentences.",
)
_LABELS = {
    ClaimVerdict.SUPPORTED: "SUPPORTS",
    ClaimVerdict.REFUTED: "REFUTES",
    ClaimVerdict.NOT_ENOUGH_INFO: "NOT ENOUGH INFO",
}
_NOWHERE = [[[None, None, None, None]]]
_PAGE_META = (PAGE, SENTENCE_LINES, "title")


class FeverWriter(Writer):
    """Writes a line for each claim. What a record of FEVER had is written again, with the ids of its evidence."""

    suffix = ".jsonl"
    is_training_data = True
    options = (WITH_PAGES,)

    def write(self, records: Iterable[DocumentRecord], output: Output, options: WriteOptions) -> LossReport:
        """Write the records as they come, then the pages."""
        out = output.main()
        losses = Losses("FEVER", OWN, keeps=("evidence",))
        shape = _PageShape()
        pages = ReferenceFile(shape, output, options, losses, is_wanted=bool(options.own.get(WITH_PAGES.name, True)))
        out.writelines(pages.write_around(records, lambda record: _Claims(record, shape, pages, losses).all()))
        return losses.report


class _PageShape(ReferenceShape):
    """References as pages with titles of their own."""

    name = f"{PAGES}.jsonl"
    own = OWN

    def __init__(self) -> None:
        self._titles: dict[str, str] = {}  # by the document's uid
        self._taken: set[str] = set()

    def is_own(self, document: Document) -> bool:
        return page_of(document) is not None

    def title(self, document: Document) -> str:
        """Return the title of a document's page, with a number if another one has it."""
        if document.uid not in self._titles:
            plain = title = title_for(document)
            number = 1
            while canonical(title) in self._taken:
                number += 1
                title = f"{plain}_-LRB-{number}-RRB-"
            self._titles[document.uid] = title
            self._taken.add(canonical(title))
        return self._titles[document.uid]

    def value(self, document: Document, own: Mapping[str, Any]) -> Mapping[str, Any]:
        sentences = NumberedSentences(document).texts
        lines = own.get("lines")
        if not isinstance(lines, str) or joined(parsed_lines(lines)[0]) != document.text:
            links = cast("Mapping[str, list[str]]", own.get("links") or {})
            lines = page_lines(sentences, links) if document.text else ""
        rest = {key: value for key, value in own.items() if key not in ("lines", "links", "text")}
        if self.is_own(document):
            rest.update((key, value) for key, value in document.meta.items() if key not in _PAGE_META)
        text = own.get("text", plain_text(sentences))
        return {"id": self.title(document), "text": text, "lines": lines, **rest}


class _Claims:
    """Builds the records of one document's claims."""

    def __init__(self, record: DocumentRecord, shape: _PageShape, pages: ReferenceFile, losses: Losses) -> None:
        self._record = record
        self._shape = shape
        self._document = record.document
        self._pages = pages
        self._losses = losses
        self._is_known = OWN in record.extra
        self._own = kept_of(record.extra, OWN)

    def all(self) -> Iterator[dict[str, Any]]:
        """Yield the records; one without a label if the document is a claim that nobody judged."""
        note_losses(self._losses, self._record, has_meta=self._is_known)
        found = list(claims_of(self._record))
        if not found and self._is_known:
            yield self._value(None, {})
        for item, mark in found:
            judged = self._judged(item, mark)
            if judged is not None:
                yield self._value(mark, judged)

    def _value(self, mark: Annotation | None, judged: Mapping[str, Any]) -> dict[str, Any]:
        document = self._document
        is_own = self._is_known and (mark is None or is_whole(document, mark))
        own = dict(self._own) if is_own else {}
        found: dict[str, Any] = {}
        if "id" in own:
            found["id"] = own.pop("id")
        elif not is_own:
            found["id"] = number_for(mark.uid if mark is not None else document.uid)
        said = own.pop("verifiable", None)
        if "label" in judged and (not is_own or said is not None):
            is_settled = judged["label"] != _LABELS[ClaimVerdict.NOT_ENOUGH_INFO]
            said = "VERIFIABLE" if is_settled else "NOT VERIFIABLE"
        if said is not None:
            found["verifiable"] = said
        if "label" in judged:
            found["label"] = judged["label"]
        found["claim"] = document.text if mark is None else claim_text(document, mark)
        found.update(judged)
        further = {**own, **document.meta} if is_own else {}
        return {**found, **{key: value for key, value in further.items() if key not in found}}

    def _judged(self, item: SetRecord, mark: Annotation) -> dict[str, Any] | None:
        """Return label and evidence, None for a claim that is left out."""
        where = f"{self._document.name} ({item.annotator})"
        own = kept_of(mark.extra, OWN)
        verdict = verdict_given(mark)
        if verdict is ClaimVerdict.CONFLICTING:
            what = "claims with conflicting evidence, left out, as FEVER has no label for them"
            self._losses.note("conflicting", what, where, is_whole=True)
            return None
        label = _LABELS[verdict] if verdict is not None else own.get("label")
        judged: dict[str, Any] = {} if label is None else {"label": label}
        evidence = _evidence(self._sets(mark, verdict, where), own)
        is_expected = "evidence" in own or (label is not None and not own)
        if not evidence and verdict is ClaimVerdict.NOT_ENOUGH_INFO and is_expected and own.get("evidence") != []:
            evidence = _NOWHERE
        if evidence or is_expected:
            judged["evidence"] = evidence
        return judged

    def _sets(self, mark: Annotation, verdict: ClaimVerdict | None, where: str) -> list[list[SentencePointer]]:
        """Return the sets of a claim's evidence, as far as they are for its verdict."""
        found: dict[int, list[SentencePointer]] = {}
        for piece in mark.evidence:
            if verdict is not None and piece.stance is not verdict.stance:
                what = "evidence that isn’t for the verdict of its claim"
                self._losses.note("stance", what, f"{where}: “{piece.quote[:40]}”")
                continue
            found.setdefault(piece.alternative, []).extend(self._pointers(piece, where))
        return [list(dict.fromkeys(pointers)) for _, pointers in sorted(found.items()) if pointers]

    def _pointers(self, piece: Evidence, where: str) -> Iterator[SentencePointer]:
        cited = self._pages.cite(piece.document)
        if cited is None:
            what = "evidence in documents that aren’t there, left out"
            self._losses.note("lost-evidence", what, where, is_whole=True)
            return
        title, sentences = self._shape.title(cited[0]), cited[1]
        for fragment in piece.fragments:
            if not sentences.covers(fragment.start, fragment.end):
                what = "evidence that is part of a sentence, written as the whole of it"
                self._losses.note("part", what, f"{where}: “{piece.quote[:40]}”", is_whole=True)
            numbers = sentences.touched(fragment.start, fragment.end)
            yield from (SentencePointer(title, number) for number in numbers if sentences.words_of(number))


def _evidence(sets: Sequence[Sequence[SentencePointer]], own: Mapping[str, Any]) -> list[Any]:
    """Return a claim's `evidence`: the sets as they came, if they are still there or never were linked, then new ones.
    A set that points nowhere is dropped if there are new ones.
    """
    raw = cast("list[Any]", own.get("evidence") or [])
    unlinked = cast("list[int]", own.get("unlinked") or [])
    try:
        came = [_same(each) for each in pointer_sets(raw)]
    except FormatError:
        raw, came = [], []
    present = {_same(each) for each in sets}
    kept = [at for at, each in enumerate(came) if at in unlinked or not each or each in present]
    known = {came[at] for at in kept}
    new = [[[None, None, *pointer] for pointer in each] for each in sets if _same(each) not in known]
    return [*(raw[at] for at in kept if came[at] or not new), *new]


def _same(pointers: Iterable[SentencePointer]) -> frozenset[SentencePointer]:
    """Return a set of pointers as what is equal for titles that are canonically the same."""
    return frozenset(pointer._replace(page=canonical(pointer.page)) for pointer in pointers)

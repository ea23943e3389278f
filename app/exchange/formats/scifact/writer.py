"""Writes claims as SciFact has them, and beside them the corpus of the references."""

from collections.abc import Container, Iterable, Iterator, Mapping
from typing import Any, cast

from app.core.annotation import Annotation, Evidence, Stance
from app.core.document import Document, title_of
from app.core.errors import FormatError
from app.core.record import DocumentRecord
from app.exchange.claim_marks import claim_text, claims_of, is_whole, note_losses, number_for, verdict_given
from app.exchange.format import WriteOptions, Writer
from app.exchange.formats.scifact.corpus import CORPUS, DOC_ID, OWN, id_of
from app.exchange.formats.scifact.rationales import Rationale, Same, items_of, rationales_of, verdict_from
from app.exchange.kept_fields import kept_of
from app.exchange.losses import Losses
from app.exchange.option import FormatOption
from app.exchange.output import Output
from app.exchange.reference_file import ReferenceFile, ReferenceShape
from app.exchange.report import LossReport
from app.exchange.sentence_lines import SENTENCE_LINES, NumberedSentences, joined

WITH_CORPUS = FormatOption(
    "corpus",
    "Write the corpus",
    default=True,
    help="Writes the references beside the claims, as a file of numbered abstracts with lists of sentences.",
)
_LABELS = {Stance.SUPPORTS: "SUPPORT", Stance.REFUTES: "CONTRADICT"}
_CITED = "cited_doc_ids"
_META = (DOC_ID, SENTENCE_LINES, "title")


class SciFactWriter(Writer):
    """Writes a line for each claim. What a record of SciFact had is written again."""

    suffix = ".jsonl"
    options = (WITH_CORPUS,)

    def write(self, records: Iterable[DocumentRecord], output: Output, options: WriteOptions) -> LossReport:
        """Write the records as they come, then the corpus."""
        out = output.main()
        losses = Losses("SciFact", OWN, keeps=("evidence",))
        is_wanted = bool(options.own.get(WITH_CORPUS.name, True))
        corpus = ReferenceFile(_AbstractShape(), output, options, losses, is_wanted=is_wanted)
        out.writelines(corpus.write_around(records, lambda record: _Claims(record, corpus, losses).all()))
        return losses.report


class _AbstractShape(ReferenceShape):
    """References as numbered abstracts with lists of sentences."""

    name = f"{CORPUS}.jsonl"
    own = OWN

    def is_own(self, document: Document) -> bool:
        return DOC_ID in document.meta

    def value(self, document: Document, own: Mapping[str, Any]) -> Mapping[str, Any]:
        sentences = NumberedSentences(document).texts if document.text else []
        kept = own.get("abstract")
        if isinstance(kept, list) and joined(cast("list[str]", kept)) == document.text:
            sentences = cast("list[str]", kept)
        found: dict[str, Any] = {DOC_ID: id_of(document)}
        if not self.is_own(document):
            title = title_of(document.name, document.meta)
            return {**found, "title": title, "abstract": sentences, "structured": False}
        title = document.meta.get("title", own.get("title"))
        if title is not None:
            found["title"] = title
        found["abstract"] = sentences
        rest = {**own, **{key: value for key, value in document.meta.items() if key not in _META}}
        return {**found, **{key: value for key, value in rest.items() if key not in found}}


class _Claims:
    """Builds the records of one document's claims."""

    def __init__(self, record: DocumentRecord, corpus: ReferenceFile, losses: Losses) -> None:
        self._record = record
        self._document = record.document
        self._corpus = corpus
        self._losses = losses
        self._is_known = OWN in record.extra
        self._own = kept_of(record.extra, OWN)

    def all(self) -> Iterator[dict[str, Any]]:
        """Yield the records; one without evidence if the document is a claim that nobody judged."""
        note_losses(self._losses, self._record, has_meta=self._is_known, has_references=True)
        found = list(claims_of(self._record))
        if not found and self._is_known:
            yield self._value(None)
        for item, mark in found:
            yield self._value(mark, f"{self._document.name} ({item.annotator})")

    def _value(self, mark: Annotation | None, where: str = "") -> dict[str, Any]:
        document = self._document
        is_own = self._is_known and (mark is None or is_whole(document, mark))
        own = dict(self._own) if is_own else {}
        found: dict[str, Any] = {}
        if "id" in own:
            found["id"] = own.pop("id")
        elif not is_own:
            found["id"] = number_for(mark.uid if mark is not None else document.uid)
        found["claim"] = document.text if mark is None else claim_text(document, mark)
        if mark is not None:
            found["evidence"] = self._evidence(mark, where)
        cited = self._cited(own.pop(_CITED, None), kept_of(mark.extra, OWN) if mark is not None else {})
        if cited is not None and (mark is not None or cited):
            found[_CITED] = cited
        further = {**own, **document.meta} if is_own else {}
        return {**found, **{key: value for key, value in further.items() if key not in found}}

    def _cited(self, kept: object, own: Mapping[str, Any]) -> list[int | str] | None:
        """Return the numbers of the claim's references: those that came, then those that were linked since."""
        came = cast("list[int | str]", kept) if isinstance(kept, list) else []
        evidence: Any = own.get("evidence")
        known = {*map(str, came), *(cast("dict[str, Any]", evidence) if isinstance(evidence, dict) else ())}
        found = list(came)
        for uid in self._record.references:
            cited = self._corpus.cite(uid)
            if cited is not None and str(id_of(cited[0])) not in known:
                found.append(id_of(cited[0]))
        is_expected = isinstance(kept, list) or not self._is_known
        return found if found or is_expected else None

    def _evidence(self, mark: Annotation, where: str) -> dict[str, Any]:
        """Return a claim's `evidence`: rationales as they came, if they are still there or never were linked, then new
        ones.
        """
        own = kept_of(mark.extra, OWN)
        present = self._rationales(mark, where)
        raw: Any = own.get("evidence")
        # An abstract may have no rationales, or one that isn't in a list.
        given = cast("dict[str, Any]", raw) if isinstance(raw, dict) else {}
        found: dict[str, list[Any]] = {id: [] for id, each in given.items() if each == []}
        stances: set[Stance] = set()
        for rationale, value in list(_came(own, present)):
            found.setdefault(rationale.abstract, []).append(value)
            stances.add(rationale.stance)
            present.pop(rationale.same, None)
        for id, numbers, stance in present.values():
            if stance in _LABELS:
                found.setdefault(id, []).append({"sentences": numbers, "label": _LABELS[stance]})
                stances.add(stance)
            else:
                self._losses.note("context", "evidence that is context only", where)
        if verdict_given(mark) not in (verdict_from(stances), None):
            self._losses.note("verdict", "verdicts that the evidence doesn’t tell", where)
        return {id: given[id] if each == [given.get(id)] else each for id, each in found.items()}

    def _rationales(self, mark: Annotation, where: str) -> dict[Same, tuple[str, list[int], Stance]]:
        """Return the rationales that a claim has now: abstract, sentences and stance, by what is equal for the same."""
        found: dict[tuple[int, str, Stance], set[int]] = {}
        for piece in mark.evidence:
            cited = self._corpus.cite(piece.document)
            if cited is None:
                what = "evidence in documents that aren’t there, left out"
                self._losses.note("lost-evidence", what, where, is_whole=True)
                continue
            key = (piece.alternative, str(id_of(cited[0])), piece.stance)
            found.setdefault(key, set()).update(self._numbers(piece, cited[1], where))
        divided = len(found) - len({alternative for alternative, _, _ in found})
        what = "sets of evidence in several documents, divided"
        self._losses.note("divided", what, where, count=divided, is_whole=True)
        return {
            (id, frozenset(numbers), stance): (id, sorted(numbers), stance)
            for (_, id, stance), numbers in sorted(found.items())
            if numbers
        }

    def _numbers(self, piece: Evidence, sentences: NumberedSentences, where: str) -> Iterator[int]:
        for fragment in piece.fragments:
            if not sentences.covers(fragment.start, fragment.end):
                what = "evidence that is part of a sentence, written as the whole of it"
                self._losses.note("part", what, f"{where}: “{piece.quote[:40]}”", is_whole=True)
            numbers = sentences.touched(fragment.start, fragment.end)
            yield from (number for number in numbers if sentences.words_of(number))


def _came(own: Mapping[str, Any], present: Container[Same]) -> Iterator[tuple[Rationale, Any]]:
    """Yield the rationales of a mark's file, with what stood there, that are still present or never were linked."""
    raw: Any = own.get("evidence")
    unlinked = [tuple(each) for each in cast("list[list[Any]]", own.get("unlinked") or [])]
    try:
        came = rationales_of(raw)
    except FormatError:
        return  # it had none
    for each in came:
        if (each.abstract, each.at) in unlinked or each.same in present:
            yield each, items_of(raw[each.abstract])[each.at]

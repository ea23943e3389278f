"""Reads SciFact's claims with the abstracts that they cite."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, cast

import msgspec

from app.core.annotation import Evidence, Status
from app.core.errors import FormatError
from app.core.record import DocumentRecord
from app.exchange.claim_marks import claim_range, mark_claim, split_fields
from app.exchange.foreign_document import ForeignDocument, ForeignWork
from app.exchange.format import HEAD, Claim, Reader, ReadOptions
from app.exchange.formats.scifact.corpus import (
    CORPUS,
    OWN,
    SUFFIX,
    CorpusFile,
    abstract_record,
    corpus_beside,
    is_abstract,
)
from app.exchange.formats.scifact.rationales import Rationale, rationales_of, verdict_from
from app.exchange.json_records import first_objects, object_of, objects_in, records
from app.exchange.option import FormatOption, OptionKind
from app.exchange.record_documents import record_documents
from app.exchange.record_names import DistinctNames, name_from_text
from app.exchange.source import Source, files_at_top

_SUFFIXES = (".jsonl", ".json", ".ndjson")
_LOOKED_AT = 40  # files of a folder
_CITED = "cited_doc_ids"
CORPUS_FILE = FormatOption(
    "corpus",
    "Corpus",
    OptionKind.TEXT,
    "",
    help="The file of abstracts, where it isn't called corpus.jsonl and beside the claims.",
)


class SciFactReader(Reader):
    """Reads claims, each a document, and the abstracts that they cite as references; or a file of abstracts."""

    suffixes = _SUFFIXES
    is_folder = True
    options = (CORPUS_FILE,)

    def claims(self, path: Path, head: bytes) -> Claim | None:
        """Take claims with rationales, abstracts, and a folder with both."""
        if path.is_dir():
            return _folder_claim(path)
        found = _claim(first_objects(path, head))
        if found is None and _are_bare(first_objects(path, head)) and corpus_beside(Source(path)) is not None:
            return Claim(f"its records are claims, beside {CORPUS}.jsonl")
        return found

    def read(self, source: Source, options: ReadOptions) -> Iterator[DocumentRecord]:
        """Yield the claims, each after the abstracts that it is the first to cite. Invalid ones go to
        `options.refuse`.
        """
        given = str(options.own.get(CORPUS_FILE.name) or "")
        files = _claim_files(source) if source.is_folder else [source.path]
        has_corpus = corpus_beside(source, given) is not None
        corpus = CorpusFile(source, _wanted(files) if has_corpus else (), options, given)
        claims = _Claims(corpus, options)
        for path in files:
            yield from claims.of(path)


def _claim(objects: list[dict[str, Any]]) -> Claim | None:
    for each in objects:
        if isinstance(each.get("claim"), str) and (_CITED in each or _has_rationales(each)):
            return Claim("its records have a claim with rationales")
        if is_abstract(each) and "claim" not in each:
            return Claim("its records are abstracts with a list of sentences")
    return None


def _has_rationales(value: Mapping[str, Any]) -> bool:
    try:
        return isinstance(value.get("evidence"), dict) and bool(rationales_of(value["evidence"]))
    except FormatError:
        return False


def _are_bare(objects: list[dict[str, Any]]) -> bool:
    """Whether these are claims without anything else, as those of a test are."""
    return bool(objects) and all(set(each) == {"id", "claim"} for each in objects)


def _folder_claim(path: Path) -> Claim | None:
    source = Source(path)
    if corpus_beside(source) is None:
        return None
    found = next(iter(_claim_files(source)), None)
    return Claim(f"{found.name} has SciFact’s claims, beside {CORPUS}.jsonl") if found is not None else None


def _claim_files(source: Source) -> list[Path]:
    found: list[Path] = []
    for path in files_at_top(source.folder)[:_LOOKED_AT]:
        is_corpus = path.name.endswith(SUFFIX) or path.name == f"{CORPUS}.jsonl"
        if path.suffix.lower() in _SUFFIXES and not is_corpus:
            with Source(path).open() as file:
                objects = objects_in(file.read(HEAD))
            if _are_bare(objects) or (_claim(objects) is not None and "claim" in objects[0]):
                found.append(path)
    return found


class _Needed(msgspec.Struct):
    evidence: Any = None
    cited_doc_ids: Any = None


_needed = msgspec.json.Decoder(_Needed)


def _wanted(files: list[Path]) -> set[str]:
    """Return the numbers of the abstracts that claims cite."""
    found: set[str] = set()
    for path in files:
        for line in records(path):
            try:
                value = _needed.decode(line.data)
            except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
                continue  # it is refused when the claims are read
            found.update(_cited({"evidence": value.evidence, _CITED: value.cited_doc_ids}))
    return found


def _cited(value: Mapping[str, Any]) -> list[str]:
    """Return the numbers of the abstracts that a claim cites, those with evidence first."""
    evidence, listed = value.get("evidence"), value.get(_CITED)
    keys = list(cast("Mapping[str, Any]", evidence)) if isinstance(evidence, dict) else []
    numbers = cast("list[object]", listed) if isinstance(listed, list) else []
    return list(dict.fromkeys([*keys, *(str(each) for each in numbers if isinstance(each, int | str))]))


class _Claims:
    """Makes the documents of the records, and of the abstracts that they cite."""

    def __init__(self, corpus: CorpusFile, options: ReadOptions) -> None:
        self._corpus = corpus
        self._options = options
        self._names = DistinctNames()
        self._given: set[str] = set()  # uids of the abstracts so far

    def of(self, path: Path) -> Iterator[DocumentRecord]:
        """Yield the documents of a file. Invalid records go to `options.refuse`."""
        yield from record_documents(path, self._options, lambda line: self._records(object_of(line, path)))

    def _records(self, value: dict[str, Any]) -> Iterator[DocumentRecord]:
        if is_abstract(value) and "claim" not in value:
            yield abstract_record(value, self._options).document.record()
            return
        made = self._claim(value)
        record = made.record()
        for id in _cited(value):
            abstract = self._corpus.get(id)
            if abstract is not None and abstract.document.uid not in self._given:
                self._given.add(abstract.document.uid)
                yield abstract.document.record()
        yield record

    def _claim(self, value: Mapping[str, Any]) -> ForeignDocument:
        fields = dict(value)
        text, id, evidence = (fields.pop(key, None) for key in ("claim", "id", "evidence"))
        if not isinstance(text, str):
            raise FormatError("the record has no text under “claim”", hint="write the claim there")
        claim_range(text)
        meta, own = split_fields(fields)
        if _CITED in meta:
            own[_CITED] = meta.pop(_CITED)
        if id is not None:
            own["id"] = id
        name = self._names.of(name_from_text(text, "" if id is None else str(id)), text)
        made = ForeignDocument(text, name=name, options=self._options, meta=meta, extra={OWN: own})
        for cited in _cited(value):
            abstract = self._corpus.get(cited)
            if abstract is not None:
                made.refer_to(abstract.document)
            else:
                what = "cited abstracts that aren’t in the corpus; evidence in them is kept as it is"
                self._options.report.note("abstract", what, f"{name}: {cited[:40]}")
        if evidence is not None:
            self._judge(made, evidence)
        return made

    def _judge(self, made: ForeignDocument, evidence: object) -> None:
        """Mark the claim with its verdict and evidence."""
        rationales = rationales_of(evidence)
        work = made.work()
        kept: dict[str, Any] = {"evidence": evidence}
        pieces: dict[object, Evidence] = {}
        unlinked: list[list[Any]] = []
        for each in rationales:
            if each.same in pieces:
                continue
            linked = self._linked(made, work, each, alternative=len(pieces) + 1)
            if linked is not None:
                pieces[each.same] = linked
            else:
                unlinked.append([each.abstract, each.at])
        if unlinked:
            kept["unlinked"] = unlinked
        else:
            work.status = Status.DONE  # with all that its verdict rests on
        verdict = verdict_from({each.stance for each in rationales})
        mark_claim(work, made.text, verdict, evidence=list(pieces.values()), extra={OWN: kept})

    def _linked(
        self, made: ForeignDocument, work: ForeignWork, given: Rationale, *, alternative: int
    ) -> Evidence | None:
        """Return the evidence of a rationale, None if a sentence of it is missing."""
        abstract = self._corpus.get(given.abstract)
        if abstract is None:
            return None
        found = [abstract.sentences.words_of(number) for number in given.sentences]
        ranges: Sequence[tuple[int, int]] = [words for words in found if words is not None]
        if not ranges or len(ranges) < len(found):
            what = "rationales with a sentence that the abstract doesn’t have, kept as they are"
            self._options.report.note("sentence", what, f"{made.document.name}: {given.abstract[:40]}")
            return None
        key = f"{given.abstract} {given.at}"
        return work.evidence(key, abstract.document, ranges, stance=given.stance, alternative=alternative)

"""Reads FEVER's claims with the pages that their evidence points at."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec

from app.core.annotation import Evidence, Stance, Status
from app.core.errors import FormatError
from app.core.record import DocumentRecord
from app.exchange.claim_marks import claim_range, mark_claim, split_fields, verdict_of
from app.exchange.foreign_document import ForeignDocument, ForeignWork
from app.exchange.format import HEAD, Claim, Reader, ReadOptions
from app.exchange.formats.fever.pointers import SentencePointer, pointer_sets
from app.exchange.formats.fever.wiki_pages import OWN, PAGES, SUFFIX, WikiPages, is_page, page_record, pages_beside
from app.exchange.json_records import first_objects, object_of, objects_in, records
from app.exchange.option import FormatOption, OptionKind
from app.exchange.record_documents import record_documents
from app.exchange.record_names import DistinctNames, name_from_text
from app.exchange.source import Source, files_at_top

_SUFFIXES = (".jsonl", ".json", ".ndjson")
_LOOKED_AT = 40  # files of a folder
_LABELS = ("SUPPORTS", "REFUTES", "NOT ENOUGH INFO")
PAGE_FILES = FormatOption(
    "pages",
    "Pages",
    OptionKind.TEXT,
    "",
    help="The file or folder of wiki-pages, where it isn't called so and beside the claims.",
)


class FeverReader(Reader):
    """Reads claims, each a document, and the pages that have their evidence as references; or a file of pages."""

    suffixes = _SUFFIXES
    is_folder = True
    options = (PAGE_FILES,)

    def claims(self, path: Path, head: bytes) -> Claim | None:
        """Take claims with sets of evidence, wiki pages, and a folder with both."""
        if path.is_dir():
            return _folder_claim(path)
        return _claim(first_objects(path, head), path.suffix)

    def read(self, source: Source, options: ReadOptions) -> Iterator[DocumentRecord]:
        """Yield the claims, each after the pages that it is the first to need. Invalid ones go to `options.refuse`."""
        given = str(options.own.get(PAGE_FILES.name) or "")
        files = _claim_files(source) if source.is_folder else [source.path]
        pages = None if _has_pages(files) else WikiPages(source, _wanted(files, source, given), options, given)
        claims = _Claims(pages, options)
        for path in files:
            yield from claims.of(path)


def _claim(objects: list[dict[str, Any]], suffix: str) -> Claim | None:
    for each in objects:
        if isinstance(each.get("claim"), str):
            if isinstance(each.get("evidence"), list) and (each.get("label") in _LABELS or _has_sets(each)):
                return Claim("its records have a claim with sets of evidence")
            if each.get("label") in _LABELS and "verifiable" in each:
                return Claim("its records have a claim with a label of FEVER’s")
        elif is_page(each) and set(each) == {"id", "text", "lines"}:
            return Claim("its records are pages with numbered sentences")
    if suffix != ".json" and objects and all(set(each) == {"id", "claim"} for each in objects):
        return Claim("its records are claims without labels", weak=True)
    return None


def _has_sets(value: Mapping[str, Any]) -> bool:
    try:
        return any(pointer_sets(value["evidence"]))
    except FormatError:
        return False


def _folder_claim(path: Path) -> Claim | None:
    source = Source(path)
    if not pages_beside(source):
        return None
    found = next(iter(_claim_files(source)), None)
    return Claim(f"{found.name} has FEVER’s claims, beside {PAGES}") if found is not None else None


def _claim_files(source: Source) -> list[Path]:
    """Return the files of a folder that have claims; subfolders are those of pages."""
    found: list[Path] = []
    for path in files_at_top(source.folder)[:_LOOKED_AT]:
        if path.suffix.lower() in _SUFFIXES and not path.name.endswith((SUFFIX, f"{PAGES}.jsonl")):
            with Source(path).open() as file:
                objects = objects_in(file.read(HEAD))
            if _claim(objects, path.suffix) is not None and "claim" in objects[0]:
                found.append(path)
    return found


def _has_pages(files: list[Path]) -> bool:
    """Whether a file is one of pages."""
    if len(files) != 1:
        return False
    with Source(files[0]).open() as file:
        return any(is_page(each) and "claim" not in each for each in first_objects(files[0], file.read(HEAD))[:1])


class _Needed(msgspec.Struct):
    evidence: Any = None


_needed = msgspec.json.Decoder(_Needed)


def _wanted(files: list[Path], source: Source, given: str) -> set[str]:
    """Return the titles of the pages that claims point at, if there are pages at all."""
    found: set[str] = set()
    for path in files if pages_beside(source, given) else ():
        for line in records(path):
            try:
                sets = pointer_sets(_needed.decode(line.data).evidence)
            except (FormatError, msgspec.DecodeError, UnicodeDecodeError, RecursionError):
                continue  # it is refused when the claims are read, or has no evidence
            found.update(pointer.page for each in sets for pointer in each)
    return found


class _Claims:
    """Makes the documents of the records, and of the pages that they need."""

    def __init__(self, pages: WikiPages | None, options: ReadOptions) -> None:
        self._pages = pages
        self._options = options
        self._names = DistinctNames()
        self._given: set[str] = set()  # uids of the pages so far

    def of(self, path: Path) -> Iterator[DocumentRecord]:
        """Yield the documents of a file. Invalid records go to `options.refuse`."""
        yield from record_documents(path, self._options, lambda line: self._records(object_of(line, path)))

    def _records(self, value: dict[str, Any]) -> Iterator[DocumentRecord]:
        if self._pages is None and "claim" not in value:
            if value.get("id"):  # the first page of FEVER's is an empty one
                yield page_record(value, self._options).document.record()
            return
        made = self._claim(value)
        # The whole record is made before anything of it is given, as its evidence may be invalid.
        record = made.record()
        for title in self._cited(value):
            page = self._pages.get(title) if self._pages is not None else None
            if page is not None and page.document.uid not in self._given:
                self._given.add(page.document.uid)
                yield page.document.record()
        yield record

    def _cited(self, value: Mapping[str, Any]) -> list[str]:
        sets = pointer_sets(value["evidence"]) if value.get("evidence") is not None else []
        return list(dict.fromkeys(pointer.page for each in sets for pointer in each))

    def _claim(self, value: Mapping[str, Any]) -> ForeignDocument:
        fields = dict(value)
        text, given_id = fields.pop("claim", None), fields.pop("id", None)
        if not isinstance(text, str):
            raise FormatError("the record has no text under “claim”", hint="write the claim there")
        claim_range(text)
        label, evidence = fields.pop("label", None), fields.pop("evidence", None)
        meta, rest = split_fields(fields)
        own = {**rest, **({} if given_id is None else {"id": given_id})}
        if "verifiable" in meta:
            own["verifiable"] = meta.pop("verifiable")
        name = name_from_text(text, "" if given_id is None else str(given_id))
        made = ForeignDocument(
            text, name=self._names.of(name, text), options=self._options, meta=meta, extra={OWN: own}
        )
        if label is not None or evidence is not None:
            self._judge(made, label, evidence)
        return made

    def _judge(self, made: ForeignDocument, label: object, evidence: object) -> None:
        """Mark the claim with its verdict and evidence."""
        if not (label is None or isinstance(label, str)):
            raise FormatError("“label” must be text", hint=f"use one of: {', '.join(_LABELS)}")
        work = made.work()
        verdict = verdict_of(label)
        stance = verdict.stance if verdict is not None else Stance.CONTEXT
        sets = pointer_sets(evidence) if evidence is not None else []
        kept: dict[str, Any] = {} if label is None else {"label": label}
        if evidence is not None:
            kept["evidence"] = evidence
        pieces: list[Evidence] = []
        unlinked: list[int] = []
        known: dict[frozenset[SentencePointer], int] = {}
        for number, pointers in enumerate(sets):
            same = frozenset(pointers)
            if not pointers or same in known:
                continue  # several annotators found the same
            linked = self._linked(made, work, pointers, stance, alternative=len(known) + 1)
            if linked:
                known[same] = len(known) + 1
                pieces += linked
            else:
                unlinked.append(number)
        if unlinked:
            kept["unlinked"] = unlinked
        else:
            work.status = Status.DONE  # with all that its verdict rests on
        mark_claim(work, made.text, verdict or label or "", evidence=pieces, extra={OWN: kept})

    def _linked(
        self,
        made: ForeignDocument,
        work: ForeignWork,
        pointers: Sequence[SentencePointer],
        stance: Stance,
        *,
        alternative: int,
    ) -> list[Evidence]:
        """Return the evidence of a set, nothing if a sentence of it is missing: the others don't prove it alone."""
        found: list[Evidence] = []
        report, where = self._options.report, made.document.name
        for pointer in pointers:
            page = self._pages.get(pointer.page) if self._pages is not None else None
            if page is None:
                what = "sentences of evidence whose pages aren’t there, kept as pointers with all of their set"
                report.note("page", what, f"{where}: {pointer.page[:60]}, {pointer.sentence}")
                continue
            made.refer_to(page.document)
            words = page.sentences.words_of(pointer.sentence)
            if words is None:
                what = "sentences of evidence that their page doesn’t have, kept as pointers with all of their set"
                report.note("sentence", what, f"{where}: {pointer.page[:60]}, {pointer.sentence}")
                continue
            key = f"{alternative} {pointer.page} {pointer.sentence}"
            found.append(work.evidence(key, page.document, [words], stance=stance, alternative=alternative))
        return found if len(found) == len(pointers) else []

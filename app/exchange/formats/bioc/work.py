"""Builds the record of a document of BioC."""

from collections.abc import Callable, Iterator

from app.core.annotation import Status
from app.core.decision import GOLD, is_gold_name
from app.core.document_description import key_problem
from app.core.errors import FormatError
from app.core.record import DocumentRecord
from app.exchange.foreign_document import ForeignDocument, ForeignWork
from app.exchange.format import ReadOptions
from app.exchange.formats.bioc.elements import BiocAnnotation, BiocDocument, BiocPassage, Json
from app.exchange.formats.bioc.infons import (
    ANNOTATION,
    OWN,
    Naming,
    SaidFields,
    fields_of,
    naming,
    own_of,
)
from app.exchange.formats.bioc.passage_layout import At, PassageLayout, texts_of
from app.exchange.formats.bioc.ties import BiocTies
from app.exchange.offset_units import GivenRange, Unit, found_near
from app.exchange.record_names import DistinctNames
from app.exchange.written_ids import WrittenIds

SHORT = 16
"""How many digits of a text's hash are kept, to know whether it is still the same."""

_TITLES = ("title", "front")


def given_ranges(document: BiocDocument) -> Iterator[GivenRange]:
    """Yield the ranges of a document that are in one passage or sentence, relative to that, with their words."""
    texts: dict[At, list[BiocPassage]] = {}
    for at, passage in texts_of(document):
        for depth in range(len(at) + 1):
            texts.setdefault(at[:depth], []).append(passage)
    for at, each in annotations_of(document):
        if each.text and len(each.locations) == 1:
            first = each.locations[0]
            before = [passage for passage in texts.get(at, texts.get(at[:1], ())) if passage.offset <= first.offset]
            here = before[-1] if before else None
            if here is not None and here.text:
                yield GivenRange(here.text, first.offset - here.offset, first.end - here.offset, each.text)


def annotations_of(document: BiocDocument) -> Iterator[tuple[At, BiocAnnotation]]:
    """Yield the annotations with their places in the structure."""
    yield from ((at, each) for at, part in _parts(document) for each in part.annotations)


def _parts(document: BiocDocument) -> Iterator[tuple[At, BiocPassage | BiocDocument]]:
    for number, passage in enumerate(document.passages):
        yield (number,), passage
        yield from (((number, place), each) for place, each in enumerate(passage.sentences))
    yield (), document


class BiocWork:
    """One document. Its annotations are the work of those whom they name, else of the one named for the import."""

    def __init__(
        self, document: BiocDocument, collection: Json, names: DistinctNames, unit: Unit, options: ReadOptions
    ) -> None:
        self._given = document
        self._layout = PassageLayout(document, unit)
        self._options = options
        text = self._layout.text
        id = document.id or "document"
        name = names.of(id, text)
        self._own: Json = {"id": document.id} if name != document.id else {}
        self._own |= {"collection": collection} if collection else {}
        self._own |= {"more": document.more} if document.more else {}
        self._own |= {
            "unit": unit.value,
            "passages": [self._kept_passage((n,), p) for n, p in enumerate(document.passages)],
        }
        meta = {key: value for key, value in document.infons.items() if self._can_be_kept(key)}
        title = _title(document)
        if title and "title" not in meta:
            meta["title"] = title
            self._own["title"] = title
        self._made = ForeignDocument(text, name=name, options=options, meta=meta, extra={OWN: self._own})
        self._own["text"] = self._made.document.sha256[:SHORT]
        self._ties = BiocTies(self._made, self._own, options)
        self._used: set[str] = set()

    def _can_be_kept(self, key: str) -> bool:
        problem = key_problem(key)
        if problem is not None:
            what = "keys that metadata can't have, left out"
            self._options.report.note("key", what, f"“{key[:40]}”: {problem}")
        return problem is None

    def _kept_passage(self, at: At, passage: BiocPassage) -> Json:
        """Return what is needed to write a passage or sentence again: where it is in the file and in the text."""
        found: Json = {"offset": passage.offset}
        stretch = next((each for each in self._layout.within(at) if each.at == at), None)
        if stretch is not None:
            found |= {"start": stretch.start, "end": stretch.end}
        elif passage.text:
            found["text"] = passage.text
        found |= {"infons": passage.infons} if passage.infons else {}
        found |= {"more": passage.more} if passage.more else {}
        if passage.sentences:
            found["sentences"] = [self._kept_passage((*at, n), each) for n, each in enumerate(passage.sentences)]
        if stretch is not None and passage.text is None:
            found["no_text"] = True
        return found

    def record(self) -> DocumentRecord:
        """Return the record. Invalid annotations and relations go to `options.refuse`. Raises FormatError."""
        document = self._given
        for error in document.errors:
            self._options.refuse(error)
        for at, each in annotations_of(document):
            self._guarded(f"annotation {each.id}", lambda at=at, each=each: self._annotation(at, each))
        for at, part in _parts(document):
            for tie in part.relations:
                self._guarded(f"relation {tie.id}", lambda at=at, tie=tie: self._ties.add(at, tie))
        if self._options.finished and not self._made.record().sets:
            self._made.work().status = Status.DONE_EMPTY
        return self._made.record()

    def _guarded(self, what: str, do: Callable[[], None]) -> None:
        try:
            do()
        except FormatError as error:
            error.what = f"document {self._made.document.name[:40]}, {what[:60]}: {error.what}"
            self._options.refuse(error)

    # -- annotations ---------------------------------------------------------------------------------------------------

    def _work_of(self, said: SaidFields) -> ForeignWork:
        if said.annotator:
            self._own["annotators"] = True
        return self._made.work(GOLD, kind=GOLD) if is_gold_name(said.annotator) else self._made.work(said.annotator)

    def _annotation(self, at: At, given: BiocAnnotation) -> None:
        named = naming(given.infons, ANNOTATION, self._options.labels)
        said = fields_of(given.infons, named)
        work = self._work_of(said)
        key = self._key(given, at)
        own = own_of(given, named, said)
        document = self._made.document
        uid = WrittenIds(document.name, document.sha256, work.annotator).read(given.id)
        if not given.locations:
            self._about(at, given, (named, said), work, key, uid)
            return
        ranges = self._ranges(at, given)
        words = self._words(given, ranges)
        if given.text != " ".join(self._made.text[start:end] for start, end in ranges):
            own["text"] = [given.text, *ranges[0]]
        if at != self._layout.natural_place(ranges[0][0]):
            own["at"] = list(at)
        work.mark(
            key,
            named.label,
            ranges,
            layer=named.layer,
            words=words,
            attributes=said.fields,
            correction=said.correction,
            comment=said.comment,
            created=said.created,
            updated=said.updated,
            extra={OWN: own},
            uid=uid,
        )
        self._ties.remember(at, given, work, key)

    def _key(self, given: BiocAnnotation, at: At) -> str:
        """Return the key of an annotation: its id, with its place if another one has the same."""
        key = given.id or f"{given.locations} {given.infons}"
        if key in self._used:
            key = f"{key} {'.'.join(map(str, at))}"
        number, plain = 1, key
        while key in self._used:
            number += 1
            key = f"{plain} {number}"
        self._used.add(key)
        return key

    def _ranges(self, at: At, given: BiocAnnotation) -> list[tuple[int, int]]:
        """Return the ranges of an annotation. Where its words are only right if they are counted from its passage, as
        some programs do, they are.
        """
        try:
            ranges = sorted({self._layout.range_of(each, at) for each in given.locations})
        except ValueError as error:
            found = self._in_passage(at, given)
            if found is None:
                raise FormatError(str(error), hint="fix the offsets, or name their unit with --offsets") from error
            return [found]
        is_right = len(ranges) > 1 or not given.text or self._made.text[slice(*ranges[0])] == given.text
        found = None if is_right else self._in_passage(at, given)
        return ranges if found is None else [found]

    def _in_passage(self, at: At, given: BiocAnnotation) -> tuple[int, int] | None:
        here = self._layout.within(at) if at else []
        if not here or len(given.locations) != 1 or not given.text:
            return None
        first = given.locations[0]
        try:
            found = self._layout.range_of(first._replace(offset=first.offset + here[0].offset), at)
        except ValueError:
            return None
        if self._made.text[slice(*found)] != given.text:
            return None
        what = "annotations whose offsets count from their passage"
        self._options.report.note("from-passage", what, f"{self._made.document.name}: “{given.text[:40]}”")
        return found

    def _words(self, given: BiocAnnotation, ranges: list[tuple[int, int]]) -> str | None:
        """Return the words of an annotation, None if they aren't those of the text: BioC lets programs change them."""
        text, words = self._made.text, given.text
        here = " ".join(text[start:end] for start, end in ranges)
        if not words or _plain(words) == _plain(here):
            return None if not words else here
        if len(ranges) == 1 and words.casefold() != here.casefold() and found_near(text, ranges[0][0], words):
            return words
        what = "annotations whose words aren't those of the text, as BioC allows"
        self._options.report.note("normalised", what, f"{self._made.document.name}: “{words[:40]}” for “{here[:40]}”")
        return None

    def _about(
        self,
        at: At,
        given: BiocAnnotation,
        says: tuple[Naming, SaidFields],
        work: ForeignWork,
        key: str,
        uid: str | None,
    ) -> None:
        """Add an annotation without a place, which is about the document."""
        named, said = says
        own = own_of(given, named, said)
        own |= {"about": list(at)}
        own |= {"text": [given.text]} if given.text else {}
        made = work.about_document(
            key,
            named.label,
            layer=named.layer,
            attributes=said.fields,
            comment=said.comment,
            created=said.created,
            updated=said.updated,
            extra={OWN: own},
            uid=uid,
        )
        self._ties.remember(at, given, work, key)
        if made is None:
            kept = {"id": given.id, "infons": given.infons, "text": given.text, "at": list(at), "more": given.more}
            self._own.setdefault("annotations", []).append(kept)


def _title(document: BiocDocument) -> str:
    """Return the text of the passage that is the title, "" if none is."""
    first = document.passages[0] if len(document.passages) > 1 else None
    if first is None or str(first.infons.get("type", "")).lower() not in _TITLES:
        return ""
    return (first.text or " ".join(each.text or "" for each in first.sentences)).strip()


def _plain(words: str) -> str:
    return " ".join(words.split())

"""Reads QDPX: texts with everybody's codings, notes, links and values."""

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple
from xml.etree.ElementTree import Element

from app.core.errors import FormatError
from app.core.ids import derived_uid
from app.core.record import DocumentRecord
from app.core.remark import LONGEST_REMARK, Remark
from app.exchange.archive import SIGNATURE, Archive
from app.exchange.foreign_document import ForeignDocument, ForeignWork
from app.exchange.format import Claim, Reader, ReadOptions
from app.exchange.formats.qdpx.positions import ONE, TWO, GivenSelection, Positions, convention_of
from app.exchange.formats.qdpx.project import (
    QdaCode,
    QdaLink,
    QdaNote,
    QdaProject,
    QdaSelection,
    QdaText,
    child_text,
    children,
    description_of,
    guid_of,
)
from app.exchange.kept_fields import metadata_of
from app.exchange.option import FormatOption, OptionKind
from app.exchange.record_names import DistinctNames
from app.exchange.source import Source

ORIGIN = "Stet"
CORRECTION = "Correction"
UNCODED = "Note"
"""The label of places that have a note and no code."""
_AUTO = "auto"
LINE_ENDS = FormatOption(
    "line-ends",
    "A line end of two characters counts",
    OptionKind.CHOICE,
    _AUTO,
    (_AUTO, ONE, TWO),
    help="What CR LF counts in positions: one as in ATLAS.ti, two as in most others; auto finds it out.",
)


class QdpxReader(Reader):
    """Reads the texts of a project with the codings of all users. Codes are labels, links between codings relations."""

    suffixes = (".qdpx",)
    options = (LINE_ENDS,)

    def claims(self, path: Path, head: bytes) -> Claim | None:
        """Take a ZIP archive with the description of a project."""
        if not head.startswith(SIGNATURE):
            return None
        try:
            with Archive(path) as archive:
                name = description_of(archive.names)
        except FormatError:
            return None
        return Claim(f"{name} is in it") if name is not None else None

    def read(self, source: Source, options: ReadOptions) -> Iterator[DocumentRecord]:
        """Yield the documents. Sources that can't be read go to `options.refuse`."""
        options.at(1, 0)
        with Archive(source.path) as archive:
            try:
                reading = _Reading(QdaProject(archive), options)
            except FormatError as error:
                error.path = error.path or source.path
                raise
            for element in reading.project.sources():
                try:
                    yield from list(reading.records(element))
                except FormatError as error:
                    error.what = f"{element.get('name') or 'source'}: {error.what}"
                    error.path = error.path or source.path
                    options.refuse(error)
            reading.note_rest()


def label_of(code: QdaCode, times: int) -> str:
    """Return the name of a code as a label: with those above it, if several codes are called so."""
    return " › ".join((*code.above, code.name)) if times > 1 else code.name


def _of_ours(code: QdaCode) -> tuple[str, str]:
    """Return layer and label of a code that Stet wrote, where a label that isn't the only one of its name has its layer
    before it.
    """
    if not code.above:
        return "", code.name
    layer, dot, label = code.name.partition(".")
    if not dot:
        return code.above[0], code.name
    is_same = _letters(layer) == _letters(code.above[0])
    return (code.above[0], label) if is_same and label else ("", code.name)


def _letters(name: str) -> str:
    return "".join(filter(str.isalnum, name.casefold()))


class _Reading:
    """Makes the documents of a project."""

    def __init__(self, project: QdaProject, options: ReadOptions) -> None:
        self.project = project
        self._options = options
        count = Counter(code.name.casefold() for code in project.codes.values())
        is_ours = project.origin.startswith(f"{ORIGIN} ")
        # We write a layer as a code with its labels below it.
        self._labels = {
            guid: _of_ours(code) if is_ours else ("", label_of(code, count[code.name.casefold()]))
            for guid, code in project.codes.items()
        }
        self._links: dict[str, list[QdaLink]] = {}  # by each of their ends
        for link in project.links:
            for end in (link.origin, link.target):
                self._links.setdefault(end, []).append(link)
        self._linked: set[int] = set()
        self._names = DistinctNames()
        wanted = str(options.own.get(LINE_ENDS.name, _AUTO))
        self._convention, self._are_names_words = convention_of(
            self._given(),
            origin=project.origin,
            unit=options.offsets,
            line_end=wanted if wanted in (ONE, TWO) else None,
        )

    def _given(self) -> Iterator[GivenSelection]:
        for source in self.project.sources():
            try:
                for text in self.project.texts(source):
                    if not text.text.isascii() or "\r" in text.text:
                        for each in text.selections:
                            yield GivenSelection(text.text, each.start, each.end, each.name)
            except FormatError:
                continue  # it is refused when the documents are made

    def records(self, source: Element) -> Iterator[DocumentRecord]:
        """Yield the documents of a source."""
        texts = list(self.project.texts(source))
        if not texts:
            what = "sources without a text in the file, left out"
            self._options.report.note("no-text", what, source.get("name") or "")
        for text in texts:
            made = _Document(self, text, self._options)
            yield made.record()

    def positions(self, text: str) -> Positions:
        """Return what converts the positions of a text."""
        return Positions(text, self._convention)

    def words(self, selection: QdaSelection) -> str | None:
        """Return the words that a selection says it has, None if its name isn't that or only their beginning."""
        is_cut = selection.name.endswith(("...", "…"))
        return selection.name if self._are_names_words and selection.name and not is_cut else None

    def name_of(self, text: QdaText) -> str:
        """Return the name of a text's document."""
        return self._names.of(text.name, text.text)

    def label(self, coding: Element) -> tuple[str, str]:
        """Return layer and label of a coding. Raises FormatError if its code isn't there."""
        reference = next(children(coding, "CodeRef"), None)
        guid = guid_of(reference.get("targetGUID")) if reference is not None else ""
        if guid not in self._labels:
            raise FormatError(f"a coding has a code that isn't in the codebook: {guid[:40]}", hint="export it again")
        return self._labels[guid]

    def user(self, *elements: Element) -> str | None:
        """Return the name of the user who made the first of these that says it, None if none does."""
        for each in elements:
            guid = guid_of(each.get("creatingUser") or each.get("modifyingUser"))
            if guid:
                return self.project.users.get(guid) or None
        return None

    def notes(self, *elements: Element) -> list[QdaNote]:
        """Return the notes that some things refer to, or that are linked with them, each once."""
        guids = [guid_of(each.get("targetGUID")) for element in elements for each in children(element, "NoteRef")]
        for element in elements:
            for link in self._links.get(guid_of(element.get("guid")), []):
                ends = [end for end in (link.origin, link.target) if self.project.is_note(end)]
                if ends:
                    self._linked.add(id(link))
                    guids += ends
        found = (self.project.note(guid) for guid in dict.fromkeys(guids))
        return [note for note in found if note is not None and note.text]

    def links(self, ends: dict[str, list["MadeMark"]]) -> Iterator[tuple[QdaLink, "MadeMark", "MadeMark"]]:
        """Yield the links between marks of one document and annotator, given the marks by the guids that mean them."""
        for guid in ends:
            for link in self._links.get(guid, []):
                if id(link) in self._linked or link.origin not in ends or link.target not in ends:
                    continue
                origins, targets = ends[link.origin], ends[link.target]
                pairs = [(one, other) for one in origins for other in targets if one.work is other.work]
                if len(pairs) == 1 and pairs[0][0].key != pairs[0][1].key:
                    self._linked.add(id(link))
                    yield link, *pairs[0]

    def note_rest(self) -> None:
        """Note what of the project found no place."""
        report = self._options.report
        left = len(self.project.links) - len(self._linked)
        for count, kind, what in (
            (self.project.media_selections(), "media", "codings of pictures, pages and recordings, left out"),
            (left, "link", "links that don’t connect two codings of a text by one person, left out"),
            (self.project.count("Sets"), "set", "sets, left out"),
            (self.project.count("Graphs"), "graph", "graphs, left out"),
        ):
            if count:
                report.note(kind, what, count=count)


class MadeMark(NamedTuple):
    """A mark that was made, by its key in somebody's work."""

    work: ForeignWork
    key: str


class _Document:
    """Makes the document of one text."""

    def __init__(self, reading: _Reading, text: QdaText, options: ReadOptions) -> None:
        self._reading = reading
        self._text = text
        self._options = options
        meta = metadata_of(reading.project.values(text), options.report)
        said = child_text(text.element, "Description")
        if said:
            meta.setdefault("description", said)
        self._made = ForeignDocument(text.text, name=reading.name_of(text), options=options, meta=meta)
        self._positions = reading.positions(text.text)
        self._ends: dict[str, list[MadeMark]] = {}  # by the guids of codings and selections
        self._pieces = _pieces(text)

    def record(self) -> DocumentRecord:
        for selection in self._text.selections:
            self._select(selection)
        for coding in children(self._text.element, "Coding"):
            layer, label = self._reading.label(coding)
            work = self._made.work(self._reading.user(coding, self._text.element))
            key = f"document {layer} {label}"
            if not work.has(key):
                work.about_document(key, label, layer=layer, comment=_said(self._reading.notes(coding)))
        for note in self._reading.notes(self._text.element):
            self._remark(note)
        for link, origin, target in self._reading.links(self._ends):
            key = f"{link.name} {origin.key} {target.key}"
            if origin.work.tie(key) is None:
                origin.work.relate(key, link.name, origin.key, target.key)
        if self._options.finished and self._options.annotator:
            self._made.work()
        return self._made.record()

    def _select(self, selection: QdaSelection) -> None:
        element = selection.element
        codings = list(children(element, "Coding"))
        description = child_text(element, "Description")
        notes = self._reading.notes(element)
        for coding in codings:
            if guid_of(coding.get("guid")) in self._pieces.further:
                continue  # it belongs to a mark that began before
            layer, label = self._reading.label(coding)
            self._mark(selection, coding, layer, label, description, [*self._reading.notes(coding), *notes])
        if not codings and (description or notes):
            self._mark(selection, element, "", UNCODED, description, notes)

    def _mark(
        self, selection: QdaSelection, coding: Element, layer: str, label: str, said: str, notes: Sequence[QdaNote]
    ) -> None:
        work = self._made.work(self._reading.user(coding, selection.element, self._text.element))
        guid = guid_of(coding.get("guid"))
        pieces = [selection, *self._pieces.of.get(guid, ())]
        ranges = [self._range(each) for each in pieces]
        key = f"{ranges[0][0]} {ranges[-1][1]} {layer} {label}"
        if work.has(key):
            what = "codings that a user gave the same words twice, kept once"
            self._options.report.note("repeated", what, f"{self._made.document.name}: {label}")
            return
        corrections = [note.text for note in notes if note.name == CORRECTION and layer]
        work.mark(
            key,
            label,
            ranges,
            layer=layer,
            words=self._reading.words(selection) if len(ranges) == 1 else None,
            correction=corrections[0] if corrections else None,
            comment=_said([note for note in notes if not (note.name == CORRECTION and layer)], said),
            created=coding.get("creationDateTime") or selection.element.get("creationDateTime") or "",
            updated=selection.element.get("modifiedDateTime") or "",
            uid=self._own_uid(guid, selection, work.annotator),
        )
        for each in (guid, guid_of(selection.element.get("guid"))):
            if work.has_mark(key):
                self._ends.setdefault(each, []).append(MadeMark(work, key))

    def _own_uid(self, guid: str, selection: QdaSelection, annotator: str) -> str | None:
        """Return the id that a mark had here, if this is its coding, on this document and by this annotator."""
        document = self._made.document
        wanted = selection_guid(guid, document.name, document.sha256, annotator)
        return guid if guid_of(selection.element.get("guid")) == wanted else None

    def _range(self, selection: QdaSelection) -> tuple[int, int]:
        try:
            return self._positions.range(selection.start, selection.end)
        except ValueError as error:
            raise FormatError(f"a selection: {error}", hint="export it again, or say what it counts") from error

    def _remark(self, note: QdaNote) -> None:
        user = self._reading.project.users.get(note.user)
        if user is None and self._options.annotator is None:
            meta = self._made.document.meta
            meta["notes"] = "\n".join(filter(None, (str(meta.get("notes") or ""), note.text)))
            return
        work = self._made.work(user)
        said = "\n".join(filter(None, (work.remark.note, note.text)))[:LONGEST_REMARK]
        work.remark = Remark(work.remark.flag, said)


def _said(notes: Sequence[QdaNote], first: str = "") -> str:
    return "\n".join(dict.fromkeys(filter(None, (first, *(note.text for note in notes)))))


def selection_guid(mark: str, name: str, sha256: str, annotator: str) -> str:
    """Return the guid of the selection of a mark (uid) that Stet writes: it tells that the coding is really this mark,
    not one that was copied to another text or person.
    """
    return derived_uid("qdpx selection", mark, name, sha256, annotator)


def piece_guid(mark: str, number: int) -> str:
    """Return the guid of the coding of a further piece of a mark (uid), numbered from 1."""
    return derived_uid("qdpx piece", mark, str(number))


class _Pieces(NamedTuple):
    """Marks of several pieces that Stet wrote: the selections of further pieces by the guid of the first coding, and
    the guids of the codings that these have.
    """

    of: dict[str, list[QdaSelection]]
    further: set[str]


def _pieces(text: QdaText) -> _Pieces:
    by_guid = {
        guid_of(coding.get("guid")): selection
        for selection in text.selections
        for coding in children(selection.element, "Coding")
    }
    found = _Pieces({}, set())
    for guid in by_guid:
        number = 1
        while (piece := piece_guid(guid, number)) in by_guid:
            found.of.setdefault(guid, []).append(by_guid[piece])
            found.further.add(piece)
            number += 1
    return found

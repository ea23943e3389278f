"""What a QDPX file holds: the values of `project.qde` (schema QDA-XML 1.0, 2019) and the texts beside it.

ATLAS.ti names the description after the project; folders are called `sources` or `Sources`; ids may have braces.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple
from xml.etree.ElementTree import Element

from app.core.errors import FormatError
from app.exchange.archive import Archive
from app.exchange.formats.text import decode
from app.exchange.xml_input import local_name, xml_root

SUFFIX = ".qde"
DESCRIPTION = f"project{SUFFIX}"
NAMESPACE = "urn:QDA-XML:project:1.0"
INTERNAL = "internal://"
_TEXTS = ("TextSource", "PDFSource", "AudioSource", "VideoSource", "PictureSource")
_PARTS = {"PDFSource": "Representation", "PictureSource": "TextDescription"}
_MEDIA = ("PDFSelection", "PictureSelection", "AudioSelection", "VideoSelection")
_VALUES = ("TextValue", "BooleanValue", "IntegerValue", "FloatValue", "DateValue", "DateTimeValue")
_LARGEST = 2**63


class QdaCode(NamedTuple):
    """A code: its name, and those of the codes above it, the topmost first."""

    name: str
    above: tuple[str, ...]


class QdaNote(NamedTuple):
    """A note by a user (guid, "" for nobody's); `name` is its title."""

    text: str
    name: str
    user: str


class QdaLink(NamedTuple):
    """A link between two things (guids)."""

    name: str
    origin: str
    target: str
    is_directed: bool


class QdaSelection(NamedTuple):
    """A range of a text, as the file counts it, what the file calls it, and what is said of it."""

    element: Element
    start: int
    end: int
    name: str


class QdaText(NamedTuple):
    """A text with its selections. `element` has the codings and values of the whole, of the source that it is from."""

    guid: str
    name: str
    text: str
    element: Element
    selections: list[QdaSelection]


def description_of(names: list[str]) -> str | None:
    """Return the name of the description among an archive's names, None if there is none or it isn't clear which."""
    found = [name for name in names if name.lower().endswith(SUFFIX)]
    if len(found) > 1:
        found = [name for name in found if name.rpartition("/")[2].lower() == DESCRIPTION]
    return found[0] if len(found) == 1 else None


def guid_of(value: str | None) -> str:
    """Return an id without its braces, in lower case."""
    return (value or "").strip().strip("{}").lower()


def children(element: Element, *names: str) -> Iterator[Element]:
    """Yield the children with one of these names."""
    return (each for each in element if local_name(each) in names)


def child_text(element: Element, name: str) -> str:
    """Return the text of the first child of a name, "" if there is none."""
    found = next(children(element, name), None)
    return (found.text or "").strip() if found is not None else ""


class QdaProject:
    """The parts of a project. Texts are read from the archive when they are asked for."""

    def __init__(self, archive: Archive) -> None:
        """Raise FormatError for an archive without a description, and one whose XML can't be read."""
        self._archive = archive
        name = description_of(archive.names)
        if name is None:
            raise FormatError(f"there is no {DESCRIPTION} in it", hint="export the project as REFI-QDA (QDPX) again")
        self._folder = name.rpartition("/")[0]
        self.root = xml_root(archive.bytes_of(name))
        if local_name(self.root) != "Project":
            raise FormatError(f"{name[:80]} isn't a project of REFI-QDA", hint="export the project as QDPX again")
        self._members = {each.lower(): each for each in archive.names}
        self.origin = self.root.get("origin") or ""
        self.users = {
            guid_of(each.get("guid")): (each.get("name") or each.get("id") or "").strip() or f"user {number}"
            for number, each in enumerate(self._all("Users", "User"), 1)
        }
        self.codes: dict[str, QdaCode] = {}
        for book in children(self.root, "CodeBook"):
            for codes in children(book, "Codes"):
                self._add_codes(codes, ())
        self._variables = {
            guid_of(each.get("guid")): each.get("name") or "" for each in self._all("Variables", "Variable")
        }
        self.links = [self._link(each) for each in self._all("Links", "Link")]
        self._notes = {guid_of(each.get("guid")): each for each in self._all("Notes", "Note")}
        self._cases: dict[str, list[Element]] = {}  # by source
        for case in self._all("Cases", "Case"):
            for source in children(case, "SourceRef"):
                self._cases.setdefault(guid_of(source.get("targetGUID")), []).append(case)

    def _all(self, group: str, name: str) -> Iterator[Element]:
        for found in children(self.root, group):
            yield from children(found, name)

    def count(self, group: str) -> int:
        """Return how many children a group of the project has, such as Sets."""
        return sum(len(found) for found in children(self.root, group))

    def _add_codes(self, parent: Element, above: tuple[str, ...]) -> None:
        for code in children(parent, "Code"):
            name = " ".join((code.get("name") or "").split())
            self.codes[guid_of(code.get("guid"))] = QdaCode(name, above)
            self._add_codes(code, (*above, name))

    @staticmethod
    def _link(element: Element) -> QdaLink:
        return QdaLink(
            " ".join((element.get("name") or "").split()) or "link",
            guid_of(element.get("originGUID")),
            guid_of(element.get("targetGUID")),
            element.get("direction") != "Associative",
        )

    def sources(self) -> list[Element]:
        """Return the sources that may have a text."""
        return list(self._all_sources(_TEXTS))

    def _all_sources(self, names: tuple[str, ...]) -> Iterator[Element]:
        for found in children(self.root, "Sources"):
            yield from children(found, *names)

    def media_selections(self) -> int:
        """Return how many places of pictures, pages and recordings are coded."""
        return sum(1 for source in self._all_sources(_TEXTS) for _ in children(source, *_MEDIA))

    def texts(self, source: Element) -> Iterator[QdaText]:
        """Yield the texts of a source: its own, or that of a PDF, or the transcripts of a recording.

        Raises FormatError for text that can't be read, and selections without whole numbers.
        """
        kind = local_name(source)
        guid = guid_of(source.get("guid"))
        name = " ".join((source.get("name") or "").split()) or guid or "source"
        parts = [source] if kind == "TextSource" else list(children(source, _PARTS.get(kind, "Transcript")))
        for number, part in enumerate(parts, 1):
            text = self.text_of(part)
            if text is not None:
                shown = name if len(parts) == 1 else f"{name} ({part.get('name') or number})"
                yield QdaText(guid, shown, text, source, list(self._selections(part)))

    def text_of(self, element: Element) -> str | None:
        """Return the text of a source or a note, None if it isn't in the file."""
        inline = next(children(element, "PlainTextContent"), None)
        if inline is not None:
            return inline.text or ""
        path = element.get("plainTextPath") or ""
        name = path.removeprefix(INTERNAL).lstrip("/")
        if "://" in name:
            return None  # beside the archive, at a place of the computer that it was made on
        for inner in (f"sources/{name}", name):
            member = self._members.get((f"{self._folder}/{inner}" if self._folder else inner).lower())
            if member is not None and name:
                # The standard has no byte order mark, some tools write one all the same.
                return decode(self._archive.bytes_of(member), Path(member))[0]
        return None

    def _selections(self, part: Element) -> Iterator[QdaSelection]:
        for each in children(part, "PlainTextSelection"):
            start, end = (_whole(each, key) for key in ("startPosition", "endPosition"))
            yield QdaSelection(each, start, end, " ".join((each.get("name") or "").split()))
        points = {guid_of(each.get("guid")): each for each in children(part, "SyncPoint")}
        for each in children(part, "TranscriptSelection"):
            ends = [points.get(guid_of(each.get(key))) for key in ("fromSyncPoint", "toSyncPoint")]
            if ends[0] is not None and ends[1] is not None:
                yield QdaSelection(each, _whole(ends[0], "position"), _whole(ends[1], "position"), "")

    def note(self, guid: str) -> QdaNote | None:
        """Return a note, None if there is none of this id. Raises FormatError if its text can't be read."""
        element = self._notes.get(guid)
        if element is None:
            return None
        text = self.text_of(element) or child_text(element, "Description")
        user = guid_of(element.get("creatingUser") or element.get("modifyingUser"))
        return QdaNote(text.strip(), element.get("name") or "", user)

    def is_note(self, guid: str) -> bool:
        """Whether an id is that of a note."""
        return guid in self._notes

    def values(self, text: QdaText) -> dict[str, str | int | float | bool]:
        """Return the values of the variables that a source or its cases have, by their names."""
        found: dict[str, str | int | float | bool] = {}
        for case in self._cases.get(text.guid, []):
            name = (case.get("name") or "").strip()
            if name and name != text.name:
                found.setdefault("case", name)
            found.update(self._values(case))
        found.update(self._values(text.element))
        return found

    def _values(self, element: Element) -> Iterator[tuple[str, str | int | float | bool]]:
        for each in children(element, "VariableValue"):
            reference = next(children(each, "VariableRef"), None)
            value = next(children(each, *_VALUES), None)
            name = self._variables.get(guid_of(reference.get("targetGUID")), "") if reference is not None else ""
            if name and value is not None and value.text:
                yield name, _typed(local_name(value), value.text.strip())


def _whole(element: Element, key: str) -> int:
    given = (element.get(key) or "").strip()
    if not given.isascii() or not given.removeprefix("-").isdigit() or len(given) > 18:  # noqa: PLR2004  of 64 bits
        what = f"the {key} of a selection isn't a whole number: “{given[:40]}”"
        raise FormatError(what, hint="export the project again")
    return int(given)


def _typed(kind: str, value: str) -> str | int | float | bool:
    try:
        if kind == "IntegerValue" and abs(found := int(value)) < _LARGEST:
            return found
        if kind == "FloatValue" and abs(number := float(value)) < _LARGEST:
            return number
    except ValueError:
        return value
    if kind == "BooleanValue" and value in ("true", "1", "false", "0"):
        return value in ("true", "1")
    return value

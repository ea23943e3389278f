"""Writes QDPX: a ZIP archive with `project.qde` and a text for each document. The same work gives the same bytes."""

import zipfile
from bisect import bisect_left
from collections.abc import Iterable, Mapping
from tempfile import SpooledTemporaryFile
from typing import Any

import msgspec

import app
from app.core.annotation import Annotation, Relation
from app.core.ids import derived_uid
from app.core.record import DocumentRecord, SetRecord
from app.exchange.format import WriteOptions, Writer
from app.exchange.formats.qdpx.description import CodeBook, element, guid_for, time_of, worded, writable
from app.exchange.formats.qdpx.project import DESCRIPTION, INTERNAL, NAMESPACE
from app.exchange.formats.qdpx.reader import CORRECTION, ORIGIN, piece_guid, selection_guid
from app.exchange.losses import Losses
from app.exchange.offset_units import Ruler, Unit
from app.exchange.option import FormatOption, OptionKind
from app.exchange.output import Output
from app.exchange.report import LossReport

_AS_THEY_ARE, _CRLF = "as they are", "crlf"
LINE_ENDS = FormatOption(
    "line-ends",
    "Line ends",
    OptionKind.CHOICE,
    _AS_THEY_ARE,
    (_AS_THEY_ARE, _CRLF),
    help="MAXQDA wants line ends of two characters, crlf; imported again, such texts are other documents.",
)
OFFSETS = FormatOption(
    "offsets",
    "Positions count",
    OptionKind.CHOICE,
    Unit.CODE_POINTS.value,
    (Unit.CODE_POINTS.value, Unit.UTF16.value),
    help="cp: characters as QualCoder counts; utf16: UTF-16 units. It makes a difference behind an emoji.",
)
_KEPT = ("meta", "name", "comment", "correction", "remark", "mark-extra", "extra")
_IN_MEMORY = 16 * 1024 * 1024  # bytes of the description, from which on it is in a temporary file
_TIME = (1980, 1, 1, 0, 0, 0)  # the earliest that a ZIP archive can have
_LONGEST_NAME = 60
_NOBODY = ORIGIN


class QdpxWriter(Writer):
    """Writes documents with the marks of all annotators, and the scheme as the codebook."""

    suffix = ".qdpx"
    options = (LINE_ENDS, OFFSETS)

    def write(self, records: Iterable[DocumentRecord], output: Output, options: WriteOptions) -> LossReport:
        """Write the records as they come; the description comes last."""
        out = output.main()
        with (
            zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive,
            SpooledTemporaryFile(_IN_MEMORY) as sources,
            SpooledTemporaryFile(_IN_MEMORY) as notes,
            SpooledTemporaryFile(_IN_MEMORY) as links,
        ):
            made = _Project(options)
            for record in records:
                source = _Source(record, made, options)
                _add(archive, f"sources/{source.file}", source.text.encode())
                sources.write(source.xml().encode())
                notes.write("".join(source.notes).encode())
                links.write("".join(source.links).encode())
            with archive.open(_member(DESCRIPTION), "w") as file:
                file.write(made.head().encode())
                for name, part in (("Sources", sources), ("Notes", notes), ("Links", links)):
                    if part.tell():
                        part.seek(0)
                        file.write(f"<{name}>\n".encode())
                        while chunk := part.read(1024 * 1024):
                            file.write(chunk)
                        file.write(f"</{name}>\n".encode())
                file.write(b"</Project>\n")
        return made.losses.report


def _member(name: str) -> zipfile.ZipInfo:
    found = zipfile.ZipInfo(name, _TIME)
    found.compress_type = zipfile.ZIP_DEFLATED
    found.create_system = 3  # wherever it is made
    found.external_attr = 0o644 << 16
    return found


def _add(archive: zipfile.ZipFile, name: str, data: bytes) -> None:
    archive.writestr(_member(name), data)


class _Project:
    """What the whole project has: users, codes and variables, as they come."""

    def __init__(self, options: WriteOptions) -> None:
        self.losses = Losses("REFI-QDA", "qdpx", keeps=_KEPT)
        self.codes = CodeBook(options.scheme)
        self._users: dict[str, str] = {}  # guids by name
        self._variables: dict[tuple[str, str], str] = {}  # guids by name and type
        self._title = options.scheme.title
        self._is_utf16 = options.own.get(OFFSETS.name) == Unit.UTF16.value

    def user(self, name: str) -> str:
        """Return the guid of a user."""
        return self._users.setdefault(name, derived_uid("qdpx user", name))

    def variable(self, name: str, type_: str) -> str:
        """Return the guid of a variable."""
        return self._variables.setdefault((name, type_), derived_uid("qdpx variable", name, type_))

    def head(self) -> str:
        """Return the beginning of the description, with all that comes before the sources."""
        origin = f"{ORIGIN} {app.__version__}"
        if self._is_utf16:
            origin += f" ({Unit.UTF16.value})"
        given = {"xmlns": NAMESPACE, "name": self._title, "origin": origin}
        users = "".join(element("User", {"guid": guid, "name": name}) for name, guid in self._users.items())
        variables = "".join(
            element("Variable", {"guid": guid, "name": name, "typeOfVariable": type_})
            for (name, type_), guid in self._variables.items()
        )
        parts = [f"<Users>\n{users}</Users>\n" if users else "", self.codes.xml()]
        parts.append(f"<Variables>\n{variables}</Variables>\n" if variables else "")
        opened = element("Project", given).removesuffix("/>\n")
        return f'<?xml version="1.0" encoding="utf-8"?>\n{opened}>\n{"".join(parts)}'


class _Source:
    """A document: its text, and the elements that tell of it."""

    def __init__(self, record: DocumentRecord, project: _Project, options: WriteOptions) -> None:
        self._record = record
        self._project = project
        self._losses = project.losses
        self._scheme = options.scheme
        document = record.document
        has_crlf = options.own.get(LINE_ENDS.name) == _CRLF
        lines = _Lines(document.text, is_changed=has_crlf)
        self._lines = lines
        self._ruler = Ruler(lines.text, Unit(options.own.get(OFFSETS.name, Unit.CODE_POINTS)))
        guid = derived_uid("qdpx source", document.uid)
        self._guid = guid
        self.file = f"{guid}.txt"
        # A byte order mark would be taken for none of the text: one that is, needs another before it.
        self.text = f"\ufeff{lines.text}" if lines.text.startswith("\ufeff") else lines.text
        first = record.sets[0].annotator if record.sets else next(iter(options.annotators), _NOBODY)
        self._first = project.user(first)
        self.notes: list[str] = []
        self.links: list[str] = []
        if has_crlf and lines.text != document.text:
            what = "documents whose line ends are written as two characters"
            self._losses.note("line-ends", what, document.name, is_whole=True)

    def xml(self) -> str:
        """Return the element of the source; notes and links are filled as well."""
        record, document = self._record, self._record.document
        self._losses.of_document(record)
        selections: list[str] = []
        codings: list[str] = []
        references: list[str] = []
        for item in record.sets:
            self._losses.of_set(record, item)
            for mark in item.annotations:
                self._losses.of_mark(record, item, mark)
                if self._scheme.is_about_document(mark.layer):
                    codings.append(self._coding(item, mark, guid_for(mark.uid), self._comment_note(item, mark)))
                else:
                    selections += self._selections(item, mark)
            for tie in item.relations:
                self._link(item, tie)
            references += self._remark(item)
        meta = dict(document.meta)
        said = meta.pop("description", None)
        if said is not None and not isinstance(said, str):
            meta["description"], said = said, None
        content = worded("Description", said or "") + "".join([*selections, *codings, *references, *self._values(meta)])
        given = {"guid": self._guid, "name": document.name, "plainTextPath": f"{INTERNAL}{self.file}"}
        return element("TextSource", {**given, **self._made_by(self._first, "")}, content)

    @staticmethod
    def _made_by(user: str, time: str) -> dict[str, str]:
        return {"creatingUser": user, "creationDateTime": time_of(time)}

    def _selections(self, item: SetRecord, mark: Annotation) -> list[str]:
        """Return the selections of a mark: one for each of its pieces, the first of which has what is said of it."""
        user, document = self._project.user(item.annotator), self._record.document
        if len(mark.fragments) > 1:
            what = "marks in several pieces, which other programs than Stet take for several codings"
            self._losses.note("fragments", what, f"{document.name}: “{mark.quote[:40]}”", is_whole=True)
        own = guid_for(mark.uid)
        found: list[str] = []
        for number, fragment in enumerate(mark.fragments):
            words = document.text[fragment.start : fragment.end]
            first, last = (self._ruler.given(self._lines.offset(each)) for each in (fragment.start, fragment.end))
            guid = own if number == 0 else piece_guid(own, number)
            given = {
                "guid": selection_guid(guid, document.name, document.sha256, item.annotator),
                "name": _shortened(words),
                "startPosition": str(first),
                "endPosition": str(last),
                **self._made_by(user, mark.created),
            }
            if mark.updated:
                given |= {"modifyingUser": user, "modifiedDateTime": time_of(mark.updated)}
            notes = self._correction_note(item, mark) if number == 0 else []
            said = worded("Description", self._written(mark.comment, "comment") if number == 0 else "")
            found.append(element("PlainTextSelection", given, said + self._coding(item, mark, guid, notes)))
        return found

    def _coding(self, item: SetRecord, mark: Annotation, guid: str, notes: list[str]) -> str:
        code = element("CodeRef", {"targetGUID": self._project.codes.guid(mark.layer, mark.label)})
        made = self._made_by(self._project.user(item.annotator), mark.created)
        return element("Coding", {"guid": guid, **made}, code + "".join(map(_note_reference, notes)))

    def _correction_note(self, item: SetRecord, mark: Annotation) -> list[str]:
        if mark.correction is None:
            return []
        if not mark.correction:
            what = "corrections that delete the words, of which REFI-QDA has no empty note"
            self._losses.note("deletion", what, f"{self._record.document.name}: “{mark.quote[:40]}”", is_whole=True)
            return []
        return [self._note(item, f"correction {mark.uid}", CORRECTION, mark.correction, mark.created)]

    def _comment_note(self, item: SetRecord, mark: Annotation) -> list[str]:
        return [self._note(item, f"comment {mark.uid}", "", mark.comment, mark.created)] if mark.comment else []

    def _note(self, item: SetRecord, key: str, name: str, text: str, time: str) -> str:
        guid = derived_uid("qdpx note", self._guid, item.annotator, key)
        made = self._made_by(self._project.user(item.annotator), time)
        self.notes.append(element("Note", {"guid": guid, "name": name, **made}, worded("PlainTextContent", text)))
        return guid

    def _remark(self, item: SetRecord) -> list[str]:
        where = f"{self._record.document.name} ({item.annotator})"
        self._losses.note("flag", "flags of documents", where, count=int(item.remark.flag is not None))
        if not item.remark.note:
            return []
        return [_note_reference(self._note(item, "remark", "", item.remark.note, ""))]

    def _link(self, item: SetRecord, tie: Relation) -> None:
        record = self._record
        self._losses.of_relation(record, item, tie)
        ends = [next((a for a in item.annotations if a.uid == uid), None) for uid in tie.ends]
        if any(end is None or self._scheme.is_about_document(end.layer) for end in ends):
            self._losses.note("relation", "relations of labels of the document", f"{record.document.name}: {tie.label}")
            return
        type_ = self._scheme.relation(tie.label)
        is_directed = type_ is None or type_.directed
        given = {
            "guid": guid_for(tie.uid),
            "name": tie.label,
            "direction": "OneWay" if is_directed else "Associative",
            "originGUID": guid_for(tie.source),
            "targetGUID": guid_for(tie.target),
        }
        self.links.append(element("Link", given))

    def _values(self, meta: Mapping[str, Any]) -> list[str]:
        found: list[str] = []
        for name, value in meta.items():
            if value is None:
                continue
            type_, tag = _type_of(value)
            text = value if isinstance(value, str) else msgspec.json.encode(value).decode()
            if isinstance(value, list | dict):
                what = "metadata that are lists or objects, written as text"
                self._losses.note("meta-text", what, f"{self._record.document.name}: {name}", is_whole=True)
            reference = element("VariableRef", {"targetGUID": self._project.variable(name, type_)})
            found.append(element("VariableValue", {}, reference + worded(tag, self._written(text, name))))
        return found

    def _written(self, text: str, what: str) -> str:
        if writable(text) != text:
            said = "characters that XML can't have, written as U+FFFD"
            self._losses.note("character", said, f"{self._record.document.name}: {what}", is_whole=True)
        return text


def _type_of(value: object) -> tuple[str, str]:
    """Return the type of a variable with a value, and the element for the value."""
    match value:
        case bool():
            return "Boolean", "BooleanValue"
        case int():
            return "Integer", "IntegerValue"
        case float():
            return "Float", "FloatValue"
        case _:
            return "Text", "TextValue"


def _note_reference(guid: str) -> str:
    return element("NoteRef", {"targetGUID": guid})


def _shortened(words: str) -> str:
    """Return the beginning of some words as the name of a selection."""
    said = " ".join(words.split())
    return said if len(said) <= _LONGEST_NAME else f"{said[:_LONGEST_NAME].rstrip()}..."


class _Lines:
    """A text as it is written, with its line ends as they are or as two characters."""

    def __init__(self, text: str, *, is_changed: bool) -> None:
        self.text = text
        self._added: list[int] = []
        if is_changed:
            self._added = [at for at, char in enumerate(text) if char == "\n" and text[at - 1 : at] != "\r"]
            self.text = text.replace("\r\n", "\n").replace("\n", "\r\n")

    def offset(self, offset: int) -> int:
        """Return where an offset of the text is in the one that is written."""
        return offset + bisect_left(self._added, offset)

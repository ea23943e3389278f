"""Writes brat's folders: a text and its annotations for each document, and the configuration."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, cast

from app.core.annotation import Annotation, Relation
from app.core.record import DocumentRecord, SetRecord
from app.core.relation_edits import chains
from app.core.scheme import SEVERITY, Attribute, FieldKind, Scheme
from app.exchange.file_names import FileNames, safe
from app.exchange.format import WriteOptions, Writer
from app.exchange.formats.brat.config import BratTypes, annotation_conf, type_name, visual_conf
from app.exchange.formats.brat.reader import ANN
from app.exchange.formats.brat.work import COMMENT, CORRECTION, OWN
from app.exchange.kept_fields import kept_of
from app.exchange.losses import Losses
from app.exchange.output import Output
from app.exchange.provenance import OriginPlace
from app.exchange.report import LossReport

_TEXT = ".txt"
_BYTE_ORDER_MARK = "\ufeff"
_BREAK = re.compile(r"[^\n\r\t]+")


class BratWriter(Writer):
    """Writes a folder for brat's data: with several annotators, a folder in it for each.

    Corrections are notes of the kind `Correction`, comments `AnnotatorNotes`, entities normalizations, and values that
    brat can't show notes named after the field. What has no place in brat is reported.
    """

    is_folder = True
    origin_place = OriginPlace.FIELDS
    companions = ("annotation.conf", "visual.conf")
    has_file_each = True

    def write(self, records: Iterable[DocumentRecord], output: Output, options: WriteOptions) -> LossReport:
        """Write the records as they come; the configuration comes first."""
        losses = Losses("brat", OWN, keeps=("name", "attribute", "correction", "comment", "relation-field"))
        names = FileNames(without=_TEXT)
        types = BratTypes(options.scheme)
        for name, text in (("annotation.conf", annotation_conf(types)), ("visual.conf", visual_conf(types))):
            with output.open(name) as file:
                file.write(text.encode())
        several = len(options.annotators) != 1
        for record in records:
            losses.of_document(record)
            if record.document.text.startswith(_BYTE_ORDER_MARK):
                what = "texts that begin with a byte order mark, which programs take away"
                losses.note("byte-order-mark", what, record.document.name, is_whole=True)
            for item in record.sets or (None,):
                folder = f"{safe(item.annotator)}/" if item is not None and several else ""
                stem = folder + names.stem(record.document)
                if item is None and several:
                    stem = stem.replace("/", "_")  # its first folder would be taken for an annotator
                if record.document.name != stem.removeprefix(folder) + _TEXT:
                    what = "names of documents that aren’t those of text files, changed"
                    losses.note("file-name", what, record.document.name, is_whole=True)
                text = _Standoff(record, item, types, losses).text() if item is not None else ""
                # brat only lists texts that have such a file, be it empty.
                for suffix, content in ((_TEXT, record.document.text), (ANN, text)):
                    with output.open(stem + suffix) as file:
                        file.write(content.encode())
        return losses.report


class _Standoff:
    """The annotations of one annotator on one document, as the text of a file."""

    def __init__(self, record: DocumentRecord, item: SetRecord, types: BratTypes, losses: Losses) -> None:
        self._record = record
        self._document = record.document
        self._item = item
        self._types = types
        self._scheme: Scheme = types.scheme
        self._losses = losses
        self._ids: dict[str, str] = {}  # by uid
        self._triggers: dict[tuple[str, ...], str] = {}  # of events, by what they had in brat and where they are
        self._events: dict[str, list[str]] = {}  # the parts of their lines, by uid
        self._count = dict.fromkeys("TERAN#", 0)
        self._lines: list[str] = []

    def text(self) -> str:
        self._losses.of_set(self._record, self._item)
        for annotation in self._item.annotations:
            self._losses.of_mark(self._record, self._item, annotation)
            if self._scheme.is_about_document(annotation.layer):
                self._lose("about-document", "labels of documents as a whole", annotation.label)
            else:
                self._mark(annotation)
        self._relations()
        self._lines += [f"{self._ids[uid]}\t{' '.join(parts)}" for uid, parts in self._events.items()]
        return "".join(f"{line}\n" for line in self._lines)

    def _mark(self, annotation: Annotation) -> None:
        text = self._document.text
        whole = [(f.start, f.end) for f in annotation.fragments]
        pieces = [pair for start, end in whole for pair in _lines_of(text, start, end)] or [(annotation.start,) * 2]
        if pieces != whole:
            self._lose("line-break", "marks over line breaks, which brat splits there", annotation.quote, is_kept=True)
        if annotation.is_anchor:
            self._lose("anchor", "anchors, which brat keeps and doesn't draw", annotation.label, is_kept=True)
        words = " ".join(text[start:end] for start, end in pieces)
        places = ";".join(f"{start} {end}" for start, end in pieces)
        type_ = self._types.label(annotation.layer, annotation.label)
        trigger = kept_of(annotation.extra, OWN).get("trigger")
        key = (str(trigger), type_, places)
        id = self._triggers.get(key) if trigger else None
        if id is None:
            id = self._next("T")
            self._lines.append(f"{id}\t{type_} {places}\t{words}")
        if trigger:
            self._triggers[key] = id
            self._events[annotation.uid] = [f"{type_}:{id}"]
            id = self._next("E")
        self._ids[annotation.uid] = id
        layer = self._scheme.layer(annotation.layer)
        known = layer.attributes_of(annotation.label) if layer is not None else ()
        self._fields(id, annotation.attributes, {each.id: each for each in known})
        if annotation.correction is not None:
            self._note(CORRECTION, id, annotation.correction)
        if annotation.comment:
            self._note(COMMENT, id, annotation.comment)
        for kind, said in kept_of(annotation.extra, OWN).get("notes", []):
            self._note(str(kind), id, str(said))

    def _fields(self, id: str, values: Mapping[str, Any], known: Mapping[str, Attribute]) -> None:
        for name, value in values.items():
            attribute = known.get(name)
            if isinstance(value, dict) and "id" in value:
                self._link(id, name, cast("Mapping[str, Any]", value))
            elif isinstance(value, bool):
                if value:
                    self._lines.append(f"{self._next('A')}\t{type_name(name)} {id}")
                else:
                    self._note(type_name(name), id, "false")
            elif isinstance(value, str) and (name == SEVERITY or _is_one_of_few(attribute, value)):
                self._lines.append(f"{self._next('A')}\t{type_name(name)} {id} {type_name(value)}")
            elif isinstance(value, list):
                for each in cast("list[object]", value):
                    self._note(type_name(name), id, str(each))
            else:
                self._note(type_name(name), id, str(cast("object", value)))

    def _link(self, id: str, name: str, entry: Mapping[str, Any]) -> None:
        entry_id = str(entry["id"])
        resource = entry_id if ":" in entry_id else f"{type_name(name)}:{entry_id}"
        title = _one_line(str(entry.get("title", "")))
        self._lines.append(f"{self._next('N')}\t{type_name(name)} {id} {resource.replace(' ', '_')}\t{title}")

    def _relations(self) -> None:
        ties = [tie for tie in self._item.relations if all(end in self._ids for end in tie.ends)]
        if len(ties) < len(self._item.relations):
            count = len(self._item.relations) - len(ties)
            self._lose("relation", "relations of labels of the document", "", count=count)
        not_roles = {uid for each in self._item.annotations for uid in kept_of(each.extra, OWN).get("relations", ())}
        for tie in ties:
            if self._is_plain_link(tie):
                continue
            if tie.source in self._events and tie.uid not in not_roles and not tie.attributes and not tie.comment:
                self._add_role(self._events[tie.source], type_name(tie.label), self._ids[tie.target])
                continue
            id = self._next("R")
            source, target = (self._ids[end] for end in tie.ends)
            self._lines.append(f"{id}\t{type_name(tie.label)} Arg1:{source} Arg2:{target}\t")
            type_ = self._scheme.relation(tie.label)
            self._fields(id, tie.attributes, {each.id: each for each in type_.attributes} if type_ else {})
            if tie.comment:
                self._note(COMMENT, id, tie.comment)
        plain = [tie for tie in ties if self._is_plain_link(tie)]
        for label, members in self._chains(plain):
            self._lines.append(f"*\t{type_name(label)} {' '.join(members)}")

    @staticmethod
    def _add_role(parts: list[str], role: str, target: str) -> None:
        """Add what fills a role to an event; brat numbers roles of one name from the second on."""
        number = 1 + sum(part.partition(":")[0].rstrip("0123456789") == role for part in parts[1:])
        parts.append(f"{role}{number if number > 1 else ''}:{target}")

    def _is_plain_link(self, tie: Relation) -> bool:
        type_ = self._scheme.relation(tie.label)
        return type_ is not None and type_.chain and not tie.attributes and not tie.comment

    def _chains(self, ties: Iterable[Relation]) -> Iterator[tuple[str, list[str]]]:
        links = list(ties)
        for label in dict.fromkeys(tie.label for tie in links):
            for members in chains(links, label):
                yield label, [self._ids[uid] for uid in self._ids if uid in members]

    def _note(self, kind: str, id: str, said: str) -> None:
        line = _one_line(said)
        if line != said:
            self._lose("note-break", "line breaks and tabs in comments, written as blanks", said, is_kept=True)
        self._lines.append(f"{self._next('#')}\t{kind} {id}\t{line}")

    def _next(self, kind: str) -> str:
        self._count[kind] += 1
        return f"{kind}{self._count[kind]}"

    def _lose(self, kind: str, what: str, example: str, *, count: int = 1, is_kept: bool = False) -> None:
        """Note a loss; `what` says all of it if something of it is kept."""
        where = f"{self._document.name} ({self._item.annotator})"
        where = f"{where}: “{example[:40]}”" if example else where
        self._losses.note(kind, what, where, count=count, is_whole=is_kept)


def _is_one_of_few(attribute: Attribute | None, value: str) -> bool:
    if attribute is None:
        return value != "" and type_name(value) == value  # others stand in a note, which holds any line
    return attribute.kind in (FieldKind.CHOICE, FieldKind.SCALE) and attribute.value(value) is not None


def _lines_of(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Yield the parts of a range without line breaks and tabs, which a line of the file can't have."""
    if not any(char in text[start:end] for char in "\n\r\t"):
        yield start, end
        return
    for found in _BREAK.finditer(text, start, end):
        words = found[0]
        lead, rest = len(words) - len(words.lstrip()), len(words.rstrip())
        if rest > lead:
            yield found.start() + lead, found.start() + rest


def _one_line(text: str) -> str:
    return re.sub(r"[\n\r\t]+", " ", text)

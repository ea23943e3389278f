"""Writes PubTator's format."""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, cast

import msgspec

from app.core.annotation import Annotation, Relation
from app.core.record import DocumentRecord, SetRecord
from app.exchange.format import WriteOptions, Writer
from app.exchange.formats.pubtator.reader import CONCEPT, NO_CONCEPT, NOVELTY, OWN, VALUE
from app.exchange.kept_fields import kept_of
from app.exchange.label_names import LabelNames
from app.exchange.losses import Losses
from app.exchange.output import Output
from app.exchange.report import LossReport

_BREAKS = re.compile(r"[\n\r\t]")
_LINE_ENDS = re.compile(r"[\n\r]+")
_NO_ID = re.compile(r"[|\t\n\r]+")
_KEPT = ("name", "attribute")


class PubtatorWriter(Writer):
    """Writes title and abstract of each document, its marks with their concepts, and relations between concepts. The
    marks of several annotators stand together.
    """

    suffix = ".pubtator"

    def write(self, records: Iterable[DocumentRecord], output: Output, options: WriteOptions) -> LossReport:
        """Write the records as they come."""
        out = output.main()
        losses = Losses("PubTator", OWN, keeps=_KEPT)
        names = LabelNames(options.scheme)
        taken: set[str] = set()
        for record in records:
            lines = _Lines(record, options, names, losses, taken).all()
            out.write("".join(f"{line}\n" for line in lines).encode() + b"\n")
        return losses.report


class _Lines:
    """Makes the lines of one document."""

    def __init__(
        self, record: DocumentRecord, options: WriteOptions, names: LabelNames, losses: Losses, taken: set[str]
    ) -> None:
        self._record = record
        self._text = record.document.text
        self._scheme = options.scheme
        self._names = names
        self._losses = losses
        self._own = kept_of(record.extra, OWN)
        self._id = self._free_id(taken)

    def _free_id(self, taken: set[str]) -> str:
        name = self._record.document.name
        plain = id = str(self._own.get("id") or _NO_ID.sub(" ", name).strip()[:200] or "document")
        number = 1
        # The same document twice in a file had the same id there.
        while id in taken and "id" not in self._own:
            number += 1
            id = f"{plain} ({number})"
        if id != name and "id" not in self._own:
            self._losses.note("id", "names of documents that can't be ids, changed", name, is_whole=True)
        taken.add(id)
        return id

    def all(self) -> Iterator[str]:
        record, losses = self._record, self._losses
        parts = self._kept_parts() or self._new_parts()
        meta = {k: v for k, v in record.document.meta.items() if k != "title" or v != parts[0][1].strip()}
        losses.of_document(record._replace(document=msgspec.structs.replace(record.document, meta=meta)))
        if len(record.sets) > 1:
            what = "documents of several annotators, whose marks stand together without their names"
            losses.note("annotator", what, record.document.name, is_whole=True)
        yield from self._heads(parts)
        concepts: dict[str, str] = {}
        spans: list[tuple[int, int, str]] = []
        for item in record.sets:
            losses.of_set(record, item)
            for mark in item.annotations:
                losses.of_mark(record, item, mark)
                spans.extend(self._spans(item, mark, concepts))
        yield from (line for _, _, line in sorted(spans, key=lambda each: each[:2]))
        yield from dict.fromkeys(self._ties(concepts))

    def _heads(self, parts: Sequence[tuple[str, str]]) -> Iterator[str]:
        for kind, part in parts:
            line = _BREAKS.sub(" ", part)
            if line != part:
                what = "line breaks and tabs in texts, written as blanks"
                self._losses.note("line-break", what, self._record.document.name, is_whole=True)
            yield f"{self._id}|{kind}|{line}"

    def _kept_parts(self) -> list[tuple[str, str]] | None:
        """Return the parts as the text came, if it is still cut where they end."""
        found: list[tuple[str, str]] = []
        at = 0
        for kind, length in cast("Sequence[tuple[str, int]]", self._own.get("parts") or ()):
            if found and self._text[at - 1 : at] != "\n":
                return None
            found.append((kind, self._text[at : at + length]))
            at += length + 1
        return found if at == len(self._text) + 1 else None

    def _new_parts(self) -> list[tuple[str, str]]:
        """Return the first line as the title, the rest as the abstract: each line end is one character of the text."""
        text = self._text
        found = _LINE_ENDS.search(text, len(text) - len(text.lstrip()), len(text.rstrip()))
        if found is None:
            return [("t", text)]
        return [("t", text[: found.end() - 1]), ("a", text[found.end() :])]

    def _spans(self, item: SetRecord, mark: Annotation, concepts: dict[str, str]) -> Iterator[tuple[int, int, str]]:
        where = f"{self._record.document.name} ({item.annotator}): “{(mark.quote or mark.label)[:40]}”"
        if self._scheme.is_about_document(mark.layer):
            self._losses.note("about-document", "labels of documents as a whole", where)
            return
        pieces = [(f.start, f.end) for f in mark.fragments if f.start < f.end]
        if not pieces:
            self._losses.note("anchor", "anchors", where)
        if len(pieces) > 1:
            what = "marks of several pieces, written as a mark for each"
            self._losses.note("fragments", what, where, is_whole=True)
        kept = kept_of(mark.extra, OWN)
        columns = self._concept(mark, kept)
        concepts[mark.uid] = columns[0] if columns else ""
        columns += [str(each) for each in kept.get("more", ())]
        self._note_fields(mark, where)
        label = _BREAKS.sub(" ", self._names.of(mark.layer, mark.label))
        for start, end in pieces:
            words = _BREAKS.sub(" ", self._text[start:end])
            yield start, end, "\t".join((self._id, str(start), str(end), words, label, *columns))

    def _concept(self, mark: Annotation, kept: Any) -> list[str]:  # noqa: ANN401  what a file left
        """Return the column with a mark's concept: that of its field, or what stood there if there was none."""
        said = next((found for name, value in mark.attributes.items() if (found := _entry(name, value))), "")
        if not said and "concept" in kept:
            return [] if kept["concept"] is None else [str(kept["concept"])]
        return [_BREAKS.sub(" ", said) or "-"]

    def _note_fields(self, mark: Annotation, where: str) -> None:
        entries = [name for name, value in mark.attributes.items() if _entry(name, value)]
        count = len(mark.attributes) - min(1, len(entries))
        self._losses.note("field", "fields of marks", where, count=count)

    def _ties(self, concepts: dict[str, str]) -> Iterator[str]:
        """Yield the relations: those that came from such a file between the concepts that stood there."""
        ties = {tie.uid: tie for item in self._record.sets for tie in item.relations}
        for uid, *rest in cast("Sequence[Sequence[str | None]]", self._own.get("relations") or ()):
            type, *columns = map(str, rest)
            tie = ties.pop(uid, None) if uid is not None else None
            if uid is None:
                yield "\t".join((self._id, type, *columns))
            elif tie is not None:
                more = _said(tie) or columns[2:3]
                yield "\t".join((self._id, _BREAKS.sub(" ", tie.label), *columns[:2], *more, *columns[3:]))
        for tie in ties.values():
            ends = [concepts.get(end, "") for end in tie.ends]
            where = f"{self._record.document.name}: {tie.label}"
            if any(end in NO_CONCEPT for end in ends):
                self._losses.note("relation", "relations of marks without a concept", where)
                continue
            lost = len(tie.attributes) - len(_said(tie)) + int(tie.comment != "")
            self._losses.note("relation-field", "fields of and comments on relations", where, count=lost)
            yield "\t".join((self._id, _BREAKS.sub(" ", tie.label), *ends, *_said(tie)))


def _entry(name: str, value: object) -> str:
    """Return the id of an entity, or a text in the field that PubTator's concepts are read into; "" for others."""
    if isinstance(value, dict):
        return str(cast("dict[str, object]", value).get("id") or "")
    return value if name == CONCEPT and isinstance(value, str) else ""


def _said(tie: Relation) -> list[str]:
    """Return the column behind the concepts of a relation, if there is one."""
    found = next((tie.attributes[name] for name in (NOVELTY, VALUE) if tie.attributes.get(name)), None)
    return [_BREAKS.sub(" ", str(found))] if found is not None else []

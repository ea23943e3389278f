"""Errors among the marks of a project, for formats that have nothing else, and what they are called there.

A project marks entities and claims beside errors. A dataset of hallucinations would take all of them for errors.
"""

from collections.abc import Callable
from typing import Any, cast

import msgspec

from app.core.annotation import Annotation
from app.core.document import Document
from app.core.record import DocumentRecord, SetRecord
from app.core.scheme import Scheme
from app.exchange.category_names import ERROR_LAYER
from app.exchange.foreign_document import LONGEST
from app.exchange.format import WriteOptions
from app.exchange.losses import Losses
from app.exchange.written_ids import WrittenIds

STET = "stet"


class ErrorMarks:
    """Chooses the errors among an annotator's marks: those in the layers that were chosen for the export, else in the
    layer `error`, if the scheme has it. `own` is the format's key in what is kept of foreign files.
    """

    def __init__(self, options: WriteOptions, losses: Losses, own: str) -> None:
        self._scheme = options.scheme
        is_chosen = bool(options.layers) or options.scheme.layer(ERROR_LAYER) is None
        self._only = None if is_chosen else ERROR_LAYER
        self._losses = losses
        self._own = own

    def of(self, record: DocumentRecord, item: SetRecord) -> list[Annotation]:
        """Return the errors in their order; what of the set can't be written is noted, but nothing of the errors."""
        losses = self._losses
        losses.of_set(record, item)
        found: list[Annotation] = []
        for mark in item.annotations:
            where = f"{record.document.name} ({item.annotator}): {mark.layer}.{mark.label}"
            if self._scheme.is_about_document(mark.layer):
                losses.note("document-label", "labels of documents", where)
            elif self.takes(mark, where):
                found.append(mark)
        name = f"{record.document.name} ({item.annotator})"
        losses.note("relation", "relations", name, count=len(item.relations))
        return found

    def takes(self, mark: Annotation, where: str) -> bool:
        """Whether a mark is an error by its layer; that it is left out is noted."""
        if self._only is None or mark.layer == self._only or self._own in mark.extra:
            return True
        what = f"marks of other layers than “{self._only}”, left out unless layers are chosen for the export"
        self._losses.note("layer", what, where, is_whole=True)
        return False


class IdleDocuments:
    """Notes the documents that an export leaves out because nobody has worked on them, and of those that are references
    of others that only their texts are written. With `own`, the format's key in what is kept of foreign files,
    references of documents that came from such a file lose nothing.
    """

    def __init__(self, losses: Losses, own: str = "") -> None:
        self._losses = losses
        self._own = own
        self._names: dict[str, str] = {}  # by uid
        self._references: set[str] = set()
        self._read: set[str] = set()  # references that came with their documents

    def note_references(self, record: DocumentRecord) -> None:
        """Remember what a document refers to."""
        self._references.update(record.references)
        if self._own and self._own in record.extra:
            self._read.update(record.references)

    def add(self, record: DocumentRecord) -> None:
        """Remember a document that is left out."""
        self._names[record.document.uid] = record.document.name

    def note(self) -> None:
        """Note the documents, once all are known."""
        for uid, name in self._names.items():
            if uid not in self._references:
                self._losses.note("no-work", "documents that nobody has worked on, left out", name, is_whole=True)
            elif uid not in self._read:
                self._losses.note("source-name", "names and metadata of references", name)


class Crosswalk:
    """What another dataset calls the labels of a scheme, by the scheme's crosswalk; a label takes that of those above
    it, if it has none of its own. `words_of` finds the dataset's own word in what the crosswalk says, which may be
    prose; None if there is none.
    """

    def __init__(self, scheme: Scheme, dataset: str, words_of: Callable[[str], str | None]) -> None:
        self._scheme = scheme
        self._dataset = dataset
        self._words_of = words_of
        self._known: dict[tuple[str, str], str | None] = {}

    def of(self, mark: Annotation) -> str | None:
        """Return what the label of a mark is called there; None if the scheme doesn't say it."""
        key = (mark.layer, mark.label)
        if key not in self._known:
            self._known[key] = self._found(*key)
        return self._known[key]

    def _found(self, layer: str, label: str) -> str | None:
        known = self._scheme.layer(layer)
        lineage = known.lineage(label) if known is not None else ()
        for id in reversed(lineage):
            said = self._scheme.label(layer, id)
            found = self._words_of(said.maps.get(self._dataset, "")) if said is not None else None
            if found is not None:
                return found
        return None


def without_fields(mark: Annotation, *names: str) -> Annotation:
    """Return a mark without some of its fields: those that a format says in its own way, for the report of losses."""
    if not mark.attributes.keys() & set(names):
        return mark
    return msgspec.structs.replace(mark, attributes={k: v for k, v in mark.attributes.items() if k not in names})


def place_of(mark: Annotation) -> str:
    """Return layer and label of a mark, by which it is seen whether they are still those of its file."""
    return f"{mark.layer}.{mark.label}"


class OwnFields:
    """What of our own marks stands beside the fields of a dataset, which readers of it pass over: the id, by which a
    mark that comes back is known, and the label, where another word stands for it.
    """

    def __init__(self, document: Document, annotator: str) -> None:
        self._ids = WrittenIds(document.name, document.sha256, annotator)
        self._read: set[str] = set()

    def written(self, mark: Annotation, said: str) -> dict[str, Any]:
        """Return the fields of a mark; `said` is the label that the dataset's field says."""
        is_other = said != mark.label or mark.layer != ERROR_LAYER
        return {"id": self._ids.written(mark.uid), **({"label": place_of(mark)} if is_other else {})}

    def read(self, given: object) -> tuple[str | None, str, str]:
        """Return the uid of a mark, None if it wasn't written for this document and annotator, or was read before, with
        layer and label, empty if the dataset's field says the label.
        """
        fields = cast("dict[str, object]", given) if isinstance(given, dict) else {}
        id, label = fields.get("id"), fields.get("label")
        uid = self._ids.read(id) if isinstance(id, str) else None
        if uid in self._read:
            uid = None
        elif uid is not None:
            self._read.add(uid)
        layer, _, name = label.partition(".") if isinstance(label, str) and _is_name(label) else ("", "", "")
        return (uid, layer, name) if layer and name else (uid, "", "")


def _is_name(text: str) -> bool:
    return len(text) <= LONGEST and text.isprintable()

"""The sample project: machine-paraphrased news, the original reports, and some work on them.

The person gets a document that is begun, with one of each thing that can be said; two others have finished another one
and differ about it, so that Review and Insights have something to show.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from app import paths
from app.core import annotation_edits, relation_edits
from app.core.annotation import Annotation, Relation, Stance, Status
from app.core.document import Document, sha256
from app.core.edits import Edit, apply
from app.core.errors import FormatError
from app.core.ids import new_uid
from app.core.record import DocumentRecord, SetRecord
from app.core.scheme import Scheme
from app.core.state import DocumentState
from app.exchange.formats.text import decode
from app.jobs.tasks.scheme_file import read_scheme
from app.services.importing.document_import import import_documents
from app.session.session import Session

SCHEME = "news-full"


class _Document(msgspec.Struct):
    name: str
    file: str
    references: list[str] = []


class _Evidence(msgspec.Struct):
    document: str
    quote: str
    stance: Stance
    context: str | None = None
    set: int = 1


class _Mark(msgspec.Struct):
    """A mark on the words `quote`, which are looked for inside `context`; or on the place behind `after`; or, without
    either, about the document. Relations name it by its `id`.
    """

    layer: str
    label: str
    id: str = ""
    quote: str = ""
    context: str | None = None
    after: str | None = None
    severity: str | None = None
    correction: str | None = None
    comment: str = ""
    evidence: list[_Evidence] = []
    attributes: dict[str, Any] = {}


class _Relation(msgspec.Struct):
    type: str
    source: str
    target: str
    attributes: dict[str, Any] = {}


class _Work(msgspec.Struct):
    """What an annotator made of a document; without a name, it is the person's own."""

    document: str
    marks: list[_Mark]
    relations: list[_Relation] = []
    annotator: str = ""
    status: Status = Status.OPEN
    seconds: float = 0.0


class _Sample(msgspec.Struct):
    documents: list[_Document]
    work: list[_Work]


def create_sample(path: Path, *, annotator: str = "you") -> Session:
    """Create the sample project at a path and open it for the annotator, with an empty undo history.

    Raises ProjectError if the project can't be created; then there is no file.
    """
    folder = paths.resources() / "sample"
    sample = msgspec.json.decode((folder / "sample.json").read_bytes(), type=_Sample)
    scheme = read_scheme(SCHEME)

    def fill(made: Session) -> None:
        # Without an annotator, so that the user can't undo the sample itself.
        import_documents(made, _records(sample, folder, made.scheme, annotator), title="Create sample")

    return Session.create(path, scheme=scheme.source, scheme_path=str(scheme.path), annotator=annotator, fill=fill)


def _records(sample: _Sample, folder: Path, scheme: Scheme, annotator: str) -> list[DocumentRecord]:
    documents: dict[str, Document] = {}
    for item in sample.documents:
        text, meta = decode((folder / item.file).read_bytes(), folder / item.file)
        documents[item.name] = Document(uid=new_uid(), name=item.name, text=text, sha256=sha256(text), meta=meta)
    sets: dict[str, list[SetRecord]] = {item.name: [] for item in sample.documents}
    for work in sample.work:
        made = _Maker(documents, scheme).annotations(work)
        name = work.annotator or annotator
        of_document = sets[work.document]
        of_document.append(SetRecord(name, "person", work.status, scheme.tag, work.seconds, made.marks, made.relations))
    return [
        DocumentRecord(
            documents[item.name], tuple(documents[name].uid for name in item.references), tuple(sets[item.name])
        )
        for item in sample.documents
    ]


class _Made(NamedTuple):
    marks: tuple[Annotation, ...]
    relations: tuple[Relation, ...]


class _Maker:
    """Edits as a user would, so that annotations and relations get everything that a user's would get."""

    def __init__(self, documents: Mapping[str, Document], scheme: Scheme) -> None:
        self._documents = documents
        self._scheme = scheme

    def annotations(self, work: _Work) -> _Made:
        """Return the annotations and relations that somebody made."""
        state = DocumentState.of(self._documents[work.document], annotator=work.annotator)
        uids: dict[str, str] = {}
        for mark in work.marks:
            before = state
            state = self._marked(state, mark)
            (uids[mark.id],) = state.annotations.keys() - before.annotations.keys()
        for tie in work.relations:
            state = self._related(state, tie, uids)
        return _Made(tuple(state.in_order()), tuple(state.relations.values()))

    def _marked(self, state: DocumentState, mark: _Mark) -> DocumentState:
        places = _places(state.document, mark)
        scheme = self._scheme
        added = annotation_edits.annotate(state, places, layer=mark.layer, label=mark.label, scheme=scheme)
        uid = added.annotation.uid
        state = apply(state, added).state

        def change(edit: Edit) -> Annotation:
            nonlocal state
            state = apply(state, edit).state
            return state.annotations[uid]

        annotation = state.annotations[uid]
        if mark.severity is not None:
            annotation = change(annotation_edits.change_severity(annotation, mark.severity, scheme=scheme))
        if mark.correction is not None:
            annotation = change(annotation_edits.change_correction(annotation, mark.correction))
        if mark.comment:
            annotation = change(annotation_edits.change_comment(annotation, mark.comment))
        for proof in mark.evidence:
            where = _place(self._documents[proof.document], proof.quote, proof.context)
            annotation = change(
                annotation_edits.link_evidence(
                    annotation,
                    self._documents[proof.document],
                    [where],
                    scheme=scheme,
                    stance=proof.stance,
                    alternative=proof.set,
                )
            )
        for name, value in mark.attributes.items():
            annotation = change(annotation_edits.change_attribute(annotation, name, value))
        return state

    def _related(self, state: DocumentState, tie: _Relation, uids: Mapping[str, str]) -> DocumentState:
        source, target = (state.annotations[uids[name]] for name in (tie.source, tie.target))
        before = state
        state = apply(state, relation_edits.connect(state, source, target, tie.type, scheme=self._scheme)).state
        (uid,) = state.relations.keys() - before.relations.keys()
        for name, value in tie.attributes.items():
            made = state.relations[uid]
            state = apply(state, relation_edits.change_relation_attribute(made, name, value)).state
        return state


def _places(document: Document, mark: _Mark) -> Sequence[tuple[int, int]]:
    if mark.after is not None:
        end = _place(document, mark.after, None)[1]
        return [(end, end)]
    return [_place(document, mark.quote, mark.context) if mark.quote else (0, 0)]


def _place(document: Document, quote: str, context: str | None) -> tuple[int, int]:
    """Return the offsets of the quote in code points, inside the context."""
    around = context or quote
    if document.text.count(around) != 1:
        raise FormatError(f"“{around}” doesn't occur exactly once in “{document.name}”", hint="fix sample.json")
    start = document.text.index(around) + around.index(quote)
    return start, start + len(quote)

"""The sample project: machine-paraphrased news, the original reports, and a few annotations."""

from pathlib import Path
from typing import Any

import msgspec

from app import paths
from app.core import annotation_edits
from app.core.annotation import Annotation, Stance
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

SCHEME = "news-errors"


class _Document(msgspec.Struct):
    name: str
    file: str
    references: list[str] = []


class _Evidence(msgspec.Struct):
    document: str
    quote: str
    stance: Stance
    context: str | None = None


class _SampleAnnotation(msgspec.Struct):
    document: str
    layer: str
    label: str
    quote: str
    given: bool
    context: str | None = None
    after: str | None = None
    severity: str | None = None
    correction: str | None = None
    comment: str = ""
    evidence: _Evidence | None = None
    attributes: dict[str, Any] = {}


class _Sample(msgspec.Struct):
    documents: list[_Document]
    annotations: list[_SampleAnnotation]


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
    records: list[DocumentRecord] = []
    for item in sample.documents:
        document = documents[item.name]
        state = DocumentState.of(document, annotator=annotator)
        for given in sample.annotations:
            if given.given and given.document == item.name:
                state = _annotated(state, given, documents, scheme)
        work = SetRecord(annotator, "person", state.status, scheme.tag, 0.0, tuple(state.in_order()), ())
        references = tuple(documents[name].uid for name in item.references)
        records.append(DocumentRecord(document, references, (work,) if state.annotations else ()))
    return records


def _annotated(
    state: DocumentState, given: _SampleAnnotation, documents: dict[str, Document], scheme: Scheme
) -> DocumentState:
    """Edit as a user would, so that the annotation gets everything that a user's would get."""
    place = _place(state.document, given.quote, given.context, given.after)
    edit = annotation_edits.annotate(state, [place], layer=given.layer, label=given.label, scheme=scheme)
    uid = edit.annotation.uid
    state = apply(state, edit).state

    def change(next_edit: Edit) -> Annotation:
        nonlocal state
        state = apply(state, next_edit).state
        return state.annotations[uid]

    annotation = state.annotations[uid]
    if given.severity is not None:
        annotation = change(annotation_edits.change_severity(annotation, given.severity, scheme=scheme))
    if given.correction is not None:
        annotation = change(annotation_edits.change_correction(annotation, given.correction))
    if given.comment:
        annotation = change(annotation_edits.change_comment(annotation, given.comment))
    if given.evidence is not None:
        reference, stance = documents[given.evidence.document], given.evidence.stance
        where = _place(reference, given.evidence.quote, given.evidence.context, None)
        annotation = change(
            annotation_edits.link_evidence(annotation, reference, [where], scheme=scheme, stance=stance)
        )
    for name, value in given.attributes.items():
        annotation = change(annotation_edits.change_attribute(annotation, name, value))
    return state


def _place(document: Document, quote: str, context: str | None, after: str | None) -> tuple[int, int]:
    """Return the offsets of the quote in code points: inside the context, or as an insertion point after `after`."""
    around = after or context or quote
    if document.text.count(around) != 1:
        raise FormatError(f"“{around}” doesn't occur exactly once in “{document.name}”", hint="fix sample.json")
    start = document.text.index(around)
    if after is not None:
        return start + len(after), start + len(after)
    start += around.index(quote)
    return start, start + len(quote)

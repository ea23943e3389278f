"""Checks a whole project: the file, the texts, every quote, the decisions, and the rules of the scheme."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from app.core.annotation import Annotation, quote_of
from app.core.errors import ChangedText, DamagedRow, ProjectError
from app.core.mark_ends import oddities
from app.core.progress import CancelToken, Progress, no_progress
from app.core.record import DocumentRecord, SetRecord
from app.core.scheme import Scheme
from app.core.state import DocumentState
from app.core.suggestion import unoffered
from app.core.validation import missing_layers, problems_of, quote_holds, relation_problems
from app.services.documents.counts import wrong_counts
from app.services.texts.text_lineage import broken_lineages
from app.session.session import Session

_MISMATCH = "the text at its position doesn't match this quote"


class CheckFinding(NamedTuple):
    """Something wrong, unfinished or odd; or what became of it in a repair.

    `is_problem` is False for what is merely unfinished: an annotation with an unmet rule, in a document that isn't
    done; for a suggestion whose label is missing from the scheme; and for an annotation that is odd, such as one that
    ends with white space. `kind` is a fixed word: file, link, row, decision, suggestion, text, list, log, seal,
    quote, evidence, relation, rule, space, split, half, blank or twice; of a repair, lost, mended or backup. `detail`
    is for experts.
    """

    is_problem: bool
    kind: str
    what: str
    document: str = ""
    document_name: str = ""
    annotator: str = ""
    annotation: str = ""
    detail: str = ""

    def __str__(self) -> str:
        where = ", ".join(part for part in (self.document_name, self.annotator) if part)
        return f"{where}: {self.what}" if where else self.what


def check_project(
    session: Session, *, progress: Progress = no_progress, cancel: CancelToken | None = None
) -> Iterator[CheckFinding]:
    """Yield all findings. A damaged file is read as far as it can be. Raises Cancelled."""
    integrity = session.reader.integrity
    damage = integrity.file_damage()
    yield from damage_findings(damage)
    if session.reader.missing_log is not None:
        yield CheckFinding(True, "file", session.reader.missing_log)
    told: set[str] = set()
    try:
        for finding in _findings(session, progress, cancel):
            told.add(finding.document if finding.is_problem else "?")
            yield finding
        for seal in integrity.broken_seals():
            if seal.document not in told:  # what is wrong was said more exactly
                yield CheckFinding(True, "seal", seal.what, seal.document, seal.name)
    except ProjectError as error:
        if not damage:
            raise
        yield CheckFinding(True, "file", "the rest of the file can't be read", detail=error.what)


def _findings(session: Session, progress: Progress, cancel: CancelToken | None) -> Iterator[CheckFinding]:
    integrity = session.reader.integrity
    for table in integrity.broken_links():
        yield CheckFinding(True, "link", f"rows of the table “{table}” refer to rows that don't exist")
    with session.reader.snapshot():
        for damage in integrity.damaged_decisions():
            yield CheckFinding(True, "decision", damage.what, damage.document, damage.name)
        for row in integrity.damaged_rows():
            yield row_finding(row)
        yield from _record_findings(session, progress, cancel)
    for document, name in broken_lineages(session):
        what = "an earlier text doesn't lead to the present one, so what was made on it can't be merged"
        yield CheckFinding(True, "text", what, document, name)
    for fault in (*integrity.derived_faults(), *wrong_counts(session)):
        what = f"{fault.what}; stet check --repair makes it again"
        yield CheckFinding(True, "list", what, fault.document, fault.name)
    for document, name, what in integrity.damaged_suggestions():
        yield CheckFinding(True, "suggestion", what, document, name)
    yield from _replay_findings(session, progress, cancel)
    for stale in integrity.stale_evidence():
        what = f"evidence “{stale.evidence.quote[:40]}”: {stale.why}"
        yield CheckFinding(True, "evidence", what, stale.document, stale.name, annotation=stale.annotation)


def _replay_findings(session: Session, progress: Progress, cancel: CancelToken | None) -> Iterator[CheckFinding]:
    for fault in session.reader.integrity.replay_faults(progress=progress, cancel=cancel):
        yield CheckFinding(True, "log", fault.what, fault.document, fault.name)


def _record_findings(session: Session, progress: Progress, cancel: CancelToken | None) -> Iterator[CheckFinding]:
    damaged: list[DamagedRow] = []
    total = session.reader.documents.count()
    for number, record in enumerate(session.reader.records(on_damage=damaged.append)):
        if cancel is not None:
            cancel.raise_if_cancelled()
        progress(number, total, f"{number:,} documents")
        yield from _row_findings(damaged)
        yield from _document_findings(record, session.scheme)
        yield from _suggestion_findings(record, session.scheme)
    yield from _row_findings(damaged)


# These are read on their own, withdrawn and hidden ones too.
_READ_APART = ("decision", "suggestion", "judgement")


def _row_findings(damaged: list[DamagedRow]) -> Iterator[CheckFinding]:
    """Yield a finding for each damaged row, and forget it."""
    yield from (row_finding(row) for row in damaged if row.table not in _READ_APART)
    damaged.clear()


def row_finding(row: DamagedRow) -> CheckFinding:
    """Return the finding for a row that can't be decoded, or for a changed text."""
    if isinstance(row, ChangedText):
        what = "the text differs from what was imported: its hash doesn't match"
        return CheckFinding(True, "text", what, row.document, row.name)
    kind = row.table if row.table == "relation" else "row"
    return CheckFinding(True, kind, row.what, row.document, row.name)


def damage_findings(details: Iterable[str]) -> Iterator[CheckFinding]:
    """Yield a finding for each message of SQLite's integrity check."""
    yield from (CheckFinding(True, "file", "the file is damaged", detail=line) for line in details)


def _document_findings(record: DocumentRecord, scheme: Scheme) -> Iterator[CheckFinding]:
    document = record.document
    for item in record.sets:
        for annotation in item.annotations:
            yield from _annotation_findings(record, item, annotation, scheme)
        for annotation, oddity in oddities(item.annotations, document.text):
            what = f"“{annotation.quote[:40]}”: {oddity.of_one}"
            place = (document.uid, document.name, item.annotator, annotation.uid)
            yield CheckFinding(False, oddity.value, what, *place)
        yield from _relation_findings(record, item, scheme)


def _relation_findings(record: DocumentRecord, item: SetRecord, scheme: Scheme) -> Iterator[CheckFinding]:
    """Yield the unmet rules of relations, and which layers about the document have no annotation."""
    if not item.relations and not any(layer.required for layer in scheme.layers):
        return
    state = DocumentState.of(
        record.document, annotator=item.annotator, annotations=item.annotations, relations=item.relations
    )
    place = (record.document.uid, record.document.name, item.annotator)
    is_begun = item.status.is_finished or bool(item.annotations)
    for problem in missing_layers(state, scheme=scheme) if is_begun else ():
        yield CheckFinding(item.status.is_finished, "rule", problem.message, *place)
    for relation in item.relations:
        is_unknown = bool(scheme.relations) and scheme.relation(relation.label) is None
        for problem in relation_problems(relation, state, scheme=scheme):
            source = state.annotations[relation.source]
            what = f"relation of “{source.quote[:40]}”: {problem.message}"
            yield CheckFinding(is_unknown or item.status.is_finished, "rule", what, *place, source.uid)


def _suggestion_findings(record: DocumentRecord, scheme: Scheme) -> Iterator[CheckFinding]:
    place = (record.document.uid, record.document.name)
    for item in record.suggestions:
        suggestion = item.suggestion
        about = f"suggestion “{suggestion.quote[:40]}”"
        if scheme.label(suggestion.layer, suggestion.label) is None:
            yield CheckFinding(False, "suggestion", f"{about}: {unoffered(suggestion, scheme)}", *place)
        if quote_of(record.document.text, suggestion.fragments) != suggestion.quote:
            is_edited = bool(record.versions)
            why = "an edit of the text took its words, so it isn't offered" if is_edited else _MISMATCH
            yield CheckFinding(not is_edited, "quote", f"{about}: {why}", *place)


def _annotation_findings(
    record: DocumentRecord, item: SetRecord, annotation: Annotation, scheme: Scheme
) -> Iterator[CheckFinding]:
    def finding(kind: str, what: str, *, is_problem: bool) -> CheckFinding:
        place = (record.document.uid, record.document.name, item.annotator, annotation.uid)
        return CheckFinding(is_problem, kind, f"“{annotation.quote[:40]}”: {what}", *place)

    if not quote_holds(annotation, record.document.text):
        yield finding("quote", _MISMATCH, is_problem=True)
    is_unknown = scheme.label(annotation.layer, annotation.label) is None
    for problem in problems_of(annotation, scheme=scheme):
        yield finding("rule", problem.message, is_problem=is_unknown or item.status.is_finished)

"""The texts that a document had, and the changes that lead from one of them to the present one."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from operator import itemgetter
from typing import NamedTuple

import msgspec

from app.core.document import Document, sha256
from app.core.record import DocumentRecord
from app.core.scheme import Scheme
from app.core.text_change import TextChange, TextVersion
from app.services.texts.moved_record import moved
from app.session.session import Session


class TextStep(NamedTuple):
    """One edit of the text of a document (uid)."""

    document: str
    change: TextChange
    reason: str = ""


class Divergence(NamedTuple):
    """Two texts of one document that were made from a common one: the step that leads from theirs to ours, and what was
    edited there since the common one.
    """

    step: TextStep
    edits: TextChange


class BrokenLineage(ValueError):
    """Splices that don't lead from one text to the next, as their hashes say."""


def steps_from(document: Document, versions: Sequence[TextVersion], text: str) -> list[TextStep] | None:
    """Return the steps that lead from an earlier text of a document to its present one, by its versions, oldest first;
    None if it never had that text. If it had it several times, the last time counts.

    Raises BrokenLineage.
    """
    if text == document.text:
        return []
    return _steps(document, versions, text)


def steps_to(document: Document, later: str, versions: Sequence[TextVersion]) -> list[TextStep] | None:
    """Return the steps that lead from a document's text to a later one, by the versions that are told of that, oldest
    first; None if it isn't one, or they don't fit: they are somebody else's.
    """
    there = msgspec.structs.replace(document, text=later, sha256=sha256(later))
    try:
        return steps_from(there, versions, document.text)
    except BrokenLineage:
        return None


def divergence(
    document: Document, versions: Sequence[TextVersion], theirs: str, their_versions: Sequence[TextVersion]
) -> Divergence | None:
    """Return how a document's present text and another's (theirs) diverge, by the versions of both, oldest first; ours
    with their texts. None if they have no text in common, or if their edits don't lead from it to their text.

    The step compares both texts directly: what was edited alike on both sides is then no difference.
    """
    known = {version.sha256: version.text for version in versions if version.text is not None}
    common = next((known[one.sha256] for one in reversed(their_versions) if one.sha256 in known), None)
    if common is None:
        return None
    there = msgspec.structs.replace(document, text=theirs, sha256=sha256(theirs))
    try:
        if sha256(common) not in known or _steps(document, versions, common) is None:
            return None
        if _steps(there, their_versions, common) is None:
            return None
    except BrokenLineage:
        return None
    step = TextStep(document.uid, TextChange.between(theirs, document.text))
    return Divergence(step, TextChange.between(common, theirs))


def _steps(document: Document, versions: Sequence[TextVersion], text: str) -> list[TextStep] | None:
    wanted = sha256(text)
    at = next((at for at in range(len(versions) - 1, -1, -1) if versions[at].sha256 == wanted), None)
    if at is None:
        return None
    steps: list[TextStep] = []
    after = [*(version.sha256 for version in versions[at + 1 :]), document.sha256]
    for version, expected in zip(versions[at:], after, strict=True):
        try:
            change = TextChange(text, version.splices)
        except ValueError as error:
            raise BrokenLineage(str(error)) from error
        if sha256(change.new) != expected:
            raise BrokenLineage("an edit doesn't give the text that it should")
        steps.append(TextStep(document.uid, change, version.reason))
        text = change.new
    return steps


def broken_lineages(session: Session) -> Iterator[tuple[str, str]]:
    """Yield the documents (uid and name) with an earlier text that doesn't lead to the next one: what was made on it
    couldn't be brought to the present text.
    """
    for (uid, name), rows in groupby(session.reader.earlier_texts(), key=itemgetter(0, 1)):
        versions = [version for _, _, version in rows]
        document = session.reader.document(uid)
        try:
            known = next((at for at, version in enumerate(versions) if version.text is not None), None)
            if known is not None:
                _steps(document, versions[known:], versions[known].text or "")
        except BrokenLineage:
            yield uid, name


def steps_since(session: Session, sequence: int, *, but: Iterable[str] = ()) -> list[TextStep]:
    """Return the edits of texts by later actions than the one with this sequence in the log, oldest first; without
    those of some documents (uids), and of those whose text is what it was again.
    """
    found: list[TextStep] = []
    left_out = set(but)
    for uid in session.executor.texts.versions.edited(after=sequence):
        versions = session.executor.texts.versions.of_document(uid, with_text=True, after=sequence)
        if uid not in left_out and versions[0].sha256 != session.reader.document(uid).sha256:
            found += (TextStep(uid, TextChange(v.text or "", v.splices), v.reason) for v in versions)
    return found


def brought_here(record: DocumentRecord, steps: Iterable[TextStep], scheme: Scheme) -> DocumentRecord:
    """Return a record after all the edits."""
    for step in steps:
        record = moved(record, step.document, step.change, scheme).after
    return record


def backwards(steps: Sequence[TextStep]) -> list[TextStep]:
    """Return the steps that lead back."""
    return [step._replace(change=step.change.backwards()) for step in reversed(steps)]

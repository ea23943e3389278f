"""Every occurrence of a term in all documents, how each was annotated, and deciding them together."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

import msgspec

from app.core.annotation import Annotation, Fragment
from app.core.ids import new_uid
from app.core.progress import CancelToken
from app.core.text_search import Wanted
from app.review.decision_status import GroupStatus
from app.review.fields import CORRECTION, EVIDENCE, RANGE, rules_of
from app.review.fitted_correction import MisfitCorrection, fitted, misfit
from app.review.gold_composition import REVIEWER, by_votes
from app.review.groups import Group
from app.services.review.reviewer import Added, PickedGroup, Remarks, Reviewer, Sheet
from app.services.search.concordance import Concordance, Hit
from app.session.session import Session


class Occurrence(NamedTuple):
    """One occurrence of a term (offsets in code points), with the text around it and its group, if it has one."""

    document: str
    name: str
    start: int
    end: int
    before: str
    match: str
    after: str
    group: Group | None
    standing: GroupStatus


class TermDecision(NamedTuple):
    """What to do with occurrences: make `model` their gold, or reject them if it is None."""

    occurrences: Sequence[Occurrence]
    model: Annotation | None
    said: Remarks

    @property
    def title(self) -> str:
        """The title of the step."""
        verb = "Reject" if self.model is None else "Decide"
        term = self.occurrences[0].match if self.occurrences else ""
        return f"{verb} {len(self.occurrences)} × “{term[:40]}”"


def occurrences(session: Session, sheets: Mapping[str, Sheet], term: str, *, layer: str = "") -> Iterator[Occurrence]:
    """Yield the occurrences of a term, as whole words, in the documents of the sheets, ignoring case and differences of
    white space. With a layer, groups of other layers are ignored.
    """
    for hit in Concordance(session, Wanted(term, whole_words=True)):
        if hit.document in sheets:
            yield _occurrence(sheets[hit.document], hit, layer)


def _occurrence(sheet: Sheet, hit: Hit, layer: str) -> Occurrence:
    start, end = hit.start, hit.end
    here = [
        group
        for group in sheet.groups
        if (not layer or group.layer == layer)
        and any(part.start < end and start < part.end for v in group.versions.values() for part in v.fragments)
    ]
    best = max(here, key=lambda group: _shared(group, start, end), default=None)
    standing = sheet.standings.of(best)[0] if best is not None else GroupStatus.OPEN
    return Occurrence(hit.document, hit.name, start, end, hit.before, hit.match, hit.after, best, standing)


def _shared(group: Group, start: int, end: int) -> float:
    shared = max(min(end, group.end) - max(start, group.start), 0)
    return shared / max(1, group.end - group.start)


def carry_out(
    reviewing: Reviewer,
    session: Session,
    wanted: TermDecision,
    *,
    progress: Callable[[int], None] = lambda done: None,
    cancel: CancelToken | None = None,
) -> int:
    """Decide the occurrences in one undoable step; return how many. Raises EditRejected, ProjectError and Cancelled.

    Label, attributes, correction and comment come from the model. The range is that of the occurrence; the evidence is
    what most versions have there, or, for an occurrence without annotations, the model's if it is in a reference of
    that document.
    """
    taken: list[PickedGroup] = []
    added: list[Added] = []
    for item in wanted.occurrences:
        if item.group is None:
            if wanted.model is not None:
                added.append(Added(item.document, _like(session, wanted.model, item), wanted.said))
        elif wanted.model is None:
            taken.append(PickedGroup(item.group, {}, said=wanted.said))
        else:
            taken.append(_as_model(session, item.group, wanted.model, item, wanted.said))
    return reviewing.take_all(_once(taken), added=added, title=wanted.title, progress=progress, cancel=cancel)


def _once(taken: Iterable[PickedGroup]) -> list[PickedGroup]:
    """Return each group once, even if two occurrences share it."""
    return list({item.group.key: item for item in taken}.values())


def _as_model(session: Session, group: Group, model: Annotation, item: Occurrence, said: Remarks) -> PickedGroup:
    rules = rules_of(session.scheme, group.layer)
    own = _like(session, model, item)
    voted = by_votes(group, rules)
    proof = next((v for v in group.versions.values() if v.uid == voted.get(EVIDENCE)), None)
    if proof is not None and proof.evidence:
        own = msgspec.structs.replace(own, evidence=proof.evidence)
    picks: dict[str, str] = {}
    for field in rules.fields:
        same = [v.uid for v in group.versions.values() if rules.same(field.id, v, own)]
        if field.id == CORRECTION:  # what a version says of its own range is said of no other
            same = [v.uid for v in group.versions.values() if v.uid in same and v.fragments == own.fragments]
        best = voted.get(field.id)
        picks[field.id] = (best if best in same else same[0]) if same else REVIEWER
    if picks.get(RANGE) == REVIEWER and model.layer != group.layer:
        picks = dict.fromkeys(picks, REVIEWER)
    return PickedGroup(group, picks, own, said)


def _like(session: Session, model: Annotation, item: Occurrence) -> Annotation:
    references = set(session.reader.documents.references(item.document)) | {item.document}
    return msgspec.structs.replace(
        model,
        uid=new_uid(),
        fragments=(Fragment(item.start, item.end),),
        quote=item.match,
        correction=_correction(session, model, item),
        evidence=tuple(e for e in model.evidence if e.document in references),
    )


def _correction(session: Session, model: Annotation, item: Occurrence) -> str | None:
    """Return the model's correction for an occurrence: the term may be more or less than the words of the model.

    Raises MisfitCorrection if it can't be fitted.
    """
    if model.correction is None or _plain(model.quote) == _plain(item.match):
        return model.correction
    text = session.reader.document(item.document).text
    term = Fragment(item.start, item.end)
    for place in _places(model.quote, text, item):
        words = fitted(text, model.correction, (place,), (term,))
        if words is not None:
            return words
    error = misfit(model, item.match)
    raise MisfitCorrection(f"{item.name}: {error.what}", hint="untick that occurrence, or choose another term")


def _places(quote: str, text: str, item: Occurrence) -> Iterator[Fragment]:
    """Yield where the words of a quote overlap an occurrence, ignoring case and differences of white space."""
    words = r"\s+".join(map(re.escape, quote.split()))
    first = max(0, item.start - len(quote))
    for found in re.compile(words, re.IGNORECASE).finditer(text, first, item.end + len(quote)) if words else ():
        if found.start() < item.end and item.start < found.end():
            yield Fragment(*found.span())


def _plain(words: str) -> str:
    return " ".join(words.split()).casefold()

"""Every occurrence of a term over all documents, how each was marked, and deciding them together."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

import msgspec

from app.core.annotation import Annotation, Fragment
from app.core.ids import new_uid
from app.review.composing import REVIEWER, by_votes
from app.review.fields import EVIDENCE, RANGE, rules_of
from app.review.grouping import Group
from app.review.standing import Standing
from app.session.reviewing import Added, Reviewing, Said, Sheet, Taken
from app.session.session import Session
from app.storage.search import search

_MOST = 5_000


class Occurrence(NamedTuple):
    """One place of a term, in code points, with the text around it and the group that was marked there, if any."""

    document: str
    name: str
    start: int
    end: int
    before: str
    match: str
    after: str
    group: Group | None
    standing: Standing


class TermDecision(NamedTuple):
    """What shall be done with occurrences: `model` becomes their gold, or they are rejected if it is None."""

    occurrences: Sequence[Occurrence]
    model: Annotation | None
    said: Said

    @property
    def title(self) -> str:
        """How the step is called."""
        verb = "Reject" if self.model is None else "Decide"
        term = self.occurrences[0].match if self.occurrences else ""
        return f"{verb} {len(self.occurrences)} × “{term[:40]}”"


def occurrences(session: Session, sheets: Mapping[str, Sheet], term: str, *, layer: str = "") -> Iterator[Occurrence]:
    """Yield the places of a term in the documents that anybody finished; of a layer, the groups of other layers don't
    count. Case doesn't matter, white space does as little.
    """
    wanted = _pattern(term)
    if wanted is None:
        return
    seen: set[str] = set()
    for hit in search(session.project, f'"{term.strip()}"', limit=_MOST):
        if hit.document in seen or hit.document not in sheets:
            continue
        seen.add(hit.document)
        text = session.document(hit.document).text
        sheet = sheets[hit.document]
        for found in wanted.finditer(text):
            yield _occurrence(sheet, hit.name, text, found.start(), found.end(), layer)


def _pattern(term: str) -> re.Pattern[str] | None:
    words = [re.escape(word) for word in term.split()]
    if not words:
        return None
    return re.compile(r"(?<!\w)" + r"\s+".join(words) + r"(?!\w)", re.IGNORECASE)


def _occurrence(sheet: Sheet, name: str, text: str, start: int, end: int, layer: str) -> Occurrence:
    here = [
        group
        for group in sheet.groups
        if (not layer or group.layer == layer)
        and any(part.start < end and start < part.end for v in group.versions.values() for part in v.fragments)
    ]
    best = max(here, key=lambda group: _shared(group, start, end), default=None)
    standing = sheet.standings.of(best)[0] if best is not None else Standing.OPEN
    around = (text[max(0, start - 60) : start], text[start:end], text[end : end + 60])
    return Occurrence(sheet.document, name, start, end, *around, best, standing)


def _shared(group: Group, start: int, end: int) -> float:
    shared = max(min(end, group.end) - max(start, group.start), 0)
    return shared / max(1, group.end - group.start)


def carry_out(reviewing: Reviewing, session: Session, wanted: TermDecision) -> int:
    """Decide the occurrences in one undoable step; return how many. Raises EditRejected or ProjectError.

    Label, attributes, correction and comment come from the model. The range is the term's own place, and the evidence
    what most of the versions there point at; where nobody had marked anything, the model's, if it is in a reference of
    that document.
    """
    taken: list[Taken] = []
    added: list[Added] = []
    for item in wanted.occurrences:
        if item.group is None:
            if wanted.model is not None:
                added.append(Added(item.document, _like(session, wanted.model, item), wanted.said))
        elif wanted.model is None:
            taken.append(Taken(item.group, {}, said=wanted.said))
        else:
            taken.append(_as_model(session, item.group, wanted.model, item, wanted.said))
    return reviewing.take_all(_once(taken), added=added, title=wanted.title)


def _once(taken: Iterable[Taken]) -> list[Taken]:
    """Leave out a group that two occurrences share."""
    return list({item.group.key: item for item in taken}.values())


def _as_model(session: Session, group: Group, model: Annotation, item: Occurrence, said: Said) -> Taken:
    rules = rules_of(session.scheme, group.layer)
    own = _like(session, model, item)
    voted = by_votes(group, rules)
    proof = next((v for v in group.versions.values() if v.uid == voted.get(EVIDENCE)), None)
    if proof is not None and proof.evidence:
        own = msgspec.structs.replace(own, evidence=proof.evidence)
    picks: dict[str, str] = {}
    for field in rules.fields:
        same = [v.uid for v in group.versions.values() if rules.same(field.id, v, own)]
        best = voted.get(field.id)
        picks[field.id] = (best if best in same else same[0]) if same else REVIEWER
    if picks.get(RANGE) == REVIEWER and model.layer != group.layer:
        picks = dict.fromkeys(picks, REVIEWER)
    return Taken(group, picks, own, said)


def _like(session: Session, model: Annotation, item: Occurrence) -> Annotation:
    references = set(session.documents.references(item.document)) | {item.document}
    return msgspec.structs.replace(
        model,
        uid=new_uid(),
        fragments=(Fragment(item.start, item.end),),
        quote=item.match,
        evidence=tuple(e for e in model.evidence if e.document in references),
    )

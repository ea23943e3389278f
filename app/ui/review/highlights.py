"""Highlights over a text under review: a lane for each annotator, and gold where something is decided."""

from collections.abc import Iterable, Sequence

from app.core.annotation import Annotation, Evidence
from app.core.decision import Decision, Outcome
from app.core.intervals import Interval, IntervalIndex
from app.core.scheme import Drawing, Scheme
from app.core.state import DocumentState, reading_order
from app.review.decision_status import GroupStatus
from app.review.groups import Group, place_of
from app.services.review.reviewer import Sheet
from app.ui.editor.highlights import EVIDENCE, LANE, Highlight
from app.ui.review.letters import Letters
from app.ui.theme import CONFLICT_COLOR, GOLD_COLOR, Hue


class ReviewHighlights:
    """A sheet's versions in lanes, owned by the key of their group, and gold with a status badge.

    Only what is asked for is made: a document may have a hundred thousand marks, a screen has some hundreds.
    """

    def __init__(self, sheet: Sheet, letters: Letters, gold: DocumentState, scheme: Scheme) -> None:
        self._sheet = sheet
        self._letters = letters
        self._gold = gold
        self._scheme = scheme
        self._made: dict[str, list[Highlight]] = {}  # by group
        self._owners: dict[str, str] | None = None

    def highlights_in(self, start: int, end: int) -> list[Highlight]:
        """Return the highlights of the range, in lane order."""
        found: dict[str, Highlight] = {}
        for group in self._sheet.group_index.overlapping(start, end):
            found.update((highlight.uid, highlight) for highlight in self._of(group))
        for annotation in self._gold.overlapping(start, end):
            if annotation.uid not in found and not self._scheme.is_about_document(annotation.layer):
                owner = self._owner(annotation)
                if owner is None:
                    found[annotation.uid] = _gold(annotation, annotation.uid, self._scheme, "+")
                else:
                    found.update((highlight.uid, highlight) for highlight in self._of(owner))
        index = IntervalIndex(
            Interval(part.start, part.end, highlight.uid)
            for highlight in found.values()
            for part in highlight.fragments
        )
        uids = dict.fromkeys(hit.uid for hit in index.overlapping(start, end))
        return [found[uid] for uid in uids]

    def _of(self, group: Group) -> list[Highlight]:
        made = self._made.get(group.key)
        if made is None:
            made = [_lane(group, name, version, self._letters) for name, version in group.versions.items()]
            made.extend(self._decided(group))
            self._made[group.key] = made
        return made

    def _decided(self, found: Group) -> Iterable[Highlight]:
        standing, decision = self._sheet.standings.of(found)
        if decision is None:
            yield _to_decide(found)
            return
        gold = self._gold.annotations.get(decision.gold) if decision.gold else None
        if gold is not None and self._owner_of(decision) is not found:
            gold = None
        sign = {GroupStatus.DECIDED: "✓", GroupStatus.STALE: "stale", GroupStatus.DEFERRED: "later"}.get(standing, "")
        if gold is not None:
            yield _gold(gold, found.key, self._scheme, sign)
        elif decision.outcome in (Outcome.REJECTED, Outcome.DEFERRED):
            version = next(iter(found.versions.values()))
            badge = "✗ rejected" if decision.outcome is Outcome.REJECTED else "later"
            badge = f"{badge}, stale" if standing is GroupStatus.STALE else badge
            yield Highlight(f"{found.key}/-", found.key, version.fragments, LANE, Hue.GREY, badge=badge, lane=-1)

    def _owner_of(self, decision: Decision) -> Group | None:
        """Return the group that a decision's gold is drawn with: the first, if it is about several by now."""
        index = self._sheet.group_index
        if decision.key in index.by_key:
            return index.by_key[decision.key]
        keys = {index.by_source[uid] for uid in decision.sources if uid in index.by_source}
        groups = (index.by_key[key] for key in keys)
        return min((g for g in groups if self._is_about(g, decision)), key=place_of, default=None)

    def _is_about(self, group: Group, decision: Decision) -> bool:
        said = self._sheet.standings.of(group)[1]
        return said is not None and said.uid == decision.uid

    def _owner(self, annotation: Annotation) -> Group | None:
        """Return the group that a gold annotation is drawn with; None for one that no annotator had."""
        if self._owners is None:
            said = self._sheet.standings.by_key.items()
            self._owners = {d.gold: key for key, (_, d) in said if d is not None and d.gold is not None}
        key = self._owners.get(annotation.uid)
        found = self._sheet.group_index.by_key.get(key) if key is not None else None
        decision = self._sheet.standings.of(found)[1] if found is not None else None
        return self._owner_of(decision) if decision is not None else None


def _lane(found: Group, name: str, version: Annotation, letters: Letters) -> Highlight:
    return Highlight(
        uid=f"{found.key}/{name}",
        owner=found.key,
        fragments=version.fragments,
        style=LANE,
        color=letters.color(name),
        lane=letters.lane(name),
    )


def _to_decide(found: Group) -> Highlight:
    """Describe in signs what is to be decided: colours only tell the annotators apart."""
    kinds = [kind.value for kind in found.differences]
    more = f" +{len(kinds) - 1}" if len(kinds) > 1 else ""
    badge = f"≠ {kinds[0].upper()}{more}" if kinds else "="
    color = CONFLICT_COLOR if kinds else Hue.GREY
    version = min(found.versions.values(), key=reading_order)
    return Highlight(f"{found.key}/-", found.key, version.fragments, LANE, color, badge=badge, lane=-1)


def _gold(annotation: Annotation, owner: str, scheme: Scheme, sign: str) -> Highlight:
    label = scheme.label(annotation.layer, annotation.label)
    badge = f"{sign} {label.badge if label else annotation.label}"
    return Highlight(annotation.uid, owner, annotation.fragments, Drawing.FILL, GOLD_COLOR, badge=badge)


class VersionEvidence:
    """The evidence of a group's versions in one document, with the letters of the annotators who cite it."""

    def __init__(self, found: Group | None, document: str, letters: Letters) -> None:
        highlights: list[Highlight] = []
        for name, version in found.versions.items() if found else ():
            for item in version.evidence:
                if item.document == document:
                    highlights.append(_evidence(item, name, letters))
        self._highlights = {highlight.uid: highlight for highlight in highlights}
        self._index = IntervalIndex(
            Interval(part.start, part.end, highlight.uid) for highlight in highlights for part in highlight.fragments
        )

    def highlights_in(self, start: int, end: int) -> list[Highlight]:
        """Return the evidence in the range."""
        uids = dict.fromkeys(hit.uid for hit in self._index.overlapping(start, end))
        return [self._highlights[uid] for uid in uids]


def _evidence(item: Evidence, name: str, letters: Letters) -> Highlight:
    return Highlight(
        uid=f"{item.uid}/{name}",
        owner=name,
        fragments=item.fragments,
        style=EVIDENCE,
        color=letters.color(name),
        badge=letters.letter(name),
        weight=2,
    )


def evidence_places(found: Group | None) -> Sequence[Evidence]:
    """Return the evidence cited by the versions without duplicates, in order of document and text."""
    if found is None:
        return ()
    places = {(e.document, e.fragments): e for v in found.versions.values() for e in v.evidence}
    return [places[key] for key in sorted(places)]

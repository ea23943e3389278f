"""Highlights over a text under review: a lane for each annotator, and gold where something is decided."""

from collections.abc import Iterable, Sequence

from app.core.annotation import Annotation, Evidence
from app.core.decision import Outcome
from app.core.intervals import Interval, IntervalIndex
from app.core.scheme import Drawing, Scheme
from app.core.state import reading_order
from app.review.decision_status import GroupStatus
from app.review.groups import Group
from app.services.review.reviewer import Sheet
from app.ui.editor.highlights import EVIDENCE, LANE, Highlight
from app.ui.review.letters import Letters
from app.ui.theme import CONFLICT_COLOR, GOLD_COLOR, Hue


class ReviewHighlights:
    """A sheet's versions in lanes, owned by the key of their group, and gold with a status badge."""

    def __init__(self, sheet: Sheet, letters: Letters, gold: Iterable[Annotation], scheme: Scheme) -> None:
        self._highlights: dict[str, Highlight] = {}
        golds = {annotation.uid: annotation for annotation in gold}
        looks = {name: (letters.color(name), letters.lane(name)) for name in letters.names}
        for found in sheet.groups:
            for name, version in found.versions.items():
                self._add(_lane(found, name, version, looks[name]))
            for highlight in _decided(sheet, found, golds, scheme):
                self._add(highlight)
        for annotation in golds.values():
            self._add(_gold(annotation, annotation.uid, scheme, "+"))
        self._index = IntervalIndex(
            Interval(part.start, part.end, highlight.uid)
            for highlight in self._highlights.values()
            for part in highlight.fragments
        )

    def _add(self, highlight: Highlight) -> None:
        self._highlights[highlight.uid] = highlight

    def highlights_in(self, start: int, end: int) -> list[Highlight]:
        """Return the highlights of the range, in lane order."""
        uids = dict.fromkeys(hit.uid for hit in self._index.overlapping(start, end))
        return [self._highlights[uid] for uid in uids]


def _lane(found: Group, name: str, version: Annotation, look: tuple[str, int]) -> Highlight:
    return Highlight(
        uid=f"{found.key}/{name}",
        owner=found.key,
        fragments=version.fragments,
        style=LANE,
        color=look[0],
        lane=look[1],
    )


def _decided(sheet: Sheet, found: Group, golds: dict[str, Annotation], scheme: Scheme) -> Iterable[Highlight]:
    standing, decision = sheet.standings.of(found)
    if decision is None:
        yield _to_decide(found)
        return
    gold = golds.pop(decision.gold, None) if decision.gold else None
    sign = {GroupStatus.DECIDED: "✓", GroupStatus.STALE: "stale", GroupStatus.DEFERRED: "later"}.get(standing, "")
    if gold is not None:
        yield _gold(gold, found.key, scheme, sign)
    elif decision.outcome in (Outcome.REJECTED, Outcome.DEFERRED):
        version = next(iter(found.versions.values()))
        badge = "✗ rejected" if decision.outcome is Outcome.REJECTED else "later"
        badge = f"{badge}, stale" if standing is GroupStatus.STALE else badge
        yield Highlight(f"{found.key}/-", found.key, version.fragments, LANE, Hue.GREY, badge=badge, lane=-1)


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

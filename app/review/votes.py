"""Votes on a gold annotation: how many annotators gave which label and values, of those whose annotation touches it."""

from collections.abc import Iterable, Mapping
from typing import cast

import msgspec

from app.core import field_values
from app.core.annotation import Annotation, Fragment
from app.core.decision import Decision
from app.core.record import DocumentRecord
from app.core.scheme import SEVERITY, FieldKind, Scheme
from app.review.fields import LABEL, rules_of
from app.review.matches import ANCHOR_REACH

Tally = Mapping[str, Mapping[str, int]]
"""How many gave each value, by field and value. Annotators without a value in a field aren't counted in it."""


def tally(gold: Annotation, versions: Iterable[Annotation], scheme: Scheme) -> dict[str, dict[str, int]]:
    """Count the votes of the versions, one of each annotator, that touch the range of a gold annotation.

    The label, the severity and all attributes but free text are counted: flags as `true` and `false`, entities by id,
    and of several choices each that was made.
    """
    rules, fields = rules_of(scheme, gold.layer), _fields(gold, scheme)
    found: dict[str, dict[str, int]] = {}
    for version in versions:
        if not touches(version.fragments, gold.fragments):
            continue
        for field in fields:
            for word in _words(version.label if field == LABEL else rules.given(field, version)):
                counts = found.setdefault(field, {})
                counts[word] = counts.get(word, 0) + 1
    return {field: dict(sorted(counts.items())) for field, counts in found.items()}


def _words(value: object) -> list[str]:
    """Return what a value is counted as."""
    if field_values.is_empty(value):
        return []
    if isinstance(value, list):
        return [word for item in cast(list[object], value) for word in _words(item)]
    if isinstance(value, dict):
        return [str(cast(dict[str, object], value).get("id", ""))]
    if isinstance(value, bool):
        return [str(value).lower()]
    return [f"{value:.12g}" if isinstance(value, int | float) else str(value)]


def _fields(gold: Annotation, scheme: Scheme) -> list[str]:
    layer = scheme.layer(gold.layer)
    if layer is None:
        return [LABEL]
    chosen = [a.id for a in layer.attributes if a.kind is not FieldKind.TEXT and a.id != SEVERITY]
    return [LABEL, *([SEVERITY] if layer.has_severity else []), *chosen]


def touches(one: Iterable[Fragment], other: Iterable[Fragment]) -> bool:
    """Return whether two ranges share a code point; anchors touch each other if they can mark the same omission."""
    theirs = list(other)
    return any(_meet(a, b) for a in one for b in theirs)


def _meet(one: Fragment, other: Fragment) -> bool:
    if one.start == one.end and other.start == other.end:
        return abs(one.start - other.start) <= ANCHOR_REACH
    if one.start == one.end or other.start == other.end:
        return one.start <= other.end and other.start <= one.end
    return one.start < other.end and other.start < one.end


def with_tallies(record: DocumentRecord, scheme: Scheme) -> DocumentRecord:
    """Return a record whose decisions have tallies, as far as they can be counted.

    Decisions of early versions have none. They are counted if all annotations that were voted on are still there.
    """
    if record.gold is None or not any(_lacks_tally(decision) for decision in record.decisions):
        return record
    gold = {annotation.uid: annotation for annotation in record.gold.annotations}
    known = {annotation.uid: annotation for item in record.sets for annotation in item.annotations}
    return record._replace(decisions=tuple(_counted(decision, gold, known, scheme) for decision in record.decisions))


def _counted(
    decision: Decision, gold: Mapping[str, Annotation], known: Mapping[str, Annotation], scheme: Scheme
) -> Decision:
    made = gold.get(decision.gold or "")
    voted = [uid for uid in decision.votes.values() if uid is not None]
    if made is None or not _lacks_tally(decision) or not all(uid in known for uid in voted):
        return decision
    return msgspec.structs.replace(decision, tally=tally(made, (known[uid] for uid in voted), scheme))


def _lacks_tally(decision: Decision) -> bool:
    return decision.gold is not None and decision.tally is None

"""Composes the gold annotation of a group: which version supplies which field."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from app.core.annotation import Annotation, Evidence, Fragment, quote_of
from app.core.decision import Outcome
from app.core.errors import EditRejected
from app.core.ids import new_uid
from app.core.scheme import SEVERITY, Scheme
from app.core.suggestion import ORIGIN
from app.review.fields import COMMENT, CORRECTION, EVIDENCE, LABEL, RANGE, FieldRules, rules_of
from app.review.fitted_correction import MisfitCorrection, fitted, misfit
from app.review.groups import Group

UNION = "union"
INTERSECTION = "intersection"
REVIEWER = "reviewer"

Picks = Mapping[str, str]
"""The source of each field: the uid of a version, for the range also UNION or INTERSECTION, or REVIEWER."""


def whole(group: Group, uid: str, rules: FieldRules) -> dict[str, str]:
    """Return the picks that take all fields from one version."""
    return {field.id: uid for field in rules.fields if uid in group.sources}


def by_votes(group: Group, rules: FieldRules) -> dict[str, str]:
    """Return the picks of the majority, field by field.

    Ties go to the version that is in the majority most often, then to the one created first. Annotators' names make no
    difference.
    """
    versions = sorted(group.versions.values(), key=_uid)
    found = {field.id: rules.classes([field.id], versions) for field in rules.fields}
    support = dict.fromkeys((version.uid for version in versions), 0)
    for members in (members for classes in found.values() for members in classes):
        for member in members:
            support[member.uid] += len(members)
    base = max(versions, key=lambda version: support[version.uid])
    picks: dict[str, str] = {}
    for field, classes in found.items():
        top = [members for members in classes if len(members) == len(classes[0])]
        winner = next((members for members in top if base in members), None)
        winner = winner or max(top, key=lambda members: max(support[member.uid] for member in members))
        picks[field] = base.uid if base in winner else winner[0].uid
    return picks


def _uid(annotation: Annotation) -> str:
    return annotation.uid


def classes(group: Group, field: str, rules: FieldRules) -> list[list[str]]:
    """Return the annotators in classes with the same value of a field, the largest class first."""
    names = {version.uid: name for name, version in group.versions.items()}
    found = rules.classes([field], group.versions.values())
    return [sorted(names[version.uid] for version in members) for members in found]


def union(fragments: Sequence[Sequence[Fragment]]) -> tuple[Fragment, ...]:
    """Return what any of the ranges covers; adjacent fragments are joined."""
    found: list[Fragment] = []
    for part in sorted(part for parts in fragments for part in parts):
        if found and part.start <= found[-1].end:
            found[-1] = Fragment(found[-1].start, max(found[-1].end, part.end))
        else:
            found.append(part)
    return tuple(found)


def intersection(fragments: Sequence[Sequence[Fragment]]) -> tuple[Fragment, ...]:
    """Return what all of the ranges cover; may be empty."""
    found = list(fragments[0])
    for parts in fragments[1:]:
        cut = {Fragment(max(a.start, b.start), min(a.end, b.end)) for a in found for b in parts}
        # A zero-width fragment is only kept if all have it; ranges that merely touch have nothing in common.
        found = [part for part in cut if part.start < part.end or (part in found and part in parts)]
    return tuple(sorted(found))


def range_of(group: Group, pick: str) -> tuple[Fragment, ...]:
    """Return the fragments for a range pick. Raises EditRejected if the versions have nothing in common."""
    parts = [version.fragments for version in group.versions.values()]
    if pick == UNION:
        return union(parts)
    if pick == INTERSECTION:
        common = intersection(parts)
        if not common:
            raise EditRejected("the versions have no character in common", hint="use the union, or one of the versions")
        return common
    return _version(group, pick).fragments


def _origin(base: Annotation, label: str, fragments: tuple[Fragment, ...]) -> str:
    """Return where gold comes from: from what a program suggested, if it is still that; else from the review."""
    is_suggested = base.origin.startswith(f"{ORIGIN}:") and (base.label, base.fragments) == (label, fragments)
    return base.origin if is_suggested else "review"


def _version(group: Group, uid: str) -> Annotation:
    for version in group.versions.values():
        if version.uid == uid:
            return version
    raise EditRejected(f"version {uid} is no longer in the group", hint="review the group again")


def compose(
    group: Group,
    picks: Picks,
    *,
    scheme: Scheme,
    text: str,
    time: str,
    own: Annotation | None = None,
    uid: str = "",
    drops_misfit: bool = False,
) -> tuple[Annotation, dict[str, str]]:
    """Return the gold annotation composed of the picks, and the source of each of its fields.

    Fields without a pick come from the version that supplies the label. `own` has the reviewer's values for the fields
    picked from REVIEWER. Attributes that the label doesn't have are left out. A version's correction is fitted to the
    range if that isn't the version's own. Raises MisfitCorrection if it can't be, unless `drops_misfit`: then gold has
    no correction. Raises EditRejected.
    """
    rules = rules_of(scheme, group.layer)
    base_uid = next((picks[field] for field in (LABEL, RANGE) if picks.get(field) in group.sources), group.sources[0])
    supplied = {field.id: picks.get(field.id, base_uid) for field in rules.fields}
    label = _source(group, supplied[LABEL], own).label
    attributes: dict[str, Any] = dict(_source(group, supplied[LABEL], own).attributes)
    layer = scheme.layer(group.layer)
    if layer is not None:
        has = {item.id for item in layer.attributes_of(label)} | ({SEVERITY} if layer.has_severity else set())
        attributes = {key: value for key, value in attributes.items() if key in has}
        for field in has & supplied.keys():
            value = _source(group, supplied[field], own).attributes.get(field)
            attributes.pop(field, None)
            if value is not None:
                attributes[field] = value
    chosen = supplied.get(RANGE, base_uid)
    fragments = own.fragments if chosen == REVIEWER and own is not None else range_of(group, chosen)
    quote = quote_of(text, fragments)
    correction = _correction(_source(group, supplied.get(CORRECTION, base_uid), own), own, fragments, text)
    if isinstance(correction, MisfitCorrection):
        if not drops_misfit:
            raise correction
        correction = None
    gold = Annotation(
        uid=uid or new_uid(),
        layer=group.layer,
        label=label,
        fragments=fragments,
        quote=quote,
        attributes=attributes,
        correction=correction,
        comment=_source(group, supplied.get(COMMENT, base_uid), own).comment,
        evidence=_copied(_source(group, supplied.get(EVIDENCE, base_uid), own).evidence),
        origin=_origin(_version(group, base_uid), label, fragments),
        created=time,
        updated=time,
    )
    kept = {field: who for field, who in supplied.items() if field in _OWN or field in attributes}
    return gold, kept


def _correction(
    source: Annotation, own: Annotation | None, fragments: tuple[Fragment, ...], text: str
) -> str | MisfitCorrection | None:
    """Return a version's correction for a range. The reviewer's own words are taken as they are."""
    if source.correction is None or source is own:
        return source.correction
    words = fitted(text, source.correction, source.fragments, fragments)
    return misfit(source, quote_of(text, fragments)) if words is None else words


_OWN = frozenset((RANGE, LABEL, CORRECTION, EVIDENCE, COMMENT))


def _source(group: Group, uid: str, own: Annotation | None) -> Annotation:
    if uid == REVIEWER and own is not None:
        return own
    return _version(group, uid)


def _copied(evidence: Sequence[Evidence]) -> tuple[Evidence, ...]:
    return tuple(msgspec.structs.replace(item, uid=new_uid()) for item in evidence)


def outcome_of(group: Group, supplied: Picks) -> Outcome:
    """Return the outcome of a decision with these picks."""
    who = set(supplied.values())
    if REVIEWER in who:
        return Outcome.EDITED if group.versions else Outcome.CREATED
    if len(who) == 1 and who <= set(group.sources):
        return Outcome.ACCEPTED
    return Outcome.COMBINED

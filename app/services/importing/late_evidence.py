"""Evidence that comes after its mark: a claim was imported before the documents that prove it."""

from collections.abc import Collection, Iterable

import msgspec

from app.core.annotation import Annotation, Evidence

_Place = tuple[object, ...]


def with_late_evidence(ours: Annotation, theirs: Annotation, known: Collection[str]) -> Annotation | None:
    """Return our mark with the evidence of another tool's mark that is in documents it hadn't been linked with before;
    `known` are those that it had (uids). None if there is none: what somebody removed stays removed.

    Its sets follow ours. What only the other tool has of the mark is taken anew, since it tells which evidence lacked.
    """
    here = set(map(_place, ours.evidence))
    late = [each for each in theirs.evidence if each.document not in known and _place(each) not in here]
    if not late:
        return None
    evidence = (*ours.evidence, *_numbered(late, max((each.alternative for each in ours.evidence), default=0)))
    return msgspec.structs.replace(ours, evidence=evidence, extra={**ours.extra, **theirs.extra})


def has_all_evidence(ours: Annotation, theirs: Annotation) -> bool:
    """Whether our mark has the evidence of another tool's, whatever its sets are numbered."""
    return set(map(_place, theirs.evidence)) <= set(map(_place, ours.evidence))


def _numbered(late: Iterable[Evidence], after: int) -> Iterable[Evidence]:
    numbers: dict[int, int] = {}
    for each in late:
        number = numbers.setdefault(each.alternative, after + len(numbers) + 1)
        yield msgspec.structs.replace(each, alternative=number)


def _place(piece: Evidence) -> _Place:
    return (piece.document, piece.fragments, piece.stance)

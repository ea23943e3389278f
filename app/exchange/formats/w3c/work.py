"""Builds the record of a document that web annotations are about."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from app.core.annotation import Evidence
from app.core.errors import EditRejected, FormatError
from app.core.record import DocumentRecord
from app.core.remark import Remark, checked_remark
from app.exchange.foreign_document import LONGEST, ForeignDocument, ForeignWork
from app.exchange.format import ReadOptions
from app.exchange.formats.w3c.bodies import Bodies, SaidBodies
from app.exchange.formats.w3c.people import creator_of
from app.exchange.formats.w3c.places import TargetPlaces
from app.exchange.formats.w3c.targets import GivenTarget, target_of, targets_of
from app.exchange.formats.w3c.wire import (
    BOOKMARKING,
    MODERATING,
    OWN,
    Json,
    as_object,
    id_of,
    many,
    motivations,
)
from app.exchange.formats.w3c.written_iris import is_of_document, written_id
from app.exchange.written_ids import WrittenIds

RELATED = "related"
"""The type of a relation without a tag."""

Find = Callable[[GivenTarget], "tuple[ForeignDocument, TargetPlaces] | None"]
"""Finds the document that a target is in; None if its text isn't at hand. Raises FormatError."""


class W3cWork:
    """One document. Annotations that aren't marks of it are kept."""

    def __init__(self, made: ForeignDocument, places: TargetPlaces, find: Find, options: ReadOptions) -> None:
        self.made = made
        self._places = places
        self._find = find
        self._options = options
        self._own: Json = made.extra.setdefault(OWN, {})
        self._marks: dict[str, tuple[ForeignWork, str]] = {}  # by the annotation's id
        self.references: list[ForeignDocument] = []

    def add(self, annotation: Json, key: str, replies: Sequence[Json]) -> None:
        """Add an annotation of the text or of the document as a whole; replies to it become part of its comment. Raises
        FormatError.
        """
        targets = targets_of(annotation)
        here = [each for each in targets if not each.is_evidence and self._is_here(each)]
        says = Bodies(annotation).said()
        if all(each.is_whole for each in here):
            self._about(annotation, key, says._replace(comment=with_replies(says.comment, replies)), replies)
            return
        who = creator_of(annotation)
        work = self.made.work(who.name, kind=who.kind)
        ranges, words = self._places.of(each for each in here if not each.is_whole)
        evidence = list(self._evidence(work, key, self._elsewhere(annotation, targets)))
        made = work.mark(
            key,
            says.label,
            ranges,
            layer=says.layer,
            words=words,
            attributes=says.fields,
            correction=says.correction,
            comment=with_replies(says.comment, replies),
            evidence=evidence,
            created=_time(annotation.get("created")),
            updated=_time(annotation.get("modified")),
            extra={OWN: _own(annotation, replies)},
            uid=self._known(annotation, work),
        )
        self._remember(annotation, work, key)
        if made is not None:
            own = made.extra[OWN]
            own["at"] = [[each.start, each.end] for each in made.fragments]
            own["evidence"] = evidence_key(made.evidence)

    def _is_here(self, target: GivenTarget) -> bool:
        found = self._find(target)
        return found is not None and found[0] is self.made

    def _elsewhere(self, annotation: Mapping[str, Any], targets: Sequence[GivenTarget]) -> Iterable[GivenTarget]:
        """Yield what is evidence: targets in other documents or said to be it, and bodies that are places in a text."""
        bodies = [target_of(each) for each in many(annotation.get("body")) if as_object(each) is not None]
        yield from (each for each in targets if each.is_evidence or not self._is_here(each))
        yield from (each for each in bodies if each.selectors and each.address)

    def _evidence(self, work: ForeignWork, key: str, targets: Iterable[GivenTarget]) -> Iterable[Evidence]:
        for number, pieces in enumerate(_together(targets)):
            target = pieces[0]
            found = self._find(target)
            where = f"{self.made.document.name}: {target.address or ''}"
            if found is None or target.is_whole:
                what = "evidence whose text isn't there, or that is a whole document, kept to be written again"
                self._options.report.note("evidence", what, where)
                continue
            reference, places = found
            ranges, _ = places.of(pieces)
            if reference is not self.made:
                self.made.refer_to(reference)
                self.references.append(reference)
            yield work.evidence(
                f"{key} {number}", reference, ranges, stance=target.stance, alternative=target.alternative
            )

    def _known(self, annotation: Mapping[str, Any], work: ForeignWork) -> str | None:
        document = self.made.document
        id = written_id(id_of(annotation))
        return WrittenIds(document.name, document.sha256, work.annotator).read(id) if id else None

    def _remember(self, annotation: Mapping[str, Any], work: ForeignWork, key: str) -> None:
        if id_of(annotation):
            self._marks[id_of(annotation)] = (work, key)

    # -- the document as a whole ---------------------------------------------------------------------------------------

    def _about(self, annotation: Json, key: str, says: SaidBodies, replies: Sequence[Json]) -> None:
        """Add a label of the document, or somebody's flag or note."""
        bodies = many(annotation.get("body")) or many(annotation.get("bodyValue"))
        if is_of_document(id_of(annotation)):
            return
        why = motivations(annotation)
        if not bodies and BOOKMARKING in why:
            self.keep(annotation)
            return
        who = creator_of(annotation)
        work = self.made.work(who.name, kind=who.kind)
        if says.comment and not says.fields and says.correction is None and not says.is_tagged:
            self._remark(work, [annotation, *replies], says.comment, is_flag=MODERATING in why)
            return
        made = work.about_document(
            key,
            says.label,
            layer=says.layer,
            attributes=says.fields,
            comment=says.comment,
            created=_time(annotation.get("created")),
            updated=_time(annotation.get("modified")),
            extra={OWN: _own(annotation, replies)},
            uid=self._known(annotation, work),
        )
        self._remember(annotation, work, key)
        if made is None:
            self.keep(annotation)

    def _remark(self, work: ForeignWork, given: Sequence[Json], said: str, *, is_flag: bool) -> None:
        flag, note = work.remark.flag, work.remark.note
        if is_flag and flag is None:
            flag = said
        else:
            note = f"{note}\n{said}" if note else said
        try:
            work.remark = checked_remark(Remark(flag, note))
        except EditRejected as error:
            raise FormatError(error.what, hint=error.hint) from error
        raws = self._own.setdefault("remarks", {}).setdefault(work.annotator, {"said": [None, ""], "raw": []})
        raws["raw"] += given
        raws["said"] = [work.remark.flag, work.remark.note]

    # -- annotations of annotations ------------------------------------------------------------------------------------

    def relate(self, annotation: Json, ends: Sequence[str]) -> None:
        """Add a relation between marks, given by the ids of annotations, or keep it. Raises FormatError."""
        marks = [self._marks.get(end) for end in ends]
        found = [mark for mark in marks if mark is not None and mark[0].has_mark(mark[1])]
        is_pair = len(found) == len(ends) == 2 and found[0][0] is found[1][0] and found[0][1] != found[1][1]  # noqa: PLR2004
        if not is_pair:
            what = "links that aren't between two marks of one annotator, kept to be written again"
            self._options.report.note("relation", what, f"{self.made.document.name}: {id_of(annotation)}")
            self.keep(annotation)
            return
        says = Bodies(annotation).said()
        (work, source), (_, target) = found
        made = work.relate(
            id_of(annotation) or f"{source} {target} {says.label}",
            says.label if says.is_tagged else RELATED,
            source,
            target,
            attributes=says.fields,
            comment=says.comment,
            uid=self._known(annotation, work),
        )
        if made is not None:
            self._own.setdefault("relations", []).append({"uid": made.uid, "raw": annotation})

    def keep(self, annotation: Json) -> None:
        """Keep an annotation to be written again."""
        self._own.setdefault("others", []).append(annotation)

    def record(self) -> DocumentRecord:
        """Return the record."""
        return self.made.record()


def _together(targets: Iterable[GivenTarget]) -> Iterable[list[GivenTarget]]:
    """Return targets, those that are of one piece of evidence together."""
    found: dict[object, list[GivenTarget]] = {}
    for number, each in enumerate(targets):
        key = (each.address, each.classes) if each.piece else number
        found.setdefault(key, []).append(each)
    return found.values()


def with_replies(comment: str, replies: Sequence[Json]) -> str:
    """Return a comment with replies behind it, each on a line after the name of who made it."""
    lines = [comment] if comment else []
    for each in replies:
        name, said = creator_of(each).name, Bodies(each).said().comment
        lines += [f"{name}: {said}" if name else said] if said else []
    return "\n".join(lines)


def evidence_key(evidence: Iterable[Evidence]) -> list[list[Any]]:
    """Return what tells whether the evidence of a mark is still the same."""
    return [[e.document, [[f.start, f.end] for f in e.fragments], e.stance.value, e.alternative] for e in evidence]


def _own(annotation: Json, replies: Sequence[Json]) -> Json:
    return {"raw": annotation, "replies": list(replies)} if replies else {"raw": annotation}


def _time(value: object) -> str:
    """Return a time as the file has it, "" for what isn't one."""
    return value if isinstance(value, str) and len(value) < LONGEST and value.isprintable() else ""

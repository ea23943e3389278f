"""A document with everyone's work after a change of a text: its own, or one that its evidence is in."""

from collections.abc import Callable, Iterable, Sequence, Set
from typing import NamedTuple

import msgspec

from app.core.annotation import Status
from app.core.decision import GOLD, Decision
from app.core.document import Document, sha256
from app.core.edits import SetStatus
from app.core.record import DocumentRecord, SetRecord
from app.core.scheme import Scheme
from app.core.text_change import PlacedAnnotation, TextChange, placed_annotation, placed_suggestion
from app.core.three_way_merge import SetExchange
from app.review.gold_relations import renamed_field
from app.review.groups import Group, group
from app.services.migration.migrated_document import migrated_exchanges
from app.services.review.sheets import readings_of
from app.session.actions import Action, SetEdit, UpdateDecision

_EDITED = "-edited"  # behind the key of a decision on a group whose words have changed: no group has such a key

Exchanges = Callable[[str], Sequence[SetExchange]]
"""The exchanges of an annotator's (name) set on a document."""


class MovedRecord(NamedTuple):
    """A document before and after; `placed` are the annotations of each set, in the order of both records."""

    before: DocumentRecord
    after: DocumentRecord
    placed: tuple[tuple[PlacedAnnotation, ...], ...]

    @property
    def touched(self) -> frozenset[str]:
        """The annotations (uids) whose words, or whose evidence's words, are others now, or gone."""
        return frozenset(item.value.uid for items in self.placed for item in items if item.is_touched)

    @property
    def stale(self) -> int:
        """The number of decisions that are to be reviewed again: what they decided says something else now."""
        was = {decision.uid: decision.key for decision in self.before.decisions}
        return sum(was[d.uid] != d.key and d.key.endswith(_EDITED) for d in self.after.decisions)


def moved(record: DocumentRecord, document: str, change: TextChange, scheme: Scheme) -> MovedRecord:
    """Return a record after the change of a document's (uid) text.

    A finished set with an annotation that is touched is open again, and gold with a decision that is stale.
    """
    uid = record.document.uid
    changes = {document: change}
    placed = tuple(tuple(placed_annotation(a, uid, changes) for a in item.annotations) for item in record.sets)
    sets = tuple(_moved_set(item, found) for item, found in zip(record.sets, placed, strict=True))
    after = record._replace(
        document=_with_text(record, change.new) if uid == document else record.document,
        sets=sets,
        suggestions=tuple(
            item.restated(placed_suggestion(item.suggestion, uid, changes)) for item in record.suggestions
        ),
    )
    found = MovedRecord(record, after, placed)
    if not record.decisions:
        return found
    decisions = settled_decisions(record, after, found.touched, scheme)
    found = found._replace(after=after._replace(decisions=decisions))
    return found._replace(after=_with_open_gold(found.after)) if found.stale else found


def _with_text(record: DocumentRecord, text: str) -> Document:
    return msgspec.structs.replace(record.document, text=text, sha256=sha256(text))


def _moved_set(item: SetRecord, placed: Sequence[PlacedAnnotation]) -> SetRecord:
    status = Status.OPEN if item.status.is_finished and any(a.is_touched for a in placed) else item.status
    return item._replace(status=status, annotations=tuple(a.value for a in placed))


def _with_open_gold(record: DocumentRecord) -> DocumentRecord:
    sets = (
        item._replace(status=Status.OPEN) if item.kind == GOLD and item.status.is_finished else item
        for item in record.sets
    )
    return record._replace(sets=tuple(sets))


def settled_decisions(
    before: DocumentRecord, after: DocumentRecord, touched: Set[str], scheme: Scheme
) -> tuple[Decision, ...]:
    """Return the decisions after a change of a text.

    One on a group that has only moved is a decision on it where it lies now. One on a group with an annotation that is
    touched is stale, and so is one whose annotations are in several groups now. Those whose key isn't what it was
    before are kept: somebody has settled them.
    """
    then = {found.key: found for found in _groups(before, before, scheme)}
    now = {frozenset(found.sources): found for found in _groups(after, before, scheme)}
    was = {decision.uid: decision.key for decision in before.decisions}

    def key_of(key: str) -> str | None:
        seen = then.get(key)
        here = now.get(frozenset(seen.sources)) if seen is not None else None
        return here.key if here is not None else None

    settled: list[Decision] = []
    for decision in after.decisions:
        decided = then.get(decision.key) if was.get(decision.uid) == decision.key else None
        if decided is not None:
            here = now.get(frozenset(decided.sources))
            is_same = here is not None and touched.isdisjoint((*decided.sources, decision.gold or ""))
            key = here.key if is_same and here is not None else decision.key + _EDITED
            fields = {renamed_field(field, key_of): who for field, who in decision.fields.items()}
            if key != decision.key or fields != decision.fields:
                decision = msgspec.structs.replace(decision, key=key, fields=fields)
        settled.append(decision)
    return tuple(settled)


def _groups(record: DocumentRecord, statuses: DocumentRecord, scheme: Scheme) -> tuple[Group, ...]:
    """Return the groups of a record, of the sets that were finished before: to be open again doesn't change a mark."""
    known = {item.annotator: item.status for item in statuses.sets}
    sets = tuple(item._replace(status=known.get(item.annotator, item.status)) for item in record.sets)
    readings, _ = readings_of(record._replace(sets=sets))
    return group(readings, scheme)


def consequences(
    before: DocumentRecord,
    after: DocumentRecord,
    decisions: Iterable[Decision],
    exchanges: Exchanges,
    *,
    with_statuses: bool = True,
) -> list[Action]:
    """Return what follows in a document from the change of a text, apart from where things lie: its statuses, the
    decisions, and the record that a set which only moved is still what was exchanged with other files. Without
    `with_statuses`, these have been set.
    """
    uid = before.document.uid
    actions: list[Action] = []
    then = {item.annotator: item for item in before.sets}
    for item in after.sets:
        old = then.get(item.annotator)
        if old is None or old == item:
            continue
        if with_statuses and item.status is not old.status:
            actions.append(SetEdit(uid, item.annotator, SetStatus(item.status)))
        actions += migrated_exchanges(old, item, uid, exchanges(item.annotator))
    known = {decision.uid: decision for decision in after.decisions}
    actions += (UpdateDecision(new) for new in decisions if new != known.get(new.uid))
    return actions

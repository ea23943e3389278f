"""The relations of a document as arcs, found by the marks at their ends."""

from collections.abc import Iterable, Sequence

from app.core.annotation import Annotation, Relation
from app.core.edits import Change
from app.core.intervals import Interval, IntervalIndex
from app.core.scheme import Scheme
from app.core.state import DocumentState
from app.core.validation import Problem, relation_problems
from app.ui.editor.arcs import Arc, ArcEnd, ShownArcs
from app.ui.theme import UNKNOWN_COLOR


class RelationArcs:
    """Knows the arcs of the open document, and follows its changes: none is made before it is asked for."""

    def __init__(self) -> None:
        self._state: DocumentState | None = None
        self._scheme: Scheme | None = None
        self._at: dict[str, dict[str, Relation]] = {}  # by mark, then by uid
        self._made: dict[str, Arc] = {}
        self._hulls: dict[str, Interval] | None = None  # by uid; None until somebody asks what runs past a place
        self._index = IntervalIndex()

    def read(self, state: DocumentState | None, scheme: Scheme) -> None:
        """Begin with another document, another scheme, or none."""
        self._state, self._scheme = state, scheme
        self._at, self._made = {}, {}
        self._hulls, self._index = None, IntervalIndex()
        if state is not None:
            self._add(state.relations.values())

    def _add(self, relations: Iterable[Relation]) -> None:
        for relation in relations:
            for end in relation.ends:
                self._at.setdefault(end, {})[relation.uid] = relation

    def _drop(self, relations: Iterable[Relation]) -> None:
        for relation in relations:
            self._made.pop(relation.uid, None)
            for end in relation.ends:
                self._at.get(end, {}).pop(relation.uid, None)

    def follow(self, change: Change, state: DocumentState) -> list[tuple[int, int]]:
        """Take over a change that led to a state; return where arcs end that are different now."""
        self._state = state
        pairs = change.relations_replaced
        self._drop([*change.relations_removed, *(old for old, _ in pairs)])
        self._add([*change.relations_added, *(new for _, new in pairs)])
        touched = {end for relation in change.relations() for end in relation.ends}
        moved = {relation.uid for relation in change.relations()}
        for old, new in change.replaced:
            if old.fragments[0] != new.fragments[0]:
                for relation in self._at.get(new.uid, {}).values():
                    self._made.pop(relation.uid, None)
                    touched.update(relation.ends)
                    moved.add(relation.uid)
        self._move_hulls(moved)
        here = [state.annotations[uid].fragments[0] for uid in sorted(touched) if uid in state.annotations]
        return [(fragment.start, fragment.end) for fragment in here]

    @property
    def count(self) -> int:
        """How many relations there are."""
        return len(self._state.relations) if self._state is not None else 0

    def relations_of(self, owner: str) -> list[Relation]:
        """Return the relations that start or end at a mark (uid), as they were made."""
        return sorted(self._at.get(owner, {}).values(), key=_age)

    def arcs_of(self, owner: str) -> Sequence[Arc]:
        """Return the arcs that begin or end at a mark, oldest first; none to what is about the document as a whole."""
        if owner not in self._at:
            return ()
        return [self._arc(relation) for relation in self.relations_of(owner) if self._is_in_text(relation)]

    def _is_in_text(self, relation: Relation) -> bool:
        state, scheme = self._state, self._scheme
        if state is None or scheme is None or not scheme.document_layers:
            return True
        return not any(scheme.is_about_document(state.annotations[end].layer) for end in relation.ends)

    def arcs_past(self, start: int, end: int, shown: ShownArcs) -> Sequence[Arc]:
        """Return the arcs that are shown and run from before `start` to a mark that begins at `end` or behind it."""
        state = self._state
        if state is None:
            return []
        if shown.all:
            if self._hulls is None:
                self._hulls = {hull.uid: hull for hull in self._hulls_of(state.relations.values())}
                self._index = IntervalIndex(self._hulls.values())
            near = self._index.overlapping(start, max(start, end))
            passing = [hull.uid for hull in near if hull.start < start and hull.end >= end]
            return [self._arc(state.relations[uid]) for uid in passing]
        own = (state.relations[uid] for uid in sorted(shown.uids) if uid in state.relations)
        arcs = (self._arc(relation) for relation in own if self._is_in_text(relation))
        return [arc for arc in arcs if arc.hull[0] < start and arc.hull[1] >= end]

    def _hulls_of(self, relations: Iterable[Relation]) -> list[Interval]:
        """Return from where to where relations run in the text."""
        state, scheme = self._state, self._scheme
        if state is None or scheme is None:
            return []
        about = {annotation.uid for annotation in state.about_document(scheme)}
        found: list[Interval] = []
        start_of: dict[str, int] = {}  # marks have many relations, and there may be many thousands
        for relation in relations:
            source, target = relation.source, relation.target
            for uid in (source, target):
                if uid not in start_of:
                    start_of[uid] = state.annotations[uid].fragments[0].start
            if not about or (source not in about and target not in about):
                one, other = start_of[source], start_of[target]
                found.append(Interval(min(one, other), max(one, other), relation.uid))
        return found

    def _move_hulls(self, uids: set[str]) -> None:
        """Note where relations run now that are new, gone or other than before."""
        if self._hulls is None or self._state is None:
            return
        for uid in uids:
            was = self._hulls.pop(uid, None)
            if was is not None:
                self._index = self._index.removed(was)
        there = [self._state.relations[uid] for uid in sorted(uids) if uid in self._state.relations]
        for now in self._hulls_of(there):
            self._hulls[now.uid] = now
            self._index = self._index.added(now)

    def related(self, owner: str) -> dict[str, Relation]:
        """Return the relations that are about a mark, by uid: its own ones, and all of its chains."""
        own = self._at.get(owner, {})
        chained = {kind.id for kind in self._scheme.relations if kind.chain} if self._scheme is not None and own else ()
        found = dict(own)
        waiting = [end for relation in own.values() if relation.label in chained for end in relation.ends]
        seen = {owner}
        while waiting:
            mark = waiting.pop()
            if mark not in seen:
                seen.add(mark)
                links = [relation for relation in self._at[mark].values() if relation.label in chained]
                found |= {relation.uid: relation for relation in links}
                waiting += [end for relation in links for end in relation.ends]
        return found

    def chain_of(self, owner: str) -> set[str]:
        """Return the marks (uids) of all chains that a mark is in."""
        chained = {kind.id for kind in self._scheme.relations if kind.chain} if self._scheme is not None else set[str]()
        return {end for relation in self.related(owner).values() if relation.label in chained for end in relation.ends}

    def problems_of(self, owner: str) -> list[Problem]:
        """Return the unmet rules of the relations that start at a mark (uid)."""
        state, scheme = self._state, self._scheme
        own = self._at.get(owner)
        if not own or state is None or scheme is None:
            return []
        starting = [relation for relation in self.relations_of(owner) if relation.source == owner]
        return [problem for relation in starting for problem in relation_problems(relation, state, scheme=scheme)]

    def _arc(self, relation: Relation) -> Arc:
        arc = self._made.get(relation.uid)
        if arc is None:
            kind = self._scheme.relation(relation.label) if self._scheme is not None else None
            annotations = self._state.annotations if self._state is not None else {}
            source, target = (_end(annotations[uid]) for uid in relation.ends)
            arc = self._made[relation.uid] = Arc(
                relation.uid,
                source,
                target,
                kind.badge if kind is not None else relation.label,
                kind.color if kind is not None else UNKNOWN_COLOR,
                kind is None or (kind.directed and not kind.chain),
                kind is not None and kind.chain,
            )
        return arc


def _end(annotation: Annotation) -> ArcEnd:
    first = annotation.fragments[0]
    return ArcEnd(annotation.uid, first.start, first.end)


def _age(relation: Relation) -> str:
    return relation.uid

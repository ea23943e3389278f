"""The relations of a document as arcs, found by the marks at their ends."""

from collections.abc import Iterable, Sequence

from app.core.annotation import Annotation, Relation
from app.core.edits import Change
from app.core.scheme import Scheme
from app.core.state import DocumentState
from app.core.validation import Problem, relation_problems
from app.ui.editor.arcs import Arc, ArcEnd
from app.ui.theme import UNKNOWN_COLOR


class RelationArcs:
    """Knows the arcs of the open document, and follows its changes: none is made before it is asked for."""

    def __init__(self) -> None:
        self._state: DocumentState | None = None
        self._scheme: Scheme | None = None
        self._at: dict[str, dict[str, Relation]] = {}  # by mark, then by uid
        self._made: dict[str, Arc] = {}

    def read(self, state: DocumentState | None, scheme: Scheme) -> None:
        """Begin with another document, another scheme, or none."""
        self._state, self._scheme = state, scheme
        self._at, self._made = {}, {}
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
        for old, new in change.replaced:
            if old.fragments[0] != new.fragments[0]:
                for relation in self._at.get(new.uid, {}).values():
                    self._made.pop(relation.uid, None)
                    touched.update(relation.ends)
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

"""The relations of a mark in words: type, direction and the other end, for the inspector, menus and screen readers."""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from app.core import field_values
from app.core.annotation import Annotation, Relation
from app.core.scheme import RelationType, Scheme
from app.core.state import DocumentState, reading_order
from app.core.wording import shorten

_LONGEST = 60  # characters of the other end's quote


class RelationRow(NamedTuple):
    """One relation seen from one of its ends. `other` is the annotation (uid) at the other one; a mark of the same
    chain that is joined only through others has no `relation`.
    """

    relation: Relation | None
    other: str
    sign: str  # an arrow away from the mark or to it, a line where direction means nothing; dots for the same chain
    title: str
    quote: str
    label: str
    more: str = ""  # fields and comment

    @property
    def words(self) -> str:
        """The row as it is shown."""
        return f"{self.sign} {self.title}  “{self.quote}”  {self.label}"

    @property
    def spoken(self) -> str:
        """The row for who can't see the sign."""
        there = f"“{self.quote}”, {self.label}"
        said = {"→": f"{self.title} {there}", "←": f"{there}, {self.title} this"}.get(
            self.sign, f"{self.title}: {there}"
        )
        more = "in the same chain" if self.relation is None else self.more
        return f"{said}, {more}" if more else said


def rows_of(
    annotation: Annotation,
    relations: Sequence[Relation],
    state: DocumentState,
    scheme: Scheme,
    chain: Iterable[str] = (),
) -> list[RelationRow]:
    """Return a row for each relation of an annotation, as they were made, and then for each other mark of its chains
    (uids), in reading order.
    """
    found = [_row(annotation, relation, state.annotations, scheme) for relation in relations]
    there = {annotation.uid, *(row.other for row in found)}
    titles = [kind.title for kind in scheme.relations if kind.chain and any(r.label == kind.id for r in relations)]
    rest = sorted((state.annotations[uid] for uid in chain if uid not in there), key=reading_order)
    title = " or ".join(titles)
    found += [RelationRow(None, a.uid, "⋯", title, quote_words(a), _label(a, scheme)) for a in rest]
    return found


def _row(
    annotation: Annotation, relation: Relation, annotations: Mapping[str, Annotation], scheme: Scheme
) -> RelationRow:
    kind = scheme.relation(relation.label)
    starts = relation.source == annotation.uid
    other = annotations[relation.target if starts else relation.source]
    sign = "–" if kind is not None and not has_head(kind) else "→" if starts else "←"
    title = kind.title if kind is not None else relation.label
    return RelationRow(
        relation, other.uid, sign, title, quote_words(other), _label(other, scheme), _more(relation, kind)
    )


def has_head(kind: RelationType) -> bool:
    """Whether a relation of a type is drawn with an arrow head: a chain only tells what belongs together."""
    return kind.directed and not kind.chain


def quote_words(annotation: Annotation) -> str:
    """Return an annotation's words, short."""
    return shorten(annotation.quote, _LONGEST) if annotation.quote else "a gap"


def _label(annotation: Annotation, scheme: Scheme) -> str:
    return scheme.label_title(annotation.layer, annotation.label)


def _more(relation: Relation, kind: RelationType | None) -> str:
    fields = [
        f"{attribute.title}: {field_values.shown(attribute, value)}"
        for attribute in (kind.attributes if kind is not None else ())
        if not field_values.is_empty(value := relation.attributes.get(attribute.id))
    ]
    return "; ".join([*fields, *([f"comment: {relation.comment}"] if relation.comment else [])])


def fitting_types(source: Annotation, target: Annotation, scheme: Scheme) -> list[RelationType]:
    """Return the types of relation that may lead from one annotation to another, in the scheme's order."""
    return [kind for kind in scheme.relations_from(source) if scheme.may_end(kind.targets, target)]

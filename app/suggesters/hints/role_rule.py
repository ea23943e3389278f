"""A person with another role than the reference says: “the US senator” for “U.S. President”."""

from collections.abc import Iterable
from typing import NamedTuple

from app.suggesters.hints.comparison import Comparison
from app.suggesters.hints.hint import Hint, HintKind
from app.suggesters.hints.known_names import known_names
from app.suggesters.hints.name_spelling import folded
from app.suggesters.hints.name_tables import name_tables
from app.suggesters.hints.named_text import NamedText
from app.suggesters.hints.names import Name
from app.suggesters.hints.role_table import KIN, conflicting_families
from app.suggesters.hints.roles import Role
from app.suggesters.hints.rule import Tier

_SMALL = frozenset(("of", "the", "for", "and"))
_ONE_BODY = frozenset(("office", "company", "club", "school"))


class _Stated(NamedTuple):
    """A role that a reference, by index, says somebody has."""

    reference: int
    role: Role


class RoleRule:
    """Finds roles and titles of people that exclude the one that the reference gives them."""

    name = "role"
    title = "Roles and titles that the reference gives otherwise"
    version = "1"
    needs = "a reference"
    tier = Tier.SURE
    kinds = (HintKind.ROLE,)
    help = (
        "A role or title of a person who has another one in the reference, where nobody has both: senator and "
        "president, goalkeeper and striker, nurse and teacher. Also “Russian president” for “Ukrainian president” of "
        "one person, and a role in another company than that of the reference. Names of one role (“CEO”, “chief "
        "executive”), former roles and roles that go together are passed over."
    )

    def hints(self, comparison: Comparison) -> Iterable[Hint]:
        """See `HintRule`."""
        stated = comparison.get(_stated_roles)
        if not stated:
            return
        ours = comparison.text.get(NamedText).roles
        for role in ours:
            theirs = _of_person(role, stated)
            if _is_said_beside(comparison, role, ours, theirs):
                continue
            if theirs and not role.is_borrowed:
                hint = _other_role(comparison, role, theirs)
                hint = hint or _other_body(comparison, role, theirs, stated)
                if hint is not None:
                    yield hint
            elif theirs:
                hint = _other_body(comparison, role, theirs, stated)
                if hint is not None:
                    yield hint


def _is_said_beside(comparison: Comparison, role: Role, ours: Iterable[Role], theirs: Iterable[_Stated]) -> bool:
    """Return whether the sentence also has the role that a reference gives, and not as someone else's: then the text
    names two roles of one person.
    """
    parsed = comparison.parsed
    first, last = parsed.sentences[parsed.words[role.first].sentence]
    others = {
        index
        for other in ours
        if other is role or not _is_same_person(other.person, role.person)
        for index in range(other.first, other.last)
    }
    said = {folded(parsed.words[index].text) for index in range(first, last) if index not in others}
    for their in theirs:
        reference = comparison.references[their.reference].parsed
        words = {folded(word.text) for word in reference.words[their.role.first : their.role.last]}
        if not their.role.is_borrowed and _is_comparable(role, their.role) and words <= said:
            return True
    return False


def _stated_roles(comparison: Comparison) -> tuple[_Stated, ...]:
    return tuple(
        _Stated(number, role)
        for number, reference in enumerate(comparison.references)
        for role in reference.get(NamedText).roles
    )


def _of_person(role: Role, stated: Iterable[_Stated]) -> list[_Stated]:
    """Return the roles that references give to the same person; none if a name could be that of several."""
    theirs = [other for other in stated if _is_same_person(role.person, other.role.person)]
    given = {other.role.person[0] for other in theirs if len(other.role.person) > 1}
    if len(role.person) == 1 and len(given) > 1 and role.person[0] not in given:
        return []
    return theirs


def _is_same_person(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    if one == other:
        return True
    if len(one) == 1 or len(other) == 1:
        short, long = sorted((one, other), key=len)
        return short[0] == long[-1] or short[0] == long[0]
    given = name_tables().given
    alike = one[0][:1] == other[0][:1] or not given.get(one[0], frozenset()).isdisjoint(given.get(other[0], ()))
    return one[-1] == other[-1] and alike


def _other_role(comparison: Comparison, role: Role, theirs: list[_Stated]) -> Hint | None:
    if role.is_former or any(not frozenset(role.families).isdisjoint(other.role.families) for other in theirs):
        return None
    against = [other for other in theirs if not other.role.is_former and _exclude(role, other.role)]
    if not against or len(against) < len([other for other in theirs if _is_comparable(role, other.role)]):
        return None
    other = _first(comparison, against)
    parsed = comparison.parsed
    reference = comparison.references[other.reference].parsed
    if other.role.is_borrowed:
        said = other.role.families[0][1]
        whole = said
    else:
        said = reference.span_text(other.role.first, other.role.last)
        whole = reference.span_text(*_with_bodies(other.role))
    wrong = parsed.span_text(role.first, role.last)
    right = _cased(said, wrong)
    return Hint(
        HintKind.ROLE,
        parsed.start_of(role.first),
        parsed.end_of(role.last),
        f"The reference says “{whole}”, not “{wrong}”.",
        right,
        (comparison.place(other.reference, *other.role.stated),),
        0.9,
    )


def _is_comparable(role: Role, other: Role) -> bool:
    return not frozenset(family for family, _ in role.families).isdisjoint(family for family, _ in other.families)


def _exclude(role: Role, other: Role) -> bool:
    families = conflicting_families(role.families, other.families)
    if families == {KIN}:
        return bool(role.of) and _is_same_person(role.of, other.of) if other.of else False
    return bool(families - {KIN})


def _with_bodies(role: Role) -> tuple[int, int]:
    first = min([role.first, *(name.first for name in role.bodies if name.first >= role.modified)])
    return first, role.last


def _first(comparison: Comparison, some: Iterable[_Stated]) -> _Stated:
    texts = [reference.text for reference in comparison.references]
    return min(some, key=lambda other: (other.role.is_borrowed, other.role.stated, texts[other.reference]))


def _cased(said: str, wrong: str) -> str:
    """Return a role with capitals where the text's role has them."""
    words = [word if word.isupper() else word.lower() for word in said.split(" ")]
    if wrong[:1].islower() or wrong.isupper() and len(wrong) <= len("CEO"):
        return " ".join(words)
    rest_is_large = " " not in wrong or wrong.rsplit(" ", 1)[1][:1].isupper()
    if " " not in wrong and said[:1].isupper():
        rest_is_large = said.rsplit(" ", 1)[-1][:1].isupper()
    return " ".join(
        word[:1].upper() + word[1:] if number == 0 or rest_is_large and word not in _SMALL else word
        for number, word in enumerate(words)
    )


# -- the same role, elsewhere ------------------------------------------------------------------------------------------


def _other_body(comparison: Comparison, role: Role, theirs: list[_Stated], stated: Iterable[_Stated]) -> Hint | None:
    """Return a hint if a person has the role of the reference, but of another country or body."""
    same = [other for other in theirs if not frozenset(role.families).isdisjoint(other.role.families)]
    if not role.bodies or not same or any(not other.role.bodies for other in same):
        return None
    for body in role.bodies:
        if any(_is_same_body(body, there) for other in same for there in other.role.bodies):
            return None
    for body in role.bodies:
        for other in sorted(same, key=lambda one: (one.role.is_borrowed, one.role.stated)):
            for there in other.role.bodies:
                if _are_alternatives(comparison, body, there, role, stated):
                    return _body_hint(comparison, body, there, other)
    return None


def _countries(name: Name) -> frozenset[str]:
    tables = name_tables()
    found = tables.of_country(name.tokens) + tables.capitals.get(name.tokens, ())
    return frozenset(country.name for country in found)


def _is_same_body(one: Name, other: Name) -> bool:
    return not frozenset(one.tokens).isdisjoint(other.tokens) or not _countries(one).isdisjoint(_countries(other))


def _are_alternatives(comparison: Comparison, body: Name, there: Name, role: Role, stated: Iterable[_Stated]) -> bool:
    """Return whether nobody has a role in both bodies: two countries, or two that different people lead."""
    if _countries(body) and _countries(there):
        return True
    if _countries(body) or _countries(there) or not any(family in _ONE_BODY for family, _ in role.families):
        return False
    if comparison.get(known_names).unknown_parts(comparison.parsed, body, is_place=True):
        return False  # a name that no reference has is for the rule of names in the place of others
    return any(
        _is_same_body(body, name)
        for other in stated
        if not _is_same_person(other.role.person, role.person)
        and not frozenset(other.role.families).isdisjoint(role.families)
        for name in other.role.bodies
    )


def _body_hint(comparison: Comparison, body: Name, there: Name, other: _Stated) -> Hint:
    parsed = comparison.parsed
    reference = comparison.references[other.reference].parsed
    said = reference.span_text(there.first, there.last)
    country = next(iter(name_tables().of_country(there.tokens)), None)
    if country is not None and body.sort is not there.sort:
        is_people = body.tokens in name_tables().people
        said = (country.people[0] if country.people else said) if is_people else country.name
    return Hint(
        HintKind.ROLE,
        parsed.start_of(body.first),
        parsed.end_of(body.last),
        f"The reference says “{reference.span_text(*_with_bodies(other.role))}” of {_full_name(other)}.",
        said,
        (comparison.place(other.reference, *other.role.stated),),
        0.85,
    )


def _full_name(other: _Stated) -> str:
    return " ".join(part.capitalize() for part in other.role.person)

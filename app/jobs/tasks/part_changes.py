"""Changes of relation types, fields, values and severities by their names, as a shell gives them."""

from collections.abc import Iterable

from app.core.errors import WrongUse
from app.services.schemes.draft import SchemeDraft
from app.services.schemes.parts import Part, PartKind, count_uses, parts_of
from app.session.session import Session

_KINDS = tuple(kind for kind in PartKind if kind is not PartKind.LABEL)
_MOST_NAMED = 30


def names_part(text: str) -> bool:
    """Whether a text names a part that isn't a label, such as `relation:ID`."""
    return text.partition(":")[0] in _KINDS and ":" in text


def name_of(part: Part) -> str:
    """Return the name of a part: `relation:ID`, `severity:ID`, `field:OWNER.ID` or `value:OWNER.FIELD.ID`, where the
    owner is a layer or a relation type.
    """
    return f"{part.kind}:{'.'.join(name for name in (part.owner, part.field, part.id) if name)}"


def changed_draft(
    session: Session, *, rename: Iterable[str] = (), merge: Iterable[str] = (), delete: Iterable[str] = ()
) -> SchemeDraft:
    """Return a draft of the scheme in which parts are renamed (`NAME=ID`), merged into another one of their kind
    (`NAME=ID`) or deleted (`NAME`), the last two also if only marks or relations have them.

    Raises WrongUse, SchemeError and ProjectError.
    """
    draft = SchemeDraft(session.scheme)
    known = {name_of(part): part for part in count_uses(session).counts if part.kind is not PartKind.LABEL}
    known |= {name_of(part): part for part in parts_of(session.scheme) if part.kind is not PartKind.LABEL}
    for word, texts in (("rename", rename), ("merge", merge), ("delete", delete)):
        for text in texts:
            name, _, new = text.rpartition("=") if word != "delete" else (text, "", "")
            part = known.get(name)
            if part is None or (word != "delete" and not new):
                listed = ", ".join(sorted(known)[:_MOST_NAMED])
                raise WrongUse(f"--{word} can’t take “{text}”", hint=f"name one of: {listed or 'none, there is none'}")
            _change(draft, part, word, new)
    return draft


def _change(draft: SchemeDraft, part: Part, word: str, new: str) -> None:
    others = [id for _, id in draft.others(part) or ()]
    place = draft.find(part)
    if word == "rename":
        if place is None:
            raise WrongUse(f"{name_of(part)} isn’t in the scheme", hint="merge it into one that is, or delete it")
        draft.set(place, "id", new)
        return
    if word == "merge" and (new not in others or new == part.id):
        raise WrongUse(f"{name_of(part)} can’t be merged into “{new}”", hint=f"name one of: {', '.join(others)}")
    if place is None:
        draft.give(part, new or None)
    else:
        draft.remove(place, new)

"""Labels that annotators propose while they read: their marks have a label that names the proposal, and an attribute
with what its annotator says of it.

So proposals travel wherever the marks go, and the marks follow when the lead accepts, merges or deletes one.
"""

from collections.abc import Mapping
from typing import Any, cast

import msgspec

_PREFIX = "proposed."
NOTE = "stet:proposal"
"""The attribute of marks that holds the note of their proposal; no field of a scheme can have this id."""
_LONGEST = 10_000


class ProposalNote(msgspec.Struct, frozen=True, omit_defaults=True):
    """What is said of a proposal: the label (id) that it is a kind of, a definition and an example, colour and key as
    the scheme file has them; "" for what isn't.
    """

    parent: str = ""
    definition: str = ""
    example: str = ""
    color: str = ""
    key: str = ""

    def given(self) -> dict[str, str]:
        """Return what is said, by the keys of the scheme file."""
        return {key: value for key, value in msgspec.structs.asdict(self).items() if value}


NO_NOTE = ProposalNote()


def proposed(title: str) -> str:
    """Return the label of marks for which a label of this title is proposed."""
    return _PREFIX + " ".join(title.split())


def is_proposal(label: str) -> bool:
    """Whether a label is a proposal."""
    return label.startswith(_PREFIX) and len(label) > len(_PREFIX)


def proposal_title(label: str) -> str:
    """Return the title of a proposal; of another label the label itself."""
    return label.removeprefix(_PREFIX) if is_proposal(label) else label


def note_of(attributes: Mapping[str, Any]) -> ProposalNote:
    """Return the note in a mark's attributes: of what a stranger's file has there, what is text of a fair length."""
    given = attributes.get(NOTE)
    if not isinstance(given, dict):
        return NO_NOTE
    said = cast(dict[str, Any], given)
    texts = {key: said.get(key) for key in ProposalNote.__struct_fields__}
    return ProposalNote(**{key: text for key, text in texts.items() if isinstance(text, str) and len(text) <= _LONGEST})


def with_note(attributes: Mapping[str, Any], note: ProposalNote) -> dict[str, Any]:
    """Return a mark's attributes with a note; without one if nothing is said in it."""
    said = note.given()
    return {**without_note(attributes), **({NOTE: said} if said else {})}


def without_note(attributes: Mapping[str, Any]) -> dict[str, Any]:
    """Return attributes without the note of a proposal: a mark with another label has none."""
    return {key: value for key, value in attributes.items() if key != NOTE}

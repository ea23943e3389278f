"""What a collection of BioC consists of, whether it is XML or JSON.

Sources: http://bioc.sourceforge.net with its DTD, and for JSON the library https://github.com/bionlplab/bioc.
"""

from typing import Any, NamedTuple

import msgspec

from app.core.errors import FormatError

Json = dict[str, Any]

_LONGEST_NUMBER = 15  # digits


class BiocLocation(NamedTuple):
    """A range: offset in the document and length, in the unit of the file."""

    offset: int
    length: int

    @property
    def end(self) -> int:
        """The end, exclusive."""
        return self.offset + self.length


class BiocNode(NamedTuple):
    """What a relation links, by its id, and the role that it has there."""

    refid: str
    role: str


class BiocAnnotation(msgspec.Struct, kw_only=True):
    """An annotation. `infons` are texts, or lists of several with one key; in JSON any values. `more` are keys of JSON
    that aren't BioC's own.
    """

    id: str = ""
    infons: Json = {}
    text: str | None = None
    locations: list[BiocLocation] = []
    more: Json = {}


class BiocRelation(msgspec.Struct, kw_only=True):
    """A relation between annotations, or relations, by their ids."""

    id: str = ""
    infons: Json = {}
    nodes: list[BiocNode] = []
    more: Json = {}


class BiocPassage(msgspec.Struct, kw_only=True):
    """A passage or a sentence, which has no `sentences`. The text is that of the passage or of its sentences."""

    offset: int = 0
    infons: Json = {}
    text: str | None = None
    sentences: list["BiocPassage"] = []
    annotations: list[BiocAnnotation] = []
    relations: list[BiocRelation] = []
    more: Json = {}


class BiocDocument(msgspec.Struct, kw_only=True):
    """A document; `errors` are of parts that are left out."""

    id: str = ""
    infons: Json = {}
    passages: list[BiocPassage] = []
    annotations: list[BiocAnnotation] = []
    relations: list[BiocRelation] = []
    more: Json = {}
    errors: list[FormatError] = []


class BiocCollection(msgspec.Struct, kw_only=True):
    """What a file says of all of its documents."""

    source: str = ""
    date: str = ""
    key: str = ""
    version: str = ""
    infons: Json = {}
    more: Json = {}


def whole_number(text: str, what: str) -> int:
    """Return an offset or a length. Raises FormatError for what can't be one."""
    given = text.strip()
    if not (given.isascii() and given.isdigit() and len(given) <= _LONGEST_NUMBER):
        raise FormatError(f"{what} must be a whole number, not “{given[:40]}”", hint="fix the offsets")
    return int(given)

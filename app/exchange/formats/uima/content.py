"""What a CAS says of one text, whichever file it was read from or is written to. All ranges are in code points."""

from collections.abc import Iterator
from typing import Any, NamedTuple

import msgspec


class CasLink(msgspec.Struct, kw_only=True):
    """What fills a slot of a span: another span, by key, in a `feature`, with a `role`, None if it has none.

    `type` is that of the structure between them, which may have `features` of its own.
    """

    feature: str
    target: str
    type: str = ""
    role: str | None = None
    features: dict[str, Any] = {}


class CasSpan(msgspec.Struct, kw_only=True):
    """An annotation of the text. `known` are the features that its type has, set or not; `place` its number among those
    of its type and range.
    """

    key: str
    type: str
    start: int
    end: int
    features: dict[str, Any] = {}
    known: tuple[str, ...] = ()
    links: list[CasLink] = []
    place: int = 1


class CasRelation(msgspec.Struct, kw_only=True):
    """A relation from one span to another, by key."""

    key: str
    type: str
    source: str
    target: str
    features: dict[str, Any] = {}
    known: tuple[str, ...] = ()


class CasChain(msgspec.Struct, kw_only=True):
    """Spans that mean the same, by key, in their order. `type` is that of the spans."""

    type: str
    members: list[str]


class CasAbout(msgspec.Struct, kw_only=True):
    """What is said of the document as a whole."""

    key: str
    type: str
    features: dict[str, Any] = {}
    known: tuple[str, ...] = ()


class CasSentence(NamedTuple):
    """A sentence, with the id that it may have."""

    start: int
    end: int
    id: str = ""


class CasContent(msgspec.Struct, kw_only=True):
    """A text and all that is said of it. `meta` is what DocumentMetaData says; `title` the name that it gives."""

    text: str
    title: str = ""
    meta: dict[str, Any] = {}
    tokens: list[tuple[int, int]] = []
    sentences: list[CasSentence] = []
    spans: list[CasSpan] = []
    relations: list[CasRelation] = []
    chains: list[CasChain] = []
    about: list[CasAbout] = []

    def by_key(self) -> dict[str, CasSpan]:
        """Return the spans by key."""
        return {span.key: span for span in self.spans}


class CasKeys:
    """Gives keys that are the same whenever, and from whichever of the formats, an annotation is read."""

    def __init__(self) -> None:
        self._met: dict[str, int] = {}

    def key(self, *parts: object) -> str:
        """Return a key made of parts, the second and later ones of the same with a number behind."""
        return self.numbered(*parts)[0]

    def numbered(self, *parts: object) -> tuple[str, int]:
        """Return a key made of parts, and its number."""
        base = " ".join(map(str, parts))
        count = self._met[base] = self._met.get(base, 0) + 1
        return (base if count == 1 else f"{base} #{count}"), count


def in_order(spans: list[CasSpan]) -> Iterator[CasSpan]:
    """Yield spans as UIMA's index has them: by start, the longer first."""
    yield from sorted(spans, key=lambda span: (span.start, -span.end, span.type, span.place))

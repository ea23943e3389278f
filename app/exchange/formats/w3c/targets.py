"""What a target of a web annotation points at: another annotation, a document as a whole, or places in its text."""

import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from app.core.annotation import Stance
from app.exchange.formats.w3c.wire import EVIDENCE, Json, as_object, id_of, many, types_of, word
from app.exchange.text_selectors import Quote

_CHAR = re.compile(r"char=(\d{1,15})(?:,(\d{1,15}))?(?:;.*)?")  # RFC 5147
_SET = re.compile(r"set-([1-9]\d{0,3})")
_PIECE = re.compile(r"piece-[1-9]\d{0,3}")
_MOST = 2**53
_STANCES = {each.value: each for each in Stance}


class Position(NamedTuple):
    """A range, in bytes if it is of a data selector."""

    start: int
    end: int
    is_bytes: bool = False


class GivenTarget(NamedTuple):
    """A target: the address of its document, None if it has none, and what describes that; `id` is the target's own,
    which may be an annotation's. Without selectors it is the whole document; some selectors say nothing of a text.
    """

    address: str | None
    node: Json
    id: str
    positions: tuple[Position, ...] = ()
    quotes: tuple[Quote, ...] = ()
    selectors: tuple[str, ...] = ()
    classes: tuple[str, ...] = ()

    @property
    def is_whole(self) -> bool:
        """Whether it is the document as a whole."""
        return not self.selectors

    @property
    def is_evidence(self) -> bool:
        """Whether it is marked as evidence."""
        return EVIDENCE in self.classes

    @property
    def stance(self) -> Stance:
        """What the evidence does; context if it isn't said."""
        return next((_STANCES[each] for each in self.classes if each in _STANCES), Stance.CONTEXT)

    @property
    def piece(self) -> str:
        """The class of a target that is evidence together with others, "" if it is by itself."""
        return next((each for each in self.classes if _PIECE.fullmatch(each)), "")

    @property
    def alternative(self) -> int:
        """The number of the set that the evidence is in."""
        found = next(filter(None, map(_SET.fullmatch, self.classes)), None)
        return int(found[1]) if found else 1


def targets_of(annotation: Mapping[str, Any]) -> list[GivenTarget]:
    """Return the targets of an annotation."""
    given = many(annotation.get("target"))
    return [target_of(each) for each in given if as_object(each) is not None or isinstance(each, str)]


def target_of(given: object) -> GivenTarget:
    """Return what a target is."""
    found = as_object(given)
    if found is None:
        address, hash, fragment = word(given).partition("#")
        position = _char(fragment) if hash else None
        if position is not None:
            return GivenTarget(address or None, {}, "", (position,), selectors=("FragmentSelector",))
        return GivenTarget(word(given) or None, {}, word(given))
    source = found.get("source")
    selectors = list(_selectors(found.get("selector")))
    is_plain = source is None and not selectors
    node = found if is_plain else as_object(next(iter(many(source)), None)) or {}
    address = id_of(found) if is_plain else id_of(source)
    return GivenTarget(
        address or None,
        node,
        id_of(found) if is_plain else "",
        tuple(each for each in map(_position, selectors) if each is not None),
        tuple(each for each in map(_quote, selectors) if each is not None),
        tuple(types_of(each)[0] if types_of(each) else "selector" for each in selectors),
        tuple(each for given in many(found.get("styleClass")) if isinstance(given, str) for each in given.split()),
    )


def _selectors(given: object) -> Iterator[Json]:
    """Yield the selectors that say the same place in several ways; of one that another refines, that one too."""
    for each in many(given):
        found = as_object(each)
        if found is None:
            continue
        yield found
        inner = as_object(found.get("refinedBy"))
        # A position in what another selector finds isn't one in the text; a quote is.
        if inner is not None and "TextQuoteSelector" in types_of(inner):
            yield inner


def _position(selector: Mapping[str, Any]) -> Position | None:
    types = types_of(selector)
    if "FragmentSelector" in types:
        return _char(word(selector.get("value")))
    if not any(each in types for each in ("TextPositionSelector", "DataPositionSelector")):
        return None
    start, end = _offset(selector.get("start")), _offset(selector.get("end"))
    if start is None or end is None:
        return None
    return Position(start, end, "DataPositionSelector" in types)


def _char(fragment: str) -> Position | None:
    found = _CHAR.fullmatch(fragment)
    return Position(int(found[1]), int(found[2] or found[1])) if found else None


def _offset(value: object) -> int | None:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= _MOST:
        return None
    return int(value) if value == int(value) else None


def _quote(selector: Mapping[str, Any]) -> Quote | None:
    exact = selector.get("exact")
    if "TextQuoteSelector" not in types_of(selector) or not isinstance(exact, str):
        return None
    return Quote(exact, word(selector.get("prefix")), word(selector.get("suffix")))

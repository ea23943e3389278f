"""The numbers and bullets of paragraphs, which a Word file doesn't have in its text but counts (ECMA-376, 17.9)."""

import re
from collections.abc import Sequence
from typing import Any, NamedTuple

from app.exchange.extracted_text import BULLET
from app.exchange.formats.docx.names import Element, W, child, is_on, number, parts_of, value

_LEVELS = 9
_PART = re.compile(r"%([1-9])")
_ROMAN = (
    (1000, "M"), (900, "CM"), (500, "D"), (400, "CD"), (100, "C"), (90, "XC"), (50, "L"), (40, "XL"), (10, "X"),
    (9, "IX"), (5, "V"), (4, "IV"), (1, "I"),
)  # fmt: skip
_MOST_ROMAN = 4_000
_MOST_LETTERS = 50  # of one number


class _Level(NamedTuple):
    start: int
    kind: str
    text: str
    style: str
    is_legal: bool  # all numbers in figures


class _Numbers(NamedTuple):
    """A numbered list: the definition that counts, and where levels begin anew."""

    definition: str
    levels: Sequence[_Level]
    starts: dict[int, int]


class ListNumbers:
    """Counts the paragraphs of a document, in their order."""

    def __init__(self, document: Any) -> None:  # noqa: ANN401  of python-docx
        self._numbers: dict[str, _Numbers] = {}
        self._styles: dict[str, Element] = {}
        self._counts: dict[str, dict[int, int]] = {}  # by definition and level
        self._begun: set[str] = set()
        for root in parts_of(document, "styles"):
            self._styles |= {value(each, "styleId"): each for each in root.iterchildren(f"{W}style")}
        for root in parts_of(document, "numbering"):
            self._read(root)

    def _read(self, root: Element) -> None:
        definitions: dict[str, list[_Level]] = {}
        for each in root.iterchildren(f"{W}abstractNum"):
            levels = {number(value(level, "ilvl")): _level(level) for level in each.iterchildren(f"{W}lvl")}
            plain = _Level(1, "decimal", "", "", is_legal=False)
            definitions[value(each, "abstractNumId")] = [levels.get(at, plain) for at in range(_LEVELS)]
        for each in root.iterchildren(f"{W}num"):
            definition = value(child(each, "abstractNumId"))
            starts: dict[int, int] = {}
            for override in each.iterchildren(f"{W}lvlOverride"):
                start = child(override, "startOverride")
                if start is not None:
                    starts[number(value(override, "ilvl"))] = number(value(start), 1)
            if definition in definitions:
                self._numbers[value(each, "numId")] = _Numbers(definition, definitions[definition], starts)

    def label(self, properties: Element | None) -> str:
        """Count a paragraph by its properties; return its number or bullet with a blank behind it, empty if it has
        none.
        """
        id, level = self._place(properties)
        found = self._numbers.get(id)
        if found is None:
            return ""
        counts = self._counts.setdefault(found.definition, {})
        if id not in self._begun:
            self._begun.add(id)
            for at, start in found.starts.items():
                counts[at] = start - 1
        counts[level] = counts.get(level, found.levels[level].start - 1) + 1
        for deeper in range(level + 1, _LEVELS):
            counts.pop(deeper, None)
        return _label(found.levels, counts, level)

    def _place(self, properties: Element | None) -> tuple[str, int]:
        """Return the id of the list that a paragraph is in, itself or by its style, and the level, from 0."""
        given = child(properties, "numPr") if properties is not None else None
        id, level = value(child(given, "numId")) if given is not None else "", None
        if given is not None and child(given, "ilvl") is not None:
            level = number(value(child(given, "ilvl")))
        style = value(child(properties, "pStyle")) if properties is not None else ""
        seen: set[str] = set()
        owner = style
        while style and style not in seen and (not id or level is None):
            seen.add(style)
            definition = self._styles.get(style)
            here = child(definition, "pPr", "numPr") if definition is not None else None
            if here is not None:
                id, owner = id or value(child(here, "numId")), style if not id else owner
                at = child(here, "ilvl")
                level = number(value(at)) if level is None and at is not None else level
            style = value(child(definition, "basedOn")) if definition is not None else ""
        if level is None:
            levels = self._numbers[id].levels if id in self._numbers else ()
            level = next((at for at, each in enumerate(levels) if each.style and each.style == owner), 0)
        return id, min(max(level, 0), _LEVELS - 1)


def _level(element: Element) -> _Level:
    return _Level(
        start=number(value(child(element, "start")), 1),
        kind=value(child(element, "numFmt")) or "decimal",
        text=value(child(element, "lvlText")),
        style=value(child(element, "pStyle")),
        is_legal=is_on(child(element, "isLgl")),
    )


def _label(levels: Sequence[_Level], counts: dict[int, int], level: int) -> str:
    here = levels[level]
    if here.kind == "bullet":
        return BULLET if here.text else ""
    if here.kind == "none":
        return ""

    def counted(part: "re.Match[str]") -> str:
        at = int(part[1]) - 1
        kind = "decimal" if here.is_legal and levels[at].kind != "none" else levels[at].kind
        return in_figures(counts.get(at, levels[at].start), kind)

    found = _PART.sub(counted, here.text).strip()
    return f"{found} " if found else ""


def in_figures(count: int, kind: str) -> str:
    """Return a number as a kind of numbering of Word writes it: Roman, letters, or else figures."""
    if kind in ("lowerRoman", "upperRoman") and 0 < count < _MOST_ROMAN:
        found = ""
        for worth, sign in _ROMAN:
            found += sign * (count // worth)
            count %= worth
        return found if kind == "upperRoman" else found.lower()
    if kind in ("lowerLetter", "upperLetter") and 0 < count <= 26 * _MOST_LETTERS:
        letters = chr(ord("A") + (count - 1) % 26) * ((count - 1) // 26 + 1)
        return letters if kind == "upperLetter" else letters.lower()
    if kind in ("none", "bullet"):
        return ""
    return f"{count:02d}" if kind == "decimalZero" else str(count)

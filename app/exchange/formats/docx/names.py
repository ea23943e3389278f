"""Names in the XML of Word files (ECMA-376, part 1), and how values are read of it."""

from collections.abc import Iterator
from typing import Any

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
MATH = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
ALTERNATE = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
W14 = "{http://schemas.microsoft.com/office/word/2010/wordml}"
W15 = "{http://schemas.microsoft.com/office/word/2012/wordml}"

_OFF = ("0", "false", "off", "none")
_MOST_DIGITS = 9

Element = Any
"""An element of lxml, which has no types."""


def child(element: Element, *names: str) -> Element | None:
    """Return the descendant that one comes to by these names of Word, one below the other; None if one is missing."""
    found = element
    for name in names:
        found = found.find(W + name) if found is not None else None
    return found


def value(element: Element | None, name: str = "val") -> str:
    """Return an attribute of Word, empty if there is none."""
    return str(element.get(W + name) or "") if element is not None else ""


def number(text: str, default: int = 0) -> int:
    """Return a whole number, which may be negative; else the default."""
    digits = text.removeprefix("-")
    return int(text) if digits.isascii() and digits.isdigit() and len(digits) <= _MOST_DIGITS else default


def is_on(element: Element | None) -> bool:
    """Whether a property that is on or off is there, and on."""
    return element is not None and value(element).lower() not in _OFF


def parts_of(document: Any, kind: str) -> Iterator[Element]:  # noqa: ANN401
    """Yield the roots of the parts that belong to a document by a relationship whose type ends in `/kind`."""
    from docx.oxml import parse_xml  # there, as the document is

    for link in document.part.rels.values():
        if not link.is_external and str(link.reltype).endswith(f"/{kind}"):
            yield parse_xml(link.target_part.blob)

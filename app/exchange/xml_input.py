"""XML of strangers: entities are refused, and nothing outside of the file is ever read.

A DOCTYPE that only names its DTD is allowed, as BioC's files have one; the DTD isn't fetched.
"""

import io
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import iterparse

from app.core.errors import FormatError

DEEPEST = 500
"""How deep elements may be nested: what walks them must not run out of stack."""

# ValueError and LookupError are for encodings that can't be read.
_BREAKS = (ParseError, ValueError, LookupError)


def xml_root(data: bytes, *, path: Path | None = None) -> Element:
    """Return the root element of an XML document. Raises FormatError, with the line, for what isn't well-formed,
    declares entities, or is nested more than 500 deep.
    """
    root = None
    for root in _elements(io.BytesIO(data), path, frozenset()):  # noqa: B007  the last one that ends is the root
        pass
    if root is None:
        raise FormatError("not XML: it is empty", path=path)
    return root


def xml_elements(file: BinaryIO, *names: str, path: Path | None = None) -> Iterator[Element]:
    """Yield the elements with one of these names (`{namespace}name` where there is a namespace), each when it is
    complete; afterwards it is emptied, so that memory stays flat. One inside of another is part of that, and isn't
    yielded by itself. Raises FormatError as `xml_root` does.
    """
    yield from _elements(file, path, frozenset(names))


def local_name(element: Element) -> str:
    """Return the name of an element without its namespace."""
    return element.tag.rpartition("}")[2]


def _elements(file: BinaryIO, path: Path | None, names: frozenset[str]) -> Iterator[Element]:
    """Yield the elements with these names, or only the root if there are no names."""
    open_ones: list[Element] = []
    try:
        for event, element in iterparse(file, ("start", "end"), forbid_dtd=False):
            if event == "start":
                open_ones.append(element)
                if len(open_ones) > DEEPEST:
                    raise FormatError(f"its elements are nested more than {DEEPEST} deep", path=path)
                continue
            open_ones.pop()
            if element.tag in names and not any(each.tag in names for each in open_ones):
                yield element
                element.clear()
                if open_ones:
                    open_ones[-1].remove(element)
            elif not open_ones and not names:
                yield element
    except DefusedXmlException as error:
        hint = "remove the DOCTYPE with its entities"
        raise FormatError("the XML declares entities, which aren't expanded", hint=hint, path=path) from error
    except _BREAKS as error:
        line = error.position[0] if isinstance(error, ParseError) else None
        raise FormatError(f"not XML: {error}", hint="check that the file is whole", path=path, line=line) from error

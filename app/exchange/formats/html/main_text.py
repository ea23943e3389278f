"""The main text of a web page, as trafilatura finds it: without menus, advertisements and comments of readers."""

import logging
from importlib.metadata import version
from typing import Any

from app.exchange.extra_packages import extra_package
from app.exchange.extracted_document import Extractor
from app.exchange.extracted_text import ExtractedText
from app.exchange.formats.html.blocks import HtmlBlocks

MOST_MARKUP = 10_000_000
"""The most characters of a page whose main text is looked for; it takes some seconds then."""

_NEEDS = "finding the main text of a page needs the package trafilatura"
# trafilatura's tree has the tags of TEI.
_TAGS = {"head": "h2", "list": "ul", "item": "li", "quote": "blockquote", "row": "tr", "cell": "td", "lb": "br"}
_BREAKS = (ValueError, TypeError, AttributeError, LookupError, RuntimeError, AssertionError)


def trafilatura() -> Extractor:
    """Return the program that finds main texts."""
    return Extractor("trafilatura", version("trafilatura"))


def take_main(markup: str, text: ExtractedText) -> bool:
    """Add the main text of a page, if one is found; return whether it was. Raises FormatError without the package."""
    library = extra_package("trafilatura", extra="documents", needs=_NEEDS)
    if len(markup) > MOST_MARKUP:
        return False
    log = logging.getLogger("trafilatura")
    if not log.handlers:  # what it thinks of pages is for programmers, and goes to standard error
        log.addHandler(logging.NullHandler())
        log.propagate = False
    try:
        found = library.bare_extraction(
            markup, include_comments=False, include_tables=True, include_formatting=False, with_metadata=False
        )
    except _BREAKS:  # it takes pages as they come
        return False
    body = getattr(found, "body", None)
    if body is None:
        return False
    _take(body, text)
    return text.place > 0


def _take(body: Any, text: ExtractedText) -> None:  # noqa: ANN401  an element of lxml, which has no types
    etree: Any = extra_package("lxml.etree", extra="documents", needs=_NEEDS)
    blocks = HtmlBlocks(text)
    element: Any
    for event, element in etree.iterwalk(body, events=("start", "end", "comment", "pi")):
        if event == "start":
            blocks.start(_tag(element), {})
            blocks.words(element.text or "")
            continue
        if event == "end":
            blocks.end(_tag(element))
        if element is not body:
            blocks.words(element.tail or "")


def _tag(element: Any) -> str:  # noqa: ANN401
    tag = str(element.tag)
    return "ol" if tag == "list" and element.get("rend") == "ol" else _TAGS.get(tag, tag)

"""What is looked at before HTML of strangers is parsed: small files can keep a parser busy for minutes, or fill memory.

Parsers look through all open elements at each tag, open formatting again in each paragraph, and compare each attribute
of a tag with all before it. So the sums of these are limited, to far more than pages have.
"""

import re

from app.core.errors import FormatError
from app.exchange.format import LARGEST

LARGEST_PAGE = LARGEST // 4
"""The most bytes of a page."""
_MOST_LOOKS = 300_000_000  # at open elements; some seconds
_MOST_REOPENED = 2_000_000
_LONG_TAG = 10_000
_MOST_ATTRIBUTES = 2_000

_TAG = re.compile(r"<(/?)([A-Za-z][^\s/>]*)")
_LONG = re.compile(rf"<[A-Za-z][^<>]{{{_LONG_TAG},}}")
_ATTRIBUTE = re.compile(r"""[^\s=>"'/]+\s*(?:=\s*(?:"[^"]*"|'[^']*'|[^\s>"']+))?""")


def tag_names(names: str) -> frozenset[str]:
    """Return the names of tags that stand in a text, with blanks between."""
    return frozenset(names.split())


VOID = tag_names("area base br col embed hr img input link meta param source track wbr")
"""Elements without contents."""
# Closed by what follows, so that they needn't be closed, and don't nest by themselves.
_CLOSED_BY_NEXT = tag_names("p li dt dd tr td th thead tbody tfoot option optgroup colgroup rt rp")
_FORMATTING = tag_names("a b big code em font i nobr s small strike strong tt u")


def check_markup(markup: str) -> None:
    """Raise FormatError for HTML that would keep a parser busy for too long."""
    depth = looks = open_formatting = reopened = 0
    for found in _TAG.finditer(markup):
        name = found[2].lower()
        step = -1 if found[1] else 1
        if name in _FORMATTING:
            open_formatting = max(0, open_formatting + step)
        elif step > 0:
            reopened += open_formatting
        if name not in VOID and name not in _CLOSED_BY_NEXT:
            depth = max(0, depth + step)
        looks += depth
        if looks > _MOST_LOOKS or reopened > _MOST_REOPENED:
            raise _too_much("has elements inside of each other without end")
    for found in _LONG.finditer(markup):
        attributes = sum(1 for _ in _ATTRIBUTE.finditer(found[0]))
        if attributes > _MOST_ATTRIBUTES:
            raise _too_much(f"has a tag with more than {_MOST_ATTRIBUTES:,} attributes")


def _too_much(what: str) -> FormatError:
    hint = "open it in a browser, copy the text, and import it as plain text"
    return FormatError(f"the HTML {what}", hint=hint)

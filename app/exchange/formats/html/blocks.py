"""The text of HTML by its tags: what a reader sees, in blocks. Scripts, styles and what is hidden are no text."""

import re
from collections.abc import Mapping

from app.exchange.extracted_text import BLOCK, BULLET, LINE, ExtractedText
from app.exchange.formats.html.markup import tag_names

_UNSEEN = tag_names(
    "head script style template noscript iframe object video audio canvas svg select datalist textarea "
    "annotation annotation-xml"
)
_BLOCKS = tag_names(
    "address article aside blockquote body caption center dd details dialog div dl dt fieldset figcaption figure "
    "footer form h1 h2 h3 h4 h5 h6 header hgroup hr legend main nav p pre section summary table ul ol menu dir"
)
_LISTS = frozenset(("ul", "ol", "menu", "dir"))
_CELLS = frozenset(("td", "th"))
_PAGE_ID = re.compile(r"(?:page|pg|p)[-_]?([0-9]+|[ivxlc]+)", re.IGNORECASE)
_LARGEST_NUMBER = 6  # digits of an item

Attributes = Mapping[str, str | None]


class HtmlBlocks:
    """Takes tags and texts as they come in a tree, and collects the text."""

    def __init__(self, text: ExtractedText) -> None:
        self._text = text
        self._unseen = 0  # open elements, of which the outermost isn't seen
        self._preformatted = 0
        self._lists: list[int | None] = []  # the number of the next item, None without numbers

    def start(self, tag: str, attributes: Attributes) -> None:
        """Take the start of an element."""
        if not self._unseen and _is_page_break(attributes):
            self._text.begin_page(_page_label(attributes))
        if self._unseen or tag in _UNSEEN or _is_hidden(attributes):
            self._unseen += 1
            return
        if tag == "br":
            self._text.break_line()
        elif tag in _CELLS:
            self._text.open_cell()
        elif tag == "tr":
            self._text.end_line()
        elif tag == "li":
            self._item(attributes)
        elif tag in _BLOCKS:
            self._break()
            if tag in _LISTS:
                self._lists.append(_number(attributes.get("start"), 1) if tag == "ol" else None)
            elif tag == "pre":
                self._preformatted += 1

    def end(self, tag: str) -> None:
        """Take the end of an element."""
        if self._unseen:
            self._unseen -= 1
            return
        if tag in _CELLS:
            self._text.close_cell()
        elif tag == "tr":
            self._text.close_row()
        elif tag == "li":
            self._text.end_line()
        elif tag in _BLOCKS:
            if tag in _LISTS and self._lists:
                self._lists.pop()
            elif tag == "pre":
                self._preformatted -= 1
            self._break()

    def words(self, text: str) -> None:
        """Take a text between tags."""
        if self._unseen:
            return
        if self._preformatted:
            self._text.exact(text)
        else:
            self._text.flowing(text)

    def _break(self) -> None:
        self._text.end_line(LINE if self._lists else BLOCK)

    def _item(self, attributes: Attributes) -> None:
        self._text.end_line()
        number = self._lists[-1] if self._lists else None
        if number is None:
            self._text.mark(BULLET)
            return
        number = _number(attributes.get("value"), number)
        self._text.mark(f"{number}. ")
        self._lists[-1] = number + 1


def _is_hidden(attributes: Attributes) -> bool:
    if not attributes:
        return False
    style = (attributes.get("style") or "").replace(" ", "").lower()
    return "hidden" in attributes or "display:none" in style or "visibility:hidden" in style


def _is_page_break(attributes: Attributes) -> bool:
    kinds = f"{attributes.get('epub:type') or ''} {attributes.get('role') or ''}".split()
    return "pagebreak" in kinds or "doc-pagebreak" in kinds


def _page_label(attributes: Attributes) -> str:
    """Return what is printed on the page that begins: the last word of what is said of it, as in “Page 23.”."""
    said = (attributes.get("aria-label") or attributes.get("title") or "").split()
    named = _PAGE_ID.fullmatch(attributes.get("id") or "")
    return said[-1].strip(".") if said else named[1] if named else ""


def _number(text: str | None, default: int) -> int:
    text = (text or "").strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) <= _LARGEST_NUMBER else default

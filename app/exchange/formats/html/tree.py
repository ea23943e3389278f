"""HTML as a tree, parsed by selectolax (Lexbor), and its text as a whole."""

from importlib.metadata import version
from typing import TYPE_CHECKING, cast

from app.exchange.extra_packages import extra_package
from app.exchange.extracted_document import Extractor
from app.exchange.extracted_text import ExtractedText
from app.exchange.formats.html.blocks import HtmlBlocks
from app.exchange.formats.html.markup import check_markup

if TYPE_CHECKING:
    from selectolax.lexbor import LexborHTMLParser, LexborNode

_TEXT, _COMMENT = "-text", "-comment"


def parsed(markup: str) -> "LexborHTMLParser":
    """Return the tree of HTML. Raises FormatError for what would keep a parser busy for too long, or without the
    package.
    """
    lexbor = extra_package("selectolax.lexbor", extra="documents", needs="HTML needs the package selectolax")
    check_markup(markup)
    return cast("LexborHTMLParser", lexbor.LexborHTMLParser(markup))


def selectolax() -> Extractor:
    """Return the program that takes the text of whole pages."""
    return Extractor("selectolax", version("selectolax"))


def take_whole(tree: "LexborHTMLParser", text: ExtractedText) -> None:
    """Add the text of everything that is seen of a tree."""
    blocks = HtmlBlocks(text)
    node = tree.root
    # Without recursion: elements may be nested deeper than Python's stack.
    open_ones: list[LexborNode] = []
    while node is not None:
        tag = node.tag or ""
        if tag == _TEXT:
            blocks.words(node.text_content or "")
        elif tag != _COMMENT:
            blocks.start(tag, node.attributes)
            child = node.child
            if child is not None:
                open_ones.append(node)
                node = child
                continue
            blocks.end(tag)
        while node.next is None and open_ones:
            node = open_ones.pop()
            blocks.end(node.tag or "")
        node = node.next


def title_in(tree: "LexborHTMLParser") -> str:
    """Return the title of a page, empty if it has none."""
    found = tree.css_first("head > title")
    return " ".join(found.text().split()) if found is not None else ""


def language_in(tree: "LexborHTMLParser") -> str:
    """Return what a page says its language is, empty if it doesn't."""
    found = tree.css_first("html")
    return (found.attributes.get("lang") or "").strip() if found is not None else ""

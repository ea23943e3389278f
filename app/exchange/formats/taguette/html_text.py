"""The text of Taguette's HTML: as it counts offsets, without tags, and as people read it, with lines."""

from bisect import bisect_left, bisect_right
from html.parser import HTMLParser

from app.exchange.offset_units import Ruler, Unit

_BLOCKS = frozenset(
    (
        *("address", "article", "aside", "blockquote", "dd", "div", "dl", "dt", "fieldset", "figcaption", "figure"),
        *("footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "li", "main", "nav", "ol", "p", "pre"),
        *("section", "table", "tbody", "tfoot", "thead", "tr", "ul"),
    )
)
_CELLS = ("td", "th")


class HtmlText(HTMLParser):
    """The text of a piece of HTML. `raw` is what is between its tags, `text` the same with the line breaks that blocks
    make.
    """

    def __init__(self, html: str, unit: Unit = Unit.BYTES) -> None:
        super().__init__(convert_charrefs=True)
        self._raw: list[str] = []
        self._shown: list[str] = []
        self._raw_starts: list[int] = []  # where each piece of text begins in the one and in the other
        self._starts: list[int] = []
        self._raw_length = self._length = 0
        self._last = "\n"  # the last character that is shown
        self.feed(html.replace("\r\n", "\n").replace("\r", "\n"))
        self.close()
        self.raw = "".join(self._raw)
        self.text = "".join(self._shown)
        self._ruler = Ruler(self.raw, unit)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Begin a line or a cell where a block does."""
        if tag in _BLOCKS:
            self._break_line()
        elif tag == "br":
            self._show("\n")
        elif tag in _CELLS and self._last != "\n":
            self._show("\t")

    def handle_endtag(self, tag: str) -> None:
        """End the line where a block ends."""
        if tag in _BLOCKS:
            self._break_line()

    def handle_data(self, data: str) -> None:
        """Take a piece of text."""
        if data:
            self._raw_starts.append(self._raw_length)
            self._starts.append(self._length)
            self._raw.append(data)
            self._raw_length += len(data)
            self._show(data)

    def _break_line(self) -> None:
        if self._last != "\n":
            self._show("\n")

    def _show(self, text: str) -> None:
        self._shown.append(text)
        self._length += len(text)
        self._last = text[-1]

    def words(self, start: int, end: int) -> str:
        """Return what is between two offsets as they are counted. Raises ValueError for offsets outside of the text."""
        return self.raw[slice(*self._ruler.range(start, end))]

    def range(self, start: int, end: int) -> tuple[int, int]:
        """Return where a range is in the text that is shown. Raises ValueError for offsets outside of it."""
        first, last = self._ruler.range(start, end)
        if first == last:
            return self._shown_at(first), self._shown_at(first)
        # What begins where a block does is behind its line break, what ends where one does is before it.
        return self._shown_at(first), self._shown_at(last, is_end=True)

    def _shown_at(self, offset: int, *, is_end: bool = False) -> int:
        find = bisect_left if is_end else bisect_right
        piece = max(find(self._raw_starts, offset) - 1, 0)
        return self._starts[piece] + offset - self._raw_starts[piece] if self._starts else 0

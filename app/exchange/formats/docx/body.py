"""The text of a Word file: paragraphs, lists, tables, notes; tracked changes as if all were accepted.

Elements are those of ECMA-376, part 1, 17.2 to 17.11.
"""

from collections import Counter
from collections.abc import Callable, Mapping
from typing import NamedTuple

from app.exchange.extracted_text import BLOCK, LINE, ExtractedText
from app.exchange.formats.docx.list_numbers import ListNumbers
from app.exchange.formats.docx.names import ALTERNATE, MATH, Element, W, child, is_on, value

TRACKED, BOXES, HIDDEN, EMBEDDED, SIGNS = "tracked", "boxes", "hidden", "embedded", "signs"
"""What is counted: tracked changes, and what is left out."""

# What only holds other elements, which are read as if it weren't there.
_HOLDERS = frozenset(f"{W}{name}" for name in ("sdt", "sdtContent", "customXml", "smartTag", "hyperlink", "bdo", "dir"))
_ADDED = frozenset((f"{W}ins", f"{W}moveTo"))
_DELETED = frozenset((f"{W}del", f"{W}moveFrom"))
_SIGNS: Mapping[str, str] = {
    f"{W}tab": "\t",
    f"{W}ptab": "\t",
    f"{W}noBreakHyphen": "\u2011",
    f"{W}softHyphen": "\u00ad",
}
_PRESERVE = "{http://www.w3.org/XML/1998/namespace}space"
_PRIVATE = range(0xE000, 0xF900)  # code points that mean what their font says


class CommentSpan(NamedTuple):
    """Where a comment begins and ends in the text; white space at its edges isn't its own."""

    start: int
    end: int


class DocxBody:
    """Takes the elements of a file and collects its text, the places of comments (by id), and what is left out."""

    def __init__(self, text: ExtractedText, numbering: ListNumbers, notes: Mapping[str, Mapping[str, Element]]) -> None:
        """`notes` are the footnotes and endnotes by id, under the name of the element that refers to them."""
        self._text = text
        self._numbering = numbering
        self._notes = notes
        self._noted: list[Element] = []
        self._fields: list[bool] = []  # of those that are open, whether we are in the result
        self._in_item = self._is_joined = False
        self._begun: dict[str, int] = {}
        self.spans: dict[str, CommentSpan] = {}
        self.counts: Counter[str] = Counter()
        self._takes: Mapping[str, Callable[[Element], None]] = {
            f"{W}p": self._paragraph,
            f"{W}tbl": self._table,
            f"{W}r": self._run,
            f"{W}fldSimple": self.take,
            f"{W}commentRangeStart": self._begin_comment,
            f"{W}commentRangeEnd": self._end_comment,
            f"{W}altChunk": self._embedded,
            f"{MATH}oMath": self._formula,
            f"{MATH}oMathPara": self._formula,
            f"{ALTERNATE}AlternateContent": self._alternate,
        }
        self._run_takes: Mapping[str, Callable[[Element], None]] = {
            f"{W}t": self._words,
            f"{W}br": self._break,
            f"{W}cr": self._break,
            f"{W}sym": self._sign,
            f"{W}footnoteReference": self._note,
            f"{W}endnoteReference": self._note,
            f"{W}commentReference": self._point,
            f"{W}ruby": self._ruby,
            f"{W}drawing": self._picture,
            f"{W}pict": self._picture,
            f"{W}object": self._picture,
            f"{ALTERNATE}AlternateContent": self._alternate,
        }

    def finish(self) -> None:
        """Add the notes that the text refers to, and end comments that have no end."""
        for number, note in enumerate(self._noted, 1):  # which may refer to further ones
            self._text.end_line(BLOCK if number == 1 else LINE)
            self._text.mark(f"[{number}] ")
            self._is_joined = True
            self.take(note)
        for id, start in self._begun.items():
            self.spans.setdefault(id, CommentSpan(start, start))

    def take(self, parent: Element) -> None:
        """Take what is in an element."""
        for element in parent:
            tag = element.tag
            if tag in self._takes:
                self._takes[tag](element)
            elif tag in _HOLDERS:
                self.take(element)
            elif tag in _ADDED:
                self.counts[TRACKED] += 1
                self.take(element)
            elif tag in _DELETED:
                self.counts[TRACKED] += 1

    # -- blocks --------------------------------------------------------------------------------------------------------

    def _paragraph(self, element: Element) -> None:
        properties = child(element, "pPr")
        label = self._numbering.label(properties)
        if not self._is_joined:
            self._text.end_line(LINE if label and self._in_item else BLOCK)
            if label:
                self._text.mark(label)
        before = self._text.place
        self._in_item = bool(label)
        self._is_joined = False
        self.take(element)
        if label and self._text.place == before:
            self._text.mark("")
        if child(properties, "rPr", "del") is not None:  # its end was deleted: the next one goes on
            self.counts[TRACKED] += 1
            self._is_joined = True

    def _table(self, element: Element) -> None:
        self._text.end_line(BLOCK)
        self._rows(element)
        self._text.end_line(BLOCK)
        self._in_item = False

    def _rows(self, parent: Element) -> None:
        for element in parent:
            if element.tag == f"{W}tr":
                if child(element, "trPr", "del") is not None:
                    self.counts[TRACKED] += 1
                else:
                    self._text.end_line()
                    self._cells(element)
                    self._text.close_row()
            elif element.tag in _HOLDERS or element.tag in _ADDED:
                self._rows(element)

    def _cells(self, parent: Element) -> None:
        for element in parent:
            if element.tag == f"{W}tc":
                merged = child(element, "tcPr", "vMerge")
                self._text.open_cell()
                if merged is None or value(merged) == "restart":
                    self.take(element)
                self._is_joined = self._in_item = False
                self._text.close_cell()
            elif element.tag in _HOLDERS or element.tag in _ADDED:
                self._cells(element)

    # -- runs ----------------------------------------------------------------------------------------------------------

    def _run(self, run: Element) -> None:
        if is_on(child(run, "rPr", "vanish")):
            self.counts[HIDDEN] += 1
            return
        for element in run:
            self._in_run(element)

    def _in_run(self, element: Element) -> None:
        tag = element.tag
        if tag == f"{W}fldChar":
            self._field(value(element, "fldCharType"))
        elif not all(self._fields):
            return  # the instruction of a field, and what is in it
        elif tag in _SIGNS:
            self._text.exact(_SIGNS[tag])
        elif tag in self._run_takes:
            self._run_takes[tag](element)

    def _words(self, element: Element) -> None:
        words = str(element.text or "").replace("\r", " ").replace("\n", " ")
        self._text.exact(words if element.get(_PRESERVE) == "preserve" else words.strip(" "))

    def _break(self, _element: Element) -> None:
        self._text.break_line()

    def _point(self, element: Element) -> None:
        """Take where a comment is anchored: its place, if it has no range."""
        self.spans.setdefault(value(element, "id"), CommentSpan(self._text.place, self._text.place))

    def _picture(self, element: Element) -> None:
        self.counts[BOXES] += next(element.iter(f"{W}txbxContent"), None) is not None

    def _field(self, kind: str) -> None:
        if kind == "begin":
            self._fields.append(False)
        elif kind == "separate" and self._fields:
            self._fields[-1] = True
        elif kind == "end" and self._fields:
            self._fields.pop()

    def _sign(self, element: Element) -> None:
        code = value(element, "char")
        point = int(code, 16) if len(code) == 4 and all(each in "0123456789abcdefABCDEF" for each in code) else 0
        if not point or point in _PRIVATE:
            self.counts[SIGNS] += 1
            point = 0xFFFD
        self._text.exact(chr(point))

    def _note(self, element: Element) -> None:
        note = self._notes.get(element.tag, {}).get(value(element, "id"))
        if note is not None and note not in self._noted:
            self._noted.append(note)
            self._text.exact(f"[{len(self._noted)}]")

    def _ruby(self, element: Element) -> None:
        base, above = child(element, "rubyBase"), child(element, "rt")
        if base is not None:
            self.take(base)
        if above is not None:
            self._text.exact("(")
            self.take(above)
            self._text.exact(")")

    def _formula(self, element: Element) -> None:
        self._text.exact("".join(str(part.text or "") for part in element.iter(f"{MATH}t")))

    def _alternate(self, element: Element) -> None:
        """Take the first of several ways in which a part is written; the others say the same for older programs."""
        for way in element:
            if way.tag in (f"{ALTERNATE}Choice", f"{ALTERNATE}Fallback"):
                self.take(way)
                for inner in way:
                    self._in_run(inner)
                return

    def _embedded(self, _element: Element) -> None:
        self.counts[EMBEDDED] += 1

    # -- comments ------------------------------------------------------------------------------------------------------

    def _begin_comment(self, element: Element) -> None:
        self._begun[value(element, "id")] = self._text.place

    def _end_comment(self, element: Element) -> None:
        id = value(element, "id")
        start = self._begun.pop(id, None)
        if start is not None:
            self.spans[id] = CommentSpan(start, self._text.place)

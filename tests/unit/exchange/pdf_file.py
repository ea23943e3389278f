"""Makes PDF files for tests, from what is to stand on their pages."""

import zlib
from collections.abc import Iterable, Sequence
from typing import NamedTuple

_FONT = b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>"


class Page(NamedTuple):
    """A page: its content stream, further entries of its dictionary, and filters of the stream."""

    content: bytes
    more: bytes = b""
    filters: bytes = b""


def lines(*texts: str | tuple[float, str], x: float = 72, y: float = 720, size: float = 11, lead: float = 13) -> bytes:
    """Return the content of lines below each other; a number before a text is how far it is indented."""
    out = [b"BT /F1 %g Tf" % size]
    for number, text in enumerate(texts):
        indent, words = (0.0, text) if isinstance(text, str) else text
        shown = words.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)").encode("cp1252")
        out.append(b"1 0 0 1 %g %g Tm (%s) Tj" % (x + indent, y - number * lead, shown))
    return b"\n".join((*out, b"ET"))


def page(*texts: str | tuple[float, str], more: bytes = b"", **place: float) -> Page:
    """Return a page with lines."""
    return Page(lines(*texts, **place), more)


def annotation(kind: str, *quads: Sequence[float], **fields: str) -> bytes:
    """Return an annotation of PDF on quadrilaterals (left, bottom, right, top); fields are texts of its dictionary."""
    points = b" ".join(b"%g %g %g %g %g %g %g %g" % (a, d, c, d, a, b, c, b) for a, b, c, d in quads)
    said = b"".join(b"/%s(%s)" % (key.encode(), text.encode("latin-1")) for key, text in fields.items())
    rectangle = b"%g %g %g %g" % tuple(quads[0]) if quads else b"0 0 9 9"
    quadrilaterals = b"/QuadPoints[%s]" % points if quads else b""
    return b"<</Type/Annot/Subtype/%s/Rect[%s]%s/C[1 0.8 0]%s>>" % (kind.encode(), rectangle, quadrilaterals, said)


def annotated(*annotations: bytes) -> bytes:
    """Return the entry of a page's dictionary that has these annotations."""
    return b"/Annots[%s]" % b" ".join(annotations)


def pdf(*pages: Page, trailer: bytes = b"", catalog: bytes = b"", info: bytes = b"", font: bytes = _FONT) -> bytes:
    """Return a file with these pages; `trailer`, `catalog` and `info` are further entries of these dictionaries."""
    objects = {1: b"<</Type/Catalog/Pages 2 0 R%s>>" % catalog, 3: font}
    kids: list[bytes] = []
    for number, (content, more, filters) in enumerate(pages):
        at = 4 + 2 * number
        resources = b"/MediaBox[0 0 612 792]/Resources<</Font<</F1 3 0 R>>>>"
        objects[at] = b"<</Type/Page/Parent 2 0 R%s/Contents %d 0 R%s>>" % (resources, at + 1, more)
        head = b"<</Length %d%s>>stream\n" % (len(content), filters)
        objects[at + 1] = head + content + b"\nendstream"
        kids.append(b"%d 0 R" % at)
    objects[2] = b"<</Type/Pages/Kids[%s]/Count %d>>" % (b" ".join(kids), len(kids))
    at = 4 + 2 * len(pages)
    objects[at] = b"<<%s>>" % info
    return _joined(objects, trailer + b"/Info %d 0 R" % at)


def _joined(objects: dict[int, bytes], trailer: bytes) -> bytes:
    out = bytearray(b"%PDF-1.7\n")
    places: list[int] = []
    for number in sorted(objects):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, objects[number])
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n%s" % (len(places) + 1, table)
    out += b"trailer<</Size %d/Root 1 0 R%s>>\nstartxref\n%d\n%%%%EOF" % (len(places) + 1, trailer, start)
    return bytes(out)


def bomb(megabytes: int) -> Page:
    """Return a page whose content is a few kilobytes, and unpacks to so many megabytes of blanks."""
    inner = zlib.compressobj(1)
    parts: Iterable[bytes] = (inner.compress(b" " * 1_000_000) for _ in range(megabytes))
    packed = zlib.compress(b"".join((*parts, inner.flush())), 9)
    return Page(packed, filters=b"/Filter[/FlateDecode/FlateDecode]")


LOCKED = (
    b"/ID[(0123456789abcdef)(0123456789abcdef)]/Encrypt<</Filter/Standard/V 2/R 3/Length 128/P -4"
    b"/O(" + b"o" * 32 + b")/U(" + b"u" * 32 + b")>>"
)
"""The entries of a trailer that lock a file with a password that nobody knows."""

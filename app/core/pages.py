"""The pages of a document whose text was taken from a file that has pages, such as a PDF: where they begin in the text.

They are kept in the document's metadata under the key `pages`, as an object: `starts` are the offsets in code points at
which pages begin, in order; `labels`, which may be missing, what is printed on them (“iv”); `text` is the SHA-256 of
the text that the offsets count in. After an edit of the text they are brought to the present one by the edits; where
these don't lead from one to the other, nothing is said about pages.
"""

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any, NamedTuple

import msgspec

from app.core.document import Document
from app.core.text_change import Splice, TextVersion

PAGES = "pages"
"""The key of metadata."""

_LONGEST_LABEL = 20


class _Kept(msgspec.Struct):
    """The object as it is in metadata."""

    starts: list[int]
    text: str
    labels: list[str] = []


class Pages(NamedTuple):
    """Where pages begin in a text, in order, and what is printed on them; without labels they are numbered from 1."""

    starts: tuple[int, ...]
    labels: tuple[str, ...] = ()

    def at(self, offset: int) -> str | None:
        """Return the label or number of the page that an offset is on, None before the first page."""
        found = bisect_right(self.starts, offset) - 1
        if found < 0:
            return None
        return self.labels[found] if self.labels else str(found + 1)

    def between(self, start: int, end: int) -> str:
        """Return the page or pages of a range in words, such as `page 3` or `pages 3–4`; empty before the first."""
        first, last = self.at(start), self.at(max(start, end - 1))
        if first is None:
            return ""
        return f"page {first}" if first == last else f"pages {first}–{last}"

    def kept(self, text_sha256: str) -> dict[str, Any]:
        """Return them as they are kept in metadata; the offsets count in the text with this SHA-256."""
        kept: dict[str, Any] = {"starts": list(self.starts), "text": text_sha256}
        return {**kept, "labels": list(self.labels)} if self.labels else kept


def present_pages(document: Document, versions: Sequence[TextVersion]) -> Pages | None:
    """Return the pages of a document in its present text; `versions` are its earlier texts, oldest first.

    None if its metadata tell of none, or of a text that it never had.
    """
    found = _read(document.meta)
    if found is None:
        return None
    pages, text = found
    if text == document.sha256:
        return pages
    first = next((at for at in range(len(versions) - 1, -1, -1) if versions[at].sha256 == text), None)
    if first is None:
        return None
    starts = pages.starts
    for version in versions[first:]:
        starts = _moved(starts, version.splices)
    return pages._replace(starts=tuple(min(start, document.length) for start in starts))


def has_pages(meta: Mapping[str, Any]) -> bool:
    """Whether metadata tell where pages begin, of whichever text."""
    return _read(meta) is not None


def _read(meta: Mapping[str, Any]) -> tuple[Pages, str] | None:
    if PAGES not in meta:
        return None
    try:
        kept = msgspec.convert(meta[PAGES], _Kept, strict=True)
    except msgspec.ValidationError:
        return None
    starts, labels = tuple(kept.starts), tuple(label[:_LONGEST_LABEL] for label in kept.labels)
    is_ordered = all(one <= other for one, other in pairwise(starts))
    if not starts or starts[0] < 0 or not is_ordered or (labels and len(labels) != len(starts)):
        return None
    return Pages(starts, labels if all(map(str.isprintable, labels)) else ()), kept.text


def _moved(starts: Sequence[int], splices: Sequence[Splice]) -> tuple[int, ...]:
    """Return where offsets are after splices. One inside of what is replaced goes behind what takes its place."""
    ends = [splice.end for splice in splices]
    by = [0]
    for splice in splices:
        by.append(by[-1] + len(splice.text) - (splice.end - splice.start))
    found: list[int] = []
    for start in starts:
        first = bisect_right(ends, start)
        here = splices[first] if first < len(splices) else None
        if here is not None and here.start < start:
            found.append(here.end + by[first + 1])
        elif first and splices[first - 1].start == start:  # put in exactly where the page begins: it's on that page
            found.append(start + by[first - 1])
        else:
            found.append(start + by[first])
    return tuple(found)

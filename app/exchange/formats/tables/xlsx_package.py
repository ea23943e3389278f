"""Checks an XLSX file of a stranger before a library reads it: what it unpacks to must be bounded.

The library keeps all shared texts in memory, and reads rows one at a time.
"""

from pathlib import Path

from app.core.errors import FormatError
from app.exchange.archive import Archive, MemberSize
from app.exchange.format import LARGEST
from app.exchange.xml_input import xml_root

CONTENT_TYPES = "[Content_Types].xml"
_STRINGS, _SHEET = "sharedStrings+xml", "worksheet+xml"
_MOST_SHEET = 1024**3  # bytes of XML in a sheet
_MOST_OTHER = 16 * 1024**2  # in any other part: styles, the list of sheets
_UNSUSPICIOUS = 64 * 1024**2  # bytes; smaller parts may be packed as tightly as they like
_TIGHTEST = 100  # how many times larger a part may be than it is packed; tables come to a tenth of that


def check_package(path: Path) -> None:
    """Raise FormatError for a ZIP file that is damaged, or with a part that unpacks to more than is allowed."""
    with Archive(path) as archive:
        if CONTENT_TYPES not in archive:
            raise FormatError("this isn't an Excel workbook", hint="save it as .xlsx", path=path)
        kinds: dict[str, set[str]] = {}
        for each in xml_root(archive.head(CONTENT_TYPES, _MOST_OTHER), path=path):
            kinds.setdefault(each.get("PartName", ""), set()).add(each.get("ContentType", ""))
        for size in archive.sizes():
            of_part = kinds.get(f"/{size.name}")
            if of_part is not None or size.name.lower().endswith((".xml", ".rels")):
                _check(size, of_part or set(), path)


def _check(size: MemberSize, kinds: set[str], path: Path) -> None:
    """Raise FormatError for a part that is too large for all that it is said to be, or packed too tightly."""
    most = min(map(_most, kinds), default=_MOST_OTHER)
    is_tight = size.unpacked > _UNSUSPICIOUS and size.unpacked > _TIGHTEST * size.packed
    if size.unpacked > most or is_tight:
        what = f"“{size.name[:80]}” in the workbook unpacks to {size.unpacked // 1024**2:,} MiB: more than is safe"
        raise FormatError(what, hint="save the table as CSV, and import that", path=path)


def _most(kind: str) -> int:
    return _MOST_SHEET if kind.endswith(_SHEET) else LARGEST if kind.endswith(_STRINGS) else _MOST_OTHER

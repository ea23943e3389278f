"""What became of a damaged project, row by row."""

from pathlib import Path
from typing import NamedTuple


class SalvageReport(NamedTuple):
    """What was saved of a damaged project into the file `out`.

    `kept` are the numbers of rows by table; `lost`, `mended` and `from_backups` say in words what couldn't be kept,
    what was put in the place of damaged parts, and what an earlier copy still had. `unread` is the number of places in
    the damaged file (pages, or rows in them) that are no rows any more.
    """

    out: Path
    kept: dict[str, int]
    lost: tuple[str, ...]
    mended: tuple[str, ...]
    from_backups: tuple[str, ...]
    unread: int

"""Damage to closed project files, as a bad disk or a stranger's editor leaves it."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

_PAGE = 4096
_LEAVES = (0x0A, 0x0D)  # the first byte of a leaf page of an index or of a table


def rewrite(path: Path, change: Callable[[bytearray], None]) -> None:
    """Change bytes of a file."""
    content = bytearray(path.read_bytes())
    change(content)
    path.write_bytes(content)


def change_name(path: Path, *, row: int, letter: bytes) -> None:
    """Change the first letter of a document's name in its row, not in the index."""
    with closing(sqlite3.connect(path)) as connection:
        uid, name = connection.execute("SELECT uid, name FROM document WHERE id = ?", [row]).fetchone()

    def change(content: bytearray) -> None:
        at = content.index(uid.encode() + name.encode()) + len(uid)
        content[at : at + 1] = letter

    rewrite(path, change)


def swap_leaves(path: Path, table: str) -> None:
    """Let two leaf pages of a clustered table change places."""
    with closing(sqlite3.connect(path)) as connection:
        sql = "SELECT rootpage FROM sqlite_schema WHERE name = ?"
        root = connection.execute(sql, [table]).fetchone()[0]

    def change(content: bytearray) -> None:
        start = (root - 1) * _PAGE
        cells = int.from_bytes(content[start + 3 : start + 5], "big")
        pointers = [int.from_bytes(content[start + 12 + 2 * n : start + 14 + 2 * n], "big") for n in range(cells)]
        children = [int.from_bytes(content[start + at : start + at + 4], "big") for at in pointers]
        first, second = [(n - 1) * _PAGE for n in children if content[(n - 1) * _PAGE] in _LEAVES][:2]
        one, other = content[first : first + _PAGE], content[second : second + _PAGE]
        content[first : first + _PAGE], content[second : second + _PAGE] = other, one

    rewrite(path, change)

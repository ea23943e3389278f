"""Builders of projects with a rollback journal beside them, as kills leave them and as accidents bring them."""

import shutil
import signal
import sqlite3
import struct
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

MAGIC = bytes.fromhex("d9d505f920a163d7")

# Switches the write-ahead log on, and kills itself as soon as the journal of that is on the disk.
KILLED = """
import os, signal, sqlite3, sys, threading

path = sys.argv[1]
connection = sqlite3.connect(path, isolation_level=None)
connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()
is_watching = threading.Event()

def watch():
    is_watching.set()
    while True:
        try:
            journal = os.open(path + "-journal", os.O_RDONLY)
        except FileNotFoundError:
            continue
        while os.pread(journal, 1, 0) != b"\\xd9":
            pass
        os.kill(os.getpid(), signal.SIGKILL)

threading.Thread(target=watch, daemon=True).start()
is_watching.wait()
connection.execute("PRAGMA journal_mode=WAL").fetchone()
connection.close()
"""


def journal_of(path: Path) -> Path:
    return Path(f"{path}-journal")


def is_hot(path: Path) -> bool:
    """Whether SQLite would roll a journal back: before its content is on the disk, its header is blank."""
    return journal_of(path).exists() and journal_of(path).read_bytes().startswith(MAGIC)


def as_one_file(path: Path) -> None:
    """Turn the write-ahead log off, as bundles and backups have it."""
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA journal_mode=DELETE").fetchone() == ("delete",)


def kill_while_switching(path: Path) -> None:
    """Have a process killed while it switches the write-ahead log on, so that its journal stays."""
    as_one_file(path)
    before = path.read_bytes()
    for _ in range(200):
        ended = subprocess.run([sys.executable, "-c", KILLED, str(path)])
        if ended.returncode == -signal.SIGKILL and is_hot(path):
            return
        # It was too early or too late by some microseconds.
        for end in ("-journal", "-wal", "-shm"):
            Path(f"{path}{end}").unlink(missing_ok=True)
        path.write_bytes(before)
    raise AssertionError("no kill came in time")


def killed_in(path: Path, *statements: str, spilling: bool = True) -> Path:
    """Leave a project as it stands in the middle of a transaction, with the journal; return a copy of it as it was."""
    as_one_file(path)
    before = path.with_name("before")
    shutil.copy(path, before)
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        if spilling:
            connection.execute("PRAGMA cache_size=5")  # pages: what is more is written at once
        connection.execute("BEGIN")
        for statement in statements:
            connection.execute(statement)
        left = path.with_name("left")
        shutil.copy(path, left)
        shutil.copy(journal_of(path), journal_of(left))
        connection.execute("ROLLBACK")
    shutil.move(left, path)
    shutil.move(journal_of(left), journal_of(path))
    return before


def committed_but_for_the_end(path: Path, *statements: str) -> Path:
    """Leave a project with all of a transaction written and its journal not yet deleted: at the moment of commit."""
    before = killed_in(path, *statements)
    kept = journal_of(path).read_bytes()
    shutil.copy(before, path)
    journal_of(path).unlink()
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("BEGIN")
        for statement in statements:
            connection.execute(statement)
        connection.execute("COMMIT")
    journal_of(path).write_bytes(synced(kept))
    return before


def synced(journal: bytes) -> bytes:
    """Return a journal as the commit leaves it: the last header has its magic, and counts the records behind it."""
    at = 0
    while journal[at : at + 8] == MAGIC:
        last, (records, _, _, sector, page_size) = at, struct.unpack_from(">5I", journal, at + 8)
        at += sector + records * (page_size + 8)
        at += -at % sector
    if at + sector < len(journal):
        last = at
    records = (len(journal) - last - sector) // (page_size + 8)
    return journal[:last] + MAGIC + struct.pack(">I", records) + journal[last + 12 :]


def made(pages: dict[int, bytes], size: int, *, page_size: int = 4096, nonce: int = 7) -> bytes:
    """Return a journal that restores some pages, by their numbers, and the size of the file in pages."""
    head = MAGIC + struct.pack(">IIIII", len(pages), nonce, size, 512, page_size)
    parts = [head.ljust(512, b"\0")]
    for number, page in pages.items():
        checksum = (nonce + sum(page[page_size - 200 : 0 : -200])) & 0xFFFFFFFF
        parts.append(struct.pack(">I", number) + page + struct.pack(">I", checksum))
    return b"".join(parts)


def with_super_journal(journal: bytes, name: Path) -> bytes:
    """Return a journal that belongs to a transaction over several files, which another file lists."""
    text = str(name).encode()
    locked_page = 0x40000000 // 4096 + 1
    return journal + struct.pack(">I", locked_page) + text + struct.pack(">II", len(text), sum(text)) + MAGIC


def pages_of(path: Path) -> list[bytes]:
    content = path.read_bytes()
    return [content[at : at + 4096] for at in range(0, len(content), 4096)]


Spoil = Callable[[Path], None]

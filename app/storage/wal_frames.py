"""The pages that a write-ahead log holds: https://www.sqlite.org/fileformat2.html#the_write_ahead_log"""

import struct
from pathlib import Path

_HEADER, _FRAME = 32, 24  # bytes
_MAGIC = {0x377F0682: "<", 0x377F0683: ">"}  # the byte order of the checksums
_WORD = 1 << 32


def committed_frames(log: Path, page_size: int) -> dict[int, bytes]:
    """Return the newest committed version of each page in a log, by page number; none if it can't be read.

    As SQLite does, frames count up to the first whose checksum is wrong, and of those, up to the last commit. A log is
    a few megabytes: it is moved into the file at every 1,000 pages.
    """
    try:
        data = log.read_bytes()
    except OSError:
        return {}
    if len(data) < _HEADER:
        return {}
    magic, _, size = struct.unpack_from(">III", data)
    order = _MAGIC.get(magic)
    if order is None or size != page_size:
        return {}
    sums = _checksum(data[:24], (0, 0), order)
    if sums != struct.unpack_from(">II", data, 24):
        return {}
    committed: dict[int, bytes] = {}
    pending: dict[int, bytes] = {}
    for at in range(_HEADER, len(data) - _FRAME - size + 1, _FRAME + size):
        page, is_commit = struct.unpack_from(">II", data, at)
        content = data[at + _FRAME : at + _FRAME + size]
        sums = _checksum(content, _checksum(data[at : at + 8], sums, order), order)
        if data[at + 8 : at + 16] != data[16:24] or sums != struct.unpack_from(">II", data, at + 16):
            break
        pending[page] = content
        if is_commit:
            committed |= pending
            pending = {}
    return committed


def _checksum(data: bytes, before: tuple[int, int], order: str) -> tuple[int, int]:
    one, two = before
    words = struct.unpack(f"{order}{len(data) // 4}I", data)
    for first, second in zip(words[::2], words[1::2], strict=True):
        one = (one + first + two) % _WORD
        two = (two + second + one) % _WORD
    return one, two

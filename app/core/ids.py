"""Identifiers that are unique across project files."""

import hashlib
import os
import threading
import time

_lock = threading.Lock()
_last = 0


def new_uid() -> str:
    """Return a UUIDv7 (RFC 9562, section 5.7) as text; later calls in a process sort after earlier ones.

    The 12 bits after the version carry a sub-millisecond fraction, so that order holds inside a millisecond too.
    """
    global _last
    with _lock:
        ticks = time.time_ns() * 4096 // 1_000_000  # 48 bits of milliseconds, then 12 bits of fraction
        ticks = max(ticks, _last + 1)
        _last = ticks
    return _text((ticks >> 12) << 80 | 0x7 << 76 | (ticks & 0xFFF) << 64, int.from_bytes(os.urandom(8)))


def derived_uid(*parts: str) -> str:
    """Return a UUIDv8 (RFC 9562, section 5.8) as text, always the same for the same parts."""
    return _derived(hashlib.blake2b("\0".join(parts).encode(), digest_size=16))


class DerivedUids:
    """Makes derived ids of many parts that differ in the last one, each the same as `derived_uid` makes."""

    def __init__(self, *parts: str) -> None:
        self._begun = hashlib.blake2b("\0".join((*parts, "")).encode(), digest_size=16)

    def of(self, part: str) -> str:
        """Return the id with this as its last part."""
        found = self._begun.copy()
        found.update(part.encode())
        return _derived(found)


def _derived(digest: "hashlib.blake2b") -> str:
    found = digest.hexdigest()
    last = f"{0b10 << 62 | int(found[16:], 16) >> 2:x}"
    return f"{found[:8]}-{found[8:12]}-8{found[13:16]}-{last[:4]}-{last[4:]}"


def _text(head: int, rest: int) -> str:
    """Return a UUID with this version and head, and the variant and 62 bits of the rest."""
    text = f"{head | 0b10 << 62 | rest >> 2:032x}"
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"

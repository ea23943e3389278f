"""Being a person who isn't the administrator: file permissions count, also where the tests run as root."""

import ctypes
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

_VERSION = 0x20080522  # of the capability calls, as the kernel counts them
_OVERRIDES = 1 << 1 | 1 << 2  # CAP_DAC_OVERRIDE and CAP_DAC_READ_SEARCH

needs_permissions = pytest.mark.skipif(
    not sys.platform.startswith("linux"), reason="folders take no writing away there"
)


def respect_permissions() -> int:
    """Give up the right to pass over permissions, for this thread; return what gives it back."""
    if os.geteuid() != 0:
        return 0
    libc = ctypes.CDLL(None, use_errno=True)
    header = (ctypes.c_uint32 * 2)(_VERSION, 0)
    sets = (ctypes.c_uint32 * 6)()  # effective, permitted, inheritable; then the upper halves
    assert libc.capget(header, sets) == 0, os.strerror(ctypes.get_errno())
    before = sets[0]
    sets[0] = before & ~_OVERRIDES
    assert libc.capset(header, sets) == 0, os.strerror(ctypes.get_errno())
    return before


def _have_back(before: int) -> None:
    if before:
        libc = ctypes.CDLL(None, use_errno=True)
        header = (ctypes.c_uint32 * 2)(_VERSION, 0)
        sets = (ctypes.c_uint32 * 6)()
        libc.capget(header, sets)
        sets[0] = before
        assert libc.capset(header, sets) == 0, os.strerror(ctypes.get_errno())


@contextmanager
def write_protected(*paths: Path) -> Iterator[None]:
    """Take the right to write these files and folders away, from this thread and those that it starts."""
    modes = [(path, path.stat().st_mode & 0o7777) for path in paths]
    for path, mode in modes:
        path.chmod(mode & 0o555)
    before = respect_permissions()
    try:
        yield
    finally:
        _have_back(before)
        for path, mode in modes:
            path.chmod(mode)

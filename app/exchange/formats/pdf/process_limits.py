"""Limits of a process that reads what strangers made: it ends itself when it takes too much memory or time.

A file of some kilobytes can make PDFium take gigabytes of memory, and a call into it can't be stopped from outside.
"""

import os
import sys
import threading
import time
from typing import Any

TOO_MUCH_MEMORY, TOO_MUCH_TIME = 77, 78
"""The exit codes."""

_LOOKS_S = 0.02
_MOST_STEPS = 20  # that take as long as one may


class ProcessLimits:
    """Watches over this process from a thread. `memory` is in bytes, `seconds` are for each step; all steps together
    may take twenty times as long.
    """

    def __init__(self, memory: int, seconds: float) -> None:
        self._memory = memory
        self._seconds = seconds
        self._begun = time.monotonic()
        self._last = self._begun + _MOST_STEPS * seconds
        threading.Thread(target=self._watch, name="limits", daemon=True).start()

    def next_step(self) -> None:
        """Begin the next step."""
        self._begun = time.monotonic()

    def _watch(self) -> None:
        while True:
            if memory_in_use() > self._memory:
                os._exit(TOO_MUCH_MEMORY)
            if time.monotonic() > min(self._begun + self._seconds, self._last):
                os._exit(TOO_MUCH_TIME)
            time.sleep(_LOOKS_S)


def memory_in_use() -> int:
    """Return the memory that this process has taken, in bytes: at present, or on macOS at most so far."""
    if sys.platform == "win32":
        return _on_windows()
    if sys.platform == "linux":
        with open("/proc/self/statm", "rb") as file:
            return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def _on_windows() -> int:
    import ctypes
    from ctypes import wintypes

    class Counters(ctypes.Structure):
        """PROCESS_MEMORY_COUNTERS."""

        _fields_ = [  # noqa: RUF012  ctypes asks for a list
            ("cb", wintypes.DWORD),
            ("PageFaultCount", wintypes.DWORD),
            *((f"size_{number}", ctypes.c_size_t) for number in range(8)),
        ]

    library: Any = ctypes  # which has no WinDLL elsewhere
    windows: Any = library.WinDLL("kernel32")
    windows.GetCurrentProcess.restype = wintypes.HANDLE
    windows.K32GetProcessMemoryInfo.argtypes = [wintypes.HANDLE, ctypes.c_void_p, wintypes.DWORD]
    counters = Counters()
    counters.cb = ctypes.sizeof(counters)
    windows.K32GetProcessMemoryInfo(windows.GetCurrentProcess(), ctypes.byref(counters), counters.cb)
    return int(counters.size_1)  # WorkingSetSize

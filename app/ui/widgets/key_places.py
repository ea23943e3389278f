"""Where a key lies on the keyboard, by the letter that the Latin layout has there.

Under a layout without Latin letters the key of a label can't be typed, nor under AZERTY or Czech a digit without Shift,
but it is where it always is. Qt tells the place as the number that the system gives the key.
"""

import sys
from typing import Final

from PySide6.QtGui import QKeyEvent

# Rows of the US layout, from the first key on that writes something; Linux (input-event-codes.h) and Windows (scan code
# set 1) number them alike.
_ROWS: Final = {2: "1234567890-=", 16: "QWERTYUIOP[]", 30: "ASDFGHJKL;'`", 43: "\\ZXCVBNM,./"}
_BY_CODE: Final = {first + at: key for first, row in _ROWS.items() for at, key in enumerate(row)}
_X11_OFFSET: Final = 8  # X11 and Wayland number keys from 8 on
# kVK_ANSI_… of HIToolbox/Events.h, in the order of the numbers; a blank is a key that writes nothing there. On macOS
# keys have no scan codes.
_MAC_ROW: Final = "ASDFHGZXCV BQWERYT123465=97-80]OU[IP LJ'K;\\,/NM."
_BY_MAC_CODE: Final = {50: "`"} | {at: key for at, key in enumerate(_MAC_ROW) if key != " "}


def latin_at(event: QKeyEvent) -> str:
    """Return what the US layout has at a pressed key, a letter in upper case; "" for other keys and where the system
    doesn't tell.
    """
    return latin_of(scan_code=event.nativeScanCode(), virtual_key=event.nativeVirtualKey(), system=sys.platform)


def latin_of(*, scan_code: int, virtual_key: int, system: str) -> str:
    """The same by a key's numbers; `system` is one of `sys.platform`."""
    if system == "darwin":
        return _BY_MAC_CODE.get(virtual_key, "")
    return _BY_CODE.get(scan_code if system == "win32" else scan_code - _X11_OFFSET, "")

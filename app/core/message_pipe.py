"""How two processes of the program talk: length-prefixed msgpack messages over pipes."""

import os
import struct
import sys

import msgspec

_LENGTH = struct.Struct("<Q")
_AT_ONCE = 1 << 20  # bytes


def framed(message: msgspec.Struct) -> bytes:
    """Return the bytes of a message, prefixed with their length."""
    body = msgspec.msgpack.encode(message)
    return _LENGTH.pack(len(body)) + body


def send(pipe: int, frame: bytes) -> None:
    """Write a whole message. Raises OSError if the reading end is closed."""
    rest = memoryview(frame)
    while rest:
        rest = rest[os.write(pipe, rest[:_AT_ONCE]) :]


def receive(pipe: int) -> bytes | None:
    """Wait for a message and return its bytes, or None at the end of the pipe."""
    head = _read(pipe, _LENGTH.size)
    return None if head is None else _read(pipe, _LENGTH.unpack(head)[0])


def _read(pipe: int, length: int) -> bytes | None:
    parts: list[bytes] = []
    while length:
        part = os.read(pipe, min(length, _AT_ONCE))
        if not part:
            return None
        parts.append(part)
        length -= len(part)
    return b"".join(parts)


def keep_bytes(pipe: int) -> None:
    """Switch a pipe to binary mode, on Windows; elsewhere pipes are binary."""
    if sys.platform == "win32":
        import msvcrt

        msvcrt.setmode(pipe, os.O_BINARY)

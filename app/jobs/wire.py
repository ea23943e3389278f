"""The protocol between the window and its worker process: length-prefixed msgpack messages over two pipes."""

import os
import struct
import sys

import msgspec

from app.suggesters.hints.hint import Hint

_LENGTH = struct.Struct("<Q")
_AT_ONCE = 1 << 20  # bytes


class Segment(msgspec.Struct, frozen=True, tag="segment"):
    """Segment a text into tokens and sentences; it starts at `low` in its document."""

    text: str
    language: str
    low: int


class Load(msgspec.Struct, frozen=True, tag="load"):
    """Load a pipeline that finds named entities, or the preferred one if `pipeline` is empty."""

    pipeline: str


class Read(msgspec.Struct, frozen=True, tag="read"):
    """Find the named entities in each piece of text."""

    pipeline: str
    pieces: list[str]


class LoadRules(msgspec.Struct, frozen=True, tag="rules"):
    """Load a pipeline that parses sentences, or the preferred one if `pipeline` is empty."""

    pipeline: str


class Compare(msgspec.Struct, frozen=True, tag="compare"):
    """Compare a text with its references by the rules with these names."""

    pipeline: str
    rules: tuple[str, ...]
    text: str
    references: list[str]


class Drop(msgspec.Struct, frozen=True, tag="drop"):
    """Cancel the request of this number."""


Work = Segment | Load | Read | LoadRules | Compare


class Asked(msgspec.Struct, frozen=True):
    """A request with its number."""

    number: int
    what: Segment | Load | Read | LoadRules | Compare | Drop


class Segmented(msgspec.Struct, frozen=True, tag="segmented"):
    """Starts and ends of tokens and of sentences in the document, as arrays of 64-bit integers."""

    high: int
    places: tuple[bytes, bytes, bytes, bytes]


class Loaded(msgspec.Struct, frozen=True, tag="loaded"):
    """The loaded pipeline, with the labels it can assign."""

    name: str
    version: str
    language: str
    labels: tuple[str, ...]


class EntitiesFound(msgspec.Struct, frozen=True, tag="found"):
    """The entities of each piece: start, end, label."""

    entities: list[list[tuple[int, int, str]]]


class RulesLoaded(msgspec.Struct, frozen=True, tag="ready"):
    """The pipeline loaded for the rules."""

    name: str
    language: str


class HintsFound(msgspec.Struct, frozen=True, tag="hints"):
    """The hints of a text, each with its rule's name."""

    hints: list[tuple[str, Hint]]


class Dropped(msgspec.Struct, frozen=True, tag="dropped"):
    """The request was cancelled."""


class Failed(msgspec.Struct, frozen=True, tag="failed"):
    """The request can't be carried out: the reason, and a hint for the user."""

    what: str
    hint: str
    wrong_use: bool


class WorkerBroken(msgspec.Struct, frozen=True, tag="broken"):
    """There is a bug; the process ends."""

    trace: str


Result = Segmented | Loaded | EntitiesFound | RulesLoaded | HintsFound


class WorkerAnswer(msgspec.Struct, frozen=True):
    """The answer to the request of this number."""

    number: int
    what: Segmented | Loaded | EntitiesFound | RulesLoaded | HintsFound | Dropped | Failed | WorkerBroken


def framed(message: Asked | WorkerAnswer) -> bytes:
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

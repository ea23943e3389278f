"""Answers of language models, kept so that asking again costs nothing.

They hold words of texts, and stay on this machine.
"""

import os
from contextlib import suppress
from pathlib import Path

import msgspec

from app.core.errors import StetError
from app.core.os_faults import describe

_MOST_ANSWERS = 20_000
_MOST_BYTES = 1 << 20


class KeptAnswer(msgspec.Struct, frozen=True):
    """The words of an answer, and whether they were cut off: asked again, a model would say them again."""

    text: str
    is_cut_off: bool = False


_decoder = msgspec.json.Decoder(KeptAnswer)


class AnswerCache:
    """Answers by the digest of what was asked, a file each, in a folder that only the user can read."""

    def __init__(self, folder: Path) -> None:
        """Use a folder, which may not exist yet."""
        self._folder = folder

    def get(self, digest: str) -> KeptAnswer | None:
        """Return a kept answer."""
        path = self._folder / f"{digest}.json"
        try:
            if path.stat().st_size > _MOST_BYTES:
                return None
            return _decoder.decode(path.read_bytes())
        except (OSError, UnicodeDecodeError, msgspec.DecodeError):
            return None  # not there, or damaged: it is asked for anew

    def put(self, digest: str, answer: KeptAnswer) -> None:
        """Keep an answer; the oldest are removed beyond 20,000. Raises StetError if it can't be written."""
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            part = self._folder / f"{digest}.{os.getpid()}.part"
            part.write_bytes(msgspec.json.encode(answer))
            os.replace(part, self._folder / f"{digest}.json")
        except OSError as error:
            raise StetError(f"the answer can't be kept in {self._folder} ({describe(error)})") from error

    def trim(self) -> None:
        """Remove the oldest answers beyond the limit, and what interrupted runs left."""
        with suppress(OSError):  # another process trims, too
            found = sorted(self._folder.glob("*.*"), key=lambda path: path.stat().st_mtime)
            old = found[: max(0, len(found) - _MOST_ANSWERS)]
            for path in {*old, *(path for path in found if path.suffix == ".part")}:
                path.unlink(missing_ok=True)

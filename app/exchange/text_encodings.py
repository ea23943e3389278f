"""The encodings that a text which isn't UTF-8 may be in, the likeliest first."""

import codecs
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

READ_FIRST = 1_000_000
"""How many bytes of a text are read to find out in which encodings it may be."""

_TOLD_BY = 20_000  # bytes that the order follows from: many lines, told apart in some milliseconds
_FITTING = 4  # the right one was among the first three of every sample in the tests
_NOT_ASCII = re.compile(rb"[\x80-\xff]")


class TextEncoding(NamedTuple):
    """An encoding: its `name` for Python, and a `title` for people."""

    name: str
    title: str


ENCODINGS = (
    TextEncoding("cp1252", "Western European (Windows)"),
    TextEncoding("cp1250", "Central European (Windows)"),
    TextEncoding("cp1251", "Cyrillic (Windows)"),
    TextEncoding("koi8-r", "Russian (KOI8)"),
    TextEncoding("koi8-u", "Ukrainian (KOI8)"),
    TextEncoding("cp1253", "Greek (Windows)"),
    TextEncoding("cp1254", "Turkish (Windows)"),
    TextEncoding("cp1255", "Hebrew (Windows)"),
    TextEncoding("cp1256", "Arabic (Windows)"),
    TextEncoding("cp1257", "Baltic (Windows)"),
    TextEncoding("cp1258", "Vietnamese (Windows)"),
    TextEncoding("cp874", "Thai (Windows)"),
    TextEncoding("iso8859-2", "Central European (ISO 8859-2)"),
    TextEncoding("iso8859-5", "Cyrillic (ISO 8859-5)"),
    TextEncoding("iso8859-6", "Arabic (ISO 8859-6)"),
    TextEncoding("iso8859-7", "Greek (ISO 8859-7)"),
    TextEncoding("iso8859-8", "Hebrew (ISO 8859-8)"),
    TextEncoding("iso8859-9", "Turkish (ISO 8859-9)"),
    TextEncoding("iso8859-15", "Western European (ISO 8859-15)"),
    TextEncoding("cp932", "Japanese (Shift JIS)"),
    TextEncoding("euc_jp", "Japanese (EUC)"),
    TextEncoding("iso2022_jp", "Japanese (ISO 2022)"),
    TextEncoding("gb18030", "Chinese, simplified (GB 18030)"),
    TextEncoding("big5hkscs", "Chinese, traditional (Big5)"),
    TextEncoding("cp949", "Korean (Windows)"),
    TextEncoding("mac_roman", "Western European (old Macintosh)"),
    TextEncoding("mac_latin2", "Central European (old Macintosh)"),
    TextEncoding("mac_cyrillic", "Cyrillic (old Macintosh)"),
    TextEncoding("cp437", "English (DOS)"),
    TextEncoding("cp850", "Western European (DOS)"),
    TextEncoding("cp852", "Central European (DOS)"),
    TextEncoding("cp866", "Russian (DOS)"),
    TextEncoding("utf-16-le", "Unicode (UTF-16, little end first)"),
    TextEncoding("utf-16-be", "Unicode (UTF-16, big end first)"),
)
_HIDDEN = ("iso2022_jp", "utf-16-le", "utf-16-be")  # their bytes may be valid UTF-8
_ZERO_OR_ESCAPE = re.compile(rb"\0|\x1b\$")


def telling_lines(data: bytes, most: int) -> bytes:
    """Return some bytes of a text, from the first line on that isn't ASCII: all encodings agree on those before."""
    found = _NOT_ASCII.search(data)
    start = data.rfind(b"\n", 0, found.start()) + 1 if found else 0
    return data[start : start + most]


def readable(data: bytes, name: str) -> str | None:
    """Return the start of a text in an encoding, None if it can't be; `data` may end inside of a character."""
    decoder = codecs.getincrementaldecoder(name)()
    try:
        return decoder.decode(data)
    except UnicodeDecodeError:
        return None


def likely_encodings(data: bytes) -> Sequence[TextEncoding]:
    """Return the encodings in which the start of a text can be read, in order of how likely it is in them.

    The order follows from which letters the text would have, in which pairs, by statistics of many languages (chardet).
    Encodings in which it reads the same stand together, as listed in `ENCODINGS`.
    """
    import chardet  # its tables of statistics aren't needed before a text isn't UTF-8

    telling = telling_lines(data, _TOLD_BY)
    guesses = chardet.detect_all(telling, ignore_threshold=True, compat_names=False)
    ranks: dict[str, int] = {}
    for rank, guess in enumerate(guesses):
        text = readable(telling, guess["encoding"]) if guess["encoding"] else None
        if text is not None:
            ranks.setdefault(text, rank)
    found: list[tuple[int, TextEncoding]] = []
    for encoding in ENCODINGS:
        text = readable(data, encoding.name)
        if text is not None:
            rank = ranks.get(readable(telling, encoding.name) or "", len(guesses))
            # Nearly any bytes could be UTF-16 or are ASCII with escapes, and hardly any text is.
            if encoding.name not in _HIDDEN or rank == 0:
                found.append((rank, encoding))
    found.sort(key=lambda item: item[0])
    return [encoding for _, encoding in found]


def hidden_encoding(data: bytes) -> TextEncoding | None:
    """Return the encoding that a text without byte order mark is likely to be in though its bytes are valid UTF-8 too:
    UTF-16 has zero bytes, ISO 2022 escapes. None for other texts.
    """
    start = data[:READ_FIRST]
    if not _ZERO_OR_ESCAPE.search(start):
        return None
    likeliest = likely_encodings(start)[0]
    return likeliest if likeliest.name in _HIDDEN else None


class EncodingChoices(NamedTuple):
    """The encodings (names) that a person chose for files of an import, by path."""

    by_file: Mapping[Path, str]

    def of(self, path: Path, data: bytes) -> str | None:
        """Return the encoding of a file: the one chosen for it, else one chosen for another file if it is likely here
        too; None if the person has to be asked.
        """
        if path in self.by_file:
            return self.by_file[path]
        chosen = set(self.by_file.values())
        if not chosen:
            return None
        likely = likely_encodings(data[:READ_FIRST])[:_FITTING]
        return next((encoding.name for encoding in likely if encoding.name in chosen), None)

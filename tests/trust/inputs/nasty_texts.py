"""The nasty texts, as files, by the numbers of their inputs."""

from typing import NamedTuple


class NastyText(NamedTuple):
    """A file's bytes, the text that the project must have, and words in it to be marked."""

    data: bytes
    text: str
    words: str = "Ana"


def _same(text: str, words: str = "Ana") -> NastyText:
    return NastyText(text.encode(), text, words)


TEXTS = {
    "02 byte order mark": NastyText(b"\xef\xbb\xbfAna met Ben.", "Ana met Ben."),
    "03 line ends": _same("one\r\ntwo\rthree\nAna, no end", "Ana, no end"),
    "04 separators": _same("one\u2028two\u2029three\u0085four\x0cfive\x0bAna\n"),
    "08 composed and not": _same("caf\u00e9 and cafe\u0301 Ana", "cafe\u0301"),
    "09 letters that grow": _same("\ufb01ve \u00bd Stra\u00dfe \u0130stanbul, said Ana.", "\u0130stanbul"),
    "10 emoji": _same("👩\u200d👩\u200d👧\u200d👦 👍🏽 🇺🇦 Ana 😀 left.", "Ana 😀"),
    "12 two hundred accents": _same("a" + "\u0301" * 200 + " said Ana."),
    "13 direction controls": _same("abc \u202edef\u202c سلام Ana."),
    "14 blanks nobody sees": _same("Ana\u00a0Berg zero\u200bwidth so\u00adft\u200d.", "zero\u200bwidth so\u00adft"),
    "15 noncharacters": _same("a\ufdd0b\ufdd1c\ufffcd\ufffee said Ana."),
    "25 markup": _same("if a<b and c>d, <img src=file:///etc/passwd> said Ana &amp; <b>Ben</b>."),
}
"""Those that are taken as they are."""

REFUSED = {
    "05 NUL": ("a.txt", b"one\ntwo\0three", "a.txt:2: the text contains a NUL"),
    "06 half a pair": (
        "a.jsonl",
        b'{"stet":1,"id":"a","name":"a","text":"ok"}\n{"stet":1,"id":"b","name":"b","text":"x\\ud800y"}\n',
        "a.jsonl:2: ",
    ),
    "07 no encoding": ("a.txt", b"first\ncaf\xe9 \x93quoted\x94 and \xff\xfe", "a.txt:2: not UTF-8: byte 9 is 0xe9"),
    "07 Windows quotes": ("a.txt", b"He said \x93no\x94.", "--encoding NAME"),
    "07 UTF-16": ("a.txt", "Ana met Ben.".encode("utf-16-le"), "UTF-16, little end first"),
}
"""Those that are refused: a file's name, its bytes, and what is said."""

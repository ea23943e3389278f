"""What labels of datasets of hallucinations have in common: an error conflicts with its source, or has no base in it.

FaithBench calls the two intrinsic and extrinsic; FAVA's types divide both further. The crosswalk is LettuceDetect's.
"""

from enum import StrEnum


class ErrorKind(StrEnum):
    """Whether an error conflicts with its source, or has no base in it."""

    CONFLICT = "conflict"
    BASELESS = "baseless"


_WORDS = {
    ErrorKind.CONFLICT: ("conflict", "intrinsic", "entity", "relation", "contradictory"),
    ErrorKind.BASELESS: ("baseless info", "extrinsic", "invented", "subjective", "unverifiable"),
}
_KINDS = {word: kind for kind, words in _WORDS.items() for word in words}
_BEFORE = ("evident ", "subtle ", "unwanted.")


def kind_of(label: str) -> ErrorKind | None:
    """Return the kind of error that a label of FaithBench, RAGTruth or FAVA stands for; None for any other label."""
    word = label.casefold()
    for before in _BEFORE:
        word = word.removeprefix(before)
    return _KINDS.get(word)

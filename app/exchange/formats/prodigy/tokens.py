"""Prodigy's tokens of a text: as few numbers, and their numbers by offset.

A token is `{"text", "start", "end", "id"}`, with `ws` (a blank follows) and `disabled` in newer files; offsets are in
code points. All of it but `disabled` follows from the ranges, so only these are kept.
"""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, cast

Ranges = Sequence[tuple[int, int]]


class TokenNumbers:
    """The numbers of the tokens that begin and end at offsets."""

    def __init__(self, ranges: Ranges) -> None:
        self.ranges = ranges
        self._starts = {start: number for number, (start, _) in enumerate(ranges)}
        self._ends = {end: number for number, (_, end) in enumerate(ranges)}

    def of(self, start: int, end: int) -> tuple[int, int] | None:
        """Return the numbers of the first and the last token of a range, None if it doesn't align with tokens."""
        first, last = self._starts.get(start), self._ends.get(end)
        return (first, last) if first is not None and last is not None and first <= last else None

    def span(self, start: int, end: int) -> dict[str, Any]:
        """Return a range as an end of a relation has it, with the numbers of its tokens if it aligns with them."""
        pair = self.of(start, end)
        found: dict[str, Any] = {"start": start, "end": end}
        return found if pair is None else {**found, "token_start": pair[0], "token_end": pair[1]}

    def last(self, end: int) -> int:
        """Return the number of the last token that begins before an offset; 0 if there is none."""
        return max((number for number, (start, _) in enumerate(self.ranges) if start < end), default=0)


class _Packed(NamedTuple):
    ends: list[int]
    has_ws: bool
    disabled: list[int] | None


def ranges_of(tokens: object, text: str) -> list[tuple[int, int]] | None:
    """Return the ranges of tokens as a file gives them; None if they aren't tokens of the text."""
    if not isinstance(tokens, list):
        return None
    try:
        found = [(token["start"], token["end"]) for token in cast("list[dict[str, Any]]", tokens)]
    except (TypeError, KeyError, IndexError):
        return None
    offsets = [at for pair in found for at in pair]
    are_offsets = _are(int, offsets) and 0 <= min(offsets, default=0) <= max(offsets, default=0) <= len(text)
    return found if are_offsets and all(start <= end for start, end in found) else None


def packed(tokens: list[Any], ranges: Ranges, text: str) -> Any:  # noqa: ANN401  few numbers, or the tokens as they are
    """Return what has to be kept of tokens so that `unpacked` returns the same."""
    has_ws = bool(tokens) and "ws" in tokens[0]
    has_disabled = bool(tokens) and "disabled" in tokens[0]
    size = 4 + has_ws + has_disabled
    follows = f"{text}."
    # Lists are compared as a whole: there are many tokens. True equals 1, but isn't written like it.
    is_usual = (
        set(map(len, tokens)) <= {size}
        and [token.get("text") for token in tokens] == [text[start:end] for start, end in ranges]
        and _are(int, ids := [token.get("id") for token in tokens])
        and ids == list(range(len(tokens)))
        and (not has_disabled or _are(bool, [token.get("disabled") for token in tokens]))
        and (not has_ws or _are(bool, [token.get("ws") for token in tokens]))
        and (not has_ws or [token["ws"] for token in tokens] == [follows[end] == " " for _, end in ranges])
    )
    if not is_usual:
        return tokens
    disabled = [number for number, token in enumerate(tokens) if token["disabled"]] if has_disabled else None
    return _Packed([at for pair in ranges for at in pair], has_ws, disabled)._asdict()


def _are(kind: type, values: list[Any]) -> bool:
    return set(map(type, values)) <= {kind}


def unpacked(kept: Any, text: str) -> list[dict[str, Any]]:  # noqa: ANN401  what `packed` returned
    """Return the tokens."""
    if isinstance(kept, list):
        return cast("list[dict[str, Any]]", kept)
    small = _Packed(**cast("Mapping[str, Any]", kept))
    pairs = list(zip(small.ends[::2], small.ends[1::2], strict=True))
    disabled = None if small.disabled is None else set(small.disabled)
    return made_of(pairs, text, has_ws=small.has_ws, disabled=disabled)


def made_of(
    ranges: Ranges, text: str, *, has_ws: bool = True, disabled: set[int] | None = None
) -> list[dict[str, Any]]:
    """Return tokens as Prodigy writes them."""
    found: list[dict[str, Any]] = []
    for number, (start, end) in enumerate(ranges):
        token: dict[str, Any] = {"text": text[start:end], "start": start, "end": end, "id": number}
        if has_ws:
            token["ws"] = text[end : end + 1] == " "
        if disabled is not None:
            token["disabled"] = number in disabled
        found.append(token)
    return found

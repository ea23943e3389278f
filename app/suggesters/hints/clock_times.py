"""Times of day as texts write them: 17:05, 5.05 pm, five o'clock, half past six, noon, “at 6”."""

from collections.abc import Sequence
from typing import NamedTuple

from app.suggesters.hints.value_tokens import Token, TokenKind, at, named, says


class ClockTime(NamedTuple):
    """Minutes after midnight, and the index of the token behind the time.

    If `half` is False, the text leaves open which half of the day is meant.
    """

    minutes: int
    half: bool
    last: int


_HOURS = {
    name: number
    for number, name in enumerate(named("one two three four five six seven eight nine ten eleven twelve"), 1)
}
_MINUTES = {"five": 5, "ten": 10, "quarter": 15, "twenty": 20, "half": 30}
_NAMED = {"noon": 12 * 60, "midday": 12 * 60, "midnight": 0}
_BEHIND_BARE = frozenset(
    (
        ".",
        ",",
        ";",
        "?",
        "!",
        "",
        *named("on and but or tomorrow today tonight for in sharp next this as when so because with"),
    )
)
"""What may stand behind the bare hour of “at 6”; a noun would be counted by it."""
TIME_WORDS = (*_HOURS, *_MINUTES, *_NAMED)
"""The words with which a time may begin."""


def time_at(found: Sequence[Token], index: int) -> ClockTime | None:
    """Return the time of day that begins at a token."""
    token = at(found, index)
    if token.kind is TokenKind.CLOCK:
        return _with_colon(found, index)
    if token.kind is TokenKind.NUMBER:
        hour, _, minutes = token.text.replace(",", ".").partition(".")
        whole = hour.isdecimal() and len(hour) <= 2 and int(hour) <= 24
        if not whole or (minutes and (len(minutes) != 2 or int(minutes) > 59)):
            return None
        return _hour(found, index, int(hour), int(minutes or 0))
    if token.text in _NAMED:
        return ClockTime(_NAMED[token.text], True, index + 1)
    if token.text in _MINUTES and (time := _past_or_to(found, index)) is not None:
        return time
    return _hour(found, index, _HOURS[token.text], 0) if token.text in _HOURS else None


def _with_colon(found: Sequence[Token], index: int) -> ClockTime | None:
    hour, minute = (int(part) for part in found[index].text.split(":")[:2])
    if hour > 24 or minute > 59:
        return None
    half, last = _half_of_day(found, index + 1)
    return _time(hour, minute, half or ("" if hour <= 12 else "24"), last)


def _hour(found: Sequence[Token], index: int, hour: int, minute: int) -> ClockTime | None:
    half, last = _half_of_day(found, index + 1)
    if half:
        return _time(hour, minute, half, last)
    behind = at(found, index + 1)
    if behind.text == "o'clock":
        return _time(hour, 0, "", index + 2)
    if behind.text in ("-", "to") and not minute:  # the 9 of “9-11 am”
        half, _ = _half_of_day(found, index + 3)
        if half and hour < at(found, index + 2).value <= 12:
            return _time(hour, 0, half, index + 1)
    if minute and at(found, index - 1).text == "at" and behind.kind is not TokenKind.WORD and hour <= 24:
        return None if behind.text in ("%", "°") else _time(hour, minute, "" if hour <= 12 else "24", index + 1)
    decimals = behind.text == "." and at(found, index + 2).glued
    if at(found, index - 1).text == "at" and behind.text in _BEHIND_BARE and not minute and not decimals:
        return _time(hour, 0, "", index + 1) if 1 <= hour <= 12 else None
    return None


def _past_or_to(found: Sequence[Token], index: int) -> ClockTime | None:
    """Return “half past six” or “quarter to nine”; with other minutes only behind “at”, for “ten to twelve” counts."""
    word, middle, end = found[index].text, at(found, index + 1).text, at(found, index + 2)
    hour = _HOURS.get(end.text, 0) or (int(end.value) if end.kind is TokenKind.NUMBER and end.value <= 12 else 0)
    if middle not in ("past", "to") or not hour:
        return None
    if word not in ("quarter", "half") and at(found, index - 1).text != "at":
        return None
    half, last = _half_of_day(found, index + 3)
    minutes = hour * 60 + (_MINUTES[word] if middle == "past" else -_MINUTES[word])
    return _time(minutes // 60, minutes % 60, half, last)


def _half_of_day(found: Sequence[Token], index: int) -> tuple[str, int]:
    """Return “am” or “pm”, and the index behind it; “” and the index itself if there is neither."""
    word = at(found, index).text
    if word in ("am", "pm"):
        return word, index + 1
    if word in ("a", "p") and says(found, index + 1, ".", "m"):
        dotted = at(found, index + 3).text == "." and at(found, index + 3).glued
        return word + "m", index + 3 + dotted
    if says(found, index, "in", "the"):
        part = at(found, index + 2).text
        return {"morning": "am", "afternoon": "pm", "evening": "pm"}.get(part, ""), index
    return "", index


def _time(hour: int, minute: int, half: str, last: int) -> ClockTime:
    if half in ("am", "pm"):
        if hour > 12:
            half = "24"
        else:
            hour = hour % 12 + (12 if half == "pm" else 0)
    return ClockTime(hour * 60 + minute, bool(half), last)

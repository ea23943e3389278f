"""The text of a task: which of its data it is, and how places in HTML or in the turns of a dialogue become offsets."""

import re
from collections.abc import Iterable, Mapping, Sequence
from html.parser import HTMLParser
from typing import Any, NamedTuple

from app.core.errors import FormatError
from app.exchange.formats.label_studio.wire import Json, as_list, as_object, is_list, whole_number, word_of

_OBJECT_TAG = re.compile(rb"<(?:Text|HyperText|Paragraphs)\b[^>]*?\bvalue\s*=\s*[\"']\$(\w+)[\"']")
_ADDRESS = re.compile(r"(?:\w+:/|/data)/\S+")
_ONLY_TEXT_NODE = "/text()[1]"
_AUTHORS = ("author", "speaker", "role", "name")


class TaskText(NamedTuple):
    """A text, the `key` of the data that it is from, and where its `turns` begin, if it is a dialogue.

    `raw` is the value itself if it isn't the text.
    """

    key: str
    text: str
    raw: Any = None
    turns: tuple[int, ...] = ()

    def place(self, value: Mapping[str, Any]) -> tuple[int, int]:
        """Return where a region lies, in the file's unit. Raises FormatError if that can't be told."""
        start, end = whole_number(value.get("start")), whole_number(value.get("end"))
        if self.turns:
            return self._in_turns(value)
        if start is not None and end is not None:
            return start, end
        overall = as_object(value.get("globalOffsets"))
        if overall is not None:
            pair = whole_number(overall.get("start")), whole_number(overall.get("end"))
        elif value.get("start") == value.get("end") == _ONLY_TEXT_NODE:
            pair = whole_number(value.get("startOffset")), whole_number(value.get("endOffset"))
        elif isinstance(value.get("start"), str):
            what = "a region is given by its place in HTML, without “globalOffsets”"
            raise FormatError(what, hint="export it again with a newer Label Studio")
        else:
            what = f"a region has no whole numbers as start and end: {value.get('start')!r}, {value.get('end')!r}"
            raise FormatError(what[:200], hint="fix the offsets")
        if pair[0] is None or pair[1] is None:
            raise FormatError("a region's “globalOffsets” aren't whole numbers", hint="fix the offsets")
        return pair[0], pair[1]

    def _in_turns(self, value: Mapping[str, Any]) -> tuple[int, int]:
        first, last = (_turn_of(value.get(key)) for key in ("start", "end"))
        ends = whole_number(value.get("startOffset")), whole_number(value.get("endOffset"))
        if first is None or last is None or ends[0] is None or ends[1] is None:
            raise FormatError("a region of a dialogue lacks its turns or its offsets in them", hint="fix it")
        if max(first, last) >= len(self.turns):
            raise FormatError(f"a region is in turn {max(first, last)}, which isn't there", hint="fix it")
        return self.turns[first] + ends[0], self.turns[last] + ends[1]


def configured_key(config: bytes) -> str:
    """Return the key of the text that a label configuration names, "" if it names none."""
    found = _OBJECT_TAG.search(config)
    return found[1].decode() if found else ""


def text_of(
    data: Json, wanted: str, *, is_html: bool, is_dialogue: bool = False, named: Iterable[str] = ()
) -> TaskText:
    """Return the text of a task's data: that of the `wanted` key, else of the first `named` one, of the only one, of
    one named `text`, or the longest; of a dialogue the only list of turns. Raises FormatError if there is none.
    """
    if wanted and wanted not in data:
        known = ", ".join(sorted(data)[:8])
        raise FormatError(
            f"its data have no “{wanted}”", hint=f"name the text with --map-column text=KEY, one of: {known}"
        )
    if is_dialogue and not wanted:
        wanted = next((key for key, value in data.items() if is_list(value) and _is_text(value)), "")
    key = wanted or next((key for key in named if _is_text(data.get(key))), "") or _likeliest(data)
    value = data[key] if key else None
    if isinstance(value, str):
        if is_html and ("<" in value or "&" in value):
            return TaskText(key, html_text(value), value)
        return TaskText(key, value)
    if value is not None and _is_text(value):
        lines = [_turn(item) for item in as_list(value)]
        turns: list[int] = []
        at = 0
        for author, said in lines:
            turns.append(at + len(author))
            at += len(author) + len(said) + 1
        return TaskText(key, "\n".join(author + said for author, said in lines), value, tuple(turns))
    hint = "name the text's key with --map-column text=KEY"
    raise FormatError("there is no text in its data", hint=hint)


def key_by_words(data: Json, values: Sequence[Json]) -> str:
    """Return the key of the text in which most regions (given by their values) have their words; "" if in none."""
    found = {key: sum(_has_words(text, each) for each in values) for key, text in data.items() if isinstance(text, str)}
    most = max(found.values(), default=0)
    best = [key for key, count in found.items() if count == most]
    return best[0] if most and len(best) == 1 else ""


def names_elsewhere(data: Json, key: str, regions: Iterable[tuple[str, Json]]) -> set[str]:
    """Return which of the names that regions point at (`to_name`, value) are of another text of the task than that
    under a key: none of their words are in it, and all are in another.
    """
    by_name: dict[str, list[Json]] = {}
    for name, value in regions:
        if isinstance(value.get("text"), str) and whole_number(value.get("start")) is not None:
            by_name.setdefault(name, []).append(value)
    if len(by_name) < 2:  # noqa: PLR2004  one text only
        return set()
    others = [text for other, text in data.items() if other != key and isinstance(text, str)]
    text = data.get(key)
    return {
        name
        for name, values in by_name.items()
        if isinstance(text, str)
        and not any(_has_words(text, value) for value in values)
        and any(all(_has_words(other, value) for value in values) for other in others)
    }


def _has_words(text: str, value: Json) -> bool:
    start, end, words = value.get("start"), value.get("end"), value.get("text")
    if type(start) is not int or type(end) is not int:  # asked of every region: the usual case comes first
        start, end = whole_number(start), whole_number(end)
    if start is None or end is None or not isinstance(words, str) or not words:
        return False
    return text[max(0, start) : max(0, end)] == words


def is_address(text: str) -> bool:
    """Whether a text is only the address of one, which Label Studio loads itself."""
    return _ADDRESS.fullmatch(text.strip()) is not None


def html_text(source: str) -> str:
    """Return the text of an HTML source as a browser's DOM has it; a line break is one character."""
    parser = _TextOnly()
    parser.feed(source)
    parser.close()
    return "".join(parser.parts)


class _TextOnly(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []

    def handle_data(self, data: str) -> None:
        self.parts.append(data)

    def handle_starttag(self, tag: str, attrs: Sequence[tuple[str, str | None]]) -> None:
        if tag == "br":
            self.parts.append("\n")


def _likeliest(data: Json) -> str:
    strings = {key: value for key, value in data.items() if isinstance(value, str)}
    if isinstance(data.get("text"), str):
        return "text"
    if strings and not all(map(is_address, strings.values())):
        return max(strings, key=lambda key: len(strings[key]))
    return next((key for key, value in data.items() if _is_text(value)), "")


def _is_text(value: object) -> bool:
    if isinstance(value, str):
        return True
    items = as_list(value)
    return bool(items) and all(_said(as_object(item) or {}) is not None for item in items)


def _turn(item: Json) -> tuple[str, str]:
    author = next((word_of(item[key]) for key in _AUTHORS if word_of(item.get(key))), "")
    return (f"{author.rstrip(':')}: " if author else ""), _said(item) or ""


def _said(turn: Json) -> str | None:
    """Return what is said in a turn of a dialogue or a chat, None if it isn't one."""
    return next((turn[key] for key in ("text", "content") if isinstance(turn.get(key), str)), None)


def _turn_of(value: object) -> int | None:
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 10:  # noqa: PLR2004
        return int(value)
    found = whole_number(value)
    return found if found is not None and found >= 0 else None

"""The file of summaries beside their sources: `summaries.toml`, which says what is in it."""

import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from app.suggesters.hints.hint import Hint

FILE = Path(__file__).with_name("summaries.toml")


class Summary(NamedTuple):
    """A summary, or an edit of it, beside its source; `edit` is empty for the summary itself.

    `changed` are the ranges of the text that were put in.
    """

    kind: str
    source: str
    text: str
    edit: str
    is_right: bool
    is_held_out: bool
    changed: tuple[tuple[int, int], ...] = ()

    def is_hit(self, hint: Hint) -> bool:
        """Whether a hint meets what was put in and is wrong."""
        return not self.is_right and any(hint.start < end and start < hint.end for start, end in self.changed)


@cache
def summaries() -> tuple[Summary, ...]:
    """Return all summaries, each followed by its edits. Raises ValueError if an edit doesn't fit."""
    with FILE.open("rb") as file:
        rows = tomllib.load(file)["summary"]
    return tuple(summary for row in rows for summary in _edited(row))


def _edited(row: dict[str, Any]) -> Iterator[Summary]:
    whole = Summary(row["kind"], row["source"], row["text"], "", True, row.get("held_out", False))
    yield whole
    for is_right in (True, False):
        for edit in row["right" if is_right else "wrong"]:
            text, changed = whole.text, list[tuple[int, int]]()
            for each in edit.split(" | "):
                old, new = each.split(" => ")
                if old not in text:
                    raise ValueError(f"{row['kind']}: {old!r} is not in the summary")
                at, grown = text.index(old), len(new) - len(old)
                text = text.replace(old, new, 1)
                changed = [(start + grown * (start > at), end + grown * (start > at)) for start, end in changed]
                changed.append((at, at + len(new)))
            yield whole._replace(text=text, edit=edit, is_right=is_right, changed=tuple(changed))

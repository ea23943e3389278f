"""The text of a source that is structured data.

RAGTruth's sources of questions are objects with the question and the passages, those of businesses nested data. People
look for evidence in a text: it has each value as it stands in the data, so that words can be found and marked, and is
the same whenever the file is read.
"""

import json
from collections.abc import Iterator
from typing import Any, cast

_INDENT = "  "


def source_text(value: object) -> str:
    """Return structured data as text: a line for each value, after its key, nested ones indented.

    A text of several lines begins on a line of its own, and stands there unchanged.
    """
    if isinstance(value, str):
        return value
    if not isinstance(value, dict | list):
        return _single(value)
    return "\n".join(_lines(value, ""))


def _lines(value: Any, indent: str) -> Iterator[str]:  # noqa: ANN401  an object or a list of JSON
    if isinstance(value, dict):
        for key, item in cast("dict[str, Any]", value).items():
            yield from _entry(f"{indent}{key}:", item, indent + _INDENT)
        return
    for item in cast("list[Any]", value):
        yield from _entry(f"{indent}-", item, indent + _INDENT)


def _entry(head: str, item: Any, indent: str) -> Iterator[str]:  # noqa: ANN401  any value of JSON
    if isinstance(item, dict | list) and item:
        yield head
        yield from _lines(item, indent)
    elif isinstance(item, str) and "\n" in item:
        yield head
        yield item
    else:
        yield f"{head} {_single(item)}"


def _single(value: Any) -> str:  # noqa: ANN401  any value of JSON
    return value if isinstance(value, str) else json.dumps(value)

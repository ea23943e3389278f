"""The texts that FRANK's scores are about, which another file has, by the article's hash and the name of the model."""

from pathlib import Path
from typing import Any, NamedTuple

from app.core.errors import FormatError
from app.exchange.json_records import object_of, records
from app.exchange.source import Source

FILES = ("benchmark_data.json", "human_annotations_sentence.json", "human_annotations_sentences.json")
Key = tuple[str, str]


class SummaryText(NamedTuple):
    """A summary and the article that it is of."""

    summary: str
    article: str


def key_of(value: dict[str, Any]) -> Key | None:
    """Return the hash and the model of a record, None if it has none."""
    hash, model = value.get("hash"), value.get("model_name")
    return (hash, model) if isinstance(hash, str) and isinstance(model, str) else None


def texts_beside(source: Source, given: str = "") -> dict[Key, SummaryText]:
    """Return the texts of the file beside a source, or of the one that a person named.

    Raises FormatError if what was named isn't there.
    """
    if given:
        path = source.folder / given
        if not path.is_file():
            raise FormatError("there are no texts here", hint="name benchmark_data.json", path=path)
        return _texts(path)
    for name in FILES:
        found = source.companion(name)
        if found is not None and found.path != source.path:
            return _texts(found.path)
    return {}


def _texts(path: Path) -> dict[Key, SummaryText]:
    found: dict[Key, SummaryText] = {}
    articles: dict[str, str] = {}  # several summaries have one
    for line in records(path):
        value = object_of(line, path)
        key, summary, article = key_of(value), value.get("summary"), value.get("article")
        if key is not None and isinstance(summary, str) and isinstance(article, str):
            found[key] = SummaryText(summary, articles.setdefault(article, article))
    return found

"""SciFact's corpus: JSON Lines with `doc_id`, `title` and the sentences of an `abstract`.

See https://github.com/allenai/scifact/blob/master/doc/data.md.
"""

from collections.abc import Collection, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple, cast

import msgspec

from app.core.document import Document
from app.core.errors import FormatError
from app.exchange.claim_marks import number_for, split_fields
from app.exchange.foreign_document import ForeignDocument
from app.exchange.format import ReadOptions
from app.exchange.json_records import object_of
from app.exchange.keyed_lines import KeyedLines
from app.exchange.record_names import name_from_text
from app.exchange.sentence_lines import SENTENCE_LINES, NumberedSentences, joined
from app.exchange.source import Source

OWN = "scifact"
DOC_ID = "doc_id"
CORPUS = "corpus"
SUFFIX = f".{CORPUS}.jsonl"
_KEPT = 64  # abstracts


class _Numbered(msgspec.Struct):
    doc_id: int | str | None = None


_numbered = msgspec.json.Decoder(_Numbered)


class Abstract(NamedTuple):
    """An abstract as a document, and its sentences by number."""

    document: ForeignDocument
    sentences: NumberedSentences


def is_abstract(value: Mapping[str, Any]) -> bool:
    """Whether an object is an abstract with its sentences."""
    return DOC_ID in value and isinstance(value.get("abstract"), list) and "title" in value


def abstract_record(value: Mapping[str, Any], options: ReadOptions) -> Abstract:
    """Return an abstract as a document with a sentence on each line. Raises FormatError for one that isn't valid."""
    fields = dict(value)
    id, title, given = (fields.pop(key, None) for key in (DOC_ID, "title", "abstract"))
    if isinstance(id, bool) or not isinstance(id, int | str) or id == "":
        raise FormatError("an abstract has no number under “doc_id”", hint="write its number there")
    items = cast("list[object]", given) if isinstance(given, list) else [None]
    sentences = [each for each in items if isinstance(each, str)]
    if len(sentences) < len(items):
        raise FormatError(
            f"the abstract {id} isn't a list of sentences", hint="write each sentence as a text of a list"
        )
    if not (title is None or isinstance(title, str)):
        raise FormatError(f"the title of the abstract {id} must be text", hint="fix the record")
    meta, own = split_fields(fields)
    text = joined(sentences)
    meta = {**meta, **({"title": title} if title else {}), DOC_ID: id, SENTENCE_LINES: True}
    made = ForeignDocument(text, name=name_from_text(title or text, str(id)), options=options, meta=meta)
    if text.split("\n") != (sentences or [""]):
        own["abstract"] = sentences
        what = "line breaks inside of sentences, which become blanks, as a line is a sentence"
        options.report.note("line-break", what, made.document.name)
    if title == "":
        own["title"] = title
    if own:
        made.extra[OWN] = own
    return Abstract(made, NumberedSentences(made.document))


def id_of(document: Document) -> int | str:
    """Return the number of a document in a corpus: the one that it came with, else one made for it."""
    found = document.meta.get(DOC_ID)
    return found if isinstance(found, int | str) and not isinstance(found, bool) else number_for(document.uid)


class CorpusFile:
    """The abstracts of the file beside claims, of which those with wanted numbers are found.

    `given` is the file that a person named, else one called `corpus.jsonl` or after the claims' file is looked for.
    """

    def __init__(self, source: Source, wanted: Collection[str], options: ReadOptions, given: str = "") -> None:
        """Raise FormatError if what was named isn't there, or a file can't be read."""
        self._options = options
        path = corpus_beside(source, given)
        self._lines = KeyedLines([] if path is None else [path], _key, wanted)
        self._broken: set[str] = set()
        self.get = lru_cache(maxsize=_KEPT)(self._get)

    def _get(self, id: str) -> Abstract | None:
        """Return the abstract with a number, None if there is none. Abstracts that aren't valid are noted."""
        line = self._lines.get(id)
        if line is None or id in self._broken:
            return None
        path = self._lines.path_of(id)
        try:
            return abstract_record(object_of(line, path), self._options)
        except FormatError as error:
            self._broken.add(id)
            what = "abstracts that can’t be read; evidence in them is kept as it is"
            self._options.report.note("broken-abstract", what, f"{path.name}, line {line.number}: {error.what}")
            return None


def _key(data: bytes) -> str | None:
    try:
        id = _numbered.decode(data).doc_id
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    return None if id is None else str(id)


def corpus_beside(source: Source, given: str = "") -> Path | None:
    """Return the file of abstracts that belongs to a file or folder of claims, None if there is none.

    Raises FormatError if what was named isn't there.
    """
    if given:
        path = source.folder / given
        if not path.is_file():
            raise FormatError("there is no corpus here", hint="name the file of abstracts", path=path)
        return path
    for name in (f"{source.path.stem}{SUFFIX}", f"{CORPUS}.jsonl"):
        path = source.folder / name
        if path.is_file() and path != source.path:
            return path
    return None

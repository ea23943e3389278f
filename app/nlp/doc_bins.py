"""spaCy's DocBin files, as plain values; https://spacy.io/api/docbin."""

import zlib
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple, cast

if TYPE_CHECKING:
    from spacy.tokens import Doc, Span

ENTITIES = "ents"
"""The name under which `BinDoc.groups` has the named entities of a doc."""

_BREAKS = (ValueError, KeyError, TypeError, IndexError, OverflowError, zlib.error)
_OWN_GROUP = "incorrect_spans"  # which spaCy's training adds by itself


class BadDocBin(Exception):
    """Bytes that aren't a DocBin, and why."""


class BinSpan(NamedTuple):
    """A span of a doc: its range in code points, half-open, its label, and its ids in the file and a knowledge base."""

    start: int
    end: int
    label: str
    id: str = ""
    kb_id: str = ""


class BinDoc(NamedTuple):
    """A doc: its text, its spans by group, entities among them, its categories, and what else is stored with it."""

    text: str
    groups: Mapping[str, tuple[BinSpan, ...]]
    categories: Mapping[str, float]
    user_data: Mapping[str, Any]


def read_doc_bin(data: bytes) -> Iterator[BinDoc]:
    """Yield the docs of a file's bytes. Raises BadDocBin. Loads spaCy."""
    import spacy
    from spacy.tokens import DocBin

    try:
        bin_ = DocBin(store_user_data=True).from_bytes(data)
        for doc in bin_.get_docs(spacy.blank("xx").vocab):
            yield _plain(doc)
    except _BREAKS as error:
        raise BadDocBin(f"{type(error).__name__}: {error}") from error


def _plain(doc: "Doc") -> BinDoc:
    groups = {ENTITIES: tuple(map(_span, doc.ents))}
    groups |= {str(key): tuple(map(_span, group)) for key, group in doc.spans.items() if key != _OWN_GROUP}
    stored = {key: value for key, value in doc.user_data.items() if isinstance(key, str)}
    return BinDoc(doc.text, groups, dict(doc.cats), stored)


def _span(span: "Span") -> BinSpan:
    return BinSpan(span.start_char, span.end_char, span.label_, str(span.id_ or ""), str(span.kb_id_ or ""))


class DocBinFile:
    """Collects docs to write. All of them are in memory, as spaCy's format demands; `language` is for tokens."""

    def __init__(self, language: str) -> None:
        """Load spaCy, with the tokenizer of a language; see `nlp.tokens.tokenizer`."""
        from spacy.tokens import DocBin

        from app.nlp.tokens import pipeline_for

        self._tokenizer = pipeline_for(language).tokenizer
        self._bin = DocBin(store_user_data=True)

    def add(self, doc: BinDoc) -> list[BinSpan]:
        """Add a doc; return the spans that aren't whole tokens and were widened to them.

        Entities that overlap must be left out before; anchors can't be written.
        """
        from spacy.tokens import SpanGroup

        made = self._tokenizer(doc.text)
        widened: list[BinSpan] = []
        for key, spans in doc.groups.items():
            found: list[Span] = []
            for span in spans:
                exact = made.char_span(span.start, span.end, label=span.label, span_id=span.id, kb_id=span.kb_id)
                if exact is None:
                    widened.append(span)
                    exact = made.char_span(
                        span.start,
                        span.end,
                        label=span.label,
                        span_id=span.id,
                        kb_id=span.kb_id,
                        alignment_mode="expand",
                    )
                if exact is not None:
                    found.append(exact)
            if key == ENTITIES:
                made.ents = _apart(found)
            else:
                made.spans[key] = SpanGroup(made, name=key, spans=found)
        made.cats = dict(doc.categories)
        made.user_data.update(doc.user_data)
        self._bin.add(made)
        return widened

    def to_bytes(self) -> bytes:
        """Return the bytes of the file."""
        return cast(bytes, self._bin.to_bytes())


def _apart(spans: list["Span"]) -> list["Span"]:
    """Return spans that don't overlap: of those that do once they were widened, the longer ones."""
    from spacy.util import filter_spans

    return filter_spans(spans)

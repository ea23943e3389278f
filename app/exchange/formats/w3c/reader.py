"""Reads web annotations: one, a list, collections and pages of them, or one a line."""

from collections.abc import Iterator
from pathlib import Path

from app.core.record import DocumentRecord
from app.exchange.format import Claim, Reader, ReadOptions
from app.exchange.formats.w3c.annotated_texts import TEXT
from app.exchange.formats.w3c.annotation_file import AnnotationFile
from app.exchange.formats.w3c.wire import CONTAINERS, annotations_in, is_container, types_of
from app.exchange.json_records import first_objects
from app.exchange.source import Source

_INNER = ("items", "first", "@graph")


class W3cReader(Reader):
    """Reads annotations with positions and quotes in texts that are beside the file, in it, or in the project."""

    suffixes = (".json", ".jsonld", ".jsonl")
    options = (TEXT,)

    def claims(self, path: Path, head: bytes) -> Claim | None:
        """Take JSON that speaks of annotations with a body or a target in the words of the model."""
        objects = first_objects(path, head)
        if not objects and any(f'"{name}"'.encode() in head for name in CONTAINERS):
            return Claim("it is a collection of web annotations")
        for each in objects:
            if is_container(each) and any(isinstance(each.get(key), list | dict) for key in _INNER):
                return Claim("it is a collection of web annotations")
            if "target" in each and ("Annotation" in types_of(each) or "@context" in each):
                return Claim("it has “target” and is an “Annotation”")
        return None

    def read(self, source: Source, options: ReadOptions) -> Iterator[DocumentRecord]:
        """Yield the documents, each after what is evidence in it. Invalid annotations go to `options.refuse`."""
        yield from AnnotationFile(source, options, annotations_in).records()

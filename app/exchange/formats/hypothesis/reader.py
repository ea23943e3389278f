"""Reads what Hypothes.is exports, and what its service answers to a search.

An export is an object with a list of annotations; replies to them stand in the same list. Each has a quote and a
position in the page, whose text isn't there. Sources: the export of https://github.com/hypothesis/client
(`annotations-exporter.tsx`) and https://h.readthedocs.io/en/latest/api-reference
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from app.core.record import DocumentRecord
from app.exchange.format import Claim, Reader, ReadOptions
from app.exchange.formats.w3c.annotated_texts import TEXT
from app.exchange.formats.w3c.annotation_file import AnnotationFile
from app.exchange.formats.w3c.wire import COMMENTING, CONTEXT, REPLYING, Json, as_object, many, without, word
from app.exchange.json_records import first_objects
from app.exchange.source import Source

_LISTS = ("annotations", "rows")
_HOME = "hypothes.is"
_TIMES = (("created", "created"), ("modified", "updated"))
_MAPPED = ("id", "created", "updated", "user", "uri", "text", "tags", "target", "references", "document", "links")


class HypothesisReader(Reader):
    """Reads annotations as marks of those who made them, replies as their comments, page notes as notes of documents.

    Positions are those in the page as a browser has it: a quote decides where a mark is.
    """

    suffixes = (".json",)
    options = (TEXT,)

    def claims(self, path: Path, head: bytes) -> Claim | None:
        """Take JSON with a list of annotations that have a `uri` and a `user`."""
        if b'"export_userid"' in head and b'"annotations"' in head:
            return Claim("it is an export of Hypothes.is")
        objects = first_objects(path, head)
        if any(_is_annotation(item) for each in objects for key in _LISTS for item in many(each.get(key))[:1]):
            return Claim("it has a list of annotations with “uri” and “user”")
        if objects and _is_annotation(objects[0]):
            return Claim("its annotations have “uri” and “user”")
        return None

    def read(self, source: Source, options: ReadOptions) -> Iterator[DocumentRecord]:
        """Yield the documents. Invalid annotations go to `options.refuse`."""
        yield from AnnotationFile(source, options, _annotations, trusts_positions=False).records()


def _is_annotation(given: object) -> bool:
    found = as_object(given) or {}
    return all(isinstance(found.get(key), str) for key in ("uri", "user")) and "target" in found


def _annotations(given: object) -> Iterator[Json]:
    """Yield the annotations of a file's object as web annotations."""
    whole = as_object(given) or {}
    key = next((key for key in _LISTS if isinstance(whole.get(key), list)), None)
    for each in many(whole[key]) if key is not None else [whole]:
        found = as_object(each)
        if found is not None:
            yield from _converted(found)


def _converted(given: Json) -> Iterator[Json]:
    """Yield a web annotation that says the same; of a page note one with its text, and one for its tags."""
    uri, id = word(given.get("uri")), word(given.get("id"))
    made: Json = {"@context": CONTEXT, "id": id, "type": "Annotation", "creator": _creator(given)}
    made |= {ours: given[theirs] for ours, theirs in _TIMES if theirs in given}
    rest = without(given, _MAPPED)
    made |= {"hypothesis": rest} if rest else {}
    text = word(given.get("text"))
    tags = [tag for tag in many(given.get("tags")) if isinstance(tag, str) and tag.strip()]
    comment = [{"type": "TextualBody", "value": text}] if text else []
    labels = [{"type": "TextualBody", "purpose": "tagging", "value": tag} for tag in tags]
    parents = [each for each in many(given.get("references")) if isinstance(each, str)]
    if parents:
        yield {**made, "motivation": REPLYING, "body": comment, "target": [{"id": id} for id in reversed(parents)]}
        return
    targets = [as_object(each) or {} for each in many(given.get("target"))]
    places = [{"source": _page(given), "selector": each["selector"]} for each in targets if many(each.get("selector"))]
    if places:
        yield {**made, "body": [*labels, *comment], "target": places}
        return
    if comment:
        yield {**made, "motivation": COMMENTING, "body": comment, "target": {"id": uri, **_named(given)}}
    for number, label in enumerate(labels):
        whole = {"id": uri, **_named(given)}
        yield {**without(made, ("hypothesis",)), "id": f"{id}#tag-{number}", "body": [label], "target": whole}


def _page(given: Mapping[str, Any]) -> Any:  # noqa: ANN401  an address or a node
    named = _named(given)
    uri = word(given.get("uri"))
    return {"id": uri, **named} if named else uri


def _named(given: Mapping[str, Any]) -> Json:
    title = word((as_object(given.get("document")) or {}).get("title")).strip()
    return {"label": title} if title else {}


def _creator(given: Mapping[str, Any]) -> Json:
    """Return who made an annotation: `acct:ana@hypothes.is` is ana, people of other services have its name too."""
    user = word(given.get("user")).removeprefix("acct:")
    name, _, home = user.partition("@")
    return {"type": "Person", "name": name if home in ("", _HOME) else user}

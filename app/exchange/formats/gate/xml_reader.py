"""Reads the XML that GATE Developer saves.

The text has a node wherever an annotation begins or ends; annotations name nodes. A node's number is the offset in
Java's units, but where it stands is what counts. Source: https://gate.ac.uk/sale/tao/splitch5.html
"""

import math
import re
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath
from typing import Any
from xml.etree.ElementTree import Element

from app.core.errors import FormatError
from app.core.record import DocumentRecord
from app.exchange.format import LARGEST, Claim, Reader, ReadOptions
from app.exchange.formats.gate.wire import GateAnnotation, GateSet, Json
from app.exchange.formats.gate.work import GateWork
from app.exchange.report import Report
from app.exchange.source import Source
from app.exchange.xml_input import xml_root

_ROOT = "GateDocument"
_VERSION = re.compile(rb"^(\xef\xbb\xbf)?(\s*<\?xml\s[^>]{0,40}?version\s*=\s*[\"'])1\.1")
_WHOLE = ("java.lang.Integer", "java.lang.Long", "java.lang.Short", "java.lang.Byte", "java.math.BigInteger")
_BROKEN = ("java.lang.Double", "java.lang.Float", "java.math.BigDecimal")
_LISTS = ("java.util.ArrayList", "java.util.LinkedList", "java.util.HashSet", "java.util.TreeSet", "java.util.Vector")
_LONGEST_NUMBER = 18  # digits that surely fit into 64 bits


class GateXmlReader(Reader):
    """Reads one document with its annotation sets. Java objects in features are kept as they are written."""

    suffixes = (".xml",)

    def claims(self, path: Path, head: bytes) -> Claim | None:
        """Take XML whose root is `GateDocument`."""
        return Claim("it is XML with the root “GateDocument”") if b"<GateDocument" in head else None

    def read(self, source: Source, options: ReadOptions) -> Iterator[DocumentRecord]:
        """Yield the document. Invalid annotations go to `options.refuse`."""
        options.at(1, 0)
        try:
            with source.open() as file:
                data = file.read(LARGEST + 1)
            if len(data) > LARGEST:
                raise FormatError(f"the file is larger than {LARGEST // 1024**2} MiB", hint="split the text")
            # Versions differ in control characters only, which no parser at hand knows as 1.1 has them.
            root = xml_root(_VERSION.sub(rb"\g<1>\g<2>1.0", data, count=1), path=source.path)
            yield _record(root, source, options)
        except FormatError as error:
            error.path = error.path or source.path
            options.refuse(error)


def _record(root: Element, source: Source, options: ReadOptions) -> DocumentRecord:
    body = root.find("TextWithNodes")
    if root.tag != _ROOT or body is None:
        raise FormatError("this isn't a document of GATE", hint="save it with “Save as GATE XML”")
    text, nodes = _text(body)
    features = root.find("GateDocumentFeatures")
    said = _features(features, options.report, source.name) if features is not None else {}
    name = PurePosixPath(source.name).with_suffix("").as_posix()

    def same(start: int, end: int) -> tuple[int, int]:
        if start > end:
            raise ValueError(f"range {start}-{end} ends before it starts")
        return start, end

    sets = [_set(each, nodes, options.report, source.name) for each in root.findall("AnnotationSet")]
    return GateWork(text, name, said, same, options, {}).record(sets)


def _text(body: Element) -> tuple[str, dict[str, int]]:
    """Return the text, and where in it (in code points) the nodes are."""
    parts = [body.text or ""]
    at, nodes = len(parts[0]), dict[str, int]()
    for node in body:
        nodes[node.get("id", "")] = at
        parts.append(node.tail or "")
        at += len(parts[-1])
    return "".join(parts), nodes


def _set(given: Element, nodes: Mapping[str, int], report: Report, name: str) -> GateSet:
    found = GateSet(given.get("Name") or "")
    found.raw = {"name": found.name, "annotations": []}
    for number, each in enumerate(given.findall("Annotation"), 1):
        try:
            found.annotations.append(_annotation(each, number, nodes, report, name))
        except FormatError as error:
            error.what = f"annotation {number:,} of the set “{found.name[:40]}”: {error.what}"
            found.errors.append(error)
    fields = ("type", "start", "end", "id", "features")
    found.raw["annotations"] = [{key: getattr(each, key) for key in fields} for each in found.annotations]
    return found


def _annotation(given: Element, number: int, nodes: Mapping[str, int], report: Report, name: str) -> GateAnnotation:
    places: list[int] = []
    for key in ("StartNode", "EndNode"):
        node = given.get(key, "")
        if node not in nodes:
            raise FormatError(f"its {key} “{node[:40]}” isn't in the text", hint="save the document again in GATE")
        places.append(nodes[node])
    id = given.get("Id", "")
    known = int(id) if id.isascii() and id.isdigit() and len(id) <= _LONGEST_NUMBER else id or f"#{number}"
    return GateAnnotation(known, given.get("Type", ""), *places, features=_features(given, report, name))


def _features(given: Element, report: Report, where: str) -> Json:
    found: Json = {}
    for feature in given.findall("Feature"):
        name, value = feature.find("Name"), feature.find("Value")
        if name is not None and value is not None and (name.text or "").strip():
            key = name.text or ""
            found[key] = _value(value)
            if isinstance(found[key], dict):
                report.note("object", "features that are Java objects, kept as they are", f"{where}: {key}")
    return found


def _value(given: Element) -> Any:  # noqa: ANN401  whatever the feature has
    """Return a feature's value; that of a class that isn't a plain one as an object with class and text."""
    kind, text = given.get("className", "java.lang.String"), given.text or ""
    if kind == "java.lang.String":
        return text
    if kind == "java.lang.Boolean" and text in ("true", "false"):
        return text == "true"
    if kind in _WHOLE and re.fullmatch(r"[+-]?\d{1,18}", text.strip(), re.ASCII):
        return int(text)
    if kind in _BROKEN and re.fullmatch(r"[+-]?[\d.]{1,40}(E[+-]?\d{1,3})?", text.strip(), re.ASCII):
        return _number(text)
    if kind in _LISTS and given.get("itemClassName") == "java.lang.String":
        return text.split(";")
    return {"className": kind, "value": text}


def _number(text: str) -> float | str:
    try:
        found = float(text)
    except ValueError:
        return text
    return found if math.isfinite(found) else text

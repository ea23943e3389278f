"""Writes the parts of `project.qde`: elements with what their schema wants of them, and codes made from a scheme."""

import re
from collections import Counter
from collections.abc import Iterator
from xml.sax.saxutils import escape, quoteattr

from app.core.ids import derived_uid
from app.core.scheme import Label, Layer, Scheme

UNKNOWN_TIME = "1970-01-01T00:00:00Z"
"""Written where no time is known: QualCoder doesn't read things without one."""
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)?")
_HEX = re.compile(r"#[0-9A-Fa-f]{6}")
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_UNWRITABLE = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def guid_for(uid: str) -> str:
    """Return the guid of what has an id here: the id itself, unless it came from elsewhere and isn't a UUID."""
    return uid if _UUID.fullmatch(uid) else derived_uid("qdpx", uid)


def writable(text: str) -> str:
    """Return a text with U+FFFD for what XML can't have."""
    return _UNWRITABLE.sub("\ufffd", text)


def time_of(text: str) -> str:
    """Return a time as the schema wants it."""
    return text if _TIME.fullmatch(text) else UNKNOWN_TIME


def element(name: str, attributes: dict[str, str], content: str = "") -> str:
    """Return an element with its content, which is XML, on a line of its own."""
    given = "".join(f" {key}={quoteattr(writable(value))}" for key, value in attributes.items())
    return f"<{name}{given}>{content}</{name}>\n" if content else f"<{name}{given}/>\n"


def worded(name: str, text: str) -> str:
    """Return an element with a text, nothing for an empty one."""
    return f"<{name}>{escape(writable(text))}</{name}>" if text else ""


class CodeBook:
    """The codes of a scheme: a code for each layer, which can't be given, and its tree of labels below it."""

    def __init__(self, scheme: Scheme) -> None:
        self._scheme = scheme
        labels = [(layer, label) for layer in scheme.layers for label in layer.labels]
        count = Counter(title.casefold() for title in [*(label.title for _, label in labels), *_titles(scheme)])
        self._names = {
            (layer.id, label.id): label.title if count[label.title.casefold()] == 1 else f"{layer.id}.{label.id}"
            for layer, label in labels
        }
        self._others: dict[str, dict[str, None]] = {}  # labels that the scheme lacks, by layer

    def guid(self, layer: str, label: str) -> str:
        """Return the guid of a label's code, which is added if the scheme lacks it."""
        if self._scheme.label(layer, label) is None:
            self._others.setdefault(layer, {})[label] = None
        return derived_uid("qdpx code", layer, label)

    def xml(self) -> str:
        """Return the element with all codes, nothing if there are none."""
        layers = [*self._scheme.layers, *(id for id in self._others if self._scheme.layer(id) is None)]
        codes = "".join(map(self._layer, layers))
        return f"<CodeBook><Codes>\n{codes}</Codes></CodeBook>\n" if codes else ""

    def _layer(self, layer: Layer | str) -> str:
        id = layer if isinstance(layer, str) else layer.id
        content = "".join(self._rest(id))
        if isinstance(layer, Layer):
            content = worded("Description", layer.definition) + self._labels(layer, "") + content
        title = layer if isinstance(layer, str) else layer.title
        given = {"guid": derived_uid("qdpx layer", id), "name": title, "isCodable": "false"}
        return element("Code", given, content)

    def _labels(self, layer: Layer, parent: str) -> str:
        return "".join(self._label(layer, label) for label in layer.children(parent))

    def _label(self, layer: Layer, label: Label) -> str:
        given = {"guid": self.guid(layer.id, label.id), "name": self._names[layer.id, label.id]}
        given["isCodable"] = "false" if label.group else "true"
        if _HEX.fullmatch(label.color):
            given["color"] = label.color
        return element("Code", given, worded("Description", label.definition) + self._labels(layer, label.id))

    def _rest(self, layer: str) -> Iterator[str]:
        for label in self._others.get(layer, ()):
            yield element("Code", {"guid": derived_uid("qdpx code", layer, label), "name": label, "isCodable": "true"})


def _titles(scheme: Scheme) -> list[str]:
    return [layer.title for layer in scheme.layers]

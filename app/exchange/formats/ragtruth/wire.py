"""The records of RAGTruth's two files as values.

`response.jsonl` has the responses with their labels, `source_info.jsonl` what the models were given. See
https://github.com/ParticleMedia/RAGTruth (Niu et al. 2024). Flags of labels came with its second version.
"""

from collections.abc import Collection, Mapping
from typing import Any, NamedTuple, cast

import msgspec

from app.core.errors import FormatError
from app.exchange.formats.ragtruth.source_text import source_text
from app.exchange.json_values import id_text, objects_under, text_under, whole_number

OWN = "ragtruth"
RESPONSES, SOURCES = "response.jsonl", "source_info.jsonl"
RESPONSE, SOURCE_INFO = "response", "source_info"
SOURCE_ID, LABELS, TASK_TYPE = "source_id", "labels", "task_type"
NAME, ANNOTATOR, STET = "name", "annotator", "stet"
FLAGS = ("implicit_true", "due_to_null")
EVIDENT, SUBTLE = "Evident", "Subtle"
CONFLICT, BASELESS = "Conflict", "Baseless Info"
# A loader joins the two files: metadata under a key that the other file has would get another name.
TAKEN = frozenset(("id", SOURCE_ID, LABELS, RESPONSE, SOURCE_INFO, TASK_TYPE, "prompt", "source", NAME, ANNOTATOR))
TAKEN_IN_SOURCE = frozenset((SOURCE_ID, SOURCE_INFO, "prompt", NAME))
CLASH = "meta."
"""What stands before the keys of metadata that would be taken for others."""
_LABEL = ("start", "end", "text", "meta", "label_type", *FLAGS, STET)


class RagTruthLabel(NamedTuple):
    """A label of a response. `flags` are those that the file has, true or false; `rest` what RAGTruth doesn't have."""

    start: int
    end: int
    words: str | None
    note: str
    type: str
    flags: dict[str, bool]
    stet: Any
    rest: dict[str, Any]


class RagTruthResponse(NamedTuple):
    """A response. `labels` is None if nobody has labelled it; `meta` has all fields that aren't others here."""

    id: int | str | None
    source: str
    text: str
    labels: list[RagTruthLabel] | None
    name: str
    annotator: str
    meta: dict[str, Any]


class RagTruthSource(NamedTuple):
    """A source; `data` is None where it is a text itself."""

    id: str
    text: str
    data: Any
    name: str
    meta: dict[str, Any]


class KeptResponse(msgspec.Struct, kw_only=True, omit_defaults=True):
    """What of a response only RAGTruth has. `added` are metadata that come from its source."""

    id: int | str | None = None
    source_id: int | str | None = None
    added: tuple[str, ...] = ()


class KeptLabel(msgspec.Struct, kw_only=True, omit_defaults=True):
    """What of a label only RAGTruth has. `place` is what its type became, `severity` the one that was read from it."""

    type: str
    place: str = ""
    severity: str = ""
    flags: tuple[str, ...] = ()
    rest: dict[str, Any] = {}


class KeptSource(msgspec.Struct, kw_only=True, omit_defaults=True):
    """What of a source only RAGTruth has: the prompt, and as JSON, in which keys keep their order, the data of which
    the document is the text.
    """

    own_id: int | str
    prompt: str | None = None
    data: str = ""


def parsed_response(value: Mapping[str, Any]) -> RagTruthResponse:
    """Return what a response says. Raises FormatError, without its place, for what can't be understood."""
    text = text_under(value, RESPONSE)
    taken = {"id", SOURCE_ID, LABELS, RESPONSE}
    said = {key: value[key] for key in (NAME, ANNOTATOR) if isinstance(value.get(key), str)}
    labels: list[RagTruthLabel] | None = None
    if value.get(LABELS) is not None:
        labels = [_label(each, f"labels[{number}]") for number, each in enumerate(objects_under(value, LABELS))]
    return RagTruthResponse(
        id=value["id"] if id_text(value.get("id")) else None,
        source=id_text(value.get(SOURCE_ID)),
        text=text,
        labels=labels,
        name=said.get(NAME, ""),
        annotator=said.get(ANNOTATOR, ""),
        meta=_meta(value, {*taken, *said}, TAKEN),
    )


def parsed_source(value: Mapping[str, Any]) -> RagTruthSource:
    """Return what a source says. Raises FormatError, without its place."""
    id, info = id_text(value.get(SOURCE_ID)), value.get(SOURCE_INFO)
    if not id:
        raise FormatError(f"a source without “{SOURCE_ID}”", hint="add it, or remove the source")
    if not isinstance(info, str | dict | list):
        raise FormatError(f"“{SOURCE_INFO}” must be a text or an object", hint="fix it")
    name = value.get(NAME)
    taken = {SOURCE_ID, SOURCE_INFO, "prompt", *([NAME] if isinstance(name, str) else [])}
    return RagTruthSource(
        id=id,
        text=source_text(cast("object", info)),
        data=None if isinstance(info, str) else info,
        name=name if isinstance(name, str) else "",
        meta=_meta(value, taken, TAKEN_IN_SOURCE),
    )


def _meta(value: Mapping[str, Any], known: Collection[str], taken: Collection[str]) -> dict[str, Any]:
    """Return the fields that aren't `known` ones; those that the writer gave another name have their own again."""
    found: dict[str, Any] = {}
    for key, item in value.items():
        own = key.removeprefix(CLASH)
        if key not in known:
            found[own if own in taken and own not in value else key] = item
    return found


def _label(value: Mapping[str, Any], where: str) -> RagTruthLabel:
    type, note, words = value.get("label_type"), value.get("meta"), value.get("text")
    if not isinstance(type, str) or not type.strip():
        raise FormatError(f"{where} has no “label_type”", hint="add it, or remove the label")
    flags = {key: value[key] for key in FLAGS if isinstance(value.get(key), bool)}
    rest = {key: item for key, item in value.items() if key not in _LABEL}
    rest |= {key: value[key] for key in FLAGS if key in value and key not in flags}
    if note is not None and not isinstance(note, str):
        rest["meta"] = note
    return RagTruthLabel(
        start=whole_number(value.get("start"), f"{where}: start"),
        end=whole_number(value.get("end"), f"{where}: end"),
        words=words if isinstance(words, str) else None,
        note=note if isinstance(note, str) else "",
        type=type,
        flags=flags,
        stet=value.get(STET),
        rest=rest,
    )

"""A record of FAVA's files as values.

Training data before and after processing, annotations, and inputs of the evaluation: each has a text with tags under
another key, and what it is checked against under several. See README.md in https://github.com/abhika-m/FAVA.
"""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple, cast

import msgspec

from app.core.errors import FormatError
from app.exchange.formats.fava.prompt import PromptFrame, parts_of
from app.exchange.formats.fava.tag_tree import DELETE, MARK
from app.exchange.json_values import text_under

OWN = "fava"
ANNOTATED, COMPLETION, ERRORED = "annotated", "completion", "errored_passage"
WRONG = {ANNOTATED: DELETE, COMPLETION: DELETE, ERRORED: MARK}
"""The tag of what is wrong, by the key of the text."""
UNTYPED_LABEL = "untyped"
PLAIN = ("passage", "output")  # the text without tags
EVIDENCE, REFERENCE, CONTEXTS, PROMPT = "evidence", "reference", "ctxs", "prompt"
NAME, ANNOTATOR, ID = "name", "annotator", "id"
_LONG = ("diversified_passage", "input")  # texts that aren't metadata


class FavaReference(NamedTuple):
    """A text that the passage is checked against, and the key that it stands under; `rest` is what else is said of it,
    None where it is only a text.
    """

    key: str
    text: str
    rest: dict[str, Any] | None = None


class FavaRecord(NamedTuple):
    """What one record says. `plain` are texts that should be the passage without tags; `prompted` is that in the
    prompt, `frame` what is around it.
    """

    key: str
    tagged: str
    name: str
    annotator: str
    id: str
    references: list[FavaReference]
    plain: dict[str, str]
    frame: PromptFrame | None
    prompted: str | None
    rest: dict[str, Any]
    meta: dict[str, Any]


class KeptReference(msgspec.Struct, kw_only=True, omit_defaults=True):
    """Where a reference (uid) stood."""

    key: str
    uid: str
    rest: dict[str, Any] | None = None


class KeptPassage(msgspec.Struct, kw_only=True, omit_defaults=True):
    """What of a record only FAVA has. `tagged` is the text with tags, if they can't be written as they were from the
    errors alone; `plain` are the keys of the text without tags.
    """

    key: str
    wrong: str
    is_array: bool = False
    tagged: str | None = None
    plain: tuple[str, ...] = ()
    references: tuple[KeptReference, ...] = ()
    frame: PromptFrame | None = None
    rest: dict[str, Any] = {}


class KeptTag(msgspec.Struct, kw_only=True, omit_defaults=True):
    """The tag of a mark, and the label that it became."""

    type: str
    place: str = ""


def parsed(value: Mapping[str, Any], key: str | None) -> FavaRecord:
    """Return what a record says; `key` has the text with tags, None for FAVA's own. Raises FormatError."""
    if key is None:
        key = next((known for known in WRONG if isinstance(value.get(known), str)), ANNOTATED)
    tagged = text_under(value, key)
    rest = {name: item for name, item in value.items() if name != key}
    name, annotator = _taken(rest, NAME), _taken(rest, ANNOTATOR)
    frame, prompted, references = None, None, list(_references(rest))
    if isinstance(rest.get(PROMPT), str) and (found := parts_of(rest[PROMPT])) is not None:
        frame, texts, prompted = found
        references += [FavaReference(PROMPT, text) for text in texts]
        del rest[PROMPT]
    plain = {known: rest.pop(known) for known in PLAIN if known != key and isinstance(rest.get(known), str)}
    # Neither a reference nor metadata: long texts, tagged ones besides, and references that are empty or no texts.
    long = {known: rest.pop(known) for known in (*_LONG, *WRONG, EVIDENCE, REFERENCE, CONTEXTS) if known in rest}
    id = rest.get(ID)
    return FavaRecord(
        key=key,
        tagged=tagged,
        name=name,
        annotator=annotator,
        id=str(id) if isinstance(id, str | int) and not isinstance(id, bool) else "",
        references=references,
        plain=plain,
        frame=frame,
        prompted=prompted,
        rest=long,
        meta=rest,
    )


def _taken(rest: dict[str, Any], key: str) -> str:
    return rest.pop(key) if isinstance(rest.get(key), str) else ""


def _references(rest: dict[str, Any]) -> Iterator[FavaReference]:
    """Take the references from a record: a text under some keys, and retrieved passages."""
    for key in (EVIDENCE, REFERENCE):
        if isinstance(rest.get(key), str) and rest[key]:
            yield FavaReference(key, rest.pop(key))
    contexts = rest.get(CONTEXTS)
    if not isinstance(contexts, list) or not contexts:
        return
    del rest[CONTEXTS]
    for number, item in enumerate(cast("list[object]", contexts)):
        if isinstance(item, str):
            yield FavaReference(CONTEXTS, item)
        elif isinstance(item, dict):
            context = cast("dict[str, Any]", item)
            text = text_under(context, "text")
            yield FavaReference(CONTEXTS, text, {key: said for key, said in context.items() if key != "text"})
        else:
            raise FormatError(f"{CONTEXTS}[{number}] must be an object with a text", hint="fix it")

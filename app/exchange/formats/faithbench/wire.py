"""A sample of FaithBench, of either generation, as values.

The release has `{"samples": [...]}` with `metadata`; the annotation files before it have a list of samples, with
`annotator` for `annotator_id`, `meta_` before the keys of the metadata, keys that are left out instead of null, and
“Instrinsic”. See scripts/faithbench_schema.py and scripts/pre_naacl_conversion.py in
https://github.com/vectara/FaithBench (Bao et al. 2025).
"""

from collections.abc import Mapping
from typing import Any, NamedTuple, cast

import msgspec

from app.core.errors import FormatError
from app.exchange.json_values import id_text, objects_under, text_under, texts_under, whole_number

OWN = "faithbench"
RELEASE, BEFORE = "release", "annot"
SAMPLES = "samples"
BENIGN, QUESTIONABLE, UNWANTED = "Benign", "Questionable", "Unwanted"
INTRINSIC, EXTRINSIC = "Unwanted.Intrinsic", "Unwanted.Extrinsic"
LABELS = (INTRINSIC, EXTRINSIC, UNWANTED, QUESTIONABLE, BENIGN)
_MISSPELLED = {"Unwanted.Instrinsic": INTRINSIC}
META = "meta_"
# Keys of metadata that are called otherwise before the release.
OLD_NAMES = {"summarizer": "model", "raw_sample_id": "sample_id", "gpt_4o": "gpt-4o"}
_NEW_NAMES = {old: new for new, old in OLD_NAMES.items()}
_SAMPLE = ("sample_id", "source", "summary", "annotations")
_ANNOTATION = (
    "annot_id",
    "annotator_id",
    "annotator",
    "annotator_name",
    "label",
    "note",
    "summary_span",
    "summary_start",
    "summary_end",
    "source_span",
    "source_start",
    "source_end",
    "stet",
)


class FaithPlace(NamedTuple):
    """A range of the summary or the source as the file gives it, and the words there, None if it doesn't say them."""

    start: int
    end: int
    words: str | None


class FaithError(NamedTuple):
    """An annotation. `person` has the annotator's id and name, "" for what is missing."""

    person: tuple[str, str]
    labels: list[str]
    note: str
    summary: FaithPlace | None
    source: FaithPlace | None
    id: int | str | None
    stet: Any
    rest: dict[str, Any]


class FaithSample(NamedTuple):
    """What one sample says. `rest` are fields that FaithBench doesn't have."""

    id: int | str | None
    source: str | None
    summary: str
    errors: list[FaithError]
    meta: dict[str, Any]
    generation: str
    rest: dict[str, Any]


class KeptSample(msgspec.Struct, kw_only=True, omit_defaults=True):
    """What of a sample only FaithBench has; `people` are the annotators' ids and names by what they are called here."""

    generation: str = RELEASE
    sample_id: int | str | None = None
    rest: dict[str, Any] = {}
    people: dict[str, tuple[str, str]] = {}


class KeptError(msgspec.Struct, kw_only=True, omit_defaults=True):
    """What of an annotation only FaithBench has. `place` is the label that its labels became; with `only_source` it had
    no place in the summary; `source` is its place in a source that the sample doesn't have.
    """

    label: list[str]
    place: str = ""
    annot_id: int | str | None = None
    only_source: bool = False
    source: tuple[int, int, str | None] | None = None
    rest: dict[str, Any] = {}


def parsed(value: Mapping[str, Any]) -> FaithSample:
    """Return what a sample says. Raises FormatError, without its place, for what can't be understood."""
    rest = {key: item for key, item in value.items() if key not in _SAMPLE}
    generation = RELEASE
    if isinstance(rest.get("metadata"), dict):
        meta = cast("dict[str, Any]", rest.pop("metadata"))
    else:
        old = [key for key in rest if key.startswith(META)]
        generation = BEFORE if old else RELEASE
        meta = {_new_name(key.removeprefix(META)): rest.pop(key) for key in old}
    annotations = objects_under(value, "annotations")
    if any("annotator" in each and "annotator_id" not in each for each in annotations):
        generation = BEFORE
    return FaithSample(
        id=_id(value.get("sample_id")),
        source=text_under(value, "source") if value.get("source") is not None else None,
        summary=text_under(value, "summary"),
        errors=[_error(each, f"annotations[{number}]") for number, each in enumerate(annotations)],
        meta=meta,
        generation=generation,
        rest=rest,
    )


def leaf(labels: list[str]) -> str:
    """Return the label of an annotation: the lowest of the path that its labels are, spelled as in the release.

    Of labels that aren't one path, the first path counts.
    """
    found = spelled(labels[0])
    for label in map(spelled, labels[1:]):
        if label.startswith(f"{found}."):
            found = label
    return found


def spelled(label: str) -> str:
    """Return a label as the release spells it."""
    return _MISSPELLED.get(label, label)


def path_of(label: str) -> list[str]:
    """Return a label after those above it: Unwanted, Unwanted.Intrinsic."""
    parts = label.split(".")
    return [".".join(parts[: number + 1]) for number in range(len(parts))]


def _new_name(old: str) -> str:
    return _NEW_NAMES.get(old, old)


def _error(value: Mapping[str, Any], where: str) -> FaithError:
    labels = texts_under(value, "label", where)
    if not labels:
        raise FormatError(f"{where} has no label", hint="add it, or remove the annotation")
    note = value.get("note")
    id = id_text(value.get("annotator_id", value.get("annotator")))
    return FaithError(
        person=(id, id_text(value.get("annotator_name"))),
        labels=labels,
        note=note if isinstance(note, str) else "",
        summary=_place(value, "summary", where),
        source=_place(value, "source", where),
        id=_id(value.get("annot_id")),
        stet=value.get("stet"),
        rest={key: item for key, item in value.items() if key not in _ANNOTATION},
    )


def _place(value: Mapping[str, Any], side: str, where: str) -> FaithPlace | None:
    start, end, words = (value.get(f"{side}_{what}") for what in ("start", "end", "span"))
    if start is None and end is None:
        if isinstance(words, str) and words:
            raise FormatError(f"{where}: {side}_span has no {side}_start", hint="add where it begins and ends")
        return None
    return FaithPlace(
        whole_number(start, f"{where}: {side}_start"),
        whole_number(end, f"{where}: {side}_end"),
        words if isinstance(words, str) else None,
    )


def _id(value: object) -> int | str | None:
    return value if isinstance(value, int | str) and not isinstance(value, bool) else None

"""The card of a data set, and its `dataset_info.json`."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import msgspec

from app.core.scheme import Scheme
from app.exchange.formats.huggingface.features import ColumnType, feature_of, quoted, yaml_lines


class WrittenSplit(NamedTuple):
    """A split that was written: its name, its file, and how many rows it has."""

    name: str
    file: str
    rows: int


def card_text(
    scheme: Scheme, columns: Mapping[str, ColumnType], splits: Sequence[WrittenSplit], tasks: Sequence[str]
) -> str:
    """Return the card: YAML that says what the columns are and which file has which split, and a text for people."""
    lines = ["---"]
    if scheme.language:
        lines += ["language:", f"- {quoted(scheme.language)}"]
    lines += ["task_categories:", *(f"- {task}" for task in tasks), "dataset_info:", "  features:"]
    for name, type_ in columns.items():
        lines += yaml_lines(name, type_)
    lines.append("  splits:")
    for split in splits:
        lines += [f"  - name: {quoted(split.name)}", f"    num_examples: {split.rows}"]
    lines += ["configs:", "- config_name: default", "  data_files:"]
    for split in splits:
        lines += [f"  - split: {quoted(split.name)}", f"    path: {quoted(split.file)}"]
    return "\n".join([*lines, "---", "", *_words(scheme), ""])


def _words(scheme: Scheme) -> Iterator[str]:
    yield f"# {_line(scheme.title)}"
    if scheme.definition:
        yield from ("", scheme.definition.strip())
    for layer in scheme.layers:
        if layer.givable:
            yield from ("", f"## {_line(layer.title)}", "", "| label | title | definition |", "|---|---|---|")
            for label in layer.givable:
                yield f"| `{label.id}` | {_cell(label.title)} | {_cell(label.definition)} |"


def _line(text: str) -> str:
    return " ".join(text.split())


def _cell(text: str) -> str:
    return _line(text).replace("|", "\\|")


def features_json(columns: Mapping[str, ColumnType]) -> dict[str, Any]:
    """Return the features of all columns in JSON."""
    return {name: feature_of(type_) for name, type_ in columns.items()}


def info_json(columns: Mapping[str, ColumnType], splits: Sequence[WrittenSplit]) -> bytes:
    """Return the contents of `dataset_info.json`."""
    found = {
        "features": features_json(columns),
        "splits": {split.name: {"name": split.name, "num_examples": split.rows} for split in splits},
    }
    return msgspec.json.format(msgspec.json.encode(found), indent=2) + b"\n"

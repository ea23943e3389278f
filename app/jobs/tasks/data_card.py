"""What stands beside training data: a manifest for programs, and a data card in Markdown for people.

Both say what the data are, how they were chosen and counted, and by which definitions. Neither has a time in it, so
that the same project and the same command give the same bytes. After Gebru et al. (2021), “Datasheets for Datasets”.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from importlib.metadata import version
from typing import Any, NamedTuple

import msgspec

from app import __version__
from app.core.scheme import Label, Scheme
from app.core.wording import rounded
from app.exchange.output import FileDigest
from app.exchange.report import Report
from app.exchange.split import Split
from app.jobs.tasks.training_counts import PartCounts
from app.review.agreement.report import LayerAgreement

VERSION = 1
MEASURES = ("overlap_label_f1", "exact_label_f1", "mpp_label_f1", "alpha_u")
"""What is said of agreement: of all annotators, and all labels."""
LICENCE_ROWS = ("Licence of the texts", "Licence of the annotations", "Creator", "Contact", "Citation", "Source")
_SPECIAL = re.compile(r"([\\`*_{}\[\]<>#|~])")


class DataDescription(NamedTuple):
    """What is known of an export. `parts` are its counts by the name of the part, `all` if it isn't split; `chosen`
    says how it was chosen, by option.
    """

    format: str
    scheme: Scheme
    chosen: Mapping[str, Any]
    split: Split | None
    parts: Mapping[str, PartCounts]
    files: Sequence[FileDigest]
    report: Report
    agreement: Sequence[LayerAgreement]


def manifest(data: DataDescription) -> bytes:
    """Return the manifest as JSON."""
    split = data.split
    said = {
        "manifest": VERSION,
        "format": data.format,
        "versions": {"stet": __version__, "spacy": version("spacy")},
        "scheme": _scheme(data.scheme),
        "chosen": data.chosen,
        "split": {"shares": list(split.shares), "seed": split.seed, "group_by": split.group_by} if split else None,
        "files": [digest._asdict() for digest in data.files],
        "counts": {name: part.as_dict() for name, part in data.parts.items()},
        "report": data.report.as_list(),
        "agreement": [_agreement(found) for found in data.agreement],
    }
    return msgspec.json.format(msgspec.json.encode(said)) + b"\n"


def _scheme(scheme: Scheme) -> dict[str, Any]:
    layers = [
        {
            "id": layer.id,
            "title": layer.title,
            "definition": layer.definition,
            "labels": [_label(label) for label in layer.givable],
        }
        for layer in scheme.layers
    ]
    severities = [{"id": each.id, "title": each.title, "weight": each.weight} for each in scheme.severities]
    return {
        "id": scheme.name,
        "version": scheme.version,
        "title": scheme.title,
        "severities": severities,
        "layers": layers,
    }


def _label(label: Label) -> dict[str, str]:
    return {"id": label.id, "title": label.title, "definition": label.definition}


def _agreement(found: LayerAgreement) -> dict[str, Any]:
    values = {
        measure.measure: None if measure.value is None else rounded(measure.value)
        for measure in found.measures
        if measure.measure in MEASURES and measure.pair is None and measure.label is None
    }
    return {"layer": found.layer, "annotators": found.annotators, "documents": found.documents, "measures": values}


def data_card(data: DataDescription, before: str = "") -> str:
    """Return the data card. What people filled in in the table of `before`, an earlier card, is kept."""
    scheme = data.scheme
    title = f"{scheme.title or scheme.name}: {data.format}"
    lines = [f"# {plain(title)}", "", plain(scheme.definition) or "What are these data for?", ""]
    lines += ["## Licence", "", *_licence(data.parts.values(), before), "", "## Files", "", *_files(data), ""]
    lines += ["## Counts", "", *_counts(data.parts), "", "## Labels", "", *_labels(data), ""]
    lines += ["## Severities", "", *_severities(data), "", "## Annotators", "", *_annotators(data), ""]
    lines += ["## How the data were chosen", "", *_chosen(data), "", "## What was left out, and what else to know", ""]
    lines += [f"- {plain(str(finding))}" for finding in data.report] or ["Nothing."]
    return "\n".join(lines) + "\n"


def plain(text: str) -> str:
    """Return a text as one line of Markdown that says just that."""
    return _SPECIAL.sub(r"\\\1", " ".join(text.split()))


def table(heads: Iterable[str], rows: Iterable[Sequence[object]]) -> list[str]:
    """Return a table in Markdown, line by line."""
    heads = list(heads)
    lines = [f"| {' | '.join(heads)} |", f"|{'---|' * len(heads)}"]
    return [*lines, *(f"| {' | '.join(_cell(cell) for cell in row)} |" for row in rows)]


def _cell(value: object) -> str:
    return f"{value:,}" if isinstance(value, int) else plain(str(value))


def _licence(parts: Iterable[PartCounts], before: str) -> list[str]:
    kept = dict(re.findall(r"^\| ([^|\n]+) \| ((?:[^|\n]|\\\|)*?) ?\|$", before, re.MULTILINE))
    said = sum((part.licences for part in parts), start=type(PartCounts().licences)())
    rows = [f"| {row} | {kept.get(row, '').strip()} |" for row in LICENCE_ROWS]
    known = [f"{plain(licence)} ({count:,})" for licence, count in sorted(said.items()) if licence]
    words = f"By their metadata, documents are under: {', '.join(known)}." if known else ""
    return ["| | |", "|---|---|", *rows, *(["", words] if words else [])]


def _files(data: DataDescription) -> list[str]:
    rows = [(digest.name, digest.size, digest.sha256) for digest in data.files]
    made = f"Made by Stet {__version__} by the scheme {plain(data.scheme.tag)}, in the format {plain(data.format)}."
    return [*table(("file", "bytes", "SHA-256"), rows), "", made]


def _counts(parts: Mapping[str, PartCounts]) -> list[str]:
    rows = [(name, p.documents, p.records, p.without_marks, p.marks) for name, p in parts.items()]
    return table(("part", "documents", "records", "records without marks", "marks"), rows)


def _labels(data: DataDescription) -> list[str]:
    named: dict[str, tuple[str, str]] = {}
    for layer in data.scheme.layers:
        named |= {f"{layer.id}.{label.id}": (label.title, label.definition) for label in layer.givable}
    found = sorted({name for part in data.parts.values() for name in part.labels})
    order = [*(name for name in named if name in found), *(name for name in found if name not in named)]
    rows = [(name, *(part.labels[name] for part in data.parts.values()), *named.get(name, ("", ""))) for name in order]
    return table(("label", *data.parts, "title", "definition"), rows)


def _severities(data: DataDescription) -> list[str]:
    found = {name for part in data.parts.values() for name in part.severities}
    known = [each.id for each in data.scheme.severities]
    order = [*known, *sorted(found - set(known))]
    if not found:
        return ["No mark has a severity."]
    rows = [(name, *(part.severities[name] for part in data.parts.values())) for name in order]
    return table(("severity", *data.parts), rows)


def _annotators(data: DataDescription) -> list[str]:
    names = sorted({name for part in data.parts.values() for name in part.annotators})
    rows = [(name, *(part.annotators[name] for part in data.parts.values())) for name in names]
    lines = table(("records of", *data.parts), rows)
    measured = [found for found in map(_agreement, data.agreement) if len(found["annotators"]) > 1]
    if not measured:
        return [*lines, "", "Agreement: no document was finished by two annotators."]
    said = [
        (found["layer"], ", ".join(found["annotators"]), *(_value(found["measures"].get(name)) for name in MEASURES))
        for found in measured
    ]
    return [
        *lines,
        "",
        "Agreement between the annotators of the project:",
        "",
        *table(("layer", "of", *MEASURES), said),
    ]


def _value(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"


def _chosen(data: DataDescription) -> list[str]:
    lines = [f"- {plain(name)}: {plain(_said(value))}" for name, value in data.chosen.items()]
    if data.split is not None:
        shares = "/".join(map(str, data.split.shares))
        group = f", together by {plain(data.split.group_by)}" if data.split.group_by else ""
        lines.append(f"- split: {shares}, seed {data.split.seed}{group}")
    return lines


def _said(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Mapping):
        return ", ".join(f"{key}={_said(each)}" for key, each in value.items()) or "none"
    if isinstance(value, list | tuple):
        return ", ".join(map(_said, value)) or "all"
    return str(value)

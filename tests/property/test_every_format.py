"""Every format that is read and written: what its loss report doesn't name comes through, whatever the project."""

from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.record import DocumentRecord
from app.exchange.label_map import LabelMap
from app.exchange.registry import Registry
from app.exchange.text_column import NoTexts
from tests.property.crossed_projects import SCHEME, missing, projects, told
from tests.property.strategies import examples
from tests.unit.exchange.foreign_files import read, write

REGISTRY = Registry()
BOTH_WAYS = [each.name for each in REGISTRY.readers() if each.writer is not None]
# What a person says of files that don't say it themselves; the loss reports and the help name these.
SAID: Mapping[str, Mapping[str, Any]] = {
    "doccano": {"offsets": "utf16"},
    "webanno": {"own": {"people": "files"}},
    "uima-xmi": {"own": {"people": "files"}},
    "uima-json": {"own": {"people": "files"}},
}
# Formats have fields of their own, and name references that they only have the words of.
NEW = ("meta", "status", "name")
# The findings that may explain that something of a kind is missing.
PLACES = {"anchor", "fragments", "layer", "widened", "white-space", "moved", "no-token", "crossing", "uncorrected"}
PLACES |= {"overlap", "line-break", "mark", "segments"}
TEXTS = {"control", "carriage-return", "character", "line-ends", "spacing", "no-work", "not-begun", "document"}
TEXTS |= {"claims-alone", "unjudged", "line-break", "more-references", "part", "boundary", "byte-order-mark"}
FIELDS = {"attribute", "field", "several-values", "title", "entity-title", "field-control", "line-break", "note-break"}
FIELDS |= {"verdict", "no-verdict", "severity"}
REASONS: Mapping[str, set[str]] = {
    "text": TEXTS,
    "name": {"name", "file-name", "id", "boundary", "source-name"},
    "meta": {"meta", "meta-name", "meta-text", "meta-new", "source-name"},
    "reference": {"reference", "more-references", "no-reference", "spacing", "line-break"},
    "status": {"status", "unfinished-work", "not-begun", "annotator"},
    "seconds": {"seconds", "annotator", "not-begun"},
    "flag": {"remark", "flag", "annotator", "not-begun"},
    "note": {"remark", "note-break", "annotator", "not-begun"},
    "mark": PLACES | {"not-begun", "type"},
    "mark-label": PLACES | {"label", "type"},
    "about": {"about-document", "document-label", "mark", "category", "not-begun"},
    "about-label": set(),
    "annotator": {"annotator", "several"},
    "field": FIELDS,
    "correction": {"correction", "deletion"},
    "comment": {"comment", "note-break", "line-break"},
    "evidence": {"evidence", "evidence-beside", "more-evidence", "part", "crossing"},
    "stance": {"stance", "verdict", "more-evidence"},
    "alternative": {"alternative", "stance", "more-evidence"},
    "relation": {"relation"},
    "relation-field": {"relation-field"},
    "relation-comment": {"relation-field", "relation-comment", "note-break"},
}


@pytest.mark.parametrize("format", BOTH_WAYS)
@examples(4)
@given(data=st.data())
def test_what_is_not_named_as_lost_comes_through(format: str, data: st.DataObject) -> None:
    writer = REGISTRY.writer(format)
    records = data.draw(projects(people=1 if writer.takes_one_annotator else 2))
    with TemporaryDirectory() as folder:
        out = Path(folder, f"out{writer.suffix}")
        named = {finding.kind for finding in write(format, records, out, scheme=SCHEME) if finding.count}
        try:
            back = list(_brought(format, out, records))
        except NoTexts:
            assert format in ("csv", "xlsx")  # tables of annotations say that they are for spreadsheets
            return
    # Formats of one annotator have what others refer to at most as part of them.
    before, after = (told(each, bare=not writer.takes_one_annotator) for each in (records, back))
    for kind, lost in missing(before, after).items():
        assert named & REASONS[kind], f"{kind}: {lost} is lost, and only these are named: {named}"
    for kind, new in missing(after, before, counts=False).items():
        if kind not in NEW:
            assert named & (REASONS[kind] | PLACES), f"{kind}: {new} is new, and only these are named: {named}"


def _brought(format: str, out: Path, records: list[DocumentRecord]) -> list[DocumentRecord]:
    said = dict(SAID.get(format, {}))
    people = {item.annotator for record in records for item in record.sets}
    if format == "brat" and len(people) > 1:
        said["own"] = {"people": "folders"}
    if len(people) == 1:
        said["annotator"] = people.pop()
        said["own"] = {}
    if format == "json":
        said["columns"] = {"name": "name", "reference": "reference"}
    is_whole = out.is_file() or REGISTRY.reader(format).is_folder
    paths = [out] if is_whole else sorted(path for path in out.rglob("*") if path.is_file())
    return [record for path in paths for record in read(format, path, labels=LabelMap(SCHEME), **said)]

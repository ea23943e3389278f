"""Real files of other tools: imported, exported and imported again they say the same, but for what is named as lost."""

from pathlib import Path

import pytest

from app.core.errors import StetError
from app.exchange.registry import Registry
from tests.property.crossed_projects import missing, told
from tests.property.test_every_format import REASONS, SAID
from tests.unit.exchange.foreign_files import read, write

FOLDERS = ("bioc", "conll", "doccano", "gate", "gliner", "label-studio", "prodigy", "pubtator", "spacy", "thresh")
LARGEST = 400_000
MOST = 4
# Documents are named after their file.
BY_FILE = {"conll", "webanno", "uima-json"}


@pytest.mark.parametrize("folder", [*FOLDERS, "uima-json", "webanno-tsv3"])
def test_what_is_not_named_as_lost_comes_back(folder: str, shared: Path, tmp_path: Path) -> None:
    registry = Registry()
    found = sorted(path for path in (shared / "data" / folder).rglob("*") if path.is_file())
    checked = 0
    for path in (each for each in found if each.stat().st_size < LARGEST):
        try:
            detected = registry.for_file(path)
        except StetError:
            continue
        if detected is None or detected.format.writer is None or checked == MOST:
            continue
        format, writer = detected.format.name, detected.format.writer
        if format in ("json", "csv"):
            continue
        records = read(format, path, refuse=lambda error: None)
        people = {item.annotator for record in records for item in record.sets}
        said = {"annotator": people.pop()} if len(people) == 1 else dict(SAID.get(format, {}))
        if format == "doccano":
            said["offsets"] = "utf16"
        out = tmp_path / f"{checked}{writer.suffix}"
        named = {finding.kind for finding in write(format, records, out) if finding.count}
        is_whole = out.is_file() or registry.reader(format).is_folder
        paths = [out] if is_whole else sorted(each for each in out.rglob("*") if each.is_file())
        back = [record for each in paths for record in read(format, each, **said)]
        for kind, lost in missing(told(records), told(back)).items():
            is_file_name = kind == "name" and format in BY_FILE
            assert is_file_name or named & REASONS[kind], f"{path.name}: {kind}: {lost}, and only named: {named}"
        checked += 1
    assert checked

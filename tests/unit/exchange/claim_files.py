"""Files of claims for tests, and a project that they go through."""

import json
from pathlib import Path
from typing import Any

from app.core.record import DocumentRecord
from app.exchange.format import Reader, ReadOptions
from app.exchange.label_map import LabelMap
from app.exchange.option import option_values
from app.exchange.report import Report
from app.exchange.source import Source
from app.jobs.tasks.export_file import export_project
from app.jobs.tasks.import_files import import_files
from app.session.session import Session
from tests.conftest import scheme_source


def lines_of(path: Path, *objects: Any) -> Path:
    """Write objects one a line; strings are written as they are."""
    path.parent.mkdir(parents=True, exist_ok=True)
    rows = [each if isinstance(each, str) else json.dumps(each, ensure_ascii=False) for each in objects]
    path.write_text("".join(f"{row}\n" for row in rows), "utf-8")
    return path


def objects_of(path: Path) -> list[dict[str, Any]]:
    """Return the objects of a file, one a line."""
    return [json.loads(line) for line in path.read_text("utf-8").split("\n") if line]


def read_with(
    reader: Reader, path: Path, report: Report | None = None, *, own: dict[str, Any] | None = None, **options: Any
) -> list[DocumentRecord]:
    """Return what a reader makes of a file or folder."""
    values = option_values(reader.options, own or {}, format="")
    given = {"annotator": "ana", "report": report or Report(), "own": values, **options}
    return list(reader.read(Source(path), ReadOptions(**given)))


def with_scheme(session: Session) -> LabelMap:
    """Return a map to the scheme of a project."""
    return LabelMap(session.scheme)


class Journey:
    """A project into which files of a format are imported, twice, and from which they are exported."""

    def __init__(self, folder: Path, format: str, *, scheme: str = "news-errors") -> None:
        self._folder = folder
        self._format = format
        self.session = Session.create(folder / "journey.stet", scheme=scheme_source(scheme), annotator="ana")

    def __enter__(self) -> "Journey":
        return self

    def __exit__(self, *_: object) -> None:
        self.session.close()

    def bring(self, path: Path) -> Any:
        """Import a file or folder, and again, which adds nothing; return the first report."""
        first = import_files(self.session, [path], annotator="ana", format=self._format)
        again = import_files(self.session, [path], annotator="ana", format=self._format)
        assert (again.brought.documents, again.brought.added, again.brought.linked) == (0, 0, 0)
        assert again.brought.suggestions == 0
        return first

    def send(self, name: str = "out.jsonl", *, losses: bool = False, **options: Any) -> Path:
        """Export to a file; return it. Unless they are expected, there are no losses."""
        path = self._folder / name
        found = export_project(self.session, path, format=self._format, options=options).losses
        assert losses or not [str(each) for each in found]
        return path

    def records(self) -> list[DocumentRecord]:
        """Return everything in the project."""
        return list(self.session.reader.records())

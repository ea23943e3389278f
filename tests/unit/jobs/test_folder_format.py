"""A format of another package that is a folder of files: written and read like any other."""

import io
import json
from pathlib import Path

import pytest

from app.core.errors import BadChoice, FormatError
from app.core.record import DocumentRecord
from app.exchange.split import Split
from app.jobs.tasks.export_file import export_project
from app.jobs.tasks.import_files import import_files
from app.services.importing.document_import import import_documents
from app.session.session import Session
from tests.unit.build import annotation
from tests.unit.exchange import folder_format
from tests.unit.exchange.build import TEXT, names, project, record, work


def _marked(number: int) -> DocumentRecord:
    mark = annotation(TEXT, (0, 12), uid=f"x{number}", layer="entity", label="PERSON")
    text = f"{TEXT} {' '.join(f'{number}x{other}' for other in range(20))}"  # nearly equal ones would stay together
    return record(text, uid=f"d{number}", name=f"{number}.txt", sets=(work(mark),))


@pytest.fixture
def session(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Give a project with four documents."""
    folder_format.install(monkeypatch)
    records = [_marked(number) for number in range(1, 5)]
    with project(tmp_path / "news.stet") as session:
        import_documents(session, records, title="Import")
        yield session


def test_a_folder_is_written(session: Session, tmp_path: Path) -> None:
    report = export_project(session, tmp_path / "out", format="leaves", options={"upper": True})
    assert report.lines() == [f"exported 4 documents to {tmp_path / 'out'}"]
    written = sorted(path.name for path in (tmp_path / "out").iterdir())
    assert written == sorted(f"d{number}.{kind}" for number in range(1, 5) for kind in ("txt", "leaf"))
    assert json.loads((tmp_path / "out" / "d1.leaf").read_text()) == ["PERSON"]
    with pytest.raises(FormatError, match="this folder isn't empty"):
        export_project(session, tmp_path / "out", format="leaves")


def test_a_split_of_a_folder_is_folders_in_it(session: Session, tmp_path: Path) -> None:
    report = export_project(session, tmp_path / "out", format="leaves", split=Split.parse("50/50"))
    assert [part.path for part in report.parts] == [tmp_path / "out" / "train", tmp_path / "out" / "test"]
    assert [part.documents for part in report.parts] == [2, 2]
    assert len(list((tmp_path / "out").glob("*/*.leaf"))) == 4


def test_a_folder_is_not_written_to_a_stream(session: Session) -> None:
    with pytest.raises(FormatError, match="this format is a folder of files; give a folder name instead of -"):
        export_project(session, io.BytesIO(), format="leaves")


def test_a_folder_is_read_as_a_whole(session: Session, tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    export_project(session, tmp_path / "in" / "out", format="leaves")
    (tmp_path / "in" / "note.txt").write_text("note")
    with project(tmp_path / "other.stet") as other:
        report = import_files(other, [tmp_path / "in"])
        assert names(other) == ["note.txt", "d1.txt", "d2.txt", "d3.txt", "d4.txt"]
        assert report.report.as_list() == []


def test_a_file_of_a_folder_is_read_with_its_companion(session: Session, tmp_path: Path) -> None:
    export_project(session, tmp_path / "out", format="leaves")
    with project(tmp_path / "other.stet") as other:
        import_files(other, [tmp_path / "out" / "d2.leaf"])
        assert names(other) == ["d2.txt"]


def test_options_of_a_reader_need_its_format(session: Session, tmp_path: Path) -> None:
    export_project(session, tmp_path / "out", format="leaves")
    with project(tmp_path / "other.stet") as other:
        with pytest.raises(BadChoice, match="options belong to one format; name it with --format"):
            import_files(other, [tmp_path / "out"], options={"prefix": "x-"})
        with pytest.raises(BadChoice, match="the format “leaves” has no option “suffix”"):
            import_files(other, [tmp_path / "out"], format="leaves", options={"suffix": "x-"})
        import_files(other, [tmp_path / "out"], format="leaves", options={"prefix": "x-"})
        assert names(other) == ["x-d1.txt", "x-d2.txt", "x-d3.txt", "x-d4.txt"]

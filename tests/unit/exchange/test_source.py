"""A reader sees the file or folder it was given, and what belongs to it."""

import os
from pathlib import Path

import pytest

from app.core.errors import FormatError
from app.exchange.source import Source, files_in


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("c/b.txt", "c/a.TXT", "c/a.ann", "c/deep/d.txt", "c/.hidden.txt", "c/.git/e.txt", "out.txt"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name)
    return tmp_path / "c"


def test_a_folder_gives_its_files_by_name(folder: Path) -> None:
    source = Source(folder)
    assert (source.is_folder, source.name, source.folder) == (True, "c", folder)
    assert [file.name for file in source.files(".txt")] == ["a.TXT", "b.txt", "deep/d.txt"]
    assert [file.name for file in source.files()] == ["a.TXT", "a.ann", "b.txt", "deep/d.txt"]
    assert source.size() == sum(len(f"c/{file.name}") for file in source.files())


def test_a_file_gives_itself_and_what_is_beside_it(folder: Path) -> None:
    source = Source(folder / "a.ann", "named")
    assert (source.is_folder, source.name, source.folder) == (False, "named", folder)
    assert [file.path for file in source.files(".ann")] == [folder / "a.ann"]
    assert list(source.files(".txt")) == []
    beside = source.companion("b.txt")
    assert beside is not None
    with beside.open() as file:
        assert file.read() == b"c/b.txt"
    assert source.companion("none.txt") is None


@pytest.mark.parametrize("name", ["../out.txt", "/etc/passwd", "deep/../../out.txt"])
def test_a_companion_outside_of_the_folder_is_refused(folder: Path, name: str) -> None:
    with pytest.raises(FormatError, match="isn't a name of a file in the folder"):
        Source(folder).companion(name)


@pytest.mark.skipif(os.name == "nt", reason="links need rights there")
def test_a_companion_that_links_outside_is_refused(folder: Path) -> None:
    (folder / "link.txt").symlink_to(folder.parent / "out.txt")
    with pytest.raises(FormatError, match="a link out of the folder"):
        Source(folder).companion("link.txt")


def test_a_folder_that_is_whole_is_not_entered(folder: Path) -> None:
    found = files_in(folder, lambda path: path.name == "deep")
    assert [path.name for path in found] == ["a.TXT", "a.ann", "b.txt", "deep"]


def test_a_file_that_is_gone_is_an_error_for_people(tmp_path: Path) -> None:
    with pytest.raises(FormatError, match="can't be read"):
        Source(tmp_path / "none").open()


@pytest.mark.parametrize("name", ["x" * 3000, f"{'y' * 300}/z"])
def test_a_companion_whose_name_no_file_can_have_is_none(name: str, tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text("{}", encoding="utf-8")
    assert Source(tmp_path / "a.json").companion(name) is None

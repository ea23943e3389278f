"""Files and folders come into being together, or not at all."""

import io
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from app.core.errors import FormatError
from app.exchange.output import OutputFiles, StreamOutput


@pytest.fixture
def project(tmp_path: Path) -> Path:
    path = tmp_path / "a.stet"
    path.write_text("project")
    return path


def seen(folder: Path) -> list[str]:
    """Return the paths of all files below a folder."""
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def write_all(project: Path, *names: str) -> None:
    """Write files, and folders where a name ends so, beside the project."""
    with OutputFiles(keep_off=project) as files:
        for name in names:
            output = files.output(project.parent / name, is_folder=name.endswith("/"))
            (output.open("x") if name.endswith("/") else output.main()).write(b"new")


def test_a_folder_appears_with_all_its_files_at_the_end(project: Path, tmp_path: Path) -> None:
    with OutputFiles(keep_off=project) as files:
        output = files.output(tmp_path / "out", is_folder=True)
        with output.open("a.txt") as file:
            file.write(b"a")
        output.open("deep/er/b.txt").write(b"b")  # left open
        assert not (tmp_path / "out").exists()
    assert seen(tmp_path) == ["a.stet", "out/a.txt", "out/deep/er/b.txt"]
    assert (tmp_path / "out" / "deep" / "er" / "b.txt").read_bytes() == b"b"


def test_an_empty_folder_can_be_filled(project: Path, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    with OutputFiles(keep_off=project) as files:
        files.output(tmp_path / "out", is_folder=True).open("a").close()
    assert seen(tmp_path / "out") == ["a"]


@pytest.mark.parametrize(("name", "what"), [("full", "isn't empty"), ("a.stet", "the project itself"), ("f", "a file")])
def test_a_folder_never_replaces_anything(project: Path, tmp_path: Path, name: str, what: str) -> None:
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "mine.txt").write_text("mine")
    (tmp_path / "f").write_text("mine")
    before = seen(tmp_path)
    with pytest.raises(FormatError, match=what), OutputFiles(keep_off=project) as files:
        files.output(tmp_path / name, is_folder=True)
    assert seen(tmp_path) == before


def test_a_failure_leaves_neither_file_nor_folder(project: Path, tmp_path: Path) -> None:
    def fail() -> None:
        with OutputFiles(keep_off=project) as files:
            files.output(tmp_path / "out", is_folder=True).open("a").write(b"a")
            files.output(tmp_path / "b.json").main().write(b"b")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert os.listdir(tmp_path) == ["a.stet"]


@pytest.mark.parametrize(
    "name",
    [
        "",
        "/etc/passwd",
        "../a",
        "a/../b",
        "a//b",
        ".",
        "a/..",
        "..",
        "\\a",
        "C:a",
        "a\0b",
        "a\nb",
        "a\udc80",
        "x?",
        "a/",
    ],
)
def test_a_name_that_leaves_the_folder_is_refused(project: Path, tmp_path: Path, name: str) -> None:
    with OutputFiles(keep_off=project) as files:
        output = files.output(tmp_path / "out", is_folder=True)
        with pytest.raises(FormatError, match="isn't a name of a file in the folder"):
            output.open(name)


def test_a_name_can_be_used_once(project: Path, tmp_path: Path) -> None:
    with OutputFiles(keep_off=project) as files:
        output = files.output(tmp_path / "out", is_folder=True)
        output.open("a").close()
        with pytest.raises(FormatError, match="two files of this name"):
            output.open("a")


def test_many_files_of_a_folder_are_not_held_open(project: Path, tmp_path: Path) -> None:
    with OutputFiles(keep_off=project) as files:
        output = files.output(tmp_path / "out", is_folder=True)
        for number in range(3000):
            with output.open(f"{number}.txt") as file:
                file.write(b"x")
    assert len(os.listdir(tmp_path / "out")) == 3000


def test_parts_are_files_beside_each_other(project: Path, tmp_path: Path) -> None:
    with OutputFiles(keep_off=project) as files:
        output = files.output(tmp_path / "out.jsonl")
        for name in ("train", "test"):
            part = output.part(name)
            part.main().write(name.encode())
            assert part.path == tmp_path / f"out.{name}.jsonl"
    assert seen(tmp_path) == ["a.stet", "out.test.jsonl", "out.train.jsonl"]


def test_parts_of_a_folder_are_folders_in_it(project: Path, tmp_path: Path) -> None:
    with OutputFiles(keep_off=project) as files:
        part = files.output(tmp_path / "out", is_folder=True).part("train")
        part.open("a.txt").close()
        assert part.path == tmp_path / "out" / "train"
        with pytest.raises(FormatError):
            part.open("../a.txt")
    assert seen(tmp_path / "out") == ["train/a.txt"]


def test_a_file_beside_another_is_named_after_it(project: Path, tmp_path: Path) -> None:
    with OutputFiles(keep_off=project) as files:
        output = files.output(tmp_path / "out.json")
        output.main().write(b"1")
        output.open("labels.xml").write(b"2")
        with pytest.raises(FormatError, match="beside another"):
            output.open("deep/labels.xml")
    assert seen(tmp_path) == ["a.stet", "out.json", "out.labels.xml"]


def test_if_one_place_fails_the_others_are_as_before(
    project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a.json").write_text("old")
    (tmp_path / "c.json").write_text("old")
    real = os.replace

    def refused(source: Path, target: Path) -> None:
        if target.name == "c.json":
            raise PermissionError(13, "it is open elsewhere")
        real(source, target)

    monkeypatch.setattr(os, "replace", refused)
    with pytest.raises(FormatError, match="it is open elsewhere"):
        write_all(project, "a.json", "b.json", "c.json", "folder/")
    assert sorted(os.listdir(tmp_path)) == ["a.json", "a.stet", "c.json"]
    assert {(tmp_path / name).read_text() for name in ("a.json", "c.json")} == {"old"}


def test_a_place_that_fails_last_takes_the_folder_away_again(
    project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(source: Path, target: Path) -> None:
        raise PermissionError(13, "it is open elsewhere")

    monkeypatch.setattr(os, "replace", refused)
    with pytest.raises(FormatError, match="elsewhere"):
        write_all(project, "folder/", "a.json")
    assert os.listdir(tmp_path) == ["a.stet"]


def test_a_stream_is_one_file() -> None:
    stream = io.BytesIO()
    output = StreamOutput(stream)
    assert (output.main(), output.path) == (stream, None)
    with pytest.raises(FormatError, match="instead of -"):
        output.open("labels.xml")
    with pytest.raises(FormatError, match="a split needs an output file"):
        output.part("train")


@contextmanager
def files_up_to(size: int) -> Iterator[None]:
    """Let no file of this process grow beyond so many bytes, as on a disk that is nearly full."""
    import resource

    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def write_too_much(project: Path, name: str, *, is_folder: bool, closes: bool) -> None:
    with OutputFiles(keep_off=project) as files:
        output = files.output(project.parent / name, is_folder=is_folder)
        file = output.open("one.txt") if is_folder else output.main()
        file.write(b"x" * 5000)  # more than the limit, and less than is written at once
        if closes:
            file.close()


@pytest.mark.skipif(sys.platform == "win32", reason="no limit takes the room from a process there")
@pytest.mark.parametrize("closes", [True, False])
@pytest.mark.parametrize("is_folder", [True, False])
def test_a_file_without_room_is_named_and_goes(project: Path, tmp_path: Path, is_folder: bool, closes: bool) -> None:
    before = seen(tmp_path)
    with files_up_to(4096), pytest.raises(FormatError, match="can't be written") as caught:
        write_too_much(project, "out", is_folder=is_folder, closes=closes)
    assert str(caught.value.path).startswith(str(tmp_path / "out"))
    assert seen(tmp_path) == before
    assert [path.name for path in tmp_path.iterdir()] == before

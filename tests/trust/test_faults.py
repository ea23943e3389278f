"""Storage fails at any statement, and below SQLite at any size: the file is as before, and the person is told."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from click.testing import CliRunner, Result

from app.cli.main import cli
from app.storage.project import Project
from app.storage.soundness import faults_of
from tests.trust.command_server import CommandServer
from tests.trust.faults import CODES, PlantedFaults
from tests.trust.figures import record
from tests.trust.project_rows import digest_of, left_beside
from tests.trust.small_disk import needs_small_disk, read_only, small_disk
from tests.trust.test_hostile import READING, WRITING, make_good

_MOST_OF_A_COMMAND = 20  # statements, evenly spread
_DISK = 6 * 1024 * 1024
_FULL_WORDS = ("the disk is full", "the disk reports an error", "file too large")


class Desk(NamedTuple):
    """A folder with a good project that can be put back, and the faults that can be planted."""

    folder: Path
    faults: PlantedFaults

    @property
    def project(self) -> Path:
        return self.folder / "p.stet"

    def put_back(self) -> None:
        """Let the projects be as they were, and nothing beside them."""
        for name in ("p.stet", "home.stet"):
            for left in self.folder.glob(f"*{name.removesuffix('.stet')}.*"):
                shutil.rmtree(left) if left.is_dir() else left.unlink()
            for left in self.folder.glob(f".{name}*"):
                shutil.rmtree(left) if left.is_dir() else left.unlink()
            shutil.copy(self.folder / "kept" / name, self.folder / name)
        for name in ("copy.stet", "b.stet"):
            (self.folder / name).unlink(missing_ok=True)


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a project that has rows in nearly all tables, and another one."""
    folder = tmp_path_factory.mktemp("kept")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        make_good(folder, lambda *parts: _run(" ".join(map(str, parts))))
    (folder / "good.stet").rename(folder / "p.stet")
    return folder


@pytest.fixture
def desk(tmp_path: Path, kept: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    monkeypatch.chdir(tmp_path)
    shutil.copytree(kept, tmp_path / "kept")
    (tmp_path / "more.txt").write_text("More words.\n", encoding="utf-8")
    (tmp_path / "disk").mkdir()
    with pytest.MonkeyPatch.context() as patch:
        yield Desk(tmp_path, PlantedFaults(patch))


class _Ran(NamedTuple):
    code: int
    err: str


def _run(line: str) -> _Ran:
    result: Result = CliRunner().invoke(cli, line.split(), prog_name="stet")
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        return _Ran(99, repr(result.exception))
    return _Ran(result.exit_code, result.stderr)


def _wrong_after(desk: Desk, line: str, at: int, kind: str, before: str) -> str:
    """Run a command that fails at a statement; return what it did that it must not do, "" if nothing."""
    code, words = CODES[kind]
    desk.put_back()
    desk.faults.begin(at, code)
    ran = _run(line)
    desk.faults.end()
    place = f"{line}: {kind} at {at}: "
    if ran.code not in (0, 1) or (ran.code == 1 and words not in ran.err and "check" not in line):
        return f"{place}{ran.code} {ran.err[-300:]}"
    if (ran.code == 1 or line in READING) and digest_of(desk.project) != before:
        return f"{place}the file has changed: {ran.err[-300:]}"
    if left_beside(desk.project):
        return f"{place}{left_beside(desk.project)} is left"
    found = faults_of(desk.project)
    return f"{place}{found}" if found else ""


def _places(desk: Desk, line: str, most: int) -> range:
    desk.put_back()
    statements = desk.faults.statements_of(lambda: _run(line))
    assert statements
    return range(1, statements + 1, max(1, statements // most))


def test_some_faults_of_commands_are_told(desk: Desk) -> None:
    desk.put_back()
    before = digest_of(desk.project)
    kinds = list(CODES)
    wrong = [
        _wrong_after(desk, line, at, kinds[number % len(kinds)], before)
        for number, line in enumerate([*READING, *WRITING])
        if number % 5 == 0
        for at in _places(desk, line, 3)
    ]
    assert [said for said in wrong if said] == []


@pytest.mark.slow
def test_a_fault_at_any_statement_of_any_command_is_told(desk: Desk) -> None:
    """Half an hour."""
    desk.put_back()
    before = digest_of(desk.project)
    wrong: list[str] = []
    planted = 0
    for line in [*READING, *WRITING]:
        places = _places(desk, line, _MOST_OF_A_COMMAND)
        for kind in CODES:
            for at in places:
                planted += 1
                wrong.append(_wrong_after(desk, line, at, kind, before))
    wrong = [said for said in wrong if said]
    record("faults of statements", commands=len(READING + WRITING), faults=planted, wrong=len(wrong))
    assert wrong == []


# -- below SQLite ------------------------------------------------------------------------------------------------------


def _wrong_with_little(desk: Desk, run: CommandServer, line: str, *, longest: int = 0, room: int = 0) -> str:
    """Run a command where files can't grow (`longest`), or on a disk with little room, and say what is wrong."""
    before = digest_of(desk.project)
    ended = run(*line.split(), longest=longest)
    place = f"{line}: {f'files of {longest}' if longest else f'room for {room}'} bytes: "
    if "Traceback" in ended.err or ended.code not in (0, 1) or ended.was_asked:
        return f"{place}{ended}"
    if ended.code == 1 and not any(words in ended.err for words in _FULL_WORDS):
        return f"{place}{ended.err}"
    if ended.code == 1 and digest_of(desk.project) != before:
        return f"{place}the file has changed: {ended.err}"
    return f"{place}{left_beside(desk.project)} is left" if left_beside(desk.project) else ""


def _unsound(desk: Desk) -> str:
    Project(desk.project).close()  # what couldn't be moved out of the log is now
    found = faults_of(desk.project)
    return f"the project is damaged: {found}" if found else ""


def _with_short_files(desk: Desk, run: CommandServer, lines: list[str], steps: int) -> list[str]:
    wrong: list[str] = []
    for line in lines:
        for step in range(steps):
            desk.put_back()
            size = desk.project.stat().st_size
            wrong.append(_wrong_with_little(desk, run, line, longest=16_384 + step * (size + 65_536) // steps))
            wrong.append(_unsound(desk))
    return [said for said in wrong if said]


def test_some_short_writes_change_nothing(desk: Desk) -> None:
    with CommandServer(desk.folder, 20, loads_all=False) as run:
        assert _with_short_files(desk, run, ["assign p.stet --to zed", "check p.stet --repair"], 3) == []


@pytest.mark.slow
def test_short_writes_of_any_size_change_nothing(desk: Desk) -> None:
    with CommandServer(desk.folder, 20) as run:
        wrong = _with_short_files(desk, run, [*WRITING, "export p.stet out.jsonl"], 25)
    record("short writes", runs=25 * (len(WRITING) + 1), wrong=len(wrong))
    assert wrong == []


@needs_small_disk
def test_a_full_disk_can_be_read_and_is_told(desk: Desk) -> None:
    """With no byte free; what is written elsewhere is written."""
    elsewhere = desk.folder.parent / "elsewhere.jsonl"
    with small_disk(desk.folder / "disk", _DISK) as filler, CommandServer(desk.folder, 20, loads_all=False) as run:
        shutil.copy(desk.folder / "kept" / "p.stet", desk.folder / "disk")
        filler.leave(0)
        for line in ("list disk/p.stet", "check disk/p.stet", f"export disk/p.stet {elsewhere}"):
            assert run(*line.split()).code == 0, line
        assert elsewhere.read_bytes()
        for line in ("export disk/p.stet disk/out.jsonl", "bundle disk/p.stet disk/b.stet --for ana"):
            ended = run(*line.split())
            assert ended.code == 1, line
            assert "disk" in ended.err.split(":")[1]
            assert "the disk is full" in ended.err
        assert {entry.name for entry in (desk.folder / "disk").iterdir()} <= {"p.stet", "filler", ".p.stet.lock"}


@needs_small_disk
@pytest.mark.parametrize("share", [7, pytest.param(1, marks=pytest.mark.slow)])
def test_a_read_only_disk_is_read_and_writes_are_told(desk: Desk, share: int) -> None:
    """Nothing is written there, and when it may be written again everything works."""
    disk = desk.folder / "disk"
    with small_disk(disk, _DISK), CommandServer(disk, 20, loads_all=share == 1) as run:
        for name in ("p.stet", "home.stet"):
            shutil.copy(desk.folder / "kept" / name, disk)
        (disk / "more.txt").write_text("More words.\n", encoding="utf-8")
        before = {entry.name: entry.read_bytes() for entry in disk.iterdir()}
        with read_only(disk):
            for line in {*READING[::share], READING[-1]}:  # the last one is a dry run
                assert run(*line.split()).code == 0, line
            for line in [*WRITING[::share], "new n.stet --scheme ner", "export p.stet out.jsonl"]:
                ended = run(*line.split())
                assert (ended.code, "Traceback" in ended.err) == (1, False), (line, ended.err)
                assert "read-only" in ended.err, (line, ended.err)
            assert {entry.name: entry.read_bytes() for entry in disk.iterdir()} == before
        for line in ("assign p.stet --to zed", "check p.stet"):
            assert run(*line.split()).code == 0, line


@needs_small_disk
@pytest.mark.slow
def test_any_room_on_a_disk_is_enough_or_told(desk: Desk) -> None:
    wrong: list[str] = []
    runs = 0
    kept, disk = desk.folder / "kept", desk.folder / "disk"
    with small_disk(disk, _DISK) as filler, CommandServer(disk, 20) as run:
        on_disk = Desk(disk, desk.faults)
        for line in [*WRITING, "export p.stet out.jsonl"]:
            for room in range(0, 1_500_000, 60_000):
                for left in disk.iterdir():
                    shutil.rmtree(left) if left.is_dir() else left.unlink()
                for name in ("p.stet", "home.stet"):
                    shutil.copy(kept / name, disk)
                (disk / "more.txt").write_text("More words.\n", encoding="utf-8")
                filler.leave(room)
                wrong.append(_wrong_with_little(on_disk, run, line, room=room))
                filler.clear()
                wrong.append(_unsound(on_disk))
                runs += 1
    wrong = [said for said in wrong if said]
    record("full disk", runs=runs, wrong=len(wrong))
    assert wrong == []

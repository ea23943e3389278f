"""Storage fails at any statement, and below SQLite at any size: the file is as before, and the person is told."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from click.testing import CliRunner, Result

from app.cli.main import cli
from app.storage.soundness import faults_of
from tests.trust.faults import CODES, PlantedFaults
from tests.trust.figures import record
from tests.trust.project_rows import digest_of, left_beside
from tests.trust.test_hostile import READING, WRITING, make_good

_MOST_OF_A_COMMAND = 60  # statements, evenly spread


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


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    monkeypatch.chdir(tmp_path)
    make_good(tmp_path, lambda *parts: _run(" ".join(map(str, parts))))
    kept = tmp_path / "kept"
    kept.mkdir()
    (tmp_path / "good.stet").rename(kept / "p.stet")
    (tmp_path / "home.stet").rename(kept / "home.stet")
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

"""Every command on hostile project files: refused or read in words, in time, with bounded memory, nothing run."""

import shutil
from collections.abc import Sequence
from itertools import islice
from pathlib import Path

import pytest

from app.jobs.tasks.sample import create_sample
from tests.trust.command_server import CommandServer, Ended
from tests.trust.figures import record
from tests.trust.hostile_projects import Hostile, hostile_projects

_MOST_S = 10.0
_MOST_MB = 1024
# What a file takes that is large itself, such as one of 400 MB: so much more for each of its megabytes.
_MORE_S, _MORE_MB = 0.1, 4
READING = [
    "list p.stet",
    "list p.stet annotations",
    "list p.stet annotators",
    "list p.stet relations",
    "list p.stet labels",
    "list p.stet conflicts",
    "list p.stet decisions",
    "list p.stet suggestions",
    "list p.stet texts --json",
    "list p.stet --where flag=yes --sort -words",
    "document p.stet show *",
    "view p.stet --json",
    "check p.stet",
    "export p.stet -",
    "export p.stet - --format training --all",
    "log p.stet --json",
    "agreement p.stet",
    "insights p.stet",
    "review p.stet --documents",
    "concordance p.stet Ukraine",
    "search p.stet Ukraine",
    "substitutions p.stet",
    "feedback p.stet --as ana",
    "scheme p.stet",
    "lint p.stet",
    "patterns p.stet list",
    "assign p.stet --to ana --dry-run",
    "merge home.stet p.stet --dry-run",
]
WRITING = [
    "merge home.stet p.stet",
    "backup p.stet copy.stet",
    "assign p.stet --to zed",
    "concordance p.stet Ukraine --mark entity/GPE --as ana",
    "suggest p.stet --with patterns --as ana",
    "review p.stet --auto majority --as r",
    "bundle p.stet b.stet --for ana --force",
    "scheme p.stet migrate --rename entity.PERSON=PERSONX",
    "edit-text p.stet extra.txt --replace words things",
    "document p.stet flag * --text why --as ana",
    "import p.stet more.txt",
    "check p.stet --repair",
]
_BEFORE = [
    "import good.stet extra.txt",
    "patterns good.stet add Moscow --label entity.GPE --as ana",
    "suggest good.stet --with patterns --as ana",
    "concordance good.stet Ukraine --mark entity/GPE --as ben",
    "view good.stet Mine --where words>1",
    "document good.stet flag * --text why --as ana",
    "document good.stet set * --put source=web",
    "document good.stet status * --to done --as ben",
    "document good.stet status * --to done --as ana",
    "assign good.stet --to ana,ben",
    "bundle good.stet out.stet --for ana",
    "review good.stet --auto threshold --votes 1 --confidence 0.1 --as rina",
    "review good.stet --release --as rina",
]


def make_good(folder: Path, run: CommandServer, before: Sequence[str] = _BEFORE) -> Path:
    """Make a project, by all of these commands one with rows in nearly all tables."""
    for name in ("good.stet", "home.stet"):
        create_sample(folder / name, annotator="ana").close()
    for name in ("extra.txt", "more.txt"):
        (folder / name).write_text(f"{name} has words.\n", encoding="utf-8")
    for line in before:
        ended = run(*line.split())
        assert ended.code == 0, (line, ended)
    return folder / "good.stet"


def wrong_with(ended: Ended, size: float = 0) -> str:
    """Return what a command did to a file of a size (MB) that it must never do, "" if nothing."""
    if ended.was_asked:
        return f"asked to end after {ended.seconds:.1f} s of computing{', and killed' if ended.was_killed else ''}"
    if "Traceback" in ended.err or ended.code not in (0, 1, 2):
        return f"code {ended.code}: {ended.err[-600:]}"
    if ended.memory > _MOST_MB + _MORE_MB * size:
        return f"{ended.memory:.0f} MB"
    return ""


def commands_on(hostile: Hostile, folder: Path, run: CommandServer, commands: list[str]) -> list[str]:
    """Run commands on a hostile project, each on a new copy if it writes; return what went wrong."""
    spoilt = folder / "spoilt.stet"
    shutil.copy(folder / "good.stet", spoilt)
    hostile.spoil(spoilt)
    found: list[str] = []
    shutil.copy(spoilt, folder / "p.stet")
    home = (folder / "home.stet").read_bytes()
    size = spoilt.stat().st_size / 1e6
    for line in commands:
        ended = run(*line.split(), more_s=_MORE_S * size)
        wrong = wrong_with(ended, size)
        if wrong:
            found.append(f"{hostile.name}: {line}: {wrong}")
        if line in WRITING:
            shutil.copy(spoilt, folder / "p.stet")
            (folder / "home.stet").write_bytes(home)
            for left in ("copy.stet", "b.stet", "p.repaired.stet"):
                (folder / left).unlink(missing_ok=True)
            for copies in folder.glob("*.backups"):
                shutil.rmtree(copies)
        assert not list(folder.glob("PWNED")), (hostile.name, line)
    return found


def test_some_commands_stand_some_hostile_projects(tmp_path: Path) -> None:
    with CommandServer(tmp_path, _MOST_S, loads_all=False) as run:
        good = make_good(tmp_path, run, [_BEFORE[0], *_BEFORE[6:9]])
        every = list(hostile_projects(good))
        wrong = [
            said
            for number, hostile in enumerate(islice(every, 3, None, len(every) // 6))
            for said in commands_on(hostile, tmp_path, run, [*READING[number::10], *WRITING[number::10]])
        ]
    assert wrong == []


@pytest.mark.slow
def test_every_command_stands_every_hostile_project(tmp_path: Path) -> None:
    """Some twenty minutes."""
    wrong: list[str] = []
    with CommandServer(tmp_path, _MOST_S) as run:
        good = make_good(tmp_path, run)
        every = list(hostile_projects(good))
        for hostile in every:
            wrong += commands_on(hostile, tmp_path, run, [*READING, *WRITING])
    commands = len(every) * len(READING + WRITING)
    record("hostile projects", files=len(every), commands=commands, tracebacks_hangs_or_floods=len(wrong))
    assert wrong == []

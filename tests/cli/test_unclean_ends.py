"""What a killed process leaves beside a project locks no command out, and what isn't the project's gets into none."""

import shutil
from pathlib import Path

import pytest

from tests.cli.conftest import Stet
from tests.unit.storage import journals

COMMANDS = [
    "list p.stet",
    "list p.stet annotations",
    "check p.stet",
    "export p.stet out.jsonl",
    "backup p.stet",
    "search p.stet the",
    "agreement p.stet",
    "log p.stet",
    "assign p.stet --to zoe",
    "merge p.stet other.stet",
    "merge other.stet p.stet --dry-run",
    "import p.stet more.txt",
]


@pytest.fixture
def projects(stet: Stet, sample: Path) -> None:
    shutil.copy(sample, "p.stet")
    shutil.copy(sample, "other.stet")
    stet.write("more.txt", "More words.\n")


@pytest.fixture(scope="module")
def killed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a sample project of which a process was killed while it switched the write-ahead log on."""
    folder = tmp_path_factory.mktemp("killed")
    made = Stet(folder)
    assert made("new", folder / "p.stet", "--sample").code == 0
    journals.kill_while_switching(folder / "p.stet")
    return folder / "p.stet"


@pytest.mark.parametrize("line", COMMANDS)
def test_after_a_kill_every_command_works(stet: Stet, projects: None, killed: Path, line: str) -> None:
    for end in ("", "-journal"):
        shutil.copy(f"{killed}{end}", f"p.stet{end}")
    if line == "merge other.stet p.stet --dry-run":
        shutil.copy(killed, "other.stet")
    ran = stet.shell(f"stet {line}")
    assert (ran.code, "Traceback" in ran.err) == (0, False), ran.err
    assert not Path("p.stet-journal").exists()
    assert stet("check", "p.stet").code == 0


@pytest.mark.parametrize("line", COMMANDS)
def test_anothers_journal_is_refused_by_every_command(stet: Stet, projects: None, line: str) -> None:
    stet("new", "stranger.stet", "--sample")
    journals.killed_in(Path("stranger.stet"), "UPDATE document SET text = text || 'x'")
    shutil.move("stranger.stet-journal", "p.stet-journal")
    before = (Path("p.stet").read_bytes(), Path("p.stet-journal").read_bytes())
    ran = stet.shell(f"stet {line}")
    assert ran.code == 1
    assert "the rollback journal beside it belongs to another file or an older copy" in ran.err
    assert (Path("p.stet").read_bytes(), Path("p.stet-journal").read_bytes()) == before


HOSTILE = {
    "loop": (
        "ALTER TABLE document RENAME TO document2",
        "CREATE VIEW document AS SELECT * FROM document2 WHERE "
        "(WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT count(*) FROM c) > 0",
    ),
    "trigger": ("CREATE TRIGGER t AFTER INSERT ON edit_log BEGIN DELETE FROM annotation; END",),
}


@pytest.mark.parametrize("line", COMMANDS)
@pytest.mark.parametrize("what", HOSTILE)
def test_a_hostile_project_is_refused_by_every_command(stet: Stet, projects: None, what: str, line: str) -> None:
    import sqlite3
    from contextlib import closing

    with closing(sqlite3.connect("p.stet", isolation_level=None)) as connection:
        for statement in HOSTILE[what]:
            connection.execute(statement)
    before = Path("p.stet").read_bytes()
    ran = stet.shell(f"stet {line}")
    assert ran.code == 1
    assert "contains code of its own" in ran.err
    assert Path("p.stet").read_bytes() == before


def test_a_second_name_is_refused_to_writers_and_told_to_readers(stet: Stet, projects: None) -> None:
    Path("second").mkdir()
    Path("second/p.stet").hardlink_to("p.stet")
    for name in ("p.stet", "second/p.stet"):
        ran = stet("assign", name, "--to", "zoe")
        assert (ran.code, "has a second name (a hard link)" in ran.err) == (1, True)
        ran = stet("list", name)
        assert (ran.code, "stet: note: the file has a second name" in ran.err) == (0, True)

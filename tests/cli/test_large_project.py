"""Commands on a damaged project that is too large to be checked by readers: told as damage, and never written to."""

import re
from pathlib import Path

import pytest

from app.storage import preflight
from tests.cli.conftest import Stet
from tests.e2e.test_large_project import spoil

BACKUP = "restore its newest intact backup, p.backups/p-"


@pytest.fixture
def project(stet: Stet, sample: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = sample.rename("p.stet")
    for number in range(60):
        stet.write(f"{number:03}.txt", f"Text {number}. " * 200)
    assert stet("import", path, *sorted(Path().glob("*.txt"))).code == 0
    assert stet("backup", path).code == 0
    monkeypatch.setattr(preflight, "CHECKED_AT_OPEN", 0)
    return path


@pytest.mark.parametrize("what", ["document", "annotation", "idx_document_sha256"])
def test_a_writer_checks_first_and_writes_nothing_into_damage(stet: Stet, project: Path, what: str) -> None:
    spoil(project, what)
    before = project.read_bytes()
    for line in ("assign p.stet --to zoe", "import p.stet 000.txt"):
        ran = stet.shell(f"stet {line}")
        assert ran.code == 1
        assert re.match("stet: p.stet: the (project )?file is damaged; ", ran.err)
        assert BACKUP in ran.err
        assert project.read_bytes() == before


READ = ["list p.stet", "export p.stet out.jsonl", "search p.stet text --limit 99999", "agreement p.stet"]


@pytest.mark.parametrize("line", READ)
def test_a_reader_that_meets_damage_names_the_backup(stet: Stet, project: Path, line: str) -> None:
    spoil(project, "document")
    ran = stet.shell(f"stet {line}")
    assert ran.code == 1
    assert "p.stet: the project file is damaged; run: stet check; " in ran.err
    assert BACKUP in ran.err
    assert not Path("out.jsonl").exists()


def test_a_reader_tells_of_damage_that_it_does_not_meet(stet: Stet, project: Path) -> None:
    whole = stet("list", project).out
    spoil(project, "idx_document_sha256")
    ran = stet("list", project)
    assert (ran.code, ran.out) == (1, whole)
    assert "the file is damaged, and what was read from it may be wrong" in ran.err
    exported = stet("export", project, "out.jsonl")  # what leaves the project is checked as a whole
    assert (exported.code, "the file is damaged" in exported.err, Path("out.jsonl").exists()) == (1, True, False)
    assert "the file is damaged" in stet("check", project).out

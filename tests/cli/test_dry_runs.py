"""A dry run only reads: it works while another process writes, and changes no byte of the project."""

import importlib
import shlex
from contextlib import closing
from pathlib import Path

import click
import pytest

from app.cli.catalogue import COMMANDS
from app.session.session import Session
from tests.cli.conftest import Stet

LINES = {
    "assign": "assign p.stet --to zoe --dry-run",
    "concordance": "concordance p.stet the --mark entity/PERSON --as ana --dry-run",
    "document": 'document p.stet remove "Grain corridor, spun" --dry-run',
    "edit-text": 'edit-text p.stet "Grain corridor, spun" --file new.txt --as ana --dry-run',
    "import": "import p.stet more.txt --dry-run",
    "merge": "merge p.stet other.stet --dry-run",
    "review": "review p.stet --auto unanimous --as rita --dry-run",
    "scheme": "scheme p.stet migrate --merge entity.PERSON=ORG --dry-run",
    "suggest": "suggest p.stet --with patterns --as ana --dry-run",
}
ELSEWHERE = {"train"}  # says what there is to learn, and needs many marks


def test_every_command_with_a_dry_run_is_tried() -> None:
    found: set[str] = set()
    for name, entry in COMMANDS.items():
        command: click.Command = importlib.import_module(f"app.cli.{entry.module}").command
        if any("--dry-run" in parameter.opts for parameter in command.params):
            found.add(name)
    assert found == LINES.keys() | ELSEWHERE


@pytest.mark.parametrize("line", LINES.values(), ids=LINES)
def test_a_dry_run_only_reads(stet: Stet, sample: Path, line: str) -> None:
    project = sample.rename("p.stet")
    stet("new", "other.stet", "--sample")
    for name in ("more.txt", "new.txt"):
        stet.write(name, "Words that came later.\n")
    assert stet("patterns", "p.stet", "add", "Moscow", "--label", "entity.GPE", "--as", "ana").code == 0
    before = project.read_bytes()
    alone = stet(*shlex.split(line))
    assert (alone.code, project.read_bytes() == before) == (0, True), alone.err
    assert {each.name for each in Path().glob("*p.stet*")} <= {"p.stet", ".p.stet.lock", "p.stet.backups"}
    with closing(Session.open(project)) as session:
        beside = stet.shell(f"stet {line}")
        assert (beside.code, beside.out) == (0, alone.out), beside.err
        session.require_writable()

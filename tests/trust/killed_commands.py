"""Commands that are killed: what each is run on, and in which states it may leave that."""

import json
import re
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

from sqlite_utils import Database

from app.core.document import sha256
from app.core.ids import new_uid
from app.jobs.tasks.bundle import write_bundle
from app.jobs.tasks.import_files import import_files
from app.session.session import Session
from app.storage.migrations import MIGRATIONS
from app.storage.version import APPLICATION_ID
from tests.conftest import scheme_source
from tests.newsroom import newsroom
from tests.team import ANA, BEN, CARA, spun, work
from tests.trust.fork_server import Task
from tests.trust.project_content import Content, content, opened_content

PROJECT = "p.stet"
_NAMES = ("Anna", "Boris", "Clara", "David", "Emil", "Frida", "Greta", "Hugo", "Ida", "Jakob", "Karl", "Lena")
_PLACES = ("Rome", "Oslo", "Lima", "Kyiv", "Bonn", "Turin")
_TEMPORARY = re.compile(r"\.part$|-wal$|-shm$|-journal$|\.new$|\.tmp$")
_TRIAL = re.compile(r"[a-z0-9_]{8}")
_UID_OR_TIME = re.compile(rb"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[\d.]*Z")


class KilledCommand(NamedTuple):
    """A command, what it makes beside the project, and how it answers when what it does is done already."""

    words: tuple[str, ...]
    made: tuple[str, ...] = ()
    project: str = PROJECT
    again: tuple[int, ...] = (0,)
    """The exit codes of the same command when it is given once more after a kill."""
    takes_seconds: bool = False
    told: str = ""
    """What it says where a process is killed that it has started, which has writing calls of its own; "" if it has
    none.
    """
    is_damaged: bool = False
    """Whether the project is damaged before, and only the command mends it."""


COMMANDS = {
    "new": KilledCommand(("new", "q.stet", "--scheme", "ner"), ("q.stet",), again=(0, 1)),
    "sample": KilledCommand(("new", "q.stet", "--sample"), ("q.stet",), again=(0, 1)),
    "import": KilledCommand(("import", PROJECT, "in.jsonl", "more.txt")),
    "merge": KilledCommand(("merge", PROJECT, "back.stet", "--as", "ana")),
    "migration": KilledCommand(("assign", "old.stet", "--to", "zoe"), project="old.stet"),
    "scheme": KilledCommand(
        ("scheme", PROJECT, "migrate", "--rename", "entity.PERSON=HUMAN", "--as", "ana"), again=(0, 1, 2)
    ),
    "restore": KilledCommand(("backup", PROJECT, "--restore", "1")),
    "repair": KilledCommand(("check", "broken.stet", "--repair"), project="broken.stet", is_damaged=True),
    "backup": KilledCommand(("backup", PROJECT)),
    "export": KilledCommand(("export", PROJECT, "out/one.jsonl"), ("out/one.jsonl",)),
    "folder": KilledCommand(("export", PROJECT, "out/brat", "--format", "brat"), ("out/brat",), again=(0, 1)),
    "bundle": KilledCommand(("bundle", PROJECT, "out/ben.stet", "--for", "ben"), ("out/ben.stet",), again=(0, 1)),
    "review": KilledCommand(("review", PROJECT, "--auto", "majority", "--as", "rina")),
    "suggest": KilledCommand(("suggest", PROJECT, "--with", "corrections", "--as", "ana")),
    "bulk marking": KilledCommand(
        (
            "concordance",
            PROJECT,
            "the",
            "--whole-words",
            "--mark",
            "error/NAME_FORM",
            "--as",
            "dora",
            "--severity",
            "minor",
        )
    ),
    "train": KilledCommand(
        ("train", PROJECT, "out/model", "--layer", "entity", "--as", "zoe", "--max-steps", "3", "--base", "none"),
        ("out/model",),
        again=(0, 1),
        takes_seconds=True,
        told="the process that trains the model ended early (code -9)",
    ),
}


class CommandScene:
    """A folder made once with all that the commands work on, and copied for each run."""

    def __init__(self, folder: Path) -> None:
        self.made = folder / "made"
        self.made.mkdir()
        self.folder = folder / "run"
        self.said = folder / "said"
        self.home = folder / "home"
        self.temporary = folder / "tmp"
        _fill(self.made)

    @property
    def environment(self) -> dict[str, str]:
        """The variables that keep the program's own files and the system's temporary ones in this scene."""
        return {"STET_HOME": str(self.home), "TMPDIR": str(self.temporary)}

    def renew(self) -> None:
        """Bring the folder back to its beginning."""
        for place in (self.folder, self.home, self.temporary):
            shutil.rmtree(place, ignore_errors=True)
        shutil.copytree(self.made, self.folder)
        self.temporary.mkdir()

    def task(self, command: KilledCommand) -> Task:
        """Return a command as a task for the fork server."""
        return Task("tests.trust.fork_server:call_command", command.words, self.folder, self.said)

    def content(self, command: KilledCommand) -> Content:
        """Open the project of a command as a person does who goes on, check it, and return what it says."""
        return opened_content(self.folder / command.project, is_damaged=command.is_damaged)

    def open_made(self, command: KilledCommand) -> None:
        """Open the projects that a command has made, as a person does who finds one there; each must check clean."""
        for path in (self.folder / name for name in command.made):
            if path.suffix == ".stet" and path.exists():
                opened_content(path)

    def made_by(self, command: KilledCommand) -> dict[str, object]:
        """Return the files that a command has made, by their names, with what is in them but for ids and times."""
        found: dict[str, object] = {}
        for name in command.made:
            place = self.folder / name
            for path in sorted(place.rglob("*")) if place.is_dir() else [place] * place.exists():
                if path.is_file():
                    said = content(path) if path.suffix == ".stet" else _UID_OR_TIME.sub(b"", path.read_bytes())
                    found[path.relative_to(self.folder).as_posix()] = said
        return found

    def leftovers(self) -> list[str]:
        """Return what is there that nobody asked for: by its name, or in the system's folder for temporary files."""
        here = [path for path in self.folder.rglob("*") if _TEMPORARY.search(path.name)]
        names = [path.relative_to(self.folder).as_posix() for path in here]
        temporary = [path for path in self.temporary.iterdir() if not _is_of_others(path)]
        return sorted([*names, *(f"TMPDIR/{path.name}" for path in temporary)])


def _is_of_others(path: Path) -> bool:
    """Whether a file is one that Python or SQLite makes and takes away at once, with nothing of Stet's in it.

    Python finds out by one, once in a process, whether it may write to a folder; SQLite takes the name of a temporary
    file away before it writes to it.
    """
    if not path.is_file():
        return False
    if path.name.startswith("etilqs_"):
        return path.stat().st_size == 0
    return _TRIAL.fullmatch(path.name) is not None and path.read_bytes() in (b"", b"blat")


def _fill(folder: Path) -> None:
    session = newsroom(folder / PROJECT)
    document = spun(session)
    for name, marks in (("ana", ANA), ("ben", BEN), ("cara", [CARA[0], *CARA[2:]])):
        work(session, name, document, marks)
    session.back_up()
    (folder / "own.jsonl").write_text("".join(_line(number, "zoe") for number in range(24)), encoding="utf-8")
    (folder / "own.txt").write_text("The US senator denied the restricted slave trade. Puttin said so.\n" * 20)
    import_files(session, [folder / "own.jsonl", folder / "own.txt"])
    write_bundle(session, folder / "back.stet", annotator="dora", documents=[document])
    session.close()
    returned = Session.open(folder / "back.stet", annotator="dora")
    work(returned, "dora", document, BEN[:3])
    returned.close()
    _make_old(folder / "old.stet")
    _break(shutil.copy(folder / PROJECT, folder / "broken.stet"))
    (folder / "out").mkdir()
    (folder / "in.jsonl").write_text("".join(_line(number, "dora") for number in range(30, 60)), encoding="utf-8")
    (folder / "more.txt").write_text("Words of another text, by nobody.\n" * 40, encoding="utf-8")


def _line(number: int, annotator: str) -> str:
    """Return a finished document with two marks as a line of JSON."""
    name, place = _NAMES[number % len(_NAMES)], _PLACES[(number + number // len(_NAMES)) % len(_PLACES)]
    words = f"{name} {'flew to' if number % 2 else 'lives in'} {place} with {'friends' if number % 3 else 'a cat'} now."
    marks = [
        {"id": f"{number}{label}", "layer": "entity", "label": label, "start": at, "end": at + len(quote)}
        for quote, label in ((name, "PERSON"), (place, "GPE"))
        for at in [words.index(quote)]
    ]
    work = {"annotator": annotator, "status": "done", "annotations": marks}
    return json.dumps({"stet": 1, "id": f"i{number}", "name": f"d{number}", "text": words, "sets": [work]}) + "\n"


def _break(path: Path) -> None:
    """Take away what lists and search go by, as a program would that knows only some of the tables."""
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("DELETE FROM document_title")
        connection.execute("DELETE FROM document_meta")
        connection.commit()


def _rest(text: str) -> dict[str, object]:
    return {"words": len(text.split()), "meta": "{}", "text": text}


def _make_old(path: Path) -> None:
    """Write a project as the first version of the schema had it, with 40 documents."""
    with closing(sqlite3.connect(path)) as connection:
        db = Database(connection, execute_plugins=False, strict=True)
        MIGRATIONS.apply(db, stop_before="m002_several_annotators")
        scheme = {"name": "ner", "version": 1, "toml": scheme_source("ner"), "created": "2026-01-01T00:00:00Z"}
        db["scheme"].insert(scheme)
        texts = [f"Text {number}, of an earlier time.\n" * 30 for number in range(40)]
        rows = (
            {**{"uid": new_uid(), "name": f"{at}.txt", "sha256": sha256(text), "length": len(text)}, **_rest(text)}
            for at, text in enumerate(texts)
        )
        db["document"].insert_all(rows)
        connection.execute(f"PRAGMA application_id={APPLICATION_ID}")
        connection.execute("PRAGMA user_version=1")
        connection.commit()

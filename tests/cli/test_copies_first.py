"""Whatever changes the work in several documents, or in the project as a whole, makes a checked copy first."""

import sqlite3
from contextlib import closing
from pathlib import Path

import app.cli
from app.cli.catalogue import COMMANDS
from app.core import annotation_edits
from app.core.annotation import Status
from app.core.edits import SetStatus
from app.services.history.undo import redo, undo
from app.session.actions import Compound, Release, SetEdit
from app.session.session import Session
from app.storage.backups import backups
from tests.cli.conftest import Stet
from tests.conftest import add_documents

WORK = {
    "concordance": (
        *("concordance", "p.stet", "Puttin", "--whole-words", "--mark", "error/NAME_FORM"),
        *("--correction", "Putin", "--as", "kim"),
    ),
    "import": ("import", "p.stet", "more.txt"),
    "assign": ("assign", "p.stet", "--to", "zoe"),
    "unassign": ("assign", "p.stet", "--remove", "zoe"),
    "suggest": ("suggest", "p.stet", "--with", "corrections", "--as", "kim"),
    "migrate": ("scheme", "p.stet", "migrate", "--rename", "error.TORTURED_TERM=WORDING"),
    "apply": ("scheme", "p.stet", "apply", "ner"),
    "merge": ("merge", "p.stet", "theirs.stet"),
    "auto": ("review", "p.stet", "--auto", "unanimous", "--as", "rina"),
    "release": ("review", "p.stet", "--release", "--as", "rina"),
    "text": ("edit-text", "p.stet", "After the call, spun", "--replace", "Puttin", "Putin", "--as", "kim"),
    "document": ("document", "p.stet", "flag", "*", "--as", "kim"),
    "lint": ("lint", "p.stet", "--mend", "--as", "kim"),
}
WRITES_NOTHING = {
    *("export", "list", "search", "substitutions", "train", "feedback", "agreement", "insights", "log"),
    *("formats", "doctor"),
}
OTHERS = {
    "new": "makes the file",
    "hub": "takes work by the merge, which copies first",
    "bundle": "notes what it handed out, and changes no work",
    "check": "makes again what is derived from the rest; or a new file, and keeps the old one",
    "patterns": "leaves everyone's work as it is",
    "view": "leaves everyone's work as it is",
    "backup": "restoring keeps what was there: tests/cli/test_backup.py",
}
DRY = ("concordance", "assign", "suggest", "migrate", "merge", "auto")


def last_action(path: Path) -> int:
    with closing(sqlite3.connect(f"file:{path}?mode=ro&immutable=1", uri=True)) as db:
        return db.execute("SELECT coalesce(max(sequence), 0) FROM edit_log").fetchone()[0]


def finish_everything(path: Path) -> None:
    """Let two annotators mark the same in two documents and finish them."""
    for who in ("ana", "ben"):
        session = Session.open(path, annotator=who)
        for row in session.reader.documents.to_work_on()[:2]:
            session.open_document(row.uid)
            mark_something(session)
        session.close()


def mark_with_a_space(path: Path) -> None:
    session = Session.open(path, annotator="kim")
    session.open_document(session.reader.documents.to_work_on()[0].uid)
    mark_something(session, session.state.document.text.index(" ") + 1)
    session.close()


def mark_something(session: Session, end: int = 5) -> None:
    span = [(0, end)]
    edit = annotation_edits.annotate(session.state, span, layer="entity", label="PERSON", scheme=session.scheme)
    session.apply(edit, title="Mark")
    session.set_status(Status.DONE)


def test_each_command_copies_first_or_has_no_need_to() -> None:
    copy_first = {words[0] for words in WORK.values()}
    assert copy_first.isdisjoint(WRITES_NOTHING | OTHERS.keys())
    assert copy_first | WRITES_NOTHING | OTHERS.keys() == COMMANDS.keys()
    folder = Path(app.cli.__file__).parent
    opens_to_write = {
        name for name, entry in COMMANDS.items() if "write=" in (folder / f"{entry.module}.py").read_text()
    }
    assert opens_to_write.isdisjoint(WRITES_NOTHING)
    assert copy_first <= opens_to_write


def test_every_command_on_many_documents_copies_first(stet: Stet, sample: Path) -> None:
    project = sample.rename("p.stet")
    assert stet("bundle", project, "theirs.stet", "--for", "zoe").code == 0
    theirs = Session.open(Path("theirs.stet"), annotator="zoe")
    theirs.open_document(theirs.reader.documents.to_work_on()[0].uid)
    mark_something(theirs)
    theirs.close()
    finish_everything(project)
    mark_with_a_space(project)
    Path("more.txt").write_text("Vladimir Puttin called again.")
    for number, (name, words) in enumerate(WORK.items(), 1):
        before = last_action(project)
        if name in DRY:
            assert stet(*words, "--dry-run").code == 0, name
            assert len(backups(project)) == min(number - 1, 5), name
        ran = stet(*words)
        assert ran.code == 0, (name, ran)
        assert last_action(project) > before, (name, ran)
        made = max(backups(project), key=lambda path: path.name.split("Z-")[1])
        assert f"-{number:04}-" in made.name, name
        assert last_action(made) == before, name


def test_so_does_the_window_and_not_for_one_document(session: Session) -> None:
    uids = [session.state.document.uid, *add_documents(session, {"b.txt": "Kyiv again."})]
    mark_something(session)
    undo(session)
    redo(session)
    session.perform(Release((uids[0],), "rina"), title="Release one")
    assert backups(session.path) == []
    session.perform(Release(tuple(uids), "rina"), title="Release both")
    assert [path.name.rpartition("-")[2] for path in backups(session.path)] == ["changes.stet"]
    session.become(None)
    session.perform(
        Compound(
            (SetEdit(uids[0], "ben", SetStatus(Status.SKIPPED)), SetEdit(uids[1], "ben", SetStatus(Status.SKIPPED)))
        ),
        title="Both",
    )
    assert len(backups(session.path)) == 2
    undo(session)
    assert len(backups(session.path)) == 3

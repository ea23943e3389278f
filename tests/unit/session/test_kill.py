"""Whoever is killed has lost at most the action in flight."""

import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from app.services.history.undo import undo
from app.session.session import Session
from app.storage import access
from tests.conftest import add_documents, new_session

ROOT = Path(__file__).resolve().parents[3]

# Marks, unmarks, undoes and redoes at full speed, and says each thing once it is done.
WORKER = """
import random, sys
from pathlib import Path
from app.services.history.undo import redo, undo
from app.core import annotation_edits
from app.session.session import Session

path, uid, seed = sys.argv[1:]
chance = random.Random(seed)
session = Session.open(Path(path), annotator="ana")
session.open_document(uid)
print("ready", flush=True)
start = 0
while True:
    kind = chance.choice("aaaaaruy")
    if kind == "r" and session.state.annotations:
        one = chance.choice(session.state.in_order())
        session.apply(annotation_edits.remove(session.state, [one], scheme=session.scheme), title="remove")
    elif kind == "u" and session.undo_title():
        undo(session)
    elif kind == "y" and session.redo_title():
        redo(session)
    else:
        free = (at for at in range(start, 100_000) if not session.state.overlapping(at, at + 1))
        start = next(free)
        span, scheme = (start, start + 1), session.scheme
        edit = annotation_edits.annotate(session.state, [span], layer="entity", label="GPE", scheme=scheme)
        session.apply(edit, title="add")
    rows = list(session.log.rows(limit=1))
    print(rows[0].sequence, *session.state.annotations, flush=True)
"""


def killed(path: Path, uid: str, seed: int, *, actions: int) -> list[list[str]]:
    """Let the worker say so many actions and begin more of them, kill it, and return all that it said."""
    command = [sys.executable, "-c", WORKER, str(path), uid, str(seed)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT) as process:
        assert process.stdout.readline() == "ready\n"
        said = "".join(process.stdout.readline() for _ in range(actions))
        time.sleep(random.Random(seed).uniform(0, 0.02))  # into the middle of whatever it does then
        process.kill()
        said += process.stdout.read()
    assert process.returncode == -signal.SIGKILL
    # What stands behind the last line end was being said when the end came.
    return [line.split() for line in said.split("\n")[:-1]]


def campaign(path: Path, kills: int) -> int:
    """Kill a worker again and again on one project; return how many actions were acknowledged."""
    session = new_session(path)
    (uid,) = add_documents(session, {"long.txt": "x" * 100_000})
    session.close()
    chance = random.Random(5)
    acknowledged = 0
    last: list[str] = ["0"]
    for round_ in range(kills):
        said = killed(path, uid, round_, actions=chance.randrange(60))
        acknowledged += len(said)
        last = said[-1] if said else last
        session = Session.open(path, annotator="ana")  # an unclean file is checked from end to end
        state = session.open_document(uid)
        in_flight = session.log.next_sequence() - 1 - int(last[0])
        assert in_flight in (0, 1)
        if not in_flight:
            assert set(state.annotations) == set(last[1:])
        else:
            row = next(session.log.rows(limit=1))
            assert row.sequence == int(last[0]) + 1
            assert len(set(state.annotations) ^ set(last[1:])) == 1
            last = [str(row.sequence), *state.annotations]
        session.close()
        assert not access.left_unclean(path)
    return acknowledged


def walk_back(path: Path) -> None:
    """Undo everything that was ever done, and find the document empty."""
    session = Session.open(path, annotator="ana")
    for _ in range(session.log.next_sequence()):
        if session.undo_title():
            undo(session)
    assert session.undo_title() is None
    assert session.state.annotations == {}
    session.close()


def test_nothing_acknowledged_is_lost_by_five_kills(tmp_path: Path) -> None:
    path = tmp_path / "news.stet"
    assert campaign(path, 5) > 10
    walk_back(path)


@pytest.mark.slow
def test_nothing_acknowledged_is_lost_by_a_hundred_kills(tmp_path: Path) -> None:
    path = tmp_path / "news.stet"
    assert campaign(path, 100) > 1000


def test_a_killed_writers_file_can_be_read_before_any_new_write(tmp_path: Path) -> None:
    path = tmp_path / "news.stet"
    session = new_session(path)
    (uid,) = add_documents(session, {"long.txt": "x" * 100_000})
    session.close()
    said = killed(path, uid, 1, actions=20)
    assert access.left_unclean(path)
    reader = Session.open(path, annotator="ana", write=False)
    assert len(set(reader.open_document(uid).annotations) ^ set(said[-1][1:])) <= 1
    reader.close()
    assert access.left_unclean(path)

"""People who work with the hub of the bench at the same time, in processes of their own, and how long marks take."""

import json
import random
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any, NamedTuple, Self

from app.core import annotation_edits
from app.core.edits import AddAnnotation
from app.core.errors import EditRejected
from app.hub.connection import HubConnection
from app.services.hub.hub_sync import exchange
from app.services.hub.membership import require_membership
from app.session.session import Session
from tests.bench.hub_actors import join_as_of_now
from tests.bench.hub_ground import NAMES, REVIEWERS, HubGround, document_uid
from tests.bench.server_load import ServerLoad, load_of

_ROOT = Path(__file__).resolve().parents[2]
_CODE = "import sys; from tests.bench import hub_actors; hub_actors.{}(*sys.argv[1:])"
_ON = [document_uid(number) for number in range(1, 10)]  # the documents that are marked
_LATE = 40.0  # seconds to wait for marks that haven't come at the end


class Ways(NamedTuple):
    """Milliseconds from a mark in somebody's file to the same in a reviewer's: `woken` by the hub, or `looking` every
    15 seconds. `marked` is how many there were; `sent` how many others have made meanwhile, `rate` of them a second,
    and `took` the milliseconds of the exchanges that sent them; `load` is what the server used for all of it.
    """

    woken: list[float]
    looking: list[float]
    marked: int
    load: ServerLoad
    sent: int = 0
    rate: float = 0.0
    took: Sequence[float] = ()


class Team:
    """The first annotator with their project, and the reviewers, who have read what is there."""

    def __init__(self, ground: HubGround, project: Path, folder: Path) -> None:
        self._ground = ground
        self._project = project
        self._folder = folder
        self._dice = random.Random(ground.documents)

    def ways(self, seconds: int, *, others: Sequence[str] = ()) -> Ways:
        """Mark every second, and see when it arrives; with `others` while they mark, too, a mark a second each.

        Then only one reviewer reads, whom the hub wakes up.
        """
        with ExitStack() as stack:
            readers = [
                stack.enter_context(self._reviewer(name, look)) for name, look in zip(REVIEWERS, (0, 15), strict=True)
            ]
            if others:
                readers.pop().end()
            crowd = stack.enter_context(_Actor("type_together", " ".join(map(self._ground.url, others)), f"{seconds}"))
            for actor in (*readers, crowd):
                actor.wait_for("ready")
            watch = stack.enter_context(closing(self._ground.connect()))
            before = load_of(watch)
            crowd.say()
            began = self._mark(seconds)
            typed = crowd.wait_for("sent")
            end = time.monotonic() + _LATE
            while time.monotonic() < end and any(began.keys() - reader.seen.keys() for reader in readers):
                time.sleep(0.05)
            load = load_of(watch).since(before)
            found = [
                [(reader.seen[uid] - at) * 1000 for uid, at in began.items() if uid in reader.seen]
                for reader in readers
            ]
        took = [each * 1000 for each in typed["took"]]
        looking = found[1] if len(found) > 1 else []
        return Ways(found[0], looking, len(began), load, typed["sent"], typed["sent"] / seconds, took)

    def _reviewer(self, name: str, look: int) -> "_Actor":
        url = self._ground.url(name)
        path = self._folder / f"{name}-{time.monotonic_ns()}.stet"
        join_as_of_now(path, url, self._ground.scheme_text)
        return _Actor("review", str(path), url, NAMES[0], ",".join(_ON), f"{look}")

    def _mark(self, seconds: int) -> dict[str, float]:
        """Mark for so long, and exchange each; return when each mark (uid) was in the file."""
        made: dict[str, float] = {}
        session = Session.open(self._project, annotator=NAMES[0])
        with HubConnection(require_membership(session).place) as connection:
            end = time.monotonic() + seconds
            while time.monotonic() < end:
                turn = time.monotonic() + self._dice.uniform(0.5, 1.5)
                uid = _marked(session, self._dice)
                made[uid] = time.monotonic()
                exchange(session, connection)
                time.sleep(max(0.0, turn - time.monotonic()))
        session.close()
        return made


def _marked(session: Session, dice: random.Random) -> str:
    """Mark some letters somewhere; return the mark's uid."""
    session.open_document(dice.choice(_ON))
    if session.state is None:
        raise RuntimeError("the document isn't open")
    start = dice.randrange(len(session.state.document.text) - 30)
    place = (start, start + dice.randrange(2, 30))
    try:
        edit = annotation_edits.annotate(session.state, [place], layer="entity", label="ORG", scheme=session.scheme)
    except EditRejected:  # there is such a mark
        return _marked(session, dice)
    session.apply(edit, title="Mark")
    return edit.annotation.uid if isinstance(edit, AddAnnotation) else ""


class _Actor:
    """A process of `hub_actors`, and what it has said: `seen` has when it saw each mark (uid)."""

    def __init__(self, what: str, *arguments: str) -> None:
        command = [sys.executable, "-c", _CODE.format(what), *arguments]
        pipe = subprocess.PIPE
        self._process = subprocess.Popen(command, cwd=_ROOT, stdin=pipe, stdout=pipe, text=True, bufsize=1)
        self.seen: dict[str, float] = {}
        self._said: dict[str, dict[str, Any]] = {}
        self._news = threading.Condition()
        self._is_over = False
        self._thread = threading.Thread(target=self._hear, daemon=True)
        self._thread.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.end()

    def _hear(self) -> None:
        for line in self._process.stdout or ():
            said = json.loads(line)
            with self._news:
                if "mark" in said:
                    self.seen[said["mark"]] = said["at"]
                for key in said:
                    self._said[key] = said
                self._news.notify_all()
        with self._news:
            self._is_over = True
            self._news.notify_all()

    def wait_for(self, key: str) -> dict[str, Any]:
        """Return what it says with this key, once it has. Raises RuntimeError if it has ended without."""
        with self._news:
            self._news.wait_for(lambda: key in self._said or self._is_over)
            if key not in self._said:
                raise RuntimeError(f"an actor of the bench has ended without saying “{key}”")
            return self._said[key]

    def say(self) -> None:
        """Let it go on."""
        if self._process.stdin is not None:
            self._process.stdin.write("\n")
            self._process.stdin.flush()

    def end(self) -> None:
        """Let it end, and wait for that."""
        if self._process.stdin is not None and not self._process.stdin.closed:
            self._process.stdin.close()
        self._process.wait()
        self._thread.join()

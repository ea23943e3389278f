"""Ten workbenches and a hub, each of which may be killed, cut off or restarted at any moment."""

import contextlib
import os
import random
import shutil
import signal
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import NamedTuple

import msgspec
import psycopg

from app.services.hub.membership import keep_membership, require_membership
from tests.hub.bench_server import BenchServer
from tests.hub.journal import read_journal
from tests.hub.network import Network
from tests.hub.postgres import Postgres
from tests.hub.team_at_hub import TeamAtHub
from tests.hub.workbench import Place
from tests.processes import alive, until
from tests.unit.services.team.lead import opened

_YEAR = 365.25 * 86_400
_PATIENCE_S = 150  # of a connection that is cut: libpq gives up within a minute


class Bench(NamedTuple):
    """A workbench: the name of its file, and who works there."""

    file: str
    who: str
    role: str = "annotator"


TEAM = (
    Bench("lea", "lea", "lead"),
    Bench("rob", "rob", "reviewer"),
    Bench("ana", "ana"),
    Bench("ana-laptop", "ana"),
    *(Bench(name, name) for name in ("ben", "cid", "dan", "eva", "fay", "gus")),
)
"""Ten workbenches: a lead, a reviewer, a person with two machines, and six more."""


class Campaign:
    """The team, at work in a folder. `counts` says what was done to it."""

    def __init__(self, server: Postgres, network: Network, benches: BenchServer, folder: Path, seed: int) -> None:
        self.server = server
        self.network = network
        self.folder = folder
        self.dice = random.Random(seed)
        self.counts: Counter[str] = Counter()
        self.hub = TeamAtHub(server, server.new_database(), folder, more=5)
        self._benches = benches
        self._running: dict[int, int] = {}
        self._cut: set[int] = set()
        self._begin()

    def _begin(self) -> None:
        """Let everyone join, and give their projects the address by which they find the hub from where they are."""
        hub = self.hub
        hub.sql("UPDATE hub SET annotators = 8")
        for bench in TEAM[1:]:
            if bench.file == bench.who:
                hub.join(bench.who, bench.role, take=0 if bench.role == "reviewer" else self.dice.randint(3, 8))
        with opened(hub.project("ana"), "ana") as session:
            session.back_up(hub.project("ana-laptop"))
        shutil.copy(hub.project("lea"), self.folder / "beginning.stet")
        for number, bench in enumerate(TEAM):
            host, port = self.network.address(number)
            with opened(hub.project(bench.file), bench.who) as session:
                found = require_membership(session)
                there = found.place._replace(host=host, port=port, tls="require")
                keep_membership(session, msgspec.structs.replace(found, address=there.url))

    def journal(self, bench: Bench) -> Path:
        """Return where a workbench writes what it did."""
        return self.folder / f"{bench.file}.journal"

    # -- workbenches ---------------------------------------------------------------------------------------------------

    def start(self, number: int, *, steps: int, pause: float = 0.0) -> None:
        """Start a workbench, with a clock that is wrong by any number of years."""
        bench = TEAM[number]
        wrong = self.dice.choice((0.0, self.dice.uniform(-9, 9) * _YEAR, self.dice.uniform(-3600, 3600)))
        self.counts["wrong clocks"] += wrong != 0
        place = Place(
            project=str(self.hub.project(bench.file)),
            who=bench.who,
            role=bench.role,
            journal=str(self.journal(bench)),
            seed=self.dice.randrange(10**9),
            namespace=self.network.namespace(number),
            wrong=wrong,
            pause=pause,
            steps=steps,
        )
        self._running[number] = self._benches.start(place)

    def kill(self, number: int) -> None:
        """Kill a workbench, whatever it is doing."""
        process = self._running.pop(number)
        if alive(process):
            os.kill(process, signal.SIGKILL)
            self.counts["killed workbenches"] += 1
        # Its last thread has the lock of the file: only when the process is gone may another one open it.
        until(lambda: not _is_there(process))

    def _ask_to_stop(self) -> None:
        for process in self._running.values():
            with contextlib.suppress(ProcessLookupError):
                os.kill(process, signal.SIGTERM)

    def end(self) -> None:
        """Kill all workbenches."""
        for number in list(self._running):
            self.kill(number)

    # -- troubles ------------------------------------------------------------------------------------------------------

    def cut(self, number: int) -> None:
        """Cut somebody's cable, or mend it."""
        if number in self._cut:
            self.network.heal(number)
            self._cut.discard(number)
            return
        way = self.dice.choice(self.network.ways)
        self.network.cut(number, way)
        self._cut.add(number)
        self.counts["partitions"] += 1
        self.counts[f"partitions, {way}"] += 1

    def restart(self) -> None:
        """End the server in one of its ways, and start it again after a while."""
        how = self.dice.choice((signal.SIGINT, signal.SIGQUIT, signal.SIGKILL))
        self.server.stop(how)
        self.counts["server restarts" if how == signal.SIGINT else "server crashes"] += 1
        time.sleep(self.dice.uniform(0, 0.3))
        self.server.start()

    def kill_backend(self) -> None:
        """Kill one of the server's processes that serves a workbench: the server ends all of them and recovers."""
        with contextlib.suppress(psycopg.OperationalError), self.server.connect("postgres") as connection:
            query = "SELECT pid FROM pg_stat_activity WHERE application_name = 'stet' LIMIT 1"
            row = connection.execute(query).fetchone()
            if row is not None:
                os.kill(row[0], signal.SIGKILL)
                self.counts["killed server processes"] += 1

    def jump(self) -> None:
        """Let reservations end, or last, as though the server's clock had jumped by years: it decides nothing else."""
        days = self.dice.randint(-2000, 2000)
        with contextlib.suppress(psycopg.OperationalError):  # it may be recovering
            self.hub.sql("UPDATE seat SET until = until + %s * interval '1 day' WHERE state = 'reserved'", days)
            self.counts["server clocks"] += 1

    def heal(self) -> None:
        """Mend all cables."""
        for number in sorted(self._cut):
            self.network.heal(number)
        self._cut.clear()

    # -- a storm -------------------------------------------------------------------------------------------------------

    def storm(self, rounds: int, *, pause: float, troubles: Mapping[str, int], patience: float = _PATIENCE_S) -> None:
        """Let everyone work, while something happens to somebody again and again; then heal, and let them stop.

        Who doesn't stop within `patience` seconds, since a connection hangs that was cut, is killed.
        """
        happen: dict[str, Callable[[], None]] = {
            "cut": lambda: self.cut(self.dice.randrange(len(TEAM))),
            "kill": lambda: self.kill(self.dice.choice(list(self._running))),
            "restart": self.restart,
            "backend": self.kill_backend,
            "jump": self.jump,
        }
        for _ in range(rounds):
            for number in range(len(TEAM)):
                if number not in self._running or not _is_there(self._running[number]):
                    self.start(number, steps=10_000, pause=pause)
            time.sleep(self.dice.uniform(0, 2 * pause))
            happen[self.dice.choices(list(troubles), list(troubles.values()))[0]]()
        for number in list(self._running):
            if self.dice.random() < 0.3:
                self.kill(number)
        self.heal()
        self._ask_to_stop()
        end = time.monotonic() + patience
        while time.monotonic() < end and any(alive(process) for process in self._running.values()):
            time.sleep(0.02)
        self.end()

    def settle(self, *, until_quiet: bool) -> int:
        """Let everyone exchange twice, to send and to get, or until nothing is new anywhere; return how many rounds
        that took.
        """
        for rounds in range(1, 8):
            is_news = any([self._exchanged(number) for number in range(len(TEAM))])
            if not is_news or (rounds == 2 and not until_quiet):
                return rounds
        raise AssertionError("it never came to rest")

    def _exchanged(self, number: int) -> bool:
        """Let a workbench exchange once; return whether anything was new."""
        self.start(number, steps=0)
        process = self._running.pop(number)
        until(lambda: not _is_there(process), _PATIENCE_S)
        lines = list(read_journal(self.journal(TEAM[number])))
        assert lines[-1].get("end") == "stopped", lines[-1]
        done = [line for line in lines if "ack" in line][-1]
        assert "error" not in done, done
        return done["new"]


def _is_there(process: int) -> bool:
    """Whether anything is left of a process, of which a thread may outlive the first one by a moment."""
    return Path(f"/proc/{process}").exists()


@contextmanager
def campaign(network: Network, folder: Path, seed: int) -> Iterator[Campaign]:
    """Give a campaign with a server of its own; everything of it is gone afterwards."""
    with ExitStack() as last:
        last.callback(network.remove)
        server = Postgres(settings={"fsync": "on", "wal_sync_method": "fdatasync"}, network=network)
        last.callback(server.remove)
        benches = BenchServer()
        last.callback(benches.close)
        made = Campaign(server, network, benches, folder, seed)
        last.callback(made.end)
        yield made

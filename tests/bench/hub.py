"""A hub with the work of 100 annotators, and how what its people wait for grows with it.

`python -m tests.bench hub` fills a hub with 1,000 documents, then 5,000; with `--full` 2,000, 20,000 and 200,000 with
10 million marks. `STET_HUB_DOCUMENTS=2000,20000` sets other sizes, `STET_HUB_SECONDS` for how long people mark then.
Each is measured in turn in the same server. Baselines are bare psycopg that moves the same bytes, `stet merge` of the
same work, and the smallest hub.
"""

import os
import sqlite3
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import NamedTuple

import psycopg
from psycopg.pq import Trace

from app.hub.connection import HubConnection
from app.hub.invitation import read_invitation
from app.jobs.tasks.merge import merge_files
from app.services.hub.hub_sync import exchange
from app.services.hub.new_hub import join_hub
from app.session.session import Session
from tests.bench.clock import Took, middle, row, timed
from tests.bench.hub_ground import MARKS, NAMES, ONES_OWN, HubGround, hub_ground
from tests.bench.hub_team import Team, Ways
from tests.bench.processes import used_by
from tests.bench.rows import Row, median, percentile
from tests.bench.server_load import ServerLoad, load_of

SMALL, FULL = (1_000, 5_000), (2_000, 20_000, 200_000)
_LOAD = 100.0  # marks a second
_LOOK = 15_000.0  # milliseconds between two looks of a window that isn't woken up
_JOIN = "import sys; from tests.bench import hub_actors; hub_actors.join(*sys.argv[1:])"
_MERGE = "import sys; from tests.bench import hub; hub.merge(*sys.argv[1:])"
_WORK = "SELECT content FROM work WHERE annotator = %s ORDER BY document"
_LINES = "SELECT line FROM document WHERE uid IN (SELECT document FROM work WHERE annotator = %s)"


class Traffic(NamedTuple):
    """What went over a connection: bytes, and how often one waited for an answer."""

    bytes: int
    trips: int


class Measured(NamedTuple):
    """What was measured at one size. `joined`, `merged` and `bare` are of one person's documents; `idle` an exchange
    with nothing new; `ways` how long marks took to a reviewer, `busy` while the others mark, too.
    """

    documents: int
    marks: int
    joined: Took
    merged: Took
    bare: Took
    moved: Traffic
    bare_bytes: int
    memory: float
    merge_memory: float
    idle: Took
    idle_moved: Traffic
    idle_bare: Took
    ways: Ways
    busy: Ways
    bare_way: float
    bare_load: ServerLoad
    room: dict[str, float]
    content: float


def run(*, sizes: Sequence[int] = SMALL, seconds: int = 10) -> Sequence[Row]:
    """Measure hubs of these sizes (documents), one after the other; marks are typed for so many seconds."""
    wanted = os.environ.get("STET_HUB_DOCUMENTS", "")
    rows: list[Row] = []
    first: Measured | None = None
    with hub_ground() as ground:
        for size in map(int, wanted.split(",")) if wanted else sizes:
            ground.fill(size)
            found = _measure(ground, seconds)
            made = [*_rows(found), *(_growth(found, first) if first is not None else ())]
            first = first or found
            for each in made:
                print(each.as_json(), file=sys.stderr, flush=True)  # it takes long, and others may fail
            rows.extend(made)
    return rows


def run_full() -> Sequence[Row]:
    """Measure up to 200,000 documents with 10 million marks."""
    return run(sizes=FULL, seconds=int(os.environ.get("STET_HUB_SECONDS", "60")))


def merge(target: str, source: str) -> None:
    """Merge a project into a new one, as `stet merge` does."""
    session = Session.create(Path(target), scheme=_scheme_of(Path(source)), annotator="lea")
    merge_files(session, [Path(source)])
    session.close()


def _scheme_of(path: Path) -> str:
    session = Session.open(path, write=False)
    try:
        return session.scheme.source
    finally:
        session.close()


# -- measuring ---------------------------------------------------------------------------------------------------------


def _measure(ground: HubGround, seconds: int) -> Measured:
    folder = ground.folder / f"{ground.documents}"
    folder.mkdir()
    invitation = ground.invitations[NAMES[0]]
    mine = folder / "mine.stet"
    joined = timed(partial(_join, invitation, mine))
    moved = _moved(invitation, lambda connection: join_hub(folder / "b.stet", connection, uid=ground.hub.uid))
    merged = timed(partial(merge, str(folder / "c.stet"), str(mine)))
    memory = used_by("-c", _JOIN, invitation, str(folder / "d.stet")).memory
    merge_memory = used_by("-c", _MERGE, str(folder / "e.stet"), str(mine)).memory
    session = Session.open(mine, annotator=NAMES[0])
    with HubConnection(read_invitation(invitation).place) as connection:
        exchange(session, connection)
        idle = middle([timed(lambda: exchange(session, connection)) for _ in range(15)])
        idle_moved = _traced(connection, lambda: exchange(session, connection))
    session.close()
    bare, bare_bytes = _bare_reading(ground)
    room, content = _room(ground)
    team = Team(ground, mine, folder)
    ways = team.ways(seconds)
    busy = team.ways(seconds, others=NAMES[1:])
    return Measured(
        documents=ground.documents,
        marks=ground.marks,
        joined=joined,
        merged=merged,
        bare=bare,
        moved=moved,
        bare_bytes=bare_bytes,
        memory=memory,
        merge_memory=merge_memory,
        idle=idle,
        idle_moved=idle_moved,
        idle_bare=_bare_question(ground),
        ways=ways,
        busy=busy,
        bare_way=_bare_way(ground, folder),
        bare_load=_bare_load(ground),
        room=room,
        content=content,
    )


def _join(invitation: str, project: Path) -> None:
    found = read_invitation(invitation)
    with HubConnection(found.place) as connection:
        join_hub(project, connection, uid=found.hub)


def _moved(invitation: str, work: Callable[[HubConnection], object]) -> Traffic:
    with HubConnection(read_invitation(invitation).place) as connection:
        return _traced(connection, lambda: work(connection))


def _traced(connection: HubConnection, work: Callable[[], object]) -> Traffic:
    """Do some work; return what went over the connection meanwhile, as libpq's own trace counts it."""
    import tempfile

    pgconn = connection._connection.pgconn
    with tempfile.TemporaryFile() as out:
        pgconn.trace(out.fileno())
        pgconn.set_trace_flags(Trace.SUPPRESS_TIMESTAMPS)
        work()
        pgconn.untrace()
        out.seek(0)
        moved = trips = 0
        for line in out:
            way, length, kind, *_ = *line.split(b"\t"), b"", b""
            if way in (b"F", b"B") and length.isdigit():
                moved += int(length) + 1  # the letter before the length
                trips += way == b"F" and kind.strip() in (b"Query", b"Sync")
    return Traffic(moved, trips)


def _bare_reading(ground: HubGround) -> tuple[Took, int]:
    """Return how long bare psycopg takes to read one's sets and texts, and how many bytes they are."""
    found: list[str] = []

    def read() -> None:
        found.clear()
        with closing(ground.connect(NAMES[0])) as connection:
            for query in (_WORK, _LINES):
                found.extend(str(row[0]) for row in connection.execute(query.encode(), [NAMES[0]]))

    took = middle([timed(read) for _ in range(3)])
    return took, sum(len(text.encode()) for text in found)


def _bare_question(ground: HubGround) -> Took:
    """Return how long one question in a transaction takes."""
    with closing(ground.connect(NAMES[0])) as connection:

        def ask() -> None:
            with connection.transaction():
                connection.execute("SELECT uid FROM hub").fetchall()

        return middle([timed(ask) for _ in range(50)])


def _bare_way(ground: HubGround, folder: Path) -> float:
    """Return the milliseconds from a row that is written to where it was read, told of by NOTIFY, into SQLite."""
    times: list[float] = []
    with (
        closing(ground.server.connect("postgres")) as writer,
        closing(ground.server.connect("postgres")) as reader,
        closing(sqlite3.connect(folder / "bare.db")) as local,
    ):
        text = _one_set(ground)
        local.execute("CREATE TABLE bare (content TEXT)")
        writer.execute("DROP TABLE IF EXISTS bare")
        writer.execute("CREATE TABLE bare (number serial PRIMARY KEY, content text)")
        reader.execute("LISTEN bare")
        for _ in range(50):
            began = time.perf_counter()
            with writer.transaction():
                writer.execute("INSERT INTO bare (content) VALUES (%s)", [text])
                writer.execute("NOTIFY bare")
            list(reader.notifies(stop_after=1))
            newest = reader.execute("SELECT content FROM bare ORDER BY number DESC LIMIT 1").fetchall()
            with local:
                local.executemany("INSERT INTO bare VALUES (?)", newest)
            times.append((time.perf_counter() - began) * 1000)
    return median(times)


def _bare_load(ground: HubGround, *, times: int = 500) -> ServerLoad:
    """Return what the server uses for a bare row of the same size that is changed and told of."""
    text = _one_set(ground)
    with closing(ground.server.connect("postgres")) as writer:
        before = load_of(writer)
        for number in range(times):
            with writer.transaction():
                writer.execute("UPDATE bare SET content = %s WHERE number = %s", [text, number % 50 + 1])
                writer.execute("NOTIFY bare")
        used = load_of(writer).since(before)
    return ServerLoad(used.cpu / times, used.logged / times)


def _one_set(ground: HubGround) -> str:
    return str(_cells(ground, "SELECT content FROM work WHERE marks = %s LIMIT 1", MARKS)[0])


def _room(ground: HubGround) -> tuple[dict[str, float], float]:
    """Return the bytes a mark takes in each table, with its indexes, and in the JSON of its set."""
    tables = ("work", "event", "seat", "document")
    room = {
        table: float(str(_cells(ground, "SELECT pg_total_relation_size(%s::text::regclass)", table)[0])) / ground.marks
        for table in tables
    }
    content = _cells(ground, "SELECT sum(octet_length(content)) / sum(marks)::float FROM work WHERE marks > %s", 0)
    return room, float(str(content[0]))


def _cells(ground: HubGround, query: str, *values: object) -> tuple[object, ...]:
    with closing(ground.connect()) as connection:
        found = connection.execute(query.encode(), values).fetchone()
    if found is None:
        raise psycopg.DataError("the hub is empty")
    return found


# -- telling -----------------------------------------------------------------------------------------------------------


def _rows(found: Measured) -> list[Row]:
    hub = f"hub of {found.documents:,} documents, {found.marks:,} marks"
    sent = found.busy.sent
    cpu, logged = found.busy.load.cpu / max(sent, 1), found.busy.load.logged / max(sent, 1)
    per_mark = sum(found.room.values()) - found.room["document"]
    parts = ", ".join(f"{table} {size:.0f}" for table, size in found.room.items())
    shown = f"bare psycopg reads them in {found.bare.wall:.0f} ms; {found.moved.trips} round trips"
    return [
        row(f"{hub}: first sync of {ONES_OWN} documents", found.joined, found.merged, "stet merge", 2.0, said=shown),
        _bytes(f"{hub}: the same, over the line", found.moved.bytes, found.bare_bytes, "its texts and sets", 1.25),
        Row(f"{hub}: the same, memory", found.memory, found.merge_memory, "stet merge", 1.25, unit="MB"),
        row(
            f"{hub}: exchange with nothing new",
            found.idle,
            found.idle_bare,
            "one bare question",
            25.0,
            said=f"{found.idle_moved.trips} round trips, {found.idle_moved.bytes:,} bytes",
        ),
        *_way_rows(f"{hub}: way of a mark", found.ways, found.bare_way),
        *_way_rows(f"{hub}: way of a mark while others mark", found.busy, found.bare_way),
        Row(
            f"{hub}: marks a second, of 100 that are typed",
            found.busy.rate,
            _LOAD * len(NAMES[1:]) / len(NAMES),
            "all",
            0.95,
            unit="marks",
            is_share=True,
            note=f"exchanges p50 {_at(found.busy.took, 0.5):.0f}, p99 {_at(found.busy.took, 0.99):.0f} ms",
        ),
        Row(
            f"{hub}: server’s CPU for a mark", cpu, found.bare_load.cpu, "a bare row, changed and told of", 30.0,
            note=f"{cpu * _LOAD / 10:.0f} % of a core at 100 marks a second",
        ),
        _bytes(f"{hub}: written ahead (WAL) for a mark", logged, found.content * MARKS, "the JSON of its set", 1.0),
        Row(
            f"{hub}: room of a mark", per_mark, found.content, "its JSON", 4.0, unit="bytes", note=f"{parts} (the text)"
        ),
    ]  # fmt: skip


def _way_rows(what: str, ways: Ways, bare: float) -> list[Row]:
    named = "a bare row, by NOTIFY into SQLite"
    rows: list[Row] = []
    for share in (0.5, 0.99):
        rows.append(
            Row(f"{what}, p{share * 100:.0f}", _at(ways.woken, share), bare, named, 40.0, note=_said(ways.woken, ways))
        )
    if ways.looking:
        for share in (0.5, 0.99):
            name = f"{what} to who looks every 15 s, p{share * 100:.0f}"
            note = _said(ways.looking, ways)
            rows.append(Row(name, _at(ways.looking, share), _LOOK, "the time between", 1.25, note=note))
    return rows


def _said(found: Sequence[float], ways: Ways) -> str:
    return f"{len(found)} of {ways.marked} marks"


def _growth(found: Measured, first: Measured) -> list[Row]:
    """Return how much more there is to wait for than in the smallest hub."""
    many = found.documents // first.documents
    named = "in the smallest"
    cpu = [each.busy.load.cpu / max(each.busy.sent, 1) for each in (found, first)]
    room = [sum(each.room.values()) for each in (found, first)]
    what = f"{many} times the hub"
    return [
        row(f"{what}: first sync", found.joined, first.joined, named, 1.5),
        row(f"{what}: exchange with nothing new", found.idle, first.idle, named, 1.5),
        Row(f"{what}: way of a mark, p50", _at(found.ways.woken, 0.5), _at(first.ways.woken, 0.5), named, 1.5),
        Row(f"{what}: server’s CPU for a mark", cpu[0], cpu[1], named, 1.5),
        Row(f"{what}: room of a mark and its text", room[0], room[1], named, 1.1, unit="bytes"),
    ]


def _bytes(name: str, ours: float, baseline: float, named: str, goal: float) -> Row:
    return Row(name, ours / 1000, max(baseline, 1) / 1000, named, goal, unit="kB")


def _at(values: Sequence[float], share: float) -> float:
    return percentile(values, share) if values else float("inf")

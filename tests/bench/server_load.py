"""What a PostgreSQL server of the bench has used so far, of all its processes together."""

import os
from pathlib import Path
from typing import Any, NamedTuple

import psycopg

_TICK = os.sysconf("SC_CLK_TCK")
_PARENT, _USED, _WAITED = 1, slice(11, 13), slice(13, 15)  # fields of /proc/PID/stat after the name (proc(5))


class ServerLoad(NamedTuple):
    """Milliseconds of the processor, and bytes of the write-ahead log: whatever is written is written there first."""

    cpu: float
    logged: float

    def since(self, before: "ServerLoad") -> "ServerLoad":
        """Return what was used after another reading."""
        return ServerLoad(self.cpu - before.cpu, self.logged - before.logged)


def load_of(connection: psycopg.Connection[Any]) -> ServerLoad:
    """Read it, of the server that a connection leads to; it runs on this machine."""
    query = "SELECT pg_current_wal_insert_lsn() - '0/0'::pg_lsn, current_setting('data_directory')"
    found = connection.execute(query).fetchone()
    if found is None:
        raise psycopg.DataError("the server says nothing of itself")
    main = int((Path(found[1]) / "postmaster.pid").read_text().splitlines()[0])
    cpu = 0
    for entry in Path("/proc").iterdir():
        if not entry.name.isdecimal():
            continue
        try:
            fields = (entry / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue  # it has ended
        if int(entry.name) == main:  # what its processes have used that have ended counts as waited for
            cpu += sum(map(int, fields[_WAITED])) + sum(map(int, fields[_USED]))
        elif int(fields[_PARENT]) == main:
            cpu += sum(map(int, fields[_USED]))
    return ServerLoad(cpu * 1000 / _TICK, float(found[0]))

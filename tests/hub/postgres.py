"""A PostgreSQL server of the tests' own: in a folder, run by a user without rights, reached by its socket."""

import contextlib
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import sql

from tests.hub.network import Network

_PORT = 5432  # of the socket's name only, unless a test lets the server listen
_SETTINGS = {
    "listen_addresses": "",
    "fsync": "off",  # the machine doesn't fail here, only processes do
    "max_connections": "60",
    "shared_buffers": "32MB",
    "autovacuum": "off",
    "log_min_messages": "warning",
}


def binaries() -> Path | None:
    """Return the folder of the server's programs, of the newest version that is installed; None without one."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name.split(".")[0]))
    for path in (*reversed(found), *map(Path, os.environ.get("PATH", "").split(os.pathsep))):
        if (path / "initdb").exists() and (path / "postgres").exists():
            return path
    return None


def _user() -> str | None:
    """Return whom the server runs as: it refuses to run as root. None for ourselves."""
    if os.geteuid() != 0:
        return None
    names = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in names else "nobody"


class Postgres:
    """A server. `url(database, login)` is the address of a database in it; every role may connect without a password
    unless the server was made with one.
    """

    def __init__(
        self, *, settings: dict[str, str] | None = None, port: int = _PORT, network: Network | None = None
    ) -> None:
        folder = binaries()
        if folder is None:
            pytest.skip("no PostgreSQL server is installed (Debian: apt-get install postgresql)")
        self._bin = folder
        self.user = _user()
        self._begin, self.port = list[str](), port
        self.folder = Path(tempfile.mkdtemp(prefix="stet-pg-"))
        if self.user is not None:
            shutil.chown(self.folder, self.user)
        self._settings = {**_SETTINGS, **(settings or {})}
        self._data = self.folder / "data"
        self._process: subprocess.Popen[bytes] | None = None
        self._number = 0
        self._run(
            "initdb", "-D", self._data, "-U", "admin", "--auth=trust", "--no-sync", "-E", "UTF8", "--locale=C.UTF-8"
        )
        if network is not None:
            self._listen(network)
        self.start()

    def _listen(self, network: Network) -> None:
        """Have it listen on a network, where everyone may connect who encrypts."""
        self._begin, listens, self.port = network.server()
        if self._begin and self.user is not None:
            entry = pwd.getpwnam(self.user)
            user = [f"--reuid={entry.pw_uid}", f"--regid={entry.pw_gid}", "--clear-groups"]
            self._begin = [*self._begin, "setpriv", *user]
        self._settings |= {"listen_addresses": listens, "ssl": "on"}
        key, certificate = self._data / "server.key", self._data / "server.crt"
        made = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
        named = ["-days", "30", "-subj", "/CN=hub", "-keyout", str(key), "-out", str(certificate)]
        subprocess.run([*made, *named], check=True, capture_output=True, user=self.user)
        with (self._data / "pg_hba.conf").open("a") as rules:
            rules.write("hostssl all all all trust\n")

    def _run(self, program: str, *arguments: object, **options: Any) -> str:
        command = [str(self._bin / program), *map(str, arguments)]
        done = subprocess.run(command, user=self.user, cwd=self.folder, capture_output=True, text=True, **options)
        assert done.returncode == 0, f"{program}: {done.stderr}"
        return done.stdout

    def start(self) -> None:
        """Start it, and wait until it answers."""
        given = [part for key, value in self._settings.items() for part in ("-c", f"{key}={value}")]
        program = [str(self._bin / "postgres"), "-D", str(self._data), "-k", str(self.folder), "-p", str(self.port)]
        user = None if self._begin else self.user
        end = time.monotonic() + 30
        while True:
            if self._process is None or self._process.poll() is not None:
                # After a kill, the last of its processes may hold the folder for a moment.
                with (self.folder / "log").open("ab") as log:
                    self._process = subprocess.Popen(
                        [*self._begin, *program, *given], user=user, stdout=log, stderr=log, cwd=self.folder
                    )
            try:
                self.connect("postgres").close()
            except psycopg.OperationalError:
                assert time.monotonic() < end, (self.folder / "log").read_text()
                time.sleep(0.05)
            else:
                return

    def stop(self, how: int = signal.SIGINT) -> None:
        """Stop it at once, as SIGINT does, or crash it by SIGQUIT; what was committed is there once it starts again."""
        if self._process is not None:
            self._process.send_signal(how)
            try:
                self._process.wait(10)
            except subprocess.TimeoutExpired:  # while it recovers from a crash it may not hear of a shutdown
                self._process.send_signal(signal.SIGQUIT)
                self._process.wait(120)
            self._process = None

    def signal(self, number: int) -> None:
        """Send it a signal, such as SIGHUP for it to read its settings again."""
        assert self._process is not None
        self._process.send_signal(number)

    def remove(self) -> None:
        """Stop it, as a crash does, and delete all that is in it: there is nothing to put in order."""
        self.stop(signal.SIGQUIT)
        shutil.rmtree(self.folder)

    def url(self, database: str, login: str = "admin", **parameters: str) -> str:
        """Return the address of a database, as Stet and psycopg take it."""
        more = "".join(f"&{key}={value}" for key, value in parameters.items())
        return f"postgresql://{login}@/{database}?host={self.folder}&port={self.port}{more}"

    def connect(self, database: str, login: str = "admin") -> psycopg.Connection[tuple[Any, ...]]:
        """Return a connection as a role, each statement of which is committed at once."""
        return psycopg.connect(self.url(database, login), autocommit=True)

    def new_database(self) -> str:
        """Make an empty database; return its name."""
        self._number += 1
        name = f"db{self._number}"
        with self.connect("postgres") as connection:
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        return name

    def dump(self, database: str, *options: str) -> bytes:
        """Return what pg_dump writes of a database."""
        command = [
            str(self._bin / "pg_dump"),
            "-h",
            str(self.folder),
            "-p",
            str(self.port),
            "-U",
            "admin",
            *options,
            database,
        ]
        return subprocess.run(command, capture_output=True, check=True).stdout

    def restore(self, database: str, dump: bytes) -> None:
        """Run a dump in plain SQL in a database."""
        command = [
            str(self._bin / "psql"),
            "-q",
            "-v",
            "ON_ERROR_STOP=1",
            "-h",
            str(self.folder),
            "-U",
            "admin",
            database,
        ]
        subprocess.run(command, input=dump, capture_output=True, check=True)

    def roles(self, names: Sequence[str]) -> None:
        """Make roles, as an administrator does before a dump is restored; those that are there stay."""
        with self.connect("postgres") as connection:
            for name in names:
                with contextlib.suppress(psycopg.errors.DuplicateObject):
                    connection.execute(sql.SQL("CREATE ROLE {} LOGIN").format(sql.Identifier(name)))

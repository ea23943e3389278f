"""PgBouncer before the tests' server, in transaction mode: each transaction may get another connection to it."""

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterable
from pathlib import Path

import pytest

from tests.hub.postgres import Postgres

_PORT = 6432  # of the socket's name only
_PLACES = ("/usr/sbin", "/usr/local/sbin", "/usr/bin", "/opt/homebrew/bin")


class Pooler:
    """Two connections to the server for everybody of one role. Whoever connects here has to be let in first."""

    def __init__(self, server: Postgres) -> None:
        program = shutil.which("pgbouncer", path=os.pathsep.join((os.environ.get("PATH", ""), *_PLACES)))
        if program is None:
            pytest.skip("no PgBouncer is installed (Debian: apt-get install pgbouncer)")
        self.folder = Path(tempfile.mkdtemp(prefix="stet-pool-"))
        self._people = self.folder / "people"
        self._people.write_text('"admin" ""\n')
        settings = self.folder / "settings"
        settings.write_text(
            f"[databases]\n* = host={server.folder} port={server.port}\n[pgbouncer]\n"
            f"unix_socket_dir = {self.folder}\nlisten_port = {_PORT}\nlisten_addr =\nauth_type = trust\n"
            f"auth_file = {self._people}\npool_mode = transaction\ndefault_pool_size = 2\nmin_pool_size = 2\n"
            "server_round_robin = 1\n"
        )
        if server.user is not None:
            for path in (self.folder, settings, self._people):
                shutil.chown(path, server.user)
        with (self.folder / "log").open("wb") as log:
            self._process = subprocess.Popen([program, str(settings)], user=server.user, stdout=log, stderr=log)
        end = time.monotonic() + 20
        while not self._answers():
            assert time.monotonic() < end, (self.folder / "log").read_text()
            time.sleep(0.02)

    def url(self, database: str, login: str = "admin") -> str:
        """Return the address of a database, through the pooler."""
        return f"postgresql://{login}@/{database}?host={self.folder}&port={_PORT}"

    def let_in(self, logins: Iterable[str]) -> None:
        """Know these roles from now on."""
        self._people.write_text("".join(f'"{login}" ""\n' for login in logins))
        self._process.send_signal(signal.SIGHUP)
        time.sleep(0.3)  # it reads the file in its own time and says so nowhere

    def remove(self) -> None:
        """Stop it and delete all that is in it."""
        self._process.send_signal(signal.SIGTERM)
        self._process.wait(30)
        shutil.rmtree(self.folder)

    def _answers(self) -> bool:
        with socket.socket(socket.AF_UNIX) as found:
            try:
                found.connect(str(self.folder / f".s.PGSQL.{_PORT}"))
            except OSError:
                return False
        return True

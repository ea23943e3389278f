"""A network that swallows everything holds nobody up: cancelling, quitting and working offline take no time."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
from pytestqt.qtbot import QtBot

from app.core.errors import Cancelled, StetError
from app.core.progress import CancelToken
from app.hub import connection as hub_connection
from app.hub.address import HubAddress
from app.hub.connection import HubConnection, HubUnreachable
from app.services.hub.membership import keep_membership, require_membership
from tests.driver import Driver
from tests.hub.network import Forwarders
from tests.hub.postgres import Postgres
from tests.hub.team_at_hub import TeamAtHub
from tests.processes import until
from tests.unit.services.team.lead import opened

_AT_ONCE = 3.0  # seconds: not one of the times after which a connection gives up by itself
ROOT = Path(__file__).resolve().parents[2]


class Line:
    """A server that is reached through something that may stall, as a proxy does whose server is gone: it keeps a
    connection alive, so that the system never gives it up.
    """

    def __init__(self) -> None:
        self._network = Forwarders(1)
        self.server = Postgres(network=self._network)
        host, port = self._network.address(0)
        self.address = HubAddress(host, port, self.server.new_database(), login="admin", tls="require")

    def stall(self) -> None:
        """Let nothing pass."""
        self._network.cut(0, "stalled")

    def cut(self) -> None:
        """Close what is open, and whatever comes."""
        self._network.cut(0, "cut off")

    def heal(self) -> None:
        """Let all pass."""
        self._network.heal(0)

    def remove(self) -> None:
        """Take it away, with the server."""
        self.server.remove()
        self._network.remove()


@pytest.fixture(scope="module")
def whole_line() -> Iterator[Line]:
    """A line, for all of these tests."""
    made = Line()
    yield made
    made.remove()


@pytest.fixture
def line(whole_line: Line) -> Iterator[Line]:
    """The line, healed before and after."""
    yield whole_line
    whole_line.heal()


@pytest.fixture
def team(line: Line, tmp_path: Path) -> TeamAtHub:
    """A lead's project whose hub is reached over the line."""
    hub = TeamAtHub(line.server, line.server.new_database(), tmp_path)
    with opened(hub.project("lea"), "lea") as session:
        found = require_membership(session)
        there = found.place._replace(host=line.address.host, port=line.address.port, tls="require")
        keep_membership(session, _moved(found, there))
    return hub


def _moved(membership, place: HubAddress):
    import msgspec

    return msgspec.structs.replace(membership, address=place.url)


def _cancelled(work: Callable[[], object]) -> tuple[float, BaseException | None]:
    """Do something in a thread, cancel it, and return how many seconds that took and what it raised."""
    token = CancelToken()
    raised: list[BaseException] = []

    def run() -> None:
        token.take_charge()
        try:
            work()
        except (StetError, psycopg.Error) as error:
            raised.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    time.sleep(0.3)
    began = time.monotonic()
    token.cancel()
    thread.join(30)
    assert not thread.is_alive()
    return time.monotonic() - began, raised[0] if raised else None


def test_a_question_without_an_answer_is_cancelled(line: Line) -> None:
    with HubConnection(line.address) as connection:
        line.stall()
        seconds, raised = _cancelled(lambda: connection.rows("SELECT 1"))
    assert seconds < _AT_ONCE
    assert isinstance(raised, Cancelled)


def test_an_attempt_to_connect_is_cancelled(line: Line) -> None:
    line.stall()
    seconds, raised = _cancelled(lambda: HubConnection(line.address))
    assert seconds < _AT_ONCE
    assert isinstance(raised, Cancelled)
    line.heal()
    until(lambda: not any(thread.name == "stet-connecting" for thread in threading.enumerate()))


def test_listening_is_cancelled(line: Line) -> None:
    with HubConnection(line.address) as connection:
        line.stall()
        seconds, raised = _cancelled(lambda: [*connection.notified(["stet"], 60)])
    assert seconds < _AT_ONCE
    assert isinstance(raised, Cancelled)


def test_a_server_that_never_answers_is_given_up(line: Line, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hub_connection, "_TRANSACTION_SECONDS", 0.5)
    with HubConnection(line.address) as connection:
        line.stall()
        with pytest.raises(HubUnreachable, match="hasn't answered"):
            connection.rows("SELECT 1")
        assert connection.is_closed


@pytest.mark.parametrize("how", ["cut", "killed"])
def test_a_lost_connection_is_no_refusal(line: Line, how: str) -> None:
    """Over TLS, libpq says of it that SSL ended: that isn't a server that can't prove who it is."""
    with HubConnection(line.address) as connection:
        ((process,),) = connection.rows("SELECT pg_backend_pid()")
        if how == "cut":
            line.cut()
        else:
            with line.server.connect("postgres") as other:
                other.execute("SELECT pg_terminate_backend(%s)", [process])
        with pytest.raises(HubUnreachable):
            connection.rows("SELECT 1")
    if how == "cut":
        with pytest.raises(HubUnreachable):
            HubConnection(line.address)


@pytest.mark.parametrize("when", ["before", "in the middle"])
def test_ctrl_c_ends_a_command(team: TeamAtHub, line: Line, when: str, tmp_path: Path) -> None:
    lock = None
    if when == "before":
        line.stall()
    else:
        lock = line.server.connect(team.database)
        lock.execute(f'BEGIN; LOCK TABLE "{team.schema}".hub'.encode())
    command = [sys.executable, "-P", "-m", "app", "hub", "sync", str(team.project("lea"))]
    variables = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(command, env=variables, stderr=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        if lock is None:
            time.sleep(2.5)
        else:
            until(lambda: _waits(line.server, team.database))
            line.stall()
        began = time.monotonic()
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=30)
        seconds = time.monotonic() - began
    if lock is not None:
        lock.close()
    assert said.decode().strip().endswith("stet: stopped"), said
    assert seconds < _AT_ONCE


def _waits(server: Postgres, database: str) -> bool:
    with server.connect("postgres") as connection:
        query = "SELECT 1 FROM pg_stat_activity WHERE datname = %s AND wait_event_type = 'Lock'"
        return connection.execute(query, [database]).fetchone() is not None


@pytest.mark.parametrize("action", ["offline", "quit"])
def test_the_window_waits_for_no_network(team: TeamAtHub, line: Line, qtbot: QtBot, action: str) -> None:
    driver = Driver(qtbot)
    driver.start(team.project("lea"), annotator="lea")
    link = driver.window.desk.team.hub.link
    driver.wait(lambda: link.sign.text == "live" and link._rows is not None and link._steps is None)
    line.stall()
    link.exchange_now()
    driver.wait(lambda: link._runner.is_busy)
    began = time.monotonic()
    if action == "offline":
        link.set_offline(True)
        assert link.sign.text == "working offline"
        seconds = time.monotonic() - began
        driver.quit()
    else:
        driver.quit()
        seconds = time.monotonic() - began
    assert seconds < _AT_ONCE

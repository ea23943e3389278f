"""Whatever stands in a hub's rows, exchanging with it ends in words or well, and no local project is harmed."""

import random
import time

import pytest

from tests.hub.hostile_server import HostileServer
from tests.hub.team_at_hub import TeamAtHub
from tests.trust.figures import record

_MOST_S = 20.0


@pytest.fixture
def server(hub: TeamAtHub) -> HostileServer:
    """A hub with work of two people, which a third reviews; all of it is in everyone's project."""
    hub.join("ana", take=3)
    hub.join("rob", "reviewer")
    hub.mark("ana", "spun.txt", "Kyiv", done=True)
    hub.mark("ana", "other.txt", "Ankara")
    for who in ("ana", "rob", "lea", "ana"):
        hub.sync(who)
    return HostileServer(hub, ("rob", "ana", "lea"))


def _campaign(server: HostileServer, times: int, seed: int) -> tuple[list[str], int]:
    chance = random.Random(seed)
    wrong: list[str] = []
    spoilt = 0
    while spoilt < times:
        what = server.spoil(chance)
        if what:
            spoilt += 1
            began = time.monotonic()
            try:
                wrong.append(server.wrong_after(what))
            except Exception as bug:  # noqa: BLE001  what this looks for
                wrong.append(f"{what}: {type(bug).__name__}: {str(bug)[:200]}")
            if time.monotonic() - began > _MOST_S:
                wrong.append(f"{what}: it took {time.monotonic() - began:.0f} s")
        server.put_back()
    return [said for said in wrong if said], spoilt


def test_some_hostile_rows_end_in_words(server: HostileServer) -> None:
    assert _campaign(server, 5, 1)[0] == []


@pytest.mark.slow
def test_hostile_rows_of_every_kind_end_in_words(server: HostileServer) -> None:
    """Some minutes."""
    wrong, spoilt = _campaign(server, 100, int(time.time()))
    record("hostile hubs", hubs=spoilt, wrong=len(wrong))
    assert wrong == []

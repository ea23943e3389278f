"""Whom a hub wakes up, and what becomes of a seat, when somebody writes to it."""

from contextlib import ExitStack, closing

from psycopg import sql

from app.hub.wake_up import channels
from tests.hub.team_at_hub import TeamAtHub

_WRITE = (
    "INSERT INTO work (document, annotator, kind, digest, sha256, status, marks, content, event) "
    "SELECT document, 'ana', 'person', 'd', '', %s, 0, '{}', gen_random_uuid() FROM seat WHERE annotator = 'ana' "
    "ON CONFLICT (document, annotator) DO UPDATE SET status = excluded.status, event = excluded.event"
)


def _woken(hub: TeamAtHub, statement: str, *values: str) -> set[str]:
    """Return who is woken up by a statement of Ana's: she on another computer, Ben, or Rob, who reviews."""
    names: dict[str, str | None] = {"ana": "ana", "ben": "ben", "rob": None}
    with ExitStack() as stack:
        listening = {who: stack.enter_context(closing(hub.server.connect(hub.database))) for who in names}
        for who, only in names.items():
            for channel in channels(hub.made.uid, only):
                listening[who].execute(sql.SQL("LISTEN {}").format(sql.Identifier(channel)))
        hub.sql(statement, *values, who="ana")
        return {who for who, connection in listening.items() if list(connection.notifies(timeout=0.2))}


def test_a_mark_wakes_up_who_may_read_it(hub: TeamAtHub) -> None:
    for who in ("ana", "ben"):
        hub.invite(who)
    assert _woken(hub, "SELECT take(1)") == {"ana", "ben", "rob"}
    assert _woken(hub, _WRITE, "open") == {"ana", "rob"}


def test_the_seat_of_a_finished_document_stays(hub: TeamAtHub) -> None:
    hub.invite("ana")
    seat = "SELECT state, until - now() > interval '71 hours', until FROM seat"
    hub.sql("SELECT take(1)", who="ana")
    ((_, _, first),) = hub.sql(seat)
    for status, expected in (("open", ("reserved", True, first)), ("done", ("reserved", None, None))):
        hub.sql(_WRITE, status, who="ana")
        assert hub.sql(seat) == [expected], "and it isn't written anew for a moment more"
    hub.sql(_WRITE, "open", who="ana")
    assert hub.sql(seat)[0][:2] == ("reserved", True), "a document that was opened again is reserved again"
    hub.sql("UPDATE seat SET until = now() + interval '1 hour'")
    hub.sql(_WRITE, "open", who="ana")
    assert hub.sql(seat)[0][:2] == ("reserved", True)


def test_more_annotators_open_the_queue_again(hub: TeamAtHub) -> None:
    hub.invite("ana")
    hub.invite("ben")
    assert len(hub.sql("SELECT take(9)", who="ana")) == 3
    assert hub.sql("SELECT take(9)", who="ben") == []
    hub.sql("UPDATE hub SET annotators = 2")
    assert len(hub.sql("SELECT take(9)", who="ben")) == 3

"""A hub with as much work as a large team has done, filled by COPY as its owner may: rows are such as Stet takes."""

import random
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import psycopg
from psycopg import sql

from app.core.annotation import Annotation, Fragment, Status
from app.core.document import Document, sha256
from app.core.ids import new_uid
from app.core.record import DocumentRecord, SetRecord
from app.core.three_way_merge import digest_of
from app.exchange.formats.stet_jsonl.writer import set_json
from app.hub import schema
from app.hub.connection import HubConnection
from app.jobs.tasks import hub as tasks
from app.paths import resources
from app.services.hub.lead_upload import hub_document
from app.session.session import Session
from tests.bench.real_window import article
from tests.hub.postgres import Postgres, binaries

PEOPLE = 100
ONES_OWN = 500
"""Documents of the first annotator, `NAMES[0]`."""
MARKS = 28
"""In a set; two annotators a document, and nine documents of ten are to be worked on: 50.4 marks a document in all."""
NAMES = [f"ann{number:03}" for number in range(PEOPLE)]
REVIEWERS = ("rina", "rob")

_CHUNK = 500  # documents in a transaction
_EACH = 2  # annotators of a document
_ARTICLES = 64
_LENGTH = 2_000  # characters
_LABELS = ("ORG", "PERSON", "GPE", "DATE")
# As a team that works live leaves it: there is an entry in the log for every mark.
_EVENTS = (
    "INSERT INTO event (uid, person, kind, document, subject, digest, marks, at) "
    "SELECT left(w.event, 24) || lpad(to_hex(n), 12, '0'), w.annotator, 'work', w.document, w.annotator, w.digest, n, "
    "w.at FROM work w, generate_series(1, w.marks - 1) n WHERE w.document = ANY(%s) "
    "UNION ALL SELECT event, annotator, 'work', document, annotator, digest, marks, at FROM work "
    "WHERE document = ANY(%s)"
)
_COLUMNS = {
    "document": ("uid", "sha256", "words", "is_work", "line", "at"),
    "reference": ("document", "reference", "at"),
    "queue": ("document", "place", "taken", "is_free"),
    "seat": ("document", "annotator", "state", "at"),
    "work": ("document", "annotator", "kind", "digest", "sha256", "status", "marks", "content", "event", "at"),
}


class _Plan(NamedTuple):
    """An article, and where each of its annotators marks it: start, end and label."""

    text: str
    marks: tuple[tuple[tuple[int, int, str], ...], ...]


class HubGround:
    """A server with one hub. `sizes` that were filled are in `documents`."""

    def __init__(self, folder: Path) -> None:
        """Start the server, and make the hub of an empty project, with its people, in a folder."""
        # Kept on the disk, and tidied up, as a real one; otherwise as Debian delivers it.
        settings = {"fsync": "on", "autovacuum": "on", "max_connections": "200", "shared_buffers": "256MB"}
        self.server = Postgres(settings={**settings, "max_wal_size": "4GB"})
        self.folder = folder
        self.database = self.server.new_database()
        self.documents = 0
        self.marks = 0
        self.scheme_text = (resources() / "schemes" / "ner.toml").read_text(encoding="utf-8")
        session = Session.create(folder / "lea.stet", scheme=self.scheme_text, annotator="lea")
        self.scheme = session.scheme.tag
        try:
            self.hub = tasks.create(session, self.server.url(self.database))
            self._invite()
            self.invitations = {
                name: tasks.invite(session, name, role=role, login=name).line()
                for name, role in ((NAMES[0], "annotator"), *((name, "reviewer") for name in REVIEWERS))
            }
        finally:
            session.close()

    def _invite(self) -> None:
        self.server.roles([*NAMES, *REVIEWERS])
        with HubConnection(self.hub.address) as connection:
            for name in NAMES[1:]:
                schema.add_person(connection, name=name, role="annotator", login=name, password=None, exists=True)

    def remove(self) -> None:
        """Stop the server, and delete it."""
        self.server.remove()

    def url(self, name: str) -> str:
        """Return the address of the hub for somebody."""
        return self.hub.address._replace(login=name).url

    def connect(self, login: str = "admin") -> psycopg.Connection[tuple[object, ...]]:
        """Return a connection that finds the hub's tables."""
        connection = self.server.connect(self.database, login)
        connection.execute(sql.SQL("SET search_path = {}").format(sql.Identifier(self.hub.address.schema)))
        return connection

    def fill(self, documents: int) -> None:
        """Add documents with work until there are so many, and have the server look at what there is."""
        writer = _Writer(self.scheme)
        with self.connect() as connection:
            connection.execute("SET session_replication_role = replica")  # without triggers
            connection.execute("SET maintenance_work_mem = '1GB'")
            connection.execute("ALTER TABLE event DROP CONSTRAINT event_pkey")
            while self.documents < documents:
                last = min(self.documents + _CHUNK, documents)
                with connection.transaction():
                    self.marks += writer.write(connection, range(self.documents, last))
                self.documents = last
            connection.execute("ALTER TABLE event ADD PRIMARY KEY (uid)")
            connection.execute("VACUUM ANALYZE")
            connection.execute("CHECKPOINT")


@contextmanager
def hub_ground() -> Iterator[HubGround]:
    """Give a hub for the time of a block. Raises SystemExit where no server is installed."""
    if binaries() is None:
        raise SystemExit("no PostgreSQL server is installed (Debian: apt-get install postgresql)")
    with tempfile.TemporaryDirectory() as folder:
        ground = HubGround(Path(folder))
        try:
            yield ground
        finally:
            ground.remove()


class _Writer:
    """Writes documents with the work on them, whose numbers are given; all that is random is so by the number."""

    def __init__(self, scheme: str) -> None:
        self._scheme = scheme
        dice = random.Random(1)
        words = article().split()
        self._plans = [_plan(dice, words) for _ in range(_ARTICLES)]

    def write(self, connection: psycopg.Connection[tuple[object, ...]], numbers: range) -> int:
        """Write documents; return how many marks they have."""
        found = connection.execute("SELECT pg_current_xact_id()::text").fetchone()
        at = str(found[0]) if found is not None else ""
        rows: dict[str, list[tuple[object, ...]]] = {table: [] for table in _COLUMNS}
        for number in numbers:
            self._add(number, at, rows)
        for table, columns in _COLUMNS.items():
            copy = sql.SQL("COPY {} ({}) FROM STDIN").format(
                sql.Identifier(table), sql.SQL(", ").join(map(sql.Identifier, columns))
            )
            with connection.cursor() as cursor, cursor.copy(copy) as out:
                for row in rows[table]:
                    out.write_row(row)
        uids = [document_uid(number) for number in numbers]
        connection.execute(_EVENTS, [uids, uids])
        return MARKS * len(rows["work"])

    def _add(self, number: int, at: str, rows: dict[str, list[tuple[object, ...]]]) -> None:
        """Add a document's rows. Each tenth is the reference of the nine after it."""
        plan = self._plans[number % _ARTICLES]
        before = f"No. {number}. "
        text = before + plan.text
        is_work = number % 10 != 0
        reference = document_uid(number - number % 10)
        references = (reference,) if is_work else ()
        document = Document(uid=document_uid(number), name=f"article-{number:07}.txt", text=text, sha256=sha256(text))
        uid, digest, line = hub_document(DocumentRecord(document, references))
        rows["document"].append((uid, digest, len(text.split()), is_work, line, at))
        if not is_work:
            return
        rows["reference"].append((uid, reference, at))
        rows["queue"].append((uid, number, _EACH, False))
        for which, name in enumerate(_annotators(number)):
            is_done = number % 5 != 0
            made = _set(name, text, len(before), plan.marks[which], self._scheme, is_done=is_done)
            event = new_uid()
            values = (uid, name, "person", digest_of(made), digest, made.status.value, MARKS, set_json(made), event, at)
            rows["work"].append(values)
            rows["seat"].append((uid, name, "reserved", at))


def _annotators(number: int) -> Sequence[str]:
    """Return who works on a document: the first of all on the first ones only, the others in turn on all."""
    others = PEOPLE - 1
    first = NAMES[1 + number % others]
    is_first = number <= ONES_OWN * 10 // 9 and number % 10 != 0
    return (NAMES[0] if is_first else NAMES[1 + (number + others // 2) % others], first)


def document_uid(number: int) -> str:
    """Return a document's uid, as they are: sorted by time, and as long."""
    return f"0198{number:08x}"[:8] + f"-{number & 0xFFFF:04x}-7000-8000-{number:012x}"


def _plan(dice: random.Random, words: Sequence[str]) -> _Plan:
    text = ""
    starts: list[tuple[int, int]] = []
    while len(text) < _LENGTH:
        word = dice.choice(words)
        starts.append((len(text), len(text) + len(word)))
        text += word + " "
    plans = tuple(
        tuple((*place, dice.choice(_LABELS)) for place in sorted(dice.sample(starts, MARKS))) for _ in range(_EACH)
    )
    return _Plan(text.strip(), plans)


def _set(
    name: str, text: str, shift: int, places: Sequence[tuple[int, int, str]], scheme: str, *, is_done: bool
) -> SetRecord:
    marks = tuple(
        Annotation(
            uid=new_uid(),
            layer="entity",
            label=label,
            fragments=(Fragment(start + shift, end + shift),),
            quote=text[start + shift : end + shift],
            comment="as in the second paragraph" if number % 10 == 0 else "",
        )
        for number, (start, end, label) in enumerate(places)
    )
    return SetRecord(name, "person", Status.DONE if is_done else Status.OPEN, scheme, 60.0, marks, ())

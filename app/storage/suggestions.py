"""Suggestions and annotators' judgements of them."""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from typing import Any, NamedTuple

import msgspec

from app.core.annotation import Evidence
from app.core.errors import DamagedRow
from app.core.suggestion import Judgement, Sight, Suggested, Suggestion
from app.storage.connection import Connection, printable
from app.storage.project import Project
from app.storage.row_cells import JudgementCells, ShownCells, SuggestionCells, reads_row
from app.storage.rows import fragments_from, from_json, require_placed, to_json

SUGGESTION_COLUMNS = (
    's.document, s.start, s.uid, s."end", s.fragments, s.quote, s.layer, s.label, s.attributes, s.correction, '
    "s.evidence, s.maker, s.version, s.reason, s.score, s.created"
)
VISIBLE_SUGGESTIONS = f"SELECT {SUGGESTION_COLUMNS} FROM suggestion s WHERE s.removed IS NULL"
"""The suggestions that aren't hidden; to be ordered by document, start and uid by callers."""
CURRENT_JUDGEMENTS = (
    "SELECT j.document, j.suggestion, w.name, j.outcome, j.time, j.annotation FROM judgement j "
    "LEFT JOIN annotator w ON w.id = j.annotator"
)
"""The judgements, of hidden suggestions too; to be ordered by document, suggestion and name by callers."""

SHOWN = "SELECT v.document, v.suggestion, w.name, v.time FROM shown v LEFT JOIN annotator w ON w.id = v.annotator"
"""To whom suggestions were shown, hidden ones too; to be ordered by document, suggestion and name by callers."""
_FIRST_VERSION_SHOWN = 11  # of the schema, that has the table `shown`

_evidence = msgspec.json.Decoder(tuple[Evidence, ...])


class JudgedRow(NamedTuple):
    """A judgement with the row numbers of its document and its annotator."""

    document: int
    annotator: int
    judgement: Judgement


class AnswerCount(NamedTuple):
    """How many suggestions of a maker, label and score an annotator (row number) answered, and how many of those they
    accepted.
    """

    maker: str
    version: str
    layer: str
    label: str
    score: float | None
    annotator: int
    answered: int
    accepted: int


@reads_row(SuggestionCells)
def to_suggestion(cells: SuggestionCells) -> Suggestion:
    """Return the suggestion of a row of VISIBLE_SUGGESTIONS. Raises DamagedRow."""
    evidence = () if cells.evidence == "[]" else _evidence.decode(cells.evidence)
    require_placed(evidence)
    return Suggestion(
        uid=cells.uid,
        maker=cells.maker,
        version=cells.version,
        layer=cells.layer,
        label=cells.label,
        fragments=fragments_from(cells.start, cells.end, cells.fragments),
        quote=cells.quote,
        attributes=from_json(cells.attributes),
        correction=cells.correction,
        evidence=evidence,
        reason=cells.reason,
        score=cells.score,
        created=cells.created,
    )


@reads_row(JudgementCells)
def to_judgement(cells: JudgementCells) -> Judgement:
    """Return the judgement of a row of CURRENT_JUDGEMENTS. Raises DamagedRow."""
    return Judgement(
        suggestion=cells.suggestion,
        annotator=cells.annotator,
        outcome=cells.outcome,
        time=cells.time,
        annotation=cells.annotation,
    )


@reads_row(ShownCells)
def to_shown(cells: ShownCells) -> Sight:
    """Return what a row of SHOWN says. Raises DamagedRow."""
    return Sight(suggestion=cells.suggestion, annotator=cells.annotator, time=cells.time)


def has_shown(connection: Connection) -> bool:
    """Whether the file says what was shown: an older one that is only read doesn't."""
    return connection.execute("PRAGMA user_version").fetchone()[0] >= _FIRST_VERSION_SHOWN


def suggested(
    suggestions: Iterable[Sequence[Any]],
    judgements: Iterable[Sequence[Any]],
    shown: Iterable[Sequence[Any]] = (),
    on_damage: Callable[[DamagedRow], None] | None = None,
) -> tuple[Suggested, ...]:
    """Return the suggestions of one document with their judgements and to whom they were shown, in reading order.

    Raises DamagedRow, or tells `on_damage` of the row and leaves it out.
    """
    by_uid: dict[str, list[Judgement]] = {}
    seen: dict[str, list[Sight]] = {}
    found: list[Suggestion] = []
    for decode, rows in ((to_judgement, judgements), (to_shown, shown), (to_suggestion, suggestions)):
        for row in rows:
            try:
                value = decode(row)
            except DamagedRow as damage:
                if on_damage is None:
                    raise
                on_damage(damage)
                continue
            if isinstance(value, Judgement):
                by_uid.setdefault(value.suggestion, []).append(value)
            elif isinstance(value, Sight):
                seen.setdefault(value.suggestion, []).append(value)
            else:
                found.append(value)
    return tuple(
        Suggested(s, tuple(by_uid.get(s.uid, ())), tuple(seen.get(s.uid, ())))
        for s in sorted(found, key=_reading_order)
    )


def _reading_order(suggestion: Suggestion) -> tuple[int, int, str]:
    return (suggestion.start, suggestion.end, suggestion.uid)


def _row(document: int, s: Suggestion, batch: int | None) -> tuple[Any, ...]:
    return (
        *(document, s.start, s.uid, s.end, to_json(s.fragments) if len(s.fragments) > 1 else None, s.quote),
        *(s.layer, s.label, to_json(s.attributes), s.correction, to_json(s.evidence)),
        *(s.maker, s.version, s.reason, s.score, s.created, batch),
    )


class Suggestions:
    """The suggestions of a project. Methods that write must be called inside `project.atomic()`.

    `document` and `annotator` are row numbers.
    """

    def __init__(self, project: Project) -> None:
        self._project = project

    @property
    def _db(self) -> Connection:
        return self._project.connection

    def insert(self, document: int, suggestions: Iterable[Suggestion], *, batch: int | None = None) -> None:
        """Add suggestions of a document; hidden ones are shown again with the new content.

        `batch` is the log sequence of the action that adds them, None if they are imported with their document.
        """
        rows = [_row(document, suggestion, batch) for suggestion in suggestions]
        self._db.executemany("DELETE FROM suggestion WHERE uid = ? AND removed IS NOT NULL", [(r[2],) for r in rows])
        self._db.executemany(
            'INSERT INTO suggestion (document, start, uid, "end", fragments, quote, layer, label, attributes, '
            f"correction, evidence, maker, version, reason, score, created, batch) VALUES ({','.join('?' * 17)})",
            rows,
        )

    def of_document(self, document: int) -> list[Suggestion]:
        """Return the suggestions of a document that aren't hidden, by start and uid."""
        sql = f"{VISIBLE_SUGGESTIONS} AND s.document = ? ORDER BY s.start, s.uid"
        return [to_suggestion(row) for row in self._db.cells(sql, [document])]

    def page(
        self, document: int, annotator: int | None, *, behind: tuple[int, str], most: int
    ) -> list[tuple[Suggestion, bool]]:
        """Return the next suggestions of a document that aren't hidden, after a start and a uid, each with whether the
        annotator has judged it.
        """
        sql = (
            f"SELECT {SUGGESTION_COLUMNS}, EXISTS (SELECT 1 FROM judgement j WHERE j.document = s.document "
            "AND j.suggestion = s.uid AND j.annotator = ?) FROM suggestion s WHERE s.removed IS NULL "
            "AND s.document = ? AND (s.start, s.uid) > (?, ?) ORDER BY s.start, s.uid LIMIT ?"
        )
        rows = self._db.cells(sql, [annotator, document, *behind, most])
        return [(to_suggestion(row[:-1]), bool(row[-1])) for row in rows]

    def all_of(self, document: int) -> list[Suggestion]:
        """Return the suggestions of a document, hidden ones too."""
        sql = f"SELECT {SUGGESTION_COLUMNS} FROM suggestion s WHERE s.document = ? ORDER BY s.start, s.uid"
        return [to_suggestion(row) for row in self._db.cells(sql, [document])]

    def by_uid(self, uids: Iterable[str]) -> list[Suggestion]:
        """Return the suggestions with these uids that exist, hidden ones too."""
        sql = f"SELECT {SUGGESTION_COLUMNS} FROM suggestion s WHERE s.uid = ?"
        return [to_suggestion(row) for uid in uids for row in self._db.cells(sql, [uid])]

    def restate(self, suggestions: Iterable[Suggestion]) -> None:
        """Update the labels and attributes of existing suggestions."""
        rows = [(item.label, to_json(item.attributes), item.uid) for item in suggestions]
        self._db.executemany("UPDATE suggestion SET label = ?, attributes = ? WHERE uid = ?", rows)

    def move(self, suggestions: Iterable[Suggestion]) -> None:
        """Update the ranges and quotes of existing suggestions, and their evidence."""
        rows = [
            (
                s.start,
                s.end,
                to_json(s.fragments) if len(s.fragments) > 1 else None,
                s.quote,
                to_json(s.evidence),
                s.uid,
            )
            for s in suggestions
        ]
        sql = 'UPDATE suggestion SET start = ?, "end" = ?, fragments = ?, quote = ?, evidence = ? WHERE uid = ?'
        self._db.executemany(sql, rows)

    def naming(self, document: str) -> list[str]:
        """Return the documents (uids) with suggestions, hidden ones too, that may have evidence in a document (uid)."""
        sql = (
            "SELECT d.uid FROM document d WHERE d.id IN "
            "(SELECT s.document FROM suggestion s WHERE instr(s.evidence, ?)) ORDER BY d.id"
        )
        return [row[0] for row in self._db.execute(sql, [document])]

    def labels(self) -> list[tuple[str, str]]:
        """Return the layers and labels that suggestions have, hidden ones too, over all documents."""
        sql = (
            "SELECT DISTINCT s.layer, s.label FROM suggestion s JOIN document d ON d.id = s.document "
            "WHERE +d.removed IS NULL"
        )
        return self._db.execute(sql).fetchall()

    def documents_with(self, labels: Iterable[tuple[str, str]]) -> list[str]:
        """Return the documents (uids) with suggestions, hidden ones too, of any of the (layer, label) pairs."""
        sql = (
            "SELECT d.uid FROM document d WHERE +d.removed IS NULL AND EXISTS (SELECT 1 FROM suggestion s "
            "WHERE s.document = d.id AND s.layer = ? AND s.label = ?) ORDER BY d.id"
        )
        return list(dict.fromkeys(row[0] for place in labels for row in self._db.execute(sql, place)))

    def documents(self, batches: Collection[int] | None = None) -> list[str]:
        """Return the documents (uids) with suggestions that aren't hidden; with batches, those of these batches."""
        wanted = "" if batches is None else f"AND s.batch IN ({', '.join('?' * len(batches))}) "
        sql = (
            "SELECT d.uid FROM document d WHERE d.removed IS NULL AND EXISTS (SELECT 1 FROM suggestion s "
            f"WHERE s.document = d.id AND s.removed IS NULL {wanted}) ORDER BY d.id"
        )
        return [row[0] for row in self._db.execute(sql, list(batches or ()))]

    def with_judgements(self, document: int) -> tuple[Suggested, ...]:
        """Return the suggestions of a document with everyone's judgements and to whom they were shown, in reading
        order.
        """
        sql = f"{CURRENT_JUDGEMENTS} WHERE j.document = ? ORDER BY j.suggestion, w.name"
        rows = self._db.cells(f"{VISIBLE_SUGGESTIONS} AND s.document = ?", [document])
        seen = self._db.cells(f"{SHOWN} WHERE v.document = ? ORDER BY v.suggestion, w.name", [document])
        return suggested(rows, self._db.cells(sql, [document]), seen)

    def home_of(self, uid: str) -> int | None:
        """Return the row number of the document of a suggestion, hidden or not; None if it is unknown."""
        row = self._db.execute("SELECT document FROM suggestion WHERE uid = ?", [uid]).fetchone()
        return row[0] if row else None

    def set_removed(self, *, batch: int, removed: int | None) -> None:
        """Hide the suggestions of an action, or show them again (`removed` None). Their judgements are kept."""
        self._db.execute("UPDATE suggestion SET removed = ? WHERE batch = ?", [removed, batch])

    # -- judgements ----------------------------------------------------------------------------------------------------

    def judgement(self, document: int, uid: str, annotator: int) -> Judgement | None:
        """Return an annotator's judgement of a suggestion (uid), None if there is none."""
        sql = f"{CURRENT_JUDGEMENTS} WHERE j.document = ? AND j.suggestion = ? AND j.annotator = ?"
        row = self._db.cells(sql, [document, uid, annotator]).fetchone()
        return to_judgement(row) if row else None

    def judged_by(self, document: int, annotator: int) -> dict[str, Judgement]:
        """Return an annotator's judgements of the suggestions of a document, by suggestion's uid."""
        sql = f"{CURRENT_JUDGEMENTS} WHERE j.document = ? AND j.annotator = ?"
        return {row[1]: to_judgement(row) for row in self._db.cells(sql, [document, annotator])}

    def judge(self, rows: Iterable[JudgedRow]) -> None:
        """Add judgements."""
        values = [(d, j.suggestion, who, j.outcome.value, j.time, j.annotation) for d, who, j in rows]
        sql = "INSERT INTO judgement (document, suggestion, annotator, outcome, time, annotation) VALUES (?,?,?,?,?,?)"
        self._db.executemany(sql, values)

    def forget(self, document: int, uid: str, annotator: int) -> None:
        """Delete a judgement."""
        sql = "DELETE FROM judgement WHERE document = ? AND suggestion = ? AND annotator = ?"
        self._db.execute(sql, [document, uid, annotator])

    def answer_counts(self) -> list[AnswerCount]:
        """Return how the suggestions that aren't hidden were answered.

        One whose annotation was deleted since counts as not accepted.
        """
        sql = (
            "SELECT s.maker, s.version, s.layer, s.label, s.score, j.annotator, count(*), "
            "sum(j.outcome = 'accepted' AND EXISTS (SELECT 1 FROM annotation a WHERE a.uid = j.annotation)) "
            "FROM judgement j JOIN suggestion s ON s.uid = j.suggestion WHERE s.removed IS NULL "
            "GROUP BY s.maker, s.version, s.layer, s.label, s.score, j.annotator"
        )
        return [AnswerCount(*row) for row in self._db.execute(sql)]

    def answered(self) -> int:
        """Return the number of judgements, of hidden suggestions too."""
        return self._db.execute("SELECT count(*) FROM judgement").fetchone()[0]

    # -- shown ---------------------------------------------------------------------------------------------------------

    def show_to(self, document: int, shown: Iterable[tuple[int, Sight]]) -> None:
        """Record that suggestions of a document were shown to annotators (row numbers); the first time stays."""
        rows = [(document, item.suggestion, annotator, item.time) for annotator, item in shown]
        self._db.executemany(
            "INSERT OR IGNORE INTO shown (document, suggestion, annotator, time) VALUES (?,?,?,?)", rows
        )

    def hide_from(self, document: int, shown: Iterable[tuple[int, str]]) -> None:
        """Forget that suggestions (uids) of a document were shown to annotators (row numbers)."""
        sql = "DELETE FROM shown WHERE document = ? AND annotator = ? AND suggestion = ?"
        self._db.executemany(sql, [(document, annotator, uid) for annotator, uid in shown])

    def shown_to(self, document: int, annotator: int) -> set[str]:
        """Return the suggestions (uids) of a document that were shown to an annotator."""
        sql = "SELECT suggestion FROM shown WHERE document = ? AND annotator = ?"
        return {row[0] for row in self._db.execute(sql, [document, annotator])}


def damaged_suggestions(project: Project) -> Iterator[tuple[str, str, str]]:
    """Yield document (uid), its name, and what is wrong, of every suggestion and judgement that can't be decoded."""
    sql = f"SELECT {SUGGESTION_COLUMNS}, d.uid, d.name FROM suggestion s LEFT JOIN document d ON d.id = s.document"
    for *row, document, name in project.reader.cells(sql):
        try:
            to_suggestion(row)
        except DamagedRow as error:
            yield (
                printable(document or ""),
                printable(name or ""),
                f"suggestion {error.row} is invalid ({error.reason})",
            )
    sql = f"SELECT j.*, d.uid, d.name FROM ({CURRENT_JUDGEMENTS}) j LEFT JOIN document d ON d.id = j.document"
    for *row, document, name in project.reader.cells(sql):
        try:
            to_judgement(row)
        except DamagedRow as error:
            what = f"an answer to suggestion {error.row} is invalid ({error.reason})"
            yield printable(document or ""), printable(name or ""), what
    sql = f"SELECT v.*, d.uid, d.name FROM ({SHOWN}) v LEFT JOIN document d ON d.id = v.document"
    for *row, document, name in project.reader.cells(sql):
        try:
            to_shown(row)
        except DamagedRow as error:
            what = f"the note that suggestion {error.row} was shown is invalid ({error.reason})"
            yield printable(document or ""), printable(name or ""), what
    lost = (
        "SELECT d.uid, d.name, j.suggestion FROM judgement j JOIN document d ON d.id = j.document "
        "WHERE NOT EXISTS (SELECT 1 FROM suggestion s WHERE s.document = j.document AND s.uid = j.suggestion)"
    )
    for document, name, uid in project.reader.cells(lost):
        what = f"an answer refers to suggestion {printable(uid)}, which doesn't exist"
        yield printable(document), printable(name), what

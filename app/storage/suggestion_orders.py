"""What documents are sorted by because of their open suggestions: where an answer teaches most.

`uncertain` is how unsure the suggesters are on average, 1 where a score is 0.5 and 0 where it is 0 or 1 (uncertainty
sampling, Lewis & Gale 1994); `disputed` at how many places suggesters say different things (query by committee, Seung
et al. 1992); `rare` how many marks the rarest of the suggested labels has in the project so far.
"""

from array import array
from collections.abc import Iterator, Sequence
from functools import cached_property

from app.storage.connection import Connection

UNCERTAIN, DISPUTED, RARE = "uncertain", "disputed", "rare"
SUGGESTED = (UNCERTAIN, DISPUTED, RARE)
"""The keys of these orders."""
_NEAR = 1000  # code points before a suggestion in which others that overlap it are looked for
_VALUES = {
    UNCERTAIN: ("round(avg(1 - abs(2 * s.score - 1)), 3)", "s.score IS NOT NULL"),
    DISPUTED: (
        "count(*)",
        "EXISTS (SELECT 1 FROM suggestion o WHERE o.document = s.document AND {other} "
        f'AND o.start > s.start - {_NEAR} AND o.start < s."end" AND o."end" > s.start AND o.layer = s.layer '
        'AND o.maker < s.maker AND (o.label <> s.label OR o.start <> s.start OR o."end" <> s."end"))',
    ),
}
Page = list[tuple[int, str | float | None]]


class SuggestionOrders:
    """Values of documents (row numbers) by their suggestions that a person (row number) hasn't answered, or no one has.

    Documents without such a suggestion have none.
    """

    def __init__(self, read: Connection, person: int | None, *, most: int) -> None:
        """Read up to `most` documents at once."""
        self._read = read
        self._most = most
        mine = f" AND j.annotator = {person:d}" if person is not None else ""
        answered = "SELECT 1 FROM judgement j WHERE j.document = {0}.document AND j.suggestion = {0}.uid"
        is_open = f"{{0}}.removed IS NULL AND NOT EXISTS ({answered}{mine})"
        self._open, self._other = is_open.format("s"), is_open.format("o")

    def of(self, key: str, documents: Sequence[int]) -> dict[int, str | float | None]:
        """Return the values of some documents."""
        found: dict[int, str | float | None] = {}
        for start in range(0, len(documents), self._most):
            these = str(array("q", documents[start : start + self._most]).tolist())
            found.update(self._values(key, "s.document IN (SELECT value FROM json_each(?))", these))
        return found

    def pages(self, key: str) -> Iterator[Page]:
        """Yield all documents that have a value with it, in order of import, page by page."""
        after = -1
        while True:
            sql = "SELECT DISTINCT s.document FROM suggestion s WHERE s.document > ? ORDER BY s.document LIMIT ?"
            rows = self._read.execute(sql, [after, self._most]).fetchall()
            if not rows:
                return
            last = rows[-1][0]
            yield self._values(key, f"s.document > {after:d} AND s.document <= ?", last)
            after = last

    def _values(self, key: str, which: str, argument: str | int) -> Page:
        if key == RARE:
            return self._rarest(which, argument)
        value, condition = _VALUES[key]
        wanted = f"{condition.format(other=self._other)} AND {self._open}"
        sql = f"SELECT s.document, {value} FROM suggestion s WHERE {which} AND {wanted}"
        return self._read.execute(f"{sql} GROUP BY s.document ORDER BY s.document", [argument]).fetchall()

    def _rarest(self, which: str, argument: str | int) -> Page:
        sql = f"SELECT DISTINCT s.document, s.layer, s.label FROM suggestion s WHERE {which} AND {self._open}"
        found: dict[int, int] = {}
        for document, layer, label in self._read.execute(sql, [argument]):
            times = self._marks.get((layer, label), 0)
            found[document] = min(times, found.get(document, times))
        return sorted(found.items())

    @cached_property
    def _marks(self) -> dict[tuple[str, str], int]:
        """How many marks there are, by layer and label, whoever’s."""
        sql = "SELECT layer, label, count(*) FROM annotation GROUP BY layer, label"
        return {(layer, label): count for layer, label, count in self._read.execute(sql)}

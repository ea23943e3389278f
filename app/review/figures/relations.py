"""Relations counted by type and annotator, in finished documents; chains by their number."""

from app.core.record import DocumentRecord
from app.core.relation_edits import chains
from app.core.scheme import Scheme
from app.core.wording import counted, shorten
from app.review.figures.figure import Axes, Column, Figure, FigureKind, Gathered, Names, Place, Shape

_NOTHING = (
    "No finished document has relations between marks. “The scheme file” in the help says how a scheme names them; "
    "documents count once they are set to done (Ctrl+Enter)."
)


class RelationCount:
    """Relations by type and annotator. Gold counts as one more annotator."""

    def __init__(self, scheme: Scheme) -> None:
        self._scheme = scheme
        self._chains = [kind.id for kind in scheme.relations if kind.chain]
        self._found: dict[tuple[str, str], Gathered] = {}
        self._documents: set[str] = set()

    def add(self, record: DocumentRecord) -> None:
        """Count a document."""
        for item in record.sets:
            if not item.relations or not item.status.is_finished:
                continue
            self._documents.add(record.document.uid)
            quotes = {mark.uid: shorten(mark.quote, 40) for mark in item.annotations}
            order = {uid: at for at, uid in enumerate(quotes)}  # that of the text
            for relation in item.relations:
                if relation.label not in self._chains:
                    words = f"“{quotes.get(relation.source, '')}” → “{quotes.get(relation.target, '')}”"
                    place = Place(record.document.uid, item.annotator, relation.source, words)
                    self._found.setdefault((relation.label, item.annotator), Gathered()).add(place)
            for label in self._chains:
                for members in chains(item.relations, label):
                    first = min(members, key=order.__getitem__)
                    words = f"“{quotes[first]}”, {counted(len(members), 'mark')}"
                    place = Place(record.document.uid, item.annotator, first, words)
                    self._found.setdefault((label, item.annotator), Gathered()).add(place)

    def figure(self, names: Names) -> Figure:
        """Return the number of relations by type and annotator."""
        order = [kind.id for kind in self._scheme.relations]
        used = {label for label, _ in self._found}
        labels = [label for label in order if label in used] + sorted(used - set(order))
        people = names.ordered({who for _, who in self._found})
        rows = [
            names.places(found.row(label, names.of(who), found.count))
            for label in labels
            for who in people
            if (found := self._found.get((label, who))) is not None
        ]
        total = sum(each.count for each in self._found.values())
        what = "relations, and chains," if self._chains else "relations"
        documents = counted(len(self._documents), "finished document")
        lead = f"How many {what} each annotator has of each type. n = {total:,} in {documents}."
        columns = (
            Column("type", "Type"),
            Column("annotator", "Annotator"),
            Column("count", "Number", FigureKind.COUNT),
        )
        titles = {kind.id: kind.title for kind in self._scheme.relations}
        missing = "" if rows else _NOTHING
        axes = Axes("type", "annotator", "count")
        return Figure("relations", "Relations", lead, Shape.BARS, axes, columns, tuple(rows), titles, missing=missing)

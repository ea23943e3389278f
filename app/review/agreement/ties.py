"""Agreement on relations: what of two annotators' relations connects matched marks.

A relation of one is matched with a relation of the other if the marks at both ends are matched, source with source and
target with target, or of a type without direction either way round. Precision = matched / relations of the one, recall
= matched / relations of the other, F1 their harmonic mean; sums are taken over all documents before dividing. This is
the usual scoring of relation extraction, as in SemEval-2010 task 8 and ACE. Several relations between the same two
marks are matched one to one.

Chains are scored as the sets of marks that their links join, by B-cubed (Bagga and Baldwin 1998, “Algorithms for
scoring coreference chains”): for each mark in a chain of the one, precision is the share of that chain whose
counterparts are in one chain of the other together with its own counterpart, 0 without; recall is the same the other
way round. The mean is over all marks in chains, as in the reference scorer of CoNLL-2012 (Pradhan et al. 2014).
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from app.core.relation_edits import chains
from app.core.scheme import Scheme
from app.review.agreement.columns import ColumnTable, Numbering
from app.review.agreement.marks import Marks, identity
from app.review.readings import Reading, Readings
from app.review.ties import is_directed

if TYPE_CHECKING:
    from numpy import ndarray

_Mark = tuple[str, int]  # layer and index in the block
_Ends = tuple[_Mark, _Mark]


class TieTables:
    """What is counted of the relations of one layer, that of their source; `label` is the number of their type.

    `given` is how many an annotator made, `shared` how many are matched with the same type, `any_type` with any.
    `mentions` are the marks in chains; `credits` what a pair has of B-cubed, before dividing by their number.
    """

    def __init__(self) -> None:
        pair = {"document": "int32", "left": "int32", "right": "int32"}
        one = {"document": "int32", "who": "int32", "label": "int32", "count": "int32"}
        self.given = ColumnTable(**one)
        self.shared = ColumnTable(**pair, label="int32", count="int32")
        self.any_type = ColumnTable(**pair, count="int32")
        self.mentions = ColumnTable(**one)
        self.credits = ColumnTable(**pair, label="int32", precise="float64", recalled="float64")
        self._rows: defaultdict[str, list[tuple[float, ...]]] = defaultdict(list)

    def add(self, table: str, *row: float) -> None:
        """Add a row to a table, in the order of its columns; it is there once `settle` was called."""
        self._rows[table].append(row)

    def settle(self) -> None:
        """Write the rows that were added: many at once take no longer than one."""
        import numpy

        for name, rows in self._rows.items():
            table: ColumnTable = getattr(self, name)
            table.add(**dict(zip(table.names, numpy.array(rows).T, strict=True)))
        self._rows.clear()


class _Document:
    """A document with relations: its readings, and of all layers its marks and which of them are matched.

    `partners` has for a mark of the annotator on the left its counterpart by the other's number.
    """

    def __init__(self, readings: Readings, people: list[tuple[int, str]]) -> None:
        self.readings = readings
        self.people = people
        self.marks: dict[tuple[int, str], dict[object, int]] = {}  # by annotator and layer: index by identity
        self.partners: defaultdict[_Mark, dict[int, _Mark]] = defaultdict(dict)


class _Said(NamedTuple):
    """What an annotator says in a document: types by ends, and chains by type."""

    ties: dict[_Ends, set[str]]
    chains: dict[str, list[set[_Mark]]]


class TieReader:
    """Counts relations document by document, as soon as all layers have matched their marks. `types` numbers types."""

    def __init__(self, scheme: Scheme) -> None:
        self._scheme = scheme
        self._waiting: dict[int, _Document] = {}
        self._tables: dict[str, TieTables] = {}
        self.types: Numbering[str] = Numbering(item.id for item in scheme.relations)

    def tables(self, layer: str) -> TieTables:
        """Return the tables of a layer."""
        return self._tables.setdefault(layer, TieTables())

    def is_chain(self, relation: str) -> bool:
        """Whether a type of relation is a chain."""
        kind = self._scheme.relation(relation)
        return kind is not None and kind.chain

    def learn(
        self,
        layer: str,
        block: Sequence[Readings],
        names: Sequence[str],
        marks: Marks,
        documents: "ndarray",
        pairs: "tuple[ndarray, ndarray]",
    ) -> None:
        """Take the marks of a layer in a block; `names` are the annotators by number, `pairs` the matched marks."""
        here: dict[int, _Document] = {}
        for at, each in enumerate(block):
            if any(reading.relations for reading in each.by.values()):
                people = [(who, names[who]) for who in marks.readers[at]]
                here[at] = self._waiting.setdefault(int(documents[at]), _Document(each, people))
        if not here:
            return
        owners = list(zip(marks.document.tolist(), marks.who.tolist(), strict=True))
        for number, ((at, who), mark) in enumerate(zip(owners, marks.annotations, strict=True)):
            if at in here:
                here[at].marks.setdefault((who, layer), {})[identity(mark)] = number
        for left, right in zip(*(side.tolist() for side in pairs), strict=True):
            if owners[left][0] in here:
                here[owners[left][0]].partners[layer, left][owners[right][1]] = (layer, right)

    def settle(self) -> None:
        """Count the relations of the documents that were taken: no layer has more marks of them."""
        waiting, self._waiting = self._waiting, {}
        for document, found in waiting.items():
            said = {who: self._said(found, who, found.readings.by[name]) for who, name in found.people}
            self._count(document, found, said)
        for tables in self._tables.values():
            tables.settle()

    def _said(self, found: _Document, who: int, reading: Reading) -> _Said:
        # By place and label, not by id: of marks made twice only one is left.
        number: dict[str, _Mark] = {}
        for mark in reading.annotations:
            at = found.marks.get((who, mark.layer), {}).get(identity(mark))
            if at is not None:
                number[mark.uid] = (mark.layer, at)
        ties: defaultdict[_Ends, set[str]] = defaultdict(set)
        for relation in reading.relations:
            source, target = number.get(relation.source), number.get(relation.target)
            if source is None or target is None or self.is_chain(relation.label):
                continue
            if not is_directed(self._scheme.relation(relation.label)):
                source, target = min(source, target), max(source, target)
            ties[source, target].add(relation.label)
        joined = {
            kind.id: [{number[uid] for uid in chain if uid in number} for chain in chains(reading.relations, kind.id)]
            for kind in self._scheme.relations
            if kind.chain
        }
        return _Said(ties, {label: [c for c in those if len(c) > 1] for label, those in joined.items()})

    def _count(self, document: int, found: _Document, said: dict[int, _Said]) -> None:
        given: Counter[tuple[str, int, str]] = Counter()
        shared: Counter[tuple[str, int, int, str]] = Counter()
        of_any: Counter[tuple[str, int, int]] = Counter()
        either = {who: self._either_way(each.ties) for who, each in said.items()}
        for who, each in said.items():
            for (source, target), labels in each.ties.items():
                given.update((source[0], who, label) for label in labels)
                here, there = found.partners.get(source, {}), found.partners.get(target, {})
                for other in here.keys() & there.keys():
                    theirs = either[other].get((here[other], there[other]), set())
                    of_any[source[0], who, other] += min(len(labels), len(theirs))
                    shared.update((source[0], who, other, label) for label in labels & theirs)
        number = self.types.number
        for (layer, who, label), count in given.items():
            self.tables(layer).add("given", document, who, number(label), count)
        for (layer, who, other, label), count in shared.items():
            self.tables(layer).add("shared", document, who, other, number(label), count)
        for (layer, who, other), count in of_any.items():
            self.tables(layer).add("any_type", document, who, other, count)
        self._count_chains(document, found, said)

    def _either_way(self, ties: dict[_Ends, set[str]]) -> dict[_Ends, set[str]]:
        """Return the types by ends, those without direction both ways round."""
        found: defaultdict[_Ends, set[str]] = defaultdict(set)
        for (source, target), labels in ties.items():
            found[source, target] |= labels
            found[target, source] |= {item for item in labels if not is_directed(self._scheme.relation(item))}
        return found

    def _count_chains(self, document: int, found: _Document, said: dict[int, _Said]) -> None:
        for who, each in said.items():
            for label, mine in each.chains.items():
                number = self.types.number(label)
                for layer, count in Counter(mark[0] for chain in mine for mark in chain).items():
                    self.tables(layer).add("mentions", document, who, number, count)
                for other, theirs in said.items():
                    for layer, precise, recalled in _credits(found, other, mine, theirs.chains.get(label, [])):
                        self.tables(layer).add("credits", document, who, other, number, precise, recalled)


def _credits(
    found: _Document, other: int, mine: Sequence[set[_Mark]], theirs: Sequence[set[_Mark]]
) -> Iterator[tuple[str, float, float]]:
    """Yield by layer what the marks in two chains that share some of them add to the sums of B-cubed."""
    home = {mark: at for at, chain in enumerate(theirs) for mark in chain}
    for chain in mine:
        met: defaultdict[int, Counter[str]] = defaultdict(Counter)
        for mark in chain:
            partner = found.partners.get(mark, {}).get(other)
            if partner in home:
                met[home[partner]][mark[0]] += 1
        for at, layers in met.items():
            both = layers.total()
            for layer, count in layers.items():
                yield layer, count * both / len(chain), count * both / len(theirs[at])

"""Proposed substitutions as a table of hits."""

from array import array
from collections.abc import Callable, Collection, Iterator, Sequence

from PySide6.QtCore import QObject

from app.core.scheme import Scheme
from app.services.search.bulk_annotation import Model
from app.services.search.concordance import Hit
from app.services.search.hit_pile import HitGroup, HitPile
from app.services.search.substitutions import Pair, Proposal
from app.ui.models.hits import HitsModel


class ProposalPile(HitPile):
    """Proposals by number; of several for one place the first, which was corrected most often."""

    def __init__(self) -> None:
        super().__init__()
        self._pairs: list[Pair] = []
        self._by_pair: dict[tuple[str, str], array[int]] = {}
        self._pair_of = array("I")
        # Of one pair there is one model for each document: with its own evidence, or with none.
        self._models: list[Model] = []
        self._model_of = array("I")

    def propose(self, proposal: Proposal) -> None:
        """Take one more proposal."""
        hit, pair = proposal.hit, proposal.pair
        place = (hit.document, hit.start, hit.end)
        if any(self.place(at) == place for at in self.of_document(hit.document)):
            return
        if not self._pairs or self._pairs[-1] is not pair:
            self._pairs.append(pair)
        if not self._models or self._models[-1] != proposal.model:
            self._models.append(proposal.model)
        rows = self._by_pair.setdefault((pair.wrong, pair.right), array("Q"))
        rows.append(self.count)
        self._pair_of.append(len(self._pairs) - 1)
        self._model_of.append(len(self._models) - 1)
        self.add(hit)

    def pair(self, at: int) -> Pair:
        """Return the pair that a proposal is of."""
        return self._pairs[self._pair_of[at]]

    def model(self, at: int) -> Model:
        """Return what is said where it is accepted."""
        return self._models[self._model_of[at]]

    def by_pair(self) -> list[HitGroup]:
        """Return the proposals by what became what."""
        return [HitGroup(f"{wrong} → {right}", rows) for (wrong, right), rows in list(self._by_pair.items())]


class ProposalsModel(HitsModel):
    """Proposals as hits; the last column says what each becomes. Only those with proof are ticked at first."""

    last_column = "Becomes"
    pile: ProposalPile

    def __init__(
        self, scheme: Scheme, titles: Callable[[str], str | None] | None = None, parent: QObject | None = None
    ) -> None:
        super().__init__(scheme, titles, parent)
        self.pile = ProposalPile()

    def found_groups(self) -> list[HitGroup]:
        """Return the pairs."""
        return self.pile.by_pair() if self.count else []

    def annotated_as(self, at: int) -> str:
        """Return what a place becomes, and whether a reference bears that out."""
        model, pair = self.pile.model(at), self.pile.pair(at)
        proof = "✓ in the reference" if model.evidence else "not in its reference"
        return f"→ {pair.right}   {self._titles(((model.layer, model.label),))}   {proof}"

    def _first_ticks(self, new: range) -> bytearray:
        kept = super()._first_ticks(new)
        return bytearray(ticked and bool(self.pile.model(at).evidence) for at, ticked in zip(new, kept, strict=True))

    def accepted(self) -> "Accepted":
        """Return the ticked ones with what is to be said, document by document."""
        return Accepted(self.pile, sorted(self.ticked_numbers(), key=self.pile.place))


class Accepted(Collection[tuple[Hit, Model]]):
    """Proposals that are made while one goes through them."""

    def __init__(self, pile: ProposalPile, numbers: Sequence[int]) -> None:
        self._pile = pile
        self._numbers = numbers

    def __len__(self) -> int:
        return len(self._numbers)

    def __iter__(self) -> Iterator[tuple[Hit, Model]]:
        return ((self._pile.hit(at), self._pile.model(at)) for at in self._numbers)

    def __contains__(self, item: object) -> bool:
        return any(pair == item for pair in self)

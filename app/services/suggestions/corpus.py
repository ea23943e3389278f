"""An open project as the suggesters see it."""

from collections.abc import Iterator, Sequence

from app.core.document import Document
from app.core.progress import CancelToken
from app.core.scheme import Scheme
from app.core.suggestion_pattern import SuggestionPattern
from app.services.search.bulk_annotation import Model
from app.services.search.substitutions import Pair, pairs, proposals
from app.services.suggestions.gold_examples import gold_examples
from app.session.session import Session
from app.suggesters.protocol import CorrectedTerm, ErrorExample, TermPlace


class SessionCorpus:
    """A `Corpus` that reads from a session, for its annotator."""

    def __init__(self, session: Session) -> None:
        self._session = session

    @property
    def scheme(self) -> Scheme:
        """The current scheme."""
        return self._session.scheme

    def document(self, uid: str) -> Document:
        """Return a document. Raises EditRejected if there is none."""
        return self._session.reader.document(uid)

    def references(self, uid: str) -> Sequence[str]:
        """Return the uids of a document's references, in order."""
        return self._session.reader.documents.references(uid)

    def patterns(self) -> Sequence[SuggestionPattern]:
        """Return the patterns: what is always suggested. Raises DamagedRow."""
        return self._session.reader.patterns()

    def corrected_terms(self) -> Sequence[CorrectedTerm]:
        """Return what the annotator, or a reviewer in released gold, has corrected, most often first."""
        return [
            CorrectedTerm(pair.wrong, pair.right, pair.times, pair.model.layer, pair.model.label, pair.model.severity)
            for pair in pairs(self._session)
        ]

    def gold_examples(self, layer: str, most: int, *, apart_from: Sequence[str]) -> Sequence[ErrorExample]:
        """Return corrected annotations of a layer in released gold; see `Corpus`."""
        return gold_examples(self._session, layer, most, apart_from=apart_from)

    def unannotated_places(self, term: CorrectedTerm, *, cancel: CancelToken | None = None) -> Iterator[TermPlace]:
        """Yield where the wrong term occurs and the annotator has no annotation of its layer. Raises Cancelled."""
        model = Model(term.layer, term.label, term.severity, term.right)
        for proposal in proposals(self._session, [Pair(term.wrong, term.right, term.times, model)], cancel=cancel):
            hit = proposal.hit
            yield TermPlace(hit.document, hit.start, hit.end, hit.match, proposal.model.evidence)

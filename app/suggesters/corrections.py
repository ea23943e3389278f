"""Suggests earlier corrections wherever the same text occurs."""

from collections import Counter
from collections.abc import Sequence

from app.core.annotation import Fragment
from app.core.progress import CancelToken, Progress
from app.core.scheme import SEVERITY
from app.core.search_folding import fold
from app.core.suggestion import Suggestion
from app.suggesters.protocol import Batches, Corpus, CorrectedTerm, TermPlace

CORRECTIONS = "corrections"


class CorrectionSuggester:
    """Suggests, for each occurrence of a term that was corrected elsewhere, the same label, severity and correction."""

    name = CORRECTIONS
    title = "Terms that you corrected elsewhere"
    needs = "corrections of yours, or in released gold"
    version = "1"

    def suggest(
        self, corpus: Corpus, documents: Sequence[str], *, progress: Progress, cancel: CancelToken | None
    ) -> Batches:
        """See `Suggester`. The score is the share of this correction among all corrections of the term."""
        terms = corpus.corrected_terms()
        times: Counter[str] = Counter()
        for term in terms:
            times[fold(term.wrong)] += term.times
        wanted = set(documents)
        found: dict[str, list[Suggestion]] = {}
        for number, term in enumerate(terms):
            progress(number, len(terms), "Corrections")
            score = round(term.times / times[fold(term.wrong)], 3)
            for place in corpus.unannotated_places(term, cancel=cancel):
                if place.document in wanted:
                    found.setdefault(place.document, []).append(self._suggestion(term, place, score))
        yield from found.items()

    def _suggestion(self, term: CorrectedTerm, place: TermPlace, score: float) -> Suggestion:
        return Suggestion(
            uid="",
            maker=self.name,
            version=self.version,
            layer=term.layer,
            label=term.label,
            fragments=(Fragment(place.start, place.end),),
            quote=place.quote,
            attributes={SEVERITY: term.severity} if term.severity else {},
            correction=term.right,
            evidence=place.evidence,
            reason=_reason(term, has_evidence=bool(place.evidence)),
            score=score,
        )


def _reason(term: CorrectedTerm, *, has_evidence: bool) -> str:
    often = "once" if term.times == 1 else f"{term.times:,} times"
    proof = f"; the reference has “{term.right}”" if has_evidence else ""
    return f"“{term.wrong}” was corrected to “{term.right}” {often}{proof}"

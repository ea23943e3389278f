"""Substitutions: corrections already made, and further occurrences of the wrong text.

“restricted slave trade”, corrected to “prisoner exchange”, is a substitution. Other documents may have it too; if their
reference contains the right term, it is almost certainly one, and that is the evidence.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from app.core.annotation import Annotation, Evidence, Fragment, Stance
from app.core.decision import GOLD
from app.core.ids import new_uid
from app.core.progress import CancelToken
from app.core.scheme import SEVERITY
from app.core.search_folding import fold
from app.core.text_search import Wanted, finder
from app.services.search.bulk_annotation import Model
from app.services.search.concordance import Concordance, Hit
from app.session.session import Session

_SHORTEST = 3
_SECONDS = 1.0


class Pair(NamedTuple):
    """A wrong text and its correction, in their most common spelling; it was corrected like this `times` times."""

    wrong: str
    right: str
    times: int
    model: Model


class Proposal(NamedTuple):
    """One occurrence of the wrong text without an annotation, and the model for one.

    If a reference of the document has the right term, the model contains it as evidence.
    """

    pair: Pair
    hit: Hit
    model: Model

    @property
    def proved(self) -> bool:
        """Whether a reference of the document contains the right term."""
        return bool(self.model.evidence)


def pairs(session: Session, *, layer: str | None = None) -> list[Pair]:
    """Return what the current annotator, or a reviewer in released gold, has corrected, most often first.

    Left out are corrections that only delete or only change case, and very short texts: they say nothing about other
    occurrences.
    """
    found: dict[tuple[str, str], list[Annotation]] = {}
    for annotation in _corrected(session):
        key = (_form(annotation.quote), _form(annotation.correction or ""))
        if (layer is None or annotation.layer == layer) and key[0] != key[1] and key[1] and len(key[0]) >= _SHORTEST:
            found.setdefault(key, []).append(annotation)
    made = [_pair(annotations) for annotations in found.values()]
    return sorted(made, key=_most_often)


def _corrected(session: Session) -> Iterator[Annotation]:
    annotations = session.executor.annotations
    released = session.executor.review.decisions.releases()
    for name in dict.fromkeys((session.annotator, GOLD)):
        person = annotations.find_annotator(name) if name else None
        if person is None:
            continue
        for document, annotation in annotations.corrected_by(person):
            # Annotators mustn't see gold before it is released.
            may_be_seen = name != GOLD or document in released
            if may_be_seen and len(annotation.fragments) == 1 and not annotation.is_anchor:
                yield annotation


def _pair(annotations: Sequence[Annotation]) -> Pair:
    label = Counter(
        (annotation.layer, annotation.label, str(annotation.attributes.get(SEVERITY) or ""))
        for annotation in annotations
    )
    layer, name, severity = label.most_common(1)[0][0]
    wrong = Counter(" ".join(annotation.quote.split()) for annotation in annotations).most_common(1)[0][0]
    right = Counter(annotation.correction or "" for annotation in annotations).most_common(1)[0][0]
    return Pair(wrong, right, len(annotations), Model(layer, name, severity or None, right))


def proposals(
    session: Session,
    wanted: Sequence[Pair],
    *,
    progress: Callable[[int, int], None] = lambda done, total: None,
    cancel: CancelToken | None = None,
) -> Iterator[Proposal]:
    """Yield the occurrences of wrong texts on which the annotator has no annotation of the pair's layer: pair by pair,
    those with evidence in a reference first. `progress` counts pairs. Raises Cancelled.
    """
    for done, pair in enumerate(wanted):
        progress(done, len(wanted))
        proofs: dict[str, Evidence | None] = {}
        found: list[Proposal] = []
        search = Concordance(session, Wanted(pair.wrong, whole_words=True), cancel=cancel)
        for hit in search:
            if any(annotation.layer == pair.model.layer for annotation in hit.annotations):
                continue
            if hit.document not in proofs:
                proofs[hit.document] = proof_in_reference(session, hit.document, pair)
            proof = proofs[hit.document]
            model = pair.model._replace(evidence=(proof,) if proof is not None else ())
            found.append(Proposal(pair, hit, model))
        yield from sorted(found, key=_without_proof)


def proof_in_reference(session: Session, document: str, pair: Pair) -> Evidence | None:
    """Return the first occurrence of a pair's right term in a reference of a document (uid), None if there is none."""
    places = finder(Wanted(pair.right, whole_words=True))
    layer = session.scheme.layer(pair.model.layer)
    if layer is None or not layer.has_evidence:
        return None
    for uid in session.reader.documents.references(document):
        text = session.reader.document(uid).text
        for start, end in places(text, _SECONDS):
            return Evidence(
                uid=new_uid(),
                document=uid,
                fragments=(Fragment(start, end),),
                quote=text[start:end],
                stance=layer.stance or Stance.REFUTES,
            )
    return None


def _form(text: str) -> str:
    return fold(" ".join(text.split()))


def _most_often(pair: Pair) -> tuple[int, str]:
    return (-pair.times, pair.wrong)


def _without_proof(proposal: Proposal) -> bool:
    return not proposal.proved

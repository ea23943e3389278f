"""Concordance and substitutions for scripts: finding occurrences, and annotating them."""

from array import array
from collections.abc import Callable, Iterable, Iterator
from itertools import compress
from typing import Any

from app.core.errors import BadChoice
from app.core.progress import Progress, no_progress
from app.core.text_search import Wanted
from app.services.search.bulk_annotation import Done, Model, Modelled, annotation_hits
from app.services.search.concordance import Concordance, Hit
from app.services.search.hit_pile import HitGroup, HitPile, MarkingPlan, Picked
from app.services.search.substitutions import Pair, Proposal, pairs, proposals
from app.session.session import Session


class ConcordanceResult:
    """The hits of a search, in compact form. `given_up` and `stopped` tell where an expression took too long."""

    def __init__(self, session: Session, wanted: Wanted, *, progress: Progress = no_progress) -> None:
        """Search the project. Raises BadPattern."""
        self.pile = HitPile()
        search = Concordance(session, wanted)
        for hit in search:
            self.pile.add(hit)
            progress(self.pile.count, None, f"{self.pile.count:,} found")
        self.given_up, self.stopped = search.given_up, search.stopped

    def forms(self) -> list[tuple[HitGroup, Iterable[Hit]]]:
        """Return the hits grouped by text ignoring case, most frequent first, each group with its hits."""
        groups = sorted(self.pile.forms(), key=_most_first)
        return [(group, Picked(self.pile, group.hits)) for group in groups]

    def rows(self) -> Iterator[dict[str, Any]]:
        """Yield the hits as JSON-compatible objects, in the order in which they were found."""
        for at in range(self.pile.count):
            hit = self.pile.hit(at)
            labels = [f"{layer}/{label}" for layer, label in self.pile.labels(at)]
            yield {**_place(hit), "form": hit.form, "labels": labels}

    def plan(self, model: Model, *, everywhere: bool = False) -> MarkingPlan:
        """Return what `annotate` would do."""
        return self.pile.plan(self._wanted(model, everywhere=everywhere), model.layer, model.label)

    def annotate(
        self, session: Session, model: Model, *, everywhere: bool = False, progress: Progress = no_progress
    ) -> Done:
        """Annotate like a model, in one undoable step, the hits without an annotation of its layer, in documents that
        are the annotator's to work on; with `everywhere`, all hits. Raises EditRejected and ProjectError.
        """
        flags = self._wanted(model, everywhere=everywhere)
        hits = Picked(self.pile, array("Q", compress(range(len(flags)), flags)))
        return annotation_hits(session, Modelled(hits, model), progress=_counting(progress))

    def _wanted(self, model: Model, *, everywhere: bool) -> bytearray:
        count = self.pile.count
        return bytearray(b"\1") * count if everywhere else self.pile.unmarked(model.layer, range(count))


def model_of(session: Session, where: str, *, severity: str | None, correction: str | None, comment: str) -> Model:
    """Return the model annotation for a label given as LAYER/LABEL. Raises BadChoice."""
    layer_id, sign, label_id = where.partition("/")
    layer = session.scheme.layer(layer_id)
    if not sign or layer is None:
        known = ", ".join(layer.id for layer in session.scheme.layers)
        raise BadChoice(f"“{where}” doesn't name a layer of the scheme", hint=f"write LAYER/LABEL; layers are {known}")
    if session.scheme.label(layer_id, label_id) is None:
        known = ", ".join(label.id for label in layer.labels)
        raise BadChoice(f"layer {layer_id} has no label “{label_id}”", hint=f"its labels are {known}")
    severities = [known.id for known in session.scheme.severities] if layer.has_severity else []
    if severity is not None and severity not in severities:
        hint = f"choose one of {', '.join(severities)}" if severities else f"layer {layer_id} has none; leave it out"
        raise BadChoice(f"there is no severity “{severity}” here", hint=hint)
    if correction is not None and not layer.has_correction:
        raise BadChoice(f"layer {layer_id} has no corrections", hint="leave out the correction")
    return Model(layer_id, label_id, severity, correction, comment)


def substitutions(session: Session, *, layer: str | None = None) -> Iterator[tuple[Pair, list[Proposal]]]:
    """Yield each correction made, most frequent first, with the occurrences of its wrong text that aren't annotated,
    those confirmed by a reference first.
    """
    for pair in pairs(session, layer=layer):
        yield pair, list(proposals(session, [pair]))


def substitution_row(pair: Pair, places: Iterable[Proposal]) -> dict[str, Any]:
    """Return a substitution as a JSON-compatible object."""
    return {
        "wrong": pair.wrong,
        "right": pair.right,
        "times": pair.times,
        "layer": pair.model.layer,
        "label": pair.model.label,
        "severity": pair.model.severity,
        "places": [{**_place(found.hit), "in_reference": found.proved} for found in places],
    }


def _place(hit: Hit) -> dict[str, Any]:
    return {
        "document": hit.document,
        "name": hit.name,
        "start": hit.start,
        "end": hit.end,
        "before": hit.before,
        "match": hit.match,
        "after": hit.after,
    }


def _counting(progress: Progress) -> Callable[[int, int], None]:
    def report(done: int, total: int) -> None:
        progress(done, total, f"{done:,} of {total:,} hits")

    return report


def _most_first(group: HitGroup) -> tuple[int, str]:
    return (-len(group.hits), group.name)

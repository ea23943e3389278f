"""Asking programs for suggestions, and adding them to the project."""

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from app.core.annotation import Fragment
from app.core.errors import EditRejected, WrongUse
from app.core.scheme import SEVERITY, Label, Layer, Scheme
from app.core.suggestion import Suggestion
from app.jobs.tasks.progress import CancelToken, Progress, no_progress
from app.jobs.tasks.selection import by_globs
from app.session.session import Session
from app.session.substitutions import Pair, Proposal, pairs, proposals
from app.session.suggesting import Offered, offer

CORRECTIONS, SPACY = "corrections", "spacy"
ENTITY = "entity"

Batches = Iterator[tuple[str, list[Suggestion]]]


class Maker(NamedTuple):
    """A program that suggests: its name, and what it does in a line."""

    name: str
    what: str


MAKERS = (
    Maker(CORRECTIONS, "Terms that you corrected elsewhere"),
    Maker(SPACY, "Names, places and dates, found by spaCy"),
)


def suggest(
    session: Session,
    makers: Sequence[str] = (CORRECTIONS,),
    *,
    documents: Sequence[str] = (),
    dry_run: bool = False,
    progress: Progress = no_progress,
    cancel: CancelToken | None = None,
) -> Offered:
    """Let makers (`spacy:NAME` names a pipeline) look at documents, given by names, patterns or ids; none means all
    that there are to work on. Add what is new, in one undoable step.

    Raises WrongUse for an unknown maker or one that can do nothing here, EditRejected if there is no such document,
    ProjectError and Cancelled; then nothing was changed.
    """
    wanted = by_globs(documents)
    uids = [row.uid for row in session.documents.to_work_on() if wanted(row.uid, row.name)]
    if not uids:
        hint = "references alone get no suggestions" if documents else "import some first"
        raise EditRejected("there are no documents to suggest marks in", hint=hint)
    sources = [_source(name) for name in dict.fromkeys(makers)]

    def proposed() -> Batches:
        for source in sources:
            yield from source(session, uids, progress, cancel)

    names = ", ".join(dict.fromkeys(makers))
    return offer(session, proposed(), makers=names, cancel=cancel, dry_run=dry_run)._replace(documents=len(uids))


Source = Callable[[Session, Sequence[str], Progress, CancelToken | None], Batches]


def _source(name: str) -> Source:
    kind, colon, pipeline = name.partition(":")
    if kind == SPACY and (pipeline or not colon):
        return _Entities(pipeline)
    if name == CORRECTIONS:
        return _corrections
    known = ", ".join(maker.name for maker in MAKERS)
    raise WrongUse(f"there is no maker of suggestions “{name}”", hint=f"use one of: {known}")


# -- what was corrected elsewhere --------------------------------------------------------------------------------------


def _corrections(session: Session, uids: Sequence[str], progress: Progress, cancel: CancelToken | None) -> Batches:
    known = pairs(session)
    times: dict[str, int] = {}
    for pair in known:
        times[pair.wrong.casefold()] = times.get(pair.wrong.casefold(), 0) + pair.times
    wanted = set(uids)

    def told(done: int, total: int) -> None:
        progress(done, total, "Corrections")

    found: dict[str, list[Suggestion]] = {}
    for proposal in proposals(session, known, progress=told, cancel=cancel):
        if proposal.hit.document in wanted:
            share = proposal.pair.times / times[proposal.pair.wrong.casefold()]
            found.setdefault(proposal.hit.document, []).append(_substitution(proposal, share))
    yield from found.items()


def _substitution(proposal: Proposal, share: float) -> Suggestion:
    model, hit = proposal.model, proposal.hit
    return Suggestion(
        uid="",
        maker=CORRECTIONS,
        layer=model.layer,
        label=model.label,
        fragments=(Fragment(hit.start, hit.end),),
        quote=hit.match,
        attributes={SEVERITY: model.severity} if model.severity else {},
        correction=model.correction,
        evidence=model.evidence,
        reason=_why(proposal.pair, proved=proposal.proved),
        score=round(share, 3),
    )


def _why(pair: Pair, *, proved: bool) -> str:
    often = "once" if pair.times == 1 else f"{pair.times:,} times"
    proof = f"; the reference has “{pair.right}”" if proved else ""
    return f"“{pair.wrong}” was corrected to “{pair.right}” {often}{proof}"


# -- named entities ----------------------------------------------------------------------------------------------------


class _Entities:
    """Named entities as suggestions of the scheme's labels of the same name."""

    def __init__(self, pipeline: str) -> None:
        self._pipeline = pipeline

    def __call__(
        self, session: Session, uids: Sequence[str], progress: Progress, cancel: CancelToken | None
    ) -> Batches:
        from app.nlp.entities import recogniser

        scheme = session.scheme
        layer = scheme.layer(ENTITY)
        if layer is None:
            what = f"the scheme {scheme.tag} has no layer “{ENTITY}” for what spaCy finds"
            raise WrongUse(what, hint="use another maker")
        progress(0, len(uids), "Loading spaCy")
        found = recogniser(self._pipeline)
        labels = {name: label for name in found.labels if (label := _named(layer, name)) is not None}
        if not labels:
            what = f"no label of the layer “{layer.title}” of {scheme.tag} is called like one of {found.name}'s"
            raise WrongUse(what, hint=f"it knows {', '.join(found.labels)}")

        def between() -> None:
            if cancel is not None:
                cancel.raise_if_cancelled()

        for done, uid in enumerate(uids):
            document = session.document(uid)
            progress(done, len(uids), document.title)
            if not _is_in(document.meta.get("language"), scheme, found.language):
                continue
            yield (
                uid,
                [
                    Suggestion(
                        uid="",
                        maker=f"{SPACY}:{found.name}",
                        version=found.version,
                        layer=layer.id,
                        label=labels[entity.label].id,
                        fragments=(Fragment(entity.start, entity.end),),
                        quote=document.text[entity.start : entity.end],
                        reason=f"found as {entity.label}",
                    )
                    for entity in found.entities(document.text, between)
                    if entity.label in labels
                ],
            )


def _named(layer: Layer, name: str) -> Label | None:
    """Return the label of a layer that is called like one of a pipeline, by its id or its title."""
    wanted = name.casefold()
    return next((item for item in layer.labels if wanted in (item.id.casefold(), item.title.casefold())), None)


def _is_in(stated: object, scheme: Scheme, language: str) -> bool:
    """Whether a text is in a pipeline's language, as far as anything says so."""
    said = stated if isinstance(stated, str) and stated else scheme.language
    return not said or said.lower().partition("-")[0] == language

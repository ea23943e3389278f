"""Asking programs for suggestions, and adding them to the project."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple, Protocol

from app.core.annotation import Fragment
from app.core.document import Document
from app.core.errors import EditRejected, WrongUse
from app.core.progress import CancelToken, Progress, no_progress
from app.core.scheme import SEVERITY, Label, Layer, Scheme
from app.core.suggestion import Suggestion
from app.jobs.tasks.selection import by_globs
from app.services.search.substitutions import Pair, Proposal, pairs, proposals
from app.services.suggestions.offer import Offered, offer
from app.session.session import Session

if TYPE_CHECKING:
    from app.nlp.entities import Entity

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
    load: "Loads | None" = None,
) -> Offered:
    """Let makers (`spacy:NAME` names a pipeline) look at documents, given by names, patterns or ids; none means all
    that there are to work on. Add what is new, in one undoable step. `load` gives spaCy's pipelines, those of this
    process unless others are given.

    Raises WrongUse for an unknown maker or one that can do nothing here, EditRejected if there is no such document,
    ProjectError and Cancelled; then nothing was changed.
    """
    wanted = by_globs(documents)
    uids = [row.uid for row in session.documents.to_work_on() if wanted(row.uid, row.name)]
    if not uids:
        hint = "reference-only documents get no suggestions" if documents else "import some first"
        raise EditRejected("there are no documents to suggest marks in", hint=hint)
    sources = [_source(name, load) for name in dict.fromkeys(makers)]

    def proposed() -> Batches:
        for source in sources:
            yield from source(session, uids, progress, cancel)

    names = ", ".join(dict.fromkeys(makers))
    return offer(session, proposed(), makers=names, cancel=cancel, dry_run=dry_run)._replace(documents=len(uids))


class Recognises(Protocol):
    """A loaded pipeline, in this process or elsewhere."""

    @property
    def name(self) -> str:
        """The pipeline's name."""
        ...

    @property
    def version(self) -> str:
        """Its version."""
        ...

    @property
    def language(self) -> str:
        """The code of its language."""
        ...

    @property
    def labels(self) -> tuple[str, ...]:
        """The labels that it can give."""
        ...

    def entities(self, pieces: Sequence[str], between: Callable[[], None]) -> "list[list[Entity]]":
        """Return the entities of each piece of text; `between` may raise to stop."""
        ...


Loads = Callable[[str, CancelToken | None], Recognises]
Source = Callable[[Session, Sequence[str], Progress, CancelToken | None], Batches]


def _source(name: str, load: "Loads | None") -> Source:
    kind, colon, pipeline = name.partition(":")
    if kind == SPACY and (pipeline or not colon):
        return _Entities(pipeline, load or _load_here)
    if name == CORRECTIONS:
        return _corrections
    known = ", ".join(maker.name for maker in MAKERS)
    raise WrongUse(f"unknown suggestion source “{name}”", hint=f"use one of: {known}")


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


def _load_here(pipeline: str, _cancel: CancelToken | None) -> Recognises:
    from app.nlp.entities import recogniser

    return recogniser(pipeline)


class _Entities:
    """Named entities as suggestions of the scheme's labels of the same name."""

    def __init__(self, pipeline: str, load: Loads) -> None:
        self._pipeline = pipeline
        self._load = load

    def __call__(
        self, session: Session, uids: Sequence[str], progress: Progress, cancel: CancelToken | None
    ) -> Batches:
        from app.nlp.entities import entities_of

        scheme = session.scheme
        layer = scheme.layer(ENTITY)
        if layer is None:
            what = f"the scheme {scheme.tag} has no layer “{ENTITY}” for what spaCy finds"
            raise WrongUse(what, hint="use another source")
        progress(0, len(uids), "Loading spaCy")
        pipeline = self._load(self._pipeline, cancel)
        labels = {name: label for name in pipeline.labels if (label := _named(layer, name)) is not None}
        if not labels:
            what = f"no label of the layer “{layer.title}” of {scheme.tag} matches a label of {pipeline.name}"
            raise WrongUse(what, hint=f"it knows {', '.join(pipeline.labels)}")

        def between() -> None:
            if cancel is not None:
                cancel.raise_if_cancelled()

        def read(pieces: list[str]) -> "list[list[Entity]]":
            between()
            return pipeline.entities(pieces, between)

        def texts() -> Iterator[tuple[Document, str]]:
            for uid in uids:
                document = session.document(uid)
                if _is_in(document.meta.get("language"), scheme, pipeline.language):
                    yield document, document.text

        places = {uid: number for number, uid in enumerate(uids, 1)}
        maker = f"{SPACY}:{pipeline.name}"
        for document, entities in entities_of(texts(), read):
            progress(places[document.uid], len(uids), document.title)
            known = (entity for entity in entities if entity.label in labels)
            yield (
                document.uid,
                [_named_entity(document, entity, layer, labels, maker, pipeline.version) for entity in known],
            )


def _named_entity(
    document: Document, entity: "Entity", layer: Layer, labels: Mapping[str, Label], maker: str, version: str
) -> Suggestion:
    return Suggestion(
        uid="",
        maker=maker,
        version=version,
        layer=layer.id,
        label=labels[entity.label].id,
        fragments=(Fragment(entity.start, entity.end),),
        quote=document.text[entity.start : entity.end],
        reason=f"found as {entity.label}",
    )


def _named(layer: Layer, name: str) -> Label | None:
    """Return the label of a layer that is called like one of a pipeline, by its id or its title."""
    wanted = name.casefold()
    return next((item for item in layer.labels if wanted in (item.id.casefold(), item.title.casefold())), None)


def _is_in(stated: object, scheme: Scheme, language: str) -> bool:
    """Whether a text is in a pipeline's language, as far as anything says so."""
    said = stated if isinstance(stated, str) and stated else scheme.language
    return not said or said.lower().partition("-")[0] == language

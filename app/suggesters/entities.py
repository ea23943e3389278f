"""Named entities as suggestions, found by a spaCy pipeline in this process or in another one."""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from app.core.annotation import Fragment
from app.core.document import Document
from app.core.errors import WrongUse
from app.core.progress import CancelToken, Progress
from app.core.scheme import Label, Layer, Scheme
from app.core.suggestion import Suggestion
from app.nlp.doc_findings import Entity
from app.nlp.entities import chosen_pipeline, entities_of
from app.nlp.pipelines import components, stated_labels, stated_scores, stated_use, stated_version
from app.suggesters.backend import LOCAL, Backend, EntityPipeline
from app.suggesters.protocol import Batches, Corpus

SPACY = "spacy"
ENTITY = "entity"


class EntitySuggester:
    """Suggests what a spaCy pipeline finds: named entities, or what a model was trained to find in another layer, if
    the label also exists, by id or title, in the scheme's layer.
    """

    name = SPACY
    title = "Names, places and dates, found by spaCy"
    needs = "an installed spaCy pipeline that finds named entities"
    version = ""

    def __init__(self, backend: Backend = LOCAL, pipeline: str = "", *, trusts: bool = False) -> None:
        """Use the pipeline of this name or in this folder, or the preferred one if empty; `backend` loads it once there
        is work. With `trusts`, also one that a stranger made.
        """
        self._backend = backend
        self._pipeline = pipeline
        self._trusts = trusts

    def variant(self, name: str) -> "EntitySuggester":
        """Return a suggester that uses the named pipeline."""
        return EntitySuggester(self._backend, name, trusts=self._trusts)

    def suggest(
        self, corpus: Corpus, documents: Sequence[str], *, progress: Progress, cancel: CancelToken | None
    ) -> Batches:
        """See `Suggester`. Documents in another language than the pipeline's are skipped."""
        if not self._pipeline:
            _stated_layer(corpus.scheme, ENTITY)
        # Loading takes seconds, even to find that there is nothing to load.
        chosen = chosen_pipeline(self._pipeline, is_trusted=self._trusts)
        return self._suggestions(corpus, _layer(corpus.scheme, chosen), chosen, documents, progress, cancel)

    def _suggestions(
        self,
        corpus: Corpus,
        layer: Layer,
        chosen: str,
        documents: Sequence[str],
        progress: Progress,
        cancel: CancelToken | None,
    ) -> Batches:
        progress(0, len(documents), "Loading spaCy")
        pipeline = self._backend.recogniser(chosen, cancel)
        labels = _labels(corpus.scheme, layer, pipeline)

        def between() -> None:
            if cancel is not None:
                cancel.raise_if_cancelled()

        def read(pieces: list[str]) -> list[list[Entity]]:
            between()
            return pipeline.entities(pieces, between)

        numbers = {uid: number for number, uid in enumerate(documents, 1)}
        for document, entities in entities_of(_texts(corpus, documents, pipeline.language), read):
            progress(numbers[document.uid], len(documents), document.title)
            known = [entity for entity in entities if entity.label in labels]
            if layer.is_about_document:
                known = _of_whole(known)
            yield document.uid, [_suggestion(document, entity, layer, labels, pipeline) for entity in known]


def _layer(scheme: Scheme, pipeline: str) -> Layer:
    """Return the layer that a pipeline finds marks of: the one that it was trained for, that of entities, or the one
    most of whose labels it knows. Raises WrongUse if there is none.
    """
    stated, _unit = stated_use(pipeline)
    if stated:
        return _stated_layer(scheme, stated)
    if "ner" in components(pipeline):
        return _stated_layer(scheme, ENTITY)
    names = stated_labels(pipeline)
    known = {layer.id: sum(_named(layer, name) is not None for name in names) for layer in scheme.layers}
    return _stated_layer(scheme, max(known, key=lambda layer: known[layer], default=ENTITY))


def _stated_layer(scheme: Scheme, name: str) -> Layer:
    found = scheme.layer(name)
    if found is None:
        what = f"the scheme {scheme.tag} has no layer “{name}” for what spaCy finds"
        raise WrongUse(what, hint="use another suggester")
    return found


def _of_whole(found: Sequence[Entity]) -> list[Entity]:
    """Return what was found of parts of a text as found of all of it, once for each label."""
    best: dict[str, float] = {}
    for entity in found:
        best[entity.label] = max(best.get(entity.label, 0.0), entity.score or 0.0)
    return [Entity(0, 0, label, score) for label, score in sorted(best.items())]


def _texts(corpus: Corpus, documents: Sequence[str], language: str) -> Iterator[tuple[Document, str]]:
    for uid in documents:
        document = corpus.document(uid)
        if _is_in(document.meta.get("language"), corpus.scheme, language):
            yield document, document.text


def _is_in(stated: object, scheme: Scheme, language: str) -> bool:
    """Return whether a text is in a pipeline's language, as far as it is known."""
    said = stated if isinstance(stated, str) and stated else scheme.language
    return not said or said.lower().partition("-")[0] == language


def _labels(scheme: Scheme, layer: Layer, pipeline: EntityPipeline) -> Mapping[str, Label]:
    """Return the layer's labels by the pipeline's, for those that exist in both. Raises WrongUse if there are none."""
    labels = {name: label for name in pipeline.labels if (label := _named(layer, name)) is not None}
    if not labels:
        what = f"no label of the layer “{layer.title}” of {scheme.tag} matches a label of {pipeline.name}"
        raise WrongUse(what, hint=f"it knows {', '.join(pipeline.labels)}")
    return labels


def _named(layer: Layer, name: str) -> Label | None:
    """Return the label of a layer whose id or title is the name of a pipeline's label, or that takes that name."""
    wanted = name.casefold()
    for item in layer.labels:
        if wanted in (item.id.casefold(), item.title.casefold()):
            return item
    return next((item for item in layer.labels if wanted in [taken.casefold() for taken in item.takes]), None)


class MappedLabel(NamedTuple):
    """A label of a pipeline, the label (layer, id) of the scheme that its entities are suggested with, None if they
    aren't, and the precision and recall that the pipeline's package gives for it, if it does.
    """

    name: str
    label: tuple[str, str] | None
    precision: float | None
    recall: float | None


class PipelineLabels(NamedTuple):
    """What becomes of a pipeline's labels in a scheme; `maker` and `version` are those of its suggestions."""

    maker: str
    version: str
    labels: tuple[MappedLabel, ...]


def mapped_labels(scheme: Scheme, pipeline: str = "") -> PipelineLabels:
    """Return what becomes of a pipeline's labels, of the preferred one if it isn't named. Doesn't import spaCy.

    Raises WrongUse if there is no pipeline, or no layer for it.
    """
    chosen = chosen_pipeline(pipeline)
    layer, scores = _layer(scheme, chosen), stated_scores(chosen)
    found: list[MappedLabel] = []
    for name in sorted(set(stated_labels(chosen)) & (set(scores) or set(stated_labels(chosen)))):
        to, (precision, recall) = _named(layer, name), scores.get(name, (None, None))
        found.append(MappedLabel(name, (layer.id, to.id) if to is not None else None, precision, recall))
    return PipelineLabels(f"{SPACY}:{chosen}", stated_version(chosen), tuple(found))


def _suggestion(
    document: Document, entity: Entity, layer: Layer, labels: Mapping[str, Label], pipeline: EntityPipeline
) -> Suggestion:
    return Suggestion(
        uid="",
        maker=f"{SPACY}:{pipeline.name}",
        version=pipeline.version,
        layer=layer.id,
        label=labels[entity.label].id,
        fragments=(Fragment(entity.start, entity.end),),
        quote=document.text[entity.start : entity.end],
        reason=f"found as {entity.label}",
        score=entity.score,
    )

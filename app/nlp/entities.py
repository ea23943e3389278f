"""Named entities of a text, as found by an installed spaCy pipeline."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from app.core.errors import WrongUse
from app.nlp.doc_findings import CATEGORIZERS, Cutter, DocFinder, Entity
from app.nlp.model_trust import require_trusted
from app.nlp.pipelines import components, installed, stated_use
from app.nlp.sentences import sentence_cutter
from app.nlp.text_cuts import pieces_of
from app.nlp.trained_models import model_folder

if TYPE_CHECKING:
    from spacy.language import Language

Key = TypeVar("Key")

_NER = "ner"
_FINDERS = frozenset((_NER, "spancat", "spancat_singlelabel", *CATEGORIZERS))
_TOGETHER = 30_000  # code points processed at once: under a second
_MOST_TEXTS = 64
_UNUSED = ("parser", "tagger", "attribute_ruler", "lemmatizer", "morphologizer")


class NoPipeline(WrongUse):
    """No installed pipeline finds named entities."""


class Recogniser(NamedTuple):
    """A loaded pipeline: its name, version and language, and the labels that it can assign."""

    name: str
    version: str
    language: str
    labels: tuple[str, ...]
    pipeline: "Language"
    sentences: Cutter | None = None  # what cuts texts for a pipeline that categorizes sentences

    def entities(self, pieces: Sequence[str], between: Callable[[], None] = lambda: None) -> list[list[Entity]]:
        """Return the entities of each piece of text, in order and without surrounding white space.

        `between` is called now and then and may raise to stop.
        """
        finder = DocFinder(self.pipeline, self.sentences)
        found: list[list[Entity]] = []
        for piece in pieces:
            between()
            found.append(finder.find(piece))
        return found


def entities_of(
    texts: Iterable[tuple[Key, str]], read: Callable[[list[str]], list[list[Entity]]]
) -> Iterator[tuple[Key, list[Entity]]]:
    """Yield each text's key and its entities, in order.

    `read` gets a few pieces of text at a time, short texts together and long ones in parts, and returns the entities of
    each piece.
    """
    done: list[tuple[Key, list[Entity]]] = []
    batch: list[tuple[list[Entity], int, str]] = []
    length = 0
    for key, text in texts:
        found: list[Entity] = []
        done.append((key, found))
        is_long = False
        for start, end in pieces_of(text):
            batch.append((found, start, text[start:end]))
            length += end - start
            if length >= _TOGETHER:
                _fill(batch, read)
                batch, length, is_long = [], 0, True
        if is_long or len(done) >= _MOST_TEXTS:
            _fill(batch, read)
            batch, length = [], 0
            yield from done
            done = []
    _fill(batch, read)
    yield from done


def _fill(batch: list[tuple[list[Entity], int, str]], read: Callable[[list[str]], list[list[Entity]]]) -> None:
    if batch:
        answers = read([piece for _, _, piece in batch])
        for (found, start, _), entities in zip(batch, answers, strict=True):
            found.extend(Entity(start + entity.start, start + entity.end, entity.label) for entity in entities)


def chosen_pipeline(name: str = "", *, is_trusted: bool = False) -> str:
    """Return the name of the installed pipeline to use, the preferred one if `name` is empty; for the path of a model
    or of its package, that of the model folder.

    Doesn't import spaCy. Raises NoPipeline; and UntrustedModel for a folder that Stet didn't write on this machine,
    unless somebody trusts it.
    """
    there = installed()
    folder = model_folder(Path(name)) if name and name not in there else None
    if folder is not None:
        require_trusted(folder, is_trusted=is_trusted)
        return str(folder.resolve())
    known = [found for found in there if _NER in components(found)]
    if name in there and _FINDERS.intersection(components(name)):
        return name
    if name:
        hint = f"use {known[0]}, or the folder of a model" if known else "name the folder of a model"
        raise NoPipeline(f"no pipeline “{name}” that finds named entities is installed", hint=hint)
    if not known:
        what = "no spaCy pipeline that finds named entities is installed"
        raise NoPipeline(what, hint="install one, for English: pip install 'stet-workbench[en]'")
    return known[0]


def recogniser(name: str = "") -> Recogniser:
    """Load a pipeline by name, or by the path of its folder, whoever made it; the preferred one if `name` is empty.

    Takes a second. Whether a folder is to be trusted, `chosen_pipeline` asks. Raises NoPipeline.
    """
    import spacy

    chosen = name if Path(name).is_absolute() else chosen_pipeline(name)
    try:
        pipeline = spacy.load(chosen, exclude=[part for part in _UNUSED if part in components(chosen)])
    except (OSError, ValueError, KeyError, TypeError, ImportError) as error:
        what = f"the pipeline “{chosen}” can't be loaded ({error})"
        raise NoPipeline(what, hint="reinstall it, or use another one") from error
    labels = dict.fromkeys(label for part in pipeline.pipe_names for label in pipeline.pipe_labels.get(part, ()))
    meta = pipeline.meta
    known = f"{meta.get('lang')}_{meta.get('name')}" if Path(chosen).is_absolute() else chosen
    whole = stated_use(chosen)[1] == "document"
    sentences = (
        None
        if whole or not frozenset(CATEGORIZERS).intersection(pipeline.pipe_names)
        else sentence_cutter(pipeline.lang or "")
    )
    return Recogniser(known, str(meta.get("version", "")), pipeline.lang or "", tuple(labels), pipeline, sentences)

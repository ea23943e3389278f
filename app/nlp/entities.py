"""Named entities of a text, as found by an installed spaCy pipeline."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from app.core.errors import WrongUse
from app.nlp.pipelines import components, installed
from app.nlp.text_cuts import pieces_of

if TYPE_CHECKING:
    from spacy.language import Language

Key = TypeVar("Key")

_NER = "ner"
_TOGETHER = 30_000  # code points processed at once: under a second
_MOST_TEXTS = 64
_UNUSED = ("parser", "tagger", "attribute_ruler", "lemmatizer", "morphologizer")


class NoPipeline(WrongUse):
    """No installed pipeline finds named entities."""


class Entity(NamedTuple):
    """A named entity: `[start, end)` in code points, and the label assigned by the pipeline."""

    start: int
    end: int
    label: str


class Recogniser(NamedTuple):
    """A loaded pipeline: its name, version and language, and the labels that it can assign."""

    name: str
    version: str
    language: str
    labels: tuple[str, ...]
    pipeline: "Language"

    def entities(self, pieces: Sequence[str], between: Callable[[], None] = lambda: None) -> list[list[Entity]]:
        """Return the entities of each piece of text, in order and without surrounding white space.

        `between` is called now and then and may raise to stop.
        """
        found: list[list[Entity]] = []
        for piece in pieces:
            between()
            found.append([])
            for entity in self.pipeline(piece).ents:
                words = entity.text
                low = entity.start_char + len(words) - len(words.lstrip())
                high = entity.start_char + len(words.rstrip())
                if low < high:
                    found[-1].append(Entity(low, high, entity.label_))
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


def chosen_pipeline(name: str = "") -> str:
    """Return the name of the installed pipeline to use, the preferred one if `name` is empty.

    Doesn't import spaCy. Raises NoPipeline.
    """
    known = [found for found in installed() if _NER in components(found)]
    if not known:
        what = "no spaCy pipeline that finds named entities is installed"
        raise NoPipeline(what, hint="install one, for English: pip install 'stet-workbench[en]'")
    if name and name not in known:
        raise NoPipeline(f"no pipeline “{name}” that finds named entities is installed", hint=f"use {known[0]}")
    return name or known[0]


def recogniser(name: str = "") -> Recogniser:
    """Load an installed pipeline, the preferred one if `name` is empty; takes a second. Raises NoPipeline."""
    import spacy

    chosen = chosen_pipeline(name)
    try:
        pipeline = spacy.load(chosen, exclude=[part for part in _UNUSED if part in components(chosen)])
    except (OSError, ValueError) as error:
        what = f"the pipeline “{chosen}” can't be loaded ({error})"
        raise NoPipeline(what, hint="reinstall it, or use another one") from error
    labels = tuple(pipeline.pipe_labels.get(_NER, ()))
    return Recogniser(chosen, str(pipeline.meta.get("version", "")), pipeline.lang or "", labels, pipeline)

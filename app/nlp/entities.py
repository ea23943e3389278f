"""Named entities of a text, as an installed pipeline finds them."""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, NamedTuple

from app.core.errors import WrongUse

if TYPE_CHECKING:
    from spacy.language import Language

_FIRST_CHOICE = "en_core_web_sm"
_NER = "ner"
_AT_ONCE = 20_000  # characters; a pipeline's memory grows with them, and between two pieces it can be stopped
_UNUSED = ("parser", "tagger", "attribute_ruler", "lemmatizer", "morphologizer")


class NoPipeline(WrongUse):
    """No installed pipeline finds named entities."""


class Entity(NamedTuple):
    """A named entity: `[start, end)` in code points, and the label that the pipeline gives it."""

    start: int
    end: int
    label: str


class Recogniser(NamedTuple):
    """A loaded pipeline: its name, version and language, and the labels that it can give."""

    name: str
    version: str
    language: str
    labels: tuple[str, ...]
    pipeline: "Language"

    def entities(self, text: str, between: Callable[[], None] = lambda: None) -> Iterator[Entity]:
        """Yield the entities of a text in order, without white space at their ends. `between` is called now and then
        and may raise to stop.
        """
        for start, end in _pieces(text):
            between()
            for found in self.pipeline(text[start:end]).ents:
                words = found.text
                low = start + found.start_char + len(words) - len(words.lstrip())
                high = start + found.start_char + len(words.rstrip())
                if low < high:
                    yield Entity(low, high, found.label_)


def _pieces(text: str) -> Iterator[tuple[int, int]]:
    """Yield a text in pieces that end with a line, or between words where a line is very long."""
    start = 0
    while start < len(text):
        end = min(len(text), start + _AT_ONCE)
        if end < len(text):
            cut = text.rfind("\n", start, end) + 1 or text.rfind(" ", start, end) + 1
            end = cut if cut > start else end
        yield start, end
        start = end


def pipelines() -> list[str]:
    """Return the names of the installed pipelines that find named entities, the preferred one first."""
    import spacy

    found = [name for name in spacy.util.get_installed_models() if _NER in _components(name)]
    return sorted(found, key=_preference)


def _preference(name: str) -> tuple[bool, str]:
    return (not name.startswith(_FIRST_CHOICE), name)


def recogniser(name: str = "") -> Recogniser:
    """Load an installed pipeline, the preferred one if none is named; takes a second. Raises NoPipeline."""
    import spacy

    known = pipelines()
    if not known:
        what = "no spaCy pipeline that finds named entities is installed"
        raise NoPipeline(what, hint="install one, for English: pip install 'stet-workbench[en]'")
    if name and name not in known:
        raise NoPipeline(f"no pipeline “{name}” that finds named entities is installed", hint=f"use {known[0]}")
    chosen = name or known[0]
    pipeline = spacy.load(chosen, exclude=[part for part in _UNUSED if part in _components(chosen)])
    labels = tuple(pipeline.pipe_labels.get(_NER, ()))
    return Recogniser(chosen, str(pipeline.meta.get("version", "")), pipeline.lang or "", labels, pipeline)


def _components(name: str) -> list[str]:
    import spacy

    return spacy.util.get_model_meta(spacy.util.get_package_path(name)).get("pipeline", [])

"""Where models run: in this process, as on the command line, or in the window's worker process.

What is needed to run them is imported when they run: the window, whose models run elsewhere, never imports the rules.
"""

from collections.abc import Callable, Sequence
from functools import cache
from typing import TYPE_CHECKING, Protocol

from app.core.progress import CancelToken
from app.nlp.doc_findings import Entity
from app.nlp.phrases import Phrase, PhraseFinder, PhraseMatch
from app.suggesters.hints.hint import Hint

if TYPE_CHECKING:
    from app.suggesters.hints.analyst import Analyst


class EntityPipeline(Protocol):
    """A loaded pipeline that finds named entities, in this process or elsewhere."""

    @property
    def name(self) -> str:
        """The pipeline's name."""
        ...

    @property
    def version(self) -> str:
        """The pipeline's version."""
        ...

    @property
    def language(self) -> str:
        """The code of the pipeline's language."""
        ...

    @property
    def labels(self) -> tuple[str, ...]:
        """The labels that the pipeline can assign."""
        ...

    def entities(self, pieces: Sequence[str], between: Callable[[], None]) -> list[list[Entity]]:
        """Return the entities of each piece of text; `between` may raise to stop."""
        ...


class HintPipeline(Protocol):
    """A loaded pipeline with the rules that compare texts, in this process or elsewhere."""

    @property
    def language(self) -> str:
        """The code of the pipeline's language."""
        ...

    def hints(
        self, rules: tuple[str, ...], text: str, references: Sequence[str], between: Callable[[], None]
    ) -> list[tuple[str, Hint]]:
        """Return the hints of the rules with these names, each with its rule's name; `between` may raise to stop."""
        ...


class PhrasePipeline(Protocol):
    """A loaded finder of phrases, in this process or elsewhere."""

    def find(self, pieces: Sequence[str], between: Callable[[], None]) -> list[list[PhraseMatch]]:
        """Return the matches in each piece of text; `between` may raise to stop."""
        ...


class Backend(Protocol):
    """Loads models; each method takes a second or more."""

    def recogniser(self, pipeline: str, token: CancelToken | None) -> EntityPipeline:
        """Load a pipeline that finds named entities, the preferred one if `pipeline` is empty. Raises NoPipeline."""
        ...

    def hinter(self, pipeline: str, token: CancelToken | None) -> HintPipeline:
        """Load a pipeline that parses sentences, the preferred one if `pipeline` is empty. Raises NoParser."""
        ...

    def phrases(self, phrases: Sequence[Phrase], language: str, token: CancelToken | None) -> PhrasePipeline:
        """Load what finds phrases in texts of a language. Raises WrongUse for forms of words that none knows."""
        ...


class LocalHints:
    """The rules on a pipeline in this process."""

    def __init__(self, analyst: "Analyst") -> None:
        """Compare texts by an analyst."""
        self.analyst = analyst

    @property
    def name(self) -> str:
        """The pipeline's name."""
        return self.analyst.name

    @property
    def language(self) -> str:
        """The code of the pipeline's language."""
        return self.analyst.language

    def hints(
        self, rules: tuple[str, ...], text: str, references: Sequence[str], between: Callable[[], None]
    ) -> list[tuple[str, Hint]]:
        """See `HintPipeline`."""
        from app.suggesters.hints.rules import rules_named

        found = self.analyst.hints(rules_named(rules), text, references, between)
        return [(rule.name, hint) for rule, hint in found]


class LocalBackend:
    """Loads models in this process."""

    def recogniser(self, pipeline: str, token: CancelToken | None) -> EntityPipeline:
        """See `Backend`."""
        from app.nlp.entities import recogniser

        return recogniser(pipeline)

    def hinter(self, pipeline: str, token: CancelToken | None) -> HintPipeline:
        """See `Backend`."""
        return local_hints(pipeline)

    def phrases(self, phrases: Sequence[Phrase], language: str, token: CancelToken | None) -> PhrasePipeline:
        """See `Backend`."""
        return PhraseFinder(phrases, language)


@cache
def local_hints(pipeline: str = "") -> LocalHints:
    """Return the rules on a pipeline in this process; it stays loaded. Raises NoParser."""
    from app.nlp.parser import parser
    from app.suggesters.hints.analyst import Analyst

    return LocalHints(Analyst(parser(pipeline)))


LOCAL = LocalBackend()

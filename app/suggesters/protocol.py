"""The protocol of suggesters, and what they may read of the project that they suggest for.

Other packages can add suggesters: an entry point in the group `stet.suggesters` names a `Suggester` object.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple, Protocol, runtime_checkable

from app.core.annotation import Evidence
from app.core.document import Document
from app.core.progress import CancelToken, Progress
from app.core.scheme import Scheme
from app.core.suggestion import Suggestion
from app.core.suggestion_pattern import SuggestionPattern

Batches = Iterator[tuple[str, list[Suggestion]]]
"""(document uid, its suggestions)"""


class CorrectedTerm(NamedTuple):
    """A term and its correction, made `times` times, with the layer, label and severity of those annotations."""

    wrong: str
    right: str
    times: int
    layer: str
    label: str
    severity: str | None


class TermPlace(NamedTuple):
    """An occurrence of a corrected term, in code points of a document (uid).

    `evidence` is present if a reference of the document contains the correction.
    """

    document: str
    start: int
    end: int
    quote: str
    evidence: tuple[Evidence, ...] = ()


class ErrorExample(NamedTuple):
    """An annotation of released gold: the sentence around it, its words, its label and its correction."""

    sentence: str
    quote: str
    label: str
    correction: str


class Corpus(Protocol):
    """A project as the current annotator may see it: their own work and released gold, nothing of others."""

    @property
    def scheme(self) -> Scheme:
        """The current scheme."""
        ...

    def document(self, uid: str) -> Document:
        """Return a document. Raises EditRejected if there is none."""
        ...

    def references(self, uid: str) -> Sequence[str]:
        """Return the uids of a document's references, in order."""
        ...

    def patterns(self) -> Sequence[SuggestionPattern]:
        """Return the patterns: what is always suggested."""
        ...

    def corrected_terms(self) -> Sequence[CorrectedTerm]:
        """Return the corrections by the annotator, or by reviewers in released gold, most frequent first."""
        ...

    def gold_examples(self, layer: str, most: int, *, apart_from: Sequence[str]) -> Sequence[ErrorExample]:
        """Return corrected annotations of a layer in released gold, of as many labels as there are, in a fixed order;
        none from the documents (uids) `apart_from`.
        """
        ...

    def unannotated_places(self, term: CorrectedTerm, *, cancel: CancelToken | None = None) -> Iterator[TermPlace]:
        """Yield the term's occurrences in all documents where the annotator has no annotation of its layer.

        Those with evidence come first. Raises Cancelled.
        """
        ...


@runtime_checkable
class Suggester(Protocol):
    """A program that suggests annotations. It changes nothing: the caller validates and adds its suggestions."""

    @property
    def name(self) -> str:
        """Its name, which is also the `maker` of its suggestions, or the part of it before a colon."""
        ...

    @property
    def title(self) -> str:
        """What it suggests, in one line for people."""
        ...

    @property
    def needs(self) -> str:
        """What it needs to work, in a few words; “” if nothing."""
        ...

    @property
    def version(self) -> str:
        """The version of its rules; “” if a model has its own, which its suggestions then contain."""
        ...

    def suggest(
        self, corpus: Corpus, documents: Sequence[str], *, progress: Progress, cancel: CancelToken | None
    ) -> Batches:
        """Return an iterator over the documents (uids) with suggestions, each with all of its suggestions.

        `uid` and `created` of a suggestion are left empty. What can be checked beforehand is checked before this
        returns: it raises WrongUse if the suggester can't work here. Iterating raises Cancelled and StetError.
        """
        ...


@runtime_checkable
class VariedSuggester(Suggester, Protocol):
    """A suggester with variants, such as the models that it can use, selected as `name:variant`."""

    def variant(self, name: str) -> Suggester:
        """Return the suggester with this variant. Raises WrongUse if there is none."""
        ...

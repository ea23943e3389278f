"""What a suggester is, and what it may ask of the project that it suggests for.

A package can bring more: an entry point in the group `stet.suggesters` names a `Suggester`, an object, under its name.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple, Protocol, runtime_checkable

from app.core.annotation import Evidence
from app.core.document import Document
from app.core.progress import CancelToken, Progress
from app.core.scheme import Scheme
from app.core.suggestion import Suggestion

Batches = Iterator[tuple[str, list[Suggestion]]]
"""Suggestions behind the uid of their document."""


class CorrectedTerm(NamedTuple):
    """A term and what it was corrected to, `times` over, with the layer, label and severity of those annotations."""

    wrong: str
    right: str
    times: int
    layer: str
    label: str
    severity: str | None


class TermPlace(NamedTuple):
    """Where a corrected term occurs, in code points of a document (uid). `evidence` is there if a reference of the
    document has the right term.
    """

    document: str
    start: int
    end: int
    quote: str
    evidence: tuple[Evidence, ...] = ()


class Corpus(Protocol):
    """A project as the present annotator may know it: their own work and released gold, nothing of others."""

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

    def corrected_terms(self) -> Sequence[CorrectedTerm]:
        """Return what the annotator, or a reviewer in released gold, has corrected, most often first."""
        ...

    def unannotated_places(self, term: CorrectedTerm, *, cancel: CancelToken | None = None) -> Iterator[TermPlace]:
        """Yield where the wrong term occurs, in all documents, and the annotator has no annotation of its layer: those
        with evidence first. Raises Cancelled.
        """
        ...


@runtime_checkable
class Suggester(Protocol):
    """A program that suggests annotations. It changes nothing: what it yields is checked and added by the caller."""

    @property
    def name(self) -> str:
        """What it is asked for by, and what each of its suggestions has as `maker`, or as the part before a colon."""
        ...

    @property
    def title(self) -> str:
        """What it suggests, in a line for people."""
        ...

    @property
    def needs(self) -> str:
        """What it needs to work, in a few words; “” if nothing."""
        ...

    @property
    def version(self) -> str:
        """The version of its rules; “” where a model has one of its own, which its suggestions then carry."""
        ...

    def suggest(
        self, corpus: Corpus, documents: Sequence[str], *, progress: Progress, cancel: CancelToken | None
    ) -> Batches:
        """Return an iterator over the documents (uids) in which it has something to suggest, each with all of it.

        `uid` and `created` of a suggestion are left empty. What can be known beforehand is checked before this
        returns: it raises WrongUse if there is nothing that it can do here. Iterating raises Cancelled and StetError.
        """
        ...


@runtime_checkable
class VariedSuggester(Suggester, Protocol):
    """A suggester with variants, such as the models that it can use, asked for as `name:variant`."""

    def variant(self, name: str) -> Suggester:
        """Return the suggester with this variant. Raises WrongUse if there is none."""
        ...

"""A corpus without a project."""

from collections.abc import Iterator, Mapping, Sequence

from app.core.document import Document, sha256
from app.core.progress import CancelToken
from app.core.scheme import Scheme
from app.core.scheme_file import parse_scheme
from app.core.suggestion_pattern import SuggestionPattern
from app.suggesters.protocol import CorrectedTerm, ErrorExample, TermPlace
from tests.conftest import scheme_source


class MemoryCorpus:
    """Documents by uid, and corrected terms with the places where they occur."""

    def __init__(
        self,
        texts: Mapping[str, str],
        terms: Mapping[CorrectedTerm, Sequence[TermPlace]] | None = None,
        *,
        scheme: Scheme | None = None,
        languages: Mapping[str, str] | None = None,
        references: Mapping[str, Sequence[str]] | None = None,
        examples: Sequence[ErrorExample] = (),
        patterns: Sequence[SuggestionPattern] = (),
    ) -> None:
        self._patterns = patterns
        self._references = references or {}
        self._examples = examples
        self.scheme = scheme or parse_scheme(scheme_source("news-errors"))
        self._terms = terms or {}
        self._documents = {
            uid: Document(uid=uid, name=uid, text=text, sha256=sha256(text), meta=_meta(languages, uid))
            for uid, text in texts.items()
        }

    def document(self, uid: str) -> Document:
        return self._documents[uid]

    def references(self, uid: str) -> Sequence[str]:
        return self._references.get(uid, ())

    def gold_examples(self, layer: str, most: int, *, apart_from: Sequence[str]) -> Sequence[ErrorExample]:
        return self._examples[:most]

    def patterns(self) -> Sequence[SuggestionPattern]:
        return self._patterns

    def corrected_terms(self) -> Sequence[CorrectedTerm]:
        return list(self._terms)

    def unannotated_places(self, term: CorrectedTerm, *, cancel: CancelToken | None = None) -> Iterator[TermPlace]:
        if cancel is not None:
            cancel.raise_if_cancelled()
        return iter(self._terms[term])


def _meta(languages: Mapping[str, str] | None, uid: str) -> dict[str, object]:
    return {"language": languages[uid]} if languages and uid in languages else {}

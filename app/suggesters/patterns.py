"""Suggests every occurrence of words that people made a pattern of: “always suggest this”."""

from collections.abc import Iterator, Sequence

from app.core.annotation import Fragment
from app.core.document import Document
from app.core.errors import WrongUse
from app.core.progress import CancelToken, Progress
from app.core.scheme import SEVERITY
from app.core.suggestion import Suggestion
from app.core.suggestion_pattern import PatternMatch, SuggestionPattern
from app.nlp.phrases import Phrase, PhraseMatch
from app.nlp.text_cuts import pieces_of
from app.suggesters.backend import LOCAL, Backend, PhrasePipeline
from app.suggesters.protocol import Batches, Corpus

PATTERNS = "patterns"
_HOW = {
    PatternMatch.EXACT: "",
    PatternMatch.ANY_CASE: " in any case",
    PatternMatch.LEMMA: " in any form",
    PatternMatch.TOKENS: "",
}


class PatternSuggester:
    """Suggests a pattern's label and correction wherever its words occur."""

    name = PATTERNS
    title = "What is always suggested"
    needs = "patterns, made by “Always suggest this…” or stet patterns"
    version = "2"

    def __init__(self, backend: Backend = LOCAL) -> None:
        """Use a backend to look for words."""
        self._backend = backend

    def suggest(
        self, corpus: Corpus, documents: Sequence[str], *, progress: Progress, cancel: CancelToken | None
    ) -> Batches:
        """See `Suggester`. A place that a longer match of the same label covers is left out."""
        scheme = corpus.scheme
        patterns = [p for p in corpus.patterns() if scheme.label(p.layer, p.label) is not None]
        if not patterns:
            what = "the project has no patterns with labels of its scheme"
            raise WrongUse(what, hint="make one first: stet patterns PROJECT add", in_window="make one first")
        return self._suggestions(corpus, patterns, documents, progress, cancel)

    def _suggestions(
        self,
        corpus: Corpus,
        patterns: Sequence[SuggestionPattern],
        documents: Sequence[str],
        progress: Progress,
        cancel: CancelToken | None,
    ) -> Batches:
        by_language: dict[str, list[str]] = {}
        for uid in documents:
            by_language.setdefault(corpus.document(uid).language or corpus.scheme.language, []).append(uid)
        phrases = [Phrase(pattern.words, pattern.match.value, pattern.tokens) for pattern in patterns]
        done = 0
        for language, uids in by_language.items():
            progress(done, len(documents), "Loading spaCy")
            finder = self._backend.phrases(phrases, language, cancel)
            for uid in uids:
                document = corpus.document(uid)
                done += 1
                progress(done, len(documents), document.title)
                yield uid, list(_of(document, occurrences(document.text, finder, cancel), patterns))


def occurrences(text: str, finder: PhrasePipeline, cancel: CancelToken | None) -> list[PhraseMatch]:
    """Return where a finder finds its phrases in a text. Raises Cancelled."""

    def between() -> None:
        if cancel is not None:
            cancel.raise_if_cancelled()

    between()
    pieces = list(pieces_of(text))
    found = finder.find([text[start:end] for start, end in pieces], between)
    return [
        PhraseMatch(start + match.start, start + match.end, match.phrase)
        for (start, _), matches in zip(pieces, found, strict=True)
        for match in matches
    ]


def _of(
    document: Document, matches: Sequence[PhraseMatch], patterns: Sequence[SuggestionPattern]
) -> Iterator[Suggestion]:
    """Yield the suggestions for the matches in a document, without those inside a longer one with the same label."""
    furthest: dict[tuple[str, str], int] = {}
    for match in sorted(matches, key=lambda found: (found.start, -found.end, found.phrase)):
        pattern = patterns[match.phrase]
        label = (pattern.layer, pattern.label)
        if match.end <= furthest.get(label, -1):
            continue
        furthest[label] = match.end
        yield Suggestion(
            uid="",
            maker=PATTERNS,
            version=PatternSuggester.version,
            layer=pattern.layer,
            label=pattern.label,
            fragments=(Fragment(match.start, match.end),),
            quote=document.text[match.start : match.end],
            correction=pattern.correction,
            attributes={SEVERITY: pattern.severity} if pattern.severity else {},
            reason=_reason(pattern),
        )


def _reason(pattern: SuggestionPattern) -> str:
    """Return why: what somebody noted, or else what the pattern looks for."""
    return pattern.note or f"a pattern of the project: {pattern.described}{_HOW[pattern.match]}"

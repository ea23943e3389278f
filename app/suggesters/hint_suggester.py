"""A rule, or all of a tier, as a suggester: hints for documents with references become suggestions."""

from collections.abc import Sequence
from itertools import groupby

from app.core.annotation import Evidence, Fragment, Stance, quote_of
from app.core.document import Document
from app.core.errors import WrongUse
from app.core.ids import new_uid
from app.core.progress import CancelToken, Progress
from app.core.scheme import SEVERITY, Scheme
from app.core.suggestion import Suggestion
from app.nlp.parser import chosen_parser
from app.suggesters.backend import LOCAL, Backend
from app.suggesters.hints.hint import Hint, HintKind
from app.suggesters.hints.kind_labels import LayerLabel, label_for
from app.suggesters.hints.rule import HintRule, Tier
from app.suggesters.protocol import Batches, Corpus

LANGUAGE = "en"
"""The language that the rules read."""

_MINOR = (HintKind.NAME,)  # the reader still gets the right fact
_UNCERTAIN = (HintKind.UNMATCHED, HintKind.UNSUPPORTED, HintKind.OMISSION)  # the reference is context, and no proof


class HintSuggester:
    """Suggests what rules find where documents and their references don't agree. All rules share one analysis."""

    def __init__(self, name: str, title: str, rules: Sequence[HintRule], backend: Backend = LOCAL) -> None:
        """Use these rules; `backend` parses the texts."""
        self.name = name
        self.title = title
        self.rules = tuple(rules)
        self._backend = backend

    @property
    def needs(self) -> str:
        """What it needs of a document."""
        return "; ".join(dict.fromkeys(rule.needs for rule in self.rules if rule.needs))

    @property
    def version(self) -> str:
        """The version of the rule; “” for several, whose suggestions have their own."""
        return self.rules[0].version if len(self.rules) == 1 else ""

    def joined(self, other: "HintSuggester") -> "HintSuggester":
        """Return one suggester for the rules of both: of hints that overlap only one stays."""
        rules = dict.fromkeys((*self.rules, *other.rules))
        return HintSuggester(self.name, self.title, tuple(rules), self._backend)

    def of_rules(self, rules: Sequence[HintRule]) -> "HintSuggester":
        """Return the suggester with only these rules."""
        return HintSuggester(self.name, self.title, rules, self._backend)

    def suggest(
        self, corpus: Corpus, documents: Sequence[str], *, progress: Progress, cancel: CancelToken | None
    ) -> Batches:
        """See `Suggester`. Documents in another language than English are skipped, those without a reference get only
        what needs none.
        """
        if not any(label_for(kind, corpus.scheme) for rule in self.rules for kind in rule.kinds):
            what = f"the scheme {corpus.scheme.tag} has no label for what “{self.name}” finds"
            raise WrongUse(what, hint="use another suggester")
        chosen = chosen_parser()
        return self._suggestions(corpus, chosen, documents, progress, cancel)

    def _suggestions(
        self, corpus: Corpus, chosen: str, documents: Sequence[str], progress: Progress, cancel: CancelToken | None
    ) -> Batches:
        progress(0, len(documents), "Loading spaCy")
        pipeline = self._backend.hinter(chosen, cancel)
        if pipeline.language != LANGUAGE:
            raise WrongUse(f"the rules read English, and the pipeline {chosen} doesn't", hint="install en_core_web_sm")
        labels = {kind: label_for(kind, corpus.scheme) for kind in HintKind}
        by_name = {rule.name: rule for rule in self.rules}

        def between() -> None:
            if cancel is not None:
                cancel.raise_if_cancelled()

        for number, uid in enumerate(documents, 1):
            between()
            document = corpus.document(uid)
            progress(number, len(documents), document.title)
            if not _is_read(document, corpus.scheme):
                continue
            references = [corpus.document(reference) for reference in corpus.references(uid)]
            texts = [reference.text for reference in references]
            found = pipeline.hints(tuple(by_name), document.text, texts, between)
            yield (
                uid,
                [
                    _suggestion(document, references, by_name[name], hint, label, corpus.scheme)
                    for name, hint in found
                    if (label := labels[hint.kind]) is not None
                ],
            )


def _is_read(document: Document, scheme: Scheme) -> bool:
    stated = document.language or scheme.language
    return not stated or stated.lower().replace("_", "-").partition("-")[0] == LANGUAGE


def _suggestion(
    document: Document,
    references: Sequence[Document],
    rule: HintRule,
    hint: Hint,
    labelled: LayerLabel,
    scheme: Scheme,
) -> Suggestion:
    layer, label = labelled
    attributes: dict[str, object] = {}
    if layer.has_severity:
        guess = "minor" if hint.kind in _MINOR else "major"
        if any(severity.id == guess for severity in scheme.severities):
            attributes[SEVERITY] = guess
    stance = Stance.CONTEXT if hint.kind in _UNCERTAIN else layer.stance
    return Suggestion(
        uid="",
        maker=rule.name,
        version=rule.version,
        layer=layer.id,
        label=label.id,
        fragments=(Fragment(hint.start, hint.end),),
        quote=document.text[hint.start : hint.end],
        attributes=attributes,
        correction=hint.correction,
        evidence=_evidence(references, hint, stance),
        reason=hint.reason,
        score=round(hint.score, 3),
    )


def _evidence(references: Sequence[Document], hint: Hint, stance: Stance) -> tuple[Evidence, ...]:
    found: list[Evidence] = []
    for reference, places in groupby(sorted(hint.evidence), key=lambda place: place.reference):
        ranges = tuple(Fragment(place.start, place.end) for place in places)
        document = references[reference]
        quote = quote_of(document.text, ranges)
        found.append(Evidence(uid=new_uid(), document=document.uid, fragments=ranges, quote=quote, stance=stance))
    return tuple(found)


def tier_suggesters(rules: Sequence[HintRule], backend: Backend = LOCAL) -> tuple[HintSuggester, ...]:
    """Return a suggester for each tier that has rules, and one for each rule."""
    titles = {
        Tier.SURE: "What contradicts the reference: numbers, dates, names, roles, negations",
        Tier.LEAD: "What is worth a look: words, names and sentences without a counterpart in the reference",
    }
    whole = [
        HintSuggester(tier.value, titles[tier], some, backend)
        for tier in Tier
        if (some := [rule for rule in rules if rule.tier is tier])
    ]
    single = [HintSuggester(rule.name, rule.title, (rule,), backend) for rule in rules]
    return (*whole, *single)

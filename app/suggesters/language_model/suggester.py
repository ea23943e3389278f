"""Errors that a language model names, as suggestions: one paragraph with its best reference sentences a call."""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from app.core.annotation import Evidence, Fragment
from app.core.document import Document
from app.core.errors import WrongUse
from app.core.ids import new_uid
from app.core.progress import CancelToken, Progress
from app.core.scheme import Layer
from app.core.suggestion import Suggestion
from app.core.wording import counted
from app.suggesters.language_model.address import ModelAddress, key_for, parsed_address, require_consent
from app.suggesters.language_model.answer import Said, Unfounded, checked
from app.suggesters.language_model.answer_cache import AnswerCache, KeptAnswer
from app.suggesters.language_model.chat_server import AnswerLate, ChatServer, Completion, ModelFault
from app.suggesters.language_model.model_cost import MILLION, ModelCost
from app.suggesters.language_model.model_options import ModelOptions
from app.suggesters.language_model.question import (
    ANSWER_TOKENS,
    PROMPT_VERSION,
    ModelPrompt,
    ModelQuestion,
    prompt,
    questions,
)
from app.suggesters.language_model.request_form import RequestForm
from app.suggesters.protocol import Batches, Corpus, ErrorExample

MODEL = "model"
ERROR = "error"
EXAMPLES = 6
_MOST_LATE = 2  # answers in a row that don't come in time; then the server is given up


class ModelTally(NamedTuple):
    """What a run came to: calls made, answers kept from before, tokens, what was suggested and what was dropped why."""

    calls: int
    kept: int
    sent_tokens: int
    answer_tokens: int
    suggested: int
    dropped: Counter[Unfounded]

    def words(self) -> str:
        """Return it in words."""
        kept = f", {counted(self.kept, 'answer')} kept from before" if self.kept else ""
        left = "; ".join(f"{number:,} {why.value}" for why, number in sorted(self.dropped.items()))
        return (
            f"The language model took {counted(self.calls, 'call')}{kept}, {self.sent_tokens:,} tokens sent and "
            f"{self.answer_tokens:,} back; {counted(self.suggested, 'error')} held"
            + (f"; dropped: {left}" if left else "")
        )


class _Asked(NamedTuple):
    question: ModelQuestion
    prompt: ModelPrompt
    references: list[Document]


class ModelSuggester:
    """Suggests what a language model at an OpenAI-compatible address says contradicts the references."""

    name = MODEL
    title = "What a language model of your own finds against the reference"
    needs = "references, and the address of a language model"
    version = ""

    def __init__(self, options: ModelOptions | None = None) -> None:
        """Use these options; without an address there is nothing to ask."""
        self._options = options or ModelOptions()
        self._form = RequestForm()
        self._late = _MOST_LATE - 1  # as long as it has answered nothing, one that is late is enough
        self._counts: Counter[str] = Counter()
        self._dropped: Counter[Unfounded] = Counter()

    @property
    def tally(self) -> ModelTally:
        """What the runs of this suggester came to so far."""
        c = self._counts
        return ModelTally(c["calls"], c["kept"], c["sent"], c["back"], c["suggested"], Counter(self._dropped))

    def cost(self, corpus: Corpus, documents: Sequence[str], *, cancel: CancelToken | None = None) -> ModelCost:
        """Return what asking about documents (uids) costs at most; nothing is sent. Raises WrongUse and Cancelled."""
        layer = _layer(corpus)
        cache = AnswerCache(self._options.cache_folder)
        found = ModelCost()
        examples = corpus.gold_examples(ERROR, EXAMPLES, apart_from=documents)
        for uid in documents:
            if cancel is not None:
                cancel.raise_if_cancelled()
            asked = list(_asked(corpus, uid, layer, examples))
            new = [one for one in asked if cache.get(one.prompt.digest(self._options.model)) is None]
            found = found._replace(
                documents=found.documents + bool(asked),
                calls=found.calls + len(new),
                kept=found.kept + len(asked) - len(new),
                sent_tokens=found.sent_tokens + sum(one.prompt.tokens for one in new),
                answer_tokens=found.answer_tokens + ANSWER_TOKENS * len(new),
            )
        options = self._options
        price = found.sent_tokens * options.sent_price + found.answer_tokens * options.answer_price
        return found._replace(price=price / MILLION)

    def suggest(
        self, corpus: Corpus, documents: Sequence[str], *, progress: Progress, cancel: CancelToken | None
    ) -> Batches:
        """See `Suggester`. Raises WrongUse without an address or a model's name, for a host beyond this machine that
        nobody confirmed, and if it could take more tokens than the cap; then nothing was sent.
        """
        options = self._options
        if not options.address or not options.model:
            what = "no language model is set up"
            hint = "give --model-address http://127.0.0.1:8080/v1 and --model NAME"
            raise WrongUse(what, hint=hint, in_window="give its address and its name in the settings")
        address = parsed_address(options.address)
        require_consent(address, options.hosts)
        layer = _layer(corpus)
        cost = self.cost(corpus, documents, cancel=cancel)
        cost.require(options.most_tokens)
        return self._suggestions(corpus, layer, address, documents, cost.calls + cost.kept, progress, cancel)

    def _suggestions(
        self,
        corpus: Corpus,
        layer: Layer,
        address: ModelAddress,
        documents: Sequence[str],
        calls: int,
        progress: Progress,
        cancel: CancelToken | None,
    ) -> Batches:
        server = ChatServer(address, key_for(address), answer_s=self._options.answer_s)
        cache = AnswerCache(self._options.cache_folder)
        examples = corpus.gold_examples(ERROR, EXAMPLES, apart_from=documents)
        labels = frozenset(label.id for label in layer.labels if not label.group)
        cache.trim()
        number = 0
        for uid in documents:
            document = corpus.document(uid)
            found: list[Suggestion] = []
            for asked in _asked(corpus, uid, layer, examples):
                number += 1
                progress(number, calls, f"{document.title}, question")
                answer = self._answer(server, cache, asked.prompt, cancel)
                if answer is None:
                    continue
                said, dropped = checked(
                    answer.text, asked.question, document, asked.references, labels, is_cut_off=answer.is_cut_off
                )
                self._dropped.update(dropped)
                found.extend(self._suggestion(document, asked.references, layer, one) for one in said)
            self._counts["suggested"] += len(found)
            if found:
                yield uid, found

    def _answer(
        self, server: ChatServer, cache: AnswerCache, asked: ModelPrompt, cancel: CancelToken | None
    ) -> KeptAnswer | None:
        if cancel is not None:
            cancel.raise_if_cancelled()
        digest = asked.digest(self._options.model)
        kept = cache.get(digest)
        if kept is not None:
            self._counts["kept"] += 1
            return kept
        answer = self._completed(server, asked, cancel)
        if answer is None:
            return None
        self._counts["calls"] += 1
        self._counts["sent"] += answer.prompt_tokens or asked.tokens
        self._counts["back"] += answer.answer_tokens or len(answer.text) // 3
        found = KeptAnswer(answer.text, answer.is_cut_off)
        cache.put(digest, found)
        spent = self._counts["sent"] + self._counts["back"]
        if spent > self._options.most_tokens:  # the server counts otherwise than we do
            what = f"{spent:,} tokens were taken, and the cap is {self._options.most_tokens:,}"
            raise WrongUse(what, hint="choose fewer documents, or raise the cap; what it answered so far is kept")
        return found

    def _completed(self, server: ChatServer, asked: ModelPrompt, cancel: CancelToken | None) -> Completion | None:
        """Ask, and ask otherwise where a server refuses the form of a request. Return None if it is late."""
        while True:
            try:
                answer = server.complete(self._form.request(self._options.model, asked), cancel)
            except AnswerLate:
                self._late += 1
                if self._late >= _MOST_LATE:
                    raise
                self._dropped[Unfounded.TOO_SLOW] += 1
                return None
            except ModelFault as fault:
                if not self._form.learn(fault):
                    raise
            else:
                self._late = 0
                return answer

    def _suggestion(self, document: Document, references: Sequence[Document], layer: Layer, said: Said) -> Suggestion:
        evidence = tuple(
            Evidence(
                uid=new_uid(),
                document=references[place.reference].uid,
                fragments=(Fragment(place.start, place.end),),
                quote=references[place.reference].text[place.start : place.end],
                stance=layer.stance,
            )
            for place in said.evidence
        )
        return Suggestion(
            uid="",
            maker=f"{MODEL}:{self._options.model}",
            version=PROMPT_VERSION,
            layer=layer.id,
            label=said.label,
            fragments=(Fragment(said.start, said.end),),
            quote=document.text[said.start : said.end],
            correction=said.correction if layer.has_correction else None,
            evidence=evidence,
            reason=said.reason or "a language model says so",
        )


def _layer(corpus: Corpus) -> Layer:
    layer = corpus.scheme.layer(ERROR)
    if layer is None:
        what = f"the scheme {corpus.scheme.tag} has no layer “{ERROR}” for what a language model finds"
        raise WrongUse(what, hint="use another suggester")
    return layer


def _asked(corpus: Corpus, uid: str, layer: Layer, examples: Sequence[ErrorExample]) -> Iterator[_Asked]:
    document = corpus.document(uid)
    references = [corpus.document(reference) for reference in corpus.references(uid)]
    for question in questions(document, references):
        yield _Asked(question, prompt(question, document, references, layer, examples), references)

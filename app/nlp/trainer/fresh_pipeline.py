"""Pipelines before their first step: what they are made of, and the weights that they begin with."""

import random
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from app.nlp.pipelines import components, installed
from app.nlp.trainer.training_plan import ModelKind, TrainingPlan, TrainingText

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.training import Example
    from thinc.optimizers import Optimizer

_NORMS = "lexeme_norm"
_NER = "ner"
_SHORT_SPAN = 10  # tokens: up to here every range is tried, beyond it a component proposes where ranges may be
_MOST_SPAN = 80
SPAN_FINDER = "span_finder"
_CANDIDATES = "candidates"
_MOST_CANDIDATES = 50  # of a text in a step; what proposes them finds nearly all ranges likely at first
_LEARN_RATE = 0.001
_TOK2VEC = {
    "@architectures": "spacy.HashEmbedCNN.v2",
    "pretrained_vectors": None,
    "width": 96,
    "depth": 4,
    "embed_size": 2000,
    "window_size": 1,
    "maxout_pieces": 3,
    "subword_features": True,
}


class FreshPipeline(NamedTuple):
    """A pipeline that has learned nothing yet, with its examples and its optimizer; `base` is whose weights it has."""

    nlp: "Language"
    examples: "list[Example]"
    optimizer: "Optimizer"
    base: str


class _Base(NamedTuple):
    """An installed pipeline that finds entities, and the configuration of that component's model."""

    nlp: "Language"
    model: dict[str, Any]


def preferred_base(language: str) -> str:
    """Return the installed pipeline for a language whose weights help; “” if there is none. Doesn't import spaCy."""
    code = f"{language}_"
    return next((name for name in installed() if name.startswith(code) and _NER in components(name)), "")


def fresh_pipeline(plan: TrainingPlan, texts: Sequence[TrainingText]) -> FreshPipeline:
    """Make a pipeline for a plan that is to learn from these texts. The same plan and texts make the same one."""
    from thinc.api import fix_random_seed

    fix_random_seed(plan.seed)
    nlp = _blank(plan.language)
    base = _base(plan.base)
    if base is not None and base.nlp.vocab.lookups.has_table(_NORMS):
        nlp.vocab.lookups.add_table(_NORMS, base.nlp.vocab.lookups.get_table(_NORMS))
    config = base.model if base is not None else {}
    _add_components(nlp, plan, config, texts)
    examples = [example(nlp, plan, text) for text in texts]
    optimizer = nlp.initialize(lambda: examples)
    optimizer.learn_rate = _LEARN_RATE
    optimizer.averages = {}  # the mean of all steps so far is scored and kept: few texts make single steps erratic
    if base is not None:
        _begin_with(nlp, plan, base, texts)
    return FreshPipeline(nlp, examples, optimizer, plan.base if base is not None else "")


def _blank(language: str) -> "Language":
    import spacy

    try:
        return spacy.blank(language or "xx")
    except ImportError:
        return spacy.blank("xx")


def _base(name: str) -> _Base | None:
    """Return the base, or None if its weights can't be used: those that need a table of vectors would be large."""
    import spacy

    if not name:
        return None
    nlp = spacy.load(name, exclude=[part for part in components(name) if part != _NER])
    model = cast("dict[str, Any]", nlp.get_pipe_config(_NER)["model"])
    embedding = model.get("tok2vec", {}).get("embed", {})
    if "encode" not in model.get("tok2vec", {}) or embedding.get("include_static_vectors", True):
        return None
    return _Base(nlp, {**model, "nO": None})


# -- components --------------------------------------------------------------------------------------------------------


def _add_components(nlp: "Language", plan: TrainingPlan, config: dict[str, Any], texts: Iterable[TrainingText]) -> None:
    tok2vec = config.get("tok2vec", _TOK2VEC)
    if plan.kind is ModelKind.NER:
        nlp.add_pipe("ner", config={"model": config} if config else {})
    elif plan.kind is ModelKind.SPANCAT:
        _add_span_categorizer(nlp, tok2vec, texts)
    else:
        linear = {
            "@architectures": "spacy.TextCatBOW.v3",
            "exclusive_classes": False,
            "length": 65536,
            "ngram_size": 2,
            "no_output_layer": False,
        }
        model = {"@architectures": "spacy.TextCatEnsemble.v2", "tok2vec": tok2vec, "linear_model": linear}
        nlp.add_pipe("textcat_multilabel", config={"model": model})


def _add_span_categorizer(nlp: "Language", tok2vec: dict[str, Any], texts: Iterable[TrainingText]) -> None:
    from app.nlp.doc_findings import SPANS_KEY

    longest = max((_tokens(nlp, text, mark.start, mark.end) for text in texts for mark in text.marks), default=1)
    if longest <= _SHORT_SPAN:
        suggester = {"@misc": "spacy.ngram_range_suggester.v1", "min_size": 1, "max_size": longest}
    else:
        # Every range of a long sentence would be thousands; a component learns where ranges begin and end.
        finder = {
            "spans_key": _CANDIDATES,
            "max_length": min(longest + 5, _MOST_SPAN),
            "min_length": None,
            "threshold": 0.2,
            "scorer": {"@scorers": "spacy.span_finder_scorer.v1"},
            "model": {
                "@architectures": "spacy.SpanFinder.v1",
                "scorer": {"@layers": "spacy.LinearLogistic.v1", "nO": 2},
                "tok2vec": tok2vec,
            },
        }
        nlp.add_pipe(SPAN_FINDER, config=finder)
        suggester = {"@misc": "spacy.preset_spans_suggester.v1", "spans_key": _CANDIDATES}
    model = {
        "@architectures": "spacy.SpanCategorizer.v1",
        "scorer": {"@layers": "spacy.LinearLogistic.v1", "nO": None, "nI": None},
        "reducer": {"@layers": "spacy.mean_max_reducer.v1", "hidden_size": 128},
        "tok2vec": tok2vec,
    }
    nlp.add_pipe("spancat", config={"spans_key": SPANS_KEY, "suggester": suggester, "model": model})


def _tokens(nlp: "Language", text: TrainingText, start: int, end: int) -> int:
    return len(nlp.make_doc(text.text[start:end]))


# -- examples ----------------------------------------------------------------------------------------------------------


def example(nlp: "Language", plan: TrainingPlan, text: TrainingText) -> "Example":
    """Return a text with its marks as spaCy learns from it; marks that aren't whole tokens are widened to them."""
    from spacy.training import Example
    from spacy.util import filter_spans

    from app.nlp.doc_findings import SPANS_KEY

    doc = nlp.make_doc(text.text)
    gold = doc.copy()
    if plan.kind is ModelKind.TEXTCAT:
        has = {mark.label for mark in text.marks}
        gold.cats = {label: float(label in has) for label in plan.labels}
        return Example(doc, gold)
    widened = (gold.char_span(m.start, m.end, label=m.label, alignment_mode="expand") for m in text.marks)
    spans = [span for span in widened if span is not None]
    if plan.kind is ModelKind.NER:
        gold.ents = filter_spans(spans)
    else:
        gold.spans[SPANS_KEY] = spans
        if nlp.has_pipe(SPAN_FINDER):
            gold.spans[_CANDIDATES] = spans
    return Example(doc, gold)


def put_candidates(nlp: "Language", batch: "list[Example]") -> None:
    """Put the ranges among which the categorizer decides into the texts of a step: the right ones, and some of those
    that are proposed so far.
    """
    finder = cast("Any", nlp.get_pipe(SPAN_FINDER))
    docs = [each.predicted for each in batch]
    finder.set_annotations(docs, finder.predict(docs))
    for doc, each in zip(docs, batch, strict=True):
        right = {(span.start, span.end) for span in each.reference.spans[_CANDIDATES]}
        proposed = sorted({(span.start, span.end) for span in doc.spans[_CANDIDATES]} - right)
        some = random.sample(proposed, min(len(proposed), _MOST_CANDIDATES))
        doc.spans[_CANDIDATES] = [doc[start:end] for start, end in sorted(right | set(some))]


# -- weights -----------------------------------------------------------------------------------------------------------


def _begin_with(nlp: "Language", plan: TrainingPlan, base: _Base, texts: Sequence[TrainingText]) -> None:
    """Copy what reads words and their surroundings; for entities also what decides, label by label."""
    source = cast("Any", base.nlp.get_pipe(_NER)).model
    read = source.get_ref("tok2vec")  # which has a projection at its end that only entities need
    weights = (read if plan.kind is ModelKind.NER else read.layers[0]).to_bytes()
    for _name, pipe in nlp.pipeline:
        cast("Any", pipe).model.get_ref("tok2vec").from_bytes(weights)
    if plan.kind is ModelKind.NER and "upper" in source.ref_names:
        own = cast("Any", nlp.get_pipe(_NER))
        own.model.get_ref("lower").from_bytes(source.get_ref("lower").to_bytes())
        _copy_decisions(own, cast("Any", base.nlp.get_pipe(_NER)), _counterparts(base, texts))


def _counterparts(base: _Base, texts: Sequence[TrainingText]) -> dict[str, str]:
    """Return the label of the base that each label mostly goes with, by what the base finds in the texts."""
    times: Counter[tuple[str, str]] = Counter()
    for text, doc in zip(texts, base.nlp.pipe(text.text for text in texts), strict=True):
        found = {(ent.start_char, ent.end_char): ent.label_ for ent in doc.ents}
        for mark in text.marks:
            if (mark.start, mark.end) in found:
                times[mark.label, found[mark.start, mark.end]] += 1
    counterparts: dict[str, str] = {}
    for (label, other), _ in sorted(times.items(), key=lambda item: (-item[1], item[0])):
        counterparts.setdefault(label, other)
    return counterparts


def _copy_decisions(own: Any, other: Any, counterparts: dict[str, str]) -> None:  # noqa: ANN401  pipes of Cython
    """Copy what leads to each move, such as “begin ORG”, from the move with the label's counterpart."""
    target, source = own.model.get_ref("upper"), other.model.get_ref("upper")
    numbers = {move: number for number, move in enumerate(other.move_names)}
    weights, biases = target.get_param("W").copy(), target.get_param("b").copy()
    for number, move in enumerate(own.move_names):
        action, dash, label = move.partition("-")
        at = numbers.get(f"{action}{dash}{counterparts.get(label, '')}" if dash else move)
        if at is not None:
            weights[number], biases[number] = source.get_param("W")[at], source.get_param("b")[at]
    target.set_param("W", weights)
    target.set_param("b", biases)

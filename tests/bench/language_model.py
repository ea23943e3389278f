"""What a real language model says of the pairs: seconds a call, what holds of its answers, and what is right of that.

Measured where a server is at hand: `STET_MODEL_ADDRESS=http://127.0.0.1:8080/v1 STET_MODEL=NAME python -m tests.bench
model`. Any that speaks OpenAI's chat completions will do, such as llama.cpp's.
"""

import os
import sys
import tempfile
import time
from collections.abc import Sequence
from itertools import chain
from pathlib import Path

from app.core.progress import no_progress
from app.core.suggestion import Suggestion
from app.suggesters.hints.hint import Hint, HintKind
from app.suggesters.language_model.model_options import ANSWER_S, ModelOptions
from app.suggesters.language_model.suggester import ModelSuggester
from tests.bench.rows import Row
from tests.hints.pair_file import Pair, pairs
from tests.unit.suggesters.build import MemoryCorpus

_PAIRS = 10
_LONGEST_S = 3600.0


def run() -> Sequence[Row]:
    """Ask about some pairs; nothing is measured where no server is named."""
    address, model = os.environ.get("STET_MODEL_ADDRESS", ""), os.environ.get("STET_MODEL", "")
    if not address or not model:
        print("no language model is at hand: set STET_MODEL_ADDRESS and STET_MODEL", file=sys.stderr)
        return ()
    some = pairs()[: int(os.environ.get("STET_MODEL_PAIRS", str(_PAIRS)))]
    texts = dict(chain.from_iterable(((f"d{n}", p.text), (f"r{n}", p.reference)) for n, p in enumerate(some)))
    corpus = MemoryCorpus(texts, references={f"d{n}": [f"r{n}"] for n in range(len(some))})
    with tempfile.TemporaryDirectory() as folder:
        options = ModelOptions(address, model, cache=Path(folder), answer_s=_LONGEST_S)
        suggester = ModelSuggester(options)
        began = time.perf_counter()
        asked = [f"d{n}" for n in range(len(some))]
        found = dict(suggester.suggest(corpus, asked, progress=no_progress, cancel=None))
        seconds = time.perf_counter() - began
    tally = suggester.tally
    given = [(some[int(uid[1:])], suggestion) for uid, each in found.items() for suggestion in each]
    founded = sum(_is_founded(pair, suggestion) for pair, suggestion in given)
    right = sum(any(error.is_hit(_as_hint(suggestion)) for error in pair.errors) for pair, suggestion in given)
    planted = sum(len(pair.errors) for pair in some)
    note = f"{tally.words()}; right: {right} of {len(given)}, {planted} errors were planted"
    rows = [Row(f"{model}: seconds a call", seconds / max(1, tally.calls), ANSWER_S, "the time-out", 1, "s", note)]
    if given:
        name = f"{model}: quotes and evidence of what is suggested that are there"
        rows.append(Row(name, founded / len(given), 1.0, "all", 1, "", is_share=True))
    return rows


def _is_founded(pair: Pair, suggestion: Suggestion) -> bool:
    is_quoted = pair.text[suggestion.start : suggestion.end] == suggestion.quote
    return is_quoted and all(pair.reference[e.start : e.end] == e.quote for e in suggestion.evidence)


def _as_hint(suggestion: Suggestion) -> Hint:
    return Hint(HintKind.ENTITY, suggestion.start, suggestion.end, suggestion.reason)

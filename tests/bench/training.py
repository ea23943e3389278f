"""What `stet train` reaches on 372 news headlines, in four folds, beside spaCy's own `train` on the same folds.

spaCy's keeps the model that was best on the fold itself, so ours does so too, for comparison; and once more without
having seen the fold at all, as it is used.
"""

import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from app.nlp.trainer.checkpoint import Evaluation
from app.nlp.trainer.training_plan import LabelledRange, ModelKind, TrainingPlan, TrainingText
from tests.bench.processes import used_by
from tests.bench.rows import Row

HEADLINES = Path("/work/shared/data/prodigy/news_headlines_ner.jsonl")
_FOLDS = 4
_GOAL, _SECONDS = 0.79, 90
_CONFIG = """
from pathlib import Path
import sys
from spacy.cli.init_config import init_config
init_config(lang="en", pipeline=["ner"], optimize="efficiency", gpu=False).to_disk(Path(sys.argv[1]))
"""


class _Fold(NamedTuple):
    best: float  # F of the model that was best on the fold
    unseen: float  # F of one that hadn't seen it
    spacy: float
    seconds: float  # of the processor: for a whole training as it is used
    spacy_seconds: float


def run() -> Sequence[Row]:
    """Measure; takes some minutes. Nothing is measured where the headlines aren't there."""
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    if not HEADLINES.is_file():
        print(f"{HEADLINES} isn't there", file=sys.stderr)
        return ()
    texts = list(_headlines())
    random.Random(0).shuffle(texts)
    folds = [tuple(texts[number::_FOLDS]) for number in range(_FOLDS)]
    found = [_measure(folds, number) for number in range(_FOLDS)]
    best, unseen, spacy, seconds, spacy_seconds = (sum(each) / _FOLDS for each in zip(*found, strict=True))
    ours, others = (", ".join(f"{each[at]:.3f}" for each in found) for at in (0, 2))
    note = f"by fold {ours}; spaCy's {others}"
    name = f"{len(texts)} headlines, {_FOLDS} folds: mean F"
    theirs = "spacy train, an empty pipeline"
    return [
        Row(f"{name}, best on the fold", best, spacy, theirs, 1.04, "F", note, is_share=True),
        Row(f"{name}, best on the fold", best, _GOAL, "the goal", 1, "F", is_share=True),
        Row(f"{name}, the fold not seen", unseen, spacy, f"{theirs}, best on the fold", 1, "F", is_share=True),
        Row("processor for a fold, all of it", seconds, _SECONDS, "the goal", 1, "s", f"spaCy's {spacy_seconds:.0f} s"),
    ]


def _headlines() -> Iterator[TrainingText]:
    for line in HEADLINES.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        if row["answer"] == "accept":
            spans = (LabelledRange(span["start"], span["end"], span["label"]) for span in row.get("spans", ()))
            yield TrainingText(row["text"], tuple(sorted(spans)))


class _Silent:
    is_enough = False

    def on_step(self, step: int, loss: float, run: float) -> None:
        """Say nothing."""

    def on_evaluation(self, evaluation: Evaluation, run: float) -> None:
        """Say nothing."""


def _measure(folds: list[tuple[TrainingText, ...]], number: int) -> _Fold:
    from app.nlp.trainer.fresh_pipeline import preferred_base
    from app.nlp.trainer.training_run import evaluated, train

    fold = folds[number]
    rest = tuple(text for other, each in enumerate(folds) if other != number for text in each)
    labels = tuple(sorted({mark.label for text in rest for mark in text.marks}))
    kept = len(rest) // 5
    plan = TrainingPlan(
        kind=ModelKind.NER, language="en", labels=labels, train=rest[kept:], dev=rest[:kept], base=preferred_base("en")
    )
    began = time.process_time()
    unseen = train(plan, _Silent())
    seconds = time.process_time() - began
    f = evaluated(unseen.nlp, plan, fold).whole.f
    alike = TrainingPlan(
        kind=ModelKind.NER, language="en", labels=labels, train=rest, dev=fold, base=plan.base, refit=False
    )
    best = train(alike, _Silent()).best.scores.whole.f
    spacy, spacy_seconds = _by_spacy(rest, fold)
    found = _Fold(best, f, spacy, seconds, spacy_seconds)
    print(f"fold {number}: {found}", file=sys.stderr, flush=True)
    return found


def _by_spacy(rest: Sequence[TrainingText], fold: Sequence[TrainingText]) -> tuple[float, float]:
    """Return the best F that spaCy's own `train` says, and the seconds of the processor that it took."""
    import spacy
    from spacy.tokens import DocBin

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        nlp = spacy.blank("en")
        for part, texts in (("train", rest), ("dev", fold)):
            bins = DocBin()
            for text in texts:
                doc = nlp.make_doc(text.text)
                spans = (doc.char_span(m.start, m.end, label=m.label, alignment_mode="expand") for m in text.marks)
                doc.ents = [span for span in spans if span is not None]
                bins.add(doc)
            bins.to_disk(folder / f"{part}.spacy")
        subprocess.run([sys.executable, "-c", _CONFIG, str(folder / "config.cfg")], check=True, capture_output=True)
        paths = (f"--paths.train={folder}/train.spacy", f"--paths.dev={folder}/dev.spacy", f"--output={folder}/out")
        used = used_by("-m", "spacy", "train", str(folder / "config.cfg"), *paths)
        meta = json.loads((folder / "out" / "model-best" / "meta.json").read_text(encoding="utf-8"))
    return float(meta["performance"]["ents_f"]), used.cpu / 1000

"""Training, with a handful of short texts: what each kind of model learns, and that the same plan gives the same."""

from collections.abc import Sequence
from pathlib import Path

import msgspec
import pytest

from app.core.errors import Cancelled
from app.nlp.doc_findings import DocFinder
from app.nlp.trainer import checkpoint
from app.nlp.trainer.checkpoint import BadCheckpoint, Evaluation
from app.nlp.trainer.fresh_pipeline import preferred_base
from app.nlp.trainer.training_plan import LabelledRange, ModelKind, TrainingPlan, TrainingText
from app.nlp.trainer.training_run import train

NAMES = ("Anna", "Boris", "Clara", "David", "Emil", "Frida", "Greta", "Hugo")
PLACES = ("Rome", "Oslo", "Lima", "Kyiv")


def text(words: str, *marks: tuple[str, str]) -> TrainingText:
    found = [LabelledRange(words.index(quote), words.index(quote) + len(quote), label) for quote, label in marks]
    return TrainingText(words, tuple(sorted(found)))


ENTITIES = tuple(
    text(f"Today {name} went to {place} again.", (name, "PERSON"), (place, "PLACE"))
    for name, place in zip(NAMES, PLACES * 2, strict=True)
)


def plan(kind: ModelKind = ModelKind.NER, texts: Sequence[TrainingText] = ENTITIES, **more: object) -> TrainingPlan:
    labels = tuple(sorted({mark.label for each in texts for mark in each.marks}))
    known = TrainingPlan(kind=kind, language="en", labels=labels, train=tuple(texts), dev=tuple(texts[:3]))
    return msgspec.structs.replace(known, **{"max_steps": 40, "refit": False, **more})


class Listener:
    """Notes what it hears, and stops a training after some steps."""

    def __init__(self, *, cancel_at: int = 0, enough_at: int = 0) -> None:
        self.steps: list[tuple[int, float]] = []
        self.evaluations: list[Evaluation] = []
        self._cancel_at = cancel_at
        self._enough_at = enough_at
        self.is_enough = False

    def on_step(self, step: int, loss: float, run: float) -> None:
        self.steps.append((step, run))
        assert loss >= 0
        if step == self._cancel_at:
            raise Cancelled
        self.is_enough = bool(self._enough_at) and step >= self._enough_at

    def on_evaluation(self, evaluation: Evaluation, run: float) -> None:
        self.evaluations.append(evaluation)


@pytest.mark.slow  # trains longer: with the campaigns
def test_names_and_places_are_learned_and_found_where_they_are() -> None:
    heard = Listener()
    done = train(plan(max_steps=80), heard)
    assert done.best.scores.whole.f == 1
    assert [step for step, _ in heard.steps] == list(range(1, len(heard.steps) + 1))
    assert heard.evaluations == list(done.history)
    words = "  Today Clara went to Oslo again."
    found = [(words[each.start : each.end], each.label) for each in DocFinder(done.nlp).find(words)]
    assert found == [("Clara", "PERSON"), ("Oslo", "PLACE")]


@pytest.mark.slow  # trains longer: with the campaigns
def test_the_same_plan_gives_the_same_model() -> None:
    one, two = train(plan(max_steps=20), Listener()), train(plan(max_steps=20), Listener())
    assert checkpoint.weights_of(one.nlp) == checkpoint.weights_of(two.nlp)
    other = train(plan(max_steps=20, seed=1), Listener())
    assert checkpoint.weights_of(one.nlp) != checkpoint.weights_of(other.nlp)


def test_what_was_interrupted_goes_on_as_if_it_had_not_been(tmp_path: Path) -> None:
    whole = train(plan(), Listener())
    place = tmp_path / "state" / "x.msgpack"
    with pytest.raises(Cancelled):
        train(plan(), Listener(cancel_at=15), place=place, digest="d")
    heard = Listener()
    done = train(plan(), heard, place=place, digest="d", resumes=True)
    assert heard.steps[0][0] == 11, "after the last evaluation"
    assert [each.scores for each in done.history] == [each.scores for each in whole.history]
    assert checkpoint.weights_of(done.nlp) == checkpoint.weights_of(whole.nlp)
    anew = Listener()
    train(plan(), anew, place=place, digest="other", resumes=True)
    assert anew.steps[0][0] == 1


def test_a_damaged_state_is_told(tmp_path: Path) -> None:
    place = tmp_path / "x.msgpack"
    for data in (b"", b"\x80\x04\x95", b"x" * 99, msgspec.msgpack.encode({"digest": "d"})):
        place.write_bytes(data)
        with pytest.raises(BadCheckpoint):
            train(plan(), Listener(), place=place, digest="d", resumes=True)


def test_enough_keeps_the_best_so_far() -> None:
    heard = Listener(enough_at=12)
    done = train(plan(refit=True), heard)
    assert heard.steps[-1][0] == 12
    assert (done.is_refitted, done.best in done.history) == (False, True)


@pytest.mark.slow  # trains longer: with the campaigns
def test_it_stops_by_itself_and_learns_from_all_in_the_end() -> None:
    heard = Listener()
    done = train(plan(max_steps=2000, patience=2, refit=True), heard)
    assert done.is_refitted
    assert done.history[-1].step == done.best.step + 20 < 2000
    assert {run for _, run in heard.steps} == {1.0, 2.0}


@pytest.mark.slow  # trains longer: with the campaigns
def test_the_curve_has_shares_of_the_texts() -> None:
    done = train(plan(max_steps=10, shares=(0.25, 0.5)), Listener())
    assert [(point.share, point.texts) for point in done.curve] == [(0.25, 2), (0.5, 4), (1.0, 8)]


@pytest.mark.slow  # trains longer: with the campaigns
@pytest.mark.parametrize("long", [False, True])
def test_ranges_that_overlap_are_learned(long: bool) -> None:
    more = "went with all of the other people of the whole big city" if long else "went"
    texts = [text(f"Today {name} {more} home.", (f"{name} {more} home", "CLAIM"), (name, "WHO")) for name in NAMES]
    done = train(plan(ModelKind.SPANCAT, texts, max_steps=120), Listener())
    assert done.nlp.pipe_names == (["span_finder", "spancat"] if long else ["spancat"])
    found = DocFinder(done.nlp).find(texts[0].text)
    assert {(each.start, each.end, each.label) for each in found} >= {(6, 10, "WHO")}
    assert all(each.score is not None and 0.5 <= each.score <= 1 for each in found)
    assert done.best.scores.whole.f > 0.6


@pytest.mark.slow  # trains longer: with the campaigns
def test_sentences_with_a_claim_are_told_from_others() -> None:
    texts = [text(f"{name} is well. Prices rose by 5 percent.", ("rose by 5 percent", "CLAIM")) for name in NAMES]
    done = train(plan(ModelKind.TEXTCAT, texts, max_steps=60), Listener())
    assert done.best.scores.whole.f == 1
    finder = DocFinder(done.nlp, lambda words: [(0, words.index(".") + 1), (words.index(".") + 2, len(words))])
    (one,) = finder.find("Ida is well. Prices rose by 7 percent.")
    assert (one.start, one.end, one.label) == (13, 38, "CLAIM")


@pytest.mark.slow  # trains longer: with the campaigns
def test_it_begins_with_the_weights_of_an_installed_pipeline() -> None:
    base = preferred_base("en")
    if not base:
        pytest.skip("no pipeline is installed")
    for kind in ModelKind:
        texts = ENTITIES if kind is not ModelKind.TEXTCAT else [text("A b c.", ("b", "X"))] * 3
        done = train(plan(kind, texts, max_steps=1, base=base), Listener())
        assert done.base == base

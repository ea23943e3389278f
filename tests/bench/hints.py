"""What the rules that compare texts with their references find, and what they cost: on the pairs, on each rule's cases,
on SummEdits, on the seed article, and in time beside the bare pipeline.
"""

import json
import re
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

from app.suggesters.hints.hint import Hint, HintKind
from app.suggesters.hints.rule import Tier
from app.suggesters.hints.rules import RULES
from tests.bench.rows import Row
from tests.hints.case_file import cases_of, hinter, hints_of
from tests.hints.pair_file import pairs
from tests.hints.summary_file import summaries

SHARED = Path(__file__).parents[3] / "shared"
SURE = tuple(rule.name for rule in RULES if rule.tier is Tier.SURE)
ALL = tuple(rule.name for rule in RULES)
_ERRORS = tuple(rule.name for rule in RULES if rule.kinds != (HintKind.CHECK_WORTHY,))
"""All but the rule that claims no error: a claim worth checking may well be right."""
_GROUPS = (
    (("quantity", "date", "name"), 0.95, 0.85),
    (("entity", "role", "antonym"), 0.85, 0.65),
    (("negation", "swap"), 0.80, 0.60),
)
_SHIPPED = "the goal"


class Score(NamedTuple):
    """Counts of hints, of those that are right, of errors, and of those that were found."""

    given: int = 0
    right: int = 0
    errors: int = 0
    found: int = 0

    def plus(self, given: int, right: int, errors: int, found: int) -> "Score":
        return Score(self.given + given, self.right + right, self.errors + errors, self.found + found)

    @property
    def precision(self) -> float:
        return self.right / self.given if self.given else 0.0

    @property
    def recall(self) -> float:
        return self.found / self.errors if self.errors else 0.0


def run() -> Sequence[Row]:
    """Measure everything."""
    rows = [*_pairs(), *_cases(), *_speed()]
    if SHARED.is_dir():
        rows += [*_summedits(), *_seed()]
    return [*rows, *_kinds()]


def _share(name: str, ours: float, goal: float, note: str = "") -> Row:
    return Row(name, ours, goal, _SHIPPED, 1.0, unit="", note=note, is_share=True)


def _pairs() -> list[Row]:
    whole, negatives, hit = Score(), 0, 0
    groups = {names: Score() for names, _, _ in _GROUPS}
    exact = 0
    for pair in pairs():
        found = hints_of(SURE, pair.text, [pair.reference])
        hints = [hint for _, hint in found]
        wanted = [error for error in pair.errors if error.kind]
        right = [hint for hint in hints if any(error.is_hit(hint) for error in pair.errors)]
        caught = [error for error in wanted if any(error.is_hit(hint) for hint in hints)]
        whole = whole.plus(len(hints), len(right), len(wanted), len(caught))
        exact += sum(
            any(error.is_hit(hint) and hint.correction == error.correction for error in pair.errors) for hint in hints
        )
        for names in groups:
            mine = [hint for name, hint in found if name in names]
            groups[names] = groups[names].plus(
                len(mine),
                sum(hint in right for hint in mine),
                sum(error.kind in names for error in wanted),
                sum(error.kind in names for error in caught),
            )
        negatives += len(pair.negatives)
        hit += sum(any(hint.start < end and start < hint.end for hint in hints) for start, end in pair.negatives)
    note = f"{whole.right} of {whole.given} hints; {whole.found} of {whole.errors} errors; {exact} exact corrections"
    rows = [
        _share("pairs, sure tier, precision", whole.precision, 0.90, note),
        _share("pairs, sure tier, recall", whole.recall, 0.75),
        Row("pairs, hard negatives with a hint", hit, negatives, "negatives", 3 / 40, unit=""),
    ]
    for names, precision, recall in _GROUPS:
        score, what = groups[names], ", ".join(names)
        rows.append(_share(f"pairs, {what}, precision", score.precision, precision, f"{score.right} of {score.given}"))
        rows.append(_share(f"pairs, {what}, recall", score.recall, recall, f"{score.found} of {score.errors}"))
    return rows


def _cases() -> list[Row]:
    goals = {name: (precision, recall) for names, precision, recall in _GROUPS for name in names}
    rows: list[Row] = []
    for rule in ALL:
        wrong, clean = cases_of(rule)
        score, exact = Score(), 0
        for case in [*wrong, *clean]:
            hints = [hint for _, hint in hints_of([rule], case.text, case.references)]
            hits = [hint for hint in hints if not case.is_clean and case.is_hit(hint)]
            score = score.plus(len(hints), len(hits), not case.is_clean, bool(hits))
            exact += not case.is_clean and any(case.is_exact(hint) for hint in hints)
        precision, recall = goals.get(rule, (0.5, 0.5))
        note = f"{exact} of {len(wrong)} with the right range, correction and evidence"
        rows.append(_share(f"cases of {rule}, precision", score.precision, precision, note))
        rows.append(_share(f"cases of {rule}, recall", score.recall, recall))
    return rows


class _Summary(NamedTuple):
    document: str
    summary: str
    is_consistent: bool


def _summaries() -> list[_Summary]:
    found = json.loads((SHARED / "data/summedits/samsum.json").read_text(encoding="utf-8"))
    return [_Summary(row["doc"], row["summary"], bool(row["label"])) for row in found]


def balanced(flagged: Iterable[tuple[bool, bool]]) -> tuple[float, float, float]:
    """Return the balanced accuracy, precision and recall of pairs (flagged, wrong)."""
    seen = list(flagged)
    hits = sum(flag and wrong for flag, wrong in seen)
    wrongs = sum(wrong for _, wrong in seen)
    flags = sum(flag for flag, _ in seen)
    quiet = sum(not flag and not wrong for flag, wrong in seen)
    recall = hits / wrongs
    return (recall + quiet / (len(seen) - wrongs)) / 2, hits / flags if flags else 0.0, recall


def _summedits() -> list[Row]:
    some = _summaries()
    hints = [[hint for _, hint in hints_of(SURE, row.summary, [row.document])] for row in some]
    ours = balanced((bool(found), not row.is_consistent) for found, row in zip(hints, some, strict=True))
    bare = balanced((_baseline(row), not row.is_consistent) for row in some)
    words = sum(len(row.summary.split()) for row in some if row.is_consistent)
    false = sum(len(found) for found, row in zip(hints, some, strict=True) if row.is_consistent)
    note = f"entity or number not in the reference: {bare[0]:.3f}, P {bare[1]:.2f}, R {bare[2]:.2f}"
    return [
        _share("SummEdits (samsum), balanced accuracy", ours[0], 0.65, note),
        _share("SummEdits (samsum), precision of flagged summaries", ours[1], 0.95, f"recall {ours[2]:.3f}"),
        Row("false hints in consistent summaries", false, words / 1000, "thousand words", 1.0, unit=""),
    ]


def _kinds() -> list[Row]:
    """Our own summaries of nine kinds of text: the mean over the kinds, as for SummEdits' other domains."""
    flagged: dict[tuple[bool, str], list[tuple[bool, bool]]] = {}
    for each in summaries():
        hinted = bool(hints_of(SURE, each.text, [each.source]))
        flagged.setdefault((each.is_held_out, each.kind), []).append((hinted, not each.is_right))
    rows: list[Row] = []
    for held_out in (False, True):
        scores = [balanced(some) for (held, _), some in flagged.items() if held is held_out]
        means = [sum(column) / len(scores) for column in zip(*scores, strict=True)]
        which = "held out" if held_out else "looked at"
        goals = {"balanced accuracy": 0.67, "precision": 0.93, "recall": 0.38}
        for (what, goal), ours in zip(goals.items(), means, strict=True):
            rows.append(_share(f"own summaries of 9 kinds, {which}, {what}", ours, goal))
    return rows


def _baseline(row: _Summary) -> bool:
    """Whether an entity or a number of the summary isn't in the document."""
    there = row.document.casefold()
    ours, _ = hinter().analyst.read([row.summary, row.document])
    names = [ours.parsed.span_text(first, last) for first, last, _ in ours.parsed.entities]
    return any(name.casefold() not in there for name in [*names, *re.findall(r"\d+", row.summary)])


# The errors of the seed article that the report beside it proves, and others that a reader sees.
_PROVED = ("senator", "more than two days", "Tuesday, March 17", "Puttin")
_SEEN = (
    *_PROVED,
    "restricted slave trade",
    "Northern Korean",
    "made more money on the front lines",
    "fake polls",
    "diversification of property",
    "occupied place",
    "both on Putin’s and his",
    "intellect data",
    "an appointment with Fox",
    "a veto of Ukraine",
    "functions having reputable deterrent",
    "extinguishing the Ukrainians",
    "northern partners",
    "persistent anger",
    "even easier",
    "confining actions",
)


def _seed() -> list[Row]:
    text, reference = (_seed_text(name) for name in ("004", "000"))
    rows: list[Row] = []
    for what, names, errors, recall in (
        ("sure tier", SURE, _PROVED, 1.0),
        ("all rules but check_worthy", _ERRORS, _SEEN, 0.5),
    ):
        hints = [hint for _, hint in hints_of(names, text, [reference])]
        places = [(text.index(error), text.index(error) + len(error)) for error in errors]
        seen = [(text.index(error), text.index(error) + len(error)) for error in _SEEN]
        found = sum(any(_meets(hint, place) for hint in hints) for place in places)
        right = sum(any(_meets(hint, place) for place in seen) for hint in hints)
        rows.append(_share(f"seed article, {what}, recall", found / len(errors), recall, f"{found} of {len(errors)}"))
        least = 0.75 if names == SURE else 0.5
        rows.append(
            _share(f"seed article, {what}, precision", right / max(1, len(hints)), least, f"{right} of {len(hints)}")
        )
    return rows


def _meets(hint: Hint, place: tuple[int, int]) -> bool:
    return hint.start < place[1] and place[0] < hint.end


def _seed_text(number: str) -> str:
    (path,) = (SHARED / "seeds").glob(f"{number}_*.txt")
    return path.read_text(encoding="utf-8")


def _speed() -> list[Row]:
    texts = [part for pair in pairs() for part in (pair.text, pair.reference)]
    words = sum(len(text.split()) for text in texts)
    pipeline = hinter().analyst.parser.pipeline

    def bare() -> None:
        list(pipeline.pipe(texts))

    def ours(names: Sequence[str]) -> None:
        analyst = hinter().analyst
        analyst.forget()
        analyst.read(texts)  # parsed together, as documents are
        for pair in pairs():
            hints_of(names, pair.text, [pair.reference])

    took = {"bare": _least(bare), "sure": _least(lambda: ours(SURE)), "all": _least(lambda: ours(ALL))}
    return [
        Row("sure tier, per 1,000 words", *_per(took["sure"], took["bare"], words), "nlp.pipe", 1.3),
        Row("all rules, per 1,000 words", took["all"] / words * 1e6, 1000.0, "a second", 1.0),
    ]


def _per(ours: float, bare: float, words: int) -> tuple[float, float]:
    return ours / words * 1e6, bare / words * 1e6


def _least(work: Callable[[], None], times: int = 3) -> float:
    """Return the least CPU seconds of some runs."""
    took: list[float] = []
    for _ in range(times):
        start = time.process_time()
        work()
        took.append(time.process_time() - start)
    return min(took)

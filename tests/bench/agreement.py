"""All measures of agreement over 50 documents of 5 annotators with 200 marks each."""

import random
import time
from collections.abc import Callable, Iterator, Sequence
from itertools import combinations

from app.core.annotation import Annotation, Fragment
from app.core.scheme import Scheme
from app.core.scheme_file import parse_scheme
from app.review.readings import Reading, Readings
from tests.bench.rows import Row, median

DOCUMENTS = 50
ANNOTATORS = ("ana", "ben", "cem", "dea", "eli")
MARKS = 200
LENGTH = 12_000
_ROUNDS = 5
_GOAL_MS = 2000.0
_SAMPLE = 2  # documents for the baseline, which takes its time


def run() -> Sequence[Row]:
    """Measure the whole report, and its character measures against lists of one label per character."""
    from app.review.agreement.report import agreement

    scheme = _scheme()
    readings = list(_readings(scheme))
    list(agreement(readings[:1], scheme))  # numpy is loaded once
    whole = median([_timed(lambda: list(agreement(readings, scheme))) for _ in range(_ROUNDS)])
    plain = median([_timed(lambda: _by_character(readings[:_SAMPLE])) for _ in range(3)]) * DOCUMENTS / _SAMPLE
    name = f"all measures, {DOCUMENTS} documents x {len(ANNOTATORS)} annotators x {MARKS} marks"
    return [
        Row(name, whole, _GOAL_MS, "2 seconds", 1.0),
        Row(name, whole, plain, "character alpha and pairwise F1 alone, by lists of characters", 0.5),
    ]


def _timed(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return (time.perf_counter() - began) * 1000


def _scheme() -> Scheme:
    from app import paths

    source = (paths.resources() / "schemes" / "news-errors.toml").read_text(encoding="utf-8")
    return parse_scheme(source)


def _readings(scheme: Scheme) -> Iterator[Readings]:
    """Make annotators who mostly see the same errors, and differ in where they begin and end and what they are."""
    draw = random.Random(7)
    layer = scheme.layer("error")
    assert layer is not None
    labels = [label.id for label in layer.labels if not label.anchor]
    severities = [severity.id for severity in scheme.severities]
    for document in range(DOCUMENTS):
        # Some are close enough to run into each other, as in a text that is full of errors.
        places = [at + draw.randint(0, 20) for at in range(0, LENGTH - 60, LENGTH // (MARKS + 40))]
        truth = [(at, at + draw.randint(3, 40), draw.choice(labels)) for at in places]
        by: dict[str, Reading] = {}
        for name in ANNOTATORS:
            marks = [_seen(draw, where, labels, severities) for where in draw.sample(truth, MARKS)]
            by[name] = Reading(tuple(sorted(marks, key=_start)))
        yield Readings(f"document-{document}", LENGTH, by)


def _start(mark: Annotation) -> int:
    return mark.start


def _seen(
    draw: random.Random, where: tuple[int, int, str], labels: Sequence[str], severities: Sequence[str]
) -> Annotation:
    start, end, label = where
    if draw.random() < 0.3:
        start = max(0, start + draw.randint(-4, 4))
        end = max(start + 1, end + draw.randint(-4, 4))
    if draw.random() < 0.2:
        label = draw.choice(labels)
    return Annotation(
        uid=f"{draw.getrandbits(64):016x}",
        layer="error",
        label=label,
        fragments=(Fragment(start, end),),
        quote="x" * (end - start),
        attributes={"severity": draw.choice(severities)},
    )


def _by_character(readings: Sequence[Readings]) -> list[float]:
    """Do it the plain way: a list with the labels of each character, every pair of annotators and of marks compared."""
    found: list[float] = []
    for item in readings:
        labels: dict[str, list[frozenset[str]]] = {}
        for name, reading in item.by.items():
            sets: list[set[str]] = [set() for _ in range(item.length)]
            for mark in reading.annotations:
                for at in range(mark.start, mark.end):
                    sets[at].add(mark.label)
            labels[name] = [frozenset(each) for each in sets]
        for one, other in combinations(item.by, 2):
            found.append(_plain_alpha(labels[one], labels[other]))
            found.append(_plain_f1(item.by[one].annotations, item.by[other].annotations))
            for label in sorted({mark.label for name in (one, other) for mark in item.by[name].annotations}):
                binary = [[frozenset({label}) & each for each in labels[name]] for name in (one, other)]
                found.append(_plain_alpha(*binary))
    return found


def _plain_alpha(one: Sequence[frozenset[str]], other: Sequence[frozenset[str]]) -> float:
    counts: dict[frozenset[str], int] = {}
    for value in (*one, *other):
        counts[value] = counts.get(value, 0) + 1
    total = sum(counts.values())
    apart = sum(2 for a, b in zip(one, other, strict=True) if a != b)
    expected = total**2 - sum(count**2 for count in counts.values())
    return 1 - (total - 1) * apart / expected if expected else 1.0


def _plain_f1(one: Sequence[Annotation], other: Sequence[Annotation]) -> float:
    taken: set[int] = set()
    for mark in one:
        for at, candidate in enumerate(other):
            if at not in taken and candidate.start < mark.end and mark.start < candidate.end:
                taken.add(at)
                break
    return 2 * len(taken) / (len(one) + len(other))

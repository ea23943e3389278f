"""Putting what ten annotators marked in a thousand documents into groups, beside comparing every pair."""

import random
import time
from collections.abc import Callable, Sequence
from itertools import combinations

import msgspec

from app import paths
from app.core.annotation import Annotation, Fragment
from app.core.scheme import Scheme
from app.core.scheme_file import parse_scheme
from app.review.fields import FieldRules, rules_of
from app.review.groups import group
from app.review.readings import Reading, Readings
from tests.bench.rows import Row, median

_DOCUMENTS = 1_000
_ANNOTATORS = 10
_MARKS = 10  # of each annotator in each document: 100,000 in all
_LENGTH = 6_000
_LABELS = ("TORTURED_TERM", "OMISSION", "NUMBER_ERROR", "ENTITY_ERROR")
_ROUNDS = 3
_SAMPLE = 50  # documents on which pairs are compared
_SECONDS = 2.5


def run(*, documents: int = _DOCUMENTS) -> Sequence[Row]:
    """Measure all groups of a project, and those of one document after a change."""
    scheme = parse_scheme((paths.resources() / "schemes" / "news-errors.toml").read_text(encoding="utf-8"))
    project = readings(documents)
    marks = documents * _ANNOTATORS * _MARKS
    all_of_it = _best(lambda: [group(found, scheme) for found in project])
    sample = project[:_SAMPLE]
    rules = rules_of(scheme, "error")
    pairs = _best(lambda: [_every_pair(found, rules) for found in sample]) / len(sample) * documents
    name = f"{_ANNOTATORS} annotators, {documents:,} documents, {marks:,} marks"
    one = _after_a_change(project[0], scheme)
    budget = _SECONDS * 1000 * marks / (_DOCUMENTS * _ANNOTATORS * _MARKS)
    return [
        Row(f"grouping: {name}", all_of_it, pairs, "naming what every pair differs in", 1.0),
        Row(f"grouping: {name}, in seconds", all_of_it, budget, f"{_SECONDS:g} s for 100,000 marks", 1.0),
        Row("grouping one document again after a change", one, all_of_it, "all documents", 5 / documents),
    ]


def readings(documents: int) -> list[Readings]:
    """Return a project in which most annotators mark most of the same places, some of them a little differently."""
    chance = random.Random(1)
    return [_document(f"d{number}", chance) for number in range(documents)]


def _document(uid: str, chance: random.Random) -> Readings:
    places = sorted(chance.sample(range(0, _LENGTH - 60, 30), _MARKS + 4))
    by: dict[str, Reading] = {}
    for annotator in range(_ANNOTATORS):
        chosen = chance.sample(places, _MARKS)
        marks = (_mark(f"{uid}-{annotator}-{at}", place, chance) for at, place in enumerate(chosen))
        by[f"annotator {annotator}"] = Reading(tuple(marks))
    return Readings(uid, _LENGTH, by)


def _mark(uid: str, place: int, chance: random.Random) -> Annotation:
    start = place + chance.choice((0, 0, 0, 3))
    end = start + chance.choice((10, 10, 14, 40))  # the longest reach into their neighbours
    return Annotation(
        uid=uid,
        layer="error",
        label=chance.choice(_LABELS),
        fragments=(Fragment(start, end),),
        quote="x" * (end - start),
        attributes={"severity": chance.choice(("minor", "major"))},
        correction=chance.choice((None, "put right")),
    )


def _best(do: Callable[[], object]) -> float:
    """Return the milliseconds of the middle one of a few rounds, of this process alone: nothing here waits."""
    times: list[float] = []
    for _ in range(_ROUNDS):
        began = time.process_time()
        do()
        times.append((time.process_time() - began) * 1000)
    return median(times)


def _every_pair(found: Readings, rules: FieldRules) -> int:
    """Find who overlaps whom by trying every pair, and name what those two differ in: no matching, and no group yet."""
    marks = [(name, a.start, a.end, a) for name, reading in found.by.items() for a in reading.annotations]
    return sum(
        len(rules.differences([one[3], other[3]]))
        for one, other in combinations(marks, 2)
        if one[0] != other[0] and one[1] < other[2] and other[1] < one[2]
    )


def _after_a_change(found: Readings, scheme: Scheme) -> float:
    name, reading = next(iter(found.by.items()))
    first, *rest = reading.annotations
    times: list[float] = []
    for number in range(50):
        changed = msgspec.structs.replace(first, comment=str(number))
        now = found._replace(by={**found.by, name: Reading((changed, *rest))})
        began = time.process_time()
        group(now, scheme)
        times.append((time.process_time() - began) * 1000)
    return median(times)

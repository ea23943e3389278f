"""All measures of agreement: beside plain lists of characters, and in a process of its own beside mere reading."""

import random
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from itertools import combinations
from pathlib import Path

import msgspec

from app.core.annotation import Annotation, Fragment, Status
from app.core.document import Document, sha256
from app.core.record import DocumentRecord, SetRecord
from app.core.scheme import Scheme
from app.core.scheme_file import parse_scheme
from app.exchange.formats.stet_jsonl.writer import line_of
from app.jobs.tasks.import_files import import_files
from app.review.readings import Reading, Readings
from app.session.session import Session
from tests.bench.processes import used_by
from tests.bench.rows import Row, median

DOCUMENTS = 50
ANNOTATORS = ("ana", "ben", "cem", "dea", "eli")
MARKS = 200
LENGTH = 12_000
MANY_DOCUMENTS = 1000
MANY_ANNOTATORS = (*ANNOTATORS, "fay", "gus", "hal", "ida", "jon")
_MANY_MARKS, _MANY_LENGTH = 10, 800
_ROUNDS = 3
_SAMPLE = 2  # documents for the baseline, which takes its time
_READ = """
import sys
from pathlib import Path
from app.session.session import Session
session = Session.open(Path(sys.argv[1]), write=False)
for record in session.reader.records():
    pass
session.close()
"""


def run() -> Sequence[Row]:
    """Measure the report against lists of one label per character, and the command against reading the project."""
    from app.review.agreement.report import agreement

    scheme = _scheme()
    readings = list(_readings(scheme))
    list(agreement(readings[:1], scheme))  # numpy is loaded once
    whole = median([_timed(lambda: list(agreement(readings, scheme))) for _ in range(_ROUNDS)])
    plain = median([_timed(lambda: _by_character(readings[:_SAMPLE])) for _ in range(1)]) * DOCUMENTS / _SAMPLE
    name = f"all measures, {DOCUMENTS} documents x {len(ANNOTATORS)} annotators x {MARKS} marks"
    return [
        Row(name, whole, plain, "character alpha and pairwise F1 alone, by lists of characters", 0.25),
        *_command(scheme),
    ]


def _command(scheme: Scheme) -> Iterator[Row]:
    with tempfile.TemporaryDirectory() as home:
        project = Path(home) / "many.stet"
        _create(project, Path(home) / "many.jsonl", scheme)
        read = [used_by("-c", _READ, str(project)) for _ in range(3)]
        ours = [used_by("-m", "app", "agreement", str(project), "--json") for _ in range(3)]
    marks = MANY_DOCUMENTS * len(MANY_ANNOTATORS) * _MANY_MARKS
    name = f"stet agreement, {marks:,} marks of {len(MANY_ANNOTATORS)} annotators in {MANY_DOCUMENTS:,} documents"
    columns = [[median(values) for values in zip(*runs, strict=True)] for runs in (ours, read)]
    yield Row(f"{name}: CPU", columns[0][0], columns[1][0], "reading them", 10.0)
    yield Row(f"{name}: memory", columns[0][1], columns[1][1], "reading them", 8.0, unit="MB")


def _create(project: Path, file: Path, scheme: Scheme) -> None:
    readings = _readings(
        scheme, documents=MANY_DOCUMENTS, annotators=MANY_ANNOTATORS, marks=_MANY_MARKS, length=_MANY_LENGTH
    )
    with file.open("wb") as out:
        for number, item in enumerate(readings):
            text = f"{number:04d}".ljust(_MANY_LENGTH, "x")
            document = Document(uid=item.document, name=item.document, text=text, sha256=sha256(text))
            sets = tuple(
                SetRecord(name, "person", Status.DONE, scheme.tag, 0.0, _quoted(reading.annotations, text), ())
                for name, reading in item.by.items()
            )
            out.write(line_of(DocumentRecord(document, (), sets)))
    session = Session.create(project, scheme=_source())
    try:
        import_files(session, [file])
    finally:
        session.close()


def _quoted(marks: Sequence[Annotation], text: str) -> tuple[Annotation, ...]:
    return tuple(msgspec.structs.replace(mark, quote=text[mark.start : mark.end]) for mark in marks)


def _timed(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return (time.perf_counter() - began) * 1000


def _source() -> str:
    from app import paths

    return (paths.resources() / "schemes" / "news-errors.toml").read_text(encoding="utf-8")


def _scheme() -> Scheme:
    return parse_scheme(_source())


def _readings(
    scheme: Scheme,
    *,
    documents: int = DOCUMENTS,
    annotators: Sequence[str] = ANNOTATORS,
    marks: int = MARKS,
    length: int = LENGTH,
) -> Iterator[Readings]:
    """Make annotators who mostly see the same errors, and differ in where they begin and end and what they are."""
    draw = random.Random(7)
    layer = scheme.layer("error")
    assert layer is not None
    labels = [label.id for label in layer.labels if not label.anchor]
    severities = [severity.id for severity in scheme.severities]
    for document in range(documents):
        # Some are close enough to run into each other, as in a text that is full of errors.
        places = [at + draw.randint(0, 20) for at in range(0, length - 60, length // (marks + marks // 5))]
        truth = [(at, at + draw.randint(3, 40), draw.choice(labels)) for at in places]
        by: dict[str, Reading] = {}
        for name in annotators:
            seen = [_seen(draw, where, labels, severities) for where in draw.sample(truth, marks)]
            by[name] = Reading(tuple(sorted(seen, key=_start)))
        yield Readings(f"document-{document}", length, by)


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

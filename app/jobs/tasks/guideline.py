"""The guideline of a project's scheme, written to a Markdown or HTML file with examples from gold."""

from collections.abc import Callable, Iterator
from pathlib import Path

from app.core.errors import WrongUse
from app.core.progress import CancelToken, Progress, no_progress
from app.core.record import DocumentRecord
from app.core.scheme import Scheme
from app.exchange.output import OutputFiles
from app.services.schemes.guideline import (
    MOST_EXAMPLES,
    RELATIONS,
    GoldExample,
    as_html,
    as_markdown,
    example_of,
    example_of_document,
    example_of_relation,
)
from app.session.session import Session

_WRITERS: dict[str, Callable[..., str]] = {".md": as_markdown, ".html": as_html, ".htm": as_html}
_DOCUMENTS_A_TICK = 50


def write_guideline(
    session: Session, path: Path, *, progress: Progress = no_progress, cancel: CancelToken | None = None
) -> int:
    """Write the guideline; return how many examples from gold are in it. At most three for each label, those of the
    first documents. A file that is there is replaced once the new one is whole.

    Raises WrongUse for another kind of file, FormatError if it can't be written, ProjectError and Cancelled.
    """
    write = _WRITERS.get(path.suffix.lower())
    if write is None:
        raise WrongUse(f"{path.name} is neither Markdown nor HTML", hint="name it GUIDELINE.md or GUIDELINE.html")
    examples = gold_examples(session, progress=progress, cancel=cancel)
    with OutputFiles(keep_off=session.path) as files:
        files.open(path).write(write(session.scheme, examples).encode("utf-8"))
    return sum(map(len, examples.values()))


def gold_examples(
    session: Session, *, progress: Progress = no_progress, cancel: CancelToken | None = None
) -> dict[tuple[str, str], list[GoldExample]]:
    """Return examples from gold: marks by layer and label, relations by RELATIONS and type. Nothing that the scheme
    lacks is among them, so no proposals.
    """
    found: dict[tuple[str, str], list[GoldExample]] = {}
    if not session.reader.has_gold():
        return found
    scheme = session.scheme
    wanted = {(layer.id, label.id) for layer in scheme.layers for label in layer.labels}
    wanted |= {(RELATIONS, relation.id) for relation in scheme.relations}
    for done, record in enumerate(session.reader.records()):
        if cancel is not None:
            cancel.raise_if_cancelled()
        if done % _DOCUMENTS_A_TICK == 0:
            progress(done, None, "documents")
        for place, example in _examples_in(record, scheme):
            if place in wanted:
                found.setdefault(place, []).append(example)
                if len(found[place]) == MOST_EXAMPLES:
                    wanted.discard(place)
        if not wanted:
            break
    return found


def _examples_in(record: DocumentRecord, scheme: Scheme) -> Iterator[tuple[tuple[str, str], GoldExample]]:
    gold, title = record.gold, record.document.title
    if gold is None:
        return
    for annotation in gold.annotations:
        if scheme.is_about_document(annotation.layer):
            yield (annotation.layer, annotation.label), example_of_document(annotation, title)
            continue
        example = example_of(record.document.text, annotation, title)
        if example is not None:
            yield (annotation.layer, annotation.label), example
    ends = {annotation.uid: annotation for annotation in gold.annotations}
    for relation in gold.relations:
        example = example_of_relation(scheme, relation, ends, title)
        if example is not None:
            yield (RELATIONS, relation.label), example

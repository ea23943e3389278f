"""The guideline of a project's scheme, written to a Markdown or HTML file with examples from gold."""

from collections.abc import Callable
from pathlib import Path

from app.core.errors import WrongUse
from app.core.progress import CancelToken, Progress, no_progress
from app.exchange.output import OutputFiles
from app.services.schemes.guideline import MOST_EXAMPLES, GoldExample, as_html, as_markdown, example_of
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
    """Return examples of marks from gold, by layer and label."""
    found: dict[tuple[str, str], list[GoldExample]] = {}
    if not session.reader.has_gold():
        return found
    wanted = {(layer.id, label.id) for layer in session.scheme.text_layers for label in layer.labels}
    for done, record in enumerate(session.reader.records()):
        if cancel is not None:
            cancel.raise_if_cancelled()
        if done % _DOCUMENTS_A_TICK == 0:
            progress(done, None, "documents")
        for annotation in record.gold.annotations if record.gold is not None else ():
            place = (annotation.layer, annotation.label)
            example = example_of(record.document.text, annotation, record.document.title)
            if place in wanted and example is not None:
                found.setdefault(place, []).append(example)
                if len(found[place]) == MOST_EXAMPLES:
                    wanted.discard(place)
        if not wanted:
            break
    return found

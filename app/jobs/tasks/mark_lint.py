"""Marks that a tokenizer will not reproduce: found in a whole project, and mended."""

from collections.abc import Callable, Collection, Iterator
from typing import NamedTuple

from app.core.annotation import Annotation
from app.core.annotation_edits import move, remove
from app.core.decision import GOLD
from app.core.document import Document
from app.core.edits import Batch, Edit, apply
from app.core.errors import EditRejected
from app.core.mark_ends import Oddity, Snap, adds_nothing, mended, oddities, token_snap
from app.core.progress import CancelToken, Progress, no_progress
from app.core.record import SetRecord
from app.core.state import DocumentState
from app.core.wording import counted
from app.session.actions import SetEdit
from app.session.session import Session

_WHITESPACE = "whitespace"

TOKENIZERS = ("language", _WHITESPACE)
"""By what marks can be judged: the rules of the document's language, or white space alone."""


class OddMark(NamedTuple):
    """A mark with odd ends: in which document, whose, what it is, and the words that it would cover if it were mended;
    None if it would go or nothing can be done.
    """

    document: Document
    annotator: str
    annotation: Annotation
    oddity: Oddity
    better: str | None


class Mended(NamedTuple):
    """How many marks were moved, how many removed, and how many couldn't be."""

    moved: int
    removed: int
    left: int


def odd_marks(
    session: Session,
    *,
    annotators: Collection[str] = (),
    tokenizer: str = "language",
    progress: Progress = no_progress,
    cancel: CancelToken | None = None,
) -> Iterator[OddMark]:
    """Yield the odd marks of annotators, of all if none are named, in the order of the documents. `tokenizer` is one of
    TOKENIZERS. Raises Cancelled.
    """
    for document, item, snap in _sets(session, annotators, tokenizer, progress, cancel):
        for annotation, oddity in oddities(item.annotations, document.text, snap):
            ranges = mended(annotation, document.text, snap)
            is_better = oddity is not Oddity.TWICE and ranges != [(f.start, f.end) for f in annotation.fragments]
            better = " ".join(document.text[start:end] for start, end in ranges) if is_better else None
            yield OddMark(document, item.annotator, annotation, oddity, better)


def mend_marks(
    session: Session,
    annotator: str,
    *,
    tokenizer: str = "language",
    progress: Progress = no_progress,
    cancel: CancelToken | None = None,
) -> Mended:
    """Put the ends of an annotator's marks right, and remove those made twice that say nothing more: one step to undo.

    Finished documents stay finished. Raises ProjectError and Cancelled; then nothing was changed.
    """
    moved = removed = left = 0
    with session.transaction("Mend the ends of marks", backup="mend") as step:
        for document, item, snap in _sets(session, (annotator,), tokenizer, progress, cancel):
            state = session.reader.state_of(document.uid, annotator)
            edits: list[Edit] = []
            for annotation in _odd_ones(item, document, snap):
                edit = _edit(session, state, annotation, snap)
                if edit is None:
                    left += 1
                    continue
                state = apply(state, edit).state
                edits.append(edit)
                removed += annotation.uid not in state.annotations
                moved += annotation.uid in state.annotations
            if edits:
                made = SetEdit(document.uid, annotator, edits[0] if len(edits) == 1 else Batch(tuple(edits)))
                step.perform([made], weight=len(edits), keeps_done=True)
                step.tell_documents([document.uid])
    return Mended(moved, removed, left)


def _odd_ones(item: SetRecord, document: Document, snap: Snap) -> list[Annotation]:
    return list({each.uid: each for each, _ in oddities(item.annotations, document.text, snap)}.values())


def _edit(session: Session, state: DocumentState, annotation: Annotation, snap: Snap) -> Edit | None:
    """Return the edit that mends a mark, None if there is none."""
    now = state.annotations[annotation.uid]
    others = [each for each in state.annotations.values() if each.uid != now.uid]
    is_tied = any(now.uid in (tie.source, tie.target) for tie in state.relations.values())
    if not is_tied and any(adds_nothing(now, each) for each in others):
        return remove(state, [now], scheme=session.scheme)
    ranges = mended(now, state.document.text, snap)
    if ranges == [(f.start, f.end) for f in now.fragments]:
        return None
    try:
        return move(state, now, ranges)
    except EditRejected:  # there is such a mark already, which says something else
        return None


def _sets(
    session: Session,
    annotators: Collection[str],
    tokenizer: str,
    progress: Progress,
    cancel: CancelToken | None,
) -> Iterator[tuple[Document, SetRecord, Snap]]:
    from app.nlp.tokens import tokenizer as of_language  # takes a second

    cutters: dict[str, Callable[[str], list[tuple[int, int]]]] = {}
    total = session.reader.documents.count()
    for number, record in enumerate(session.reader.records()):
        if cancel is not None:
            cancel.raise_if_cancelled()
        progress(number, total, counted(number, "document"))
        wanted = [each for each in record.sets if not annotators or each.annotator in annotators]
        if not any(each.annotations for each in wanted):
            continue
        document = record.document
        language = document.language or session.scheme.language
        if tokenizer != _WHITESPACE and language not in cutters:
            cutters[language] = of_language(language)
        cut = _by_white_space if tokenizer == _WHITESPACE else cutters[language]
        snap = token_snap(cut(document.text))
        yield from ((document, each, snap) for each in wanted if each.kind != GOLD or GOLD in annotators)


def _by_white_space(text: str) -> list[tuple[int, int]]:
    found: list[tuple[int, int]] = []
    at = 0
    for word in text.split():
        start = text.index(word, at)
        at = start + len(word)
        found.append((start, at))
    return found

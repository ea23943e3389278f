"""Examples of errors for a language model, from released gold."""

from collections.abc import Sequence

from app.core import boundaries
from app.core.annotation import Annotation
from app.core.decision import GOLD
from app.session.session import Session
from app.suggesters.protocol import ErrorExample

_LONGEST = 400  # code points of a sentence that serves as an example


def gold_examples(session: Session, layer: str, most: int, *, apart_from: Sequence[str]) -> list[ErrorExample]:
    """Return corrected annotations of a layer in released gold, first one of each label, then a second, and so on.

    None is from the documents (uids) `apart_from`: a model isn't told what it is then asked.
    """
    annotations = session.executor.annotations
    gold = annotations.find_annotator(GOLD)
    if gold is None:
        return []
    released, hidden = session.executor.review.decisions.releases(), set(apart_from)
    by_label: dict[str, list[ErrorExample]] = {}
    for document, annotation in annotations.corrected_by(gold):
        if document in released and document not in hidden and annotation.layer == layer and annotation.correction:
            known = by_label.setdefault(annotation.label, [])
            example = _example(session, document, annotation) if len(known) < most else None
            if example is not None:
                known.append(example)
    found: list[ErrorExample] = []
    for turn in range(most):
        found += [known[turn] for _, known in sorted(by_label.items()) if turn < len(known)]
    return found[:most]


def _example(session: Session, document: str, annotation: Annotation) -> ErrorExample | None:
    text = session.reader.document(document).text
    if (
        len(annotation.fragments) != 1
        or annotation.is_anchor
        or text[annotation.start : annotation.end] != annotation.quote
    ):
        return None
    start = text.rfind("\n", 0, annotation.start) + 1
    end = text.find("\n", annotation.end)
    for low, high in boundaries.sentences(text, start, end if end >= 0 else len(text)):
        if low <= annotation.start and annotation.end <= high <= low + _LONGEST:
            sentence = text[low:high]
            return ErrorExample(sentence, annotation.quote, annotation.label, annotation.correction or "")
    return None

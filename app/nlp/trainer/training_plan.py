"""What a model is to be trained on, and how, as plain values that travel to the process that trains."""

from collections.abc import Iterator
from enum import StrEnum
from typing import Annotated

import msgspec

from app.core.annotation import Offset

CUT_AT = 600
"""Code points from which on a text is cut at its line ends, for training."""


class ModelKind(StrEnum):
    """A kind of model, by the name of its component in spaCy."""

    NER = "ner"  # ranges that don't overlap
    SPANCAT = "spancat"  # ranges that may
    TEXTCAT = "textcat"  # sentences, or whole documents

    @property
    def component(self) -> str:
        """The name of the component that is trained."""
        return "textcat_multilabel" if self is ModelKind.TEXTCAT else self.value


class LabelledRange(msgspec.Struct, frozen=True, order=True, array_like=True, gc=False):
    """A half-open range `[start, end)` in code points with its label; an anchor is about the whole text."""

    start: Offset
    end: Offset
    label: str


class TrainingText(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A text and all that is to be found in it, in reading order."""

    text: str
    marks: tuple[LabelledRange, ...]


class TrainingPlan(msgspec.Struct, frozen=True, kw_only=True):
    """A training: the texts to learn from, and those that say when to stop.

    `base` is the installed pipeline whose weights are the beginning, “” for none. `whole_texts` makes a classifier one
    of documents instead of sentences. Training ends after `patience` evaluations without a better score, or after
    `max_steps`. With `refit`, the model that is kept then learns from all texts, for as many epochs as were best.
    `shares` are parts of the texts that are learned from before all of them, for the curve.
    """

    kind: ModelKind
    language: str
    labels: tuple[str, ...]
    train: tuple[TrainingText, ...]
    dev: tuple[TrainingText, ...]
    test: tuple[TrainingText, ...] = ()
    base: str = ""
    whole_texts: bool = False
    seed: int = 0
    patience: Annotated[int, msgspec.Meta(ge=1)] = 6
    max_steps: Annotated[int, msgspec.Meta(ge=1)] = 2000
    refit: bool = True
    shares: tuple[float, ...] = ()


def pieces(texts: tuple[TrainingText, ...]) -> Iterator[TrainingText]:
    """Yield texts, long ones cut at line ends outside of marks: a step then takes about the same time, whatever the
    length of the documents, and what is learned doesn't depend on more than a paragraph.
    """
    for text in texts:
        yield from _cut(text) if len(text.text) > CUT_AT else (text,)


def _cut(whole: TrainingText) -> Iterator[TrainingText]:
    start, held = 0, list[LabelledRange]()
    marks = list(whole.marks)
    ends = [at + 1 for at, char in enumerate(whole.text) if char == "\n"]
    for end in [*(end for end in ends if end < len(whole.text)), len(whole.text)]:
        while marks and marks[0].start < end:
            held.append(marks.pop(0))
        if any(mark.end > end for mark in held):
            continue
        if end - start >= CUT_AT // 2 or end == len(whole.text):
            yield _piece(whole.text, start, end, held)
            start, held = end, []


def _piece(text: str, start: int, end: int, marks: list[LabelledRange]) -> TrainingText:
    moved = tuple(LabelledRange(mark.start - start, mark.end - start, mark.label) for mark in marks)
    return TrainingText(text[start:end], moved)

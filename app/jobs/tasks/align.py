"""Aligns two texts in the background of the window."""

import time
from functools import partial

from app.core.alignment import Aligned, align
from app.core.progress import CancelToken, Progress

_BREATH_S = 0.0005  # yields the interpreter lock to the GUI thread


def align_texts(text: str, reference: str, _report: Progress, token: CancelToken) -> list[Aligned]:
    """Return the sentences of a text aligned to those of the reference; see `app.core.alignment`.

    Raises Cancelled.
    """
    return align(text, reference, partial(_breathe, token))


def _breathe(token: CancelToken) -> None:
    token.raise_if_cancelled()
    time.sleep(_BREATH_S)

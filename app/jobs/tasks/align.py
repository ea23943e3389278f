"""Aligning two texts while somebody reads them."""

import time
from functools import partial

from app.core.alignment import Aligned, align
from app.core.progress import CancelToken, Progress

_BREATH_S = 0.0005  # so that the window's thread gets its turn


def align_texts(text: str, reference: str, _tell: Progress, token: CancelToken) -> list[Aligned]:
    """Return the sentences of a text with those of the reference that tell the same; see `app.core.alignment`.

    Raises Cancelled.
    """
    return align(text, reference, partial(_breathe, token))


def _breathe(token: CancelToken) -> None:
    token.raise_if_cancelled()
    time.sleep(_BREATH_S)

"""The state of a training in a file, from which it goes on after it was interrupted.

It has numbers only: reading one runs nothing, whoever wrote it. Weights are spaCy's own bytes, which are msgpack.
"""

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, cast

import msgspec

from app.core.decode_faults import DECODE_FAULTS
from app.core.errors import StetError
from app.core.os_faults import describe
from app.nlp.trainer.model_scores import ModelScores

if TYPE_CHECKING:
    from spacy.language import Language
    from thinc.optimizers import Optimizer

_LARGEST = 1 << 30  # bytes
_Count = Annotated[int, msgspec.Meta(ge=0)]


class Evaluation(msgspec.Struct, frozen=True, array_like=True):
    """How a training stands after some steps: the mean loss of a step since the last time, and the scores on the texts
    that say when to stop. `seconds` are those of the processor, from the beginning.
    """

    step: _Count
    epoch: float
    loss: float
    scores: ModelScores
    seconds: float


class _Numbers(msgspec.Struct, frozen=True, array_like=True):
    """An array of 32-bit floats: its parameter (component, layer, name), shape and bytes."""

    component: str
    layer: _Count
    name: str
    shape: tuple[_Count, ...]
    values: bytes


class _Updates(msgspec.Struct, frozen=True, array_like=True):
    component: str
    layer: _Count
    name: str
    times: _Count


class Checkpoint(msgspec.Struct, frozen=True, kw_only=True):
    """The state of a training: what was evaluated so far, the weights now and the best ones, by component, and what the
    optimizer remembers. `digest` is that of the plan.
    """

    digest: str
    history: tuple[Evaluation, ...]
    weights: dict[str, bytes]
    best: dict[str, bytes]
    moments: dict[str, tuple[_Numbers, ...]]
    updates: tuple[_Updates, ...]


_decode = msgspec.msgpack.Decoder(Checkpoint).decode
_MOMENTS = ("mom1", "mom2", "averages")


def weights_of(nlp: "Language") -> dict[str, bytes]:
    """Return the weights of all components."""
    return {name: cast("Any", pipe).model.to_bytes() for name, pipe in nlp.pipeline}


def put_weights(nlp: "Language", weights: dict[str, bytes]) -> None:
    """Give the components these weights. Raises KeyError or ValueError if they are of other components."""
    for name, pipe in nlp.pipeline:
        cast("Any", pipe).model.from_bytes(weights[name])


def checkpoint(
    digest: str, nlp: "Language", optimizer: "Optimizer", history: list[Evaluation], best: dict[str, bytes]
) -> Checkpoint:
    """Return the state of a training."""
    places = {node: place for place, node in _nodes(nlp).items()}
    known: Any = optimizer
    moments: dict[str, tuple[_Numbers, ...]] = {}
    for kind in _MOMENTS:
        found: list[_Numbers] = []
        for (node, name), array in getattr(known, kind).items():
            if node in places:
                found.append(_Numbers(*places[node], name, tuple(array.shape), array.astype("float32").tobytes()))
        moments[kind] = tuple(found)
    updates = tuple(
        _Updates(*places[node], name, times) for (node, name), times in known.nr_update.items() if node in places
    )
    return Checkpoint(
        digest=digest,
        history=tuple(history),
        weights=weights_of(nlp),
        best=best,
        moments=moments,
        updates=updates,
    )


def go_on_from(saved: Checkpoint, nlp: "Language", optimizer: "Optimizer") -> None:
    """Give a fresh pipeline and its optimizer a saved state. Raises BadCheckpoint."""
    import numpy

    known: Any = optimizer
    nodes = _nodes(nlp)
    try:
        put_weights(nlp, saved.weights)
        for kind in _MOMENTS:
            values = {
                (nodes[n.component, n.layer], n.name): numpy.frombuffer(n.values, "float32").reshape(n.shape).copy()
                for n in saved.moments[kind]
            }
            setattr(known, kind, values)
        for update in saved.updates:
            known.nr_update[nodes[update.component, update.layer], update.name] = update.times
    except (KeyError, ValueError, TypeError) as error:
        raise BadCheckpoint from error


def _nodes(nlp: "Language") -> dict[tuple[str, int], int]:
    """Return the number that each layer has in this process, by its component and its place in it."""
    return {
        (name, at): node.id for name, pipe in nlp.pipeline for at, node in enumerate(cast("Any", pipe).model.walk())
    }


class BadCheckpoint(StetError):
    """A saved state that can't be used."""

    def __init__(self) -> None:
        super().__init__("the saved state of the training can't be read", hint="start anew, without --resume")


def save(state: Checkpoint, path: Path) -> None:
    """Write a state, in the place of the one before. Raises StetError if the disk refuses."""
    part = path.with_suffix(".part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        part.write_bytes(msgspec.msgpack.encode(state))
        os.replace(part, path)
    except OSError as error:
        what, hint = describe(error)
        raise StetError(f"the state of the training can't be saved: {what}", hint=hint, path=path) from error


def load(path: Path) -> Checkpoint | None:
    """Return the saved state, None if there is none. Raises BadCheckpoint."""
    try:
        if path.stat().st_size > _LARGEST:
            raise BadCheckpoint
        return _decode(path.read_bytes())
    except FileNotFoundError:
        return None
    except (OSError, *DECODE_FAULTS) as error:
        raise BadCheckpoint from error

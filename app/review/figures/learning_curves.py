"""What models learned from a project, and how well they do with more and more of it."""

from collections.abc import Sequence
from typing import NamedTuple

from app.core.wording import counted
from app.review.figures.figure import Axes, Column, Figure, FigureKind, FigureRow, Shape

_NOTHING = (
    "No model was trained on this project on this machine. “Train a model…” in Annotate trains one; with the box "
    "“Learning curve” this then shows whether more documents would make it better."
)


class LearnedPoint(NamedTuple):
    """The F1 (0 to 1) of a model that learned from a share of the texts, this many."""

    share: float
    texts: int
    f: float


class LearnedModel(NamedTuple):
    """A model by name and version, what it finds (the title of a layer), and its learning curve."""

    name: str
    version: str
    layer: str
    points: tuple[LearnedPoint, ...]


def learning_figure(models: Sequence[LearnedModel]) -> Figure:
    """Return the learning curves of models: their F1 by the number of texts they learned from."""
    rows = [
        FigureRow((f"{model.name} {model.version}", model.layer, point.texts, point.share, point.f))
        for model in models
        for point in sorted(model.points)
    ]
    is_curve = any(len(model.points) > 1 for model in models)
    notes = ["F1 on the documents that said when to stop, which the model didn’t learn from until the end."]
    if rows and not is_curve:
        notes.append("“Train a model…” has a box “Learning curve”: then there are points for parts of the texts too.")
    return Figure(
        "learning",
        "Learning curves",
        "How well models that learned from this project find what people marked, by how many texts they learned from. "
        f"n = {counted(len(models), 'model')}.",
        Shape.CURVE,
        Axes("model", "texts", "f"),
        (
            *(Column("model", "Model"), Column("layer", "Layer"), Column("texts", "Texts", FigureKind.COUNT)),
            *(Column("share", "Of all", FigureKind.PERCENT), Column("f", "F1", FigureKind.SHARE)),
        ),
        tuple(rows),
        notes=tuple(notes),
        missing="" if rows else _NOTHING,
    )

"""The format `label-studio-min`."""

from app.exchange.format import Format
from app.exchange.formats.label_studio.min_reader import MinReader

FORMAT = Format(
    "label-studio-min",
    "Label Studio JSON_MIN",
    MinReader(),
    summary="a flat record for each annotation, without relations",
    help_page="label-studio.md",
)

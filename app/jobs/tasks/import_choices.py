"""What a person chooses about an import of another tool's files."""

from collections.abc import Mapping
from typing import NamedTuple

from app.exchange.option import OptionValue


class ImportChoices(NamedTuple):
    """The format (None: that of each file), whose annotations those become that name nobody, the unit of offsets, what
    labels become (see LabelMap), which column or key of a file is which part of a document, the format's own options,
    whether work counts as done of which nothing is said, whether invalid records are left out, and whether what the
    scheme lacks of their labels is added to it.
    """

    format: str | None = None
    annotator: str | None = None
    offsets: str | None = None
    labels: Mapping[str, str] = {}
    columns: Mapping[str, str] = {}
    options: Mapping[str, OptionValue] = {}
    finished: bool = False
    skip_bad: bool = False
    add_labels: bool = False

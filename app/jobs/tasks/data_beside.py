"""Writes the manifest and the data card beside an export of training data."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from app.exchange.output import Output, OutputFiles
from app.exchange.report import Report
from app.exchange.split import Split
from app.jobs.tasks.agreement import measure_agreement
from app.jobs.tasks.data_card import DataDescription, data_card, manifest
from app.jobs.tasks.training_counts import PartCounts
from app.session.session import Session

MANIFEST, CARD = "manifest.json", "card.md"
"""What is written beside training data; the names follow that of the file, or stand in the folder."""

_LONGEST_CARD = 1_000_000  # bytes; what is longer wasn't made here


class DataBeside:
    """Knows how an export was chosen, and writes what describes it once all of it is written."""

    def __init__(
        self, session: Session, format: str, chosen: Mapping[str, Any], split: Split | None, layers: Sequence[str]
    ) -> None:
        self._session = session
        self._format = format
        self._chosen = chosen
        self._split = split
        self._layers = layers

    def write(self, files: OutputFiles, output: Output, counts: Mapping[str, PartCounts], report: Report) -> None:
        """Write `manifest.json` and `card.md`: named after the file, or within the folder. Nothing is written beside
        what isn't a regular file, such as a pipe.
        """
        path = output.path
        if path is None or (path.exists() and not path.is_file() and not path.is_dir()):
            return
        known = [layer for layer in self._layers if self._session.scheme.layer(layer) is not None]
        skips = bool(self._layers) and not known
        agreement = [] if skips else list(measure_agreement(self._session, layers=known, resamples=0))
        data = DataDescription(
            self._format, self._session.scheme, self._chosen, self._split, counts, files.digests(), report, agreement
        )
        output.open(MANIFEST).write(manifest(data))
        output.open(CARD).write(data_card(data, _card_before(path)).encode())


def _card_before(path: Path) -> str:
    """Return the card of an earlier export to the same file; empty if there is none that can be read."""
    place = path.with_name(f"{path.stem}.{CARD}")
    try:
        if not place.is_file() or place.stat().st_size > _LONGEST_CARD:
            return ""
        return place.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return ""

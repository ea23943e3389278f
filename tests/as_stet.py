"""Changing a project as somebody would who means to deceive, or as a fault of ours would: with sums that fit."""

import sqlite3
from pathlib import Path
from typing import Any

from app.storage.seals import has_seals, keep_seals


def connect_as_stet(path: Path | str, **options: Any) -> sqlite3.Connection:
    """Return a connection to a project that keeps the sums over its rows, as Stet's own does."""
    connection = sqlite3.connect(path, **options)
    if has_seals(connection):
        keep_seals(connection)
    return connection

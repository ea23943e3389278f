"""Opens other programs' SQLite files for the readers of formats, which know no SQL."""

from app.exchange.foreign_tables import OpenTables
from app.storage import foreign_file

open_tables: OpenTables = foreign_file.open_tables
"""Opens a stranger's SQLite file for the duration of a `with` block; nothing of it is run. Raises FormatError."""

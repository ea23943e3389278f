"""What keeps the file of an open project from being written, for as long as a block lasts."""

from collections.abc import Iterator
from contextlib import contextmanager

from app.session.session import Session


@contextmanager
def full_disk(session: Session) -> Iterator[None]:
    """Let the file have no more pages than it has; whatever needs one more meets a full disk."""
    connection = session.project.connection
    (pages,) = connection.execute("PRAGMA page_count").fetchone()
    connection.execute(f"PRAGMA max_page_count={pages}")
    yield
    connection.execute("PRAGMA max_page_count=4294967294")


@contextmanager
def cannot_be_written(session: Session) -> Iterator[None]:
    """Let the file be written no more, as where a permission was taken away."""
    connection = session.project.connection
    connection.execute("PRAGMA query_only=ON")
    yield
    connection.execute("PRAGMA query_only=OFF")

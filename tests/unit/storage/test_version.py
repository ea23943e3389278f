"""The version in the header and the steps of the schema must not part."""

from app.storage.migrations import MIGRATIONS
from app.storage.version import SCHEMA_VERSION


def test_the_version_counts_the_migrations() -> None:
    assert len(MIGRATIONS._migrations) == SCHEMA_VERSION

"""Time as it is stored: UTC, microseconds, ISO 8601 with a final Z."""

from datetime import UTC, datetime


def now() -> str:
    """Return the current time, such as `2026-03-18T09:30:00.000123Z`."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")

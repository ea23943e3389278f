"""Time as it is stored: UTC, microseconds, ISO 8601 with a final Z."""

from datetime import UTC, datetime


def now() -> str:
    """Return the current time, such as `2026-03-18T09:30:00.000123Z`."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def stored_time(moment: datetime) -> str:
    """Return a moment, which knows its time zone, as it is stored. Raises OverflowError for one near the year 1."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")

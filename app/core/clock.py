"""Time as it is stored: UTC, microseconds, ISO 8601 with a final Z."""

from datetime import UTC, datetime, timedelta


def now() -> str:
    """Return the current time, such as `2026-03-18T09:30:00.000123Z`."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def now_after(earlier: str) -> str:
    """Return the current time as `now` does, but later than a time that is stored, whatever the clock says.

    Of a mark that was changed on two machines the later version is used: the one that was made from the other must be
    that, also where the clocks differ by years. A time that can't be read, or that nothing comes after, doesn't count.
    """
    moment = now()
    if moment > earlier:
        return moment
    try:
        next_moment = stored_time(datetime.fromisoformat(earlier) + timedelta(microseconds=1))
    except (ValueError, OverflowError):
        return moment
    return max(moment, next_moment)


def stored_time(moment: datetime) -> str:
    """Return a moment, which knows its time zone, as it is stored. Raises OverflowError for one near the year 1."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")

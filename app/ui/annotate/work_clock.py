"""Measures the time spent working on a document, without pauses."""

import time

_IDLE_S = 120.0  # a longer pause doesn't count as work


class WorkClock:
    """Counts from `take()` to `take()`; stops after two minutes without a `tick()`."""

    def __init__(self) -> None:
        self._worked = 0.0
        self._last = time.monotonic()

    def tick(self) -> None:
        """Note user activity."""
        moment = time.monotonic()
        self._worked += min(moment - self._last, _IDLE_S)
        self._last = moment

    def take(self) -> float:
        """Return the seconds worked since the last call."""
        self.tick()
        worked, self._worked = self._worked, 0.0
        return round(worked, 1)

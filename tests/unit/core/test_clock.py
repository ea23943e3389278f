"""Times as they are stored, on clocks that are wrong."""

import pytest

from app.core import clock


@pytest.mark.parametrize(
    ("earlier", "expected"),
    [
        ("", "2026-03-18T09:30:00.000123Z"),
        ("2026-03-18T09:30:00.000122Z", "2026-03-18T09:30:00.000123Z"),
        ("2026-03-18T09:30:00.000123Z", "2026-03-18T09:30:00.000124Z"),
        ("2031-12-31T23:59:59.999999Z", "2032-01-01T00:00:00.000000Z"),
        ("2031-06-01T12:00:00+02:00", "2031-06-01T10:00:00.000001Z"),
        ("9999-12-31T23:59:59.999999Z", "2026-03-18T09:30:00.000123Z"),
        ("yesterday", "2026-03-18T09:30:00.000123Z"),
    ],
)
def test_a_change_is_later_than_what_it_changes(monkeypatch: pytest.MonkeyPatch, earlier: str, expected: str) -> None:
    monkeypatch.setattr(clock, "now", lambda: "2026-03-18T09:30:00.000123Z")
    assert clock.now_after(earlier) == expected

"""Formats of other packages: they come in by name, and a broken one hurts nobody."""

import sys
from importlib.metadata import EntryPoint
from types import ModuleType

import pytest

from app.core.errors import FormatError
from app.exchange import registry
from app.exchange.format import Format
from app.exchange.formats.text import TextReader
from app.exchange.registry import Registry


@pytest.fixture
def entries(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """Let the package `foreign` bring formats."""
    module = ModuleType("foreign")
    module.good = Format("good", "A good one", TextReader())  # type: ignore[attr-defined]
    module.twice = Format("text", "A second text", TextReader())  # type: ignore[attr-defined]
    module.empty = Format("empty", "Does nothing")  # type: ignore[attr-defined]
    module.thing = object()  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "foreign", module)
    points = [
        EntryPoint(name, value, registry.GROUP)
        for name, value in (
            ("good", "foreign:good"),
            ("gone", "foreign:gone"),
            ("lost", "no_such_package.at_all:x"),
            ("text", "foreign:twice"),
            ("empty", "foreign:empty"),
            ("thing", "foreign:thing"),
        )
    ]
    monkeypatch.setattr(registry, "entry_points", lambda group: points if group == registry.GROUP else [])
    return module


def test_our_own_formats_come_first(entries: ModuleType) -> None:
    assert [item.name for item in Registry().all()] == ["stet", "text", "training", "good"]


def test_a_format_of_another_package_is_found_by_name(entries: ModuleType) -> None:
    assert Registry().get("good").title == "A good one"


def test_broken_ones_are_named_with_the_reason(entries: ModuleType) -> None:
    found = {item.name: item.reason for item in Registry().broken()}
    assert list(found) == ["gone", "lost", "text", "empty", "thing"]
    assert found["gone"].startswith("AttributeError")
    assert found["lost"].startswith("ModuleNotFoundError")
    assert found["text"] == "a format “text” already exists"
    assert "doesn't name a Format" in found["empty"]
    with pytest.raises(FormatError, match="the format “lost” of .* can't be loaded"):
        Registry().get("lost")


def test_our_own_formats_need_no_look_at_other_packages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "entry_points", lambda group: pytest.fail("looked"))
    assert Registry().get("stet").writer

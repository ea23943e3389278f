"""Suggesters of other packages: they come in by name, and a broken one does no harm."""

import sys
from collections.abc import Iterator, Sequence
from importlib.metadata import EntryPoint
from types import ModuleType

import pytest

from app.core.errors import StetError, WrongUse
from app.core.progress import CancelToken, Progress
from app.core.suggestion import Suggestion
from app.suggesters import maker_titles, registry
from app.suggesters.hints.rules import RULES
from app.suggesters.protocol import Corpus, Suggester
from app.suggesters.registry import SuggesterRegistry


class Foreign:
    """A suggester of another package, which suggests nothing."""

    title = "Nothing at all"
    needs = ""
    version = "3"

    def __init__(self, name: str) -> None:
        self.name = name

    def suggest(
        self, corpus: Corpus, documents: Sequence[str], *, progress: Progress, cancel: CancelToken | None
    ) -> Iterator[tuple[str, list[Suggestion]]]:
        return iter(())


@pytest.fixture
def entries(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """Let the package `foreign` bring suggesters."""
    module = ModuleType("foreign")
    module.good = Foreign("good")  # type: ignore[attr-defined]
    module.other = Foreign("another")  # type: ignore[attr-defined]
    module.kind = Foreign  # type: ignore[attr-defined]
    module.oddity = object()  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "foreign", module)
    points = [
        EntryPoint(name, value, registry.GROUP)
        for name, value in (
            ("good", "foreign:good"),
            ("gone", "foreign:gone"),
            ("lost", "no_such_package.at_all:x"),
            ("spacy", "foreign:good"),
            ("other", "foreign:other"),
            ("kind", "foreign:kind"),
            ("oddity", "foreign:oddity"),
        )
    ]
    monkeypatch.setattr(registry, "entry_points", lambda group: points if group == registry.GROUP else [])
    return module


def test_all_are_listed_without_loading_any(entries: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(EntryPoint, "load", lambda self: pytest.fail("loaded"))
    found = SuggesterRegistry().entries()
    own = [entry.name for entry in found if not entry.origin]
    assert own == [item.name for item in registry.built_in()]
    assert {"corrections", "spacy", "sure", *(rule.name for rule in RULES)} <= set(own)
    assert [entry.name for entry in found] == [*own, "good", "gone", "lost", "other", "kind", "oddity"]


def test_one_of_another_package_is_found_by_name(entries: ModuleType) -> None:
    found = SuggesterRegistry()
    assert found.get("good").version == "3"
    assert found.get("good") is found.get("good")


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("gone", "AttributeError"),
        ("lost", "ModuleNotFoundError"),
        ("other", "doesn't name a suggester “other”"),
        ("kind", "doesn't name a suggester “kind”"),
        ("oddity", "doesn't name a suggester “oddity”"),
    ],
)
def test_a_broken_one_is_told_when_asked_for(entries: ModuleType, name: str, why: str) -> None:
    found = SuggesterRegistry()
    for _ in range(2):
        with pytest.raises(StetError, match=f"the suggester “{name}” of .* can't be loaded: .*{why}") as caught:
            found.get(name)
        assert not isinstance(caught.value, WrongUse)
    assert name in [broken.name for broken in found.broken()]
    assert name not in [entry.name for entry in found.entries()]
    assert isinstance(found.get("corrections"), Suggester)


def test_names_of_our_own_cannot_be_taken(entries: ModuleType) -> None:
    found = SuggesterRegistry()
    assert [(broken.name, broken.reason) for broken in found.broken()] == [
        ("spacy", "a suggester “spacy” already exists")
    ]
    assert found.get("spacy").title.endswith("found by spaCy")


def test_our_own_need_no_look_at_other_packages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "entry_points", lambda group: pytest.fail("looked"))
    assert SuggesterRegistry().get("corrections").name == "corrections"
    assert SuggesterRegistry().get("spacy:en_core_web_sm").name == "spacy"


@pytest.mark.parametrize("name", ["oracle", "", "spacy:", "corrections:x", "good:x"])
def test_an_unknown_name_is_wrong_use(entries: ModuleType, name: str) -> None:
    with pytest.raises(WrongUse, match=f"unknown suggester “{name}”; use one of: corrections, .*, .*good"):
        SuggesterRegistry().get(name)


def test_makers_are_called_what_their_suggesters_say() -> None:
    """The window shows titles from a table, since it loads no suggester to show suggestions."""
    assert {item.name: item.title for item in registry.built_in()} == maker_titles.TITLES
    assert maker_titles.title_of("spacy:en_core_web_sm") == "Names, places and dates, found by spaCy (en_core_web_sm)"
    assert maker_titles.title_of("theirs:1") == "theirs:1"

"""The registry of suggesters: built-in ones, and those of other packages."""

from collections.abc import Sequence
from importlib.metadata import EntryPoint, entry_points
from typing import NamedTuple

from app.core.errors import StetError, WrongUse
from app.suggesters.backend import LOCAL, Backend
from app.suggesters.corrections import CorrectionSuggester
from app.suggesters.entities import EntitySuggester
from app.suggesters.hint_suggester import HintSuggester, tier_suggesters
from app.suggesters.hints.rules import RULES
from app.suggesters.language_model.model_options import ModelOptions
from app.suggesters.language_model.suggester import ModelSuggester
from app.suggesters.patterns import PatternSuggester
from app.suggesters.protocol import Suggester, VariedSuggester

GROUP = "stet.suggesters"

# The errors to expect from loading third-party code; none of them may keep Stet from working.
_LOAD_ERRORS = (ImportError, SyntaxError, AttributeError, TypeError, ValueError, LookupError, OSError, RuntimeError)
_BREAKS = (*_LOAD_ERRORS, NameError, ArithmeticError, AssertionError)


class SuggesterEntry(NamedTuple):
    """What is known of a suggester without loading it; `origin` is the package it comes from, “” for a built-in one.

    `part_of` is the name of the suggester that does what this one does, and more; “” if there is none.
    """

    name: str
    title: str
    needs: str = ""
    origin: str = ""
    part_of: str = ""


class BrokenSuggester(NamedTuple):
    """A suggester of another package that can't be used, and why."""

    name: str
    origin: str
    reason: str


def built_in(
    backend: Backend = LOCAL, model: ModelOptions | None = None, *, trusts_models: bool = False
) -> tuple[Suggester, ...]:
    """Return the built-in suggesters; `backend` loads the pipelines that they use, those in folders of strangers only
    with `trusts_models`; `model` is a language model's.
    """
    rules = tier_suggesters(RULES, backend)
    entities = EntitySuggester(backend, trusts=trusts_models)
    return (CorrectionSuggester(), PatternSuggester(backend), *rules, entities, ModelSuggester(model))


class SuggesterRegistry:
    """Suggesters by name. Those of other packages are untrusted code: loaded on request by name, not for listing."""

    def __init__(self, own: Sequence[Suggester] | None = None) -> None:
        self._own = {item.name: item for item in (built_in() if own is None else own)}
        self._loaded: dict[str, Suggester] = {}
        self._broken: dict[tuple[str, str], BrokenSuggester] = {}
        self._foreign: dict[str, EntryPoint] | None = None

    def entries(self) -> list[SuggesterEntry]:
        """Return all known suggesters, built-in ones first."""
        own = [SuggesterEntry(item.name, item.title, item.needs, "", _whole(item)) for item in self._own.values()]
        foreign = [
            SuggesterEntry(name, f"“{name}” of the package {origin}", origin=origin)
            for name, entry in self._entry_points().items()
            if (name, origin := _origin(entry)) not in self._broken
        ]
        return own + foreign

    def broken(self) -> list[BrokenSuggester]:
        """Return the suggesters of other packages that were found to be unusable so far."""
        self._entry_points()
        return list(self._broken.values())

    def get(self, name: str) -> Suggester:
        """Return a suggester by name, or a variant of it by `name:variant`.

        Raises WrongUse, listing the known ones, if it is unknown, and StetError if it can't be loaded.
        """
        base, colon, variant = name.partition(":")
        found = self._own.get(base) or self._loaded.get(base) or self._load(base)
        if not colon:
            if found is not None:
                return found
        elif variant and isinstance(found, VariedSuggester):
            return found.variant(variant)
        known = ", ".join(entry.name for entry in self.entries())
        raise WrongUse(f"unknown suggester “{name}”", hint=f"use one of: {known}")

    def _entry_points(self) -> dict[str, EntryPoint]:
        if self._foreign is None:
            self._foreign = {}
            for entry in entry_points(group=GROUP):
                if entry.name in self._own or entry.name in self._foreign:
                    self._mark_broken(entry, f"a suggester “{entry.name}” already exists")
                else:
                    self._foreign[entry.name] = entry
        return self._foreign

    def _load(self, name: str) -> Suggester | None:
        entry = self._entry_points().get(name)
        if entry is None:
            return None
        try:
            loaded = _loaded(entry)
        except _BREAKS as error:
            reason = f"{type(error).__name__}: {error}"
            self._mark_broken(entry, reason)
            what = f"the suggester “{name}” of {_origin(entry)} can't be loaded: {reason}"
            raise StetError(what, hint="update or remove that package") from error
        self._loaded[name] = loaded
        return loaded

    def _mark_broken(self, entry: EntryPoint, reason: str) -> None:
        origin = _origin(entry)
        self._broken[entry.name, origin] = BrokenSuggester(entry.name, origin, reason)


def _whole(suggester: Suggester) -> str:
    """Return the name of the suggester of all rules of a rule's tier."""
    if isinstance(suggester, HintSuggester) and suggester.name in (rule.name for rule in suggester.rules):
        return suggester.rules[0].tier.value
    return ""


def _loaded(entry: EntryPoint) -> Suggester:
    loaded = entry.load()
    if isinstance(loaded, type) or not isinstance(loaded, Suggester) or loaded.name != entry.name:
        raise TypeError(f"it doesn't name a suggester “{entry.name}”")
    return loaded


def _origin(entry: EntryPoint) -> str:
    return entry.dist.name if entry.dist else entry.value

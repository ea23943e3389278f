"""The history of a project's schemes, and the rules that migrate work from an earlier scheme to the current one."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from app.core.scheme import Scheme
from app.core.scheme_change import LabelChange, SchemeChange
from app.core.scheme_file import parse_scheme
from app.core.scheme_migration import MigrationRules, backwards
from app.core.text_search import Places, Wanted, finder
from app.storage.schemes import SchemeRow

_SECONDS_A_QUOTE = 0.25
_MOST_FINDERS = 100
_finders: dict[str, Places] = {}


def matches(pattern: str, text: str) -> bool:
    """Return whether a regular expression matches anywhere in a text, ignoring case.

    Raises BadPattern, and TooSlow after a quarter of a second: a slow expression can't be told from one that never
    ends.
    """
    found = _finders.get(pattern)
    if found is None:
        if len(_finders) > _MOST_FINDERS:
            _finders.clear()
        found = _finders[pattern] = finder(Wanted(pattern, regex=True))
    return next(found(text, _SECONDS_A_QUOTE), None) is not None


class _Node(NamedTuple):
    """A scheme that was current; `parent` is the number of the one that it was made from by `changes`, at `log`."""

    name: str
    version: int
    toml: str
    parent: int | None
    changes: tuple[SchemeChange, ...]
    log: int

    @property
    def tag(self) -> str:
        return f"{self.name}@{self.version}"


class SchemeHistory:
    """The schemes of a project as a tree: an undo leads back to the parent instead of adding a node.

    `names(sequence, uid)` returns whether an action of the log mentions an annotation.
    """

    def __init__(self, rows: Sequence[SchemeRow], names: Callable[[int, str], bool]) -> None:
        self._names = names
        self._nodes: list[_Node] = []
        self._times: list[tuple[int, int]] = []  # sequence in the log, number of the node that is current from then on
        self._now: int | None = None
        self._parsed: dict[int, Scheme] = {}
        for row in rows:
            back = self._above(row) if row.story.is_back else None
            if back is None:
                self._nodes.append(_Node(row.name, row.version, row.toml, self._now, row.story.changes, row.story.log))
                back = len(self._nodes) - 1
            self._now = back
            self._times.append((row.story.log, back))

    def _above(self, row: SchemeRow) -> int | None:
        return next((at for at in self._ancestors(self._now) if self._nodes[at].toml == row.toml), None)

    def _ancestors(self, at: int | None) -> list[int]:
        """Return the numbers of a node and its ancestors."""
        found: list[int] = []
        while at is not None:
            found.append(at)
            at = self._nodes[at].parent
        return found

    def since_scheme(self, toml: str, tag: str) -> tuple[MigrationRules, ...] | None:
        """Return the rules that lead from a scheme, given as its text and tag, to the current one; None if the project
        never had it. If several have the tag and none has the text, the latest one is meant.
        """
        numbers = range(len(self._nodes) - 1, -1, -1)
        found = next((at for at in numbers if self._nodes[at].toml == toml), None)
        if found is None:
            found = next((at for at in numbers if self._nodes[at].tag == tag), None)
        return None if found is None else self._between(found)

    def since_action(self, sequence: int) -> tuple[MigrationRules, ...]:
        """Return the rules that lead from the scheme at an action of the log to the current one."""
        found = [at for log, at in self._times if log < sequence]
        return self._between(found[-1]) if found else ()

    def since_label(self, layer: str, label: str) -> tuple[MigrationRules, ...]:
        """Return the rules since the last scheme that had a label or, if none ever did, since the one under which work
        with it was changed; none if the current scheme has it, or nothing is known of it.
        """
        if self._now is None or self._scheme(self._now).label(layer, label) is not None:
            return ()
        above = self._ancestors(self._now)
        beside = [at for at in range(len(self._nodes) - 1, -1, -1) if at not in above]
        found = next((at for at in [*above, *beside] if self._scheme(at).label(layer, label) is not None), None)
        if found is None:
            changed = (at for at in [*above, *beside] if self._has_changed(at, layer, label))
            found = next((self._nodes[at].parent for at in changed), None)
        return self._between(found) if found is not None else ()

    def _has_changed(self, at: int, layer: str, label: str) -> bool:
        changes = self._nodes[at].changes
        return any(isinstance(item, LabelChange) and (item.layer, item.old) == (layer, label) for item in changes)

    def _between(self, start: int) -> tuple[MigrationRules, ...]:
        """Return the rules that lead from a node to the current one: back to their common ancestor, then forwards."""
        here, there = self._ancestors(start), self._ancestors(self._now)
        common = next((at for at in here if at in there), None)
        rules: list[MigrationRules] = []
        for at in here[: here.index(common)] if common is not None else ():
            rules += self._rules(at, is_back=True)
        for at in reversed(there[: there.index(common)] if common is not None else ()):
            rules += self._rules(at, is_back=False)
        return tuple(rules)

    def _rules(self, at: int, *, is_back: bool) -> list[MigrationRules]:
        node = self._nodes[at]
        if not node.changes or node.parent is None:
            return []
        before, after = self._scheme(node.parent), self._scheme(at)
        if not is_back:

            def took(uid: str) -> bool:
                return self._names(node.log, uid)

            return [MigrationRules(node.changes, before, after, matches, took=took)]
        changes = backwards(node.changes, before)
        return [MigrationRules(changes, after, before, matches)] if changes else []

    def _scheme(self, at: int) -> Scheme:
        if at not in self._parsed:
            self._parsed[at] = parse_scheme(self._nodes[at].toml, is_stored=True)
        return self._parsed[at]

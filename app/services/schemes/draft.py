"""A scheme that is being changed: its text, what is wrong with it, and what becomes of the labels that marks have."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, NamedTuple

from app.core.errors import SchemeError, WrongUse
from app.core.progress import CancelToken, Progress
from app.core.scheme import Scheme
from app.core.scheme_change import LabelChange
from app.core.scheme_file import parse_scheme
from app.core.toml_lines import TomlLines
from app.services.migration.migration import Migration, migrate, plan
from app.services.schemes.rule_effects import have_other_rules, rule_effects
from app.services.schemes.scheme_builder import free_id
from app.services.schemes.scheme_text import (
    Place,
    at,
    tables,
    with_label_renamed,
    with_table,
    with_table_moved,
    with_value,
    without_label,
    without_table,
)
from app.session.actions import ApplyScheme
from app.session.session import Session

_PATH = "the changed scheme"


class SchemeProblem(NamedTuple):
    """What is wrong with a draft, and the table and key that it is about; `key` is "" for the table as a whole."""

    error: SchemeError
    place: Place
    key: str


class _Step(NamedTuple):
    """All of a draft as it was before a change (or after one that was undone), and the table and key that changed."""

    text: str
    becomes: Mapping[tuple[str, str], str | None]
    left: frozenset[tuple[str, str]]
    place: Place
    key: str

    def is_as(self, other: "_Step") -> bool:
        """Whether two states say the same; comments and the order of keys don't count."""
        if (self.becomes, self.left) != (other.becomes, other.left):
            return False
        return self.text == other.text or tables(self.text) == tables(other.text)


class SchemeDraft:
    """Changes a scheme's text step by step, and remembers which label each label of the scheme has become.

    Nothing of the project is changed by it; `apply` does that. Its methods raise SchemeError where the text is written
    in a way that can't be edited, and then leave it as it was. Each step can be undone and redone.
    """

    def __init__(self, scheme: Scheme) -> None:
        self.before = scheme
        self.text = scheme.source
        self._becomes: dict[tuple[str, str], str | None] = {
            (layer.id, label.id): label.id for layer in scheme.layers for label in layer.labels
        }
        self._left: set[tuple[str, str]] = set()
        self._undone: list[_Step] = []
        self._done: list[_Step] = []
        self._is_within = False
        self._goes_on = False

    @property
    def is_changed(self) -> bool:
        """Whether anything differs from the scheme that it began with."""
        return self.text != self.before.source or bool(self.changes())

    def data(self) -> Mapping[str, Any]:
        """Return the values of the text, as the file has them."""
        return tables(self.text)

    def table(self, place: Place) -> Any:  # noqa: ANN401  a table, or a list of them
        """Return what is at a place."""
        return at(self.data(), place)

    def scheme(self) -> Scheme:
        """Return the scheme as it is now. Raises SchemeError."""
        return parse_scheme(self.text, path=_PATH)

    def problem(self) -> SchemeProblem | None:
        """Return the first thing that is wrong with it, or None."""
        try:
            self.scheme()
        except SchemeError as error:
            path = TomlLines(self.text.replace("\r\n", "\n")).place(error.line or 1)
            steps = [n for n, step in enumerate(path) if isinstance(step, int)]
            end = steps[-1] + 1 if steps else 0
            rest = path[end:]
            return SchemeProblem(error, path[:end], str(rest[0]) if rest else "")
        return None

    def is_outside(self, layer: str, label: str) -> bool:
        """Whether the scheme before lacks a label, and nothing was said yet of what its marks become."""
        return self.before.label(layer, label) is None and (layer, label) not in self._becomes

    def origins(self, layer: str, label: str) -> list[tuple[str, str]]:
        """Return the layers and labels, of the scheme before, whose marks become a label."""
        return [place for place, now in self._becomes.items() if place[0] == layer and now == label]

    def is_of_project(self, place: Place) -> bool:
        """Whether the scheme before has the table with this id, so that marks may name it."""
        return self.table(place).get("id") in self._ids_before(place)

    def _ids_before(self, place: Place) -> set[str]:
        layer = self.before.layer(self.table(place[:2]).get("id", "")) if place[:1] == ("layer",) else None
        match [step for step in place if isinstance(step, str)]:
            case ["layer"]:
                return {item.id for item in self.before.layers}
            case ["layer", "attribute"]:
                return {item.id for item in layer.attributes} if layer else set()
            case ["layer", "attribute", "value"]:
                field = layer.attribute(self.table(place[:-2]).get("id", "")) if layer else None
                return {item.id for item in field.values} if field else set()
            case ["severity"]:
                return {item.id for item in self.before.severities}
            case ["relation"]:
                return {item.id for item in self.before.relations}
            case ["list"]:
                return {item.id for item in self.before.entity_lists}
            case ["relation", "attribute"]:
                relation = self.before.relation(self.table(place[:2]).get("id", ""))
                return {item.id for item in relation.attributes} if relation else set()
            case _:
                return set()

    # -- steps ---------------------------------------------------------------------------------------------------------

    @property
    def can_undo(self) -> bool:
        """Whether there is a step to undo."""
        return bool(self._done)

    @property
    def can_redo(self) -> bool:
        """Whether there is a step to redo."""
        return bool(self._undone)

    def undo(self) -> tuple[Place, str]:
        """Go back by a step; return the table and the key ("" for none) that it was about. There must be one."""
        return self._go(self._done, self._undone)

    def redo(self) -> tuple[Place, str]:
        """Do the step again that was undone last; return as `undo` does. There must be one."""
        return self._go(self._undone, self._done)

    def pause(self) -> None:
        """Let the next change of a value be a step of its own, even if it is of the one that was changed last."""
        self._goes_on = False

    @contextmanager
    def step(self, place: Place, key: str = "") -> Iterator[None]:
        """Make what is changed meanwhile one step. Changes of one value after each other are one step, unless `pause`
        is called between them; if it is then as it was, there is no step. What raises SchemeError is taken back.
        """
        if self._is_within:
            yield
            return
        before = self._state(place, key)
        self._is_within = True
        try:
            yield
        except SchemeError:
            self._restore(before)
            raise
        finally:
            self._is_within = False
        last = self._done[-1] if self._done else None
        if last is not None and self._goes_on and key and (last.place, last.key) == (place, key):
            self._undone.clear()
            if self._state(place, key).is_as(last):
                self._restore(self._done.pop())
                self._goes_on = False
        elif not self._state(place, key).is_as(before):
            self._undone.clear()
            self._done.append(before)
            self._goes_on = bool(key)

    def _state(self, place: Place, key: str) -> _Step:
        return _Step(self.text, dict(self._becomes), frozenset(self._left), place, key)

    def _restore(self, state: _Step) -> None:
        self.text, self._becomes, self._left = state.text, dict(state.becomes), set(state.left)

    def _go(self, steps: list[_Step], others: list[_Step]) -> tuple[Place, str]:
        step = steps.pop()
        others.append(self._state(step.place, step.key))
        self._restore(step)
        self._goes_on = False
        return step.place, step.key

    # -- changes -------------------------------------------------------------------------------------------------------

    def set(self, place: Place, key: str, value: object) -> None:
        """Change a value; with None it is left out. A label that gets another id is followed by what names it; one
        without an id, or with that of another label, would be lost, so these are refused with SchemeError.
        """
        label = _label_at(place)
        with self.step(place, key):
            if label is None or key != "id":
                self.text = with_value(self.text, place, key, value)
                return
            old, layer, new = self.table(place).get("id"), self.table(place[:2]).get("id"), str(value or "")
            if not new:
                raise SchemeError("a label needs an id", hint="type one", path=_PATH)
            if any(row != place[-1] and item.get("id") == new for row, item in enumerate(self.table(place[:-1]))):
                raise SchemeError(f"id “{new}” is that of another label", hint="give each a unique one", path=_PATH)
            self.text = with_label_renamed(self.text, *label, new)
            for origin, now in self._becomes.items():
                if origin[0] == layer and now == old:
                    self._becomes[origin] = new

    def add(self, tables_at: Place, row: int, values: Mapping[str, Any]) -> Place:
        """Add a table to a list of them; return its place."""
        with self.step((*tables_at, row)):
            self.text = with_table(self.text, tables_at, row, values)
        return (*tables_at, row)

    def take(self, text: str) -> None:
        """Take another text instead; marks keep their labels, also those that it lacks. Raises SchemeError."""
        made = parse_scheme(text, path=_PATH)
        with self.step(()):
            self.text = text
            self._left = {place for place in self._becomes if made.label(*place) is None}
            self._becomes = {at: at[1] for at in self._becomes if self.before.label(*at) is not None}

    def move(self, place: Place, row: int) -> Place:
        """Move a table within its list; return its place."""
        with self.step(place):
            self.text = with_table_moved(self.text, place, row)
        return (*place[:-1], row)

    def place_label(self, place: Place, row: int | None, parent: str) -> Place:
        """Put a label under another one (id), or with "" at the top, and with a row before what is there then; return
        its place.
        """
        with self.step(place):
            self.set(place, "parent", parent or None)
            return self.move(place, row) if row is not None else place

    def remove(self, place: Place, successor: str = "", *, leaves_marks: bool = False) -> None:
        """Remove a table. The marks of a label become its `successor` or, without one, are deleted; `leaves_marks` lets
        them keep the label that the scheme then lacks. Those of a whole layer keep theirs.
        """
        label = _label_at(place)
        with self.step(place):
            if label is None:
                self.text = without_table(self.text, place)
                return
            old, layer = self.table(place).get("id"), self.table(place[:2]).get("id")
            self.text = without_label(self.text, *label, successor)
            for origin, now in self._becomes.items():
                if origin[0] == layer and now == old:
                    self._becomes[origin] = successor or None
                    if leaves_marks and not successor:
                        self._left.add(origin)

    def give(self, layer: str, label: str, successor: str | None) -> None:
        """Say what the marks with a label that the scheme lacks become: another label, or with None deleted."""
        with self.step(()):
            self._becomes[layer, label] = successor

    def add_label(self, layer: str, title: str, *, key: str = "", origin: str = "") -> str:
        """Add a label at the end of a layer; return its id, which is made from the title. The marks that have the label
        `origin`, which the scheme lacks, become it. Raises SchemeError.
        """
        rows = self.data().get("layer", ())
        number = next((at for at, item in enumerate(rows) if item.get("id") == layer), None)
        if number is None:
            raise SchemeError(f"there is no layer “{layer}”", hint="name a layer of the scheme")
        known = {item.get("id") for item in rows[number].get("label", ())} | {
            label for at, label in self._becomes if at == layer
        }
        id = free_id(title, known)
        more = {"title": title, **({"key": key} if key else {})}
        tables_at: Place = ("layer", number, "label")
        row = len(rows[number].get("label", ()))
        with self.step((*tables_at, row)):
            self.add(tables_at, row, {"id": id, **more})
            if origin:
                self.give(layer, origin, id)
        return id

    def changes(self) -> tuple[LabelChange, ...]:
        """Return what becomes of the labels that the scheme had, for everyone's marks."""
        layers = {layer.get("id") for layer in self.data().get("layer", ())}
        return tuple(
            LabelChange(layer, old, new)
            for (layer, old), new in self._becomes.items()
            if new != old and layer in layers and (layer, old) not in self._left
        )

    # -- the project ---------------------------------------------------------------------------------------------------

    def finished_text(self) -> str:
        """Return the text with the next version, unless the scheme got another name. Raises SchemeError."""
        made = self.scheme()
        if made.name == self.before.name and made.version <= self.before.version:
            return with_value(self.text, (), "version", self.before.version + 1)
        return self.text

    def plan(
        self, session: Session, *, progress: Callable[[int, int], None], cancel: CancelToken | None = None
    ) -> Migration | None:
        """Return what applying it would do to the marks; None if no label of theirs changes. Raises StetError."""
        changes = self._required()
        return plan(session, changes, into=self.finished_text(), progress=progress, cancel=cancel) if changes else None

    @property
    def has_other_rules(self) -> bool:
        """Whether marks may no longer meet its rules. Raises SchemeError."""
        return have_other_rules(self.before, self.scheme())

    def rule_lines(self, session: Session, *, progress: Progress, cancel: CancelToken | None = None) -> list[str]:
        """Return, in words, which marks would no longer meet a rule. Raises StetError."""
        if not self.has_other_rules:
            return []
        return rule_effects(session, self.scheme(), progress=progress, cancel=cancel).lines()

    def apply(
        self,
        session: Session,
        *,
        progress: Callable[[int, int], None] = lambda _done, _total: None,
        cancel: CancelToken | None = None,
    ) -> Migration | None:
        """Make it the scheme of the project, with all marks, as one undoable step; return what was done to the marks.

        Raises StetError; then nothing was changed.
        """
        text, changes = self.finished_text(), self._required()
        if changes:
            return migrate(session, changes, into=text, progress=progress, cancel=cancel)
        if text != session.scheme.source:
            session.perform(ApplyScheme(text), title=f"Change the scheme to {parse_scheme(text).tag}")
        return None

    def _required(self) -> tuple[LabelChange, ...]:
        changes = self.changes()
        for change in changes:
            taken = change.new is not None and self._becomes.get((change.layer, change.new), change.new) != change.new
            if taken:
                what = f"{change.layer}.{change.new} was the id of another label"
                raise WrongUse(what, hint="choose another id")
        return changes


def _label_at(place: Place) -> tuple[int, int] | None:
    """Return the numbers of layer and label if a place is that of a label."""
    match place:
        case ("layer", int(layer), "label", int(row)):
            return layer, row
        case _:
            return None

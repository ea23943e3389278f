"""A scheme that is being changed: its text, what is wrong with it, and what becomes of the labels that marks have."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, NamedTuple

from app.core.errors import SchemeError, WrongUse
from app.core.progress import CancelToken, Progress
from app.core.proposal import NO_NOTE, ProposalNote
from app.core.scheme import SEVERITY, Scheme
from app.core.scheme_change import FieldChange, LabelChange, RelationChange, SchemeChange, ValueChange
from app.core.scheme_file import parse_scheme
from app.core.toml_lines import TomlLines
from app.services.migration.migration import Migration, migrate, plan, rules_of, unchanged
from app.services.schemes.parts import Part, PartKind, part_at, parts_of
from app.services.schemes.rule_effects import RuleEffects, have_other_rules, rule_effects
from app.services.schemes.scheme_builder import free_id
from app.services.schemes.scheme_text import (
    Place,
    at,
    values_of,
    with_renamed,
    with_table,
    with_table_moved,
    with_value,
    without_named,
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
    becomes: Mapping[Part, str | None]
    left: frozenset[Part]
    place: Place
    key: str

    def is_as(self, other: "_Step") -> bool:
        """Whether two states say the same; comments and the order of keys don't count."""
        if (self.becomes, self.left) != (other.becomes, other.left):
            return False
        return self.text == other.text or values_of(self.text) == values_of(other.text)


class SchemeDraft:
    """Changes a scheme's text step by step, and remembers what each label, relation type, field and value of the scheme
    has become.

    Nothing of the project is changed by it; `apply` does that. Its methods raise SchemeError where the text is written
    in a way that can't be edited, and then leave it as it was. Each step can be undone and redone.
    """

    def __init__(self, scheme: Scheme) -> None:
        self.before = scheme
        self.text = scheme.source
        self._known = frozenset(parts_of(scheme))
        self._becomes: dict[Part, str | None] = {part: part.id for part in parts_of(scheme)}
        self._left: set[Part] = set()
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
        return values_of(self.text)

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

    def is_outside(self, part: Part) -> bool:
        """Whether the scheme before lacks a part, and nothing was said yet of what becomes of it."""
        return part not in self._known and part not in self._becomes

    def origins(self, place: Place) -> list[Part]:
        """Return the parts of the scheme before, or that it lacks, that have become the one at a place."""
        here = part_at(self.data(), place)
        return [part for part in self._becomes if self._now(part) == here] if here is not None else []

    def _now(self, part: Part) -> Part | None:
        """Return what a part has become, None if it was removed or belongs to what was."""
        id, owner, field = self._becomes.get(part, part.id), part.owner, part.field
        if part.of_relations:
            owner = self._becomes.get(Part(PartKind.RELATION, owner), owner)
        if part.kind is PartKind.VALUE:
            of = Part(PartKind.FIELD, field, part.owner, of_relations=part.of_relations)
            field = self._becomes.get(of, field)
        if id is None or owner is None or field is None:
            return None
        return part._replace(id=id, owner=owner, field=field)

    def has_fixed_id(self, place: Place) -> bool:
        """Whether the id of a table is stored with marks, which don't follow it: that of a layer, or of an entry."""
        names = [step for step in place if isinstance(step, str)]
        id = self.table(place).get("id")
        if names == ["layer"]:
            return self.before.layer(id) is not None
        known = self.before.entity_list(self.table(place[:2]).get("id", "")) if names == ["list", "entry"] else None
        return known is not None and any(entry.id == id for entry in known.entries)

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
        """Change a value; with None it is left out. An id is followed by what names it; one that is empty, or that of
        another table of the list, would be lost, so these are refused with SchemeError.
        """
        with self.step(place, key):
            if key != "id" or not place:
                self.text = with_value(self.text, place, key, value)
                return
            new = str(value or "")
            if not new:
                raise SchemeError("an id is needed", hint="type one", path=_PATH)
            if any(row != place[-1] and item.get("id") == new for row, item in enumerate(self.table(place[:-1]))):
                raise SchemeError(f"id “{new}” is there already", hint="give each a unique one", path=_PATH)
            origins = self.origins(place)
            self.text = with_renamed(self.text, place, new)
            self._becomes.update(dict.fromkeys(origins, new))

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
            self._left = set(self._known.difference(parts_of(made)))
            self._becomes = {part: part.id for part in self._becomes if part in self._known}

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
        """Remove a table. What marks and relations have of it becomes its `successor` in the same list or, without one,
        is deleted; `leaves_marks` lets them keep what the scheme then lacks. All of a whole layer is kept.
        """
        with self.step(place):
            origins = self.origins(place)
            self.text = without_named(self.text, place, successor)
            self._becomes.update(dict.fromkeys(origins, successor or None))
            if leaves_marks and not successor:
                self._left.update(origins)

    def give(self, part: Part, successor: str | None) -> None:
        """Say what a part that the scheme lacks becomes: another one of its kind (id), or with None it is deleted."""
        with self.step(()):
            self._becomes[part] = successor

    def accept(self, part: Part, title: str, said: Iterable[ProposalNote] = ()) -> Place:
        """Add what the scheme lacks to it, with an id made from a title; return its place. What is `said` of a proposed
        label is taken over as far as it fits, the first of each. Raises SchemeError.
        """
        data = self.data()
        tables_at = self._list_of(data, part)
        known = {item.get("id") for item in at(data, tables_at)} | {
            other.id for other in self._becomes if other._replace(id=part.id) == part
        }
        id = free_id(title, known)
        more: dict[str, Any] = {} if title.replace("_", " ").capitalize() == title else {"title": title}
        more |= {PartKind.FIELD: {"kind": "text"}, PartKind.SEVERITY: {"weight": 1}}.get(part.kind, {})
        row = len(at(data, tables_at))
        with self.step((*tables_at, row)):
            place = self.add(tables_at, row, {"id": id, **more})
            self.give(part, id)
            for key, value in ((key, value) for note in said for key, value in note.given().items()):
                if key not in self.table(place):
                    self._set_if_right(place, key, value)
        return place

    def _set_if_right(self, place: Place, key: str, value: str) -> None:
        """Change a value unless something is wrong with it: a key that is taken, a label that is no longer there."""
        made = with_value(self.text, place, key, value)
        if key in ("definition", "example") or _is_scheme(made):
            self.text = made

    def others(self, part: Part) -> list[tuple[str, str]] | None:
        """Return what else a part can become, as titles and ids: what is in its list now; None if that is gone."""
        data = self.data()
        try:
            rows = at(data, self._list_of(data, part))
        except SchemeError:
            return None
        return [(str(item.get("title") or item["id"]), str(item["id"])) for item in rows if item.get("id")]

    def find(self, part: Part) -> Place | None:
        """Return where the table is that a part has become, None if it isn't in the scheme."""
        data, now = self.data(), self._now(part)
        try:
            return self._numbered(data, self._list_of(data, part), now.id) if now is not None else None
        except SchemeError:
            return None

    def _list_of(self, data: Mapping[str, Any], part: Part) -> Place:
        """Return where the tables of a part's kind are. Raises SchemeError if what it belongs to is gone."""
        if part.kind in (PartKind.RELATION, PartKind.SEVERITY):
            return (str(part.kind),)
        now = self._now(part._replace(id="")) or part
        above = self._numbered(data, ("relation" if part.of_relations else "layer",), now.owner)
        if part.kind is PartKind.LABEL:
            return (*above, "label")
        if part.kind is PartKind.FIELD:
            return (*above, "attribute")
        return (*self._numbered(data, (*above, "attribute"), now.field), "value")

    def _numbered(self, data: Mapping[str, Any], tables_at: Place, id: str) -> Place:
        number = next((row for row, item in enumerate(at(data, tables_at)) if item.get("id") == id), None)
        if number is None:
            raise SchemeError(f"there is no {tables_at[-1]} “{id}”", hint="name one of the scheme")
        return (*tables_at, number)

    def add_label(self, layer: str, title: str, said: ProposalNote = NO_NOTE) -> str:
        """Add a label at the end of a layer, with what is said of it; return its id, which is made from the title.
        Raises SchemeError.
        """
        data = self.data()
        tables_at: Place = (*self._numbered(data, ("layer",), layer), "label")
        rows = at(data, tables_at)
        known = {item.get("id") for item in rows} | {
            part.id for part in self._becomes if part.kind is PartKind.LABEL and part.owner == layer
        }
        id = free_id(title, known)
        self.add(tables_at, len(rows), {"id": id, "title": title, **said.given()})
        return id

    def changes(self) -> tuple[SchemeChange, ...]:
        """Return what becomes of the parts that the scheme had, for everyone's marks and relations."""
        layers = {layer.get("id") for layer in self.data().get("layer", ())}
        found: list[SchemeChange] = []
        for part, new in self._becomes.items():
            if new == part.id or part in self._left:
                continue
            is_there = part.of_relations or not part.owner or part.owner in layers
            if is_there or (part not in self._known and new is None):
                found += self._changes_of(part, new)
        return tuple(found)

    def _changes_of(self, part: Part, new: str | None) -> list[SchemeChange]:
        if part.kind is PartKind.LABEL:
            return [LabelChange(part.owner, part.id, new)]
        if part.kind is PartKind.RELATION:
            return [RelationChange(part.id, new)]
        if part.kind is PartKind.SEVERITY:
            layers = [layer.id for layer in self.before.layers if layer.has_severity]
            return [ValueChange(layer, SEVERITY, part.id, new) for layer in layers]
        owner = Part(PartKind.RELATION, part.owner)
        if part.of_relations and self._becomes.get(owner, part.owner) is None:
            return []  # the relations are deleted
        if part.kind is PartKind.FIELD:
            return [FieldChange(part.owner, part.id, new, part.of_relations)]
        field = Part(PartKind.FIELD, part.field, part.owner, of_relations=part.of_relations)
        is_dropped = self._becomes.get(field, part.field) is None and field not in self._left
        return [] if is_dropped else [ValueChange(part.owner, part.field, part.id, new, part.of_relations)]

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

    def rule_effects(
        self, session: Session, *, progress: Progress, cancel: CancelToken | None = None
    ) -> RuleEffects | None:
        """Return which work would no longer meet a rule, None if the rules are the same. Raises StetError."""
        if not self.has_other_rules:
            return None
        made, changes = self.scheme(), self._required()
        rules = rules_of(session, changes, into=self.finished_text()) if changes else unchanged(session.scheme, made)
        return rule_effects(session, rules, progress=progress, cancel=cancel)

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

    def _required(self) -> tuple[SchemeChange, ...]:
        changes = self.changes()
        for change in changes:
            if not isinstance(change, LabelChange) or change.new is None:
                continue
            other = Part(PartKind.LABEL, change.new, change.layer)
            if self._becomes.get(other, change.new) != change.new:
                what = f"{change.layer}.{change.new} was the id of another label"
                raise WrongUse(what, hint="choose another id")
        return changes


def _is_scheme(text: str) -> bool:
    try:
        parse_scheme(text)
    except SchemeError:
        return False
    return True

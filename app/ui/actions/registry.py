"""The catalogue as live actions: one QAction each, with the user's own keys where set."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal, SignalInstance
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QWidget

from app.ui.actions.catalogue import CATALOGUE, ActionSpec, Context, Needs, clashes, scheme_actions
from app.ui.widgets.labels import literal, unmarked

if TYPE_CHECKING:
    from app.core.scheme import Scheme

Handler = Callable[[], None]
PrefixHandler = Callable[[str], None]
Obstacle = Callable[[str], str]


class SpecAction(QAction):
    """The QAction of a catalogue entry; runs the handler that is bound to its id."""

    def __init__(self, spec: ActionSpec, keys: tuple[str, ...], registry: "ActionRegistry") -> None:
        super().__init__(unmarked(spec.title), registry)
        self.spec = spec
        self.keys = keys
        self._registry = registry
        self.setObjectName(spec.id)
        if spec.context is Context.WINDOW:
            self.setShortcuts([QKeySequence(key) for key in keys])
        if spec.everywhere:
            self.setShortcutContext(Qt.ShortcutContext.ApplicationShortcut)
        self.setToolTip(literal(tooltip(spec, keys)))
        self.triggered.connect(self._on_triggered)

    def _on_triggered(self, _checked: bool) -> None:
        self._registry.run(self.spec.id)


def tooltip(spec: ActionSpec, keys: tuple[str, ...]) -> str:
    """Return an action's tooltip as plain text: title, tip, key."""
    key = f"  ({native(keys[0])})" if keys else ""
    more = f"\n{spec.tip}" if spec.tip else ""
    return f"{spec.title.rstrip('…')}{key}{more}"


def native(key: str) -> str:
    """Return a key in the system's notation."""
    return QKeySequence(key).toString(QKeySequence.SequenceFormat.NativeText)


class ActionScope:
    """One component's view of the actions: it binds handlers for its own, and can run any.

    Its handlers are used while the scope is pushed; `close()` drops them and the objects they keep alive.
    """

    def __init__(self, registry: "ActionRegistry") -> None:
        self._registry = registry
        self._handlers: dict[str, Handler] = {}
        self._prefixes: dict[str, PrefixHandler] = {}
        self._obstacles: list[Obstacle] = []

    @property
    def about_to_run(self) -> SignalInstance:
        """Emitted with an action's id before it runs: the last chance to commit what is being typed."""
        return self._registry.about_to_run

    def bind(self, action_id: str, handler: Handler) -> None:
        """Bind an action to a handler. Raises ValueError if it is already bound in this scope."""
        if action_id in self._handlers:
            raise ValueError(f"{action_id} is bound twice in one scope")
        self._handlers[action_id] = handler
        self._registry.refresh(self, action_id)

    def bind_all(self, handlers: Mapping[str, Handler]) -> None:
        """Bind several actions."""
        for action_id, handler in handlers.items():
            self.bind(action_id, handler)

    def bind_prefix(self, prefix: str, handler: PrefixHandler) -> None:
        """Bind all actions whose id has a prefix, unless bound individually; the handler gets the rest of the id.

        Raises ValueError if this scope has a handler for the prefix already.
        """
        if prefix in self._prefixes:
            raise ValueError(f"{prefix}* is bound twice in one scope")
        self._prefixes[prefix] = handler
        self._registry.refresh(self, prefix)

    def bind_obstacle(self, obstacle: Obstacle) -> None:
        """Ask, before an action of this scope runs or is offered, why it can't work now: "" if it can."""
        self._obstacles.append(obstacle)

    def why_not(self, action_id: str) -> str:
        """Return why an action of this scope can't work now, "" if it can."""
        return next((why for obstacle in self._obstacles if (why := obstacle(action_id))), "")

    def handler(self, action_id: str) -> Handler | None:
        """Return the handler of an action in this scope, or None; the longest matching prefix wins."""
        own = self._handlers.get(action_id)
        fitting = [] if own is not None else [prefix for prefix in self._prefixes if action_id.startswith(prefix)]
        if not fitting:
            return own
        longest = max(fitting, key=len)
        return partial(self._prefixes[longest], action_id.removeprefix(longest))

    def handles(self, action_id: str) -> bool:
        """Return whether this scope has a handler of an action."""
        return action_id in self._handlers or any(map(action_id.startswith, self._prefixes))

    def push(self) -> None:
        """Make this scope active, with precedence over all active ones."""
        self._registry.push(self)

    def pop(self) -> None:
        """Make this scope inactive."""
        self._registry.pop(self)

    def close(self) -> None:
        """Make this scope inactive, and drop its handlers."""
        self.pop()
        self._handlers.clear()
        self._prefixes.clear()
        self._obstacles.clear()

    def run(self, action_id: str) -> None:
        """Run an action, whichever scope handles it."""
        self._registry.run(action_id)

    def action(self, action_id: str) -> SpecAction:
        """Return a live action."""
        return self._registry.action(action_id)

    def is_enabled(self, action_id: str) -> bool:
        """Return whether an action makes sense now."""
        return self._registry.is_enabled(action_id)

    def keys_of_action(self, action_id: str) -> tuple[str, ...]:
        """Return the keys of an action."""
        return self._registry.keys_of_action(action_id)

    def tip_of(self, action_id: str) -> str:
        """Return the tooltip of an action."""
        return self._registry.tip_of(action_id)

    def update_enabled(self, have: set[Needs]) -> None:
        """Enable the actions whose needs are met by `have`."""
        self._registry.update_enabled(have)

    def for_text_key(self, key: str) -> ActionSpec | None:
        """Return the text action of a pressed key."""
        return self._registry.for_text_key(key)

    def for_label_key(self, key: str) -> ActionSpec | None:
        """Return the first label of any layer that has a key."""
        return self._registry.for_label_key(key)

    def for_review_key(self, key: str) -> ActionSpec | None:
        """Return the review action of a pressed key."""
        return self._registry.for_review_key(key)


class ActionRegistry(QObject):
    """All actions of the window. Components bind handlers in scopes; the topmost scope with a handler wins."""

    rebuilt = Signal()
    about_to_run = Signal(object)  # action id; the last chance to commit what is being typed
    refused = Signal(object)  # why the action that was to run can't work now

    def __init__(self, window: QWidget, overrides: Mapping[str, str]) -> None:
        super().__init__(window)
        self._window = window
        self._overrides = dict(overrides)
        self._scopes: list[ActionScope] = []
        self._actions: dict[str, SpecAction] = {}
        self._specs: dict[str, ActionSpec] = {}
        self._muted: set[str] = set()
        self._text_keys: dict[str, list[ActionSpec]] = {}
        self._review_keys: dict[str, list[ActionSpec]] = {}
        self._have: set[Needs] = {Needs.NOTHING}
        self._scheme: Scheme | None = None
        self.active_layer = ""
        self.open_label = ""  # the label whose children label keys give; "" at the top of the tree
        self.rebuild(None)

    def rebuild(self, scheme: "Scheme | None") -> None:
        """Rebuild the actions, for another scheme or other keys; those stay that are what they were."""
        self._scheme = scheme
        specs = (*CATALOGUE, *(scheme_actions(scheme) if scheme else ()))
        # The user's key for an action may clash with a key of this scheme: then the action's default key applies
        # instead.
        self._muted = set()
        found = clashes(tuple(spec._replace(keys=self.keys_of(spec)) for spec in specs))
        self._muted = {action for _, *both in found for action in both if action in self._overrides}
        self._specs = {spec.id: spec for spec in specs}
        before, self._actions = self._actions, {}
        self._text_keys, self._review_keys = {}, {}
        for spec in specs:
            keys = self.keys_of(spec)
            old = before.get(spec.id)
            # Without a project most actions are unavailable: creating them would only slow the start, and deleting them
            # the way from one project to the next.
            if scheme is None and spec.needs is not Needs.NOTHING and old is None:
                continue
            if old is not None and (old.spec, old.keys) == (spec, keys):
                self._actions[spec.id] = before.pop(spec.id)
            elif spec.context is Context.WINDOW:
                self._actions[spec.id] = self._made(spec)
            # The others listen to no shortcut of Qt's, and a scheme may have hundreds: they are made for a menu.
            if spec.context is not Context.WINDOW:
                table = self._text_keys if spec.context is Context.TEXT else self._review_keys
                for key in keys:
                    table.setdefault(portable(key), []).append(spec)
        for action in before.values():
            self._window.removeAction(action)
            action.deleteLater()
        self.update_enabled(self._have)
        self.rebuilt.emit()

    def _made(self, spec: ActionSpec) -> SpecAction:
        action = SpecAction(spec, self.keys_of(spec), self)
        action.setEnabled(self._makes_sense(spec))
        if spec.context is Context.WINDOW:
            self._window.addAction(action)
        return action

    def keys_of(self, spec: ActionSpec) -> tuple[str, ...]:
        """Return the keys of an action: the user's own, else the default ones. An empty string means no key."""
        own = self._overrides.get(spec.id)
        if own is None or spec.id in self._muted:
            return spec.keys
        return tuple(own.split(" | ")) if own else ()

    def keys_of_action(self, action_id: str) -> tuple[str, ...]:
        """Return the keys of an action by its id, none if there is no such action now."""
        spec = self._specs.get(action_id)
        return self.keys_of(spec) if spec is not None else ()

    def specs(self) -> list[ActionSpec]:
        """Return all entries, with their current keys."""
        return [spec._replace(keys=self.keys_of(spec)) for spec in self._specs.values()]

    def override(self, overrides: Mapping[str, str]) -> list[tuple[str, str, str]]:
        """Apply other keys; return (key, id, id) clashes, in which case nothing is changed."""
        before, self._muted = self._overrides, set()
        self._overrides = dict(overrides)
        specs = (*CATALOGUE, *(scheme_actions(self._scheme) if self._scheme else ()))
        found = clashes(tuple(spec._replace(keys=self.keys_of(spec)) for spec in specs))
        if found:
            self._overrides = before
            self.rebuild(self._scheme)
            return found
        self.rebuild(self._scheme)
        return []

    def action(self, action_id: str) -> SpecAction:
        """Return a live action."""
        found = self._actions.get(action_id)
        if found is None:
            found = self._actions[action_id] = self._made(self._specs[action_id])
        return found

    def is_enabled(self, action_id: str) -> bool:
        """Return whether an action makes sense now, as its live action would say."""
        return self._makes_sense(self._specs[action_id])

    def tip_of(self, action_id: str) -> str:
        """Return the tooltip of an action: title, tip and key, as plain text that Qt takes literally."""
        spec = self._specs[action_id]
        return literal(tooltip(spec, self.keys_of(spec)))

    def serve(self, dialog: QWidget) -> None:
        """Let the keys that work everywhere work in a modal window of the program as well."""
        for action in self._actions.values():
            if action.spec.everywhere:
                dialog.addAction(action)

    def scope(self) -> ActionScope:
        """Return a new scope, not yet pushed."""
        return ActionScope(self)

    def push(self, scope: ActionScope) -> None:
        """Give a scope precedence over all others. Raises ValueError if it is already active."""
        if scope in self._scopes:
            raise ValueError("the scope is pushed already")
        self._scopes.append(scope)
        self._enable()

    def pop(self, scope: ActionScope) -> None:
        """Make a scope inactive; does nothing if it isn't active."""
        if scope in self._scopes:
            self._scopes.remove(scope)
            self._enable()

    def refresh(self, scope: ActionScope, prefix: str) -> None:
        """Enable what makes sense now of the actions whose id starts so: a scope has got a handler for them."""
        if scope in self._scopes:
            for action_id, action in self._actions.items():
                if action_id.startswith(prefix):
                    action.setEnabled(self._makes_sense(action.spec))

    def _handler(self, action_id: str) -> Handler | None:
        found = (scope.handler(action_id) for scope in reversed(self._scopes))
        return next((handler for handler in found if handler is not None), None)

    def why_not(self, action_id: str) -> str:
        """Return why an action can't work now, in words for whoever asks for it; "" if it can."""
        doing = (scope for scope in reversed(self._scopes) if scope.handles(action_id))
        scope = next(doing, None)
        return scope.why_not(action_id) if scope is not None else ""

    def bound(self, action_id: str) -> bool:
        """Return whether an active scope handles the action."""
        return any(scope.handles(action_id) for scope in self._scopes)

    def run(self, action_id: str) -> None:
        """Run the action, if it is enabled."""
        if not self.is_enabled(action_id):
            return
        why = self.why_not(action_id)
        if why:
            self.refused.emit(why)
            return
        self.about_to_run.emit(action_id)
        handler = self._handler(action_id)
        if handler is not None:
            handler()

    def update_enabled(self, have: set[Needs]) -> None:
        """Enable the actions whose needs are met by `have`."""
        self._have = {Needs.NOTHING, *have}
        self._enable()

    def _enable(self) -> None:
        for action in self._actions.values():
            action.setEnabled(self._makes_sense(action.spec))

    def _makes_sense(self, spec: ActionSpec) -> bool:
        return spec.needs in self._have and self.bound(spec.id)

    def for_text_key(self, key: str) -> ActionSpec | None:
        """Return the text action of a pressed key; keys of labels and values only work in the active layer, and under
        the label that is open.
        """
        own = f"{self.active_layer}/{self.open_label}"
        fitting = [spec for spec in self._text_keys.get(key, ()) if spec.scope in (own, "")]
        return max(fitting, key=lambda spec: bool(spec.scope), default=None)

    def for_label_key(self, key: str) -> ActionSpec | None:
        """Return the first label at the top of any layer that has a key."""
        specs = self._text_keys.get(key, ())
        return next((spec for spec in specs if spec.id.startswith("label.") and spec.scope.endswith("/")), None)

    def run_shortcut(self, key: str) -> bool:
        """Run the enabled action of the window that has a key; return whether there is one."""
        for action in self._actions.values():
            if action.spec.context is Context.WINDOW and key in map(portable, action.keys) and action.isEnabled():
                self.run(action.spec.id)
                return True
        return False

    def for_review_key(self, key: str) -> ActionSpec | None:
        """Return the review action of a pressed key."""
        return next(iter(self._review_keys.get(key, ())), None)

    def override_map(self) -> dict[str, str]:
        """Return the user's own keys by action id."""
        return dict(self._overrides)


def portable(key: str) -> str:
    """Return a key sequence in its portable spelling."""
    return QKeySequence(key).toString(QKeySequence.SequenceFormat.PortableText)

"""Imports go one way: there is no circle of modules in a room, nor of the folders below it.

Imports for type checking count, since whoever reads a module has to follow them too; those inside functions don't.
"""

import ast
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
ROOMS = (
    *("core", "storage", "review", "exchange", "suggesters", "nlp", "session", "services", "jobs", "cli"),
    "ui",
)
"""The rooms without a circle, in modules and in folders: a room that has got rid of its own belongs here too."""

REGISTRIES = {"app.exchange.registry", "app.suggesters.registry"}
"""Modules that list what lies in the folders below them, which speak the room's protocol: their imports aren't held
against their folder.
"""

Graph = Mapping[str, set[str]]


def modules(root: Path) -> dict[str, Path]:
    """Return the source files of `app` by the names of their modules; a package is called like its folder."""
    found = {}
    for path in sorted((root / "app").rglob("*.py")):
        parts = path.relative_to(root).with_suffix("").parts
        found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


def imported(source: str, known: Iterable[str]) -> set[str]:
    """Return the known modules that a source imports when it is loaded or type-checked."""
    names: set[str] = set()
    for node in _statements(ast.parse(source).body):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            for alias in node.names:
                whole = f"{node.module}.{alias.name}"
                names.add(whole if whole in known else node.module)
    return names & set(known)


def _statements(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    """Yield statements with those inside conditions and attempts, not those of functions and classes."""
    for node in body:
        yield node
        for part in ("body", "orelse", "finalbody", "handlers"):
            if isinstance(node, ast.If | ast.Try | ast.With | ast.ExceptHandler):
                yield from _statements(getattr(node, part, []))


def module_graph(root: Path) -> dict[str, set[str]]:
    """Return which modules of `app` each of them imports."""
    known = modules(root)
    return {name: imported(path.read_text(encoding="utf-8"), known) - {name} for name, path in known.items()}


def in_room(graph: Graph, room: str) -> dict[str, set[str]]:
    """Return the part of a graph that lies in a room."""
    own = {name for name in graph if name == f"app.{room}" or name.startswith(f"app.{room}.")}
    return {name: graph[name] & own for name in own}


def folder_graph(graph: Graph, folders: Mapping[str, str]) -> dict[str, set[str]]:
    """Return which folders each folder imports from."""
    found: dict[str, set[str]] = {folder: set() for folder in folders.values()}
    for name, others in graph.items():
        if name not in REGISTRIES:
            found[folders[name]] |= {folders[other] for other in others} - {folders[name]}
    return found


def circles(graph: Graph) -> list[list[str]]:
    """Return the groups of nodes of which each can be reached from each other one, sorted."""
    reached = {node: _reachable(graph, node) for node in graph}
    found = {tuple(sorted(other for other in reached[node] if node in reached[other])) for node in graph}
    return [list(group) for group in sorted(found) if group]


def _reachable(graph: Graph, start: str) -> set[str]:
    seen: set[str] = set()
    waiting = list(graph[start])
    while waiting:
        node = waiting.pop()
        if node not in seen:
            seen.add(node)
            waiting.extend(graph[node])
    return seen


@pytest.fixture(scope="module")
def whole() -> Graph:
    return module_graph(ROOT)


@pytest.mark.parametrize("room", ROOMS)
def test_no_modules_of_a_room_import_in_a_circle(whole: Graph, room: str) -> None:
    graph = in_room(whole, room)
    assert len(graph) > 1
    assert circles(graph) == []


@pytest.mark.parametrize("room", ROOMS)
def test_no_folders_of_a_room_import_in_a_circle(whole: Graph, room: str) -> None:
    folders = {name: ".".join(path.parent.relative_to(ROOT).parts) for name, path in modules(ROOT).items()}
    assert circles(folder_graph(in_room(whole, room), folders)) == []


def test_circles_are_found_with_all_who_are_in_them() -> None:
    graph = {"a": {"b"}, "b": {"c"}, "c": {"a", "d"}, "d": {"e"}, "e": {"d"}, "f": {"a"}, "g": set()}
    assert circles(graph) == [["a", "b", "c"], ["d", "e"]]


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("import app.b.c", {"app.b.c"}),
        ("from app.b import c", {"app.b.c"}),
        ("from app.b import something", {"app.b"}),
        ("from app.b.c import something as other", {"app.b.c"}),
        ("if TYPE_CHECKING:\n    from app.b import c", {"app.b.c"}),
        ("try:\n    import app.d\nexcept ImportError:\n    from app.b import c", {"app.d", "app.b.c"}),
        ("def f():\n    from app.b import c", set()),
        ("import os.path\nfrom elsewhere import c", set()),
    ],
)
def test_imports_of_every_kind_are_seen(source: str, found: set[str]) -> None:
    assert imported(source, {"app.b", "app.b.c", "app.d"}) == found


def test_folders_that_import_each_other_are_found() -> None:
    folders = {"app.r.x.a": "app.r.x", "app.r.x.b": "app.r.x", "app.r.y.c": "app.r.y"}
    graph = {"app.r.x.a": {"app.r.y.c"}, "app.r.x.b": set(), "app.r.y.c": {"app.r.x.b"}}
    assert circles(graph) == []
    assert circles(folder_graph(graph, folders)) == [["app.r.x", "app.r.y"]]

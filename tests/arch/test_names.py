"""Names say what a thing is, and no two public classes share one."""

import ast
import itertools
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path, PurePosixPath

import pytest

from tests.arch.house_rules import Module

ROOT = Path(__file__).resolve().parents[2]
MOST_LETTERS = 60
_CLASS = re.compile(r"^class +([A-Za-z]\w*)", re.MULTILINE)
_LONG_TEST = re.compile(rf"\bdef +test_\w{{{MOST_LETTERS - 4},}}")

ALLOWED = {
    "app/services/importing": "`import` is a word of Python, and this is the one capability that has no other name",
    "app/core/wording.py": "wording is a noun: the words in which something is said",
    "app/exchange/formats/training": "the name of the format itself, as people ask for it",
}
"""Module names that end in “-ing” all the same, each with its reason."""


def sources(folder: str) -> Iterator[Module]:
    """Yield every source file below a folder of the project; none is kept, as its tree is large."""
    for path in sorted((ROOT / folder).rglob("*.py")):
        yield Module(PurePosixPath(path.relative_to(ROOT).as_posix()), path.read_text(encoding="utf-8"))


def bare_ing_names(paths: Iterable[PurePosixPath]) -> list[str]:
    """Return the modules and packages that are called by one word for an activity, such as `bringing`."""
    found: set[str] = set()
    for path in paths:
        for part in (path, *path.parents):
            if part.stem.endswith("ing") and "_" not in part.stem:
                found.add(str(part))
    return sorted(found)


def shared_class_names(modules: Iterable[Module]) -> dict[str, list[str]]:
    """Return the names that several public classes have, with the modules that they are in.

    To parse a module takes long, so that is done only where a name stands twice: in a string it is none of a class.
    """
    named = [(module, _CLASS.findall(module.source)) for module in modules]
    counts = Counter(itertools.chain.from_iterable(names for _, names in named))
    found: dict[str, list[str]] = defaultdict(list)
    for module, names in named:
        for node in module.tree.body if any(counts[name] > 1 for name in names) else ():
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                found[node.name].append(str(module.path))
    return {name: paths for name, paths in found.items() if len(paths) > 1}


def long_test_names(modules: Iterable[Module]) -> Iterator[str]:
    """Yield the tests whose name has too many letters."""
    for module in modules:
        for node in module.nodes if _LONG_TEST.search(module.source) else ():
            is_test = isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test_")
            if is_test and len(node.name) > MOST_LETTERS:
                yield f"{module.path}:{node.lineno}: {node.name} has {len(node.name)} letters, {MOST_LETTERS} at most"


def test_modules_are_named_by_what_they_hold() -> None:
    found = bare_ing_names(module.path for module in sources("app"))
    assert set(found) <= set(ALLOWED), "name the noun that is in it, such as document_import rather than bringing"
    assert set(ALLOWED) <= set(found), "an exception that nothing needs any more"


def test_no_two_public_classes_share_a_name() -> None:
    assert shared_class_names(sources("app")) == {}


def test_names_of_tests_can_be_read_at_a_glance() -> None:
    assert list(long_test_names(sources("tests"))) == []


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("app/session/bringing.py", ["app/session/bringing.py"]),
        ("app/settling/x.py", ["app/settling"]),
        ("app/core/scheme_migration.py", []),
        ("app/core/search_folding.py", []),
        ("app/core/strings.py", []),
    ],
)
def test_a_module_named_for_an_activity_is_caught(path: str, found: list[str]) -> None:
    assert bare_ing_names([PurePosixPath(path)]) == found


def test_a_class_name_that_is_taken_is_caught() -> None:
    planted = [
        Module(PurePosixPath("app/a.py"), "class Answer: ...\nclass _Rows: ..."),
        Module(PurePosixPath("app/b.py"), "class Answer: ...\nclass _Rows: ...\nclass Other: ..."),
    ]
    assert shared_class_names(planted) == {"Answer": ["app/a.py", "app/b.py"]}


def test_a_long_test_name_is_caught() -> None:
    source = f"def test_{'x' * 55}(): ...\nclass A:\n    def test_{'y' * 56}(self): ..."
    (line,) = long_test_names([Module(PurePosixPath("tests/t.py"), source)])
    assert line.startswith("tests/t.py:3: test_yyy")

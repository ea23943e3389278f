"""What tests there are, for those who name some."""

import ast
from functools import cache
from pathlib import Path

TESTS = Path(__file__).resolve().parents[1]


@cache
def defined(file: str) -> set[str]:
    """Return what a file under `tests/` defines: functions, classes, and names at its top."""
    tree = ast.parse((TESTS / file).read_text(encoding="utf-8"))
    named = {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.ClassDef)}
    assigned = (target for node in tree.body if isinstance(node, ast.Assign) for target in node.targets)
    return named | {target.id for target in assigned if isinstance(target, ast.Name)}


def is_there(test: str) -> bool:
    """Return whether a test that is named as FILE::NAME is there."""
    file, _, name = test.partition("::")
    return (TESTS / file).is_file() and name in defined(file)

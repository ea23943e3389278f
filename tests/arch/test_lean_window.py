"""The window imports no more than its first picture needs (decision 5): looked up in a process of its own."""

import ast
import json
import subprocess
import sys
from functools import cache
from pathlib import Path

from app.ui.window.idle_imports import TOO_LARGE

ROOT = Path(__file__).resolve().parents[2]
_SCRIPT = """
import json, sys
from app.bootstrap import build
app, window = build()
window.show()
window.desk
print(json.dumps(sorted(sys.modules)))
"""
_LATER = """
from app.ui.window.idle_imports import IdleImports
window.desk._warm_up()
for each in window.desk.findChildren(IdleImports):
    while each.is_busy:
        each._next()
print(json.dumps(sorted(sys.modules)))
"""
_ALLOWED = {  # of the suggesters: words and values, and nothing that finds anything
    "app.suggesters",
    "app.suggesters.backend",
    "app.suggesters.hints",
    "app.suggesters.hints.hint",
    "app.suggesters.maker_titles",
    "app.suggesters.patterns",
    "app.suggesters.protocol",
}


@cache
def loaded() -> tuple[set[str], set[str]]:
    """Return the modules that are there once the window is shown, and once a person has read in it for a while."""
    done = subprocess.run([sys.executable, "-c", _SCRIPT + _LATER], cwd=ROOT, capture_output=True, check=True)
    first, later = done.stdout.splitlines()[-2:]
    return set(json.loads(first)), set(json.loads(later))


def wanted_late() -> set[str]:
    """Return the modules of the window that its functions import when they are called."""
    found: set[str] = set()
    for path in (ROOT / "app" / "ui").rglob("*.py"):
        functions = (node for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.FunctionDef))
        imports = (node for each in functions for node in ast.walk(each) if isinstance(node, ast.ImportFrom))
        found.update(node.module for node in imports if node.module and node.module.startswith("app.ui."))
    return found


def test_what_opens_at_a_key_is_imported_before() -> None:
    late, (_, there) = wanted_late(), loaded()
    assert len(late) > 50
    assert sorted(late - there) == sorted(TOO_LARGE), "see idle_imports"
    assert not {"psycopg", "pyqtgraph", "spacy"} & there, "each takes longer than one doesn't notice"


def test_the_window_loads_no_suggester_and_no_spacy() -> None:
    found, _ = loaded()
    assert {name for name in found if name.startswith("app.suggesters")} <= _ALLOWED
    assert not {"spacy", "numpy", "thinc", "http.client", "ssl"} & found
    assert not {name for name in found if name.startswith(("app.nlp.parse", "app.nlp.trainer", "app.exchange.formats"))}

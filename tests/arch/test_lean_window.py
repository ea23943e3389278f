"""The window imports no more than its first picture needs (decision 5): looked up in a process of its own."""

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
_SCRIPT = """
import json, sys
from app.bootstrap import build
app, window = build()
window.show()
window.desk
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


def test_the_window_loads_no_suggester_and_no_spacy() -> None:
    done = subprocess.run([sys.executable, "-c", _SCRIPT], cwd=ROOT, capture_output=True, check=True)
    found = set(json.loads(done.stdout.splitlines()[-1]))
    assert {name for name in found if name.startswith("app.suggesters")} <= _ALLOWED
    assert not {"spacy", "numpy", "thinc", "http.client", "ssl"} & found
    assert not {name for name in found if name.startswith(("app.nlp.parse", "app.nlp.trainer", "app.exchange.formats"))}

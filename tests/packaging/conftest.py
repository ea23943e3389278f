"""Make the modules of packaging/ importable by name; it is a folder of scripts and no package."""

import importlib
import sys
from pathlib import Path

_PACKAGING = str(Path(__file__).resolve().parents[2] / "packaging")

# Only while they are imported: left on the path, its `test.py` would stand before Python's own module of that name.
sys.path.insert(0, _PACKAGING)
try:
    for _name in ("environment", "lock", "system_libraries", "launch", "checks", "safety", "locks", "audit"):
        importlib.import_module(_name)
finally:
    sys.path.remove(_PACKAGING)

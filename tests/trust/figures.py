"""What the campaigns counted, kept beside them, so that the help page of safety says figures that were seen.

A campaign calls `record()` at its end. Nothing is written in an ordinary run of the tests: only where the environment
variable STET_RECORD_FIGURES is set, as `python packaging/safety.py --run` does.
"""

import json
import os
from datetime import UTC, datetime
from pathlib import Path

FIGURES = Path(__file__).with_name("figures.json")
VARIABLE = "STET_RECORD_FIGURES"


def figures() -> dict[str, dict[str, int | float | str]]:
    """Return what each campaign counted when it was last recorded, with the day in `on`."""
    if not FIGURES.exists():
        return {}
    kept: dict[str, dict[str, int | float | str]] = json.loads(FIGURES.read_text(encoding="utf-8"))
    return kept


def record(campaign: str, **counted: int | float | str) -> None:
    """Keep what a campaign counted, in place of its earlier figures.

    `campaign` is the name of its test, such as "kills". The counts are plain numbers whose names read as words,
    such as `kills=1000, actions_lost=0`.
    """
    if not os.environ.get(VARIABLE):
        return
    on = datetime.now(UTC).date().isoformat()
    kept = {**figures(), campaign: {"on": on, **counted}}
    FIGURES.write_text(json.dumps(kept, indent=1, sort_keys=True, ensure_ascii=False) + "\n", encoding="utf-8")

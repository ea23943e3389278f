"""`python -m tests.bench [NAME] [--json] [--full]` runs the benchmarks and prints a table, or one JSON object a line.

With `--full`, import, export, the reading surface and the hub are measured at the size of their goals, which takes
minutes, and of the hub an hour.
"""

import os
import sys

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from tests.bench import (
    action_log,
    agreement,
    bulk,
    commands,
    concordance,
    grouping,
    hints,
    hub,
    keys,
    language_model,
    loading,
    review,
    start,
    suggester_run,
    suggestions,
    surface,
    training,
)
from tests.bench.rows import Bench, Row, table

BENCHES: dict[str, Bench] = {
    "start": start.run,
    "keys": keys.run,
    "commands": commands.run,
    "log": action_log.run,
    "loading": loading.run,
    "suggestions": suggestions.run,
    "hints": hints.run,
    "suggesting": suggester_run.run,
    "model": language_model.run,
    "grouping": grouping.run,
    "review": review.run,
    "agreement": agreement.run,
    "concordance": concordance.run,
    "import": bulk.run_import,
    "label-studio": bulk.run_label_studio,
    "prodigy": bulk.run_prodigy,
    "export": bulk.run_export,
    "surface": surface.run,
    "train": training.run,
    "hub": hub.run,
}
FULL: dict[str, Bench] = {
    "import": bulk.run_full_import,
    "label-studio": bulk.run_full_label_studio,
    "prodigy": bulk.run_full_prodigy,
    "export": bulk.run_full_export,
    "surface": surface.run_full,
    "hub": hub.run_full,
}


def main(arguments: list[str]) -> int:
    """Run the named benchmarks, all of them if none is named; return 1 if a goal was missed."""
    names = [argument for argument in arguments if not argument.startswith("-")]
    unknown = [name for name in names if name not in BENCHES]
    if unknown or any(a not in ("--json", "--full") for a in arguments if a.startswith("-")):
        print(f"usage: python -m tests.bench [{'|'.join(BENCHES)}] [--json] [--full]", file=sys.stderr)
        return 2
    rows: list[Row] = []
    for name in names or BENCHES:
        bench = FULL.get(name, BENCHES[name]) if "--full" in arguments else BENCHES[name]
        found = bench()
        rows.extend(found)
        if "--json" in arguments:
            for row in found:
                print(row.as_json(), flush=True)
    if "--json" not in arguments:
        print(table(rows))
    return 0 if all(row.met for row in rows) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

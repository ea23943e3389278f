"""A campaign: processes that try spoilt files until the time is over, and what they found.

`python -m tests.trust.fuzz.campaign SECONDS FOLDER [NAME...]` runs one by hand; findings lie in FOLDER, each with its
files, as they are kept in `tests/trust/corpus`.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from tests.trust.fuzz import process, targets

_SLICE_S = 900.0  # for one process; a fresh one begins with little memory
_START_S = 300.0  # until one that is started has made its seeds
_MOST_KEPT = 200


class Finding(NamedTuple):
    """Something that went wrong: the target, what was seen, and where its files lie."""

    target: str
    wrong: str
    kept: Path | None


class Campaign:
    """Runs processes one after another; `executions` counts by target what was tried."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.executions: Counter[str] = Counter()
        self.findings: list[Finding] = []

    def run(self, seconds: float, names: Sequence[str] = targets.NAMES, *, first: int = 0) -> None:
        """Try targets by name for so long."""
        over, number = time.monotonic() + seconds, first
        while time.monotonic() < over:
            left = min(_SLICE_S, max(1.0, over - time.monotonic()))
            with tempfile.TemporaryDirectory(prefix="stet-fuzz-") as place:
                number = self._slice(left, number, Path(place), names)

    def _slice(self, seconds: float, number: int, place: Path, names: Sequence[str]) -> int:
        command = [sys.executable, "-m", "tests.trust.fuzz.process", str(seconds), str(number), str(place), *names]
        try:
            done = subprocess.run(command, capture_output=True, text=True, timeout=seconds + _START_S, check=False)
            code, out, said = done.returncode, done.stdout, done.stderr
        except subprocess.TimeoutExpired as late:
            code, out, said = -1, os.fsdecode(late.stdout or b""), os.fsdecode(late.stderr or b"")
        told: list[dict[str, Any]] = [json.loads(line) for line in out.splitlines() if line.startswith("{")]
        for each in told:
            if "wrong" in each:
                self._note(each["target"], each["wrong"], place / "found" / each["target"] / each["number"])
        last = told[-1] if told else {}
        if "next" in last:
            self.executions.update(last["tried"])
            return int(last["next"])
        at = self._case(place)
        target = at.parent.name if at is not None else "?"
        self._note(target, f"the process ended with {code}: {said[-3000:]}", at)
        return int(at.name) + 1 if at is not None and at.name.isdigit() else number + 1

    def _case(self, place: Path) -> Path | None:
        return next((place / "case").glob("*/*"), None)

    def _note(self, target: str, wrong: str, files: Path | None) -> None:
        kept = None
        if files is not None and len(self.findings) < _MOST_KEPT:
            kept = self._folder / target / files.name
            shutil.rmtree(kept, ignore_errors=True)
            shutil.copytree(files, kept)
            (self._folder / f"{target}-{files.name}.txt").write_text(wrong, encoding="utf-8")
        self.findings.append(Finding(target, wrong, kept))


def main(arguments: Sequence[str]) -> int:
    """Run a campaign by hand; print what was tried and found."""
    seconds, folder, *names = arguments
    campaign = Campaign(Path(folder))
    Path(folder).mkdir(parents=True, exist_ok=True)
    campaign.run(float(seconds), names or targets.NAMES, first=int(time.time()) % 1_000_000 * 1000)
    print(dict(campaign.executions), campaign.executions.total(), f"at most {process.LONGEST_S} s each")
    for finding in campaign.findings:
        print(finding.target, finding.wrong.strip().splitlines()[-1], finding.kept)
    return 1 if campaign.findings else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

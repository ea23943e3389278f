"""Whatever strangers' files hold: words at most, within ten seconds and a gigabyte, no network, nothing outside.

A short sample in each run, after all that was once found (`corpus/TARGET/NAME/`); an hour with `--slow`.
`fuzz/process.py` says what is watched.
"""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from app.exchange.registry import Registry
from tests.trust.figures import record
from tests.trust.fuzz import process, targets
from tests.trust.fuzz.campaign import Campaign
from tests.trust.fuzz.mutation import LARGEST, Mutator

pytestmark = pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="limits of memory are Linux's")

_SAMPLE = (
    "scheme",
    "settings",
    "model-answer",
    "worker-message",
    "typed",
    "entity-list",
    "docx",
    "argilla",
    "inception",
)
_AT_ONCE = 5  # targets in one process: making all seeds takes long
_HOUR_S = 3600


def test_what_was_found_and_a_sample_end_in_words(tmp_path: Path) -> None:
    campaign = Campaign(tmp_path)
    campaign.run(4, _SAMPLE)
    assert not campaign.findings
    assert campaign.executions.total() > 20


@pytest.mark.slow
def test_an_hour_of_spoilt_files_ends_in_words(tmp_path: Path) -> None:
    os.nice(15)
    campaign = Campaign(tmp_path)
    groups = [targets.NAMES[at : at + _AT_ONCE] for at in range(0, len(targets.NAMES), _AT_ONCE)]
    for group in groups:
        campaign.run(_HOUR_S / len(groups), group)
    record(
        "fuzz",
        executions=campaign.executions.total(),
        kinds_of_input=len(targets.NAMES),
        findings=len(campaign.findings),
    )
    assert not campaign.findings
    assert all(campaign.executions[name] for name in targets.NAMES)


def test_every_format_that_is_read_is_a_target() -> None:
    assert {each.name for each in Registry().readers()} <= set(targets.NAMES)


def test_every_finding_that_is_kept_is_small() -> None:
    assert all(sum(each.stat().st_size for each in case.rglob("*")) <= 2 * LARGEST for case in process.cases())
    assert {case.parent.name for case in process.cases()} <= set(targets.NAMES)


def test_the_same_number_spoils_the_same_way() -> None:
    data = b'{"text": "Ana", "spans": [{"start": 0, "end": 3}]}\n' * 3
    made = [Mutator(number).spoilt(data) for number in range(50)]
    assert made == [Mutator(number).spoilt(data) for number in range(50)]
    assert len({*made, data}) > 40


def test_the_guard_sees_what_is_forbidden(tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    forbidden = {
        "import socket; socket.create_connection(('127.0.0.1', 9), 0.1)": "socket.",
        "import pickle; pickle.loads(pickle.dumps(print))": "pickle.find_class",
        "open('/etc/passwd').read()": "opened /etc/passwd",
        f"open({str(elsewhere)!r}, 'w')": f"opened {elsewhere}",
        f"import os; os.mkdir({f'{elsewhere}2'!r})": f"os.mkdir {elsewhere}2",
    }
    # In a process of its own: a hook for audits stays until the end.
    code = f"""
from pathlib import Path
from tests.trust.fuzz.process import Guard
guard = Guard(Path({str(tmp_path / "inside")!r}))
for work in {list(forbidden)!r}:
    try:
        guard.watch(lambda: exec(work))
    except OSError:
        pass
    print(guard.seen)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    seen = done.stdout.splitlines()
    assert all(what in line for what, line in zip(forbidden.values(), seen, strict=True)), seen

"""The system fails at any call of a program that reads or writes: that is told, and nothing is lost or half done.

Below SQLite and below Python, as a broken disk, a lost network folder or a full one does it.
"""

import random

import pytest

from app.core.errors import StetError
from tests.trust.command_outcome import CommandOutcome, whole_run
from tests.trust.figures import record
from tests.trust.fork_server import ForkServer, Task
from tests.trust.killed_commands import COMMANDS, PROJECT, CommandScene, KilledCommand
from tests.trust.killing import READS, WRITES, Call, can_trace, failed
from tests.trust.project_content import opened_content
from tests.trust.window_sitting import KINDS, Said, said

pytestmark = pytest.mark.skipif(not can_trace(), reason="calls fail by strace, which isn't here or may not look")

_ERRORS = {WRITES: ("ENOSPC", "EIO", "EACCES"), READS: ("EIO", "EACCES", "ENOMEM")}
# What was to be taken away, or to be looked for so that it can be, may stay where just that fails.
_TIDYING = ("unlink", "unlinkat", "rmdir", "newfstatat", "statx", "fstat", "getdents64", "access")
_TOLD = ("stet: ", "problem: ")  # the latter is what `check` finds
_MISTAKES = ("Traceback", "Internal error")
READING = {
    line: KilledCommand(tuple(line.replace("p.stet", PROJECT).split()))
    for line in (
        "list p.stet",
        "list p.stet annotations",
        "document p.stet show *",
        "check p.stet",
        "agreement p.stet",
        "insights p.stet",
        "concordance p.stet the",
        "search p.stet senator",
        "export p.stet -",
        "export p.stet - --format training --all",
        "log p.stet --json",
        "merge p.stet back.stet --dry-run",
    )
}
CHANGING = {name: command for name, command in COMMANDS.items() if not command.takes_seconds}


class FailingCalls:
    """Runs of one command in each of which one call fails."""

    def __init__(self, scene: CommandScene, server: ForkServer, name: str, calls: str) -> None:
        self._name = name
        self._outcome = CommandOutcome(scene, server, (CHANGING | READING)[name], calls)
        self._errors = _ERRORS[calls]
        self.findings: list[str] = []

    def run(self, number: int, chance: random.Random) -> int:
        """Let so many calls fail, one a run, with each of the errors in turn; return how many runs that were."""
        calls = self._outcome.whole.calls
        chosen = chance.sample(calls, min(number, len(calls)))
        for at, call in enumerate(chosen):
            error = self._errors[at % len(self._errors)]
            where = f"{self._name}, {call.name} {call.number} fails with {error}"
            try:
                self._fail(call, error, where)
            except (AssertionError, StetError) as fault:
                self.findings.append(f"{where}: {fault}")
        return len(chosen)

    def _fail(self, call: Call, error: str, where: str) -> None:
        outcome, scene = self._outcome, self._outcome.scene
        scene.renew()
        ended = failed(outcome.server, outcome.task(), call, error)
        assert ended.code in (0, 1) or (ended.code == 2 and "is not readable" in ended.said), f"{where}: {ended}"
        assert not any(words in ended.said for words in _MISTAKES), f"{where}: {ended}"
        if ended.code == 1:
            assert any(words in ended.said for words in _TOLD), f"{where}: ends without a word"
        found = outcome.require_whole(where)
        if ended.code == 0:
            # What a disk with errors has of a damaged project may be saved beside it instead.
            assert found == outcome.after or outcome.command.is_damaged, f"{where}: nothing was done, and not told"
            assert scene.made_by(outcome.command) == outcome.made, f"{where}: nothing was made, and not told"
            self._require_said(ended.said, where)
        if call.name not in _TIDYING:
            assert [name for name in scene.leftovers() if not name.startswith("back.stet-")] == [], f"{where}: {ended}"
        outcome.require_done_again(where) if call.name not in _TIDYING else None

    def _require_said(self, words: str, where: str) -> None:
        """Require that a command that reads and ends well has said all that it says without a fault."""
        if self._name in READING:
            missing = set(self._outcome.whole.ended.said.splitlines()) - set(words.splitlines())
            assert not missing, f"{where}: left out {sorted(missing)[:3]}"


class FailingSittings:
    """Sittings before the window in each of which one call fails."""

    def __init__(self, scene: CommandScene, server: ForkServer, kind: str, *, actions: int) -> None:
        self._scene = scene
        self._server = server
        self._kind = kind
        self._actions = actions
        self.findings: list[str] = []

    def run(self, number: int, chance: random.Random) -> int:
        """Sit down so many times; return how many times that was."""
        seed = str(chance.randrange(10**6))
        for calls, errors in _ERRORS.items():
            whole = whole_run(self._server, self._scene, lambda: self._task(seed), calls)
            for at, call in enumerate(chance.sample(whole.calls, number // len(_ERRORS))):
                error = errors[at % len(errors)]
                where = f"{self._kind} {seed}, {call.name} {call.number} fails with {error}"
                try:
                    self._fail(call, error, seed, where)
                except (AssertionError, StetError) as fault:
                    self.findings.append(f"{where}: {fault}")
        return number

    def _task(self, seed: str) -> Task:
        words = (PROJECT, self._kind, seed, str(self._actions))
        return Task("tests.trust.window_sitting:sit", words, self._scene.folder, self._scene.said)

    def _fail(self, call: Call, error: str, seed: str, where: str) -> None:
        self._scene.renew()
        ended = failed(self._server, self._task(seed), call, error)
        assert ended.code == 0, f"{where}: {ended}"
        assert not any(words in ended.said for words in _MISTAKES), f"{where}: {ended}"
        found = said(ended.said)
        assert len(found) == self._actions + 1, f"{where}: {ended}"
        opened_content(self._scene.folder / PROJECT)  # checks clean
        assert Said.of(self._scene.folder / PROJECT).work == found[-1].work, f"{where}: memory and file differ"


@pytest.mark.parametrize(
    ("name", "calls"),
    [("import", READS), ("export", WRITES), ("check p.stet", READS)],
    ids=["import", "export", "check"],
)
def test_a_call_that_fails_is_told(scene: CommandScene, server: ForkServer, name: str, calls: str) -> None:
    campaign = FailingCalls(scene, server, name, calls)
    assert campaign.run(4, random.Random(name)) == 4
    assert campaign.findings == []


@pytest.mark.slow
def test_a_failing_call_of_any_command_is_told(scene: CommandScene, server: ForkServer) -> None:
    runs, findings = 0, list[str]()
    for name in CHANGING | READING:
        for calls in _ERRORS if name in CHANGING else (READS,):
            campaign = FailingCalls(scene, server, name, calls)
            runs += campaign.run(40, random.Random(name))
            findings += campaign.findings
            print(name, runs, *campaign.findings, sep="\n")
    record("failing calls", commands=len(CHANGING | READING), runs=runs, findings=len(findings))
    assert findings == []


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
def test_a_failing_call_of_a_window_is_told(scene: CommandScene, window: ForkServer, kind: str) -> None:
    campaign = FailingSittings(scene, window, kind, actions=8)
    campaign.run(40, random.Random(kind))
    print(kind, *campaign.findings, sep="\n")
    assert campaign.findings == []

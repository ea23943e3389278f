"""Whoever is killed, whatever it did and at whatever moment, has lost at most the action in flight."""

import random

import pytest

from app.core.errors import StetError
from app.services.history.undo import redo, undo
from app.session.session import Session
from tests.trust.command_outcome import CommandOutcome, whole_run
from tests.trust.figures import record
from tests.trust.fork_server import ForkServer, Task
from tests.trust.killed_commands import COMMANDS, PROJECT, CommandScene
from tests.trust.killing import Call, Measured, Moment, can_trace, killed, moments
from tests.trust.project_content import opened_content
from tests.trust.window_sitting import KINDS, Said, said

_EARLY = 150  # pages written: four actions write more


class CommandCampaign:
    """Kills of one command, each followed by what a person would do: open the project, and give the command again."""

    def __init__(self, scene: CommandScene, server: ForkServer, name: str) -> None:
        self._name = name
        self._outcome = CommandOutcome(scene, server, COMMANDS[name])
        self.findings: list[str] = []

    def run(self, number: int, chance: random.Random) -> int:
        """Kill it so many times; return how many of the kills came in time."""
        return sum(self._was_killed(moment) for moment in moments(self._outcome.whole, number, chance))

    def _was_killed(self, moment: Moment) -> bool:
        where = f"{self._name}, killed {moment}"
        try:
            return self._kill(moment, where)
        except (AssertionError, StetError) as error:
            self.findings.append(f"{where}: {error}")
            return True

    def _kill(self, moment: Moment, where: str) -> bool:
        outcome, scene = self._outcome, self._outcome.scene
        scene.renew()
        ended = killed(outcome.server, outcome.task(), moment)
        is_told = bool(outcome.command.told) and ended.code == 1 and outcome.command.told in ended.said
        assert ended.is_killed or is_told or ended.code == 0, f"{where}: {ended}"
        outcome.require_whole(where)
        # What was begun in another folder, or beside another project, goes when somebody comes there again.
        assert not [name for name in scene.leftovers() if not name.startswith(("out/", "back.stet-"))], where
        if not outcome.command.takes_seconds:
            outcome.require_done_again(where)
        return ended.is_killed or is_told


class SittingCampaign:
    """Kills of the window in the midst of work of one kind."""

    def __init__(self, scene: CommandScene, server: ForkServer, kind: str, *, actions: int) -> None:
        self._scene = scene
        self._server = server
        self._kind = kind
        self._actions = actions
        self.acknowledged = 0
        self.findings: list[str] = []

    def run(self, number: int, chance: random.Random) -> int:
        """Sit down so many times, each time to be killed; return how many of the kills came in time."""
        whole = self._measured(chance)
        return sum(self._was_killed(moment, chance) for moment in moments(whole, number, chance))

    def run_once(self, chance: random.Random) -> bool:
        """Kill it early, without having seen how long it takes; return whether the kill came in time."""
        moment = (
            Moment(call=Call("pwrite64", chance.randrange(1, _EARLY)))
            if can_trace()
            else Moment(seconds=chance.uniform(0, 1))
        )
        return self._was_killed(moment, chance)

    def _was_killed(self, moment: Moment, chance: random.Random) -> bool:
        try:
            return self._kill(moment, chance)
        except (AssertionError, StetError) as error:
            self.findings.append(f"{self._kind}, killed {moment}: {error}")
            return True

    def _task(self, chance: random.Random) -> Task:
        words = (PROJECT, self._kind, str(chance.randrange(10**6)), str(self._actions))
        return Task("tests.trust.window_sitting:sit", words, self._scene.folder, self._scene.said)

    def _measured(self, chance: random.Random) -> Measured:
        whole = whole_run(self._server, self._scene, lambda: self._task(chance))
        assert self._scene.leftovers() == []
        return whole

    def _kill(self, moment: Moment, chance: random.Random) -> bool:
        self._scene.renew()
        task = self._task(chance)
        ended = killed(self._server, task, moment)
        where = f"{self._kind} {task.words[2]}, killed {moment}"
        assert ended.is_killed or ended.code == 0, f"{where}: {ended}"
        acknowledged = said(ended.said)
        self.acknowledged += len(acknowledged)
        opened_content(self._scene.folder / PROJECT)  # checks clean, whether or not anything was done
        if acknowledged:
            self._require_nothing_lost(acknowledged[-1], where)
        assert self._scene.leftovers() == [], where
        return ended.is_killed

    def _require_nothing_lost(self, last: Said, where: str) -> None:
        session = Session.open(self._scene.folder / PROJECT, annotator="ana")
        try:
            found = Said.now(session)
            assert found.sequence - last.sequence in (0, 1), where
            if found.sequence == last.sequence:
                assert found.everything == last.everything, where
            else:
                # What was in flight is there as a whole: taken back, it leaves what was acknowledged.
                undo(session) if session.undo_title() and not _is_undo(session) else redo(session)
                assert Said.now(session).work == last.work, where
        finally:
            session.close()


def _is_undo(session: Session) -> bool:
    return next(session.log.rows(limit=1)).kind == "undo"


@pytest.mark.parametrize("name", [name for name, command in COMMANDS.items() if not command.takes_seconds])
def test_a_killed_command_did_all_or_nothing(scene: CommandScene, server: ForkServer, name: str) -> None:
    campaign = CommandCampaign(scene, server, name)
    assert campaign.run(2, random.Random(name)) > 0
    assert campaign.findings == []


@pytest.mark.parametrize("kind", KINDS)
def test_a_killed_window_lost_nothing_acknowledged(scene: CommandScene, window: ForkServer, kind: str) -> None:
    campaign = SittingCampaign(scene, window, kind, actions=4)
    assert campaign.run_once(random.Random(kind))
    assert campaign.findings == []


@pytest.mark.slow
def test_a_thousand_kills_lose_nothing(scene: CommandScene, server: ForkServer, window: ForkServer) -> None:
    kills: dict[str, int] = {}
    findings: list[str] = []
    acknowledged = 0
    for name, command in COMMANDS.items():
        campaign = CommandCampaign(scene, server, name)
        kills[name] = campaign.run(20 if command.takes_seconds else 54, random.Random(name))
        findings += campaign.findings
        print(name, kills[name], *campaign.findings, sep="\n")
    for kind in KINDS:
        sittings = SittingCampaign(scene, window, kind, actions=10)
        kills[kind] = sittings.run(68, random.Random(kind))
        findings += sittings.findings
        print(kind, kills[kind], *sittings.findings, sep="\n")
        acknowledged += sittings.acknowledged
    record(
        "kills",
        kills=sum(kills.values()),
        kinds_of_work=len(kills),
        actions_acknowledged=acknowledged,
        findings=len(findings),
    )
    assert findings == []
    assert sum(kills.values()) >= 950

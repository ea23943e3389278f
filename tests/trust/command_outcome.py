"""What a command makes of a project when all goes well, to compare with what it leaves when something doesn't."""

from collections.abc import Callable

from tests.trust.fork_server import ForkServer, Task
from tests.trust.killed_commands import CommandScene, KilledCommand
from tests.trust.killing import WRITES, Measured, can_trace, measured
from tests.trust.project_content import Content, difference


def whole_run(server: ForkServer, scene: CommandScene, task: Callable[[], Task], names: str = WRITES) -> Measured:
    """Let a process come to its end: once for its time, and where that can be had, once to list its calls."""
    scene.renew()
    found = measured(server, task(), scene.said.with_name("calls"), names) if can_trace() else None
    scene.renew()
    whole = measured(server, task())
    assert whole.ended.code == 0, whole.ended.said
    return whole if found is None else whole._replace(calls=found.calls)


class CommandOutcome:
    """A command that was carried out once: how its project was before and is after it, and what it has made.

    The `require` methods raise AssertionError with `where` in it.
    """

    def __init__(self, scene: CommandScene, server: ForkServer, command: KilledCommand, calls: str = WRITES) -> None:
        self.scene = scene
        self.server = server
        self.command = command
        scene.renew()
        self.before = scene.content(self.command) if (scene.made / self.command.project).exists() else {}
        self.whole = whole_run(server, scene, self.task, calls)
        self.after = scene.content(self.command)
        self.made = scene.made_by(self.command)
        assert scene.leftovers() == []

    def task(self) -> Task:
        """Return the command as a task for the fork server."""
        return self.scene.task(self.command)

    def require_whole(self, where: str) -> Content:
        """Require that everything or nothing was done, in the project and in what is made; return what the project
        says.
        """
        found = self.scene.content(self.command)  # opens, and checks clean
        if found not in (self.before, self.after):
            states = (difference(found, self.before), difference(found, self.after))
            raise AssertionError(f"{where}: neither as before nor done:\n" + "\nand\n".join(states))
        self.scene.open_made(self.command)
        assert self.scene.made_by(self.command) in ({}, self.made), f"{where}: half of a file"
        return found

    def require_done_again(self, where: str) -> None:
        """Give the command once more, as a person does, and require that all is done then and nothing is left."""
        again = measured(self.server, self.task()).ended
        assert again.code in self.command.again, f"{where}: {again}"
        assert "Traceback" not in again.said, f"{where}: {again}"
        after = self.scene.content(self.command)
        assert after == self.after, f"{where}, and done again:\n{difference(after, self.after)}"
        self.scene.open_made(self.command)
        assert self.scene.made_by(self.command) == self.made, where
        assert self.scene.leftovers() == [], where

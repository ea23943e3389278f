"""The command `stet`: finds the command to run, and turns errors into a message and an exit code."""

import importlib
import sys
from collections.abc import Sequence
from typing import Any

import click

from app import __version__
from app.cli import streams
from app.cli.afterwards import run_registered
from app.cli.catalogue import COMMANDS
from app.cli.console import say, say_error
from app.cli.stop_signals import StopSignals
from app.core.errors import StetError, WrongUse
from app.core.free_memory import OutOfMemory
from app.core.os_faults import SystemFault

DONE, PROBLEMS, WRONG_USE = 0, 1, 2
SIGNALLED = 128  # and the number of a signal: the exit code of a shell for a process that it ended


class StetGroup(click.Group):
    """Imports a command only when it is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the commands' names, in the order of the catalogue."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import a command."""
        entry = COMMANDS.get(cmd_name)
        return importlib.import_module(f"app.cli.{entry.module}").command if entry else None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, entry.summary) for name, entry in COMMANDS.items()])

    def main(  # type: ignore[override]
        self,
        args: Sequence[str] | None = None,
        prog_name: str | None = None,
        complete_var: str | None = None,
        standalone_mode: bool = True,
        **extra: Any,  # noqa: ANN401  whatever click's own has
    ) -> int:
        """Run a command: 0 success, 1 problems found or data rejected, 2 usage error; `standalone_mode` exits."""
        streams.prepare()
        stop = StopSignals()
        code = PROBLEMS
        try:
            stop.take()
            code = self._guarded(args, prog_name, complete_var, extra)
            run_registered()
            streams.give_up()
            stop.is_over = True
        except KeyboardInterrupt:  # after the command, or a second one while the first was told
            stop.is_over = True
        stop.give_back()
        if stop.last is not None:
            code = SIGNALLED + stop.last
        if standalone_mode:
            sys.exit(code)
        return code

    def _guarded(
        self, args: Sequence[str] | None, prog_name: str | None, complete_var: str | None, extra: dict[str, Any]
    ) -> int:
        try:
            result = super().main(args, prog_name or "stet", complete_var, standalone_mode=False, **extra)
            streams.flush()
        except click.UsageError as error:
            hint = f"; try: {error.ctx.command_path} --help" if error.ctx else ""
            say(f"stet: {error.format_message().rstrip('.')}{hint}")
            return WRONG_USE
        except StetError as error:
            say_error(error)
            return WRONG_USE if isinstance(error, WrongUse) else PROBLEMS
        except MemoryError:
            say_error(OutOfMemory())
            return PROBLEMS
        except (BrokenPipeError, SystemExit):
            # The reader of our output has closed the pipe; click raises this for no other reason here.
            return DONE
        except (OSError, ImportError) as error:
            say_error(_told(error))
            return PROBLEMS
        except (KeyboardInterrupt, click.Abort):
            # An import may or may not have been committed by then, but never in part.
            say("stet: stopped")
            return PROBLEMS
        return result if isinstance(result, int) else DONE


def _told(error: OSError | ImportError) -> StetError:
    """Return what to say about an error of the system that nobody expected, or about a part that isn't there."""
    if isinstance(error, OSError) and error.filename is None:
        try:
            streams.flush()  # what click itself has written, such as its help, waits there still
        except StetError as failed:
            return failed
    from app import program_log

    program_log.bug(error)
    if isinstance(error, OSError):
        return SystemFault(error)
    return StetError(f"a part of the program can't be loaded ({error})", hint="check the disk, or install Stet again")


@click.group(
    cls=StetGroup,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Every command has --help with an example.",
)
@click.version_option(__version__, prog_name="stet", message="%(prog)s %(version)s")
def cli() -> None:
    """Mark entities, claims and errors in text, tie them to evidence, and export them as training data.

    \b
    stet                              opens the window
    stet PROJECT [--as NAME]          opens it on a project
    stet --sample                     opens it on the sample project
    stet COMMAND ...                  runs one command and exits
    """


def run(argv: Sequence[str]) -> int:
    """Run the command line; return the exit code."""
    return cli.main(list(argv), prog_name="stet", standalone_mode=False)

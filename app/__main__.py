"""Entry point: a command runs and exits; anything else opens the window."""

import json
import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from app.cli.catalogue import COMMANDS
from app.cli.streams import complain
from app.core.names import name_problem
from app.exchange.formats.pdf import PDF_FLAG
from app.jobs import DISPLAY_FLAG, WORKER_FLAG
from app.jobs.trainer import TRAINER_FLAG

_DONE, _PROBLEMS = 0, 1
_WRONG_USE = 2
_STOPPED = 128 + signal.SIGINT
_PROCESSES = (WORKER_FLAG, TRAINER_FLAG, PDF_FLAG, DISPLAY_FLAG)


class _Window(NamedTuple):
    """What the window is to open with."""

    project: Path | None = None
    annotator: str | None = None
    sample: bool = False


class _WrongUse(Exception):
    """The arguments are invalid; the message says why."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run Stet with these arguments, by default those of the process; return the exit code."""
    # Before numpy is loaded: its threads wait for each other by spinning. What is multiplied here is small, and takes
    # several times as long with them as soon as anything else runs on the machine.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    arguments = list(sys.argv[1:] if argv is None else argv)
    if arguments[:1] and arguments[0] in _PROCESSES:
        return _serve(*arguments)
    if _is_command(arguments):
        try:
            from app.cli.main import run

            code = run(arguments)
        except KeyboardInterrupt:  # while its modules are loaded; from then on it ends in an orderly way
            complain("stet: stopped")
            code = _PROBLEMS
        if argv is None:
            # What an interpreter does at its end can be cut off, and is none of the user's business.
            signal.signal(signal.SIGINT, signal.SIG_DFL)
        return code
    try:
        wanted = _window(arguments)
    except _WrongUse as error:
        complain(f"stet: {error}; try: stet --help")
        return _WRONG_USE
    from app.bootstrap import run_window

    try:
        return run_window(wanted.project, wanted.annotator, sample=wanted.sample)
    except KeyboardInterrupt:  # before the window was shown; from then on it closes in an orderly way
        complain("stet: stopped")
        return _STOPPED


def _serve(flag: str, *rest: str) -> int:
    """Be one of the processes that the program starts for itself; most of them end by themselves."""
    if flag == WORKER_FLAG:
        from app.jobs.worker_process import main as work

        work(list(rest))
    if flag == TRAINER_FLAG:
        from app.jobs.trainer.process import main as train

        train(list(rest))
    if flag == PDF_FLAG:
        from app.exchange.formats.pdf.page_process import main as send_pages

        send_pages(list(rest))
    from app.bootstrap import why_no_window

    fault = why_no_window()
    if fault is None:
        from app.ui.display_facts import facts_without_window

        said: dict[str, object] = {"facts": facts_without_window()}
    else:
        said = {"fault": fault}
    os.write(1, json.dumps(said).encode() + b"\n")
    return _DONE


def _is_command(arguments: Sequence[str]) -> bool:
    """Return whether the command line is meant: the first argument is a command's name or one of its options."""
    return bool(arguments) and arguments[0] in (*COMMANDS, "--help", "-h", "--version")


def _window(arguments: Sequence[str]) -> _Window:
    wanted = _Window()
    rest = iter(arguments)
    for argument in rest:
        name, equals, value = argument.partition("=")
        if name == "--as":
            annotator = value if equals else next(rest, "")
            if not annotator.strip():
                raise _WrongUse("--as needs a name")
            wrong = name_problem(annotator)
            if wrong is not None:
                raise _WrongUse(f"--as: {wrong}")
            wanted = wanted._replace(annotator=annotator)
        elif argument == "--sample":
            wanted = wanted._replace(sample=True)
        elif argument.startswith("-"):
            raise _WrongUse(f"no such option: {argument}")
        elif wanted.project is not None:
            raise _WrongUse(f"only one project can be opened, not “{argument}” too")
        else:
            wanted = wanted._replace(project=_project(argument))
    if wanted.sample and wanted.project:
        raise _WrongUse("--sample opens the sample project; leave the other one out")
    return wanted


def _project(argument: str) -> Path:
    path = Path(argument)
    if path.suffix != ".stet" and not os.path.exists(path):  # which raises for no path
        from difflib import get_close_matches

        close = get_close_matches(argument, COMMANDS, n=1)
        meant = f"; did you mean “{close[0]}”?" if close else ""
        raise _WrongUse(f"“{argument}” is neither a command nor a project{meant}")
    return path


if __name__ == "__main__":
    sys.exit(main())

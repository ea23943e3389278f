"""Arguments and options shared by several commands."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import click

from app.cli.afterwards import afterwards
from app.cli.console import say
from app.core.errors import DamagedRow
from app.core.names import name_problem
from app.session.session import Session

project_argument = click.argument("project", type=click.Path(path_type=Path))


def json_option(what: str) -> Callable[[Any], Any]:
    """Return the option `--json`."""
    return click.option("--json", "as_json", is_flag=True, help=f"Print {what} as JSON, one object per line.")


def as_option(meaning: str, *, name: str = "annotator") -> Callable[[Any], Any]:
    """Return the option `--as` of a command that writes, passed as `name`; invalid names are usage errors."""
    return click.option("--as", name, metavar="NAME", callback=_checked_name, help=meaning)


def _checked_name(_context: click.Context, _parameter: click.Parameter, name: str | None) -> str | None:
    wrong = name_problem(name) if name is not None else None
    if wrong is not None:
        raise click.UsageError(f"--as: {wrong}")
    return name


@contextmanager
def opened(
    project: Path,
    *,
    write: bool = False,
    annotator: str | None = None,
    checks_itself: bool = False,
    is_rehearsal: bool = False,
) -> Iterator[Session]:
    """Open a project for the duration of a command; read-only unless the command writes.

    A rehearsal is for a dry run that does everything: it writes a private copy, and the project is only read.

    While a command reads, the whole file is checked beside it, unless it does so itself before it hands anything on. So
    damage that it doesn't meet, but that what it showed may come from, is told at its end.
    """
    write = write and not is_rehearsal
    session = Session.open(project, annotator=annotator, write=write, is_rehearsal=is_rehearsal)
    try:
        for note in session.reader.notes:
            say(f"stet: note: {note}")
        if write and session.location_risk is not None:
            say(f"stet: note: {project.name} is in a risky location: {session.location_risk}; work on a local copy")
        if write or checks_itself:
            yield session
        else:
            with session.reader.integrity.verified(with_texts=True) as file:
                yield session
                file.require()
    except DamagedRow as error:
        session.place_damage(error)
        raise
    finally:
        session.close()
        # A propagating exception keeps references to open reads, and so the file open, until the command is over.
        afterwards(partial(Session.tidy, project))

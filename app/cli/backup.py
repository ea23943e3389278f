"""`stet backup`"""

from pathlib import Path

import click

from app.cli.arguments import opened, project_argument
from app.cli.console import say, show


@click.command()
@project_argument
@click.argument("out", type=click.Path(path_type=Path), required=False)
def command(project: Path, out: Path | None) -> None:
    """Make a fully checked copy of PROJECT, even while a window has it open.

    Without OUT, the copy goes into the backups folder beside the project, where old backups are thinned out. A copy
    that doesn't stand the check is kept apart there, and no backup goes for it.

    \b
    Example:
      stet backup news.stet
      stet backup news.stet /media/stick/news-monday.stet
    """
    with opened(project) as session:
        show(f"backed up to {session.back_up(out)}")
        note = session.copies.clock_note() if out is None else ""
    if note:
        say(f"stet: {note}")

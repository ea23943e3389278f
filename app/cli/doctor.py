"""`stet doctor`"""

from pathlib import Path

import click

from app.cli.arguments import json_option
from app.cli.console import show, show_json
from app.jobs.tasks.diagnosis.doctor import diagnose


@click.command()
@click.argument("project", type=click.Path(path_type=Path), required=False)
@json_option("the report")
def command(project: Path | None, as_json: bool) -> int:
    """Show versions, places and the display, and check that what Stet needs works here.

    With PROJECT, its place, backups and lock are looked at too; `stet check` looks into it. Nothing of any document is
    shown, so the report can be sent to whoever helps. The exit code is 1 if something doesn't work.

    \b
    Example:
      stet doctor
      stet doctor news.stet --json
    """
    found = diagnose(project)
    if as_json:
        show_json([found.as_dict()])
    else:
        for line in found.lines():
            show(line)
        show("")
        show(found.headline)
    return 1 if found.has_problem else 0

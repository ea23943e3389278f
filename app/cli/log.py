"""`stet log`"""

from pathlib import Path

import click

from app.cli.arguments import json_option, opened, project_argument
from app.cli.console import show_json, show_table


@click.command()
@project_argument
@click.option("--limit", type=click.IntRange(min=1), help="Maximum number of actions to show.")
@json_option("each action with its edit and its undo")
def command(project: Path, limit: int | None, as_json: bool) -> None:
    """Show what was done to PROJECT, newest first.

    \b
    Example:
      stet log news.stet --limit 20
    """
    with opened(project) as session:
        rows = session.reader.log_rows(limit=limit)
        if as_json:
            import msgspec

            raw = ("edit", "inverse")
            show_json({k: msgspec.Raw(v.encode()) if k in raw else v for k, v in row._asdict().items()} for row in rows)
            return
        titles = ("NUMBER", "TIME", "WHO", "KIND", "WHAT", "DOCUMENT")
        show_table(
            titles,
            (
                (str(row.sequence), row.time[:19], row.annotator or "", row.kind, row.title, row.document_name or "")
                for row in rows
            ),
        )

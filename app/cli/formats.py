"""`stet formats`"""

import click

from app.cli.arguments import json_option
from app.cli.console import say, show_json, show_table
from app.exchange.registry import Registry


@click.command()
@json_option("each format")
def command(as_json: bool) -> int:
    """Show the file formats that can be read and written, including those of other packages.

    \b
    Example:
      stet formats
    """
    registry = Registry()
    rows = [
        {
            "name": item.name,
            "title": item.title,
            "reads": item.reader is not None,
            "writes": item.writer is not None,
            "suffixes": list(item.reader.suffixes) if item.reader else [],
            "origin": item.origin,
        }
        for item in registry.all()
    ]
    if as_json:
        show_json(rows)
    else:
        show_table(
            ("NAME", "READ", "WRITE", "FILES", "FROM", "WHAT"),
            (
                (
                    row["name"],
                    "yes" if row["reads"] else "",
                    "yes" if row["writes"] else "",
                    " ".join(row["suffixes"]),
                    row["origin"],
                    row["title"],
                )
                for row in rows
            ),
        )
    for broken in registry.broken():
        say(f"stet: the format “{broken.name}” of {broken.origin} can't be loaded: {broken.reason}")
    return 1 if registry.broken() else 0

"""`stet search`"""

from itertools import islice
from pathlib import Path

import click

from app.cli.arguments import json_option, opened, project_argument
from app.cli.console import say, show, show_json


@click.command()
@project_argument
@click.argument("query")
@click.option("--limit", type=click.IntRange(min=1), default=1000, show_default=True, help="Maximum number of hits.")
@json_option("each hit")
def command(project: Path, query: str, limit: int, as_json: bool) -> None:
    """Find words in the documents of PROJECT. All words of QUERY must be in a document; "..." is a phrase, with quotes
    of its own inside those of the shell.

    Offsets are code points of the document's text.

    \b
    Example:
      stet search news.stet "slave trade"
      stet search news.stet '"slave trade"' --limit 20
    """
    if not query.strip(' "'):
        raise click.UsageError("QUERY is empty; give a word to search for")
    with opened(project) as session:
        # One more than is shown reveals whether there are more.
        found = session.reader.search(query, limit=limit + 1)
        hits = islice(found, limit)
        if as_json:
            show_json(hit._asdict() for hit in hits)
        else:
            for hit in hits:
                line = " ".join(f"{hit.before}[{hit.match}]{hit.after}".split())
                show(f"{hit.name}:{hit.start}-{hit.end}: {line}")
        if next(found, None) is not None:
            say(f"stet: there are more than these {limit:,} hits; to see more, use --limit N")

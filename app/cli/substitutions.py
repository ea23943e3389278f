"""`stet substitutions`"""

from pathlib import Path

import click

from app.cli.arguments import as_option, json_option, opened, project_argument
from app.cli.concordance import place_line
from app.cli.console import say, show, show_json
from app.jobs.tasks.concordance import substitution_row, substitutions
from app.jobs.tasks.export_scope import check_layers


@click.command()
@project_argument
@click.option("--layer", metavar="ID", help="Only corrections in this layer.")
@as_option("Whose corrections count; released gold always counts.")
@json_option("each substitution with its places")
def command(project: Path, layer: str | None, annotator: str | None, as_json: bool) -> None:
    """Show the corrections made in PROJECT, and where the wrong text is still unmarked.

    Places where a reference of the document has the right text are pointed out.

    \b
    Example:
      stet substitutions news.stet --as ana
      stet substitutions news.stet --as ana --json
    """
    with opened(project, annotator=annotator) as session:
        check_layers(session, (layer,) if layer else ())
        found = substitutions(session, layer=layer)
        if as_json:
            show_json(substitution_row(pair, places) for pair, places in found)
            return
        count = 0
        for count, (pair, places) in enumerate(found, 1):  # noqa: B007  it tells afterwards whether there was any
            times = "once" if pair.times == 1 else f"{pair.times:,} times"
            show(f"{pair.wrong} → {pair.right}  (corrected {times}, unmarked at {len(places):,})")
            for place in places:
                show(f"  {place_line(place.hit)}{'  ✓ in the reference' if place.proved else ''}")
        if not count:
            hint = "" if annotator else "; use --as NAME to say whose corrections count"
            say(f"stet: no corrections yet{hint}")

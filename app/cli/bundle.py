"""`stet bundle`"""

from pathlib import Path

import click

from app.cli.arguments import json_option, opened, project_argument
from app.cli.console import ProgressLine, show, show_json
from app.jobs.tasks.bundle import as_dict, sentence, write_bundle


@click.command()
@project_argument
@click.argument("out", type=click.Path(path_type=Path))
@click.option("--for", "annotator", required=True, metavar="NAME", help="The annotator it is for.")
@click.option("--documents", multiple=True, metavar="GLOB", help="Only these, by name, pattern or id. Can be repeated.")
@click.option("--force", is_flag=True, help="Replace an existing file.")
@json_option("what is in it")
def command(project: Path, out: Path, annotator: str, documents: tuple[str, ...], force: bool, as_json: bool) -> None:
    """Write a project file OUT for one annotator to work in: their documents, the references, the scheme.

    The documents are those assigned to NAME, or all if nothing is assigned to anyone. It contains no marks but those of
    NAME, and gold where it was released. When OUT comes back, import the work with stet merge.

    \b
    Example:
      stet bundle news.stet news-ana.stet --for ana
    """
    with opened(project, write=True) as session, ProgressLine("writing") as progress:
        done = write_bundle(session, out, annotator=annotator, documents=documents, force=force, progress=progress)
    if as_json:
        show_json([as_dict(done)])
    else:
        show(f"wrote {sentence(done)}")

"""`stet scheme`"""

from pathlib import Path

import click
import msgspec

from app.cli.arguments import as_option, opened, project_argument
from app.cli.console import say, show, show_json, show_raw
from app.core.scheme import Scheme
from app.jobs.tasks import scheme_file
from app.jobs.tasks.scheme_file import Orphans

_ACTIONS = ("show", "check", "apply")


@click.command()
@project_argument
@click.argument("action", default="show", metavar="[show|check|apply]")
@click.argument("file", required=False)
@click.option("--force", is_flag=True, help="Apply a scheme of the same name whose version isn't higher.")
@click.option("--json", "as_json", is_flag=True, help="Print the scheme as one JSON object.")
@as_option("Who applies it: undo in the window is theirs.")
def command(project: Path, action: str, file: str | None, force: bool, as_json: bool, annotator: str | None) -> None:
    """Show the scheme of PROJECT, check a scheme FILE against it, or put FILE in force.

    FILE is a TOML file or the name of a scheme that ships with Stet. Checking and applying say which annotations have
    labels that the new scheme doesn't know; those stay as they are. Without a project: stet scheme check FILE.

    \b
    Example:
      stet scheme news.stet > mine.toml
      stet scheme check mine.toml
      stet scheme news.stet apply mine.toml
    """
    if str(project) == "check" and file is None and action not in _ACTIONS:
        show(_described(scheme_file.parsed(scheme_file.read_scheme(action))))
        return
    if str(project) in _ACTIONS and not project.exists():
        needed = "a FILE" if str(project) == "check" else "a project first, such as news.stet"
        raise click.UsageError(f"{project} needs {needed}")
    if action not in _ACTIONS:
        raise click.UsageError(f"“{action}” is none of show, check and apply")
    if (file is None) != (action == "show"):
        raise click.UsageError(f"{action} takes no file" if file else f"{action} needs a file")
    if file is None:
        _show(project, as_json=as_json)
        return
    source = scheme_file.read_scheme(file)
    scheme = scheme_file.parsed(source)
    with opened(project, write=action == "apply", annotator=annotator) as session:
        if action == "check":
            left = scheme_file.orphans(session, scheme)
        else:
            left = scheme_file.apply_scheme(session, source, force=force)
    show(_described(scheme) if action == "check" else f"{scheme.tag} is in force")
    _say_orphans(left, scheme)


def _show(project: Path, *, as_json: bool) -> None:
    with opened(project) as session:
        scheme = session.scheme
    if as_json:
        show_json([{key: value for key, value in msgspec.to_builtins(scheme).items() if key != "source"}])
    else:
        show_raw(scheme.source)


def _described(scheme: Scheme) -> str:
    labels = sum(len(layer.labels) for layer in scheme.layers)
    return f"{scheme.tag} is a good scheme: {len(scheme.layers)} layers, {labels} labels"


def _say_orphans(left: list[Orphans], scheme: Scheme) -> None:
    for item in left:
        marks = "annotation" if item.annotations == 1 else "annotations"
        place = f"{item.layer}/{item.label} by {item.annotator}"
        say(f"stet: {item.annotations:,} {marks} {place}: {scheme.tag} doesn't have the label; kept as they are")

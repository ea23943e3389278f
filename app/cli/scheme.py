"""`stet scheme`"""

from pathlib import Path
from typing import Any

import click
import msgspec

from app.cli.arguments import as_option, opened, project_argument
from app.cli.console import say, show, show_json, show_raw
from app.cli.scheme_migrate import is_asked, migration_options, run
from app.core.scheme import Scheme
from app.core.wording import counted
from app.jobs.tasks import scheme_file
from app.jobs.tasks.scheme_file import Orphans

_ACTIONS = ("show", "check", "apply", "migrate")


@click.command()
@project_argument
@click.argument("action", default="show", metavar="[show|check|apply|migrate]")
@click.argument("file", required=False)
@click.option("--force", is_flag=True, help="Apply a scheme of the same name even if its version isn't higher.")
@migration_options
@click.option("--dry-run", is_flag=True, help="migrate: show what would change, but change nothing.")
@click.option("--json", "as_json", is_flag=True, help="Print the scheme, or what migrate does, as one JSON object.")
@as_option("Who applies it, and can undo it in the window.")
def command(
    project: Path,
    action: str,
    file: str | None,
    force: bool,
    dry_run: bool,
    as_json: bool,
    annotator: str | None,
    **asked: Any,  # noqa: ANN401
) -> None:
    """Show the scheme of PROJECT, check a scheme FILE against it, apply FILE, or change labels.

    FILE is a TOML file or the name of a scheme that ships with Stet. Checking and applying say which annotations have
    labels that the new scheme doesn't know; those stay as they are. Without a project: stet scheme check FILE.

    “migrate” changes labels or attributes in the scheme and in everyone's annotations together, as one step that can be
    undone.

    \b
    Example:
      stet scheme news.stet > mine.toml
      stet scheme check mine.toml
      stet scheme news.stet apply mine.toml
      stet scheme news.stet migrate --rename error.TORTURED_TERM=WORDING --dry-run
      stet scheme news.stet migrate --split error.TIME=TIME,DURATION --by "DURATION:quote~days|hours"
    """
    if is_asked(asked) and action != "migrate":
        raise click.UsageError(f"{action} doesn't change labels")
    if str(project) == "check" and file is None and action not in _ACTIONS:
        show(_described(scheme_file.parsed(scheme_file.read_scheme(action))))
        return
    if str(project) in _ACTIONS and not project.exists():
        needed = "a FILE" if str(project) == "check" else "a project first, such as news.stet"
        raise click.UsageError(f"{project} needs {needed}")
    if action not in _ACTIONS:
        raise click.UsageError(f"“{action}” isn't one of {', '.join(_ACTIONS[:-1])} and {_ACTIONS[-1]}")
    if action == "migrate":
        if file is not None:
            raise click.UsageError("migrate takes no file")
        run(project, asked, dry_run=dry_run, as_json=as_json, annotator=annotator)
        return
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
    show(_described(scheme) if action == "check" else f"{scheme.tag} is the current scheme")
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
    return f"{scheme.tag} is a valid scheme: {counted(len(scheme.layers), 'layer')}, {counted(labels, 'label')}"


def _say_orphans(left: list[Orphans], scheme: Scheme) -> None:
    for item in left:
        what = f"{counted(item.annotations, 'annotation')} {item.layer}/{item.label} by {item.annotator}"
        kept = "kept as it is" if item.annotations == 1 else "kept as they are"
        say(f"stet: {what}: {scheme.tag} doesn't have the label; {kept}")

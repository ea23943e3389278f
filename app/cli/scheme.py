"""`stet scheme`"""

from pathlib import Path
from typing import Any

import click
import msgspec

from app.cli.arguments import as_option, opened, project_argument
from app.cli.console import ProgressLine, say, show, show_json, show_raw
from app.cli.scheme_migrate import is_asked, migration_options, run
from app.core.scheme import Scheme
from app.core.wording import counted
from app.jobs.tasks import scheme_file
from app.jobs.tasks.scheme_file import Orphans, SchemeSource

_ACTIONS = ("show", "check", "apply", "guideline", "migrate")


@click.command()
@project_argument
@click.argument("action", default="show", metavar="[show|check|apply|guideline|migrate]")
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

    FILE is a TOML file or the name of a scheme that ships with Stet. It can also be a label configuration of Label
    Studio (.xml), annotation.conf of brat, or a CSV of labels; what isn't taken over from it is reported. Checking and
    applying say which annotations have labels that the new scheme doesn't know; those stay as they are. Checking says
    also what would no longer meet a rule. Without a project: stet scheme check FILE.

    “guideline” writes the scheme to FILE for people to read, in Markdown (.md) or HTML (.html), with examples from
    gold.

    “migrate” changes labels or attributes in the scheme and in everyone's annotations together, as one step that can be
    undone.

    \b
    Example:
      stet scheme news.stet > mine.toml
      stet scheme check mine.toml
      stet scheme news.stet apply mine.toml
      stet scheme news.stet guideline guideline.md
      stet scheme news.stet migrate --rename error.TORTURED_TERM=WORDING --dry-run
      stet scheme news.stet migrate --split error.TIME=TIME,DURATION --by "DURATION:quote~days|hours"
    """
    if is_asked(asked) and action != "migrate":
        raise click.UsageError(f"{action} doesn't change labels")
    if str(project) == "check" and file is None and action not in _ACTIONS:
        source = scheme_file.read_scheme(action)
        say_notes(source)
        show(_described(scheme_file.parsed(source)))
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
    elif action == "guideline":
        _write_guideline(project, Path(file))
    else:
        _take(project, action, file, force=force, annotator=annotator)


def _take(project: Path, action: str, file: str, *, force: bool, annotator: str | None) -> None:
    """Check a scheme, or apply it."""
    source = scheme_file.read_scheme(file)
    say_notes(source)
    scheme = scheme_file.parsed(source)
    with opened(project, write=action == "apply", annotator=annotator) as session:
        unmet: list[str] = []
        if action == "check":
            left = scheme_file.orphans(session, scheme)
            unmet = scheme_file.unmet(session, scheme)
        else:
            left = scheme_file.apply_scheme(session, source, force=force)
            scheme = session.scheme
    show(_described(scheme) if action == "check" else f"{scheme.tag} is the current scheme")
    _say_orphans(left, scheme)
    for line in unmet:
        say(f"stet: {line}")


def say_notes(source: SchemeSource) -> None:
    """Say what of another program's file isn't in the scheme as it was there."""
    for note in source.notes:
        say(f"stet: {source.path}: {note}")


def _write_guideline(project: Path, path: Path) -> None:
    from app.jobs.tasks.guideline import write_guideline

    with opened(project) as session, ProgressLine("reading gold") as progress:
        examples = write_guideline(session, path, progress=progress)
    show(f"written to {path}, with {counted(examples, 'example')} from gold")


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

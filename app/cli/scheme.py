"""`stet scheme`"""

from collections.abc import Sequence
from pathlib import Path

import click
import msgspec

from app.cli.arguments import as_option, opened, project_argument
from app.cli.console import say, show, show_json, show_raw
from app.core.scheme import Scheme
from app.core.scheme_change import LabelChange
from app.jobs.tasks import scheme_file
from app.jobs.tasks.scheme_file import Orphans
from app.session.migrating import migrate, plan

_ACTIONS = ("show", "check", "apply", "migrate")


@click.command()
@project_argument
@click.argument("action", default="show", metavar="[show|check|apply|migrate]")
@click.argument("file", required=False)
@click.option("--force", is_flag=True, help="Apply a scheme of the same name whose version isn't higher.")
@click.option("--rename", multiple=True, metavar="LAYER.OLD=NEW", help="migrate: give a label another name.")
@click.option(
    "--merge", multiple=True, metavar="LAYER.OLD=LABEL", help="migrate: make a label another one that is there."
)
@click.option(
    "--delete", multiple=True, metavar="LAYER.LABEL", help="migrate: delete a label with all its annotations."
)
@click.option("--dry-run", is_flag=True, help="migrate: say what would change, and change nothing.")
@click.option("--json", "as_json", is_flag=True, help="Print the scheme as one JSON object.")
@as_option("Who applies it: undo in the window is theirs.")
def command(
    project: Path,
    action: str,
    file: str | None,
    force: bool,
    rename: tuple[str, ...],
    merge: tuple[str, ...],
    delete: tuple[str, ...],
    dry_run: bool,
    as_json: bool,
    annotator: str | None,
) -> None:
    """Show the scheme of PROJECT, check a scheme FILE against it, put FILE in force, or change labels.

    FILE is a TOML file or the name of a scheme that ships with Stet. Checking and applying say which annotations have
    labels that the new scheme doesn't know; those stay as they are. Without a project: stet scheme check FILE.

    “migrate” changes labels in the scheme and in everyone's annotations together, as one step that can be undone.

    \b
    Example:
      stet scheme news.stet > mine.toml
      stet scheme check mine.toml
      stet scheme news.stet apply mine.toml
      stet scheme news.stet migrate --rename error.TORTURED_TERM=WORDING --dry-run
    """
    changes = _changes(rename, merge, delete)
    if bool(changes) != (action == "migrate"):
        raise click.UsageError(
            "migrate needs --rename, --merge or --delete" if not changes else f"{action} changes no label"
        )
    if str(project) == "check" and file is None and action not in _ACTIONS:
        show(_described(scheme_file.parsed(scheme_file.read_scheme(action))))
        return
    if str(project) in _ACTIONS and not project.exists():
        needed = "a FILE" if str(project) == "check" else "a project first, such as news.stet"
        raise click.UsageError(f"{project} needs {needed}")
    if action not in _ACTIONS:
        raise click.UsageError(f"“{action}” is none of {', '.join(_ACTIONS[:-1])} and {_ACTIONS[-1]}")
    if action == "migrate":
        if file is not None:
            raise click.UsageError("migrate takes no file")
        _migrate(project, changes, dry_run=dry_run, annotator=annotator)
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


def _changes(rename: Sequence[str], merge: Sequence[str], delete: Sequence[str]) -> list[tuple[str, LabelChange]]:
    """Return what was asked for with the word it was asked with."""
    found: list[tuple[str, LabelChange]] = []
    for word, texts in (("rename", rename), ("merge", merge), ("delete", delete)):
        for text in texts:
            old, equals, new = text.partition("=")
            layer, dot, label = old.partition(".")
            if not (layer and dot and label) or bool(equals and new) is (word == "delete"):
                what = "LAYER.LABEL" if word == "delete" else "LAYER.OLD=NEW"
                raise click.UsageError(f"--{word} takes {what}, not “{text}”")
            found.append((word, LabelChange(layer, label, new or None)))
    return found


def _migrate(
    project: Path, changes: Sequence[tuple[str, LabelChange]], *, dry_run: bool, annotator: str | None
) -> None:
    wanted = [change for _, change in changes]
    with opened(project, write=not dry_run, annotator=annotator) as session:
        for word, change in changes:
            known = change.new is not None and session.scheme.label(change.layer, change.new) is not None
            if word == "rename" and known:
                raise click.UsageError(f"{change.layer} has a label {change.new} already: use --merge")
            if word == "merge" and not known:
                raise click.UsageError(f"{change.layer} has no label {change.new}: use --rename")
        done = plan(session, wanted) if dry_run else migrate(session, wanted)
    for item in done.touched:
        show(f"{item.title}: {item.annotations:,} by {item.annotator} in {item.documents:,} documents")
    would, change = ("would be", "would change") if dry_run else ("is", "changed")
    show(f"{done.scheme.tag} {would} in force; {done.annotations:,} annotations {change}")

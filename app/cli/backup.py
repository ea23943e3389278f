"""`stet backup`"""

from pathlib import Path

import click

from app.cli.arguments import json_option, opened, project_argument
from app.cli.console import ProgressLine, say, show, show_json, show_table
from app.core.errors import ProjectGone
from app.core.wording import counted
from app.services.history.earlier_copies import EarlierCopy, chosen_copy, earlier_copies, has_copies, restore_copy

_TITLES = ("NUMBER", "MADE", "FOR", "DOCUMENTS", "MARKS", "LAST ACTION", "SIZE", "STATE", "NOW")


@click.command()
@project_argument
@click.argument("out", type=click.Path(path_type=Path), required=False)
@click.option("--list", "lists", is_flag=True, help="Show the backups of PROJECT, newest first, and make none.")
@click.option("--check", is_flag=True, help="With --list: check each of them fully once more.")
@click.option(
    "--restore",
    "which",
    metavar="WHICH",
    help="Put a backup in the place of PROJECT: its number, its file, or “newest”. What was there is kept.",
)
@json_option("each backup (--list)")
def command(project: Path, out: Path | None, lists: bool, check: bool, which: str | None, as_json: bool) -> None:
    """Make a fully checked copy of PROJECT, even while a window has it open; list such copies, or restore one.

    Without OUT, the copy goes into the backups folder beside the project, where old backups are thinned out. A copy
    that doesn't stand the check is kept apart there, and no backup goes for it.

    Restoring needs no intact project, nor any: what lies at its place is kept in the backups folder. If it is intact it
    becomes a backup itself, and restoring that one undoes it.

    \b
    Example:
      stet backup news.stet
      stet backup news.stet /media/stick/news-monday.stet
      stet backup news.stet --list
      stet backup news.stet --restore newest
      stet backup news.stet --restore 12
    """
    if out is not None and (lists or which is not None):
        raise click.UsageError("OUT is for making a copy, not for --list or --restore")
    if lists and which is not None:
        raise click.UsageError("--list and --restore exclude each other")
    if (check or as_json) and not lists:
        raise click.UsageError("--check and --json are for --list")
    if lists:
        _list(project, check=check, as_json=as_json)
    elif which is not None:
        _restore(project, which)
    else:
        _make(project, out)


def _make(project: Path, out: Path | None) -> None:
    with opened(project, checks_itself=True) as session:
        show(f"backed up to {session.back_up(out)}")
        note = session.copies.clock_note() if out is None else ""
    if note:
        say(f"stet: {note}")


def _list(project: Path, *, check: bool, as_json: bool) -> None:
    copies = earlier_copies(project, check=check)
    if not project.exists() and not has_copies(project):
        raise ProjectGone("no such file, and no backups of it", hint="check the name", path=project)
    if as_json:
        show_json(map(_row, copies))
        return
    rows = [_cells(copy) for copy in copies]
    show_table(_TITLES, rows)
    if not rows:
        say("stet: there are no backups yet; make one with: stet backup PROJECT")


def _restore(project: Path, which: str) -> None:
    copy = chosen_copy(project, which)
    with ProgressLine("restoring") as progress:
        kept = restore_copy(project, copy, progress=progress)
    show(f"restored {project} from {copy.name}")
    if kept is not None:
        show(f"what was there before is kept as {kept.parent.name}/{kept.name}")


def _row(copy: EarlierCopy) -> dict[str, object]:
    facts = copy.facts
    return {
        "number": copy.backup.number,
        "file": str(copy.backup.path),
        "made": copy.backup.made.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "reason": copy.backup.reason,
        "bytes": copy.size,
        "state": copy.state,
        "fault": copy.fault,
        "documents": facts.documents if facts is not None else None,
        "marks": facts.marks if facts is not None else None,
        "last_action": {"time": facts.time, "title": facts.title} if facts is not None and facts.head else None,
        "actions_since": copy.since,
        "is_apart": copy.is_apart,
    }


def _cells(copy: EarlierCopy) -> tuple[object, ...]:
    facts = copy.facts
    return (
        copy.backup.number or "",
        copy.made.strftime("%Y-%m-%d %H:%M"),
        copy.backup.reason,
        *((facts.documents, facts.marks, facts.title) if facts is not None else ("", "", copy.fault)),
        _size(copy.size),
        copy.state,
        copy.difference(),
    )


def _size(count: int) -> str:
    return f"{count / 1e6:,.1f} MB" if count >= 100_000 else counted(-(-count // 1000), "kB", "kB")

"""`stet hub`"""

import os
import sys
from pathlib import Path

import click

from app.cli.arguments import as_option, json_option, opened, project_argument
from app.cli.console import ProgressLine, say, show, show_json
from app.core.errors import StetError
from app.core.wording import counted
from app.jobs.tasks import hub
from app.services.hub.hub_sync import Synced

_PASSWORD = "STET_NEW_PASSWORD"  # noqa: S105  the name of a variable


@click.group()
def command() -> None:
    """Work live in a team: a hub in a PostgreSQL server, with which everyone's project exchanges work.

    \b
    Example:
      stet hub create postgresql://lead@db.example.org/annotation news.stet --as Lea
      stet hub invite news.stet Ana > ana.stet-hub
      stet hub join ana.stet-hub news-ana.stet
    """


@command.command()
@click.argument("address")
@project_argument
@click.option("--name", default="", help="What the hub is called; the project's name if left out.")
@click.option("--dry-run", is_flag=True, help="Print the SQL that would be run, and change nothing.")
@as_option("Who leads the hub.")
def create(address: str, project: Path, name: str, dry_run: bool, annotator: str | None) -> None:
    """Make a hub of PROJECT in the PostgreSQL database at ADDRESS, and send everything in it.

    The role in ADDRESS needs the rights to create roles and schemas there. Its password is never in ADDRESS: it is
    taken from the keyring, from ~/.pgpass, or from PGPASSWORD.
    """
    with opened(project, write=not dry_run, annotator=annotator) as session:
        if dry_run:
            show(hub.creation_sql(session, name))
            return
        with ProgressLine("sending") as progress:
            made = hub.create(session, address, name=name, progress=progress)
    show(f"made the hub {made.address.url}: {counted(made.documents, 'document')}, {made.sets:,} with work on them")
    show(f"invite people: stet hub invite {project} NAME")


@command.command()
@project_argument
@click.argument("name")
@click.option(
    "--role", type=click.Choice(["annotator", "reviewer", "lead"]), default="annotator", help="What they may do."
)
@click.option("--login", default="", help="A role that the server has already; otherwise one is made.")
@click.option("--line", is_flag=True, help="Print the invitation as one line, to be sent as a message.")
@click.option("--out", type=click.Path(path_type=Path), help="Write the invitation to this file.")
def invite(project: Path, name: str, role: str, login: str, line: bool, out: Path | None) -> None:
    """Let NAME into the hub of PROJECT, and print the invitation for them.

    The new role's password is asked for, or taken from STET_NEW_PASSWORD; it isn't in the invitation, so give it to
    them in another way. Inviting somebody again prints their invitation again.
    """
    password = "" if login else _new_password(name)
    with opened(project) as session:
        found = hub.invite(session, name, role=role, login=login, password=password)
    text = found.line() + "\n" if line else found.text()
    if out is not None:
        hub.write_invitation(out, text)
        say(f"stet: note: wrote {out}; they join with: stet hub join {out.name} {Path(project).name}")
    else:
        show(text.rstrip("\n"))


@command.command()
@click.argument("invitation")
@project_argument
def join(invitation: str, project: Path) -> None:
    """Join a hub with an INVITATION, a file or a line; PROJECT is made, with what there is to work on.

    The password is taken from the keyring, ~/.pgpass or PGPASSWORD; if it is in none of them, it is asked for.
    """
    with ProgressLine("joining") as progress:
        done = hub.join(invitation, project, password=_password(), progress=progress)
    show(f"joined {done.hub} as {done.person}: {done.sentence()}")
    _say_notes(done)


@command.command()
@project_argument
@json_option("it")
def status(project: Path, as_json: bool) -> None:
    """Show where PROJECT stands with its hub; a lead also sees who works where."""
    with opened(project) as session:
        found = hub.status(session)
    if as_json:
        show_json([found.as_dict()])
    else:
        for line in found.lines():
            show(line)


@command.command()
@project_argument
@click.option("--take", type=click.IntRange(1, 10_000), help="Take up to so many documents from the queue first.")
@json_option("what was exchanged")
def sync(project: Path, take: int | None, as_json: bool) -> None:
    """Exchange work with the hub of PROJECT, both ways. Doing it again changes nothing."""
    with opened(project, write=True) as session, ProgressLine("exchanging") as progress:
        taken, done = hub.take(session, take, progress=progress) if take else (0, hub.sync(session, progress=progress))
    if as_json:
        show_json([{**done._asdict(), "taken": taken, "report": done.report.as_list()}])
        return
    if take:
        show(f"took {counted(taken, 'document')}")
    show(done.sentence())
    _say_notes(done)


@command.command()
@project_argument
def leave(project: Path) -> None:
    """Let PROJECT forget its hub. The project and the hub keep everything."""
    with opened(project, write=True) as session:
        left = hub.leave(session)
    show(f"left {left.place.place}; the project keeps everything")


@command.command()
@project_argument
@click.option("--yes", is_flag=True, help="Don't ask.")
def drop(project: Path, yes: bool) -> None:
    """Drop the hub of PROJECT with all that is in it. Everyone's own projects keep what they have."""
    with opened(project, write=True) as session:
        where = hub.address_of(session)
        if not yes and not _confirmed(f"Drop the hub {where.schema} at {where.place}, with all that is in it?"):
            raise StetError("nothing was dropped", hint="to drop it without being asked: --yes")
        roles = hub.drop(session)
    show(f"dropped {where.schema}")
    if roles:
        show(f"roles that are left, without rights here: {', '.join(roles)}")


def _say_notes(done: Synced) -> None:
    for finding in done.report:
        say(f"stet: note: {finding}")


def _password() -> str | None:
    """Return a password that was given for this command, None to look where libpq does."""
    return None


def _new_password(name: str) -> str:
    """Return the password for a new role: from the environment, or asked for where somebody can answer."""
    found = os.environ.get(_PASSWORD, "")
    if found or not sys.stdin.isatty():
        return found
    return click.prompt(f"Password for {name}", hide_input=True, confirmation_prompt=True, err=True)


def _confirmed(question: str) -> bool:
    return sys.stdin.isatty() and click.confirm(question, err=True)

"""`stet hub`"""

import os
import shlex
import sys
from functools import partial
from pathlib import Path

import click

from app.cli.arguments import as_option, json_option, opened, project_argument
from app.cli.console import ProgressLine, say, show, show_json
from app.cli.given_password import GivenPassword, password_options
from app.core.errors import StetError
from app.core.wording import counted
from app.hub.address import HubAddress
from app.hub.queue_rows import SORTINGS
from app.jobs.tasks import hub, hub_queue
from app.jobs.tasks.hub_queue import GivenBack
from app.services.hub.hub_sync import Synced
from app.services.hub.new_hub import NewHub

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
@password_options
def create(address: str, project: Path, name: str, dry_run: bool, annotator: str | None, given: GivenPassword) -> None:
    """Make a hub of PROJECT in the PostgreSQL database at ADDRESS, and send everything in it.

    The role in ADDRESS needs the rights to create roles and schemas there. Its password is never in ADDRESS: it is
    taken from the keyring, from ~/.pgpass, or from PGPASSWORD; if it is in none of them, it is asked for.
    """
    with opened(project, write=not dry_run, annotator=annotator) as session:
        if dry_run:
            show(hub.creation_sql(session, name))
            return

        def make() -> NewHub:
            with ProgressLine("sending") as progress:
                return hub.create(session, address, name=name, progress=progress)

        made = given.used(hub.place_at(address), make)
        given.keep(made.address)
    show(f"made the hub {made.address.url}: {counted(made.documents, 'document')}, {made.sets:,} with work on them")
    _say_pin(made.address, "verified from now on by")
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
        invite_them = partial(hub.invite, session, name, role=role, login=login, new_password=password)
        found = GivenPassword().used(hub.address_of(session), invite_them)
    text = found.line() + "\n" if line else found.text()
    if not login and not password:
        say(f"stet: note: if a role was made for {found.name}, it has no password")
    if out is not None:
        hub.write_invitation(out, text)
        own = shlex.quote(f"{found.project}-{found.name}.stet".replace("/", "-"))
        say(f"stet: note: wrote {out}; they join with: stet hub join {shlex.quote(out.name)} {own}")
    else:
        show(text.rstrip("\n"))


@command.command()
@click.argument("invitation")
@project_argument
@password_options
def join(invitation: str, project: Path, given: GivenPassword) -> None:
    """Join a hub with an INVITATION, a file or a line; PROJECT is made, with what there is to work on.

    The password is taken from the keyring, ~/.pgpass or PGPASSWORD; if it is in none of them, it is asked for. Joining
    again with a new invitation brings a new address or certificate.
    """
    place = hub.place_of(invitation)
    _say_pin(place, "compare it with what whoever invited you sees:")

    def begin() -> Synced:
        with ProgressLine("joining") as progress:
            return hub.join(invitation, project, progress=progress)

    done = given.used(place, begin)
    given.keep(place)
    show(f"joined {done.hub} as {done.person}: {done.sentence()}")
    _say_notes(done)


@command.command()
@project_argument
@click.argument("fingerprint", default="")
@click.option(
    "--root",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="The certificate of the authority that has signed the server's, as a PEM file.",
)
def trust(project: Path, fingerprint: str, root: Path | None) -> None:
    """Trust another certificate of the server of the hub of PROJECT, after it was renewed.

    Without FINGERPRINT the one that the server shows is printed, and nothing is changed: compare it with what the
    server's administrator says, then give it.
    """
    with opened(project, write=bool(fingerprint or root)) as session:
        found = hub.trust(session, fingerprint=fingerprint, root=root)
    show(f"trusted from now on: SHA-256 {found}" if fingerprint or root else f"the server shows: SHA-256 {found}")


@command.command()
@project_argument
@json_option("it")
def status(project: Path, as_json: bool) -> None:
    """Show where PROJECT stands with its hub; a lead also sees who works where."""
    with opened(project) as session:
        found = GivenPassword().used(hub.address_of(session), partial(hub.status, session))
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
    with opened(project, write=True) as session:

        def run() -> tuple[int, Synced]:
            with ProgressLine("exchanging") as progress:
                return hub.take(session, take or 0, progress=progress)

        taken, done = GivenPassword().used(hub.address_of(session), run)
    if as_json:
        show_json([{**done._asdict(), "taken": taken, "report": done.report.as_list()}])
        return
    if take:
        show(f"took {counted(taken, 'document')}")
    show(done.sentence())
    _say_notes(done)


@command.command("give-back")
@project_argument
@click.argument("documents", nargs=-1)
@json_option("what was given back")
def give_back(project: Path, documents: tuple[str, ...], as_json: bool) -> None:
    """Give documents that you have taken back to the queue: DOCUMENTS (names or ids), or all that aren't finished.

    Your marks in them stay, here and in the hub.
    """
    with opened(project, write=True) as session:

        def run() -> GivenBack:
            with ProgressLine("exchanging") as progress:
                return hub_queue.give_back(session, documents, progress=progress)

        done = GivenPassword().used(hub.address_of(session), run)
    if as_json:
        show_json([{"documents": done.documents, "kept": [{"document": n, "why": why} for n, why in done.kept]}])
        return
    show(done.sentence())
    for name, why in done.kept:
        say(f"stet: note: “{name}” wasn't given back: {why}")
    _say_notes(done.synced)


@command.command()
@project_argument
@click.option("--annotators", type=int, metavar="N", help="How many annotators each document gets.")
@click.option("--hours", type=float, metavar="N", help="For how long a document is reserved after work on it.")
@click.option("--order", type=click.Choice(SORTINGS), help="Which documents are taken first.")
@json_option("it")
def queue(project: Path, annotators: int | None, hours: float | None, order: str | None, as_json: bool) -> None:
    """Show how the hub of PROJECT hands documents out; a lead sets it with the options."""
    with opened(project) as session:
        ask = partial(hub_queue.queue_rules, session, annotators=annotators, hours=hours, sorting=order)
        found = GivenPassword().used(hub.address_of(session), ask)
    if as_json:
        show_json([found._asdict()])
    else:
        show(found.sentence())


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
        roles = GivenPassword().used(where, partial(hub.drop, session))
    show(f"dropped {where.schema}")
    if roles:
        show(f"roles that are left, without rights here: {', '.join(roles)}")


def _say_notes(done: Synced) -> None:
    for finding in done.report:
        say(f"stet: note: {finding}")


def _say_pin(place: HubAddress, what: str) -> None:
    if place.pinned:
        say(f"stet: note: the server's certificate, {what} SHA-256 {hub.fingerprint_of(place)}")
    elif place.tls == "require":
        say("stet: note: the connection is encrypted, but nothing proves that it is the right server (sslmode=require)")


def _new_password(name: str) -> str:
    """Return the password for a new role: from the environment, or asked for where somebody can answer."""
    found = os.environ.get(_PASSWORD, "")
    if found or not sys.stdin.isatty():
        return found
    return click.prompt(f"Password for {name}", hide_input=True, confirmation_prompt=True, err=True)


def _confirmed(question: str) -> bool:
    return sys.stdin.isatty() and click.confirm(question, err=True)

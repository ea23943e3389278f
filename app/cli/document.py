"""`stet document`"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from app.cli.arguments import as_option, json_option, opened, project_argument
from app.cli.console import say, show, show_json, show_table
from app.core.annotation import Status
from app.core.document_conditions import parse_conditions
from app.core.errors import EditRejected
from app.core.meta_values import typed_value
from app.core.pages import PAGES
from app.core.wording import counted
from app.jobs.tasks.document_choice import DocumentChoice, chosen_documents, document_rows
from app.services.documents import desk
from app.services.documents.facts import facts_of
from app.session.session import Session

_ACTIONS = ("show", "rename", "set", "remove", "flag", "unflag", "note", "answer", "status")
_NEEDS_NAME = ("flag", "unflag", "note", "status")
_OPTIONS = {"to": ("rename", "status"), "text": ("flag", "note"), "put": ("set",), "drop": ("set",)}


@click.command()
@project_argument
@click.argument("action", type=click.Choice(_ACTIONS), default="show")
@click.argument("documents", nargs=-1, metavar="[DOCUMENT]...")
@click.option(
    "--where", multiple=True, metavar="CONDITION", help="Only documents that meet it. Can be repeated; see: stet list."
)
@click.option("--view", metavar="NAME", help="Only the documents of a saved view.")
@click.option("--to", metavar="WORD", help="rename: the new name. status: open, done or skipped.")
@click.option("--text", metavar="TEXT", help="flag: why. note: the note; an empty one deletes it.")
@click.option("--put", multiple=True, metavar="KEY=VALUE", help="set: metadata to set. Can be repeated.")
@click.option("--drop", multiple=True, metavar="KEY", help="set: metadata to delete. Can be repeated.")
@click.option("--force", is_flag=True, help="remove: also documents that somebody has worked on.")
@click.option("--dry-run", is_flag=True, help="remove: say what would be removed, but change nothing.")
@json_option("each flag and note (show)")
@as_option("Who does it: whose flag, note or status it is, and who can undo it in the window.")
def command(
    project: Path,
    action: str,
    documents: tuple[str, ...],
    where: tuple[str, ...],
    view: str | None,
    annotator: str | None,
    **given: Any,  # noqa: ANN401
) -> None:
    """Show documents of PROJECT; rename, describe or remove them, flag them for the lead, note something on them.

    DOCUMENT is a name, a pattern such as news-*, or an id. Everything can be undone; what is removed keeps everyone's
    work for the undo. “answer” takes away everyone's flags.

    \b
    Example:
      stet document news.stet show spun.txt
      stet document news.stet rename spun.txt --to call.txt
      stet document news.stet set --where meta.source=web --put checked=yes
      stet document news.stet remove "old-*"
      stet document news.stet flag spun.txt --text "Is this a quote?" --as ana
      stet document news.stet answer --where flag=yes
    """
    _check(action, documents, where, view, annotator, given)
    choice = DocumentChoice(documents, parse_conditions(where), view=view)
    writes = action != "show" and not given["dry_run"]
    with opened(project, write=writes, annotator=annotator) as session:
        uids = chosen_documents(session, choice, annotator=annotator)
        if not uids:
            say("stet: no document meets that; nothing was changed")
            return
        _RUN[action](session, uids, given)


def _check(
    action: str,
    documents: Sequence[str],
    where: Sequence[str],
    view: str | None,
    annotator: str | None,
    given: dict[str, Any],
) -> None:
    for option, actions in _OPTIONS.items():
        if given[option] not in (None, ()) and action not in actions:
            raise click.UsageError(f"--{option} is for {' and '.join(actions)}")
    if action != "remove" and (given["force"] or given["dry_run"]):
        raise click.UsageError("--force and --dry-run are for remove")
    if action in _NEEDS_NAME and not annotator:
        raise click.UsageError(f"{action} needs the annotator: --as NAME")
    if action != "show" and not (documents or where or view):
        raise click.UsageError(f"{action} needs documents: name them, or use --where; “*” means all")
    if action in ("rename", "status") and given["to"] is None:
        raise click.UsageError(f"{action} needs --to")
    if action == "note" and given["text"] is None:
        raise click.UsageError("note needs --text")
    if action == "set" and not (given["put"] or given["drop"]):
        raise click.UsageError("set needs --put KEY=VALUE or --drop KEY")


def _show(session: Session, uids: Sequence[str], given: dict[str, Any]) -> None:
    if given["as_json"]:
        show_json(document_rows(session, uids))
        return
    if len(uids) == 1:
        document = session.reader.document(uids[0])
        rows = [("Name", document.name), ("Title", document.title)]
        rows += [(f"meta.{key}", str(value)) for key, value in sorted(document.meta.items()) if key != PAGES]
        show_table(("WHAT", "IS"), [*rows, *facts_of(session, uids[0])])
        return
    rows = [[row["name"], row["annotator"], _flag(row["flag"]), row["note"]] for row in document_rows(session, uids)]
    show_table(("NAME", "ANNOTATOR", "FLAG", "NOTE"), rows)


def _flag(reason: str | None) -> str:
    return "" if reason is None else reason or "yes"


def _rename(session: Session, uids: Sequence[str], given: dict[str, Any]) -> None:
    if len(uids) > 1:
        raise click.UsageError(f"rename is for one document, not for {len(uids)}")
    before = session.reader.document(uids[0]).name
    desk.describe(session, uids[0], name=given["to"])
    show(f"renamed “{before}” to “{given['to']}”")


def _set(session: Session, uids: Sequence[str], given: dict[str, Any]) -> None:
    pairs: list[tuple[str, str]] = []
    for text in given["put"]:
        key, equals, value = text.partition("=")
        if not key or not equals:
            raise click.UsageError(f"--put: “{text}” isn't KEY=VALUE")
        pairs.append((key, value))

    def new(meta: dict[str, Any]) -> dict[str, Any]:
        kept = {key: value for key, value in meta.items() if key not in given["drop"]}
        return kept | {key: typed_value(value, meta.get(key, "")) for key, value in pairs}

    changed = desk.describe_all(session, uids, new)
    show(f"changed the metadata of {counted(changed, 'document')}")


def _remove(session: Session, uids: Sequence[str], given: dict[str, Any]) -> None:
    work = desk.work_on(session, uids)
    what = desk.title_in(session, uids)
    if given["dry_run"]:
        show(f"would remove {what}")
        for line in work.sentences():
            show(line)
        say("stet: dry run; nothing was changed")
        return
    if not work.is_none and not given["force"]:
        hint = "add --force to remove them all the same; everything is kept for the undo"
        raise EditRejected(" ".join(work.sentences()).rstrip("."), hint=hint)
    desk.remove(session, uids)
    show(f"removed {what}")


def _remark(session: Session, uids: Sequence[str], *, flags: bool | None, text: str | None) -> None:
    note = text if flags is None else None
    changed = desk.remark(session, uids, flag=text if flags else None, note=note, flags=flags)
    words = {True: "flagged", False: "took the flag off", None: "noted it on"}[flags]
    show(f"{words} {counted(changed, 'document')}")


def _answer(session: Session, uids: Sequence[str], _given: dict[str, Any]) -> None:
    show(f"took away {counted(desk.answer_flags(session, uids), 'flag')}")


def _status(session: Session, uids: Sequence[str], given: dict[str, Any]) -> None:
    words = (Status.OPEN.value, Status.DONE.value, Status.SKIPPED.value)
    if given["to"] not in words:
        raise click.UsageError(f"--to: “{given['to']}” isn't one of {', '.join(words)}")
    done = desk.set_status(session, uids, Status(given["to"]))
    show(f"set {counted(done.documents, 'document')} to {given['to']}")
    for title in done.refused:
        say(f"stet: not done yet, rules are unmet: {title}")


_RUN = {
    "show": _show,
    "rename": _rename,
    "set": _set,
    "remove": _remove,
    "flag": lambda session, uids, given: _remark(session, uids, flags=True, text=given["text"]),
    "unflag": lambda session, uids, _given: _remark(session, uids, flags=False, text=None),
    "note": lambda session, uids, given: _remark(session, uids, flags=None, text=given["text"]),
    "answer": _answer,
    "status": _status,
}

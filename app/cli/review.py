"""`stet review`"""

from pathlib import Path
from typing import Any

import click

from app.cli.arguments import as_option, json_option, opened, project_argument
from app.cli.console import ProgressLine, show, show_json, show_table
from app.core.wording import counted
from app.jobs.tasks import review
from app.review.automerge import Equal, MergeStrategy, Rule


@click.command()
@project_argument
@click.option(
    "--auto",
    type=click.Choice([strategy.value for strategy in MergeStrategy]),
    help="Decide open groups by a rule: where all, most, or enough of those who finished a document agree.",
)
@click.option(
    "--equal",
    type=click.Choice([equal.value for equal in Equal]),
    help="With --auto: which versions count as the same. exact, the default: the range and every field that counts; "
    "overlap: every field that counts, and ranges that overlap; label: the label, and ranges that overlap.",
)
@click.option(
    "--votes", type=click.IntRange(min=1), metavar="N", help="With --auto threshold: minimum votes; default 2."
)
@click.option(
    "--confidence",
    type=click.FloatRange(0, 1),
    metavar="SHARE",
    help="With --auto threshold: minimum share of those who marked something there; default 0.75.",
)
@click.option(
    "--reject-unmarked",
    is_flag=True,
    help="With --auto majority or threshold: reject what most of those who finished the document left unmarked.",
)
@click.option(
    "--again", is_flag=True, help="With --auto: redo what an earlier rule decided. A person's decisions stay."
)
@click.option("--dry-run", is_flag=True, help="With --auto: show what would be decided, but change nothing.")
@click.option(
    "--finish",
    is_flag=True,
    help="Finish gold where nothing is left to decide, for instance because no one marked anything.",
)
@click.option("--release", is_flag=True, help="Let the annotators see gold beside their own marks.")
@click.option("--unrelease", is_flag=True, help="Hide gold from the annotators again.")
@click.option(
    "--documents",
    metavar="GLOB",
    is_flag=False,
    flag_value="*",
    help="Also show each document's numbers; with --finish, --release or --unrelease: only documents with matching "
    "names.",
)
@as_option("Who reviews, and can undo it in the window.", name="reviewer")
@json_option("the result")
def command(
    project: Path,
    auto: str | None,
    equal: str | None,
    votes: int | None,
    confidence: float | None,
    reject_unmarked: bool,
    again: bool,
    dry_run: bool,
    finish: bool,
    release: bool,
    unrelease: bool,
    documents: str | None,
    reviewer: str | None,
    as_json: bool,
) -> None:
    """Show the review progress of PROJECT, decide by a rule, finish or release gold.

    A rule never changes earlier decisions, unless --again lets it redo a rule's, and never a person's.

    \b
    Example:
      stet review news.stet --documents
      stet review news.stet --auto unanimous --as rina
      stet review news.stet --auto threshold --votes 3 --equal overlap --dry-run --json
      stet review news.stet --auto majority --reject-unmarked --as rina
      stet review news.stet --finish --documents "agency/*" --as rina
      stet review news.stet --release --documents "agency/*" --as rina
    """
    of_rule = {"equal": equal, "votes": votes, "confidence": confidence, "reject_unmarked": reject_unmarked}
    of_rule |= {"again": again, "dry_run": dry_run}
    acts = {"--auto": auto is not None, "--finish": finish, "--release": release, "--unrelease": unrelease}
    _check(acts, auto, documents, reviewer, of_rule)
    if auto is not None:
        thresholds = {key: of_rule[key] for key in ("votes", "confidence") if of_rule[key] is not None}
        rule = Rule(MergeStrategy(auto), Equal(equal or Equal.EXACT), reject_unmarked=reject_unmarked, **thresholds)
        _merge(project, rule, reviewer, again=again, dry_run=dry_run, as_json=as_json)
    elif finish:
        with opened(project, write=True, annotator=reviewer) as session:
            done = review.finish(session, documents=documents or "*")
        if as_json:
            show_json([done._asdict()])
        else:
            show(f"finished gold of {counted(done.finished, 'document')}, {done.empty:,} of them with nothing to mark")
    elif release or unrelease:
        with opened(project, write=True, annotator=reviewer) as session:
            count = review.release(session, documents=documents or "*", withdraw=unrelease)
        if as_json:
            show_json([{"unreleased" if unrelease else "released": count}])
        else:
            show(f"{'withdrew the release of' if unrelease else 'released'} {counted(count, 'document')}")
    else:
        _show(project, documents, as_json=as_json)


def _check(
    acts: dict[str, bool], auto: str | None, documents: str | None, reviewer: str | None, rule: dict[str, Any]
) -> None:
    """Reject options that can't be combined; `acts` are the options that write."""
    wanted = [name for name, is_given in acts.items() if is_given]
    if len(wanted) > 1:
        raise click.UsageError(f"{wanted[0]} and {wanted[1]} can't be combined")
    given = [f"--{name.replace('_', '-')}" for name, value in rule.items() if value not in (None, False)]
    if given and auto is None:
        raise click.UsageError(f"{given[0]} needs --auto")
    wrong = [name for name in given if name in ("--votes", "--confidence")]
    if wrong and auto != MergeStrategy.THRESHOLD:
        raise click.UsageError(f"{wrong[0]} needs --auto threshold")
    if rule["reject_unmarked"] and auto == MergeStrategy.UNANIMOUS:
        raise click.UsageError("--reject-unmarked needs --auto majority or --auto threshold")
    writes = bool(wanted) and not rule["dry_run"]
    if documents is not None and auto is not None:
        raise click.UsageError("--documents can't be used with --auto: a rule applies to the whole project")
    if writes and not (reviewer or "").strip():
        raise click.UsageError("specify the reviewer: --as NAME")
    if reviewer is not None and not wanted:
        raise click.UsageError("--as is for --auto, --finish, --release and --unrelease")


def _merge(project: Path, rule: Rule, reviewer: str | None, *, again: bool, dry_run: bool, as_json: bool) -> None:
    with (
        opened(project, write=not dry_run, annotator=reviewer) as session,
        ProgressLine("merging") as progress,
    ):
        report = review.merge(session, rule, again=again, dry_run=dry_run, progress=progress)
    if as_json:
        show_json([report.as_dict()])
    else:
        for line in report.lines():
            show(line)


def _show(project: Path, documents: str | None, *, as_json: bool) -> None:
    with opened(project) as session, ProgressLine("comparing") as progress:
        found = review.summary(session, documents=documents, progress=progress)
    if as_json:
        show_json([found])
        return
    show_table(("", "COUNT"), _lines(found))
    rows = found.get("by_document")
    if rows:
        show("")
        show_table(
            [key.upper() for key in _COLUMNS], ([_cell(row[key], key) for key in _COLUMNS.values()] for row in rows)
        )


_COLUMNS = {
    "name": "document_name",
    **{key: key for key in ("readers", "groups", "agreed", "conflicts", "open", "decided", "deferred", "stale")},
    "gold": "gold",
}
_GOLD = {
    "done": "done",
    "done_empty": "nothing to mark",
    "outdated": "outdated",
    "open": "not finished",
    "none": "none",
}


def _cell(value: object, key: str) -> object:
    return _GOLD[str(value)] if key == "gold" else value


def _lines(found: dict[str, Any]) -> list[tuple[str, int]]:
    lines = [("documents", found["documents"])]
    for number, count in found["finished_by"].items():
        lines.append((f"  finished by {number}", count))
    lines += [(key, found[key]) for key in ("groups", "agreed", "conflicts")]
    lines += [(f"  {kind}", count) for kind, count in found["by_kind"].items()]
    lines += [(key, found[key]) for key in ("decided", "open", "deferred", "stale", "orphans")]
    gold = found["gold"]
    lines.append(("finished documents", sum(gold.values())))
    lines += [(f"  gold {_GOLD[word]}", count) for word, count in gold.items() if count]
    return [*lines, ("released", found["released"])]

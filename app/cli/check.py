"""`stet check`"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from app.cli.arguments import json_option, opened, project_argument
from app.cli.console import ProgressLine, say, show, show_json
from app.core.errors import ProjectDamaged, ProjectError, SchemeError
from app.core.wording import counted
from app.jobs.tasks.check_project import CheckFinding, check_project, damage_findings, row_finding
from app.jobs.tasks.repair_project import repair_project
from app.session.integrity import damage_of, how_to_mend, is_damage


@click.command()
@project_argument
@click.option(
    "--repair",
    is_flag=True,
    help="Make again what lists and search go by; of a damaged file, save what can be read into another one.",
)
@click.option("--out", type=click.Path(path_type=Path), metavar="FILE", help="Where a damaged file is repaired into.")
@json_option("each finding")
def command(project: Path, repair: bool, out: Path | None, as_json: bool) -> int:
    """Check PROJECT: the file, each text's hash, each quote and piece of evidence, the decisions, and the rules of
    its scheme, and what lists of documents and search go by.

    What is merely unfinished is shown as a finding, and so are marks with white space at their ends or made twice;
    anything else is a problem, and the exit code is then 1.

    A damaged file is never changed. With --repair, all that can be read of it is saved row by row into a new one,
    PROJECT.repaired.stet unless --out says otherwise; what was lost is listed, and the new file is checked.

    \b
    Example:
      stet check news.stet
      stet check news.stet --repair
    """
    if out is not None and not repair:
        raise click.UsageError("--out goes with --repair")
    count = {True: 0, False: 0}

    def tallied(findings: Iterator[CheckFinding]) -> Iterator[CheckFinding]:
        for finding in findings:
            count[finding.is_problem] += 1
            yield finding

    if repair:
        project = _repaired(project, out, tallied, as_json=as_json)
    with (
        _damage_told(project, as_json),
        opened(project, checks_itself=True) as session,
        ProgressLine("checking") as progress,
    ):
        _show(tallied(check_project(session, progress=progress)), as_json=as_json)
    if not as_json:
        show(f"{_count(count[True], 'problem')}, {_count(count[False], 'finding')}")
    return 1 if count[True] else 0


def _show(found: Iterable[CheckFinding], *, as_json: bool) -> None:
    if as_json:
        show_json(_row(finding) for finding in found)
        return
    for finding in found:
        show(f"{'problem' if finding.is_problem else 'finding'}: {finding}")


def _repaired(
    project: Path,
    out: Path | None,
    tallied: Callable[[Iterator[CheckFinding]], Iterator[CheckFinding]],
    *,
    as_json: bool,
) -> Path:
    """Repair a project; tell what was saved and what wasn't, and return the file that is whole now."""
    with ProgressLine("repairing") as progress:
        report = repair_project(project, out, progress=progress)
    if report is None:
        return project
    say(f"stet: {project} is damaged, and was left as it is; {report.summary()}")
    _show(tallied(CheckFinding(kind != "backup", kind, what) for kind, what in report.lines()), as_json=as_json)
    return report.out


@contextmanager
def _damage_told(project: Path, as_json: bool) -> Iterator[None]:
    """Print what is damaged in a project that can't be opened for it, row by row; the error says why and what to do."""
    try:
        yield
    except (ProjectError, SchemeError) as error:
        if not is_damage(project, error):
            raise
        rows = [row_finding(row) for row in damage_of(project)]
        if as_json:
            details = (error.details or [error.what]) if isinstance(error, ProjectDamaged) else ()
            show_json(_row(finding) for finding in (*damage_findings(details), *rows))
        else:
            for finding in rows:
                show(f"problem: {finding}")
        if "stet check" in error.hint or isinstance(error, SchemeError):
            error.hint = how_to_mend(project)  # not what was just run
        raise


def _row(finding: CheckFinding) -> dict[str, object]:
    row = finding._asdict()
    return {"problem": row.pop("is_problem"), **row}


def _count(number: int, noun: str) -> str:
    return counted(number, noun) if number else f"no {noun}s"

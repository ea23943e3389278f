"""`stet check`"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from app.cli.arguments import json_option, opened, project_argument
from app.cli.console import ProgressLine, show, show_json
from app.core.errors import DamagedRow, ProjectDamaged, SchemeError
from app.core.wording import counted
from app.jobs.tasks.check_project import CheckFinding, check_project, damage_findings, row_finding
from app.session.integrity import damage_of


@click.command()
@project_argument
@click.option("--repair", is_flag=True, help="First make again what lists and search go by; marks aren't touched.")
@json_option("each finding")
def command(project: Path, repair: bool, as_json: bool) -> int:
    """Check PROJECT: the file, each text's hash, each quote and piece of evidence, the decisions, and the rules of
    its scheme, and what lists of documents and search go by.

    What is merely unfinished is shown as a finding, and so are marks with white space at their ends or made twice;
    anything else is a problem, and the exit code is then 1.

    \b
    Example:
      stet check news.stet
      stet check news.stet --repair
    """
    count = {True: 0, False: 0}

    def tallied(findings: Iterator[CheckFinding]) -> Iterator[CheckFinding]:
        for finding in findings:
            count[finding.is_problem] += 1
            yield finding

    with (
        _damage_told(project, as_json),
        opened(project, write=repair) as session,
        ProgressLine("checking") as progress,
    ):
        if repair:
            session.reader.integrity.make_again()
        found = tallied(check_project(session, progress=progress))
        if as_json:
            show_json(_row(finding) for finding in found)
        else:
            for finding in found:
                show(f"{'problem' if finding.is_problem else 'finding'}: {finding}")
    if not as_json:
        show(f"{_count(count[True], 'problem')}, {_count(count[False], 'finding')}")
    return 1 if count[True] else 0


@contextmanager
def _damage_told(project: Path, as_json: bool) -> Iterator[None]:
    """Print what is damaged in a project that can't be opened for it, row by row; the error says why and what to do."""
    try:
        yield
    except (ProjectDamaged, DamagedRow, SchemeError) as error:
        rows = [row_finding(row) for row in damage_of(project)]
        if as_json:
            details = (error.details or [error.what]) if isinstance(error, ProjectDamaged) else ()
            show_json(_row(finding) for finding in (*damage_findings(details), *rows))
        else:
            for finding in rows:
                show(f"problem: {finding}")
        raise


def _row(finding: CheckFinding) -> dict[str, object]:
    row = finding._asdict()
    return {"problem": row.pop("is_problem"), **row}


def _count(number: int, noun: str) -> str:
    return counted(number, noun) if number else f"no {noun}s"

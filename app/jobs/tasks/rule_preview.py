"""Counts what a rule would decide."""

from collections.abc import Sequence
from pathlib import Path

from app.core.progress import CancelToken, Progress
from app.review.automerge import Rule
from app.services.review.rule_plans import AutoResult, RulePlans
from app.services.review.sheets import Sheet
from app.session.session import Session


def preview_rule(
    path: Path, sheets: Sequence[Sheet], rule: Rule, progress: Progress, cancel: CancelToken
) -> AutoResult:
    """Return what a rule would decide on the sheets of a project, with a connection of its own beside the window's.

    Raises ProjectError and Cancelled.
    """
    total = sum(len(sheet.groups) for sheet in sheets)

    def report(done: int) -> None:
        progress(done, total, "groups")

    session = Session.open(path, write=False)
    try:
        return RulePlans(session, rule, again=False).add(sheets, cancel, report).result()
    finally:
        session.close()

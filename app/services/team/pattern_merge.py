"""Merging patterns: those of a source that the project never had come in; none is removed."""

from app.core.errors import EditRejected
from app.core.suggestion_pattern import MOST_PATTERNS
from app.core.wording import shorten
from app.exchange.report import Report
from app.services.suggestions.pattern_edits import ready_pattern
from app.services.team.work_source import WorkSource
from app.session.actions import ChangePattern
from app.session.session import Session
from app.session.transaction import Transaction


def merge_patterns(session: Session, source: WorkSource, step: Transaction, report: Report) -> int:
    """Add a source's patterns within a step, and return how many. One that was here and was removed stays away, which
    the log tells; one that can't be used here is noted.
    """
    here = session.executor.suggesting.patterns.all()
    known, uids = {pattern.content for pattern in here}, {pattern.uid for pattern in here}
    added = 0
    for pattern in source.patterns():
        if pattern.content in known or pattern.uid in uids or session.log.had_pattern(pattern.uid):
            continue
        try:
            ready = ready_pattern(session.scheme, pattern)
        except EditRejected as error:
            report.note(
                "pattern", "patterns that can't be used here, left out", f"{shorten(pattern.words)}: {error.what}"
            )
            continue
        if len(known) >= MOST_PATTERNS:
            report.note(
                "pattern-room", f"patterns beyond the {MOST_PATTERNS:,} that a project has, left out", pattern.words
            )
            continue
        step.perform([ChangePattern(ready)])
        known.add(ready.content)
        added += 1
    return added

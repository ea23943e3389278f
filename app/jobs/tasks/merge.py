"""Merges work from bundles and other projects."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from app.core.progress import CancelToken, Progress, no_progress
from app.core.wording import counted
from app.services.team.merge import Merged, merge
from app.services.team.set_merge import Returned
from app.services.team.work_source import bundle_annotator, open_files
from app.session.session import Session


class MergeReport(NamedTuple):
    """What a merge did, in words and as values."""

    merged: Merged
    dry_run: bool

    @property
    def changes_anything(self) -> bool:
        """Whether the project changed, or would have."""
        return self.merged.changes_anything

    def headline(self) -> str:
        """Return the result in one line."""
        done = self.merged
        sets = sum(item.documents for item in done.returned)
        parts = [
            f"the work on {counted(sets, 'document')}" if sets else "",
            counted(done.documents, "new document") if done.documents else "",
            counted(done.decisions, "decision") if done.decisions else "",
            counted(done.suggestions, "suggestion") if done.suggestions else "",
            f"{counted(done.linked, 'reference')} linked" if done.linked else "",
            counted(done.texts, "edited text") if done.texts else "",
            counted(done.patterns, "pattern") if done.patterns else "",
        ]
        text = ", ".join(part for part in parts if part)
        if not text:
            return "nothing new: everything in it is already here"
        return f"{'would merge' if self.dry_run else 'merged'} {text}"

    def lines(self) -> list[str]:
        """Return the report in words: the headline, a line for each annotator of each file, then further findings."""
        return [self.headline(), *map(_line, self.merged.returned), *map(str, self.merged.report)]

    def as_dict(self) -> dict[str, Any]:
        """Return the report as plain values, for JSON."""
        done = self.merged
        return {
            "dry_run": self.dry_run,
            "changed": self.changes_anything,
            "returned": [msgspec.structs.asdict(item) for item in done.returned],
            "documents": done.documents,
            "decisions": done.decisions,
            "suggestions": done.suggestions,
            "linked": done.linked,
            "texts": done.texts,
            "patterns": done.patterns,
            "sequence": done.sequence,
            "notes": done.report.as_list(),
        }


def merge_files(
    session: Session,
    files: Sequence[Path],
    *,
    dry_run: bool = False,
    progress: Progress = no_progress,
    cancel: CancelToken | None = None,
) -> MergeReport:
    """Merge the contents of bundles or other projects: all of it or nothing, in one undoable step.

    A dry run does everything and rolls it back. Raises ProjectError, FormatError and Cancelled.
    """

    def report(done: int, total: int) -> None:
        progress(done, total, f"{done:,} documents")

    session.require_writable()
    with open_files(session, files) as sources:
        return MergeReport(merge(session, sources, progress=report, cancel=cancel, dry_run=dry_run), dry_run)


def meant_for(path: Path) -> str | None:
    """Return the annotator that a bundle is for; None for a file that isn't a bundle, or can't be read."""
    return bundle_annotator(path)


def _line(item: Returned) -> str:
    parts = [
        counted(item.documents, "document") if item.documents else "",
        counted(item.new, "new mark") if item.new else "",
        f"{item.changed:,} changed" if item.changed else "",
        f"{item.removed:,} removed" if item.removed else "",
        f"{item.finished:,} finished" if item.finished else "",
        f"{counted(item.kept, 'difference')} where both sides changed something" if item.kept else "",
    ]
    return f"{item.annotator} ({Path(item.file).name}): {', '.join(part for part in parts if part) or 'nothing new'}"

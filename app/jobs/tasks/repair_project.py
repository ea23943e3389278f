"""Repairs a project: what lists go by in place, and a damaged file into a new one beside it."""

from collections.abc import Iterator
from pathlib import Path

from app.core.errors import NotWritable, ProjectError, SchemeError
from app.core.progress import CancelToken, Progress, no_progress
from app.core.salvage_report import SalvageReport
from app.core.wording import counted
from app.services.documents.counts import wrong_counts
from app.session.integrity import is_damage, salvaged
from app.session.session import Session
from app.staging_folder import is_taken

# What a report says of tables, in the order in which people ask for it.
_NOUNS = {
    "document": "document",
    "annotation": "annotation",
    "relation": "relation",
    "evidence": "piece of evidence",
    "suggestion": "suggestion",
    "decision": "decision",
    "annotator": "annotator",
    "edit_log": "action",
}
_PLURALS = {"piece of evidence": "pieces of evidence"}
_MOST_TOLD = 200


class RepairReport:
    """What a repair saved into a new file, and what not."""

    def __init__(self, salvage: SalvageReport) -> None:
        self.out = salvage.out
        self._salvage = salvage

    @property
    def is_whole(self) -> bool:
        """Whether nothing was lost or had to be put in the place of something."""
        found = self._salvage
        return not (found.lost or found.mended or found.unread)

    def summary(self) -> str:
        """Return what was saved, in one line."""
        kept = [
            counted(self._salvage.kept[table], noun, _PLURALS.get(noun, ""))
            for table, noun in _NOUNS.items()
            if self._salvage.kept.get(table)
        ]
        return f"saved into {self.out}: {', '.join(kept)}"

    def lines(self) -> Iterator[tuple[str, str]]:
        """Yield what became of the rest: the kind (lost, mended or backup), and what it is about in words."""
        found = self._salvage
        for kind, items in (("lost", found.lost), ("mended", found.mended), ("backup", found.from_backups)):
            yield from ((kind, item) for item in items[:_MOST_TOLD])
            if len(items) > _MOST_TOLD:
                yield kind, f"and {len(items) - _MOST_TOLD:,} more"
        if found.unread:
            yield "lost", f"{counted(found.unread, 'place')} in the file can’t be read as a row any more"


def repaired_path(path: Path) -> Path:
    """Return where a damaged project is repaired into, unless told otherwise."""
    return path.with_name(f"{path.stem}.repaired{path.suffix}")


def repair_project(
    path: Path, out: Path | None = None, *, progress: Progress = no_progress, cancel: CancelToken | None = None
) -> RepairReport | None:
    """Repair a project that isn't open here. Return what was saved into another file, by default `repaired_path`; None
    if the file is sound. Then what lists and search go by was made again in it, and nothing else.

    A damaged file is left as it is. Raises ProjectError, also if the other file exists, and Cancelled.
    """
    if not path.exists():
        raise ProjectError("no such project", path=path)
    if cancel is not None:
        cancel.take_charge()
    try:
        _make_again(path)
    except (ProjectError, SchemeError) as error:
        if not is_damage(path, error):
            raise
    else:
        return None
    target = out or repaired_path(path)
    if out is None and is_taken(target):
        hint = "open that one, or name another file with --out"
        in_window = "Open that one; or move it elsewhere first."
        raise ProjectError("it was repaired before, into this file", hint=hint, in_window=in_window, path=target)
    return RepairReport(salvaged(path, target, tell=progress))


def _make_again(path: Path) -> None:
    """Make again what lists and search go by in a sound file. Raises ProjectError or SchemeError."""
    refused: NotWritable | None = None
    try:
        session = Session.open(path)
    except NotWritable as error:
        refused, session = error, Session.open(path, write=False)
    try:
        integrity = session.reader.integrity
        integrity.require_sound()
        if refused is not None:
            raise refused
        if any(integrity.derived_faults()) or any(wrong_counts(session)):
            integrity.make_again()
    finally:
        session.close()

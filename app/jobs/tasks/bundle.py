"""Writes bundles: one file per annotator."""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from app.core.errors import ProjectError
from app.core.progress import CancelToken, Progress, no_progress
from app.core.wording import counted
from app.jobs.tasks.selection import documents_named
from app.services.team.bundle import Bundled, bundle
from app.session.session import Session
from app.staging_folder import is_taken

_NOT_IN_FILE_NAMES = re.compile(r"[^\w.-]+")


def write_bundle(
    session: Session,
    out: Path,
    *,
    annotator: str,
    documents: Sequence[str] = (),
    force: bool = False,
    progress: Progress = no_progress,
    cancel: CancelToken | None = None,
) -> Bundled:
    """Write a bundle for an annotator; `documents` are names, patterns or ids, none means all that are theirs.

    Raises ProjectError, EditRejected, Cancelled, and FormatError for a name that means no document; then there is no
    file.
    """

    def report(done: int, total: int) -> None:
        progress(done, total, f"{done:,} documents for {annotator}")

    wanted = documents_named(session, documents)
    return bundle(session, out, annotator=annotator, wanted=wanted, force=force, progress=report, cancel=cancel)


def write_bundles(
    session: Session,
    folder: Path,
    annotators: Sequence[str],
    *,
    progress: Progress = no_progress,
    cancel: CancelToken | None = None,
) -> list[Bundled]:
    """Write a bundle for each annotator into a folder.

    Raises as `write_bundle` does, before writing anything if one of the files exists; bundles written before another
    error are kept.
    """
    files = bundle_files(session, folder, annotators)
    for path in files.values():
        if is_taken(path):
            raise ProjectError("a file with that name already exists", hint="choose another folder", path=path)
    return [
        write_bundle(session, path, annotator=name, progress=progress, cancel=cancel) for name, path in files.items()
    ]


def bundle_files(session: Session, folder: Path, annotators: Sequence[str]) -> dict[str, Path]:
    """Return the path of each annotator's bundle in a folder, all different."""
    files: dict[str, Path] = {}
    taken: set[str] = set()
    for name in annotators:
        stem = f"{session.path.stem}-{_NOT_IN_FILE_NAMES.sub('_', name).strip('._') or 'annotator'}"
        number = 1
        while (found := f"{stem}.stet" if number == 1 else f"{stem}-{number}.stet").casefold() in taken:
            number += 1
        taken.add(found.casefold())
        files[name] = folder / found
    return files


def as_dict(done: Bundled) -> dict[str, Any]:
    """Return what was written as plain values, for JSON."""
    return {**done._asdict(), "path": str(done.path)}


def sentence(done: Bundled) -> str:
    """Return what was written in words."""
    parts = [
        counted(done.documents, "document"),
        counted(done.references, "reference") if done.references else "",
        f"{counted(done.annotations, 'annotation')} made earlier" if done.annotations else "",
    ]
    return f"{done.path} for {done.annotator}: {', '.join(part for part in parts if part)}"

"""A project file that came from someone else: untrusted, and only read."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from app.core.errors import DamagedRow, ProjectDamaged, ProjectError
from app.core.record import DocumentRecord, LogRow
from app.core.suggestion_pattern import SuggestionPattern
from app.core.text_change import TextVersion
from app.storage.assignments import BUNDLE_FOR, BUNDLE_OF, Assignments
from app.storage.document_queries import DocumentQueries
from app.storage.edit_log import EditLog
from app.storage.file_verification import FileVerification
from app.storage.patterns import Patterns
from app.storage.project import Project
from app.storage.record_stream import stream
from app.storage.schemes import Schemes
from app.storage.text_versions import TextVersions


class UntrustedProject:
    """An open untrusted project, read from one snapshot even if it is being written.

    `uid` is the project's; if it is a bundle, `bundle_of` is that of the project that it was made from and `bundle_for`
    the annotator's name. `head` is the uid of the newest action in its log, `scheme` the tag and TOML text of its
    scheme, `documents` the number of documents.
    """

    def __init__(self, project: Project) -> None:
        self._log = EditLog(project)
        self._project = project
        self._documents = DocumentQueries(project)
        self._versions = TextVersions(project)
        self._patterns = Patterns(project)
        assignments = Assignments(project)
        self.path = project.path
        self.name = project.path.name
        self.uid = str(assignments.about("uid") or "")
        self.bundle_of = assignments.about(BUNDLE_OF)
        self.bundle_for = assignments.about(BUNDLE_FOR)
        self.head = str(self._log.head())
        scheme = Schemes(project).current()
        self.scheme = (f"{scheme.name}@{scheme.version}", scheme.toml) if scheme else ("", "")
        self.documents = project.reader.execute("SELECT count(*) FROM document WHERE removed IS NULL").fetchone()[0]

    def has(self, action: str) -> bool:
        """Whether an action (uid) is in its log."""
        return self._log.has(action)

    def status_rows(self) -> Iterator[LogRow]:
        """Yield the actions of its log that may have finished a document, oldest first, not validated."""
        return self._log.status_rows()

    def edited_texts(self) -> list[str]:
        """Return its documents (uids) whose text was edited."""
        return self._versions.edited()

    def text_of(self, document: str) -> str | None:
        """Return the text of a document (uid), None if it doesn't have it. Raises DamagedRow."""
        if self._documents.key_of(document) is None:
            return None
        found = self._documents.get(document)
        return found.text if found is not None else None

    def earlier_texts(self, document: str) -> list[TextVersion]:
        """Return the texts that a document (uid) had before, oldest first. Raises DamagedRow."""
        return self._versions.of_document(document)

    def patterns(self) -> list[SuggestionPattern]:
        """Return its patterns of what is always suggested. Raises DamagedRow."""
        return self._patterns.all()

    def records(self) -> Iterator[DocumentRecord]:
        """Yield its documents as decoded from its rows: whole rows and unchanged texts, but not as valid as a record
        must be.

        Raises DamagedRow and other ProjectErrors.
        """
        return stream(self._project)


@contextmanager
def open_untrusted(path: Path) -> Iterator[UntrustedProject]:
    """Open an untrusted project for the duration of the block. Raises ProjectError as opening any project does."""
    project = Project(path, write=False)
    try:
        with project.snapshot(), FileVerification(path) as file:
            # What is merged is written here for good: an index that hides rows would look like work taken back.
            file.require()
            yield UntrustedProject(project)
    except ProjectDamaged as error:
        error.hint = "ask for the file again"
        raise
    except DamagedRow as error:
        error.path, error.hint = path, "ask for the file again"
        raise
    except sqlite3.Error as error:
        raise ProjectError(f"can't be read: {error}", hint="ask for the file again", path=path) from error
    finally:
        project.close()

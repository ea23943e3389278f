"""Sources of work to merge: an untrusted project file is one, a server may be another."""

from collections.abc import Generator, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Protocol

from app.core.errors import ProjectError
from app.core.record import DocumentRecord, LogRow
from app.core.suggestion_pattern import SuggestionPattern
from app.core.text_change import TextVersion
from app.session.session import Session
from app.storage.untrusted_project import open_untrusted


class WorkSource(Protocol):
    """A snapshot of annotators' work outside of the project. Untrusted: the merge validates everything."""

    @property
    def name(self) -> str:
        """The name to show to people."""
        ...

    @property
    def path(self) -> Path | None:
        """The file, if it is one."""
        ...

    @property
    def uid(self) -> str:
        """The identifier of the source, such as the uid of a project."""
        ...

    @property
    def head(self) -> str:
        """The uid of its newest action, "" if there is none."""
        ...

    @property
    def scheme(self) -> tuple[str, str]:
        """The tag and the TOML text of its scheme."""
        ...

    @property
    def bundle_of(self) -> str | None:
        """The uid of the project that it was made from, if it is a bundle."""
        ...

    @property
    def bundle_for(self) -> str | None:
        """The name of the annotator whom it is for, if it is a bundle."""
        ...

    @property
    def documents(self) -> int:
        """The number of records."""
        ...

    def has(self, action: str) -> bool:
        """Whether an action (uid) is in its log."""
        ...

    def status_rows(self) -> Iterator[LogRow]:
        """Yield the actions of its log that may have finished a document, oldest first, not validated."""
        ...

    def edited_texts(self) -> Sequence[str]:
        """Return its documents (uids) whose text was edited."""
        ...

    def text_of(self, document: str) -> str | None:
        """Return the text of a document (uid), None if it doesn't have it. Raises ProjectError if it can't be read."""
        ...

    def patterns(self) -> Sequence[SuggestionPattern]:
        """Return its patterns of what is always suggested, not validated. Raises DamagedRow."""
        ...

    def earlier_texts(self, document: str) -> Sequence[TextVersion]:
        """Return the texts that a document (uid) had before, oldest first, not validated."""
        ...

    def records(self) -> Iterator[DocumentRecord]:
        """Yield its documents with the work on them, not validated. Raises ProjectError if they can't be read."""
        ...


@contextmanager
def open_files(session: Session, files: Sequence[Path]) -> Generator[list[WorkSource]]:
    """Open project files as sources, for the duration of the block.

    Raises ProjectError for the project's own file, and for a file that can't be opened.
    """
    with ExitStack() as stack:
        sources: list[WorkSource] = []
        for path in files:
            if path.resolve() == session.path.resolve():
                raise ProjectError("this is the project itself", hint="choose the file that came back", path=path)
            sources.append(stack.enter_context(open_untrusted(path)))
        yield sources


def bundle_annotator(path: Path) -> str | None:
    """Return the name of the annotator whom a bundle is for; None if the file isn't a bundle or can't be read."""
    try:
        with open_untrusted(path) as source:
            return source.bundle_for
    except ProjectError:
        return None

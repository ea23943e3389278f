"""Where work comes from that is merged: an untrusted project file is one such source, a server may be another."""

from collections.abc import Generator, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Protocol

from app.core.errors import ProjectError
from app.core.record import DocumentRecord
from app.session.session import Session
from app.storage.untrusted_project import open_untrusted


class WorkSource(Protocol):
    """Annotators' work outside of the project, as of one moment. Nothing that it says is trusted.

    `name` is for people; `path` is the file, if it is one. `uid` identifies the source, `head` its newest action.
    `scheme` is the tag and the TOML text of its scheme. In a bundle, `bundle_of` is the uid of the project that it was
    made from and `bundle_for` the annotator's name. `documents` is how many records there are.
    """

    @property
    def name(self) -> str:
        """What people call it."""
        ...

    @property
    def path(self) -> Path | None:
        """The file, if it is one."""
        ...

    @property
    def uid(self) -> str:
        """What identifies it."""
        ...

    @property
    def head(self) -> str:
        """The uid of its newest action, "" if there is none."""
        ...

    @property
    def scheme(self) -> tuple[str, str]:
        """Tag and TOML text of its scheme."""
        ...

    @property
    def bundle_of(self) -> str | None:
        """The uid of the project that it was made from, if it is a bundle."""
        ...

    @property
    def bundle_for(self) -> str | None:
        """The annotator whom it is for, if it is a bundle."""
        ...

    @property
    def documents(self) -> int:
        """How many records there are."""
        ...

    def has(self, action: str) -> bool:
        """Whether an action (uid) is in its history."""
        ...

    def records(self) -> Iterator[DocumentRecord]:
        """Yield its documents with the work on them, unchecked. Raises ProjectError if they can't be read."""
        ...


@contextmanager
def open_files(session: Session, files: Sequence[Path]) -> Generator[list[WorkSource]]:
    """Open project files as sources for a project, for the time of a block.

    Raises ProjectError for the project itself, and for a file that can't be opened.
    """
    with ExitStack() as stack:
        sources: list[WorkSource] = []
        for path in files:
            if path.resolve() == session.path.resolve():
                raise ProjectError("this is the project itself", hint="choose the file that came back", path=path)
            sources.append(stack.enter_context(open_untrusted(path)))
        yield sources


def bundle_annotator(path: Path) -> str | None:
    """Return the annotator whom a bundle is for, None for a file that is no bundle or can't be read."""
    try:
        with open_untrusted(path) as source:
            return source.bundle_for
    except ProjectError:
        return None

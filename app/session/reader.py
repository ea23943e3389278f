"""What the window, the command line, jobs and services may read of an open project. Nothing here writes."""

from collections.abc import Generator, Iterator
from contextlib import contextmanager

from app.core.annotation import Status
from app.core.decision import GOLD, Decision
from app.core.document import Document
from app.core.errors import FormatError
from app.core.names import annotator_key
from app.core.pages import Pages, has_pages, present_pages
from app.core.record import DocumentRecord, LogRow, SetSnapshot
from app.core.remark import NO_REMARK
from app.core.saved_view import SavedView
from app.core.state import DocumentState
from app.core.suggestion_pattern import SuggestionPattern
from app.core.text_change import TextVersion
from app.session.executor import Executor
from app.session.integrity import Integrity
from app.storage.annotations import SetHead
from app.storage.document_queries import DocumentQueries
from app.storage.project import Project
from app.storage.record_stream import OnDamage, stream
from app.storage.search import SearchHit, search


class SessionReader:
    """The read-only view of a session. Its methods raise ProjectError if the file can't be read."""

    def __init__(self, project: Project, executor: Executor) -> None:
        self._project = project
        self._executor = executor

    @property
    def documents(self) -> DocumentQueries:
        """Queries for documents and lists of them."""
        return self._executor.documents

    @property
    def integrity(self) -> Integrity:
        """Integrity checks of the file and its rows."""
        return Integrity(self._project)

    @property
    def missing_log(self) -> str | None:
        """A warning if the file was copied without the log beside it, or has lost that; None if not."""
        return self._project.missing_log

    @property
    def notes(self) -> list[str]:
        """What is to be said of the file before it is used: of a missing log, and of a second name (a hard link)."""
        return self._project.notes

    # -- documents and work --------------------------------------------------------------------------------------------

    def document(self, uid: str) -> Document:
        """Return a document. Raises EditRejected if there is none."""
        return self._executor.document(uid)

    def is_changed(self, uid: str) -> bool:
        """Whether the text of a document that was read differs from what was imported. No edit of it is accepted."""
        return self._executor.is_changed(uid)

    def record(self, uid: str) -> DocumentRecord:
        """Return a document with everyone's work. Raises EditRejected if there is none."""
        return self._executor.record(uid)

    def records(
        self, *, with_text: bool = True, with_decisions: bool = True, on_damage: OnDamage | None = None
    ) -> Iterator[DocumentRecord]:
        """Yield every document with everyone's work, all from one snapshot of the project.

        Raises DamagedRow for a row that can't be decoded or a text that was changed; or tells `on_damage` and goes on.
        """
        return stream(self._project, with_text=with_text, with_decisions=with_decisions, on_damage=on_damage)

    def state_of(self, document: str, annotator: str) -> DocumentState:
        """Return the state of a document (uid) for an annotator (name), empty if they never worked on it."""
        return self._executor.load(document, annotator)

    def heads_of(self, document: str) -> list[SetHead]:
        """Return what everyone's work on a document (uid) says besides its annotations, and how many these are.

        It takes no longer where there are very many. Raises DamagedRow; none are of a document that there isn't.
        """
        key = self._executor.documents.key_of(document)
        return [] if key is None else self._executor.annotations.heads(key)

    def head_of(self, document: str, annotator: str) -> SetHead:
        """Return what an annotator's (name) work on a document (uid) says besides its annotations, as `heads_of`; an
        open set without any if they never worked on it.
        """
        nothing = SetHead(annotator, "", Status.OPEN, NO_REMARK, 0)
        key = annotator_key(annotator)
        return next((head for head in self.heads_of(document) if annotator_key(head.annotator) == key), nothing)

    @contextmanager
    def snapshot(self) -> Generator[None]:
        """Make all reads through the reading connection inside the block see one snapshot of the project."""
        with self._project.snapshot():
            yield

    def earlier_texts(self) -> Iterator[tuple[str, str, TextVersion]]:
        """Yield every text that was replaced by an edit, after its document's uid and name, oldest first."""
        return self._executor.texts.versions.rows()

    def edits_of(self, document: str) -> int:
        """Return how often the text of a document (uid) was edited."""
        return len(self._executor.texts.versions.of_document(document))

    def pages_of(self, document: Document) -> Pages | None:
        """Return where the pages of a document begin in its text; None if it has none, or nobody knows any more."""
        if not has_pages(document.meta):
            return None
        return present_pages(document, self._executor.texts.versions.of_document(document.uid))

    def flags_of(self, document: str) -> tuple[tuple[str, str], ...]:
        """Return the flags of a document (uid), as pairs of annotator and reason."""
        key = self._executor.documents.key_of(document)
        return () if key is None else self._executor.documents.flags_of([key]).get(key, ())

    def project_option(self, key: str) -> str | None:
        """Return what the project settles for everyone (see `core.project_option`), None if it isn't settled."""
        return self._executor.suggesting.options.get(key)

    def project_uid(self) -> str:
        """Return what tells this project from others, also in its copies; "" in one that has none yet."""
        return self._executor.review.assignments.about("uid") or ""

    def patterns(self) -> list[SuggestionPattern]:
        """Return the patterns: what is always suggested. Raises DamagedRow."""
        return self._executor.suggesting.patterns.all()

    def saved_views(self) -> list[SavedView]:
        """Return the saved views of the list of documents, by name. Raises DamagedRow."""
        return self._executor.desk.views.all()

    # -- people and labels ---------------------------------------------------------------------------------------------

    def annotators(self) -> list[tuple[int, str, str]]:
        """Return row number, name and kind (“person”, “model” or “gold”) of everyone who ever worked in the project."""
        return self._executor.annotations.annotators()

    def workers(self) -> list[str]:
        """Return who has annotated or finished something, gold aside, by name."""
        return self._executor.annotations.workers()

    def annotator_counts(self) -> list[tuple[str, str, str, int, int]]:
        """Return uid, name, kind, and numbers of documents and annotations of everyone who has worked, by name."""
        return self._executor.annotations.annotator_counts()

    def known_annotator(self, name: str, *, with_gold: bool = False) -> str:
        """Return an annotator's name as the project spells it. Raises FormatError if the project has no such one."""
        key = self._executor.annotations.find_annotator(name)
        names = {known: spelt for known, spelt, kind in self.annotators() if with_gold or kind != GOLD}
        if key is None or key not in names:
            hint = f"annotators in this project: {', '.join(names.values()) or 'none yet'}"
            raise FormatError(f"the project has no annotator “{name}”", hint=hint)
        return names[key]

    def annotator_number(self, name: str) -> int | None:
        """Return an annotator's row number, None if the project has no such one."""
        return self._executor.annotations.find_annotator(name)

    def status_counts(self, annotator: str) -> dict[str, int]:
        """Return the number of documents in each status for an annotator (name); those never opened don't count."""
        person = self._executor.annotations.find_annotator(annotator)
        return self._executor.annotations.status_counts(person) if person is not None else {}

    def has_gold(self) -> bool:
        """Whether gold has any annotation, or a status, in any document."""
        return self._executor.annotations.has_gold()

    def relation_counts(self) -> list[tuple[str, int]]:
        """Return rows of relation type and number of relations, over all documents and annotators."""
        return self._executor.annotations.relation_counts()

    def label_counts(self) -> list[tuple[str, str, str, int]]:
        """Return rows of layer, label, annotator and number of annotations."""
        return self._executor.annotations.label_counts()

    def labels(self) -> list[tuple[str, str]]:
        """Return the layers and labels that annotations have, over all documents; quick, however many there are."""
        return self._executor.annotations.labels()

    def assignments(self) -> dict[str, tuple[str, ...]]:
        """Return the documents (uids) that each annotator is to work on, by name."""
        return self._executor.review.assignments.assignments()

    def begun_assignments(self) -> dict[str, frozenset[str]]:
        """Return the assigned documents (uids) that each annotator has begun: marked something, or set a status."""
        return self._executor.review.assignments.begun()

    # -- review --------------------------------------------------------------------------------------------------------

    def decisions(self) -> list[Decision]:
        """Return the decisions that haven't been withdrawn, in the order in which they were made."""
        return self._executor.review.decisions.all()

    def release_reviewers(self) -> dict[str, str]:
        """Return the documents (uids) whose gold is released, with the name of the reviewer who released each."""
        return {uid: row.reviewer for uid, row in self._executor.review.decisions.releases().items()}

    def frozen_documents(self) -> set[str]:
        """Return the documents (uids) of which `snapshots_of` has something."""
        return self._executor.review.decisions.frozen_documents()

    def snapshots_of(self, document: str) -> dict[str, SetSnapshot]:
        """Return the sets of a document (uid) as they were when its review began, by annotator (name)."""
        return self._executor.review.decisions.snapshots_by_annotator(document)

    # -- search and history --------------------------------------------------------------------------------------------

    def search(self, query: str, *, limit: int) -> Iterator[SearchHit]:
        """Yield the matches of a query: words that must all be in a document."""
        return search(self._project, query, limit=limit)

    def log_rows(self, *, limit: int | None = None) -> Iterator[LogRow]:
        """Yield the actions of the log, newest first."""
        return self._executor.log.rows(limit=limit)
